// What rules cost: of every so many events each rule that is asked about it is timed. A CostSampler belongs to one slice of the
// pipeline and is used by its thread alone; RuleCosts holds what all of them found out, and may be asked from any thread. Both
// are beside the path of an event: no finding depends on them.
//
//   if (slice.costs.due()) detect::measure(slice.scratch, &slice.costs);
//   costs.take(slice.costs);      // when the slices rest
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "detect/engine.h"
#include "detect/meter.h"

namespace vg::server {

using CostTable = std::map<std::string, detect::RuleCost, std::less<>>;  // by the rule's id
using Stopwatch = std::function<std::uint64_t()>;                        // nanoseconds, only forward

Stopwatch steady_stopwatch();

class CostSampler final : public detect::Meter {
public:
    // `every`: of so many events one is measured; 0: none.
    CostSampler(std::uint64_t every, Stopwatch stopwatch) : every_(every), left_(every), stopwatch_(std::move(stopwatch)) {}

    // Asked once for each event: whether it is one to measure.
    bool due() {
        if (--left_ != 0) return false;
        left_ = every_;
        return true;
    }
    std::uint64_t nanoseconds() override { return stopwatch_(); }
    void took(const detect::RuleInfo& rule, std::uint64_t nanoseconds) override;

private:
    friend class RuleCosts;
    std::uint64_t every_;
    std::uint64_t left_;  // from 0 it goes round: practically never
    Stopwatch stopwatch_;
    CostTable found_;
};

class RuleCosts {
public:
    void take(CostSampler& sampler);
    // Other rules are in force: what is known of those that are gone, or read otherwise now, is dropped.
    void change(const detect::Engine& before, const detect::Engine& now);
    [[nodiscard]] CostTable all() const;

private:
    mutable std::mutex mutex_;
    // guarded by mutex_
    CostTable costs_;
};

}  // namespace vg::server
