#include "tables/csv.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace vg::tables {
namespace {

// The separator that cuts the first lines into the same number of cells, and most of them.
char guess_separator(std::string_view text, const Dialect& dialect) {
    char best = ',';
    std::size_t best_score = 0;
    for (const char candidate : std::array{',', ';', '\t', '|'}) {
        std::size_t at = 0, lines = 0, least = SIZE_MAX, all = 0;
        while (at < text.size() && lines < 20) {
            std::size_t count = 0;
            const bool comment = !dialect.comment.empty() && text.substr(at).starts_with(dialect.comment);
            const std::size_t begin = at;
            for (bool quoted = false; at < text.size() && (quoted || text[at] != '\n') && at - begin < 100'000; ++at) {
                if (dialect.quote != 0 && text[at] == dialect.quote) quoted = !quoted;
                if (!quoted && text[at] == candidate) ++count;
            }
            const bool empty = trim(text.substr(begin, at - begin)).empty();
            ++at;
            if (comment || empty) continue;
            ++lines;
            least = std::min(least, count);
            all += count;
        }
        const std::size_t score = lines == 0 || least == 0 ? 0 : least * 1'000 + std::min<std::size_t>(all, 999);
        if (score > best_score) {
            best = candidate;
            best_score = score;
        }
    }
    return best;
}

}  // namespace

CsvRows::CsvRows(std::string_view text, const Dialect& dialect)
    : text_(text), dialect_(dialect), separator_(dialect.separator != 0 ? dialect.separator : guess_separator(text, dialect)) {}

bool CsvRows::next() {
    reason_ = beginning_ = {};
    while (at_ < text_.size())
        if (take() != Took::nothing) return true;
    return false;
}

// Past the end of the line; its number is counted.
void CsvRows::end_line() {
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    ++number_;
}

bool CsvRows::at_end() const { return at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r'; }

void CsvRows::skip_line() {
    at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
    end_line();
}

CsvRows::Took CsvRows::refuse(std::size_t begin, std::string_view reason) {
    const std::size_t end = std::min(text_.find_first_of("\r\n", begin), text_.size());
    reason_ = reason;
    beginning_ = text_.substr(begin, end - begin);
    cells_.clear();
    // Reading goes on behind the line that could not be read, not behind what an open quote took with it.
    at_ = begin;
    number_ = line_;
    skip_line();
    return Took::refused;
}

CsvRows::Took CsvRows::take() {
    const std::size_t begin = at_;
    line_ = number_;
    cells_.clear();
    used_ = 0;
    if (!dialect_.comment.empty() && text_.substr(at_).starts_with(dialect_.comment)) {
        skip_line();
        return Took::nothing;
    }
    while (true) {
        std::string_view cell;
        if (const std::size_t quote = quote_ahead(); quote != std::string_view::npos) {
            at_ = quote;
            if (const std::string_view reason = quoted(cell); !reason.empty()) return refuse(begin, reason);
        } else {
            const std::size_t start = at_;
            while (!at_end() && text_[at_] != separator_) ++at_;
            if (at_ - start > dialect_.most_cell_bytes) return refuse(begin, "a cell is too long");
            cell = text_.substr(start, at_ - start);
        }
        cells_.push_back(cell);
        if (cells_.size() > dialect_.most_columns) return refuse(begin, "the row has too many cells");
        if (at_end()) break;
        ++at_;  // the separator
    }
    end_line();
    return cells_.size() == 1 && trim(cells_[0]).empty() ? Took::nothing : Took::row;
}

// Where the cell's quote is: at once, or behind blanks, as some write `"a", "b"`.
std::size_t CsvRows::quote_ahead() const {
    if (dialect_.quote == 0) return std::string_view::npos;
    std::size_t at = at_;
    while (at < text_.size() && text_[at] == ' ' && separator_ != ' ') ++at;
    return at < text_.size() && text_[at] == dialect_.quote ? at : std::string_view::npos;
}

// Nothing, or why the cell cannot be read.
std::string_view CsvRows::quoted(std::string_view& cell) {
    const std::size_t start = ++at_;
    std::size_t piece = at_;        // what is not yet in `joined`
    std::string* joined = nullptr;  // where a quote stands within the cell
    while (true) {
        if (at_ >= text_.size()) return "a quote is not closed";
        const char c = text_[at_];
        if (c == dialect_.quote) {
            if (at_ + 1 < text_.size() && text_[at_ + 1] == c) {
                if (joined == nullptr) {
                    if (used_ == own_.size()) own_.emplace_back();
                    joined = &own_[used_++];
                    joined->clear();
                }
                joined->append(text_.substr(piece, at_ + 1 - piece));
                at_ += 2;
                piece = at_;
                continue;
            }
            break;
        }
        if (c == '\n' || (c == '\r' && !(at_ + 1 < text_.size() && text_[at_ + 1] == '\n'))) ++number_;
        ++at_;
        if ((joined == nullptr ? at_ - start : joined->size() + at_ - piece) > dialect_.most_cell_bytes) return "a cell is too long, or its quote is not closed";
    }
    cell = text_.substr(piece, at_ - piece);
    if (joined != nullptr) cell = joined->append(cell);
    ++at_;
    while (at_ < text_.size() && text_[at_] == ' ' && separator_ != ' ') ++at_;
    return !at_end() && text_[at_] != separator_ ? "text stands behind a closing quote" : "";
}

Table read_csv(std::string_view bytes, const Dialect& dialect) {
    std::string converted;
    if (bytes.starts_with("\xEF\xBB\xBF")) {
        bytes.remove_prefix(3);
    } else if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
        converted = from_utf16(bytes.substr(2), bytes.front() == '\xFE');
        bytes = converted;
    }
    CsvRows rows{bytes, dialect};
    Table table{.separator = rows.separator()};
    while (rows.next()) {
        if (table.rows.size() + table.refused.size() >= dialect.most_rows) {
            table.cut = true;
            break;
        }
        if (rows.reason().empty()) table.rows.push_back({.line = rows.line(), .cells = {rows.cells().begin(), rows.cells().end()}});
        else table.refused.push_back({.line = rows.line(), .reason = std::string{rows.reason()}, .text = to_valid_utf8(shorten(rows.beginning(), 200))});
    }
    return table;
}

std::string csv_cell(std::string_view text, char separator, bool for_spreadsheets) {
    std::string out;
    const bool formula = for_spreadsheets && !text.empty() && std::string_view{"=+-@\t\r"}.find(text.front()) != std::string_view::npos;
    const bool quotes = formula || text.find_first_of("\"\r\n") != std::string_view::npos || text.find(separator) != std::string_view::npos;
    if (quotes) out.push_back('"');
    if (formula) out.push_back('\'');
    for (const char c : text) {
        if (c == '"') out.push_back('"');
        out.push_back(c);
    }
    if (quotes) out.push_back('"');
    return out;
}

}  // namespace vg::tables
