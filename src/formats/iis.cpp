// Logs of Microsoft IIS in the W3C extended format: lines under "#Fields: date time s-ip cs-method ...". A file's lines come
// with the #Fields that holds for them before them (w3c_joiner), a line by itself is read by the layouts that IIS has from
// the start: of 7.0 and later, of 6.0, and with every field chosen. Blanks inside values are written as '+', times are UTC
// (Microsoft, "W3C Extended Log File Format").
#include <algorithm>
#include <array>
#include <utility>

#include "base/ip.h"
#include "base/text.h"
#include "base/time.h"
#include "formats/format.h"
#include "formats/text_scan.h"

namespace vg::formats::of_iis {

namespace {

using event::Ecs;

constexpr std::size_t kMostColumns = 64;
constexpr std::string_view kFields = "#Fields:";
constexpr std::string_view kLayouts[] = {
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken",
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken",
    "date time s-sitename s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status",
    "date time s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs-version cs(User-Agent) cs(Cookie) cs(Referer) cs-host sc-status sc-substatus "
    "sc-win32-status sc-bytes cs-bytes time-taken",
};

struct Cells {
    std::array<std::string_view, kMostColumns> all;
    std::size_t count = 0;
};

// Parts between blanks; nothing: there are too many.
std::optional<Cells> cut(std::string_view text) {
    Cells cells;
    while (!text.empty()) {
        if (cells.count == kMostColumns) return std::nullopt;
        cells.all[cells.count++] = take_word(text);
    }
    return cells;
}

bool is_number(std::string_view text) { return text == "-" || (!text.empty() && std::all_of(text.begin(), text.end(), is_digit)); }
bool is_method(std::string_view text) { return text.size() >= 3 && text.size() <= 20 && std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '_' || c == '-'; }); }

bool fits(std::string_view name, std::string_view value) {
    if (name == "date") return value.size() == 10 && value[4] == '-' && value[7] == '-' && is_digit(value[0]);
    if (name == "time") return value.size() >= 8 && value[2] == ':' && value[5] == ':' && is_digit(value[0]);
    if (name == "s-ip" || name == "c-ip") return parse_address(value.substr(0, value.find('%'))).has_value();
    if (name == "cs-method") return is_method(value);
    if (name == "cs-uri-stem") return value.starts_with('/') || value == "-" || value == "*";
    if (name == "s-port" || name == "sc-status" || name == "sc-substatus" || name == "sc-win32-status" || name == "time-taken") return is_number(value);
    return true;
}

bool fits(const Cells& names, const Cells& row) {
    if (names.count != row.count || row.count < 3) return false;
    for (std::size_t i = 0; i < row.count; ++i)
        if (!fits(names.all[i], row.all[i])) return false;
    return true;
}

bool is_remark(std::string_view text) {
    for (const std::string_view begin : {"#Software: Microsoft Internet Information Services", "#Software: Microsoft HTTP API", "#Version: 1.0", "#Date: ", "#Start-Date: ", "#Fields: date time "})
        if (text.starts_with(begin)) return true;
    return false;
}

// The names by which the row is to be read: those before it, or the layout that fits.
std::optional<std::pair<Cells, Cells>> read(std::string_view raw) {
    raw = trim(raw);
    if (raw.starts_with(kFields)) {
        const std::size_t end = raw.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        const auto names = cut(trim(raw.substr(kFields.size(), end - kFields.size())));
        const auto row = cut(raw.substr(end + 1));
        if (!names || !row || names->count != row->count) return std::nullopt;
        return std::pair{*names, *row};
    }
    const auto row = cut(raw);
    if (!row) return std::nullopt;
    for (const std::string_view layout : kLayouts)
        if (const auto names = cut(layout); fits(*names, *row)) return std::pair{*names, *row};
    return std::nullopt;
}

int sniff(const Look& look) {
    const std::string_view raw = look.raw;
    if (raw.starts_with('#')) return raw.starts_with(kFields) && raw.find('\n') != std::string_view::npos ? 95 : is_remark(raw) ? 90 : 0;
    if (raw.size() < 40 || !is_digit(raw.front()) || raw[4] != '-' || raw[10] != ' ' || raw[13] != ':') return 0;
    return read(raw) ? 92 : 0;
}

