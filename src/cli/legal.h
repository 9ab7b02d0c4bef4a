// What the nouns about law and cases share: times as people write them here, and circumstances. One thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "cli/noun.h"
#include "cli/output.h"

namespace vg::cli {

// RFC 3339 of "2024-04-26 08:00", which is Vietnamese time, or of a time with an offset of its own. The error names the option.
Result<std::string> vietnamese_time(std::string_view option, const std::string& text);
// What --with said, with commas between.
std::string circumstances_of(const Call& call);
// The members of `items`, printed.
Result<int> print_items(Call& call, const json::Value& answer, std::span<const Column> columns);

}  // namespace vg::cli
