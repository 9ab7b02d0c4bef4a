// Excel keeps a date as a number of days, and only the cell's number format says that it is one. This reads both. Pure, any thread.
//
//   shows_of("dd/mm/yyyy") == Shows::date        serial_text(43131.5, Shows::date, DateSystem::of_1900) == "2018-01-31 12:00:00"
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vg::tables {

// An elapsed time ([h]:mm) is a number: it is no point in time.
enum class Shows : std::uint8_t { number, date, time };

// Of a format's code (ECMA-376 part 1, 18.8.31): its first section decides.
Shows shows_of(std::string_view code);
// Of the number of a format that has no code of its own in the file (18.8.30).
Shows shows_of_builtin(std::uint32_t id);

enum class DateSystem : std::uint8_t { of_1900, of_1904 };

// "2018-01-31", "2018-01-31 12:21:00" where the number has a time of day, "12:21:00" of a number below one that is shown as a time;
// ".250" behind it where there are milliseconds. Nothing for what is no date: below zero, beyond the year 9999, day 0 and day 60 of
// the 1900 system, which takes 29 February 1900 to have been.
std::optional<std::string> serial_text(double serial, Shows shows, DateSystem system);

}  // namespace vg::tables
