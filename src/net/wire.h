// Wire: one connected stream, plain or TLS, as a Connection sees it. Compiled once each, so that the session code is not
// a template. All calls and callbacks on the io thread of its socket; one read and one write may be under way at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "net/asio.h"

// OpenSSL's own name for its context, so that its headers stay out of here.
struct ssl_ctx_st;

namespace vg::net {

class Wire {
public:
    using Done = std::function<void(error_code, std::size_t)>;

    virtual ~Wire() = default;
    // TLS handshake; at once for a plain socket.
    virtual void handshake(Done done) = 0;
    // Calls back when a read would give something, without holding a buffer meanwhile. TLS gives false: just read.
    virtual bool wait_readable(Done done) = 0;
    virtual void read_some(char* buffer, std::size_t size, Done done) = 0;
    // Writes some of at most 16 pieces.
    virtual void write_some(std::span<const std::string_view> pieces, Done done) = 0;
    // Says that nothing more will be sent, while reading goes on. A TLS stream cannot do that and leaves it.
    virtual void end_sending() = 0;
    // Whether the peer has closed its end, as far as the kernel knows. The one call from any thread, before close().
    [[nodiscard]] virtual bool peer_closed() const = 0;
    // A TLS close_notify is sent when that is possible at once. Callbacks under way get an error.
    virtual void close() = 0;
};

using TlsContext = std::shared_ptr<ssl_ctx_st>;

std::unique_ptr<Wire> make_plain_wire(Socket socket);
std::unique_ptr<Wire> make_tls_wire(Socket socket, const TlsContext& context);

}  // namespace vg::net
