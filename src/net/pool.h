// Pool: the threads on which handlers run. They start when work comes and end after ten idle seconds, so that an idle
// node has none. Work beyond the threads waits in a short queue; beyond that it is refused.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.h"

namespace vg::net {

class Pool {
public:
    struct Job {
        std::function<void()> run;
        bool taken = false;  // guarded by the pool's mutex_: a thread runs it
    };

    Pool(std::size_t most_threads, std::size_t most_waiting) : most_threads_(most_threads), most_waiting_(most_waiting) {}
    ~Pool() { stop(); }

    // False when all threads are taken and the queue is full, or after stop(). Any thread.
    bool submit(const std::shared_ptr<Job>& job);
    // True when no thread had taken the job: it will not run.
    bool withdraw(Job& job);
    // Runs what is queued, then ends the threads and waits for them.
    void stop();

private:
    bool start_thread();  // with mutex_ held
    void work(std::list<std::thread>::iterator self);

    const std::size_t most_threads_;
    const std::size_t most_waiting_;

    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable ended_;
    // guarded by mutex_
    std::deque<std::shared_ptr<Job>> queue_;
    std::list<std::thread> threads_;
    std::vector<std::thread> finished_;
    std::size_t idle_ = 0;
    bool stopping_ = false;
};

}  // namespace vg::net
