// The indicators of one family of malware: what its machines contact. Names of families are compared folded, as people and lists write them
// in many ways. Called by hunts, inside a transaction of State.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "intel/indicators.h"

namespace vg::intel {

inline constexpr std::size_t kMostOfFamily = 50'000;

// Addresses, networks, domains and URLs that a list in force at `since` or later gives that family, each once, with what those lists say.
// Code::too_large: more than kMostOfFamily.
Result<std::vector<indicator::Entry>> servers_of_family(store::Transaction& tx, std::string_view family, Time since);

}  // namespace vg::intel
