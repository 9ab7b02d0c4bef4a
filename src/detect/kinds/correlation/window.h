// Window: the events of one group, by event time, and what the condition of the correlation says about them. In order an
// event costs the same however many there are; one that comes behind others is compared with all windows that it falls
// into. Plain data and functions: one thread.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "detect/kinds/correlation/plan.h"

namespace vg::detect::correlation {

struct Entry {
    std::int64_t time = 0;       // microseconds
    std::uint64_t position = 0;
    std::uint64_t payload = 0;   // hash of the value, the number's bits, or which of the rules
    friend bool operator==(const Entry&, const Entry&) = default;
};

// How often each value is there. Open addressing; a value of 0 occurrences is none.
class Values {
public:
    void clear();
    void enter(std::uint64_t value);
    void leave(std::uint64_t value);  // must have entered
    [[nodiscard]] std::uint32_t count(std::uint64_t value) const;
    [[nodiscard]] std::size_t distinct() const { return distinct_; }

private:
    struct Slot {
        std::uint64_t value = 0;
        std::uint32_t count = 0;
    };
    [[nodiscard]] std::size_t slot_of(std::uint64_t value) const;
    void grow();
    std::vector<Slot> slots_;
    std::size_t distinct_ = 0;  // also the slots in use
};

// What a run of entries amounts to, kept while entries come and go.
struct Sums {
    Values values;           // for types that tell values apart
    double sum = 0;          // for value_sum and value_avg
    std::uint32_t left = 0;  // entries that left since the sum was last taken afresh
};

struct Window {
    static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min() / 2;
    static constexpr std::uint32_t kFirstLimit = 1024;

    std::vector<Entry> entries;         // by time, then position; also those that only a late event can still need
    std::uint32_t begin = 0;            // first entry of the newest window
    Sums now;                           // of the newest window
    std::int64_t held_until = kNever;   // end of the last window that held
    std::uint64_t told = 0;             // contributions at positions below this were told
    std::uint32_t limit = kFirstLimit;  // number of entries at which the ones that are not needed go
    bool cut = false;                   // entries that could be needed were given up

    // What counts against the memory; depends on what is kept alone.
    [[nodiscard]] std::size_t bytes() const;
    // After entries, begin and sums were put in from outside.
    void rebuild(const Rule& rule);
};

struct Outcome {
    bool holds = false;
    bool repeated = false;   // the same event is in the group already: it does not count twice
    double value = 0;        // of the window that held, else of the newest one
    std::size_t from = 0, to = 0;  // entries of the window that held
};

// The intervals between the entries of a window, for regularity. `regular`: there are enough, and the middle one is neither too
// short nor too long.
struct Beats {
    int intervals = 0, near = 0;  // near: within the jitter of the middle one
    Span middle;
    bool regular = false;
};
Beats beats_of(const Rule& rule, std::span<const Entry> window);

// What the condition compares, for the entries [from, to): all the entries of one window. `payload`: of the event that
// is asked about (for the share of its value).
double value_of(const Rule& rule, const Sums& sums, std::span<const Entry> window, std::uint64_t payload);
// The same for a window of one entry.
double value_of_one(const Rule& rule, std::uint64_t payload);

// Adds an event that is at most the lateness older than the newest one.
Outcome add(const Rule& rule, Window& window, const Entry& entry);
// To be called after add(), when its entries were looked at: lets go of what no window needs any more, and keeps the number
// of entries within its bound. Whether some were given up that could be needed.
bool tidy(const Rule& rule, Span lateness, Window& window);

}  // namespace vg::detect::correlation
