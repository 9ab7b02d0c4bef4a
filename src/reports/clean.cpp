#include "reports/clean.h"

#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "base/text.h"
#include "base/time.h"

namespace vg::reports {

namespace {

constexpr std::size_t kMostMarks = 4;  // combining ones on one letter; Vietnamese has two
constexpr std::string_view kShortened = " … (đã rút gọn)";

void append(std::string& out, UChar32 c) {
    char buffer[U8_MAX_LENGTH];
    int32_t length = 0;
    U8_APPEND_UNSAFE(buffer, length, c);
    out.append(buffer, static_cast<std::size_t>(length));
}

std::vector<Run> clean_runs(const std::vector<Run>& runs) {
    std::vector<Run> out;
    for (const Run& run : runs) out.push_back({clean(run.text), run.bold, run.italic});
    return out;
}

std::vector<std::string> clean_texts(const std::vector<std::string>& texts, bool lines) {
    std::vector<std::string> out;
    for (const std::string& text : texts)
        if (const std::string one{trim(clean(text, lines))}; !one.empty()) out.push_back(one);
    return out;
}

// Adds up what a document holds, and refuses what is beyond the bounds.
class Bounds {
public:
    Status text(std::string_view text) {
        bytes_ += text.size();
        return bytes_ > kMostOfDocument ? Status{fail(Code::too_large, format("the document has more than {} MiB of text; make it of fewer rows", kMostOfDocument >> 20))} : Status{};
    }
    Status runs(const std::vector<Run>& runs) {
        for (const Run& run : runs) TRY(text(run.text));
        return {};
    }
    Status rows(std::size_t count) {
        rows_ += count;
        return rows_ > kMostRows ? Status{fail(Code::too_large, format("the tables of the document have more than {} rows; make several documents", kMostRows))} : Status{};
    }

private:
    std::size_t bytes_ = 0, rows_ = 0;
};

Result<Block> clean_block(const Paragraph& block, Bounds& bounds) {
    Paragraph out{.runs = clean_runs(block.runs), .align = block.align, .indented = block.indented, .keep = block.keep};
    TRY(bounds.runs(out.runs));
    return Block{std::move(out)};
}

Result<Block> clean_block(const Item& block, Bounds& bounds) {
    Item out{.label = clean(block.label, false), .runs = clean_runs(block.runs)};
    TRY(bounds.runs(out.runs));
    return Block{std::move(out)};
}

Result<Block> clean_block(const Boxes& block, Bounds& bounds) {
    Boxes out{.boxes = {}, .in_one_line = block.in_one_line};
    for (const Boxes::Box& box : block.boxes) {
        out.boxes.push_back({clean(box.text, false), box.ticked});
        TRY(bounds.text(out.boxes.back().text));
    }
    return Block{std::move(out)};
}

Result<Block> clean_block(const Table& block, Bounds& bounds) {
    if (block.columns.empty() || block.columns.size() > kMostColumns) return fail(Code::bad_input, format("a table of a document has 1 to {} columns", kMostColumns));
    TRY(bounds.rows(block.rows.size()));
    Table out{.columns = {}, .rows = {}, .last_is_total = block.last_is_total};
    for (const Table::Column& column : block.columns) {
        if (!(column.width > 0 && column.width <= 1'000)) return fail(Code::bad_input, "a column of a document has a width above 0");
        out.columns.push_back({clean(column.head), column.width, column.align});
    }
    for (const std::vector<std::string>& row : block.rows) {
        if (row.size() != block.columns.size()) return fail(Code::bad_input, format("a row of a document has {} cells for {} columns", row.size(), block.columns.size()));
        std::vector<std::string>& cells = out.rows.emplace_back();
        for (const std::string& cell : row) {
            cells.push_back(clean(cell));
            TRY(bounds.text(cells.back()));
        }
    }
    return Block{std::move(out)};
}

}  // namespace

std::string clean(std::string_view text, bool lines) {
    const bool is_long = text.size() > kMostText;
    std::string valid = to_valid_utf8(is_long ? shorten(text, kMostText) : std::string{text});
    std::string out;
    std::size_t marks = 0;
    int32_t at = 0;
    const auto length = static_cast<int32_t>(valid.size());
    while (at < length) {
        UChar32 c = 0;
        U8_NEXT_UNSAFE(valid.data(), at, c);  // it is well-formed
        const auto kind = static_cast<UCharCategory>(u_charType(c));
        if (c == '\n' || kind == U_LINE_SEPARATOR || kind == U_PARAGRAPH_SEPARATOR) {
            out.push_back(lines ? '\n' : ' ');
            continue;
        }
        if (c == '\t') c = ' ';
        else if (kind == U_CONTROL_CHAR || kind == U_FORMAT_CHAR) continue;
        else if (kind == U_PRIVATE_USE_CHAR || kind == U_UNASSIGNED || kind == U_SURROGATE) c = 0xFFFD;
        const bool combines = kind == U_NON_SPACING_MARK || kind == U_ENCLOSING_MARK;
        marks = combines ? marks + 1 : 0;
        if (marks <= kMostMarks) append(out, c);
    }
    out = nfc(out);
    if (is_long) out += kShortened;
    return out;
}

Result<Document> cleaned(const Document& document) {
    Document out;
    Bounds bounds;
    out.made = document.made;
    out.mark = clean(document.mark, false);
    out.parent_agency = clean(document.parent_agency, false);
    out.agency = clean(document.agency, false);
    out.number = clean(document.number, false);
    out.urgency = clean(document.urgency, false);
    out.place_and_date = clean(document.place_and_date, false);
    out.title = clean(document.title, false);
    out.subject = clean(document.subject, false);
    out.signature = {clean(document.signature.authority), clean(document.signature.title), clean(document.signature.name, false)};
    out.addressees = clean_texts(document.addressees, false);
    out.recipients = clean_texts(document.recipients, false);
    for (const auto* texts : {&out.addressees, &out.recipients})
        for (const std::string& text : *texts) TRY(bounds.text(text));
    for (const Block& block : document.blocks) out.blocks.push_back(TRY(std::visit([&](const auto& one) { return clean_block(one, bounds); }, block)));
    return out;
}

std::string number_line(const Document& document) { return document.number.empty() ? "Số:          /" : document.number.front() == '/' ? "Số:          " + document.number : "Số: " + document.number; }

std::vector<std::string> address_lines(const Document& document) {
    if (document.addressees.size() < 2) return document.addressees;
    std::vector<std::string> out;
    for (std::size_t i = 0; i < document.addressees.size(); ++i) out.push_back("- " + document.addressees[i] + (i + 1 < document.addressees.size() ? ";" : "."));
    return out;
}

std::vector<std::string> recipient_lines(const Document& document) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < document.recipients.size(); ++i) out.push_back("- " + document.recipients[i] + (i + 1 < document.recipients.size() ? ";" : "."));
    return out;
}

std::string upper(std::string_view text) {
    icu::UnicodeString wide = icu::UnicodeString::fromUTF8(icu::StringPiece{text.data(), static_cast<int32_t>(text.size())});
    wide.toUpper(icu::Locale::getRoot());
    std::string out;
    wide.toUTF8String(out);
    return out;
}

std::string place_and_date(std::string_view place, const std::optional<Time>& day, std::string_view zone) {
    const std::string where = place.empty() ? "………" : std::string{place};
    if (!day) return where + ", ngày      tháng      năm";
    const Civil civil = to_civil(*day, zone);
    // A day below ten and the months 1 and 2 are written with a zero before them (NĐ 30/2020, Phụ lục I).
    const std::string month = (civil.month < 3 ? "0" : "") + std::to_string(civil.month);
    return format("{}, ngày {:02} tháng {} năm {}", where, civil.day, month, civil.year);
}

}  // namespace vg::reports
