// Where the table stands in the rows of a file: its header, found by its words, and what stands above and below it. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "lists/source.h"

namespace vg::lists {

inline constexpr std::size_t kHeadRows = 60;  // in which the header is looked for

struct KeptRow {
    std::size_t line = 0;
    std::vector<std::string> cells;
};

struct Shape {
    std::size_t header_line = 0;             // 0: there is none
    std::size_t first_line = 1;              // data rows stand from this line on
    std::vector<std::string> headers;        // as written; of a header of two rows both
    std::vector<std::string> keys;           // as Column::key
    std::vector<std::pair<std::size_t, std::string>> title;
    std::size_t words = 0;                   // headers that are known
    bool has_values = false;                 // addresses or times were seen
    std::optional<Question> question;        // "header"
};

// Whether a folded text is the header of a column in any profile, or one that every list has.
std::function<bool(std::string_view)> known_headers(const ReadOptions& options);

// denied for a secrecy mark in a cell of its own above the table or in its header.
Result<Shape> find_shape(const SourceTable& table, const ReadOptions& options);

// The text of a row that is no data: its cells that hold something, with blanks between.
std::string joined(const std::vector<std::string>& cells);

// True for a row that can stand below a table: totals, signatures, remarks. `victims` are the columns of addresses.
bool may_be_footer(const KeptRow& row, std::size_t columns, const std::vector<std::size_t>& victims);

}  // namespace vg::lists
