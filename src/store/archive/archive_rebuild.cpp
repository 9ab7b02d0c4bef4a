// Builds segments anew from the journal, on request, and keeps account of what is missing meanwhile or for good. A segment
// stands, and is asked, until every piece that replaces it is durable; one change of the manifest then takes its place.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "store/archive/archive_impl.h"

namespace vg::store::archive {

// ---- terms ----

Time ArchiveImpl::kept_since() const {
    Span longest = options_.keep_for;
    for (const auto& [organisation, span] : options_.keep_for_organisation) longest = std::max(longest, span);
    return clock_.now() - longest;
}

bool ArchiveImpl::is_expired(const ArchivedEvent& event, Time now) const { return event.envelope->received < now - term_of(event.envelope->organisation); }

// What is put back is not brought back to life.
std::vector<ArchivedEvent> ArchiveImpl::within_terms(std::span<const ArchivedEvent> events) const {
    const Time now = clock_.now();
    std::vector<ArchivedEvent> kept;
    kept.reserve(events.size());
    for (const ArchivedEvent& one : events)
        if (!is_expired(one, now)) kept.push_back(one);
    return kept;
}

void ArchiveImpl::settle_gaps(Manifest& next, const Change& change) const {
    for (const Range& range : change.lost) remove_range(next.rebuild, range);  // it is built anew when it is put back
    for (const auto& segment : change.out)
        if (std::any_of(change.lost.begin(), change.lost.end(), [&](const Range& range) { return overlap(range, {segment->facts.from, segment->facts.to}); }))
            next.gaps.push_back(GapFacts::of(segment->facts));
    if (!next.gaps.empty() || !change.lost_for_good.empty())
        settle(next.gaps, {.missing = next.missing, .found = change.found, .put_back = change.put_back, .given_up = !change.lost_for_good.empty(), .kept_since = kept_since()});
}

// ---- marks ----

bool ArchiveImpl::is_marked(const SegmentFacts& facts) const {
    const std::lock_guard lock{mutex_};
    return std::any_of(manifest_.rebuild.begin(), manifest_.rebuild.end(), [&](const Range& range) { return overlap(range, {facts.from, facts.to}); });
}

std::optional<Archive::Range> ArchiveImpl::segment(std::string_view name) const {
    const std::lock_guard lock{mutex_};
    for (const auto& segment : segments_)
        if (segment->facts.name == name) return Range{segment->facts.from, segment->facts.to};
    return std::nullopt;
}

Result<Archive::Marked> ArchiveImpl::rebuild(Range wanted, event::Position begin, const std::function<std::optional<Time>(event::Position)>& received) {
    const std::lock_guard tending{tending_};
    Segments segments;
    std::vector<Range> bare;  // where nothing stands and nothing is missing
    {
        const std::lock_guard lock{mutex_};
        segments = segments_;
        wanted.to = std::min(wanted.to, manifest_.watermark);
        bare.push_back({std::max(wanted.from, begin), wanted.to});
        for (const Range& range : manifest_.missing) remove_range(bare, range);
    }
    Marked marked;
    std::vector<Range> marks;
    for (const auto& segment : segments) {
        const Range own{segment->facts.from, segment->facts.to};
        remove_range(bare, own);
        if (!overlap(own, wanted)) continue;
        marks.push_back(own);
        ++marked.segments;
        marked.events += segment->facts.events;
    }
    Change change;
    std::vector<GapFacts> known;
    for (const Range& range : bare) {
        if (range.to <= range.from) continue;
        const auto last = received({range.to.value - 1});
        if (!last || *last < kept_since()) continue;
        change.lost.push_back(range);
        GapFacts& gap = known.emplace_back();
        gap.range = range;
        if (const auto first = received(range.from)) gap.received = std::pair{*first, std::max(*first, *last)};
    }
    marked.ranges = change.lost.size();
    change.also = [&](Manifest& next) {
        for (const Range& range : marks) add_range(next.rebuild, range);
        for (const GapFacts& gap : known) {
            if (std::none_of(next.gaps.begin(), next.gaps.end(), [&](const GapFacts& one) { return overlap(one.range, gap.range); })) next.gaps.push_back(gap);
            const std::string was_lost = format("positions {} to {} are lost", gap.range.from.value, gap.range.to.value - 1);
            std::erase_if(next.lost, [&](const std::string& one) { return one.starts_with(was_lost); });
        }
        next.rebuild_events = 0;
        for (const auto& segment : segments)
            if (std::any_of(next.rebuild.begin(), next.rebuild.end(), [&](const Range& range) { return overlap(range, {segment->facts.from, segment->facts.to}); }))
                next.rebuild_events += segment->facts.events;
        next.kept.clear();
    };
    TRY(this->change(change));
    log::info("archive: segments were marked to be built anew from the journal", {{"segments", marked.segments}, {"events", marked.events}});
    return marked;
}

Status ArchiveImpl::stop_rebuild() {
    const std::lock_guard tending{tending_};
    forget_rebuild();
    Change change;
    change.also = [](Manifest& next) { next.rebuild.clear(); };
    return this->change(change);
}

Archive::Rebuild ArchiveImpl::rebuilding() const {
    const std::lock_guard lock{mutex_};
    Rebuild told;
    for (const auto& segment : segments_) {
        if (std::none_of(manifest_.rebuild.begin(), manifest_.rebuild.end(), [&](const Range& range) { return overlap(range, {segment->facts.from, segment->facts.to}); })) continue;
        ++told.segments;
        told.events += segment->facts.events;
    }
    told.events_marked = manifest_.rebuild_events;
    told.kept = manifest_.kept;
    return told;
}

// ---- building ----

void ArchiveImpl::forget_rebuild() {
    if (!in_hand_) return;
    for (const SegmentFacts& piece : in_hand_->pieces) remove_segment(workshop(), piece.name);
    in_hand_.reset();
}

std::optional<Archive::Range> ArchiveImpl::to_rebuild() {
    const std::lock_guard tending{tending_};
    Segments segments;
    std::vector<Range> marks;
    {
        const std::lock_guard lock{mutex_};
        if (manifest_.rebuild.empty()) return std::nullopt;
        segments = segments_;
        marks = manifest_.rebuild;
    }
    const auto is_next = [&](const std::shared_ptr<const SegmentFile>& segment) {
        return std::any_of(marks.begin(), marks.end(), [&](const Range& range) { return overlap(range, {segment->facts.from, segment->facts.to}); });
    };
    // It may have been dropped, joined or put aside meanwhile.
    if (in_hand_ && (std::find(segments.begin(), segments.end(), in_hand_->segment) == segments.end() || !is_next(in_hand_->segment))) forget_rebuild();
    if (!in_hand_) {
        const auto next = std::find_if(segments.begin(), segments.end(), is_next);
        if (next == segments.end()) {
            Change change;
            change.also = [](Manifest& manifest) { manifest.rebuild.clear(); };
            if (const Status changed = this->change(change); !changed) log::warn("archive: a rebuild that is over stands in the manifest still", {{"reason", changed.error().text}});
            return std::nullopt;
        }
        in_hand_.emplace();
        in_hand_->segment = *next;
        in_hand_->next = (*next)->facts.from;
    }
    return Range{in_hand_->next, in_hand_->segment->facts.to};
}

Status ArchiveImpl::rebuild_with(Range range, std::span<const ArchivedEvent> events) {
    const std::lock_guard tending{tending_};
    if (!in_hand_ || range.from != in_hand_->next || range.to <= range.from || in_hand_->segment->facts.to < range.to)
        return fail(Code::bad_input, format("positions {} to {} are not to be built anew now", range.from.value, range.to.value));
    const Status done = [&]() -> Status {
        InHand& work = *in_hand_;
        if (!work.rows) {
            const std::lock_guard appending{appending_};
            work.rows = TRY(new_generation(range.from));
        }
        TRY(write_rows(*work.rows, within_terms(events)));
        work.events += events.size();
        work.next = work.rows->to = range.to;
        const bool is_end = range.to == work.segment->facts.to;
        if (is_end || work.rows->memory_bytes() >= options_.tail_bytes || work.rows->facts.events() >= options_.segment_events) TRY(finish_piece());
        if (!is_end) return {};
        const SegmentFacts& old = work.segment->facts;
        if (work.events < old.events) return keep_segment(format("the journal has {} of its {} events", work.events, old.events));
        // An error of this leaves them to the manifest, which may name them all the same.
        Change change{.out = {work.segment}, .in = std::exchange(work.pieces, {})};
        change.also = [&](Manifest& next) { remove_range(next.rebuild, {old.from, old.to}); };
        TRY(this->change(change));
        in_hand_.reset();
        return {};
    }();
    if (!done) forget_rebuild();
    return done;
}

Status ArchiveImpl::finish_piece() {
    InHand& work = *in_hand_;
    const std::unique_ptr<Generation> rows = std::move(work.rows);
    if (rows->facts.events() == 0) return {};
    TRY_IN("a segment cannot be built anew: ", check_room(rows->memory_bytes() / 2));
    const SegmentFacts facts = rows->facts.finish();
    work.pieces.push_back(TRY(write_segment(workshop(), {.select = format("SELECT * FROM {}", rows->table->name()),
                                                         .name = take_name(),
                                                         .from = rows->from,
                                                         .to = rows->to,
                                                         .facts = &facts,
                                                         .filter = rows->filter->finish()})));
    return {};
}

Status ArchiveImpl::keep_as_is(std::string_view why) {
    const std::lock_guard tending{tending_};
    if (!in_hand_) return fail(Code::bad_input, "no segment is being built anew");
    return keep_segment(why);
}

Status ArchiveImpl::keep_segment(std::string_view why) {
    const std::shared_ptr<const SegmentFile> segment = in_hand_->segment;
    const SegmentFacts& facts = segment->facts;
    const std::string what = format("segment {} (positions {} to {}, {} events) was kept as it is: {}", facts.name, facts.from.value, facts.to.value - 1, facts.events, why);
    forget_rebuild();
    log::warn("archive: a segment cannot be built anew and is kept as it is", {{"segment", facts.name}, {"reason", why}});
    Change change;
    change.also = [&](Manifest& next) {
        remove_range(next.rebuild, {facts.from, facts.to});
        if (next.kept.size() == Manifest::kMostLost) next.kept.erase(next.kept.begin());
        next.kept.push_back(what);
    };
    return this->change(change);
}

}  // namespace vg::store::archive
