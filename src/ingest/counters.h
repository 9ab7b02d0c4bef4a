// Counters: what became of each source's records, since the data folder was made. Shown with the source and on the
// health page; nothing is lost without being counted here. received = accepted + refused + sent_back, once a request is over.
//
//   Tally& tally = counters.of(source);     // found once a request, then without a lock
//   tally.received.fetch_add(n);
//   State keeps counters.snapshot() from time to time and gives it to restore() at the next start.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "base/id.h"

namespace vg::ingest {

// Of one source. Any thread changes its members.
struct Tally {
    std::atomic<std::uint64_t> received{0};   // records that came in
    std::atomic<std::uint64_t> accepted{0};   // durable
    std::atomic<std::uint64_t> refused{0};    // with a reason, for good: no JSON object, too long...
    std::atomic<std::uint64_t> sent_back{0};  // answered with 429 or 503, or broken off: the sender has to repeat them
    std::atomic<std::uint64_t> late{0};       // counted by the pipeline
    std::atomic<std::uint64_t> unparsed{0};   // counted by the pipeline
    std::atomic<std::int64_t> last_received{0};  // microseconds since 1970; 0: never
};

struct TallyValues {
    SourceId source;
    std::uint64_t received = 0, accepted = 0, refused = 0, sent_back = 0, late = 0, unparsed = 0;
    Time last_received;
};

class Counters {
public:
    // Finds or makes. The reference stays good as long as the Counters. Any thread.
    Tally& of(const SourceId& source);
    // All sources, in the order of their ids.
    [[nodiscard]] std::vector<TallyValues> snapshot() const;
    [[nodiscard]] TallyValues values(const SourceId& source) const;
    // Adds what was counted before the restart; once, before anything is counted.
    void restore(const std::vector<TallyValues>& before);

private:
    mutable std::mutex mutex_;
    std::map<SourceId, std::unique_ptr<Tally>> tallies_;  // guarded by mutex_
};

}  // namespace vg::ingest
