// Single items and tests compared with one another, for satisfy(). A field is taken to have one value. Pure.
#pragma once

#include <optional>

#include "detect/kinds/sigma/satisfy.h"

namespace vg::detect::sigma {

// Why an item can never hold; why two items of one selection, or of two that are wanted together, cannot.
std::optional<Said> clash_within(const Item& item);
std::optional<Said> clash_between(const Item& a, const Item& b);
// Whether `b` holds wherever `a` does.
bool implies(const Item& a, const Item& b);

}  // namespace vg::detect::sigma
