#include "lists/when.h"

#include <chrono>

#include "base/text.h"
#include "base/time.h"
#include "lists/words.h"
#include "tables/number_format.h"

namespace vg::lists {

namespace {

bool is_figure(char c) { return c >= '0' && c <= '9'; }

bool all_figures(std::string_view text) {
    for (const char c : text)
        if (!is_figure(c)) return false;
    return !text.empty();
}

int number_of(std::string_view figures) {
    int value = 0;
    for (const char c : figures) value = value * 10 + (c - '0');
    return value;
}

tl::unexpected<Error> no_time(std::string text) { return fail(Code::bad_input, std::move(text)); }

int days_of(int year, int month) {
    constexpr std::array kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

Status check_day(int year, int month, int day) {
    if (month < 1 || month > 12) return no_time(format("there is no month {}", month));
    if (year < 1970 || year > 9999) return no_time(format("the year {} is none of a sighting", year));
    if (day < 1 || day > days_of(year, month)) return no_time(format("month {} of {} has no day {}", month, year, day));
    return {};
}

struct Piece {
    enum class Kind { number, word, sign, end };
    Kind kind = Kind::end;
    std::string_view text;
};

class Pieces {
public:
    explicit Pieces(std::string_view text) : text_(text) { next(); }
    [[nodiscard]] const Piece& at() const { return piece_; }
    [[nodiscard]] bool is_sign(char c) const { return piece_.kind == Piece::Kind::sign && piece_.text.front() == c; }
    [[nodiscard]] bool is_number() const { return piece_.kind == Piece::Kind::number && piece_.text.size() <= 6; }
    [[nodiscard]] bool is_word(std::string_view word) const { return piece_.kind == Piece::Kind::word && piece_.text == word; }
    [[nodiscard]] bool spaced() const { return spaced_; }  // a blank stood before it
    [[nodiscard]] std::string_view rest() const { return text_; }
    void next() {
        spaced_ = false;
        while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t' || text_.front() == '\n' || text_.front() == '\r')) {
            text_.remove_prefix(1);
            spaced_ = true;
        }
        if (text_.empty()) {
            piece_ = {};
            return;
        }
        std::size_t end = 1;
        Piece::Kind kind = Piece::Kind::sign;
        const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; };
        if (is_figure(text_.front())) {
            kind = Piece::Kind::number;
            while (end < text_.size() && is_figure(text_[end])) ++end;
        } else if (letter(text_.front())) {
            kind = Piece::Kind::word;
            while (end < text_.size() && letter(text_[end])) ++end;
        }
        piece_ = {.kind = kind, .text = text_.substr(0, end)};
        text_.remove_prefix(end);
    }

private:
    std::string_view text_;
    Piece piece_;
    bool spaced_ = false;
};

std::optional<int> month_named(std::string_view word) {
    constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
    if (word.size() < 3) return {};
    for (std::size_t i = 0; i < kMonths.size(); ++i)
        if (word.substr(0, 3) == kMonths[i]) return static_cast<int>(i) + 1;
    return {};
}

bool is_filler(std::string_view word) {
    constexpr std::array<std::string_view, 17> kFillers{"ngay", "luc", "vao", "t", "at", "thu", "mon", "tue", "wed", "fri", "sat", "sun", "hai", "ba", "tu", "nam", "bay"};
    for (const std::string_view filler : kFillers)
        if (word == filler) return true;
    return word.ends_with("day");  // Monday
}

// Seconds, milliseconds or microseconds since 1970, days since 1900, or YYYYMMDD[hhmmss].
std::optional<Result<Time>> bare_number(std::string_view cell, std::string& serial) {
    const std::size_t mark = cell.find_first_of(".,");
    const std::string_view whole = cell.substr(0, mark), part = mark == std::string_view::npos ? std::string_view{} : cell.substr(mark + 1);
    if (!all_figures(whole) || (mark != std::string_view::npos && !all_figures(part)) || part.size() > 17) return {};
    if (whole.size() == 5) {
        const auto days_since_1900 = parse_real(part.empty() ? std::string{whole} : format("{}.{}", whole, part));
        const auto text = days_since_1900 && *days_since_1900 >= 25'569 ? tables::serial_text(*days_since_1900, tables::Shows::date, tables::DateSystem::of_1900) : std::nullopt;
        if (!text) return Result<Time>{no_time("this number is no time")};
        serial = *text;
        return {};
    }
    const auto number = parse_int(whole);
    if (!number) return Result<Time>{no_time("this number is no time")};
    if (whole.size() == 9 || whole.size() == 10) {
        std::int64_t micros = 0, unit = 100'000;
        for (const char c : part.substr(0, 6)) {
            micros += (c - '0') * unit;
            unit /= 10;
        }
        return Result<Time>{Time{*number * 1'000'000 + micros}};
    }
    if (part.empty() && whole.size() == 13) return Result<Time>{Time{*number * 1'000}};
    if (part.empty() && whole.size() == 16) return Result<Time>{Time{*number}};
    if (part.empty() && (whole.size() == 8 || whole.size() == 14) && whole >= "1970" && whole < "2200") {
        serial = format("{}-{}-{}", whole.substr(0, 4), whole.substr(4, 2), whole.substr(6, 2));
        if (whole.size() == 14) serial += format(" {}:{}:{}", whole.substr(8, 2), whole.substr(10, 2), whole.substr(12, 2));
        return {};
    }
    return Result<Time>{no_time("this number is no time")};
}

}  // namespace

void DateEvidence::count(std::string_view cell) {
    if (cell.size() >= 10 && cell[4] == '-') return;  // ISO
    for (std::size_t i = 0; i < cell.size(); ++i) {
        if (!is_figure(cell[i])) continue;
        std::array<std::string_view, 3> numbers;
        std::size_t found = 0, at = i;
        char sign = 0;
        while (found < 3) {
            std::size_t end = at;
            while (end < cell.size() && is_figure(cell[end])) ++end;
            if (end == at) break;
            numbers[found++] = cell.substr(at, end - at);
            at = end;
            if (found == 3 || at >= cell.size() || (cell[at] != '/' && cell[at] != '-' && cell[at] != '.') || (sign != 0 && cell[at] != sign)) break;
            sign = cell[at++];
        }
        if (found < 3) {
            i = std::max(at, i + 1) - 1;
            while (i + 1 < cell.size() && is_figure(cell[i + 1])) ++i;
            continue;
        }
        if (numbers[2].size() != 4 || numbers[0].size() > 2 || numbers[1].size() > 2) return;
        const int first = number_of(numbers[0]), second = number_of(numbers[1]);
        if (first > 12 && first <= 31 && second <= 12) ++first_above_12;
        else if (second > 12 && second <= 31 && first <= 12) ++second_above_12;
        else if (first <= 12 && second <= 12 && first != second) ++both_ways;
        return;
    }
}

Status Times::set_date(Parts& parts, std::array<int, 3> numbers, std::array<std::size_t, 3> widths) const {
    if (widths[0] == 4 && widths[1] <= 2 && widths[2] <= 2) {
        parts.year = numbers[0], parts.month = numbers[1], parts.day = numbers[2];
        return {};
    }
    if (widths[0] > 2 || widths[1] > 2 || (widths[2] != 4 && widths[2] != 2)) return no_time("the numbers are no date");
    if (widths[2] == 2) return no_time("the year has two digits: it could be either end of the date");
    parts.year = numbers[2];
    const bool month_first = order_ ? *order_ == DateOrder::month_first : numbers[0] <= 12 && numbers[1] > 12;
    parts.day = month_first ? numbers[1] : numbers[0];
    parts.month = month_first ? numbers[0] : numbers[1];
    parts.either_order = numbers[0] <= 12 && numbers[1] <= 12 && numbers[0] != numbers[1];
    return {};
}

Result<Times::Parts> Times::words_of(std::string_view cell) const {
    const std::string folded = fold(is_utf8(cell) ? cell : std::string_view{to_valid_utf8(cell)});
    Parts parts;
    bool has_date = false;
    enum class Half { none, before_noon, after_noon } half = Half::none;
    Pieces at{folded};
    while (at.at().kind != Piece::Kind::end) {
        if (at.is_number()) {
            const std::string_view text = at.at().text;
            const int number = number_of(text);
            at.next();
            if (at.is_sign(':') || at.is_word("h") || at.is_word("g") || at.is_word("gio")) {
                if (parts.has_time) return no_time("there are two times of day");
                parts.has_time = true;
                const bool colon = at.is_sign(':');
                parts.hour = number;
                at.next();
                if (!at.is_number()) {
                    if (colon) return no_time("the minutes are missing");
                    continue;
                }
                if (!colon && at.spaced() && at.rest().starts_with("/")) continue;  // "12h 27/11/2026"
                parts.minute = number_of(at.at().text);
                at.next();
                if (at.is_word("phut") || at.is_word("p") || at.is_word("ph")) {
                    at.next();
                    if (!at.is_number()) continue;
                } else if (at.is_sign(':')) {
                    at.next();
                    if (!at.is_number()) return no_time("the seconds are missing");
                } else {
                    continue;
                }
                parts.second = number_of(at.at().text);
                at.next();
                if (at.is_word("giay") || at.is_word("s")) at.next();
                if ((at.is_sign('.') || at.is_sign(',')) && !at.rest().empty() && is_figure(at.rest().front())) {
                    at.next();
                    int unit = 100'000;
                    for (const char c : at.at().text.substr(0, 6)) {
                        parts.micros += (c - '0') * unit;
                        unit /= 10;
                    }
                    at.next();
                }
                continue;
            }
            if (has_date) return no_time("it is not a time in any form that is known");
            std::array<int, 3> numbers{number, 0, 0};
            std::array<std::size_t, 3> widths{text.size(), 0, 0};
            if (at.is_word("thang")) {
                at.next();
                if (!at.is_number()) return no_time("the month is missing");
                parts.day = number;
                parts.month = number_of(at.at().text);
                at.next();
                if (!at.is_word("nam")) return no_time("the year is missing");
                at.next();
                if (!at.is_number() || at.at().text.size() != 4) return no_time("the year is missing");
                parts.year = number_of(at.at().text);
            } else if (at.is_sign('/') || at.is_sign('-') || at.is_sign('.')) {
                const char sign = at.at().text.front();
                at.next();
                if (at.at().kind == Piece::Kind::word && month_named(at.at().text)) {  // 27-Nov-2026
                    parts.month = *month_named(at.at().text);
                    at.next();
                    if (!at.is_sign(sign)) return no_time("the year is missing");
                    at.next();
                    if (!at.is_number() || at.at().text.size() != 4) return no_time("the year is missing");
                    parts.day = number;
                    parts.year = number_of(at.at().text);
                } else {
                    if (!at.is_number()) return no_time("the month is missing");
                    numbers[1] = number_of(at.at().text);
                    widths[1] = at.at().text.size();
                    at.next();
                    if (!at.is_sign(sign)) return no_time("a third number is missing in the date");
                    at.next();
                    if (!at.is_number()) return no_time("a third number is missing in the date");
                    numbers[2] = number_of(at.at().text);
                    widths[2] = at.at().text.size();
                    TRY(set_date(parts, numbers, widths));
                }
            } else if (at.at().kind == Piece::Kind::word && month_named(at.at().text)) {  // 27 Nov 2026
                parts.day = number;
                parts.month = *month_named(at.at().text);
                at.next();
                if (!at.is_number() || at.at().text.size() != 4) return no_time("the year is missing");
                parts.year = number_of(at.at().text);
            } else {
                return no_time("it is not a time in any form that is known");
            }
            has_date = true;
            at.next();
            continue;
        }
        if (at.at().kind == Piece::Kind::word) {
            const std::string_view word = at.at().text;
            const auto month = month_named(word);
            if (word == "am" || word == "sa" || word == "sang" || word == "a") half = Half::before_noon;
            else if (word == "pm" || word == "ch" || word == "chieu" || word == "toi" || word == "p") half = Half::after_noon;
            else if (word == "z" || word == "utc" || word == "gmt") parts.offset_minutes = 0;
            else if (word == "ict") parts.offset_minutes = 7 * 60;
            else if (month && !has_date) {  // Nov 27, 2026
                at.next();
                if (!at.is_number()) return no_time("the day is missing");
                parts.month = *month;
                parts.day = number_of(at.at().text);
                at.next();
                if (at.is_sign(',')) at.next();
                if (!at.is_number() || at.at().text.size() != 4) return no_time("the year is missing");
                parts.year = number_of(at.at().text);
                has_date = true;
            } else if (word != "m" && !is_filler(word)) {
                return no_time("it is not a time in any form that is known");
            }
            at.next();
            continue;
        }
        if ((at.is_sign('+') || at.is_sign('-')) && parts.has_time && !at.rest().empty() && is_figure(at.rest().front())) {
            const int sign = at.is_sign('+') ? 1 : -1;
            at.next();
            const std::string_view figures = at.at().text;
            at.next();
            int minutes_off = figures.size() == 4 ? number_of(figures.substr(2)) : 0;
            if (figures.size() > 2 && figures.size() != 4) return no_time("the offset from UTC is none");
            const int hours_off = number_of(figures.substr(0, 2));
            if (at.is_sign(':')) {
                at.next();
                if (!at.is_number()) return no_time("the offset from UTC is none");
                minutes_off = number_of(at.at().text);
                at.next();
            }
            if (hours_off > 14 || minutes_off > 59) return no_time("the offset from UTC is none");
            parts.offset_minutes = sign * (hours_off * 60 + minutes_off);
            continue;
        }
        if (at.is_sign(',') || at.is_sign('(') || at.is_sign(')') || at.is_sign('.') || at.is_sign('-') || at.is_sign('[') || at.is_sign(']')) {
            at.next();
            continue;
        }
        return no_time("it is not a time in any form that is known");
    }
    if (!has_date) return no_time(parts.has_time ? "there is a time of day without a date" : "it is not a time in any form that is known");
    if (half != Half::none) {
        if (!parts.has_time || parts.hour > 23) return no_time("the half of the day does not fit");
        if (half == Half::after_noon && parts.hour < 12) parts.hour += 12;
        if (half == Half::before_noon && parts.hour == 12) parts.hour = 0;
    }
    return parts;
}

Result<Times::Parts> Times::parts_of(std::string_view cell) const {
    // The commonest form first: 2026-11-27 01:14:00, also with T.
    if (cell.size() == 19 && cell[4] == '-' && cell[7] == '-' && (cell[10] == ' ' || cell[10] == 'T') && cell[13] == ':' && cell[16] == ':' && all_figures(cell.substr(0, 4)) &&
        all_figures(cell.substr(5, 2)) && all_figures(cell.substr(8, 2)) && all_figures(cell.substr(11, 2)) && all_figures(cell.substr(14, 2)) && all_figures(cell.substr(17, 2)))
        return Parts{.year = number_of(cell.substr(0, 4)), .month = number_of(cell.substr(5, 2)), .day = number_of(cell.substr(8, 2)), .hour = number_of(cell.substr(11, 2)),
                     .minute = number_of(cell.substr(14, 2)), .second = number_of(cell.substr(17, 2)), .has_time = true};
    return words_of(cell);
}

std::optional<Time> Times::in_zone(const Parts& parts) {
    const std::chrono::sys_days day{std::chrono::year{parts.year} / std::chrono::month{static_cast<unsigned>(parts.month)} / std::chrono::day{static_cast<unsigned>(parts.day)}};
    const std::int64_t hour = std::int64_t{day.time_since_epoch().count()} * 24 + parts.hour;
    const std::int64_t within = (std::int64_t{parts.minute} * 60 + parts.second) * 1'000'000 + parts.micros;
    if (parts.offset_minutes || zone_ == "UTC") return Time{hour * 3'600'000'000 + within - std::int64_t{parts.offset_minutes.value_or(0)} * 60'000'000};
    if (zone_.empty()) return {};
    Cached& cached = cache_[static_cast<std::size_t>(hour) % cache_.size()];
    if (cached.hour != hour) {
        const Civil civil{.year = parts.year, .month = parts.month, .day = parts.day, .hour = parts.hour};
        Civil last = civil;
        last.minute = 59;
        last.second = 59;
        const auto first_time = from_civil(civil, zone_), last_time = from_civil(last, zone_);
        if (!first_time || !last_time) return {};
        if (last_time->micros - first_time->micros != 3'599'000'000) {  // a clock was put forward or back within the hour
            last.minute = parts.minute;
            last.second = parts.second;
            last.micros = parts.micros;
            return from_civil(last, zone_);
        }
        cached = {.hour = hour, .micros = first_time->micros};
    }
    return Time{cached.micros + within};
}

Result<When> Times::read(std::string_view cell) {
    if (cell.size() > 100) return no_time("it is too long for a time");
    std::string written_out;
    if (is_figure(cell.front()))
        if (auto number = bare_number(cell, written_out)) return When{.time = TRY(std::move(*number))};
    Parts parts = TRY(parts_of(written_out.empty() ? cell : std::string_view{written_out}));
    TRY(check_day(parts.year, parts.month, parts.day));
    if (parts.second == 60) parts.second = 59;  // a leap second
    if (parts.hour == 24 && parts.minute == 0 && parts.second == 0) return no_time("there is no hour 24");
    if (parts.hour > 23 || parts.minute > 59 || parts.second > 59) return no_time(format("there is no time {}:{:02}:{:02}", parts.hour, parts.minute, parts.second));
    When when{.day_only = !parts.has_time, .without_zone = !parts.offset_minutes, .either_order = parts.either_order};
    if (!parts.either_order || order_) when.time = in_zone(parts);
    return when;
}

bool looks_like_time(std::string_view cell) {
    if (cell.size() < 8 || cell.size() > 60) return false;
    std::size_t figures = 0, slashes = 0, dashes = 0, colons = 0, dots = 0;
    for (const char c : cell) {
        figures += is_figure(c);
        slashes += c == '/';
        dashes += c == '-';
        colons += c == ':';
        dots += c == '.';
    }
    if (figures < 4) return false;
    const bool starts = is_figure(cell.front());
    return starts && (slashes == 2 || dashes == 2 || dashes == 3 || (dots == 2 && colons > 0)) && cell.find("://") == std::string_view::npos;
}

}  // namespace vg::lists
