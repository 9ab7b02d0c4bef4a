// Places in a table's file, and the hash by which values are found. Room-internal.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/ip.h"
#include "detect/kinds/indicator/value.h"

namespace vg::detect::indicator {

inline constexpr std::string_view kMagic = "VGINDIC2", kMagicBefore = "VGINDIC1";
inline constexpr std::size_t kHead = 16;             // magic and seed
inline constexpr std::size_t kNetworkRow = 12;       // offset of the record, number of the next wider one (from 1; 0: none)

// The last bytes of the file: numbers of eight bytes.
enum Foot : std::size_t {
    foot_count, foot_bucket_bits, foot_records_end, foot_resident, foot_resident_bytes, foot_resident_hash,
    foot_starts4, foot_starts6, foot_networks, foot_patterns, foot_kinds, foot_own_hash = foot_kinds + kKinds, foot_magic, foot_numbers
};
inline constexpr std::size_t kFootBytes = foot_numbers * 8;
// Files before there were patterns: without foot_patterns, and with so many kinds.
inline constexpr std::size_t kKindsBefore = 10, kFootBytesBefore = kFootBytes - 8 * (1 + kKinds - kKindsBefore);

inline std::uint64_t table_hash(std::uint64_t seed, Kind kind, std::string_view bytes) { return hash64(bytes, seed + (static_cast<std::uint64_t>(kind) << 56)); }
inline std::string_view view_of(const Address& address) { return {reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()}; }
inline std::uint32_t number_of(const Address& v4) {
    return static_cast<std::uint32_t>(v4.bytes[12]) << 24 | static_cast<std::uint32_t>(v4.bytes[13]) << 16 | static_cast<std::uint32_t>(v4.bytes[14]) << 8 | v4.bytes[15];
}

}  // namespace vg::detect::indicator
