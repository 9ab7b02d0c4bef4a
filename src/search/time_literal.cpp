// Times as people write them in a query: each means a span as long as its last written unit.
#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "search/predicate.h"

namespace vg::search {

namespace {

constexpr std::int64_t kSecond = 1'000'000;

bool has_shape(std::string_view text, std::string_view shape) {
    if (text.size() != shape.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (shape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i]) return false;
    return true;
}

int number(std::string_view text) { return static_cast<int>(parse_int(text).value_or(0)); }

// From the start of the civil time to the start of the next one.
std::optional<TimeLiteral> between(const Civil& from, const Civil& to, std::string_view zone) {
    const auto begin = from_civil(from, zone);
    const auto end = from_civil(to, zone);
    if (!begin || !end) return std::nullopt;
    return TimeLiteral{*begin, *end};
}

std::optional<TimeLiteral> day(int year, int month, int day_of_month, std::string_view zone) {
    const auto begin = from_civil({.year = year, .month = month, .day = day_of_month}, zone);
    const auto noon = from_civil({.year = year, .month = month, .day = day_of_month, .hour = 12});
    if (!begin || !noon) return std::nullopt;
    const Civil next = to_civil(Time{noon->micros + 24 * 3600 * kSecond});
    const auto end = from_civil({.year = next.year, .month = next.month, .day = next.day}, zone);
    if (!end) return std::nullopt;
    return TimeLiteral{*begin, *end};
}

}  // namespace

std::optional<TimeLiteral> parse_time_literal(std::string_view text, std::string_view zone) {
    if (text.size() > 48 || (!zone.empty() && !is_zone(zone))) return std::nullopt;
    if (has_shape(text, "0000")) return between({.year = number(text)}, {.year = number(text) + 1}, zone);
    if (has_shape(text, "0000-00")) {
        const int year = number(text.substr(0, 4));
        const int month = number(text.substr(5));
        if (month < 1 || month > 12) return std::nullopt;
        return between({.year = year, .month = month}, {.year = month == 12 ? year + 1 : year, .month = month == 12 ? 1 : month + 1}, zone);
    }
    if (has_shape(text, "0000-00-00")) return day(number(text.substr(0, 4)), number(text.substr(5, 2)), number(text.substr(8)), zone);
    if (const auto parts = split(text, '/'); parts.size() == 3) {  // as written in Vietnam: day, month, year
        const bool short_enough = (parts[0].size() == 1 || parts[0].size() == 2) && (parts[1].size() == 1 || parts[1].size() == 2) && parts[2].size() == 4;
        auto digits = [](std::string_view part) { return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; }); };
        if (!short_enough || !digits(parts[0]) || !digits(parts[1]) || !digits(parts[2])) return std::nullopt;
        return day(number(parts[2]), number(parts[1]), number(parts[0]), zone);
    }
    if (text.size() < 16 || !has_shape(text.substr(0, 10), "0000-00-00") || (text[10] != 'T' && text[10] != 't' && text[10] != ' ')) return std::nullopt;
    const std::string_view clock = text.substr(11);
    if (!has_shape(clock.substr(0, 5), "00:00")) return std::nullopt;
    const std::string_view rest = clock.substr(5);
    if (!rest.starts_with(':')) {  // hours and minutes, then perhaps an offset
        const auto begin = parse_time(std::string{text.substr(0, 16)} + ":00" + std::string{rest}, zone);
        if (!begin) return std::nullopt;
        return TimeLiteral{*begin, Time{begin->micros + 60 * kSecond}};
    }
    const auto begin = parse_time(text, zone);
    if (!begin) return std::nullopt;
    std::int64_t unit = kSecond;
    if (rest.size() > 3 && rest[3] == '.')
        for (std::size_t i = 4; i < rest.size() && rest[i] >= '0' && rest[i] <= '9' && unit > 1; ++i) unit /= 10;
    return TimeLiteral{*begin, Time{begin->micros + unit}};
}

}  // namespace vg::search
