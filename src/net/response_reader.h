// ResponseReader: the framing of one HTTP/1.1 response for fetch(); interim 1xx responses are read over. Pure.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/http.h"

namespace vg::net {

class ResponseReader {
public:
    enum class Phase { head, body, done };

    explicit ResponseReader(bool to_head_request);
    ~ResponseReader();
    ResponseReader(const ResponseReader&) = delete;
    ResponseReader& operator=(const ResponseReader&) = delete;

    // Takes bytes and says how many were used; body bytes are appended to `body`.
    Result<std::size_t> feed(std::string_view bytes, std::string& body);
    // The peer has closed: an error unless that may end this response.
    Status end();
    [[nodiscard]] Phase phase() const;
    [[nodiscard]] Answer& answer();

private:
    class Impl;
    const bool to_head_request_;
    std::unique_ptr<Impl> impl_;
};

}  // namespace vg::net
