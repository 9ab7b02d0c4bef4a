#include "hunts/new_rules.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/text.h"
#include "store/state_fixture.h"

namespace vg::hunts {
namespace {

std::string rule_text(int number, std::string_view value) {
    return format("title: Rule {0}\nid: 929a690e-bef0-4204-a928-{0:012}\nlogsource: {{product: windows}}\ndetection:\n  a: {{CommandLine: '{1}'}}\n  condition: a\n", number, value);
}

std::shared_ptr<const detect::Engine> engine_of(const std::vector<std::string>& texts) {
    std::vector<detect::RuleFile> files;
    for (std::size_t i = 0; i < texts.size(); ++i) files.push_back({format("{}.yaml", i), texts[i]});
    detect::LoadReport report;
    auto engine = detect::Engine::make(files, {}, report);
    EXPECT_TRUE(engine && report.refused.empty()) << (report.refused.empty() ? "" : report.refused.front().reason);
    return *engine;
}

const Time kNow{std::int64_t{1'750'000'000} * 1'000'000};

std::vector<Hunt> hunts_of(const std::vector<std::string>& was, const std::vector<std::string>& is) {
    const auto before = engine_of(was), after = engine_of(is);
    SystemRandom random;
    return of_new_rules({.was = *before, .is = *after, .since = event::Position{77}, .days = 30}, random, kNow);
}

TEST(NewRules, NothingIsAskedWhenNothingIsNew) {
    EXPECT_TRUE(hunts_of({rule_text(1, "x"), rule_text(2, "y")}, {rule_text(2, "y"), rule_text(1, "x")}).empty());
    EXPECT_TRUE(hunts_of({rule_text(1, "x"), rule_text(2, "y")}, {rule_text(1, "x")}).empty());
}

TEST(NewRules, OfTheNewAndTheChangedOneHuntIsMade) {
    const auto hunts = hunts_of({rule_text(1, "x"), rule_text(2, "y")}, {rule_text(1, "x"), rule_text(2, "z"), rule_text(3, "x")});
    ASSERT_EQ(hunts.size(), 1U);
    const Hunt& hunt = hunts[0];
    EXPECT_EQ(hunt.values, 2);
    EXPECT_EQ(hunt.name, "Rule 2 (+1)");
    EXPECT_EQ(hunt.what, What::rules);
    EXPECT_EQ(hunt.origin, Origin::rules);
    EXPECT_EQ(hunt.state, State::queued);
    EXPECT_TRUE(hunt.records);
    EXPECT_EQ(hunt.before.value, 77U);
    EXPECT_EQ(hunt.below.value, 77U);
    EXPECT_EQ(hunt.from, kNow - days(30));
    const json::Value* texts = hunt.asked.find("rules");
    ASSERT_NE(texts, nullptr);
    ASSERT_EQ(texts->as_array().size(), 2U);
    EXPECT_NE(texts->as_array()[0].text("text")->find("'z'"), std::string_view::npos);
}

TEST(NewRules, ThoseThatCountEventsAndTheirPartsAreLeftOut) {
    const std::string counting =
        "title: Many\nid: 929a690e-bef0-4204-a928-000000000009\ncorrelation:\n  type: event_count\n  rules: [929a690e-bef0-4204-a928-000000000001]\n  group-by: [User]\n  timespan: 5m\n  condition: {gte: 3}\n";
    EXPECT_TRUE(hunts_of({}, {rule_text(1, "x"), counting}).empty());
    ASSERT_EQ(hunts_of({}, {rule_text(1, "x"), rule_text(2, "x"), counting}).size(), 1U);
}

TEST(NewRules, ManyBecomeSeveralHunts) {
    std::vector<std::string> many;
    for (int i = 0; i < 2'500; ++i) many.push_back(rule_text(i, format("v{}", i)));
    const auto hunts = hunts_of({}, many);
    ASSERT_EQ(hunts.size(), 3U);
    EXPECT_EQ(hunts[0].values, 1'000);
    EXPECT_EQ(hunts[1].values, 1'000);
    EXPECT_EQ(hunts[2].values, 500);
    EXPECT_EQ(hunts[2].asked.find("rules")->as_array().size(), 500U);
}

}  // namespace
}  // namespace vg::hunts
