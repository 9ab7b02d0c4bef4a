#include "formats/clock_text.h"

#include <cstdint>

#include "base/text.h"
#include "base/time.h"

namespace vg::formats {

namespace {

int two(const char* at) {
    const int a = at[0] - '0';
    const int b = at[1] - '0';
    return a < 0 || a > 9 || b < 0 || b > 9 ? -1 : a * 10 + b;
}

int days_in(int year, int month) {
    constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : kDays[month - 1];
}

// "YYYY-MM-DDThh:mm:ss", a fraction, and Z or nothing: nothing else.
std::optional<Time> read_plain(std::string_view text, bool& utc) {
    if (text.size() < 19 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' || text[16] != ':')
        return std::nullopt;
    const char* at = text.data();
    const int century = two(at);
    const int years = two(at + 2);
    const int month = two(at + 5);
    const int day = two(at + 8);
    const int hour = two(at + 11);
    const int minute = two(at + 14);
    const int second = two(at + 17);
    if ((century | years | month | day | hour | minute | second) < 0) return std::nullopt;
    const int year = century * 100 + years;
    if (year < 1601 || month < 1 || month > 12 || day < 1 || day > days_in(year, month) || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    std::size_t i = 19;
    int micros = 0;
    if (i < text.size() && text[i] == '.') {
        int places = 0;
        for (++i; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, ++places)
            if (places < 6) micros = micros * 10 + (text[i] - '0');
        if (places == 0) return std::nullopt;
        for (; places < 6; ++places) micros *= 10;
    }
    utc = i + 1 == text.size() && text[i] == 'Z';
    if (!utc && i != text.size()) return std::nullopt;
    return Time{((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60'000'000 + second * std::int64_t{1'000'000} + micros};
}

}  // namespace

// Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil.
std::int64_t days_of(int year, int month, int day) {
    const int y = month <= 2 ? year - 1 : year;
    const int era = y / 400;
    const int year_of_era = y - era * 400;
    const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return std::int64_t{era} * 146097 + day_of_era - 719468;
}

std::optional<Time> read_time(std::string_view text, std::string_view zone, bool* with_offset) {
    bool utc = false;
    if (const auto time = read_plain(text, utc)) {
        if (with_offset != nullptr) *with_offset = utc;
        if (utc || zone.empty()) return time;
        return parse_time(text, zone);
    }
    text = trim(text);
    const std::size_t seconds_end = 19;
    if (with_offset != nullptr)
        *with_offset = text.size() > seconds_end && text.find_first_of("Zz+-U", seconds_end) != std::string_view::npos;
    return parse_time(text, zone);
}

std::optional<Time> read_epoch(std::string_view text) {
    std::size_t i = 0;
    std::int64_t whole = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
        if (i >= 19) return std::nullopt;
        if (__builtin_mul_overflow(whole, std::int64_t{10}, &whole) || __builtin_add_overflow(whole, std::int64_t{text[i] - '0'}, &whole)) return std::nullopt;
    }
    if (i == 0) return std::nullopt;
    std::int64_t fraction = 0;  // millionths of the unit
    if (i < text.size() && text[i] == '.') {
        int places = 0;
        for (++i; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, ++places)
            if (places < 6) fraction = fraction * 10 + (text[i] - '0');
        for (; places < 6; ++places) fraction *= 10;
    }
    if (i != text.size()) return std::nullopt;
    if (whole < 1'000'000'000) return std::nullopt;
    if (whole < 10'000'000'000) return Time{whole * 1'000'000 + fraction};
    if (whole >= 1'000'000'000'000 && whole < 10'000'000'000'000) return Time{whole * 1'000 + fraction / 1'000};
    if (whole >= 1'000'000'000'000'000 && whole < 10'000'000'000'000'000) return Time{whole};
    if (whole >= 1'000'000'000'000'000'000) return Time{whole / 1'000};
    return std::nullopt;
}

}  // namespace vg::formats
