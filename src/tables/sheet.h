// One part of a workbook that is a sheet, and the two that its cells point into: texts and styles. xlsx.h is what callers want.
// Pure; one thread at a time.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "tables/xlsx.h"
#include "tables/xml.h"

namespace vg::tables {

// What all sheets of a workbook share.
struct SheetParts {
    std::vector<std::string> strings;  // a text that is too long has most_cell_bytes + 1 bytes
    std::vector<Shows> styles;         // by the number that a cell names
    DateSystem dates = DateSystem::of_1900;
    const WorkbookLimits* limits = nullptr;
    std::size_t cells = 0, text_bytes = 0;  // so far
};

Result<std::vector<std::string>> read_shared_strings(XmlReader& xml, const WorkbookLimits& limits);
// Behind the start of <si> or <is>: its text without formatting, to the end of the element. Of more than `most` bytes the first
// `most + 1`.
Result<std::string> read_rich_text(XmlReader& xml, std::size_t most);
// "_x000D_" stands for the UTF-16 unit 000D (22.9.2.19 of the standard).
std::string without_escapes(std::string text);
Result<std::vector<Shows>> read_styles(XmlReader& xml);
// Fills all but the name and visibility.
Status read_sheet(XmlReader& xml, SheetParts& parts, Sheet& sheet);

}  // namespace vg::tables
