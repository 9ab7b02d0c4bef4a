// Delivery: the records of one connection (or socket) on their way into the intake, for protocols that are slowed down by
// not being read. Waits for room as long as it takes; counts for the source. One thread at a time.
//
//   Delivery delivery{intake, counters};
//   delivery.add(facts, peer, raw);                     // any number of times
//   TRY(delivery.push(give_up));                        // an error: it gave up, or the journal refused the records
//   TRY(delivery.settle(give_up, each_wait));           // durable; acknowledge
#pragma once

#include <deque>
#include <functional>
#include <string_view>
#include <vector>

#include "ingest/http_source.h"

namespace vg::ingest {

class Delivery {
public:
    using GiveUp = std::function<bool()>;

    Delivery(Intake& intake, Counters& counters) : intake_(intake), counters_(counters) {}

    // A record of that source. Pushes by itself when a megabyte has gathered: the first failure is told by push().
    void add(const SourceFacts& source, const std::string& peer, std::string_view raw);
    // Counted as refused for good.
    void refuse(const SourceFacts& source);
    [[nodiscard]] bool is_full() const { return bytes_ >= kGroup || records_.size() >= 10'000; }
    // Gives what has gathered to the intake, and waits for room; looks at `give_up` about once a second.
    Status push(const GiveUp& give_up);
    // Waits until everything that was pushed is durable. `meanwhile` is called about every five seconds of waiting, false gives up.
    Status settle(const std::function<bool()>& meanwhile);
    // Counts what has become durable meanwhile, without waiting; at most eight groups stay open.
    Status settle_some();
    [[nodiscard]] std::uint64_t lost() const { return lost_; }  // records that were given up or refused by the journal

private:
    static constexpr std::size_t kGroup = std::size_t{1} << 20;
    struct Share {
        Tally* tally;
        std::uint64_t records;
    };
    struct Flight {
        Intake::Ticket ticket;
        std::vector<Share> shares;
    };
    void lose(const std::vector<Share>& shares);
    Status settle_front();

    Intake& intake_;
    Counters& counters_;
    std::vector<event::Record> records_;
    std::vector<Share> shares_;  // of records_, by source
    SourceId last_{};            // whose share is the last one
    std::size_t bytes_ = 0;
    std::deque<Flight> flights_;
    std::uint64_t lost_ = 0;
};

}  // namespace vg::ingest
