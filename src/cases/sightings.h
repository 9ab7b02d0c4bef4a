// Sightings of items as a stream of incidents, for programs that fetch what is new: each sighting once, the newest first. Called by api.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.h"
#include "cases/cases.h"

namespace vg::cases {

struct SightingFilter {
    Time min;                              // seen at or after
    std::optional<Time> max, until;        // at or before; before
    std::optional<Time> modified_min;      // noted at or after
    std::vector<std::string> subjects;     // addresses and names as they stand; empty: any
    std::vector<std::string> families;     // folded
    std::vector<std::string> kinds;        // of the case
    std::vector<std::int64_t> ports;
    std::vector<Network> networks;         // that hold the address
    std::vector<std::string> below;        // names that are one of these or end with "." and one of them
};

struct Seen {
    std::string ref;                       // "list/ID", "finding/ID", "hand/..."
    Time seen, noted;
    ItemId item;
    CaseId of;
    OrganisationId organisation;
    std::string subject, family, kind;
    std::int64_t port = -1;
    ItemState state = ItemState::open;
};

Result<std::vector<Seen>> sightings(store::Transaction& tx, const access::Scope& scope, const SightingFilter& filter, std::size_t limit);

}  // namespace vg::cases
