// A lock that is waited for with patience, for std::unique_lock and std::lock_guard. It stands in for std::timed_mutex,
// whose timed lock (pthread_mutex_clocklock) the thread sanitizer of gcc 12 does not see: it then reports each unlock.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace vg {

class TimedLock {
public:
    void lock() {
        std::unique_lock own{mutex_};
        free_.wait(own, [&] { return !taken_; });
        taken_ = true;
    }
    template <class Rep, class Period>
    bool try_lock_for(std::chrono::duration<Rep, Period> patience) {
        std::unique_lock own{mutex_};
        if (!free_.wait_for(own, patience, [&] { return !taken_; })) return false;
        return taken_ = true;
    }
    void unlock() {
        {
            const std::lock_guard own{mutex_};
            taken_ = false;
        }
        free_.notify_one();
    }

private:
    std::mutex mutex_;
    std::condition_variable free_;
    bool taken_ = false;
};

}  // namespace vg
