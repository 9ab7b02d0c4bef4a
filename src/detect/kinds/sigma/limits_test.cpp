// Limits of work: what is too much is put off, not answered wrongly, and answered the same when it is asked again.
#include <gtest/gtest.h>

#include "detect/kinds/kind.h"
#include "detect/kinds/sigma/testing.h"

namespace vg::detect::sigma {
namespace {

using detect::testing::JsonEvent;
using detect::testing::load;

constexpr std::uint64_t kMega = 1 << 20;

struct Fixed final : Purse {
    explicit Fixed(std::uint64_t work) : each(work) {}
    std::uint64_t most() override { return each; }
    void pay(std::uint64_t work) override { paid.push_back(work); }
    std::uint64_t each;
    std::vector<std::uint64_t> paid;
};

std::string rule_of(char last, std::string_view detection) {
    return format("---\ntitle: Rule {}\nid: 929a690e-bef0-4204-a928-ef5e620d6fc{}\nlogsource:\n    category: test\ndetection:\n{}", last, last, detection);
}

std::vector<std::string> titles(const std::vector<Match>& matches) {
    std::vector<std::string> all;
    for (const Match& match : matches) all.push_back(match.rule->title);
    return all;
}
std::vector<std::string> titles(const std::vector<PutOff>& rules) {
    std::vector<std::string> all;
    for (const PutOff& rule : rules) all.push_back(rule.rule->title);
    return all;
}
using Titles = std::vector<std::string>;

// A long value and many expressions: each may look at all of it. The small rule beside it is not affected.
TEST(Limits, AHostileValueIsPutOffAndFoundWhenItIsAskedAgain) {
    std::string expressions;
    for (int i = 0; i < 20; ++i) expressions += format("            - 'x{}[a-c]+y'\n", i);
    const auto loaded = load(rule_of('1', "    selection:\n        CommandLine|re:\n" + expressions + "            - 'aend$'\n    condition: selection\n") +
                             rule_of('2', "    selection:\n        Image|endswith: whoami.exe\n    condition: selection\n"));
    ASSERT_EQ(loaded.report.loaded, 2U);
    json::Value value = json::object({{"Image", "C:\\whoami.exe"}, {"CommandLine", std::string(2 * kMega, 'a') + "end"}});
    const JsonEvent made{value};

    Scratch scratch;
    std::vector<Match> matches;
    std::vector<PutOff> put_off, unanswered;
    loaded.engine->match(made.event, scratch, {.pair = 4 * kMega, .event = 32 * kMega}, matches, put_off);
    EXPECT_EQ(titles(matches), Titles{"Rule 2"});
    EXPECT_EQ(titles(put_off), Titles{"Rule 1"});

    Fixed enough{1024 * kMega};
    loaded.engine->match_again(put_off, made.event, scratch, enough, matches, unanswered);
    EXPECT_EQ(titles(matches), (Titles{"Rule 1", "Rule 2"}));
    EXPECT_EQ(matches[0].matched.at(0).pattern, "aend$");
    EXPECT_TRUE(unanswered.empty());
    ASSERT_EQ(enough.paid.size(), 1U);
    EXPECT_GT(enough.paid[0], 40 * kMega);  // twenty expressions looked at two million bytes each

    // Too little: nothing is said about the rule, and it is named.
    matches.clear();
    Fixed little{4 * kMega};
    loaded.engine->match_again(put_off, made.event, scratch, little, matches, unanswered);
    EXPECT_TRUE(matches.empty());
    EXPECT_EQ(titles(unanswered), Titles{"Rule 1"});
    EXPECT_EQ(little.paid, std::vector<std::uint64_t>{4 * kMega});
}

TEST(Limits, AListOfVeryManyValuesIsPutOff) {
    std::string values;
    for (int i = 0; i < 100; ++i) values += format("            - 'bad-{}.example'\n", i);
    const auto loaded = load(rule_of('1', "    selection:\n        Host|contains:\n" + values + "    condition: selection\n"));
    json::Array hosts;
    for (int i = 0; i < 100'000; ++i) hosts.emplace_back(format("h{}", i));
    hosts.emplace_back("bad-99.example");
    const JsonEvent made{json::object({{"Host", std::move(hosts)}})};
    Scratch scratch;
    std::vector<Match> matches;
    std::vector<PutOff> put_off, unanswered;
    loaded.engine->match(made.event, scratch, {.pair = 4 * kMega, .event = 32 * kMega}, matches, put_off);
    EXPECT_TRUE(matches.empty());
    EXPECT_EQ(titles(put_off), Titles{"Rule 1"});
    Fixed enough{1024 * kMega};
    loaded.engine->match_again(put_off, made.event, scratch, enough, matches, unanswered);
    EXPECT_EQ(titles(matches), Titles{"Rule 1"});
}

// Every value of one field against every value of another.
TEST(Limits, FieldsWithManyValuesThatAreComparedWithOneAnotherArePutOff) {
    const auto loaded = load(rule_of('1', "    selection:\n        A|fieldref: B\n    condition: selection\n"));
    json::Array a, b;
    for (int i = 0; i < 3000; ++i) {
        a.emplace_back(format("a{}", i));
        b.emplace_back(format("b{}", i));
    }
    const JsonEvent made{json::object({{"A", std::move(a)}, {"B", std::move(b)}})};
    Scratch scratch;
    std::vector<Match> matches;
    std::vector<PutOff> put_off;
    loaded.engine->match(made.event, scratch, {.pair = 4 * kMega}, matches, put_off);
    EXPECT_EQ(titles(put_off), Titles{"Rule 1"});
}

// One unit for the value of the rule, one for the value of the event, ten for its bytes; said once more for the fields that matched.
TEST(Limits, WorkIsCountedAsItSays) {
    const auto loaded = load(rule_of('1', "    selection:\n        F|contains: ab\n    condition: selection\n"));
    const JsonEvent made{R"({"F":"........ab"})"};
    Scratch scratch;
    for (const std::uint64_t pair : {11U, 12U}) {
        std::vector<Match> matches;
        std::vector<PutOff> put_off;
        Fixed again{pair};
        loaded.engine->match(made.event, scratch, {.pair = pair - 1}, matches, put_off);
        ASSERT_EQ(put_off.size(), 1U);
        std::vector<PutOff> unanswered;
        loaded.engine->match_again(put_off, made.event, scratch, again, matches, unanswered);
        EXPECT_EQ(matches.size(), pair == 12 ? 1U : 0U);
        EXPECT_EQ(again.paid, std::vector<std::uint64_t>{pair});
    }
}

TEST(Limits, AllRulesTogetherStayWithinTheEventsLimit) {
    std::string rules;
    for (const char last : {'1', '2', '3', '4'}) rules += rule_of(last, "    selection:\n        F|re: 'b.*c'\n    condition: selection\n");
    const auto loaded = load(rules);
    const JsonEvent made{json::object({{"F", "b" + std::string(1000, 'a') + "c"}})};
    Scratch scratch;
    const auto put_off_at = [&](std::uint64_t limit) {
        std::vector<Match> matches;
        std::vector<PutOff> put_off;
        loaded.engine->match(made.event, scratch, {.event = limit}, matches, put_off);
        EXPECT_EQ(matches.size() + put_off.size(), 4U);
        return put_off.size();
    };
    EXPECT_EQ(put_off_at(0), 4U);
    EXPECT_EQ(put_off_at(UINT64_MAX), 0U);
    std::size_t before = 4;
    bool between = false;
    for (std::uint64_t limit = 500; limit < 40'000; limit += 500) {
        const std::size_t now = put_off_at(limit);
        EXPECT_LE(now, before);
        between = between || (now > 0 && now < 4);
        before = now;
    }
    EXPECT_TRUE(between);
    EXPECT_EQ(before, 0U);
}

// Whatever a rule may take: it is unanswered, or it matches as it does without limits; the items named are some of the same.
TEST(Limits, WhatIsCutShortIsNeverWrong) {
    const auto loaded = load(rule_of('1',
                                     "    one:\n        A|neq: x\n        B|contains: ['c', 'd']\n"
                                     "    two:\n        C|re: 'e+f'\n        D|exists: true\n"
                                     "    not_there:\n        E: null\n        A|startswith: 'q'\n"
                                     "    condition: (one or two) and not not_there\n"));
    ASSERT_EQ(loaded.report.loaded, 1U);
    std::size_t cut = 0, whole = 0;
    for (const char* text : {R"({"A":["y","z"],"B":"...d","C":"eeef","D":null})", R"({"A":"x","B":"d","C":["e","ef"],"D":1})", R"({"A":"q","B":"d","C":"ef","D":1})", R"({"A":"y"})"}) {
        const JsonEvent made{text};
        const auto full = detect::testing::match(*loaded.engine, made.event);
        Scratch scratch;
        const auto kinds = all_kinds();
        const auto sigma = std::find_if(kinds.begin(), kinds.end(), [](const Kind* kind) { return std::string_view{kind->name} == "sigma"; });
        ASSERT_NE(sigma, kinds.end());
        const std::vector<PutOff> put_off{{loaded.engine->rules()[0], static_cast<std::uint32_t>(sigma - kinds.begin()), 0}};
        for (std::uint64_t limit = 0; limit < 200; ++limit) {
            std::vector<Match> matches;
            std::vector<PutOff> unanswered;
            Fixed purse{limit};
            loaded.engine->match_again(put_off, made.event, scratch, purse, matches, unanswered);
            if (!unanswered.empty()) {
                EXPECT_TRUE(matches.empty());
                ++cut;
                continue;
            }
            ASSERT_EQ(matches.size(), full.size()) << text << " " << limit;
            if (full.empty()) continue;
            ++whole;
            for (const MatchedField& one : matches[0].matched)
                EXPECT_TRUE(std::any_of(full[0].matched.begin(), full[0].matched.end(), [&](const MatchedField& other) {
                    return one.field == other.field && one.value == other.value && one.pattern == other.pattern;
                })) << text << " " << limit << " " << one.field;
        }
    }
    EXPECT_GT(cut, 10U);
    EXPECT_GT(whole, 100U);
}

}  // namespace
}  // namespace vg::detect::sigma
