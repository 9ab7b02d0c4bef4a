#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>

#include "base/bytes.h"
#include "base/ip.h"
#include "base/text.h"
#include "net/client_url.h"
#include "net/http.h"
#include "net/pipe_signal.h"
#include "net/response_reader.h"
#include "net/tls.h"

// fetch(): one blocking call on one connection, for the command line and tests. Sockets are non-blocking underneath, so
// that every wait has an end.

namespace vg::net {
namespace {

constexpr std::size_t kMostBody = std::size_t{256} << 20;  // of an answer that is kept in memory

class Link {
public:
    explicit Link(Span time) : time_(time) {}
    ~Link() {
        if (ssl_ != nullptr) {
            SSL_shutdown(ssl_);
            SSL_free(ssl_);
        }
        SSL_CTX_free(context_);
        if (socket_ >= 0) ::close(socket_);
        ERR_clear_error();
    }
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    Status connect_unix(const std::string& path) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        if (path.size() >= sizeof address.sun_path) return fail(Code::bad_input, "the path of a unix socket has at most 107 bytes");
        path.copy(address.sun_path, path.size());
        return connect(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }

    Status connect_tcp(const Url& url) {
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* found = nullptr;
        const int error = getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &found);
        if (error != 0) return fail(Code::unavailable, "the name " + url.host + " is not known: " + gai_strerror(error));
        Status result = fail(Code::unavailable, "the name " + url.host + " has no address");
        for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
            result = connect(each->ai_family, each->ai_addr, each->ai_addrlen);
            if (result) break;
        }
        freeaddrinfo(found);
        return result;
    }

