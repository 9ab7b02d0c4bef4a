// BIND 9's query log (ARM, "The query Log Entry"): "client @0x7f 192.0.2.1#53124 (www.example.com): query: www.example.com IN
// A +E(0)K (192.0.2.53)", behind a time of its own, a category and a level, or a syslog header.
#include "formats/dns_text.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_bind {

namespace {

using event::Ecs;

std::size_t find_client(std::string_view text) {
    const std::size_t at = text.substr(0, 200).find("client ");
    return at != std::string_view::npos && (at == 0 || text[at - 1] == ' ') ? at : std::string_view::npos;
}

int sniff(const Look& look) {
    const std::string_view text = look.text.substr(0, 2048);
    const std::size_t client = find_client(text);
    if (client == std::string_view::npos || text.find('#', client) == std::string_view::npos) return 0;
    // Zone transfers and updates that were refused, of the categories security and update-security.
    if (text.substr(client).starts_with("client @0x") && text.find("' denied", client) != std::string_view::npos) return 90;
    return text.find("): query: ", client) != std::string_view::npos || text.find(": query: ", client) != std::string_view::npos ? 95 : look.app == "named" ? 60 : 0;
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    std::string_view text = take_syslog_header(raw, context, parsed);
    const std::size_t client = find_client(text);
    if (client == std::string_view::npos) return fail(Code::bad_input, "no line of BIND about a client");
    if (const auto time = read_time_by("%d-%b-%Y %H:%M:%S.%f", text.substr(0, std::min<std::size_t>(24, client)), context.zone)) {
        parsed.occurred = *time;
        parsed.occurred_known = true;
    }
    if (!builder.has("message")) builder.ecs(Ecs::message, text.substr(client));
    std::string_view rest = text.substr(client + 7);
    if (rest.starts_with("@0x")) take_word(rest);
    const auto address = take_until(rest, "#");
    if (!address) return fail(Code::bad_input, "no line of BIND about a client: the address is not followed by #port");
    builder.ecs(Ecs::source_ip, *address);
    builder.ecs(Ecs::source_port, take_digits(rest));
    if (const std::string_view view = between(rest, ": view ", ":"); !view.empty()) builder.text("view", view);
    const std::size_t at = rest.find("query: ");
    const std::size_t denied = rest.find("denied");
    parsed.logsource.service = "bind";
    if (at != std::string_view::npos) {
        std::string_view query = rest.substr(at + 7);
        const std::string_view name = take_word(query);
        const std::string_view klass = take_word(query);
        const std::string_view type = take_word(query);
        const std::string_view flags = take_word(query);
        add_question(name, type, klass, parsed);
        if (!flags.empty() && flags.find_first_of("+-") == 0) {
            builder.text("flags", flags);
            builder.ecs(Ecs::network_transport, flags.find('T') != std::string_view::npos ? "tcp" : "udp");
        }
        if (const auto server = take_bracketed(query, '(', ')')) put(builder, Ecs::destination_ip, *server);
        builder.ecs(Ecs::dns_type, "query").ecs(Ecs::event_action, "dns_query");
    } else if (denied != std::string_view::npos) {
        // "query (cache) 'example.com/A/IN' denied"
        std::string_view what = between(rest, "'", "'");
        const std::string_view name = what.substr(0, what.find('/'));
        what.remove_prefix(std::min(name.size() + 1, what.size()));
        add_question(name, what.substr(0, what.find('/')), {}, parsed);
        builder.ecs(Ecs::event_action, "dns_query").ecs(Ecs::event_outcome, "failure");
    }
    parsed.logsource.complete = true;
    return {};
}

}  // namespace

extern const Format bind{.name = "bind", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_bind
