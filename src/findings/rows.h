// How the tables of findings are read and what the files of this room share. Room-internal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "findings/book.h"

namespace vg::findings {

// The references of a finding are kept in slots: the first kFirst sightings in slots of their own, the later ones in a
// ring of kLast.
inline constexpr std::int64_t kFirst = 100, kLast = 100;
constexpr std::int64_t slot_of(std::int64_t number) { return number < kFirst ? number : kFirst + (number - kFirst) % kLast; }

// The findings that `rest` ("where ... order by ... limit ...") leaves.
Result<std::vector<Finding>> read(store::Transaction& tx, std::string_view rest, const store::Params& params);

}  // namespace vg::findings
