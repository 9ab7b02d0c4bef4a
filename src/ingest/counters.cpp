#include "ingest/counters.h"

namespace vg::ingest {
namespace {

TallyValues read(const SourceId& source, const Tally& tally) {
    return {.source = source,
            .received = tally.received.load(),
            .accepted = tally.accepted.load(),
            .refused = tally.refused.load(),
            .sent_back = tally.sent_back.load(),
            .late = tally.late.load(),
            .unparsed = tally.unparsed.load(),
            .last_received = Time{tally.last_received.load()}};
}

}  // namespace

Tally& Counters::of(const SourceId& source) {
    const std::lock_guard lock{mutex_};
    auto& tally = tallies_[source];
    if (!tally) tally = std::make_unique<Tally>();
    return *tally;
}

std::vector<TallyValues> Counters::snapshot() const {
    const std::lock_guard lock{mutex_};
    std::vector<TallyValues> all;
    all.reserve(tallies_.size());
    for (const auto& [source, tally] : tallies_) all.push_back(read(source, *tally));
    return all;
}

TallyValues Counters::values(const SourceId& source) const {
    const std::lock_guard lock{mutex_};
    const auto found = tallies_.find(source);
    return found == tallies_.end() ? TallyValues{.source = source} : read(source, *found->second);
}

void Counters::restore(const std::vector<TallyValues>& before) {
    for (const TallyValues& values : before) {
        Tally& tally = of(values.source);
        tally.received += values.received;
        tally.accepted += values.accepted;
        tally.refused += values.refused;
        tally.sent_back += values.sent_back;
        tally.late += values.late;
        tally.unparsed += values.unparsed;
        if (tally.last_received < values.last_received.micros) tally.last_received = values.last_received.micros;
    }
}

}  // namespace vg::ingest
