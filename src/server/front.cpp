#include "server/front.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/log.h"
#include "base/text.h"
#include "formats/format.h"
#include "server/pages.h"

namespace vg::server {

namespace {

// formats::Splitter as ingest, which may not see formats, wants it.
class UploadSplitter final : public ingest::FileSplitter {
public:
    UploadSplitter(std::string_view format, ingest::KeepRecord keep) : splitter_(formats::split_file(format, std::move(keep))) {}
    Status feed(std::string_view bytes) override { return splitter_->feed(bytes); }
    Result<ingest::FileReport> finish() override {
        auto report = TRY(splitter_->finish());
        return ingest::FileReport{report.records, std::move(report.damage)};
    }

private:
    std::unique_ptr<formats::Splitter> splitter_;
};

// A process of the server's own account or root, on the control socket: sees and may do everything, under its own name.
access::Actor local_actor(const net::Request& request) {
    access::Actor actor;
    actor.name = "local:" + (request.peer.starts_with("unix:") ? request.peer.substr(5) : request.peer);
    actor.role = access::Role::administrator;
    actor.scope = access::Scope::node();
    return actor;
}

}  // namespace

Result<std::unique_ptr<Front>> Front::start(Parts parts, const Settings& settings, std::vector<net::Endpoint> listen,
                                            const std::string& control_socket, std::optional<net::TlsFiles> tls) {
    std::unique_ptr<Front> front{new Front{std::move(parts)}};
    front->limits_.line_bytes = static_cast<std::size_t>(settings.line_bytes);
    // A request may not fill the queue alone.
    front->limits_.groups_in_flight = std::clamp<std::size_t>(static_cast<std::size_t>(settings.queue_bytes) / 4 / front->limits_.group_bytes, 1, 8);
    front->node_.id = to_text(front->parts_.journal.id());
    std::erase(front->node_.id, '-');
    front->split_file_ = [](std::string_view format, ingest::KeepRecord keep) { return std::make_unique<UploadSplitter>(format, std::move(keep)); };
    if (const auto folder = find_console_folder()) {
        if (auto files = UiFiles::load(*folder))
            front->console_ = std::move(*files);
        else
            log::warn("the console is not served", {{"reason", files.error().text}});
    }
    front->first_ = listen.front();
    front->tls_ = tls.has_value();

    ::unlink(control_socket.c_str());  // of a process that was killed; we hold the folder's lock
    listen.push_back({std::filesystem::absolute(control_socket).string(), 0});
    net::ServerOptions options;
    options.listen = std::move(listen);
    options.tls = std::move(tls);
    options.handler_threads = static_cast<std::size_t>(settings.handler_threads);
    options.most_connections = static_cast<std::size_t>(settings.connections);
    options.clock = &front->parts_.clock;
    front->server_ = TRY(net::Server::start(std::move(options), [self = front.get()](net::Request& request) { return self->answer(request); },
                                            front->parts_.metrics));
    front->first_.port = front->server_->port(0);
    return front;
}

std::string Front::address() const {
    std::string host = first_.address.find(':') != std::string::npos ? "[" + first_.address + "]" : first_.address;
    if (host == "0.0.0.0" || host == "[::]") host = "localhost";  // what a browser on this machine can open
    return format("{}://{}:{}", tls_ ? "https" : "http", host, first_.port);
}

void Front::stop(Span grace) { server_->stop(grace); }

net::Response Front::answer(net::Request& request) {
    if (request.local_control) return parts_.router.handle_as(local_actor(request), request);
    if (auto page = answer_page(request, parts_.router, console_)) return std::move(*page);
    if (const ingest::HttpRoute* route = ingest::find_route(request.method, request.path)) return take_in(*route, request);
    return parts_.router.handle(request);
}

net::Response Front::take_in(const ingest::HttpRoute& route, net::Request& request) {
    if (route.open_answer != nullptr) return route.open_answer(request, parts_.intake);
    ingest::take_token(route, request);
    const auto actor = parts_.router.authenticate(request);
    // A sender gives up at 401; when State cannot be asked, it is to come again. Why not is for our people, not for senders.
    if (!actor && actor.error().code != Code::denied) return ingest::refusal(route, request, 503, {Code::unavailable, "tokens cannot be looked at now; try again"});
    if (!actor) return ingest::refusal(route, request, 401, actor.error());
    if (!actor->may(ingest::kPermission) || !actor->source)
        return ingest::refusal(route, request, 403, {Code::denied, "this account may not send records: use a token of role ingest, made with `vonggac token add --role ingest --source NAME`"});
    const auto directory = parts_.directory();
    const directory::Source* source = directory->source(*actor->source);
    if (source == nullptr || source->ended) return ingest::refusal(route, request, 403, {Code::denied, "the source of this token has ended"});
    const ingest::SourceFacts facts{source->id, source->organisation, source->name, source->format, source->zone};
    ingest::HttpAsk ask{request, *actor, facts, parts_.intake, parts_.counters, limits_, split_file_, node_, state_};
    return ingest::answer(route, ask);
}

}  // namespace vg::server
