// CSV by a mapping of columns, or by the words of its header.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "intel/readers/reader.h"
#include "tables/csv.h"

namespace vg::intel::of_csv {
namespace {

struct ValueColumn {
    std::size_t at;
    std::optional<Kind> kind;
};

struct Resolved {
    std::vector<ValueColumn> values;
    std::optional<std::size_t> kind, family, confidence, tlp, from, until, comment;
};

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) { return std::find(words.begin(), words.end(), word) != words.end(); }

// What the words of a header mean where no mapping says it.
Resolved by_header(const std::vector<std::string>& header) {
    Resolved out;
    for (std::size_t i = 0; i < header.size(); ++i) {
        std::string word = lower_ascii(trim(header[i]));
        if (word.starts_with('#')) word = trim(std::string_view{word}.substr(1));
        std::replace(word.begin(), word.end(), ' ', '_');
        if (is_one_of(word, {"value", "indicator", "ioc", "ioc_value", "observable", "indicator_value"}))
            out.values.push_back({i, {}});
        else if (const auto kind = kind_of_word(word))
            out.values.push_back({i, kind});
        else if (is_one_of(word, {"kind", "type", "ioc_type", "indicator_type", "indicatortype"}))
            out.kind = i;
        else if (is_one_of(word, {"family", "malware", "malware_printable", "malware_family", "threat", "signature"}))
            out.family = i;
        else if (is_one_of(word, {"confidence", "confidence_level", "score"}))
            out.confidence = i;
        else if (word == "tlp")
            out.tlp = i;
        else if (is_one_of(word, {"from", "valid_from", "first_seen", "first_seen_utc", "firstseen"}))
            out.from = i;
        else if (is_one_of(word, {"until", "valid_until", "expires", "expiration"}))
            out.until = i;
        else if (is_one_of(word, {"comment", "comments", "description", "reference", "note"}))
            out.comment = i;
    }
    return out;
}

std::optional<std::size_t> find_column(const std::string& name, const std::vector<std::string>& header) {
    if (name.empty()) return {};
    for (std::size_t i = 0; i < header.size(); ++i)
        if (equal_ignoring_ascii_case(trim(header[i]), trim(name))) return i;
    const auto number = parse_int(trim(name));
    if (number && *number >= 1 && *number <= 1'000) return static_cast<std::size_t>(*number - 1);
    return {};
}

// The mapping over this header; the error names the column that is not there.
Result<Resolved> by_mapping(const Columns& columns, const std::vector<std::string>& header) {
    Resolved out;
    for (const std::string& name : columns.values) {
        const auto at = find_column(name, header);
        if (!at) return fail(Code::bad_input, format("there is no column \"{}\"", name));
        out.values.push_back({*at, *at < header.size() ? kind_of_word(header[*at]) : std::nullopt});
    }
    struct Other {
        const std::string& name;
        std::optional<std::size_t>& to;
    };
    for (const Other& other : {Other{columns.kind, out.kind}, Other{columns.family, out.family}, Other{columns.confidence, out.confidence}, Other{columns.tlp, out.tlp},
                               Other{columns.from, out.from}, Other{columns.until, out.until}, Other{columns.comment, out.comment}}) {
        other.to = find_column(other.name, header);
        if (!other.name.empty() && !other.to) return fail(Code::bad_input, format("there is no column \"{}\"", other.name));
    }
    return out;
}

std::string_view cell(const tables::Row& row, const std::optional<std::size_t>& at) { return at && *at < row.cells.size() ? trim(row.cells[*at]) : std::string_view{}; }

void read_row(const tables::Row& row, const Resolved& columns, const Input& input, Collector& out) {
    Entry about = input.about;
    const Where place{.line = row.line};
    if (const auto text = cell(row, columns.family); !text.empty()) about.family = text;
    if (const auto text = cell(row, columns.comment); !text.empty()) about.comment = text;
    std::string wrong;
    if (const auto text = cell(row, columns.confidence); !text.empty() && !(about.confidence = parse_confidence(text))) wrong = format("\"{}\" is no confidence from 0 to 100", shorten(text, 40));
    if (const auto text = cell(row, columns.tlp); !text.empty()) {
        const auto tlp = detect::indicator::parse_tlp(text);
        if (!tlp) wrong = format("\"{}\" is no TLP", shorten(text, 40));
        about.tlp = tlp ? std::optional{*tlp} : std::nullopt;
    }
    if (const auto text = cell(row, columns.from); !text.empty() && !(about.from = parse_when(text))) wrong = format("\"{}\" is no time", shorten(text, 40));
    if (const auto text = cell(row, columns.until); !text.empty() && !(about.until = parse_when(text))) wrong = format("\"{}\" is no time", shorten(text, 40));
    std::optional<Kind> kind = input.kind;
    const std::string_view kind_text = cell(row, columns.kind);
    if (!kind_text.empty()) {
        kind = kind_of_word(kind_text);
        if (!kind && wrong.empty()) wrong = format("\"{}\" is no kind of indicator", shorten(kind_text, 40));
        const std::string word = lower_ascii(kind_text);
        if (word == "ip-dst") about.role = Role::destination;
        if (word == "ip-src") about.role = Role::source;
    }
    std::size_t found = 0;
    for (const ValueColumn& column : columns.values) {
        std::string_view value = cell(row, column.at);
        if (value.empty()) continue;
        ++found;
        if (!wrong.empty()) {
            out.refuse(place, wrong, value);
            continue;
        }
        std::optional<Kind> here = column.kind ? column.kind : kind;
        // An address with a length is a network, whatever the column is called.
        if (here == Kind::address && value.find('/') != std::string_view::npos) here = Kind::network;
        out.add(here, value, about, place);
    }
    if (found == 0) out.refuse(place, "the row has no value", row.cells.empty() ? std::string_view{} : std::string_view{row.cells[0]});
}

// Some write the header as the last of the comments.
std::vector<std::string> header_in_comment(std::string_view bytes, const CsvMapping& mapping, char separator) {
    std::string_view last;
    for_each_line(bytes, [&](std::size_t, std::string_view line) {
        if (!trim(line).empty() && (mapping.comment.empty() || !line.starts_with(mapping.comment))) return false;
        if (!trim(line).empty()) last = line.substr(mapping.comment.size());
        return true;
    });
    const auto table = tables::read_csv(last, {.separator = separator, .quote = mapping.quote, .most_rows = 1});
    return table.rows.empty() ? std::vector<std::string>{} : table.rows[0].cells;
}

Reading read(const Input& input) {
    Collector out{input.limits};
    const auto table = tables::read_csv(input.bytes.substr(0, input.limits.bytes), {.separator = input.csv.separator, .quote = input.csv.quote, .comment = input.csv.comment});
    for (const tables::BadRow& row : table.refused) out.refuse({.line = row.line}, row.reason, row.text);
    std::vector<std::string> header;
    std::size_t first = 0;
    if (input.csv.header && input.csv.columns.is_empty()) header = header_in_comment(input.bytes, input.csv, table.separator);
    if (input.csv.header && !table.rows.empty() && by_header(header).values.empty()) {
        header = table.rows[0].cells;
        first = 1;
    }
    auto columns = input.csv.columns.is_empty() ? Result<Resolved>{by_header(header)} : by_mapping(input.csv.columns, header);
    if (columns && columns->values.empty()) columns = fail(Code::bad_input, "the header names no column of indicators: say which by a mapping");
    for (std::size_t i = first; i < table.rows.size() && !out.is_full(); ++i) {
        const tables::Row& row = table.rows[i];
        if (columns)
            read_row(row, *columns, input, out);
        else
            out.refuse({.line = row.line}, columns.error().text, row.cells[0]);
    }
    Reading reading = out.finish();
    reading.cut = reading.cut || table.cut;
    return reading;
}

// A header that names kinds or values, over lines that are cut by the same separator.
bool sniff(std::string_view bytes, std::string_view name) {
    if (!name.ends_with(".csv") && !name.ends_with(".tsv")) return false;
    const auto table = tables::read_csv(bytes.substr(0, 4096), {.separator = 0, .comment = "#", .most_rows = 2});
    return !table.rows.empty() && !by_header(table.rows[0].cells).values.empty();
}

}  // namespace

extern const Reader csv{.name = "csv", .about = "CSV by a mapping of its columns, or by its header", .sniff = sniff, .read = read};

}  // namespace vg::intel::of_csv
