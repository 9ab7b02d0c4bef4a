// Whether a STIX pattern holds over observed data. The straightforward reading of STIX 2.1 part 9: the tests of one [ ] are
// about one object, AND and FOLLOWEDBY take different observations, an observation with number_observed N is N of them.
//
//   const stix::Observations seen = TRY(stix::read_observations(json));
//   const bool holds = TRY(stix::matches(pattern, seen));
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "detect/kinds/stix/fulfil.h"
#include "detect/kinds/stix/pattern.h"

namespace vg::detect::stix {

struct Seen {
    std::vector<const json::Value*> objects;  // that a pattern's paths begin at
    std::size_t graph = 0;                    // which of the graphs their references are looked up in
    Time first, last;
    std::int64_t number = 1;
};

// Holds views into the document it was read from.
struct Observations {
    std::vector<Graph> graphs;
    std::vector<Seen> seen;
};

// From a bundle, an observed-data object, one cyber-observable object, or an array of these. A bundle without observed-data is
// one observation of all its objects, at time zero. `document` must outlive the answer.
Result<Observations> read_observations(const json::Value& document);

struct EvaluationLimits {
    std::size_t steps = 2'000'000;  // looks at a value, and choices of an observation
};

// Code::bad_input when the pattern cannot be asked of these data (a timestamp compared with text that is none, an expression
// that cannot be run), Code::too_large when the limit is reached.
Result<bool> matches(const Pattern& pattern, const Observations& observations, EvaluationLimits limits = {});

// ---- for observations whose objects are gone, and of which it is kept what they fulfil ----

inline constexpr std::size_t kMostKnown = 64;  // [ ] of a pattern that is asked so

// The [ ] of a pattern, in the order of its text.
std::vector<const Comparison*> comparisons_of(const Pattern& pattern);

// One moment; bit i: it fulfils the i-th [ ].
struct KnownSight {
    Time time;
    std::uint64_t bits = 0;
};

// The numbers of sights that make the pattern hold, ascending; none: it does not. Errors as of matches().
Result<std::vector<std::size_t>> choose(const Pattern& pattern, std::span<const KnownSight> sights, EvaluationLimits limits = {});

}  // namespace vg::detect::stix
