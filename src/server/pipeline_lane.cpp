// The slow lane of the pipeline. A rule that would take too much work for an event is put off by the slices, so that neither
// the other rules nor the other events wait for it. Before the batch is committed such rules are asked once more, by one
// thread, in journal order, with what the lane allows. So findings, correlations and the position stay one transaction, and a
// replay gives the same answer. What the lane has no room for is counted by source and rule; OverflowWatch reports it.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "server/pipeline.h"

namespace vg::server {

namespace {

constexpr std::size_t kMostCounted = 10'000;  // pairs of source and rule; further rules of a source are counted together

}  // namespace

void Pipeline::look_again(SlowLane& lane, const store::StoredRecord& stored, Interpreted& found, Overflows& overflows) {
    if (!found.waiting) return;
    const std::unique_ptr<Waiting> waiting = std::move(found.waiting);
    const event::Envelope& envelope = stored.record.envelope;
    put_off_.add(waiting->put_off.size());
    const std::span<const detect::PutOff> all{waiting->put_off};
    const auto asked = all.first(std::min(all.size(), lane.limits().rules));
    const auto beyond = all.subspan(asked.size());
    std::vector<detect::PutOff> unanswered;
    parts_.in_hand.hold(0, stored.position);
    SlowLane::Turn turn{lane, envelope.source, envelope.received};
    content_->engine->match_again(asked, waiting->event, slice_parts_[0].scratch, turn, waiting->matches, unanswered);
    parts_.in_hand.release(0);
    tell(waiting->event, waiting->matches, stored, found);

    unanswered.insert(unanswered.end(), beyond.begin(), beyond.end());
    if (unanswered.empty()) return;
    const std::lock_guard lock{mutex_};
    for (const detect::PutOff& one : unanswered) {
        std::pair key{envelope.source, one.rule->id};
        const bool counted = overflows.contains(key) || overflows_.contains(key) || overflows.size() + overflows_.size() < kMostCounted;
        if (!counted) key.second.clear();
        Overflow& overflow = overflows[key];
        if (overflow.events == 0) overflow = {envelope.source, envelope.organisation, key.second, counted ? shorten(one.rule->title, 200) : std::string{}, 0, 0, {}};
        ++overflow.events;
        overflow.last = event::EventId{parts_.journal.id(), stored.position}.text();
    }
}

void Pipeline::take_note(const Overflows& overflows) {
    const std::lock_guard lock{mutex_};
    for (const auto& [key, more] : overflows) {
        overflowed_.add(static_cast<std::uint64_t>(more.events));
        Overflow& known = overflows_[key];
        const Overflow before = std::exchange(known, more);
        known.events += before.events;
        known.told = before.told;
    }
}

void Pipeline::take_costs() {
    for (Slice& slice : slice_parts_) costs_.take(slice.costs);
}

std::vector<Overflow> Pipeline::overflows() const {
    const std::lock_guard lock{mutex_};
    std::vector<Overflow> all;
    for (const auto& [key, overflow] : overflows_) all.push_back(overflow);
    return all;
}

void Pipeline::note_told(const Overflow& overflow) {
    const std::lock_guard lock{mutex_};
    if (const auto found = overflows_.find({overflow.source, overflow.rule}); found != overflows_.end()) found->second.told = overflow.told;
}

}  // namespace vg::server
