// Cisco ASA, FTD and PIX ("Cisco ASA Series Syslog Messages"): "%ASA-6-302013: Built outbound TCP connection 9 for
// outside:203.0.113.1/443 (203.0.113.1/443) to inside:192.0.2.7/50000 (198.51.100.1/40001)".
#include <algorithm>
#include <string>

#include "base/ip.h"
#include "base/text.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_cisco_asa {

namespace {

using event::Ecs;

struct End {
    std::string_view interface, address, port, user, nat_address, nat_port;
};

std::size_t find_mark(std::string_view text) {
    for (const std::string_view mark : {"%ASA-", "%FTD-", "%PIX-", "%FWSM-"})
        if (const std::size_t at = text.substr(0, 512).find(mark); at != std::string_view::npos) return at;
    return std::string_view::npos;
}

int sniff(const Look& look) { return find_mark(look.raw) != std::string_view::npos ? 95 : 0; }

// "inside:192.0.2.7/50000", "192.0.2.7/50000(NAME)", "192.0.2.7(50000)", "outside/192.0.2.7(50000)".
std::optional<End> read_end(std::string_view text) {
    End end;
    while (text.ends_with(',') || text.ends_with('.') || text.ends_with(':')) text.remove_suffix(1);
    if (const std::size_t open = text.find('('); open != std::string_view::npos) {
        const std::string_view inside = text.substr(open + 1, text.find(')', open) - open - 1);
        if (inside.find_first_not_of("0123456789") == std::string_view::npos) end.port = inside;
        else end.user = inside;
        text = text.substr(0, open);
    }
    // The address may be IPv6: the interface ends at the first colon before an address, the port begins at the last slash.
    std::string_view address = text.substr(0, text.rfind('/'));
    if (text.rfind('/') != std::string_view::npos) {
        const std::string_view tail = text.substr(text.rfind('/') + 1);
        if (parse_address(tail)) {  // "outside/192.0.2.7"
            end.interface = text.substr(0, text.rfind('/'));
            end.address = tail;
            return end;
        }
        end.port = tail;
    }
    for (std::size_t from = 0;;) {
        if (parse_address(address.substr(from))) {
            end.address = address.substr(from);
            if (from > 0) end.interface = address.substr(0, from - 1);
            return end;
        }
        const std::size_t colon = address.find(':', from);
        if (colon == std::string_view::npos || from > 64) return std::nullopt;
        from = colon + 1;
    }
}

// The end at the begin of `text`, and what stands in brackets behind it: its address outside and, of users, a name.
std::optional<End> take_end(std::string_view& rest) {
    auto end = read_end(take_word(rest));
    if (!end) return std::nullopt;
    if (rest.starts_with('('))
        if (std::string_view probe = rest; const auto inside = take_bracketed(probe, '(', ')')) {
            const auto mapped = read_end(*inside);
            rest = probe;
            if (mapped) {
                end->nat_address = mapped->address;
                end->nat_port = mapped->port;
            } else if (end->user.empty()) {
                end->user = *inside;
            }
        }
    return end;
}

// Ports may be names ("https"): then the native text has them.
void add(const End& end, bool source, event::Builder& builder) {
    put(builder, source ? Ecs::source_ip : Ecs::destination_ip, end.address);
    put(builder, source ? Ecs::source_port : Ecs::destination_port, end.port);
    put(builder, source ? Ecs::observer_ingress_interface_name : Ecs::observer_egress_interface_name, end.interface);
    if (!end.nat_address.empty() && (end.nat_address != end.address || end.nat_port != end.port)) {
        put(builder, source ? Ecs::source_nat_ip : Ecs::destination_nat_ip, end.nat_address);
        put(builder, source ? Ecs::source_nat_port : Ecs::destination_nat_port, end.nat_port);
    }
    std::string_view user = end.user;
    if (user.starts_with("LOCAL\\")) user.remove_prefix(6);
    if (source) put(builder, Ecs::user_name, user);
}

// The ends behind two words, in this order.
bool add_ends(std::string_view text, std::string_view before_source, std::string_view before_destination, event::Builder& builder) {
    const std::size_t at = text.find(before_source);
    if (at == std::string_view::npos) return false;
    std::string_view rest = text.substr(at + before_source.size());
    const auto source = take_end(rest);
    if (!source) return false;
    const std::size_t to = (" " + std::string{rest}).find(before_destination);
    if (to == std::string_view::npos) {
        add(*source, true, builder);
        return true;
    }
    rest.remove_prefix(std::min(to + before_destination.size() - 1, rest.size()));
    add(*source, true, builder);
    if (const auto destination = take_end(rest)) add(*destination, false, builder);
    return true;
}

// "Built inbound TCP connection 9 for A to B": A is the one with the lower security level. What opened it is A when it is
// inbound, and B when it is outbound.
void read_connection(std::string_view text, event::Builder& builder, bool built) {
    const bool outbound = text.starts_with("Built outbound");
    std::string_view rest = text;
    const std::size_t at = rest.find(" connection ");
    const std::string_view before = rest.substr(0, at);
    put(builder, Ecs::network_transport, transport_name(before.substr(before.rfind(' ') + 1), builder.arena()));
    if (outbound || text.starts_with("Built inbound")) builder.ecs(Ecs::network_direction, outbound ? "outbound" : "inbound");
    rest.remove_prefix(at + 12);
    put(builder, Ecs::event_id, take_word(rest));
    End first, second;
    if (take(rest, "for faddr ")) {  // ICMP
        const std::string_view faddr = take_word(rest);
        const auto foreign = read_end(faddr.substr(0, faddr.find('(')));
        if (rest.starts_with('(')) take_bracketed(rest, '(', ')');
        std::string_view gaddr, laddr;
        if (take(rest, "gaddr ")) gaddr = take_word(rest);
        if (rest.starts_with('(')) take_bracketed(rest, '(', ')');
        if (take(rest, "laddr ")) laddr = take_word(rest);
        const auto outside = read_end(gaddr);
        const auto local = read_end(laddr);
        if (!foreign || !local) return;
        first = {.interface = {}, .address = foreign->address, .port = {}, .user = {}, .nat_address = {}, .nat_port = {}};
        second = {.interface = {}, .address = local->address, .port = {}, .user = {}, .nat_address = outside ? outside->address : std::string_view{}, .nat_port = {}};
    } else {
        if (!take(rest, "for ")) return;
        const auto one = take_end(rest);
        if (!one || !take(rest, "to ")) return;
        const auto other = take_end(rest);
        if (!other) return;
        first = *one;
        second = *other;
    }
    // A teardown does not say who opened it: then the second, which is the inner one, is taken for the source.
    const bool second_first = outbound || !built;
    add(second_first ? second : first, true, builder);
    add(second_first ? first : second, false, builder);
    if (!built) {
        // "duration 0:01:02 bytes 3456 TCP FINs"
        std::string_view spent = between(rest, "duration ", " ");
        std::int64_t seconds = 0;
        bool good = !spent.empty() && spent.size() < 16;
        while (good && !spent.empty()) {
            const std::string_view part = spent.substr(0, spent.find(':'));
            const auto number = parse_int(part);
            good = number && *number >= 0 && *number < 1'000'000;
            seconds = seconds * 60 + number.value_or(0);
            spent.remove_prefix(std::min(part.size() + 1, spent.size()));
        }
        if (good && seconds > 0) builder.ecs(Ecs::event_duration, seconds * 1'000'000'000);
        put(builder, Ecs::network_bytes, between(rest, "bytes ", " "));
        if (const std::string_view bytes = between(rest, "bytes ", ""); bytes.find(' ') != std::string_view::npos) put(builder, Ecs::event_reason, trim(bytes.substr(bytes.find(' '))));
    }
    builder.ecs(Ecs::event_action, built ? "connection_opened" : "connection_closed");
}

// "Built dynamic TCP translation from inside:192.0.2.7/50000 to outside:198.51.100.1/40001"
void read_translation(std::string_view text, event::Builder& builder, bool built) {
    std::string_view kind = between(text, built ? "Built " : "Teardown ", " translation");
    kind = kind.substr(kind.rfind(' ') + 1);
    if (kind == "TCP" || kind == "UDP" || kind == "ICMP") builder.ecs(Ecs::network_transport, lower_in(kind, builder.arena()));
    std::string_view rest = between(text, " from ", "");
    const auto inside = take_end(rest);
    if (!inside || !take(rest, "to ")) return;
    const auto outside = take_end(rest);
    if (!outside) return;
    add(*inside, true, builder);
    put(builder, Ecs::source_nat_ip, outside->address);
    put(builder, Ecs::source_nat_port, outside->port);
    builder.ecs(Ecs::event_action, built ? "translation_opened" : "translation_closed");
}

void read_message(std::string_view id, std::string_view text, event::Builder& builder) {
    const auto is = [id](std::initializer_list<std::string_view> ids) { return std::find(ids.begin(), ids.end(), id) != ids.end(); };
    if (is({"302013", "302015", "302020", "302303"})) return read_connection(text, builder, true);
    if (is({"302014", "302016", "302021", "302304"})) return read_connection(text, builder, false);
    if (is({"305011", "305012"})) return read_translation(text, builder, id == "305011");
    const std::string_view lower = lower_in(text.substr(0, 256), builder.arena());
    for (const std::string_view transport : {"tcp", "udp", "icmp"})
        if (lower.find(transport) != std::string_view::npos) {
            builder.ecs(Ecs::network_transport, transport);
            break;
        }
    // "access-list NAME denied tcp inside/192.0.2.7(5) -> outside/203.0.113.1(80) hit-cnt 1"
    if (const std::size_t arrow = text.find(" -> "); is({"106100", "106102", "106103"}) && arrow != std::string_view::npos) {
        put(builder, Ecs::rule_name, between(text, "access-list ", " "));
        const std::string_view left = text.substr(0, arrow);
        if (const auto source = read_end(left.substr(left.rfind(' ') + 1))) add(*source, true, builder);
        std::string_view right = text.substr(arrow + 4);
        if (const auto destination = read_end(take_word(right))) add(*destination, false, builder);
    } else if (!add_ends(text, " src ", " dst ", builder) && !add_ends(text, " from ", " to ", builder) && !add_ends(text, "for user from ", " to ", builder)) {
        add_host(builder, Ecs::source_ip, Ecs::source_domain, trim(between(text, "user IP = ", ",")));
    }
    if (const std::string_view group = between(text, "by access-group \"", "\""); !group.empty()) builder.ecs(Ecs::rule_name, group);
    const bool refused = lower.find("den") != std::string_view::npos && (lower.starts_with("deny") || lower.find("denied") != std::string_view::npos || lower.find("denies") != std::string_view::npos);
    const bool failed = lower.find("failed") != std::string_view::npos || lower.find("rejected") != std::string_view::npos || lower.find("discarded") != std::string_view::npos;
    if (refused) builder.ecs(Ecs::event_action, "blocked").ecs(Ecs::event_outcome, "failure");
    else if (lower.find("permitted") != std::string_view::npos) builder.ecs(Ecs::event_action, "allowed").ecs(Ecs::event_outcome, "success");
    else if (failed) builder.ecs(Ecs::event_outcome, "failure");
    // AAA and VPN: "user = an", "Username = an", "user 'an'", "Uname: an"
    for (const auto& [begin, end] : {std::pair<std::string_view, std::string_view>{"Username = ", ","}, {"user = ", " :"}, {"User <", ">"}, {"Uname: ", " "}, {"user '", "'"}, {"for user \"", "\""}, {"User '", "'"}})
        if (const std::string_view user = trim(between(text, begin, end)); !user.empty() && user != "*****" && !builder.has("user.name")) {
            builder.ecs(Ecs::user_name, user.substr(0, user.find(' ')));
            break;
        }
    for (const auto& [begin, end] : {std::pair<std::string_view, std::string_view>{"IP <", ">"}, {"IP = ", ","}, {"user IP = ", " "}})
        if (const std::string_view address = trim(between(text, begin, end)); !address.empty() && !builder.has("source.ip")) put(builder, Ecs::source_ip, address);
    if (const std::string_view command = between(text, "executed the '", "' command"); !command.empty()) builder.ecs(Ecs::process_command_line, command);
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    const std::size_t at = find_mark(raw);
    if (at == std::string_view::npos) return fail(Code::bad_input, "no message of Cisco ASA: there is no %ASA- in it");
    if (const auto header = read_syslog_header(raw, context)) {
        add_syslog_header(*header, parsed);
    }
    std::string_view rest = raw.substr(at + 1);
    while (!rest.empty() && (rest.back() == '\n' || rest.back() == '\r')) rest.remove_suffix(1);
    const std::string_view product = *take_until(rest, "-");
    std::string_view level = rest;
    const auto head = take_until(rest, ": ");
    if (!head) return fail(Code::bad_input, "no message of Cisco ASA: behind the mark stand no number and colon");
    level = *head;
    // Some platforms put a class between level and number: "%ASA-session-6-302013".
    const std::string_view id = level.substr(level.rfind('-') + 1);
    const std::size_t digit = level.find_first_of("01234567");
    if (id.size() < 5 || id.find_first_not_of("0123456789") != std::string_view::npos || digit == std::string_view::npos) return fail(Code::bad_input, "no message of Cisco ASA: it has no number");
    builder.ecs(Ecs::event_code, id);
    builder.ecs(Ecs::event_severity, level.substr(digit, 1));
    builder.ecs(Ecs::observer_product, lower_in(product, builder.arena())).ecs(Ecs::observer_vendor, "cisco");
    if (!builder.has("message")) builder.ecs(Ecs::message, rest);
    read_message(id, trim(rest), builder);
    builder.ecs(Ecs::event_category, "network");
    const bool flow = builder.has("source.ip") && builder.has("destination.ip");
    parsed.logsource = {.product = "cisco", .service = "asa", .complete = true};
    if (flow) parsed.logsource.categories[0] = "firewall";
    return {};
}

}  // namespace

extern const Format cisco_asa{.name = "cisco-asa", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_cisco_asa
