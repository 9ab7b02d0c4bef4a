#include "formats/syslog_header.h"

#include "base/text.h"
#include "base/time.h"
#include "formats/clock_text.h"
#include "formats/text_scan.h"

namespace vg::formats {

namespace {

using event::Ecs;


// Takes the bytes up to the next blank, and the blank.
std::string_view word(std::string_view& rest) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view taken = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return taken;
}

// A priority, a year or a month's name.
bool may_begin(std::string_view line) {
    if (line.empty()) return false;
    const char c = line.front();
    return c == '<' || is_digit(c) || (c >= 'A' && c <= 'S');
}

std::string_view unless_nil(std::string_view value) { return value == "-" ? std::string_view{} : value; }

// "<34>", RFC 5424 section 6.2.1.
bool take_priority(std::string_view& rest, int& priority) {
    if (!rest.starts_with('<')) return false;
    int value = 0;
    std::size_t i = 1;
    for (; i < rest.size() && i < 4 && is_digit(rest[i]); ++i) value = value * 10 + (rest[i] - '0');
    if (i == 1 || i >= rest.size() || rest[i] != '>' || value > 191) return false;
    priority = value;
    rest.remove_prefix(i + 1);
    return true;
}

int month_of(std::string_view text) {
    constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (text.size() < 3) return 0;
    for (int i = 0; i < 12; ++i)
        if (kMonths.substr(static_cast<std::size_t>(i) * 3, 3) == text.substr(0, 3)) return i + 1;
    return 0;
}

bool take_number(std::string_view& rest, std::size_t most, int& value) {
    std::size_t i = 0;
    value = 0;
    for (; i < rest.size() && i < most && is_digit(rest[i]); ++i) value = value * 10 + (rest[i] - '0');
    rest.remove_prefix(i);
    return i > 0;
}

bool take_char(std::string_view& rest, char wanted) {
    if (!rest.starts_with(wanted)) return false;
    rest.remove_prefix(1);
    return true;
}

struct Stamp {
    Civil civil;
    bool year_known = false;
};

// "Jan  2 03:04:05", "Jan 2 2024 03:04:05", "2024 Jan 2 03:04:05" and "Jan 2 03:04:05.678".
bool take_bsd_time(std::string_view& line, Stamp& stamp) {
    std::string_view rest = line;
    if (rest.size() > 5 && is_digit(rest[0]) && is_digit(rest[3]) && rest[4] == ' ') {
        if (!take_number(rest, 4, stamp.civil.year) || !take_char(rest, ' ')) return false;
        stamp.year_known = true;
    }
    stamp.civil.month = month_of(rest);
    if (stamp.civil.month == 0) return false;
    rest.remove_prefix(3);
    if (!take_char(rest, ' ')) return false;
    take_char(rest, ' ');
    if (!take_number(rest, 2, stamp.civil.day) || !take_char(rest, ' ')) return false;
    if (rest.size() > 5 && is_digit(rest[3]) && rest[4] == ' ') {
        if (!take_number(rest, 4, stamp.civil.year) || !take_char(rest, ' ')) return false;
        stamp.year_known = true;
    }
    if (!take_number(rest, 2, stamp.civil.hour) || !take_char(rest, ':') || !take_number(rest, 2, stamp.civil.minute) || !take_char(rest, ':') ||
        !take_number(rest, 2, stamp.civil.second))
        return false;
    if (take_char(rest, '.')) {
        int places = 0;
        for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1), ++places)
            if (places < 6) stamp.civil.micros = stamp.civil.micros * 10 + (rest.front() - '0');
        for (; places < 6; ++places) stamp.civil.micros *= 10;
    }
    take_char(rest, ':');  // Cisco
    if (!rest.empty() && !take_char(rest, ' ')) return false;
    line = rest;
    return true;
}

std::optional<Time> settle_year(Stamp stamp, const Context& context) {
    if (stamp.year_known) return from_civil(stamp.civil, context.zone);
    const int year = to_civil(context.received, context.zone).year;
    for (int candidate = year + 1; candidate > year - 9; --candidate) {  // back to the last 29 February
        stamp.civil.year = candidate;
        const auto time = from_civil(stamp.civil, context.zone);
        if (time && *time <= context.received + days(1)) return time;
    }
    return std::nullopt;
}

bool is_app_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '_' || c == '.' || c == '/' || c == '(' || c == ')';
}

// "sshd[123]: " or "kernel: " at the begin of what follows the host.
bool take_tag(std::string_view& rest, SyslogHeader& header) {
    std::size_t i = 0;
    while (i < rest.size() && i < 96 && is_app_character(rest[i])) ++i;
    if (i == 0 || i == rest.size()) return false;
    std::string_view procid;
    std::size_t end = i;
    if (rest[end] == '[') {
        const std::size_t close = rest.substr(0, end + 64).find(']', end);
        if (close == std::string_view::npos) return false;
        procid = rest.substr(end + 1, close - end - 1);
        end = close + 1;
    }
    if (end >= rest.size() || rest[end] != ':') return false;
    header.app = rest.substr(0, i);
    header.procid = procid;
    rest.remove_prefix(end + 1);
    take_char(rest, ' ');
    return true;
}

// STRUCTURED-DATA, RFC 5424 section 6.3: "-" or one or more [ID NAME="VALUE" ...].
bool take_structured(std::string_view& rest, std::string_view& structured) {
    if (rest.starts_with('-')) {
        rest.remove_prefix(1);
    } else {
        std::size_t i = 0;
        while (i < rest.size() && rest[i] == '[') {
            bool quoted = false;
            for (++i; i < rest.size() && (quoted || rest[i] != ']'); ++i) {
                if (quoted && rest[i] == '\\') ++i;
                else if (rest[i] == '"') quoted = !quoted;
            }
            if (i >= rest.size()) return false;
            ++i;
        }
        if (i == 0) return false;
        structured = rest.substr(0, i);
        rest.remove_prefix(i);
    }
    return rest.empty() || take_char(rest, ' ');
}

