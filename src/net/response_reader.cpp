#include "net/response_reader.h"

#include "base/text.h"
#include "net/asio.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace vg::net {

namespace http = boost::beast::http;
using boost::beast::string_view;

class ResponseReader::Impl final : public http::basic_parser<false> {
public:
    explicit Impl(bool skip_body) {
        header_limit(256 << 10);
        body_limit(boost::none);
        eager(true);
        skip(skip_body);
    }
    Answer answer_;
    std::string* body_ = nullptr;

private:
    void on_request_impl(http::verb, string_view, string_view, int, error_code&) override {}
    void on_response_impl(int code, string_view, int, error_code&) override { answer_.status = code; }
    void on_field_impl(http::field, string_view name, string_view value, error_code& error) override {
        if (is_header_done()) return;  // trailers
        if (answer_.headers.size() >= 256) {
            error = http::error::header_limit;
            return;
        }
        answer_.headers.emplace_back(lower_ascii({name.data(), name.size()}), std::string{value.data(), value.size()});
    }
    void on_header_impl(error_code&) override {}
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
};

ResponseReader::ResponseReader(bool to_head_request) : to_head_request_(to_head_request), impl_(std::make_unique<Impl>(to_head_request)) {}
ResponseReader::~ResponseReader() = default;

Result<std::size_t> ResponseReader::feed(std::string_view bytes, std::string& body) {
    std::size_t used = 0;
    impl_->body_ = &body;
    while (used < bytes.size() && phase() != Phase::done) {
        error_code error;
        const std::size_t count = impl_->put(asio::const_buffer{bytes.data() + used, bytes.size() - used}, error);
        used += count;
        if (error == http::error::need_more) {
            if (count == 0) break;
            continue;
        }
        if (error) return fail(Code::bad_input, "the answer is not well-formed HTTP: " + error.message());
        if (impl_->is_done() && impl_->answer_.status / 100 == 1 && impl_->answer_.status != 101) {
            impl_ = std::make_unique<Impl>(to_head_request_);
            impl_->body_ = &body;
        }
    }
    impl_->body_ = nullptr;
    return used;
}

Status ResponseReader::end() {
    if (phase() == Phase::done) return {};
    if (!impl_->got_some()) return fail(Code::unavailable, "the server closed the connection without an answer");
    error_code error;
    impl_->put_eof(error);
    if (error) return fail(Code::unavailable, "the answer broke off");
    return {};
}

ResponseReader::Phase ResponseReader::phase() const {
    if (impl_->is_done()) return Phase::done;
    return impl_->is_header_done() ? Phase::body : Phase::head;
}

Answer& ResponseReader::answer() { return impl_->answer_; }

}  // namespace vg::net
