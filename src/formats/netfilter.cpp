// Packets that iptables and nftables log (xt_LOG, nf_log_syslog), and ulogd's LOGEMU of NFLOG: "PREFIX IN=eth0 OUT= MAC=...
// SRC=192.0.2.7 DST=203.0.113.1 LEN=60 ... PROTO=TCP SPT=1 DPT=2 ... SYN URGP=0".
#include <algorithm>

#include "base/text.h"
#include "formats/flat.h"
#include "formats/format.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_netfilter {

namespace {

using event::Ecs;

constexpr KnownName kKnown[] = {{"SRC", Ecs::source_ip}, {"DST", Ecs::destination_ip}, {"SPT", Ecs::source_port}, {"DPT", Ecs::destination_port},
                            {"PROTO", Ecs::network_transport, Turn::transport}, {"IN", Ecs::observer_ingress_interface_name}, {"OUT", Ecs::observer_egress_interface_name},
                            {"LEN", Ecs::network_bytes}, {"UID", Ecs::user_id}};

std::size_t find_fields(std::string_view text) {
    for (std::size_t at = text.find("IN="); at != std::string_view::npos; at = text.find("IN=", at + 1))
        if ((at == 0 || !(is_letter(text[at - 1]) || is_digit(text[at - 1]))) && text.find("OUT=", at) != std::string_view::npos) return at;
    return text.find(" MAC=") != std::string_view::npos ? text.find(" OUT=") : std::string_view::npos;
}

int sniff(const Look& look) {
    const std::string_view text = look.raw.substr(0, 1024);
    const std::size_t at = text.find(" SRC=");
    return at != std::string_view::npos && text.find(" DST=", at) != std::string_view::npos && text.find(" PROTO=", at) != std::string_view::npos && text.find("ORIG: ") == std::string_view::npos ? 92 : 0;
}

// What a prefix says was done, when it says so in the usual words.
void read_prefix(std::string_view prefix, event::Builder& builder) {
    while (!prefix.empty() && (prefix.back() == ' ' || prefix.back() == ':')) prefix.remove_suffix(1);
    if (prefix.starts_with('[')) {
        const std::size_t close = prefix.find(']');
        const std::string_view inside = prefix.substr(1, close == std::string_view::npos ? 0 : close - 1);
        if (close != std::string_view::npos && inside.find_first_not_of(" 0123456789.") == std::string_view::npos) prefix = trim(prefix.substr(close + 1));  // the kernel's clock
    }
    if (prefix.empty()) return;
    builder.ecs(Ecs::rule_name, prefix);
    const std::string_view lower = lower_in(prefix, builder.arena());
    const auto says = [lower](std::initializer_list<std::string_view> words) {
        return std::any_of(words.begin(), words.end(), [lower](std::string_view word) { return lower.find(word) != std::string_view::npos; });
    };
    if (says({"block", "drop", "reject", "deny", "denied"})) builder.ecs(Ecs::event_action, "blocked").ecs(Ecs::event_outcome, "failure");
    else if (says({"accept", "allow", "pass"})) builder.ecs(Ecs::event_action, "allowed").ecs(Ecs::event_outcome, "success");
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    const std::string_view text = take_syslog_header(raw, context, parsed);
    const std::size_t at = find_fields(text);
    const std::string_view fields = text.substr(at == std::string_view::npos ? text.size() : at);
    if (fields.find("SRC=") == std::string_view::npos) return fail(Code::bad_input, "no packet of netfilter: there is no IN=, OUT= and SRC= in it");
    Flat flat{builder};
    std::string_view mac;
    const std::size_t quoted = fields.find(" [SRC=");  // an ICMP error quotes the packet that it answers
    for (Pairs pairs{fields.substr(0, quoted), builder.arena(), " \t"}; pairs.next();) {
        flat.pair(pairs.name, pairs.value);
        if (pairs.name == "MAC") mac = pairs.value;
    }
    if (quoted != std::string_view::npos)
        for (Pairs pairs{fields.substr(quoted), builder.arena(), " \t[]"}; pairs.next();) flat.pair(flat.join("inner", pairs.name), pairs.value);
    flat.finish();
    put_known(kKnown, builder);
    if (const event::Field* const kind = builder.find("TYPE"); kind != nullptr)
        if (const auto number = parse_int(kind->text)) builder.integer("icmp_type", *number, std::string_view{kind->text});
    if (const event::Field* const code = builder.find("CODE"); code != nullptr)
        if (const auto number = parse_int(code->text)) builder.integer("icmp_code", *number, std::string_view{code->text});
    if (mac.size() >= 35) {  // of Ethernet: destination, source and type
        builder.ecs(Ecs::destination_mac, mac.substr(0, 17));
        builder.ecs(Ecs::source_mac, mac.substr(18, 17));
    }
    read_prefix(text.substr(0, at), builder);
    builder.ecs(Ecs::event_category, "network");
    parsed.logsource = {.product = "linux", .categories = {"firewall"}, .service = "netfilter", .complete = true};
    return {};
}

}  // namespace

extern const Format netfilter{.name = "netfilter", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_netfilter
