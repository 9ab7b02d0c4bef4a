// Times as lists write them: ISO, d/m/y and m/d/y with or without AM, PM, SA, CH, words ("ngày 27 tháng 11 năm 2026"), Excel's days and
// seconds since 1970. Pure; a Times is of one thread.
//
//   DateEvidence evidence;
//   evidence.count("27/11/2026 01:14");                       // the first number cannot be a month
//   Times times{DateOrder::day_first, "Asia/Ho_Chi_Minh"};
//   const When when = TRY(times.read("31/1/2018 12:21 PM"));  // 2018-01-31T05:21:00Z
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "lists/reading.h"

namespace vg::lists {

// Of dates with the year behind: which of the two first numbers can be the month.
struct DateEvidence {
    std::size_t first_above_12 = 0, second_above_12 = 0, both_ways = 0;
    void count(std::string_view cell);
};

struct When {
    std::optional<Time> time;     // none: its order or zone is not known, see below
    bool day_only = false;        // taken as the day's start
    bool without_zone = false;    // the cell says none
    bool either_order = false;    // day and month could be exchanged
};

class Times {
public:
    // Without an order or a zone, what depends on it has no time.
    Times(std::optional<DateOrder> order, std::string zone) : order_(order), zone_(std::move(zone)) {}

    // The cell is tidy and says something. The error is why it is no time.
    Result<When> read(std::string_view cell);

private:
    struct Parts {
        int year = 0, month = 0, day = 0;
        int hour = 0, minute = 0, second = 0, micros = 0;
        bool has_time = false;
        bool either_order = false;
        std::optional<int> offset_minutes;
    };
    struct Cached {
        std::int64_t hour = INT64_MIN;  // of the civil time since 1970
        std::int64_t micros = 0;
    };

    Result<Parts> parts_of(std::string_view cell) const;
    Result<Parts> words_of(std::string_view cell) const;
    Status set_date(Parts& parts, std::array<int, 3> numbers, std::array<std::size_t, 3> widths) const;
    std::optional<Time> in_zone(const Parts& parts);

    std::optional<DateOrder> order_;
    std::string zone_;
    std::array<Cached, 256> cache_;
};

// True for what may be a time by its form. Cheap.
bool looks_like_time(std::string_view tidy_cell);

}  // namespace vg::lists
