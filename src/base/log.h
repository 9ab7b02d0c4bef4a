// The program's own log: one JSON line on standard error for each thing an operator should know. Any thread.
//
//   log::warn("journal: the torn tail was cut", {{"segment", name}, {"bytes", 812}});
#pragma once

#include <string_view>

#include "base/json.h"

namespace vg::log {

enum class Level { debug, info, warn, error };

void set_level(Level level);
void write(Level level, std::string_view text, json::Object facts);

inline void debug(std::string_view text, json::Object facts = {}) { write(Level::debug, text, std::move(facts)); }
inline void info(std::string_view text, json::Object facts = {}) { write(Level::info, text, std::move(facts)); }
inline void warn(std::string_view text, json::Object facts = {}) { write(Level::warn, text, std::move(facts)); }
inline void error(std::string_view text, json::Object facts = {}) { write(Level::error, text, std::move(facts)); }

}  // namespace vg::log
