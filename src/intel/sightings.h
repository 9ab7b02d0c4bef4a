// What a hit of an indicator leaves behind: the words of its finding, and when a value was seen. Pure.
#pragma once

#include <vector>

#include "base/json.h"
#include "intel/indicators.h"

namespace vg::intel {

// The "matched" of a sighting: the field, the indicator, who says so, how sure, which way it went, and what speaks against it.
json::Value matched_of(const indicator::Hit& hit);

// One row for each value, in their order.
std::vector<Seen> merged(std::vector<Seen> seen);

}  // namespace vg::intel
