// pf's filterlog of pfSense and OPNsense (Netgate: "Raw Filter Log Format"): rule, sub-rule, anchor, tracker, interface,
// reason, action, direction, version of IP, and then what that and the protocol ask for.
#include <array>

#include "formats/format.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_filterlog {

namespace {

using event::Ecs;

int sniff(const Look& look) { return look.app == "filterlog" || look.app == "pf" ? 92 : 0; }

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    const std::string_view text = take_syslog_header(raw, context, parsed);
    std::array<std::string_view, 40> part;
    std::size_t count = 0;
    for (std::string_view rest = text; count < part.size();) {
        part[count] = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(part[count].size() + 1, rest.size()));
        ++count;
        if (rest.empty()) break;
    }
    if (count < 9) return fail(Code::bad_input, "no filterlog: it has fewer than nine parts");
    constexpr std::string_view kHead[] = {"rulenr", "subrulenr", "anchorname", "tracker", "interface", "reason", "action", "dir", "ipversion"};
    for (std::size_t i = 0; i < std::size(kHead); ++i)
        if (!part[i].empty()) builder.text(kHead[i], part[i]);
    put(builder, Ecs::rule_id, part[3].empty() ? part[0] : part[3]);
    put(builder, part[7] == "out" ? Ecs::observer_egress_interface_name : Ecs::observer_ingress_interface_name, part[4]);
    put(builder, Ecs::event_reason, part[5]);
    builder.ecs(Ecs::network_direction, part[7] == "out" ? "outbound" : "inbound");
    builder.ecs(Ecs::event_outcome, part[6] == "pass" ? "success" : "failure");
    builder.ecs(Ecs::event_category, "network");
    const bool six = part[8] == "6";
    const std::size_t protocol = six ? 12 : 16;  // the name; of IPv4 behind the number, of IPv6 before it
    const std::size_t length = six ? 14 : 17;
    if (count > length + 2) {
        builder.ecs(Ecs::network_type, six ? "ipv6" : "ipv4");
        put(builder, Ecs::network_transport, transport_name(part[protocol], builder.arena()));
        put(builder, Ecs::network_bytes, part[length]);
        put(builder, Ecs::source_ip, part[length + 1]);
        put(builder, Ecs::destination_ip, part[length + 2]);
        const std::string_view name = lower_in(part[protocol], builder.arena());
        if ((name == "tcp" || name == "udp") && count > length + 4) {
            put(builder, Ecs::source_port, part[length + 3]);
            put(builder, Ecs::destination_port, part[length + 4]);
            if (name == "tcp" && count > length + 6) builder.text("tcpflags", part[length + 6]);
        }
    }
    builder.ecs(Ecs::event_action, part[6] == "pass" ? "allowed" : "blocked");
    parsed.logsource = {.product = "pfsense", .categories = {"firewall"}, .complete = true};
    return {};
}

}  // namespace

extern const Format filterlog{.name = "filterlog", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_filterlog
