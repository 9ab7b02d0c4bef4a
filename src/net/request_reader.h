// RequestReader: the framing of one HTTP/1.1 request (RFC 9112), fed with bytes as they come. Pure: no socket, no clock.
// Hostile input: head size, header count and body size are bounded; whatever could be read in two ways by two parties
// (both lengths, odd transfer codings, bad chunks, doubled Host) is refused. Beast's basic_parser does the scanning.
// Used by net::Connection on its io thread, and by the fuzz target.
//
//   RequestReader reader{limits};
//   std::size_t used = reader.feed(bytes, body);        // present unused bytes again with more behind them
//   if (reader.phase() == RequestReader::Phase::refused) answer(reader.status(), reader.reason());
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"

namespace vg::net {

struct ReaderLimits {
    std::size_t head_bytes = 64 << 10;
    std::size_t header_count = 128;
    std::uint64_t body_bytes = std::uint64_t{64} << 30;
    std::size_t chunk_line_bytes = 4096;  // chunk size with extensions, and all trailers together
};

class RequestReader {
public:
    enum class Phase : std::uint8_t { head, body, done, refused };

    explicit RequestReader(const ReaderLimits& limits);
    ~RequestReader();
    RequestReader(const RequestReader&) = delete;
    RequestReader& operator=(const RequestReader&) = delete;

    // Takes bytes and says how many were used; body bytes are appended to `body`. Stops behind the head once, so that
    // the caller sees phase body before any body byte, and stops behind the request.
    std::size_t feed(std::string_view bytes, std::string& body);

    [[nodiscard]] Phase phase() const;
    // Of phase refused: the status to answer with (400, 413, 414, 431, 501, 505) and why, in a sentence.
    [[nodiscard]] int status() const;
    [[nodiscard]] const std::string& reason() const;

    // Behind the head:
    [[nodiscard]] Request& request();
    [[nodiscard]] bool keep_alive() const;
    [[nodiscard]] bool is_http11() const;
    [[nodiscard]] bool expects_continue() const;
    [[nodiscard]] std::optional<std::uint64_t> content_length() const;  // nothing when chunked

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

// The path and the query of a request target in origin or absolute form: decoded path without "..", NUL or control
// characters. Code::bad_input otherwise.
Status take_target(std::string_view target, Request& request);

}  // namespace vg::net
