// IBM's Log Event Extended Format, 1.0 and 2.0: "LEEF:1.0|Vendor|Product|Version|ID|" and name=value pairs between tabs;
// 2.0 names the separator in a part of its own, as a character or x and hex digits.
#include "formats/clock_text.h"
#include "formats/flat.h"
#include "formats/format.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_leef {

namespace {

using event::Ecs;

constexpr KnownName kKnown[] = {
    {"src", Ecs::source_ip}, {"dst", Ecs::destination_ip}, {"srcPort", Ecs::source_port}, {"dstPort", Ecs::destination_port},
    {"srcPreNAT", Ecs::source_ip}, {"srcPostNAT", Ecs::source_nat_ip}, {"srcPostNATPort", Ecs::source_nat_port},
    {"dstPostNAT", Ecs::destination_nat_ip}, {"dstPostNATPort", Ecs::destination_nat_port}, {"srcMAC", Ecs::source_mac}, {"dstMAC", Ecs::destination_mac},
    {"srcBytes", Ecs::source_bytes}, {"dstBytes", Ecs::destination_bytes}, {"srcPackets", Ecs::source_packets}, {"dstPackets", Ecs::destination_packets},
    {"usrName", Ecs::user_name}, {"accountName", Ecs::user_target_name}, {"domain", Ecs::user_domain}, {"groupName", Ecs::group_name},
    {"proto", Ecs::network_transport, Turn::transport}, {"sev", Ecs::event_severity}, {"cat", Ecs::event_category}, {"action", Ecs::event_action},
    {"url", Ecs::url_original}, {"policy", Ecs::rule_name}, {"identHostName", Ecs::host_name}, {"resource", Ecs::host_name}, {"role", Ecs::user_roles},
    {"vSrcName", Ecs::source_domain}, {"msg", Ecs::message},
};

int sniff(const Look& look) {
    const std::size_t at = look.raw.substr(0, 512).find("LEEF:");
    return at != std::string_view::npos && look.raw.substr(at + 5, 4).find('|') != std::string_view::npos ? 95 : 0;
}

// "x09", "0x5E", "^": the character.
std::optional<char> separator_of(std::string_view text) {
    if (text.size() == 1) return text.front();
    take(text, "0");
    if (!take(text, "x") || text.empty() || text.size() > 4) return std::nullopt;
    int value = 0;
    for (const char c : text) {
        if (!is_hex_digit(c)) return std::nullopt;
        value = value * 16 + (is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value > 0 && value < 128 ? std::optional{static_cast<char>(value)} : std::nullopt;
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    const auto marked = take_marked(raw, "LEEF:", context, parsed);
    if (!marked) return fail(Code::bad_input, "there is no LEEF: in it");
    std::string_view rest = *marked;
    constexpr std::string_view kNames[] = {"leefVersion", "deviceVendor", "deviceProduct", "deviceVersion", "eventID"};
    constexpr Ecs kParts[] = {Ecs::none, Ecs::observer_vendor, Ecs::observer_product, Ecs::none, Ecs::event_code};
    Flat flat{builder};
    std::string_view version;
    for (std::size_t i = 0; i < std::size(kNames); ++i) {
        const auto part = take_until(rest, "|");
        if (!part) return fail(Code::bad_input, "no LEEF: its header has fewer than five parts");
        if (i == 0) version = *part;
        flat.pair(kNames[i], *part);
        if (kParts[i] != Ecs::none) put(builder, kParts[i], *part);
    }
    char separator = '\t';
    if (version.starts_with('2')) {
        const std::string_view part = rest.substr(0, rest.find('|'));
        if (part.size() < rest.size() && part.size() <= 6) {
            if (const auto given = separator_of(part)) separator = *given;
            rest.remove_prefix(part.size() + 1);
        }
    }
    // Senders that lost their tabs to a relay write blanks.
    const std::string_view separators = separator == '\t' && rest.find('\t') == std::string_view::npos ? std::string_view{} : std::string_view{&separator, 1};
    if (separators.empty()) {
        for (Pairs pairs{rest, builder.arena(), " \t"}; pairs.next();) flat.pair(pairs.name, pairs.value);
    } else {
        while (!rest.empty()) {
            const std::string_view pair = rest.substr(0, rest.find(separator));
            rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
            const std::size_t equals = pair.find('=');
            if (equals == std::string_view::npos || equals == 0 || equals > 128) continue;
            const std::string_view name = pair.substr(0, equals);
            if (name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") != std::string_view::npos) continue;
            flat.pair(name, pair.substr(equals + 1));
        }
    }
    flat.finish();
    put_known(kKnown, builder);
    if (const event::Field* const field = builder.find("devTime")) {
        auto time = read_epoch(field->text);
        if (!time) time = read_time(field->text, context.zone, nullptr);
        if (!time) time = read_time_by("%b %d %Y %H:%M:%S", field->text, context.zone);
        if (!time) time = read_time_by("%b %d %Y %H:%M:%S.%f %Z", field->text, context.zone);
        if (time) {
            parsed.occurred = *time;
            parsed.occurred_known = true;
        }
    }
    return {};
}

}  // namespace

extern const Format leef{.name = "leef", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_leef
