// Closes the tail into segments, joins small segments and drops what is past its term.
#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/log.h"
#include "base/text.h"
#include "store/archive/archive_impl.h"

namespace vg::store::archive {

namespace {

constexpr std::size_t kJoinAtLeast = 8;   // segments of like size are worth a larger one
constexpr std::size_t kJoinAtMost = 64;
constexpr Span kMostSpan = days(7);       // received times in one joined segment: retention drops whole segments

// Sizes are alike within a factor of eight.
int size_class(std::uint64_t events) {
    int size = 0;
    while (events >= 8) {
        events /= 8;
        ++size;
    }
    return size;
}

}  // namespace

Status ArchiveImpl::tend(bool now) {
    const std::lock_guard tending{tending_};
    Status done = [&]() -> Status {
        {
            duck::Connection connection = TRY(view().database->connect());
            if (const Status alive = connection.run("SELECT 1"); !alive) TRY(lose_database());
        }
        TRY(check_suspects());
        const Status closed = close_tail(now);
        if (now) return closed;
        TRY(drop_expired());  // also when the disk is full: it makes room
        TRY(Status{closed});
        return join_small();
    }();
    const std::lock_guard lock{mutex_};
    const std::string reason = done ? "" : done.error().text;
    if (!done && trouble_ != reason) log::error("archive: " + reason);
    trouble_ = reason;
    return done;
}

Status ArchiveImpl::close_tail(bool now) {
    TRY(close_pending());
    {
        const std::lock_guard appending{appending_};
        const Generation& growing = *growing_;
        if (growing.facts.events() == 0) return {};
        const Span age = clock_.now() - growing.began;
        const bool due = growing.facts.events() >= options_.segment_events || growing.memory_bytes() >= options_.tail_bytes || age >= options_.segment_age;
        if (!due && !now) return {};
        {
            const std::lock_guard lock{mutex_};
            if (pending_) return {};  // append() was quicker; the next call
        }
        set_pending(TRY(new_generation(growing.to)));
    }
    return close_pending();
}

// State and the journal's own end need the rest: DuckDB writes files by itself, so it is asked before.
Status ArchiveImpl::check_room(std::uint64_t bytes) { return leave_free(disk_, options_.folder, bytes, options_.reserve_bytes); }

// Writes the pending generation's segment. Until its manifest is durable the generation stays, and is tried again.
Status ArchiveImpl::close_pending() {
    std::shared_ptr<Generation> pending;
    {
        const std::lock_guard lock{mutex_};
        pending = pending_;
    }
    if (!pending) return {};
    const auto begin = std::chrono::steady_clock::now();
    if (pending->filter) {
        pending->finished_filter = pending->filter->finish();
        pending->filter.reset();
    }
    TRY_IN("a segment cannot be written: ", check_room(pending->memory_bytes() / 2));  // values in memory are not compressed
    const SegmentFacts facts = pending->facts.finish();
    SegmentFacts written = TRY_IN("a segment cannot be written: ", write_segment(workshop(), {.select = format("SELECT * FROM {}", pending->table->name()),
                                                                                              .name = take_name(),
                                                                                              .from = pending->from,
                                                                                              .to = pending->to,
                                                                                              .facts = &facts,
                                                                                              .filter = pending->finished_filter}));
    Change closed;
    closed.watermark = pending->to;
    if (written.events > 0) closed.in.push_back(std::move(written));
    TRY(change(closed));
    close_seconds_.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    return {};
}

// Names are never used twice, also after a failure: a manifest that was not known to be durable may name the file.
std::string ArchiveImpl::take_name() {
    const std::lock_guard lock{mutex_};
    return format("{:012}", next_number_++);
}

Status ArchiveImpl::change(const Change& change) {
    Manifest next;
    Segments segments;
    {
        const std::lock_guard lock{mutex_};
        next = manifest_;
        segments = segments_;
        next.next_number = next_number_;
    }
    std::erase_if(segments, [&](const auto& segment) { return std::find(change.out.begin(), change.out.end(), segment) != change.out.end(); });
    for (const SegmentFacts& facts : change.in) segments.push_back(std::make_shared<SegmentFile>(disk_, options_.folder + "/segments", facts));
    std::sort(segments.begin(), segments.end(), [](const auto& a, const auto& b) { return a->facts.from < b->facts.from; });
    for (std::size_t i = 1; i < segments.size(); ++i)
        if (segments[i - 1]->facts.to > segments[i]->facts.from)
            return fail(Code::internal, format("segments {} and {} would overlap", segments[i - 1]->facts.name, segments[i]->facts.name));
    if (change.watermark) next.watermark = *change.watermark;
    for (const Range& range : change.found) remove_range(next.missing, range);
    for (const Range& range : change.lost) add_range(next.missing, range);
    if (!change.lost_for_good.empty()) {
        if (next.lost.size() == Manifest::kMostLost) next.lost.erase(next.lost.begin());
        next.lost.push_back(change.lost_for_good);
    }
    if (change.also) change.also(next);
    settle_gaps(next, change);
    for (const auto& segment : segments) next.segments.push_back(segment->facts);

    if (Status saved = save_manifest(disk_, options_.folder, next); !saved) {
        // It may stand there all the same: what it names is kept then, and the next start looks.
        const auto stands = load_manifest(disk_, options_.folder);
        for (const SegmentFacts& facts : change.in) {
            const bool named = !stands || !*stands || std::any_of((*stands)->manifest.segments.begin(), (*stands)->manifest.segments.end(),
                                                                  [&](const SegmentFacts& one) { return one.name == facts.name; });
            if (!named) remove_segment(workshop(), facts.name);
        }
        return fail(saved.error().in("the archive's manifest cannot be written: "));
    }
    next.segments.clear();
    Old old;
    const std::lock_guard lock{mutex_};
    manifest_ = std::move(next);
    segments_ = std::move(segments);
    gaps_ = all_gaps(manifest_.gaps, manifest_.missing, segments_);
    if (change.watermark) pending_.reset();
    publish(old);
    for (const auto& segment : change.out) segment->drop();
    return {};
}

Status ArchiveImpl::join_small() {
    Segments segments;
    {
        const std::lock_guard lock{mutex_};
        segments = segments_;
    }
    // Of all runs of neighbours no larger than a class, the first of the smallest class that is worth it.
    Segments chosen;
    for (int size = 0; size <= 20 && chosen.empty(); ++size) {
        Segments run;
        std::uint64_t events = 0, largest = 0;
        const auto end_run = [&] {
            const bool worth = events >= 2 * largest && (run.size() >= kJoinAtLeast || events * 2 >= options_.segment_events);
            if (chosen.empty() && run.size() >= 2 && worth) chosen = run;
            run.clear();
            events = largest = 0;
        };
        for (const auto& segment : segments) {
            const SegmentFacts& facts = segment->facts;
            const bool small = facts.events * 2 < options_.segment_events && size_class(facts.events) <= size && !is_marked(facts);
            const bool fits = run.empty() || (run.back()->facts.to == facts.from && events + facts.events <= options_.segment_events && run.size() < kJoinAtMost &&
                                              std::max(facts.received_last, run.front()->facts.received_last) - run.front()->facts.received_first <= kMostSpan);
            if (!small || !fits) end_run();
            if (!small) continue;
            run.push_back(segment);
            events += facts.events;
            largest = std::max(largest, facts.events);
        }
        // A run that reaches the end may still grow, but its length alone makes it worth it.
        end_run();
    }
    if (chosen.empty()) return {};

    std::vector<std::string> paths;
    std::uint64_t events = 0, bytes = 0;
    for (const auto& segment : chosen) {
        paths.push_back(segment->path());
        events += segment->facts.events;
        bytes += segment->facts.bytes;
    }
    TRY_IN("segments cannot be joined: ", check_room(bytes));
    auto joined = write_segment(patient_workshop(), {.select = select_from(paths), .name = take_name(), .from = chosen.front()->facts.from, .to = chosen.back()->facts.to});
    if (!joined) {
        if (hurried_) return {};
        suspect(chosen, joined.error());
        return fail(joined.error().in("segments cannot be joined: "));
    }
    if (joined->events != events) {
        remove_segment(workshop(), joined->name);
        return fail(Code::corrupt, format("segments {} to {} have {} events where the manifest says {}", chosen.front()->facts.name, chosen.back()->facts.name,
                                          joined->events, events));
    }
    TRY(change({.out = chosen, .in = {*joined}}));
    joined_metric_.add(chosen.size());
    return {};
}

Span ArchiveImpl::term_of(const OrganisationId& organisation) const {
    const auto own = options_.keep_for_organisation.find(organisation);
    return own == options_.keep_for_organisation.end() ? options_.keep_for : own->second;
}

// Whole segments at once; one segment a call is rewritten without the organisations whose term is over.
Status ArchiveImpl::drop_expired() {
    Segments segments;
    {
        const std::lock_guard lock{mutex_};
        segments = segments_;
    }
    const Time now = clock_.now();
    Span longest = options_.keep_for;
    for (const auto& [organisation, span] : options_.keep_for_organisation) longest = std::max(longest, span);
    Segments gone;
    std::shared_ptr<const SegmentFile> in_part;
    std::vector<OrganisationId> without;
    for (const auto& segment : segments) {
        const SegmentFacts& facts = segment->facts;
        if (facts.many_organisations) {
            if (facts.received_last < now - longest) gone.push_back(segment);
            continue;
        }
        std::vector<OrganisationId> expired;
        for (const OrganisationId& one : facts.organisations)
            if (facts.received_last < now - term_of(one)) expired.push_back(one);
        if (expired.size() == facts.organisations.size()) {
            gone.push_back(segment);
        } else if (!expired.empty() && !in_part) {
            in_part = segment;
            without = std::move(expired);
        }
    }
    if (!gone.empty()) {
        TRY(change({.out = gone, .in = {}}));
        log::info("archive: segments past their term were dropped", {{"segments", gone.size()}});
    }
    return in_part ? rewrite(in_part, without) : Status{};
}

// The segment again under a new name, without some organisations' events.
Status ArchiveImpl::rewrite(const std::shared_ptr<const SegmentFile>& segment, const std::vector<OrganisationId>& without) {
    std::string condition;
    for (const OrganisationId& one : without) condition += format("{}{}", condition.empty() ? "" : ", ", duck::literal(one.text()));
    if (!condition.empty()) condition = format("organisation NOT IN ({})", condition);
    TRY_IN("a segment cannot be rewritten: ", check_room(segment->facts.bytes));
    auto written = write_segment(patient_workshop(), {.select = select_from({segment->path()}, condition), .name = take_name(), .from = segment->facts.from, .to = segment->facts.to});
    if (!written) {
        if (hurried_) return {};
        suspect({segment}, written.error());
        return fail(written.error().in(format("segment {} cannot be rewritten: ", segment->facts.name)));
    }
    Change rewritten{.out = {segment}, .in = {}};
    if (written->events > 0) rewritten.in.push_back(std::move(*written));
    return change(rewritten);
}

}  // namespace vg::store::archive
