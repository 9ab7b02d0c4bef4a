// dnsmasq with log-queries and log-dhcp: "query[A] www.example.com from 192.0.2.1", "reply www.example.com is 203.0.113.1",
// "DHCPACK(eth0) 192.0.2.50 02:00:00:00:00:01 pc1". With log-queries=extra, a serial and "192.0.2.1/53124" stand before.
#include "base/ip.h"
#include "formats/dns_text.h"
#include "formats/lease_text.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_dnsmasq {

namespace {

using event::Ecs;

int sniff(const Look& look) { return look.app == "dnsmasq" || look.app == "dnsmasq-dhcp" ? 90 : 0; }

void read_dhcp(std::string_view text, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    if (!text.empty() && is_digit(text.front())) take_word(text);  // the serial of log-dhcp
    const std::string_view kind = text.substr(0, text.find('('));
    if (!kind.starts_with("DHCP") || kind.size() == text.size()) return;
    text.remove_prefix(kind.size());
    if (const auto interface = take_bracketed(text, '(', ')')) builder.ecs(Ecs::observer_ingress_interface_name, *interface);
    Lease lease;
    std::string_view word = take_word(text);
    if (parse_address(word)) {
        lease.address = word;
        word = take_word(text);
    }
    if (word.find(':') != std::string_view::npos) lease.mac = word;
    lease.host = take_word(text);
    add_lease(lease, builder);
    put(builder, Ecs::event_action, lease_action(kind));
    builder.ecs(Ecs::event_category, "network").ecs(Ecs::network_protocol, "dhcp");
}

void read_dns(std::string_view text, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    std::string_view client;
    if (std::string_view probe = text; !take_digits(probe).empty() && probe.starts_with(' ')) {
        take_word(text);
        client = take_word(text);
        if (const std::size_t slash = client.find('/'); slash != std::string_view::npos) {
            builder.ecs(Ecs::source_ip, client.substr(0, slash));
            builder.ecs(Ecs::source_port, client.substr(slash + 1));
        }
    }
    const std::string_view verb = take_word(text);
    if (verb.starts_with("query[")) {
        const std::string_view name = take_word(text);
        add_question(name, between(verb, "[", "]"), {}, parsed);
        if (take(text, "from ") && !builder.has("source.ip")) builder.ecs(Ecs::source_ip, take_word(text));
        builder.ecs(Ecs::dns_type, "query").ecs(Ecs::event_action, "dns_query");
        return;
    }
    if (verb == "forwarded") {
        add_question(take_word(text), {}, {}, parsed);
        if (take(text, "to ")) builder.ecs(Ecs::destination_ip, take_word(text));
        builder.ecs(Ecs::event_action, "dns_forwarded");
        parsed.logsource.categories = {"dns"};
        return;
    }
    const std::string_view kind = verb.substr(verb.rfind('/') + 1);  // "/etc/hosts" names the file
    const std::size_t is = text.find(" is ");
    if (is == std::string_view::npos || (verb != "reply" && verb != "cached" && verb != "config" && verb != "cached-stale" && kind.size() == verb.size() && verb != "DHCP")) return;
    add_question(text.substr(0, is), {}, {}, parsed);
    parsed.logsource.categories = {"dns"};
    const std::string_view answer = text.substr(is + 4);
    if (answer.starts_with("NXDOMAIN") || answer.starts_with("SERVFAIL") || answer.starts_with("REFUSED")) builder.ecs(Ecs::dns_response_code, answer);
    else put(builder, Ecs::dns_answers_data, answer);
    builder.ecs(Ecs::dns_type, "answer").ecs(Ecs::event_action, "dns_answer");
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    const auto header = read_syslog_header(raw, context);
    if (!header || !header->app.starts_with("dnsmasq")) return fail(Code::bad_input, "no syslog line of dnsmasq");
    add_syslog_header(*header, parsed);
    parsed.logsource.service = "dnsmasq";
    if (header->app == "dnsmasq-dhcp" || header->message.find("DHCP") == 0) read_dhcp(header->message, parsed);
    else read_dns(header->message, parsed);
    parsed.logsource.complete = true;
    return {};
}

}  // namespace

extern const Format dnsmasq{.name = "dnsmasq", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_dnsmasq
