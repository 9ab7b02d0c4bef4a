#include "tables/xlsx_write.h"

#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "tables/xlsx.h"
#include "tables/zip_writer.h"

namespace vg::tables {

namespace {

constexpr std::size_t kMostWrittenCell = 32'767 - 3;  // the sign of what was cut off goes behind it
constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
constexpr std::string_view kMainSpace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
constexpr std::string_view kOfficeSpace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
constexpr std::string_view kPackageSpace = "http://schemas.openxmlformats.org/package/2006/";

constexpr Time kMade{946'684'800'000'000};  // of every part: 1 January 2000, so that the same rows give the same bytes

// Styles of <cellXfs>, by their place there.
constexpr int kTextStyle = 1, kHeadStyle = 2, kFillHeadStyle = 3;

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Whether a reader would take what stands there for an escaped character: _xHHHH_ (ECMA-376 part 1, 22.9.2.19).
bool looks_escaped(std::string_view text) {
    if (text.size() < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_') return false;
    for (std::size_t i = 2; i < 6; ++i)
        if (!is_hex_digit(text[i])) return false;
    return true;
}

void add_text(std::string& out, std::string_view given) {
    const std::string text = to_valid_utf8(shorten(given, kMostWrittenCell));
    const std::string_view all = text;
    for (std::size_t at = 0; at < all.size(); ++at) {
        const char c = all[at];
        if (c == '&') out += "&amp;";
        else if (c == '<') out += "&lt;";
        else if (c == '>') out += "&gt;";
        else if (c == '"') out += "&quot;";
        else if (c == '\r') out += "_x000D_";
        else if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n') out += "\xEF\xBF\xBD";
        else if (looks_escaped(all.substr(at))) out += "_x005F_";
        else if (all.substr(at, 3) == "\xEF\xBF\xBE" || all.substr(at, 3) == "\xEF\xBF\xBF") out += "\xEF\xBF\xBD", at += 2;
        else out += c;
    }
}

void add_cell(std::string& out, std::size_t row, std::size_t column, int style, std::string_view text) {
    if (text.empty()) {
        out += format("<c r=\"{}\" s=\"{}\"/>", cell_name(row, column), style);
        return;
    }
    out += format("<c r=\"{}\" s=\"{}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">", cell_name(row, column), style);
    add_text(out, text);
    out += "</t></is></c>";
}

std::string sheet_part(const SheetToWrite& sheet) {
    const bool headed = !sheet.columns.empty();
    std::string out{kDeclaration};
    out += format("<worksheet xmlns=\"{}\"><sheetViews><sheetView workbookViewId=\"0\">", kMainSpace);
    if (headed) out += R"(<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>)";
    out += R"(</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>)";
    if (!headed) out += format(R"(<col min="1" max="1" width="100" style="{}" customWidth="1"/>)", kTextStyle);
    for (std::size_t i = 0; i < sheet.columns.size(); ++i) out += format(R"(<col min="{0}" max="{0}" width="{1}" style="{2}" customWidth="1"/>)", i + 1, sheet.columns[i].width, kTextStyle);
    out += "</cols><sheetData>";
    std::size_t row = 0;
    if (headed) {
        out += format("<row r=\"{}\">", ++row);
        for (std::size_t i = 0; i < sheet.columns.size(); ++i) add_cell(out, row, i + 1, sheet.columns[i].to_fill ? kFillHeadStyle : kHeadStyle, sheet.columns[i].title);
        out += "</row>";
    }
    for (const auto& cells : sheet.rows) {
        out += format("<row r=\"{}\">", ++row);
        for (std::size_t i = 0; i < cells.size(); ++i) add_cell(out, row, i + 1, kTextStyle, cells[i]);
        out += "</row>";
    }
    out += "</sheetData>";
    if (headed && !sheet.rows.empty()) {
        out += format("<autoFilter ref=\"A1:{}\"/>", cell_name(row, sheet.columns.size()));
        std::string lists;
        std::size_t count = 0;
        for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
            if (sheet.columns[i].choices.empty()) continue;
            std::string words;
            for (const std::string& one : sheet.columns[i].choices) {
                CHECK(one.find_first_of(",\"") == std::string::npos, "the list of choices is one text with commas");
                words += (words.empty() ? "" : ",") + one;
            }
            CHECK(words.size() <= 255, "Excel refuses the workbook otherwise");
            ++count;
            lists += format(R"(<dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="{}:{}"><formula1>)", cell_name(2, i + 1), cell_name(row, i + 1));
            add_text(lists, "\"" + words + "\"");
            lists += "</formula1></dataValidation>";
        }
        if (count > 0) out += format("<dataValidations count=\"{}\">{}</dataValidations>", count, lists);
    }
    return out + "</worksheet>";
}

constexpr std::string_view kStyles =
    R"(<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>)"
    R"(<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>)"
    R"(<fill><patternFill patternType="solid"><fgColor rgb="FFE8E8E4"/><bgColor indexed="64"/></patternFill></fill>)"
    R"(<fill><patternFill patternType="solid"><fgColor rgb="FFFFF2CC"/><bgColor indexed="64"/></patternFill></fill></fills>)"
    R"(<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>)"
    R"(<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>)"
    R"(<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>)"
    R"(<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/>)"
    R"(<xf numFmtId="49" fontId="1" fillId="3" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/></cellXfs>)"
    R"(<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>)";

}  // namespace

std::string write_xlsx(const std::vector<SheetToWrite>& sheets) {
    constexpr std::string_view kType = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
    std::string types, names, relations;
    for (std::size_t i = 0; i < sheets.size(); ++i) {
        types += format(R"(<Override PartName="/xl/worksheets/sheet{}.xml" ContentType="{}worksheet+xml"/>)", i + 1, kType);
        names += "<sheet name=\"";
        add_text(names, sheets[i].name);
        names += format(R"(" sheetId="{0}" r:id="rId{0}"/>)", i + 1);
        relations += format(R"(<Relationship Id="rId{0}" Type="{1}/worksheet" Target="worksheets/sheet{0}.xml"/>)", i + 1, kOfficeSpace);
    }
    relations += format(R"(<Relationship Id="rId{}" Type="{}/styles" Target="styles.xml"/>)", sheets.size() + 1, kOfficeSpace);
    ZipWriter zip{kMade};
    std::string out;
    const auto part = [&](std::string_view name, std::string_view content) { out += zip.add(name, content, ZipPacking::deflated); };
    part("[Content_Types].xml", format(R"({0}<Types xmlns="{1}content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>)"
                                          R"(<Override PartName="/xl/workbook.xml" ContentType="{2}sheet.main+xml"/>{3}<Override PartName="/xl/styles.xml" ContentType="{2}styles+xml"/></Types>)", kDeclaration, kPackageSpace, kType, types));
    part("_rels/.rels", format(R"({0}<Relationships xmlns="{1}relationships"><Relationship Id="rId1" Type="{2}/officeDocument" Target="xl/workbook.xml"/></Relationships>)", kDeclaration, kPackageSpace, kOfficeSpace));
    part("xl/workbook.xml", format(R"({}<workbook xmlns="{}" xmlns:r="{}"><sheets>{}</sheets></workbook>)", kDeclaration, kMainSpace, kOfficeSpace, names));
    part("xl/_rels/workbook.xml.rels", format(R"({}<Relationships xmlns="{}relationships">{}</Relationships>)", kDeclaration, kPackageSpace, relations));
    part("xl/styles.xml", format(R"({}<styleSheet xmlns="{}">{}</styleSheet>)", kDeclaration, kMainSpace, kStyles));
    for (std::size_t i = 0; i < sheets.size(); ++i) part(format("xl/worksheets/sheet{}.xml", i + 1), sheet_part(sheets[i]));
    return out + zip.finish();
}

}  // namespace vg::tables
