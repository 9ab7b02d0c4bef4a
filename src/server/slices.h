// Slices: runs one function over many items on all cores, in small chunks, and returns when all are done. Owned by the
// pipeline; run() is called by one thread at a time, which works along as slice 0.
//
//   Slices slices{2};
//   slices.run(records.size(), [&](std::size_t slice, std::size_t item) { ... });
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace vg::server {

class Slices {
public:
    using Work = std::function<void(std::size_t slice, std::size_t item)>;

    explicit Slices(std::size_t count);
    ~Slices();
    Slices(const Slices&) = delete;
    Slices& operator=(const Slices&) = delete;

    [[nodiscard]] std::size_t count() const { return threads_.size() + 1; }
    void run(std::size_t items, const Work& work);

private:
    void help(std::size_t slice);
    void loop(std::stop_token stop, std::size_t slice);

    std::mutex mutex_;
    std::condition_variable_any started_, finished_;
    // guarded by mutex_
    std::size_t round_ = 0;    // counts runs: a helper joins each once
    std::size_t working_ = 0;  // helpers still in the current round
    const Work* work_ = nullptr;
    std::size_t items_ = 0;
    // synchronises itself
    std::atomic<std::size_t> next_{0};
    std::vector<std::jthread> threads_;
};

}  // namespace vg::server
