// Connection: one client of the HTTP server. Its socket, parser and timer live on one io thread; the handler of the
// request in hand runs on a pool thread and meets them in two bounded buffers (body in, answer out) under one mutex.
//
//   begin_request → head → body gathers → dispatch → handler reads the body and answers → flush → begin_request ...
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "net/asio.h"
#include "net/http.h"
#include "net/pool.h"
#include "net/request_reader.h"
#include "net/wire.h"

namespace vg::net {

// What all connections of a server share. Outlives them.
struct Shared {
    Shared(const ServerOptions& o, Handler h, metrics::Registry& registry);

    const ServerOptions options;
    const ReaderLimits limits;
    const Handler handler;
    Pool pool;
    std::atomic<bool> stopping{false};
    std::atomic<std::size_t> gathered{0};  // body bytes held for requests that no thread has taken yet

    metrics::Gauge& connections;
    metrics::Counter& accepted;
    std::array<metrics::Counter*, 5> answered;  // by status class, 1xx to 5xx
    metrics::Counter& bytes_in;
    metrics::Counter& bytes_out;
    metrics::Histogram& seconds;
    metrics::Counter& refused_connections;
    metrics::Counter& refused_requests;
    metrics::Counter& bad_requests;
    metrics::Counter& timed_out;
};

class Connection final : public std::enable_shared_from_this<Connection> {
public:
    struct Peer {
        std::string name;
        bool tls = false;
        bool local_control = false;
    };

    Connection(Shared& shared, asio::io_context& context, std::unique_ptr<Wire> wire, Peer peer, std::function<void(Connection*)> gone);

    // All three on the io thread.
    void start();
    void stop_when_idle();  // closes at once unless a request is in hand; then after its answer
    void cut();

private:
    class HandlerBody;
    class LiveOutlet;
    using Clock = std::chrono::steady_clock;

    // io thread: reading
    void begin_request();
    void read();
    void watch_live();
    void on_read(error_code error, std::size_t count);
    void parse();
    void take_head();
    void body_progress();
    void body_failed(Code code, std::string reason);
    void dispatch();
    void refuse(int status, const std::string& title, const std::string& detail);
    // io thread: writing
    void flush();
    void on_written(error_code error, std::size_t count);
    void answered();
    void linger();
    void close();
    // io thread: time
    void expect_within(Span span);
    void arm();
    void on_time();

    // pool thread
    void run_handler();
    void send(Response response);
    bool push_out(std::string bytes);  // false: the connection is gone
    void send_live(Response response);
    void post(void (Connection::*function)());

    // constant after construction
    Shared& shared_;
    asio::io_context& context_;
    const Peer peer_;
    const std::function<void(Connection*)> gone_;

    // io thread only
    enum class State : std::uint8_t { handshake, idle, head, body, handling, lingering, closed };
    std::unique_ptr<Wire> wire_;
    Timer timer_;
    State state_ = State::handshake;
    Clock::time_point deadline_;
    Clock::time_point armed_for_ = Clock::time_point::max();
    std::string in_;              // read, not yet used: from begin_
    std::size_t begin_ = 0;
    std::string piece_;           // the read buffer of the read under way
    bool reading_ = false;
    bool first_request_ = true;
    std::unique_ptr<RequestReader> reader_;
    std::shared_ptr<Pool::Job> job_;
    bool live_ = false;           // a live answer stands: no thread works for it, and it ends with the connection
    bool keep_alive_ = true;      // of the request in hand; the handler's thread reads both
    bool http11_ = true;
    Clock::time_point started_;
    Clock::time_point read_began_;
    Clock::duration waited_{};    // for body bytes
    std::uint64_t body_bytes_ = 0;
    std::size_t gathered_ = 0;    // our part of shared_.gathered
    std::size_t lingered_ = 0;
    std::deque<std::string> writing_;
    std::size_t written_ = 0;     // of writing_.front()
    bool write_under_way_ = false;

    std::mutex mutex_;
    std::condition_variable changed_;
    // guarded by mutex_
    std::string body_;            // not yet taken by the handler
    bool body_done_ = false;
    bool paused_ = false;         // reading stands still until the handler takes the body
    bool continue_wanted_ = false;
    std::optional<Error> body_error_;
    std::deque<std::string> out_;
    std::size_t out_bytes_ = 0;   // in out_ and writing_
    bool out_done_ = false;
    bool close_after_ = false;
    bool gone_already_ = false;
    int status_ = 0;
};

// The head of an answer, with the empty line. `length`: nothing for a chunked body or one that ends with the connection.
std::string response_head(const Response& response, std::optional<std::size_t> length, bool chunked, bool close, const ServerOptions& options);
// RFC 9457.
Response problem(int status, const std::string& title, const std::string& detail);

}  // namespace vg::net
