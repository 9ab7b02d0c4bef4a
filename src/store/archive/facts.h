// What a segment's manifest line says about its events, gathered while they go by. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "base/clock.h"
#include "base/id.h"
#include "store/archive/snapshot.h"

namespace vg::store::archive {

class FactsBuilder {
public:
    // How many are listed in the manifest: it is written whole each time a segment is closed.
    static constexpr std::size_t kMostOrganisations = 64;
    static constexpr std::size_t kMostSources = 32;

    void add(Time occurred, Time received, const SourceId& source, const OrganisationId& organisation, std::uint64_t raw_bytes);
    [[nodiscard]] std::uint64_t events() const { return events_; }
    [[nodiscard]] Time occurred_first() const { return occurred_first_; }
    [[nodiscard]] Time occurred_last() const { return occurred_last_; }
    [[nodiscard]] Time received_first() const { return received_first_; }
    // Everything but names, files and positions.
    [[nodiscard]] SegmentFacts finish() const;

private:
    std::uint64_t events_ = 0, raw_bytes_ = 0;
    Time occurred_first_, occurred_last_, received_first_, received_last_;
    std::map<SourceId, std::uint64_t> sources_;
    std::set<OrganisationId> organisations_;
    std::uint64_t* last_raw_ = nullptr;  // of the event before, which mostly has the same source
    SourceId last_source_;
    OrganisationId last_organisation_;
};

}  // namespace vg::store::archive
