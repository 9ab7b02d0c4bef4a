// Internet addresses. An Address is IPv6 inside; IPv4 is kept as ::ffff:a.b.c.d and printed as a.b.c.d.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vg {

struct Address {
    std::array<std::uint8_t, 16> bytes{};

    friend auto operator<=>(const Address&, const Address&) = default;
    [[nodiscard]] bool is_v4() const;
    [[nodiscard]] std::string text() const;  // RFC 5952 for IPv6
};

// Dotted quad without leading zeros, or IPv6 (RFC 4291) without a zone. Nothing else.
std::optional<Address> parse_address(std::string_view text);

struct Network {
    Address base;
    int length = 128;  // prefix length within the 128 bits: an IPv4 /24 is 120

    friend auto operator<=>(const Network&, const Network&) = default;
    [[nodiscard]] bool contains(const Address& address) const;
    [[nodiscard]] Address last() const;  // the greatest address of it
    [[nodiscard]] std::string text() const;
};

// "203.0.113.0/24", "2001:db8::/32", or a single address. Host bits may be set and are cleared.
std::optional<Network> parse_network(std::string_view text);

}  // namespace vg
