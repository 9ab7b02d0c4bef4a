// Workbooks that are written: what is in them is read back as it was, nothing of it is a formula, and the same rows are the same bytes.
#include "tables/xlsx_write.h"

#include <gtest/gtest.h>

#include <random>

#include "base/text.h"
#include "tables/xlsx.h"

namespace vg::tables::xlsx_write_test {
namespace {

using Cells = std::vector<std::string>;

std::vector<SheetToWrite> one_sheet(std::vector<Cells> rows, std::vector<ColumnToWrite> columns = {{.title = "Địa chỉ"}, {.title = "Trả lời", .to_fill = true, .choices = {"Đã gỡ", "Báo nhầm"}}}) {
    return {{.name = "Mục", .columns = std::move(columns), .rows = std::move(rows)}};
}

std::string part_of(const std::string& bytes, std::string_view name) {
    auto zip = ZipFile::open(bytes);
    EXPECT_TRUE(zip);
    const ZipEntry* entry = zip->find(name);
    EXPECT_NE(entry, nullptr) << name;
    return entry == nullptr ? "" : *zip->read(*entry);
}

TEST(XlsxWrite, IsReadBackAsItWas) {
    const std::string bytes = write_xlsx({{.name = "Mục", .columns = {{.title = "Địa chỉ"}, {.title = "Trả lời"}}, .rows = {{"203.0.113.7", "Đã gỡ"}, {"", "x"}}}, {.name = "Hướng dẫn", .columns = {}, .rows = {{"Điền cột trả lời"}}}});
    const auto book = read_xlsx(bytes);
    ASSERT_TRUE(book) << book.error().text;
    ASSERT_EQ(book->sheets.size(), 2U);
    EXPECT_EQ(book->sheets[0].name, "Mục");
    const auto& rows = book->sheets[0].table.rows;
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].cells, (Cells{"Địa chỉ", "Trả lời"}));
    EXPECT_EQ(rows[1].cells, (Cells{"203.0.113.7", "Đã gỡ"}));
    EXPECT_EQ(rows[2].cells, (Cells{"", "x"}));
    EXPECT_EQ(book->sheets[1].table.rows[0].cells, (Cells{"Điền cột trả lời"}));
    EXPECT_TRUE(book->sheets[0].remarks.empty());
    EXPECT_EQ(bytes, write_xlsx({{.name = "Mục", .columns = {{.title = "Địa chỉ"}, {.title = "Trả lời"}}, .rows = {{"203.0.113.7", "Đã gỡ"}, {"", "x"}}}, {.name = "Hướng dẫn", .columns = {}, .rows = {{"Điền cột trả lời"}}}}));
}

TEST(XlsxWrite, AFormulaIsText) {
    const std::string bytes = write_xlsx(one_sheet({{"=HYPERLINK(\"http://evil.example\")", "@SUM(1)"}, {"+1", "-1"}}));
    const std::string sheet = part_of(bytes, "xl/worksheets/sheet1.xml");
    EXPECT_EQ(sheet.find("<f>"), std::string::npos);
    EXPECT_EQ(sheet.find("<v>"), std::string::npos) << "numbers neither";
    // 49 is '@', text (ECMA-376 part 1, 18.8.30): what is edited stays text.
    EXPECT_NE(part_of(bytes, "xl/styles.xml").find("numFmtId=\"49\""), std::string::npos);
    const auto book = read_xlsx(bytes);
    ASSERT_TRUE(book);
    EXPECT_EQ(book->sheets[0].table.rows[1].cells, (Cells{"=HYPERLINK(\"http://evil.example\")", "@SUM(1)"}));
    EXPECT_EQ(kind_of(book->sheets[0].table.rows[2], 0), CellKind::text);
}

TEST(XlsxWrite, ChoicesAreOfferedForTheRowsThatThereAre) {
    const std::string sheet = part_of(write_xlsx(one_sheet({{"a", ""}, {"b", ""}})), "xl/worksheets/sheet1.xml");
    EXPECT_NE(sheet.find("<dataValidations count=\"1\"><dataValidation type=\"list\" allowBlank=\"1\" showErrorMessage=\"1\" sqref=\"B2:B3\"><formula1>&quot;Đã gỡ,Báo nhầm&quot;</formula1></dataValidation></dataValidations>"),
              std::string::npos)
        << sheet;
    EXPECT_NE(sheet.find("<autoFilter ref=\"A1:B3\"/>"), std::string::npos);
    EXPECT_EQ(part_of(write_xlsx(one_sheet({})), "xl/worksheets/sheet1.xml").find("dataValidation"), std::string::npos) << "no rows, nothing to choose for";
}

// Whatever text stands in a cell comes back, but for what XML cannot hold.
TEST(XlsxWrite, EveryTextComesBack) {
    std::mt19937 dice{20261130};
    const std::vector<std::string> pieces{"a", "ế", "😀", "&", "<", ">", "\"", "'", "=", "_x000D_", "_x0041_", "_x", "\n", "\t", "\r", " ", "]]>", "\xE2\x80\xAE"};
    std::vector<Cells> rows;
    for (int i = 0; i < 500; ++i) {
        Cells row;
        for (int j = 0; j < 2; ++j) {
            std::string text = "x";  // cells that are blank from end to end are no cells
            for (std::size_t n = dice() % 12; n > 0; --n) text += pieces[dice() % pieces.size()];
            row.push_back(text + "x");
        }
        rows.push_back(row);
    }
    const auto book = read_xlsx(write_xlsx(one_sheet(rows)));
    ASSERT_TRUE(book) << book.error().text;
    ASSERT_EQ(book->sheets[0].table.rows.size(), rows.size() + 1);
    for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(book->sheets[0].table.rows[i + 1].cells, rows[i]);
    const auto odd = read_xlsx(write_xlsx(one_sheet({{std::string{"a\0b", 3}, "\x01\xFF\xEF\xBF\xBF"}})));
    ASSERT_TRUE(odd) << odd.error().text;
    EXPECT_EQ(odd->sheets[0].table.rows[1].cells, (Cells{"a\xEF\xBF\xBD" "b", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"}));
    const auto longer = read_xlsx(write_xlsx(one_sheet({{std::string(100'000, 'x'), "y"}})));
    ASSERT_TRUE(longer);
    EXPECT_LE(longer->sheets[0].table.rows[1].cells[0].size(), 32'767U);
}

}  // namespace
}  // namespace vg::tables::xlsx_write_test
