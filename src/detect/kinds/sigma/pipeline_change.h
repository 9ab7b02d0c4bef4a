// How a transformation changes the values of one item. Used by pipeline_apply.cpp.
#pragma once

#include <optional>
#include <string>

#include "detect/kinds/sigma/modifiers.h"
#include "detect/kinds/sigma/pipeline_model.h"

namespace vg::detect::sigma {

// Whether anything changed. For the kinds replace_string, map_string, set_value, convert_type and placeholders.
Result<bool> change(const Transformation& transformation, Item& item, const EngineOptions& options);

// The first placeholder that is left in an item.
std::optional<std::string> placeholder_in(const Item& item);

}  // namespace vg::detect::sigma
