#include "lists/inside.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/text.h"
#include "base/time.h"

namespace vg::lists::inside_test {

namespace {

using What = InsideSeen::What;
using Shape = InsideSeen::Shape;

const Time kNine = *parse_time("2025-11-19T09:00:00Z");

Address at(std::string_view text) { return *parse_address(text); }

OrganisationId organisation(std::uint8_t number) {
    OrganisationId id;
    id.bytes[15] = number;
    return id;
}

// 203.0.113.5:40001 at nine.
InsideQuestion asked(std::optional<std::uint16_t> port = 40001, Time time = kNine) { return {.row = 1, .organisation = organisation(1), .address = at("203.0.113.5"), .port = port, .time = time}; }

InsideSeen nat(std::uint64_t position, std::string_view inside, Shape shape, Time from, std::optional<Time> until = {}, std::uint16_t port = 40001) {
    InsideSeen seen{.what = What::nat, .shape = shape, .position = {position}, .organisation = organisation(1), .from = from, .until = until, .inside = at(inside), .outside = at("203.0.113.5"), .first = port, .last = port};
    if (shape == Shape::ends && !until) seen.until = from, seen.from.reset();
    return seen;
}

InsideSeen lease(std::uint64_t position, std::string_view address, std::string_view mac, Shape shape, Time time, std::optional<Time> until = {}) {
    InsideSeen seen{.what = What::lease, .shape = shape, .position = {position}, .organisation = organisation(1), .from = time, .until = until, .inside = at(address), .mac = std::string{mac}, .host = "pc-" + std::string{mac.substr(mac.size() - 2)}};
    if (shape == Shape::ends) seen.until = time, seen.from.reset();
    return seen;
}

constexpr std::string_view kFirstMac = "02:00:00:00:00:01", kSecondMac = "02:00:00:00:00:02";

std::vector<Inside> answers(const std::vector<InsideQuestion>& questions, const std::vector<InsideSeen>& events, const InsideKnown& known = {}, InsideOptions options = {}) {
    InsideJoin join{questions, options};
    for (const InsideSeen& seen : events)
        if (seen.what != What::lease) join.add(seen);
    join.ask_leases();
    for (const InsideSeen& seen : events)
        if (seen.what == What::lease) join.add(seen);
    return join.finish(known);
}

Inside answer(const InsideQuestion& question, const std::vector<InsideSeen>& events, const InsideKnown& known = {}) { return answers({question}, events, known).front(); }

std::string inside_of(const Inside& inside) {
    std::string all;
    for (const InsideMachine& one : inside.machines) all += (all.empty() ? "" : " ") + one.address.text() + (one.mac.empty() ? "" : "=" + one.mac.substr(15));
    return format("{}: {}", name_of(inside.state), all);
}

// ---- what is told ----

TEST(InsideJoin, NamesTheMachineWithItsLease) {
    const Inside found = answer(asked(), {nat(7, "10.0.0.7", Shape::ends, kNine - minutes(2), kNine + minutes(1)), lease(3, "10.0.0.7", kFirstMac, Shape::begins, kNine - hours(2))});
    ASSERT_EQ(inside_of(found), "machine: 10.0.0.7=01");
    EXPECT_EQ(found.machines[0].host, "pc-01");
    ASSERT_EQ(found.machines[0].evidence.size(), 2U);
    EXPECT_EQ(found.machines[0].evidence[0].position.value, 7U);
    EXPECT_EQ(name_of(found.machines[0].evidence[0].what), "nat");
    EXPECT_EQ(found.machines[0].evidence[1].position.value, 3U);
    EXPECT_EQ(name_of(found.machines[0].evidence[1].what), "dhcp");
    EXPECT_EQ(found.machines[0].evidence[0].off.micros, 0);
}

TEST(InsideJoin, AllowsTheSkewOnBothEdgesAndNoMore) {
    const auto with = [](Time from, Time until) { return inside_of(answer(asked(), {nat(1, "10.0.0.7", Shape::ends, from, until)})); };
    EXPECT_EQ(with(kNine + seconds(120), kNine + seconds(130)), "machine: 10.0.0.7") << "it begins exactly the skew later";
    EXPECT_EQ(with(kNine + seconds(121), kNine + seconds(130)), "verify: ");
    EXPECT_EQ(with(kNine - seconds(130), kNine - seconds(120)), "machine: 10.0.0.7") << "it ended exactly the skew before";
    EXPECT_EQ(with(kNine - seconds(130), kNine - seconds(121)), "verify: ");
    EXPECT_EQ(answer(asked(), {nat(1, "10.0.0.7", Shape::ends, kNine - seconds(130), kNine - seconds(90))}).machines[0].evidence[0].off, seconds(90));
}

TEST(InsideJoin, NamesBothWhereAPortWentFromOneToAnotherWithinTheSkew) {
    const std::vector<InsideSeen> events{nat(1, "10.0.0.7", Shape::begins, kNine - minutes(10)), nat(2, "10.0.0.7", Shape::ends, kNine - seconds(30)), nat(3, "10.0.0.8", Shape::begins, kNine - seconds(20))};
    EXPECT_EQ(inside_of(answer(asked(), events)), "several: 10.0.0.8 10.0.0.7") << "the closer goes first";
    EXPECT_EQ(inside_of(answer(asked(40001, kNine - minutes(5)), events)), "machine: 10.0.0.7");
    EXPECT_EQ(inside_of(answer(asked(40001, kNine + minutes(5)), events)), "machine: 10.0.0.8");
}

TEST(InsideJoin, TakesTheNextHolderForTheEndThatNobodyLogged) {
    const std::vector<InsideSeen> events{nat(1, "10.0.0.7", Shape::begins, kNine - minutes(30)), nat(2, "10.0.0.8", Shape::begins, kNine - minutes(10))};
    EXPECT_EQ(inside_of(answer(asked(), events)), "machine: 10.0.0.8");
    EXPECT_EQ(inside_of(answer(asked(), {events[0]})), "machine: 10.0.0.7") << "an hour without an end";
    EXPECT_EQ(inside_of(answer(asked(40001, kNine + hours(1)), {events[0]})), "verify: ");
}

TEST(InsideJoin, KeepsOtherPortsAndAddressesOut) {
    InsideSeen other = nat(2, "10.0.0.8", Shape::begins, kNine);
    other.outside = at("203.0.113.6");
    EXPECT_EQ(inside_of(answer(asked(), {nat(1, "10.0.0.7", Shape::begins, kNine, {}, 40002), other})), "verify: ");
    EXPECT_EQ(inside_of(answer(asked(std::nullopt), {nat(1, "10.0.0.7", Shape::begins, kNine, {}, 40002), other})), "machine: 10.0.0.7") << "without a port every one counts";
}

TEST(InsideJoin, KnowsBlocksOfPorts) {
    InsideSeen block = nat(1, "100.64.0.9", Shape::begins, kNine - hours(5));
    block.first = 40000, block.last = 40511;
    EXPECT_EQ(inside_of(answer(asked(40001), {block})), "machine: 100.64.0.9");
    EXPECT_EQ(inside_of(answer(asked(40512), {block})), "verify: ");
}

TEST(InsideJoin, GoesByTheDestinationWhereBothTellIt) {
    InsideQuestion question = asked();
    question.destination = at("198.51.100.66");
    InsideSeen right = nat(1, "10.0.0.7", Shape::ends, kNine - minutes(1), kNine + minutes(1)), wrong = nat(2, "10.0.0.8", Shape::ends, kNine - minutes(1), kNine + minutes(1));
    right.destination = at("198.51.100.66"), wrong.destination = at("198.51.100.67");
    EXPECT_EQ(inside_of(answer(question, {right, wrong})), "machine: 10.0.0.7");
    EXPECT_EQ(inside_of(answer(asked(), {right, wrong})), "several: 10.0.0.7 10.0.0.8");
    const Inside doubtful = answer(question, {wrong});
    EXPECT_EQ(inside_of(doubtful), "several: 10.0.0.8") << "one that spoke to somebody else is told, and is not it for sure";
    EXPECT_TRUE(doubtful.machines[0].other_destination);
}

TEST(InsideJoin, PutsWhoAskedInThePlaceOfTheProxy) {
    InsideQuestion question = asked();
    question.destination = at("198.51.100.66");
    InsideSeen out = nat(1, "10.0.0.3", Shape::ends, kNine - seconds(5), kNine + seconds(5));
    out.destination = question.destination;
    const InsideSeen request{.what = What::proxy, .shape = Shape::moment, .position = {2}, .organisation = organisation(1), .from = kNine, .until = kNine, .inside = at("10.0.0.77"), .outside = at("10.0.0.3"), .destination = question.destination};
    const Inside found = answer(question, {out, request});
    ASSERT_EQ(inside_of(found), "machine: 10.0.0.77");
    ASSERT_EQ(found.machines[0].evidence.size(), 2U);
    EXPECT_EQ(name_of(found.machines[0].evidence[1].what), "proxy");
    InsideSeen unknown = request;
    unknown.outside.reset();
    EXPECT_EQ(inside_of(answer(question, {unknown})), "several: 10.0.0.77") << "nothing says that this proxy stands behind the address";
    unknown.organisation = organisation(2);
    EXPECT_EQ(inside_of(answer(question, {unknown})), "verify: ") << "and another's proxy does not";
}

TEST(InsideJoin, NamesBothHoldersWhereALeaseWasHandedOver) {
    const InsideSeen out = nat(1, "10.0.0.7", Shape::ends, kNine - hours(1), kNine + hours(1));
    const std::vector<InsideSeen> events{out, lease(2, "10.0.0.7", kFirstMac, Shape::begins, kNine - hours(5)), lease(3, "10.0.0.7", kFirstMac, Shape::ends, kNine - seconds(60)), lease(4, "10.0.0.7", kSecondMac, Shape::begins, kNine - seconds(10))};
    EXPECT_EQ(inside_of(answer(asked(), events)), "several: 10.0.0.7=02 10.0.0.7=01");
    EXPECT_EQ(inside_of(answer(asked(40001, kNine - minutes(10)), events)), "machine: 10.0.0.7=01");
    EXPECT_EQ(inside_of(answer(asked(40001, kNine + minutes(10)), events)), "machine: 10.0.0.7=02");
}

TEST(InsideJoin, EndsALeaseWithItsTerm) {
    const InsideSeen out = nat(1, "10.0.0.7", Shape::ends, kNine - hours(1), kNine + hours(1));
    EXPECT_EQ(inside_of(answer(asked(), {out, lease(2, "10.0.0.7", kFirstMac, Shape::begins, kNine - hours(2), kNine - hours(1))})), "machine: 10.0.0.7") << "whose it was then is not known";
    EXPECT_EQ(inside_of(answer(asked(), {out, lease(2, "10.0.0.7", kFirstMac, Shape::begins, kNine - hours(2), kNine + hours(1))})), "machine: 10.0.0.7=01");
}

TEST(InsideJoin, LooksAtNoLeaseOfAnotherOrganisationsNetwork) {
    InsideSeen foreign = lease(2, "10.0.0.7", kSecondMac, Shape::begins, kNine - hours(1));
    foreign.organisation = organisation(2);
    const InsideSeen out = nat(1, "10.0.0.7", Shape::ends, kNine - minutes(2), kNine);
    EXPECT_EQ(inside_of(answer(asked(), {out, foreign})), "machine: 10.0.0.7");
    const InsideKnown below{.related = [](const OrganisationId&, const OrganisationId&) { return true; }};
    EXPECT_EQ(inside_of(answer(asked(), {out, foreign}, below)), "machine: 10.0.0.7=02");
}

TEST(InsideJoin, LeavesTheWholeNetworkToBeVerifiedWithoutLogs) {
    const InsideKnown known{.pool = [](const OrganisationId&, const Address&, Time) { return std::optional{InsideKnown::Pool{"lan", {"10.0.0.0/24", "10.0.1.0/24"}}}; },
                            .range = [](const Address&, std::optional<std::uint16_t>, Time) { return std::string{"203.0.113.0/29"}; }};
    const Inside pooled = answer(asked(), {}, known);
    EXPECT_EQ(pooled.state, InsideState::verify);
    EXPECT_EQ(pooled.pool, "lan");
    EXPECT_EQ(pooled.networks, (std::vector<std::string>{"10.0.0.0/24", "10.0.1.0/24"}));
    const Inside ranged = answer(asked(), {}, {.range = known.range});
    EXPECT_EQ(ranged.state, InsideState::verify);
    EXPECT_EQ(ranged.networks, std::vector<std::string>{"203.0.113.0/29"});
}

TEST(InsideJoin, SaysToVerifyWhenMoreFitThanAreLookedAt) {
    std::vector<InsideSeen> events;
    for (std::uint64_t i = 0; i < 60; ++i) events.push_back(nat(i, format("10.0.0.{}", i), Shape::ends, kNine - minutes(1), kNine, static_cast<std::uint16_t>(40000 + i)));
    InsideOptions options;
    options.most_machines = 5;
    const auto many = answers({asked(std::nullopt)}, events, {}, options);
    EXPECT_EQ(many[0].state, InsideState::several);
    EXPECT_EQ(many[0].machines.size(), 5U);
    EXPECT_EQ(many[0].more, 55);
    options.most_events = 10;
    EXPECT_EQ(answers({asked(std::nullopt)}, events, {}, options)[0].state, InsideState::verify);
}

// ---- against a plain search: second by second, who held what ----

struct Plain {
    Shape shape;
    int machine, channel, second, term;  // term: -1, or how long it lasts
};

constexpr int kSeconds = 90, kSkew = 4, kOpen = 20;

// Walks through the seconds as somebody with a pencil would.
std::set<int> held_near(const std::vector<Plain>& events, int channel, int second, bool leases) {
    std::set<int> near;
    for (int here = second - kSkew; here <= second + kSkew; ++here)
        for (std::size_t i = 0; i < events.size(); ++i) {
            const Plain& one = events[i];
            if (one.channel != channel) continue;
            if (one.shape == Shape::ends) {
                if (leases) continue;
                int since = one.second - kOpen;
                for (std::size_t j = 0; j < i; ++j)
                    if (events[j].shape == Shape::begins && events[j].channel == channel && events[j].machine == one.machine) since = std::max(since, events[j].second);
                if (here >= since && here <= one.second) near.insert(one.machine);
                continue;
            }
            if (here < one.second || here > one.second + (one.term >= 0 ? one.term : kOpen)) continue;
            bool over = false;
            for (std::size_t j = i + 1; j < events.size() && !over; ++j) {
                const Plain& later = events[j];
                if (later.channel != channel || later.second >= here) continue;
                const bool ends = later.shape == Shape::ends ? later.machine == one.machine : leases ? later.machine != one.machine : true;
                over = ends && (leases || one.term < 0);
            }
            if (!over) near.insert(one.machine);
        }
    return near;
}

std::vector<Plain> random_events(std::mt19937& random, bool with_terms) {
    std::vector<Plain> events;
    const int count = static_cast<int>(random() % 14);
    for (int i = 0; i < count; ++i)
        events.push_back({random() % 3 == 0 ? Shape::ends : Shape::begins, static_cast<int>(random() % 3), static_cast<int>(random() % 2), static_cast<int>(random() % kSeconds), with_terms && random() % 2 == 0 ? static_cast<int>(random() % 25) : -1});
    std::stable_sort(events.begin(), events.end(), [](const Plain& a, const Plain& b) { return a.second < b.second; });
    for (Plain& one : events)
        if (one.shape == Shape::ends) one.term = -1;
    return events;
}

TEST(InsideJoin, FindsWhatAPlainSearchFindsAmongConnections) {
    std::mt19937 random{20251119};
    InsideOptions options;
    options.skew = seconds(kSkew), options.open = seconds(kOpen);
    for (int round = 0; round < 400; ++round) {
        const std::vector<Plain> events = random_events(random, false);
        std::vector<InsideSeen> seen;
        for (std::size_t i = 0; i < events.size(); ++i) {
            const Plain& one = events[i];
            seen.push_back(nat(i, format("10.0.0.{}", one.machine + 1), one.shape, kNine + seconds(one.second), {}, static_cast<std::uint16_t>(40000 + one.channel)));
        }
        std::shuffle(seen.begin(), seen.end(), random);
        std::vector<InsideQuestion> questions;
        for (int second = 0; second < kSeconds; second += 3)
            for (const int channel : {0, 1}) {
                questions.push_back(asked(static_cast<std::uint16_t>(40000 + channel), kNine + seconds(second)));
                questions.back().row = second * 2 + channel;
            }
        for (const Inside& one : answers(questions, seen, {}, options)) {
            std::set<std::string> plain, joined;
            for (const int machine : held_near(events, static_cast<int>(one.row % 2), static_cast<int>(one.row / 2), false)) plain.insert(format("10.0.0.{}", machine + 1));
            for (const InsideMachine& machine : one.machines) joined.insert(machine.address.text());
            ASSERT_EQ(joined, plain) << "round " << round << ", second " << one.row / 2;
            ASSERT_EQ(one.state, plain.empty() ? InsideState::verify : plain.size() == 1 ? InsideState::machine : InsideState::several);
        }
    }
}

TEST(InsideJoin, FindsWhatAPlainSearchFindsAmongLeases) {
    std::mt19937 random{20260101};
    InsideOptions options;
    options.skew = seconds(kSkew), options.lease = seconds(kOpen);
    for (int round = 0; round < 400; ++round) {
        const std::vector<Plain> events = random_events(random, true);
        std::vector<InsideSeen> seen;
        for (const int channel : {0, 1}) seen.push_back(nat(100, format("10.0.0.{}", channel), Shape::ends, kNine - hours(1), kNine + hours(1), static_cast<std::uint16_t>(40000 + channel)));
        for (std::size_t i = 0; i < events.size(); ++i) {
            const Plain& one = events[i];
            const Time time = kNine + seconds(one.second);
            seen.push_back(lease(i, format("10.0.0.{}", one.channel), format("02:00:00:00:00:{:02}", one.machine), one.shape, time, one.term >= 0 ? std::optional{time + seconds(one.term)} : std::nullopt));
        }
        std::shuffle(seen.begin(), seen.end(), random);
        for (int second = 0; second < kSeconds; second += 3)
            for (const int channel : {0, 1}) {
                const Inside one = answers({asked(static_cast<std::uint16_t>(40000 + channel), kNine + seconds(second))}, seen, {}, options).front();
                std::set<std::string> plain, joined;
                for (const int machine : held_near(events, channel, second, true)) plain.insert(format("02:00:00:00:00:{:02}", machine));
                for (const InsideMachine& machine : one.machines)
                    if (!machine.mac.empty()) joined.insert(machine.mac);
                ASSERT_EQ(joined, plain) << "round " << round << ", second " << second << ", channel " << channel;
            }
    }
}

}  // namespace

}  // namespace vg::lists::inside_test
