// nginx's error log: "2024/04/26 08:02:03 [error] 7#7: *12 MESSAGE, client: 192.0.2.1, server: NAME, request: "..."".
#include "formats/format.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_nginx_error {

namespace {

using event::Ecs;

bool begins(std::string_view text) {
    return text.size() > 22 && is_digit(text[0]) && text[4] == '/' && text[7] == '/' && text[10] == ' ' && text[13] == ':' && text[16] == ':' && text.substr(19, 2) == " [";
}

int sniff(const Look& look) {
    if (!begins(look.text)) return 0;
    const std::string_view rest = look.text.substr(20, 200);
    const std::size_t close = rest.find("] ");
    if (close == std::string_view::npos || rest.empty() || is_digit(rest[1])) return 0;
    std::string_view number = rest.substr(close + 2);
    return !take_digits(number).empty() && number.starts_with('#') ? 90 : 45;
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    std::string_view rest = take_syslog_header(raw, context, parsed);
    if (!begins(rest)) return fail(Code::bad_input, "no line of an nginx error log: it does not begin with year/month/day time [level]");
    if (const auto time = read_time_by("%Y/%m/%d %H:%M:%S", rest.substr(0, 19), context.zone)) {
        parsed.occurred = *time;
        parsed.occurred_known = true;
    }
    rest.remove_prefix(20);
    if (const auto level = take_bracketed(rest, '[', ']')) builder.ecs(Ecs::log_level, *level);
    std::string_view process = rest.substr(0, rest.find(' '));
    if (process.ends_with(':') && process.find('#') != std::string_view::npos) {
        take_word(rest);
        builder.ecs(Ecs::process_pid, take_digits(process));
        if (rest.starts_with('*')) {
            std::string_view connection = take_word(rest);
            connection.remove_prefix(1);
            builder.text("connection", connection);
        }
    }
    if (!builder.has("message")) builder.ecs(Ecs::message, rest);
    // The parts stand at the end; what is before the first of them may hold commas.
    if (const std::string_view client = between(rest, ", client: ", ","); !client.empty()) add_host(builder, Ecs::source_ip, Ecs::source_domain, client);
    else if (rest.starts_with("client ")) {  // of its mail proxy: "client 192.0.2.1:5555 connected to 0.0.0.0:25"
        const HostPort peer = split_host_port(rest.substr(7, rest.find(' ', 7) == std::string_view::npos ? rest.size() : rest.find(' ', 7) - 7));
        add_host(builder, Ecs::source_ip, Ecs::source_domain, peer.host);
        put(builder, Ecs::source_port, peer.port);
    }
    if (const std::string_view server = between(rest, ", server: ", ","); !server.empty()) put(builder, Ecs::server_domain, server);
    if (const std::size_t at = rest.find(", request: \""); at != std::string_view::npos) {
        std::string_view quoted = rest.substr(at + 11);
        if (const auto request = take_quoted(quoted, builder.arena())) add_request(*request, builder);
    }
    if (const std::string_view upstream = between(rest, ", upstream: \"", "\""); !upstream.empty()) builder.text("upstream", upstream);
    if (const std::string_view host = between(rest, ", host: \"", "\""); !host.empty()) {
        builder.ecs(Ecs::url_domain, split_host_port(host).host);
    }
    if (const std::string_view referrer = between(rest, ", referrer: \"", "\""); !referrer.empty()) builder.ecs(Ecs::http_request_referrer, referrer);
    if (rest.starts_with("user \"")) {
        put(builder, Ecs::user_name, between(rest, "user \"", "\""));
        const bool refused = rest.find("password mismatch") != std::string_view::npos || rest.find("was not found in") != std::string_view::npos;
        if (refused) builder.ecs(Ecs::event_action, "http_login").ecs(Ecs::event_outcome, "failure");
    }
    if (rest.find("limiting requests") != std::string_view::npos) builder.ecs(Ecs::event_action, "limiting_requests");
    parsed.logsource = {.service = "nginx", .complete = true};
    return {};
}

}  // namespace

extern const Format nginx_error{.name = "nginx-error", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_nginx_error
