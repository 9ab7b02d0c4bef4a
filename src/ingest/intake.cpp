#include "ingest/intake.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/log.h"

namespace vg::ingest {
namespace {

using Steady = std::chrono::steady_clock;

// What a record costs in the queue beside its raw bytes, about.
constexpr std::size_t kEnvelope = 160;

std::size_t size_of(const std::vector<event::Record>& records) {
    std::size_t size = 0;
    for (const event::Record& record : records) size += record.raw.size() + kEnvelope;
    return size;
}

class IntakeImpl final : public Intake {
public:
    IntakeImpl(store::Journal& journal, IntakeOptions options, Clock& clock, metrics::Registry& registry)
        : journal_(journal),
          options_(options),
          clock_(clock),
          queue_bytes_(registry.gauge("vonggac_intake_queue_bytes", "Bytes of records waiting for the journal")),
          queue_records_(registry.gauge("vonggac_intake_queue_records", "Records waiting for the journal")),
          wait_(registry.histogram("vonggac_intake_wait_seconds", "From a record's arrival in the queue until it is durable")),
          kept_(registry.counter("vonggac_intake_records_total", "Records made durable")),
          groups_(registry.counter("vonggac_intake_groups_total", "Groups of records that were made durable with one fsync")),
          full_(registry.counter("vonggac_intake_refused_total", "Records not taken into the queue", {{"reason", "full"}})),
          unavailable_(registry.counter("vonggac_intake_refused_total", "Records not taken into the queue", {{"reason", "unavailable"}})),
          thread_([this] { run(); }) {}

    ~IntakeImpl() override { stop(); }

    Result<Ticket> push(std::vector<event::Record> records) override { return push_waiting(std::move(records), seconds(0)); }

    Result<Ticket> push_waiting(std::vector<event::Record> records, Span at_most) override { return offer(records, at_most); }

    Result<Ticket> offer(std::vector<event::Record>& records, Span at_most) override {
        const std::size_t bytes = size_of(records);
        const std::size_t count = records.size();
        const Time now = clock_.now();
        for (event::Record& record : records) record.envelope.received = now;
        std::unique_lock lock{mutex_};
        // A group larger than the whole queue is taken when the queue is empty: it could never get in otherwise.
        const auto has_room = [&] {
            return stopping_ || broken_ || held_records_ == 0 ||
                   (held_bytes_ + bytes <= options_.most_bytes && held_records_ + count <= options_.most_records);
        };
        if (!room_.wait_for(lock, std::chrono::microseconds(at_most.micros), has_room)) {
            full_.add(count);
            return fail(Code::busy, "the intake queue is full");
        }
        if (stopping_ || broken_) {
            unavailable_.add(count);
            return fail(Code::unavailable, stopping_ ? "the intake is stopping" : "the journal cannot be written: " + reason_);
        }
        Entry entry{.records = std::move(records), .bytes = bytes, .pushed = Steady::now()};
        Ticket ticket{entry.done.get_future().share()};
        held_bytes_ += bytes;
        held_records_ += count;
        show();
        queue_.push_back(std::move(entry));
        work_.notify_one();
        return ticket;
    }

    void stop() override {
        {
            const std::lock_guard lock{mutex_};
            stopping_ = true;
            work_.notify_all();
            room_.notify_all();
        }
        const std::lock_guard lock{join_mutex_};
        if (thread_.joinable()) thread_.join();
    }

private:
    struct Entry {
        std::vector<event::Record> records;
        std::size_t bytes = 0;
        Steady::time_point pushed;
        std::promise<Status> done;
    };

    void show() {
        queue_bytes_.set(static_cast<double>(held_bytes_));
        queue_records_.set(static_cast<double>(held_records_));
    }

    // The journal thread.
    void run() {
        for (;;) {
            std::vector<Entry> group;
            {
                std::unique_lock lock{mutex_};
                if (broken_ && queue_.empty()) {
                    if (work_.wait_for(lock, std::chrono::seconds(1), [&] { return stopping_; })) return;
                    lock.unlock();
                    heal();
                    continue;
                }
                work_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
                if (queue_.empty()) return;
                std::size_t count = 0;
                while (!queue_.empty() && (count == 0 || count + queue_.front().records.size() <= options_.group_records)) {
                    count += queue_.front().records.size();
                    group.push_back(std::move(queue_.front()));
                    queue_.pop_front();
                }
            }
            keep(group);
        }
    }

    void keep(std::vector<Entry>& group) {
        if (group.size() == 1) return settle(group[0], keep_one(group[0].records));
        std::vector<event::Record> all;
        for (Entry& entry : group)
            for (event::Record& record : entry.records) all.push_back(std::move(record));
        const Status together = keep_one(all);
        if (together || together.error().code == Code::unavailable) {
            for (Entry& entry : group) settle(entry, together);
            return;
        }
        // One of them is not to be kept; the others are not to suffer for it.
        std::size_t next = 0;
        for (Entry& entry : group) {
            for (event::Record& record : entry.records) record = std::move(all[next++]);
            settle(entry, keep_one(entry.records));
        }
    }

    Status keep_one(const std::vector<event::Record>& records) {
        if (records.empty()) return {};
        const auto first = journal_.keep(records);
        if (first) {
            kept_.add(records.size());
            groups_.add();
            return {};
        }
        if (first.error().code == Code::unavailable) break_down(first.error().text);
        return fail(first.error());
    }

    void settle(Entry& entry, Status status) {
        {
            const std::lock_guard lock{mutex_};
            held_bytes_ -= entry.bytes;
            held_records_ -= entry.records.size();
            show();
            room_.notify_all();
        }
        wait_.observe(std::chrono::duration<double>(Steady::now() - entry.pushed).count());
        entry.done.set_value(std::move(status));
    }

    // From here on pushes are refused, and what waits is given back, until heal() succeeds.
    void break_down(const std::string& reason) {
        std::deque<Entry> waiting;
        {
            const std::lock_guard lock{mutex_};
            if (!broken_) log::error("intake: the journal cannot be written; senders are told to wait", {{"reason", reason}});
            broken_ = true;
            reason_ = reason;
            waiting.swap(queue_);
            room_.notify_all();
        }
        for (Entry& entry : waiting) settle(entry, fail(Code::unavailable, "the journal cannot be written: " + reason));
    }

    void heal() {
        const Status healed = journal_.try_to_heal();
        const std::lock_guard lock{mutex_};
        if (healed) {
            broken_ = false;
            log::info("intake: the journal can be written again", {});
        } else {
            reason_ = healed.error().text;
        }
    }

    // constant after construction
    store::Journal& journal_;
    const IntakeOptions options_;
    Clock& clock_;

    // synchronise themselves
    metrics::Gauge& queue_bytes_;
    metrics::Gauge& queue_records_;
    metrics::Histogram& wait_;
    metrics::Counter& kept_;
    metrics::Counter& groups_;
    metrics::Counter& full_;
    metrics::Counter& unavailable_;

    std::mutex mutex_;
    std::condition_variable work_, room_;
    // guarded by mutex_
    std::deque<Entry> queue_;
    std::size_t held_bytes_ = 0, held_records_ = 0;  // queued and in the journal's hands
    bool stopping_ = false;
    bool broken_ = false;
    std::string reason_;

    std::mutex join_mutex_;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace

std::unique_ptr<Intake> Intake::start(store::Journal& journal, IntakeOptions options, Clock& clock, metrics::Registry& metrics) {
    return std::make_unique<IntakeImpl>(journal, options, clock, metrics);
}

}  // namespace vg::ingest
