// Random events and random queries: an event that matches is always in a candidate block.
#include <gtest/gtest.h>

#include <random>

#include "base/arena.h"
#include "base/text.h"
#include "search/query.h"
#include "store/archive/filter.h"
#include "store/archive/filter_test_kit.h"

namespace vg::store::archive::filter_query_test {
namespace {

using testing::Built;

const std::vector<std::string_view> kTexts{
    "Đặng Thuỳ Trâm", "NGUYỄN Văn Ánh", "nguyễn\tvăn", "e\xCC\x81t\xCC\xA3", "ﬁn STRASSE straße", "한국어 로그", "İstanbul ılık", "Κόσμος", "ﬀ",
    "C:\\Windows\\System32\\cmd.exe", "cmd.exe /c whoami /all", "powershell -enc SQBFAFgA", "a_b-c.d", "foo—bar", "x‎2021‎-‎04", "\xFFhalf\xC3", "\xE1 cut", "",
    " ", "-", "mimikatz", "MimiKatz.exe", "sekurlsa::logonpasswords", "https://evil.example/a?b=c", "WWW.Evil.Example", "a@mail.example.org", "192.0.2.7", "::ffff:192.0.2.9",
    "2001:DB8::1", "from 198.51.100.4:22", "0123456789abcdef0123456789abcdef", "4624", "0x1a4", "420", "line one\nline two\r\n\tthird", "ab", "abc", "abcd", "true", "null", "*", "K"};
const std::vector<std::string_view> kFields{"message", "process.command_line", "user.name", "source.ip", "destination.ip", "source.port", "process.pid", "event.code", "host.name", "Image", "TargetUserName", "IpAddress", "Đối tượng"};

class Chance {
public:
    explicit Chance(std::uint32_t seed) : random_(seed) {}
    std::size_t below(std::size_t n) { return random_() % n; }
    template <class T>
    const T& of(const std::vector<T>& values) {
        return values[below(values.size())];
    }
    std::string text() {
        std::string made{of(kTexts)};
        while (below(3) == 0) made += std::string{below(2) == 0 ? " " : ""} + std::string{of(kTexts)};
        if (below(200) == 0) made.append(300, 'z');
        return made;
    }

private:
    std::mt19937 random_;
};

event::Event random_event(Chance& chance, Arena& arena) {
    event::Builder made{arena};
    const std::size_t count = chance.below(5);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view name = chance.of(kFields);
        const event::Ecs ecs = event::ecs_field(name);
        const std::string value = chance.text();
        if (name == "source.port" || name == "process.pid")
            made.ecs_integer(ecs, static_cast<std::int64_t>(400 + chance.below(40)), chance.below(2) == 0 ? arena.copy(value) : std::string_view{});
        else if (ecs != event::Ecs::none)
            made.ecs(ecs, arena.copy(value));
        else if (chance.below(10) == 0)
            made.integer(name, static_cast<std::int64_t>(400 + chance.below(40)));
        else
            made.text(name, arena.copy(value));
    }
    event::Event event;
    event.fields = made.finish();
    return event;
}

std::string random_value(Chance& chance) {
    std::string value = to_valid_utf8(chance.text());
    const std::size_t from = chance.below(value.size() + 1), length = chance.below(12);
    if (chance.below(2) == 0) value = to_valid_utf8(value.substr(from, length));
    if (chance.below(3) == 0) value = fold(value);
    if (chance.below(4) == 0) return "\"" + value + "\"";
    std::string written;
    for (const char c : value) {
        if (c == ' ' || c == '"' || c == '\\' || c == '(' || c == ')' || c == ':' || c == '*' || c == '?' || c == '\t' || c == '\n' || c == '\r') written += '\\';
        written += c;
    }
    if (chance.below(3) == 0) written = (chance.below(2) == 0 ? "*" : "") + written + (chance.below(2) == 0 ? "*" : "?");
    return written;
}

std::string random_query(Chance& chance, int depth) {
    switch (chance.below(depth > 3 ? 7 : 10)) {
        case 0:
        case 1: return random_value(chance);
        case 2: return std::string{chance.of(std::vector<std::string_view>{"source.ip:192.0.2.0/24", "destination.ip:2001:db8::/32", "source.ip:192.0.2.7", "IpAddress:198.51.100.0/30", "192.0.2.0/24", "source.ip:192.0.2.1..192.0.2.8"})};
        case 3: return format("{}:{}", chance.below(2) == 0 ? "process.pid" : "source.port", 395 + chance.below(50));
        case 4:
        case 5:
        case 6: return format("{}{}{}", chance.of(kFields), chance.below(3) == 0 ? ":~" : ":", random_value(chance));
        case 7: return "(" + random_query(chance, depth + 1) + " AND " + random_query(chance, depth + 1) + ")";
        case 8: return "(" + random_query(chance, depth + 1) + " OR " + random_query(chance, depth + 1) + ")";
        default: return "NOT " + random_query(chance, depth + 1);
    }
}

TEST(FilterQuery, NeverMissesAnEventThatMatches) {
    Chance chance{20261124};
    std::size_t asked = 0, matched = 0, skipped = 0;
    for (int round = 0; round < 40; ++round) {
        Arena arena;
        std::vector<event::Event> events;
        std::vector<std::uint32_t> block_of;
        Built built;
        const std::size_t blocks = 1 + chance.below(round % 8 == 0 ? 80 : 12);
        for (std::size_t block = 0; block < blocks; ++block) {
            const std::size_t in_block = 1 + chance.below(4);
            for (std::size_t i = 0; i < in_block; ++i) {
                events.push_back(random_event(chance, arena));
                block_of.push_back(static_cast<std::uint32_t>(block));
                built.event(events.back());
            }
            built.end_block();
        }
        const auto view = built.view();
        for (int i = 0; i < 300; ++i) {
            const std::string text = random_query(chance, 0);
            const auto query = search::parse(text);
            if (!query) continue;
            const auto candidates = candidate_blocks(*view, *query);
            ASSERT_TRUE(candidates) << candidates.error().text;
            ++asked;
            skipped += blocks - candidates->count();
            for (std::size_t e = 0; e < events.size(); ++e) {
                if (!search::matches(*query, events[e])) continue;
                ++matched;
                ASSERT_TRUE(candidates->has(block_of[e])) << "query: " << text << "\nevent: " << event::to_json(events[e]).dump();
            }
        }
    }
    // The test is worth something only when queries are understood, match, and blocks are left out.
    EXPECT_GT(asked, 6000U);
    EXPECT_GT(matched, 20'000U);
    EXPECT_GT(skipped, 20'000U);
}

TEST(FilterQuery, LeavesOutWhatItCanAndNothingElse) {
    Built built;
    built.event({{"event.code", "4624"}, {"message", "An account was logged on"}, {"source.ip", "192.0.2.7"}});
    built.end_block();
    built.event({{"event.code", "1102"}, {"message", "The audit log was cleared"}, {"source.ip", "198.51.100.7"}});
    built.end_block();
    const auto view = built.view();
    const auto blocks = [&](std::string_view text) { return candidate_blocks(*view, *search::parse(text))->list(); };
    using Blocks = std::vector<std::uint32_t>;
    EXPECT_EQ(blocks("event.code:1102"), Blocks{1});
    EXPECT_EQ(blocks("cleared"), Blocks{1});
    EXPECT_EQ(blocks("*udit lo*"), Blocks{1});
    EXPECT_EQ(blocks("source.ip:192.0.2.0/24"), Blocks{0});
    EXPECT_EQ(blocks("account OR cleared"), (Blocks{0, 1}));
    EXPECT_EQ(blocks("account AND cleared"), Blocks{});
    EXPECT_EQ(blocks("NOT cleared"), (Blocks{0, 1}));
    EXPECT_EQ(blocks("event.code:[4000 TO 5000]"), (Blocks{0, 1}));
    EXPECT_EQ(blocks("user.name:*"), (Blocks{0, 1}));
    EXPECT_EQ(blocks(""), (Blocks{0, 1}));
}

}  // namespace
}  // namespace vg::store::archive::filter_query_test
