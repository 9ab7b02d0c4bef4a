// What the logs of DHCP servers have in common.
#pragma once

#include <string_view>

#include "formats/format.h"

namespace vg::formats {

// A message of DHCP ("DHCPACK", "ACK") as what became of the lease: "lease_granted"; empty: none that we name.
std::string_view lease_action(std::string_view message);

struct Lease {
    std::string_view address, mac, host, client_id, relay, seconds;
};
// What is known of it, as lease.* and client.*.
void add_lease(const Lease& lease, event::Builder& builder);

}  // namespace vg::formats
