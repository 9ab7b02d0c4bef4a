// SipHash-2-4 (Aumasson and Bernstein, 2012) with 128 bits of output: a keyed hash, so that nobody who does not know the
// seed can choose keys that fall together. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace vg::detect::correlation {

using Seed = std::array<std::uint8_t, 16>;

struct Hash128 {
    std::uint64_t low = 0, high = 0;
    friend bool operator==(const Hash128&, const Hash128&) = default;
};

// The hash of both pieces, one after the other.
Hash128 siphash(const Seed& seed, std::string_view first, std::string_view second = {});

}  // namespace vg::detect::correlation
