// Worked timelines: what each type of correlation says at each second. The expected values are worked out by hand from
// the specification; where it is silent, from docs/detection.md.
#include "detect/correlator.h"

#include <gtest/gtest.h>

#include "detect/kinds/correlation/testing.h"

namespace vg::detect {
namespace {

using testing::base_rule;
using testing::Timeline;
using Told = std::vector<std::string>;

std::string correlation(std::string_view body) { return format("title: C\nid: 0e95725d-7320-415d-80f7-004da920fc11\ncorrelation:\n{}", body); }

const std::string kThree = base_rule("fail") + correlation("    type: event_count\n    rules: [fail]\n    group-by: [user]\n    timespan: 10s\n    condition:\n        gte: 3\n");

TEST(EventCount, HoldsFromTheThirdEventWithinTheTimespan) {
    Timeline line{kThree};
    EXPECT_EQ(Timeline::told(line.at(0, R"({"kind":"fail","user":"an"})")), Told{});
    EXPECT_EQ(Timeline::told(line.at(4, R"({"kind":"fail","user":"an"})")), Told{});
    EXPECT_EQ(Timeline::told(line.at(5, R"({"kind":"fail","user":"binh"})")), Told{});
    const auto third = line.at(10, R"({"kind":"fail","user":"an"})");  // 0 to 10: both ends belong to the window
    EXPECT_EQ(Timeline::told(third), Told{"C 3 begins"});
    EXPECT_EQ(Timeline::positions(third[0]), (std::vector<std::uint64_t>{0, 1, 3}));
    ASSERT_EQ(third[0].group.size(), 1U);
    EXPECT_EQ(third[0].group[0].first, "user");
    EXPECT_EQ(third[0].group[0].second, "an");
    const auto fourth = line.at(11, R"({"kind":"fail","user":"an"})");  // 0 is out: 4, 10, 11
    EXPECT_EQ(Timeline::told(fourth), Told{"C 3"});
    EXPECT_EQ(Timeline::positions(fourth[0]), std::vector<std::uint64_t>{4});
}

TEST(EventCount, DoesNotHoldJustBeyondTheTimespan) {
    Timeline line{kThree};
    EXPECT_TRUE(line.at(0, R"({"kind":"fail","user":"an"})").empty());
    EXPECT_TRUE(line.at(5, R"({"kind":"fail","user":"an"})").empty());
    EXPECT_TRUE(line.at(10.000001, R"({"kind":"fail","user":"an"})").empty());
}

TEST(EventCount, IsNotRestrictedToFixedBoundaries) {
    Timeline line{kThree};
    EXPECT_TRUE(line.at(8, R"({"kind":"fail","user":"an"})").empty());
    EXPECT_TRUE(line.at(9, R"({"kind":"fail","user":"an"})").empty());
    EXPECT_EQ(Timeline::told(line.at(12, R"({"kind":"fail","user":"an"})")), Told{"C 3 begins"});  // 8, 9 | 12
}

TEST(EventCount, OneBruteForceIsOneMatchThatGrows) {
    Timeline line{kThree};
    std::size_t begins = 0, events = 0;
    for (int i = 0; i < 1000; ++i)
        for (const CorrelationMatch& match : line.at(i, R"({"kind":"fail","user":"an"})")) {
            begins += match.begins ? 1 : 0;
            events += match.events.size();
        }
    EXPECT_EQ(begins, 1U);
    EXPECT_EQ(events, 1000U);
    EXPECT_TRUE(line.at(2000, R"({"kind":"fail","user":"an"})").empty());
    EXPECT_TRUE(line.at(2001, R"({"kind":"fail","user":"an"})").empty());
    const auto again = line.at(2002, R"({"kind":"fail","user":"an"})");
    EXPECT_EQ(Timeline::told(again), Told{"C 3 begins"});
    EXPECT_EQ(Timeline::positions(again[0]), (std::vector<std::uint64_t>{1000, 1001, 1002}));
}

TEST(EventCount, APauseShorterThanTheTimespanDoesNotEndTheMatch) {
    Timeline line{kThree};
    for (const double second : {0.0, 1.0, 2.0}) line.at(second, R"({"kind":"fail","user":"an"})");
    EXPECT_TRUE(line.at(11.5, R"({"kind":"fail","user":"an"})").empty());  // 2, 11.5
    const auto more = line.at(12, R"({"kind":"fail","user":"an"})");      // 2, 11.5, 12
    EXPECT_EQ(Timeline::told(more), Told{"C 3"});
    EXPECT_EQ(Timeline::positions(more[0]), (std::vector<std::uint64_t>{3, 4}));
}

TEST(EventCount, ARangeHoldsBetweenItsBounds) {
    Timeline line{base_rule("fail") + correlation("    type: event_count\n    rules: [fail]\n    group-by: [user]\n    timespan: 1h\n    condition:\n        gt: 2\n        lte: 4\n")};
    std::vector<std::size_t> held;
    for (int i = 0; i < 6; ++i) held.push_back(line.at(i, R"({"kind":"fail","user":"an"})").size());
    EXPECT_EQ(held, (std::vector<std::size_t>{0, 0, 1, 1, 0, 0}));
}

TEST(EventCount, EachComparisonIsAskedAtEachEvent) {
    const auto held = [](std::string_view condition) {
        Timeline line{base_rule("fail") + correlation(format("    type: event_count\n    rules: [fail]\n    group-by: [user]\n    timespan: 1h\n    condition:\n        {}\n", condition))};
        std::string at;
        for (int i = 1; i <= 4; ++i)
            if (!line.at(i, R"({"kind":"fail","user":"an"})").empty()) at += std::to_string(i);
        return at;
    };
    EXPECT_EQ(held("gt: 2"), "34");
    EXPECT_EQ(held("gte: 2"), "234");
    EXPECT_EQ(held("lt: 3"), "12");
    EXPECT_EQ(held("lte: 3"), "123");
    EXPECT_EQ(held("eq: 3"), "3");
    EXPECT_EQ(held("neq: 3"), "124");
}

TEST(EventCount, AnEventThatTwoOfItsRulesMatchCountsOnce) {
    Timeline line{base_rule("fail") + "title: All\nname: all\nlogsource:\n    category: test\ndetection:\n    selection:\n        kind|exists: true\n    condition: selection\n---\n" +
                  correlation("    type: event_count\n    rules: [fail, all]\n    group-by: [user]\n    timespan: 10s\n    condition:\n        gte: 3\n")};
    EXPECT_TRUE(line.at(0, R"({"kind":"fail","user":"an"})").empty());
    EXPECT_TRUE(line.at(1, R"({"kind":"fail","user":"an"})").empty());
    EXPECT_EQ(Timeline::told(line.at(2, R"({"kind":"fail","user":"an"})")), Told{"C 3 begins"});
}

TEST(Groups, AreByAllFieldsWithoutRegardToCase) {
    Timeline line{base_rule("fail") + correlation("    type: event_count\n    rules: [fail]\n    group-by: [user, domain]\n    timespan: 10s\n    condition:\n        gte: 2\n")};
    EXPECT_TRUE(line.at(0, R"({"kind":"fail","user":"An","domain":"x"})").empty());
    EXPECT_TRUE(line.at(1, R"({"kind":"fail","user":"an","domain":"y"})").empty());
    EXPECT_TRUE(line.at(1, R"({"kind":"fail","user":"anx","domain":""})").empty());
    EXPECT_EQ(Timeline::told(line.at(2, R"({"kind":"fail","user":"AN","domain":"X"})")), Told{"C 2 begins"});
    EXPECT_EQ(line.stats("C").keyless, 1U);
}

TEST(Groups, OfOrganisationsNeverMix) {
    Timeline line{kThree};
    EXPECT_TRUE(line.at(0, R"({"kind":"fail","user":"an"})", {.source = 1, .organisation = 1}).empty());
    EXPECT_TRUE(line.at(1, R"({"kind":"fail","user":"an"})", {.source = 2, .organisation = 2}).empty());
    EXPECT_TRUE(line.at(2, R"({"kind":"fail","user":"an"})", {.source = 1, .organisation = 1}).empty());
    EXPECT_TRUE(line.at(3, R"({"kind":"fail","user":"an"})", {.source = 2, .organisation = 2}).empty());
    EXPECT_EQ(Timeline::told(line.at(4, R"({"kind":"fail","user":"an"})", {.source = 1, .organisation = 1})), Told{"C 3 begins"});
}

TEST(Groups, WithoutAFieldOfGroupByAnEventIsInNoGroup) {
    Timeline line{kThree};
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(line.at(i, R"({"kind":"fail"})").empty());
    EXPECT_EQ(line.stats("C").keyless, 5U);
    EXPECT_EQ(line.stats("C").groups, 0U);
}

TEST(ValueCount, CountsWhatDiffersInTheWindow) {
    Timeline line{base_rule("fail") + correlation("    type: value_count\n    rules: [fail]\n    group-by: [source]\n    timespan: 10s\n    condition:\n        field: user\n        gte: 3\n")};
    EXPECT_TRUE(line.at(0, R"({"kind":"fail","source":"s","user":"a"})").empty());
    EXPECT_TRUE(line.at(1, R"({"kind":"fail","source":"s","user":"b"})").empty());
    EXPECT_TRUE(line.at(2, R"({"kind":"fail","source":"s","user":"A"})").empty());
    EXPECT_TRUE(line.at(11.5, R"({"kind":"fail","source":"s","user":"c"})").empty());  // 2 a, 11.5 c
    EXPECT_TRUE(line.at(12.5, R"({"kind":"fail","source":"s","user":"d"})").empty());  // 11.5 c, 12.5 d
    EXPECT_EQ(Timeline::told(line.at(13, R"({"kind":"fail","source":"s","user":"e"})")), Told{"C 3 begins"});
    EXPECT_TRUE(line.at(14, R"({"kind":"fail","source":"s"})").empty());
    EXPECT_EQ(line.stats("C").valueless, 1U);
}

TEST(ValueCount, SeveralFieldsAreOneValue) {
    Timeline line{base_rule("fail") + correlation("    type: value_count\n    rules: [fail]\n    group-by: [source]\n    timespan: 10s\n    condition:\n        field: [user, host]\n        gte: 3\n")};
    EXPECT_TRUE(line.at(0, R"({"kind":"fail","source":"s","user":"a","host":"x"})").empty());
    EXPECT_TRUE(line.at(1, R"({"kind":"fail","source":"s","user":"a","host":"y"})").empty());
    EXPECT_TRUE(line.at(2, R"({"kind":"fail","source":"s","user":"a","host":"x"})").empty());
    EXPECT_EQ(Timeline::told(line.at(3, R"({"kind":"fail","source":"s","user":"b","host":"x"})")), Told{"C 3 begins"});
}

const std::string kAbc = base_rule("a") + base_rule("b") + base_rule("c");

TEST(Temporal, WantsAllRulesInAnyOrder) {
    Timeline line{kAbc + correlation("    type: temporal\n    rules: [a, b, c]\n    group-by: [host]\n    timespan: 5m\n")};
    EXPECT_TRUE(line.at(0, R"({"kind":"c","host":"h"})").empty());
    EXPECT_TRUE(line.at(10, R"({"kind":"a","host":"h"})").empty());
    EXPECT_TRUE(line.at(20, R"({"kind":"b","host":"other"})").empty());
    EXPECT_TRUE(line.at(301, R"({"kind":"b","host":"h"})").empty());  // c is out
    EXPECT_EQ(Timeline::told(line.at(302, R"({"kind":"c","host":"h"})")), Told{"C 3 begins"});
}

TEST(Temporal, AConditionCountsTheRules) {
    Timeline line{kAbc + correlation("    type: temporal\n    rules: [a, b, c]\n    group-by: [host]\n    timespan: 5m\n    condition:\n        gte: 2\n")};
    EXPECT_TRUE(line.at(0, R"({"kind":"a","host":"h"})").empty());
    EXPECT_TRUE(line.at(1, R"({"kind":"a","host":"h"})").empty());
    EXPECT_EQ(Timeline::told(line.at(2, R"({"kind":"b","host":"h"})")), Told{"C 2 begins"});
}

TEST(TemporalOrdered, WantsTheOrder) {
    const std::string rules = kAbc + correlation("    type: temporal_ordered\n    rules: [a, b, c]\n    group-by: [host]\n    timespan: 5m\n");
    Timeline line{rules};
    EXPECT_TRUE(line.at(0, R"({"kind":"b","host":"h"})").empty());
    EXPECT_TRUE(line.at(1, R"({"kind":"a","host":"h"})").empty());
    EXPECT_TRUE(line.at(2, R"({"kind":"c","host":"h"})").empty());
    EXPECT_TRUE(line.at(3, R"({"kind":"b","host":"h"})").empty());
    EXPECT_EQ(Timeline::told(line.at(4, R"({"kind":"c","host":"h"})")), Told{"C 3 begins"});
    Timeline moment{rules};  // in one moment any order will do
    EXPECT_TRUE(moment.at(1, R"({"kind":"c","host":"h"})").empty());
    EXPECT_TRUE(moment.at(1, R"({"kind":"b","host":"h"})").empty());
    EXPECT_EQ(Timeline::told(moment.at(1, R"({"kind":"a","host":"h"})")), Told{"C 3 begins"});
}

TEST(ValueSum, ComparesTheSumOfTheWindow) {
    Timeline line{base_rule("web") + correlation("    type: value_sum\n    rules: [web]\n    group-by: [ip]\n    timespan: 1h\n    condition:\n        field: bytes_sent\n        gt: 1000000\n")};
    EXPECT_TRUE(line.at(0, R"({"kind":"web","ip":"192.0.2.7","bytes_sent":600000})").empty());
    EXPECT_TRUE(line.at(1, R"({"kind":"web","ip":"192.0.2.7","bytes_sent":"400000"})").empty());
    EXPECT_TRUE(line.at(2, R"({"kind":"web","ip":"192.0.2.7","bytes_sent":"many"})").empty());
    EXPECT_EQ(Timeline::told(line.at(3, R"({"kind":"web","ip":"192.0.2.7","bytes_sent":1})")), Told{"C 1000001 begins"});
    EXPECT_TRUE(line.at(3601, R"({"kind":"web","ip":"192.0.2.7","bytes_sent":0})").empty());  // the 600,000 are out
    EXPECT_EQ(line.stats("C").valueless, 1U);
}

TEST(ValueAverage, ComparesTheMeanOfTheWindow) {
    Timeline line{base_rule("web") + correlation("    type: value_avg\n    rules: [web]\n    group-by: [ip]\n    timespan: 1m\n    condition:\n        field: n\n        gt: 500\n")};
    EXPECT_TRUE(line.at(0, R"({"kind":"web","ip":"192.0.2.7","n":400})").empty());
    EXPECT_TRUE(line.at(1, R"({"kind":"web","ip":"192.0.2.7","n":600})").empty());
    EXPECT_EQ(Timeline::told(line.at(2, R"({"kind":"web","ip":"192.0.2.7","n":560})")), Told{"C 520 begins"});
}

TEST(ValuePercentile, WithoutAPercentileIsTheShareOfTheEventsValue) {
    Timeline line{base_rule("process") + correlation("    type: value_percentile\n    rules: [process]\n    group-by: [host]\n    timespan: 24h\n    condition:\n        field: image\n        lte: 1\n")};
    for (int i = 0; i < 99; ++i) EXPECT_TRUE(line.at(i, R"({"kind":"process","host":"h","image":"common"})").empty());
    EXPECT_EQ(Timeline::told(line.at(100, R"({"kind":"process","host":"h","image":"rare"})")), Told{"C 1 begins"});  // 1 of 100
    EXPECT_TRUE(line.at(101, R"({"kind":"process","host":"h","image":"rare"})").empty());                             // 2 of 101
}

TEST(ValuePercentile, WithAPercentileIsTheNumberThere) {
    Timeline line{base_rule("web") + correlation("    type: value_percentile\n    rules: [web]\n    group-by: [ip]\n    timespan: 1h\n    condition:\n        field: n\n        percentile: 50\n        gte: 25\n")};
    EXPECT_TRUE(line.at(0, R"({"kind":"web","ip":"i","n":10})").empty());
    EXPECT_TRUE(line.at(1, R"({"kind":"web","ip":"i","n":20})").empty());
    EXPECT_TRUE(line.at(2, R"({"kind":"web","ip":"i","n":30})").empty());
    EXPECT_EQ(Timeline::told(line.at(3, R"({"kind":"web","ip":"i","n":40})")), Told{"C 25 begins"});  // between 20 and 30
}

TEST(Aliases, NameAFieldForEachRule) {
    Timeline line{base_rule("internal_error") + base_rule("new_network_connection") +
                  correlation("    type: temporal\n    rules: [internal_error, new_network_connection]\n    group-by: [internal_ip, remote_ip]\n    timespan: 10s\n    aliases:\n"
                              "        internal_ip:\n            internal_error: destination.ip\n            new_network_connection: source.ip\n"
                              "        remote_ip:\n            internal_error: source.ip\n            new_network_connection: destination.ip\n")};
    EXPECT_TRUE(line.at(0, R"({"kind":"internal_error","source.ip":"198.51.100.1","destination.ip":"10.0.0.1"})").empty());
    EXPECT_TRUE(line.at(1, R"({"kind":"new_network_connection","source.ip":"198.51.100.1","destination.ip":"10.0.0.1"})").empty());
    const auto found = line.at(2, R"({"kind":"new_network_connection","source.ip":"10.0.0.1","destination.ip":"198.51.100.1"})");
    EXPECT_EQ(Timeline::told(found), Told{"C 2 begins"});
    EXPECT_EQ(found[0].group[0].second, "10.0.0.1");
    EXPECT_EQ(found[0].group[1].second, "198.51.100.1");
}

// The last example of the specification.
constexpr std::string_view kChain = R"(title: Many failed, then one that succeeds
id: b180ead8-d58f-40b2-ae54-c8940995b9b6
correlation:
    type: temporal_ordered
    rules: [multiple_failed_login, successful_login]
    group-by: [User]
    timespan: 10m
---
title: Multiple failed logons
id: a8418a5a-5fc4-46b5-b23b-6c73beb19d41
name: multiple_failed_login
correlation:
    type: event_count
    rules: [failed_login]
    group-by: [User]
    timespan: 10m
    condition:
        gte: 10
---
title: Single failed login
name: failed_login
logsource: {product: windows, service: security}
detection:
    selection:
        EventID: [529, 4625]
    condition: selection
---
title: Successful login
name: successful_login
logsource: {product: windows, service: security}
detection:
    selection:
        EventID: [528, 4624]
    condition: selection
)";

TEST(Chains, OneCorrelationStandsOnAnother) {
    Timeline line{kChain};
    for (const RefusedRule& refused : line.loaded.report.refused) ADD_FAILURE() << refused.reason;
    EXPECT_TRUE(line.at(0, R"({"EventID":4624,"User":"an"})").empty());
    for (int i = 1; i <= 9; ++i) EXPECT_TRUE(line.at(i, R"({"EventID":4625,"User":"an"})").empty());
    EXPECT_TRUE(line.at(10, R"({"EventID":4624,"User":"an"})").empty());  // after nine
    EXPECT_TRUE(line.at(11, R"({"EventID":4625,"User":"an"})").empty());  // the tenth; only the outer one is told
    EXPECT_TRUE(line.at(12, R"({"EventID":4624,"User":"binh"})").empty());
    EXPECT_TRUE(line.at(500, R"({"EventID":4625,"User":"an"})").empty());
    // 10 minutes after the tenth is over, but it held on until 500.
    const auto found = line.at(1000, R"({"EventID":4624,"User":"an"})");
    EXPECT_EQ(Timeline::told(found), Told{"Many failed, then one that succeeds 2 begins"});
    EXPECT_EQ(line.loaded.report.loaded, 2U);
    EXPECT_EQ(line.loaded.report.correlations, 2U);
}

TEST(Chains, CountingCountsBeginnings) {
    Timeline line{base_rule("fail") + "title: Burst\nname: burst\ncorrelation:\n    type: event_count\n    rules: [fail]\n    group-by: [user]\n    timespan: 10s\n    condition:\n        gte: 3\n---\n" +
                  correlation("    type: event_count\n    rules: [burst]\n    group-by: [host]\n    timespan: 1h\n    condition:\n        gte: 2\n")};
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(line.at(i, R"({"kind":"fail","user":"an","host":"h"})").empty()) << i;  // one burst
    for (int i = 100; i < 102; ++i) EXPECT_TRUE(line.at(i, R"({"kind":"fail","user":"binh","host":"h"})").empty());
    EXPECT_EQ(Timeline::told(line.at(102, R"({"kind":"fail","user":"binh","host":"h"})")), Told{"C 2 begins"});
}

TEST(Chains, CirclesAndWhatRefersToThemAreRefused) {
    const auto loaded = testing::load(base_rule("fail") +
                                      "title: One\nname: one\ncorrelation:\n    type: temporal\n    rules: [two, fail]\n    group-by: [u]\n    timespan: 1m\n---\n"
                                      "title: Two\nname: two\ncorrelation:\n    type: temporal\n    rules: [one, fail]\n    group-by: [u]\n    timespan: 1m\n---\n"
                                      "title: Three\nname: three\ncorrelation:\n    type: temporal\n    rules: [two]\n    group-by: [u]\n    timespan: 1m\n---\n"
                                      "title: Four\nname: four\ncorrelation:\n    type: event_count\n    rules: [fail]\n    group-by: [u]\n    timespan: 1m\n    condition:\n        gte: 200000\n");
    EXPECT_EQ(loaded.report.refused.size(), 4U);
    EXPECT_EQ(loaded.report.correlations, 0U);
    EXPECT_EQ(loaded.report.loaded, 1U);
}

TEST(Generate, DecidesWhetherARuleIsToldOnItsOwn) {
    const auto is_told = [](std::string_view generate) {
        const auto loaded = testing::load(base_rule("fail") + correlation(format("    type: event_count\n    rules: [fail]\n    group-by: [u]\n    timespan: 1m\n    condition:\n        gte: 2\n{}", generate)));
        for (const RuleInfo* rule : loaded.engine->rules())
            if (rule->title == "Base fail") return correlation::is_told(loaded.engine->plan(), *rule);
        return false;
    };
    EXPECT_FALSE(is_told(""));
    EXPECT_FALSE(is_told("generate: false\n"));
    EXPECT_TRUE(is_told("generate: true\n"));
}

TEST(LateEvents, WithinTheLatenessCountAsIfTheyHadComeInOrder) {
    Timeline line{kThree, {.lateness = seconds(60)}};
    EXPECT_TRUE(line.at(0, R"({"kind":"fail","user":"an"})").empty());
    EXPECT_TRUE(line.at(8, R"({"kind":"fail","user":"an"})").empty());
    EXPECT_TRUE(line.at(50, R"({"kind":"fail","user":"an"})").empty());
    const auto found = line.at(4, R"({"kind":"fail","user":"an"})");  // 0, 4, 8
    EXPECT_EQ(Timeline::told(found), Told{"C 3 begins"});
    EXPECT_EQ(Timeline::positions(found[0]), (std::vector<std::uint64_t>{0, 3, 1}));
}

TEST(LateEvents, BeyondTheLatenessAreCountedAndLeftOut) {
    Timeline line{kThree, {.lateness = seconds(60)}};
    EXPECT_TRUE(line.at(0, R"({"kind":"fail","user":"an"})").empty());
    EXPECT_TRUE(line.at(1, R"({"kind":"fail","user":"an"})").empty());
    EXPECT_TRUE(line.at(100, R"({"other":"moves the watermark"})").empty());
    EXPECT_TRUE(line.at(2, R"({"kind":"fail","user":"an"})").empty());
    EXPECT_EQ(line.stats("C").late, 1U);
    // Of another source, whose watermark is its own, it is not late.
    EXPECT_EQ(Timeline::told(line.at(3, R"({"kind":"fail","user":"an"})", {.source = 2})), Told{"C 3 begins"});
}

TEST(LateEvents, AnEventFromTheFutureDoesNotMakeOthersLate) {
    Timeline line{kThree, {.lateness = seconds(600)}};
    EXPECT_TRUE(line.give(1e6, 0, R"({"kind":"fail","user":"an"})", {}).empty());  // taken as five minutes ahead
    for (const double second : {1.0, 2.0}) EXPECT_TRUE(line.at(second, R"({"kind":"fail","user":"an"})").empty());
    EXPECT_EQ(Timeline::told(line.at(3, R"({"kind":"fail","user":"an"})")), Told{"C 3 begins"});
    EXPECT_EQ(line.stats("C").late, 0U);
}

}  // namespace
}  // namespace vg::detect
