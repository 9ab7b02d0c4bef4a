// What the corpora do not ask: bounds, hostile patterns, observations with an extent in time.
#include "detect/kinds/stix/pattern.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "detect/kinds/stix/evaluate.h"

namespace vg::detect::stix {
namespace {

json::Value observed(std::string_view first, std::string_view last, int number, std::string_view name) {
    return json::object({{"type", "observed-data"},
                         {"first_observed", first},
                         {"last_observed", last},
                         {"number_observed", number},
                         {"objects", json::object({{"0", json::object({{"type", "file"}, {"name", name}, {"size", 1024}})}})}});
}

Result<bool> ask(std::string_view pattern, const json::Value& document) {
    const auto parsed = parse_pattern(pattern);
    if (!parsed) return tl::unexpected<Error>{parsed.error()};
    const auto seen = read_observations(document);
    if (!seen) return tl::unexpected<Error>{seen.error()};
    return matches(*parsed, *seen);
}

TEST(Pattern, RefusesTooDeepAndTooLong) {
    const auto deep = parse_pattern("[" + std::string(100, '(') + "a:b = 1" + std::string(100, ')') + "]");
    ASSERT_FALSE(deep);
    EXPECT_EQ(deep.error().code, Code::too_large);
    EXPECT_EQ(parse_pattern(std::string(2 << 20, ' ')).error().code, Code::too_large);
    std::string many = "[a:b IN (1";
    for (int i = 0; i < 30'000; ++i) many += ",1";
    EXPECT_EQ(parse_pattern(many + ")]").error().code, Code::too_large);
}

TEST(Pattern, TellsThePlaceOfAMistake) {
    const auto wrong = parse_pattern("[file:name = 'a' XOR file:size = 1]");
    ASSERT_FALSE(wrong);
    EXPECT_TRUE(wrong.error().text.starts_with("at 18: ")) << wrong.error().text;
}

TEST(Pattern, ReadsCommentsAndUnusualSigns) {
    const auto document = json::array({observed("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z", 1, "a.exe")});
    EXPECT_TRUE(*ask("[ /* name */ file:name == 'a.exe' AND file:size <> +5 ] // end", document));
    EXPECT_TRUE(*ask("[file:'name' LIKE '%.e_e' AND EXISTS file:size AND NOT EXISTS file:hashes]", document));
    EXPECT_FALSE(*ask("[NOT EXISTS file:size]", document));
    EXPECT_TRUE(*ask("[file:size > -.5]", document));
}

TEST(Pattern, SaysWhichExpressionCannotBeRun) {
    const auto pattern = parse_pattern(R"([file:name MATCHES '(a)\\1'])");
    ASSERT_TRUE(pattern);
    ASSERT_EQ(check(*pattern).size(), 1U);
    EXPECT_FALSE(ask(R"([file:name MATCHES '(a)\\1'])", json::array({observed("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z", 1, "aa")})));
}

// 9.5: WITHIN asks whether moments can be chosen, FOLLOWEDBY that the second is not before the first.
TEST(Pattern, ObservationsWithAnExtentLieNearWhenTheirEdgesDo) {
    const auto document = json::array({observed("2020-01-01T00:00:00Z", "2020-01-01T00:00:10Z", 1, "a"), observed("2020-01-01T00:00:15Z", "2020-01-01T00:00:30Z", 1, "b")});
    EXPECT_TRUE(*ask("([file:name = 'a'] AND [file:name = 'b']) WITHIN 5 SECONDS", document));
    EXPECT_FALSE(*ask("([file:name = 'a'] AND [file:name = 'b']) WITHIN 4.9 SECONDS", document));
    EXPECT_TRUE(*ask("[file:name = 'a'] FOLLOWEDBY [file:name = 'b']", document));
    EXPECT_FALSE(*ask("[file:name = 'b'] FOLLOWEDBY [file:name = 'a']", document));
    EXPECT_TRUE(*ask("[file:name = 'a'] START t'2020-01-01T00:00:10Z' STOP t'2020-01-01T00:00:20Z'", document));
    EXPECT_FALSE(*ask("[file:name = 'a'] START t'2020-01-01T00:00:10.1Z' STOP t'2020-01-01T00:00:20Z'", document));
}

TEST(Pattern, RepeatsCountObservationsAndTheirNumbers) {
    const auto document = json::array({observed("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z", 2, "a"), observed("2020-01-01T00:01:00Z", "2020-01-01T00:01:00Z", 1, "a")});
    EXPECT_TRUE(*ask("[file:name = 'a'] REPEATS 3 TIMES", document));
    EXPECT_FALSE(*ask("[file:name = 'a'] REPEATS 4 TIMES", document));
    EXPECT_TRUE(*ask("[file:name = 'a'] REPEATS 2 TIMES WITHIN 1 SECONDS", document));
    EXPECT_FALSE(*ask("[file:name = 'a'] REPEATS 3 TIMES WITHIN 59 SECONDS", document));
    EXPECT_TRUE(*ask("[file:name = 'a'] REPEATS 3 TIMES WITHIN 60 SECONDS", document));
    EXPECT_FALSE(*ask("[file:name = 'a'] REPEATS 2 TIMES AND [file:size = 1024] REPEATS 2 TIMES", document));
    EXPECT_TRUE(*ask("[file:name = 'a'] REPEATS 2 TIMES AND [file:size = 1024]", document));
}

// Ten within 8 seconds of observations a second apart: no choice of them fits, and that is seen at once.
TEST(Pattern, RepeatsThatCannotFitAreSeenWithoutTryingAll) {
    json::Array observations;
    for (int i = 0; i < 1'000; ++i) {
        const auto time = format("2020-01-01T00:{:02}:{:02}Z", i / 60, i % 60);
        observations.push_back(observed(time, time, 1, "a"));
    }
    EXPECT_FALSE(*ask("[file:name = 'a'] REPEATS 10 TIMES WITHIN 8 SECONDS", json::Value{observations}));
    EXPECT_TRUE(*ask("[file:name = 'a'] REPEATS 9 TIMES WITHIN 8 SECONDS", json::Value{observations}));
}

TEST(Pattern, EvaluationIsBounded) {
    json::Array observations;
    for (int i = 0; i < 60; ++i) observations.push_back(observed("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z", 1, "a"));
    std::string pattern = "([file:name = 'a']";
    for (int i = 0; i < 30; ++i) pattern += " AND [file:name = 'a']";
    const auto answer = ask(pattern + " AND [file:name = 'b']) OR [file:name = 'c']", json::Value{observations});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::too_large);
    // Objects that refer to each other in a circle end with the path.
    const auto circle = json::parse(R"([{"type":"x","a_ref":"x--1","id":"x--1"}])");
    EXPECT_FALSE(*ask("[x:a_ref.a_ref.a_ref.a_ref = 'y']", *circle));
}

TEST(Pattern, AndAsksOneObject) {
    const auto two = json::parse(R"([{"type":"observed-data","objects":{"0":{"type":"ipv4-addr","value":"198.51.100.5"},"1":{"type":"ipv4-addr","value":"198.51.100.10"}}}])");
    EXPECT_FALSE(*ask("[ipv4-addr:value = '198.51.100.5' AND ipv4-addr:value = '198.51.100.10']", *two));
    EXPECT_TRUE(*ask("[ipv4-addr:value = '198.51.100.5' OR ipv4-addr:value = '198.51.100.10']", *two));
}

}  // namespace
}  // namespace vg::detect::stix
