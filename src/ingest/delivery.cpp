#include "ingest/delivery.h"

#include <thread>

namespace vg::ingest {
namespace {

constexpr std::size_t kMostFlights = 8;

}  // namespace

void Delivery::add(const SourceFacts& source, const std::string& peer, std::string_view raw) {
    if (shares_.empty() || last_ != source.id) {
        shares_.push_back({&counters_.of(source.id), 0});
        last_ = source.id;
    }
    ++shares_.back().records;
    shares_.back().tally->received.fetch_add(1, std::memory_order_relaxed);
    event::Record& record = records_.emplace_back();
    record.envelope.source = source.id;
    record.envelope.organisation = source.organisation;
    record.envelope.format = source.format;
    record.envelope.zone = source.zone;
    record.envelope.peer = peer;
    record.raw = raw;
    bytes_ += raw.size();
}

void Delivery::refuse(const SourceFacts& source) {
    Tally& tally = counters_.of(source.id);
    tally.received.fetch_add(1, std::memory_order_relaxed);
    tally.refused.fetch_add(1, std::memory_order_relaxed);
}

void Delivery::lose(const std::vector<Share>& shares) {
    for (const Share& share : shares) {
        share.tally->sent_back.fetch_add(share.records, std::memory_order_relaxed);
        lost_ += share.records;
    }
}

Status Delivery::push(const GiveUp& give_up) {
    if (records_.empty()) return {};
    std::vector<event::Record> records;
    records.swap(records_);
    std::vector<Share> shares;
    shares.swap(shares_);
    bytes_ = 0;
    for (;;) {
        auto ticket = intake_.offer(records, seconds(1));
        if (ticket) {
            flights_.push_back({std::move(*ticket), std::move(shares)});
            return settle_some();
        }
        if (give_up()) {
            lose(shares);
            return fail(ticket.error());
        }
        // Nothing is read meanwhile, so the sender waits too. A journal that cannot write refuses at once.
        if (ticket.error().code == Code::unavailable) std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
}

Status Delivery::settle_front() {
    Flight flight = std::move(flights_.front());
    flights_.pop_front();
    const Status done = flight.ticket.wait();
    if (!done) {
        lose(flight.shares);
        return done;
    }
    for (const Share& share : flight.shares) share.tally->accepted.fetch_add(share.records, std::memory_order_relaxed);
    return {};
}

Status Delivery::settle(const std::function<bool()>& meanwhile) {
    Status all;
    while (!flights_.empty()) {
        while (!flights_.front().ticket.ready(seconds(5)))
            if (!meanwhile()) return fail(Code::unavailable, "the sender is gone, or the node stops");
        if (const Status one = settle_front(); !one && all) all = one;
    }
    return all;
}

Status Delivery::settle_some() {
    Status all;
    while (!flights_.empty() && (flights_.size() > kMostFlights || flights_.front().ticket.ready()))
        if (const Status one = settle_front(); !one && all) all = one;
    return all;
}

}  // namespace vg::ingest
