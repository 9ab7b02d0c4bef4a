// HTTP/1.1 server: sockets, TLS and framing; knows no domain. Handlers are plain functions that may block; each runs on
// a thread of the server's pool, so a slow disk or a slow sender holds one thread and nothing else.
//
//   auto server = TRY(Server::start({.listen = {{"127.0.0.1", 7300}}}, [](Request& request) { return Response{...}; }, metrics));
//   server->port(0);       // the bound port
//   server->stop();        // graceful: no new requests, those in hand are finished
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"

namespace vg::net {

using Header = std::pair<std::string, std::string>;

// The body of a request, read piece by piece. Only the handler's thread uses it.
class Body {
public:
    virtual ~Body() = default;
    // The next bytes (at most about 256 kB); empty at the end. An Error when the sender broke off, was too slow or sent
    // more than the limit. Bytes not yet read stay in the socket: the sender is slowed down.
    virtual Result<std::string> next() = 0;
};

struct Request {
    std::string method;                // upper case
    std::string path;                  // percent-decoded, begins with '/'; no "..", no NUL
    std::string raw_target;            // as sent
    std::vector<Header> query;         // decoded, in order
    std::vector<Header> headers;       // names lower case, in order
    std::string peer;                  // address as text; "unix:UID" for the control socket
    bool tls = false;
    bool local_control = false;        // came over the control socket from a process of the same user or root
    Body* body = nullptr;              // never null inside a handler
    // Whether the client has closed the connection; null where nobody knows. For handlers that wait long; inside a handler only.
    std::function<bool()> gone = {};

    [[nodiscard]] std::optional<std::string> header(std::string_view lower_case_name) const;
    [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
    // The whole body, at most `limit` bytes (Code::too_large beyond).
    Result<std::string> read_all(std::size_t limit);
};

// The sending end of an answer that goes on after its handler has returned (Server-Sent Events). Any thread; nothing here
// waits: whoever sends looks at waiting() and ends what is not read.
class Outlet {
public:
    virtual ~Outlet() = default;
    // False when the connection is gone.
    virtual bool send(std::string bytes) = 0;
    // The end of the answer; what was sent before still goes out. Idempotent.
    virtual void end() = 0;
    [[nodiscard]] virtual bool is_open() const = 0;
    [[nodiscard]] virtual std::size_t waiting() const = 0;  // bytes not yet taken by the socket
};

struct Response {
    int status = 200;
    std::vector<Header> headers;       // Content-Length, Date, Connection are added by the server
    std::string body;
    // When set, the body is what it produces (chunked): it appends to its argument, and returns false at the end.
    std::function<bool(std::string&)> stream;
    // When set, the answer (chunked) is what is sent into the outlet, which the function keeps: it takes no thread while it
    // stands. Called once, on the handler's thread, after the head. HTTP/1.1 only.
    std::function<void(std::shared_ptr<Outlet>)> live;

    static Response json(int status, std::string body);
    static Response text(int status, std::string body);
    Response& with(std::string name, std::string value);
};

using Handler = std::function<Response(Request&)>;

struct Endpoint {
    std::string address;     // "127.0.0.1", "::1", "0.0.0.0"; or a path when it begins with '/': a unix socket, mode 0600
    std::uint16_t port = 0;  // 0: any free one
};

struct TlsFiles {
    std::string certificate;  // PEM chain
    std::string key;          // PEM
};

struct ServerOptions {
    std::vector<Endpoint> listen;
    std::optional<TlsFiles> tls;              // for all but unix sockets
    std::size_t io_threads = 1;
    std::size_t handler_threads = 64;         // started as needed; when all are taken, 503 with Retry-After
    std::size_t most_connections = 4096;
    std::size_t header_bytes = 64 << 10;
    std::uint64_t body_bytes = std::uint64_t{64} << 30;  // handlers set tighter ones
    Span header_time = seconds(10);           // to send the head
    Span idle_time = seconds(60);             // keep-alive, and between two pieces of a body
    std::string server_name = "vonggac";
    std::size_t waiting_requests = 256;       // beyond the threads, for at most 10 s; then 503
    Clock* clock = nullptr;                   // for the Date header; without it none is sent
};

class Server {
public:
    static Result<std::unique_ptr<Server>> start(ServerOptions options, Handler handler, metrics::Registry& metrics);
    virtual ~Server() = default;
    [[nodiscard]] virtual std::uint16_t port(std::size_t endpoint) const = 0;
    // Takes a new certificate for new connections.
    virtual Status reload_tls(const TlsFiles& files) = 0;
    // No new connections; waits for the requests in hand, at most `grace`, then cuts them. Idempotent.
    virtual void stop(Span grace) = 0;
};

// ---- client: for the command line and tests ----

struct Call {
    std::string method = "GET";
    std::string url;                    // "http://127.0.0.1:7300/api/v1/...", "https://...", or "unix:/path/control.sock:/api/v1/..."
    std::vector<Header> headers;
    std::string body;
    std::function<bool(std::string&)> stream_body;  // instead of body: appends pieces, false at the end; sent chunked
    std::string ca_file;                // PEM of the CA to trust; empty: the system's
    std::string fingerprint;            // or: hex SHA-256 of the certificate to accept
    Span time = seconds(60);            // without any byte from the peer
    std::function<bool(std::string_view)> on_data;  // when set, gets the body of a 2xx piece by piece; false stops
};
struct Answer {
    int status = 0;
    std::vector<Header> headers;        // names lower case
    std::string body;
    [[nodiscard]] std::optional<std::string> header(std::string_view lower_case_name) const;
};
Result<Answer> fetch(const Call& call);

// ---- certificates ----

struct NodeCertificate {
    std::string ca_certificate, certificate, key;  // file names, PEM
    std::string fingerprint;                        // hex SHA-256 of the node certificate (DER)
};
// The node's own CA and server certificate in `folder`, made at first use (ECDSA P-256; CA 10 years, certificate 397
// days, renewed by the same CA 30 days before its end). `names`: DNS names and addresses it must be valid for.
Result<NodeCertificate> load_or_make_certificate(const std::string& folder, const std::vector<std::string>& names, Time now);

std::string percent_decode(std::string_view text, bool plus_is_space);
std::string percent_encode(std::string_view text);

}  // namespace vg::net
