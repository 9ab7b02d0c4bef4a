// SearchDesk: who may search when. Searches run on a few threads of low priority of the desk's own, so that they never
// delay an acknowledgement or detection; each account has a queue, and the queues take turns, so that fifty searches of
// one account do not keep another's single one waiting. A first page of events goes before the account's counts and histograms, and has a thread
// that takes nothing else, so that nobody looks at an empty page until a count has ended. What would wait too long is refused with Code::busy. Every search
// has an id by which its owner watches and cancels it.
//
// Made by the server, used by the API's routes from handler threads; outlives the router.
//
//   auto search = TRY(desk.open({.account = "user:an", .text = "mimikatz", .kind = "count"}));
//   TRY(search->run([&](SearchTurn& turn) -> Status { ... archive->count(question) ... }, gone));
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/metrics.h"
#include "base/result.h"

namespace vg::api {

struct SearchLimits {
    std::size_t at_once = 2;              // searches that run together
    std::size_t pages_besides = 1;        // and so many pages of events beside them
    std::size_t most_waiting = 32;        // of all accounts: each holds a thread of the HTTP server
    std::size_t most_waiting_each = 12;   // of one account
    std::size_t most_open_each = 64;      // named or streaming searches of one account
    Span most_time = seconds(30);         // of one question
    Span most_export_time = minutes(15);  // of what is sent whole: a stream, an export
    Span most_wait = seconds(60);         // in the queue
    int nice = 10;                        // of the threads (setpriority(2))
};

// What a search is told when its turn has come; on a thread of the desk.
struct SearchTurn {
    std::stop_token stop;
    std::function<void(double)> progress;  // 0..1
};

class SearchDesk {
public:
    struct Order {
        std::string account;     // whose queue
        std::string text;        // the query, for the owner to see
        std::string kind;        // "events", "count", "export"...
        std::optional<Uuid> id;  // as the asker named it; else a new one
        bool page = false;       // a page of events, for which a person waits
    };
    struct Shown {
        Uuid id{};
        std::string text, kind;
        Time started;
        double progress = 0;
        bool waiting = false;    // has not begun
    };

    // Held by the request that asks; deregistered when the last holder lets go. The desk outlives it.
    class Search : public std::enable_shared_from_this<Search> {
    public:
        ~Search();
        Search(const Search&) = delete;
        Search& operator=(const Search&) = delete;

        [[nodiscard]] const Uuid& id() const { return id_; }
        // Runs the work on a thread of the desk when its turn comes, and waits for its end. `gone` is asked about four
        // times a second; when it says true the work is stopped. Code::busy: too many wait; unavailable: cancelled.
        Status run(const std::function<Status(SearchTurn&)>& work, const std::function<bool()>& gone = {});
        // Starts it and returns; one piece of work at a time. `done` is called at the end, on the desk's thread.
        Status start(std::function<Status(SearchTurn&)> work, std::function<void(Status)> done);
        void cancel() { stop_.request_stop(); }
        [[nodiscard]] bool is_cancelled() const { return stop_.stop_requested(); }

    private:
        friend class SearchDesk;
        Search(SearchDesk& desk, Order order, const Uuid& id, Time started)
            : desk_(desk), order_(std::move(order)), id_(id), started_(started) {}

        // constant after construction
        SearchDesk& desk_;
        const Order order_;
        const Uuid id_;
        const Time started_;
        // synchronise themselves
        std::stop_source stop_;
        std::atomic<double> progress_{0};
        std::atomic<bool> waiting_{true};
    };

    SearchDesk(SearchLimits limits, Clock& clock, Random& random, metrics::Registry& metrics);
    ~SearchDesk() { close(); }
    // Cancels what waits and what runs, waits for it, and opens no more. Idempotent.
    void close();

    [[nodiscard]] const SearchLimits& limits() const { return limits_; }
    // Registers a search. Code::conflict when the account has one of that id; busy when it has too many.
    Result<std::shared_ptr<Search>> open(Order order);

    // Of one account; others' do not exist for it.
    [[nodiscard]] std::vector<Shown> of(const std::string& account) const;
    [[nodiscard]] std::optional<Shown> find(const std::string& account, const Uuid& id) const;
    bool cancel(const std::string& account, const Uuid& id);

private:
    struct Job {
        std::string account;
        std::function<Status(SearchTurn&)> work;
        std::function<void(Status)> done;
        std::shared_ptr<Search> search;
        Time queued;
    };
    Status enqueue(Job job);
    // Takes the waiting job of a search out of its queue. Nothing when it has begun.
    std::optional<Job> withdraw(const Search& search);
    void work(const std::stop_token& stop, bool pages_only);
    // With mutex_ held.
    [[nodiscard]] bool has_work(bool pages_only) const;
    Job take(bool pages_only);
    std::optional<Job> make_room(const std::string& account);

    // constant after construction
    const SearchLimits limits_;
    Clock& clock_;
    Random& random_;
    // synchronise themselves
    metrics::Counter& finished_;
    metrics::Counter& refused_;
    metrics::Counter& cancelled_;
    metrics::Gauge& waiting_gauge_;
    metrics::Gauge& running_gauge_;
    metrics::Histogram& waited_;
    metrics::Histogram& seconds_;

    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    // guarded by mutex_
    std::map<std::pair<std::string, Uuid>, Search*> open_;
    std::map<std::string, std::deque<Job>> queues_;  // none is empty; pages stand before the rest
    std::string last_;                               // the account whose turn was last
    std::size_t waiting_ = 0, running_ = 0;
    bool closing_ = false;
    // last, so that they end first
    std::vector<std::jthread> threads_;
};

}  // namespace vg::api
