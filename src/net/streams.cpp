#include "net/streams.h"

#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/log.h"
#include "net/pool.h"
#include "net/sockets.h"
#include "net/stream_connection.h"
#include "net/stream_tls.h"

namespace vg::net {
namespace {

using Steady = std::chrono::steady_clock;
using Then = StreamConnection::Then;
constexpr std::uint64_t kWake = 0;           // names of descriptors for epoll: 0, listeners from 1, connections after them
constexpr std::uint64_t kFirstConnection = 1 << 16;

struct Listening {
    StreamListener facts;
    Fd fd;
    std::shared_ptr<ssl_ctx_st> tls;  // guarded by the server's mutex
    metrics::Gauge* open = nullptr;
    metrics::Counter* accepted = nullptr;
    metrics::Counter* refused = nullptr;
    metrics::Counter* bytes = nullptr;
    std::size_t count = 0;  // guarded by the server's mutex
};

struct Held {
    std::unique_ptr<StreamConnection> connection;
    std::size_t listener = 0;
    bool busy = false;  // a thread of the pool has it
};

class StreamServerImpl final : public StreamServer {
public:
    StreamServerImpl(const StreamOptions& options, metrics::Registry& metrics)
        : most_(options.most_connections), handshake_(options.handshake_time), metrics_(metrics),
          pool_(options.threads, options.most_connections + 64) {}
    ~StreamServerImpl() override { stop(seconds(0)); }

    Status open(StreamOptions options) {
        epoll_ = Fd{::epoll_create1(EPOLL_CLOEXEC)};
        wake_ = Fd{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
        if (epoll_.get() < 0 || wake_.get() < 0 || !watch(wake_.get(), kWake, EPOLLIN, EPOLL_CTL_ADD)) return fail(Code::unavailable, "no descriptor is left");
        for (StreamListener& facts : options.listeners) {
            auto& one = listening_.emplace_back(std::make_unique<Listening>());
            one->facts = std::move(facts);
            const std::string& name = one->facts.name;
            if (one->facts.tls) one->tls = TRY_IN("listener " + name + ": ", make_stream_context(*one->facts.tls));
            one->fd = TRY_IN("listener " + name + ": ", bind_socket(one->facts.endpoint, SOCK_STREAM));
            one->open = &metrics_.gauge("vonggac_stream_connections", "Open connections of listeners that are not HTTP", {{"listener", name}});
            one->accepted = &metrics_.counter("vonggac_stream_connections_total", "Connections accepted by them", {{"listener", name}});
            one->refused = &metrics_.counter("vonggac_stream_refused_total", "Connections turned away: too many, or too many of one address", {{"listener", name}});
            one->bytes = &metrics_.counter("vonggac_stream_received_bytes_total", "Bytes received by them, after TLS", {{"listener", name}});
            if (!watch(one->fd.get(), listening_.size(), EPOLLIN, EPOLL_CTL_ADD)) return fail(Code::unavailable, "no descriptor is left");
        }
        thread_ = std::thread{[this] { run(); }};
        return {};
    }

    std::uint16_t port(std::size_t listener) const override { return bound_port(listening_.at(listener)->fd.get()); }

    std::size_t connections(std::size_t listener) const override {
        const std::lock_guard lock{mutex_};
        return listening_.at(listener)->count;
    }

    Status reload_tls() override {
        for (const auto& one : listening_) {
            if (!one->facts.tls) continue;
            auto fresh = TRY(make_stream_context(*one->facts.tls));
            const std::lock_guard lock{mutex_};
            one->tls = std::move(fresh);
        }
        return {};
    }

    // What stands in the sockets' buffers is still taken: a plain sender believes that it has arrived.
    void stop(Span grace) override {
        const std::lock_guard stop_lock{stop_mutex_};
        if (!thread_.joinable()) return;
        draining_ = true;
        wake();
        thread_.join();
        {
            std::unique_lock lock{mutex_};
            std::vector<std::uint64_t> idle;
            for (const auto& [id, held] : held_)
                if (!held.busy) idle.push_back(id);
            for (const std::uint64_t id : idle) dispatch(id, lock);
            nobody_.wait_for(lock, std::chrono::microseconds(grace.micros), [&] { return held_.empty(); });
        }
        stopping_ = true;
        {
            const std::lock_guard lock{mutex_};
            for (const auto& [id, held] : held_) held.connection->cut();
        }
        pool_.stop();
        const std::lock_guard lock{mutex_};
        held_.clear();
    }

private:
    bool watch(int fd, std::uint64_t name, std::uint32_t events, int how) {
        epoll_event event{};
        event.events = events;
        event.data.u64 = name;
        return ::epoll_ctl(epoll_.get(), how, fd, &event) == 0;
    }

    void wake() {
        ::eventfd_write(wake_.get(), 1);  // fails only when it is full, that is awake already
    }

    // The waiting thread.
    void run() {
        pthread_setname_np(pthread_self(), "streams");
        std::array<epoll_event, 256> events{};
        auto looked = Steady::now();
        while (!draining_) {
            const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 1000);
            for (int i = 0; i < count && !draining_; ++i) {
                const std::uint64_t name = events[static_cast<std::size_t>(i)].data.u64;
                if (name >= kFirstConnection) {
                    std::unique_lock lock{mutex_};
                    dispatch(name, lock);
                } else if (name != kWake) {
                    accept(name - 1);
                }
            }
            if (Steady::now() - looked > std::chrono::seconds(1)) {
                looked = Steady::now();
                cut_slow_handshakes();
            }
        }
    }

