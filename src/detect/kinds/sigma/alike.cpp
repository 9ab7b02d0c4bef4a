#include "detect/kinds/sigma/alike.h"

#include <algorithm>
#include <unordered_map>

#include "base/bytes.h"
#include "base/text.h"

namespace vg::detect::sigma {

namespace {

constexpr double kJaccard = 0.8, kContainment = 0.95;
constexpr std::size_t kLeastTogether = 3, kLeastWithin = 6, kMostTimesLarger = 3;
constexpr std::size_t kMostItems = 20'000;   // of one rule; the rest is not compared
constexpr std::size_t kMostSharing = 5'000;  // an item that more rules have tells them apart too little to be followed

void note_signs(const Expression& expression, bool wanted, std::vector<std::uint8_t>& signs) {
    if (expression.kind == Expression::Kind::selection) signs[expression.selection] |= wanted ? 1 : 2;
    const bool turns = expression.kind == Expression::Kind::negation;
    for (const Expression& part : expression.parts) note_signs(part, turns ? !wanted : wanted, signs);
}

std::string value_of(const Item& item, const Value& value) {
    if (value.any_of.size() == 1)
        if (const auto* text = std::get_if<TextTest>(&value.any_of.front())) return "text " + fold_case(to_text(text->pattern));
    // What other modifiers make of the value goes by their names.
    return lower_ascii(item.key.substr(item.name.size())) + " " + fold_case(value.written);
}

std::vector<std::uint64_t> set_of(const Rule& rule) {
    std::vector<std::uint8_t> signs(rule.detection.selections.size());
    note_signs(rule.detection.condition, true, signs);
    std::vector<std::uint64_t> set;
    for (std::size_t i = 0; i < signs.size(); ++i)
        for (const auto& items : rule.detection.selections[i].any_of)
            for (const Item& item : items)
                for (const Value& value : item.values) {
                    if (set.size() >= kMostItems) break;
                    const std::string text = lower_ascii(item.name) + '\0' + (item.differs ? "neq " : "") + value_of(item, value);
                    for (const unsigned sign : {1U, 2U})
                        if ((signs[i] & sign) != 0) set.push_back(hash64(text, sign));
                }
    std::sort(set.begin(), set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
    return set;
}

bool may_be_one_source(const Source& a, const Source& b) {
    const auto facet = [](const std::string& x, const std::string& y) { return x.empty() || y.empty() || x == y; };
    return facet(a.product, b.product) && facet(a.category, b.category) && facet(a.service, b.service);
}

bool names(const Rule& a, const Rule& b) {
    return a.info.text.find(b.info.id) != std::string::npos || (!b.name.empty() && a.info.text.find(b.name) != std::string::npos);
}

}  // namespace

std::vector<Alike> alike(std::span<const Rule* const> rules, std::size_t asked) {
    std::vector<std::vector<std::uint64_t>> sets;
    sets.reserve(rules.size());
    std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> with;
    for (std::uint32_t i = 0; i < rules.size(); ++i) {
        sets.push_back(set_of(*rules[i]));
        for (const std::uint64_t item : sets.back()) with[item].push_back(i);
    }
    std::vector<Alike> found;
    std::vector<std::uint32_t> shared(rules.size());
    std::vector<std::uint32_t> touched;
    for (std::uint32_t a = 0; a < std::min(asked, rules.size()); ++a) {
        touched.clear();
        for (const std::uint64_t item : sets[a]) {
            const auto& others = with[item];
            if (others.size() > kMostSharing) continue;
            for (auto b = std::upper_bound(others.begin(), others.end(), a); b != others.end(); ++b)
                if (shared[*b]++ == 0) touched.push_back(*b);
        }
        std::sort(touched.begin(), touched.end());
        for (const std::uint32_t b : touched) {
            const auto common = static_cast<double>(std::exchange(shared[b], 0));
            if (rules[a]->info.id == rules[b]->info.id || !may_be_one_source(rules[a]->source, rules[b]->source)) continue;
            const std::size_t small = std::min(sets[a].size(), sets[b].size()), large = std::max(sets[a].size(), sets[b].size());
            const double together = static_cast<double>(small + large) - common;
            Alike pair{a, b, common / together, common / static_cast<double>(small), false, false, sets[a] == sets[b]};
            const bool is_within = pair.containment >= kContainment && small >= kLeastWithin && small * kMostTimesLarger >= large;
            pair.a_within_b = is_within && sets[a].size() <= sets[b].size();
            pair.b_within_a = is_within && sets[b].size() <= sets[a].size();
            const bool is_near = pair.jaccard >= kJaccard && together >= static_cast<double>(kLeastTogether);
            if (!(pair.same || is_near || is_within) || names(*rules[a], *rules[b]) || names(*rules[b], *rules[a])) continue;
            found.push_back(pair);
            if (found.size() == kMostAlike) return found;
        }
    }
    return found;
}

}  // namespace vg::detect::sigma
