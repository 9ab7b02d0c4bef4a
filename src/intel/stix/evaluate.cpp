#include "intel/stix/evaluate.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/text.h"
#include "intel/stix/compare.h"

namespace vg::intel::stix {
namespace {

// The observations chosen for a part of the pattern, as far as times are asked: whether a moment of each can be chosen so
// that all lie within a span depends on the latest beginning and the earliest end alone.
struct Chosen {
    Time latest_first{INT64_MIN};
    Time earliest_last{INT64_MAX};
};

Chosen join(const Chosen& a, const Chosen& b) { return {std::max(a.latest_first, b.latest_first), std::min(a.earliest_last, b.earliest_last)}; }

bool is_within(const Chosen& chosen, Span span) {
    return chosen.latest_first.micros <= chosen.earliest_last.micros || chosen.latest_first.micros - span.micros <= chosen.earliest_last.micros;
}

bool fits(const Qualifier& qualifier, const Chosen& chosen) {
    switch (qualifier.kind) {
        case Qualifier::Kind::within: return is_within(chosen, qualifier.within);
        case Qualifier::Kind::start_stop: return chosen.latest_first < qualifier.stop.time() && chosen.earliest_last >= qualifier.start.time();
        case Qualifier::Kind::repeats: return true;
    }
    return true;
}

class Evaluation {
public:
    Evaluation(const Observations& observations, EvaluationLimits limits) : observations_(observations), steps_(limits.steps) {
        order_.resize(observations.seen.size());
        std::iota(order_.begin(), order_.end(), std::size_t{0});
        std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return observations.seen[a].first < observations.seen[b].first; });
        for (const Seen& seen : observations.seen) left_.push_back(seen.number);
    }

    Result<bool> run(const Pattern& pattern) {
        const bool found = choose(pattern.top, pattern.top.qualifiers.size(), [](const Chosen&) { return true; });
        if (stopped()) return fail(error_);
        return found;
    }

private:
    // Called with each choice until it says true: then the search is over.
    using Next = std::function<bool(const Chosen&)>;

    // One more choice within a choice: each takes room on the stack.
    struct Level {
        explicit Level(Evaluation& of) : evaluation(of) {
            if (++of.depth_ > kDeepest && !of.stopped()) of.error_ = {Code::too_large, "the pattern chooses too many observations at once"};
        }
        ~Level() { --evaluation.depth_; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;
        Evaluation& evaluation;
    };
    static constexpr int kDeepest = 400;

    bool stopped() const { return !error_.text.empty(); }
    bool step() {
        if (stopped()) return false;
        if (steps_ == 0) {
            error_ = {Code::too_large, "the pattern takes too many steps over these observations"};
            return false;
        }
        --steps_;
        return true;
    }

    // The observation with its first `qualifiers` qualifiers.
    bool choose(const Observation& node, std::size_t qualifiers, const Next& next) {
        if (qualifiers == 0) return choose_plain(node, next);
        const Qualifier& last = node.qualifiers[qualifiers - 1];
        if (last.kind == Qualifier::Kind::repeats) {
            if (node.kind == Observation::Kind::one && qualifiers == 1) return repeat_one(node.comparison, last.times, 0, Chosen{}, nullptr, next);
            return repeat(node, qualifiers - 1, last.times, Chosen{}, next);
        }
        // REPEATS inside a span of time: what does not fit is not looked at further.
        if (last.kind == Qualifier::Kind::within && node.kind == Observation::Kind::one && qualifiers == 2 && node.qualifiers[0].kind == Qualifier::Kind::repeats)
            return repeat_one(node.comparison, node.qualifiers[0].times, 0, Chosen{}, &last.within, next);
        return choose(node, qualifiers - 1, [&](const Chosen& chosen) { return step() && fits(last, chosen) && next(chosen); });
    }

    bool choose_plain(const Observation& node, const Next& next) {
        switch (node.kind) {
            case Observation::Kind::one: return repeat_one(node.comparison, 1, 0, Chosen{}, nullptr, next);
            case Observation::Kind::any:
                for (const Observation& part : node.parts)
                    if (choose(part, part.qualifiers.size(), next)) return true;
                return false;
            case Observation::Kind::all:
            case Observation::Kind::followed_by: return choose_parts(node, 0, Chosen{}, next);
        }
        return false;
    }

    bool choose_parts(const Observation& node, std::size_t part, const Chosen& so_far, const Next& next) {
        if (part == node.parts.size()) return next(so_far);
        const Level level{*this};
        if (stopped()) return false;
        const Observation& here = node.parts[part];
        return choose(here, here.qualifiers.size(), [&](const Chosen& chosen) {
            if (!step()) return false;
            if (node.kind == Observation::Kind::followed_by && part > 0 && so_far.latest_first > chosen.earliest_last) return false;
            return choose_parts(node, part + 1, join(so_far, chosen), next);
        });
    }

    bool repeat(const Observation& node, std::size_t qualifiers, std::int64_t times, const Chosen& so_far, const Next& next) {
        if (times == 0) return next(so_far);
        if (times > all_left()) return false;
        const Level level{*this};
        if (stopped()) return false;
        return choose(node, qualifiers, [&](const Chosen& chosen) { return step() && repeat(node, qualifiers, times - 1, join(so_far, chosen), next); });
    }

