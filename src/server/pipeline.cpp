#include "server/pipeline.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "cases/watch.h"
#include "notify/rows.h"

namespace vg::server {

// The path of a record once it is durable. Read this first.
Status Pipeline::run_batch(std::span<const store::StoredRecord> records) {
    std::vector<Interpreted> found(records.size());
    slices_.run(records.size(), [&](std::size_t slice, std::size_t i) {
        parts_.in_hand.hold(slice, records[i].position);
        found[i] = interpret(slice_parts_[slice], records[i]);  // formats::to_event, detect::Engine::match, occurrences
        parts_.in_hand.release(slice);
    });

    take_costs();
    Batch batch;
    for (std::size_t i = 0; i < records.size(); ++i) {  // in journal order again
        tally(batch, records[i], found[i]);
        look_again(lane_, records[i], found[i], batch.overflows);  // what was too much work: detect::Engine::match_again
        std::move(found[i].sightings.begin(), found[i].sightings.end(), std::back_inserter(batch.sightings));
        std::move(found[i].seen.begin(), found[i].seen.end(), std::back_inserter(batch.seen));
        correlate(records[i], found[i], &batch.sightings);  // detect::Correlator::correlate
        watch(records[i], found[i], &batch);                // detect::stix::Watch::see
    }
    for (Slice& slice : slice_parts_) slice.arena.reset();
    batch.seen = intel::merged(std::move(batch.seen));
    batch.allowances = lane_.take_changed();
    batch.standing = standing_;
    batch.standing.position.value = records.back().position.value + 1;
    return commit(std::move(batch));  // findings::Book::record, counts and position: one transaction, all or none
}

Pipeline::Interpreted Pipeline::interpret(Slice& slice, const store::StoredRecord& stored) const {
    if (options_.before_parse) options_.before_parse(stored.record);
    const auto [event, unparsed, sure] = formats::to_event(stored.record, *content_->library, slice.arena);
    Interpreted found{.occurred = event.occurred, .occurred_known = event.occurred_known, .unparsed = std::string{unparsed}};

    ask_indicators(event, slice, stored, found);  // detect::indicator::Set::match
    slice.matches.clear();
    std::vector<detect::PutOff> put_off;
    const bool measured = slice.costs.due();
    if (measured) detect::measure(slice.scratch, &slice.costs);
    content_->engine->match(event, slice.scratch, options_.lane.fast, slice.matches, put_off);
    if (measured) detect::measure(slice.scratch, nullptr);
    if (put_off.empty())
        tell(event, slice.matches, stored, found);
    else
        found.waiting = std::make_unique<Waiting>(Waiting{event, std::exchange(slice.matches, {}), std::move(put_off)});
    return found;
}

void Pipeline::tell(const event::Event& event, std::span<const detect::Match> matches, const store::StoredRecord& stored, Interpreted& found) const {
    const detect::correlation::Plan& plan = content_->engine->plan();
    detect::correlation::occurrences(plan, event, matches, stored.record.envelope.organisation, correlator_->seed(), found.occurrences);
    for (const detect::Match& match : matches) {
        if (!detect::correlation::is_told_alone(plan, *match.rule)) continue;
        json::Object matched;
        for (const detect::MatchedField& field : match.matched) matched.emplace_back(std::string{field.field}, shorten(field.value, 1024));
        found.sightings.push_back({.event = {parts_.journal.id(), stored.position},
                                   .source = stored.record.envelope.source,
                                   .organisation = stored.record.envelope.organisation,
                                   .occurred = event.occurred,
                                   .received = event.received,
                                   .entity = findings::entity_of(event, stored.record.envelope.source),
                                   .rule = match.rule,
                                   .matched = json::Value{std::move(matched)}});
    }
}

void Pipeline::ask_indicators(const event::Event& event, Slice& slice, const store::StoredRecord& stored, Interpreted& found) const {
    if (indicators_->empty()) return;
    slice.hits.clear();
    detect::indicator::Asides asides;
    if (const Status asked = indicators_->match(event, slice.hits, detect::indicator::When::live, &asides); !asked) indicator_trouble_.add(1);
    if (asides.cut) patterns_cut_.add(1);
    const event::Envelope& envelope = stored.record.envelope;
    const auto sighting_of = [&](const detect::indicator::Hit& hit) {
        return findings::Sighting{.event = {parts_.journal.id(), stored.position},
                                  .source = envelope.source,
                                  .organisation = envelope.organisation,
                                  .occurred = event.occurred,
                                  .received = event.received,
                                  .entity = findings::entity_of(event, hit, envelope.source),
                                  .rule = hit.rule,
                                  .matched = intel::matched_of(hit)};
    };
    for (const detect::indicator::PatternPart& part : asides.parts) {
        PartSeen& seen = found.parts.emplace_back();
        seen.asked = part.asked;
        seen.text = part.text;
        seen.bits = part.bits;
        for (const detect::indicator::Hit& hit : part.hits) seen.sightings.push_back(sighting_of(hit));
        seen.who = envelope.organisation.text() + seen.sightings.front().entity;
        seen.seen = {part.hits.front().entry.value, event.occurred, event.occurred, 1};
    }
    if (slice.hits.empty()) return;
    indicator_hits_.add(slice.hits.size());
    for (const detect::indicator::Hit& hit : slice.hits) {
        if (hit.warned) indicator_warned_.add(1);
        found.sightings.push_back(sighting_of(hit));
        found.seen.push_back({hit.entry.value, event.occurred, event.occurred, 1});
    }
}

void Pipeline::tally(Batch& batch, const store::StoredRecord& stored, const Interpreted& found) const {
    const event::Envelope& envelope = stored.record.envelope;
    auto at = batch.tallies.find(envelope.source);
    if (at == batch.tallies.end()) {
        const std::lock_guard lock{mutex_};
        const auto known = tallies_.find(envelope.source);
        at = batch.tallies.emplace(envelope.source, known == tallies_.end() ? SourceTally{} : known->second).first;
    }
    SourceTally& source = at->second;
    ++source.accepted;
    source.last_received = std::max(source.last_received, envelope.received);
    if (!found.unparsed.empty()) {
        ++source.unparsed;
        source.sample_reason = shorten(found.unparsed, 300);
        source.sample_event = event::EventId{parts_.journal.id(), stored.position}.text();
    }
    const Time latest = envelope.received + minutes(5);  // no event may push the watermark beyond this
    if (found.occurred_known) {
        const Span offset = found.occurred - envelope.received;
        const auto known = batch.offsets.try_emplace(envelope.source, offset).first;
        known->second = std::max(known->second, offset);
    }
    if (found.occurred > latest) ++source.ahead;
    if (found.occurred + options_.late_after < source.newest) ++source.late;
    source.newest = std::max(source.newest, std::min(found.occurred, latest));
}

// Tried until it succeeds or the pipeline is to stop: the correlations know of the batch already, and cannot be told twice.
Status Pipeline::commit(Batch batch) {
    ahead_ = true;
    for (;;) {
        Status done = try_commit(batch);
        if (done) {
            ahead_ = false;
            return done;
        }
        if (stop_.stop_requested()) return done;
        note_trouble("a batch could not be committed: " + done.error().text);
        pause(stop_);
    }
}

Status Pipeline::try_commit(const Batch& batch) {
    const std::uint64_t done = batch.standing.position.value - standing_.position.value;
    Committed committed;
    TRY(parts_.state.write(
        [&](store::Transaction& tx) -> Status {
            // Kept already, when the answer to the commit before was lost.
            if (const auto kept = TRY(load_standing(tx)); kept && kept->position >= batch.standing.position) return {};
            committed.findings = TRY(findings::Book::record_and_tell(tx, batch.sightings));
            TRY(notify::note(tx, committed.findings, parts_.clock.now()));
            TRY(cases::note_findings(tx, committed.findings, parts_.clock.now()));
            TRY(intel::note_seen(tx, batch.seen));
            TRY(save_tallies(tx, batch.tallies));
            TRY(save_allowances(tx, batch.allowances));
            for (const auto& [key, overflow] : batch.overflows) TRY(add_overflow(tx, overflow));
            for (const SetAside& record : batch.set_aside) TRY(save_set_aside(tx, record));
            if (suspects_.contains(standing_.position)) TRY(clear_suspect(tx, standing_.position));
            return save_standing(tx, batch.standing);
        },
        store::Priority::pipeline));

    suspects_.erase(standing_.position);
    standing_ = batch.standing;
    const Time now = parts_.clock.now();
    for (const findings::Sighting& sighting : batch.sightings) arrival_to_finding_.observe(static_cast<double>((now - sighting.received).micros) / 1e6);
    processed_.add(done);
    sighted_.add(batch.sightings.size());
    take_note(batch.overflows);
    {
        const std::lock_guard lock{mutex_};
        trouble_.clear();
        for (const auto& [source, counts] : batch.tallies) {
            SourceTally& known = tallies_[source];
            unparsed_.add(static_cast<std::uint64_t>(counts.unparsed - known.unparsed));
            committed.sources.emplace_back(source, counts.accepted - known.accepted);
            known = counts;
        }
        set_aside_.insert(set_aside_.end(), batch.set_aside.begin(), batch.set_aside.end());
    }
    position_ = standing_.position.value;  // last: who sees it sees what was set aside before it
    committed.offsets = std::move(batch.offsets);
    if (parts_.committed) parts_.committed(committed);
    return {};
}

// A record that was in hand when the process died is processed by itself, with a durable note before; only one that
// died alone twice is set aside.
Status Pipeline::run_alone(const store::StoredRecord& stored) {
    std::int64_t& alone = suspects_[stored.position];
    if (alone >= 2) {
        Batch batch;
        batch.standing = standing_;
        ++batch.standing.position.value;
        batch.set_aside.push_back({stored.position, stored.record.envelope.source, stored.record.envelope.organisation, parts_.clock.now(),
                                   "the program ended twice while it worked on this record alone"});
        log::error("pipeline: a record was set aside", {{"position", stored.position.value}, {"source", stored.record.envelope.source.text()}});
        return commit(std::move(batch));
    }
    ++alone;
    TRY(parts_.state.write([&](store::Transaction& tx) { return save_suspect(tx, {stored.position, alone}); }, store::Priority::pipeline));
    return run_batch({&stored, 1});
}

Status Pipeline::apply_control(const store::StoredRecord& stored) {
    const auto control = json::parse(stored.record.raw);
    std::shared_ptr<const ContentSet> next = content_;
    Standing standing = standing_;
    ++standing.position.value;
    if (control && control->text("control") == "content") {
        const std::string name = control->text("fingerprint").value_or("");
        auto named = parts_.content_named(name);
        if (named) {
            next = *named;
            standing.content = name;
        } else {
            log::error("pipeline: the content set that was in force here is gone; going on with the one in hand",
                       {{"position", stored.position.value}, {"fingerprint", name}, {"reason", named.error().text}});
        }
    }
    const bool other_indicators = control && control->text("control") == "indicators";
    if (other_indicators) standing.indicators = control->text("set").value_or("");
    TRY(commit({.sightings = {}, .tallies = {}, .set_aside = {}, .standing = standing}));
    if (other_indicators) use_indicators(standing.indicators);
    if (next != content_) costs_.change(*content_->engine, *next->engine);
    content_ = std::move(next);
    if (&correlator_->engine() != content_->engine.get()) correlator_->use(content_->engine);
    return {};
}

void Pipeline::use_indicators(const std::string& name) {
    if (name == indicators_->name() || !parts_.indicators_named) return;
    auto named = parts_.indicators_named(name);
    if (named)
        indicators_ = std::move(*named);
    else
        log::error("pipeline: the set of indicators that was in force here is gone; going on with the one in hand", {{"set", name}, {"reason", named.error().text}});
}

std::size_t Pipeline::first_special(std::span<const store::StoredRecord> records) const {
    for (std::size_t i = 0; i < records.size(); ++i)
        if (records[i].record.envelope.kind == event::Kind::control || suspects_.contains(records[i].position)) return i;
    return records.size();
}

// 20 ms of work when there is no backlog, so that a finding is not held up by its neighbours; 200 ms when there is, so
// that fewer commits are waited for.
std::size_t Pipeline::next_batch_size() const {
    const std::uint64_t waiting = parts_.journal.end().value - standing_.position.value;
    const double wanted = records_a_second_ * (static_cast<double>(waiting) > records_a_second_ * 0.1 ? 0.2 : 0.02);
    return std::min(std::max(static_cast<std::size_t>(wanted), std::size_t{64}), options_.batch_records);
}

// Between two tries of what failed; ends at once when the pipeline is to stop.
void Pipeline::pause(std::stop_token stop) {
    std::unique_lock lock{mutex_};
    paused_.wait_for(lock, stop, std::chrono::milliseconds{250}, [] { return false; });
}

// A record that was set aside is worked on once more, alone, and outside the correlations: they are past it. If it ends the program again it stays set aside: its
// position is behind the pipeline's, so it is not suspected at the next start.
Status Pipeline::run_retry(event::Position position) {
    const store::StoredRecord stored = TRY(parts_.journal.at(position));
    parts_.in_hand.hold(0, position);
    Interpreted found = interpret(slice_parts_[0], stored);
    parts_.in_hand.release(0);
    SlowLane lane{options_.lane};  // of its own: the others' is past it
    Overflows overflows;
    look_again(lane, stored, found, overflows);
    slice_parts_[0].arena.reset();
    Committed committed;
    TRY(parts_.state.write([&](store::Transaction& tx) -> Status {
        if (!TRY(clear_set_aside(tx, position))) return {};  // done already, and the answer was lost
        committed.findings = TRY(findings::Book::record_and_tell(tx, found.sightings));
        for (const auto& [key, overflow] : overflows) TRY(add_overflow(tx, overflow));
        TRY(notify::note(tx, committed.findings, parts_.clock.now()));
        return cases::note_findings(tx, committed.findings, parts_.clock.now());
    }));
    take_note(overflows);
    if (parts_.committed) parts_.committed(committed);
    const std::lock_guard lock{mutex_};
    std::erase_if(set_aside_, [&](const SetAside& record) { return record.position == position; });
    return {};
}

void Pipeline::run_retries() {
    std::optional<event::Position> position;
    {
        const std::lock_guard lock{mutex_};
        position.swap(retry_);
    }
    if (!position) return;
    if (const Status done = run_retry(*position); !done) note_trouble("a retry failed: " + done.error().text);
}

void Pipeline::run(std::stop_token stop) {
    stop_ = stop;
    if (!replay(stop)) return;
    last_snapshot_ = std::chrono::steady_clock::now();
    if (snapshot_position_ == UINT64_MAX) save_snapshot();  // else an end before the first one would lose the groups
    auto reader = parts_.journal.reader(standing_.position);
    std::vector<store::StoredRecord> waiting;  // read, not yet processed
    std::size_t taken = 0;
    while (!stop.stop_requested()) {
        run_retries();
        if (taken == waiting.size()) {
            auto read = reader->next(next_batch_size(), std::size_t{32} << 20);
            if (!read) {
                note_trouble("the journal cannot be read: " + read.error().text);
                pause(stop);
                continue;
            }
            for (const store::Damage& damage : read->damage) {
                damaged_.add(damage.to.value - damage.from.value);
                log::error("pipeline: damaged records in the journal were skipped",
                           {{"segment", damage.segment}, {"from", damage.from.value}, {"to", damage.to.value}, {"reason", damage.reason}});
            }
            waiting = std::move(read->records);
            taken = 0;
            if (waiting.empty()) {
                count_correlations();
                save_snapshot_when_due();  // or the last one, however old, would hold back what the journal may delete
                lag_records_.set(0);
                lag_seconds_.set(0);
                parts_.journal.wait_past(standing_.position, seconds(1));
                continue;
            }
            standing_.position = waiting.front().position;  // past what was damaged
        }
        const std::span<const store::StoredRecord> rest{waiting.data() + taken, waiting.size() - taken};
        const std::size_t plain = first_special(rest);
        const auto begin = std::chrono::steady_clock::now();
        const Status done = plain > 0                                                     ? run_batch(rest.first(plain))
                            : rest.front().record.envelope.kind == event::Kind::control ? apply_control(rest.front())
                                                                                        : run_alone(rest.front());
        if (!done) {
            note_trouble("a batch could not be committed: " + done.error().text);
            pause(stop);
            continue;  // the same records again
        }
        taken += std::max<std::size_t>(plain, 1);
        const double spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        batch_seconds_.observe(spent);
        if (plain > 0 && spent > 0) records_a_second_ = 0.7 * records_a_second_ + 0.3 * static_cast<double>(plain) / spent;
        lag_records_.set(static_cast<double>(parts_.journal.end().value - standing_.position.value));
        lag_seconds_.set(static_cast<double>((parts_.clock.now() - rest[std::max<std::size_t>(plain, 1) - 1].record.envelope.received).micros) / 1e6);
        // Seldom enough that it costs at most a fiftieth of the time.
        count_correlations();
        save_snapshot_when_due();
    }
    if (!ahead_) save_snapshot();
}

}  // namespace vg::server
