// For tests of correlations: rules from YAML, events as JSON at a second of the day, what holds then.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "detect/correlator.h"
#include "detect/kinds/sigma/testing.h"

namespace vg::detect::testing {

inline constexpr Time kMorning{1'775'000'000'000'000};  // seconds of a timeline count from here

inline correlation::Seed seed_of(std::uint8_t byte) {
    correlation::Seed seed;
    seed.fill(byte);
    return seed;
}
template <class Tag>
Id<Tag> id_of(std::uint8_t byte) {
    Id<Tag> id;
    id.bytes.fill(byte);
    return id;
}

class Timeline {
public:
    explicit Timeline(std::string_view yaml, const CorrelatorOptions& options = {}) : loaded(load(yaml)), correlator(Correlator::make(loaded.engine, seed_of(7), options)) {}

    struct Origin {
        std::uint8_t source = 1, organisation = 1;
    };
    // The matches of correlations at that second; positions count from 0.
    std::vector<CorrelationMatch> at(double second, const char* event) { return at(second, event, Origin{}); }
    std::vector<CorrelationMatch> at(double second, const char* event, Origin origin) { return give(second, second, event, origin); }
    std::vector<CorrelationMatch> give(double occurred, double received, const char* event, Origin origin) {
        const JsonEvent made{event};
        scratch_matches.clear();
        loaded.engine->match(made.event, scratch, scratch_matches);
        std::vector<correlation::Occurrence> found;
        const auto organisation = id_of<OrganisationTag>(origin.organisation);
        correlation::occurrences(loaded.engine->plan(), made.event, scratch_matches, organisation, correlator->seed(), found);
        std::vector<CorrelationMatch> out;
        correlator->correlate({{position++}, id_of<SourceTag>(origin.source), organisation, time_of(occurred), time_of(received)}, found, out);
        return out;
    }
    static Time time_of(double second) { return {kMorning.micros + static_cast<std::int64_t>(second * 1'000'000)}; }
    // "Title 10 begins" for each match.
    static std::vector<std::string> told(const std::vector<CorrelationMatch>& matches) {
        std::vector<std::string> all;
        for (const CorrelationMatch& match : matches) all.push_back(format("{} {}{}", match.rule->title, match.value, match.begins ? " begins" : ""));
        return all;
    }
    static std::vector<std::uint64_t> positions(const CorrelationMatch& match) {
        std::vector<std::uint64_t> all;
        for (const Contribution& one : match.events) all.push_back(one.position.value);
        return all;
    }
    const CorrelationStats stats(std::string_view title) const {
        for (const CorrelationStats& one : correlator->stats().rules)
            if (one.title == title) return one;
        return {};
    }

    Loaded loaded;
    std::unique_ptr<Correlator> correlator;
    Scratch scratch;
    std::vector<Match> scratch_matches;
    std::uint64_t position = 0;
};

// A rule that fires where the field `kind` has that value.
inline std::string base_rule(std::string_view name) {
    return format("title: Base {0}\nname: {0}\nlogsource:\n    category: test\ndetection:\n    selection:\n        kind: '{0}'\n    condition: selection\n---\n", name);
}

}  // namespace vg::detect::testing
