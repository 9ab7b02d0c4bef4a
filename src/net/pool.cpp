#include "net/pool.h"

#include <pthread.h>

#include <chrono>
#include <system_error>

namespace vg::net {

bool Pool::submit(const std::shared_ptr<Job>& job) {
    std::vector<std::thread> finished;
    {
        const std::lock_guard lock{mutex_};
        if (stopping_) return false;
        finished.swap(finished_);
        if (queue_.size() < idle_) {
            queue_.push_back(job);
            wake_.notify_one();
        } else if (threads_.size() < most_threads_ && start_thread()) {
            queue_.push_back(job);
        } else if (!threads_.empty() && queue_.size() < most_waiting_ + idle_) {
            queue_.push_back(job);
        } else {
            return false;
        }
    }
    for (std::thread& thread : finished) thread.join();
    return true;
}

bool Pool::start_thread() {
    const auto self = threads_.emplace(threads_.end());
    try {
        *self = std::thread{[this, self] { work(self); }};
    } catch (const std::system_error&) {  // the system gives no more threads
        threads_.erase(self);
        return false;
    }
    return true;
}

bool Pool::withdraw(Job& job) {
    const std::lock_guard lock{mutex_};
    if (job.taken) return false;
    job.run = nullptr;
    for (auto it = queue_.begin(); it != queue_.end(); ++it) {
        if (it->get() == &job) {
            queue_.erase(it);
            break;
        }
    }
    return true;
}

void Pool::work(std::list<std::thread>::iterator self) {
    pthread_setname_np(pthread_self(), "http-handler");
    std::unique_lock lock{mutex_};
    for (;;) {
        if (queue_.empty()) {
            if (stopping_) break;
            ++idle_;
            const bool woken = wake_.wait_for(lock, std::chrono::seconds(10), [&] { return stopping_ || !queue_.empty(); });
            --idle_;
            if (!woken) break;
            continue;
        }
        const std::shared_ptr<Job> job = std::move(queue_.front());
        queue_.pop_front();
        job->taken = true;
        lock.unlock();
        job->run();
        job->run = nullptr;
        lock.lock();
    }
    finished_.push_back(std::move(*self));
    threads_.erase(self);
    ended_.notify_all();
}

void Pool::stop() {
    std::vector<std::thread> finished;
    {
        std::unique_lock lock{mutex_};
        stopping_ = true;
        wake_.notify_all();
        ended_.wait(lock, [&] { return threads_.empty(); });
        finished.swap(finished_);
    }
    for (std::thread& thread : finished) thread.join();
}

}  // namespace vg::net
