// Merge and split: several cases of one organisation that turn out to be one matter, and one that turns out to be two.
// Items and tasks move whole, with their sightings, evidence and absences; an entry of a timeline stays where it was written, and both sides tell of the move. A merged case is closed, stays
// readable and points to the one that took it in; new sightings of its matter go there. split_back takes a merge back. Called inside a transaction of State; the caller has asked whether the
// actor may.
//
//   case_merge       one row for each merged case: who has it, since when, by whom
//   case_merge_part  what came with it, so that the merge can be taken back
//
//   const Case whole = TRY(merge(tx, actor, into, {{other, std::nullopt}}, "", version, now));
//   const Case again = TRY(split_back(tx, actor, whole.id, other, "", std::nullopt, now));
#pragma once

#include <vector>

#include "cases/cases.h"

namespace vg::cases {

inline constexpr std::size_t kMostMerged = 100, kMostSplit = 1'000;

struct Chosen {
    CaseId id;
    std::optional<std::int64_t> version;  // as it was read; none: any
};
// All of them or none. The survivor takes the earliest detection; it is serious when one of them is.
Result<Case> merge(store::Transaction& tx, const access::Actor& actor, const CaseId& into, const std::vector<Chosen>& from, std::string_view reason, std::optional<std::int64_t> version, Time now);

struct Parting {
    std::vector<ItemId> items;
    std::string title, matter;            // no matter: the title
    std::string reason;
};
// A new case with those items, which has the stage, assignment and seriousness of the one that it comes from. One item stays at least.
Result<Case> split(store::Transaction& tx, const access::Actor& actor, const CaseId& of, const Parting& parting, std::optional<std::int64_t> version, Random& random, Time now);
// Takes a merge back: the merged case opens again with what came with it and what its matter brought since, where that is still with the survivor.
Result<Case> split_back(store::Transaction& tx, const access::Actor& actor, const CaseId& of, const CaseId& merged, std::string_view reason, std::optional<std::int64_t> version, Time now);

// The one that it took in last; Code::conflict when there is none.
Result<CaseId> last_merged(store::Transaction& tx, const access::Scope& scope, const CaseId& id);
// The cases that it took in, the first number first.
Result<std::vector<Case>> merged_into(store::Transaction& tx, const access::Scope& scope, const CaseId& id);
// Everything that is told of an item, whichever case it was in then: the newest last, with the number of the case.
struct ItemEntry {
    std::int64_t case_number = 0;
    Entry entry;
};
Result<std::vector<ItemEntry>> history(store::Transaction& tx, const access::Scope& scope, const ItemId& id, std::size_t limit);

}  // namespace vg::cases
