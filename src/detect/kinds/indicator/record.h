// How an entry stands in the file: kind, value, and what each list says. Room-internal. The bytes may be damaged.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "detect/kinds/indicator/table.h"

namespace vg::detect::indicator {

inline constexpr std::size_t kRecordHead = 8;        // length and checksum of what follows
inline constexpr std::size_t kMostRecord = std::size_t{1} << 20;

void put_record(std::string& out, const Entry& entry);
Result<Entry> read_record(std::string_view body);

}  // namespace vg::detect::indicator
