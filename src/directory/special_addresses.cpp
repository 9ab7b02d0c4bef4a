#include "directory/special_addresses.h"

#include <algorithm>
#include <array>

#include "directory/address_number.h"

namespace vg::directory {

namespace {

struct Block {
    Number first;
    int length;  // within the 128 bits
    Special special;
    [[nodiscard]] constexpr Number last() const { return length == 128 ? first : first | (~Number{0} >> length); }
    [[nodiscard]] constexpr bool holds(Number number) const { return number >= first && number <= last(); }
};

constexpr Block block_v4(unsigned a, unsigned b, unsigned c, unsigned d, int length, Special special) {
    return {kFirstV4 | a << 24 | b << 16 | c << 8 | d, 96 + length, special};
}
constexpr Block block_v6(std::uint64_t high, std::uint64_t low, int length, Special special) { return {Number{high} << 64 | low, length, special}; }

constexpr std::array kBlocks{
    block_v4(0, 0, 0, 0, 8, Special::this_network),
    block_v4(10, 0, 0, 0, 8, Special::private_use),
    block_v4(100, 64, 0, 0, 10, Special::carrier_nat),
    block_v4(127, 0, 0, 0, 8, Special::loopback),
    block_v4(169, 254, 0, 0, 16, Special::link_local),
    block_v4(172, 16, 0, 0, 12, Special::private_use),
    block_v4(192, 0, 0, 0, 24, Special::reserved),  // IETF protocol assignments
    block_v4(192, 0, 2, 0, 24, Special::documentation),
    block_v4(192, 88, 99, 0, 24, Special::reserved),  // the 6to4 relays of old, RFC 7526
    block_v4(192, 168, 0, 0, 16, Special::private_use),
    block_v4(198, 18, 0, 0, 15, Special::benchmarking),
    block_v4(198, 51, 100, 0, 24, Special::documentation),
    block_v4(203, 0, 113, 0, 24, Special::documentation),
    block_v4(224, 0, 0, 0, 4, Special::multicast),
    block_v4(240, 0, 0, 0, 4, Special::reserved),
    // Global unicast addresses of IPv6 are within 2000::/3 (RFC 4291, section 2.4, and IANA's list of its address space).
    block_v6(0, 0, 3, Special::reserved),
    block_v6(0x4000'0000'0000'0000, 0, 2, Special::reserved),
    block_v6(0x8000'0000'0000'0000, 0, 1, Special::reserved),
    block_v6(0, 0, 128, Special::this_network),
    block_v6(0, 1, 128, Special::loopback),
    block_v6(0x0064'ff9b'0000'0000, 0, 96, Special::translation),
    block_v6(0x0064'ff9b'0001'0000, 0, 48, Special::translation),
    block_v6(0x2001'0000'0000'0000, 0, 23, Special::reserved),  // IETF protocol assignments
    block_v6(0x2001'0000'0000'0000, 0, 32, Special::translation),
    block_v6(0x2001'0002'0000'0000, 0, 48, Special::benchmarking),
    block_v6(0x2001'0db8'0000'0000, 0, 32, Special::documentation),
    block_v6(0x2002'0000'0000'0000, 0, 16, Special::translation),
    block_v6(0x3fff'0000'0000'0000, 0, 20, Special::documentation),
    block_v6(0xfc00'0000'0000'0000, 0, 7, Special::private_use),
    block_v6(0xfe80'0000'0000'0000, 0, 10, Special::link_local),
    block_v6(0xff00'0000'0000'0000, 0, 8, Special::multicast),
};

const Block* block_of(Number number) {
    const Block* narrowest = nullptr;
    for (const Block& block : kBlocks)
        if (block.holds(number) && is_v4(block.first) == is_v4(number) && (narrowest == nullptr || block.length > narrowest->length)) narrowest = &block;
    return narrowest;
}

}  // namespace

std::string_view name_of(Special special) {
    switch (special) {
        case Special::none: return "none";
        case Special::this_network: return "this_network";
        case Special::private_use: return "private_use";
        case Special::carrier_nat: return "carrier_nat";
        case Special::loopback: return "loopback";
        case Special::link_local: return "link_local";
        case Special::documentation: return "documentation";
        case Special::benchmarking: return "benchmarking";
        case Special::multicast: return "multicast";
        case Special::translation: return "translation";
        case Special::reserved: return "reserved";
    }
    return "";
}

Special special_of(const Address& address) {
    const Block* block = block_of(number_of(address));
    return block == nullptr ? Special::none : block->special;
}

std::vector<Zone> zones() {
    std::vector<Number> begins{0, kFirstV4, kLastV4 + 1};
    for (const Block& block : kBlocks) {
        begins.push_back(block.first);
        if (block.last() != ~Number{0}) begins.push_back(block.last() + 1);
    }
    std::sort(begins.begin(), begins.end());
    begins.erase(std::unique(begins.begin(), begins.end()), begins.end());
    std::vector<Zone> made;
    for (std::size_t i = 0; i < begins.size(); ++i) {
        const Number first = begins[i], last = i + 1 < begins.size() ? begins[i + 1] - 1 : ~Number{0};
        const Block* block = block_of(first);
        made.push_back({address_of(first), address_of(last), block == nullptr ? Special::none : block->special, address_of(block == nullptr ? first : block->first), address_of(block == nullptr ? last : block->last())});
    }
    return made;
}

}  // namespace vg::directory
