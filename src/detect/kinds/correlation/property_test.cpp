// Random streams, some of it late, against a plain evaluator that keeps every event in a vector and works out all windows
// anew; and the same stream with the state saved and restored at every position.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include "detect/kinds/correlation/testing.h"

namespace vg::detect {
namespace {

using testing::base_rule;
using testing::Timeline;

struct Shape {
    std::string type, bounds;  // "gte 3, lte 5"
    std::int64_t span, lateness;
    int percentile = -1;
};

std::string yaml_of(const Shape& shape) {
    std::string condition;
    if (shape.type.starts_with("value")) condition += "        field: value\n";
    if (shape.percentile >= 0) condition += format("        percentile: {}\n", shape.percentile);
    for (std::string_view bound : split(shape.bounds, ','))
        if (bound = trim(bound); !bound.empty()) condition += format("        {}: {}\n", bound.substr(0, bound.find(' ')), bound.substr(bound.find(' ') + 1));
    std::string rules = base_rule("a") + base_rule("b") + base_rule("c");
    for (std::size_t at = rules.find("name: "); at != std::string::npos; at = rules.find("name: ", at + 1)) {
        const char name = rules[at + 6];
        rules.insert(at, format("id: 00000000-0000-4000-8000-00000000000{}\n", name == 'a' ? 1 : name == 'b' ? 2 : 3));
        at += 60;
    }
    return rules + format("title: C\ncorrelation:\n    type: {}\n    rules: [a, b, c]\n    group-by: [key]\n    timespan: {}s\n{}{}", shape.type, shape.span,
                          condition.empty() ? "" : "    condition:\n", condition);
}

// One event of a stream.
struct Happening {
    double time = 0;
    std::uint8_t source = 1, organisation = 1;
    int key = 0, value = 0;
    std::vector<char> kinds;  // the rules that it matches

    [[nodiscard]] std::string json() const {
        std::string list;
        for (const char kind : kinds) list += format("{}\"{}\"", list.empty() ? "" : ",", kind);
        return format(R"({{"kind":[{}],"key":"k{}","value":{}}})", list, key, value);
    }
};

// What the documentation says, in the plainest way.
class Plain {
public:
    explicit Plain(const Shape& shape) : shape_(shape) {}

    struct Said {
        double value;
        bool begins;
        std::vector<std::uint64_t> events;
        friend bool operator==(const Said&, const Said&) = default;
    };

    std::vector<Said> at(const Happening& event, std::uint64_t position) {
        std::vector<Said> said;
        double& watermark = watermarks_.try_emplace(event.source, -1e18).first->second;
        const bool late = event.time < watermark - static_cast<double>(shape_.lateness);
        watermark = std::max(watermark, event.time);
        if (late) return said;
        Group& group = groups_[{event.organisation, event.key}];
        for (const char kind : event.kinds) {
            double newest = -1e18;
            for (const Kept& one : group.kept) newest = std::max(newest, one.time);
            if (event.time < newest - static_cast<double>(shape_.lateness)) continue;
            const bool by_rule = shape_.type.starts_with("temporal");
            bool repeated = false;
            for (const Kept& one : group.kept) repeated = repeated || (one.position == position && (!by_rule || one.kind == kind));
            if (repeated) continue;
            group.kept.push_back({event.time, position, kind, event.value});
            if (auto one = look(group, event, position)) said.push_back(std::move(*one));
        }
        return said;
    }

private:
    struct Kept {
        double time;
        std::uint64_t position;
        char kind;
        int value;
    };
    struct Group {
        std::vector<Kept> kept;
        double held_until = -1e18;
        std::uint64_t told = 0;
    };

