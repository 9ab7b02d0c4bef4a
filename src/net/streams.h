// Streams: TCP and TLS listeners for protocols that are not HTTP. One thread waits on all sockets; a connection that has
// bytes is worked on by a thread of a pool, one at a time, so that its session may block. What a blocked session does not
// read stays in the socket, and its sender is slowed down.
//
//   auto server = TRY(StreamServer::start({.listeners = {{.endpoint = {"0.0.0.0", 2514}, .open = make_session}}}, metrics));
//   server->stop(seconds(3));
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ip.h"
#include "base/metrics.h"
#include "base/result.h"
#include "net/http.h"

namespace vg::net {

struct StreamPeer {
    Address address;
    bool tls = false;
    // Of a client certificate that the CA has signed: DNS names of subjectAltName, then the common name, lower case;
    // empty without one.
    std::vector<std::string> names;
};

// The session's way back to its sender; used inside on_bytes() only.
class StreamLink {
public:
    virtual ~StreamLink() = default;
    // Waits until the socket has taken them, at most 30 s; false when the sender is gone.
    virtual bool send(std::string_view bytes) = 0;
    // True when the server is about to end: a session that waits for something gives up.
    [[nodiscard]] virtual bool stopping() const = 0;
};

// What a protocol makes of one connection. One thread at a time.
class StreamSession {
public:
    virtual ~StreamSession() = default;
    // The next bytes, at most 256 kB; may block. False, or an error (which is logged and counted), ends the connection.
    virtual Result<bool> on_bytes(std::string_view bytes, StreamLink& link) = 0;
    // The sender has closed in order: what is left without its end mark is complete, or not, as the protocol says.
    virtual void on_end(StreamLink&) {}
};

enum class ClientCertificates { none, optional, required };

struct StreamTls {
    TlsFiles files;
    ClientCertificates clients = ClientCertificates::none;
    std::string client_ca;  // PEM of those whose client certificates count; needed unless `none`
};

struct StreamListener {
    std::string name;  // for metrics and log: "syslog_tcp"
    Endpoint endpoint;
    std::optional<StreamTls> tls;
    std::function<std::unique_ptr<StreamSession>(const StreamPeer&)> open;  // null: the sender is turned away
};

struct StreamOptions {
    std::vector<StreamListener> listeners;
    std::size_t threads = 64;
    std::size_t most_connections = 4096;     // a quarter of them from one address at most
    Span handshake_time = seconds(10);
};

class StreamServer {
public:
    static Result<std::unique_ptr<StreamServer>> start(StreamOptions options, metrics::Registry& metrics);
    virtual ~StreamServer() = default;
    [[nodiscard]] virtual std::uint16_t port(std::size_t listener) const = 0;
    [[nodiscard]] virtual std::size_t connections(std::size_t listener) const = 0;  // open now
    // Reads the certificates again, for new connections.
    virtual Status reload_tls() = 0;
    // No new bytes; waits at most `grace` for sessions that are at work, then tells them to give up. Idempotent.
    virtual void stop(Span grace) = 0;
};

}  // namespace vg::net
