#include "base/metrics.h"

#include <cmath>

#include "base/text.h"

namespace vg::metrics {

namespace {

constexpr std::size_t kMostLabelSets = 10'000;

std::string label_text(const Labels& labels, std::string_view extra = {}) {
    std::string out;
    for (const auto& [name, value] : labels) {
        out += out.empty() ? "{" : ",";
        out += name + "=\"";
        for (char c : value) {
            if (c == '\\' || c == '"') out += '\\';
            if (c == '\n')
                out += "\\n";
            else
                out += c;
        }
        out += '"';
    }
    if (!extra.empty()) {
        out += out.empty() ? "{" : ",";
        out += extra;
    }
    return out.empty() ? out : out + "}";
}

}  // namespace

double Histogram::bound(std::size_t bucket) { return 1e-4 * std::pow(10.0, static_cast<double>(bucket) / 3.0); }

void Histogram::observe(double seconds) {
    std::size_t bucket = 0;
    while (bucket < kBuckets && seconds > bound(bucket)) ++bucket;
    buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
    count_.fetch_add(1, std::memory_order_relaxed);
    if (seconds > 0) micros_.fetch_add(static_cast<std::uint64_t>(seconds * 1e6), std::memory_order_relaxed);
}

double Histogram::quantile(double q) const {
    const double wanted = q * static_cast<double>(count());
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i <= kBuckets; ++i) {
        seen += bucket(i);
        if (seen > 0 && static_cast<double>(seen) >= wanted) return bound(i);
    }
    return 0;
}

template <class T>
T& Registry::find(std::map<std::string, Family<T>, std::less<>>& families, std::string_view name, std::string_view help, Labels labels) {
    const std::lock_guard lock{mutex_};
    auto family = families.find(name);
    if (family == families.end()) family = families.emplace(std::string{name}, Family<T>{std::string{help}, {}}).first;
    auto& members = family->second.members;
    if (members.size() >= kMostLabelSets && !members.contains(labels)) labels = {{"overflow", "true"}};
    auto& member = members[labels];
    if (!member) member = std::make_unique<T>();
    return *member;
}

Counter& Registry::counter(std::string_view name, std::string_view help, Labels labels) { return find(counters_, name, help, std::move(labels)); }
Gauge& Registry::gauge(std::string_view name, std::string_view help, Labels labels) { return find(gauges_, name, help, std::move(labels)); }
Histogram& Registry::histogram(std::string_view name, std::string_view help, Labels labels) { return find(histograms_, name, help, std::move(labels)); }

std::string Registry::prometheus() const {
    const std::lock_guard lock{mutex_};
    std::string out;
    for (const auto& [name, family] : counters_) {
        out += format("# HELP {} {}\n# TYPE {} counter\n", name, family.help, name);
        for (const auto& [labels, member] : family.members) out += format("{}{} {}\n", name, label_text(labels), member->value());
    }
    for (const auto& [name, family] : gauges_) {
        out += format("# HELP {} {}\n# TYPE {} gauge\n", name, family.help, name);
        for (const auto& [labels, member] : family.members) out += format("{}{} {}\n", name, label_text(labels), member->value());
    }
    for (const auto& [name, family] : histograms_) {
        out += format("# HELP {} {}\n# TYPE {} histogram\n", name, family.help, name);
        for (const auto& [labels, member] : family.members) {
            std::uint64_t seen = 0;
            for (std::size_t i = 0; i < Histogram::kBuckets; ++i) {
                seen += member->bucket(i);
                out += format("{}_bucket{} {}\n", name, label_text(labels, format("le=\"{:.4g}\"", Histogram::bound(i))), seen);
            }
            out += format("{}_bucket{} {}\n", name, label_text(labels, "le=\"+Inf\""), member->count());
            out += format("{}_sum{} {}\n{}_count{} {}\n", name, label_text(labels), member->sum(), name, label_text(labels), member->count());
        }
    }
    return out;
}

}  // namespace vg::metrics
