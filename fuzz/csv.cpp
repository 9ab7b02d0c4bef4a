// CSV of strangers: rows and refusals within their bounds, and what is written as a cell is read as it was.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "tables/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vg;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    for (const char separator : {'\0', ',', ';'}) {
        const tables::Table table = tables::read_csv(text, {.separator = separator, .comment = "#", .most_rows = 1'000, .most_columns = 20, .most_cell_bytes = 500});
        CHECK(table.rows.size() + table.refused.size() <= 1'000, "rows are bounded");
        std::size_t last = 0;
        for (const tables::Row& row : table.rows) {
            CHECK(!row.cells.empty() && row.cells.size() <= 20, "cells are bounded");
            CHECK(row.line > last, "rows are in the order of their lines");
            last = row.line;
        }
    }
    if (text.starts_with("\xEF\xBB\xBF") || text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return 0;
    const std::string row = tables::csv_cell(text, ',', false) + ",x";
    const tables::Table back = tables::read_csv(row);
    if (text.size() < 1'000) CHECK(back.rows.size() == 1 && back.rows[0].cells.size() == 2 && back.rows[0].cells[0] == text, "a cell is read as it was written");
    return 0;
}
