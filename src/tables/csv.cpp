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

class Reader {
public:
    Reader(std::string_view text, const Dialect& dialect, char separator) : text_(text), dialect_(dialect) { table_.separator = separator; }

    Table run() {
        while (at_ < text_.size()) {
            if (table_.rows.size() + table_.refused.size() >= dialect_.most_rows) {
                table_.cut = true;
                break;
            }
            line();
        }
        return std::move(table_);
    }

private:
    // Past the end of the line; its number is counted.
    void end_line() {
        if (at_ < text_.size() && text_[at_] == '\r') ++at_;
        if (at_ < text_.size() && text_[at_] == '\n') ++at_;
        ++number_;
    }
    [[nodiscard]] bool at_end() const { return at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r'; }

    void skip_line() {
        at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
        end_line();
    }

    void refuse(std::size_t begin, std::size_t line, std::string reason) {
        const std::size_t end = std::min(text_.find_first_of("\r\n", begin), text_.size());
        table_.refused.push_back({.line = line, .reason = std::move(reason), .text = to_valid_utf8(shorten(text_.substr(begin, end - begin), 200))});
        // Reading goes on behind the line that could not be read, not behind what an open quote took with it.
        at_ = begin;
        number_ = line;
        skip_line();
    }

    void line() {
        const std::size_t begin = at_, first_line = number_;
        const std::string_view rest = text_.substr(at_);
        if (!dialect_.comment.empty() && rest.starts_with(dialect_.comment)) return skip_line();
        Row row{.line = number_};
        while (true) {
            std::string cell;
            if (const std::size_t quote = quote_ahead(); quote != std::string_view::npos) {
                at_ = quote;
                if (const char* reason = quoted(cell)) return refuse(begin, first_line, reason);
            } else {
                const std::size_t start = at_;
                while (!at_end() && text_[at_] != table_.separator) ++at_;
                if (at_ - start > dialect_.most_cell_bytes) return refuse(begin, first_line, "a cell is too long");
                cell.assign(text_.substr(start, at_ - start));
            }
            row.cells.push_back(std::move(cell));
            if (row.cells.size() > dialect_.most_columns) return refuse(begin, first_line, "the row has too many cells");
            if (at_end()) break;
            ++at_;  // the separator
        }
        end_line();
        if (row.cells.size() == 1 && trim(row.cells[0]).empty()) return;
        table_.rows.push_back(std::move(row));
    }

    // Where the cell's quote is: at once, or behind blanks, as some write `"a", "b"`.
    [[nodiscard]] std::size_t quote_ahead() const {
        if (dialect_.quote == 0) return std::string_view::npos;
        std::size_t at = at_;
        while (at < text_.size() && text_[at] == ' ' && table_.separator != ' ') ++at;
        return at < text_.size() && text_[at] == dialect_.quote ? at : std::string_view::npos;
    }

    // Nothing, or why the cell cannot be read.
    const char* quoted(std::string& cell) {
        ++at_;
        while (true) {
            if (at_ >= text_.size()) return "a quote is not closed";
            const char c = text_[at_];
            if (c == dialect_.quote) {
                if (at_ + 1 < text_.size() && text_[at_ + 1] == c) {
                    cell.push_back(c);
                    at_ += 2;
                    continue;
                }
                ++at_;
                break;
            }
            if (c == '\n' || (c == '\r' && !(at_ + 1 < text_.size() && text_[at_ + 1] == '\n'))) ++number_;
            cell.push_back(c);
            ++at_;
            if (cell.size() > dialect_.most_cell_bytes) return "a cell is too long, or its quote is not closed";
        }
        while (at_ < text_.size() && text_[at_] == ' ' && table_.separator != ' ') ++at_;
        if (!at_end() && text_[at_] != table_.separator) return "text stands behind a closing quote";
        return nullptr;
    }

    std::string_view text_;
    const Dialect& dialect_;
    std::size_t at_ = 0;
    std::size_t number_ = 1;
    Table table_;
};

}  // namespace

Table read_csv(std::string_view bytes, const Dialect& dialect) {
    std::string converted;
    if (bytes.starts_with("\xEF\xBB\xBF")) {
        bytes.remove_prefix(3);
    } else if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
        converted = from_utf16(bytes.substr(2), bytes.front() == '\xFE');
        bytes = converted;
    }
    return Reader{bytes, dialect, dialect.separator != 0 ? dialect.separator : guess_separator(bytes, dialect)}.run();
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
