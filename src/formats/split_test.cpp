#include <gtest/gtest.h>

#include "base/text.h"
#include "formats/testing.h"

namespace vg::formats {
namespace {

using testing::split;
using List = std::vector<std::string>;

TEST(Split, GivesLinesWithoutTheirEndsAndLeavesBlankOnesOut) {
    EXPECT_EQ(split("one\r\n\n  \ntwo\nthree").records, (List{"one", "two", "three"}));
}

TEST(Split, KeepsABrokenLineOfJsonAsARecordOfItsOwn) {
    EXPECT_EQ(split("{\"a\":1}\n{\"b\":\n{\"c\":3}\n").records, (List{"{\"a\":1}", "{\"b\":", "{\"c\":3}"}));
}

TEST(Split, GivesDocumentsThatGoOverLines) {
    EXPECT_EQ(split("{\n \"a\": \"}\\\"{\"\n}\n{\"b\":[1,\n2]}").records, (List{"{\n \"a\": \"}\\\"{\"\n}", "{\"b\":[1,\n2]}"}));
}

TEST(Split, GivesDocumentsOfOneLine) { EXPECT_EQ(split(R"({"a":1}{"b":2} {"c":3})").records, (List{R"({"a":1})", R"({"b":2})", R"({"c":3})"})); }

TEST(Split, GivesTheElementsOfAnArray) {
    EXPECT_EQ(split("\n [ {\"a\":[1]},\n\"x\",{\"b\":{\"c\":\"]\"}} ]\n").records, (List{"{\"a\":[1]}", "\"x\"", "{\"b\":{\"c\":\"]\"}}"}));
    EXPECT_TRUE(split("[]").records.empty());
}

TEST(Split, TakesALineThatBeginsWithABracketForText) { EXPECT_EQ(split("[2024-04-26] text\n[x] more").records, (List{"[2024-04-26] text", "[x] more"})); }

TEST(Split, GoesOnAtTheNextLineAfterADocumentThatNeverCloses) {
    const auto got = split("{\n \"a\": \n{\"b\":2}\n{\"c\":3}\n");
    EXPECT_EQ(got.records, (List{"{\n \"a\":", "{\"b\":2}", "{\"c\":3}"}));
    EXPECT_EQ(got.damage.size(), 1U);
}

TEST(Split, NamesAnArrayThatIsNotClosed) { EXPECT_EQ(split("[{\"a\":1},").damage, (List{"the array is not closed"})); }

TEST(Split, ReadsUtf16AndByteOrderMarks) {
    EXPECT_EQ(split("\xFF\xFE" + to_utf16le("{\"a\":\"đ😀\"}\n{\"b\":1}")).records, (List{"{\"a\":\"đ😀\"}", "{\"b\":1}"}));
    EXPECT_EQ(split("\xEF\xBB\xBF{\"a\":1}\n").records, (List{"{\"a\":1}"}));
}

TEST(Split, GivesTheSameRecordsHoweverTheBytesAreCut) {
    for (const std::string& file : {std::string{"one\ntwo\r\n\nthree"}, std::string{"{\n\"a\":1}\n{\"b\":2}"}, std::string{"[{\"a\":1},{\"b\":2}]"}, "\xFF\xFE" + to_utf16le("a😀b\nc"),
                                    testing::read_file(std::filesystem::path{VG_SOURCE_DIR} / "src/formats/cases/windows/shapes.log")})
        for (const std::size_t step : {1U, 2U, 3U, 7U, 100U}) EXPECT_EQ(split(file, step).records, split(file).records) << step << " " << file.substr(0, 20);
}

TEST(Split, RefusesARecordOfMoreThan16MegabytesByNameAndGoesOn) {
    const std::string file = "first\n" + std::string((std::size_t{16} << 20) + 1, 'x') + "\nlast\n";
    const auto got = split(file);
    EXPECT_EQ(got.records, (List{"first", "last"}));
    EXPECT_EQ(got.damage, (List{"record 2: longer than 16 MB"}));
}

TEST(Split, StopsWhenItIsToldTo) {
    std::vector<std::string> got;
    auto splitter = split_file({}, [&](std::uint64_t, std::string_view raw, std::string_view) {
        got.emplace_back(raw);
        return got.size() < 2;
    });
    ASSERT_TRUE(splitter->feed("a\nb\nc\nd\ne\nf\n"));
    EXPECT_EQ(splitter->finish()->records, 2U);
    EXPECT_EQ(got, (List{"a", "b"}));
}

TEST(Split, PassesThePinnedFormatOn) { EXPECT_EQ(split("a\nb", 100, "syslog").formats, (List{"syslog", "syslog"})); }

}  // namespace
}  // namespace vg::formats