std::string_view blanks(std::string_view text, Arena& arena) {
    if (text.find('+') == std::string_view::npos) return text;
    char* const made = arena.take(text.size());
    std::replace_copy(text.begin(), text.end(), made, '+', ' ');
    return {made, text.size()};
}

void add(std::string_view name, std::string_view value, event::Builder& builder) {
    static constexpr std::pair<std::string_view, Ecs> kPlain[] = {
        {"cs-method", Ecs::http_request_method}, {"s-port", Ecs::destination_port}, {"sc-status", Ecs::http_response_status_code}, {"sc-bytes", Ecs::http_response_bytes},
        {"cs-bytes", Ecs::http_request_bytes}, {"cs-host", Ecs::url_domain}, {"s-computername", Ecs::host_name}};
    for (const auto& [known, field] : kPlain)
        if (known == name) return put(builder, field, field == Ecs::url_domain ? split_host_port(value).host : value);
    if (name == "c-ip") {
        builder.ecs(Ecs::source_ip, value);
    } else if (name == "s-ip") {
        builder.ecs(Ecs::destination_ip, value);
    } else if (name == "cs-version") {
        put(builder, Ecs::http_version, value.starts_with("HTTP/") ? value.substr(5) : value);
    } else if (name == "cs(User-Agent)") {
        put(builder, Ecs::user_agent_original, blanks(value, builder.arena()));
    } else if (name == "cs(Referer)") {
        put(builder, Ecs::http_request_referrer, value);
    } else if (name == "cs-username") {
        const std::size_t slash = value.find('\\');
        if (slash != std::string_view::npos) put(builder, Ecs::user_domain, value.substr(0, slash));
        put(builder, Ecs::user_name, blanks(slash == std::string_view::npos ? value : value.substr(slash + 1), builder.arena()));
    } else if (name == "time-taken") {
        if (const auto took = nanoseconds(value, 1'000'000)) builder.ecs(Ecs::event_duration, *took);
    } else {
        builder.text(name, value);
    }
}

Status parse(std::string_view raw, const Context&, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    const auto found = read(raw);
    parsed.logsource = {.categories = {"webserver"}, .service = "iis", .complete = true};
    if (!found) {
        if (!is_remark(raw) || raw.find('\n') != std::string_view::npos) return fail(Code::bad_input, "no line of IIS: its parts are neither those of a #Fields before it nor of a layout that IIS has from the start");
        builder.ecs(Ecs::message, trim(raw));
        parsed.logsource = {.service = "iis", .complete = true};
        return {};
    }
    const auto& [names, row] = *found;
    std::string_view date, time, stem, query;
    for (std::size_t i = 0; i < row.count; ++i) {
        const std::string_view name = names.all[i];
        const std::string_view value = row.all[i];
        if (name == "date") date = value;
        else if (name == "time") time = value;
        if (name == "date" || name == "time" || value == "-") continue;
        if (name == "cs-uri-stem") stem = value;
        else if (name == "cs-uri-query") query = value;
        else add(name, value, builder);
    }
    Arena& arena = builder.arena();
    if (!stem.empty()) {
        builder.ecs(Ecs::url_path, stem);
        if (!query.empty()) builder.ecs(Ecs::url_query, query);
        char* const made = arena.take(stem.size() + 1 + query.size());
        stem.copy(made, stem.size());
        made[stem.size()] = '?';
        query.copy(made + stem.size() + 1, query.size());
        builder.ecs(Ecs::url_original, query.empty() ? stem : std::string_view{made, stem.size() + 1 + query.size()});
    }
    char stamp[40];
    if (date.size() + time.size() + 2 <= sizeof stamp && !date.empty() && !time.empty()) {
        const std::string_view text{stamp, date.copy(stamp, date.size()) + 1 + time.copy(stamp + date.size() + 1, time.size()) + 1};
        stamp[date.size()] = 'T';
        stamp[text.size() - 1] = 'Z';
        if (const auto when = parse_time(text)) {
            parsed.occurred = *when;
            parsed.occurred_known = true;
        }
    }
    builder.ecs(Ecs::event_category, "web");
    return {};
}

}  // namespace

extern const Format iis{.name = "iis", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line, in a file with the #Fields line that holds for it before it"};

}  // namespace vg::formats::of_iis
