// Workbooks of strangers, and sheets without the archive around them, which its checksums keep a fuzzer out of: rows and refusals
// within their bounds. Bytes that begin as an archive or a compound file are a workbook, others the XML of a sheet.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "tables/sheet.h"
#include "tables/xlsx.h"

namespace {

vg::tables::WorkbookLimits small_limits() {
    vg::tables::WorkbookLimits limits;
    limits.zip.unpacked_bytes = std::size_t{1} << 22;
    limits.most_rows = 500;
    limits.most_columns = 50;
    limits.most_cell_bytes = 1'000;
    limits.most_cells = 10'000;
    limits.most_text_bytes = 100'000;
    return limits;
}

void look(const vg::tables::Sheet& sheet) {
    using namespace vg::tables;
    CHECK(sheet.table.rows.size() + sheet.table.refused.size() <= 500, "rows are bounded");
    std::size_t last = 0;
    for (const Row& row : sheet.table.rows) {
        CHECK(row.line > last, "rows are in order");
        last = row.line;
        CHECK(!row.cells.empty() && row.cells.size() <= 50 && row.kinds.size() == row.cells.size(), "each cell has a kind");
        CHECK(!row.cells.back().empty(), "a row ends with a cell that holds something");
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            CHECK(row.cells[i].size() <= 1'000 && vg::is_utf8(row.cells[i]), "a cell is text within its bounds");
            CHECK((kind_of(row, i) == CellKind::empty) == row.cells[i].empty(), "an empty cell says so");
        }
    }
    for (const BadRow& row : sheet.table.refused) CHECK(!row.reason.empty() && vg::is_utf8(row.reason), "a refusal has a reason");
    for (const CellRange& range : sheet.merged) CHECK(range.first_row <= range.last_row && range.first_column <= range.last_column, "a range goes from its first to its last cell");
    CHECK(sheet.remarks.size() <= kMostRemarks, "remarks are bounded");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vg;
    using namespace vg::tables;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const WorkbookLimits limits = small_limits();
    if (bytes.starts_with("PK") || bytes.starts_with("\xD0\xCF\x11\xE0")) {
        const auto book = read_xlsx(bytes, limits);
        if (!book) {
            CHECK(!book.error().text.empty() && is_utf8(book.error().text), "a refusal has a reason that can be shown");
            return 0;
        }
        for (const Sheet& sheet : book->sheets) look(sheet);
        return 0;
    }
    for (const DateSystem dates : {DateSystem::of_1900, DateSystem::of_1904}) {
        auto xml = XmlReader::open(std::string{bytes}, limits.xml);
        if (!xml) return 0;
        SheetParts parts{.strings = {"one", "two", std::string(1'001, 'x')}, .styles = {Shows::number, Shows::date, Shows::time}, .dates = dates, .limits = &limits};
        Sheet sheet;
        const auto read = read_sheet(*xml, parts, sheet);
        look(sheet);
        CHECK(read || is_utf8(read.error().text), "a refusal can be shown");
        auto strings = XmlReader::open(std::string{bytes}, limits.xml);
        static_cast<void>(read_shared_strings(*strings, limits));
        auto styles = XmlReader::open(std::string{bytes}, limits.xml);
        static_cast<void>(read_styles(*styles));
    }
    return 0;
}
