#include "ingest/groups.h"

#include "base/text.h"

namespace vg::ingest {

Groups::Groups(HttpAsk& ask, std::string peer) : ask_(ask), tally_(ask.counters.of(ask.source.id)) {
    envelope_.source = ask.source.id;
    envelope_.organisation = ask.source.organisation;
    envelope_.format = ask.source.format;
    envelope_.zone = ask.source.zone;
    envelope_.peer = peer.empty() ? ask.request.peer : std::move(peer);
}

void Groups::add(std::string_view raw, std::uint64_t mark, std::string_view format) {
    if (gathered_.empty()) gathered_mark_ = mark;
    tally_.received.fetch_add(1, std::memory_order_relaxed);
    if (failed_) {
        // Only counted: nothing of it is kept in memory.
        if (outcomes_.empty() || outcomes_.back().status) outcomes_.push_back({.first_mark = mark, .records = 0, .status = fail(*failed_)});
        ++outcomes_.back().records;
        tally_.sent_back.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    event::Record& record = gathered_.emplace_back();
    record.envelope = envelope_;
    if (!format.empty() && record.envelope.format.empty()) record.envelope.format = format;
    record.raw = raw;
    gathered_bytes_ += raw.size();
    if (gathered_bytes_ >= ask_.limits.group_bytes || gathered_.size() >= 10'000) push();
}

void Groups::push() {
    if (gathered_.empty()) return;
    while (!flights_.empty() && flights_.size() >= ask_.limits.groups_in_flight) settle_front();
    const std::size_t count = gathered_.size();
    outcomes_.push_back({.first_mark = gathered_mark_, .records = count, .status = {}});
    std::vector<event::Record> records;
    records.swap(gathered_);
    gathered_bytes_ = 0;
    Result<Intake::Ticket> ticket = failed_ ? Result<Intake::Ticket>{fail(*failed_)} : ask_.intake.push_waiting(std::move(records), ask_.limits.room_wait);
    if (ticket) {
        flights_.push_back({std::move(*ticket), outcomes_.size() - 1});
        return;
    }
    outcomes_.back().status = fail(ticket.error());
    tally_.sent_back.fetch_add(count, std::memory_order_relaxed);
    if (!failed_) failed_ = ticket.error();
}

void Groups::settle_front() {
    Flight flight = std::move(flights_.front());
    flights_.pop_front();
    Outcome& outcome = outcomes_[flight.outcome];
    outcome.status = flight.ticket.wait();
    if (outcome.status) {
        durable_ += outcome.records;
        tally_.accepted.fetch_add(outcome.records, std::memory_order_relaxed);
    } else {
        tally_.sent_back.fetch_add(outcome.records, std::memory_order_relaxed);
        if (!failed_) failed_ = outcome.status.error();
    }
}

void Groups::finish() {
    push();
    while (!flights_.empty()) settle_front();
}

std::optional<std::uint64_t> Groups::first_lost() const {
    for (const Outcome& outcome : outcomes_)
        if (!outcome.status) return outcome.first_mark;
    return std::nullopt;
}

}  // namespace vg::ingest
