// Apache httpd's error log, 2.2 and 2.4: "[Fri Apr 26 08:02:03.123456 2024] [core:error] [pid 7:tid 8] [client 192.0.2.1:5]
// AH00124: MESSAGE".
#include "base/time.h"
#include "formats/format.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_apache_error {

namespace {

using event::Ecs;

constexpr std::string_view kLevels[] = {"emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"};

bool is_level(std::string_view text) {
    if (text.starts_with("trace")) return true;
    for (const std::string_view level : kLevels)
        if (text == level) return true;
    return false;
}

// "[Fri Apr" ... or, where a relay cut the time off, "[error] [client".
int sniff(const Look& look) {
    std::string_view text = look.text.substr(0, 300);
    if (!text.starts_with('[')) return 0;
    const bool timed = text.size() > 28 && text[4] == ' ' && text[8] == ' ' && is_digit(text[9]) && text[11] == ' ' && text[14] == ':';
    if (timed) return 90;
    const auto level = take_bracketed(text, '[', ']');
    return level && is_level(*level) ? text.starts_with("[client ") ? 90 : text.find("Apache") != std::string_view::npos ? 45 : 0 : 0;
}

// "Fri Apr 26 08:02:03.123456 2024"
std::optional<Time> read_stamp(std::string_view text, const Context& context) {
    if (text.size() < 24) return std::nullopt;
    const bool exact = text.find('.') != std::string_view::npos;
    return read_time_by(exact ? "%b %e %H:%M:%S.%f %Y" : "%b %e %H:%M:%S %Y", text.substr(4), context.zone);
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    std::string_view rest = take_syslog_header(raw, context, parsed);
    bool any = false;
    while (const auto part = take_bracketed(rest, '[', ']')) {
        if (const auto time = read_stamp(*part, context); time && !any) {
            parsed.occurred = *time;
            parsed.occurred_known = true;
        } else if (part->starts_with("client ")) {
            const HostPort peer = split_host_port(part->substr(7));
            add_host(builder, Ecs::source_ip, Ecs::source_domain, peer.host);
            if (!peer.port.empty()) builder.ecs(Ecs::source_port, peer.port);
        } else if (part->starts_with("pid ")) {
            std::string_view pid = part->substr(4);
            builder.ecs(Ecs::process_pid, take_digits(pid));
        } else if (part->starts_with("remote ") || part->starts_with("unique_id")) {
            builder.text("note", *part);
        } else if (const std::size_t colon = part->find(':'); is_level(part->substr(colon == std::string_view::npos ? 0 : colon + 1))) {
            if (colon != std::string_view::npos && colon > 0) builder.text("module", part->substr(0, colon));
            builder.ecs(Ecs::log_level, part->substr(colon == std::string_view::npos ? 0 : colon + 1));
        } else if (!any) {
            return fail(Code::bad_input, "no line of an Apache error log: it begins with neither [time] nor [level]");
        } else {
            break;
        }
        any = true;
    }
    if (!any) return fail(Code::bad_input, "no line of an Apache error log: it begins with neither [time] nor [level]");
    // "(70014)End of file found: [client 192.0.2.1:5] AH02006: ...": the system's error stands before.
    if (const std::size_t client = rest.find(": [client "); !builder.has("source.ip") && client < 200) {
        const HostPort peer = split_host_port(between(rest, ": [client ", "]"));
        add_host(builder, Ecs::source_ip, Ecs::source_domain, peer.host);
        put(builder, Ecs::source_port, peer.port);
    }
    if (rest.starts_with("AH") && rest.size() > 8 && rest[7] == ':') builder.ecs(Ecs::event_code, rest.substr(0, 7));
    if (!builder.has("message")) builder.ecs(Ecs::message, rest);
    // mod_auth_basic: "user NAME: authentication failure for ..." and "user NAME not found: ..."
    if (const std::size_t user = rest.find("user "); user != std::string_view::npos && user < 12) {
        const std::string_view text = rest.substr(user + 5);
        if (const std::size_t end = std::min(text.find(": authentication failure"), text.find(" not found: ")); end != std::string_view::npos) {
            put(builder, Ecs::user_name, text.substr(0, end));
            builder.ecs(Ecs::event_action, "http_login").ecs(Ecs::event_outcome, "failure");
        }
    }
    if (const std::string_view referer = between(rest, ", referer: ", ""); !referer.empty()) builder.ecs(Ecs::http_request_referrer, referer);
    parsed.logsource = {.service = "apache", .complete = true};
    return {};
}

}  // namespace

extern const Format apache_error{.name = "apache-error", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_apache_error
