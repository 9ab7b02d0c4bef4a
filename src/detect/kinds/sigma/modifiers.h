// Value modifiers of Sigma (modifiers appendix 2.1.0): from "Field|contains|all" and its values to an Item.
#pragma once

#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "detect/engine.h"
#include "detect/kinds/sigma/rule.h"

namespace vg::detect::sigma {

struct ItemLimits {
    std::size_t values = 50'000;        // of one item
    std::size_t value_bytes = 64 << 10;
    std::size_t variants = 5'000;       // tests that modifiers may make of one value
    std::size_t tests = 100'000;        // of all values together
    int regex_memory = 8 << 20;         // bytes RE2 may use for one expression
};

// `key` as written, `value` a scalar or a list of scalars. Modifiers are applied in their order. The error says which
// modifier or value is wrong and names the section; a warning for what the specification discourages is appended.
Result<Item> make_item(std::string_view key, const json::Value& value, const EngineOptions& options, std::vector<std::string>& warnings,
                       const ItemLimits& limits = {});

}  // namespace vg::detect::sigma
