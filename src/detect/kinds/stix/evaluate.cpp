#include "detect/kinds/stix/evaluate.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/check.h"
#include "base/text.h"

namespace vg::detect::stix {
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
    Evaluation(const Observations& observations, EvaluationLimits limits) : observations_(observations), looking_(limits.steps) {
        order_.resize(observations.seen.size());
        std::iota(order_.begin(), order_.end(), std::size_t{0});
        std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return observations.seen[a].first < observations.seen[b].first; });
        for (const Seen& seen : observations.seen) left_.push_back(seen.number);
    }

    Result<bool> run(const Pattern& pattern) {
        const bool found = choose(pattern.top, pattern.top.qualifiers.size(), [](const Chosen&) { return true; });
        if (stopped()) return fail(looking_.error());
        return found;
    }

    // Which of the observations are taken; none when it does not hold.
    Result<std::vector<std::size_t>> run_and_tell(const Pattern& pattern) {
        std::vector<std::size_t> taken;
        choose(pattern.top, pattern.top.qualifiers.size(), [&](const Chosen&) {
            for (std::size_t i = 0; i < left_.size(); ++i)
                if (left_[i] < observations_.seen[i].number) taken.push_back(i);
            return true;
        });
        if (stopped()) return fail(looking_.error());
        return taken;
    }

    // What each observation fulfils, by bits in the order of comparisons_of().
    void know(std::span<const Comparison* const> comparisons, std::span<const KnownSight> sights) {
        for (std::size_t c = 0; c < comparisons.size(); ++c) {
            std::vector<std::uint8_t>& places = fulfils_[comparisons[c]];
            for (const std::size_t which : order_) places.push_back((sights[which].bits >> c & 1) != 0 ? 1 : 0);
        }
    }

private:
    // Called with each choice until it says true: then the search is over.
    using Next = std::function<bool(const Chosen&)>;

    // One more choice within a choice: each takes room on the stack.
    struct Level {
        explicit Level(Evaluation& of) : evaluation(of) {
            if (++of.depth_ > kDeepest) of.looking_.stop({Code::too_large, "the pattern chooses too many observations at once"});
        }
        ~Level() { --evaluation.depth_; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;
        Evaluation& evaluation;
    };
    static constexpr int kDeepest = 400;

    bool stopped() const { return looking_.stopped(); }
    bool step() { return looking_.step(); }

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
            for (const std::size_t which : order_) entry->second.push_back(looking_.find(comparison, observations_.seen[which].objects, observations_.graphs[observations_.seen[which].graph]) != nullptr ? 1 : 0);
        return entry->second;
    }

    const Observations& observations_;
    Looking looking_;
    std::vector<std::size_t> order_;
    std::vector<std::int64_t> left_;
    std::unordered_map<const Comparison*, std::vector<std::uint8_t>> fulfils_;
    int depth_ = 0;
};

}  // namespace

namespace {
void gather_comparisons(const Observation& observation, std::vector<const Comparison*>& out) {
    if (observation.kind == Observation::Kind::one) out.push_back(&observation.comparison);
    for (const Observation& part : observation.parts) gather_comparisons(part, out);
}
}  // namespace

std::vector<const Comparison*> comparisons_of(const Pattern& pattern) {
    std::vector<const Comparison*> out;
    gather_comparisons(pattern.top, out);
    return out;
}

Result<std::vector<std::size_t>> choose(const Pattern& pattern, std::span<const KnownSight> sights, EvaluationLimits limits) {
    const std::vector<const Comparison*> comparisons = comparisons_of(pattern);
    CHECK(comparisons.size() <= kMostKnown, "a sight has a bit for each comparison");
    Observations observations;
    for (const KnownSight& sight : sights) observations.seen.push_back({.objects = {}, .first = sight.time, .last = sight.time});
    Evaluation evaluation{observations, limits};
    evaluation.know(comparisons, sights);
    return evaluation.run_and_tell(pattern);
}

Result<bool> matches(const Pattern& pattern, const Observations& observations, EvaluationLimits limits) { return Evaluation{observations, limits}.run(pattern); }

}  // namespace vg::detect::stix
