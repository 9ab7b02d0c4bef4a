// Correlations in the pipeline: how their state is taken up at start, what they say as findings, and when it is kept.
//
// The state is that of one position in the journal. A snapshot may be older than what is committed: the records between are
// told to the correlations once more, and what they say about these is dropped, for it stands in the findings already.
#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "base/text.h"
#include "server/pipeline.h"

namespace vg::server {

namespace {

constexpr std::size_t kReplayRecords = 10'000;

}  // namespace

void Pipeline::take_up_correlations() {
    const detect::CorrelatorOptions limits{.memory_bytes = options_.correlation_bytes, .lateness = options_.late_after};
    correlator_ = detect::Correlator::make(content_->engine, options_.correlation_seed, limits);
    watch_ = std::make_unique<detect::stix::Watch>(options_.correlation_seed, detect::stix::Watch::Order::forward);
    committed_indicators_ = indicators_;
    replay_from_ = standing_.position;
    committed_content_ = content_;
    committed_lane_ = lane_.allowances();
    if (options_.snapshot_disk == nullptr) return;
    snapshots_.emplace(*options_.snapshot_disk, options_.snapshot_folder);
    std::string why = "there is no snapshot of them";
    if (auto kept = snapshots_->newest(parts_.journal.id(), standing_.position); kept && kept->position >= parts_.journal.begin()) {
        auto content = kept->content == content_->fingerprint ? content_ : parts_.content_named(kept->content).value_or(nullptr);
        if (content) {
            auto restored = detect::Correlator::make(content->engine, options_.correlation_seed, limits);
            const Status done = restored->restore(kept->state);
            if (done) {
                correlator_ = std::move(restored);
                content_ = std::move(content);
                if (!kept->patterns.empty())
                    if (const Status seen = watch_->restore(kept->patterns); !seen) log::warn("indicators: patterns of several observations begin anew", {{"reason", seen.error().text}});
                use_indicators(kept->patterns.empty() ? indicators_->name() : kept->indicators);
                lane_.restore(parse_allowances(kept->lane).value_or(SlowLane::Allowances{}));
                replay_from_ = kept->position;
                snapshot_position_ = kept->position.value;
                return;
            }
            why = done.error().text;
        } else {
            why = "the content that was in force at the snapshot is gone";
        }
    }
    if (standing_.position <= parts_.journal.begin()) return;  // nothing came before
    correlation_gap_ = format("groups begin at position {}: {}", standing_.position.value, why);
    log::warn("correlation: groups begin anew", {{"position", standing_.position.value}, {"reason", why}});
}

bool Pipeline::replay(std::stop_token stop) {
    if (replay_from_ >= standing_.position) {
        indicators_ = std::move(committed_indicators_);
        lane_.restore(std::move(committed_lane_));
        return true;
    }
    auto reader = parts_.journal.reader(replay_from_);
    std::uint64_t records = 0;
    while (replay_from_ < standing_.position) {
        if (stop.stop_requested()) return false;
        auto read = reader->next(kReplayRecords, std::size_t{32} << 20);
        if (!read) {
            note_trouble("the journal cannot be read: " + read.error().text);
            pause(stop);
            continue;
        }
        std::span<const store::StoredRecord> rest{read->records};
        while (!rest.empty() && rest.back().position >= standing_.position) rest = rest.first(rest.size() - 1);
        const bool ends = rest.size() < read->records.size() || read->records.empty();
        while (!rest.empty()) {
            const auto special = [&](const store::StoredRecord& one) { return one.record.envelope.kind == event::Kind::control || not_replayed_.contains(one.position); };
            const auto plain = static_cast<std::size_t>(std::find_if(rest.begin(), rest.end(), special) - rest.begin());
            std::vector<Interpreted> found(plain);
            slices_.run(plain, [&](std::size_t slice, std::size_t i) {
                parts_.in_hand.hold(slice, rest[i].position);
                found[i] = interpret(slice_parts_[slice], rest[i]);
                parts_.in_hand.release(slice);
            });
            for (std::size_t i = 0; i < plain; ++i) {
                Overflows counted_then;
                look_again(lane_, rest[i], found[i], counted_then);
                correlate(rest[i], found[i], nullptr);
                watch(rest[i], found[i], nullptr);
            }
            for (Slice& slice : slice_parts_) slice.arena.reset();
            take_costs();
            records += plain;
            rest = rest.subspan(plain);
            if (rest.empty()) break;
            if (rest.front().record.envelope.kind == event::Kind::control) {
                const auto control = json::parse(rest.front().record.raw);
                if (control && control->text("control") == "content")
                    if (auto named = parts_.content_named(control->text("fingerprint").value_or(""))) content_ = *named;
                if (control && control->text("control") == "indicators") use_indicators(control->text("set").value_or(""));
                if (&correlator_->engine() != content_->engine.get()) correlator_->use(content_->engine);
            }
            rest = rest.subspan(1);
        }
        replay_from_ = ends ? standing_.position : event::Position{read->records.back().position.value + 1};
    }
    content_ = std::move(committed_content_);
    indicators_ = std::move(committed_indicators_);
    lane_.restore(std::move(committed_lane_));
    if (&correlator_->engine() != content_->engine.get()) correlator_->use(content_->engine);
    not_replayed_.clear();
    log::info("correlation: groups were taken up", {{"records", records}, {"position", standing_.position.value}});
    return true;
}

// `sightings`: none when what is said was recorded before.
void Pipeline::correlate(const store::StoredRecord& stored, const Interpreted& found, std::vector<findings::Sighting>* sightings) {
    const event::Envelope& envelope = stored.record.envelope;
    correlated_.clear();
    correlator_->correlate({stored.position, envelope.source, envelope.organisation, found.occurred, envelope.received}, found.occurrences, correlated_);
    if (sightings == nullptr) return;
    for (const detect::CorrelationMatch& match : correlated_) {
        const std::string entity = findings::entity_of(match.group, envelope.organisation);
        json::Object matched;
        for (const auto& [field, value] : match.group) matched.emplace_back(std::string{field}, value);
        matched.emplace_back(std::string{match.type}, match.value == static_cast<double>(static_cast<std::int64_t>(match.value)) ? json::Value{static_cast<std::int64_t>(match.value)} : json::Value{match.value});
        for (const auto& [what, value] : match.because) matched.emplace_back(what, value);
        for (const detect::Contribution& one : match.events) {
            sightings->push_back({.event = {parts_.journal.id(), one.position},
                                  .source = envelope.source,
                                  .organisation = envelope.organisation,
                                  .occurred = one.occurred,
                                  .received = envelope.received,
                                  .entity = entity,
                                  .rule = match.rule,
                                  .matched = {}});
            if (&one == match.events.data()) sightings->back().matched = json::Value{matched};
        }
    }
}

void Pipeline::watch(const store::StoredRecord& stored, const Interpreted& found, Batch* batch) {
    const event::Envelope& envelope = stored.record.envelope;
    for (const PartSeen& part : found.parts) {
        const Time time = std::min(found.occurred, envelope.received + minutes(5));  // as correlations take it
        if (!watch_->see(*part.asked, *part.text, part.who, {stored.position, time, part.bits}, envelope.received, taken_) || batch == nullptr) continue;
        indicator_hits_.add(part.sightings.size());
        batch->seen.push_back(part.seen);
        batch->seen.back().first = std::min(taken_.front().time, part.seen.first);
        batch->seen.back().events = static_cast<std::int64_t>(taken_.size());
        for (const findings::Sighting& told : part.sightings)
            for (const detect::stix::Watch::Sight& one : taken_) {
                findings::Sighting& sighting = batch->sightings.emplace_back(told);
                if (one.position == stored.position) continue;
                sighting.event.position = one.position;
                sighting.occurred = one.time;
                sighting.matched = {};
            }
    }
}

void Pipeline::save_snapshot() {
    last_snapshot_ = std::chrono::steady_clock::now();
    if (!snapshots_ || snapshot_position_ == standing_.position.value) return;
    const Status done = snapshots_->write({parts_.journal.id(), standing_.position, content_->fingerprint, correlator_->save(), to_bytes(lane_.allowances()), indicators_->name(), watch_->save()});
    const auto now = std::chrono::steady_clock::now();
    snapshot_seconds_ = std::chrono::duration<double>(now - last_snapshot_).count();
    last_snapshot_ = now;
    if (done)
        snapshot_position_ = standing_.position.value;
    else
        log::warn("correlation: the snapshot could not be written", {{"reason", done.error().text}});
}

void Pipeline::save_snapshot_when_due() {
    const double since = std::chrono::duration<double>(std::chrono::steady_clock::now() - last_snapshot_).count();
    if (since >= std::max(static_cast<double>(options_.snapshot_every.micros) / 1e6, 50 * snapshot_seconds_)) save_snapshot();
}

void Pipeline::count_correlations() {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_count_ < std::chrono::seconds{1}) return;
    last_count_ = now;
    const detect::CorrelatorStats stats = correlator_->stats();
    correlation_groups_.set(static_cast<double>(stats.groups));
    correlation_bytes_.set(static_cast<double>(stats.bytes));
    const auto catch_up = [](metrics::Counter& counter, std::uint64_t total) {
        if (total > counter.value()) counter.add(total - counter.value());
    };
    catch_up(correlation_late_, stats.late);
    catch_up(correlation_evicted_, stats.evicted);
    std::uint64_t keyless = 0;
    for (const detect::CorrelationStats& rule : stats.rules) keyless += rule.keyless;
    catch_up(correlation_keyless_, keyless);
    const detect::stix::WatchStats watched = watch_->stats();
    pattern_groups_.set(static_cast<double>(watched.groups));
    catch_up(pattern_evicted_, watched.evicted);
    catch_up(pattern_unanswered_, watched.unanswered + watched.cut);
}

std::string Pipeline::correlation_gap() const { return correlation_gap_; }

}  // namespace vg::server
