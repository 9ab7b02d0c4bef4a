// Rules that came into force are asked of the archive without anyone thinking of it, as new indicators are. Pure.
#pragma once

#include <vector>

#include "base/clock.h"
#include "detect/engine.h"
#include "hunts/hunt.h"

namespace vg::hunts {

struct RulesInForce {
    const detect::Engine& was;
    const detect::Engine& is;
    event::Position since;  // what lies before, `is` did not see
    int days = 30;          // back from `now`
};

// Hunts for the rules that are in force now and were not, or had another text; none when there are none. Rules that count
// events are left out: they need the order of all. A hunt has at most kMostRules rules and kMostRuleText bytes of them.
inline constexpr std::size_t kMostRules = 1'000, kMostRuleText = std::size_t{4} << 20;
std::vector<Hunt> of_new_rules(const RulesInForce& rules, Random& random, Time now);

}  // namespace vg::hunts
