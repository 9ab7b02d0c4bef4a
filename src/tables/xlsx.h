// Workbooks of Excel 2007 and later (.xlsx, ECMA-376), out of bytes of strangers: sheets with the same rows that read_csv gives.
// Values are those that the program last stored; formulas are not computed, macros and links to other files are passed over. Pure,
// any thread. Memory is a few times the unpacked bytes of the largest sheet and of its text, both of which are bounded.
//
//   const tables::Workbook book = TRY(tables::read_xlsx(bytes));
//   for (const tables::Sheet& sheet : book.sheets)
//       for (const tables::Row& row : sheet.table.rows) use(sheet.name, row.line, row.cells);
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tables/number_format.h"
#include "tables/table.h"
#include "tables/xml.h"
#include "tables/zip.h"

namespace vg::tables {

struct WorkbookLimits {
    std::size_t file_bytes = std::size_t{64} << 20;
    ZipLimits zip;
    XmlLimits xml;
    std::size_t most_sheets = 200;
    std::size_t most_rows = 1'048'576;                       // of a sheet, which no more have in Excel
    std::size_t most_columns = 1'000;                        // a row with more is refused
    std::size_t most_cell_bytes = std::size_t{1} << 20;      // a row with a longer one is refused
    std::size_t most_cells = 10'000'000;                     // of the workbook, with those left empty before one that is not
    std::size_t most_text_bytes = std::size_t{256} << 20;    // of all cells: a text may stand once in the file and in a million cells
    std::size_t most_shared_strings = 2'000'000;
    std::size_t most_merged = 100'000;                       // of a sheet
};

enum class Visibility { visible, hidden, very_hidden };  // the last can only be undone by a macro

// Rows and columns from 1, both ends within.
struct CellRange {
    std::size_t first_row = 0, first_column = 0, last_row = 0, last_column = 0;
};

// Something that is read, but not as it may have been meant: a formula without a stored value, a number shown as a date that is none.
struct Remark {
    std::string cell;  // "B7"
    std::string text;
};

struct Sheet {
    std::string name;
    Visibility visibility = Visibility::visible;
    Table table;                              // `line` is the row's number
    std::vector<CellRange> merged;            // the text is in the first cell, the others are empty
    std::vector<CellRange> hidden_columns;    // of all rows: first_row and last_row are 0
    std::size_t hidden_rows = 0;              // that have cells; they stand among the others, and say so
    std::vector<Remark> remarks;              // at most kMostRemarks
    std::size_t more_remarks = 0;
};
inline constexpr std::size_t kMostRemarks = 100;

struct Workbook {
    std::vector<Sheet> sheets;  // in the order of their tabs
    DateSystem dates = DateSystem::of_1900;
    bool has_macros = false;                // they are passed over
    std::vector<std::string> passed_over;   // names of sheets that are charts, dialogs or macros
};

// True for what begins as a ZIP archive does.
bool may_be_xlsx(std::string_view bytes);

// Errors: bad_input for what is no such workbook (an old or encrypted one, an .xlsb, an OpenDocument file are named, with what to do),
// too_large for a limit that is reached. A row that cannot be read is refused by itself, with the name of its cell.
Result<Workbook> read_xlsx(std::string_view bytes, const WorkbookLimits& limits = {});

// "A1" of row 1 and column 1; and back, nothing for what is no such name.
std::string cell_name(std::size_t row, std::size_t column);
struct CellPlace {
    std::size_t row = 0, column = 0;
};
std::optional<CellPlace> parse_cell_name(std::string_view name);

}  // namespace vg::tables
