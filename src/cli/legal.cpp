#include "cli/legal.h"

#include "base/text.h"
#include "base/time.h"

namespace vg::cli {

Result<std::string> vietnamese_time(std::string_view option, const std::string& text) {
    const auto time = parse_time(text.size() == 16 ? text + ":00" : text, "Asia/Ho_Chi_Minh");
    if (!time) return fail(Code::bad_input, format("--{} must be a time such as '2024-04-26 08:00' (Vietnamese time) or 2024-04-26T01:00:00Z, not {}", option, shorten(text, 64)));
    return to_rfc3339(*time);
}

std::string circumstances_of(const Call& call) {
    std::string all;
    if (const auto given = call.options.find("with"); given != call.options.end())
        for (const std::string& one : given->second) all += (all.empty() ? "" : ",") + one;
    return all;
}

Result<int> print_items(Call& call, const json::Value& answer, std::span<const Column> columns) {
    Printer printer = TRY(Printer::make(call, columns));
    if (const json::Value* items = answer.find("items"); items != nullptr && items->is_array())
        for (const json::Value& one : items->as_array()) printer.add(one);
    printer.finish();
    return 0;
}

}  // namespace vg::cli
