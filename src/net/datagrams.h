// Datagrams: a UDP socket with a thread of its own. What nobody has read yet waits in the kernel's buffer; what did not
// fit there is lost, and counted by the kernel exactly.
//
//   auto socket = TRY(Datagrams::open({"0.0.0.0", 514}, {}, [](std::span<const Datagram> some) { ... }));   // may block
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "base/ip.h"
#include "base/result.h"
#include "net/http.h"

namespace vg::net {

struct Datagram {
    Address peer;
    std::string_view bytes;  // good inside the call
};

struct DatagramOptions {
    std::size_t buffer_bytes = std::size_t{16} << 20;  // asked of the kernel, which may give less without CAP_NET_ADMIN
};

class Datagrams {
public:
    // On the socket's thread, at most 64 at a time.
    using OnDatagrams = std::function<void(std::span<const Datagram>)>;
    static Result<std::unique_ptr<Datagrams>> open(const Endpoint& endpoint, DatagramOptions options, OnDatagrams on_datagrams);
    virtual ~Datagrams() = default;
    [[nodiscard]] virtual std::uint16_t port() const = 0;
    // Datagrams that the kernel has dropped on this socket since it was opened (sk_drops, as in /proc/net/udp). Any thread.
    [[nodiscard]] virtual std::uint64_t dropped() const = 0;
    [[nodiscard]] virtual std::uint64_t received() const = 0;
    [[nodiscard]] virtual std::size_t buffer_bytes() const = 0;  // what the kernel gave
    // What is in the kernel's buffer is still handed over. Idempotent.
    virtual void stop() = 0;
};

}  // namespace vg::net
