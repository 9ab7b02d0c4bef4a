#include "server/rates.h"

#include <algorithm>
#include <limits>

namespace vg::server {

// Brings the ring to that quarter; those in between had nothing.
void Rates::turn(Ring& ring, std::int64_t quarter) {
    for (std::int64_t at = std::max(ring.newest + 1, quarter - static_cast<std::int64_t>(kQuarters) + 1); at <= quarter; ++at)
        ring.counts[static_cast<std::size_t>(at) % kQuarters] = 0;
    ring.newest = std::max(ring.newest, quarter);
}

void Rates::add(const SourceId& source, std::int64_t count, Time now) {
    if (count <= 0) return;
    const std::int64_t quarter = now.micros / kQuarter;
    const std::lock_guard lock{mutex_};
    if (rings_.size() >= kSources && !rings_.contains(source)) return;
    Ring& ring = rings_[source];
    turn(ring, quarter);
    std::uint32_t& slot = ring.counts[static_cast<std::size_t>(ring.newest) % kQuarters];
    slot = static_cast<std::uint32_t>(std::min<std::int64_t>(std::int64_t{slot} + count, std::numeric_limits<std::uint32_t>::max()));
}

std::vector<std::int64_t> Rates::quarters(const SourceId& source, Time now) const {
    std::vector<std::int64_t> out(kQuarters, 0);
    const std::int64_t last = now.micros / kQuarter;
    const std::lock_guard lock{mutex_};
    const auto found = rings_.find(source);
    if (found == rings_.end()) return out;
    const Ring& ring = found->second;
    for (std::size_t i = 0; i < kQuarters; ++i) {
        const std::int64_t quarter = last - static_cast<std::int64_t>(kQuarters - 1 - i);
        if (quarter <= ring.newest && quarter > ring.newest - static_cast<std::int64_t>(kQuarters))
            out[i] = ring.counts[static_cast<std::size_t>(quarter) % kQuarters];
    }
    return out;
}

}  // namespace vg::server
