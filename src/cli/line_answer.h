// An answer of the server that comes as NDJSON while the work goes on: lines of progress, then the result or a problem. For
// `backup` and `verify`.
#pragma once

#include <functional>

#include "cli/ask.h"

namespace vg::cli {

// Sends the message and hands each line of progress to `progress`. The result, an object; an error when the server refused,
// named a problem, or broke off before the result (then with `broken_off` as its text).
Result<json::Value> ask_for_lines(Call& call, Message message, const std::function<void(const json::Value&)>& progress, std::string_view broken_off);

}  // namespace vg::cli
