// Settings: one table (settings.inc), read from a TOML file and the command line. Read once at start; server only.
//
//   Settings settings = TRY(load_settings(text, "vonggac.toml"));
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace vg::server {

using Text = std::string;
using Texts = std::vector<std::string>;
using Int = std::int64_t;
using Bool = bool;

struct Settings {
#define SETTING(key, member, type, initial, least, most, vi, en) type member = initial;
#include "server/settings.inc"
#undef SETTING
};

// Reads TOML text over the defaults. Unknown keys, wrong types and values out of bounds are errors that name the key,
// the line and the nearest known key or the bounds.
Result<Settings> load_settings(std::string_view toml, std::string_view file_name);
// All settings with their values and texts, for `config show` and the health page.
json::Value describe(const Settings& settings);

}  // namespace vg::server
