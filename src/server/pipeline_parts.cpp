// Start, stop and what others ask of the pipeline; its path is in pipeline.cpp.
#include "server/pipeline.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"

namespace vg::server {

Pipeline::Pipeline(Parts parts, PipelineOptions options, std::shared_ptr<const ContentSet> content)
    : parts_(parts),
      options_(std::move(options)),
      slices_(options_.threads),
      content_(std::move(content)),
      lane_(options_.lane),
      processed_(parts.metrics.counter("vonggac_pipeline_records_total", "Records processed")),
      unparsed_(parts.metrics.counter("vonggac_pipeline_unparsed_total", "Records that no format understood")),
      sighted_(parts.metrics.counter("vonggac_pipeline_matches_total", "Matches recorded in findings")),
      damaged_(parts.metrics.counter("vonggac_pipeline_damaged_total", "Records lost to damage of the journal on disk")),
      put_off_(parts.metrics.counter("vonggac_detection_put_off_total", "Pairs of a rule and an event that were more work than the fast path allows, and went to the slow lane")),
      overflowed_(parts.metrics.counter("vonggac_detection_overflow_total", "Pairs of a rule and an event that the slow lane had no room for: nobody knows whether they match")),
      indicator_hits_(parts.metrics.counter("vonggac_indicator_hits_total", "Values of events that indicators name")),
      indicator_warned_(parts.metrics.counter("vonggac_indicator_warned_total", "Values of events that indicators name and that are likely no threat, by a warninglist: their findings are informational")),
      indicator_trouble_(parts.metrics.counter("vonggac_indicator_trouble_total", "Events about which the indicators could not be asked: their file cannot be read")),
      patterns_cut_(parts.metrics.counter("vonggac_indicator_patterns_cut_total", "Events about which not all patterns of indicators could be asked within the work that one event may take")),
      pattern_groups_(parts.metrics.gauge("vonggac_indicator_pattern_groups", "Machines of which patterns of several observations have seen a part, a pattern each")),
      pattern_evicted_(parts.metrics.counter("vonggac_indicator_pattern_evicted_total", "Of these, given up for want of room")),
      pattern_unanswered_(parts.metrics.counter("vonggac_indicator_pattern_unanswered_total", "Times that nobody knows whether a pattern of several observations holds: it took too many steps, or events left its window for want of room")),
      lag_records_(parts.metrics.gauge("vonggac_pipeline_lag_records", "Durable records not yet processed")),
      lag_seconds_(parts.metrics.gauge("vonggac_pipeline_lag_seconds", "Age of the record last processed when it was done")),
      batch_seconds_(parts.metrics.histogram("vonggac_pipeline_batch_seconds", "Time of a batch from parse to commit")),
      arrival_to_finding_(parts.metrics.histogram("vonggac_pipeline_arrival_to_finding_seconds", "From the arrival of a record to its committed finding")),
      correlation_groups_(parts.metrics.gauge("vonggac_correlation_groups", "Live groups of all correlations")),
      correlation_bytes_(parts.metrics.gauge("vonggac_correlation_bytes", "Memory that the groups of correlations take")),
      correlation_late_(parts.metrics.counter("vonggac_correlation_late_total", "Matches that came too late to be correlated")),
      correlation_evicted_(parts.metrics.counter("vonggac_correlation_evicted_total", "Live groups of correlations given up for want of memory")),
      correlation_keyless_(parts.metrics.counter("vonggac_correlation_keyless_total", "Matches without a field that their correlation groups by")) {
    slice_parts_.reserve(options_.threads);
    for (std::size_t i = 0; i < options_.threads; ++i) slice_parts_.push_back({{}, {}, {}, {}, CostSampler{options_.measure_every, options_.stopwatch}});
}

Result<std::unique_ptr<Pipeline>> Pipeline::start(Parts parts, PipelineOptions options, std::shared_ptr<const ContentSet> content) {
    std::unique_ptr<Pipeline> pipeline{new Pipeline{parts, std::move(options), std::move(content)}};
    TRY(pipeline->load());
    pipeline->take_up_correlations();
    pipeline->worker_ = std::jthread{[self = pipeline.get()](std::stop_token stop) { self->run(stop); }};
    return pipeline;
}

Pipeline::~Pipeline() { stop(); }

void Pipeline::stop() {
    worker_.request_stop();
    parts_.journal.wake();
    if (worker_.joinable()) worker_.join();
}

Status Pipeline::load() {
    return parts_.state.write([&](store::Transaction& tx) -> Status {
        const auto standing = TRY(load_standing(tx));
        standing_ = standing.value_or(Standing{parts_.journal.id(), parts_.journal.begin(), ""});
        if (standing_.journal != parts_.journal.id())
            return fail(Code::conflict, format("the state belongs to journal {}, but the journal folder holds {}; put back the folder that belongs to "
                                               "it, or give it an empty state (move state.sqlite away, or take an empty database) to rebuild it from this journal",
                                               to_text(standing_.journal), to_text(parts_.journal.id())));
        if (standing_.position > parts_.journal.end())
            return fail(Code::corrupt, format("the state has seen records up to {}, but the journal ends at {}: records are missing; restore the "
                                              "journal, or give it an empty state (move state.sqlite away, or take an empty database) to rebuild it from what is left",
                                              standing_.position.value, parts_.journal.end().value));
        if (!standing_.content.empty() && standing_.content != content_->fingerprint) {
            auto named = parts_.content_named(standing_.content);
            if (named)
                content_ = *named;
            else
                log::error("pipeline: the content set in force at the last position is gone; going on with the present one",
                           {{"fingerprint", standing_.content}, {"reason", named.error().text}});
        }
        first_content_ = standing_.content;
        first_indicators_ = standing_.indicators;
        use_indicators(standing_.indicators);
        position_ = standing_.position.value;
        tallies_ = TRY(load_tallies(tx));
        lane_.restore(TRY(load_allowances(tx)));
        for (Overflow& overflow : TRY(load_overflows(tx))) overflows_[{overflow.source, overflow.rule}] = std::move(overflow);
        set_aside_ = TRY(load_set_aside(tx));
        for (const SetAside& record : set_aside_) not_replayed_.insert(record.position);
        for (const Suspect& suspect : TRY(load_suspects(tx))) suspects_[suspect.position] = suspect.alone;
        for (const event::Position suspect : parts_.in_hand.suspects())
            if (suspect < standing_.position)
                not_replayed_.insert(suspect);
            else if (suspects_.try_emplace(suspect, 0).second) TRY(save_suspect(tx, {suspect, 0}));
        return save_standing(tx, standing_);
    });
}

void Pipeline::note_trouble(std::string reason) {
    const std::lock_guard lock{mutex_};
    if (trouble_ != reason) log::error("pipeline: " + reason);
    trouble_ = std::move(reason);
}

std::string Pipeline::content_in_force() const { return first_content_; }

std::string Pipeline::trouble() const {
    const std::lock_guard lock{mutex_};
    return trouble_;
}

std::optional<SourceTally> Pipeline::tally(const SourceId& source) const {
    const std::lock_guard lock{mutex_};
    const auto found = tallies_.find(source);
    return found == tallies_.end() ? std::nullopt : std::optional{found->second};
}

Tallies Pipeline::tallies() const {
    const std::lock_guard lock{mutex_};
    return tallies_;
}

Status Pipeline::retry(event::Position position) {
    {
        const std::lock_guard lock{mutex_};
        const bool known = std::any_of(set_aside_.begin(), set_aside_.end(), [&](const SetAside& record) { return record.position == position; });
        if (!known) return fail(Code::not_found, format("no record at position {} is set aside", position.value));
        if (retry_) return fail(Code::busy, "another retry is waiting");
        retry_ = position;
    }
    parts_.journal.wake();
    return {};
}

std::vector<SetAside> Pipeline::set_aside() const {
    const std::lock_guard lock{mutex_};
    return set_aside_;
}

}  // namespace vg::server
