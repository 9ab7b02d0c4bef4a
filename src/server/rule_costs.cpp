#include "server/rule_costs.h"

#include <chrono>
#include <string_view>

namespace vg::server {

Stopwatch steady_stopwatch() {
    return [] { return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count()); };
}

void CostSampler::took(const detect::RuleInfo& rule, std::uint64_t nanoseconds) {
    auto known = found_.find(rule.id);
    if (known == found_.end()) known = found_.emplace(rule.id, detect::RuleCost{}).first;
    ++known->second.events;
    known->second.nanoseconds += nanoseconds;
}

void RuleCosts::take(CostSampler& sampler) {
    if (sampler.found_.empty()) return;
    const std::lock_guard lock{mutex_};
    for (const auto& [rule, more] : sampler.found_) {
        detect::RuleCost& cost = costs_[rule];
        cost.events += more.events;
        cost.nanoseconds += more.nanoseconds;
    }
    sampler.found_.clear();
}

void RuleCosts::change(const detect::Engine& before, const detect::Engine& now) {
    std::map<std::string_view, std::string_view> texts;
    for (const detect::RuleInfo* rule : before.rules()) texts.emplace(rule->id, rule->text);
    CostTable kept;
    const std::lock_guard lock{mutex_};
    for (const detect::RuleInfo* rule : now.rules()) {
        const auto text = texts.find(rule->id);
        const auto cost = costs_.find(rule->id);
        if (cost != costs_.end() && text != texts.end() && text->second == rule->text) kept.insert(*cost);
    }
    costs_ = std::move(kept);
}

CostTable RuleCosts::all() const {
    const std::lock_guard lock{mutex_};
    return costs_;
}

}  // namespace vg::server
