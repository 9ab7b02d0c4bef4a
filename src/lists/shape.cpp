#include "lists/shape.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "lists/cells.h"
#include "lists/columns.h"
#include "lists/letter.h"
#include "lists/when.h"
#include "lists/words.h"

namespace vg::lists {

namespace {

constexpr std::size_t kMostTitle = 1'000;    // bytes of a row above the table
constexpr std::size_t kMostHeader = 200;     // bytes of a header

// Headers that are no role in themselves, and so in no profile.
constexpr std::array<std::string_view, 14> kCommon{"stt", "tt", "ip", "ip address", "dia chi ip", "timestamp", "time", "thoi gian", "src ip", "dst ip", "port", "url", "domain", "hostname"};

struct Seen {
    std::size_t filled = 0, words = 0, values = 0;
};

bool is_value(std::string_view text) {
    if (looks_like_address(text) || looks_like_time(text)) return true;
    return text.find_first_not_of("0123456789.,+-") == std::string_view::npos && text.find_first_of("0123456789") != std::string_view::npos;
}

Seen look_at(const KeptRow& row, const std::function<bool(std::string_view)>& known) {
    Seen seen;
    for (const std::string& cell : row.cells) {
        const std::string_view text = tidy(cell);
        if (text.empty()) continue;
        ++seen.filled;
        if (is_value(text)) ++seen.values;
        else if (text.size() <= kMostHeader && known(fold_header(text))) ++seen.words;
    }
    return seen;
}

Result<std::vector<KeptRow>> head_of(const SourceTable& table) {
    std::vector<KeptRow> rows;
    table.each([&](const RawRow& row) {
        if (!row.refused.empty()) return true;
        KeptRow kept{.line = row.line};
        for (const std::string_view cell : row.cells) kept.cells.push_back(nfc(shorten(cell, kMostTitle)));
        rows.push_back(std::move(kept));
        return rows.size() < kHeadRows;
    });
    return rows;
}

// A second row of headers below the first: its cells name what stands below a common name ("Máy nhiễm" over "IP" and "Cổng").
bool is_second_row(const KeptRow& upper, const KeptRow& lower, const Seen& of_upper, const Seen& of_lower) {
    if (of_upper.filled < 2 || of_lower.filled < 2 || of_upper.values > 0 || of_lower.values > 0) return false;
    bool below_nothing = false, beside_nothing = false;
    for (std::size_t i = 0; i < std::max(upper.cells.size(), lower.cells.size()); ++i) {
        const bool has_upper = i < upper.cells.size() && !tidy(upper.cells[i]).empty(), has_lower = i < lower.cells.size() && !tidy(lower.cells[i]).empty();
        below_nothing |= has_lower && !has_upper;
        beside_nothing |= has_upper && !has_lower;
    }
    return below_nothing && beside_nothing;
}

std::vector<std::string> headers_of(const KeptRow& row, const KeptRow* second) {
    std::vector<std::string> headers;
    std::string common;  // the last name above, which stands for the empty cells behind it
    const std::size_t count = std::max(row.cells.size(), second == nullptr ? 0 : second->cells.size());
    for (std::size_t i = 0; i < count; ++i) {
        std::string_view text = i < row.cells.size() ? tidy(row.cells[i]) : std::string_view{};
        if (i == 0 && text.starts_with('#')) text = tidy(text.substr(1));
        if (second == nullptr) {
            headers.emplace_back(shorten(text, kMostHeader));
            continue;
        }
        const std::string_view below = i < second->cells.size() ? tidy(second->cells[i]) : std::string_view{};
        if (!text.empty()) common = shorten(text, kMostHeader);
        if (below.empty()) headers.emplace_back(shorten(text, kMostHeader));
        else headers.push_back(common.empty() ? shorten(below, kMostHeader) : format("{} {}", common, shorten(below, kMostHeader)));
    }
    return headers;
}

// One key a column: the second of two equal headers gets a number behind it.
std::vector<std::string> keys_of(const std::vector<std::string>& headers) {
    std::vector<std::string> keys;
    std::set<std::string> used;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        std::string key = fold_header(headers[i]);
        if (key.empty()) key = format("column {}", i + 1);
        std::string own = key;
        for (std::size_t n = 2; !used.insert(own).second; ++n) own = format("{} {}", key, n);
        keys.push_back(std::move(own));
    }
    return keys;
}

Status look_for_marks(const std::vector<KeptRow>& rows, std::size_t until_line, std::size_t most_filled) {
    for (const KeptRow& row : rows) {
        if (row.line > until_line) break;
        std::size_t filled = 0;
        for (const std::string& cell : row.cells) filled += tidy(cell).empty() ? 0 : 1;
        if (filled > most_filled) continue;
        for (const std::string& cell : row.cells)
            if (const auto mark = secrecy_mark(cell)) return fail(secret(*mark));
    }
    return {};
}

}  // namespace

std::function<bool(std::string_view)> known_headers(const ReadOptions& options) {
    return [&options](std::string_view key) {
        if (key.empty()) return false;
        if (std::find(kCommon.begin(), kCommon.end(), key) != kCommon.end()) return true;
        if (options.columns.contains(std::string{key})) return true;
        const std::string name = zone_in_header(key, {}).key;
        return std::any_of(options.profiles.begin(), options.profiles.end(), [&](const Profile& profile) { return profile.columns.contains(name); });
    };
}

