// Forms of conditions (rules specification: Condition), checked by their truth tables over three or four selections.
#include "detect/kinds/sigma/condition.h"

#include <gtest/gtest.h>

#include <functional>

namespace vg::detect::sigma {
namespace {

const std::vector<std::string> kNames{"a", "sel_b", "sel_c", "_hidden"};

bool truth(const Expression& expression, unsigned bits) {
    switch (expression.kind) {
        case Expression::Kind::selection: return (bits >> expression.selection & 1U) != 0;
        case Expression::Kind::negation: return !truth(expression.parts.front(), bits);
        case Expression::Kind::all:
            for (const Expression& part : expression.parts)
                if (!truth(part, bits)) return false;
            return true;
        case Expression::Kind::any:
            for (const Expression& part : expression.parts)
                if (truth(part, bits)) return true;
            return false;
    }
    return false;
}

void same(std::string_view text, const std::function<bool(bool a, bool b, bool c, bool hidden)>& wanted) {
    const auto parsed = parse_condition(text, kNames);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().text;
    for (unsigned bits = 0; bits < 16; ++bits)
        EXPECT_EQ(truth(*parsed, bits), wanted((bits & 1U) != 0, (bits & 2U) != 0, (bits & 4U) != 0, (bits & 8U) != 0)) << text << " with " << bits;
}

std::string refusal(std::string_view text) {
    const auto parsed = parse_condition(text, kNames);
    return parsed ? "accepted" : parsed.error().text;
}

TEST(Condition, OperatorsBindOrThenAndThenNot) {
    same("a", [](bool a, bool, bool, bool) { return a; });
    same("a or sel_b and sel_c", [](bool a, bool b, bool c, bool) { return a || (b && c); });
    same("a and sel_b or sel_c", [](bool a, bool b, bool c, bool) { return (a && b) || c; });
    same("not a and sel_b", [](bool a, bool b, bool, bool) { return !a && b; });
    same("not not a", [](bool a, bool, bool, bool) { return a; });
    same("a and not (sel_b or sel_c)", [](bool a, bool b, bool c, bool) { return a && !(b || c); });
    same("((a))", [](bool a, bool, bool, bool) { return a; });
    same("a AND NOT sel_b Or sel_c", [](bool a, bool b, bool c, bool) { return (a && !b) || c; });
    same("  a\n\tand( sel_b )", [](bool a, bool b, bool, bool) { return a && b; });
    same("_hidden and a", [](bool a, bool, bool, bool h) { return h && a; });
}

TEST(Condition, OfThemLeavesOutWhatBeginsWithAnUnderscore) {
    same("1 of them", [](bool a, bool b, bool c, bool) { return a || b || c; });
    same("any of them", [](bool a, bool b, bool c, bool) { return a || b || c; });
    same("all of them", [](bool a, bool b, bool c, bool) { return a && b && c; });
    same("not 1 of them", [](bool a, bool b, bool c, bool) { return !(a || b || c); });
}

TEST(Condition, OfPatternTakesWhatFits) {
    same("1 of sel_*", [](bool, bool b, bool c, bool) { return b || c; });
    same("all of sel_*", [](bool, bool b, bool c, bool) { return b && c; });
    same("1 of *_c", [](bool, bool, bool c, bool) { return c; });
    same("1 of s*_b", [](bool, bool b, bool, bool) { return b; });
    same("all of *", [](bool a, bool b, bool c, bool) { return a && b && c; });
    same("1 of a", [](bool a, bool, bool, bool) { return a; });
    same("1 of _h*", [](bool, bool, bool, bool h) { return h; });
    same("a and not 1 of sel_*", [](bool a, bool b, bool c, bool) { return a && !(b || c); });
    same("a and 1 of sel_* or _hidden", [](bool a, bool b, bool c, bool h) { return (a && (b || c)) || h; });
}

TEST(Condition, RefusesWhatTheGrammarDoesNotHave) {
    EXPECT_NE(refusal("").find("ends where"), std::string::npos);
    EXPECT_NE(refusal("a and").find("ends where"), std::string::npos);
    EXPECT_NE(refusal("a b").find("'b' is not expected"), std::string::npos);
    EXPECT_NE(refusal("(a").find("not closed"), std::string::npos);
    EXPECT_NE(refusal("a)").find("')' is not expected"), std::string::npos);
    EXPECT_NE(refusal("and a").find("stands where"), std::string::npos);
    EXPECT_NE(refusal("unknown").find("'unknown' is not defined"), std::string::npos);
    EXPECT_NE(refusal("sel_x").find("did you mean 'sel_"), std::string::npos);
    EXPECT_NE(refusal("sel_*").find("needs '1 of'"), std::string::npos);
    EXPECT_NE(refusal("2 of sel_*").find("'2 of' is not defined"), std::string::npos);
    EXPECT_NE(refusal("1 of nothing*").find("no search identifier fits"), std::string::npos);
    EXPECT_NE(refusal("1 of").find("'of' needs"), std::string::npos);
    EXPECT_NE(refusal("all of (a)").find("'of' needs"), std::string::npos);
    EXPECT_NE(refusal("a | count() by x > 5").find("aggregations are obsolete"), std::string::npos);
}

TEST(Condition, IsBounded) {
    EXPECT_NE(refusal(std::string(1'000, '(') + "a").find("nested more than"), std::string::npos);
    std::string nots;
    for (int i = 0; i < 1'000; ++i) nots += "not ";
    EXPECT_NE(refusal(nots + "a").find("nested more than"), std::string::npos);
    EXPECT_NE(refusal(std::string(20'000, ' ') + "a").find("longer than"), std::string::npos);
    EXPECT_EQ(refusal("((((((((((((((((((((a))))))))))))))))))))"), "accepted");
}

}  // namespace
}  // namespace vg::detect::sigma
