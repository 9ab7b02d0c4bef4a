// What a hunt covered: days of the span with events in the archive, and sources that never send a field. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/json.h"
#include "hunts/asker.h"
#include "hunts/runner.h"

namespace vg::hunts {

// Days since 1970 (UTC), by blocks of a segment: within one nobody knows on which something occurred.
class Days {
public:
    void add(Time first, Time last);
    // Stretches of days within from <= t < until without any, as {"from": "2026-01-02", "to": "2026-01-05"}, both with it; at
    // most 200.
    [[nodiscard]] json::Value without(Time from, Time until) const;

private:
    std::map<std::int64_t, std::int64_t> stretches_;  // first to last, apart
};

// For each kind that was asked, the sources with events of which none has a field for it; and the sources without events.
// `sent`: in the order of `fields`. Names, at most 100 of each.
json::Value unsent(const std::array<bool, indicator::kKinds>& kinds, const std::vector<event::Ecs>& fields, const std::map<SourceId, store::PartOfArchive::Sent>& sent, const std::vector<LiveSource>& sources);

// Every field that is asked for any of the kinds.
std::vector<event::Ecs> fields_of(const std::array<bool, indicator::kKinds>& kinds);

}  // namespace vg::hunts
