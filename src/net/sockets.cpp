#include "net/sockets.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace vg::net {

void Fd::reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

Result<Fd> bind_socket(const Endpoint& endpoint, int type) {
    const std::string place = format("cannot listen on {} port {}: ", endpoint.address, endpoint.port);
    const auto address = parse_address(endpoint.address);
    if (!address) return fail(Code::bad_input, place + "this is not an address");
    sockaddr_storage where{};
    socklen_t size = 0;
    if (address->is_v4()) {
        auto* v4 = reinterpret_cast<sockaddr_in*>(&where);
        v4->sin_family = AF_INET;
        v4->sin_port = htons(endpoint.port);
        std::memcpy(&v4->sin_addr, address->bytes.data() + 12, 4);
        size = sizeof *v4;
    } else {
        auto* v6 = reinterpret_cast<sockaddr_in6*>(&where);
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(endpoint.port);
        std::memcpy(&v6->sin6_addr, address->bytes.data(), 16);
        size = sizeof *v6;
    }
    Fd fd{::socket(where.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    const int on = 1, off = 0;
    bool good = fd.get() >= 0;
    if (good && type == SOCK_STREAM) good = ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
    if (good && where.ss_family == AF_INET6) good = ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0;
    if (good) good = ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&where), size) == 0;
    if (good && type == SOCK_STREAM) good = ::listen(fd.get(), 1024) == 0;
    if (!good) {
        const int error = errno;
        const char* hint = error == EACCES && endpoint.port < 1024 ? "; ports below 1024 need the capability CAP_NET_BIND_SERVICE" : "";
        return fail(Code::unavailable, place + std::strerror(error) + hint);
    }
    return fd;
}

std::uint16_t bound_port(int fd) {
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
    return ntohs(reinterpret_cast<const sockaddr_in*>(&bound)->sin_port);  // at the same place for IPv6
}

Address address_of(const sockaddr_storage& from) {
    Address address;
    if (from.ss_family == AF_INET6) {
        std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in6*>(&from)->sin6_addr, 16);
    } else {
        address.bytes[10] = address.bytes[11] = 0xff;
        std::memcpy(address.bytes.data() + 12, &reinterpret_cast<const sockaddr_in*>(&from)->sin_addr, 4);
    }
    return address;
}

}  // namespace vg::net
