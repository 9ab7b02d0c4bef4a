// `vonggac rule explain`: the condition as a tree, for people with a mark before each part.
#include <ostream>

#include "base/text.h"
#include "cli/ask.h"
#include "cli/rule_verbs.h"
#include "cli/width.h"

namespace vg::cli {

namespace {

constexpr std::size_t kMostShownOfValue = 300;  // bytes of a value

void print_part(std::ostream& out, const json::Value& part, std::size_t depth) {
    const std::string text = printable(shorten(part.text("text").value_or(""), kMostShownOfValue));
    const auto found = part.text("found");
    out << std::string(2 * depth, ' ') << (part.boolean("held").value_or(false) ? "✓ " : "✗ ") << text;
    if (found) out << "  ← " << printable(shorten(*found, kMostShownOfValue));
    out << "\n";
    if (const json::Value* parts = part.find("parts"); parts != nullptr && parts->is_array())
        for (const json::Value& one : parts->as_array()) print_part(out, one, depth + 1);
}

}  // namespace

Result<int> rule_explain(Call& call) {
    std::string target = format("/api/v1/events/{}/explain", net::percent_encode(call.arguments[0]));
    add_parameter(target, "rule", call.arguments[1]);
    const json::Value told = TRY(ask(call, "GET", target));
    const bool held = told.boolean("held").value_or(false);
    if (TRY(format_of(call)) == Format::table) {
        std::ostream& out = call.streams.out;
        out << printable(title_of(call, told)) << " (" << printable(told.text("author").value_or("")) << ")\n"
            << (held ? "✓ luật khớp sự kiện này / the rule fires on this event\n" : "✗ luật không khớp sự kiện này / the rule does not fire on this event\n");
        if (const json::Value* parts = told.find("parts"); parts != nullptr && parts->is_array())
            for (const json::Value& part : parts->as_array()) print_part(out, part, 1);
    } else {
        Printer printer = TRY(Printer::make(call, {}));
        printer.one(told);
    }
    return held ? 0 : 1;
}

}  // namespace vg::cli
