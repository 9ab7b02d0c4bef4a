// ISC dhcpd: "DHCPACK on 192.0.2.50 to 02:00:00:00:00:01 (pc1) via eth0", "DHCPREQUEST for 192.0.2.50 (192.0.2.1) from ...",
// "DHCPRELEASE of 192.0.2.50 from ...". The words of MikroTik's and other servers that follow it are the same.
#include "base/ip.h"
#include "formats/lease_text.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_dhcpd {

namespace {

using event::Ecs;

int sniff(const Look& look) { return look.app == "dhcpd" || look.app == "dhcpd3" ? 90 : 0; }

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    std::string_view rest = take_syslog_header(raw, context, parsed);
    parsed.logsource = {.service = "dhcp", .complete = true};
    if (!builder.has("message")) builder.ecs(Ecs::message, rest);
    const std::string_view kind = take_word(rest);
    if (!kind.starts_with("DHCP")) return {};
    Lease lease;
    while (!rest.empty()) {
        const std::string_view word = take_word(rest);
        if (word == "on" || word == "for" || word == "of") {
            lease.address = take_word(rest);
            if (const auto server = take_bracketed(rest, '(', ')')) put(builder, Ecs::server_ip, *server);
        } else if (word == "to" || word == "from") {
            const std::string_view who = take_word(rest);
            if (who.find(':') != std::string_view::npos && !parse_address(who)) lease.mac = who;
            else if (lease.address.empty() && parse_address(who)) lease.address = who;
            if (const auto inside = take_bracketed(rest, '(', ')')) {
                if (inside->find(':') == std::string_view::npos) lease.host = *inside;
                else lease.mac = *inside;  // DHCPACK to ADDRESS (MAC), the answer to DHCPINFORM
            }
        } else if (word == "via") {
            std::string_view by = take_word(rest);
            while (by.ends_with(':') || by.ends_with(',')) by.remove_suffix(1);
            if (parse_address(by)) lease.relay = by;
            else put(builder, Ecs::observer_ingress_interface_name, by);
        }
    }
    add_lease(lease, builder);
    put(builder, Ecs::event_action, lease_action(kind));
    builder.ecs(Ecs::event_category, "network").ecs(Ecs::network_protocol, "dhcp");
    return {};
}

}  // namespace

extern const Format dhcpd{.name = "dhcpd", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_dhcpd
