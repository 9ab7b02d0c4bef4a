// Seriousness by QĐ 05/2017 Điều 9, as a table: level 4 or more, AND an impact, AND not to be handled alone; what nobody has said is not known.
#include "cases/serious.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace vg::cases::serious_test {
namespace {

constexpr auto kYes = Holds::yes;
constexpr auto kNo = Holds::no;
constexpr auto kUnknown = Holds::unknown;

std::optional<Statement> said(Holds holds) {
    if (holds == kUnknown) return std::nullopt;
    return Statement{holds == kYes, holds == kYes ? "control-lost" : "", "vì", "user:an", {}};
}

TEST(Serious, FollowsTheThreeConditions) {
    struct Line {
        std::vector<int> levels;
        Holds impact, alone;
        Holds level, all;  // what must come out
    };
    const Line lines[] = {
        // level, and both statements
        {{4}, kYes, kYes, kYes, kYes},
        {{5}, kYes, kYes, kYes, kYes},
        {{3}, kYes, kYes, kNo, kNo},
        {{1}, kYes, kYes, kNo, kNo},
        // one machine of level 4 among others is enough, also where others are not known
        {{1, 4, 2}, kYes, kYes, kYes, kYes},
        {{0, 4}, kYes, kYes, kYes, kYes},
        // not known is not 'no': with a level that nobody knows it may be one of 4
        {{0}, kYes, kYes, kUnknown, kUnknown},
        {{3, 0}, kYes, kYes, kUnknown, kUnknown},
        {{}, kYes, kYes, kUnknown, kUnknown},
        // all three must hold
        {{4}, kNo, kYes, kYes, kNo},
        {{4}, kYes, kNo, kYes, kNo},
        {{4}, kUnknown, kYes, kYes, kUnknown},
        {{4}, kYes, kUnknown, kYes, kUnknown},
        {{4}, kUnknown, kUnknown, kYes, kUnknown},
        // one that does not hold decides, whatever the others are
        {{4}, kNo, kUnknown, kYes, kNo},
        {{0}, kNo, kUnknown, kUnknown, kNo},
        {{2}, kUnknown, kUnknown, kNo, kNo},
        {{0}, kUnknown, kNo, kUnknown, kNo},
    };
    for (const Line& line : lines) {
        const Suggestion found = suggest({.levels = line.levels, .impact = said(line.impact), .alone = said(line.alone)});
        std::string words;
        for (const int level : line.levels) words += format("{} ", level);
        words += format("impact {} alone {}", name_of(line.impact), name_of(line.alone));
        EXPECT_EQ(found.level.holds, line.level) << words;
        EXPECT_EQ(found.impact.holds, line.impact) << words;
        EXPECT_EQ(found.alone.holds, line.alone) << words;
        EXPECT_EQ(found.all, line.all) << words;
    }
    const Suggestion two = suggest({.levels = {2, 0, 3, 0}, .impact = {}, .alone = {}});
    EXPECT_EQ(two.level.level, 3);
    EXPECT_EQ(two.level.without_level, 2);
}

}  // namespace
}  // namespace vg::cases::serious_test
