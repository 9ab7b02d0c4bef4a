// A rule by its id, in force or switched off, with the engine that holds it. Room-internal; any thread.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "api/api.h"
#include "base/result.h"
#include "detect/engine.h"

namespace vg::api {

// Rules that are switched off, as they stood then; an engine of their own. Empty while there are none. A correlation is
// read together with the rules in force, of which it counts some.
Result<std::shared_ptr<const detect::Engine>> switched_off(Context& context);
// Those of `off` that are not in force.
std::vector<const detect::RuleInfo*> only_off(const detect::Engine* off, const detect::Engine& in_force);

struct FoundRule {
    std::shared_ptr<const detect::Engine> engine;
    const detect::RuleInfo* rule = nullptr;  // lives as long as the engine
    bool in_force = true;
};
// Code::not_found when it is neither in force nor switched off.
Result<FoundRule> find_rule(Context& context, std::string_view id);

}  // namespace vg::api
