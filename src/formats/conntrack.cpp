// Connections as Linux tracks them, with what NAT made of their addresses: conntrack -E (and -o timestamp), conntrack -L and
// /proc/net/nf_conntrack, and ulogd's LOGEMU of NFCT. The first direction is as the inside saw it; where the answer goes is
// the address outside.
#include "base/text.h"
#include "formats/clock_text.h"
#include "formats/flat.h"
#include "formats/format.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_conntrack {

namespace {

using event::Ecs;

struct Direction {
    std::string_view source, destination, source_port, destination_port, packets, bytes, type, code;
};

bool is_event(std::string_view text) { return text.starts_with("[NEW]") || text.starts_with("[UPDATE]") || text.starts_with("[DESTROY]"); }

int sniff(const Look& look) {
    const std::string_view text = look.text.substr(0, 1024);
    if (text.find("ORIG: SRC=") != std::string_view::npos && text.find("REPLY: SRC=") != std::string_view::npos) return 95;
    const std::size_t first = text.find(" src=");
    if (first == std::string_view::npos) return 0;
    const std::size_t second = text.find(" src=", first + 1);
    if (second == std::string_view::npos || text.find(" dst=", second) == std::string_view::npos) return 0;
    return text.find("[NEW]") != std::string_view::npos || text.find("[UPDATE]") != std::string_view::npos || text.find("[DESTROY]") != std::string_view::npos ||
                   text.starts_with("ipv4 ") || text.starts_with("ipv6 ") || text.starts_with("tcp ") || text.starts_with("udp ") || text.starts_with("icmp ")
               ? 92
               : 0;
}

void note(Direction& direction, std::string_view name, std::string_view value) {
    if (name == "src") direction.source = value;
    else if (name == "dst") direction.destination = value;
    else if (name == "sport" || name == "spt") direction.source_port = value;
    else if (name == "dport" || name == "dpt") direction.destination_port = value;
    else if (name == "packets" || name == "pkts") direction.packets = value;
    else if (name == "bytes") direction.bytes = value;
    else if (name == "type") direction.type = value;
    else if (name == "code") direction.code = value;
}

void add(const Direction& out, const Direction& back, event::Builder& builder) {
    put(builder, Ecs::source_ip, out.source);
    put(builder, Ecs::destination_ip, out.destination);
    put(builder, Ecs::source_port, out.source_port);
    put(builder, Ecs::destination_port, out.destination_port);
    put(builder, Ecs::source_bytes, out.bytes);
    put(builder, Ecs::source_packets, out.packets);
    put(builder, Ecs::destination_bytes, back.bytes);
    put(builder, Ecs::destination_packets, back.packets);
    if (const auto type = parse_int(out.type)) builder.integer("icmp_type", *type, out.type);
    if (const auto code = parse_int(out.code)) builder.integer("icmp_code", *code, out.code);
    if (!back.destination.empty() && (back.destination != out.source || back.destination_port != out.source_port)) {
        builder.ecs(Ecs::source_nat_ip, back.destination);
        put(builder, Ecs::source_nat_port, back.destination_port);
    }
    if (!back.source.empty() && (back.source != out.destination || back.source_port != out.destination_port)) {
        builder.ecs(Ecs::destination_nat_ip, back.source);
        put(builder, Ecs::destination_nat_port, back.source_port);
    }
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    std::string_view rest;
    if (raw.starts_with('[') && raw.size() > 2 && is_digit(raw[1])) {  // -o timestamp
        rest = raw;
        const auto stamp = take_bracketed(rest, '[', ']');
        if (const auto time = read_epoch(stamp.value_or(""))) {
            parsed.occurred = *time;
            parsed.occurred_known = true;
        }
    } else {
        rest = take_syslog_header(raw, context, parsed);
    }
    rest = trim(rest);
    std::string_view what;
    if (is_event(rest)) what = *take_bracketed(rest, '[', ']');
    Direction out, back;
    std::string_view transport;
    // Before the pairs: "ipv4 2 tcp 6 117 SYN_SENT", of which a number means seconds until it is forgotten.
    const std::size_t pairs_at = std::min(rest.find("src="), rest.find("ORIG: "));
    if (pairs_at == std::string_view::npos) return fail(Code::bad_input, "no connection of conntrack: there is no src= in it");
    std::string_view before = rest.substr(0, pairs_at);
    int numbers = 0;
    while (!before.empty()) {
        const std::string_view word = take_word(before);
        if (const auto number = parse_int(word)) {
            if (++numbers == (transport.empty() ? 1 : 2)) builder.integer("timeout", *number, word);
        } else if (word == "ipv4" || word == "ipv6") {
            builder.ecs(Ecs::network_type, word);
            take_word(before);
        } else if (transport.empty() && word.find_first_of("[=") == std::string_view::npos) {
            transport = transport_name(word, builder.arena());
        } else if (word.find_first_of("[=") == std::string_view::npos) {
            builder.text("state", word);
        }
    }
    Flat flat{builder};
    const std::string_view fields = rest.substr(pairs_at);
    const std::size_t reply = fields.find("REPLY: ");
    Direction* into = &out;
    std::string_view seconds;
    for (Pairs pairs{fields, builder.arena(), " \t,"}; pairs.next();) {
        const std::string_view name = lower_in(pairs.name, builder.arena());
        const bool answer = name == "src" && !out.source.empty();
        if (answer || (reply != std::string_view::npos && pairs.value.data() > fields.data() + reply)) into = &back;
        note(*into, name, pairs.value);
        if (name == "proto" && transport.empty()) transport = transport_name(pairs.value, builder.arena());
        if (name == "delta-time") seconds = pairs.value;
        const bool tuple = name == "src" || name == "dst" || name == "sport" || name == "dport" || name == "spt" || name == "dpt" || name == "packets" || name == "pkts" || name == "bytes";
        flat.pair(tuple ? flat.join(into == &out ? "orig" : "reply", name) : name, pairs.value);
    }
    if (fields.find("[UNREPLIED]") != std::string_view::npos) builder.boolean("unreplied", true);
    if (fields.find("[ASSURED]") != std::string_view::npos) builder.boolean("assured", true);
    flat.finish();
    if (out.source.empty() || out.destination.empty()) return fail(Code::bad_input, "no connection of conntrack: it names no two addresses");
    put(builder, Ecs::network_transport, transport);
    add(out, back, builder);
    if (const auto length = nanoseconds(seconds, 1'000'000'000)) {
        builder.ecs(Ecs::event_duration, *length);
        if (parsed.occurred_known) builder.ecs(Ecs::event_start, parsed.occurred - Span{*length / 1000});
    }
    constexpr std::pair<std::string_view, std::string_view> kActions[] = {{"NEW", "connection_opened"}, {"UPDATE", "connection_changed"}, {"DESTROY", "connection_closed"}};
    put(builder, Ecs::event_action, meaning_of(kActions, what));
    builder.ecs(Ecs::event_category, "network");
    parsed.logsource = {.product = "linux", .categories = {"firewall", "network_connection"}, .service = "conntrack", .complete = true};
    return {};
}

}  // namespace

extern const Format conntrack{.name = "conntrack", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_conntrack
