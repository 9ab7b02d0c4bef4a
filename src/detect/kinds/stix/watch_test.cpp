// Patterns of several observations over events of machines: what holds when, and what is given up.
#include "detect/kinds/stix/watch.h"

#include <gtest/gtest.h>

#include <random>

#include "base/text.h"
#include "detect/kinds/stix/event_kit.h"

namespace vg::detect::stix {
namespace {

const correlation::Seed kSeed{1, 2, 3};

// Tells a watch of moments in seconds; "a" and "b" are the first and the second [ ] of the pattern.
struct Watched {
    explicit Watched(const std::string& pattern, Watch::Order order = Watch::Order::forward, WatchLimits limits = {}) : text(pattern), asked(prepare(pattern).value()), watch(kSeed, order, limits) {}
    bool see(double second, const std::string& which, const std::string& who = "one") {
        const std::uint64_t bits = (which.find('a') != std::string::npos ? 1U : 0U) | (which.find('b') != std::string::npos ? 2U : 0U);
        const Time time = kTestNow + milliseconds(static_cast<std::int64_t>(second * 1000));
        return watch.see(*asked, text, who, {{++position}, time, bits}, received.value_or(time), taken);
    }
    std::string text;
    std::unique_ptr<const Asked> asked;
    Watch watch;
    std::vector<Watch::Sight> taken;
    std::uint64_t position = 0;
    std::optional<Time> received;
};

constexpr const char* kBoth = "([file:name = 'a'] AND [file:name = 'b']) WITHIN 60 SECONDS";
constexpr const char* kThen = "([file:name = 'a'] FOLLOWEDBY [file:name = 'b']) WITHIN 60 SECONDS";

TEST(StixWatch, AndInEitherOrderWithinTheSpan) {
    Watched watched{kBoth};
    EXPECT_FALSE(watched.see(0, "b"));
    EXPECT_TRUE(watched.see(60, "a"));
    ASSERT_EQ(watched.taken.size(), 2U);
    EXPECT_EQ(watched.taken[0].position.value, 1U);
    EXPECT_EQ(watched.taken[1].position.value, 2U);
    EXPECT_FALSE(watched.see(61, "a")) << "the b counts once";
    EXPECT_FALSE(watched.see(121.5, "b")) << "60.5 seconds later";
    Watched one{kBoth};
    EXPECT_FALSE(one.see(0, "ab")) << "AND takes two observations (9.5)";
    EXPECT_TRUE(one.see(1, "b"));
}

TEST(StixWatch, FollowedByAsksForTheOrder) {
    Watched watched{kThen};
    EXPECT_FALSE(watched.see(0, "b"));
    EXPECT_FALSE(watched.see(1, "a")) << "the b was before";
    EXPECT_TRUE(watched.see(2, "b"));
    EXPECT_EQ(watched.taken[0].position.value, 2U);
    Watched late{kThen};
    EXPECT_FALSE(late.see(10, "b"));
    EXPECT_TRUE(late.see(5, "a")) << "it came late, and had happened before";
}

TEST(StixWatch, MachinesAreApart) {
    Watched watched{kBoth};
    EXPECT_FALSE(watched.see(0, "a", "one"));
    EXPECT_FALSE(watched.see(1, "b", "two"));
    EXPECT_TRUE(watched.see(2, "a", "two"));
    EXPECT_EQ(watched.watch.stats().groups, 1U);
}

TEST(StixWatch, RepeatsCountsEachOnce) {
    Watched watched{"[file:name = 'a'] REPEATS 3 TIMES WITHIN 10 SECONDS"};
    EXPECT_FALSE(watched.see(0, "a"));
    EXPECT_FALSE(watched.see(6, "a"));
    EXPECT_FALSE(watched.see(11, "a")) << "the first is 11 seconds back";
    EXPECT_TRUE(watched.see(12, "a"));
    EXPECT_EQ(watched.taken.size(), 3U);
    EXPECT_FALSE(watched.see(13, "a"));
}

TEST(StixWatch, BackwardsItSaysTheSame) {
    Watched watched{kThen, Watch::Order::backward};
    EXPECT_FALSE(watched.see(200, "b"));
    EXPECT_FALSE(watched.see(100, "b"));
    EXPECT_TRUE(watched.see(40, "a"));
    EXPECT_EQ(watched.taken.front().time.micros, (kTestNow + seconds(40)).micros);
    EXPECT_EQ(watched.taken.back().time.micros, (kTestNow + seconds(100)).micros);
    EXPECT_FALSE(watched.see(39, "a")) << "the other b is 161 seconds away";
    EXPECT_FALSE(watched.see(38, "b")) << "it was before";
}

// What came late lies among events that happened after it: it neither hides them nor is hidden.
TEST(StixWatch, BackwardsWhatCameLateHidesNothing) {
    Watched watched{kThen, Watch::Order::backward};
    watched.received = kTestNow + seconds(1000);
    EXPECT_FALSE(watched.see(990, "b"));
    EXPECT_FALSE(watched.see(-100'000, "a")) << "a day late";
    EXPECT_TRUE(watched.see(980, "a"));
    EXPECT_EQ(watched.taken.front().time.micros, (kTestNow + seconds(980)).micros);
    watched.received = kTestNow;
    EXPECT_TRUE(watched.see(-99'990, "b")) << "after the late a";
}

// By hand over all pairs: any a and b of the stream at most 60 seconds apart, each taken once in the order in which the second one
// comes. Forward and over a saved state.
TEST(StixWatch, AgreesWithAPlainSearchAlsoOverASavedState) {
    std::mt19937 random{7};
    for (int round = 0; round < 200; ++round) {
        auto watched = std::make_unique<Watched>(kBoth);
        std::vector<std::pair<double, char>> open;
        double now = 0;
        for (int i = 0; i < 40; ++i) {
            now += static_cast<double>(random() % 50);
            const char which = random() % 2 == 0 ? 'a' : 'b';
            std::erase_if(open, [&](const auto& one) { return now - one.first > 60; });
            const auto other = std::find_if(open.begin(), open.end(), [&](const auto& one) { return one.second != which; });
            const bool expected = other != open.end();
            ASSERT_EQ(watched->see(now, std::string(1, which)), expected) << round << " " << i;
            if (expected)
                open.erase(other);
            else
                open.emplace_back(now, which);
            if (random() % 5 == 0) {
                auto next = std::make_unique<Watched>(kBoth);
                ASSERT_TRUE(next->watch.restore(watched->watch.save()));
                next->position = watched->position;
                watched = std::move(next);
            }
        }
    }
}

TEST(StixWatch, IsBounded) {
    Watched groups{kBoth, Watch::Order::forward, {.groups = 2}};
    groups.see(0, "a", "one");
    groups.see(1, "a", "two");
    groups.see(2, "a", "three");
    EXPECT_EQ(groups.watch.stats().groups, 2U);
    EXPECT_EQ(groups.watch.stats().evicted, 1U);
    EXPECT_FALSE(groups.see(3, "b", "one")) << "it was given up";
    EXPECT_TRUE(groups.see(3, "b", "three"));
    Watched sights{"[file:name = 'a'] REPEATS 5 TIMES", Watch::Order::forward, {.in_group = 4}};
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(sights.see(i, "a"));
    EXPECT_EQ(sights.watch.stats().sights, 4U);
    EXPECT_EQ(sights.watch.stats().cut, 6U);
    Watched steps{"[file:name = 'a'] AND [file:name = 'a'] AND [file:name = 'a'] AND [file:name = 'b']", Watch::Order::forward, {.steps = 50}};
    for (int i = 0; i < 60; ++i) steps.see(i, "a");
    EXPECT_GT(steps.watch.stats().unanswered, 0U);
    EXPECT_EQ(prepare("[file:name = 'a'] REPEATS 129 TIMES").error().code, Code::too_large);
    EXPECT_TRUE(prepare("[file:name = 'a'] REPEATS 128 TIMES"));
}

TEST(StixWatch, DamagedStatesAreRefused) {
    Watched watched{kBoth};
    watched.see(0, "a", "one");
    watched.see(0, "a", "two");
    const std::string saved = watched.watch.save();
    for (std::size_t at = 0; at < saved.size(); ++at) {
        std::string damaged = saved;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
        EXPECT_FALSE(watched.watch.restore(damaged)) << at;
        EXPECT_FALSE(watched.watch.restore(std::string_view{saved}.substr(0, at))) << at;
    }
    EXPECT_TRUE(watched.see(1, "b", "one")) << "it is as it was";
}

}  // namespace
}  // namespace vg::detect::stix
