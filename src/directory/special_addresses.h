// Addresses that belong to nobody in particular: private, reserved, multicast and the like, after IANA's registries of special
// purpose addresses for IPv4 and IPv6 (RFC 6890 and what has been added since). Pure; any thread.
//
//   special_of(*parse_address("100.64.3.1")) == Special::carrier_nat
#pragma once

#include <string_view>
#include <vector>

#include "base/ip.h"

namespace vg::directory {

enum class Special : std::uint8_t {
    none,           // an address like any other
    this_network,   // 0.0.0.0/8, ::
    private_use,    // RFC 1918; fc00::/7
    carrier_nat,    // 100.64.0.0/10, RFC 6598: between a provider's translators and its customers
    loopback,
    link_local,
    documentation,  // RFC 5737, RFC 3849, RFC 9637
    benchmarking,   // RFC 2544, RFC 5180
    multicast,
    translation,    // NAT64, 6to4, Teredo: the IPv4 address within says whose it is
    reserved,       // every other that is not given to anybody
};
std::string_view name_of(Special special);  // "private_use"

// What the narrowest block that holds the address is for.
Special special_of(const Address& address);

// All addresses cut where a special block, or IPv4, begins or ends: in order, without holes. `block` is the narrowest special
// block around the piece; where there is none, the piece itself.
struct Zone {
    Address first, last;
    Special special = Special::none;
    Address block_first, block_last;
};
std::vector<Zone> zones();

}  // namespace vg::directory
