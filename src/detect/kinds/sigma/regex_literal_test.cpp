#include "detect/kinds/sigma/regex_literal.h"

#include <gtest/gtest.h>

namespace vg::detect::sigma {
namespace {

using Runs = std::vector<std::string>;

TEST(RegexLiterals, AreTheRunsThatCannotBeMissing) {
    EXPECT_EQ(regex_literals("abc"), Runs{"abc"});
    EXPECT_EQ(regex_literals("(?i)Invoke-Obfuscation.*x"), (Runs{"invoke-obfuscation", "x"}));
    EXPECT_EQ(regex_literals("ab*cde"), (Runs{"a", "cde"}));
    EXPECT_EQ(regex_literals("abc?"), Runs{"ab"});
    EXPECT_EQ(regex_literals("abc+de"), (Runs{"abc", "de"}));
    EXPECT_EQ(regex_literals("abcd{2,3}e"), (Runs{"abc", "e"}));
    EXPECT_EQ(regex_literals("\\\\cmd\\.exe"), Runs{"\\cmd.exe"});
    EXPECT_EQ(regex_literals("^http://[a-z|]+/long"), (Runs{"http://", "/long"}));
    EXPECT_EQ(regex_literals("(abc|def)gh"), Runs{"gh"});
    EXPECT_EQ(regex_literals("[]a]xyz"), Runs{"xyz"});
    EXPECT_EQ(regex_literals("[^\\]]xyz"), Runs{"xyz"});
    EXPECT_EQ(regex_literals("[[:alpha:]]xyz"), Runs{"xyz"});
    EXPECT_EQ(regex_literals("\\x41bcd"), Runs{"bcd"});
    EXPECT_EQ(regex_literals("\\x{41}bcd"), Runs{"bcd"});
    EXPECT_EQ(regex_literals("\\pNumber"), Runs{"umber"});
}

TEST(RegexLiterals, AreNoneWhereNothingIsCertain) {
    for (const char* expression : {"abc|def", "\\Qabc\\E", "(abc)?", "\\d+\\w", "Đặng", "\\101bc", ""})
        EXPECT_EQ(regex_literals(expression), Runs{}) << expression;
}

}  // namespace
}  // namespace vg::detect::sigma