    void accept(std::size_t index) {
        Listening& listening = *listening_[index];
        for (int i = 0; i < 64; ++i) {
            sockaddr_storage from{};
            socklen_t size = sizeof from;
            Fd fd{::accept4(listening.fd.get(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
            if (fd.get() < 0) {
                // Out of descriptors: those that wait stay in the kernel's queue.
                if (errno == EMFILE || errno == ENFILE) std::this_thread::sleep_for(std::chrono::milliseconds(100));
                return;
            }
            const int on = 1, idle = 60, every = 15, times = 4;
            ::setsockopt(fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);  // a sender may be silent for days; one that is gone must not be
            ::setsockopt(fd.get(), IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
            ::setsockopt(fd.get(), IPPROTO_TCP, TCP_KEEPINTVL, &every, sizeof every);
            ::setsockopt(fd.get(), IPPROTO_TCP, TCP_KEEPCNT, &times, sizeof times);
            ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            const Address address = address_of(from);
            const std::lock_guard lock{mutex_};
            if (held_.size() >= most_ || by_address_[address] >= std::max<std::size_t>(most_ / 4, 16)) {
                if (by_address_[address] == 0) by_address_.erase(address);
                listening.refused->add();
                continue;
            }
            ++by_address_[address];
            listening.open->set(static_cast<double>(++listening.count));
            listening.accepted->add();
            const std::uint64_t id = next_++;
            const int number = fd.get();
            Held& held = held_[id];
            held.listener = index;
            held.connection = std::make_unique<StreamConnection>(std::move(fd), StreamPeer{.address = address}, listening.facts, listening.tls, stopping_, *listening.bytes);
            if (!watch(number, id, EPOLLIN | EPOLLONESHOT, EPOLL_CTL_ADD)) static_cast<void>(forget(id));
        }
    }

    // With the lock held: gives the connection to the pool.
    void dispatch(std::uint64_t id, std::unique_lock<std::mutex>& lock) {
        const auto found = held_.find(id);
        if (found == held_.end() || found->second.busy) return;
        found->second.busy = true;
        StreamConnection* connection = found->second.connection.get();  // stays while it is busy
        lock.unlock();
        auto job = std::make_shared<Pool::Job>();
        job->run = [this, id, connection] { work(id, *connection); };
        if (!pool_.submit(job)) {
            lock.lock();
            // The pool has room for all, unless the system gives no thread.
            const auto gone = settle(id, stopping_ ? Then::close : Then::read);
            return;
        }
        lock.lock();
    }

    void work(std::uint64_t id, StreamConnection& connection) {
        Then then = Then::close;
        do {
            then = stopping_ ? Then::close : connection.step();
        } while (then == Then::again && draining_);
        std::unique_ptr<StreamConnection> gone;
        std::unique_lock lock{mutex_};
        if (then == Then::again) {
            held_.at(id).busy = false;
            dispatch(id, lock);
            return;
        }
        gone = settle(id, draining_ ? Then::close : then);
        lock.unlock();
    }

    // With the lock held: what comes after a step. A connection that has ended is destroyed by the caller, without the
    // lock, for its session may have to wait for the disk.
    [[nodiscard]] std::unique_ptr<StreamConnection> settle(std::uint64_t id, Then then) {
        Held& held = held_.at(id);
        held.busy = false;
        const std::uint32_t events = (then == Then::write ? EPOLLOUT : EPOLLIN) | EPOLLONESHOT;
        if (then != Then::close && watch(held.connection->fd(), id, events, EPOLL_CTL_MOD)) return nullptr;
        return forget(id);
    }

    std::unique_ptr<StreamConnection> forget(std::uint64_t id) {
        const auto found = held_.find(id);
        std::unique_ptr<StreamConnection> gone = std::move(found->second.connection);
        Listening& listening = *listening_[found->second.listener];
        listening.open->set(static_cast<double>(--listening.count));
        const auto address = by_address_.find(gone->peer().address);
        if (--address->second == 0) by_address_.erase(address);
        held_.erase(found);
        if (held_.empty()) nobody_.notify_all();
        return gone;
    }

    void cut_slow_handshakes() {
        const auto oldest = Steady::now() - std::chrono::microseconds(handshake_.micros);
        const std::lock_guard lock{mutex_};
        for (const auto& [id, held] : held_)
            if (held.connection->handshaking() && held.connection->begun() < oldest) held.connection->cut();
    }

    // constant after open()
    const std::size_t most_;
    const Span handshake_;
    metrics::Registry& metrics_;
    Fd epoll_, wake_;
    std::vector<std::unique_ptr<Listening>> listening_;

    std::atomic<bool> draining_{false};
    std::atomic<bool> stopping_{false};
    std::mutex stop_mutex_;
    mutable std::mutex mutex_;
    std::condition_variable nobody_;
    // guarded by mutex_
    std::unordered_map<std::uint64_t, Held> held_;
    std::map<Address, std::size_t> by_address_;
    std::uint64_t next_ = kFirstConnection;

    Pool pool_;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace

Result<std::unique_ptr<StreamServer>> StreamServer::start(StreamOptions options, metrics::Registry& metrics) {
    auto server = std::make_unique<StreamServerImpl>(options, metrics);
    TRY(server->open(std::move(options)));
    return server;
}

}  // namespace vg::net
