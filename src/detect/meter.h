// What it takes to ask single rules about an event, told to who wants to know. Off unless a scratch was given a meter; what is
// measured is no input of anything: matches are the same with and without.
//
//   measure(scratch, &meter);   // the events that are asked about with this scratch from now on
//   engine->match(event, scratch, ...);
//   measure(scratch, nullptr);
#pragma once

#include <cstdint>

#include "detect/match.h"

namespace vg::detect {

class Scratch;

// Of one rule: how often it was asked while it was measured, and what that took in all.
struct RuleCost {
    std::uint64_t events = 0;
    std::uint64_t nanoseconds = 0;
};

class Meter {
public:
    virtual ~Meter() = default;
    virtual std::uint64_t nanoseconds() = 0;  // of a clock that only goes forward
    // The rule was asked; what fires is told by the matches. Called once for each rule and event.
    virtual void took(const RuleInfo& rule, std::uint64_t nanoseconds) = 0;
};

template <class Work>
void measured(Meter& meter, const RuleInfo& rule, const Work& work) {
    const std::uint64_t begin = meter.nanoseconds();
    work();
    meter.took(rule, meter.nanoseconds() - begin);
}

// The meter must outlive the scratch, or the next call. Not while the scratch is in use.
void measure(Scratch& scratch, Meter* meter);

}  // namespace vg::detect
