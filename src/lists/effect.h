// What a change of the directory would do to the lists that are kept: shown before it is approved. Nothing is changed. Called by api.
//
//   const Effect effect = TRY(effect_of(state, present, planned, {}));   // effect.changed rows would be somebody else's
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lists/lists.h"

namespace vg::lists {

struct Effect {
    struct OfList {
        ListId list;
        std::string name, number;
        std::int64_t changed = 0;
    };
    std::int64_t rows = 0, changed = 0;  // looked at; of which would be somebody else's
    std::vector<OfList> lists;           // with such rows, the newest first; the first 50
    std::vector<Change> changes;         // the first 100
    bool cut = false;                    // there are more rows than were looked at
};
struct EffectLimits {
    std::int64_t rows = 1'000'000;
};
Result<Effect> effect_of(store::State& state, const Attributor& present, const Attributor& planned, const EffectLimits& limits);

}  // namespace vg::lists
