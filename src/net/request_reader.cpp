#include "net/request_reader.h"

#include "base/text.h"
#include "net/asio.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace vg::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;

std::string_view view(string_view text) { return {text.data(), text.size()}; }

bool has_control(std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
    return false;
}

// Within the head that begins here: the parser would wait for CRLF for ever.
bool has_bare_line_feed(std::string_view bytes) {
    if (bytes.starts_with("\r\n")) return false;  // the lines before are used already: this is its end
    const std::string_view head = bytes.substr(0, bytes.find("\r\n\r\n"));
    for (std::size_t at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1))
        if (at == 0 || head[at - 1] != '\r') return true;
    return false;
}

}  // namespace

class RequestReader::Impl final : public http::basic_parser<true> {
public:
    explicit Impl(const ReaderLimits& limits) : limits_(limits) {
        header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(limits.head_bytes, 1 << 30)));
        body_limit(limits.body_bytes);
        eager(false);
    }

    std::size_t feed(std::string_view bytes, std::string& body) {
        std::size_t used = 0;
        body_ = &body;
        // CRLF before a request line is skipped (RFC 9112, section 2.2), a few of them at most.
        while (!started_ && skipped_ < 8 && bytes.size() - used >= 2 && bytes.substr(used, 2) == "\r\n") {
            used += 2;
            ++skipped_;
        }
        while (phase_ == Phase::head || phase_ == Phase::body) {
            if (used == bytes.size()) break;
            if (!started_ && bytes.substr(used) == "\r") break;
            started_ = true;
            const Phase before = phase_;
            if (before == Phase::head && has_bare_line_feed(bytes.substr(used))) {
                refuse(400, "a line of the head ends without CR");
                break;
            }
            error_code error;
            const std::size_t count = put(asio::const_buffer{bytes.data() + used, bytes.size() - used}, error);
            used += count;
            if (before == Phase::head) {
                head_used_ += count;
                const std::size_t waiting = phase_ == Phase::head ? bytes.size() - used : 0;
                if (head_used_ + waiting > limits_.head_bytes) refuse(431, "the head of the request is too long");
            }
            if (error == http::error::need_more) {
                if (phase_ == Phase::body && bytes.size() - used > limits_.chunk_line_bytes)
                    refuse(400, "a chunk line or the trailers of the request are too long");
                if (count == 0 || used == bytes.size()) break;
                if (before == Phase::head) break;
                continue;
            }
            if (error) {
                refuse_for(error);
                break;
            }
            if (is_done() && phase_ != Phase::refused) phase_ = Phase::done;
            if (before == Phase::head && phase_ != Phase::head) break;
            if (count == 0 && phase_ == before) break;
        }
        body_ = nullptr;
        return used;
    }

    void refuse(int status, std::string reason) {
        if (phase_ == Phase::refused) return;
        phase_ = Phase::refused;
        status_ = status;
        reason_ = std::move(reason);
    }

    Request request_;
    Phase phase_ = Phase::head;
    int status_ = 400;
    std::string reason_;
    bool http11_ = true;
    bool expects_continue_ = false;
    std::optional<std::uint64_t> length_;

