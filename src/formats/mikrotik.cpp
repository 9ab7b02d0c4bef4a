// MikroTik RouterOS: the firewall's lines ("forward: in:bridge out:ether1, src-mac 02:..:01, proto TCP (SYN),
// 192.0.2.7:50000->203.0.113.1:443, NAT (192.0.2.7:50000->198.51.100.1:40001)->203.0.113.1:443, len 52"), DHCP leases and logins.
#include <algorithm>

#include "base/ip.h"
#include "formats/lease_text.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_mikrotik {

namespace {

using event::Ecs;

bool is_firewall(std::string_view text) {
    return text.find(" proto ") != std::string_view::npos && text.find("->") != std::string_view::npos && text.find(" in:") != std::string_view::npos && text.find(" out:") != std::string_view::npos;
}
// The server's name is one word.
bool is_lease(std::string_view text) {
    const std::size_t blank = text.find(' ');
    return blank != std::string_view::npos && (text.substr(blank).starts_with(" assigned ") || text.substr(blank).starts_with(" deassigned "));
}
bool is_login(std::string_view text) { return (text.starts_with("user ") || text.starts_with("login failure for user ")) && text.find(" via ") != std::string_view::npos; }

// "system,info,account user admin ...": the topics, and steps over them; empty: there are none.
std::string_view take_topics(std::string_view& text) {
    const std::size_t end = text.find(' ');
    if (end == std::string_view::npos || text.substr(0, end).find(',') == std::string_view::npos || text.substr(0, end).find_first_of(":=(.") != std::string_view::npos) return {};
    const std::string_view topics = text.substr(0, end);
    text.remove_prefix(end + 1);
    return topics;
}

int sniff(const Look& look) {
    std::string_view text = look.text.substr(0, 1024);
    if (text.starts_with('{') || text.starts_with('<')) return 0;
    const bool topics = !take_topics(text).empty();
    // Topics come before the message, as in "firewall,info" or "dhcp,info"; RouterOS 7 may write a syslog header that ends there.
    if (is_firewall(text) || (text.starts_with("in:") && is_firewall(look.raw.substr(0, 1024)))) return 90;
    if (is_login(text) && (topics || text.find(" logged in from ") != std::string_view::npos || text.starts_with("login failure"))) return 70;
    return is_lease(text) && (topics || text.find(" to ") != std::string_view::npos || text.find(" for ") != std::string_view::npos) && text.find(':') != std::string_view::npos ? 55 : 0;
}

void add_end(std::string_view text, Ecs address, Ecs port, event::Builder& builder) {
    // "192.0.2.7:50000", "[2001:db8::1]:443", or an address alone.
    const HostPort end = split_host_port(text);
    put(builder, address, end.host);
    put(builder, port, end.port);
}

void read_firewall(std::string_view text, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    const std::size_t in = text.find(" in:");
    std::string_view before = text.substr(0, in);
    while (before.ends_with(':') || before.ends_with(' ')) before.remove_suffix(1);
    const std::size_t last = before.rfind(' ');
    builder.text("chain", before.substr(last == std::string_view::npos ? 0 : last + 1));
    if (last != std::string_view::npos) put(builder, Ecs::rule_name, before.substr(0, last));
    const auto interface = [](std::string_view name) { return name.starts_with('(') ? std::string_view{} : name; };
    put(builder, Ecs::observer_ingress_interface_name, interface(between(text, " in:", " ")));
    std::string_view out = between(text, " out:", " ");
    while (out.ends_with(',')) out.remove_suffix(1);
    put(builder, Ecs::observer_egress_interface_name, interface(out));
    put(builder, Ecs::source_mac, between(text, "src-mac ", ","));
    std::string_view rest = between(text, " proto ", "");
    std::string_view protocol = rest.substr(0, rest.find_first_of(" ,"));
    put(builder, Ecs::network_transport, transport_name(protocol, builder.arena()));
    if (const std::string_view flags = between(rest.substr(0, rest.find("->")), "(", ")"); !flags.empty()) builder.text("flags", flags);
    const std::size_t arrow = rest.find("->");
    const std::string_view left = rest.substr(0, arrow);
    const std::string_view right = rest.substr(arrow + 2);
    add_end(left.substr(left.rfind(' ') + 1), Ecs::source_ip, Ecs::source_port, builder);
    add_end(right.substr(0, right.find_first_of(", ")), Ecs::destination_ip, Ecs::destination_port, builder);
    // "NAT (inside->outside)->target" translated the source, "NAT source->(outside->inside)" the destination.
    std::string_view nat = between(rest, "NAT ", "");
    if (nat.starts_with('(')) {
        const std::string_view inside = between(nat, "(", ")");
        const std::size_t to = inside.find("->");
        if (to != std::string_view::npos) add_end(inside.substr(to + 2), Ecs::source_nat_ip, Ecs::source_nat_port, builder);
    }
    if (const std::size_t at = nat.find("->("); at != std::string_view::npos) {
        const std::string_view inside = between(nat.substr(at), "(", ")");
        const std::size_t to = inside.find("->");
        if (to != std::string_view::npos) add_end(inside.substr(to + 2), Ecs::destination_nat_ip, Ecs::destination_nat_port, builder);
    }
    std::string_view length = between(rest, "len ", "");
    put(builder, Ecs::network_bytes, take_digits(length));
    builder.ecs(Ecs::event_category, "network");
    parsed.logsource = {.product = "mikrotik", .categories = {"firewall"}, .complete = true};
}

// "dhcp1 assigned 192.0.2.50 to 02:00:00:00:00:01 pc1", "dhcp1 deassigned 192.0.2.50 from ...", and of version 7 "dhcp1
// assigned 192.0.2.50 for 02:00:00:00:00:01 pc1".
void read_lease(std::string_view text, event::Builder& builder) {
    const bool gone = text.find(" deassigned ") != std::string_view::npos;
    std::string_view rest = between(text, gone ? " deassigned " : " assigned ", "");
    Lease lease;
    const std::string_view first = take_word(rest);
    const std::string_view link = take_word(rest);
    if (!parse_address(first) || (link != "to" && link != "from" && link != "for")) return;
    lease.address = first;
    lease.mac = take_word(rest);
    lease.host = take_word(rest);
    add_lease(lease, builder);
    builder.ecs(Ecs::event_action, gone ? "lease_released" : "lease_granted").ecs(Ecs::network_protocol, "dhcp");
}

// "user admin logged in from 192.0.2.7 via winbox", "login failure for user admin from 192.0.2.7 via ssh"
void read_login(std::string_view text, event::Builder& builder) {
    const bool failed = text.starts_with("login failure");
    const std::string_view rest = text.substr(text.find("user ") + 5);
    const std::size_t end = std::min(rest.rfind(" from "), rest.size());
    std::string_view user = rest.substr(0, end);
    const bool out = user.ends_with(" logged out");
    if (const std::size_t logged = user.rfind(" logged "); logged != std::string_view::npos) user = user.substr(0, logged);
    put(builder, Ecs::user_name, user);
    std::string_view from = rest.substr(std::min(end + 6, rest.size()));
    add_host(builder, Ecs::source_ip, Ecs::source_domain, from.substr(0, from.find(' ')));
    put(builder, Ecs::network_application, between(from, " via ", ""));
    builder.ecs(Ecs::event_action, out ? "logout" : "login").ecs(Ecs::event_outcome, failed ? "failure" : "success").ecs(Ecs::event_category, "authentication");
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    std::string_view text = take_syslog_header(raw, context, parsed);
    parsed.logsource = {.product = "mikrotik", .complete = true};
    if (const std::string_view topics = take_topics(text); !topics.empty()) parsed.builder.text("topics", topics);
    if (!parsed.builder.has("message")) parsed.builder.ecs(Ecs::message, text);
    // A tag of syslog may have taken the chain ("forward: in:...").
    if (is_firewall(text)) read_firewall(text, parsed);
    else if (text.starts_with("in:") && text.find("->") != std::string_view::npos) {
        const std::string_view chain = parsed.builder.find("process.name") == nullptr ? std::string_view{"-"} : std::string_view{parsed.builder.find("process.name")->text};
        char* const memory = parsed.builder.arena().take(chain.size() + 2 + text.size());
        std::copy(chain.begin(), chain.end(), memory);
        memory[chain.size()] = ':';
        memory[chain.size() + 1] = ' ';
        std::copy(text.begin(), text.end(), memory + chain.size() + 2);
        read_firewall({memory, chain.size() + 2 + text.size()}, parsed);
    } else if (is_lease(text)) read_lease(text, parsed.builder);
    else if (is_login(text)) read_login(text, parsed.builder);
    return {};
}

}  // namespace

extern const Format mikrotik{.name = "mikrotik", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_mikrotik
