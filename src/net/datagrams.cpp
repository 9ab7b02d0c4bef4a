#include "net/datagrams.h"

#include <linux/sock_diag.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <thread>
#include <vector>

#include "net/sockets.h"

namespace vg::net {
namespace {

constexpr std::size_t kBatch = 64;
constexpr int kMostBatchesAfterStop = 1000;  // a flood must not hold up the end
constexpr std::size_t kDatagram = 65'536;  // the largest UDP payload is 65,507 bytes

class DatagramsImpl final : public Datagrams {
public:
    DatagramsImpl(Fd socket, Fd wake, OnDatagrams on_datagrams)
        : socket_(std::move(socket)), wake_(std::move(wake)), on_datagrams_(std::move(on_datagrams)), thread_([this] { run(); }) {}
    ~DatagramsImpl() override { stop(); }

    std::uint16_t port() const override { return bound_port(socket_.get()); }
    std::uint64_t received() const override { return received_; }

    // The kernel counts in 32 bits; the difference to the last look is added up.
    std::uint64_t dropped() const override {
        std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
        socklen_t size = sizeof info;
        const std::lock_guard lock{mutex_};
        if (::getsockopt(socket_.get(), SOL_SOCKET, SO_MEMINFO, info.data(), &size) == 0) {
            dropped_ += static_cast<std::uint32_t>(info[SK_MEMINFO_DROPS] - last_drops_);
            last_drops_ = info[SK_MEMINFO_DROPS];
        }
        return dropped_;
    }

    std::size_t buffer_bytes() const override {
        int bytes = 0;
        socklen_t size = sizeof bytes;
        return ::getsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &bytes, &size) == 0 ? static_cast<std::size_t>(bytes) / 2 : 0;  // doubled by the kernel
    }

    void stop() override {
        const std::lock_guard lock{stop_mutex_};
        if (!thread_.joinable()) return;
        stopping_ = true;
        ::eventfd_write(wake_.get(), 1);  // fails only when it is full, that is awake already
        thread_.join();
    }

private:
    void run() {
        pthread_setname_np(pthread_self(), "udp");
        std::vector<char> bytes(kBatch * kDatagram);
        std::array<sockaddr_storage, kBatch> peers{};
        std::array<iovec, kBatch> pieces{};
        std::array<mmsghdr, kBatch> messages{};
        std::vector<Datagram> some;
        for (int after = 0; after < kMostBatchesAfterStop; after += stopping_ ? 1 : 0) {
            for (std::size_t i = 0; i < kBatch; ++i) {
                pieces[i] = {bytes.data() + i * kDatagram, kDatagram};
                messages[i] = {};
                messages[i].msg_hdr.msg_name = &peers[i];
                messages[i].msg_hdr.msg_namelen = sizeof peers[i];
                messages[i].msg_hdr.msg_iov = &pieces[i];
                messages[i].msg_hdr.msg_iovlen = 1;
            }
            const int count = ::recvmmsg(socket_.get(), messages.data(), kBatch, MSG_DONTWAIT, nullptr);
            if (count <= 0) {
                if (count < 0 && errno == EINTR) continue;
                if (stopping_) return;
                std::array<pollfd, 2> wait{pollfd{socket_.get(), POLLIN, 0}, pollfd{wake_.get(), POLLIN, 0}};
                ::poll(wait.data(), wait.size(), -1);
                continue;
            }
            some.clear();
            for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
                some.push_back({address_of(peers[i]), {bytes.data() + i * kDatagram, messages[i].msg_len}});
            received_ += static_cast<std::uint64_t>(count);
            on_datagrams_(some);
        }
    }

    // constant after construction
    Fd socket_, wake_;
    OnDatagrams on_datagrams_;

    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> received_{0};
    mutable std::mutex mutex_;
    // guarded by mutex_
    mutable std::uint64_t dropped_ = 0;
    mutable std::uint32_t last_drops_ = 0;
    std::mutex stop_mutex_;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace

Result<std::unique_ptr<Datagrams>> Datagrams::open(const Endpoint& endpoint, DatagramOptions options, OnDatagrams on_datagrams) {
    Fd socket = TRY(bind_socket(endpoint, SOCK_DGRAM));
    const int wanted = static_cast<int>(std::min<std::size_t>(options.buffer_bytes, std::size_t{1} << 30));
    if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted) != 0)
        ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
    Fd wake{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (wake.get() < 0) return fail(Code::unavailable, "no descriptor is left");
    return std::make_unique<DatagramsImpl>(std::move(socket), std::move(wake), std::move(on_datagrams));
}

}  // namespace vg::net