Result<Shape> find_shape(const SourceTable& table, const ReadOptions& options) {
    Shape shape;
    if (!table.header.empty()) {
        shape.headers = table.header;
        shape.keys = keys_of(shape.headers);
        shape.words = shape.keys.size();
        shape.has_values = true;
        return shape;
    }
    const std::vector<KeptRow> rows = TRY(head_of(table));
    const auto known = known_headers(options);
    std::vector<Seen> seen;
    std::size_t widest = 0;
    for (const KeptRow& row : rows) {
        seen.push_back(look_at(row, known));
        widest = std::max(widest, row.cells.size());
        shape.has_values |= seen.back().values > 0;
    }
    std::optional<std::size_t> header;
    if (options.header_line && *options.header_line > 0) {
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (rows[i].line == *options.header_line) header = i;
        if (!header) return fail(Code::bad_input, format("there is no row in line {} among the first {} that could be the header", *options.header_line, kHeadRows));
    } else if (!options.header_line) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (seen[i].words < 2 && !(seen[i].words == 1 && (seen[i].filled == 1 && widest == 1))) continue;
            if (seen[i].values >= seen[i].words) continue;
            if (!header || seen[i].words > seen[*header].words) header = i;
        }
        // None is known: the first row of words alone above a row with values.
        for (std::size_t i = 0; !header && i + 1 < rows.size(); ++i)
            if (seen[i].filled >= 2 && seen[i].values == 0 && seen[i + 1].values > 0 && seen[i].filled * 2 >= seen[i + 1].filled) header = i;
    }
    std::size_t first = 0;
    if (header) {
        std::size_t upper = *header, lower = *header;
        // A person who names the header names its first row.
        if (!options.header_line && upper > 0 && is_second_row(rows[upper - 1], rows[upper], seen[upper - 1], seen[upper])) --upper;
        else if (lower + 1 < rows.size() && is_second_row(rows[lower], rows[lower + 1], seen[lower], seen[lower + 1])) ++lower;
        shape.header_line = rows[upper].line;
        shape.headers = headers_of(rows[upper], upper == lower ? nullptr : &rows[lower]);
        shape.words = seen[*header].words;
        first = lower + 1;
        shape.first_line = rows[lower].line + 1;
        for (std::size_t i = 0; i < upper; ++i) shape.title.emplace_back(rows[i].line, joined(rows[i].cells));
        TRY(look_for_marks(rows, rows[lower].line, SIZE_MAX));
    } else {
        // Without a header: rows of words before the first value are titles.
        while (first < rows.size() && seen[first].values == 0 && shape.has_values && (seen[first].filled < 2 || seen[first].words == 0)) ++first;
        if (!shape.has_values) first = 0;
        for (std::size_t i = 0; i < first; ++i) shape.title.emplace_back(rows[i].line, joined(rows[i].cells));
        shape.first_line = first < rows.size() ? rows[first].line : 1;
        for (std::size_t i = first; i < rows.size(); ++i) widest = std::max(widest, rows[i].cells.size());
        shape.headers.resize(widest);
        TRY(look_for_marks(rows, SIZE_MAX, 2));
        if (widest > 1 && !options.header_line && shape.has_values) {
            shape.question = Question{.about = "header", .text = "no row has the words of a header: say which line it is, or 0 if there is none", .choices = {"0"}};
            for (std::size_t i = 0; i < std::min<std::size_t>(first + 1, 5) && i < rows.size(); ++i) shape.question->choices.push_back(format("{}", rows[i].line));
        }
    }
    while (!shape.headers.empty() && shape.headers.back().empty() && header) {
        // A column without a header at the end, and without a value: rows are not measured by it.
        const std::size_t last = shape.headers.size() - 1;
        bool used = false;
        for (std::size_t i = first; i < rows.size(); ++i) used |= last < rows[i].cells.size() && !tidy(rows[i].cells[last]).empty();
        if (used) break;
        shape.headers.pop_back();
    }
    shape.keys = keys_of(shape.headers);
    return shape;
}

std::string joined(const std::vector<std::string>& cells) {
    std::string out;
    for (const std::string& cell : cells) {
        const std::string_view text = tidy(cell);
        if (text.empty()) continue;
        if (!out.empty()) out.push_back(' ');
        out += text;
    }
    return shorten(out, kMostTitle);
}

bool may_be_footer(const KeptRow& row, std::size_t columns, const std::vector<std::size_t>& victims) {
    static constexpr std::array<std::string_view, 16> kWords{"tong", "cong", "total", "sum", "nguoi lap", "nguoi bao cao", "noi nhan", "luu", "ghi chu", "nguon", "thu truong", "kt", "tl", "lap bang", "het", "so luong"};
    std::size_t filled = 0;
    std::string first;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        const std::string_view text = tidy(row.cells[i]);
        if (text.empty()) continue;
        if (++filled == 1) first = fold_header(text);
        // What can be an address is data, wherever it stands.
        if (looks_like_address(text) && !looks_like_time(text)) return false;
    }
    if (filled == 0) return true;
    const bool word = (first.empty() && joined(row.cells).size() <= 20) || std::any_of(kWords.begin(), kWords.end(), [&](std::string_view one) { return first == one || first.starts_with(std::string{one} + " "); });
    bool has_victim = false;
    for (const std::size_t victim : victims) has_victim |= victim < row.cells.size() && !tidy(row.cells[victim]).empty();
    if (word) return true;
    return !has_victim && columns >= 3 && filled <= 2;
}

}  // namespace vg::lists
