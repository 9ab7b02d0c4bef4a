// Listeners: protocols that come over sockets of their own, TCP, TLS or UDP, and know no tokens. The server opens the
// sockets that the settings name (net::StreamServer, net::Datagrams) and asks the list here what to make of a connection.
//
//   const Listener* relp = find_listener("relp");
//   auto session = relp->open(world, "relp", peer);          // a net::StreamSession
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/metrics.h"
#include "ingest/intake.h"
#include "ingest/senders.h"
#include "net/datagrams.h"
#include "net/streams.h"

namespace vg::ingest {

// What all connections of one listener use.
struct ListenerWorld {
    std::string_view name;  // "syslog_tcp": what a source may be bound to
    Intake& intake;
    Counters& counters;
    SenderBook& senders;
    std::size_t message_bytes = 65'536;            // longest message of syslog and RELP; a longer one is cut
    std::size_t event_bytes = std::size_t{1} << 20;  // longest event of Lumberjack; a longer one is refused
    metrics::Counter& messages;                    // records that came in
    metrics::Counter& cut;                         // messages that were longer
    metrics::Counter& lost;                        // records that no sender will repeat: the journal failed or the node stopped
    static ListenerWorld make(std::string_view name, Intake& intake, Counters& counters, SenderBook& senders, metrics::Registry& metrics);
};

struct Listener {
    std::string_view name;
    // Null: not over TCP.
    std::unique_ptr<net::StreamSession> (*open)(const ListenerWorld& world, const net::StreamPeer& peer) = nullptr;
    // Null: not over UDP. `stopping` becomes true when the node ends.
    net::Datagrams::OnDatagrams (*on_datagrams)(const ListenerWorld& world, std::function<bool()> stopping) = nullptr;
};
std::span<const Listener* const> listeners();
// Null: there is none.
const Listener* find_listener(std::string_view name);

}  // namespace vg::ingest
