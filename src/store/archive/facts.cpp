#include "store/archive/facts.h"

#include <algorithm>

namespace vg::store::archive {

void FactsBuilder::add(Time occurred, Time received, const SourceId& source, const OrganisationId& organisation, std::uint64_t raw_bytes) {
    if (events_ == 0) {
        occurred_first_ = occurred_last_ = occurred;
        received_first_ = received_last_ = received;
    }
    occurred_first_ = std::min(occurred_first_, occurred);
    occurred_last_ = std::max(occurred_last_, occurred);
    received_first_ = std::min(received_first_, received);
    received_last_ = std::max(received_last_, received);
    if (last_raw_ == nullptr || source != last_source_) {
        last_source_ = source;
        last_raw_ = &sources_[source];
    }
    *last_raw_ += raw_bytes;
    raw_bytes_ += raw_bytes;
    if (events_ == 0 || organisation != last_organisation_) {
        last_organisation_ = organisation;
        if (organisations_.size() <= kMostOrganisations) organisations_.insert(organisation);
    }
    ++events_;
}

SegmentFacts FactsBuilder::finish() const {
    SegmentFacts facts;
    facts.events = events_;
    facts.occurred_first = occurred_first_;
    facts.occurred_last = occurred_last_;
    facts.received_first = received_first_;
    facts.received_last = received_last_;
    facts.raw_bytes = raw_bytes_;
    facts.many_organisations = organisations_.size() > kMostOrganisations;
    if (!facts.many_organisations) facts.organisations.assign(organisations_.begin(), organisations_.end());
    facts.raw_by_source.assign(sources_.begin(), sources_.end());
    std::stable_sort(facts.raw_by_source.begin(), facts.raw_by_source.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    if (facts.raw_by_source.size() > kMostSources) facts.raw_by_source.resize(kMostSources);
    return facts;
}

}  // namespace vg::store::archive
