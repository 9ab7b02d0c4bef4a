#include "net/request_reader.h"

#include <cctype>
#include <limits>

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

// A line feed without its CR in [from, end of text); `text` begins with the head.
bool has_bare_line_feed(std::string_view text, std::size_t from) {
    for (std::size_t at = text.find('\n', from); at != std::string_view::npos; at = text.find('\n', at + 1))
        if (at == 0 || text[at - 1] != '\r') return true;
    return false;
}

}  // namespace

class RequestReader::Impl final : public http::basic_parser<true> {
public:
    explicit Impl(const ReaderLimits& limits) : limits_(limits) {
        header_limit(std::numeric_limits<std::uint32_t>::max());  // feed() bounds the head itself
        body_limit(limits.body_bytes);
        eager(false);
    }

    // The parser gets a head whole, and a chunk line only when its end is there: so the verdict does not depend on how
    // the bytes came.
    std::size_t feed(std::string_view bytes, std::string& body) {
        std::size_t used = 0;
        body_ = &body;
        if (phase_ == Phase::head) {
            used = feed_head(bytes);  // and then the caller has its turn before the body
        } else {
            while (phase_ == Phase::body && used < bytes.size()) {
                const std::size_t count = feed_body(bytes.substr(used));
                used += count;
                if (count == 0) break;
            }
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
    std::size_t feed_head(std::string_view bytes) {
        std::size_t used = 0;
        // CRLF before a request line is skipped (RFC 9112, section 2.2), a few of them at most.
        for (; skipped_ < 8 && bytes.substr(used).starts_with("\r\n"); ++skipped_) {
            used += 2;
            scanned_ = 0;
        }
        const std::string_view rest = bytes.substr(used);
        if (rest.empty() || (rest == "\r" && skipped_ < 8)) return used;
        if (std::isalpha(static_cast<unsigned char>(rest.front())) == 0) {
            refuse(400, "this is not an HTTP request");  // a TLS greeting, for one: no need to wait for its end
            return used;
        }
        const std::string_view region = rest.substr(0, limits_.head_bytes);
        const std::size_t end = region.find("\r\n\r\n", scanned_ < 3 ? 0 : scanned_ - 3);
        const std::string_view head = end == std::string_view::npos ? region : region.substr(0, end + 4);
        if (has_bare_line_feed(head, scanned_)) {
            refuse(400, "a line of the head ends without CR");
        } else if (end == std::string_view::npos) {
            scanned_ = region.size();
            if (rest.size() > limits_.head_bytes) refuse(431, "the head of the request is too long");
        } else {
            error_code error;
            used += put(asio::const_buffer{head.data(), head.size()}, error);
            if (error)
                refuse_for(error);
            else if (is_done())
                phase_ = Phase::done;
        }
        return used;
    }

    // A chunk line ends at its first CRLF (RFC 9112, section 7.1): no control character stands before it, and a quoted value
    // is closed before it. Beast would look for the end of an open one in what follows.
    static bool is_closed_line(std::string_view line) {
        bool quoted = false;
        for (std::size_t i = 0; i < line.size(); ++i) {
            const auto c = static_cast<unsigned char>(line[i]);
            if ((c < 0x20 && c != '\t') || c == 0x7f) return false;
            if (quoted && c == '\\')
                ++i;
            else if (c == '"')
                quoted = !quoted;
        }
        return !quoted;
    }

    std::size_t feed_body(std::string_view rest) {
        const bool at_chunk_line = saw_coding_ && chunk_left_ == 0;
        if (at_chunk_line) {
            // Behind a chunk its CRLF stands before the next line.
            const std::size_t end = rest.find("\r\n", first_chunk_ ? 0 : 2);
            const std::size_t size = end == std::string_view::npos ? rest.size() : end + 2;
            if (size > limits_.chunk_line_bytes) {
                refuse(400, "a chunk line of the request is too long");
                return 0;
            }
            if (end == std::string_view::npos) return 0;
            const std::size_t begin = first_chunk_ ? 0 : 2;
            if (end >= begin && !is_closed_line(rest.substr(begin, end - begin))) {
                refuse(400, "a chunk line of the request is not well-formed");
                return 0;
            }
        }
        error_code error;
        const std::size_t count = put(asio::const_buffer{rest.data(), rest.size()}, error);
        if (error && error != http::error::need_more) {
            refuse_for(error);
        } else if (at_chunk_line && (error ? rest.size() : chunk_left_ == 0 ? count : 0) > limits_.chunk_line_bytes) {
            refuse(400, "the trailers of the request are too long");
        } else if (is_done()) {
            phase_ = Phase::done;
        }
        return count;
    }

    void refuse_for(const error_code& error) {
        if (error == http::error::body_limit)
            refuse(413, "the body of the request is too long");
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
    void on_chunk_header_impl(std::uint64_t size, string_view, error_code&) override {
        chunk_left_ = size;
        first_chunk_ = false;
    }
    std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override {
        chunk_left_ -= body.size();
        body_->append(body.data(), body.size());
        return body.size();
    }
    void on_finish_impl(error_code&) override {}

    const ReaderLimits limits_;
    std::string* body_ = nullptr;
    std::size_t scanned_ = 0;        // of the head, without finding its end
    std::uint64_t chunk_left_ = 0;
    bool first_chunk_ = true;
    int skipped_ = 0;
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
