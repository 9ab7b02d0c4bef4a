// Looks at what a feed has become before it is used: a feed that suddenly doubles, empties or names what is surely no threat is
// held for a person. Pure; any thread.
//
//   const Judgement judgement = judge(old_entries, new_entries, &warninglists);
//   if (judgement.hold) show(judgement.reasons);
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "intel/entry.h"
#include "intel/warninglist.h"

namespace vg::intel {

struct GuardSettings {
    double growth = 2.0;          // held when it has this many times as many entries as before
    std::size_t least_added = 10; // and at least so many more: small lists may double
    double remainder = 0.1;       // held when less than this share is left
    std::size_t shown = 20;       // warninglisted values that are named
};

struct WarnedValue {
    Kind kind;
    std::string text;
    std::string list;
};

struct Judgement {
    bool hold = false;
    std::vector<std::string> reasons;  // sentences, when it is held
    std::size_t before = 0, after = 0, added = 0, removed = 0;
    std::size_t warned = 0;            // new entries that a warninglist has
    std::vector<WarnedValue> examples;
};

// The first reading of a feed has no `before` and is held for warninglisted values alone. Entries that were there before have
// been accepted already and are not held against it again.
Judgement judge(std::span<const Entry> before, std::span<const Entry> after, const Warninglists* lists, const GuardSettings& settings = {});

}  // namespace vg::intel
