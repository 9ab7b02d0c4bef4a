// One value of an object against one test of a pattern.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "detect/kinds/stix/pattern.h"

namespace vg::detect::stix {

// `key` is the name of the property that the value belongs to: "..._hex" and "..._bin" hold bytes as text. `error` is set
// when the question makes no sense; the answer is false then. Values of other types than the literal's are unequal and have
// no order; null is no value at all and answers false whether negated or not.
bool holds(const Test& test, std::string_view key, const json::Value& value, std::string& error);

}  // namespace vg::detect::stix
