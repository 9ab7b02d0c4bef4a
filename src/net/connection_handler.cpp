// The part of a Connection that runs on a pool thread: the handler, the body it reads and the answer it gives.
#include <exception>

#include "base/log.h"
#include "base/text.h"
#include "net/connection.h"

namespace vg::net {
namespace {

constexpr std::size_t kOutBuffer = 256 << 10;  // beyond it the handler waits

}  // namespace

class Connection::HandlerBody final : public Body {
public:
    explicit HandlerBody(Connection& connection) : connection_(connection) {}

    Result<std::string> next() override {
        std::unique_lock lock{connection_.mutex_};
        for (;;) {
            if (!connection_.body_.empty()) {
                std::string piece;
                piece.swap(connection_.body_);
                if (connection_.paused_) {
                    connection_.paused_ = false;
                    lock.unlock();
                    connection_.post(&Connection::read);
                }
                return piece;
            }
            if (connection_.body_done_) return std::string{};
            if (connection_.body_error_) return fail(*connection_.body_error_);
            if (connection_.gone_already_) return fail(Code::unavailable, "the connection is closed");
            if (connection_.continue_wanted_) {
                connection_.continue_wanted_ = false;
                connection_.out_.emplace_back("HTTP/1.1 100 Continue\r\n\r\n");
                connection_.out_bytes_ += connection_.out_.back().size();
                connection_.post(&Connection::flush);
            }
            connection_.changed_.wait(lock);
        }
    }

private:
    Connection& connection_;
};

void Connection::run_handler() {
    HandlerBody body{*this};
    Request& request = reader_->request();
    request.body = &body;
    request.gone = [this] {
        const std::lock_guard lock{mutex_};
        return gone_already_ || wire_->peer_closed();
    };
    Response response;
    try {
        response = shared_.handler(request);
    } catch (const std::exception& error) {
        log::error("http: a handler threw", {{"path", shorten(request.path, 200)}, {"reason", error.what()}});
        response = problem(500, "internal error", "the request could not be handled");
    }
    request.body = nullptr;
    request.gone = nullptr;
    send(std::move(response));
}

// Holds the connection by a weak pointer: an outlet that is kept for long keeps no socket.
class Connection::LiveOutlet final : public Outlet {
public:
    explicit LiveOutlet(std::weak_ptr<Connection> connection) : connection_(std::move(connection)) {}
    ~LiveOutlet() override { end(); }

    bool send(std::string bytes) override {
        const auto connection = connection_.lock();
        if (!connection || bytes.empty()) return connection != nullptr;
        bytes = format("{:x}\r\n", bytes.size()).append(bytes).append("\r\n");
        return put(*connection, std::move(bytes), false);
    }
    void end() override {
        if (const auto connection = connection_.lock()) put(*connection, "0\r\n\r\n", true);
    }
    [[nodiscard]] bool is_open() const override {
        const auto connection = connection_.lock();
        if (!connection) return false;
        const std::lock_guard lock{connection->mutex_};
        return !connection->gone_already_ && !connection->out_done_;
    }
    [[nodiscard]] std::size_t waiting() const override {
        const auto connection = connection_.lock();
        if (!connection) return 0;
        const std::lock_guard lock{connection->mutex_};
        return connection->out_bytes_;
    }

private:
    static bool put(Connection& connection, std::string bytes, bool last) {
        {
            const std::lock_guard lock{connection.mutex_};
            if (connection.gone_already_ || connection.out_done_) return false;
            connection.out_bytes_ += bytes.size();
            connection.out_.push_back(std::move(bytes));
            connection.out_done_ = last;
        }
        connection.post(&Connection::flush);
        return true;
    }

    const std::weak_ptr<Connection> connection_;
};

// The head now, the rest when it comes. The connection is not used again afterwards: that keeps its end simple.
void Connection::send_live(Response response) {
    std::string head = response_head(response, {}, true, true, shared_.options);
    {
        const std::lock_guard lock{mutex_};
        close_after_ = true;
        status_ = response.status;
        out_bytes_ += head.size();
        out_.push_back(std::move(head));
    }
    post(&Connection::watch_live);
    response.live(std::make_shared<LiveOutlet>(weak_from_this()));
}

void Connection::send(Response response) {
    if (response.live && http11_ && reader_->request().method != "HEAD") return send_live(std::move(response));
    const bool bodiless = reader_->request().method == "HEAD" || response.status == 204 || response.status == 304;
    const bool chunked = response.stream && http11_;
    bool close = !keep_alive_ || shared_.stopping || (response.stream && !chunked);
    {
        const std::lock_guard lock{mutex_};
        close = close || !body_done_ || close_after_;
        close_after_ = close;
        status_ = response.status;
    }
    std::optional<std::size_t> length;
    if (!response.stream && response.status != 204 && response.status != 304) length = response.body.size();
    std::string head = response_head(response, length, chunked, close, shared_.options);
    const auto finish = [&] {
        {
            const std::lock_guard lock{mutex_};
            out_done_ = true;
        }
        post(&Connection::flush);
    };
    if (bodiless || !response.stream) {
        {
            const std::lock_guard lock{mutex_};
            out_bytes_ += head.size() + (bodiless ? 0 : response.body.size());
            out_.push_back(std::move(head));
            if (!bodiless) out_.push_back(std::move(response.body));
        }
        return finish();
    }
    bool more = push_out(std::move(head));
    while (more) {
        std::string piece;
        try {
            more = response.stream(piece);
        } catch (const std::exception& error) {
            log::error("http: the stream of an answer threw", {{"path", shorten(reader_->request().path, 200)}, {"reason", error.what()}});
            post(&Connection::cut);  // without the last chunk: the client sees that it is not whole
            return;
        }
        if (piece.empty()) continue;
        if (chunked) piece = format("{:x}\r\n", piece.size()).append(piece).append("\r\n");
        if (!push_out(std::move(piece))) return;
    }
    if (chunked) push_out("0\r\n\r\n");
    finish();
}

bool Connection::push_out(std::string bytes) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return gone_already_ || out_bytes_ < kOutBuffer; });
    if (gone_already_) return false;
    out_bytes_ += bytes.size();
    out_.push_back(std::move(bytes));
    lock.unlock();
    post(&Connection::flush);
    return true;
}

}  // namespace vg::net
