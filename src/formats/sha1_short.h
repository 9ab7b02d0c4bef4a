// SHA-1 (FIPS 180-4) of at most 55 bytes, which is one block: Community IDs are made of it, for every event with a flow. It
// names flows; nothing is protected by it.
#pragma once

#include <array>
#include <string_view>

namespace vg::formats {

inline constexpr std::size_t kMostShort = 55;

// With the processor's own instructions where it has them; `plainly` never does.
std::array<char, 20> sha1_of_short(std::string_view text);
std::array<char, 20> sha1_of_short_plainly(std::string_view text);

}  // namespace vg::formats
