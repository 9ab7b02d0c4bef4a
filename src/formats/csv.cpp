// One line of comma-separated values (RFC 4180), with or without a syslog header. What the columns are called, a mapping
// says (reads: csv); without one a line of commas means nothing.
#include <algorithm>
#include <cstring>

#include "formats/flat.h"
#include "formats/format.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"
#include "formats/turn.h"

namespace vg::formats::of_csv {

namespace {

int sniff(const Look& look) { return std::count(look.text.begin(), look.text.begin() + std::min<std::ptrdiff_t>(2048, std::ssize(look.text)), ',') >= 3 && !look.text.starts_with('{') ? 8 : 0; }

// "with ""quotes"" inside", up to its closing quote.
std::optional<std::string_view> take_cell(std::string_view& rest, Arena& arena) {
    if (!rest.starts_with('"')) {
        const std::string_view cell = rest.substr(0, rest.find(','));
        rest.remove_prefix(cell.size());
        return cell;
    }
    std::size_t end = 1;
    std::size_t doubled = 0;
    for (;; ++end) {
        end = rest.find('"', end);
        if (end == std::string_view::npos) return std::nullopt;
        if (end + 1 >= rest.size() || rest[end + 1] != '"') break;
        ++doubled;
        ++end;
    }
    std::string_view cell = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    if (doubled == 0) return cell;
    char* const memory = arena.take(cell.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < cell.size(); ++i) {
        memory[size++] = cell[i];
        if (cell[i] == '"') ++i;
    }
    return std::string_view{memory, size};
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    std::string_view rest = take_syslog_header(raw, context, parsed);
    event::Builder& builder = parsed.builder;
    while (true) {
        const auto cell = take_cell(rest, builder.arena());
        if (!cell) return fail(Code::bad_input, "a quoted value does not end");
        if (builder.size() >= kMostFields) return fail(Code::too_large, "more columns than an event has fields");
        builder.text(kColumn, *cell);
        if (rest.empty()) break;
        if (rest.front() != ',') return fail(Code::bad_input, "behind a quoted value stands no comma");
        rest.remove_prefix(1);
    }
    return {};
}

}  // namespace

extern const Format csv{.name = "csv", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_csv
