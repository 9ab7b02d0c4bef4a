// Writes workbooks for tests of lists: sheets of texts, numbers and dates, by ECMA-376.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "tables/xlsx.h"
#include "tables/zip_test_file.h"

namespace vg::lists::samples {

struct TestSheet {
    std::string name;
    std::vector<std::vector<std::string>> rows;  // "=46353.0875" is a number, "@46353.0875" a number that is shown as a date
    std::string state;                           // "hidden", "veryHidden"
    std::string merged;                          // "A1:D1"
};

inline std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&') out += "&amp;";
        else if (c == '<') out += "&lt;";
        else out.push_back(c);
    }
    return out;
}

inline std::string workbook_of(const std::vector<TestSheet>& sheets) {
    constexpr std::string_view kMain = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    constexpr std::string_view kOffice = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    constexpr auto kDeflated = tables::ZipTestFile::Method::deflated;
    tables::ZipTestFile zip;
    std::string list, links;
    for (std::size_t i = 0; i < sheets.size(); ++i) {
        const std::string state = sheets[i].state.empty() ? "" : format(" state=\"{}\"", sheets[i].state);
        list += format("<sheet name=\"{}\" sheetId=\"{}\"{} r:id=\"rId{}\"/>", escaped(sheets[i].name), i + 1, state, i + 1);
        links += format("<Relationship Id=\"rId{0}\" Type=\"{1}/worksheet\" Target=\"worksheets/sheet{0}.xml\"/>", i + 1, kOffice);
    }
    zip.add("[Content_Types].xml", "<Types><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>", kDeflated);
    zip.add("_rels/.rels", format("<Relationships><Relationship Id=\"a\" Type=\"{}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>", kOffice), kDeflated);
    zip.add("xl/workbook.xml", format("<workbook {} xmlns:r=\"{}\"><sheets>{}</sheets></workbook>", kMain, kOffice, list), kDeflated);
    zip.add("xl/_rels/workbook.xml.rels", format("<Relationships>{}<Relationship Id=\"s\" Type=\"{}/styles\" Target=\"styles.xml\"/></Relationships>", links, kOffice), kDeflated);
    zip.add("xl/styles.xml", format("<styleSheet {}><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"22\"/></cellXfs></styleSheet>", kMain), kDeflated);
    for (std::size_t i = 0; i < sheets.size(); ++i) {
        std::string data;
        for (std::size_t row = 0; row < sheets[i].rows.size(); ++row) {
            data += format("<row r=\"{}\">", row + 1);
            for (std::size_t column = 0; column < sheets[i].rows[row].size(); ++column) {
                const std::string& cell = sheets[i].rows[row][column];
                const std::string name = tables::cell_name(row + 1, column + 1);
                if (cell.empty()) continue;
                if (cell[0] == '=') data += format("<c r=\"{}\"><v>{}</v></c>", name, cell.substr(1));
                else if (cell[0] == '@') data += format("<c r=\"{}\" s=\"1\"><v>{}</v></c>", name, cell.substr(1));
                else data += format("<c r=\"{}\" t=\"inlineStr\"><is><t>{}</t></is></c>", name, escaped(cell));
            }
            data += "</row>";
        }
        const std::string merged = sheets[i].merged.empty() ? "" : format("<mergeCells><mergeCell ref=\"{}\"/></mergeCells>", sheets[i].merged);
        zip.add(format("xl/worksheets/sheet{}.xml", i + 1), format("<worksheet {}><sheetData>{}</sheetData>{}</worksheet>", kMain, data, merged), kDeflated);
    }
    return zip.bytes();
}

}  // namespace vg::lists::samples
