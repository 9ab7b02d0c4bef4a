// For tests: makes an event that a rule must fire on, from its parse tree, without asking the evaluator how it matches.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "detect/kinds/sigma/rule.h"
#include "event/event.h"

namespace vg::detect::sigma::testing {

// A text that the expression finds, for the part of the syntax that rules use. Choices of alternatives and of members of
// classes follow `seed`.
std::string sample_of_regex(std::string_view expression, std::uint64_t seed);

// The values that a made event has, before they are fields.
struct Draft {
    struct Needs {  // what one field must satisfy at the same time
        std::vector<const TextTest*> texts;
        std::vector<std::string> values;  // from other tests, as text
        bool is_number = false, is_boolean = false;
    };
    std::map<std::string, Needs> fields;             // by name; keywords under "message"
    std::vector<std::pair<std::string, std::string>> same;  // fieldref: both have one value
    std::vector<const Item*> positive;               // items that were chosen to hold
    bool padded = false;                             // with more text where a pattern leaves room
    bool conjunction = true;                         // nothing was chosen between alternatives of the condition
};

// Chooses a way to satisfy the detection; another one for each seed, the first ones for seed 0.
Draft choose(const Detection& detection, std::uint64_t seed);

// The event of a draft. With `broken`, the fields of that item get a value that nothing asks for (or lose it, or get one
// when it wanted null); with `all_broken`, all fields do.
std::span<const event::Field> make_fields(const Draft& draft, Arena& arena, const Item* broken = nullptr, bool all_broken = false);

}  // namespace vg::detect::sigma::testing
