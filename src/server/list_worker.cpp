#include "server/list_worker.h"

#include <chrono>
#include <utility>

#include "base/log.h"
#include "base/priority.h"

namespace vg::server {

namespace {

constexpr Span kListsIdle = seconds(5), kListsAfterTrouble = seconds(5);

}  // namespace

ListWorker::ListWorker(Parts parts)
    : parts_(std::move(parts)), done_metric_(parts_.metrics.counter("vonggac_list_jobs_done_total", "Jobs about lists that were done")),
      failed_metric_(parts_.metrics.counter("vonggac_list_jobs_failed_total", "Jobs about lists that failed")) {}

void ListWorker::start() {
    const std::lock_guard lock{mutex_};
    if (thread_.joinable()) return;
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void ListWorker::poke() {
    {
        const std::lock_guard lock{mutex_};
        has_news_ = true;
    }
    poked_.notify_all();
}

void ListWorker::stop() {
    std::jthread thread;
    {
        const std::lock_guard lock{mutex_};
        thread = std::move(thread_);
    }
    if (!thread.joinable()) return;
    thread.request_stop();
    thread.join();
}

Result<bool> ListWorker::work_one(const std::stop_token& stop) {
    const lists::JobParts parts = parts_.job();
    const auto job = TRY(parts_.state.read([&](store::Transaction& tx) { return lists::next_job(tx, static_cast<bool>(parts.keep_own)); }));
    if (!job) return false;
    if (parts_.ready) parts_.ready();
    TRY(lists::work_job(parts, *job, stop));
    const auto ended = TRY(parts_.state.read([&](store::Transaction& tx) { return lists::find_job(tx, job->id); }));
    if (ended.state == "failed") {
        failed_metric_.add(1);
        log::warn("lists: a job failed", {{"job", job->id.text()}, {"kind", name_of(job->kind)}, {"reason", ended.reason}});
    } else {
        done_metric_.add(1);
        log::debug("lists: a job is done", {{"job", job->id.text()}, {"kind", name_of(job->kind)}, {"told", ended.told.dump()}});
    }
    return true;
}

void ListWorker::run(const std::stop_token& stop) {
    lower_priority(10);
    while (!stop.stop_requested()) {
        const auto worked = work_one(stop);
        if (!worked && !stop.stop_requested()) log::warn("lists: a job does not get on; it is tried again", {{"reason", worked.error().text}});
        if (worked && *worked) continue;
        std::unique_lock lock{mutex_};
        poked_.wait_for(lock, stop, std::chrono::microseconds{(worked ? kListsIdle : kListsAfterTrouble).micros}, [&] { return has_news_; });
        has_news_ = false;
    }
}

}  // namespace vg::server
