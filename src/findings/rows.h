// How the tables of findings are read and what the files of this room share. Room-internal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "findings/book.h"

namespace vg::findings {

// The references of a finding stand in rows of kBlock, one line "EVENT OCCURRED" each, so that a batch touches few rows.
// The blocks of the first kKept sightings stay; the later ones go round in a ring that always holds the last kKept.
inline constexpr std::int64_t kKept = 100, kBlock = 20;
inline constexpr std::int64_t kFirstBlocks = kKept / kBlock, kRingBlocks = kKept / kBlock + 1;
// Where block n (sightings n * kBlock and on) of a finding is kept.
constexpr std::int64_t slot_of(std::int64_t block) { return block < kFirstBlocks ? block : kFirstBlocks + (block - kFirstBlocks) % kRingBlocks; }

struct Where {
    std::string text;  // "where ..."
    store::Params params;
};
Where where_of(const access::Scope& scope, const Filter& filter);

// The first groups by entity, without counting all: of what a filter leaves, no entity can stand before its place among all
// findings, so whoever a walk in that order has not reached comes after those that were counted. None: the walk would be
// too long. A filter by entity or time is not for this.
Result<std::optional<std::vector<Group>>> first_entities(store::Transaction& tx, const access::Scope& scope, const Filter& filter, std::size_t limit);

// The findings that `rest` ("where ... order by ... limit ...") leaves.
Result<std::vector<Finding>> read(store::Transaction& tx, std::string_view rest, const store::Params& params);

}  // namespace vg::findings
