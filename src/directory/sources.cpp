#include <algorithm>
#include <string>
#include <utility>

#include "base/cursor.h"
#include "base/text.h"
#include "base/time.h"
#include "directory/directory.h"
#include "directory/rows.h"
#include "store/audit.h"

namespace vg::directory {

namespace {

bool is_word(std::string_view text) {
    if (text.empty() || text.size() > 64) return false;
    for (const char c : text)
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-')) return false;
    return true;
}

// What a source says about its records; whether the format exists is known to the caller, who has the formats.
Status check_format_and_zone(const Source& source) {
    if (!source.format.empty() && !is_word(source.format)) return fail(Code::bad_input, "field format: is the name of a format: 1 to 64 of a-z, 0-9, '.', '_' and '-'");
    if (source.zone.size() > 64 || (!source.zone.empty() && !is_zone(source.zone)))
        return fail(Code::bad_input, "field zone: must be an IANA zone such as Asia/Ho_Chi_Minh");
    return {};
}

constexpr std::size_t kMostPeers = 64;
constexpr std::int64_t kLongestCadence = 31 * 86'400;  // seconds

// Peers as they are stored: networks and addresses in their one form, names of certificates in lower case.
Status check_sender(Source& source) {
    if (!source.listener.empty() && !is_word(source.listener)) return fail(Code::bad_input, "field listener: is the name of a listener, such as syslog_udp");
    if (source.peers.size() > kMostPeers) return fail(Code::bad_input, format("field peers: has at most {} members", kMostPeers));
    for (std::string& peer : source.peers) {
        if (starts_with_ignoring_ascii_case(peer, kCertificate)) {
            peer = lower_ascii(trim(peer));
            const bool fine = peer.size() > kCertificate.size() && peer.size() <= 255 && is_utf8(peer) && peer.find_first_of(std::string_view{"\0\n\r", 3}) == std::string::npos;
            if (!fine) return fail(Code::bad_input, "field peers: certificate:NAME has a name of at most 240 bytes");
            continue;
        }
        const auto network = parse_network(trim(peer));
        if (!network) return fail(Code::bad_input, format("field peers: {} is not an address, a network or certificate:NAME", shorten(to_valid_utf8(peer), 100)));
        peer = network->length == 128 ? network->base.text() : network->text();
    }
    std::sort(source.peers.begin(), source.peers.end());
    source.peers.erase(std::unique(source.peers.begin(), source.peers.end()), source.peers.end());
    if (source.cadence < seconds(0) || source.cadence > seconds(kLongestCadence)) return fail(Code::bad_input, "field cadence_seconds: is 0 or at most 31 days");
    return {};
}

std::string joined(const std::vector<std::string>& peers) {
    std::string text;
    for (const std::string& peer : peers) text += (text.empty() ? "" : "\n") + peer;
    return text;
}

// Two sources must not claim the same sender, or chance would decide whose records they are.
Status check_peers_free(store::Transaction& tx, const Source& source) {
    if (source.peers.empty()) return {};
    for (const Source& other : TRY(sources(tx, "where peers <> '' and ended is null and id <> :a", {source.id.text()}))) {
        if (other.listener != source.listener) continue;
        for (const std::string& peer : source.peers)
            if (std::find(other.peers.begin(), other.peers.end(), peer) != other.peers.end())
                return fail(Code::conflict, format("field peers: {} belongs to another source already", peer));
    }
    return {};
}

json::Value described(const Source& source) {
    json::Array peers;
    for (const std::string& peer : source.peers) peers.emplace_back(peer);
    return json::object({{"name", source.name},
                         {"listener", source.listener},
                         {"peers", std::move(peers)},
                         {"cadence_seconds", source.cadence.micros / 1'000'000},
                         {"organisation", source.organisation.text()},
                         {"format", source.format},
                         {"zone", source.zone},
                         {"ended", source.ended.has_value()}});
}

Status note(store::Transaction& tx, std::string_view actor, std::string_view action, const Source& source, Time now, json::Value details) {
    return store::audit::append(tx, {.time = now,
                                     .actor = std::string{actor},
                                     .action = std::string{action},
                                     .object = "source/" + source.id.text(),
                                     .organisation = source.organisation,
                                     .details = std::move(details)});
}

Status update(store::Transaction& tx, const Source& source) {
    const std::int64_t changed = TRY(tx.run("update source set format = :a, zone = :b, ended = :c, listener = :f, peers = :g, cadence = :h, version = version + 1 "
                                            "where id = :d and version = :e",
                                            {source.format, source.zone, source.ended ? store::Param{source.ended->micros} : store::Param{nullptr},
                                             source.listener, joined(source.peers), source.cadence.micros, source.id.text(), source.version}));
    return changed == 1 ? Status{} : fail(Code::conflict, "the source was changed meanwhile; read it again");
}

Status insert(store::Transaction& tx, const Source& source) {
    TRY(tx.run("insert into source (id, name, organisation, format, zone, created, ended, version, listener, peers, cadence) "
               "values (:a, :b, :c, :d, :e, :f, null, 1, :g, :h, :i)",
               {source.id.text(), source.name, source.organisation.text(), source.format, source.zone, source.created.micros, source.listener,
                joined(source.peers), source.cadence.micros}));
    return {};
}

Result<Source> live_source(store::Transaction& tx, const access::Scope& scope, const SourceId& id, std::optional<std::int64_t> version) {
    Source found = TRY(Directory::find_source(tx, scope, id));
    if (found.ended) return fail(Code::conflict, "the source has ended and is not changed any more");
    TRY(check_version(version, found.version));
    return found;
}

}  // namespace

Result<std::vector<Source>> sources(store::Transaction& tx, std::string_view rest, const store::Params& params) {
    using Int = std::int64_t;
    std::vector<Source> found;
    const std::string sql = "select id, name, organisation, format, zone, created, ended, version, listener, peers, cadence from source " + std::string{rest};
    const auto rows = TRY((tx.query<std::string, std::string, std::string, std::string, std::string, Int, std::optional<Int>, Int, std::string, std::string, Int>(sql, params)));
    for (const auto& [id, name, organisation, format, zone, created, ended, version, listener, peers, cadence] : rows) {
        Source& source = found.emplace_back();
        source.id = TRY(SourceId::parse(id));
        source.name = name;
        source.organisation = TRY(OrganisationId::parse(organisation));
        source.format = format;
        source.zone = zone;
        source.created = {created};
        if (ended) source.ended = Time{*ended};
        source.version = version;
        source.listener = listener;
        if (!peers.empty())
            for (const std::string_view peer : split(peers, '\n')) source.peers.emplace_back(peer);
        source.cadence = {cadence};
    }
    return found;
}

// Names are unique on the node, ended ones included, because old records go by them. That a name is taken can therefore
// be found out by anyone who may add sources; whose it is, cannot.
Status Directory::add(store::Transaction& tx, const access::Actor& actor, const Source& asked) {
    Source source = asked;
    TRY_IN("field organisation: ", live_organisation(tx, actor.scope, source.organisation));
    if (source.id.is_nil()) return fail(Code::bad_input, "field id: a source has an id");
    if (!is_word(source.name)) return fail(Code::bad_input, "field name: must be 1 to 64 of a-z, 0-9, '.', '_' and '-'");
    TRY(check_format_and_zone(source));
    TRY(check_sender(source));
    TRY(check_peers_free(tx, source));
    const auto taken = TRY((tx.first<std::int64_t>("select count(*) from source where name = :a or id = :b", {source.name, source.id.text()})));
    if (taken && std::get<0>(*taken) > 0) return fail(Code::conflict, "field name: this name is taken");
    TRY(insert(tx, source));
    return note(tx, actor.name, "source:add", source, source.created, json::object({{"after", described(source)}}));
}

Status Directory::change(store::Transaction& tx, const access::Actor& actor, const Source& source, std::optional<std::int64_t> version, Time now) {
    Source stored = TRY(live_source(tx, actor.scope, source.id, version));
    TRY(check_format_and_zone(source));
    json::Value before = described(stored);
    stored.format = source.format;
    stored.zone = source.zone;
    stored.listener = source.listener;
    stored.peers = source.peers;
    stored.cadence = source.cadence;
    TRY(check_sender(stored));
    TRY(check_peers_free(tx, stored));
    TRY(update(tx, stored));
    return note(tx, actor.name, "source:change", stored, now, json::object({{"before", std::move(before)}, {"after", described(stored)}}));
}

Status Directory::end(store::Transaction& tx, const access::Actor& actor, const SourceId& id, std::optional<std::int64_t> version, Time now) {
    Source stored = TRY(live_source(tx, actor.scope, id, version));
    json::Value before = described(stored);
    stored.ended = now;
    TRY(update(tx, stored));
    return note(tx, actor.name, "source:end", stored, now, json::object({{"before", std::move(before)}, {"after", described(stored)}}));
}

Result<std::optional<Source>> Directory::ensure_own(store::Transaction& tx, std::string_view name, const SourceId& id, Time now) {
    const bool address = name.starts_with(kUnknown) && name != kUnknownOther;
    if (name.size() > 64 || (!address && name != kUnknownOther && name != kOwnSource)) return fail(Code::bad_input, "this is none of the node's own sources");
    auto found = TRY(sources(tx, "where name = :a", {name}));
    if (!found.empty()) return found.front().ended && address ? std::nullopt : std::optional{std::move(found.front())};
    if (address) {
        const auto count = TRY((tx.first<std::int64_t>("select count(*) from source where name like 'unknown/%' and ended is null")));
        if (count && std::get<0>(*count) >= static_cast<std::int64_t>(kMostUnknown)) return std::nullopt;
    }
    const auto roots = TRY(organisations(tx, "where parent is null and ended is null order by created, id limit 1", {}));
    if (roots.empty()) return fail(Code::not_found, "there is no organisation");
    Source source{.id = id, .name = std::string{name}, .organisation = roots.front().id, .format = {}, .zone = {}, .created = now, .ended = {}};
    TRY(insert(tx, source));
    TRY(note(tx, "system", "source:add", source, now, json::object({{"after", described(source)}})));
    return source;
}

Result<Source> Directory::find_source(store::Transaction& tx, const access::Scope& scope, const SourceId& id) {
    store::Params params{id.text()};
    const std::string condition = scope.condition("organisation", params);
    auto found = TRY(sources(tx, "where id = :a" + condition, params));
    if (found.empty()) return fail(Code::not_found, "there is no such source");
    return std::move(found.front());
}

Result<std::optional<Source>> Directory::source_named(store::Transaction& tx, const access::Scope& scope, std::string_view name) {
    if (!is_word(name) && (!name.starts_with(kUnknown) || name.size() > 64)) return std::nullopt;
    store::Params params{name};
    const std::string condition = scope.condition("organisation", params);
    auto found = TRY(sources(tx, "where name = :a" + condition, params));
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

Result<SourcePage> Directory::list_sources(store::Transaction& tx, const access::Scope& scope, const std::optional<std::string>& after, std::size_t limit) {
    store::Params params;
    std::string where = "where 1 = 1";
    if (after) {
        const auto key = TRY(from_cursor("source", 1, *after));
        where += " and name > :s";
        params = {key[0]};
    }
    where += scope.condition("organisation", params) + " order by name limit :n";
    const std::size_t size = page_size(limit);
    params.emplace_back(std::uint64_t{size + 1});
    SourcePage page{.items = TRY(sources(tx, where, params)), .next = {}};
    if (page.items.size() > size) {
        page.items.resize(size);
        page.next = to_cursor("source", {page.items.back().name});
    }
    return page;
}

}  // namespace vg::directory
