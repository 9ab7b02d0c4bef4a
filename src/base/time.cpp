#include "base/time.h"

#include <date/tz.h>

#include <array>

#include "base/text.h"

namespace vg {

namespace {

const date::time_zone* find_zone(std::string_view zone) {
    try {
        return date::locate_zone(std::string{zone});
    } catch (const std::exception&) {
        return nullptr;
    }
}

bool is_utc(std::string_view zone) { return zone.empty() || zone == "UTC" || zone == "Etc/UTC"; }

// Reads exactly `count` digits at `at` and moves it; -1 when they are not digits.
int digits(std::string_view text, std::size_t& at, std::size_t count) {
    if (text.size() < at + count) return -1;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const char c = text[at + i];
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    at += count;
    return value;
}

}  // namespace

bool is_zone(std::string_view zone) { return is_utc(zone) || find_zone(zone) != nullptr; }

std::optional<Time> from_civil(const Civil& civil, std::string_view zone) {
    const date::year_month_day day{date::year{civil.year}, date::month{static_cast<unsigned>(civil.month)},
                                   date::day{static_cast<unsigned>(civil.day)}};
    if (!day.ok() || civil.year < 1601 || civil.year > 9999 || civil.hour < 0 || civil.hour > 23 || civil.minute < 0 ||
        civil.minute > 59 || civil.second < 0 || civil.second > 60)
        return std::nullopt;
    const auto local = date::local_days{day} + std::chrono::hours{civil.hour} + std::chrono::minutes{civil.minute} + std::chrono::seconds{civil.second};
    auto time = local.time_since_epoch();
    if (!is_utc(zone)) {
        const date::time_zone* rules = find_zone(zone);
        if (rules == nullptr) return std::nullopt;
        time -= rules->get_info(local).first.offset;
    }
    return Time{std::chrono::microseconds{time}.count() + civil.micros};
}

Civil to_civil(Time time, std::string_view zone) {
    date::sys_time<std::chrono::microseconds> moment{std::chrono::microseconds{time.micros}};
    if (!is_utc(zone))
        if (const date::time_zone* rules = find_zone(zone)) moment += rules->get_info(moment).offset;
    const auto midnight = date::floor<date::days>(moment);
    const date::year_month_day day{midnight};
    const auto rest = (moment - midnight).count();
    return Civil{static_cast<int>(day.year()),
                 static_cast<int>(static_cast<unsigned>(day.month())),
                 static_cast<int>(static_cast<unsigned>(day.day())),
                 static_cast<int>(rest / 3'600'000'000),
                 static_cast<int>(rest / 60'000'000 % 60),
                 static_cast<int>(rest / 1'000'000 % 60),
                 static_cast<int>(rest % 1'000'000)};
}

std::string to_rfc3339(Time time) {
    const Civil c = to_civil(time);
    std::string out = format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second);
    if (c.micros % 1000 != 0)
        out += format(".{:06}", c.micros);
    else if (c.micros != 0)
        out += format(".{:03}", c.micros / 1000);
    return out + "Z";
}

std::optional<Time> parse_time(std::string_view text, std::string_view zone) {
    std::size_t at = 0;
    Civil c;
    auto expect = [&](std::string_view allowed) {
        if (at >= text.size() || allowed.find(text[at]) == std::string_view::npos) return false;
        ++at;
        return true;
    };
    c.year = digits(text, at, 4);
    if (c.year < 0 || !expect("-/")) return std::nullopt;
    c.month = digits(text, at, 2);
    if (c.month < 0 || !expect("-/")) return std::nullopt;
    c.day = digits(text, at, 2);
    if (c.day < 0 || !expect("Tt ")) return std::nullopt;
    c.hour = digits(text, at, 2);
    if (c.hour < 0 || !expect(":")) return std::nullopt;
    c.minute = digits(text, at, 2);
    if (c.minute < 0 || !expect(":")) return std::nullopt;
    c.second = digits(text, at, 2);
    if (c.second < 0) return std::nullopt;
    if (at < text.size() && (text[at] == '.' || text[at] == ',')) {
        ++at;
        std::size_t places = 0;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++places)
            if (places < 6) c.micros = c.micros * 10 + (text[at] - '0');
        if (places == 0) return std::nullopt;
        for (; places < 6; ++places) c.micros *= 10;
    }
    if (at == text.size()) return from_civil(c, zone);
    if ((text[at] == 'Z' || text[at] == 'z') && at + 1 == text.size()) return from_civil(c);
    if (text.substr(at) == " UTC") return from_civil(c);
    if (text[at] == ' ' && at + 1 < text.size()) ++at;  // "2024-04-26 08:02:03.250 +07", as PostgreSQL writes its offset
    const char sign = text[at++];
    if (sign != '+' && sign != '-') return std::nullopt;
    const int hour = digits(text, at, 2);
    if (at < text.size() && text[at] == ':') ++at;
    const int minute = at == text.size() ? 0 : digits(text, at, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || at != text.size()) return std::nullopt;
    const auto moment = from_civil(c);
    if (!moment) return std::nullopt;
    const Span offset = minutes(hour * 60 + minute);
    return sign == '+' ? *moment - offset : *moment + offset;
}

std::optional<Span> parse_span(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    const auto count = parse_int(text.substr(0, end));
    if (!count || *count > 100'000'000) return std::nullopt;
    const std::string_view unit = text.substr(end);
    if (unit == "us") return microseconds(*count);
    if (unit == "ms") return milliseconds(*count);
    if (unit == "s") return seconds(*count);
    if (unit == "m" || unit == "min") return minutes(*count);
    if (unit == "h") return hours(*count);
    if (unit == "d") return days(*count);
    if (unit == "w") return days(*count * 7);
    return std::nullopt;
}

}  // namespace vg
