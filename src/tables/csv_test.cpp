#include "tables/csv.h"

#include <gtest/gtest.h>

namespace vg::tables {
namespace {

using Cells = std::vector<std::string>;

// The forms of RFC 4180, section 2.
TEST(Csv, ReadsQuotesLineEndsAndBlanks) {
    const Table table = read_csv("a,b\r\n\"x, y\",\"say \"\"hi\"\"\"\n\n\"two\nlines\",\r last , \n");
    ASSERT_EQ(table.rows.size(), 4U);
    EXPECT_EQ(table.rows[0].cells, (Cells{"a", "b"}));
    EXPECT_EQ(table.rows[1].cells, (Cells{"x, y", "say \"hi\""}));
    EXPECT_EQ(table.rows[1].line, 2U);
    EXPECT_EQ(table.rows[2].cells, (Cells{"two\nlines", ""}));
    EXPECT_EQ(table.rows[2].line, 4U);
    EXPECT_EQ(table.rows[3].cells, (Cells{" last ", " "}));
    EXPECT_EQ(table.rows[3].line, 6U);
}

TEST(Csv, BlanksMayStandAroundQuotes) {
    EXPECT_EQ(read_csv("\"a\", \"b,c\" ,  d\n").rows[0].cells, (Cells{"a", "b,c", "  d"}));
}

TEST(Csv, FindsTheSeparator) {
    EXPECT_EQ(read_csv("a;b;c\n1,5;2;3\n", {.separator = 0}).rows[1].cells, (Cells{"1,5", "2", "3"}));
    EXPECT_EQ(read_csv("a\tb\n1\t2,2\n", {.separator = 0}).separator, '\t');
    EXPECT_EQ(read_csv("# x;y;z\na,b\n1,2\n", {.separator = 0, .comment = "#"}).separator, ',');
    EXPECT_EQ(read_csv("one\ntwo\n", {.separator = 0}).rows.size(), 2U);
}

TEST(Csv, ReadsByteOrderMarks) {
    EXPECT_EQ(read_csv("\xEF\xBB\xBFname,x\n").rows[0].cells[0], "name");
    EXPECT_EQ(read_csv(std::string_view{"\xFF\xFE" "a\0,\0b\0\n\0", 10}).rows[0].cells, (Cells{"a", "b"}));
}

TEST(Csv, ABadRowTakesNoNeighbourWithIt) {
    const Table table = read_csv("a,b\n\"open,2\nc,d\n\"x\"y,1\ne,f");
    ASSERT_EQ(table.refused.size(), 2U);
    EXPECT_EQ(table.refused[0].line, 2U);
    EXPECT_EQ(table.refused[1].line, 4U);
    ASSERT_EQ(table.rows.size(), 3U);
    EXPECT_EQ(table.rows[2].cells, (Cells{"e", "f"}));
    EXPECT_EQ(table.rows[2].line, 5U);
}

TEST(Csv, IsBounded) {
    EXPECT_EQ(read_csv(std::string(20, ','), {.most_columns = 5}).refused.size(), 1U);
    EXPECT_EQ(read_csv("abcdef,x\n", {.most_cell_bytes = 5}).refused.size(), 1U);
    const Table cut = read_csv("1\n2\n3\n", {.most_rows = 2});
    EXPECT_EQ(cut.rows.size(), 2U);
    EXPECT_TRUE(cut.cut);
}

TEST(Csv, CellsDoNotBecomeFormulas) {
    EXPECT_EQ(csv_cell("=HYPERLINK(\"http://x\")"), "\"'=HYPERLINK(\"\"http://x\"\")\"");
    for (const char* text : {"+1", "-1", "@SUM(1)", "\tx", "\rx"}) EXPECT_EQ(csv_cell(text).substr(0, 2), "\"'") << text;
    EXPECT_EQ(csv_cell("plain"), "plain");
    EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
    EXPECT_EQ(csv_cell("-1", ',', false), "-1");
    const std::string odd = "a\"b,\r\nc";
    EXPECT_EQ(read_csv(csv_cell(odd) + ",x\n").rows[0].cells[0], odd);
}

}  // namespace
}  // namespace vg::tables
