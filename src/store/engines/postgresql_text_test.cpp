#include "store/engines/postgresql_text.h"

#include <gtest/gtest.h>

#include <random>

#include "base/text.h"

namespace vg::store::engines {
namespace {

std::string stored(std::string text) {
    to_stored(text);
    return text;
}
std::string read(std::string text) {
    from_stored(text);
    return text;
}

TEST(PostgresqlText, OrdinaryTextIsKeptAsItIs) {
    for (const std::string text : {"", "abc", "Đặng Thuỳ Trâm", "\xf0\x9f\x98\x80", "\xf4\x8f\xbb\xbf" /* U+10FEFF */, "a\tb\n\x7f"}) {
        EXPECT_EQ(stored(text), text);
        EXPECT_EQ(read(text), text);
    }
}

// U+10FF00 + byte, by hand: F4 8F BC 80 is U+10FF00, F4 8F BF BF is U+10FFFF.
TEST(PostgresqlText, OtherBytesBecomeCharactersOfTheirOwn) {
    EXPECT_EQ(stored(std::string("a\0b", 3)), "a\xf4\x8f\xbc\x80" "b");
    EXPECT_EQ(stored("\xff"), "\xf4\x8f\xbf\xbf");
    EXPECT_EQ(stored("\xc3("), "\xf4\x8f\xbf\x83(");
    EXPECT_EQ(stored("\xed\xa0\x80"), "\xf4\x8f\xbf\xad\xf4\x8f\xbe\xa0\xf4\x8f\xbe\x80");  // a surrogate is no character
}

// A text that holds such a character itself must not come back as a byte.
TEST(PostgresqlText, ATextThatLooksEscapedComesBackWhole) {
    const std::string text = "x\xf4\x8f\xbc\x81y";
    EXPECT_NE(stored(text), text);
    EXPECT_EQ(read(stored(text)), text);
    EXPECT_EQ(read(stored(stored(text))), stored(text));
}

TEST(PostgresqlText, AnyBytesComeBackAndAreKeptAsUtf8WithoutZero) {
    std::mt19937 random{20240612};
    const std::string pieces[] = {"a", std::string(1, '\0'), "\xf4\x8f", "\xbc\x80", "\xf4", "\x8f", "\xbf", "\xed\xa0", "\xe0\x80", "\xc1", "Đ", "\xf4\x90", "\xf0\x8f\xbf\xbf", "\xff"};
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (std::uint32_t n = random() % 8; n > 0; --n) text += random() % 4 == 0 ? std::string(1, static_cast<char>(random() % 256)) : pieces[random() % std::size(pieces)];
        const std::string kept = stored(text);
        ASSERT_TRUE(is_utf8(kept) && kept.find('\0') == std::string::npos) << round;
        ASSERT_EQ(read(kept), text) << round;
    }
}

TEST(PostgresqlText, TablesCompareTextByItsBytes) {
    EXPECT_EQ(ddl_for_postgresql("create table a (text text not null, b text references c (text) , d bigint check (text = 'a text ''), text'), primary key (text))"),
              "create table a (text text collate \"C\" not null, b text collate \"C\" references c (text) deferrable initially immediate , "
              "d bigint check (text = 'a text ''), text'), primary key (text))");
    EXPECT_EQ(ddl_for_postgresql("alter table a add column e text"), "alter table a add column e text collate \"C\"");
    EXPECT_EQ(ddl_for_postgresql("update a set text = 'create text'"), "update a set text = 'create text'");
    EXPECT_EQ(ddl_for_postgresql("create table 'never closed text"), "create table 'never closed text");
}

}  // namespace
}  // namespace vg::store::engines
