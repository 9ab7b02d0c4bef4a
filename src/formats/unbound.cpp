// Unbound with log-queries or log-replies (unbound.conf(5)): "[1714093323] unbound[7:0] info: 192.0.2.1 www.example.com. A IN",
// a reply has " NOERROR 0.000123 0 45" behind it; in syslog the begin is "[7:0] info: ".
#include "formats/clock_text.h"
#include "formats/dns_text.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_unbound {

namespace {

using event::Ecs;

bool begins(std::string_view text) { return text.starts_with('[') && text.substr(0, 64).find("] unbound[") != std::string_view::npos; }

int sniff(const Look& look) { return look.app == "unbound" || begins(look.raw) ? 90 : 0; }

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    std::string_view text = raw;
    if (begins(raw)) {
        const auto stamp = take_bracketed(text, '[', ']');
        if (const auto time = read_epoch(stamp.value_or(""))) {
            parsed.occurred = *time;
            parsed.occurred_known = true;
        }
        take(text, "unbound");
        builder.ecs(Ecs::process_name, "unbound");
    } else {
        text = take_syslog_header(raw, context, parsed);
    }
    if (const auto process = take_bracketed(text, '[', ']'); process && !builder.has("process.pid")) builder.ecs(Ecs::process_pid, process->substr(0, process->find(':')));
    if (const auto level = take_until(text, ": ")) put(builder, Ecs::log_level, *level);
    if (!builder.has("message")) builder.ecs(Ecs::message, text);
    take(text, "reply: ");
    take(text, "query: ");
    parsed.logsource.service = "unbound";
    parsed.logsource.complete = true;
    std::string_view rest = text;
    const std::string_view client = take_word(rest);
    const std::string_view name = take_word(rest);
    const std::string_view type = take_word(rest);
    const std::string_view klass = take_word(rest);
    if (!name.ends_with('.') || (klass != "IN" && klass != "CH" && klass != "HS" && klass != "ANY")) return {};  // another message
    builder.ecs(Ecs::source_ip, client.substr(0, client.find('@')));
    add_question(name, type, klass, parsed);
    const std::string_view code = take_word(rest);
    put(builder, Ecs::dns_response_code, code);
    builder.ecs(Ecs::dns_type, code.empty() ? "query" : "answer").ecs(Ecs::event_action, "dns_query");
    if (const auto took = nanoseconds(take_word(rest), 1'000'000'000); took && !code.empty()) builder.ecs(Ecs::event_duration, *took);
    return {};
}

}  // namespace

extern const Format unbound{.name = "unbound", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_unbound
