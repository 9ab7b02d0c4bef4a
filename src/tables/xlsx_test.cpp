#include "tables/xlsx.h"

#include <gtest/gtest.h>

#include <array>

#include "base/text.h"
#include "tables/zip_test_file.h"

namespace vg::tables {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view kMain = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
constexpr std::string_view kOffice = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

// The parts of a workbook by ECMA-376, each of which a test may write otherwise.
struct Parts {
    std::string type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
    std::string workbook_properties;
    std::string sheets = "<sheet name=\"Danh sách\" sheetId=\"1\" r:id=\"rId1\"/>";
    std::string more_relationships;
    std::string strings = "<si><t>Địa chỉ IP</t></si><si><r><t>192.0.</t></r><r><t>2.1</t></r><rPh><t>x</t></rPh></si>";
    std::string formats = "<numFmt numFmtId=\"164\" formatCode=\"dd/mm/yyyy\\ hh:mm\"/>";
    std::string styles = "<xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"20\"/>";
    std::string sheet;  // what stands in the worksheet, from <sheetData> on
    ZipTestFile::Method method = ZipTestFile::Method::deflated;

    [[nodiscard]] std::string bytes() const {
        ZipTestFile zip;
        zip.add("[Content_Types].xml", format("<Types><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{}\"/></Types>", type), method);
        zip.add("_rels/.rels", format("<Relationships><Relationship Id=\"a\" Type=\"{}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>", kOffice), method);
        zip.add("xl/workbook.xml", format("<workbook {} xmlns:r=\"{}\">{}<sheets>{}</sheets></workbook>", kMain, kOffice, workbook_properties, sheets), method);
        zip.add("xl/_rels/workbook.xml.rels",
                format("<Relationships><Relationship Id=\"rId1\" Type=\"{0}/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
                       "<Relationship Id=\"rId2\" Type=\"{0}/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/>"
                       "<Relationship Id=\"rId3\" Type=\"{0}/styles\" Target=\"../xl/styles.xml\"/>{1}</Relationships>",
                       kOffice, more_relationships),
                method);
        zip.add("xl/sharedStrings.xml", format("<sst {}>{}</sst>", kMain, strings), method);
        zip.add("xl/styles.xml", format("<styleSheet {}><numFmts>{}</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>{}</cellXfs></styleSheet>", kMain, formats, styles), method);
        zip.add("xl/worksheets/sheet1.xml", format("<worksheet {}>{}</worksheet>", kMain, sheet), method);
        return zip.bytes();
    }
};

Parts with_rows(std::string rows) {
    Parts parts;
    parts.sheet = "<sheetData>" + std::move(rows) + "</sheetData>";
    return parts;
}

Sheet only_sheet(const Parts& parts, const WorkbookLimits& limits = {}) {
    auto book = read_xlsx(parts.bytes(), limits);
    if (!book || book->sheets.size() != 1) {
        ADD_FAILURE() << (book ? "not one sheet" : book.error().text);
        return {};
    }
    return std::move(book->sheets[0]);
}

std::string error_of_book(const std::string& bytes, const WorkbookLimits& limits = {}) {
    const auto book = read_xlsx(bytes, limits);
    return book ? "no error" : book.error().text;
}

std::string refusal(const Parts& parts, const WorkbookLimits& limits = {}) {
    const Sheet sheet = only_sheet(parts, limits);
    return sheet.table.refused.size() == 1 ? sheet.table.refused[0].reason : format("{} rows are refused", sheet.table.refused.size());
}

bool tells(const std::string& text, std::string_view word) { return text.find(word) != std::string::npos; }

TEST(Xlsx, ReadsCellsOfAllTypes) {
    for (const auto method : {ZipTestFile::Method::stored, ZipTestFile::Method::deflated}) {
        Parts parts = with_rows(
            "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>"
            "<row r=\"3\"><c r=\"B3\"><v>84912345678</v></c><c r=\"C3\" t=\"b\"><v>1</v></c><c r=\"D3\" t=\"e\"><v>#N/A</v></c>"
            "<c r=\"E3\" t=\"str\"><f>A1&amp;\"x\"</f><v>a&lt;_x000D_b</v></c><c r=\"F3\" t=\"inlineStr\"><is><t>trong </t><t>ô</t></is></c>"
            "<c r=\"G3\" s=\"1\"><v>39448</v></c><c r=\"H3\" s=\"2\"><v>39448.5</v></c><c r=\"I3\" s=\"3\"><v>0.75</v></c><c r=\"J3\" t=\"d\"><v>2008-01-01T06:00:00</v></c>"
            "<c r=\"K3\" s=\"0\"><v>-1.5E-2</v></c><c r=\"L3\" s=\"1\"/></row>");
        parts.method = method;
        const Sheet sheet = only_sheet(parts);
        EXPECT_EQ(sheet.name, "Danh sách");
        ASSERT_EQ(sheet.table.rows.size(), 2U);
        EXPECT_EQ(sheet.table.rows[0].cells, (Texts{"Địa chỉ IP", "192.0.2.1"}));
        EXPECT_EQ(sheet.table.rows[0].line, 1U);
        const Row& row = sheet.table.rows[1];
        EXPECT_EQ(row.line, 3U);
        EXPECT_EQ(row.cells, (Texts{"", "84912345678", "true", "#N/A", "a<\rb", "trong ô", "2008-01-01", "2008-01-01 12:00:00", "18:00:00", "2008-01-01 06:00:00", "-1.5E-2"}));
        const std::vector<CellKind> kinds{CellKind::empty, CellKind::number, CellKind::boolean, CellKind::error, CellKind::text, CellKind::text,
                                          CellKind::time,  CellKind::time,   CellKind::time,    CellKind::time,  CellKind::number};
        EXPECT_EQ(row.kinds, kinds);
        EXPECT_EQ(kind_of(row, 1), CellKind::number);
        EXPECT_EQ(kind_of(row, 50), CellKind::empty);
        EXPECT_TRUE(sheet.table.refused.empty());
        EXPECT_TRUE(sheet.remarks.empty());
    }
}

TEST(Xlsx, RowsAndCellsMayHaveNoNames) {
    const Sheet sheet = only_sheet(with_rows("<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c r=\"B3\"><v>3</v></c><c><v>4</v></c></row>"));
    ASSERT_EQ(sheet.table.rows.size(), 2U);
    EXPECT_EQ(sheet.table.rows[0].cells, (Texts{"1", "2"}));
    EXPECT_EQ(sheet.table.rows[1].cells, (Texts{"", "3", "4"}));
    EXPECT_EQ(sheet.table.rows[1].line, 3U);
}

TEST(Xlsx, DatesGoByTheWorkbooksSystem) {
    Parts parts = with_rows("<row><c s=\"1\"><v>39267</v></c><c s=\"1\"><v>60</v></c></row>");
    parts.workbook_properties = "<workbookPr date1904=\"1\"/>";
    EXPECT_EQ(only_sheet(parts).table.rows[0].cells, (Texts{"2011-07-05", "1904-03-01"}));
    parts.workbook_properties = "<workbookPr/>";
    const Sheet sheet = only_sheet(parts);
    EXPECT_EQ(sheet.table.rows[0].cells, (Texts{"2007-07-04", "60"}));  // 1,462 days earlier; and the day that never was
    EXPECT_EQ(sheet.table.rows[0].kinds[1], CellKind::number);
    ASSERT_EQ(sheet.remarks.size(), 1U);
    EXPECT_EQ(sheet.remarks[0].cell, "B1");
}

TEST(Xlsx, TellsWhatIsHiddenAndMerged) {
    Parts parts;
    parts.sheets = "<sheet name=\"a\" sheetId=\"1\" state=\"veryHidden\" r:id=\"rId1\"/>";
    parts.sheet = "<cols><col min=\"2\" max=\"3\" hidden=\"1\"/><col min=\"4\" max=\"4\"/></cols>"
                  "<sheetData><row r=\"1\" hidden=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>2</v></c></row></sheetData>"
                  "<mergeCells><mergeCell ref=\"A1:AB3\"/></mergeCells>";
    const Sheet sheet = only_sheet(parts);
    EXPECT_EQ(sheet.visibility, Visibility::very_hidden);
    ASSERT_EQ(sheet.table.rows.size(), 2U);
    EXPECT_TRUE(sheet.table.rows[0].hidden);
    EXPECT_FALSE(sheet.table.rows[1].hidden);
    EXPECT_EQ(sheet.hidden_rows, 1U);
    ASSERT_EQ(sheet.hidden_columns.size(), 1U);
    EXPECT_EQ(sheet.hidden_columns[0].first_column, 2U);
    EXPECT_EQ(sheet.hidden_columns[0].last_column, 3U);
    ASSERT_EQ(sheet.merged.size(), 1U);
    EXPECT_EQ(sheet.merged[0].last_column, 28U);
    EXPECT_EQ(sheet.merged[0].last_row, 3U);
}

TEST(Xlsx, MacrosChartsAndFormulasWithoutValuesAreTold) {
    Parts parts = with_rows("<row><c><f>NOW()</f></c><c><v>1</v></c></row>");
    parts.type = "application/vnd.ms-excel.sheet.macroEnabled.main+xml";
    parts.sheets += "<sheet name=\"Chart1\" sheetId=\"2\" r:id=\"rId9\"/>";
    parts.more_relationships = format("<Relationship Id=\"rId9\" Type=\"{}/chartsheet\" Target=\"chartsheets/sheet1.xml\"/>", kOffice);
    const auto book = read_xlsx(parts.bytes());
    ASSERT_TRUE(book) << book.error().text;
    EXPECT_TRUE(book->has_macros);
    EXPECT_EQ(book->passed_over, (Texts{"Chart1"}));
    ASSERT_EQ(book->sheets.size(), 1U);
    EXPECT_EQ(book->sheets[0].table.rows[0].cells, (Texts{"", "1"}));
    ASSERT_EQ(book->sheets[0].remarks.size(), 1U);
    EXPECT_EQ(book->sheets[0].remarks[0].cell, "A1");
    EXPECT_FALSE(read_xlsx(with_rows("").bytes())->has_macros);
}

TEST(Xlsx, ABadRowIsRefusedByItselfAndNamesItsCell) {
    const Sheet sheet = only_sheet(with_rows("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\" t=\"s\"><v>2</v></c></row><row r=\"3\"><c r=\"A3\"><v>3</v></c></row>"));
    ASSERT_EQ(sheet.table.rows.size(), 2U);
    EXPECT_EQ(sheet.table.rows[1].cells, (Texts{"3"}));
    ASSERT_EQ(sheet.table.refused.size(), 1U);
    EXPECT_EQ(sheet.table.refused[0].line, 2U);
    EXPECT_EQ(sheet.table.refused[0].reason, "the cell B2: the shared string '2' is not there: there are 2");
    EXPECT_EQ(refusal(with_rows("<row><c><v>nan</v></c></row>")), "the cell A1: 'nan' is no number");
    EXPECT_EQ(refusal(with_rows("<row><c t=\"b\"><v>7</v></c></row>")), "the cell A1: '7' is neither true nor false");
    EXPECT_EQ(refusal(with_rows("<row><c t=\"z\"><v>7</v></c></row>")), "the cell A1: a cell of the unknown type 'z'");
    EXPECT_EQ(refusal(with_rows("<row r=\"2\"><c r=\"A3\"><v>7</v></c></row>")), "the cell 'A3' is none of the row 2");
    EXPECT_EQ(refusal(with_rows("<row><c r=\"B1\"><v>7</v></c><c r=\"A1\"><v>7</v></c></row>")), "the cell A1 stands behind B1");
    EXPECT_EQ(refusal(with_rows("<row r=\"9\"><c><v>7</v></c></row><row r=\"5\"><c><v>7</v></c></row>")), "the row 5 stands behind the row 9");
    EXPECT_EQ(refusal(with_rows("<row r=\"1048577\"><c><v>7</v></c></row>")), "'1048577' is no number of a row");
}

TEST(Xlsx, AMillionColumnsAndALongCellAreNamed) {
    // 10^6 in letters: 56 * 26^2 + ... is BDWGN.
    EXPECT_EQ(refusal(with_rows("<row r=\"1\"><c r=\"BDWGN1\"><v>7</v></c></row>")), "the cell BDWGN1: the row has more than 1000 columns");
    std::string cells;
    for (int i = 0; i < 1'000'000; ++i) cells += "<c><v>1</v></c>";
    WorkbookLimits wide;
    wide.zip.ratio = 2'000;
    EXPECT_EQ(refusal(with_rows("<row>" + cells + "</row>"), wide), "the cell ALM1: the row has more than 1000 columns");  // ALM is 1,001
    const std::string ten_megabytes(10'000'000, 'x');
    EXPECT_EQ(refusal(with_rows("<row><c/><c t=\"inlineStr\"><is><t>" + ten_megabytes + "</t></is></c></row>"), wide), "the cell B1: its text is longer than 1048576 bytes");
    Parts shared = with_rows("<row><c t=\"s\"><v>0</v></c></row>");
    shared.strings = "<si><t>" + ten_megabytes + "</t></si>";
    EXPECT_EQ(refusal(shared, wide), "the cell A1: its text is longer than 1048576 bytes");
    // With the limits as they are it is a bomb.
    EXPECT_TRUE(tells(error_of_book(shared.bytes()), "'xl/sharedStrings.xml' unpacks from"));
}

TEST(Xlsx, IsBounded) {
    const Parts parts = with_rows("<row><c><v>1</v></c></row><row><c t=\"s\"><v>1</v></c></row><row><c><v>3</v></c></row>");
    const Sheet cut = only_sheet(parts, {.most_rows = 2});
    EXPECT_EQ(cut.table.rows.size(), 2U);
    EXPECT_TRUE(cut.table.cut);
    EXPECT_TRUE(tells(error_of_book(parts.bytes(), {.most_cells = 2}), "in the sheet 'Danh sách': at the cell A3"));
    EXPECT_TRUE(tells(error_of_book(parts.bytes(), {.most_text_bytes = 9}), "at the cell A2"));
    EXPECT_TRUE(tells(error_of_book(parts.bytes(), {.most_shared_strings = 1}), "shared strings"));
    EXPECT_TRUE(tells(error_of_book(parts.bytes(), {.file_bytes = 100}), "bytes, and 100 are read"));
    EXPECT_TRUE(tells(error_of_book(parts.bytes(), {.zip = {.entries = 3}}), "entries"));
    EXPECT_TRUE(tells(error_of_book(parts.bytes(), {.xml = {.depth = 4}}), "nested deeper"));
    EXPECT_TRUE(tells(error_of_book(parts.bytes(), {.most_sheets = 0}), "sheets"));
}

TEST(Xlsx, EveryCutIsRefused) {
    const std::string bytes = with_rows("<row><c><v>1</v></c></row>").bytes();
    for (std::size_t size = 0; size < bytes.size(); size += 7) EXPECT_FALSE(read_xlsx(bytes.substr(0, size))) << size;
    Parts torn;
    torn.sheet = "<sheetData><row><c><v>1</v></c></row>";
    EXPECT_TRUE(tells(error_of_book(torn.bytes()), "in the sheet 'Danh sách': at byte"));
}

TEST(Xlsx, WhatIsNoWorkbookIsNamed) {
    using namespace std::string_literals;
    const std::string compound = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"s;
    EXPECT_TRUE(tells(error_of_book(compound + to_utf16le("Workbook")), ".xls"));
    EXPECT_TRUE(tells(error_of_book(compound + std::string(500, '\0') + to_utf16le("EncryptedPackage")), "encrypted"));
    EXPECT_TRUE(tells(error_of_book(ZipTestFile{}.add("mimetype", "x").add("content.xml", "<a/>").bytes()), "OpenDocument"));
    EXPECT_TRUE(tells(error_of_book(ZipTestFile{}.add("a", "x").bytes()), "[Content_Types].xml"));
    EXPECT_TRUE(tells(error_of_book("a;b;c\n"), "no ZIP archive"));
    Parts parts = with_rows("");
    parts.type = "application/vnd.ms-excel.sheet.binary.macroEnabled.main";
    EXPECT_TRUE(tells(error_of_book(parts.bytes()), ".xlsb"));
    parts.type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    EXPECT_TRUE(tells(error_of_book(parts.bytes()), ".docx"));
    parts = with_rows("");
    parts.sheets = "<sheet name=\"a\" sheetId=\"1\" r:id=\"rId7\"/>";
    EXPECT_TRUE(tells(error_of_book(parts.bytes()), "the sheet 'a' has no part"));
    parts = with_rows("");
    parts.sheet = "<!DOCTYPE a [<!ENTITY b 'c'>]>";
    EXPECT_TRUE(tells(error_of_book(parts.bytes()), "document type"));
}

TEST(Xlsx, CellsHaveNames) {
    struct Case {
        const char* name;
        std::size_t row, column;
    };
    for (const auto& [name, row, column] : std::array<Case, 4>{{{"A1", 1, 1}, {"Z9", 9, 26}, {"AA10", 10, 27}, {"XFD1048576", 1'048'576, 16'384}}}) {
        EXPECT_EQ(cell_name(row, column), name);
        ASSERT_TRUE(parse_cell_name(name)) << name;
        EXPECT_EQ(parse_cell_name(name)->row, row);
        EXPECT_EQ(parse_cell_name(name)->column, column);
    }
    for (const char* name : {"", "A", "1", "A0", "a1", "A-1", "A1048577", "$A$1", "AAAAAAAAAAA1"}) EXPECT_FALSE(parse_cell_name(name)) << name;
}

}  // namespace
}  // namespace vg::tables
