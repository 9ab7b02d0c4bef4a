// CSV as people and programs write it: bytes to rows of text. Pure, any thread; the bytes are hostile, so that rows, cells and
// their lengths are bounded. RFC 4180, with another separator or quote where the dialect says so; line ends are LF, CRLF or CR;
// blanks around
// quotes, a byte-order mark and UTF-16 with one are understood.
//
//   const auto table = tables::read_csv(bytes, {.separator = ';'});
//   for (const tables::Row& row : table.rows) use(row.line, row.cells);
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

// The same rows one after another, for tables that need not stand in memory. The text is UTF-8 without a byte-order mark and outlives
// the rows; cells are valid until the next row is read.
//
//   CsvRows rows{text, dialect};
//   while (rows.next()) use(rows.line(), rows.cells());
class CsvRows {
public:
    CsvRows(std::string_view text, const Dialect& dialect);

    // False at the end. A row that cannot be read is told by a reason and has no cells.
    bool next();
    [[nodiscard]] std::size_t line() const { return line_; }  // of the row, from 1
    [[nodiscard]] const std::vector<std::string_view>& cells() const { return cells_; }
    [[nodiscard]] std::string_view reason() const { return reason_; }  // empty: the row is read
    [[nodiscard]] std::string_view beginning() const { return beginning_; }  // of a row that is not
    [[nodiscard]] char separator() const { return separator_; }

private:
    enum class Took { row, nothing, refused };
    Took take();
    Took refuse(std::size_t begin, std::string_view reason);
    void end_line();
    void skip_line();
    [[nodiscard]] bool at_end() const;
    [[nodiscard]] std::size_t quote_ahead() const;
    std::string_view quoted(std::string_view& cell);

    std::string_view text_;
    Dialect dialect_;
    char separator_;
    std::size_t at_ = 0, number_ = 1, line_ = 0;
    std::vector<std::string_view> cells_;
    std::deque<std::string> own_;  // cells with a quote in them
    std::size_t used_ = 0;         // of own_
    std::string_view reason_, beginning_;
};

// One cell as it must stand in a row of RFC 4180. With `for_spreadsheets`, a cell that a spreadsheet would take for a formula
// (it begins with = + - @, a tab or a carriage return) gets an apostrophe before it, which such programs do not show.
std::string csv_cell(std::string_view text, char separator = ',', bool for_spreadsheets = true);

}  // namespace vg::tables
