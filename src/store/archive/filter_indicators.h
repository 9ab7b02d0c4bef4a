// Finds what is shaped like an indicator in folded text, and gives each its key: the number of an IPv4 address, the first
// 64 bits of an IPv6 address, of everything else the first 40 bits of a seeded hash. Pure and hostile.
//
// A value counts where no letter or digit touches it. Names: two labels or more, the last of letters only; each of its
// parents with two labels counts as well. Hashes: 32, 40 or 64 hexadecimal digits. URLs end at a blank or one of <>"'`{}|^\ and
// are known up to 2,048 bytes. Domains and mail addresses are ASCII after folding.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "store/archive/filter.h"

namespace vg::store::archive::filter {

struct Found {
    Indicator kind;
    std::uint64_t key;
    friend auto operator<=>(const Found&, const Found&) = default;
};

// Appends what stands in the text, which has no blanks.
void find_indicators(std::string_view folded, std::uint64_t seed, std::vector<Found>& found);

Found address_key(const Address& address);
// The key under which a value of that kind is listed; nothing when find_indicators would not list it.
std::optional<std::uint64_t> key_of(Indicator kind, std::string_view folded, std::uint64_t seed);

// The keys of the addresses from `low` to `high`, in the order of their 16 bytes.
struct KeyRange {
    Indicator kind;
    std::uint64_t first, last;
};
std::vector<KeyRange> keys_between(const Address& low, const Address& high);
// The greatest address of a network.

}  // namespace vg::store::archive::filter
