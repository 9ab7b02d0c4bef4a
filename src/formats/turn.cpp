#include "formats/turn.h"

#include <algorithm>

#include "base/text.h"
#include "formats/clock_text.h"

namespace vg::formats {

std::string_view transport_name(int number) {
    switch (number) {
        case 1: return "icmp";
        case 2: return "igmp";
        case 6: return "tcp";
        case 17: return "udp";
        case 41: return "ipv6";
        case 47: return "gre";
        case 50: return "esp";
        case 51: return "ah";
        case 58: return "ipv6-icmp";
        case 89: return "ospf";
        case 103: return "pim";
        case 112: return "vrrp";
        case 132: return "sctp";
        case 136: return "udplite";
        default: return {};
    }
}

std::string_view lower_in(std::string_view text, Arena& arena) {
    const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (std::none_of(text.begin(), text.end(), upper)) return text;
    char* const memory = arena.take(text.size());
    std::transform(text.begin(), text.end(), memory, [&](char c) { return upper(c) ? static_cast<char>(c | 0x20) : c; });
    return {memory, text.size()};
}

std::string_view transport_name(std::string_view value, Arena& arena) {
    if (value.size() <= 3)
        if (const auto number = parse_int(value)) return transport_name(static_cast<int>(*number));
    const std::string_view lower = lower_in(value, arena);
    if (lower == "icmpv6" || lower == "icmp6" || lower == "ipv6_icmp") return "ipv6-icmp";
    return lower;
}

HostPort split_host_port(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) return {text, {}};
        const std::string_view rest = text.substr(close + 1);
        return {text.substr(1, close - 1), rest.starts_with(':') ? rest.substr(1) : std::string_view{}};
    }
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos) return {text, {}};
    return {text.substr(0, colon), text.substr(colon + 1)};
}

std::optional<std::int64_t> nanoseconds(std::string_view text, std::int64_t of_unit) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    const std::string_view whole = text.substr(0, dot);
    std::string_view part = text.substr(std::min(dot + 1, text.size()));
    if (whole.empty() || whole.size() > 10) return std::nullopt;
    std::int64_t value = 0;
    for (const char c : whole) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    if (value > 9'000'000'000'000'000'000 / of_unit) return std::nullopt;
    value *= of_unit;
    for (std::int64_t place = of_unit / 10; !part.empty(); part.remove_prefix(1), place /= 10) {
        if (part.front() < '0' || part.front() > '9') return std::nullopt;
        value += place * (part.front() - '0');
    }
    return value;
}

void put_turned(Turn turn, event::Ecs field, std::string_view value, event::Builder& builder) {
    switch (turn) {
        case Turn::none: break;
        case Turn::lower: value = lower_in(value, builder.arena()); break;
        case Turn::transport: value = transport_name(value, builder.arena()); break;
        case Turn::seconds:
        case Turn::milliseconds:
        case Turn::microseconds: {
            const std::int64_t unit = turn == Turn::seconds ? 1'000'000'000 : turn == Turn::milliseconds ? 1'000'000 : 1'000;
            if (const auto made = nanoseconds(value, unit)) builder.ecs(field, *made);
            return;
        }
        case Turn::name: value = value.substr(value.find_last_of("\\/") + 1); break;
        case Turn::host: value = split_host_port(value).host; break;
        case Turn::port: value = split_host_port(value).port; break;
        case Turn::user: value = value.substr(value.find('\\') + 1); break;
        case Turn::domain: {
            const std::size_t slash = value.find('\\');
            value = slash == std::string_view::npos ? std::string_view{} : value.substr(0, slash);
            break;
        }
        case Turn::whole: value = value.substr(0, value.find('.')); break;
        case Turn::when: break;
    }
    if (value.empty()) return;
    switch (event::info(field).type) {
        case event::Type::time: {
            auto time = read_time(value, {}, nullptr);
            if (!time) time = read_epoch(value);
            if (time) builder.ecs(field, *time);
            return;
        }
        case event::Type::text: builder.ecs_nfc_text(field, value); return;
        default: builder.ecs(field, value); return;
    }
}

}  // namespace vg::formats
