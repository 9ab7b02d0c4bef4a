// Rates: how many records of each source were processed in each quarter of an hour of the last day, in memory: for the
// watch ribbon and the small curves of the console. Begins empty at each start, and says since when it counts.
// The pipeline's thread adds; any thread asks.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "base/id.h"

namespace vg::server {

class Rates {
public:
    static constexpr std::int64_t kQuarter = 900'000'000;  // microseconds
    static constexpr std::size_t kQuarters = 96;
    static constexpr std::size_t kSources = 20'000;  // beyond, further ones are not counted here

    void add(const SourceId& source, std::int64_t count, Time now);
    // The last 96 quarters, oldest first; the last one is under way at `now`.
    [[nodiscard]] std::vector<std::int64_t> quarters(const SourceId& source, Time now) const;

private:
    struct Ring {
        std::int64_t newest = 0;  // number of the newest quarter
        std::array<std::uint32_t, kQuarters> counts{};
    };
    static void turn(Ring& ring, std::int64_t quarter);

    mutable std::mutex mutex_;
    std::map<SourceId, Ring> rings_;  // guarded by mutex_
};

}  // namespace vg::server
