// One connection of a StreamServer: its descriptor, its TLS and its session. Made on the waiting thread, then used by one
// thread of the pool at a time; only cut() is called from others.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "base/metrics.h"
#include "net/sockets.h"
#include "net/streams.h"

struct ssl_st;
struct ssl_ctx_st;

namespace vg::net {

class StreamConnection final : public StreamLink {
public:
    // What the connection waits for after a step.
    enum class Then { read, write, again, close };

    StreamConnection(Fd fd, StreamPeer peer, const StreamListener& listener, const std::shared_ptr<ssl_ctx_st>& tls, const std::atomic<bool>& stopping,
                     metrics::Counter& bytes);
    ~StreamConnection() override;
    StreamConnection(const StreamConnection&) = delete;
    StreamConnection& operator=(const StreamConnection&) = delete;

    // Handshake, or as many bytes as there are (within bounds) through the session.
    Then step();
    // Ends it from another thread: a step that waits for the socket comes back, and the next one closes.
    void cut();
    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] const StreamPeer& peer() const { return peer_; }
    [[nodiscard]] bool handshaking() const { return handshaking_; }
    [[nodiscard]] std::chrono::steady_clock::time_point begun() const { return begun_; }

    bool send(std::string_view bytes) override;
    [[nodiscard]] bool stopping() const override { return stopping_; }

private:
    Then shake_hands();
    // Fills the buffer as far as the socket gives; `ended` when the sender has closed, `then` what to wait for.
    std::size_t read(char* buffer, std::size_t size, bool& ended, Then& then);
    [[nodiscard]] bool wait_for(short events) const;

    Fd fd_;
    StreamPeer peer_;
    const StreamListener& listener_;
    ssl_st* ssl_ = nullptr;
    std::unique_ptr<StreamSession> session_;
    const std::atomic<bool>& stopping_;
    metrics::Counter& bytes_;
    const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
    std::atomic<bool> handshaking_;
};

}  // namespace vg::net
