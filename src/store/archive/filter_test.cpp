#include "store/archive/filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/text.h"
#include "search/tree.h"
#include "store/archive/filter_test_kit.h"

namespace vg::store::archive {
namespace {

using testing::Built;
using Blocks = std::vector<std::uint32_t>;

TEST(Filter, FindsARareWordInItsBlockOnly) {
    Built built;
    for (int block = 0; block < 70; ++block) {
        for (int i = 0; i < 50; ++i) built.event({{"message", format("session {} opened for user u{}", block * 50 + i, i)}});
        if (block == 66) built.event({{"message", "C:\\Tools\\MimiKatz.exe started"}});
        built.end_block();
    }
    const auto view = built.view();
    EXPECT_EQ(view->blocks(), 70U);
    EXPECT_EQ(view->may_contain({.folded = "mimikatz", .begins_word = true, .ends_word = true})->list(), Blocks{66});
    EXPECT_EQ(view->may_contain({.folded = "imikat"})->list(), Blocks{66});
    EXPECT_EQ(view->may_contain({.folded = "tools\\mimi"})->list(), Blocks{66});
    EXPECT_EQ(view->may_contain({.folded = "mimikat", .begins_word = true, .ends_word = true})->list(), Blocks{}) << "a whole word is asked for";
    EXPECT_EQ(view->may_contain({.folded = "opened"})->count(), 70U);
    EXPECT_EQ(view->may_contain({.folded = "sti"})->count(), 70U) << "too short to know";
}

TEST(Filter, FoldsVietnamese) {
    Built built;
    built.event({{"message", "Ông Đặng Thuỳ đăng nhập"}});
    built.end_block();
    built.event({{"message", "Bà Nguyễn thoát"}});
    built.end_block();
    const auto view = built.view();
    EXPECT_EQ(view->may_contain({.folded = fold("Đặng"), .begins_word = true, .ends_word = true})->list(), Blocks{0});
    EXPECT_EQ(view->may_contain({.folded = "dang thuy"})->list(), Blocks{0});
    EXPECT_EQ(view->may_contain({.folded = "guyen"})->list(), Blocks{1});
}

TEST(Filter, KnowsAValueWithItsField) {
    Built built;
    built.event({{"event.code", "4624"}, {"ProcessId", "1102"}});
    built.end_block();
    built.event({{"event.code", "1102"}, {"ProcessId", "4624"}});
    built.end_block();
    const auto view = built.view();
    EXPECT_EQ(view->may_have("event.code", "1102")->list(), Blocks{1});
    EXPECT_EQ(view->may_have("processid", "1102")->list(), Blocks{0}) << "names without regard to case";
    EXPECT_EQ(view->may_have("event.code", "1")->list(), Blocks{});
}

TEST(Filter, FindsAddressesInANetwork) {
    Built built;
    for (const std::string_view address : {"192.0.2.1", "192.0.2.200", "198.51.100.7", "2001:db8::1", "2001:db8:0:1::2", "::ffff:203.0.113.9"}) {
        built.event({{"source.ip", std::string{address}}});
        built.end_block();
    }
    built.event({{"message", "from [2001:db8:0:2::1]:443 to 203.0.113.77:80, not 203.0.113.300"}});
    const auto view = built.view();
    EXPECT_EQ(view->addresses_in(*parse_network("192.0.2.0/24"))->list(), (Blocks{0, 1}));
    EXPECT_EQ(view->addresses_in(*parse_network("192.0.2.128/25"))->list(), Blocks{1});
    EXPECT_EQ(view->addresses_in(*parse_network("192.0.2.1"))->list(), Blocks{0});
    EXPECT_EQ(view->addresses_in(*parse_network("203.0.113.0/24"))->list(), (Blocks{5, 6}));
    EXPECT_EQ(view->addresses_in(*parse_network("2001:db8::/63"))->list(), (Blocks{3, 4}));
    EXPECT_EQ(view->addresses_in(*parse_network("2001:db8::/32"))->list(), (Blocks{3, 4, 6}));
    EXPECT_EQ(view->addresses_in(*parse_network("::/0"))->count(), 7U);
    EXPECT_EQ(view->addresses_between(*parse_address("192.0.2.2"), *parse_address("198.51.100.7"))->list(), (Blocks{1, 2}));
}

TEST(Filter, FindsIndicatorsInText) {
    Built built;
    built.event({{"message", "GET hxxps://Evil.EXAMPLE/drop/a.php?x=1, by bob.smith@mail.example.org."}});
    built.end_block();
    built.event({{"Hashes", "MD5=0123456789abcdef0123456789ABCDEF,SHA256=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"}});
    built.end_block();
    built.event({{"dns.question.name", "a.b.Update.Example.NET."}});
    built.end_block();
    const auto view = built.view();
    EXPECT_EQ(view->has_indicator(Indicator::url, "hxxps://evil.example/drop/a.php?x=1")->list(), Blocks{0});
    EXPECT_EQ(view->has_indicator(Indicator::name, "evil.example")->list(), Blocks{0});
    EXPECT_EQ(view->has_indicator(Indicator::mail, "Bob.Smith@mail.example.org")->list(), Blocks{0});
    EXPECT_EQ(view->has_indicator(Indicator::name, "example.org")->list(), Blocks{0});
    EXPECT_EQ(view->has_indicator(Indicator::hash, "0123456789ABCDEF0123456789abcdef")->list(), Blocks{1});
    EXPECT_EQ(view->has_indicator(Indicator::hash, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")->list(), Blocks{1});
    EXPECT_EQ(view->has_indicator(Indicator::name, "update.example.net")->list(), Blocks{2});
    EXPECT_EQ(view->has_indicator(Indicator::name, "example.net")->list(), Blocks{2});
    EXPECT_EQ(view->has_indicator(Indicator::name, "date.example.net")->list(), Blocks{});
    EXPECT_EQ(view->has_indicator(Indicator::name, "net")->count(), 3U) << "no name by the rules: nothing is known";
    EXPECT_EQ(view->distinct(Indicator::hash), 2U);
}

TEST(Filter, KeepsPositionsAndTimesOfBlocks) {
    Built built;
    built.event({{"a", "b"}}, Time{5'000'000}, Time{9'000'000});
    built.event({{"a", "b"}}, Time{3'000'000}, Time{8'000'000});
    built.end_block();
    built.event({{"a", "b"}}, Time{7'000'000}, Time{7'000'000});
    const auto view = built.view();
    ASSERT_EQ(view->blocks(), 2U);
    EXPECT_EQ(view->facts(0).rows, 2U);
    EXPECT_EQ(view->facts(0).first.value, 100U);
    EXPECT_EQ(view->facts(0).last.value, 101U);
    EXPECT_EQ(view->facts(0).occurred_first, Time{3'000'000});
    EXPECT_EQ(view->facts(0).occurred_last, Time{5'000'000});
    EXPECT_EQ(view->facts(0).received_first, Time{8'000'000});
    EXPECT_EQ(view->occurred_between(Time{5'000'001}, Time{7'000'001}).list(), Blocks{1});
    EXPECT_EQ(view->occurred_between(Time{5'000'000}, Time{7'000'000}).list(), Blocks{0});
}

TEST(Filter, WithoutEventsHasNoBlocks) {
    Built built;
    const auto view = built.view();
    EXPECT_EQ(view->blocks(), 0U);
    EXPECT_TRUE(view->may_contain({.folded = "abcd"})->empty());
    EXPECT_TRUE(view->has_indicator(Indicator::name, "example.org")->empty());
}

TEST(Filter, TheLastBlockTakesWhatIsLeft) {
    Built built;
    for (std::size_t i = 0; i < kMostBlocks + 10; ++i) {
        built.event({{"user.name", i + 1 == kMostBlocks + 10 ? "last" : "other"}});
        built.end_block();
    }
    const auto view = built.view();
    ASSERT_EQ(view->blocks(), kMostBlocks);
    EXPECT_EQ(view->facts(0).rows, 1U);
    EXPECT_EQ(view->facts(kMostBlocks - 1).rows, 11U);
    EXPECT_EQ(view->facts(kMostBlocks - 1).last.value, 100 + kMostBlocks + 9);
    const auto found = view->may_contain({.folded = "last", .begins_word = true, .ends_word = true});
    ASSERT_TRUE(found) << found.error().text;
    EXPECT_TRUE(found->has(kMostBlocks - 1));
}

TEST(Filter, GivesUpAKindWithTooManyValues) {
    Built built{{.seed = 3, .most_values = 1000}};
    for (int i = 0; i < 200'000; ++i) built.event({{"destination.domain", format("h{}.example", i)}, {"source.ip", "192.0.2.1"}});
    built.end_block();
    built.event({{"a", "b"}});
    const auto view = built.view();
    EXPECT_FALSE(view->complete(Indicator::name));
    EXPECT_EQ(view->has_indicator(Indicator::name, "h3.example")->count(), 2U);
    EXPECT_TRUE(view->complete(Indicator::address4));
    EXPECT_EQ(view->has_indicator(Indicator::address4, "192.0.2.1")->list(), Blocks{0});
}

TEST(Filter, ListsDistinctKeysInOrder) {
    Built built;
    std::vector<std::uint64_t> expected;
    for (std::uint64_t i = 0; i < 10'000; ++i) {
        const std::uint64_t number = 0x0a000000 + i * 7919 % 65536 * 3;
        built.event({{"source.ip", format("{}.{}.{}.{}", number >> 24, number >> 16 & 255, number >> 8 & 255, number & 255)}});
        expected.push_back(number);
    }
    std::sort(expected.begin(), expected.end());
    const auto view = built.view();
    std::vector<std::uint64_t> keys;
    ASSERT_TRUE(view->each_key(Indicator::address4, [&](std::span<const std::uint64_t> some) {
        keys.insert(keys.end(), some.begin(), some.end());
        return true;
    }));
    EXPECT_EQ(keys, expected);
    EXPECT_EQ(view->distinct(Indicator::address4), expected.size());
}

TEST(Filter, AnyFlippedByteIsAnErrorOrWithoutEffect) {
    Built built;
    for (int i = 0; i < 3000; ++i) built.event({{"message", format("word{} from 192.0.2.{} x{}.example.org", i * 31, i % 256, i)}});
    built.end_block();
    built.event({{"message", "the last one"}});
    const std::string file = built.bytes();
    std::mt19937 random{7};
    for (int i = 0; i < 200; ++i) {
        std::string flipped = file;
        const std::size_t at = random() % file.size();
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << random() % 8));
        const auto view = testing::open(flipped);
        if (!view) {
            EXPECT_EQ(view.error().code, Code::corrupt);
            continue;
        }
        const bool in_body = !(*view)->verify();
        for (const std::string_view word : {"word31", "example", "last"}) {
            const auto found = (*view)->may_contain({.folded = word, .begins_word = true, .ends_word = true});
            if (found)
                EXPECT_TRUE(found->has(word == "last" ? 1 : 0)) << "byte " << at;
            else
                EXPECT_TRUE(in_body);
        }
    }
    for (const std::size_t length : {std::size_t{0}, std::size_t{10}, std::size_t{400}, file.size() - 1}) EXPECT_FALSE(testing::open(file.substr(0, length)));
    EXPECT_FALSE(testing::open(file + "x"));
}

}  // namespace
}  // namespace vg::store::archive
