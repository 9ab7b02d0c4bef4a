// Whether a condition can hold at all. It is taken apart into its ways (disjunctive normal form); a way is impossible when
// it wants a selection that it also excludes, wants two values that one field cannot have at once, or wants only what one
// of the excluded selections takes away. A field is taken to have one value in an event.
//
// Only what is certain is told: where a condition has too many ways, or two tests cannot be compared, it counts as
// possible. For lint; pure, bounded in time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "detect/kinds/sigma/rule.h"
#include "detect/lint.h"

namespace vg::detect::sigma {

// Why a way is impossible, and where in the detection: names of keys, {"selection", "EventID"}.
struct Conflict {
    Said why;
    std::vector<std::string> path;
};

struct Satisfied {
    std::optional<Conflict> never;                                   // no event makes it hold
    std::vector<std::pair<std::uint32_t, Conflict>> dead;            // selections that no way can use, when others can hold
    std::vector<std::uint32_t> unused;                               // selections that the condition does not name
    bool only_absence = false;                                       // one way wants nothing and only excludes
};
Satisfied satisfy(const Detection& detection);

// Whether no single value fits both; whether each value that fits `a` fits `b`. For satisfy() and its test.
bool exclude_each_other(const Test& a, const Test& b);
bool implies(const Test& a, const Test& b);

// Why the bounds of a correlation can never hold together; nothing when they can. `references`: how many rules it names.
std::optional<Said> never_holds(const Correlation& correlation);

}  // namespace vg::detect::sigma
