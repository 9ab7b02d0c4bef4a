#include "lists/source.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include "base/text.h"
#include "lists/forms.h"
#include "lists/letter.h"
#include "lists/old_fonts.h"
#include "lists/shape.h"
#include "lists/words.h"
#include "tables/csv.h"
#include "tables/encoding.h"
#include "tables/xlsx.h"

namespace vg::lists {

namespace {

constexpr std::size_t kMostColumns = 1'000;
constexpr std::size_t kMostTextOfCell = std::size_t{1} << 16;

struct Unreadable {
    std::string_view start;
    std::string_view text;
};

// What people attach in place of a table. The advice is the same for all of them.
constexpr std::array kUnreadable{Unreadable{"%PDF-", "a PDF"},
                                 Unreadable{"\x89PNG", "a picture"},
                                 Unreadable{"\xFF\xD8\xFF", "a picture"},
                                 Unreadable{"GIF8", "a picture"},
                                 Unreadable{"II*", "a scan"},
                                 Unreadable{"MM", "a scan"},
                                 Unreadable{"BM", "a picture"},
                                 Unreadable{"{\\rtf", "a document of a word processor (.rtf)"},
                                 Unreadable{"\xD0\xCF\x11\xE0", "an old or encrypted Office file (.doc, .xls)"},
                                 Unreadable{"Rar!", "a RAR archive"},
                                 Unreadable{"7z\xBC\xAF", "a 7z archive"}};

Status refuse_unreadable(std::string_view bytes) {
    for (const Unreadable& one : kUnreadable) {
        if (!bytes.starts_with(one.start)) continue;
        if (one.start.size() < 3 && bytes.substr(0, 16).find('\0') == std::string_view::npos) continue;  // text may begin so
        if (one.start == "II*" && bytes.substr(0, 16).find('\0') == std::string_view::npos) continue;
        return fail(Code::bad_input, format("this is {}, which is no table: paste the table as text, or ask the sender for the spreadsheet (.xlsx or .csv)", one.text));
    }
    const std::string start = lower_ascii(tidy(bytes.substr(0, 512)));
    if (start.starts_with("<!doctype html") || start.starts_with("<html"))
        return fail(Code::bad_input, "this is a page of the web, which is no table: paste the table as text, or ask the sender for the spreadsheet (.xlsx or .csv)");
    return {};
}

std::string grounds_of(const tables::Decoded& decoded) {
    switch (decoded.grounds) {
        case tables::Grounds::declared: return "it was declared";
        case tables::Grounds::byte_order: return "the file begins with its mark";
        case tables::Grounds::well_formed: return "every byte fits";
        case tables::Grounds::counted: return format("its words are Vietnamese syllables in this encoding, those of the others are not ({:.0f} of 100)", decoded.certainty * 100);
    }
    return "";
}

// Text whose encoding is in doubt: a question with those in which all or nearly all is readable. Nothing that bears a secrecy mark in any
// of them is asked about.
Result<Opened> ask_encoding(std::string_view bytes, const Error& doubt) {
    Opened opened{.form = "csv"};
    Question question{.about = "encoding", .text = doubt.text};
    const bool wide = bytes.find('\0') != std::string_view::npos;
    for (const tables::Encoding encoding : tables::kEncodings) {
        if (wide != (encoding == tables::Encoding::utf16le || encoding == tables::Encoding::utf16be)) continue;
        const auto decoded = tables::to_text(bytes, {.declared = encoding});
        if (!decoded || decoded->replaced * 50 > bytes.size()) continue;
        TRY(refuse_secret_head(decoded->text));
        question.choices.emplace_back(tables::name_of(encoding));
    }
    if (question.choices.empty()) return fail(doubt);
    opened.question = std::move(question);
    return opened;
}

void add_sheet_remarks(const tables::Sheet& sheet, SourceTable& table) {
    auto remark = [&](std::string text) { table.remarks.push_back(std::move(text)); };
    if (sheet.hidden_rows > 0) remark(format("{} hidden rows are read like the others", sheet.hidden_rows));
    if (!sheet.hidden_columns.empty()) remark(format("{} ranges of columns are hidden and read like the others", sheet.hidden_columns.size()));
    if (!sheet.merged.empty()) remark(format("{} merged cells: the text counts for the first of each", sheet.merged.size()));
    for (const tables::Remark& one : sheet.remarks) remark(format("{}: {}", one.cell, one.text));
    if (sheet.more_remarks > 0) remark(format("{} more cells have remarks", sheet.more_remarks));
}

std::string remark_on_fonts(std::size_t count, std::string_view what, tables::Encoding encoding, std::string_view first) {
    return format("{} {} have text in {} within Unicode, which is converted; the first is {}", count, what, tables::name_of(encoding), first);
}

// Cells that are typed in a font of an old encoding are Unicode to the workbook.
void convert_old_fonts(tables::Sheet& sheet, const OldFonts& fonts, std::vector<std::string>& remarks) {
    std::size_t count = 0;
    std::string first;
    for (tables::Row& row : sheet.table.rows)
        for (std::size_t i = 0; i < row.cells.size(); ++i)
            if (fonts.convert(row.cells[i]) && count++ == 0) first = tables::cell_name(row.line, i + 1);
    if (count > 0) remarks.push_back(remark_on_fonts(count, "cells", fonts.encoding(), first));
}

Result<Opened> open_workbook(std::string_view bytes, const ReadOptions& options) {
    tables::WorkbookLimits limits;
    limits.file_bytes = std::min(limits.file_bytes, options.most_bytes);
    limits.most_cell_bytes = kMostTextOfCell;
    limits.most_rows = std::min(limits.most_rows, options.most_rows);
    tables::Workbook read = TRY(tables::read_xlsx(bytes, limits));
    Opened opened{.form = "xlsx", .names = read.passed_over};
    OldFonts fonts;
    for (const tables::Sheet& sheet : read.sheets)
        for (const tables::Row& row : sheet.table.rows)
            for (const std::string& cell : row.cells) fonts.look(cell);
    if (fonts.decide())
        for (tables::Sheet& sheet : read.sheets) convert_old_fonts(sheet, fonts, opened.remarks);
    const auto book = std::make_shared<const tables::Workbook>(std::move(read));
    if (book->has_macros) opened.remarks.emplace_back("the workbook has macros, which are passed over");
    for (const tables::Sheet& sheet : book->sheets) {
        if (sheet.table.cut) return fail(Code::too_large, format("the sheet \"{}\" has more than {} rows", sheet.name, limits.most_rows));
        SourceTable table{.name = nfc(sheet.name), .hidden = sheet.visibility != tables::Visibility::visible};
        add_sheet_remarks(sheet, table);
        table.each = [book, rows = &sheet.table](const UseRow& use) { each_row(*rows, use); };
        opened.tables.push_back(std::move(table));
    }
    return opened;
}

void each_of_csv(std::string_view text, const tables::Dialect& dialect, std::size_t skipped, const UseRow& use) {
    tables::CsvRows rows{text, dialect};
    while (rows.next())
        if (!use({.line = rows.line() + skipped, .cells = rows.cells(), .refused = rows.reason(), .beginning = rows.beginning()})) return;
}

}  // namespace

void each_row(const tables::Table& table, const UseRow& use) {
    std::vector<std::string_view> cells;
    std::size_t bad = 0;
    const auto refused_before = [&](std::size_t line) {
        for (; bad < table.refused.size() && table.refused[bad].line < line; ++bad)
            if (!use({.line = table.refused[bad].line, .refused = table.refused[bad].reason, .beginning = table.refused[bad].text})) return false;
        return true;
    };
    for (const tables::Row& row : table.rows) {
        if (!refused_before(row.line)) return;
        cells.assign(row.cells.begin(), row.cells.end());
        if (!use({.line = row.line, .cells = cells, .kinds = row.kinds, .hidden = row.hidden})) return;
    }
    static_cast<void>(refused_before(SIZE_MAX));
}

char separator_of(std::string_view text, const std::function<bool(std::string_view)>& known) {
    constexpr std::size_t kLinesSeen = 200, kBytesSeen = 1 << 18;
    const std::string_view start = text.size() > kBytesSeen ? text.substr(0, std::min(text.rfind('\n', kBytesSeen), kBytesSeen)) : text;
    char best = ',';
    std::array<std::size_t, 2> best_score{};
    for (const char candidate : std::array{',', ';', '\t', '|'}) {
        tables::CsvRows rows{start, {.separator = candidate, .most_columns = kMostColumns, .most_cell_bytes = kMostTextOfCell}};
        std::map<std::size_t, std::size_t> widths;
        std::size_t words = 0;
        for (std::size_t line = 0; line < kLinesSeen && rows.next(); ++line) {
            if (!rows.reason().empty()) continue;
            ++widths[rows.cells().size()];
            if (rows.cells().size() < 2 || line >= kHeadRows) continue;
            std::size_t here = 0;
            for (const std::string_view cell : rows.cells()) here += cell.size() < 200 && known(fold_header(cell)) ? 1 : 0;
            words = std::max(words, here);
        }
        std::size_t even = 0;
        for (const auto& [width, lines] : widths)
            if (width > 1) even = std::max(even, lines * 100 + std::min<std::size_t>(width, 99));
        const std::array<std::size_t, 2> score{words, even};
        if (score > best_score) {
            best = candidate;
            best_score = score;
        }
    }
    return best;
}

Result<Opened> open_source(std::string_view bytes, const ReadOptions& options) {
    if (bytes.empty()) return fail(Code::bad_input, "the file is empty");
    if (bytes.size() > options.most_bytes) return fail(Code::too_large, format("the file has {} bytes, and {} are read", bytes.size(), options.most_bytes));
    TRY(refuse_unreadable(bytes));
    if (tables::may_be_xlsx(bytes)) return open_workbook(bytes, options);
    auto decoded = tables::to_text(bytes, {.declared = options.encoding, .most_bytes = options.most_bytes});
    if (!decoded) {
        if (decoded.error().code != Code::bad_input || options.encoding) return fail(decoded.error());
        return ask_encoding(bytes, decoded.error());
    }
    Opened opened{.form = "csv", .encoding = decoded->encoding, .encoding_grounds = grounds_of(*decoded)};
    if (decoded->replaced > 0)
        opened.remarks.push_back(format("{} bytes are no characters of {} and are shown as U+FFFD, the first is byte {}", decoded->replaced, tables::name_of(decoded->encoding), decoded->first_replaced + 1));
    if (auto other = TRY(open_form(decoded->text, options))) {
        other->encoding = opened.encoding;
        other->encoding_grounds = opened.encoding_grounds;
        other->remarks.insert(other->remarks.begin(), opened.remarks.begin(), opened.remarks.end());
        return std::move(*other);
    }
    if (auto converted = without_old_fonts(decoded->text)) {
        opened.remarks.push_back(remark_on_fonts(converted->lines, "lines", converted->encoding, format("line {}", converted->first_line)));
        decoded->text = std::move(converted->text);
    }
    const auto text = std::make_shared<const std::string>(std::move(decoded->text));
    std::string_view body = *text;
    std::size_t skipped = 0;
    // Excel writes the separator into a first line of its own.
    if (body.size() > 6 && body.starts_with("sep=") && (body[5] == '\n' || body[5] == '\r')) {
        opened.separator = body[4];
        body.remove_prefix(body.find('\n') == std::string_view::npos ? 6 : body.find('\n') + 1);
        skipped = 1;
    } else {
        opened.separator = separator_of(body, known_headers(options));
    }
    const tables::Dialect dialect{.separator = opened.separator, .most_columns = kMostColumns, .most_cell_bytes = kMostTextOfCell};
    opened.tables.push_back({.each = [text, body, dialect, skipped](const UseRow& use) { each_of_csv(body, dialect, skipped, use); }});
    return opened;
}

}  // namespace vg::lists