    Status start_tls(const Url& url, const Call& call) {
        context_ = SSL_CTX_new(TLS_client_method());
        if (context_ == nullptr) return fail(Code::internal, "no TLS context");
        SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
        SSL_CTX_set_options(context_, SSL_OP_IGNORE_UNEXPECTED_EOF);
        SSL_CTX_set_mode(context_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        if (!call.ca_file.empty()) {
            if (SSL_CTX_load_verify_locations(context_, call.ca_file.c_str(), nullptr) != 1) return fail(Code::bad_input, "the CA file " + call.ca_file + " cannot be read");
        } else {
            SSL_CTX_set_default_verify_paths(context_);
        }
        SSL_CTX_set_verify(context_, call.fingerprint.empty() ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
        ssl_ = SSL_new(context_);
        static constexpr unsigned char protocol[] = "\x08http/1.1";  // RFC 7301
        if (ssl_ != nullptr) SSL_set_alpn_protos(ssl_, protocol, sizeof protocol - 1);
        const bool is_address = parse_address(url.host).has_value();
        X509_VERIFY_PARAM* checks = SSL_get0_param(ssl_);
        if (is_address)
            X509_VERIFY_PARAM_set1_ip_asc(checks, url.host.c_str());
        else
            X509_VERIFY_PARAM_set1_host(checks, url.host.c_str(), 0);
        if (!is_address) SSL_set_tlsext_host_name(ssl_, url.host.c_str());
        SSL_set_fd(ssl_, socket_);
        for (;;) {
            ERR_clear_error();
            const int done = SSL_connect(ssl_);
            if (done == 1) break;
            const int what = SSL_get_error(ssl_, done);
            if (what == SSL_ERROR_WANT_READ || what == SSL_ERROR_WANT_WRITE) {
                TRY(wait(what == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT));
                continue;
            }
            const long verdict = SSL_get_verify_result(ssl_);
            if (verdict != X509_V_OK) return fail(Code::denied, std::string{"the certificate of the server is not trusted: "} + X509_verify_cert_error_string(verdict));
            return fail(Code::unavailable, "TLS failed: " + openssl_reason());
        }
        return call.fingerprint.empty() ? Status{} : check_fingerprint(call.fingerprint);
    }

    // Some of the bytes; 0 when the peer has sent something first (it may have answered early).
    Result<std::size_t> write_some(std::string_view bytes) {
        for (;;) {
            if (ssl_ != nullptr) {
                ERR_clear_error();
                std::size_t count = 0;
                const int done = SSL_write_ex(ssl_, bytes.data(), bytes.size(), &count);
                if (done == 1) return count;
                const int what = SSL_get_error(ssl_, done);
                if (what != SSL_ERROR_WANT_READ && what != SSL_ERROR_WANT_WRITE) return fail(Code::unavailable, "the server closed the connection");
                TRY(wait(what == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT));
                continue;
            }
            const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count > 0) return static_cast<std::size_t>(count);
            if (count < 0 && errno != EAGAIN && errno != EINTR) return fail(Code::unavailable, "the server closed the connection");
            if (TRY(wait(POLLIN | POLLOUT)) & POLLIN) return std::size_t{0};
        }
    }

    // 0 at the end.
    Result<std::size_t> read_some(char* buffer, std::size_t size) {
        for (;;) {
            if (ssl_ != nullptr) {
                ERR_clear_error();
                std::size_t count = 0;
                const int done = SSL_read_ex(ssl_, buffer, size, &count);
                if (done == 1) return count;
                const int what = SSL_get_error(ssl_, done);
                if (what == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
                if (what != SSL_ERROR_WANT_READ && what != SSL_ERROR_WANT_WRITE) return fail(Code::unavailable, "the connection broke");
                TRY(wait(what == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT));
                continue;
            }
            const ssize_t count = ::recv(socket_, buffer, size, 0);
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno != EAGAIN && errno != EINTR) return fail(Code::unavailable, "the connection broke");
            TRY(wait(POLLIN));
        }
    }

    [[nodiscard]] bool has_answer() const {
        if (ssl_ != nullptr) return false;  // a session ticket would look like an answer
        pollfd each{socket_, POLLIN, 0};
        return ::poll(&each, 1, 0) > 0 && (each.revents & POLLIN) != 0;
    }

private:
    Status connect(int family, const sockaddr* address, socklen_t size) {
        if (socket_ >= 0) ::close(socket_);
        socket_ = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (socket_ < 0) return fail(Code::unavailable, "no socket");
        if (::connect(socket_, address, size) == 0) return {};
        int error = errno;
        if (error == EINPROGRESS) {
            TRY(wait(POLLOUT));
            socklen_t length = sizeof error;
            getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &length);
        }
        if (error != 0) return fail(Code::unavailable, std::string{"cannot connect: "} + strerrordesc_np(error));
        return {};
    }

    Result<int> wait(int events) {
        pollfd each{socket_, static_cast<short>(events), 0};
        const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(time_.micros);
        for (;;) {
            const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
            if (rest < 0) return fail(Code::unavailable, "the server did not answer in time");
            const int ready = ::poll(&each, 1, static_cast<int>(std::min<std::int64_t>(rest + 1, 1'000'000)));
            if (ready > 0) return static_cast<int>(each.revents);
            if (ready < 0 && errno != EINTR) return fail(Code::unavailable, "the connection broke");
        }
    }

    Status check_fingerprint(const std::string& wanted) {
        X509* certificate = SSL_get1_peer_certificate(ssl_);
        if (certificate == nullptr) return fail(Code::denied, "the server has no certificate");
        unsigned char digest[32];
        unsigned size = 0;
        X509_digest(certificate, EVP_sha256(), digest, &size);
        X509_free(certificate);
        std::string plain;
        for (const char c : lower_ascii(wanted))
            if (c != ':') plain.push_back(c);
        if (to_hex({reinterpret_cast<const char*>(digest), size}) != plain) return fail(Code::denied, "the certificate of the server has another fingerprint");
        return {};
    }

    const Span time_;
    int socket_ = -1;
    SSL_CTX* context_ = nullptr;
    SSL* ssl_ = nullptr;
};

