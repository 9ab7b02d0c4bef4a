// ISC Kea's own log: "2024-04-26 08:02:03.123 INFO  [kea-dhcp4.leases/7.140] DHCP4_LEASE_ALLOC [hwtype=1 02:..:01], cid=[no info],
// tid=0x1: lease 192.0.2.50 has been allocated for 3600 seconds". Messages by their identifiers (Kea Messages Manual).
#include "base/ip.h"
#include "base/text.h"
#include "formats/clock_text.h"
#include "formats/lease_text.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_kea {

namespace {

using event::Ecs;

int sniff(const Look& look) { return look.raw.substr(0, 256).find(" [kea-dhcp") != std::string_view::npos ? 90 : look.app.starts_with("kea-dhcp") ? 80 : 0; }

std::string_view action_of(std::string_view id) {
    const std::size_t underscore = id.find('_');
    if (!id.starts_with("DHCP") || underscore == std::string_view::npos) return {};
    constexpr std::pair<std::string_view, std::string_view> kActions[] = {
        {"LEASE_ALLOC", "lease_granted"}, {"LEASE_REUSE", "lease_granted"}, {"LEASE_RENEW", "lease_renewed"}, {"LEASE_ADVERT", "lease_offered"}, {"LEASE_OFFER", "lease_offered"},
        {"RELEASE", "lease_released"}, {"RELEASE_NA", "lease_released"}, {"RELEASE_EXPIRED", "lease_released"}, {"RELEASE_DELETED", "lease_released"}, {"DECLINE_LEASE", "lease_declined"},
        {"LEASE_EXPIRE", "lease_expired"}, {"LEASE_RECLAIM", "lease_expired"}};
    return meaning_of(kActions, id.substr(underscore + 1));
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    std::string_view rest = raw;
    while (!rest.empty() && (rest.back() == '\n' || rest.back() == '\r')) rest.remove_suffix(1);
    const std::size_t logger = rest.find("[kea-");
    if (logger != std::string_view::npos && logger < 256) {
        std::string_view before = rest.substr(0, logger);
        if (const auto time = before.size() > 23 ? read_time(before.substr(0, 23), context.zone, nullptr) : std::nullopt) {
            parsed.occurred = *time;
            parsed.occurred_known = true;
            before.remove_prefix(23);
            put(builder, Ecs::log_level, lower_in(trim(before), builder.arena()));
        }
        rest.remove_prefix(logger);
        if (const auto name = take_bracketed(rest, '[', ']')) builder.text("logger", *name);
    } else {
        rest = take_syslog_header(raw, context, parsed);
        const std::size_t id = rest.find("DHCP");
        if (id == std::string_view::npos) return fail(Code::bad_input, "no line of Kea: neither a logger nor a message identifier");
        rest.remove_prefix(id);
    }
    parsed.logsource = {.service = "dhcp", .complete = true};
    if (!builder.has("message")) builder.ecs(Ecs::message, rest);
    const std::string_view id = take_word(rest);
    put(builder, Ecs::event_code, id);
    const std::string_view action = action_of(id);
    put(builder, Ecs::event_action, action);
    Lease lease;
    std::string_view hardware = between(rest, "[hwtype=", "]");
    take_word(hardware);
    lease.mac = hardware.substr(0, 64);
    lease.client_id = between(rest, "cid=[", "]");
    if (lease.client_id == "no info") lease.client_id = {};
    for (const std::string_view word : {"lease ", "address "})
        if (const std::string_view address = between(rest, word, " "); lease.address.empty() && parse_address(address)) lease.address = address;
    lease.seconds = between(rest, "allocated for ", " ");
    if (!action.empty() || !lease.address.empty()) add_lease(lease, builder);
    builder.ecs(Ecs::network_protocol, "dhcp");
    return {};
}

}  // namespace

extern const Format kea{.name = "kea", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_kea
