// What logs say of a victim whose removal was told: a real archive with events written by hand, through the verdict of the shipped policy.
#include <gtest/gtest.h>

#include "api/case_observed.h"
#include "hunts/hunts_test_kit.h"

namespace vg::server {
namespace {

namespace kit = hunts::kit;
using kit::id_of;
using kit::kStart;

constexpr std::string_view kServer = "203.0.113.66";   // of the family
constexpr std::string_view kNobody = "198.51.100.10";  // of no family
constexpr std::string_view kVictim = "192.0.2.7";

struct CaseObserved : kit::World {
    CaseObserved() {
        item.id = make_id<cases::ItemTag>(kStart, random);
        item.organisation = id_of<OrganisationTag>(1);
        item.subject = kVictim;
        item.family = "MIRAI";
        item.state = cases::ItemState::removed;
        item.removed = removed;
        knows({{"203.0.113.66", "mirai"}, {"c2.example", "mirai"}, {"198.51.100.99", "sality"}});
    }
    void knows(const std::vector<std::pair<std::string, std::string>>& values) {
        std::vector<intel::Item> items;
        for (const auto& [value, family] : values) items.push_back({.value = *detect::indicator::recognise(value), .family = family, .confidence = {}, .tlp = {}, .from = {}, .until = {}, .warning = {}});
        ASSERT_TRUE(state->write([&](store::Transaction& tx) -> Status {
            TRY(intel::put_list(tx, {.name = "june", .origin = "", .family = ""}, kStart));
            TRY(intel::import(tx, {.name = "june", .origin = "", .family = ""}, items, true, kStart - days(30)));
            return {};
        }));
    }
    // A connection that a firewall (source 1) of organisation 1 saw.
    void connection(Time when, std::string_view from, std::string_view to, std::string_view translated = {}, std::uint8_t source = 1) {
        event::Builder& build = events->build();
        build.ecs(event::Ecs::source_ip, events->keep(from)).ecs(event::Ecs::destination_ip, events->keep(to));
        if (!translated.empty()) build.ecs(event::Ecs::source_nat_ip, events->keep(translated));
        events->received = when;
        events->add(position++, when, 1, source);
    }
    // One connection to nobody in each hour of [from, until), but in those of `without`.
    void chatter(Time from, Time until, Time gap_from = {}, Time gap_until = {}, std::uint8_t source = 1) {
        for (Time at = from + minutes(7); at < until; at = at + hours(1))
            if (at < gap_from || at >= gap_until) connection(at, "10.0.0.9", kNobody, {}, source);
    }
    void keep() {
        append(*events);
        close();
        events = std::make_unique<kit::archive_kit::Events>();
    }
    cases::Observed observed(Time now) {
        const hunts::ContactParts parts{.state = *state, .archive = archive.get(), .random = random, .doubts = {}, .sources = [this] { return sources; }};
        const auto seen = api::observe_item(parts, {id_of<OrganisationTag>(1)}, item, policy, seconds(60), now);
        EXPECT_TRUE(seen) << (seen ? "" : seen.error().text);
        EXPECT_TRUE(seen && *seen);
        return seen && *seen ? **seen : cases::Observed{};
    }
    cases::Verdict verdict(Time now) {
        const cases::Evidence evidence{.removed = removed, .by = "an", .tool = "AV", .hash = "-", .rescan = cases::Rescan::clean, .note = "không có tệp"};
        return cases::verify(policy, {.evidence = evidence, .lists = {}, .observed = observed(now)}, now);
    }
    static std::string codes(const cases::Verdict& verdict) {
        std::string all;
        for (const cases::Reason& one : verdict.reasons) all += one.code + " ";
        return all;
    }