Result<std::string> request_head(const Url& url, const Call& call) {
    std::string head = call.method + " " + url.target + " HTTP/1.1\r\n";
    bool has_host = false, has_agent = false;
    std::string lines;
    for (const auto& [name, value] : call.headers) {
        if (name.empty() || name.find_first_of(" \t:\r\n") != std::string::npos || value.find_first_of("\r\n") != std::string::npos)
            return fail(Code::bad_input, "the header " + shorten(name, 60) + " has characters that no header has");
        has_host = has_host || equal_ignoring_ascii_case(name, "host");
        has_agent = has_agent || equal_ignoring_ascii_case(name, "user-agent");
        lines.append(name).append(": ").append(value).append("\r\n");
    }
    if (!has_host) {
        const bool bare = url.host.find(':') == std::string::npos;
        head += "Host: " + (url.host.empty() ? "localhost" : bare ? url.host : "[" + url.host + "]");
        if (url.port != 0 && url.port != (url.tls ? 443 : 80)) head += ":" + std::to_string(url.port);
        head += "\r\n";
    }
    if (!has_agent) head += "User-Agent: vonggac/" VG_VERSION "\r\n";
    head += lines + "Connection: close\r\n";
    if (call.stream_body)
        head += "Transfer-Encoding: chunked\r\n";
    else if (!call.body.empty() || call.method == "POST" || call.method == "PUT" || call.method == "PATCH")
        head += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
    return head + "\r\n";
}

// Writes all of it. False when the server has answered or closed before: then the answer is read.
bool write_all(Link& link, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto count = link.write_some(bytes.substr(0, 256 << 10));
        if (!count || *count == 0) return false;
        bytes.remove_prefix(*count);
    }
    return true;
}

void upload(Link& link, const std::string& head, const Call& call) {
    if (!write_all(link, head)) return;
    if (!call.stream_body) {
        write_all(link, call.body);
        return;
    }
    for (bool more = true; more;) {
        std::string piece;
        more = call.stream_body(piece);
        if (link.has_answer()) return;
        if (!piece.empty() && (!write_all(link, format("{:x}\r\n", piece.size())) || !write_all(link, piece) || !write_all(link, "\r\n"))) return;
    }
    write_all(link, "0\r\n\r\n");
}

}  // namespace

Result<Answer> fetch(const Call& call) {
    const Url url = TRY(parse_url(call.url));
    const std::string head = TRY(request_head(url, call));
    const NoPipeSignal guard;
    Link link{call.time};
    TRY_IN("to " + call.url + ": ", url.socket_path.empty() ? link.connect_tcp(url) : link.connect_unix(url.socket_path));
    if (url.tls) TRY_IN("to " + call.url + ": ", link.start_tls(url, call));
    upload(link, head, call);

    ResponseReader reader{call.method == "HEAD"};
    std::string waiting;
    std::vector<char> buffer(64 << 10);
    while (reader.phase() != ResponseReader::Phase::done) {
        const std::size_t count = TRY_IN("from " + call.url + ": ", link.read_some(buffer.data(), buffer.size()));
        std::string body;
        if (count == 0) {
            TRY_IN("from " + call.url + ": ", reader.end());
        } else {
            waiting.append(buffer.data(), count);
            const std::size_t used = TRY_IN("from " + call.url + ": ", reader.feed(waiting, body));
            waiting.erase(0, used);
            if (waiting.size() > (1 << 20)) return fail(Code::bad_input, "the answer is not well-formed HTTP");
        }
        if (call.on_data && reader.answer().status / 100 == 2) {
            if (!body.empty() && !call.on_data(body)) break;
        } else {
            if (reader.answer().body.size() + body.size() > kMostBody) return fail(Code::too_large, "the answer is longer than 256 MB");
            reader.answer().body += body;
        }
        if (count == 0) break;
    }
    return std::move(reader.answer());
}

}  // namespace vg::net
