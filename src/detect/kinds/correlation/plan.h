// Plan: the correlations of a rule set, compiled. What each rule feeds, which fields are read for it, and what a window
// must hold. Made by the loader of the kind sigma, then constant: any number of threads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "detect/correlator.h"
#include "detect/kinds/sigma/rule.h"

namespace vg::detect::correlation {

using Type = sigma::Correlation::Type;
std::string_view name_of(Type type);

inline constexpr std::size_t kMostGroupBy = 16;
inline constexpr std::size_t kMostPart = 255;           // bytes of one group-by value; a longer one is cut and marked by its hash
inline constexpr std::size_t kMostEntries = 100'000;    // of one window
inline constexpr std::size_t kMostDistinct = 10'000;    // values that value_count tells apart
inline constexpr std::size_t kMostInOrder = 2'000;      // entries of temporal_ordered
inline constexpr std::size_t kMostRanked = 10'000;      // entries of value_percentile with a percentile
inline constexpr std::size_t kMostBeats = 256;          // the newest entries that regularity looks at
inline constexpr std::size_t kMostReferences = 1'000;   // of a temporal correlation
inline constexpr std::size_t kMostOrdered = 64;         // of temporal_ordered
inline constexpr std::size_t kMostDepth = 8;            // of chains
inline constexpr std::size_t kMostLinks = 100'000;      // of a plan

struct Bound {
    sigma::Correlation::Bound kind = sigma::Correlation::Bound::greater_or_equal;
    double value = 0;
};

// When events come at regular intervals: what the share of regular ones is taken of.
struct Beat {
    std::uint32_t events = 0;  // at least; those within one second of another are one
    Span shortest, longest;    // between which the middle interval lies
    int jitter = 0;            // how far an interval may be from the middle one, in per cent of it
};

struct Rule {
    const RuleInfo* info = nullptr;
    std::string identity;               // hex: changes with its text, and with that of the rules that it stands on
    Type type = Type::event_count;
    Span span;
    std::vector<Bound> bounds;          // all must hold
    std::vector<std::string> group_by;  // as written
    std::vector<std::string> fields;    // of the condition
    std::uint32_t references = 0;       // how many rules it names
    Beat beat = {};                     // of regularity
    std::string measure;                // what the value is, when matches tell it
    int percentile = -1;                // of value_percentile; -1: the share of the event's own value
    bool told = true;                   // whether its matches are told; otherwise they only feed others
    bool rises = true;                  // more entries never end it: only gt and gte, of a count
    std::uint64_t needed = 1;           // how many events or values decide the condition

    [[nodiscard]] bool holds(double value) const;
    [[nodiscard]] bool has_values() const { return type != Type::event_count && type != Type::temporal && type != Type::temporal_ordered && type != Type::regularity; }
    // What it counts are beginnings of matches, not each event at which one holds.
    [[nodiscard]] bool counts() const { return type != Type::temporal && type != Type::temporal_ordered && type != Type::value_count; }
};

// One way from a match to a correlation. `next`: the ways on from there, for when the correlation itself matches.
struct Link {
    std::uint32_t correlation = 0;
    std::uint32_t reference = 0;  // which of the rules it names
    std::uint32_t key = 0;        // of Feed::keys
    std::uint32_t value = 0;      // of Feed::values, when the correlation has one
    std::vector<std::uint32_t> next;
};

// What the matches of one rule feed. Fields are read once, however many correlations want them.
struct Feed {
    std::vector<std::vector<std::string>> keys, values;
    std::vector<Link> links;
    std::vector<std::uint32_t> direct;
    bool told = false;  // whether the rule's matches are told as well
};

struct Plan {
    std::vector<Rule> rules;  // in the order of their ids
    std::vector<Feed> feeds;
    std::unordered_map<const RuleInfo*, std::uint32_t> feed_of;
    bool cut = false;         // there were more than kMostLinks links
};

// A reference resolved by the loader.
struct Target {
    bool is_correlation = false;
    std::uint32_t index = 0;
};

struct Refusal {
    std::uint32_t correlation = 0;
    std::string reason;
};
struct Sources {
    std::span<const sigma::Rule> rules;
    std::span<const sigma::Filter> filters;
    std::span<const sigma::Correlation> correlations;
    std::vector<std::vector<std::vector<Target>>> targets;  // [c][r]: what reference r of correlation c names; [c] empty: refused
};
// Removes from `sources.targets` what has a reason already (by correlation), is a circle, too deep or beyond a bound, and
// what refers to such a one. To be called before make_plan().
std::vector<Refusal> refuse_unusable(Sources& sources, std::vector<std::string> reasons);
Plan make_plan(const Sources& sources);

// The plan of rules that count the events they match themselves, each on its own. They must be in the order of their ids.
Plan plan_of(std::vector<Rule> rules);
// Plans of several kinds as one. Rules of one id must not stand in two of them.
Plan joined(std::span<const Plan* const> plans);
// "gte 10".
std::string text_of(const Bound& bound);

}  // namespace vg::detect::correlation
