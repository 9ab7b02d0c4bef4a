#include "tables/number_format.h"

#include <chrono>
#include <cmath>

#include "base/text.h"

namespace vg::tables {
namespace {

constexpr std::int64_t kDay = 86'400'000;  // milliseconds

bool is_elapsed(std::string_view inner) {
    return !inner.empty() && (inner.find_first_not_of("hH") == std::string_view::npos || inner.find_first_not_of("mM") == std::string_view::npos ||
                              inner.find_first_not_of("sS") == std::string_view::npos);
}

}  // namespace

Shows shows_of(std::string_view code) {
    if (equal_ignoring_ascii_case(trim(code), "General")) return Shows::number;
    bool day_or_year = false, month_or_minute = false, hour_or_second = false;
    for (std::size_t i = 0; i < code.size(); ++i) {
        const char c = code[i];
        if (c == ';') break;
        if (c == '"' || c == '[') {
            const std::size_t end = code.find(c == '"' ? '"' : ']', i + 1);
            if (end == std::string_view::npos) break;
            if (c == '[' && is_elapsed(code.substr(i + 1, end - i - 1))) return Shows::number;
            i = end;
        } else if (c == '\\' || c == '_' || c == '*') {
            ++i;  // the next is shown, left blank or repeated
        } else if (starts_with_ignoring_ascii_case(code.substr(i), "AM/PM")) {
            hour_or_second = true;
            i += 4;
        } else if (starts_with_ignoring_ascii_case(code.substr(i), "General")) {
            i += 6;
        } else if (c == 'y' || c == 'Y' || c == 'd' || c == 'D' || c == 'b' || c == 'B') {
            day_or_year = true;
        } else if (c == 'm' || c == 'M') {
            month_or_minute = true;
        } else if (c == 'h' || c == 'H' || c == 's' || c == 'S') {
            hour_or_second = true;
        }
    }
    if (day_or_year || (month_or_minute && !hour_or_second)) return Shows::date;
    return hour_or_second ? Shows::time : Shows::number;
}

Shows shows_of_builtin(std::uint32_t id) {
    if ((id >= 14 && id <= 17) || id == 22) return Shows::date;
    if ((id >= 18 && id <= 21) || id == 45 || id == 47) return Shows::time;
    // Of Chinese, Japanese and Korean versions.
    if ((id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return Shows::date;
    return Shows::number;
}

std::optional<std::string> serial_text(double serial, Shows shows, DateSystem system) {
    if (shows == Shows::number || !(serial >= 0) || serial >= 2'958'466) return {};
    const std::int64_t all = std::llround(serial * static_cast<double>(kDay));
    const std::int64_t day = all / kDay, rest = all % kDay;
    const std::string fraction = rest % 1'000 == 0 ? "" : format(".{:03}", rest % 1'000);
    const std::string time = format("{:02}:{:02}:{:02}{}", rest / 3'600'000, rest / 60'000 % 60, rest / 1'000 % 60, fraction);
    if (day == 0 && shows == Shows::time) return time;
    using namespace std::chrono;
    sys_days first = sys_days{year{1904} / January / 1};
    if (system == DateSystem::of_1900) {
        if (day == 0 || day == 60) return {};
        // Behind the day that never was all numbers are one too high.
        first = sys_days{year{1899} / December / (day < 60 ? 31 : 30)};
    }
    const year_month_day date{first + days{day}};
    if (int{date.year()} > 9999) return {};
    const std::string text = format("{:04}-{:02}-{:02}", int{date.year()}, unsigned{date.month()}, unsigned{date.day()});
    return rest == 0 ? text : text + ' ' + time;
}

}  // namespace vg::tables
