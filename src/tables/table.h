// What a table is, whether it came as CSV or as a sheet of a workbook: rows of cells that are text, with what was refused beside
// them, so that a caller treats both alike. csv.h and xlsx.h make it; plain values, any thread.
//
//   for (const tables::Row& row : table.rows)
//       if (tables::kind_of(row, 2) == tables::CellKind::time) use(row.cells[2]);
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace vg::tables {

// What a cell says of itself. CSV says nothing: all is text there.
enum class CellKind : std::uint8_t {
    empty,
    text,
    number,   // as the file writes it: "84912345678", "1.5E-2"
    boolean,  // "true" or "false"
    time,     // "2018-01-31", "12:21:00" or "2018-01-31 12:21:00" with milliseconds where there are some; no zone is known
    error,    // "#N/A" and the like
};

struct Row {
    std::size_t line = 0;  // of the text, or the row's number in its sheet; from 1
    std::vector<std::string> cells;
    std::vector<CellKind> kinds;  // as many as cells, or none: then all are text
    bool hidden = false;          // by the person who wrote the sheet, or by a filter
};

struct BadRow {
    std::size_t line = 0;
    std::string reason;
    std::string text;  // its beginning; empty for a row of a sheet
};

struct Table {
    std::vector<Row> rows;  // without those that are empty or a comment
    std::vector<BadRow> refused;
    bool cut = false;       // there were more rows than most_rows
    char separator = ',';   // of CSV
};

inline CellKind kind_of(const Row& row, std::size_t column) {
    if (column >= row.cells.size()) return CellKind::empty;
    if (!row.kinds.empty()) return row.kinds[column];
    return row.cells[column].empty() ? CellKind::empty : CellKind::text;
}

}  // namespace vg::tables
