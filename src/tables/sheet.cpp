// ECMA-376 part 1, 18.3: worksheets.
#include "tables/sheet.h"

#include <algorithm>

#include "base/text.h"

namespace vg::tables {
namespace {

constexpr std::size_t kLastRow = 1'048'576, kLastColumn = 16'384;

bool is_true(std::optional<std::string_view> value) { return value && (*value == "1" || *value == "true" || *value == "on"); }

std::optional<std::size_t> natural(std::optional<std::string_view> text) {
    if (!text || text->empty() || text->size() > 10 || text->find_first_not_of("0123456789") != std::string_view::npos) return {};
    const auto value = parse_int(*text);
    return value ? std::optional{static_cast<std::size_t>(*value)} : std::nullopt;
}

std::optional<double> written_number(std::string_view text) {
    if (text.empty() || std::string_view{"-.0123456789"}.find(text.front()) == std::string_view::npos) return {};
    if (text.find_first_not_of("-+.eE0123456789") != std::string_view::npos) return {};
    return parse_real(text);
}

class SheetReader {
public:
    SheetReader(XmlReader& xml, SheetParts& parts, Sheet& sheet) : xml_(xml), parts_(parts), limits_(*parts.limits), sheet_(sheet) {}

    Status run() {
        std::string section;
        while (true) {
            const XmlToken token = TRY(xml_.next());
            if (token == XmlToken::done) return {};
            if (token != XmlToken::start) continue;
            if (xml_.depth() == 1 && xml_.name() != "worksheet") return fail(Code::bad_input, format("the sheet's part is '{}', no worksheet", shorten(xml_.name(), 60)));
            if (xml_.depth() == 2) section = xml_.name();
            if (xml_.depth() != 3) continue;
            if (section == "sheetData" && xml_.name() == "row") TRY(read_row());
            else if (section == "cols" && xml_.name() == "col") TRY(read_column());
            else if (section == "mergeCells" && xml_.name() == "mergeCell") TRY(read_merged());
        }
    }

private:
    void remark(std::size_t row, std::size_t column, std::string_view text) {
        if (sheet_.remarks.size() >= kMostRemarks)
            ++sheet_.more_remarks;
        else
            sheet_.remarks.push_back({cell_name(row, column), std::string{text}});
    }

    Status read_column() {
        const auto first = natural(xml_.attribute("min")), last = natural(xml_.attribute("max"));
        if (!is_true(xml_.attribute("hidden")) || !first || !last) return {};
        if (sheet_.hidden_columns.size() >= limits_.most_merged) return fail(Code::too_large, "there are too many hidden columns");
        sheet_.hidden_columns.push_back({.first_column = *first, .last_column = std::min(*last, kLastColumn)});
        return {};
    }

    Status read_merged() {
        const std::string_view range = xml_.attribute("ref").value_or("");
        const std::size_t colon = range.find(':');
        const auto first = parse_cell_name(range.substr(0, colon));
        const auto last = colon == std::string_view::npos ? first : parse_cell_name(range.substr(colon + 1));
        if (!first || !last || first->row > last->row || first->column > last->column)
            return fail(Code::bad_input, format("'{}' is no range of merged cells", shorten(range, 60)));
        if (sheet_.merged.size() >= limits_.most_merged) return fail(Code::too_large, format("there are more than {} ranges of merged cells", limits_.most_merged));
        sheet_.merged.push_back({first->row, first->column, last->row, last->column});
        return {};
    }

    Status read_row() {
        const std::size_t depth = xml_.depth();
        Row row{.line = last_row_ + 1, .hidden = is_true(xml_.attribute("hidden"))};
        reason_.clear();
        if (const auto written = xml_.attribute("r")) {
            const auto number = natural(written);
            if (!number || *number == 0 || *number > kLastRow)
                reason_ = format("'{}' is no number of a row", shorten(*written, 60));
            else if (*number <= last_row_)
                reason_ = format("the row {} stands behind the row {}", *number, last_row_);
            else
                row.line = *number;
        }
        if (row.line > kLastRow && reason_.empty()) reason_ = format("there are more than {} rows", kLastRow);
        last_row_ = row.line;
        std::size_t column = 0;
        while (true) {
            const XmlToken token = TRY(xml_.next());
            if (token == XmlToken::done || (token == XmlToken::end && xml_.depth() == depth)) break;
            if (token != XmlToken::start) continue;
            if (reason_.empty() && xml_.name() == "c" && xml_.depth() == depth + 1) TRY(read_cell(row, column));
            else TRY(xml_.skip());
        }
        if (reason_.empty() && row.cells.empty()) return {};
        Table& table = sheet_.table;
        if (table.rows.size() + table.refused.size() >= limits_.most_rows) {
            table.cut = true;
        } else if (!reason_.empty()) {
            table.refused.push_back({.line = row.line, .reason = std::move(reason_)});
        } else {
            sheet_.hidden_rows += row.hidden ? 1 : 0;
            table.rows.push_back(std::move(row));
        }
        return {};
    }