private:
    void refuse_for(const error_code& error) {
        if (error == http::error::body_limit)
            refuse(413, "the body of the request is too long");
        else if (error == http::error::header_limit)
            refuse(431, "the head of the request is too long");
        else if (error == http::error::bad_version)
            refuse(505, "the request is not HTTP/1.1 or HTTP/1.0");
        else
            refuse(400, "the request is not well-formed HTTP: " + error.message());
    }
    // Ends the parser's work after refuse().
    static void stop(error_code& error) { error = http::error::bad_value; }

    void on_request_impl(http::verb, string_view method, string_view target, int version, error_code& error) override {
        request_.method = view(method);
        request_.raw_target = view(target);
        http11_ = version == 11;
        if (request_.method.size() > 32) {
            refuse(501, "the method of the request is not known");
            stop(error);
        } else if (target.size() > 16'384) {
            refuse(414, "the target of the request is too long");
            stop(error);
        }
    }

    void on_field_impl(http::field field, string_view name, string_view value, error_code& error) override {
        if (phase_ != Phase::head) return;  // trailers are read over
        if (request_.headers.size() >= limits_.header_count) {
            refuse(431, "the request has too many header lines");
            return stop(error);
        }
        if (view(value).find('\0') != std::string_view::npos) {
            refuse(400, "a header of the request has a zero byte");
            return stop(error);
        }
        if (field == http::field::content_length) {
            // One number and no sign; a list or a repetition is how requests are smuggled (RFC 9112, section 6.3).
            const auto length = view(value).size() <= 18 ? parse_int(view(value)) : std::nullopt;
            if (saw_length_ || !length || value.front() == '-') {
                refuse(400, "the Content-Length of the request is not one number");
                return stop(error);
            }
            saw_length_ = true;
        } else if (field == http::field::transfer_encoding) {
            if (saw_coding_) {
                refuse(400, "the request has two Transfer-Encoding headers");
                return stop(error);
            }
            if (!equal_ignoring_ascii_case(view(value), "chunked")) {
                refuse(501, "the only Transfer-Encoding taken is chunked");
                return stop(error);
            }
            saw_coding_ = true;
        } else if (field == http::field::host) {
            if (saw_host_) {
                refuse(400, "the request has two Host headers");
                return stop(error);
            }
            saw_host_ = true;
        } else if (field == http::field::expect) {
            if (!equal_ignoring_ascii_case(view(value), "100-continue")) {
                refuse(417, "the only expectation taken is 100-continue");
                return stop(error);
            }
            expects_continue_ = true;
        }
        request_.headers.emplace_back(lower_ascii(view(name)), std::string{view(value)});
    }

    void on_header_impl(error_code& error) override {
        if (saw_length_ && saw_coding_)
            refuse(400, "the request has both Content-Length and Transfer-Encoding");
        else if (saw_coding_ && !http11_)
            refuse(400, "Transfer-Encoding needs HTTP/1.1");
        else if (http11_ && !saw_host_)
            refuse(400, "the request has no Host header");
        else if (const auto target = take_target(request_.raw_target, request_); !target)
            refuse(400, target.error().text);
        if (phase_ == Phase::refused) return stop(error);
        if (!saw_coding_) length_ = content_length() ? *content_length() : 0;
        phase_ = Phase::body;
    }

    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(string_view body, error_code&) override {
        body_->append(body.data(), body.size());
        return body.size();
    }
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override {
        body_->append(body.data(), body.size());
        return body.size();
    }
    void on_finish_impl(error_code&) override {}

    const ReaderLimits limits_;
    std::string* body_ = nullptr;
    std::size_t head_used_ = 0;
    int skipped_ = 0;
    bool started_ = false;
    bool saw_length_ = false, saw_coding_ = false, saw_host_ = false;
};

RequestReader::RequestReader(const ReaderLimits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestReader::~RequestReader() = default;
std::size_t RequestReader::feed(std::string_view bytes, std::string& body) { return impl_->feed(bytes, body); }
RequestReader::Phase RequestReader::phase() const { return impl_->phase_; }
int RequestReader::status() const { return impl_->status_; }
const std::string& RequestReader::reason() const { return impl_->reason_; }
Request& RequestReader::request() { return impl_->request_; }
bool RequestReader::keep_alive() const { return impl_->keep_alive(); }
bool RequestReader::is_http11() const { return impl_->http11_; }
bool RequestReader::expects_continue() const { return impl_->expects_continue_ && impl_->http11_; }
std::optional<std::uint64_t> RequestReader::content_length() const { return impl_->length_; }

Status take_target(std::string_view target, Request& request) {
    std::string_view rest = target;
    if (starts_with_ignoring_ascii_case(rest, "http://") || starts_with_ignoring_ascii_case(rest, "https://")) {
        rest.remove_prefix(rest.find("//") + 2);
        const std::size_t slash = rest.find_first_of("/?");
        rest = slash == std::string_view::npos ? std::string_view{"/"} : rest.substr(slash);
    }
    const std::string with_path = rest.starts_with('?') && rest.size() < target.size() ? "/" + std::string{rest} : "";
    if (!with_path.empty()) rest = with_path;
    if (rest.empty() || rest.front() != '/') return fail(Code::bad_input, "the request target is not a path");
    rest = rest.substr(0, rest.find('#'));
    const std::size_t mark = rest.find('?');
    const std::string_view raw_path = rest.substr(0, mark);
    for (std::size_t at = raw_path.find('%'); at != std::string_view::npos; at = raw_path.find('%', at + 1)) {
        const auto is_hex = [&](std::size_t i) { return i < raw_path.size() && std::isxdigit(static_cast<unsigned char>(raw_path[i])) != 0; };
        if (!is_hex(at + 1) || !is_hex(at + 2)) return fail(Code::bad_input, "the path has a bad percent escape");
    }
    std::string path = percent_decode(raw_path, false);
    if (has_control(path) || path.find('\\') != std::string::npos || !is_utf8(path))
        return fail(Code::bad_input, "the path has characters that no path has");
    for (const std::string_view segment : split(path, '/'))
        if (segment == "." || segment == "..") return fail(Code::bad_input, "the path goes upward");
    request.path = std::move(path);
    request.query.clear();
    if (mark != std::string_view::npos) {
        for (const std::string_view pair : split(rest.substr(mark + 1), '&')) {
            if (pair.empty()) continue;
            if (request.query.size() >= 256) return fail(Code::bad_input, "the query has too many parameters");
            const std::size_t equals = pair.find('=');
            request.query.emplace_back(to_valid_utf8(percent_decode(pair.substr(0, equals), true)),
                                       equals == std::string_view::npos ? std::string{}
                                                                        : to_valid_utf8(percent_decode(pair.substr(equals + 1), true)));
        }
    }
    return {};
}

}  // namespace vg::net
