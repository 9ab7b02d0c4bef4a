// What a correction re-attributes: which of some questions two Attributions answer differently. Asked before a change is kept, to
// show what it will change, and after it, to have it changed. Pure; any thread.
//
//   for (const ChangedAnswer& one : changed_answers(*present, *TRY(keeper.with(plan)), asks)) tell(asks[one.ask], one.before, one.after);
#pragma once

#include <span>
#include <vector>

#include "directory/attribution.h"

namespace vg::directory {

struct ChangedAnswer {
    std::size_t ask = 0;    // its place among the questions
    Answer before, after;   // `claim` is of the Attribution that gave it
};

// Different is: another kind of answer, another owner or system, other organisations in a conflict. In the order of the questions.
std::vector<ChangedAnswer> changed_answers(const Attribution& before, const Attribution& after, std::span<const Ask> asks);

}  // namespace vg::directory
