// CSV as people and programs write it: bytes to rows of text. Pure, any thread; the bytes are hostile, so that rows, cells and
// their lengths are bounded. RFC 4180, with another separator or quote where the dialect says so; line ends are LF, CRLF or CR;
// blanks around
// quotes, a byte-order mark and UTF-16 with one are understood.
//
//   const auto table = tables::read_csv(bytes, {.separator = ';'});
//   for (const tables::Row& row : table.rows) use(row.line, row.cells);
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "tables/table.h"

namespace vg::tables {

struct Dialect {
    char separator = ',';        // 0: the one of , ; tab | that the first lines have most evenly
    char quote = '"';            // 0: none
    std::string_view comment;    // a line that begins so is passed over; empty: there are no comments
    std::size_t most_rows = 20'000'000;
    std::size_t most_columns = 1'000;
    std::size_t most_cell_bytes = std::size_t{1} << 20;
};

Table read_csv(std::string_view bytes, const Dialect& dialect = {});

// One cell as it must stand in a row of RFC 4180. With `for_spreadsheets`, a cell that a spreadsheet would take for a formula
// (it begins with = + - @, a tab or a carriage return) gets an apostrophe before it, which such programs do not show.
std::string csv_cell(std::string_view text, char separator = ',', bool for_spreadsheets = true);

}  // namespace vg::tables
