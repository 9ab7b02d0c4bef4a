// Shared by the targets that load rules: a rule fires on the event exactly when its explanation holds.
#pragma once

#include <vector>

#include "base/check.h"
#include "detect/engine.h"

namespace vg::fuzz {

inline void check_matches_explained(const detect::Engine& engine, const event::Event& event) {
    detect::Scratch scratch;
    std::vector<detect::Match> matches;
    engine.match(event, scratch, matches);
    for (const detect::RuleInfo* rule : engine.rules()) {
        const auto told = engine.explain(rule->id, event);
        bool matched = false;
        for (const detect::Match& match : matches) matched |= match.rule == rule;
        CHECK(told && told->held == matched, "a rule fires exactly when its explanation holds");
    }
}

}  // namespace vg::fuzz
