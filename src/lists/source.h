// The bytes of a list as tables of text cells, whatever they came as: CSV, workbook, lines, JSON. Pure; one thread at a time; the
// bytes are hostile and outlive what is made of them.
//
//   const Opened opened = TRY(open_source(bytes, options));
//   opened.tables[0].each([&](const RawRow& row) { return use(row); });   // as often as one likes
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "lists/reading.h"
#include "tables/table.h"

namespace vg::lists {

struct RawRow {
    std::size_t line = 0;
    std::span<const std::string_view> cells;    // valid during the call
    std::span<const tables::CellKind> kinds;    // as many, or none
    std::string_view refused;                   // why the row has no cells; empty: it has
    std::string_view beginning;                 // of a row that is refused
    bool hidden = false;
};
using UseRow = std::function<bool(const RawRow&)>;  // false: no more rows

struct SourceTable {
    std::string name;    // of the sheet
    bool hidden = false;
    std::function<void(const UseRow&)> each;
    std::vector<std::string> remarks;
    // Of forms whose columns have names of their own: the header is not looked for in the rows.
    std::vector<std::string> header;
};

struct Opened {
    std::string form;
    std::optional<tables::Encoding> encoding;
    std::string encoding_grounds;
    char separator = 0;
    std::vector<SourceTable> tables;
    std::vector<std::string> remarks;
    std::vector<std::string> names;      // of sheets that are no tables (charts, macros)
    std::optional<Question> question;    // then there are no tables
};

// Rows and refused ones of a table in the order of their lines.
void each_row(const tables::Table& table, const UseRow& use);

// Errors: bad_input for what is no list, with what to do; too_large; denied when a reading of the text that is not decided has a
// secrecy mark at its head.
Result<Opened> open_source(std::string_view bytes, const ReadOptions& options);

// The separator by which the most words of headers are told apart, and the most lines have as many cells. `known`: whether a folded
// text is the header of a column.
char separator_of(std::string_view text, const std::function<bool(std::string_view)>& known);

}  // namespace vg::lists
