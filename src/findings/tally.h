// Counts of findings that are kept up to date in the transaction that changes a finding, so that grouping a million of
// them reads few rows. Room-internal.
//
// finding_by_rule and finding_by_entity hold one row for each combination of what findings are filtered by; finding_rank
// holds the entities in the order of groups (worst level first, among these the largest), of all findings and of each level. Who changes a finding hands in
// what it counted as before and what it counts as now, and calls flush() at the end:
//
//   Tally tally;
//   tally.replace(before, after);
//   TRY(tally.flush(tx));
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "findings/book.h"

namespace vg::findings {

// As what a finding is counted.
struct Counted {
    std::string id, rule, title, entity, organisation, level, state, assignee;
    bool muted = false;  // muted_until is set, be it over or not
    std::int64_t hits = 0, last_seen = 0;
};
Counted counted(const Finding& finding);

// A number for (worst level 1 to 5, findings) that is smaller for what comes first in the order of groups: `place` in
// finding_rank.
constexpr std::int64_t place_of(std::int64_t worst, std::int64_t findings) { return -(worst * (std::int64_t{1} << 40) + findings); }

class Tally {
public:
    // `before` none: the finding is new.
    void replace(const std::optional<Counted>& before, const Counted& after);
    // Writes what was handed in; the table `finding` has its new rows by now.
    Status flush(store::Transaction& tx);

private:
    using Key = std::tuple<std::string, std::string, std::string, std::string, std::string, std::int64_t, std::string>;  // value, organisation, level, state, assignee, muted, title
    struct Change {
        std::int64_t findings = 0, hits = 0, last_seen = 0;
        std::string example;                // a finding that was last seen then
        std::optional<std::int64_t> left;  // the newest last_seen of those that are no longer counted here
    };
    struct Kind;
    static const Kind kRule, kEntity;
    static Status write(store::Transaction& tx, const Kind& kind, const Key& key, const Change& change);

    std::map<Key, Change> rules_, entities_;
    std::set<std::pair<std::string, std::string>> ranked_;  // (level or empty, entity) whose place may have changed
};

}  // namespace vg::findings