    [[nodiscard]] double value_of(std::vector<Kept> window, const Happening& event) const {
        const auto count = static_cast<double>(window.size());
        if (shape_.type == "event_count") return count;
        if (shape_.type == "value_count" || shape_.type == "temporal") {
            std::set<int> values;
            for (const Kept& one : window) values.insert(shape_.type == "temporal" ? one.kind : one.value);
            return static_cast<double>(values.size());
        }
        if (shape_.type == "temporal_ordered") {  // every way to choose some of the rules, in their order
            double longest = 0;
            for (int chosen = 1; chosen < 8; ++chosen) {
                double after = -1e18, length = 0;
                bool found = true;
                for (int i = 0; i < 3 && found; ++i) {
                    if ((chosen >> i & 1) == 0) continue;
                    double next = 1e18;
                    for (const Kept& one : window)
                        if (one.kind == "abc"[i] && one.time >= after) next = std::min(next, one.time);
                    found = next < 1e18;
                    after = next;
                    ++length;
                }
                if (found) longest = std::max(longest, length);
            }
            return longest;
        }
        double sum = 0;
        for (const Kept& one : window) sum += one.value;
        if (shape_.type == "value_sum") return sum;
        if (shape_.type == "value_avg") return sum / count;
        if (shape_.percentile < 0) {
            double same = 0;
            for (const Kept& one : window) same += one.value == event.value ? 1 : 0;
            return 100.0 * same / count;
        }
        std::sort(window.begin(), window.end(), [](const Kept& a, const Kept& b) { return a.value < b.value; });
        const double rank = shape_.percentile / 100.0 * (count - 1);
        const auto low = static_cast<std::size_t>(std::floor(rank));
        const double below = window[low].value;
        return rank == std::floor(rank) ? below : below + (rank - std::floor(rank)) * (window[low + 1].value - below);
    }

    [[nodiscard]] bool holds(double value) const {
        if (shape_.bounds.empty()) return value >= 3;
        for (std::string_view bound : split(shape_.bounds, ',')) {
            bound = trim(bound);
            const double limit = *parse_real(bound.substr(bound.find(' ') + 1));
            const std::string_view how = bound.substr(0, bound.find(' '));
            if (how == "gte" && !(value >= limit)) return false;
            if (how == "gt" && !(value > limit)) return false;
            if (how == "lte" && !(value <= limit)) return false;
            if (how == "lt" && !(value < limit)) return false;
            if (how == "eq" && value != limit) return false;
            if (how == "neq" && value == limit) return false;
        }
        return true;
    }

    std::optional<Said> look(Group& group, const Happening& event, std::uint64_t position) const {
        const auto span = static_cast<double>(shape_.span);
        std::set<double> ends;
        for (const Kept& one : group.kept)
            if (one.time >= event.time && one.time <= event.time + span) ends.insert(one.time);
        for (const double end : ends) {
            std::vector<Kept> window;
            for (const Kept& one : group.kept)
                if (one.time >= end - span && one.time <= end) window.push_back(one);
            const double value = value_of(window, event);
            if (!holds(value)) continue;
            Said said{value, event.time > group.held_until + span, {}};
            std::stable_sort(window.begin(), window.end(), [](const Kept& a, const Kept& b) { return std::tuple{a.time, a.position} < std::tuple{b.time, b.position}; });
            for (const Kept& one : window)
                if (one.position >= group.told && (said.events.empty() || said.events.back() != one.position)) said.events.push_back(one.position);
            group.held_until = std::max(group.held_until, end);
            group.told = std::max(group.told, position + 1);
            return said;
        }
        return std::nullopt;
    }

