// Intake: the one bounded queue between the senders and the journal (queue 1), and the thread that empties it: it takes
// what has gathered, makes it durable with one fsync, and only then tells the senders.
//
//   Intake::Ticket ticket = TRY(intake.push(std::move(records)));   // Code::busy: the queue is full, answer 429
//   TRY(ticket.wait());                                              // durable; now acknowledge
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "event/record.h"
#include "store/journal.h"

namespace vg::ingest {

struct IntakeOptions {
    std::size_t most_bytes = std::size_t{64} << 20;   // of raw records waiting
    std::size_t most_records = 200'000;
    std::size_t group_records = 20'000;               // most records that one fsync takes
};

class Intake {
public:
    class Ticket {
    public:
        explicit Ticket(std::shared_future<Status> done) : done_(std::move(done)) {}
        // Waits until the journal has the records (or has refused them).
        Status wait() { return done_.get(); }
        // Whether wait() would return at once, after at most so long.
        [[nodiscard]] bool ready(Span at_most = seconds(0)) const { return done_.wait_for(std::chrono::microseconds(at_most.micros)) == std::future_status::ready; }

    private:
        std::shared_future<Status> done_;
    };

    static std::unique_ptr<Intake> start(store::Journal& journal, IntakeOptions options, Clock& clock, metrics::Registry& metrics);
    virtual ~Intake() = default;

    // Takes the records or refuses all of them with Code::busy (queue full) or Code::unavailable (journal cannot write).
    // Stamps `received` on each. Any thread.
    virtual Result<Ticket> push(std::vector<event::Record> records) = 0;
    // The same, but waits up to `at_most` for room: for senders that can be slowed down.
    virtual Result<Ticket> push_waiting(std::vector<event::Record> records, Span at_most) = 0;
    // The same; records that are not taken stay with the caller.
    virtual Result<Ticket> offer(std::vector<event::Record>& records, Span at_most) = 0;
    // Keeps what is queued and stops; later pushes get Code::unavailable.
    virtual void stop() = 0;
};

}  // namespace vg::ingest
