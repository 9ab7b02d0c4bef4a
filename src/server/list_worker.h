// ListWorker: works on what is to be done about lists in the background (lists/jobs.h), one job at a time, at low priority. Owned by
// Node; works while serving, and when a command asks. A job that the program's end stops is begun anew at the next start.
//
//   ListWorker worker{{.state = state, .parts = parts}};
//   worker.start();
//   worker.poke();       // there is a new job
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/metrics.h"
#include "lists/jobs.h"

namespace vg::server {

class ListWorker {
public:
    struct Parts {
        store::State& state;
        metrics::Registry& metrics;
        std::function<lists::JobParts()> job;      // as things stand now
        std::function<void()> ready = {};          // before a job: what was asked for is in force
    };
    explicit ListWorker(Parts parts);
    ~ListWorker() { stop(); }
    ListWorker(const ListWorker&) = delete;
    ListWorker& operator=(const ListWorker&) = delete;

    // Any thread; started once.
    void start();
    void poke();
    void stop();

private:
    void run(const std::stop_token& stop);
    // Whether there was one. An error: State does not answer.
    Result<bool> work_one(const std::stop_token& stop);

    Parts parts_;
    metrics::Counter& done_metric_;
    metrics::Counter& failed_metric_;
    std::mutex mutex_;
    std::condition_variable_any poked_;
    bool has_news_ = false;   // guarded by mutex_
    std::jthread thread_;     // made under mutex_
};

}  // namespace vg::server
