// Numbers that an operator watches, in the text format of Prometheus (version 0.0.4). A Registry is made by the server
// and handed down; members are found once and then changed without a lock. Any thread.
//
//   metrics::Counter& dropped = registry.counter("vonggac_intake_dropped_total", "Records refused because the queue was full", {{"source", name}});
//   dropped.add();
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vg::metrics {

using Labels = std::vector<std::pair<std::string, std::string>>;

class Counter {
public:
    void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

class Gauge {
public:
    void set(double value) { value_.store(value, std::memory_order_relaxed); }
    [[nodiscard]] double value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<double> value_{0};
};

// Durations in seconds, buckets from 100 microseconds to 100 seconds in steps of about 2.15 (three a decade).
class Histogram {
public:
    static constexpr std::size_t kBuckets = 19;
    static double bound(std::size_t bucket);
    void observe(double seconds);
    [[nodiscard]] std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
    // The upper bound of the bucket in which the quantile lies; 0 when nothing was observed.
    [[nodiscard]] double quantile(double q) const;
    [[nodiscard]] std::uint64_t bucket(std::size_t i) const { return buckets_[i].load(std::memory_order_relaxed); }
    [[nodiscard]] double sum() const { return static_cast<double>(micros_.load(std::memory_order_relaxed)) / 1e6; }

private:
    std::array<std::atomic<std::uint64_t>, kBuckets + 1> buckets_{};
    std::atomic<std::uint64_t> count_{0};
    std::atomic<std::uint64_t> micros_{0};
};

class Registry {
public:
    // Finds or makes. At most 10,000 label sets a name; beyond that all further ones share the label set {overflow="true"}.
    Counter& counter(std::string_view name, std::string_view help, Labels labels = {});
    Gauge& gauge(std::string_view name, std::string_view help, Labels labels = {});
    Histogram& histogram(std::string_view name, std::string_view help, Labels labels = {});

    [[nodiscard]] std::string prometheus() const;

private:
    template <class T>
    struct Family {
        std::string help;
        std::map<Labels, std::unique_ptr<T>> members;
    };
    template <class T>
    T& find(std::map<std::string, Family<T>, std::less<>>& families, std::string_view name, std::string_view help, Labels labels);

    mutable std::mutex mutex_;
    // guarded by mutex_
    std::map<std::string, Family<Counter>, std::less<>> counters_;
    std::map<std::string, Family<Gauge>, std::less<>> gauges_;
    std::map<std::string, Family<Histogram>, std::less<>> histograms_;
};

}  // namespace vg::metrics
