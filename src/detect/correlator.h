// Correlator: what many events are together. It is told of every record in journal order, with what its matches mean to
// the correlation rules (Occurrence, made on any thread), and keeps a window of time for each group: bounded, by event
// time, the same for the same records in the same order. Pure: no clock, no I/O. docs/detection.md tells the rules of it.
//
//   correlation::occurrences(engine->plan(), event, matches, organisation, correlator.seed(), found);   // any thread
//   correlator.correlate({position, source, organisation, occurred, received}, found, out);             // one thread
//
// correlate(), use(), restore() and save() belong to one thread; groups() and stats() may be called from any.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "detect/engine.h"
#include "detect/kinds/correlation/siphash.h"
#include "detect/match.h"
#include "event/event.h"
#include "event/record.h"

namespace vg::detect {

namespace correlation {

struct Plan;

// What one match of a rule means to the correlations: keys and values, read from the event once.
struct Occurrence {
    struct Key {
        Hash128 hash;                  // of organisation and text
        std::uint32_t begin = 0, size = 0;
        bool missing = false;          // the event lacks a field of group-by
    };
    struct Value {
        std::uint64_t hash = 0;        // of the text of all fields
        double number = 0;
        bool missing = false;          // the event lacks a field
        bool is_number = false;
    };
    std::uint32_t feed = 0;            // of the plan
    std::string text;                  // the keys, one after the other
    std::vector<Key> keys;
    std::vector<Value> values;
    // What made the event count, for rules that count events themselves: a value and the bound that it met, or no bound.
    std::vector<std::pair<std::string, std::string>> features;
};

// Appends one occurrence for each match whose rule feeds a correlation.
void occurrences(const Plan& plan, const event::Event& event, std::span<const Match> matches, const OrganisationId& organisation, const Seed& seed,
                 std::vector<Occurrence>& out);
// Whether the rule makes findings. Rules that only feed correlations do not.
bool is_told(const Plan& plan, const RuleInfo& rule);
// The same of what the rule says about one event: never so for a rule about many.
bool is_told_alone(const Plan& plan, const RuleInfo& rule);
[[nodiscard]] bool is_empty(const Plan& plan);

}  // namespace correlation

struct CorrelatorOptions {
    std::size_t memory_bytes = std::size_t{256} << 20;  // for all groups together
    Span lateness = minutes(10);                         // how far behind its source's newest an event may be
};

// The record that a call is about. Times as the event has them; the correlator takes `occurred` as at most 5 minutes
// after `received`.
struct Seen {
    event::Position position;
    SourceId source;
    OrganisationId organisation;
    Time occurred;
    Time received;
};

struct Contribution {
    event::Position position;
    Time occurred;
    friend bool operator==(const Contribution&, const Contribution&) = default;
};

// A correlation that holds at an event. `begins`: it did not hold within a timespan before; otherwise the same match goes
// on. `events` are those that were not told before, oldest first.
struct CorrelationMatch {
    const RuleInfo* rule = nullptr;                                // lives as long as the engine in use
    std::vector<std::pair<std::string_view, std::string>> group;   // group-by fields and their values, folded
    std::string_view type;                                         // "event_count"
    double value = 0;                                              // what was compared: a count, a sum...
    bool begins = false;
    std::vector<Contribution> events;
    // Which measure against which bound, and what made the event count at which it holds: for kinds that count by themselves.
    std::vector<std::pair<std::string, std::string>> because;
};

// What became of the matches of one correlation's rules. Numbers grow for ever, but groups and bytes.
struct CorrelationStats {
    std::string rule_id, title;
    std::uint64_t groups = 0, bytes = 0;
    std::uint64_t seen = 0;      // occurrences that reached a group
    std::uint64_t held = 0;      // of these, at which it held
    std::uint64_t late = 0;      // too late: behind the source's newest, or behind the group's, by more than the lateness
    std::uint64_t keyless = 0;   // without a field of group-by: in no group
    std::uint64_t valueless = 0; // without the field of the condition, or not a number
    std::uint64_t evicted = 0;   // live groups given up for want of memory
    std::uint64_t cut = 0;       // windows that lost their oldest events, having too many
    friend bool operator==(const CorrelationStats&, const CorrelationStats&) = default;
};
struct CorrelatorStats {
    std::uint64_t groups = 0, bytes = 0, late = 0, evicted = 0, forgotten = 0;  // forgotten: groups of changed rules
    std::uint64_t sources = 0;
    std::vector<CorrelationStats> rules;  // in the order of their ids
    // Of whom groups were given up for want of memory: the last few organisations and rules.
    struct Evicted {
        std::string rule_id;
        OrganisationId organisation;
        std::uint64_t groups = 0;
    };
    std::vector<Evicted> victims;  // the most first, at most 20
};

// A group as people see it.
struct GroupView {
    OrganisationId organisation;
    std::vector<std::pair<std::string, std::string>> group;
    double value = 0;            // of the window that ends at its newest event
    bool at_least = false;       // the window was cut
    bool holds = false;
    Time newest;
    Time ends;                   // when the newest event leaves the window
    std::vector<Contribution> events;  // of that window, the last 100
    std::uint64_t event_count = 0;
    std::string cursor;
};
struct GroupAsk {
    std::string rule_id;
    std::function<bool(const OrganisationId&)> visible;
    std::optional<std::string> after;  // cursor of the last one of the page before
    std::size_t limit = 100;
};
struct GroupPage {
    std::vector<std::string> condition;  // "gte 10"
    std::string type;
    Span timespan;
    std::vector<GroupView> groups;       // the highest value first
    bool more = false;
};

class Correlator {
public:
    // `engine`: whose correlations are followed; `seed`: 16 random bytes.
    static std::unique_ptr<Correlator> make(std::shared_ptr<const Engine> engine, const correlation::Seed& seed, const CorrelatorOptions& options);
    virtual ~Correlator() = default;

    // Of the one in use; constant but for restore().
    [[nodiscard]] virtual const correlation::Seed& seed() const = 0;
    [[nodiscard]] virtual const Engine& engine() const = 0;

    // To be called for every record, in journal order, also for those without an occurrence: they move the watermark.
    virtual void correlate(const Seen& seen, std::span<const correlation::Occurrence> found, std::vector<CorrelationMatch>& out) = 0;
    // Other rules from here on. Groups of correlations that stand unchanged, with all that they refer to, go on.
    virtual void use(std::shared_ptr<const Engine> engine) = 0;

    // Everything that answers depend on, with a checksum. restore() replaces all; the engine must be the one that was in
    // use. Code::corrupt leaves it as it was.
    [[nodiscard]] virtual std::string save() const = 0;
    virtual Status restore(std::string_view saved) = 0;

    // Any thread. Code::not_found when there is no such correlation.
    [[nodiscard]] virtual Result<GroupPage> groups(const GroupAsk& ask) const = 0;
    [[nodiscard]] virtual CorrelatorStats stats() const = 0;
};

}  // namespace vg::detect
