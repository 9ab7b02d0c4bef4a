// PostgreSQL's server log on stderr, whatever its log_line_prefix: a time first, then perhaps process, user@database and peer,
// then "LEVEL:  message". Further lines of a message belong to the record.
#include "base/ip.h"
#include "base/text.h"
#include "formats/clock_text.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_postgresql {

namespace {

using event::Ecs;

constexpr std::string_view kLevels[] = {"LOG", "ERROR", "FATAL", "PANIC", "WARNING", "NOTICE", "INFO", "STATEMENT", "DETAIL", "HINT", "CONTEXT", "QUERY", "LOCATION", "DEBUG1", "DEBUG2", "DEBUG3", "DEBUG4", "DEBUG5"};

struct Level {
    std::string_view word;
    std::size_t at = 0;
};
// "LOG:  " begins a message: two blanks behind the colon.
std::optional<Level> find_level(std::string_view text) {
    text = text.substr(0, 1024);
    for (std::size_t colon = text.find(":  "); colon != std::string_view::npos; colon = text.find(":  ", colon + 1))
        for (const std::string_view level : kLevels)
            if (text.substr(0, colon).ends_with(level) && (colon == level.size() || !is_letter(text[colon - level.size() - 1]))) return Level{level, colon - level.size()};
    return std::nullopt;
}

// Where "2024-04-26 08:02:03" begins: first, or behind the peer's address.
std::size_t find_stamp(std::string_view text) {
    for (std::size_t i = 0; i + 19 <= text.size() && i < 64; ++i) {
        if (is_digit(text[i]) && text[i + 4] == '-' && text[i + 7] == '-' && text[i + 10] == ' ' && text[i + 13] == ':' && text[i + 16] == ':') return i;
        const std::size_t blank = text.find(' ', i);
        if (blank == std::string_view::npos) break;
        i = blank;
    }
    return std::string_view::npos;
}

int sniff(const Look& look) {
    const std::string_view text = look.raw.substr(0, 1024);
    if (text.empty() || (!is_digit(text.front()) && text.front() != '<' && !look.syslog) || find_stamp(text) == std::string_view::npos) return look.app == "postgres" ? 80 : 0;
    return find_level(text) ? 85 : 0;
}

// "(Asia/Ho_Chi_Minh)", "UTC", "+07": PostgreSQL writes the short name of its zone.
std::optional<Time> take_stamp(std::string_view& rest, const Context& context) {
    std::size_t size = 19;
    if (rest.size() > size && rest[size] == '.')
        while (++size < rest.size() && is_digit(rest[size])) {
        }
    const std::string_view stamp = rest.substr(0, size);
    rest.remove_prefix(size);
    const bool utc = rest.starts_with(" UTC") || rest.starts_with(" GMT") || rest.starts_with(" Z");
    if (rest.starts_with(' ') && rest.size() > 1 && (is_letter(rest[1]) || rest[1] == '+' || rest[1] == '-')) {
        rest.remove_prefix(1);
        const std::size_t end = std::min(rest.find_first_of(" :[,"), rest.size());
        const std::string_view zone = rest.substr(0, end);
        rest.remove_prefix(end);
        if (zone.size() == 3 && (zone[0] == '+' || zone[0] == '-'))
            if (const auto time = read_time(stamp, {}, nullptr)) {
                const auto hours = parse_int(zone.substr(1));
                return hours ? *time - minutes((zone[0] == '-' ? -60 : 60) * *hours) : *time;
            }
    }
    return read_time(stamp, utc ? std::string_view{} : context.zone, nullptr);
}

void read_prefix(std::string_view prefix, event::Builder& builder) {
    // Words between blanks, colons and commas: [7] is the process, a@b user and database, an address or ADDRESS(PORT) the peer.
    while (!prefix.empty()) {
        const std::size_t begin = prefix.find_first_not_of(" :,");
        if (begin == std::string_view::npos) return;
        prefix.remove_prefix(begin);
        std::string_view word = prefix.substr(0, prefix.find_first_of(" ,"));
        // "192.0.2.7(5432):an@shop:[7]:": colons part them, but for those of an address itself.
        if (const std::size_t open = word.find('('); open != std::string_view::npos && parse_address(word.substr(0, open))) word = word.substr(0, word.find(')', open) + 1);
        else if (!parse_address(word) && !word.starts_with('[')) word = word.substr(0, word.find(':'));
        prefix.remove_prefix(word.size());
        if (word.starts_with('[')) {
            std::string_view inside = word.substr(1);
            const std::string_view pid = take_digits(inside);
            if (!builder.has("process.pid")) put(builder, Ecs::process_pid, pid);
        } else if (const std::size_t at = word.find('@'); at != std::string_view::npos) {
            if (word.substr(0, at) != "[unknown]") put(builder, Ecs::user_name, word.substr(0, at));
            builder.text("database", word.substr(at + 1));
        } else if (const std::size_t open = word.find('('); parse_address(word.substr(0, open))) {
            if (!builder.has("source.ip")) put(builder, Ecs::source_ip, word.substr(0, open));
            if (open != std::string_view::npos) put(builder, Ecs::source_port, word.substr(open + 1, word.find(')') - open - 1));
        } else if (word.starts_with("user=")) {
            put(builder, Ecs::user_name, word.substr(5));
        } else if (word.starts_with("db=")) {
            builder.text("database", word.substr(3));
        } else if (word.starts_with("client=") || word.starts_with("host=")) {
            add_host(builder, Ecs::source_ip, Ecs::source_domain, word.substr(word.find('=') + 1));
        } else if (word.starts_with("app=")) {
            put(builder, Ecs::user_agent_original, word.substr(4));
        }
        if (word.empty()) prefix.remove_prefix(std::min<std::size_t>(1, prefix.size()));
    }
}

void read_message(std::string_view text, event::Builder& builder) {
    if (const std::string_view user = between(text, "authentication failed for user \"", "\""); !user.empty()) {
        if (!builder.has("user.name")) builder.ecs(Ecs::user_name, user);
        builder.ecs(Ecs::event_action, "database_login").ecs(Ecs::event_outcome, "failure").ecs(Ecs::event_category, "authentication");
    } else if (text.starts_with("connection authorized: ") || text.starts_with("connection authenticated: ")) {
        if (!builder.has("user.name")) put(builder, Ecs::user_name, between(text, "user=", " "));
        builder.ecs(Ecs::event_action, "database_login").ecs(Ecs::event_outcome, "success").ecs(Ecs::event_category, "authentication");
    } else if (text.starts_with("no pg_hba.conf entry for host \"")) {
        if (!builder.has("source.ip")) put(builder, Ecs::source_ip, between(text, "for host \"", "\""));
        if (!builder.has("user.name")) put(builder, Ecs::user_name, between(text, "user \"", "\""));
        builder.ecs(Ecs::event_action, "database_login").ecs(Ecs::event_outcome, "failure").ecs(Ecs::event_category, "authentication");
    } else if (text.starts_with("role \"") && text.find("\" does not exist") != std::string_view::npos) {
        if (!builder.has("user.name")) put(builder, Ecs::user_name, between(text, "role \"", "\""));
        builder.ecs(Ecs::event_outcome, "failure");
    } else if (text.starts_with("connection received: host=")) {
        add_host(builder, Ecs::source_ip, Ecs::source_domain, between(text, "host=", " "));
        put(builder, Ecs::source_port, between(text, "port=", " "));
        builder.ecs(Ecs::event_action, "database_connect");
    } else if (const std::size_t statement = text.find("statement: "); statement != std::string_view::npos && statement < 48) {
        builder.text("statement", text.substr(statement + 11));
        builder.ecs(Ecs::event_action, "database_statement");
    }
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    std::string_view text = raw;
    if (look_at(raw).app == "postgres") text = take_syslog_header(raw, context, parsed);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    const auto level = find_level(text);
    if (!level) return fail(Code::bad_input, "no line of PostgreSQL's log: there is no LEVEL: with two blanks in it");
    std::string_view prefix = text.substr(0, level->at);
    if (const std::size_t stamp = find_stamp(prefix); stamp != std::string_view::npos) {
        read_prefix(prefix.substr(0, stamp), builder);
        prefix.remove_prefix(stamp);
        if (const auto time = take_stamp(prefix, context)) {
            parsed.occurred = *time;
            parsed.occurred_known = true;
        }
    }
    read_prefix(prefix, builder);
    put(builder, Ecs::log_level, lower_in(level->word, builder.arena()));
    const std::string_view message = text.substr(level->at + level->word.size() + 3);
    if (!builder.has("message")) builder.ecs(Ecs::message, message);
    read_message(message, builder);
    builder.ecs(Ecs::service_name, "postgresql");
    parsed.logsource = {.categories = {"database"}, .service = "postgresql", .complete = true};
    return {};
}

}  // namespace

extern const Format postgresql{.name = "postgresql", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one message, a line or more"};

}  // namespace vg::formats::of_postgresql
