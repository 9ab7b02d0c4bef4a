#include "detect/kinds/correlation/plan.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/bytes.h"
#include "base/text.h"

namespace vg::detect::correlation {

namespace {

using sigma::Correlation;

double number_of(const sigma::Number& number) { return number.whole ? static_cast<double>(number.integer) : number.real; }

// How many events must be told apart for the condition to be decided.
double needed_for(const Correlation& correlation) {
    double needed = 1;
    for (const auto& [kind, number] : correlation.bounds) {
        const double value = number_of(number);
        needed = std::max(needed, kind == Correlation::Bound::greater_or_equal ? std::ceil(value) : std::floor(value) + 1);
    }
    return needed;
}

bool counts_entries(Type type) { return type != Type::value_sum && type != Type::value_avg && type != Type::value_percentile && type != Type::regularity; }

std::optional<std::string> why_not(const Correlation& correlation) {
    if (correlation.group_by.size() > kMostGroupBy) return format("more than {} fields to group by", kMostGroupBy);
    if (correlation.type == Type::temporal_ordered && correlation.rules.size() > kMostOrdered) return format("more than {} rules in an order", kMostOrdered);
    if (correlation.type == Type::temporal && correlation.rules.size() > kMostReferences) return format("more than {} rules in temporal proximity", kMostReferences);
    const double most = correlation.type == Type::value_count ? static_cast<double>(kMostDistinct) : static_cast<double>(kMostEntries);
    if (counts_entries(correlation.type) && needed_for(correlation) > most)
        return format("the condition asks for more than {:.0f} within one window, which is more than a window keeps", most);
    return std::nullopt;
}

struct Checker {
    Sources& sources;
    std::vector<std::string> reasons;
    std::vector<std::uint8_t> state;  // 0 not seen, 1 on the way, 2 done
    std::vector<std::size_t> depth;

    void look(std::uint32_t c, std::size_t above) {
        if (state[c] == 1) {
            reasons[c] = "it refers to itself, by way of others [correlation specification: Related rules]";
            return;
        }
        if (state[c] == 2) return;
        state[c] = 1;
        for (const auto& targets : sources.targets[c])
            for (const Target& target : targets) {
                if (!target.is_correlation || !reasons[c].empty()) continue;
                if (above >= 64) {
                    reasons[c] = format("a chain of more than {} correlations", kMostDepth);
                    continue;
                }
                look(target.index, above + 1);
                depth[c] = std::max(depth[c], depth[target.index] + 1);
                if (reasons[c].empty() && !reasons[target.index].empty())
                    reasons[c] = format("the correlation '{}' that it refers to is refused", shorten(sources.correlations[target.index].info.title, 80));
                if (reasons[c].empty() && depth[c] > kMostDepth) reasons[c] = format("a chain of more than {} correlations", kMostDepth);
            }
        state[c] = 2;
    }
};

struct Maker {
    const Sources& sources;
    Plan plan;
    std::vector<std::uint32_t> rule_of;  // correlation → rule of the plan
    struct Above {
        std::uint32_t correlation, reference;
    };
    std::vector<std::vector<Above>> above_rule, above_correlation;  // who names it
    std::vector<std::string> identities;
    std::size_t links = 0;

    explicit Maker(const Sources& given)
        : sources(given), rule_of(given.correlations.size(), UINT32_MAX), above_rule(given.rules.size()), above_correlation(given.correlations.size()), identities(given.correlations.size()) {}

    [[nodiscard]] bool is_used(std::uint32_t c) const { return !sources.targets[c].empty(); }

    const std::string& identity_of(std::uint32_t c) {
        if (!identities[c].empty()) return identities[c];
        std::string all = sources.correlations[c].info.text;
        for (const auto& targets : sources.targets[c])
            for (const Target& target : targets) {
                if (target.is_correlation) {
                    all += '\0' + identity_of(target.index);
                    continue;
                }
                all += '\0' + sources.rules[target.index].info.text;
                for (const std::uint32_t filter : sources.rules[target.index].filters) all += '\0' + sources.filters[filter].text;
            }
        return identities[c] = sha256_hex(all);
    }

    void make_rule(std::uint32_t c) {
        const Correlation& from = sources.correlations[c];
        Rule rule;
        rule.info = &from.info;
        rule.identity = identity_of(c);
        rule.type = from.type;
        rule.span = from.timespan;
        rule.group_by = from.group_by;
        rule.fields = from.fields;
        rule.references = static_cast<std::uint32_t>(from.rules.size());
        rule.percentile = from.percentile.value_or(-1);
        for (const auto& [kind, number] : from.bounds) rule.bounds.push_back({kind, number_of(number)});
        // "All events defined by the rules must occur": what temporal means when it says no number.
        if (rule.bounds.empty()) rule.bounds.push_back({Correlation::Bound::greater_or_equal, static_cast<double>(rule.references)});
        rule.rises = counts_entries(rule.type) && std::all_of(rule.bounds.begin(), rule.bounds.end(), [](const Bound& bound) {
                         return bound.kind == Correlation::Bound::greater || bound.kind == Correlation::Bound::greater_or_equal;
                     });
        rule.needed = static_cast<std::uint64_t>(std::clamp(needed_for(from), 1.0, static_cast<double>(kMostEntries)));
        const auto& above = above_correlation[c];
        rule.told = above.empty() || std::any_of(above.begin(), above.end(), [&](const Above& one) { return sources.correlations[one.correlation].generate; });
        rule_of[c] = static_cast<std::uint32_t>(plan.rules.size());
        plan.rules.push_back(std::move(rule));
    }

