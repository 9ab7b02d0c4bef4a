// RELP as rsyslog's omrelp speaks it: one record is the data of one "syslog" command. "200 OK" means durable; a message
// whose answer never came is sent again by the sender. Without compression and without a window of our own: the sender's
// window bounds what is under way.
#include "base/text.h"
#include "ingest/delivery.h"
#include "ingest/frames/relp.h"
#include "ingest/frames/syslog_frames.h"
#include "ingest/listener.h"

namespace vg::ingest::of_relp {
namespace {

constexpr std::string_view kOffers = "200 OK\nrelp_version=0\nrelp_software=vonggac,1\ncommands=syslog";

class Session final : public net::StreamSession {
public:
    Session(const ListenerWorld& world, net::StreamPeer peer)
        : world_(world),
          peer_(std::move(peer)),
          peer_text_(peer_.address.text()),
          delivery_(world.intake, world.counters),
          frames_(world.message_bytes, [this](const RelpFrames::Frame& frame) { take(frame); }) {}

    Result<bool> on_bytes(std::string_view bytes, net::StreamLink& link) override {
        source_ = world_.senders.source_of({.listener = world_.name, .address = peer_.address, .names = peer_.names});
        const Status fed = frames_.feed(bytes);
        // What came before a broken frame is kept and acknowledged all the same.
        TRY(delivery_.push([&] { return link.stopping(); }));
        TRY(delivery_.settle([&] { return !link.stopping(); }));
        std::string answers;
        answers.swap(answers_);
        if (!answers.empty() && !link.send(answers)) return false;
        if (!fed) return fail(fed.error());
        return !closing_;
    }

private:
    void take(const RelpFrames::Frame& frame) {
        if (closing_) return;
        if (frame.command == "open") {
            opened_ = true;
            answers_ += RelpFrames::response(frame.transaction, kOffers);
        } else if (frame.command == "close") {
            answers_ += RelpFrames::response(frame.transaction, "200 OK") + "0 serverclose 0\n";
            closing_ = true;
        } else if (frame.command == "syslog" && opened_) {
            const std::string_view text = without_line_end(frame.data);
            world_.messages.add();
            if (frame.cut) world_.cut.add();
            if (text.empty())
                delivery_.refuse(source_);
            else
                delivery_.add(source_, peer_text_, text);
            answers_ += RelpFrames::response(frame.transaction, "200 OK");
        } else {
            answers_ += RelpFrames::response(frame.transaction, opened_ ? "500 command not supported" : "500 the session is not open");
        }
    }

    const ListenerWorld& world_;
    const net::StreamPeer peer_;
    const std::string peer_text_;
    SourceFacts source_;
    Delivery delivery_;
    std::string answers_;  // sent when the records before them are durable
    bool opened_ = false, closing_ = false;
    RelpFrames frames_;
};

std::unique_ptr<net::StreamSession> open(const ListenerWorld& world, const net::StreamPeer& peer) { return std::make_unique<Session>(world, peer); }

}  // namespace

extern const Listener relp{.name = "relp", .open = open};

}  // namespace vg::ingest::of_relp
