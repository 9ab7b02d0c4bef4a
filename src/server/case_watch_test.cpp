// Cases that look after themselves: what is seen opens again, what was quiet is proposed, and nothing is told twice, over restarts too.
#include "server/case_watch.h"

#include <gtest/gtest.h>

#include <map>

#include "base/text.h"
#include "base/time.h"
#include "detect/kinds/indicator/set.h"
#include "directory/directory.h"
#include "server/node.h"
#include "store/state_fixture.h"

namespace vg::server {
namespace {

namespace indicator = detect::indicator;
constexpr Time kMay{1'714'500'000'000'000};  // 2024-04-30T18:00:00Z

struct CaseWatchTest : testing::Test {
    CaseWatchTest() : clock{kMay} {
        const auto schemas = schemas_of_all_rooms();
        state = *store::State::open(store::test_state(), schemas, metrics);
        ours = make_id<OrganisationTag>(kMay, random);
        others = make_id<OrganisationTag>(kMay, random);
        officer = {.name = "user:an", .role = access::Role::operator_, .scope = access::Scope::node(), .organisation = {}, .user = {}, .source = {}, .session = {}};
    }
    template <class T>
    T must(Result<T> result) {
        EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().text);
        return result ? std::move(*result) : T{};
    }
    cases::ItemId seen(const std::string& subject, const std::string& family = "Mirai", const std::string& ref = "list/1") {
        return must(state->write([&](store::Transaction& tx) {
                   return cases::place(tx, "system", {.organisation = ours, .matter = "CATTT botnet", .title = {}, .subject = subject, .family = family, .system = {}, .seen = kMay - days(3), .ref = ref}, random, clock.now());
               })).item;
    }
    cases::ItemId removed(const std::string& subject, const std::string& family = "Mirai") {
        const cases::ItemId id = seen(subject, family);
        must(state->write([&](store::Transaction& tx) {
            return cases::answer(tx, officer, id, {.kind = cases::AnswerKind::removed, .text = {}, .evidence = cases::Evidence{kMay, "", "AV", std::string(64, 'a'), cases::Rescan::clean, ""}, .until = {}}, std::nullopt, clock.now());
        }));
        return id;
    }
    cases::Item item(const cases::ItemId& id) {
        return must(state->read([&](store::Transaction& tx) { return cases::find_item(tx, access::Scope::node(), id); }));
    }
    std::optional<cases::Watch> watch(const cases::ItemId& id) {
        const auto all = must(state->read([&](store::Transaction& tx) { return cases::watched_of(tx, {item(id)}); }));
        return all.empty() ? std::nullopt : std::optional{all.begin()->second};
    }
    // What detection records when a machine contacts a control server.
    void contact(const std::string& entity, Time when, std::optional<OrganisationId> whose = {}, const std::string& family = "mirai", indicator::Direction direction = indicator::Direction::contacts, const std::string& warning = {}) {
        const detect::RuleInfo rule = indicator::rule_for(family, direction, detect::Level::high);
        json::Value matched = json::object({{"destination.ip", "203.0.113.66"}, {"indicator.family", family}, {"indicator.direction", name_of(direction)}});
        if (!warning.empty()) matched.set("indicator.warning", warning);
        const findings::Sighting sighting{.event = {{7}, {position++}}, .source = make_id<SourceTag>(kMay, random), .organisation = whose.value_or(ours), .occurred = when, .received = when, .entity = entity, .rule = &rule, .matched = matched};
        ASSERT_TRUE(state->write([&](store::Transaction& tx) -> Status {
            const auto touched = TRY(findings::Book::record_and_tell(tx, std::span{&sighting, 1}));
            return cases::note_findings(tx, touched, when);
        }));
    }
    void absent_from(const std::string& list, Time from) {
        must(state->write([&](store::Transaction& tx) { return cases::note_absences(tx, {.matter = "CATTT botnet", .list = list, .period_from = from, .families = {"mirai"}}, clock.now()); }));
    }
    // A watcher that knows nothing but State, as after a restart.
    CaseWatch::Looked look(CaseWatch::Options options = {}) {
        CaseWatch watcher{{.state = *state, .clock = clock, .random = random, .metrics = metrics, .policy = policy, .observe = observe}, options};
        return must(watcher.look());
    }
    std::map<std::string, int> entries(const cases::ItemId& id) {
        std::map<std::string, int> out;
        for (const cases::Entry& one : must(state->read([&](store::Transaction& tx) { return cases::timeline(tx, access::Scope::node(), item(id).of, 0, 1000); })))
            if (one.item == id.text()) ++out[one.kind];
        return out;
    }

    metrics::Registry metrics;
    SeededRandom random{9};
    ManualClock clock;
    std::unique_ptr<store::State> state;
    OrganisationId ours, others;
    access::Actor officer;
    cases::Policy policy;
    std::function<Result<std::optional<cases::Observed>>(const cases::Item&)> observe;
    std::uint64_t position = 1;
};

TEST_F(CaseWatchTest, AContactOfTheVictimRefutesItsRemovalOnce) {
    const cases::ItemId id = removed("192.0.2.7");
    contact("ip:192.0.2.7", kMay + days(2));
    clock.move(hours(49));
    EXPECT_EQ(look().news.refuted, 1);
    EXPECT_EQ(item(id).state, cases::ItemState::open);
    EXPECT_EQ(entries(id)["refuted"], 1);
    EXPECT_EQ(look().news.findings, 0) << "after a restart too";
    contact("ip:192.0.2.7", kMay + days(2) + hours(2));  // the finding grows
    EXPECT_EQ(look().news.told(), 0) << "once a day";
    contact("ip:192.0.2.7", kMay + days(4));
    EXPECT_EQ(look().news.reminded, 1);
    EXPECT_EQ(item(id).seen, 3);
}

TEST_F(CaseWatchTest, AContactOfAClosedOneIsARelapse) {
    const cases::ItemId id = removed("ws07.don-vi.example");
    must(state->write([&](store::Transaction& tx) { return cases::close(tx, officer, id, policy, std::nullopt, "đã thay máy", std::nullopt, clock.now()); }));
    contact("host:WS07", kMay - days(1));
    EXPECT_EQ(look().news.told(), 0) << "before the removal";
    contact("host:ws07", kMay + days(3));
    EXPECT_EQ(look().news.relapsed, 1);
    EXPECT_EQ(item(id).relapses, 1);
}

TEST_F(CaseWatchTest, OthersContactsAreNotTheVictims) {
    const cases::ItemId id = removed("192.0.2.7");
    contact("ip:192.0.2.8", kMay + days(1));
    contact("ip:192.0.2.7", kMay + days(1), others);
    contact("ip:192.0.2.7", kMay + days(1), {}, "sality");
    contact("ip:192.0.2.7", kMay + days(1), {}, "mirai", indicator::Direction::contacted);
    EXPECT_EQ(look().news.findings, 4);
    EXPECT_EQ(item(id).state, cases::ItemState::removed);
}

TEST_F(CaseWatchTest, ASensorAboveSeesTheMachinesBelow) {
    ASSERT_TRUE(state->write([&](store::Transaction& tx) -> Status {
        TRY(directory::Directory::ensure_root(tx, "Bộ", others, kMay));
        return directory::Directory::add(tx, officer, {.id = ours, .name = "Cục", .parent = others, .created = kMay});
    }));
    const cases::ItemId id = removed("192.0.2.7"), inside = removed("10.0.0.5", "Sality");
    contact("ip:10.0.0.5", kMay + days(1), others, "sality");
    contact("ip:192.0.2.7", kMay + days(1), others);
    EXPECT_EQ(look().news.refuted, 1);
    EXPECT_EQ(item(id).state, cases::ItemState::open);
    EXPECT_EQ(item(inside).state, cases::ItemState::removed) << "another organisation below may have that address inside as well";
}

TEST_F(CaseWatchTest, WhatIsLikelyAFalsePositiveOpensNothing) {
    const cases::ItemId id = removed("192.0.2.7");
    contact("ip:192.0.2.7", kMay + days(1), {}, "mirai", indicator::Direction::contacts, "a public resolver");
    EXPECT_EQ(look().news.told(), 0);
    EXPECT_EQ(item(id).state, cases::ItemState::removed);
}

TEST_F(CaseWatchTest, AMachineInsideIsTheOnlyPublicAddressOfTheFamily) {
    const cases::ItemId id = removed("192.0.2.7");
    contact("ip:10.0.0.5", kMay + days(1));
    EXPECT_EQ(look().news.refuted, 1);
    EXPECT_EQ(item(id).state, cases::ItemState::open);
    removed("192.0.2.8");
    contact("ip:10.0.0.6", kMay + days(2));
    EXPECT_EQ(look().news.told(), 0) << "it may be either";
}

TEST_F(CaseWatchTest, ALaterListProposesToCloseAndDoesNotClose) {
    const cases::ItemId id = removed("192.0.2.7");
    EXPECT_EQ(look().proposed, 0);
    ASSERT_TRUE(watch(id));
    EXPECT_EQ(watch(id)->verdict, "waits");
    EXPECT_EQ(look().items, 0) << "it was looked at within the hour";
    clock.move(minutes(5));
    absent_from("2", kMay + days(2));
    EXPECT_EQ(look().proposed, 1) << "a list is news";
    EXPECT_EQ(watch(id)->proposed, clock.now());
    clock.move(hours(2));
    EXPECT_EQ(look().proposed, 0);
    EXPECT_EQ(entries(id)["proposed"], 1);
    EXPECT_EQ(item(id).state, cases::ItemState::removed) << "a person closes";
}

TEST_F(CaseWatchTest, APolicyMayLetItClose) {
    policy.auto_close = true;
    const cases::ItemId id = removed("192.0.2.7");
    absent_from("2", kMay + days(2));
    EXPECT_EQ(look().closed, 1);
    EXPECT_EQ(item(id).state, cases::ItemState::closed);
    EXPECT_EQ(item(id).closed_why, "verified");
    EXPECT_EQ(item(id).closed_by, "system");
}

TEST_F(CaseWatchTest, AContactInLogsOpensAgainAndSaysWhy) {
    const cases::ItemId id = removed("192.0.2.7");
    absent_from("2", kMay + days(2));
    observe = [&](const cases::Item&) {
        return std::optional{cases::Observed{.from = kMay, .until = kMay + days(3), .coverage = 1, .contacts = 4, .last_contact = kMay + days(2), .covered_from = {}, .why_not = {}, .of_unknown = 0, .servers = 3, .sources = {"fw"}}};
    };
    clock.move(days(3));
    EXPECT_EQ(look().reopened, 1);
    EXPECT_EQ(item(id).state, cases::ItemState::open);
    EXPECT_EQ(entries(id)["refused"], 1);
    EXPECT_FALSE(watch(id));
    clock.move(hours(2));
    EXPECT_EQ(look().items, 0) << "nothing is watched any more";
}

TEST_F(CaseWatchTest, AProposalIsWithdrawnWhenItsGroundIsGone) {
    policy.list_absence = false;
    const cases::ItemId id = removed("192.0.2.7");
    double coverage = 1;
    observe = [&](const cases::Item&) {
        return std::optional{cases::Observed{.from = kMay, .until = clock.now(), .coverage = coverage, .contacts = 0, .last_contact = {}, .covered_from = {}, .why_not = {}, .of_unknown = 0, .servers = 3, .sources = {"fw"}}};
    };
    clock.move(days(8));
    EXPECT_EQ(look().proposed, 1);
    EXPECT_EQ(watch(id)->quiet_days, 7);
    EXPECT_EQ(watch(id)->coverage, 1.0);
    coverage = 0.5;
    clock.move(hours(2));
    look();
    EXPECT_FALSE(watch(id)->proposed);
    EXPECT_EQ(watch(id)->verdict, "not-observable");
    EXPECT_EQ(entries(id)["withdrawn"], 1);
}

TEST_F(CaseWatchTest, WhoCannotBeAskedIsNotSilent) {
    policy.list_absence = false;
    const cases::ItemId id = removed("192.0.2.7");
    observe = [&](const cases::Item&) -> Result<std::optional<cases::Observed>> { return fail(Code::unavailable, "the archive is busy"); };
    clock.move(days(8));
    EXPECT_EQ(look().unanswered, 1);
    EXPECT_EQ(watch(id)->verdict, "not-observable");
    EXPECT_EQ(watch(id)->why_not, "no-archive");
}

TEST_F(CaseWatchTest, EachLookIsBounded) {
    for (int i = 1; i <= 5; ++i) removed(format("192.0.2.{}", i));
    EXPECT_EQ(look({.items = 2}).items, 2);
    EXPECT_EQ(look({.items = 2}).items, 2);
    EXPECT_EQ(look({.items = 2}).items, 1);
    EXPECT_EQ(look({.items = 2}).items, 0);
    for (int i = 1; i <= 5; ++i) contact(format("ip:192.0.2.{}", i), kMay + days(1));
    EXPECT_EQ(look({.findings = 3}).news.findings, 3);
    EXPECT_EQ(look({.findings = 3}).news.findings, 2);
}

TEST_F(CaseWatchTest, AnExceptionEndsOnItsDay) {
    const cases::ItemId id = seen("192.0.2.7");
    access::Actor coordinator = officer;
    coordinator.name = "user:binh";
    must(state->write([&](store::Transaction& tx) { return cases::answer(tx, officer, id, {.kind = cases::AnswerKind::exception, .text = "dây chuyền", .evidence = {}, .until = kMay + days(30)}, std::nullopt, clock.now()); }));
    must(state->write([&](store::Transaction& tx) { return cases::judge(tx, coordinator, id, true, "", std::nullopt, clock.now()); }));
    EXPECT_EQ(look().exceptions, 0);
    clock.move(days(30));
    EXPECT_EQ(look().exceptions, 1);
    EXPECT_EQ(item(id).state, cases::ItemState::open);
    EXPECT_EQ(look().exceptions, 0);
}

}  // namespace
}  // namespace vg::server
