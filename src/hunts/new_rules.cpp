#include "hunts/new_rules.h"

#include <map>
#include <string_view>

#include "base/text.h"
#include "detect/correlator.h"

namespace vg::hunts {

std::vector<Hunt> of_new_rules(const RulesInForce& rules, Random& random, Time now) {
    std::map<std::string_view, std::string_view> was;
    for (const detect::RuleInfo* rule : rules.was.rules()) was.emplace(rule->id, rule->text);
    std::vector<Hunt> hunts;
    json::Value texts{json::Array{}};  // of the last one
    std::size_t bytes = 0;
    const auto complete = [&] {
        if (hunts.empty()) return;
        Hunt& hunt = hunts.back();
        if (hunt.values > 1) hunt.name = format("{} (+{})", shorten(hunt.name, 180), hunt.values - 1);
        hunt.asked = json::object({{"rules", std::move(texts)}});
        texts = json::Value{json::Array{}};
        bytes = 0;
    };
    for (const detect::RuleInfo* rule : rules.is.rules()) {
        if (const auto known = was.find(rule->id); known != was.end() && known->second == rule->text) continue;
        if (!detect::correlation::is_told_alone(rules.is.plan(), *rule)) continue;
        if (hunts.empty() || hunts.back().values >= static_cast<std::int64_t>(kMostRules) || bytes + rule->text.size() > kMostRuleText) {
            complete();
            hunts.push_back({.id = make_id<HuntTag>(now, random),
                             .name = rule->title,
                             .what = What::rules,
                             .origin = Origin::rules,
                             .by = "vonggac",
                             .from = now - days(rules.days),
                             .until = now + days(1),
                             .before = rules.since,
                             .below = rules.since,
                             .created = now});
        }
        bytes += rule->text.size();
        ++hunts.back().values;
        texts.add(json::object({{"file", rule->file}, {"text", rule->text}}));
    }
    complete();
    return hunts;
}

}  // namespace vg::hunts
