// Sockets: what the listeners that are not HTTP share. Plain descriptors, all non-blocking and closed on exec.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <utility>

#include "base/ip.h"
#include "base/result.h"
#include "net/http.h"

namespace vg::net {

// Owns a descriptor.
class Fd {
public:
    explicit Fd(int fd = -1) : fd_(fd) {}
    ~Fd() { reset(); }
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        if (this != &other) {
            reset();
            fd_ = std::exchange(other.fd_, -1);
        }
        return *this;
    }
    [[nodiscard]] int get() const { return fd_; }
    void reset();

private:
    int fd_;
};

// Bound (and for SOCK_STREAM listening) at the endpoint; an IPv6 wildcard takes IPv4 too. The error names the endpoint.
Result<Fd> bind_socket(const Endpoint& endpoint, int type);
// The port that a socket is bound to.
std::uint16_t bound_port(int fd);
Address address_of(const sockaddr_storage& from);

}  // namespace vg::net
