#include "cli/channel.h"

#include <unistd.h>

#include <filesystem>
#include <utility>

#include "base/text.h"
#include "net/text_body.h"

namespace vg::cli {

namespace {

// Over HTTP or HTTPS, or over the control socket: the base differs, nothing else.
class HttpChannel final : public Channel {
public:
    HttpChannel(std::string base, const ChannelOptions& options) : base_(std::move(base)), options_(options) {}

    Result<net::Answer> send(const Message& message) override {
        net::Call call;
        call.method = message.method;
        call.url = base_ + message.target;
        call.headers = message.headers;
        if (!message.body.empty()) call.headers.emplace_back("Content-Type", "application/json");
        if (options_.token) call.headers.emplace_back("Authorization", "Bearer " + *options_.token);
        call.body = message.body;
        call.ca_file = options_.ca_file.value_or("");
        call.fingerprint = options_.fingerprint.value_or("");
        call.time = minutes(10);
        call.on_data = message.on_data;
        return net::fetch(call);
    }

private:
    std::string base_;
    ChannelOptions options_;
};

// A folder that nobody else has open, answered by a router in this process.
class FolderChannel final : public Channel {
public:
    explicit FolderChannel(std::unique_ptr<OpenFolder> folder) : folder_(std::move(folder)) {
        actor_.name = format("local:{}", ::geteuid());
        actor_.role = access::Role::administrator;
        actor_.scope = access::Scope::node();
    }

    Result<net::Answer> send(const Message& message) override {
        net::TextBody body{message.body};
        net::Request request;
        request.method = message.method;
        request.raw_target = message.target;
        request.peer = format("unix:{}", ::geteuid());
        request.local_control = true;
        request.body = &body;
        split_target(message.target, request);
        for (const auto& [name, value] : message.headers) request.headers.emplace_back(lower_ascii(name), value);
        if (!message.body.empty()) request.headers.emplace_back("content-type", "application/json");
        net::Response response = folder_->router().handle_as(actor_, request);
        net::Answer answer;
        answer.status = response.status;
        for (const auto& [name, value] : response.headers) answer.headers.emplace_back(lower_ascii(name), value);
        const bool wants_pieces = message.on_data && response.status < 300;
        if (!response.stream) {
            if (wants_pieces)
                message.on_data(response.body);
            else
                answer.body = std::move(response.body);
            return answer;
        }
        for (bool more = true; more;) {
            std::string piece;
            more = response.stream(piece);
            if (!wants_pieces)
                answer.body += piece;
            else if (!message.on_data(piece))
                break;
        }
        return answer;
    }

private:
    static void split_target(std::string_view target, net::Request& request) {
        const std::size_t mark = target.find('?');
        request.path = net::percent_decode(target.substr(0, mark), false);
        if (mark == std::string_view::npos) return;
        for (std::string_view pair : split(target.substr(mark + 1), '&')) {
            const std::size_t equals = pair.find('=');
            request.query.emplace_back(net::percent_decode(pair.substr(0, equals), true),
                                       equals == std::string_view::npos ? std::string{} : net::percent_decode(pair.substr(equals + 1), true));
        }
    }

    std::unique_ptr<OpenFolder> folder_;
    access::Actor actor_;
};

}  // namespace

Result<std::unique_ptr<Channel>> open_channel(const ChannelOptions& options, const Surroundings& surroundings) {
    if (options.server) {
        std::string base = *options.server;
        while (base.ends_with('/')) base.pop_back();
        if (!base.starts_with("http://") && !base.starts_with("https://"))
            return fail(Code::bad_input, format("--server must be a URL such as https://node.example:7300, not {}", base));
        if (!options.token) return fail(Code::bad_input, "set VONGGAC_TOKEN to a token of the server; `vonggac token add` on the server makes one");
        return std::make_unique<HttpChannel>(std::move(base), options);
    }
    std::error_code ignored;
    if (!std::filesystem::is_directory(options.data, ignored))
        return fail(Code::not_found, format("there is no data folder {}; name it with --data DIR, or the server with --server URL", options.data));
    const std::string socket = std::filesystem::absolute(options.data, ignored).string() + "/control.sock";
    auto opened = surroundings.open_folder(options.data);
    if (opened) return std::make_unique<FolderChannel>(std::move(*opened));
    if (opened.error().code != Code::busy) return fail(opened.error());
    ChannelOptions over_socket;  // no token: the socket says who we are
    return std::make_unique<HttpChannel>("unix:" + socket + ":", over_socket);
}

}  // namespace vg::cli
