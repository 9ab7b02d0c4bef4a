#include "search/fold.h"

#include <gtest/gtest.h>

#include <random>

#include "base/fold.h"
#include "base/text.h"

namespace vg::search {
namespace {

std::string utf8(char32_t c) {
    const char bytes[4] = {static_cast<char>(c & 0xff), static_cast<char>(c >> 8 & 0xff), 0, 0};
    if (c < 0x10000) return from_utf16({bytes, 2});
    const char32_t high = 0xD800 + ((c - 0x10000) >> 10);
    const char32_t low = 0xDC00 + ((c - 0x10000) & 0x3FF);
    const char pair[4] = {static_cast<char>(high & 0xff), static_cast<char>(high >> 8), static_cast<char>(low & 0xff), static_cast<char>(low >> 8)};
    return from_utf16({pair, 4});
}

TEST(Fold, IsTheFoldOfBaseForEveryCharacter) {
    Scratch scratch;
    for (char32_t c = 1; c < 0x20000; ++c) {
        if (c >= 0xD800 && c < 0xE000) continue;
        const std::string text = "Xé" + utf8(c) + "Ệ";
        ASSERT_EQ(scratch.fold(text), fold_by_icu(text)) << static_cast<std::uint32_t>(c);
        ASSERT_EQ(scratch.fold_case(text), vg::fold_case(text)) << static_cast<std::uint32_t>(c);
    }
}

TEST(Fold, IsTheFoldOfBaseForRandomTextAndBytes) {
    Scratch scratch;
    std::mt19937 engine{5};
    auto dice = [&engine] { return static_cast<std::uint32_t>(engine()); };
    for (int i = 0; i < 20'000; ++i) {
        std::string text;
        for (std::size_t n = dice() % 40; n > 0; --n) {
            switch (dice() % 5) {
                case 0: text += utf8(0x300 + dice() % 0x70); break;   // marks
                case 1: text += utf8(0xC0 + dice() % 0x180); break;   // Latin
                case 2: text += utf8(0x1EA0 + dice() % 0x60); break;  // Vietnamese
                case 3: text.push_back(static_cast<char>(i % 10 == 0 ? dice() : 'A' + dice() % 26)); break;
                default: text += utf8(dice() % 0x2000 + 1);
            }
        }
        ASSERT_EQ(scratch.fold(text), fold_by_icu(text)) << i;
        ASSERT_EQ(scratch.fold_case(text), vg::fold_case(text)) << i;
    }
}

TEST(Fold, MayContainNeverMissesWhatTheFoldedTextContains) {
    Scratch scratch;
    std::mt19937 engine{6};
    std::size_t left_out = 0;
    for (int i = 0; i < 50'000; ++i) {
        std::string text;
        for (std::size_t n = engine() % 60; n > 0; --n) text += engine() % 30 == 0 ? utf8(0x1EA0 + static_cast<char32_t>(engine() % 0x60)) : std::string(1, static_cast<char>(" aAbB.1"[engine() % 7]));
        std::string part;
        for (std::size_t n = engine() % 4 + 1; n > 0; --n) part.push_back(" ab.1"[engine() % 5]);
        const bool contains = scratch.fold(text).find(part) != std::string_view::npos;
        const bool may = may_contain(text, part);
        ASSERT_TRUE(may || !contains) << text << " / " << part;
        left_out += may ? 0 : 1;
    }
    EXPECT_GT(left_out, 1'000U);  // it is of some use
    EXPECT_FALSE(may_contain("Windows", "đ"));
    EXPECT_TRUE(may_contain("Đặng", "dang"));
}

TEST(Fold, WordsAreRunsOfLettersDigitsAndLowLines) {
    Scratch scratch;
    EXPECT_EQ(scratch.words("cmd.exe  /c"), " cmd exe c ");
    EXPECT_EQ(scratch.words("x_y-z"), " x_y z ");
    EXPECT_EQ(scratch.words("đường—dây"), " đường dây ");
    EXPECT_EQ(scratch.words("..."), "");
    EXPECT_EQ(scratch.words(""), "");
    EXPECT_TRUE(is_word_edge("ab cd", 2));
    EXPECT_TRUE(is_word_edge("ab", 0));
    EXPECT_FALSE(is_word_edge("đường", 2));
}

}  // namespace
}  // namespace vg::search
