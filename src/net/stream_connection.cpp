#include "net/stream_connection.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <cerrno>

#include "base/log.h"
#include "net/stream_tls.h"
#include "net/tls.h"

namespace vg::net {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;
constexpr int kPieces = 4;          // then others have their turn
constexpr int kSendWait = 30'000;   // milliseconds

}  // namespace

StreamConnection::StreamConnection(Fd fd, StreamPeer peer, const StreamListener& listener, const std::shared_ptr<ssl_ctx_st>& tls,
                                   const std::atomic<bool>& stopping, metrics::Counter& bytes)
    : fd_(std::move(fd)), peer_(std::move(peer)), listener_(listener), stopping_(stopping), bytes_(bytes), handshaking_(tls != nullptr) {
    if (tls == nullptr) return;
    ssl_ = SSL_new(tls.get());
    if (ssl_ != nullptr) SSL_set_fd(ssl_, fd_.get());
}

StreamConnection::~StreamConnection() {
    if (ssl_ == nullptr) return;
    if (!handshaking_) SSL_shutdown(ssl_);  // close_notify, when the socket takes it at once
    ERR_clear_error();
    SSL_free(ssl_);
}

void StreamConnection::cut() { ::shutdown(fd_.get(), SHUT_RDWR); }

StreamConnection::Then StreamConnection::shake_hands() {
    if (ssl_ == nullptr) return Then::close;
    ERR_clear_error();
    const int done = SSL_accept(ssl_);
    if (done != 1) {
        const int error = SSL_get_error(ssl_, done);
        if (error == SSL_ERROR_WANT_READ) return Then::read;
        if (error == SSL_ERROR_WANT_WRITE) return Then::write;
        log::warn("streams: a TLS handshake failed", {{"listener", listener_.name}, {"peer", peer_.address.text()}, {"reason", openssl_reason()}});
        return Then::close;
    }
    handshaking_ = false;
    peer_.tls = true;
    peer_.names = client_names(ssl_);
    return Then::again;
}

std::size_t StreamConnection::read(char* buffer, std::size_t size, bool& ended, Then& then) {
    std::size_t filled = 0;
    then = Then::again;
    while (filled < size) {
        if (ssl_ == nullptr) {
            const ssize_t count = ::recv(fd_.get(), buffer + filled, size - filled, 0);
            if (count > 0) {
                filled += static_cast<std::size_t>(count);
                continue;
            }
            if (count < 0 && errno == EINTR) continue;
            if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) then = Then::read;
            else if (count == 0) ended = true;
            else then = Then::close;
            return filled;
        }
        ERR_clear_error();
        const int count = SSL_read(ssl_, buffer + filled, static_cast<int>(size - filled));
        if (count > 0) {
            filled += static_cast<std::size_t>(count);
            continue;
        }
        switch (SSL_get_error(ssl_, count)) {
            case SSL_ERROR_WANT_READ: then = Then::read; break;
            case SSL_ERROR_WANT_WRITE: then = Then::write; break;
            case SSL_ERROR_ZERO_RETURN: ended = true; break;
            default: then = Then::close; break;
        }
        return filled;
    }
    return filled;
}

StreamConnection::Then StreamConnection::step() {
    if (handshaking_) {
        const Then then = shake_hands();
        if (then != Then::again) return then;
    }
    if (!session_) session_ = listener_.open(peer_);
    if (!session_) return Then::close;
    const auto buffer = std::make_unique_for_overwrite<char[]>(kPiece);
    for (int i = 0; i < kPieces; ++i) {
        bool ended = false;
        Then then = Then::again;
        const std::size_t count = read(buffer.get(), kPiece, ended, then);
        if (count > 0) {
            bytes_.add(count);
            const auto more = session_->on_bytes({buffer.get(), count}, *this);
            if (!more) log::warn("streams: a connection was ended", {{"listener", listener_.name}, {"peer", peer_.address.text()}, {"reason", more.error().text}});
            if (!more || !*more) return Then::close;
        }
        if (ended || (then == Then::close && count == 0)) {
            session_->on_end(*this);
            return Then::close;
        }
        if (then != Then::again) return then == Then::close ? Then::again : then;
    }
    return Then::again;
}

bool StreamConnection::wait_for(short events) const {
    for (int waited = 0; waited < kSendWait; waited += 500) {
        pollfd one{fd_.get(), events, 0};
        if (::poll(&one, 1, 500) > 0) return true;
        if (stopping_) return false;
    }
    return false;
}

bool StreamConnection::send(std::string_view bytes) {
    while (!bytes.empty()) {
        if (ssl_ == nullptr) {
            const ssize_t count = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count > 0) {
                bytes.remove_prefix(static_cast<std::size_t>(count));
                continue;
            }
            if (count < 0 && errno == EINTR) continue;
            if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) && wait_for(POLLOUT)) continue;
            return false;
        }
        ERR_clear_error();
        const int count = SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
        if (count > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
            continue;
        }
        const int error = SSL_get_error(ssl_, count);
        if (error == SSL_ERROR_WANT_WRITE && wait_for(POLLOUT)) continue;
        if (error == SSL_ERROR_WANT_READ && wait_for(POLLIN)) continue;
        return false;
    }
    return true;
}

}  // namespace vg::net