    // `times` of the observations that fulfil the comparison, in order of time from place `from` on.
    bool repeat_one(const Comparison& comparison, std::int64_t times, std::size_t from, const Chosen& so_far, const Span* within, const Next& next) {
        if (times == 0) return next(so_far);
        const Level level{*this};
        const std::vector<std::uint8_t>& fulfils = places(comparison);
        if (stopped()) return false;
        std::int64_t available = 0;  // an upper bound of what may still be taken
        for (std::size_t i = from; i < order_.size() && available < times; ++i) {
            const Seen& seen = observations_.seen[order_[i]];
            if (within && !is_within({seen.first, so_far.earliest_last}, *within)) break;
            if (fulfils[i] != 0) available += left_[order_[i]];
        }
        if (available < times) return false;
        for (std::size_t i = from; i < order_.size(); ++i) {
            const std::size_t which = order_[i];
            if (fulfils[i] == 0 || left_[which] == 0) continue;
            if (!step()) return false;
            const Seen& seen = observations_.seen[which];
            const Chosen chosen = join(so_far, {seen.first, seen.last});
            if (within && !is_within(chosen, *within)) {
                if (seen.first == seen.last) break;
                continue;
            }
            // As many copies of it as there are, fewer when more is not asked.
            const std::int64_t most = std::min(times, left_[which]);
            for (std::int64_t taken = most; taken >= 1; --taken) {
                if (taken < most && !step()) return false;
                left_[which] -= taken;
                const bool found = repeat_one(comparison, times - taken, i + 1, chosen, within, next);
                left_[which] += taken;
                if (found) return true;
                if (stopped()) return false;
            }
        }
        return false;
    }

    std::int64_t all_left() const {
        std::int64_t sum = 0;
        for (const std::int64_t left : left_) sum += left;
        return sum;
    }

    // By place in the order of time: whether the observation fulfils the comparison.
    const std::vector<std::uint8_t>& places(const Comparison& comparison) {
        const auto [entry, added] = fulfils_.try_emplace(&comparison);
        if (added)
            for (const std::size_t which : order_) entry->second.push_back(fulfils(comparison, observations_.seen[which]) ? 1 : 0);
        return entry->second;
    }

    bool fulfils(const Comparison& comparison, const Seen& seen) {
        for (const json::Value* object : seen.objects)
            if (object->is_object() && fulfils(comparison, *object, observations_.graphs[seen.graph])) return true;
        return false;
    }

    bool fulfils(const Comparison& comparison, const json::Value& object, const Graph& graph) {
        if (!step()) return false;
        if (comparison.kind == Comparison::Kind::test) return fulfils(comparison.test, object, graph);
        const bool all = comparison.kind == Comparison::Kind::all;
        for (const Comparison& part : comparison.parts)
            if (fulfils(part, object, graph) != all) return !all;
        return all;
    }

    bool fulfils(const Test& test, const json::Value& object, const Graph& graph) {
        const json::Value* type = object.find("type");
        if (!type || !type->is_text() || type->as_text() != test.path.object_type) return false;
        if (test.what != Operator::exists || !test.negated) return walk(test, 0, {}, object, graph);
        Test asked = test;
        asked.negated = false;
        return !walk(asked, 0, {}, object, graph) && !stopped();
    }

    // From `value` along the path's steps from `at` on; any of the values at its end may fulfil the test.
    bool walk(const Test& test, std::size_t at, std::string_view key, const json::Value& value, const Graph& graph) {
        if (!step()) return false;
        if (at == test.path.steps.size()) {
            std::string error;
            const bool answer = holds(test, key, value, error);
            if (!error.empty()) error_ = {Code::bad_input, error};
            return answer;
        }
        const bool reference = key.ends_with("_ref") || key.ends_with("_refs");
        if (reference && value.is_text()) {
            const auto found = graph.find(value.as_text());
            return found != graph.end() && walk(test, at, {}, *found->second, graph);
        }
        const Step& here = test.path.steps[at];
        switch (here.kind) {
            case Step::Kind::key: {
                const json::Value* member = value.find(here.key);
                return member && walk(test, at + 1, here.key, *member, graph);
            }
            case Step::Kind::index:
                if (!value.is_array() || here.index < 0 || static_cast<std::size_t>(here.index) >= value.as_array().size()) return false;
                return walk(test, at + 1, key, value.as_array()[static_cast<std::size_t>(here.index)], graph);
            case Step::Kind::any:
                if (value.is_array()) {
                    for (const json::Value& item : value.as_array())
                        if (walk(test, at + 1, key, item, graph)) return true;
                } else if (value.is_object()) {
                    for (const auto& [name, item] : value.as_object())
                        if (walk(test, at + 1, name, item, graph)) return true;
                }
                return false;
        }
        return false;
    }

    const Observations& observations_;
    std::size_t steps_;
    std::vector<std::size_t> order_;
    std::vector<std::int64_t> left_;
    std::unordered_map<const Comparison*, std::vector<std::uint8_t>> fulfils_;
    Error error_{};
    int depth_ = 0;
};

}  // namespace

Result<bool> matches(const Pattern& pattern, const Observations& observations, EvaluationLimits limits) { return Evaluation{observations, limits}.run(pattern); }

}  // namespace vg::intel::stix