    // A step of a chain: a correlation, and what it calls the rule below it.
    struct Step {
        std::uint32_t correlation;
        std::string_view written, name, id;
    };

    // The field of the event that a name stands for, seen through the aliases of the chain, the outermost last.
    std::string resolve(const std::string& field, const std::vector<Step>& chain) const {
        std::string found = field;
        for (std::size_t i = chain.size(); i-- > 0;) {
            const Step& step = chain[i];
            for (const Correlation::Alias& alias : sources.correlations[step.correlation].aliases) {
                if (alias.name != found) continue;
                const auto known = std::find_if(alias.fields.begin(), alias.fields.end(), [&](const auto& entry) {
                    return entry.first == step.written || (!step.name.empty() && entry.first == step.name) || entry.first == step.id;
                });
                if (known != alias.fields.end()) {
                    found = known->second;
                    break;
                }
            }
        }
        return found;
    }

    static std::uint32_t among(std::vector<std::vector<std::string>>& all, std::vector<std::string> one) {
        const auto found = std::find(all.begin(), all.end(), one);
        if (found != all.end()) return static_cast<std::uint32_t>(found - all.begin());
        all.push_back(std::move(one));
        return static_cast<std::uint32_t>(all.size() - 1);
    }

    std::vector<std::string> resolve_all(const std::vector<std::string>& fields, const std::vector<Step>& chain) const {
        std::vector<std::string> all;
        for (const std::string& field : fields) all.push_back(resolve(field, chain));
        return all;
    }

    // Adds the links from here upwards; the index of the first.
    std::uint32_t add_link(Feed& feed, const Above& above, std::vector<Step>& chain, std::string_view name, std::string_view id) {
        const Correlation& from = sources.correlations[above.correlation];
        chain.push_back({above.correlation, from.rules[above.reference], name, id});
        Link link;
        link.correlation = rule_of[above.correlation];
        link.reference = above.reference;
        link.key = among(feed.keys, resolve_all(from.group_by, chain));
        if (plan.rules[link.correlation].has_values()) link.value = among(feed.values, resolve_all(from.fields, chain));
        const auto index = static_cast<std::uint32_t>(feed.links.size());
        feed.links.push_back(std::move(link));
        ++links;
        for (const Above& next : above_correlation[above.correlation]) {
            if (links >= kMostLinks) {
                plan.cut = true;
                break;
            }
            const std::uint32_t further = add_link(feed, next, chain, from.name, from.info.id);
            feed.links[index].next.push_back(further);
        }
        chain.pop_back();
        return index;
    }

