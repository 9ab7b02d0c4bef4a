// Squid's native access log: "1714093323.250 123 192.0.2.7 TCP_MISS/200 512 GET http://www.example.com/ an
// HIER_DIRECT/203.0.113.1 text/html".
#include "formats/clock_text.h"
#include "formats/format.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_squid {

namespace {

using event::Ecs;

struct Line {
    std::string_view time, elapsed, client, result, bytes, method, url, user, hierarchy, type;
};

bool is_result(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos || slash < 3 || text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", 0) != slash) return false;
    return text.find_first_not_of("0123456789", slash + 1) == std::string_view::npos && text.size() > slash + 1;
}

std::optional<Line> read(std::string_view text) {
    Line line;
    line.time = take_word(text);
    line.elapsed = take_word(text);
    line.client = take_word(text);
    line.result = take_word(text);
    if (!is_result(line.result) || line.time.size() < 10 || !is_digit(line.time.front()) || line.time.find('.') == std::string_view::npos) return std::nullopt;
    line.bytes = take_word(text);
    line.method = take_word(text);
    line.url = take_word(text);
    line.user = take_word(text);
    line.hierarchy = take_word(text);
    line.type = take_word(text);
    return line;
}

int sniff(const Look& look) { return !look.text.empty() && (is_digit(look.text.front()) || look.app.starts_with("squid") || look.app.starts_with("(squid")) && read(look.text.substr(0, 512)) ? 92 : 0; }

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    const auto line = read(take_syslog_header(raw, context, parsed));
    if (!line) return fail(Code::bad_input, "no line of Squid's access log");
    if (const auto time = read_epoch(line->time)) {
        parsed.occurred = *time;
        parsed.occurred_known = true;
    }
    const std::size_t slash = line->result.find('/');
    add_host(builder, Ecs::source_ip, Ecs::source_domain, line->client);
    add_host(builder, Ecs::client_ip, Ecs::client_domain, line->client);
    builder.text("result", line->result.substr(0, slash));
    put(builder, Ecs::http_response_status_code, line->result.substr(slash + 1));
    put(builder, Ecs::http_response_bytes, line->bytes);
    put(builder, Ecs::http_request_method, line->method);
    put(builder, Ecs::url_original, line->url);
    if (line->method == "CONNECT") {
        const HostPort target = split_host_port(line->url);
        put(builder, Ecs::url_domain, target.host);
        put(builder, Ecs::url_port, target.port);
        put(builder, Ecs::destination_port, target.port);
    }
    put(builder, Ecs::user_name, line->user);
    const std::size_t peer = line->hierarchy.find('/');
    if (peer != std::string_view::npos) {
        builder.text("hierarchy", line->hierarchy.substr(0, peer));
        add_host(builder, Ecs::destination_ip, Ecs::destination_domain, line->hierarchy.substr(peer + 1));
    }
    put(builder, Ecs::http_response_mime_type, line->type);
    if (const auto took = nanoseconds(line->elapsed, 1'000'000)) builder.ecs(Ecs::event_duration, *took);
    const bool denied = line->result.find("DENIED") != std::string_view::npos;
    builder.ecs(Ecs::event_action, denied ? "blocked" : "allowed").ecs(Ecs::event_category, "web");
    builder.ecs(Ecs::event_outcome, denied ? "failure" : "success");
    parsed.logsource = {.categories = {"proxy"}, .service = "squid", .complete = true};
    return {};
}

}  // namespace

extern const Format squid{.name = "squid", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_squid
