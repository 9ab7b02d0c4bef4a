// What the columns of a table mean, who says so, and what their values let suppose where nobody does. Pure, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lists/reading.h"
#include "lists/shape.h"
#include "tables/table.h"

namespace vg::lists {

struct ChosenColumns {
    std::vector<Column> columns;
    const Profile* profile = nullptr;
    std::string zone;  // that the header of a time says
};

// By what the person told, then by the profile that was named or fits; others stay undecided. not_found: no such profile.
Result<ChosenColumns> choose_columns(const Shape& shape, const ReadOptions& options);

// "thoi gian gmt 7" is "thoi gian" with the zone that the header says; empty: it says none, or one west of Greenwich ("GMT-7").
struct HeaderZone {
    std::string key, zone;
};
HeaderZone zone_in_header(std::string_view key, std::string_view header);

// Counts what the values of one column look like.
class ColumnEvidence {
public:
    void count(std::string_view tidy_cell);
    void tell(Column& column) const;
    // What the column could be, with grounds; only for one that nobody decided. Who is affected and what controls is never supposed
    // from values alone.
    void suppose(Column& column) const;
    [[nodiscard]] bool has_addresses() const { return addresses_ > 0 || pages_ > 0; }
    [[nodiscard]] std::size_t filled() const { return filled_; }

private:
    std::size_t filled_ = 0, addresses_ = 0, times_ = 0, numbers_ = 0, ports_ = 0, protocols_ = 0, as_numbers_ = 0, pages_ = 0;
    bool counts_up_ = true;
    std::vector<std::string> samples_;
};

// The question about a column that nobody decided, with what it is supposed to be first.
Question ask_about(const Column& column, bool has_addresses);

}  // namespace vg::lists