    Plan make() {
        for (std::uint32_t c = 0; c < sources.correlations.size(); ++c)
            for (std::uint32_t r = 0; is_used(c) && r < sources.targets[c].size(); ++r)
                for (const Target& target : sources.targets[c][r]) (target.is_correlation ? above_correlation : above_rule)[target.index].push_back({c, r});
        for (std::uint32_t c = 0; c < sources.correlations.size(); ++c)
            if (is_used(c)) make_rule(c);
        std::vector<Step> chain;
        for (std::uint32_t i = 0; i < sources.rules.size(); ++i) {
            if (above_rule[i].empty()) continue;
            Feed feed;
            for (const Above& above : above_rule[i]) {
                if (links >= kMostLinks) {
                    plan.cut = true;
                    break;
                }
                feed.direct.push_back(add_link(feed, above, chain, sources.rules[i].name, sources.rules[i].info.id));
                feed.told = feed.told || sources.correlations[above.correlation].generate;
            }
            plan.feed_of.emplace(&sources.rules[i].info, static_cast<std::uint32_t>(plan.feeds.size()));
            plan.feeds.push_back(std::move(feed));
        }
        return std::move(plan);
    }
};

}  // namespace

std::string_view name_of(Type type) {
    switch (type) {
        case Type::event_count: return "event_count";
        case Type::value_count: return "value_count";
        case Type::temporal: return "temporal";
        case Type::temporal_ordered: return "temporal_ordered";
        case Type::value_sum: return "value_sum";
        case Type::value_avg: return "value_avg";
        case Type::value_percentile: return "value_percentile";
        case Type::regularity: return "regularity";
    }
    return "";
}

bool Rule::holds(double value) const {
    return std::all_of(bounds.begin(), bounds.end(), [&](const Bound& bound) {
        switch (bound.kind) {
            case Correlation::Bound::less: return value < bound.value;
            case Correlation::Bound::less_or_equal: return value <= bound.value;
            case Correlation::Bound::greater: return value > bound.value;
            case Correlation::Bound::greater_or_equal: return value >= bound.value;
            case Correlation::Bound::equal: return value == bound.value;
            case Correlation::Bound::not_equal: return value != bound.value;
        }
        return false;
    });
}

std::vector<Refusal> refuse_unusable(Sources& sources, std::vector<std::string> reasons) {
    const std::size_t count = sources.correlations.size();
    reasons.resize(count);
    Checker checker{sources, std::move(reasons), std::vector<std::uint8_t>(count), std::vector<std::size_t>(count)};
    for (std::uint32_t c = 0; c < count; ++c)
        if (auto reason = why_not(sources.correlations[c]); reason && checker.reasons[c].empty()) checker.reasons[c] = std::move(*reason);
    // A circle is found at one of its members: go round until nothing more is refused.
    for (std::size_t before = SIZE_MAX;;) {
        std::fill(checker.state.begin(), checker.state.end(), std::uint8_t{0});
        for (std::uint32_t c = 0; c < count; ++c) checker.look(c, 0);
        const auto refused = static_cast<std::size_t>(std::count_if(checker.reasons.begin(), checker.reasons.end(), [](const std::string& why) { return !why.empty(); }));
        if (refused == before) break;
        before = refused;
    }
    std::vector<Refusal> refused;
    for (std::uint32_t c = 0; c < count; ++c) {
        if (checker.reasons[c].empty()) continue;
        sources.targets[c].clear();
        refused.push_back({c, std::move(checker.reasons[c])});
    }
    return refused;
}

Plan plan_of(std::vector<Rule> rules) {
    Plan plan;
    plan.rules = std::move(rules);
    for (std::uint32_t i = 0; i < plan.rules.size(); ++i) {
        const Rule& rule = plan.rules[i];
        Feed feed{.keys = {rule.group_by}, .values = {}, .links = {{.correlation = i, .next = {}}}, .direct = {0}};
        if (rule.has_values()) feed.values.push_back(rule.fields);
        plan.feed_of.emplace(rule.info, i);
        plan.feeds.push_back(std::move(feed));
    }
    return plan;
}

Plan joined(std::span<const Plan* const> plans) {
    struct From {
        std::size_t plan = 0, rule = 0;
    };
    std::vector<From> order;
    std::vector<std::vector<std::uint32_t>> now(plans.size());
    for (std::size_t p = 0; p < plans.size(); ++p) {
        now[p].resize(plans[p]->rules.size());
        for (std::size_t r = 0; r < plans[p]->rules.size(); ++r) order.push_back({p, r});
    }
    std::stable_sort(order.begin(), order.end(), [&](const From& a, const From& b) { return plans[a.plan]->rules[a.rule].info->id < plans[b.plan]->rules[b.rule].info->id; });
    Plan all;
    for (const From& from : order) {
        now[from.plan][from.rule] = static_cast<std::uint32_t>(all.rules.size());
        all.rules.push_back(plans[from.plan]->rules[from.rule]);
    }
    for (std::size_t p = 0; p < plans.size(); ++p) {
        const auto before = static_cast<std::uint32_t>(all.feeds.size());
        for (Feed feed : plans[p]->feeds) {
            for (Link& link : feed.links) link.correlation = now[p][link.correlation];
            all.feeds.push_back(std::move(feed));
        }
        for (const auto& [info, feed] : plans[p]->feed_of) all.feed_of.emplace(info, before + feed);
        all.cut = all.cut || plans[p]->cut;
    }
    return all;
}

std::string text_of(const Bound& bound) {
    const char* name = "";
    switch (bound.kind) {
        case Correlation::Bound::less: name = "lt"; break;
        case Correlation::Bound::less_or_equal: name = "lte"; break;
        case Correlation::Bound::greater: name = "gt"; break;
        case Correlation::Bound::greater_or_equal: name = "gte"; break;
        case Correlation::Bound::equal: name = "eq"; break;
        case Correlation::Bound::not_equal: name = "neq"; break;
    }
    return format("{} {}", name, bound.value);
}

Plan make_plan(const Sources& sources) { return Maker{sources}.make(); }

bool is_told(const Plan& plan, const RuleInfo& rule) {
    if (rule.many)
        return std::none_of(plan.rules.begin(), plan.rules.end(), [&](const Rule& one) { return one.info == &rule && !one.told; });
    const auto found = plan.feed_of.find(&rule);
    return found == plan.feed_of.end() || plan.feeds[found->second].told;
}

bool is_told_alone(const Plan& plan, const RuleInfo& rule) { return !rule.many && is_told(plan, rule); }

bool is_empty(const Plan& plan) { return plan.rules.empty(); }

}  // namespace vg::detect::correlation
