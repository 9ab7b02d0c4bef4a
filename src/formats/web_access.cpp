// Access logs of web servers in the common and combined formats of Apache httpd and nginx, with or without the name of the
// virtual host before them, and with anything behind them.
#include "base/ip.h"
#include "formats/format.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_web_access {

namespace {

using event::Ecs;

// Where "[26/Apr/2024:08:02:03 +0700]" begins; npos: nowhere.
std::size_t find_time(std::string_view text) {
    for (std::size_t at = text.find(" ["); at != std::string_view::npos; at = text.find(" [", at + 1)) {
        std::string_view rest = text.substr(at + 2);
        if (take_digits(rest).empty()) continue;  // of the day: one or two
        if (rest.size() > 18 && rest[0] == '/' && rest[4] == '/' && rest[9] == ':' && rest[12] == ':' && rest[15] == ':') return at;
    }
    return std::string_view::npos;
}

int sniff(const Look& look) {
    const std::string_view text = look.text.substr(0, 600);
    const std::size_t at = find_time(text);
    if (at == std::string_view::npos || at < 5) return 0;
    const std::size_t close = text.find(']', at);
    return close != std::string_view::npos && text.substr(close + 1, 2) == " \"" ? 90 : 0;
}

// A quoted part; of a line that was cut in the middle of it, what is there.
std::optional<std::string_view> take_part(std::string_view& rest, Arena& arena) {
    const auto whole = take_quoted(rest, arena);
    if (whole || !rest.starts_with('"')) return whole;
    return std::exchange(rest, {}).substr(1);
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    std::string_view rest = take_syslog_header(raw, context, parsed);
    const std::size_t at = find_time(rest);
    if (at == std::string_view::npos) return fail(Code::bad_input, "no access log: there is no [day/month/year:time]");
    // "[VHOST[:PORT] ]HOST IDENT USER": the user's name may hold blanks.
    std::string_view before = rest.substr(0, at);
    rest.remove_prefix(at + 1);
    const auto stamp = take_bracketed(rest, '[', ']');
    if (!stamp) return fail(Code::bad_input, "no access log: the time is not closed");
    if (const auto time = read_time_by("%d/%b/%Y:%H:%M:%S %z", *stamp, context.zone)) {
        parsed.occurred = *time;
        parsed.occurred_known = true;
    }
    std::string_view first = take_word(before);
    if (std::string_view probe = before; !parse_address(first) && parse_address(take_word(probe))) {
        const HostPort host = split_host_port(first);
        put(builder, Ecs::url_domain, host.host);
        if (!host.port.empty()) builder.ecs(Ecs::url_port, host.port);
        first = take_word(before);
    }
    add_host(builder, Ecs::source_ip, Ecs::source_domain, first);
    const std::string_view ident = take_word(before);
    if (ident != "-") builder.text("ident", ident);
    put(builder, Ecs::user_name, before);

    const auto request = take_part(rest, builder.arena());
    if (!request) return fail(Code::bad_input, "no access log: behind the time stands no \"request\"");
    if (!add_request(*request, builder)) builder.text("request", *request);
    put(builder, Ecs::http_response_status_code, take_word(rest));
    put(builder, Ecs::http_response_body_bytes, take_word(rest));
    if (const auto referrer = take_part(rest, builder.arena())) put(builder, Ecs::http_request_referrer, *referrer);
    if (const auto agent = take_part(rest, builder.arena())) put(builder, Ecs::user_agent_original, *agent);
    if (!rest.empty()) builder.text("rest", rest);
    builder.ecs(Ecs::event_category, "web");
    parsed.logsource = {.categories = {"webserver"}, .complete = true};
    return {};
}

}  // namespace

extern const Format web_access{.name = "web-access", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_web_access
