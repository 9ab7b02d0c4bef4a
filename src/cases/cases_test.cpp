// Cases in State: where a sighting goes, what an answer does, and that nothing closes without evidence or a person's reason.
#include "cases/cases.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "base/text.h"
#include "base/time.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::cases {
namespace {

constexpr Time kMay{1'714'500'000'000'000};  // 2024-04-30T18:00:00Z
const std::string kHash(64, 'a');

class CountingRandom final : public Random {
public:
    void fill(std::uint8_t* bytes, std::size_t count) override {
        for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(generator_());
    }

private:
    std::mt19937_64 generator_{7};
};

struct CasesTest : testing::Test {
    CasesTest() {
        const std::array schemas{store::audit_schema(), schema()};
        state = *store::State::open(store::test_state(), schemas, metrics);
        a = make_id<OrganisationTag>(kMay, random);
        b = make_id<OrganisationTag>(kMay, random);
        officer = {.name = "user:an", .role = access::Role::operator_, .scope = access::Scope::node(), .organisation = {}, .user = {}, .source = {}, .session = {}};
        coordinator = officer;
        coordinator.name = "user:binh";
    }
    template <class T>
    T must(Result<T> result) {
        EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().text);
        return std::move(*result);
    }
    Place see(const std::string& subject, Time seen, const std::string& ref, const std::string& family = "Mirai", const std::string& matter = "CATTT botnet") {
        return must(state->write([&](store::Transaction& tx) { return place(tx, "system", {.organisation = a, .matter = matter, .title = {}, .subject = subject, .family = family, .system = {}, .seen = seen, .ref = ref}, random, now); }));
    }
    Item item(const ItemId& id) {
        return must(state->read([&](store::Transaction& tx) { return find_item(tx, access::Scope::node(), id); }));
    }
    Case file(const CaseId& id) {
        return must(state->read([&](store::Transaction& tx) { return find(tx, access::Scope::node(), id); }));
    }
    Result<Item> told(const ItemId& id, const Answer& given) {
        return state->write([&](store::Transaction& tx) { return answer(tx, officer, id, given, std::nullopt, now); });
    }
    Result<Item> told_removed(const ItemId& id, Time when) { return told(id, {.kind = AnswerKind::removed, .text = {}, .evidence = Evidence{when, "", "AV 12", kHash, Rescan::clean, ""}, .until = {}}); }
    Result<Item> closed(const ItemId& id, const std::string& reason = {}, const std::optional<Observed>& observed = {}) {
        return state->write([&](store::Transaction& tx) { return close(tx, officer, id, policy, observed, reason, std::nullopt, now); });
    }
    std::int64_t absent_from(const std::string& list, Time from, std::vector<std::string> families = {"mirai"}) {
        return must(state->write([&](store::Transaction& tx) { return note_absences(tx, {.matter = "CATTT botnet", .list = list, .period_from = from, .families = families}, now); }));
    }

    metrics::Registry metrics;
    CountingRandom random;
    std::unique_ptr<store::State> state;
    OrganisationId a, b;
    access::Actor officer, coordinator;
    Policy policy;
    Time now = kMay;
};

TEST_F(CasesTest, SightingsOfOneMatterAreOneCase) {
    const Place first = see("203.0.113.7", kMay - days(3), "list/1");
    const Place second = see("203.0.113.8", kMay - days(3), "list/1");
    EXPECT_EQ(first.what, Placed::opened);
    EXPECT_EQ(second.what, Placed::joined);
    EXPECT_EQ(first.of.text(), second.of.text());
    EXPECT_EQ(see("203.0.113.7", kMay - days(3), "list/1").what, Placed::known) << "the same row of the same list counts once";
    EXPECT_EQ(see("203.0.113.7", kMay - days(2), "list/2").what, Placed::reminded);
    const Item one = item(first.item);
    EXPECT_EQ(one.seen, 2);
    EXPECT_EQ(one.reminders, 1);
    EXPECT_EQ(see("203.0.113.7", kMay - days(2), "list/2", "Sality").what, Placed::joined) << "another family is another item";
    EXPECT_EQ(see("203.0.113.9", kMay - days(2), "finding/1", "Mirai", "rule of the SOC").what, Placed::opened) << "another matter";
    const Case both = file(first.of);
    EXPECT_EQ(both.items, 3);
    EXPECT_EQ(both.number, 1);
}

TEST_F(CasesTest, RemovalIsWatchedUntilALaterListDoesNotNameIt) {
    const ItemId id = see("203.0.113.7", kMay - days(3), "list/1").item;
    EXPECT_FALSE(closed(id)) << "nobody told of a removal";
    ASSERT_TRUE(told_removed(id, kMay));
    EXPECT_EQ(item(id).state, ItemState::removed);
    EXPECT_FALSE(closed(id)) << "no later list yet";
    EXPECT_EQ(absent_from("2", kMay - days(1)), 1);
    EXPECT_FALSE(closed(id)) << "its period began before the removal";
    now = kMay + days(30);
    EXPECT_EQ(absent_from("3", kMay + days(2), {"sality"}), 0) << "that list says nothing of the family";
    EXPECT_FALSE(closed(id));
    EXPECT_EQ(absent_from("4", kMay + days(2)), 1);
    const Item done = must(closed(id));
    EXPECT_EQ(done.state, ItemState::closed);
    EXPECT_EQ(done.closed_why, "verified");
}

TEST_F(CasesTest, SevenQuietDaysCountWhereLogsCoverThem) {
    const ItemId id = see("203.0.113.7", kMay - days(3), "list/1").item;
    ASSERT_TRUE(told_removed(id, kMay));
    const auto observed = [&](Span after, double coverage, std::optional<Time> contact = {}) { return std::optional{Observed{kMay, kMay + after, coverage, contact ? 3 : 0, contact}}; };
    now = kMay + days(5);
    EXPECT_FALSE(closed(id, {}, observed(days(5), 1.0))) << "five of seven days";
    now = kMay + days(8);
    EXPECT_FALSE(closed(id, {}, observed(days(8), 0.9))) << "a tenth of the time was not observed";
    EXPECT_FALSE(closed(id, {}, observed(days(8), 1.0, kMay + days(6)))) << "a contact";
    const auto told_why = state->read([&](store::Transaction& tx) { return verdict(tx, item(id), policy, std::nullopt, now); });
    EXPECT_EQ(told_why->kind, Verdict::Kind::not_observable) << "nobody looked, which is not 'no contact'";
    EXPECT_EQ(must(closed(id, {}, observed(days(8), 1.0, kMay - days(1)))).closed_why, "verified") << "a contact before the removal does not count";
}

TEST_F(CasesTest, ARelapseFindsItsWayBack) {
    const Place first = see("203.0.113.7", kMay - days(3), "list/1");
    ASSERT_TRUE(told_removed(first.item, kMay));
    now = kMay + days(30);
    absent_from("2", kMay + days(2));
    ASSERT_TRUE(closed(first.item));
    for (const Stage stage : {Stage::wrapping_up, Stage::report_sent})
        ASSERT_TRUE(state->write([&](store::Transaction& tx) { return advance(tx, officer, first.of, stage, "", "", std::nullopt, now); }));
    EXPECT_FALSE(state->write([&](store::Transaction& tx) { return advance(tx, officer, first.of, Stage::acknowledged, "", "", std::nullopt, now); })) << "sent is not acknowledged";
    ASSERT_TRUE(state->write([&](store::Transaction& tx) { return advance(tx, officer, first.of, Stage::acknowledged, "", "55/VNCERT 2024-06-01", std::nullopt, now); }));
    ASSERT_TRUE(file(first.of).closed.has_value());
    EXPECT_EQ(see("203.0.113.7", kMay - days(1), "list/old").what, Placed::known) << "seen before the removal: no relapse";
    ASSERT_TRUE(file(first.of).closed.has_value());
    now = kMay + days(60);
    const Place again = see("203.0.113.7", kMay + days(55), "list/3");
    EXPECT_EQ(again.what, Placed::relapsed);
    EXPECT_EQ(again.of.text(), first.of.text()) << "in its own case, with the work of then";
    EXPECT_FALSE(file(first.of).closed.has_value());
    EXPECT_EQ(file(first.of).stage, Stage::removing);
    EXPECT_EQ(item(first.item).relapses, 1);
    EXPECT_EQ(item(first.item).state, ItemState::open);
}

TEST_F(CasesTest, SeenAfterTheRemovalRefutesIt) {
    const ItemId id = see("203.0.113.7", kMay - days(3), "list/1").item;
    ASSERT_TRUE(told_removed(id, kMay));
    now = kMay + days(3);
    EXPECT_EQ(see("203.0.113.7", kMay - minutes(1), "list/2").what, Placed::known);
    EXPECT_EQ(item(id).state, ItemState::removed);
    EXPECT_EQ(see("203.0.113.7", kMay + days(2), "list/3").what, Placed::refuted);
    EXPECT_EQ(item(id).state, ItemState::open);
    EXPECT_EQ(item(id).relapses, 0) << "it was never clean";
}

TEST_F(CasesTest, AnswersAreJudgedBySomebodyElse) {
    const auto judged = [&](const access::Actor& by, const ItemId& id, bool accept, const std::string& reason = {}) { return state->write([&](store::Transaction& tx) { return judge(tx, by, id, accept, reason, std::nullopt, now); }); };
    const ItemId id = see("203.0.113.7", kMay - days(3), "list/1").item;
    EXPECT_FALSE(told(id, {.kind = AnswerKind::false_report, .text = "", .evidence = {}, .until = {}})) << "without a reason";
    ASSERT_TRUE(told(id, {.kind = AnswerKind::false_report, .text = "một bộ quét của chúng tôi", .evidence = {}, .until = {}}));
    EXPECT_FALSE(judged(officer, id, true)) << "whoever answered does not accept";
    EXPECT_FALSE(judged(coordinator, id, false)) << "a returned answer says why";
    EXPECT_EQ(must(judged(coordinator, id, false, "cần nhật ký")).state, ItemState::open);
    ASSERT_TRUE(told(id, {.kind = AnswerKind::not_ours, .text = "trả lại nhà mạng", .evidence = {}, .until = kMay - days(100)}));
    EXPECT_EQ(must(judged(coordinator, id, true)).closed_why, "not-ours");
    const ItemId other = see("203.0.113.8", kMay - days(3), "list/1").item;
    ASSERT_TRUE(told(other, {.kind = AnswerKind::cannot_find, .text = "sau NAT", .evidence = {}, .until = {}}));
    EXPECT_FALSE(judged(coordinator, other, true)) << "not found is not clean";
    EXPECT_FALSE(told(other, {.kind = AnswerKind::exception, .text = "máy sản xuất", .evidence = {}, .until = kMay + days(500)})) << "an exception ends within a year";
    ASSERT_TRUE(told(other, {.kind = AnswerKind::exception, .text = "máy sản xuất", .evidence = {}, .until = kMay + days(30)}));
    EXPECT_EQ(must(judged(coordinator, other, true)).state, ItemState::excepted);
    now = kMay + days(10);
    EXPECT_EQ(see("203.0.113.8", kMay + days(9), "list/2").what, Placed::known) << "within the exception";
    EXPECT_EQ(see("203.0.113.8", kMay + days(31), "list/3").what, Placed::reminded) << "behind its end it is open again";
    EXPECT_EQ(item(other).state, ItemState::open);
}

TEST_F(CasesTest, AnotherOrganisationSeesNothingOfIt) {
    const Place mine = see("203.0.113.7", kMay - days(3), "list/1");
    const access::Scope other = access::Scope::of({b});
    EXPECT_EQ(state->read([&](store::Transaction& tx) { return find(tx, other, mine.of); }).error().code, Code::not_found);
    EXPECT_EQ(state->read([&](store::Transaction& tx) { return find_item(tx, other, mine.item); }).error().code, Code::not_found);
    EXPECT_TRUE(state->read([&](store::Transaction& tx) { return list(tx, other, {}, std::nullopt, 10); })->empty());
    EXPECT_TRUE(state->read([&](store::Transaction& tx) { return items(tx, other, mine.of, std::nullopt, "", 10); })->empty());
    EXPECT_FALSE(state->read([&](store::Transaction& tx) { return timeline(tx, other, mine.of, 0, 10); }));
}

// Random deeds by random people; whatever closes an item is one of the four ways, and its evidence stands.
TEST_F(CasesTest, NoPathClosesWithoutEvidenceOrReason) {
    std::mt19937_64 chance{20};
    std::map<std::string, std::size_t> ways;
    std::size_t ends = 0, refused = 0;
    for (int round = 0; round < 100; ++round) {
        const std::string subject = format("198.51.100.{}", round + 1);
        now = kMay;
        const ItemId id = see(subject, kMay - days(3), "list/0").item;
        for (int step = 0; step < 30; ++step) {
            now = now + hours(static_cast<std::int64_t>(chance() % 72));
            const Item before = item(id);
            bool reason_given = false, accepted = false, observed_quiet = false;
            Result<Item> after = before;
            const auto& who = chance() % 2 == 0 ? officer : coordinator;
            switch (chance() % 7) {
                case 0: see(subject, now - hours(static_cast<std::int64_t>(chance() % 100)), format("list/{}", 100 + step)); break;
                case 1: absent_from(format("{}", 1 + step), now - hours(static_cast<std::int64_t>(chance() % 100))); break;
                case 2: after = told_removed(id, now - hours(static_cast<std::int64_t>(chance() % 200))); break;
                case 3: after = told(id, {.kind = static_cast<AnswerKind>(chance() % kAnswers), .text = chance() % 4 == 0 ? "" : "vì", .evidence = {}, .until = now + days(5)}); break;
                case 4:
                    accepted = chance() % 2 == 0;
                    after = state->write([&](store::Transaction& tx) { return judge(tx, who, id, accepted, "vì", std::nullopt, now); });
                    break;
                case 5:
                    reason_given = chance() % 4 == 0;
                    after = closed(id, reason_given ? "trưởng ca quyết định" : "");
                    break;
                case 6:
                    observed_quiet = chance() % 2 == 0;
                    after = closed(id, {}, Observed{kMay - days(30), now, observed_quiet ? 1.0 : 0.5, 0, std::nullopt});
                    break;
            }
            if (!after) ++refused;
            const Item here = item(id);
            if (here.state != ItemState::closed || before.state == ItemState::closed) continue;
            ++ends;
            ++ways[here.closed_why];
            ASSERT_TRUE(here.closed.has_value());
            EXPECT_FALSE(here.closed_by.empty()) << "somebody's name";
            if (here.closed_why == "by-person") {
                EXPECT_TRUE(reason_given);
                EXPECT_FALSE(here.closed_reason.empty());
            } else if (here.closed_why == "verified") {
                EXPECT_EQ(before.state, ItemState::removed);
                ASSERT_TRUE(here.removed.has_value());
                const auto lists = state->read([&](store::Transaction& tx) { return tx.query<std::int64_t>("select period_from from case_absence where item = :i and period_from >= :r", {id.text(), here.removed->micros}); });
                EXPECT_TRUE(!lists->empty() || (observed_quiet && now >= *here.removed + days(7))) << "a later list, or seven days that logs cover";
                const auto seen = state->read([&](store::Transaction& tx) { return tx.query<std::int64_t>("select seen from case_sighting where item = :i and seen > :r", {id.text(), here.removed->micros}); });
                EXPECT_TRUE(seen->empty()) << "seen after the removal";
            } else {
                EXPECT_TRUE(accepted && who.name != before.answer_by) << here.closed_why;
                EXPECT_EQ(here.closed_why, before.answer);
            }
        }
    }
    EXPECT_GT(ends, 50U);
    EXPECT_EQ(ways.size(), kWaysToClose) << "each way was taken: " << [&] { std::string all; for (const auto& [why, count] : ways) all += format("{} {}, ", why, count); return all; }();
    EXPECT_GT(refused, 50U);
}

TEST(Policy, IsData) {
    std::ifstream stream{VG_SOURCE_DIR "/content/cases/closure.yaml"};
    std::ostringstream text;
    text << stream.rdbuf();
    const auto shipped = read_policy(text.str());
    ASSERT_TRUE(shipped.has_value()) << shipped.error().text;
    EXPECT_TRUE(shipped->needs_tool && shipped->needs_hash && shipped->needs_rescan && shipped->list_absence);
    EXPECT_EQ(shipped->quiet_days, 7);
    EXPECT_EQ(read_policy("quiet_days: 0\nlist_absence: false\n").error().text, "list_absence and quiet_days: one of them must count, or nothing would ever be verified");
    EXPECT_EQ(read_policy("quiet_dais: 7\n").error().text, "quiet_dais: is unknown here, or its value is none that it takes");
    EXPECT_EQ(read_policy("evidence: [hsh]\n").error().text, "evidence: 'hsh' is none of tool, hash, rescan");
}

}  // namespace
}  // namespace vg::cases
