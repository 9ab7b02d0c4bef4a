// Zimbra's mailbox.log and audit.log: "2024-04-26 08:02:03,250 WARN  [qtp1-2:https://...] [name=lan@example.com;oip=203.0.113.7;
// ua=...;] security - cmd=Auth; account=...; protocol=soap; error=...;" (ZimbraLog of zm-mailbox). Times have no zone.
#include <algorithm>

#include "base/text.h"
#include "formats/flat.h"
#include "formats/format.h"
#include "formats/mapping.h"
#include "formats/text_scan.h"

namespace vg::formats::of_zimbra {

namespace {

using event::Ecs;

struct Line {
    std::string_view time, level, thread, context, component, message;
};

constexpr std::string_view kLevels[] = {"INFO", "WARN", "ERROR", "FATAL", "DEBUG", "TRACE"};

// "[...]" and the blanks behind it; the names in it may hold brackets of their own in pairs (an IPv6 address in a URL).
std::optional<std::string_view> take_brackets(std::string_view& rest) {
    if (!rest.starts_with('[')) return std::nullopt;
    int depth = 0;
    for (std::size_t i = 0; i < rest.size(); ++i) {
        if (rest[i] == '[') ++depth;
        if (rest[i] != ']' || --depth > 0) continue;
        const std::string_view inside = rest.substr(1, i - 1);
        rest.remove_prefix(i + 1);
        while (rest.starts_with(' ')) rest.remove_prefix(1);
        return inside;
    }
    return std::nullopt;
}

std::optional<Line> read(std::string_view text) {
    if (text.size() < 40 || text[4] != '-' || text[10] != ' ' || text[13] != ':' || text[19] != ',' || !is_digit(text[0])) return std::nullopt;
    Line line;
    line.time = text.substr(0, 23);
    text = trim(text.substr(23));
    line.level = take_word(text);
    if (std::find(std::begin(kLevels), std::end(kLevels), line.level) == std::end(kLevels)) return std::nullopt;
    const auto thread = take_brackets(text);
    const auto context = take_brackets(text);
    const std::size_t dash = text.find(" - ");
    if (!thread || !context || dash == std::string_view::npos || dash > 40) return std::nullopt;
    line.thread = *thread;
    line.context = *context;
    line.component = text.substr(0, dash);
    line.message = trim(text.substr(dash + 3));
    return line;
}

int sniff(const Look& look) { return read(look.raw.substr(0, 4096)) ? 91 : 0; }

// "name=lan@example.com;oip=203.0.113.7;ua=Zimbra Web Client;" and "cmd=Auth; account=...; error=...;"
template <class Use>
void each_pair(std::string_view text, Use use) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(';'), text.size());
        const std::string_view pair = trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t equals = pair.find('=');
        if (equals != std::string_view::npos && equals > 0 && equals <= 64 && equals + 1 < pair.size()) use(pair.substr(0, equals), pair.substr(equals + 1));
    }
}

void set_once(event::Builder& builder, Ecs field, std::string_view value) {
    if (builder.find(event::info(field).name) == nullptr) put(builder, field, value);
}

void add_login(bool success, std::string_view reason, event::Builder& builder) {
    builder.ecs(Ecs::event_action, "mail_login").ecs(Ecs::event_outcome, success ? "success" : "failure").ecs(Ecs::event_category, "authentication");
    put(builder, Ecs::event_reason, reason);
}

void read_message(const Line& line, Flat& flat) {
    event::Builder& builder = flat.builder();
    // oip is who asked, when a proxy stood between; ip is then the proxy's.
    each_pair(line.context, [&](std::string_view name, std::string_view value) {
        if (name == "oip") set_once(builder, Ecs::source_ip, value);
    });
    std::string_view error, command;
    if (line.component == "security")
        each_pair(line.message, [&](std::string_view name, std::string_view value) {
            if (name == "account") set_once(builder, Ecs::user_name, value);
            else if (name == "error") error = value;
            else if (name == "cmd") command = value;
            else flat.pair(name, value);
        });
    each_pair(line.context, [&](std::string_view name, std::string_view value) {
        if (name == "ip") set_once(builder, Ecs::source_ip, value);
        else if (name == "ua") set_once(builder, Ecs::user_agent_original, value);
        else if (name == "oport" || name == "port") set_once(builder, Ecs::source_port, value);
        else if (name == "oproto") set_once(builder, Ecs::network_protocol, value);
        else if (name != "oip" && name != "name") flat.pair(name, value);
    });
    constexpr std::string_view kFailed = "authentication failed for [";
    const std::size_t failed = line.message.find(kFailed);
    if (failed != std::string_view::npos) {
        const std::string_view account = line.message.substr(failed + kFailed.size());
        set_once(builder, Ecs::user_name, account.substr(0, account.find(']')));
    }
    each_pair(line.context, [&](std::string_view name, std::string_view value) {
        if (name == "name") set_once(builder, Ecs::user_name, value);
    });
    if (!command.empty()) flat.pair("cmd", command);
    if (command == "Auth" || command == "AdminAuth" || command == "PreAuth") add_login(error.empty(), error, builder);
    else if (failed != std::string_view::npos) add_login(false, line.message.substr(failed), builder);
    else if (!command.empty()) builder.ecs(Ecs::event_action, command).ecs(Ecs::event_outcome, error.empty() ? "success" : "failure");
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    const auto line = read(trim(raw));
    if (!line) return fail(Code::bad_input, "no line of Zimbra: it is TIME LEVEL [thread] [name=value;...] component - message");
    if (const auto time = read_time_by("%Y-%m-%d %H:%M:%S,%f", line->time, context.zone)) {
        parsed.occurred = *time;
        parsed.occurred_known = true;
    }
    Flat flat{builder};
    builder.ecs(Ecs::log_level, line->level);
    flat.pair("thread", line->thread);
    flat.pair("component", line->component);
    builder.ecs(Ecs::message, line->message);
    read_message(*line, flat);
    flat.finish();
    builder.ecs(Ecs::service_name, "zimbra");
    parsed.logsource = {.product = "linux", .service = "zimbra", .complete = true};
    return {};
}

}  // namespace

extern const Format zimbra{.name = "zimbra", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_zimbra
