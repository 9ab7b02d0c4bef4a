#include "server/slices.h"

#include <algorithm>

namespace vg::server {

namespace {
constexpr std::size_t kChunk = 32;  // small enough that no core waits long, large enough that the counter is not hot
}

Slices::Slices(std::size_t count) {
    for (std::size_t slice = 1; slice < count; ++slice)
        threads_.emplace_back([this, slice](std::stop_token stop) { loop(stop, slice); });
}

Slices::~Slices() {
    for (std::jthread& thread : threads_) thread.request_stop();
    started_.notify_all();
}

void Slices::run(std::size_t items, const Work& work) {
    {
        const std::lock_guard lock{mutex_};
        work_ = &work;
        items_ = items;
        next_ = 0;
        // A few items are done sooner alone than by waking others.
        if (items > kChunk) {
            working_ = threads_.size();
            ++round_;
        }
    }
    if (items > kChunk) started_.notify_all();
    help(0);
    std::unique_lock lock{mutex_};
    finished_.wait(lock, [&] { return working_ == 0; });
    work_ = nullptr;
}

void Slices::help(std::size_t slice) {
    while (true) {
        const std::size_t begin = next_.fetch_add(kChunk);
        if (begin >= items_) return;
        const std::size_t end = std::min(items_, begin + kChunk);
        for (std::size_t item = begin; item < end; ++item) (*work_)(slice, item);
    }
}

void Slices::loop(std::stop_token stop, std::size_t slice) {
    std::size_t seen = 0;
    std::unique_lock lock{mutex_};
    while (started_.wait(lock, stop, [&] { return round_ != seen; })) {
        seen = round_;
        lock.unlock();
        help(slice);
        lock.lock();
        if (--working_ == 0) finished_.notify_all();
    }
}

}  // namespace vg::server
