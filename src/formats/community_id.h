// Community ID, version 1 (corelight/community-id-spec): one short name for a flow, the same in every tool that saw it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/ip.h"

namespace vg::formats {

struct FiveTuple {
    int protocol = 0;  // IANA number
    Address source, destination;
    std::uint16_t source_port = 0, destination_port = 0;  // ICMP: type and code
};

// "1:" and 28 characters of base64; with `base64` false 40 hex digits.
std::string community_id(const FiveTuple& tuple, std::uint16_t seed = 0, bool base64 = true);
// The same with seed 0 and in base64, in the arena.
std::string_view community_id(const FiveTuple& tuple, Arena& arena);

}  // namespace vg::formats
