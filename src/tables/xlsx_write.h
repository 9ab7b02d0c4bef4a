// Workbooks of Excel 2007 and later (.xlsx, ECMA-376) out of rows of text, for people who fill them in and send them back. Every cell is
// text, and stays text when it is edited, so that none of them ever is a formula; the same rows give the same bytes. Pure, any thread.
//
//   const std::string bytes = tables::write_xlsx({{.name = "Trả lời", .columns = {{.title = "Trả lời", .choices = {"Đã gỡ"}}}, .rows = {{""}}}});
#pragma once

#include <string>
#include <vector>

namespace vg::tables {

struct ColumnToWrite {
    std::string title;
    double width = 14;                     // characters
    bool to_fill = false;                  // its heading stands out
    std::vector<std::string> choices = {}; // words that its cells can have, offered as a list; together at most 255 characters, none with a comma or a quote
};

struct SheetToWrite {
    std::string name;                      // at most 31 characters, none of : \ / ? * [ ]
    std::vector<ColumnToWrite> columns;    // none: the rows have no heading
    std::vector<std::vector<std::string>> rows;
};

// A cell is cut at 32,767 bytes, which Excel takes as characters; characters that XML cannot hold become U+FFFD.
std::string write_xlsx(const std::vector<SheetToWrite>& sheets);

}  // namespace vg::tables
