#include "net/wire.h"

#include <openssl/ssl.h>
#include <poll.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>

namespace vg::net {
namespace {

using Buffers = std::array<asio::const_buffer, 16>;

std::span<const asio::const_buffer> gather(std::span<const std::string_view> pieces, Buffers& buffers) {
    const std::size_t count = std::min(pieces.size(), buffers.size());
    for (std::size_t i = 0; i < count; ++i) buffers[i] = asio::const_buffer{pieces[i].data(), pieces[i].size()};
    return {buffers.data(), count};
}

// POLLRDHUP (Linux) tells of the peer's FIN even when bytes before it were not read.
bool is_closed_by_peer(int descriptor) {
    pollfd one{.fd = descriptor, .events = POLLRDHUP, .revents = 0};
    return ::poll(&one, 1, 0) > 0 && (one.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

class PlainWire final : public Wire {
public:
    explicit PlainWire(Socket socket) : socket_(std::move(socket)), descriptor_(socket_.native_handle()) {}

    void handshake(Done done) override { done({}, 0); }
    bool wait_readable(Done done) override {
        socket_.async_wait(Socket::wait_read, [done = std::move(done)](error_code error) { done(error, 0); });
        return true;
    }
    void read_some(char* buffer, std::size_t size, Done done) override { socket_.async_read_some(asio::mutable_buffer{buffer, size}, std::move(done)); }
    void write_some(std::span<const std::string_view> pieces, Done done) override {
        Buffers buffers;
        const auto used = gather(pieces, buffers);
        // Asio copies the sequence of buffers into the operation.
        socket_.async_write_some(std::vector<asio::const_buffer>(used.begin(), used.end()), std::move(done));
    }
    void end_sending() override {
        error_code ignored;
        socket_.shutdown(Socket::shutdown_send, ignored);
    }
    [[nodiscard]] bool peer_closed() const override { return is_closed_by_peer(descriptor_); }
    void close() override {
        error_code ignored;
        socket_.close(ignored);
    }

private:
    Socket socket_;
    const int descriptor_;
};

class TlsWire final : public Wire {
public:
    TlsWire(Socket socket, const TlsContext& context) : stream_(std::move(socket), SSL_new(context.get())), descriptor_(stream_.next_layer().native_handle()) {}

    void handshake(Done done) override {
        stream_.async_handshake(asio::ssl::stream_base::server, [done = std::move(done)](error_code error) { done(error, 0); });
    }
    bool wait_readable(Done) override { return false; }
    void read_some(char* buffer, std::size_t size, Done done) override { stream_.async_read_some(asio::mutable_buffer{buffer, size}, std::move(done)); }
    void write_some(std::span<const std::string_view> pieces, Done done) override {
        // One record for a small head and body together; TLS copies the bytes anyway.
        if (pieces.size() > 1 && pieces[0].size() + pieces[1].size() <= joined_.size()) {
            std::size_t size = 0;
            for (const std::string_view piece : pieces) {
                const std::size_t count = std::min(piece.size(), joined_.size() - size);
                piece.copy(joined_.data() + size, count);
                size += count;
                if (size == joined_.size()) break;
            }
            stream_.async_write_some(asio::const_buffer{joined_.data(), size}, std::move(done));
            return;
        }
        stream_.async_write_some(asio::const_buffer{pieces[0].data(), pieces[0].size()}, std::move(done));
    }
    void end_sending() override {}
    [[nodiscard]] bool peer_closed() const override { return is_closed_by_peer(descriptor_); }
    void close() override {
        error_code ignored;
        // Asio's stream writes to a memory buffer of its own; a close_notify would have to be pumped out. The lengths in
        // every answer make its absence harmless.
        stream_.next_layer().close(ignored);
    }

private:
    asio::ssl::stream<Socket> stream_;
    const int descriptor_;
    std::array<char, 4096> joined_;
};

}  // namespace

std::unique_ptr<Wire> make_plain_wire(Socket socket) { return std::make_unique<PlainWire>(std::move(socket)); }
std::unique_ptr<Wire> make_tls_wire(Socket socket, const TlsContext& context) { return std::make_unique<TlsWire>(std::move(socket), context); }

}  // namespace vg::net