    // `column` is that of the cell before.
    Status read_cell(Row& row, std::size_t& column) {
        if (const auto written = xml_.attribute("r")) {
            const auto place = parse_cell_name(*written);
            if (!place || place->row != row.line)
                reason_ = format("the cell '{}' is none of the row {}", shorten(*written, 60), row.line);
            else if (place->column <= column)
                reason_ = format("the cell {} stands behind {}", *written, cell_name(row.line, column));
            else
                column = place->column;
        } else {
            ++column;
        }
        if (reason_.empty() && column > limits_.most_columns) reason_ = format("the cell {}: the row has more than {} columns", cell_name(row.line, column), limits_.most_columns);
        if (!reason_.empty()) return xml_.skip();
        const std::string type{xml_.attribute("t").value_or("n")};
        const auto style = natural(xml_.attribute("s"));
        const std::size_t depth = xml_.depth();
        std::string value;
        bool formula = false;
        while (true) {
            const XmlToken token = TRY(xml_.next());
            if (token == XmlToken::done || (token == XmlToken::end && xml_.depth() == depth)) break;
            if (token != XmlToken::start) continue;
            formula |= xml_.name() == "f";
            if (xml_.name() == "v" && type != "inlineStr") value = TRY(xml_.text_to_end(limits_.most_cell_bytes));
            else if (xml_.name() == "is" && type == "inlineStr") value = TRY(read_rich_text(xml_, limits_.most_cell_bytes));
            else TRY(xml_.skip());
        }
        if (value.empty()) {
            if (formula && type != "str") remark(row.line, column, "a formula without a stored value: the cell is taken as empty");
            return {};
        }
        return put(row, column, type, style, std::move(value));
    }

    Status put(Row& row, std::size_t column, std::string_view type, std::optional<std::size_t> style, std::string value) {
        CellKind kind = CellKind::text;
        const auto too_long = [&] { return refuse(row, column, format("its text is longer than {} bytes", limits_.most_cell_bytes)); };
        if (value.size() > limits_.most_cell_bytes) return too_long();
        if (type == "s") {
            const auto index = natural(value);
            if (!index || *index >= parts_.strings.size())
                return refuse(row, column, format("the shared string '{}' is not there: there are {}", shorten(value, 60), parts_.strings.size()));
            value = parts_.strings[*index];
        } else if (type == "str") {
            value = nfc(without_escapes(std::move(value)));
        } else if (type == "b") {
            if (value != "0" && value != "1" && value != "true" && value != "false") return refuse(row, column, format("'{}' is neither true nor false", shorten(value, 60)));
            kind = CellKind::boolean;
            value = value == "1" || value == "true" ? "true" : "false";
        } else if (type == "e") {
            kind = CellKind::error;
        } else if (type == "d") {
            kind = CellKind::time;
            if (value.find_first_not_of("-:.+TZ0123456789") != std::string::npos) return refuse(row, column, format("'{}' is no date", shorten(value, 60)));
            if (value.size() > 10 && value[10] == 'T') value[10] = ' ';
        } else if (type == "n") {
            const auto number = written_number(value);
            if (!number) return refuse(row, column, format("'{}' is no number", shorten(value, 60)));
            kind = as_time(row.line, column, style, *number, value) ? CellKind::time : CellKind::number;
        } else if (type != "inlineStr") {
            return refuse(row, column, format("a cell of the unknown type '{}'", shorten(type, 60)));
        }
        if (value.size() > limits_.most_cell_bytes) return too_long();
        if (value.empty()) return {};
        parts_.cells += column - row.cells.size();
        parts_.text_bytes += value.size();
        if (parts_.cells > limits_.most_cells) return fail(Code::too_large, format("at the cell {}: the workbook has more than {} cells", cell_name(row.line, column), limits_.most_cells));
        if (parts_.text_bytes > limits_.most_text_bytes)
            return fail(Code::too_large, format("at the cell {}: the cells of the workbook have more than {} bytes of text", cell_name(row.line, column), limits_.most_text_bytes));
        row.cells.resize(column);
        row.kinds.resize(column, CellKind::empty);
        row.cells.back() = std::move(value);
        row.kinds.back() = kind;
        return {};
    }

    Status refuse(const Row& row, std::size_t column, std::string_view reason) {
        reason_ = format("the cell {}: {}", cell_name(row.line, column), reason);
        return {};
    }

    bool as_time(std::size_t row, std::size_t column, std::optional<std::size_t> style, double number, std::string& value) {
        if (!style || parts_.styles.empty()) return false;
        if (*style >= parts_.styles.size()) {
            remark(row, column, "its style is not in the workbook: the number is taken as it stands");
            return false;
        }
        const Shows shows = parts_.styles[*style];
        if (shows == Shows::number) return false;
        auto text = serial_text(number, shows, parts_.dates);
        if (!text) {
            remark(row, column, "a number that is shown as a date and is none: it is taken as it stands");
            return false;
        }
        value = std::move(*text);
        return true;
    }

    XmlReader& xml_;
    SheetParts& parts_;
    const WorkbookLimits& limits_;
    Sheet& sheet_;
    std::size_t last_row_ = 0;
    std::string reason_;  // why the row in hand is refused
};

}  // namespace

Status read_sheet(XmlReader& xml, SheetParts& parts, Sheet& sheet) { return SheetReader{xml, parts, sheet}.run(); }

std::string cell_name(std::size_t row, std::size_t column) {
    std::string letters;
    for (; column > 0; column = (column - 1) / 26) letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
    return format("{}{}", letters, row);
}

std::optional<CellPlace> parse_cell_name(std::string_view name) {
    CellPlace out;
    std::size_t at = 0;
    for (; at < name.size() && at < 8 && name[at] >= 'A' && name[at] <= 'Z'; ++at) out.column = out.column * 26 + static_cast<std::size_t>(name[at] - 'A' + 1);
    const auto row = natural(name.substr(at));
    if (at == 0 || !row || *row == 0 || *row > kLastRow) return {};
    out.row = *row;
    return out;
}

}  // namespace vg::tables
