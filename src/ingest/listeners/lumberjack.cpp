// Lumberjack version 2, as Filebeat, Winlogbeat and other Beats speak it to Logstash (output.logstash): one record is the
// JSON of one event as it was sent. An acknowledgement names the last event that is durable; within a window there may be
// several. While the disk is slow the sender gets an acknowledgement of 0 every five seconds, which keeps it waiting.
#include "ingest/delivery.h"
#include "ingest/frames/json_object.h"
#include "ingest/frames/lumberjack.h"
#include "ingest/listener.h"

namespace vg::ingest::of_lumberjack {
namespace {

class Session final : public net::StreamSession {
public:
    Session(const ListenerWorld& world, net::StreamPeer peer)
        : world_(world),
          peer_(std::move(peer)),
          peer_text_(peer_.address.text()),
          delivery_(world.intake, world.counters),
          check_(world.event_bytes),
          frames_(world.event_bytes, [this](const LumberjackFrames::Event& event) { take(event); }) {}

    Result<bool> on_bytes(std::string_view bytes, net::StreamLink& link) override {
        source_ = world_.senders.source_of({.listener = world_.name, .address = peer_.address, .names = peer_.names});
        link_ = &link;
        const std::uint64_t before = events_;
        const Status fed = frames_.feed(bytes);
        TRY(delivery_.push([&] { return link.stopping(); }));
        TRY(delivery_.settle([&] { return !link.stopping() && link.send(LumberjackFrames::acknowledgement(0)); }));
        if (!failed_) return fail(failed_.error());
        if (events_ > before && !link.send(LumberjackFrames::acknowledgement(frames_.last_sequence()))) return false;
        if (!fed) return fail(fed.error());
        return true;
    }

private:
    void take(const LumberjackFrames::Event& event) {
        ++events_;
        world_.messages.add();
        // Acknowledged all the same: the sender would repeat it for ever.
        if (event.too_long || check_.refuse(event.json)) return delivery_.refuse(source_);
        delivery_.add(source_, peer_text_, event.json);
        // A compressed frame may hold many times what was read.
        if (delivery_.is_full() && failed_) failed_ = delivery_.push([this] { return link_->stopping(); });
    }

    const ListenerWorld& world_;
    const net::StreamPeer peer_;
    const std::string peer_text_;
    SourceFacts source_;
    Delivery delivery_;
    JsonObjectCheck check_;
    net::StreamLink* link_ = nullptr;  // inside on_bytes()
    Status failed_;
    std::uint64_t events_ = 0;
    LumberjackFrames frames_;
};

std::unique_ptr<net::StreamSession> open(const ListenerWorld& world, const net::StreamPeer& peer) { return std::make_unique<Session>(world, peer); }

}  // namespace

extern const Listener lumberjack{.name = "lumberjack", .open = open};

}  // namespace vg::ingest::of_lumberjack