std::optional<SyslogHeader> read_5424(std::string_view rest, SyslogHeader header, const Context& context) {
    const std::string_view time = word(rest);
    if (time != "-") {
        const auto moment = read_time(time, context.zone, nullptr);
        if (!moment) return std::nullopt;
        header.time = *moment;
        header.time_known = true;
    }
    header.host = unless_nil(word(rest));
    header.app = unless_nil(word(rest));
    header.procid = unless_nil(word(rest));
    header.msgid = unless_nil(word(rest));
    if (!take_structured(rest, header.structured)) return std::nullopt;
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    header.message = rest;
    return header;
}

bool starts_like_iso(std::string_view text) {
    return text.size() > 19 && is_digit(text[0]) && is_digit(text[3]) && text[4] == '-' && text[7] == '-' && (text[10] == 'T' || text[10] == ' ');
}

// What stands before the host: priority and time. Nothing: not syslog.
bool take_head(std::string_view& rest, SyslogHeader& header, Stamp& stamp, std::string_view& iso) {
    const bool with_priority = take_priority(rest, header.priority);
    if (take_bsd_time(rest, stamp)) return true;
    if (starts_like_iso(rest) && rest[10] == 'T') {
        iso = word(rest);
        return true;
    }
    return with_priority;
}

}  // namespace

std::optional<SyslogHeader> read_syslog_header(std::string_view line, const Context& context) {
    if (!may_begin(line)) return std::nullopt;
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    SyslogHeader header;
    std::string_view rest = line;
    if (std::string_view probe = line; take_priority(probe, header.priority) && probe.starts_with("1 ")) {
        if (auto read = read_5424(probe.substr(2), header, context)) return read;
        header = {};
    }
    Stamp stamp;
    std::string_view iso;
    if (!take_head(rest, header, stamp, iso)) return std::nullopt;
    std::optional<Time> time;
    if (!iso.empty()) time = read_time(iso, context.zone, nullptr);
    else if (stamp.civil.month != 0 && stamp.civil.day != 0) time = settle_year(stamp, context);
    if (!iso.empty() && !time) return std::nullopt;
    header.time = time.value_or(Time{});
    header.time_known = time.has_value();
    // The host may be missing: then the tag stands first.
    if (take_tag(rest, header)) {
        header.message = rest;
        return header;
    }
    const std::string_view before_host = rest;
    header.host = unless_nil(word(rest));
    // Devices that write neither time nor host begin with their first pair behind the priority.
    if (header.time_known || header.host.find('=') == std::string_view::npos ? !take_tag(rest, header) && header.host.ends_with(':') : true) {
        header.host = {};
        rest = before_host;
    }
    header.message = rest;
    return header;
}

Look look_at(std::string_view raw) {
    Look look{.raw = raw, .text = raw};
    if (!may_begin(raw)) return look;
    // Times are not settled here, so the context does not matter.
    const auto header = read_syslog_header(raw.substr(0, 4096), {});
    if (!header) return look;
    look.syslog = true;
    look.app = header->app;
    look.text = header->message;
    return look;
}

std::optional<std::string_view> take_marked(std::string_view line, std::string_view mark, const Context& context, Parsed& parsed) {
    const std::size_t at = line.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    if (const auto header = read_syslog_header(line.substr(0, at), context)) {
        if (header->time_known) {
            parsed.occurred = header->time;
            parsed.occurred_known = true;
        }
        if (!header->host.empty()) parsed.builder.ecs(Ecs::log_syslog_hostname, header->host);
        if (header->priority >= 0) parsed.builder.ecs(Ecs::log_syslog_priority, std::int64_t{header->priority});
    }
    line.remove_prefix(at + mark.size());
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    return line;
}

std::string_view take_syslog_header(std::string_view line, const Context& context, Parsed& parsed) {
    const auto header = read_syslog_header(line, context);
    if (!header) {
        while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
        return line;
    }
    add_syslog_header(*header, parsed);
    return header->message;
}

void add_syslog_header(const SyslogHeader& header, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    if (header.time_known) {
        parsed.occurred = header.time;
        parsed.occurred_known = true;
    }
    if (header.priority >= 0) {
        builder.ecs(Ecs::log_syslog_priority, std::int64_t{header.priority});
        builder.ecs(Ecs::log_syslog_facility_code, std::int64_t{header.priority / 8});
        builder.ecs(Ecs::log_syslog_severity_code, std::int64_t{header.priority % 8});
    }
    if (!header.host.empty()) {
        builder.ecs(Ecs::host_name, header.host);
        builder.ecs(Ecs::log_syslog_hostname, header.host);
    }
    if (!header.app.empty()) {
        builder.ecs(Ecs::process_name, header.app);
        builder.ecs(Ecs::log_syslog_appname, header.app);
    }
    if (!header.procid.empty()) {
        builder.ecs(Ecs::process_pid, header.procid);
        builder.ecs(Ecs::log_syslog_procid, header.procid);
    }
    if (!header.msgid.empty()) builder.ecs(Ecs::log_syslog_msgid, header.msgid);
    if (!header.structured.empty()) builder.text("structured_data", header.structured);
    builder.ecs(Ecs::message, header.message);
}

}  // namespace vg::formats
