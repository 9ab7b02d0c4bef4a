// What of the cases waits for somebody now: for the first page, and as filters of the list of cases. Called by api, inside a transaction of State.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "access/access.h"
#include "base/clock.h"
#include "base/result.h"
#include "store/state.h"

namespace vg::cases {

inline constexpr Span kNearClock = days(3);  // a deadline that ends within it is near

struct Attention {
    std::int64_t overdue = 0, near = 0;      // deadlines that nobody has met
    std::int64_t relapses = 0;               // items that came back and are not closed
    std::int64_t answers = 0;                // that the coordinator has to judge
    std::int64_t proposals = 0;              // to close
    std::int64_t returned = 0;               // answers that were returned, and nobody has answered again
};
Result<Attention> attention(store::Transaction& tx, const access::Scope& scope, Time now);

// The condition on case_file for one of "clocks", "relapses", "answers", "proposals", "returned"; nothing: there is no such filter.
std::optional<std::string> condition_of_need(std::string_view need, Time now, store::Params& params);

}  // namespace vg::cases
