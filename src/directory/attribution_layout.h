// How an Attribution lies in memory: written by attribution_build.cpp, read by attribution.cpp. Room-internal.
//
// The addresses are cut into segments, within which the same claims hold. A segment names the first of its steps: one for each
// of these claims, the most specific first. All claims over one range stand together; behind the last of them a step names
// where those over the next wider range stand. Segments inside the same wider range share its steps, so that ranges within
// each other need one step a claim. Below the last range stands an end, which says what the addresses are without a claim.
#pragma once

#include "directory/address_number.h"
#include "directory/attribution.h"

namespace vg::directory {

inline constexpr std::uint32_t kNextStep = 0xffff'ffff;  // instead of a place: the step that follows
inline constexpr std::uint32_t kEnd = 0xffff'ff00;       // and above: no claim is left; the low byte is the Special
inline constexpr std::uint32_t kTied = 0x8000'0000;      // with an organisation: the next range has as many addresses

struct alignas(32) Step {
    std::int64_t from = 0, until = 0;
    std::uint16_t first_port = 0, last_port = 0;
    std::uint32_t organisation = 0;  // in Layout::organisations; and kTied
    std::uint32_t claim = 0;
    std::uint32_t next = kEnd;       // a step, kNextStep or an end
};
static_assert(sizeof(Step) == 32, "two to a cache line");

struct SegmentV4 {
    std::uint32_t begin = 0;
    std::uint32_t step = kEnd;
};

// A claim, its texts by their place in Layout::texts. Sorted by first address, last address (the greatest first), from, number.
struct KeptClaim {
    AddressRange range;
    std::int64_t from = 0, until = 0, number = 0;
    PortRange ports;
    std::uint32_t organisation = 0, system = 0, document = 0, claimed_by = 0, approved_by = 0;
};

inline constexpr std::size_t kLooked = 4;   // segments of IPv4 that are compared without a branch
inline constexpr std::uint32_t kDeep = 0x8000'0000;  // in the table of IPv4: a table of its own stands for this place,
inline constexpr int kDeepBits = 26;                 // of so many further bits as these and the next four say, at this place of v4_table
inline constexpr std::size_t kFanOut = 16;  // of the tree over the segments of IPv6

struct Attribution::Layout {
    std::vector<Step> steps;
    // The upper 32 - v4_shift bits of an address give the number of segments that begin before all addresses with these bits.
    // A place in which more than kLooked begin names a smaller table by the bits that follow, behind the first in the same vector, so
    // that crowded places cost one read more and no search. Each table has one place more than bits need, for where its last ends.
    // Behind the segments stand kLooked that begin at the last address.
    std::vector<std::uint32_t> v4_table;
    std::vector<SegmentV4> v4;
    std::size_t v4_size = 0;
    int v4_shift = 32;
    // Where the segments of IPv6 begin, in two halves. v6_tree[0] is the upper halves; each further level has every 16th of the
    // one below; the last has at most 16. All are padded to a multiple of 16 with the greatest number.
    std::vector<std::vector<std::uint64_t>> v6_tree;
    std::vector<std::uint64_t> v6_low;
    std::vector<std::uint32_t> v6_step;
    std::vector<KeptClaim> facts;
    std::vector<OrganisationId> organisations;
    std::vector<std::string> texts;

    [[nodiscard]] std::uint32_t find(const Address& address) const;
    [[nodiscard]] std::size_t upper_place_v4(std::uint32_t address) const;
    // The place of v4_table that says how many segments begin before: the upper one, or that of the table that it names.
    [[nodiscard]] std::size_t place_v4(std::uint32_t address, std::size_t upper) const;
    [[nodiscard]] std::uint32_t find_v4(std::uint32_t address, std::size_t place) const;
    // The place within the level, from that within the level above (0 for the uppermost).
    [[nodiscard]] std::size_t below_v6(std::size_t level, std::size_t place, std::uint64_t high) const;
    [[nodiscard]] std::uint32_t step_v6(std::size_t place, std::uint64_t high, std::uint64_t low) const;
    [[nodiscard]] Answer answer(std::uint32_t at, const Ask& ask) const;
    [[nodiscard]] Number addresses(std::uint32_t claim) const;  // how many, less one
};

}  // namespace vg::directory
