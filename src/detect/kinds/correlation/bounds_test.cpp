// What holds when somebody wants it to break: memory, counts of what was given up, reloads, pages of groups, and state
// that does not belong.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/bytes.h"
#include "detect/kinds/correlation/testing.h"

namespace vg::detect {
namespace {

using testing::base_rule;
using testing::Timeline;
using Told = std::vector<std::string>;

std::string rule_of(std::string_view title, std::string_view base, std::string_view timespan = "1h", int gte = 3) {
    return format("title: {0}\nname: {0}\ncorrelation:\n    type: event_count\n    rules: [{1}]\n    group-by: [user]\n    timespan: {2}\n    condition:\n        gte: {3}\n---\n", title, base, timespan, gte);
}
std::string event(std::string_view kind, int user) { return format(R"({{"kind":"{}","user":"user-{}"}})", kind, user); }
std::string id_of_title(const Timeline& line, std::string_view title) {
    for (const RuleInfo* rule : line.loaded.engine->rules())
        if (rule->title == title) return rule->id;
    return {};
}
bool all(const OrganisationId&) { return true; }

TEST(Memory, IsBoundedAndWhatIsGivenUpIsCounted) {
    constexpr std::size_t kBytes = 1'000'000;
    Timeline line{base_rule("fail") + rule_of("C", "fail"), {.memory_bytes = kBytes}};
    for (int i = 0; i < 50'000; ++i) {
        line.at(i / 1000.0, event("fail", i).c_str());
        ASSERT_LE(line.correlator->stats().bytes, kBytes);
    }
    const CorrelatorStats stats = line.correlator->stats();
    EXPECT_EQ(stats.groups + stats.evicted, 50'000U);
    EXPECT_GT(stats.groups, kBytes / 100);  // at most 100 bytes a group
    ASSERT_EQ(stats.victims.size(), 1U);
    EXPECT_EQ(stats.victims[0].groups, stats.evicted);
}

TEST(Memory, IsTakenFromTheOldestOfWhoTakesMost) {
    Timeline line{base_rule("fail") + base_rule("other") + rule_of("Flooded", "fail") + rule_of("Quiet", "other"), {.memory_bytes = 500'000}};
    line.at(0, event("other", 1).c_str());
    line.at(0, event("fail", 1).c_str(), {.source = 2, .organisation = 2});
    line.at(1, event("fail", -1).c_str());
    for (int i = 0; i < 20'000; ++i) line.at(2, event("fail", i).c_str());
    EXPECT_EQ(line.stats("Quiet").evicted, 0U);
    EXPECT_GT(line.stats("Flooded").evicted, 10'000U);
    // The quiet rule and the other organisation still know what they saw; the flood's oldest are gone.
    line.at(3, event("other", 1).c_str());
    EXPECT_EQ(Timeline::told(line.at(4, event("other", 1).c_str())), Told{"Quiet 3 begins"});
    line.at(3, event("fail", 1).c_str(), {.source = 2, .organisation = 2});
    EXPECT_EQ(Timeline::told(line.at(4, event("fail", 1).c_str(), {.source = 2, .organisation = 2})), Told{"Flooded 3 begins"});
    line.at(4, event("fail", -1).c_str());
    EXPECT_TRUE(line.at(5, event("fail", -1).c_str()).empty());
}

TEST(Memory, GroupsThatNoEventCanJoinAnyMoreGoByThemselves) {
    Timeline line{base_rule("fail") + rule_of("C", "fail", "10s"), {.lateness = seconds(60)}};
    for (int i = 0; i < 100'000; ++i) line.at(i, event("fail", i).c_str());
    EXPECT_LT(line.stats("C").groups, 10'000U);
    EXPECT_EQ(line.stats("C").evicted, 0U);
}

TEST(Memory, AFloodInOneGroupIsBounded) {
    Timeline line{base_rule("fail") + rule_of("C", "fail", "1h", 100)};
    std::uint64_t events = 0;
    for (int i = 0; i < 100'000; ++i)
        for (const CorrelationMatch& match : line.at(i / 100.0, event("fail", 1).c_str())) events += match.events.size();
    EXPECT_EQ(events, 100'000U);
    EXPECT_LT(line.stats("C").bytes, 100'000U);
}

TEST(Memory, VeryLongValuesAreCutAndStillTellGroupsApart) {
    Timeline line{base_rule("fail") + rule_of("C", "fail", "1h", 2)};
    const std::string long_value(5000, 'x');
    const auto of = [&](std::string_view end) { return format(R"({{"kind":"fail","user":"{}{}"}})", long_value, end); };
    EXPECT_TRUE(line.at(0, of("a").c_str()).empty());
    EXPECT_TRUE(line.at(0, of("b").c_str()).empty());
    const auto found = line.at(0, of("a").c_str());
    ASSERT_EQ(found.size(), 1U);
    EXPECT_LE(found[0].group[0].second.size(), 255U);
}

TEST(Reload, GroupsOfUnchangedCorrelationsGoOn) {
    const std::string stays = base_rule("fail") + base_rule("other") + rule_of("Stays", "fail");
    Timeline line{stays + rule_of("Changes", "other")};
    for (int i = 0; i < 2; ++i) {
        line.at(i, event("fail", 1).c_str());
        line.at(i, event("other", 1).c_str());
    }
    line.loaded = testing::load(stays + rule_of("Changes", "other", "2h") + rule_of("New", "fail"));
    line.scratch = {};
    line.correlator->use(line.loaded.engine);
    EXPECT_EQ(line.correlator->stats().forgotten, 1U);
    EXPECT_EQ(Timeline::told(line.at(2, event("fail", 1).c_str())), Told{"Stays 3 begins"});
    EXPECT_TRUE(line.at(3, event("other", 1).c_str()).empty());
    // A rule below changes: what it counted is not what it counts now.
    std::string below = stays;
    below.replace(below.find("kind: 'fail'"), 12, "kind: 'Fail'");
    line.loaded = testing::load(below);
    line.scratch = {};
    line.correlator->use(line.loaded.engine);
    EXPECT_EQ(line.correlator->stats().groups, 0U);
}

TEST(Snapshot, OfOtherRulesOrDamagedIsRefused) {
    Timeline line{base_rule("fail") + rule_of("C", "fail")};
    for (int i = 0; i < 50; ++i) line.at(i, event("fail", i % 5).c_str());
    const std::string saved = line.correlator->save();
    Timeline other{base_rule("fail") + rule_of("C", "fail", "2h")};
    EXPECT_FALSE(other.correlator->restore(saved).has_value());
    for (std::size_t at = 0; at < saved.size(); ++at) {
        std::string damaged = saved;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
        ASSERT_FALSE(line.correlator->restore(damaged).has_value()) << at;
        ASSERT_FALSE(line.correlator->restore(saved.substr(0, at)).has_value()) << at;
    }
    EXPECT_EQ(line.correlator->save(), saved);  // as it was
}

TEST(Groups, AreShownByValueInPagesAndToWhomTheyBelong) {
    Timeline line{base_rule("fail") + rule_of("C", "fail", "1h", 10)};
    for (int user = 1; user <= 25; ++user)
        for (int i = 0; i < user; ++i) line.at(i, event("fail", user).c_str());
    for (int i = 0; i < 7; ++i) line.at(i, event("fail", 99).c_str(), {.source = 2, .organisation = 2});
    const std::string rule = id_of_title(line, "C");
    std::vector<double> values;
    std::optional<std::string> after;
    for (int page = 0; page < 10; ++page) {
        const auto found = line.correlator->groups({.rule_id = rule, .visible = [](const OrganisationId& id) { return id.bytes[0] == 1; }, .after = after, .limit = 10});
        ASSERT_TRUE(found.has_value());
        EXPECT_EQ(found->type, "event_count");
        EXPECT_EQ(found->condition, std::vector<std::string>{"gte 10"});
        for (const GroupView& view : found->groups) {
            values.push_back(view.value);
            EXPECT_EQ(view.group[0].second, format("user-{}", view.value));
            EXPECT_EQ(view.holds, view.value >= 10);
            EXPECT_EQ(view.newest, Timeline::time_of(view.value - 1));
            EXPECT_EQ(view.ends, Timeline::time_of(view.value - 1 + 3600));
            EXPECT_EQ(view.events.size(), static_cast<std::size_t>(view.value));
            EXPECT_EQ(view.event_count, view.events.size());
        }
        if (!found->more) break;
        after = found->groups.back().cursor;
    }
    ASSERT_EQ(values.size(), 25U);
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(values[i], static_cast<double>(25 - i));
    EXPECT_EQ(line.correlator->groups({.rule_id = rule, .visible = [](const OrganisationId& id) { return id.bytes[0] == 2; }})->groups.size(), 1U);
    EXPECT_TRUE(line.correlator->groups({.rule_id = rule, .visible = [](const OrganisationId&) { return false; }})->groups.empty());
    EXPECT_FALSE(line.correlator->groups({.rule_id = "nobody", .visible = all}).has_value());
    EXPECT_FALSE(line.correlator->groups({.rule_id = rule, .visible = all, .after = "zz"}).has_value());
}

// One thread correlates, others look on: for the sanitizers.
TEST(Groups, MayBeLookedAtWhileTheyChange) {
    Timeline line{base_rule("fail") + rule_of("C", "fail", "10s"), {.memory_bytes = 1'000'000, .lateness = seconds(5)}};
    const std::string rule = id_of_title(line, "C");
    std::atomic<bool> done{false};
    std::vector<std::jthread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&] {
            while (!done) {
                EXPECT_TRUE(line.correlator->groups({.rule_id = rule, .visible = all, .limit = 5}).has_value());
                EXPECT_LE(line.correlator->stats().bytes, 1'000'000U);
                EXPECT_FALSE(line.correlator->save().empty());
            }
        });
    for (int i = 0; i < 3'000; ++i) line.at(i / 50.0, event("fail", i % 700).c_str());
    done = true;
}

}  // namespace
}  // namespace vg::detect
