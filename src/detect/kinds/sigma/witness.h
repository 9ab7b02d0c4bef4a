// Witnesses: what an event must have for a rule to be worth asking about it. A rule's witnesses are alternatives: when it
// fires, at least one of them holds. Chosen from the rule's tree so that they hold rarely. Made while rules are loaded.
//
// Soundness rests on the plain evaluator (evaluate.h): a text test looks at the folded text of a field and wants each of its
// literal parts there, whole and in place; a number test wants that number; every test but null and exists: no wants the
// field to be there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "detect/kinds/sigma/rule.h"

namespace vg::detect::sigma {

struct Witness {
    enum class Kind : std::uint8_t {
        present,   // the event has the field
        number,    // the field is this whole number, or its text says it
        exact,     // the folded text of the field is this
        prefix,    // begins with this
        suffix,    // ends with this
        contains,  // holds this
        as_written,  // the text in lower case holds this, or is not ASCII: for tests that compare letters as they stand
        anywhere,  // the folded text of some field holds this
    };
    Kind kind = Kind::present;
    std::uint32_t field = 0;  // interned; no meaning for anywhere
    std::int64_t number = 0;
    std::string text;

    friend auto operator<=>(const Witness&, const Witness&) = default;
};

// Nothing when the rule may fire on an event that has nothing in particular (it asks only for what is missing).
std::optional<std::vector<Witness>> witnesses_of(const Detection& detection);

// How often a witness is expected to hold, of all events: 0 to 1. It steers the choice, no more.
double cost_of(const Witness& witness);

}  // namespace vg::detect::sigma
