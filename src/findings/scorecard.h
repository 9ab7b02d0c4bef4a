// Scorecards: what became of the findings of each rule. Read by api within a reader's transaction.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "base/clock.h"
#include "base/result.h"
#include "store/state.h"

namespace vg::findings {

struct Scorecard {
    std::string rule, title;
    std::int64_t findings = 0, events = 0;  // of all states
    std::int64_t open = 0, muted = 0, closed = 0;
    std::int64_t closed_false = 0;          // as a false alarm; where no verdict was given, whose reason says so: see says_false()
    std::int64_t closed_true = 0;           // as an attack
    Time last_seen;
};

// By findings, the most first. Only what the scope sees.
Result<std::vector<Scorecard>> scorecards(store::Transaction& tx, const access::Scope& scope);

// Whether the reason of a closing says that the finding was no attack: words such as "false positive", "false alarm", "benign",
// "báo nhầm", "báo động giả", "dương tính giả", "không phải tấn công", with or without marks.
bool says_false(std::string_view reason);

}  // namespace vg::findings
