#include "cli/width.h"

#include <gtest/gtest.h>

namespace vg::cli {
namespace {

TEST(Width, VietnameseLettersTakeOneColumnComposedOrNot) {
    EXPECT_EQ(width("Tổ chức"), 7U);
    EXPECT_EQ(width("To\u0302\u0309 chu\u031b\u0301c"), 7U) << "combining marks take none";
}

TEST(Width, WideLettersTakeTwoColumns) { EXPECT_EQ(width("越南"), 4U); }

TEST(Cut, CutsBetweenCharactersAndSaysSo) {
    EXPECT_EQ(cut("Tổ chức", 7), "Tổ chức");
    EXPECT_EQ(cut("Tổ chức", 4), "Tổ …");
    EXPECT_EQ(cut("越南", 3), "越…");
    EXPECT_EQ(width(cut("越南越南", 4)), 3U) << "a wide letter that would not fit is left out";
}

TEST(Printable, NothingReachesTheTerminalThatCommandsIt) {
    EXPECT_EQ(printable("a\x1b[31mred"), "a\uFFFD[31mred");
    EXPECT_EQ(printable("\u009b2J"), "\uFFFD2J") << "C1 control sequence introducer";
    EXPECT_EQ(printable("evil\u202Etxt.exe"), "evil\uFFFDtxt.exe") << "right-to-left override";
    EXPECT_EQ(printable("two\nlines\t\r"), "two lines  ");
    EXPECT_EQ(printable("\xff\xfeX"), "\uFFFD\uFFFDX");
    EXPECT_EQ(printable("Đặng Thuỳ"), "Đặng Thuỳ");
}

}  // namespace
}  // namespace vg::cli
