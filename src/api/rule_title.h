// The Vietnamese title of a rule. It is asked of the rules in force whenever something is told: what is stored with a finding is
// the title alone, which has to do for a rule that is in force no more. Room-internal; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "detect/engine.h"

namespace vg::api {

// A member of a response schema that add_title_vi() may set.
#define VG_TITLE_VI R"("title_vi":{"type":"string","description":"the title in Vietnamese; missing when the rule has none"})"

// Empty when no rule of that id is in force, or it has none.
std::string title_vi_of(const detect::Engine& engine, std::string_view rule_id);

// Sets "title_vi" unless it is empty.
void add_title_vi(json::Value& object, const std::string& title_vi);

}  // namespace vg::api