    Shape shape_;
    std::map<std::uint8_t, double> watermarks_;
    std::map<std::pair<int, int>, Group> groups_;
};

std::vector<Happening> stream_of(std::mt19937& random, const Shape& shape, std::size_t length) {
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    std::vector<Happening> stream;
    double now = 1000;
    const int hurry = 1 + below(8);
    for (std::size_t i = 0; i < length; ++i) {
        now += below(4) == 0 ? 0 : static_cast<double>(below(static_cast<int>(shape.span) / hurry + 2)) / 4;
        if (below(40) == 0) now += static_cast<double>(shape.span);
        Happening one;
        one.time = now;
        if (below(5) == 0) one.time -= below(static_cast<int>(shape.lateness) + 1);      // within the lateness
        if (below(15) == 0) one.time -= below(static_cast<int>(2 * shape.lateness) + 1);  // perhaps not
        one.source = static_cast<std::uint8_t>(1 + below(2));
        one.organisation = static_cast<std::uint8_t>(1 + below(8) / 7);
        one.key = below(3);
        one.value = below(7);
        one.kinds.push_back("abc"[below(3)]);
        if (below(6) == 0 && one.kinds[0] != 'c') one.kinds.push_back('c');
        stream.push_back(one);
    }
    return stream;
}

std::vector<Plain::Said> said(const std::vector<CorrelationMatch>& matches) {
    std::vector<Plain::Said> all;
    for (const CorrelationMatch& match : matches) all.push_back({match.value, match.begins, Timeline::positions(match)});
    return all;
}

std::vector<Shape> shapes() {
    std::vector<Shape> all;
    const std::pair<const char*, std::vector<const char*>> types[] = {{"event_count", {"gte 1", "gte 3", "gt 5", "eq 4", "lte 2", "neq 3", "gte 2, lt 5"}},
                                                                      {"value_count", {"gte 2", "gte 4", "lt 2", "eq 3"}},
                                                                      {"temporal", {"", "gte 2", "eq 1"}},
                                                                      {"temporal_ordered", {"", "gte 2", "lte 1"}},
                                                                      {"value_sum", {"gt 20", "lte 3"}},
                                                                      {"value_avg", {"gt 4", "lt 2"}},
                                                                      {"value_percentile", {"lte 20", "gte 90"}}};
    for (const auto& [type, bounds] : types)
        for (const char* bound : bounds)
            for (const auto& [span, lateness] : {std::pair{10, 30}, {60, 5}, {20, 20}}) {
                all.push_back({type, bound, span, lateness});
                if (std::string_view{type} == "value_percentile") all.push_back({type, "gte 3.5", span, lateness, 75});
            }
    return all;
}

constexpr std::size_t kEvents = 400;
constexpr unsigned kSeeds = 3;

TEST(Correlator, SaysWhatAPlainEvaluatorSays) {
    std::size_t matches = 0;
    for (const Shape& shape : shapes())
        for (unsigned seed = 0; seed < kSeeds; ++seed) {
            std::mt19937 random{seed * 7919 + 13};
            Timeline line{yaml_of(shape), {.lateness = seconds(shape.lateness)}};
            ASSERT_EQ(line.loaded.report.correlations, 1U) << line.loaded.report.refused.at(0).reason;
            Plain plain{shape};
            for (const Happening& one : stream_of(random, shape, kEvents)) {
                const auto expected = plain.at(one, line.position);
                const auto found = said(line.at(one.time, one.json().c_str(), {one.source, one.organisation}));
                ASSERT_EQ(found, expected) << shape.type << " " << shape.bounds << " span " << shape.span << " seed " << seed << " at " << line.position - 1 << " " << one.json();
                matches += found.size();
            }
        }
    EXPECT_GT(matches, 10'000U);
}

TEST(Correlator, SavedAndRestoredAtAnyPositionSaysTheSame) {
    std::size_t matches = 0;
    for (const Shape& shape : shapes()) {
        std::mt19937 random{99};
        Timeline line{yaml_of(shape), {.lateness = seconds(shape.lateness)}};
        Timeline other{yaml_of(shape), {.lateness = seconds(shape.lateness)}};
        for (const Happening& one : stream_of(random, shape, kEvents / 2)) {
            const std::string saved = other.correlator->save();
            other.correlator = Correlator::make(other.loaded.engine, testing::seed_of(3), {.lateness = seconds(shape.lateness)});
            const Status restored = other.correlator->restore(saved);
            ASSERT_TRUE(restored.has_value()) << restored.error().text;
            ASSERT_EQ(other.correlator->save(), saved);
            const auto expected = said(line.at(one.time, one.json().c_str(), {one.source, one.organisation}));
            ASSERT_EQ(said(other.at(one.time, one.json().c_str(), {one.source, one.organisation})), expected) << shape.type << " " << shape.bounds;
            matches += expected.size();
        }
        EXPECT_EQ(other.correlator->stats().rules, line.correlator->stats().rules);
        EXPECT_EQ(other.correlator->stats().bytes, line.correlator->stats().bytes);
    }
    EXPECT_GT(matches, 1'000U);
}

// Thousands of values in one window, most of them again and again: entries that no window needs go, and nothing changes.
TEST(Correlator, CountsThousandsOfValuesExactly) {
    Timeline line{yaml_of({"value_count", "gte 3000", 100, 50}), {.lateness = seconds(50)}};
    std::map<int, double> last;
    std::size_t held = 0;
    for (int i = 0; i < 60'000; ++i) {
        Happening one;
        one.time = 1000 + i / 100.0;
        one.value = i * 7919 % (i < 20'000 ? 2'999 : 3'500);
        one.kinds = {'a'};
        last[one.value] = one.time;
        const auto found = line.at(one.time, one.json().c_str());
        if (i % 50 != 0 && i > 100) continue;
        double distinct = 0;
        for (const auto& [value, time] : last) distinct += time >= one.time - 100 ? 1 : 0;
        ASSERT_EQ(found.size(), distinct >= 3000 ? 1U : 0U) << i;
        if (!found.empty()) {
            ASSERT_EQ(found[0].value, distinct) << i;
            ++held;
        }
    }
    EXPECT_GT(held, 100U);
    EXPECT_EQ(line.stats("C").cut, 0U);
    EXPECT_LT(line.stats("C").bytes, 3'000'000U);
}

}  // namespace
}  // namespace vg::detect
