// Directory: organisations (name, parent) and their sources. Who owns what; ranges, systems and contacts come to stand
// beside them. Each change writes its audit line in the same transaction. Called by api from any thread, inside a
// transaction of State; by the server for the Snapshot.
//
//   TRY(state.write([&](store::Transaction& tx) { return Directory::add(tx, actor, organisation); }));
//   auto page = TRY(state.read([&](store::Transaction& tx) { return Directory::list(tx, actor.scope, after, 100); }));
//
// What is outside the scope is Code::not_found, as what does not exist. Code::bad_input begins with "field NAME: ".
// Code::conflict: another version than the one given is stored, a name is taken, or the thing has ended. What has ended is
// kept, is not changed any more, and takes nothing new.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "access/access.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/ip.h"
#include "base/result.h"
#include "event/record.h"
#include "store/state.h"

namespace vg::directory {

struct Organisation {
    OrganisationId id;
    std::string name;                        // Vietnamese or any other; NFC, 1 to 200 characters
    std::optional<OrganisationId> parent;    // none: a root
    Time created;
    std::optional<Time> ended;
    std::int64_t version = 1;
};

// A source of records. The token decides the source, never the event; where a protocol has no token, listener and peer do.
struct Source {
    SourceId id;
    std::string name;                        // unique on the node, [a-z0-9._-]{1,64}
    OrganisationId organisation;
    std::string format;                      // pinned format, empty: sniff
    std::string zone;                        // IANA, empty: UTC
    Time created;
    std::optional<Time> ended;
    std::int64_t version = 1;
    std::string listener = {};               // "syslog_udp", "relp"...: where `peers` count; empty: on all listeners
    std::vector<std::string> peers = {};     // "192.0.2.7", "192.0.2.0/24", "certificate:NAME"; empty: known by its tokens alone
    Span cadence = {};                       // it is expected to send at least so often; 0: nobody knows
};

// Senders that nobody has registered are sources with these names, below the oldest root.
inline constexpr std::string_view kUnknown = "unknown/";
inline constexpr std::string_view kUnknownOther = "unknown/other";  // beyond the bound, and those that were ended
inline constexpr std::size_t kMostUnknown = 1000;
// What the node itself reports about its sources.
inline constexpr std::string_view kOwnSource = "vonggac";

store::Schema schema();

struct OrganisationPage {
    std::vector<Organisation> items;
    std::optional<std::string> next;
};
struct SourcePage {
    std::vector<Source> items;
    std::optional<std::string> next;
};

class Directory {
public:
    // The organisation that the node itself belongs to, made at first start; everything else hangs below it.
    static Result<Organisation> ensure_root(store::Transaction& tx, std::string_view name, const OrganisationId& id, Time now);

    // The parent must be in scope and alive; only an actor of the node may add one without a parent. At most 32 deep.
    static Status add(store::Transaction& tx, const access::Actor& actor, const Organisation& organisation);
    static Status rename(store::Transaction& tx, const access::Actor& actor, const OrganisationId& id, std::string_view name, std::optional<std::int64_t> version, Time now);
    // Refused while an organisation below it lives, and of the last root; its own sources end with it.
    static Status end(store::Transaction& tx, const access::Actor& actor, const OrganisationId& id, std::optional<std::int64_t> version, Time now);
    static Result<Organisation> find(store::Transaction& tx, const access::Scope& scope, const OrganisationId& id);
    // In the order of the folded names, ended ones too; at most 1,000 a page. `after`: what a page gave as `next`.
    static Result<OrganisationPage> list(store::Transaction& tx, const access::Scope& scope, const std::optional<std::string>& after, std::size_t limit);

    // Names are unique on the node, so that a taken name can be found out, but not whose it is.
    static Status add(store::Transaction& tx, const access::Actor& actor, const Source& source);
    // Format, zone, listener, peers and cadence.
    static Status change(store::Transaction& tx, const access::Actor& actor, const Source& source, std::optional<std::int64_t> version, Time now);
    // The node's own sources: kOwnSource, kUnknownOther, or kUnknown and an address. Finds or makes it below the oldest root;
    // for an address nothing when it was ended, or when there are kMostUnknown already. `id`: for a new one.
    static Result<std::optional<Source>> ensure_own(store::Transaction& tx, std::string_view name, const SourceId& id, Time now);
    static Status end(store::Transaction& tx, const access::Actor& actor, const SourceId& id, std::optional<std::int64_t> version, Time now);
    static Result<Source> find_source(store::Transaction& tx, const access::Scope& scope, const SourceId& id);
    static Result<std::optional<Source>> source_named(store::Transaction& tx, const access::Scope& scope, std::string_view name);
    // By name, ended ones too.
    static Result<SourcePage> list_sources(store::Transaction& tx, const access::Scope& scope, const std::optional<std::string>& after, std::size_t limit);
};

// All organisations and sources at one moment: an immutable value for the pipeline and for access, swapped whole.
class Snapshot {
public:
    static Result<std::shared_ptr<const Snapshot>> load(store::Transaction& tx);
    // The organisation and all below it, sorted.
    [[nodiscard]] std::vector<OrganisationId> descendants(const OrganisationId& root) const;
    [[nodiscard]] const Source* source(const SourceId& id) const;
    [[nodiscard]] const Source* source_named(std::string_view name) const;  // alive
    [[nodiscard]] const Organisation* organisation(const OrganisationId& id) const;
    // The source that is registered for a sender on this listener: by its certificate, else by the narrowest network; one
    // that names the listener goes before one that names none. Null: unknown.
    [[nodiscard]] const Source* sender(std::string_view listener, const Address& address, std::span<const std::string> certificate_names) const;
    [[nodiscard]] std::vector<const Source*> live_sources() const;
    [[nodiscard]] std::size_t unknown_count() const { return unknown_count_; }  // alive, kUnknownOther among them

private:
    struct Peer {
        Network network;
        const Source* source = nullptr;
    };
    std::unordered_map<std::string, Organisation> organisations_;  // by id text
    std::unordered_map<std::string, std::vector<OrganisationId>> children_;
    std::unordered_map<std::string, Source> sources_;
    std::unordered_map<std::string, const Source*> by_name_;                       // alive
    std::unordered_map<std::string, std::vector<const Source*>> by_certificate_;  // alive
    std::unordered_map<std::string, std::vector<const Source*>> by_address_;      // alive; single addresses, as 16 bytes
    std::size_t unknown_count_ = 0;
    std::vector<Peer> networks_;                                                    // alive; the narrowest first
};

}  // namespace vg::directory
