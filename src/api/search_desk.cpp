#include "api/search_desk.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/check.h"
#include "base/priority.h"
#include "base/text.h"

namespace vg::api {

namespace {

constexpr std::chrono::milliseconds kLook{250};  // how often a waiting request asks whether its client has gone

tl::unexpected<Error> cancelled() { return fail(Code::unavailable, "the search was cancelled"); }

}  // namespace

SearchDesk::SearchDesk(SearchLimits limits, Clock& clock, Random& random, metrics::Registry& metrics)
    : limits_(limits),
      clock_(clock),
      random_(random),
      finished_(metrics.counter("vonggac_searches_total", "Searches that were run to their end")),
      refused_(metrics.counter("vonggac_searches_refused_total", "Searches that were refused because too many waited")),
      cancelled_(metrics.counter("vonggac_searches_cancelled_total", "Searches that their owner cancelled or left")),
      waiting_gauge_(metrics.gauge("vonggac_searches_waiting", "Searches that wait for their turn")),
      running_gauge_(metrics.gauge("vonggac_searches_running", "Searches that run now")),
      waited_(metrics.histogram("vonggac_search_waited_seconds", "Time that searches waited for their turn")),
      seconds_(metrics.histogram("vonggac_search_seconds", "Time that searches ran")) {
    CHECK(limits_.at_once > 0, "somebody has to search");
    for (std::size_t i = 0; i < limits_.at_once + limits_.pages_besides; ++i)
        threads_.emplace_back([this, pages_only = i >= limits_.at_once](const std::stop_token& stop) { work(stop, pages_only); });
}

void SearchDesk::close() {
    std::vector<Job> left;
    {
        const std::lock_guard lock{mutex_};
        closing_ = true;
        for (auto& [key, search] : open_) search->cancel();
        for (auto& [account, queue] : queues_)
            for (Job& job : queue) left.push_back(std::move(job));
        queues_.clear();
        waiting_ = 0;
    }
    for (Job& job : left) {
        const auto done = std::move(job.done);
        job = {};
        done(cancelled());
    }
    for (std::jthread& thread : threads_) thread.request_stop();
    threads_.clear();  // joins
}

Result<std::shared_ptr<SearchDesk::Search>> SearchDesk::open(Order order) {
    const Time now = clock_.now();
    const std::lock_guard lock{mutex_};
    if (closing_) return fail(Code::unavailable, "the server is stopping");
    const auto first = open_.lower_bound({order.account, Uuid{}});
    std::size_t own = 0;
    for (auto one = first; one != open_.end() && one->first.first == order.account; ++one) ++own;
    if (own >= limits_.most_open_each) {
        refused_.add();
        return fail(Code::busy, format("this account has {} searches open; end some, or try again in 5 seconds", own));
    }
    const Uuid id = order.id ? *order.id : make_uuid_v7(now, random_);
    const std::string account = order.account;
    if (open_.contains({account, id})) return fail(Code::conflict, "field search: a search of this id is under way; take another");
    std::shared_ptr<Search> search{new Search{*this, std::move(order), id, now}};
    open_.emplace(std::pair{account, id}, search.get());
    return search;
}

SearchDesk::Search::~Search() {
    const std::lock_guard lock{desk_.mutex_};
    desk_.open_.erase({order_.account, id_});
}

// ---- running ----

Status SearchDesk::Search::run(const std::function<Status(SearchTurn&)>& work, const std::function<bool()>& gone) {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<Status> result;
    TRY(start(work, [&](Status status) {
        const std::lock_guard lock{mutex};
        result = std::move(status);
        changed.notify_one();  // under the lock: the waiter's variables go away with it
    }));
    const Time queued = desk_.clock_.now();
    std::unique_lock lock{mutex};
    while (!changed.wait_for(lock, kLook, [&] { return result.has_value(); })) {
        if (gone && gone()) cancel();
        const bool too_long = desk_.clock_.now() - queued > desk_.limits_.most_wait;
        if (!is_cancelled() && !too_long) continue;
        lock.unlock();
        const auto job = desk_.withdraw(*this);
        lock.lock();
        if (!job) continue;  // it has begun: a cancelled one ends soon, the other has its own limit of time
        if (is_cancelled()) return cancelled();
        desk_.refused_.add();
        return fail(Code::busy, "too many searches are under way; try again in 10 seconds");
    }
    return std::move(*result);
}

Status SearchDesk::Search::start(std::function<Status(SearchTurn&)> work, std::function<void(Status)> done) {
    if (is_cancelled()) return cancelled();
    return desk_.enqueue({order_.account, std::move(work), std::move(done), shared_from_this(), desk_.clock_.now()});
}

Status SearchDesk::enqueue(Job job) {
    std::optional<Job> pushed_out;
    {
        const std::lock_guard lock{mutex_};
        if (closing_) return fail(Code::unavailable, "the server is stopping");
        const auto own = queues_.find(job.account);
        if (own != queues_.end() && own->second.size() >= limits_.most_waiting_each) {
            refused_.add();
            return fail(Code::busy, format("{} searches of this account wait already; try again in 5 seconds", own->second.size()));
        }
        if (waiting_ >= limits_.most_waiting) {
            pushed_out = make_room(job.account);
            if (!pushed_out) {
                refused_.add();
                return fail(Code::busy, "too many searches wait already; try again in 10 seconds");
            }
        }
        job.search->waiting_ = true;
        std::deque<Job>& queue = queues_[std::string{job.account}];
        const auto behind = job.search->order_.page ? std::find_if(queue.begin(), queue.end(), [](const Job& one) { return !one.search->order_.page; }) : queue.end();
        queue.insert(behind, std::move(job));
        waiting_gauge_.set(static_cast<double>(++waiting_));
    }
    wake_.notify_all();  // one that takes pages alone may be among those that wait
    if (pushed_out) {
        refused_.add();
        pushed_out->done(fail(Code::busy, "too many searches wait already, and this account has the most of them; try again in 10 seconds"));
    }
    return {};
}

// The last job of the longest queue, when that is longer than the account's own would become.
std::optional<SearchDesk::Job> SearchDesk::make_room(const std::string& account) {
    const auto longest = std::max_element(queues_.begin(), queues_.end(), [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
    const auto own = queues_.find(account);
    const std::size_t mine = own == queues_.end() ? 0 : own->second.size();
    if (longest == queues_.end() || longest->second.size() <= mine + 1) return std::nullopt;
    Job job = std::move(longest->second.back());
    longest->second.pop_back();
    --waiting_;
    return job;
}

std::optional<SearchDesk::Job> SearchDesk::withdraw(const Search& search) {
    std::optional<Job> found;  // destroyed after the lock is given back
    const std::lock_guard lock{mutex_};
    const auto queue = queues_.find(search.order_.account);
    if (queue == queues_.end()) return std::nullopt;
    const auto job = std::find_if(queue->second.begin(), queue->second.end(), [&](const Job& one) { return one.search.get() == &search; });
    if (job == queue->second.end()) return std::nullopt;
    found = std::move(*job);
    queue->second.erase(job);
    if (queue->second.empty()) queues_.erase(queue);
    waiting_gauge_.set(static_cast<double>(--waiting_));
    cancelled_.add();
    return found;
}

bool SearchDesk::has_work(bool pages_only) const {
    return std::any_of(queues_.begin(), queues_.end(), [&](const auto& one) { return !pages_only || one.second.front().search->order_.page; });
}

// The next account after the last one in the order of names, so that each has its turn.
SearchDesk::Job SearchDesk::take(bool pages_only) {
    auto queue = queues_.upper_bound(last_);
    for (;; ++queue) {
        if (queue == queues_.end()) queue = queues_.begin();
        if (!pages_only || queue->second.front().search->order_.page) break;
    }
    last_ = queue->first;
    Job job = std::move(queue->second.front());
    queue->second.pop_front();
    if (queue->second.empty()) queues_.erase(queue);
    waiting_gauge_.set(static_cast<double>(--waiting_));
    return job;
}

void SearchDesk::work(const std::stop_token& stop, bool pages_only) {
    lower_priority(limits_.nice);
    std::unique_lock lock{mutex_};
    while (wake_.wait(lock, stop, [&] { return has_work(pages_only); })) {
        Job job = take(pages_only);
        running_gauge_.set(static_cast<double>(++running_));
        lock.unlock();
        const Time began = clock_.now();
        waited_.observe(static_cast<double>((began - job.queued).micros) / 1e6);
        Status status = cancelled();
        if (!job.search->is_cancelled()) {
            job.search->waiting_ = false;
            SearchTurn turn{job.search->stop_.get_token(), [search = job.search.get()](double done) { search->progress_ = std::clamp(done, 0.0, 1.0); }};
            status = job.work(turn);
        }
        (job.search->is_cancelled() ? cancelled_ : finished_).add();
        seconds_.observe(static_cast<double>((clock_.now() - began).micros) / 1e6);
        // Before the asker learns of the end, so that what he asks next finds the thread free.
        lock.lock();
        running_gauge_.set(static_cast<double>(--running_));
        lock.unlock();
        // The desk lets go of the search first: when the asker has the answer, its id is free again.
        {
            const auto done = std::move(job.done);  // may hold the search, whose end takes the lock
            job = {};
            done(std::move(status));
        }
        lock.lock();
    }
}

// ---- looking ----

std::vector<SearchDesk::Shown> SearchDesk::of(const std::string& account) const {
    std::vector<Shown> shown;
    const std::lock_guard lock{mutex_};
    for (auto one = open_.lower_bound({account, Uuid{}}); one != open_.end() && one->first.first == account; ++one)
        shown.push_back({one->second->id_, one->second->order_.text, one->second->order_.kind, one->second->started_, one->second->progress_, one->second->waiting_});
    return shown;
}

std::optional<SearchDesk::Shown> SearchDesk::find(const std::string& account, const Uuid& id) const {
    const std::lock_guard lock{mutex_};
    const auto one = open_.find({account, id});
    if (one == open_.end()) return std::nullopt;
    return Shown{id, one->second->order_.text, one->second->order_.kind, one->second->started_, one->second->progress_, one->second->waiting_};
}

bool SearchDesk::cancel(const std::string& account, const Uuid& id) {
    const std::lock_guard lock{mutex_};
    const auto one = open_.find({account, id});
    if (one == open_.end()) return false;
    one->second->cancel();
    return true;
}

}  // namespace vg::api
