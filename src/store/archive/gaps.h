// Gaps: stretches of positions whose events are missing or lost, with what the segment that held them said, so that an
// answer can tell what it lacks. The manifest keeps them; the snapshot of a question has those of its moment. Pure.
#pragma once

#include <optional>
#include <vector>

#include "base/json.h"
#include "store/archive.h"
#include "store/archive/snapshot.h"

namespace vg::store::archive {

struct GapFacts {
    Archive::Range range;
    std::optional<std::uint64_t> events;                   // at most so many
    std::optional<std::pair<Time, Time>> occurred, received;  // least and greatest
    std::vector<OrganisationId> organisations;             // sorted; empty with many_organisations
    bool many_organisations = true;
    bool lost = false;                                     // for good

    static GapFacts of(const SegmentFacts& segment);
};

inline constexpr std::size_t kMostGaps = 1000;

inline bool overlap(const Archive::Range& a, const Archive::Range& b) { return a.from < b.to && b.from < a.to; }

// The known gaps after a change, sorted by position: `missing` are the ranges that are missing now; `put_back` events came
// back within `found`, or with `given_up` those ranges are lost for good. Lost ones that were received before `kept_since`
// are forgotten: their term is over.
struct GapChange {
    const std::vector<Archive::Range>& missing;
    const std::vector<Archive::Range>& found;
    std::uint64_t put_back = 0;
    bool given_up = false;
    Time kept_since;
};
void settle(std::vector<GapFacts>& gaps, const GapChange& change);

// The known ones and those missing ranges of which nothing is known but their neighbours. Null: there are none.
std::shared_ptr<const std::vector<GapFacts>> all_gaps(const std::vector<GapFacts>& known, const std::vector<Archive::Range>& missing,
                                                      const std::vector<std::shared_ptr<const SegmentFile>>& segments);

// What the question must be told of.
std::vector<Gap> gaps_for(const Question& question, const std::vector<GapFacts>& gaps);

json::Value encode(const GapFacts& gap);
Result<GapFacts> decode_gap(const json::Value& value);

}  // namespace vg::store::archive
