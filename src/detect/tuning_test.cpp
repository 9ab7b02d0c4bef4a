#include "detect/tuning.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "detect/kinds/sigma/testing.h"

namespace vg::detect {
namespace {

std::string rule(char digit, std::string_view value) {
    return format("title: Rule {}\nid: 929A690E-bef0-4204-a928-ef5e620d6fc{}\nlogsource:\n    category: test\ndetection:\n    a:\n        f: {}\n    condition: a\n", digit, digit, value);
}
std::string id(char digit) { return format("929a690e-bef0-4204-a928-ef5e620d6fc{}", digit); }

TEST(Tuning, ComparesTwoSetsById) {
    const std::vector<RuleFile> before{{"a.yml", rule('1', "x") + "---\n" + rule('2', "x")}, {"b.yml", rule('3', "x")}};
    const std::vector<RuleFile> after{{"moved/a.yml", rule('1', "x")}, {"c.yml", "---\n" + rule('3', "y") + "---\n" + rule('4', "x")}};
    const Difference found = compare(before, after);
    EXPECT_EQ(found.same, 1U) << "a rule that stands in another file is the same";
    EXPECT_EQ(found.added, (std::vector<NamedRule>{{id('4'), "Rule 4"}}));
    EXPECT_EQ(found.changed, (std::vector<NamedRule>{{id('3'), "Rule 3"}}));
    EXPECT_EQ(found.removed, (std::vector<NamedRule>{{id('2'), "Rule 2"}}));
}

TEST(Tuning, LineEndsMakeNoDifference) {
    std::string windows;
    for (const char c : rule('1', "x")) windows += c == '\n' ? std::string{"\r\n"} : std::string{c};
    EXPECT_EQ(compare(std::vector<RuleFile>{{"a", rule('1', "x")}}, std::vector<RuleFile>{{"a", windows + "\n\n"}}).same, 1U);
}

TEST(Tuning, TakesARuleOutAndLeavesTheLines) {
    for (const std::string& text : {rule('1', "x") + "---\n" + rule('2', "x") + "---\n" + rule('3', "x"), "---\n" + rule('1', "x") + "---\n" + rule('2', "x") + "---\n" + rule('3', "x") + "\n"})
        for (const char out : {'1', '2', '3'}) {
            const std::string left = without_rules(text, {id(out)});
            EXPECT_EQ(std::count(left.begin(), left.end(), '\n'), std::count(text.begin(), text.end(), '\n'));
            const auto loaded = testing::load(left);
            EXPECT_TRUE(loaded.report.refused.empty()) << loaded.report.refused[0].reason << "\n" << left;
            EXPECT_TRUE(loaded.report.warnings.empty());
            ASSERT_EQ(loaded.engine->rules().size(), 2U) << left;
            for (const RuleInfo* one : loaded.engine->rules()) {
                EXPECT_NE(one->id, id(out));
                EXPECT_NE(one->text.find(format("Rule {}", one->id.back())), std::string::npos);
            }
        }
    EXPECT_EQ(without_rules(rule('1', "x"), {id('1')}), "");
    EXPECT_EQ(without_rules(rule('1', "x"), {id('2')}), rule('1', "x"));
}

TEST(Tuning, KnowsRulesFromOtherYaml) {
    EXPECT_TRUE(holds_rules(rule('1', "x")));
    EXPECT_FALSE(holds_rules("on: push\njobs: {}\n"));
    EXPECT_FALSE(holds_rules(": no yaml ["));
    EXPECT_TRUE(holds_rules("title: broken\ndetection: [\n"));
}

}  // namespace
}  // namespace vg::detect
