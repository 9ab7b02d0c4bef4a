#include "intel/guard.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace vg::intel {
namespace {

std::vector<Entry> domains(int from, int to) {
    std::vector<Entry> out;
    for (int i = from; i < to; ++i) {
        Entry entry;
        entry.kind = Kind::domain;
        entry.text = format("d{}.example", i);
        out.push_back(entry);
    }
    return out;
}

TEST(Guard, LetsAFeedMoveAsFeedsDo) {
    const Judgement judgement = judge(domains(0, 100), domains(10, 150), nullptr);
    EXPECT_FALSE(judgement.hold);
    EXPECT_EQ(judgement.before, 100U);
    EXPECT_EQ(judgement.after, 140U);
    EXPECT_EQ(judgement.added, 50U);
    EXPECT_EQ(judgement.removed, 10U);
}

TEST(Guard, HoldsAFeedThatDoublesOrEmpties) {
    const Judgement doubled = judge(domains(0, 100), domains(0, 200), nullptr);
    ASSERT_TRUE(doubled.hold);
    EXPECT_EQ(doubled.reasons.front(), "the feed grew from 100 to 200 entries");
    EXPECT_FALSE(judge(domains(0, 100), domains(0, 199), nullptr).hold);
    const Judgement empty = judge(domains(0, 100), {}, nullptr);
    ASSERT_TRUE(empty.hold);
    EXPECT_EQ(empty.reasons.front(), "the feed is empty; it had 100 entries");
    EXPECT_EQ(judge(domains(0, 100), domains(0, 9), nullptr).reasons.front(), "the feed has 9 entries left of 100");
    // A first reading, and a list of two that becomes one of four, are nothing sudden.
    EXPECT_FALSE(judge({}, domains(0, 100'000), nullptr).hold);
    EXPECT_FALSE(judge(domains(0, 2), domains(0, 4), nullptr).hold);
    EXPECT_FALSE(judge({}, {}, nullptr).hold);
}

TEST(Guard, HoldsAFeedThatNamesWhatIsOnAWarninglist) {
    Warninglists lists;
    ASSERT_TRUE(lists.add(R"({"name":"big sites","type":"hostname","matching_attributes":["domain"],"list":["d5.example"]})"));
    lists.build();
    const Judgement judgement = judge(domains(0, 5), domains(0, 7), &lists);
    ASSERT_TRUE(judgement.hold);
    EXPECT_EQ(judgement.warned, 1U);
    EXPECT_EQ(judgement.reasons.front(), "1 new entry is on warninglists, such as d5.example (big sites)");
    // Somebody has let it through before.
    EXPECT_FALSE(judge(domains(0, 7), domains(0, 8), &lists).hold);
}

}  // namespace
}  // namespace vg::intel
