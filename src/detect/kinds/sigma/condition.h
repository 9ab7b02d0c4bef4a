// Conditions of Sigma rules (rules specification 2.1.0, "Condition").
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "detect/kinds/sigma/rule.h"

namespace vg::detect::sigma {

// `names`: the search identifiers in the order of their selections. Errors name what is not understood and the section.
// Bounded: 16 kB of text, 64 levels of brackets and negations.
Result<Expression> parse_condition(std::string_view text, std::span<const std::string> names);

// Whether a name fits a pattern with `*`, as in `1 of selection_*`.
bool name_fits(std::string_view name, std::string_view pattern);

}  // namespace vg::detect::sigma
