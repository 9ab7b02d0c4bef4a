#include "lists/inside_archive.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/time.h"
#include "store/archive/filter.h"
#include "store/archive/filter_indicators.h"

namespace vg::lists {

namespace {

using InsideShape = InsideSeen::Shape;
using store::archive::BlockSet;
using store::archive::Indicator;

constexpr Span kAsLongAsItTakes = days(36'500);
constexpr std::chrono::milliseconds kWait{200};

// ---- events ----

const json::Value* field_of(const json::Value& fields, std::string_view name) {
    const json::Value* value = fields.find(name);
    while (value != nullptr && value->is_array()) value = value->as_array().empty() ? nullptr : &value->as_array().front();
    return value;
}

std::string text_of(const json::Value& fields, std::string_view name) {
    const json::Value* value = field_of(fields, name);
    return value != nullptr && value->is_text() ? value->as_text() : "";
}

std::optional<std::int64_t> number_of(const json::Value& fields, std::string_view name) {
    const json::Value* value = field_of(fields, name);
    if (value == nullptr) return std::nullopt;
    if (value->is_int()) return value->as_int();
    return value->is_text() ? parse_int(value->as_text()) : std::nullopt;
}

std::optional<std::uint16_t> port_of(const json::Value& fields, std::string_view name) {
    const auto number = number_of(fields, name);
    return number && *number >= 0 && *number <= 65535 ? std::optional{static_cast<std::uint16_t>(*number)} : std::nullopt;
}

std::optional<Address> address_of(const json::Value& fields, std::string_view name) { return parse_address(text_of(fields, name)); }

std::optional<Time> moment_of(const json::Value& fields, std::string_view name) { return parse_time(text_of(fields, name)); }

// However the log writes it: "02:00:00:00:00:0a".
std::string canonical_mac(std::string_view text) {
    std::string digits;
    for (const char c : lower_ascii(text))
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) digits += c;
    if (digits.size() != 12) return {};
    std::string out;
    for (std::size_t i = 0; i < 12; i += 2) out += (i == 0 ? "" : ":") + digits.substr(i, 2);
    return out;
}

std::optional<InsideSeen> lease_in(const store::FoundEvent& event, InsideSeen seen) {
    const json::Value& fields = event.fields;
    const std::string action = text_of(fields, "event.action");
    const auto start = moment_of(fields, "lease.start"), end = moment_of(fields, "lease.end");
    const auto term = number_of(fields, "lease.seconds");
    seen.what = InsideSeen::What::lease;
    seen.mac = canonical_mac(text_of(fields, "lease.mac"));
    seen.host = text_of(fields, "lease.hostname");
    if (action == "lease_released" || action == "lease_expired" || action == "lease_deleted" || action == "lease_declined") {
        seen.shape = InsideShape::ends;
        seen.until = event.occurred;
        return seen;
    }
    if (action != "lease_granted" && action != "lease_renewed" && !(action.empty() && (start || end))) return std::nullopt;
    if (seen.mac.empty() && seen.host.empty()) return std::nullopt;
    seen.shape = InsideShape::begins;
    seen.from = start ? *start : end && term ? *end - seconds(*term) : event.occurred;
    if (end)
        seen.until = *end;
    else if (term)
        seen.until = *seen.from + seconds(*term);
    if (seen.until && *seen.until < *seen.from) return std::nullopt;
    return seen;
}

std::optional<InsideSeen> translation_in(const store::FoundEvent& event, InsideSeen seen) {
    const json::Value& fields = event.fields;
    const auto inside = address_of(fields, "source.ip");
    if (!inside || *inside == *seen.outside) return std::nullopt;
    const std::string action = text_of(fields, "event.action");
    if (action == "blocked" || text_of(fields, "event.outcome") == "failure") return std::nullopt;
    seen.what = InsideSeen::What::nat;
    seen.inside = *inside;
    seen.inside_port = port_of(fields, "source.port");
    seen.transport = lower_ascii(text_of(fields, "network.transport"));
    seen.destination = address_of(fields, "destination.ip");
    seen.destination_port = port_of(fields, "destination.port");
    const auto first = port_of(fields, "nat.port.first"), last = port_of(fields, "nat.port.last"), one = port_of(fields, "source.nat.port");
    if (first && last && *first <= *last)
        seen.first = *first, seen.last = *last;
    else if (one)
        seen.first = seen.last = *one;
    else if (seen.transport.starts_with("icmp") || seen.transport.starts_with("ipv6-icmp"))
        return std::nullopt;  // it has no port, and says nothing of others
    const auto start = moment_of(fields, "event.start"), end = moment_of(fields, "event.end");
    const auto nanoseconds = number_of(fields, "event.duration");
    const Span lasted = microseconds(nanoseconds.value_or(0) / 1'000);
    seen.shape = InsideShape::begins;
    seen.from = event.occurred;
    if (start && end && *start <= *end) {
        seen.from = start, seen.until = end;
    } else if (action == "connection_closed" || action == "translation_closed" || (nanoseconds && lasted.micros > 0 && action != "connection_opened")) {
        seen.shape = InsideShape::ends;
        seen.until = event.occurred;
        seen.from.reset();
        if (start && *start <= event.occurred)
            seen.from = start;
        else if (lasted.micros > 0)
            seen.from = event.occurred - lasted;
    }
    return seen;
}

// Logs of proxies, and of firewalls that look into requests: who inside asked for what.
std::optional<InsideSeen> request_in(const store::FoundEvent& event, InsideSeen seen) {
    const json::Value& fields = event.fields;
    const bool is_proxy = event.format == "squid";
    if (!is_proxy && event.format != "fortigate" && event.format != "sophos-xg") return std::nullopt;
    if (text_of(fields, "event.action") == "blocked" || text_of(fields, "event.outcome") == "failure") return std::nullopt;
    auto inside = address_of(fields, "client.ip");
    if (!inside) inside = address_of(fields, "source.ip");
    if (!inside) return std::nullopt;
    seen.what = InsideSeen::What::proxy;
    seen.inside = *inside;
    seen.destination = address_of(fields, "destination.ip");
    seen.destination_name = lower_ascii(text_of(fields, "url.domain"));
    if (const auto named = parse_address(seen.destination_name)) {
        if (!seen.destination) seen.destination = named;
        seen.destination_name.clear();
    }
    if (!seen.destination && seen.destination_name.empty()) return std::nullopt;
    seen.destination_port = port_of(fields, "destination.port");
    if (!seen.destination_port) seen.destination_port = port_of(fields, "url.port");
    // It is logged when it is over.
    const auto nanoseconds = number_of(fields, "event.duration");
    seen.shape = InsideShape::moment;
    seen.from = event.occurred - microseconds(std::max<std::int64_t>(nanoseconds.value_or(0), 0) / 1'000);
    seen.until = event.occurred;
    if (!is_proxy) return seen;
    seen.outside = parse_address(event.peer);
    if (!seen.outside) seen.outside = parse_address(std::string_view{event.peer}.substr(0, event.peer.rfind(':')));
    for (const char* name : {"observer.ip", "server.ip"})
        if (const auto told = address_of(fields, name)) seen.outside = told;
    return seen;
}

// ---- what is asked of the filter ----

struct InsideKey {
    Indicator kind;
    std::uint64_t key;
    friend auto operator<=>(const InsideKey&, const InsideKey&) = default;
};

class Wanted {
public:
    Wanted(std::vector<Address> addresses, std::vector<std::string> names) : addresses_(std::move(addresses)), names_(std::move(names)) {}

    // Blocks that may hold any of them; an error: the filter is damaged, and every block has to be read.
    Result<BlockSet> blocks(const store::archive::FilterView& filter) {
        if (keys_.empty() || seed_ != filter.seed()) make(filter.seed());
        if (whole_) return filter.all();
        BlockSet blocks(filter.blocks());
        for (std::size_t at = 0; at < keys_.size();) {
            std::size_t end = at;
            while (end < keys_.size() && keys_[end].kind == keys_[at].kind) ++end;
            const Indicator kind = keys_[at].kind;
            if (!filter.complete(kind)) return filter.all();
            if ((end - at) * 64 < filter.distinct(kind)) {
                for (std::size_t i = at; i < end; ++i) blocks |= TRY(filter.has_keys(kind, keys_[i].key, keys_[i].key));
            } else {
                std::vector<std::uint64_t> found;
                std::size_t next = at;
                TRY(filter.each_key(kind, [&](std::span<const std::uint64_t> some) {
                    for (const std::uint64_t key : some) {
                        while (next < end && keys_[next].key < key) ++next;
                        if (next == end) return false;
                        if (keys_[next].key == key) found.push_back(key);
                    }
                    return true;
                }));
                for (const std::uint64_t key : found) blocks |= TRY(filter.has_keys(kind, key, key));
            }
            at = end;
        }
        return blocks;
    }

private:
    void make(std::uint64_t seed) {
        seed_ = seed;
        keys_.clear();
        whole_ = false;
        for (const Address& address : addresses_) {
            const auto found = store::archive::filter::address_key(address);
            keys_.push_back({found.kind, found.key});
        }
        for (const std::string& name : names_) {
            const auto key = store::archive::filter::key_of(Indicator::name, fold(name), seed);
            if (key)
                keys_.push_back({Indicator::name, *key});
            else
                whole_ = true;  // no segment lists it
        }
        std::sort(keys_.begin(), keys_.end());
        keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
    }

    std::vector<Address> addresses_;
    std::vector<std::string> names_;
    std::vector<InsideKey> keys_;
    std::uint64_t seed_ = 0;
    bool whole_ = false;
};

struct InsidePass {
    Time from, to;
    bool leases = false;
    double begin = 0, share = 1;  // of the progress
};

Status give_way(const InsideAskOptions& options) {
    while (options.busy && options.busy() && !options.stop.stop_requested()) std::this_thread::sleep_for(kWait);
    if (options.stop.stop_requested()) return fail(Code::unavailable, "it was stopped");
    return {};
}

Status sweep(InsideJoin& join, store::Segments& segments, Wanted wanted, const InsidePass& pass, const InsideAskOptions& options, InsideAsked& asked) {
    const store::Question question{.from = pass.from, .to = pass.to, .most_time = kAsLongAsItTakes, .stop = options.stop};
    std::uint64_t done = 0;
    for (event::Position below{UINT64_MAX};;) {
        TRY(give_way(options));
        const auto part = TRY(segments.newest(question, below));
        if (part == nullptr) return {};
        below = part->place().from;
        asked.incomplete = asked.incomplete || !part->unseen().gaps.empty();
        std::optional<BlockSet> blocks;
        if (const auto filter = part->filter()) {
            if (auto may = wanted.blocks(**filter)) {
                *may &= (*filter)->occurred_between(pass.from, pass.to);
                blocks = std::move(*may);
            }
        }
        const bool skips = blocks && blocks->empty();
        const std::vector<store::Stretch> stretches = skips ? std::vector<store::Stretch>{} : part->stretches(blocks ? &*blocks : nullptr);
        for (const store::Stretch& stretch : stretches) {
            TRY(give_way(options));
            const Status read = part->read(stretch, [&](store::FoundEvent&& event) -> Status {
                ++asked.events;
                const auto seen = inside_seen(event);
                if (seen && (seen->what == InsideSeen::What::lease) == pass.leases && join.add(*seen)) ++asked.used;
                return {};
            });
            if (read) continue;
            // What cannot be read is put aside by the archive and made anew; until then it is missing.
            if (read.error().code != Code::corrupt) return read;
            asked.incomplete = true;
        }
        ++asked.parts;
        ++done;
        if (options.progress) options.progress(pass.begin + pass.share * static_cast<double>(done) / static_cast<double>(done + part->parts_left()));
    }
}

}  // namespace

std::optional<InsideSeen> inside_seen(const store::FoundEvent& event) {
    if (!event.fields.is_object()) return std::nullopt;
    InsideSeen seen;
    seen.position = event.position;
    seen.organisation = event.organisation;
    if (const auto leased = address_of(event.fields, "lease.ip")) {
        seen.inside = *leased;
        return lease_in(event, std::move(seen));
    }
    seen.outside = address_of(event.fields, "source.nat.ip");
    if (seen.outside) return translation_in(event, std::move(seen));
    return request_in(event, std::move(seen));
}

Result<InsideAsked> ask_archive(InsideJoin& join, store::Segments& segments, const InsideAskOptions& options) {
    InsideAsked asked;
    if (join.size() == 0) return asked;
    const auto [from, to] = join.window();
    TRY(sweep(join, segments, Wanted{join.addresses(), join.names()}, {.from = from, .to = to, .leases = false, .begin = 0, .share = 0.5}, options, asked));
    const auto leased = join.ask_leases();
    const auto [lease_from, lease_to] = join.lease_window();
    TRY(sweep(join, segments, Wanted{leased, {}}, {.from = lease_from, .to = lease_to, .leases = true, .begin = 0.5, .share = 0.5}, options, asked));
    return asked;
}

}  // namespace vg::lists
