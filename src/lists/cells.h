// Cells: what stands in one cell of a list, as people write it, and what it means. Pure, any thread; the text is hostile.
//
//   const std::vector<Victim> victims = TRY(read_victims("203.0.113.120, .121", 1'024));   // two addresses
//   const std::vector<Peer> peers = TRY(read_peers("hxxp://a7[.]example"));                 // {"a7.example"}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/result.h"

namespace vg::lists {

struct Victim {
    std::optional<Address> address;
    std::string host, url;
    std::optional<std::uint16_t> port;
};

// Addresses, with ports, as ranges ("a-b", "a-125", CIDR) or shortened (", .121"), names and page addresses; several behind each other.
// The error says what is wrong with the first that is none of these: a group is missing, a zero leads, a range is too large.
Result<std::vector<Victim>> read_victims(std::string_view cell, std::size_t most_of_range);

struct Peer {
    std::string text;  // canonical address, name or URL; a URL without a path is its name
    std::optional<std::uint16_t> port;
};
Result<std::vector<Peer>> read_peers(std::string_view cell);

struct PortCell {
    std::uint16_t port = 0;
    std::string_view protocol;  // of "443/tcp"
};
std::optional<PortCell> read_port(std::string_view cell);

// "7552", "AS7552", "AS7552 Viettel Group".
std::optional<std::uint32_t> read_asn(std::string_view cell);

// True for what begins as an address does: it may be one, or be meant as one. Cheap.
bool looks_like_address(std::string_view tidy_cell);

}  // namespace vg::lists
