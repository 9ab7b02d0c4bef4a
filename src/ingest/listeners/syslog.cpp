// Syslog over UDP (RFC 5426), TCP (RFC 6587) and TLS (RFC 5425), with messages of RFC 3164, RFC 5424 or none of them: one
// record is one message as it came, without its framing and line end. Syslog acknowledges nothing: records are not waited
// for, and a full queue is answered by not reading.
#include "ingest/delivery.h"
#include "ingest/frames/syslog_frames.h"
#include "ingest/listener.h"

namespace vg::ingest::of_syslog {
namespace {

class Session final : public net::StreamSession {
public:
    Session(const ListenerWorld& world, net::StreamPeer peer)
        : world_(world),
          peer_(std::move(peer)),
          peer_text_(peer_.address.text()),
          delivery_(world.intake, world.counters),
          frames_(world.message_bytes, [this](const SyslogFrames::Frame& frame) { take(frame); }) {}
    ~Session() override {
        static_cast<void>(delivery_.settle([] { return true; }));
        world_.lost.add(delivery_.lost());
    }

    Result<bool> on_bytes(std::string_view bytes, net::StreamLink& link) override {
        look_up();
        // In pieces, so that one read gives no group larger than the queue wants.
        for (std::size_t at = 0; at < bytes.size() && !link.stopping(); at += kPiece) {
            frames_.feed(bytes.substr(at, kPiece));
            static_cast<void>(delivery_.push([&] { return link.stopping(); }));  // what is lost is counted
        }
        return !link.stopping();
    }

    void on_end(net::StreamLink& link) override {
        look_up();
        frames_.finish();
        static_cast<void>(delivery_.push([&] { return link.stopping(); }));
    }

private:
    static constexpr std::size_t kPiece = std::size_t{256} << 10;

    void look_up() { source_ = world_.senders.source_of({.listener = world_.name, .address = peer_.address, .names = peer_.names}); }
    void take(const SyslogFrames::Frame& frame) {
        world_.messages.add();
        if (frame.cut) world_.cut.add();
        delivery_.add(source_, peer_text_, frame.text);
    }

    const ListenerWorld& world_;
    const net::StreamPeer peer_;
    const std::string peer_text_;
    SourceFacts source_;
    Delivery delivery_;
    SyslogFrames frames_;
};

std::unique_ptr<net::StreamSession> open(const ListenerWorld& world, const net::StreamPeer& peer) { return std::make_unique<Session>(world, peer); }

// Of one UDP socket. While the queue is full nothing is read, and what the kernel drops meanwhile it counts.
struct Socket {
    Socket(const ListenerWorld& w, std::function<bool()> s) : world(w), stopping(std::move(s)), delivery(w.intake, w.counters) {}

    void take(std::span<const net::Datagram> some) {
        const Address* last = nullptr;
        for (const net::Datagram& datagram : some) {
            if (last == nullptr || *last != datagram.peer) {
                source = world.senders.source_of({.listener = world.name, .address = datagram.peer, .names = {}});
                peer = datagram.peer.text();
                last = &datagram.peer;
            }
            const std::string_view text = without_line_end(datagram.bytes);
            if (text.empty()) {
                delivery.refuse(source);
                continue;
            }
            world.messages.add();
            if (text.size() > world.message_bytes) world.cut.add();
            delivery.add(source, peer, text.substr(0, world.message_bytes));
        }
        static_cast<void>(delivery.push(stopping));
        world.lost.add(delivery.lost() - counted);
        counted = delivery.lost();
    }

    const ListenerWorld& world;
    std::function<bool()> stopping;
    Delivery delivery;
    SourceFacts source;
    std::string peer;
    std::uint64_t counted = 0;
};

net::Datagrams::OnDatagrams on_datagrams(const ListenerWorld& world, std::function<bool()> stopping) {
    return [socket = std::make_shared<Socket>(world, std::move(stopping))](std::span<const net::Datagram> some) { socket->take(some); };
}

}  // namespace

extern const Listener syslog{.name = "syslog", .open = open, .on_datagrams = on_datagrams};

}  // namespace vg::ingest::of_syslog
