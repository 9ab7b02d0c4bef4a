// Whether a STIX pattern holds over observed data. The straightforward reading of STIX 2.1 part 9: the tests of one [ ] are
// about one object, AND and FOLLOWEDBY take different observations, an observation with number_observed N is N of them.
//
//   const stix::Observations seen = TRY(stix::read_observations(json));
//   const bool holds = TRY(stix::matches(pattern, seen));
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "intel/stix/pattern.h"

namespace vg::intel::stix {

// Objects that refer to each other by id (2.1) or by key (2.0).
using Graph = std::unordered_map<std::string, const json::Value*>;

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

}  // namespace vg::intel::stix
