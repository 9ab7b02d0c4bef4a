// Addresses as numbers of 128 bits, for what counts and compares them. Room-internal.
#pragma once

#include <bit>
#include <cstring>

#include "base/ip.h"

namespace vg::directory {

__extension__ typedef unsigned __int128 Number;

// One load each: they are on the path of every lookup.
inline std::uint64_t half_of(const Address& address, std::size_t begin) {
    std::uint64_t value = 0;
    std::memcpy(&value, address.bytes.data() + begin, sizeof value);
    return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}
inline std::uint64_t high_half(const Address& address) { return half_of(address, 0); }
inline std::uint64_t low_half(const Address& address) { return half_of(address, 8); }

inline Number number_of(const Address& address) { return Number{high_half(address)} << 64 | low_half(address); }

constexpr Address address_of(Number number) {
    Address address;
    for (std::size_t i = 16; i-- > 0; number >>= 8) address.bytes[i] = static_cast<std::uint8_t>(number & 0xff);
    return address;
}

// IPv4 within the 128 bits: ::ffff:0:0/96.
inline constexpr Number kFirstV4 = Number{0xffff} << 32;
inline constexpr Number kLastV4 = kFirstV4 | 0xffff'ffff;
constexpr bool is_v4(Number number) { return number >> 32 == 0xffff; }

}  // namespace vg::directory
