// Calendar: which days offices work, from dated data (content/regimes/calendar.yaml): the holidays of each year, and Saturdays that
// are worked in exchange. There is no formula: the days are decided each year, some of them weeks before. A year without data is
// unknown, never 'no holidays'. Pure, immutable after load, any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace vg::regime {

// A day of the civil calendar, as days since 1970-01-01.
struct Day {
    int number = 0;
    friend auto operator<=>(const Day&, const Day&) = default;
};
std::optional<Day> parse_day(std::string_view text);  // "2024-05-01"
std::string text_of(Day day);                         // "2024-05-01"
bool is_weekend(Day day);                             // Saturday or Sunday

struct Holiday {
    std::string name, name_vi;
    std::string source;    // the document that says so
    bool checked = false;  // somebody has held it against that document
};

class Calendar {
public:
    // {years: [{year, source, checked, off: [{from, to, name, name_vi}], worked: [day]}]}. Errors name year and day.
    static Result<Calendar> read(const json::Value& document);

    // Nothing: there is no data for that year, and the day is not a weekend.
    [[nodiscard]] std::optional<bool> works(Day day) const;
    [[nodiscard]] const Holiday* holiday(Day day) const;  // null: none
    [[nodiscard]] bool is_worked_weekend(Day day) const;
    [[nodiscard]] std::vector<int> years() const;

private:
    std::map<int, bool> years_;            // checked
    std::map<Day, Holiday> off_;
    std::map<Day, std::string> worked_;    // weekends that are worked, with the source
};

}  // namespace vg::regime
