// What a Correlator keeps, and the one step that changes it. Used by correlator.cpp (calls and locking), step.cpp (the
// step), snapshot.cpp (to bytes and back) and view.cpp (what people see). One thread, or under the correlator's mutex.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "detect/kinds/correlation/store.h"

namespace vg::detect::correlation {

inline constexpr Span kMostAhead = minutes(5);  // an event that claims more is from a wrong clock

struct Source {
    SourceId id;
    std::int64_t watermark = Window::kNever;  // its newest event
};

// Counts of one correlation, in the order in which they are saved.
struct Counts {
    std::uint64_t seen = 0, held = 0, late = 0, keyless = 0, valueless = 0, evicted = 0, cut = 0;
};

struct State {
    explicit State(std::size_t rules) : store(rules), counts(rules) {}

    Store store;
    std::vector<Counts> counts;  // by rule
    std::vector<Source> sources;
    std::map<SourceId, std::uint32_t> source_index;
    std::uint64_t records = 0;   // told of; decides when to sweep
    std::uint64_t forgotten = 0;
    std::uint32_t last_source = 0;  // the one asked for last: most records come in runs

    std::uint32_t source_of(const SourceId& id);
};

// One record after another; holds what does not change while it works.
class Step {
public:
    Step(const Plan& plan, State& state, const CorrelatorOptions& options) : plan_(plan), state_(state), options_(options) {}

    void take(const Seen& seen, std::span<const Occurrence> found, std::vector<CorrelationMatch>& out);
    // Gives up groups until the memory suffices.
    void make_room();

private:
    void feed(const Link& link, const Feed& feed, const Occurrence& one, const Seen& seen, Entry entry, std::uint32_t source, std::vector<CorrelationMatch>& out);
    void tell(const Rule& rule, std::uint32_t index, Window& window, const Outcome& outcome, bool begins, const Occurrence& one, std::vector<CorrelationMatch>& out) const;
    [[nodiscard]] bool is_expired(const Group& group) const;
    void expire(std::uint32_t lane, std::size_t most);
    void sweep();
    void remove(std::uint32_t index);

    const Plan& plan_;
    State& state_;
    const CorrelatorOptions& options_;
};

// Bytes of a key of so many parts.
std::size_t key_size(const char* text, std::size_t parts);
std::vector<std::string> parts_of(const char* text, std::size_t parts);

// Everything, with a checksum; and back. `plan` must be the one that it was saved with.
std::string to_bytes(const Plan& plan, const State& state, const Seed& seed);
struct Restored {
    Seed seed{};
    std::unique_ptr<State> state;
};
Result<Restored> from_bytes(const Plan& plan, std::string_view bytes);

// The groups of rules that stand in both plans with the same identity.
std::unique_ptr<State> carried_over(const Plan& before, State& state, const Plan& after);

// The value of the window that ends at the group's newest event.
double current_value(const Rule& rule, const Store& store, const Group& group);

}  // namespace vg::detect::correlation
