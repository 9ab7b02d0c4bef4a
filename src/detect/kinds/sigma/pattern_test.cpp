// Wildcards and escapes; expected values are those of the rules specification, "String Wildcard" and "Escape Character".
#include "detect/kinds/sigma/pattern.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace vg::detect::sigma {
namespace {

bool matches(std::string_view pattern, std::string_view text) { return Glob{parse_pattern(pattern), Glob::Case::folded}.matches(fold_case(text)); }

Pattern text(std::string value) { return {{Part::Kind::text, std::move(value)}}; }

TEST(Pattern, BackslashIsPlainUnlessItEscapes) {
    EXPECT_EQ(parse_pattern(R"(C:\Windows\cmd.exe)"), text(R"(C:\Windows\cmd.exe)"));
    EXPECT_EQ(parse_pattern(R"(C:\\Windows)"), text(R"(C:\Windows)"));       // single or double: a plain backslash
    EXPECT_EQ(parse_pattern(R"(\*)"), text("*"));
    EXPECT_EQ(parse_pattern(R"(\?)"), text("?"));
    EXPECT_EQ(parse_pattern(R"(\\*)"), (Pattern{{Part::Kind::text, R"(\)"}, {Part::Kind::any, {}}}));
    EXPECT_EQ(parse_pattern(R"(\\\*)"), text(R"(\*)"));
    EXPECT_EQ(parse_pattern(R"(a\\\b)"), text(R"(a\\b)"));                    // three or four: two
    EXPECT_EQ(parse_pattern(R"(a\\\\b)"), text(R"(a\\b)"));
    EXPECT_EQ(parse_pattern(R"(ends\)"), text(R"(ends\)"));
    EXPECT_EQ(parse_pattern(""), Pattern{});
}

TEST(Pattern, PercentIsPlainWithoutExpand) {
    EXPECT_EQ(parse_pattern("%name%"), text("%name%"));
    EXPECT_EQ(parse_pattern("%name%", true), (Pattern{{Part::Kind::placeholder, "name"}}));
    // "handles %plain as plain value and %name% as placeholder"
    EXPECT_EQ(parse_pattern(R"(\%plain%name%)", true), (Pattern{{Part::Kind::text, "%plain"}, {Part::Kind::placeholder, "name"}}));
    EXPECT_EQ(parse_pattern("100%", true), text("100%"));
}

TEST(Pattern, WrittenFormParsesToTheSame) {
    for (const char* written : {"a*b?c", R"(\\*)", R"(\\\*x)", R"(C:\a\\\\b)", R"(\?)", "", "**", R"(x\)"}) {
        const Pattern once = parse_pattern(written);
        EXPECT_EQ(parse_pattern(to_text(once)), once) << written << " became " << to_text(once);
    }
}

TEST(Glob, QuestionMarkIsExactlyOneCharacterAndStarAnyNumber) {
    EXPECT_TRUE(matches("prog?.exe", "progA.exe"));
    EXPECT_FALSE(matches("prog?.exe", "prog.exe"));
    EXPECT_FALSE(matches("prog?.exe", "progAB.exe"));
    EXPECT_TRUE(matches("antivirus_V*.exe", "antivirus_V1.exe"));
    EXPECT_TRUE(matches("antivirus_V*.exe", "antivirus_V21.2.1.exe"));
    EXPECT_TRUE(matches("antivirus_V*.exe", "antivirus_V.exe"));
    EXPECT_FALSE(matches("antivirus_V*.exe", "antivirus_V1.exe.bak"));
    EXPECT_TRUE(matches("?", "\u1ee3"));  // ợ is one character, three bytes
    EXPECT_TRUE(matches("*", ""));
    EXPECT_FALSE(matches("?*", ""));
    EXPECT_TRUE(matches("", ""));
    EXPECT_FALSE(matches("", "x"));
}

TEST(Glob, StarsFindTheirSegmentsInOrder) {
    EXPECT_TRUE(matches("*a*b*", "xaxbx"));
    EXPECT_FALSE(matches("*a*b*", "xbxax"));
    EXPECT_FALSE(matches("ab*ba", "aba"));   // start and end may not share a character
    EXPECT_TRUE(matches("ab*ba", "abba"));
    EXPECT_TRUE(matches("a*ab", "aab"));
    EXPECT_TRUE(matches("*ab?d*", "ababxd"));
    EXPECT_TRUE(matches("*?b", "ab"));
    EXPECT_FALSE(matches("*?b", "b"));
    EXPECT_TRUE(matches("*aab*", "aaaab"));
    EXPECT_TRUE(matches("*?a?*", "bab"));
    EXPECT_FALSE(matches("*?a?*", "ab"));
    EXPECT_TRUE(matches("*??", "xyz"));
}

TEST(Glob, IgnoresCaseByFoldingAlsoBeyondAscii) {
    EXPECT_TRUE(matches("*ĐẶNG*", "đặng thuỳ"));
    EXPECT_TRUE(matches("STRASSE", "straße"));
    EXPECT_TRUE(matches("e\u0301", "É"));  // decomposed in the rule, composed in the event
    const Glob cased{parse_pattern("Đ"), Glob::Case::as_written};
    EXPECT_TRUE(cased.matches("Đ"));
    EXPECT_FALSE(cased.matches("đ"));
}

TEST(Glob, IllFormedBytesAreOneCharacterEach) {
    EXPECT_TRUE(Glob(parse_pattern("a??b"), Glob::Case::as_written).matches("a\xff\xfe" "b"));
    EXPECT_FALSE(Glob(parse_pattern("a?b"), Glob::Case::as_written).matches("a\xff\xfe" "b"));
    EXPECT_TRUE(Glob(parse_pattern("*?"), Glob::Case::as_written).matches("\xe1\xba"));
}

// A pattern that sends a backtracking matcher through 2^n ways must answer at once.
TEST(Glob, HostileTextTakesLinearTime) {
    std::string pattern = "*";
    for (int i = 0; i < 50; ++i) pattern += "a*a?";
    const std::string text(60'000, 'a');
    EXPECT_TRUE(matches(pattern, text));
    EXPECT_FALSE(matches(pattern + "*b", text));
}

// Against the definition, written as recursion over the pattern, for all short texts of two letters.
bool by_definition(std::string_view pattern, std::string_view text) {
    if (pattern.empty()) return text.empty();
    if (pattern[0] == '*') return by_definition(pattern.substr(1), text) || (!text.empty() && by_definition(pattern, text.substr(1)));
    return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) && by_definition(pattern.substr(1), text.substr(1));
}

TEST(Glob, AgreesWithTheDefinitionOnAllShortPatternsAndTexts) {
    auto words = [](std::string_view letters, std::size_t longest) {
        std::vector<std::string> all{""};
        for (std::size_t i = 0; i < all.size(); ++i)
            if (all[i].size() < longest)
                for (char c : letters) all.push_back(all[i] + c);
        return all;
    };
    const auto texts = words("ab", 6);
    for (const std::string& pattern : words("ab*?", 5)) {
        const Glob glob{parse_pattern(pattern), Glob::Case::folded};
        for (const std::string& text : texts) ASSERT_EQ(glob.matches(text), by_definition(pattern, text)) << pattern << " on " << text;
    }
}

}  // namespace
}  // namespace vg::detect::sigma
