#include "net/asio.h"  // first: it says how the rest of Asio is compiled

#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>
#include <unordered_map>

#include "base/ip.h"
#include "base/log.h"
#include "net/connection.h"
#include "net/tls.h"

namespace vg::net {
namespace {

using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol, Executor>;
using asio::generic::stream_protocol;

constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Type: application/problem+json\r\nContent-Length: 96\r\nConnection: close\r\n\r\n"
    "{\"type\":\"about:blank\",\"title\":\"the server is busy\",\"status\":503,\"detail\":\"too many connections\"}";
static_assert(kFull.size() - kFull.find("{\"type\"") == 96);

// The address as text, and whether both ends may use the unix socket.
Result<Connection::Peer> name_peer(Socket& socket, bool is_unix) {
    if (is_unix) {
        ucred credentials{};
        socklen_t size = sizeof credentials;
        if (getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return fail(Code::denied, "the peer has no credentials");
        if (credentials.uid != geteuid() && credentials.uid != 0) return fail(Code::denied, "the peer is another user");
        return Connection::Peer{.name = "unix:" + std::to_string(credentials.uid), .local_control = true};
    }
    error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    if (error) return fail(Code::unavailable, error.message());
    Address address;
    if (endpoint.data()->sa_family == AF_INET6) {
        const auto* v6 = reinterpret_cast<const sockaddr_in6*>(endpoint.data());
        std::copy_n(v6->sin6_addr.s6_addr, 16, address.bytes.begin());
    } else {
        const auto* v4 = reinterpret_cast<const sockaddr_in*>(endpoint.data());
        address.bytes[10] = address.bytes[11] = 0xff;
        std::copy_n(reinterpret_cast<const std::uint8_t*>(&v4->sin_addr), 4, address.bytes.begin() + 12);
    }
    return Connection::Peer{.name = address.text()};
}

// One io thread with its connections.
struct Loop {
    asio::io_context context{1};
    asio::executor_work_guard<Executor> work{context.get_executor()};
    std::thread thread;
    std::unordered_map<Connection*, std::shared_ptr<Connection>> connections;  // this io thread only
};

struct Listener {
    explicit Listener(asio::io_context& context) : acceptor(context), pause(context.get_executor()) {}
    Acceptor acceptor;
    Timer pause;
    bool is_unix = false;
    std::string path;
    std::uint16_t port = 0;
};

class ServerImpl final : public Server {
public:
    ServerImpl(ServerOptions options, Handler handler, metrics::Registry& metrics) : shared_(std::move(options), std::move(handler), metrics) {}
    ~ServerImpl() override { stop(seconds(0)); }

    Status open() {
        if (shared_.options.tls) tls_ = TRY(make_tls_context(*shared_.options.tls));
        for (std::size_t i = 0; i < std::max<std::size_t>(1, shared_.options.io_threads); ++i) loops_.push_back(std::make_unique<Loop>());
        for (const Endpoint& endpoint : shared_.options.listen) TRY_IN("cannot listen on " + endpoint.address + ": ", listen(endpoint));
        for (const auto& listener : listeners_) accept(*listener);
        for (const auto& loop : loops_) {
            loop->thread = std::thread{[context = &loop->context] {
                pthread_setname_np(pthread_self(), "http-io");
                context->run();
            }};
        }
        return {};
    }

    std::uint16_t port(std::size_t endpoint) const override { return listeners_.at(endpoint)->port; }

    Status reload_tls(const TlsFiles& files) override {
        TlsContext fresh = TRY(make_tls_context(files));
        const std::lock_guard lock{mutex_};
        tls_ = std::move(fresh);
        return {};
    }

    void stop(Span grace) override {
        const std::lock_guard stop_lock{stop_mutex_};
        if (stopped_) return;
        stopped_ = true;
        shared_.stopping = true;
        if (loops_.empty()) return;
        if (loops_[0]->thread.joinable()) {
            std::promise<void> closed;  // the loop is stopped below: without waiting, the files of its sockets might stay
            asio::post(loops_[0]->context, [&] {
                close_listeners();
                closed.set_value();
            });
            closed.get_future().wait();
            for_each_connection(&Connection::stop_when_idle);
            wait_for_none(grace);
            for_each_connection(&Connection::cut);
            shared_.pool.stop();
            wait_for_none(seconds(60));
        } else {
            close_listeners();
        }
        for (const auto& loop : loops_) {
            loop->work.reset();
            loop->context.stop();
            if (loop->thread.joinable()) loop->thread.join();
        }
        listeners_.clear();
        loops_.clear();
    }

private:
    Status listen(const Endpoint& endpoint) {
        auto listener = std::make_unique<Listener>(loops_[0]->context);
        listener->is_unix = endpoint.address.starts_with('/');
        error_code error;
        stream_protocol::endpoint where;
        if (listener->is_unix) {
            sockaddr_un address{};
            if (endpoint.address.size() >= sizeof address.sun_path) return fail(Code::bad_input, "the path of a unix socket has at most 107 bytes");
            TRY(clear_stale(endpoint.address));
            where = asio::local::stream_protocol::endpoint{endpoint.address};
            listener->path = endpoint.address;
        } else {
            const auto address = asio::ip::make_address(endpoint.address, error);
            if (error) return fail(Code::bad_input, "this is not an address");
            where = asio::ip::tcp::endpoint{address, endpoint.port};
        }
        Acceptor& acceptor = listener->acceptor;
        acceptor.open(where.protocol(), error);
        if (!error && !listener->is_unix) acceptor.set_option(asio::socket_base::reuse_address(true), error);
        if (!error && where.protocol().family() == AF_INET6) acceptor.set_option(asio::ip::v6_only(has_v4_twin(endpoint)), error);
        if (!error) acceptor.bind(where, error);
        if (!error && listener->is_unix && chmod(endpoint.address.c_str(), 0600) != 0) error = {errno, boost::system::system_category()};
        if (!error) acceptor.listen(1024, error);
        if (error) return fail(Code::unavailable, error.message());
        if (!listener->is_unix) {
            const auto bound = acceptor.local_endpoint(error);
            listener->port = ntohs(reinterpret_cast<const sockaddr_in*>(bound.data())->sin_port);  // at the same place for IPv6
        }
        listeners_.push_back(std::move(listener));
        return {};
    }

    bool has_v4_twin(const Endpoint& endpoint) const {
        for (const Endpoint& other : shared_.options.listen)
            if (other.port == endpoint.port && other.address.find(':') == std::string::npos) return true;
        return false;
    }

    // Removes the socket file of a server that is no more; refuses when one answers.
    static Status clear_stale(const std::string& path) {
        struct stat info {};
        if (lstat(path.c_str(), &info) != 0) return {};
        if (!S_ISSOCK(info.st_mode)) return fail(Code::conflict, "the file there is not a socket");
        asio::io_context context;
        asio::local::stream_protocol::socket probe{context};
        error_code error;
        probe.connect(asio::local::stream_protocol::endpoint{path}, error);
        if (!error) return fail(Code::conflict, "another server listens there");
        unlink(path.c_str());
        return {};
    }

    void accept(Listener& listener) {
        Loop& loop = *loops_[next_loop_++ % loops_.size()];
        listener.acceptor.async_accept(loop.context.get_executor(), [this, &listener, &loop](error_code error, Socket socket) {
            if (shared_.stopping) return;
            if (error == asio::error::operation_aborted) return;
            if (error) {
                // Out of descriptors or memory: waiting connections stay in the kernel's queue.
                listener.pause.expires_after(std::chrono::milliseconds(200));
                listener.pause.async_wait([this, &listener](error_code stopped) {
                    if (!stopped && !shared_.stopping) accept(listener);
                });
                return;
            }
            admit(listener, loop, std::move(socket));
            accept(listener);
        });
    }

    void admit(Listener& listener, Loop& loop, Socket socket) {
        error_code ignored;
        socket.non_blocking(true, ignored);
        auto peer = name_peer(socket, listener.is_unix);
        if (!peer) {
            if (peer.error().code == Code::denied) log::warn("http: a connection to the control socket was refused", {{"reason", peer.error().text}});
            return;
        }
        TlsContext tls;
        {
            const std::lock_guard lock{mutex_};
            // The control socket is not counted out: the operator must get in when the house is full.
            if (open_ >= shared_.options.most_connections && !listener.is_unix) {
                shared_.refused_connections.add();
                if (!tls_) {
                    char unread[4096];
                    static_cast<void>(::recv(socket.native_handle(), unread, sizeof unread, MSG_DONTWAIT));
                    static_cast<void>(::send(socket.native_handle(), kFull.data(), kFull.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
                    socket.shutdown(Socket::shutdown_send, ignored);
                }
                return;
            }
            ++open_;
            shared_.connections.set(static_cast<double>(open_));
            if (!listener.is_unix) tls = tls_;
        }
        shared_.accepted.add();
        if (!listener.is_unix) socket.set_option(asio::ip::tcp::no_delay(true), ignored);
        peer->tls = tls != nullptr;
        asio::post(loop.context, [this, &loop, tls, peer = std::move(*peer), socket = std::move(socket)]() mutable {
            auto wire = tls ? make_tls_wire(std::move(socket), tls) : make_plain_wire(std::move(socket));
            auto connection = std::make_shared<Connection>(shared_, loop.context, std::move(wire), std::move(peer),
                                                           [this, &loop](Connection* gone) { forget(loop, gone); });
            loop.connections.emplace(connection.get(), connection);
            connection->start();
            if (shared_.stopping) connection->stop_when_idle();
        });
    }

    void forget(Loop& loop, Connection* connection) {
        loop.connections.erase(connection);
        const std::lock_guard lock{mutex_};
        --open_;
        shared_.connections.set(static_cast<double>(open_));
        if (open_ == 0) none_open_.notify_all();
    }

    void close_listeners() {
        for (const auto& listener : listeners_) {
            error_code ignored;
            listener->acceptor.close(ignored);
            listener->pause.cancel();
            if (!listener->path.empty()) unlink(listener->path.c_str());
        }
    }

    void for_each_connection(void (Connection::*function)()) {
        for (const auto& loop : loops_) {
            asio::post(loop->context, [function, &loop = *loop] {
                const auto connections = loop.connections;  // a copy: they leave the map meanwhile
                for (const auto& [key, connection] : connections) ((*connection).*function)();
            });
        }
    }

    void wait_for_none(Span at_most) {
        std::unique_lock lock{mutex_};
        none_open_.wait_for(lock, std::chrono::microseconds(at_most.micros), [&] { return open_ == 0; });
    }

    Shared shared_;
    std::vector<std::unique_ptr<Loop>> loops_;
    std::vector<std::unique_ptr<Listener>> listeners_;  // on the io thread of loops_[0] once that runs
    std::size_t next_loop_ = 0;                         // the same
    std::mutex stop_mutex_;
    bool stopped_ = false;                              // guarded by stop_mutex_

    std::mutex mutex_;
    std::condition_variable none_open_;
    // guarded by mutex_
    TlsContext tls_;
    std::size_t open_ = 0;
};

metrics::Counter& refused(metrics::Registry& registry, const char* reason) {
    return registry.counter("vonggac_http_refused_total", "Connections and requests refused by the HTTP server itself", {{"reason", reason}});
}
metrics::Counter* answered(metrics::Registry& registry, const char* status) {
    return &registry.counter("vonggac_http_requests_total", "Requests answered, by class of status", {{"class", status}});
}

}  // namespace

Shared::Shared(const ServerOptions& o, Handler h, metrics::Registry& registry)
    : options(o),
      limits{.head_bytes = o.header_bytes, .body_bytes = o.body_bytes},
      handler(std::move(h)),
      pool(o.handler_threads, o.waiting_requests),
      connections(registry.gauge("vonggac_http_connections", "Open HTTP connections")),
      accepted(registry.counter("vonggac_http_connections_total", "HTTP connections accepted")),
      answered{net::answered(registry, "1xx"), net::answered(registry, "2xx"), net::answered(registry, "3xx"), net::answered(registry, "4xx"),
               net::answered(registry, "5xx")},
      bytes_in(registry.counter("vonggac_http_received_bytes_total", "Bytes received by the HTTP server, after TLS")),
      bytes_out(registry.counter("vonggac_http_sent_bytes_total", "Bytes sent by the HTTP server, before TLS")),
      seconds(registry.histogram("vonggac_http_request_seconds", "From the first byte of a request to the last of its answer")),
      refused_connections(refused(registry, "connections")),
      refused_requests(refused(registry, "threads")),
      bad_requests(refused(registry, "malformed")),
      timed_out(refused(registry, "too_slow")) {}

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Handler handler, metrics::Registry& metrics) {
    auto server = std::make_unique<ServerImpl>(std::move(options), std::move(handler), metrics);
    TRY(server->open());
    return server;
}

}  // namespace vg::net
