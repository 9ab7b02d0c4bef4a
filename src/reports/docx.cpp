// A document as WordprocessingML (ECMA-376, part 1), packed as parts (part 2). It is edited by people, so it is made of plain
// paragraphs and tables and of nothing that a clerk would not have made by hand.
#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "reports/clean.h"
#include "tables/zip_writer.h"

namespace vg::reports {

namespace {

// Twentieths of a point; 56.7 to the millimetre. Margins as in NĐ 30/2020, Phụ lục I.
constexpr int kTwipsTop = 1134, kTwipsLeft = 1701, kTwipsRight = 850, kTwipsPage = 11906, kTwipsWidth = kTwipsPage - kTwipsLeft - kTwipsRight;
constexpr int kTwipsIndent = 567;
constexpr int kTwipsHeadLeft = kTwipsWidth * 40 / 100;
constexpr std::string_view kXml = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
constexpr std::string_view kMain = "http://schemas.openxmlformats.org/wordprocessingml/2006/main", kRelations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

// How a paragraph stands; in half points and twips.
struct Look {
    int size = 26;
    bool bold = false, italic = false;
    Align align = Align::left;
    int before = 0, after = 0, first_line = 0, left = 0, right = 0, hanging = 0;
    bool keep = false;      // with the next paragraph
    bool ruled = false;     // a line above it
    bool framed = false;    // lines on all sides
    std::string_view font = {};
};

std::string_view word_of(Align align) {
    switch (align) {
        case Align::justified: return "both";
        case Align::left: return "left";
        case Align::centred: return "center";
        case Align::right: return "right";
    }
    return "left";
}

void run_into(std::string& out, std::string_view text, bool bold, bool italic, int size, std::string_view font = {}) {
    out += "<w:r><w:rPr>";
    if (!font.empty()) out += format("<w:rFonts w:ascii=\"{0}\" w:hAnsi=\"{0}\" w:eastAsia=\"{0}\" w:cs=\"{0}\"/>", font);
    if (bold) out += "<w:b/>";
    if (italic) out += "<w:i/>";
    out += format("<w:sz w:val=\"{0}\"/><w:szCs w:val=\"{0}\"/></w:rPr>", size);
    bool first = true;
    for (const std::string_view line : split(text, '\n')) {
        if (!first) out += "<w:br/>";
        first = false;
        out += "<w:t xml:space=\"preserve\">" + escaped(line) + "</w:t>";
    }
    out += "</w:r>";
}

// The elements of w:pPr stand in the order of the schema.
void open_paragraph(std::string& out, const Look& look) {
    out += "<w:p><w:pPr>";
    if (look.keep) out += "<w:keepNext/>";
    if (look.ruled) out += "<w:pBdr><w:top w:val=\"single\" w:sz=\"6\" w:space=\"1\" w:color=\"000000\"/></w:pBdr>";
    if (look.framed) {
        out += "<w:pBdr>";
        for (const std::string_view side : {"top", "left", "bottom", "right"}) out += format("<w:{} w:val=\"single\" w:sz=\"6\" w:space=\"2\" w:color=\"000000\"/>", side);
        out += "</w:pBdr>";
    }
    out += format("<w:spacing w:before=\"{}\" w:after=\"{}\"/>", look.before, look.after);
    if (look.first_line != 0 || look.left != 0 || look.right != 0 || look.hanging != 0) {
        out += format("<w:ind w:left=\"{}\" w:right=\"{}\"", look.left, look.right);
        if (look.hanging != 0) out += format(" w:hanging=\"{}\"", look.hanging);
        else if (look.first_line != 0) out += format(" w:firstLine=\"{}\"", look.first_line);
        out += "/>";
    }
    out += format("<w:jc w:val=\"{}\"/><w:rPr><w:sz w:val=\"{}\"/></w:rPr></w:pPr>", word_of(look.align), look.size);
}

void paragraph(std::string& out, const std::vector<Run>& runs, const Look& look) {
    open_paragraph(out, look);
    for (const Run& run : runs) run_into(out, run.text, run.bold || look.bold, run.italic || look.italic, look.size, look.font);
    out += "</w:p>";
}
void paragraph(std::string& out, std::string_view text, const Look& look) { paragraph(out, {{std::string{text}}}, look); }

// A line of its own, in the middle of `width`, by a border above an empty paragraph.
void short_rule(std::string& out, int width, int length) {
    const int side = std::max((width - length) / 2, 0);
    open_paragraph(out, {.size = 4, .align = Align::centred, .before = 40, .left = side, .right = side, .ruled = true});
    out += "</w:p>";
}

void open_table(std::string& out, const std::vector<int>& widths, bool ruled, int indent = 0) {
    int all = 0;
    for (const int width : widths) all += width;
    out += format("<w:tbl><w:tblPr><w:tblW w:w=\"{}\" w:type=\"dxa\"/>", all);
    if (indent != 0) out += format("<w:tblInd w:w=\"{}\" w:type=\"dxa\"/>", indent);
    if (ruled) {
        out += "<w:tblBorders>";
        for (const std::string_view side : {"top", "left", "bottom", "right", "insideH", "insideV"}) out += format("<w:{} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>", side);
        out += "</w:tblBorders>";
    }
    out += "<w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"60\" w:type=\"dxa\"/><w:right w:w=\"60\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>";
    for (const int width : widths) out += format("<w:gridCol w:w=\"{}\"/>", width);
    out += "</w:tblGrid>";
}
void open_cell(std::string& out, int width) { out += format("<w:tc><w:tcPr><w:tcW w:w=\"{}\" w:type=\"dxa\"/></w:tcPr>", width); }

// How wide a text of the head is, about: half of its size for a small letter, three quarters for a capital one.
int width_about(std::string_view text, int half_points, bool capitals) {
    const auto letters = std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    return static_cast<int>(letters) * half_points * 10 * (capitals ? 72 : 46) / 100;
}

void head_of(std::string& out, const Document& document) {
    const int right = kTwipsWidth - kTwipsHeadLeft, inner_left = kTwipsHeadLeft - 120, inner_right = right - 120;
    if (!document.mark.empty()) paragraph(out, document.mark, {.size = 22, .italic = true, .align = Align::right});
    open_table(out, {kTwipsHeadLeft, right}, false);
    out += "<w:tr>";
    open_cell(out, kTwipsHeadLeft);
    if (!document.parent_agency.empty()) paragraph(out, upper(document.parent_agency), {.size = 24, .align = Align::centred});
    const std::string agency = document.agency.empty() ? "………………………" : upper(document.agency);
    paragraph(out, agency, {.size = 24, .bold = true, .align = Align::centred});
    short_rule(out, inner_left, std::min(width_about(agency, 24, true), inner_left) * 2 / 5);
    out += "</w:tc>";
    open_cell(out, right);
    paragraph(out, kNation, {.size = 24, .bold = true, .align = Align::centred});
    paragraph(out, kMotto, {.size = 26, .bold = true, .align = Align::centred});
    short_rule(out, inner_right, width_about(kMotto, 26, false));
    out += "</w:tc></w:tr><w:tr>";
    open_cell(out, kTwipsHeadLeft);
    paragraph(out, number_line(document), {.size = 26, .align = Align::centred});
    if (document.title.empty() && !document.subject.empty()) paragraph(out, "V/v " + document.subject, {.size = 24, .align = Align::centred, .before = 120});
    if (!document.urgency.empty()) {
        const int side = std::max((inner_left - width_about(document.urgency, 26, true)) / 2 - 100, 0);
        paragraph(out, upper(document.urgency), {.size = 26, .bold = true, .align = Align::centred, .before = 160, .left = side, .right = side, .framed = true});
    }
    out += "</w:tc>";
    open_cell(out, right);
    paragraph(out, document.place_and_date, {.size = 26, .italic = true, .align = Align::centred});
    out += "</w:tc></w:tr></w:tbl>";
    if (document.title.empty()) {
        paragraph(out, "", {.size = 12});
    } else {
        paragraph(out, upper(document.title), {.size = 28, .bold = true, .align = Align::centred, .before = 240, .keep = true});
        if (!document.subject.empty()) {
            paragraph(out, document.subject, {.size = 28, .bold = true, .align = Align::centred, .keep = true});
            short_rule(out, kTwipsWidth, std::min(width_about(document.subject, 28, false), kTwipsWidth) * 2 / 5);
        }
    }
    const std::vector<std::string> to = address_lines(document);
    if (to.size() == 1) paragraph(out, "Kính gửi: " + to.front(), {.align = Align::centred, .before = 120, .after = 120});
    if (to.size() < 2) return;
    paragraph(out, "Kính gửi:", {.before = 120, .left = 2 * kTwipsIndent, .keep = true});
    for (const std::string& line : to) paragraph(out, line, {.before = 20, .left = 4 * kTwipsIndent + 160, .hanging = 160});
}

void write(std::string& out, const Paragraph& block) {
    paragraph(out, block.runs, {.align = block.align, .before = 120, .first_line = block.indented ? kTwipsIndent : 0, .keep = block.keep});
}

void write(std::string& out, const Item& block) {
    std::vector<Run> runs{{block.label + " ", !block.runs.empty() && block.runs.front().bold, false}};
    runs.insert(runs.end(), block.runs.begin(), block.runs.end());
    paragraph(out, runs, {.align = Align::justified, .before = 120, .first_line = kTwipsIndent});
}

void box_into(std::string& out, const Boxes::Box& box) {
    run_into(out, box.ticked ? "☒" : "☐", false, false, 26, "MS Gothic");
    run_into(out, " " + box.text, false, false, 26);
}
void write(std::string& out, const Boxes& block) {
    if (block.boxes.empty()) return;
    if (!block.in_one_line) {
        for (const Boxes::Box& box : block.boxes) {
            open_paragraph(out, {.before = 60, .left = kTwipsIndent + 380, .hanging = 380});
            box_into(out, box);
            out += "</w:p>";
        }
        return;
    }
    const std::vector<int> widths(block.boxes.size(), (kTwipsWidth - kTwipsIndent) / static_cast<int>(block.boxes.size()));
    open_table(out, widths, false, kTwipsIndent);
    out += "<w:tr>";
    for (std::size_t i = 0; i < widths.size(); ++i) {
        open_cell(out, widths[i]);
        open_paragraph(out, {.before = 60});
        box_into(out, block.boxes[i]);
        out += "</w:p></w:tc>";
    }
    out += "</w:tr></w:tbl>";
    paragraph(out, "", {.size = 4});
}

void write(std::string& out, const Table& block) {
    double shares = 0;
    for (const Table::Column& column : block.columns) shares += column.width;
    std::vector<int> widths;
    for (const Table::Column& column : block.columns) widths.push_back(std::max(static_cast<int>(kTwipsWidth * column.width / shares), 20));
    const int size = block.columns.size() > 5 ? 22 : 24;
    paragraph(out, "", {.size = 8});
    open_table(out, widths, true);
    if (std::any_of(block.columns.begin(), block.columns.end(), [](const Table::Column& column) { return !column.head.empty(); })) {
        out += "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>";
        for (std::size_t i = 0; i < widths.size(); ++i) {
            open_cell(out, widths[i]);
            paragraph(out, block.columns[i].head, {.size = size, .bold = true, .align = Align::centred, .before = 40, .after = 40});
            out += "</w:tc>";
        }
        out += "</w:tr>";
    }
    for (std::size_t r = 0; r < block.rows.size(); ++r) {
        out += "<w:tr>";
        for (std::size_t i = 0; i < widths.size(); ++i) {
            open_cell(out, widths[i]);
            paragraph(out, block.rows[r][i], {.size = size, .bold = block.last_is_total && r + 1 == block.rows.size(), .align = block.columns[i].align, .before = 40, .after = 40, .keep = r == 0 && block.rows.size() > 1});
            out += "</w:tc>";
        }
        out += "</w:tr>";
    }
    out += "</w:tbl>";
    paragraph(out, "", {.size = 8});
}

void foot_of(std::string& out, const Document& document) {
    const int left = kTwipsWidth * 46 / 100, right = kTwipsWidth - left;
    paragraph(out, "", {.size = 16, .keep = true});
    open_table(out, {left, right}, false);
    out += "<w:tr><w:trPr><w:cantSplit/></w:trPr>";
    open_cell(out, left);
    if (!document.recipients.empty()) paragraph(out, "Nơi nhận:", {.size = 24, .bold = true, .italic = true});
    for (const std::string& line : recipient_lines(document)) paragraph(out, line, {.size = 22, .left = 120, .hanging = 120});
    if (document.recipients.empty()) paragraph(out, "", {});
    out += "</w:tc>";
    open_cell(out, right);
    const Signature& signs = document.signature;
    for (const std::string* line : {&signs.authority, &signs.title})
        if (!line->empty()) paragraph(out, upper(*line), {.bold = true, .align = Align::centred});
    paragraph(out, signs.name, {.bold = true, .align = Align::centred, .before = signs.authority.empty() && signs.title.empty() && signs.name.empty() ? 0 : 1240});
    out += "</w:tc></w:tr></w:tbl>";
}

std::string styles() {
    return std::string{kXml} + format("<w:styles xmlns:w=\"{}\"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" w:eastAsia=\"Times New Roman\" w:cs=\"Times New Roman\"/>"
                                      "<w:color w:val=\"000000\"/><w:sz w:val=\"26\"/><w:szCs w:val=\"26\"/><w:lang w:val=\"vi-VN\" w:eastAsia=\"vi-VN\" w:bidi=\"ar-SA\"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:before=\"0\" "
                                      "w:after=\"0\" w:line=\"252\" w:lineRule=\"auto\"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/></w:style></w:styles>",
                                      kMain);
}

// Its number in the middle of the upper margin, from the second page on.
std::string page_header() {
    return std::string{kXml} + format("<w:hdr xmlns:w=\"{}\"><w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> PAGE </w:instrText></w:r>"
                                      "<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>2</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p></w:hdr>",
                                      kMain);
}

std::string core_properties(const Document& document) {
    const std::string title = document.title.empty() ? document.subject : document.title + " " + document.subject;
    const std::string made = to_rfc3339(Time{document.made.micros / 1'000'000 * 1'000'000});
    return std::string{kXml} + "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" "
                               "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>" + escaped(shorten(title, 200)) + "</dc:title><dc:creator>" + escaped(document.agency) + "</dc:creator><dc:language>vi-VN</dc:language>"
                               "<dcterms:created xsi:type=\"dcterms:W3CDTF\">" + made + "</dcterms:created><dcterms:modified xsi:type=\"dcterms:W3CDTF\">" + made + "</dcterms:modified></cp:coreProperties>";
}

constexpr std::string_view kContentTypes =
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    "<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>"
    "<Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>"
    "<Override PartName=\"/word/header1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml\"/>"
    "<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/></Types>";
constexpr std::string_view kPackageRelations =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>"
    "<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/></Relationships>";
constexpr std::string_view kDocumentRelations =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/>"
    "<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/header\" Target=\"header1.xml\"/></Relationships>";

}  // namespace

Result<std::string> to_docx(const Document& document) {
    const Document clean = TRY(cleaned(document));
    std::string body = std::string{kXml} + format("<w:document xmlns:w=\"{}\" xmlns:r=\"{}\"><w:body>", kMain, kRelations);
    head_of(body, clean);
    for (const Block& block : clean.blocks) std::visit([&](const auto& one) { write(body, one); }, block);
    foot_of(body, clean);
    // Word wants a paragraph behind the last table.
    paragraph(body, "", {.size = 2});
    body += format("<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId2\"/><w:pgSz w:w=\"{}\" w:h=\"16838\"/><w:pgMar w:top=\"{}\" w:right=\"{}\" w:bottom=\"{}\" w:left=\"{}\" w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/><w:titlePg/></w:sectPr></w:body></w:document>",
                   kTwipsPage, kTwipsTop, kTwipsRight, kTwipsTop, kTwipsLeft);
    // 1980 is the first year that a ZIP file can name: the bytes depend on the document alone.
    tables::ZipWriter zip{Time{std::int64_t{315'532'800} * 1'000'000}};
    std::string out;
    for (const auto& [name, part] : {std::pair{"[Content_Types].xml", std::string{kXml} + std::string{kContentTypes}}, {"_rels/.rels", std::string{kXml} + std::string{kPackageRelations}}, {"word/document.xml", body},
                                     {"word/_rels/document.xml.rels", std::string{kXml} + std::string{kDocumentRelations}}, {"word/styles.xml", styles()}, {"word/header1.xml", page_header()}, {"docProps/core.xml", core_properties(clean)}})
        out += zip.add(name, part, tables::ZipPacking::deflated);
    return out + zip.finish();
}

}  // namespace vg::reports