    const Time removed = kStart + hours(10) + minutes(30);
    cases::Item item;
    cases::Policy policy;  // of the program: seven days, all of them covered
    std::unique_ptr<kit::archive_kit::Events> events = std::make_unique<kit::archive_kit::Events>();
    std::uint64_t position = 1;
    std::vector<hunts::ContactSource> sources{{id_of<SourceTag>(1), id_of<OrganisationTag>(1), "firewall", Span{}}};
};

TEST_F(CaseObserved, SevenDaysThatLogsCoverWithoutAContactAreClean) {
    connection(removed - hours(2), kVictim, kServer);
    chatter(kStart, removed + days(8));
    keep();
    const cases::Observed five = observed(removed + days(5));
    EXPECT_DOUBLE_EQ(five.coverage, 1.0);
    EXPECT_EQ(five.servers, 2);
    EXPECT_EQ(five.sources, std::vector<std::string>{"firewall"});
    EXPECT_EQ(verdict(removed + days(5)).kind, cases::Verdict::Kind::waits);
    EXPECT_EQ(verdict(removed + days(5) + hours(1)).quiet_days, 5);
    const cases::Verdict done = verdict(removed + days(7) + hours(1));
    EXPECT_EQ(done.kind, cases::Verdict::Kind::may_close) << codes(done);
    EXPECT_EQ(done.quiet_days, 7);
}

TEST_F(CaseObserved, AContactRefuses) {
    chatter(kStart, removed + days(8));
    connection(removed + days(3), kVictim, kServer);
    keep();
    const cases::Verdict told = verdict(removed + days(8));
    EXPECT_EQ(told.kind, cases::Verdict::Kind::refused);
    EXPECT_EQ(codes(told), "contact-seen ");
    const cases::Observed seen = observed(removed + days(8));
    EXPECT_EQ(seen.contacts, 1);
    EXPECT_EQ(seen.of_unknown, 0);
    EXPECT_EQ(seen.last_contact, removed + days(3));
}

TEST_F(CaseObserved, ANameThatAResolverWasAskedForIsAContact) {
    chatter(kStart, removed + days(8));
    events->build().ecs(event::Ecs::client_ip, kVictim).ecs(event::Ecs::dns_question_name, "www.C2.example");
    events->received = removed + days(2);
    events->add(position++, removed + days(2), 1, 1);
    keep();
    EXPECT_EQ(observed(removed + days(8)).contacts, 1);
}

TEST_F(CaseObserved, ADayThatNobodySawIsNotObservable) {
    chatter(kStart, removed + days(12), removed + days(3), removed + days(4));
    keep();
    const Time now = removed + days(8);
    const cases::Verdict told = verdict(now);
    EXPECT_EQ(told.kind, cases::Verdict::Kind::not_observable);
    EXPECT_LT(observed(now).coverage, 0.9);
    EXPECT_EQ(told.quiet_days, 3) << "since the gap, in full days";
    EXPECT_EQ(verdict(removed + days(11) + hours(2)).kind, cases::Verdict::Kind::may_close) << "seven days without a gap lie behind it";
}

TEST_F(CaseObserved, ASourceThatFellSilentIsNoSilenceOfTheMachine) {
    chatter(kStart, removed + days(2));
    keep();
    const cases::Verdict told = verdict(removed + days(9));
    EXPECT_EQ(told.kind, cases::Verdict::Kind::not_observable) << codes(told);
}

TEST_F(CaseObserved, AFamilyWithoutKnownServersIsNotObservable) {
    chatter(kStart, removed + days(8));
    keep();
    item.family = "Tofsee";
    const cases::Verdict told = verdict(removed + days(8));
    EXPECT_EQ(told.kind, cases::Verdict::Kind::not_observable);
    EXPECT_EQ(codes(told), "no-later-list no-control-servers ");
}

TEST_F(CaseObserved, SourcesThatNeverTellWhatWasContactedCoverNothing) {
    for (int i = 0; i < 24 * 9; ++i) {
        events->build().ecs(event::Ecs::source_ip, "10.0.0.9").ecs(event::Ecs::user_name, "an");
        events->add(position++, kStart + hours(i), 1, 1);
    }
    keep();
    const cases::Verdict told = verdict(removed + days(8));
    EXPECT_EQ(told.kind, cases::Verdict::Kind::not_observable);
    EXPECT_EQ(codes(told), "no-later-list no-sources ");
}

TEST_F(CaseObserved, EachSourceWithACadenceHasToSpeak) {
    sources = {{id_of<SourceTag>(1), id_of<OrganisationTag>(1), "firewall", hours(1)}, {id_of<SourceTag>(2), id_of<OrganisationTag>(1), "branch", hours(1)}};
    chatter(kStart, removed + days(8));
    chatter(kStart, removed + days(8), removed + days(2), removed + days(3), 2);
    keep();
    EXPECT_EQ(verdict(removed + days(8)).kind, cases::Verdict::Kind::not_observable) << "one of the two was silent for a day";
    sources[1].cadence = Span{};
    EXPECT_EQ(verdict(removed + days(8)).kind, cases::Verdict::Kind::may_close) << "nobody expects anything of that one";
    sources[0].cadence = Span{};
    EXPECT_EQ(verdict(removed + days(8)).kind, cases::Verdict::Kind::may_close) << "without a cadence any of them covers an hour";
}

TEST_F(CaseObserved, OfWhomAContactIs) {
    const auto contacts = [&](std::string_view from, std::string_view translated = {}) {
        chatter(kStart, removed + days(1));
        connection(removed + hours(3), from, kServer, translated);
        keep();
        const cases::Observed seen = observed(removed + days(1));
        archive.reset();
        std::filesystem::remove_all(options.folder);
        open();
        position = 1;
        return std::pair{seen.contacts, seen.of_unknown};
    };
    using Counts = std::pair<std::int64_t, std::int64_t>;
    EXPECT_EQ(contacts(kVictim), (Counts{1, 0}));
    EXPECT_EQ(contacts("192.0.2.8"), (Counts{0, 0})) << "another public address";
    EXPECT_EQ(contacts("10.0.0.5"), (Counts{1, 1})) << "behind NAT it may be the one";
    EXPECT_EQ(contacts("10.0.0.5", kVictim), (Counts{1, 0})) << "translated to the victim's address";
    EXPECT_EQ(contacts("10.0.0.5", "192.0.2.8"), (Counts{0, 0})) << "translated to another one";
    item.subject = "10.0.0.5";
    EXPECT_EQ(contacts("10.0.0.5"), (Counts{1, 0}));
    EXPECT_EQ(contacts("10.0.0.6"), (Counts{0, 0})) << "another machine inside";
}

TEST_F(CaseObserved, WhatSomebodyAllowsIsNoControlServer) {
    chatter(kStart, removed + days(8));
    connection(removed + days(3), kVictim, kServer);
    keep();
    ASSERT_TRUE(state->write([&](store::Transaction& tx) {
        return intel::allow(tx, {.value = *detect::indicator::recognise(kServer), .owner = "an", .reason = "bẫy của chúng tôi", .created = kStart, .until = kStart + days(300)});
    }));
    const cases::Observed seen = observed(removed + days(8));
    EXPECT_EQ(seen.contacts, 0);
    EXPECT_EQ(seen.servers, 1);
}

TEST(TakeHours, CountsFromTheRemovalAndBackFromTheEnd) {
    const Time removed = kit::kStart + minutes(30);
    const cases::Policy policy;
    cases::Hours hours{.from = kit::kStart, .covered = std::vector<bool>(100, true)};
    hours.covered[40] = false;
    cases::Observed seen;
    cases::take_hours(seen, removed, hours, policy);
    EXPECT_DOUBLE_EQ(seen.coverage, 0.99);
    EXPECT_EQ(seen.covered_from, kit::kStart + vg::hours(41));
    EXPECT_EQ(seen.until, kit::kStart + vg::hours(100));
    hours.covered.assign(100, false);
    cases::take_hours(seen, removed, hours, policy);
    EXPECT_DOUBLE_EQ(seen.coverage, 0);
    EXPECT_EQ(seen.covered_from, std::nullopt);
    hours.covered.assign(100, true);
    for (int late = 0; late < 5; ++late) hours.covered.push_back(false);
    cases::take_hours(seen, removed, hours, policy);
    EXPECT_DOUBLE_EQ(seen.coverage, 1.0) << "what comes late is no gap yet";
    EXPECT_EQ(seen.until, kit::kStart + vg::hours(100));
}

}  // namespace
}  // namespace vg::server
