#include "regime/calendar.h"

#include "base/text.h"
#include "base/time.h"

namespace vg::regime {

namespace {

constexpr std::int64_t kMicrosOfDay = 86'400'000'000;

int year_of(Day day) { return to_civil(Time{day.number * kMicrosOfDay}).year; }

Result<Day> day_member(const json::Value& value, std::string_view where) {
    const auto day = value.is_text() ? parse_day(value.as_text()) : std::nullopt;
    if (!day) return fail(Code::bad_input, format("{}: is no day such as 2024-05-01", where));
    return *day;
}

}  // namespace

std::optional<Day> parse_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = parse_int(text.substr(0, 4)), month = parse_int(text.substr(5, 2)), day = parse_int(text.substr(8, 2));
    if (!year || !month || !day || *year < 1970 || *month < 1 || *month > 12 || *day < 1 || *day > 31) return std::nullopt;
    const auto time = from_civil({.year = static_cast<int>(*year), .month = static_cast<int>(*month), .day = static_cast<int>(*day)});
    if (!time) return std::nullopt;
    return Day{static_cast<int>(time->micros / kMicrosOfDay)};
}

std::string text_of(Day day) {
    const Civil civil = to_civil(Time{day.number * kMicrosOfDay});
    return format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
}

bool is_weekend(Day day) {
    const int weekday = ((day.number + 3) % 7 + 7) % 7;  // 1970-01-01 was a Thursday; 0 is Monday
    return weekday >= 5;
}

Result<Calendar> Calendar::read(const json::Value& document) {
    Calendar out;
    const json::Value* years = document.find("years");
    if (years == nullptr || !years->is_array()) return fail(Code::bad_input, "years: is missing or no list");
    for (const json::Value& one : years->as_array()) {
        const auto year = one.integer("year");
        if (!year || *year < 1970 || *year > 2200) return fail(Code::bad_input, "years: one has no year");
        const std::string where = format("year {}", *year);
        const bool checked = one.boolean("checked").value_or(false);
        const std::string source = one.text("source").value_or("");
        if (source.empty()) return fail(Code::bad_input, format("{}: source is missing", where));
        if (!out.years_.emplace(static_cast<int>(*year), checked).second) return fail(Code::bad_input, format("{}: stands there twice", where));
        if (const json::Value* off = one.find("off"); off != nullptr && off->is_array())
            for (const json::Value& span : off->as_array()) {
                const json::Value* first = span.find("from");
                const json::Value* last = span.find("to");
                if (first == nullptr) return fail(Code::bad_input, format("{}: a holiday has no from", where));
                const Day from = TRY(day_member(*first, where + ", from"));
                const Day to = last == nullptr ? from : TRY(day_member(*last, where + ", to"));
                if (to < from || to.number - from.number > 30) return fail(Code::bad_input, format("{}: {} to {} is no span of a holiday", where, text_of(from), text_of(to)));
                for (Day day = from; day <= to; ++day.number) {
                    if (year_of(day) != *year) return fail(Code::bad_input, format("{}: {} is of another year", where, text_of(day)));
                    Holiday holiday{.name = span.text("name").value_or(""), .name_vi = span.text("name_vi").value_or(""), .source = span.text("source").value_or(source), .checked = span.boolean("checked").value_or(checked)};
                    if (holiday.name_vi.empty()) return fail(Code::bad_input, format("{}: {} has no name_vi", where, text_of(day)));
                    if (!out.off_.emplace(day, std::move(holiday)).second) return fail(Code::bad_input, format("{}: {} is off twice", where, text_of(day)));
                }
            }
        if (const json::Value* worked = one.find("worked"); worked != nullptr && worked->is_array())
            for (const json::Value& value : worked->as_array()) {
                const Day day = TRY(day_member(value, where + ", worked"));
                if (!is_weekend(day)) return fail(Code::bad_input, format("{}: {} is worked anyway", where, text_of(day)));
                if (year_of(day) != *year) return fail(Code::bad_input, format("{}: {} is of another year", where, text_of(day)));
                out.worked_.emplace(day, source);
            }
    }
    for (const auto& [day, source] : out.worked_)
        if (out.off_.contains(day)) return fail(Code::bad_input, format("{} is both off and worked", text_of(day)));
    return out;
}

std::optional<bool> Calendar::works(Day day) const {
    if (worked_.contains(day)) return true;
    if (off_.contains(day) || is_weekend(day)) return false;
    if (!years_.contains(year_of(day))) return std::nullopt;
    return true;
}

const Holiday* Calendar::holiday(Day day) const {
    const auto found = off_.find(day);
    return found == off_.end() ? nullptr : &found->second;
}

bool Calendar::is_worked_weekend(Day day) const { return worked_.contains(day); }

std::vector<int> Calendar::years() const {
    std::vector<int> out;
    for (const auto& year : years_) out.push_back(year.first);
    return out;
}

}  // namespace vg::regime
