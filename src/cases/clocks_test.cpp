// Deadlines of cases: reminders come before the end, a person's word and the document stand, and what the law starts later is found.
#include "cases/clocks.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/text.h"
#include "base/time.h"
#include "cases/watch.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::cases {
namespace {

Time at(const char* text) { return *parse_time(text); }

ReminderPolicy shipped() {
    std::ifstream stream{VG_SOURCE_DIR "/content/cases/reminders.yaml"};
    std::ostringstream text;
    text << stream.rdbuf();
    const auto read = read_reminders(text.str());
    EXPECT_TRUE(read) << (read ? "" : read.error().text);
    return read ? *read : ReminderPolicy{};
}

TEST(Reminders, ComeBeforeTheEndAndNeverOnlyAfter) {
    const ReminderPolicy policy = shipped();
    const Time start = at("2024-04-26T01:00:00Z"), due = at("2024-05-01T17:00:00Z");  // five days and sixteen hours
    EXPECT_EQ(reminder_at(policy, start, due, start + hours(1)), std::nullopt);
    EXPECT_EQ(reminder_at(policy, start, due, start + hours(69)), "50%") << "half of 136 hours is 68";
    EXPECT_EQ(reminder_at(policy, start, due, due - hours(23)), "24h");
    EXPECT_EQ(reminder_at(policy, start, due, due - hours(1)), "4h");
    EXPECT_EQ(reminder_at(policy, start, due, due), "overdue-0");
    EXPECT_EQ(reminder_at(policy, start, due, due + hours(49)), "overdue-2");
    EXPECT_EQ(reminder_at(policy, start, due, due + days(300)), "overdue-6") << "seven in all";
    EXPECT_EQ(next_reminder(policy, start, due, start), start + hours(68));
    EXPECT_EQ(next_reminder(policy, start, due, due + days(300)), std::nullopt);
}

TEST(Reminders, OfAShortClockLeaveOutWhatLiesBeforeItsStart) {
    const ReminderPolicy policy = shipped();
    const Time start = at("2026-09-01T01:00:00Z");
    EXPECT_EQ(reminder_at(policy, start, start + hours(3), start + minutes(1)), std::nullopt);
    EXPECT_EQ(reminder_at(policy, start, start + hours(3), start + minutes(91)), "50%");
    EXPECT_EQ(reminder_at(policy, start, start, start), "overdue-0") << "what is to be done at once is told at once";
}

TEST(Reminders, AreDataThatIsChecked) {
    EXPECT_EQ(read_reminders("before: []\n").error().text, "before: is empty; a reminder that comes only after the end is none");
    EXPECT_EQ(read_reminders("before: [24x]\n").error().text, "before: '24x' is none of 50%, 24h, 30m, 2d");
    EXPECT_EQ(read_reminders("before: [50%]\noverdue: 50%\n").error().text, "overdue: '50%' is none of 24h, 30m, 2d");
    EXPECT_EQ(read_reminders("befor: [50%]\n").error().text, "befor: is unknown here, or its value is none that it takes");
}

struct CaseClocks : testing::Test {
    CaseClocks() : regime{*regime::load(VG_SOURCE_DIR "/content/regimes")}, policy{shipped()} {
        const std::array schemas{store::audit_schema(), schema(), watch_schema()};
        state = *store::State::open(store::test_state(), schemas, metrics);
        actor = {.name = "user:an", .role = access::Role::operator_, .scope = access::Scope::node(), .organisation = {}, .user = {}, .source = {}, .session = {}};
        // The letter's own example: detected on 26/4/2024, so that the fifth day is a holiday.
        const auto made = state->write([&](store::Transaction& tx) { return open(tx, actor, {.organisation = make_id<OrganisationTag>(detected, random), .title = "Mã độc", .kind = "malware", .detected = detected}, random, now); });
        EXPECT_TRUE(made) << (made ? "" : made.error().text);
        if (made) id = made->id;
        renew();
    }
    void renew() {
        const Status done = state->write([&](store::Transaction& tx) -> Status { return renew_clocks(tx, TRY(find(tx, access::Scope::node(), id)), regime, policy, now); });
        EXPECT_TRUE(done) << (done ? "" : done.error().text);
    }
    std::vector<CaseClock> clocks() { return *state->read([&](store::Transaction& tx) { return clocks_of(tx, id); }); }
    std::optional<CaseClock> clock(std::string_view name) {
        for (CaseClock& one : clocks())
            if (one.clock == name) return one;
        return std::nullopt;
    }
    std::vector<CaseClock> waiting(Time when) { return *state->read([&](store::Transaction& tx) { return to_remind(tx, when, 100); }); }

    const Time detected = at("2024-04-26T01:00:00Z");
    metrics::Registry metrics;
    SeededRandom random{4};
    regime::Regime regime;
    ReminderPolicy policy;
    std::unique_ptr<store::State> state;
    access::Actor actor;
    CaseId id;
    Time now = detected;
};

TEST_F(CaseClocks, StandAsTheLawCountsThem) {
    const auto notice = clock("vn-2017-notice");
    ASSERT_TRUE(notice);
    EXPECT_EQ(notice->strict, at("2024-05-01T17:00:00Z")) << "24:00 of 1/5/2024 in Vietnam";
    EXPECT_EQ(notice->due, notice->strict);
    EXPECT_FALSE(clock("banking-2020-notice"));
    EXPECT_EQ(clocks().size(), 1U);
}

TEST_F(CaseClocks, CircumstancesStartMore) {
    ASSERT_TRUE(state->write([&](store::Transaction& tx) { return say_circumstances(tx, actor, id, {"bank"}, regime, policy, now); }));
    ASSERT_TRUE(clock("banking-2020-notice"));
    EXPECT_EQ(clock("banking-2020-notice")->due, detected + hours(24));
    EXPECT_FALSE(state->write([&](store::Transaction& tx) { return say_circumstances(tx, actor, id, {"banq"}, regime, policy, now); }));
    ASSERT_TRUE(state->write([&](store::Transaction& tx) { return say_circumstances(tx, actor, id, {}, regime, policy, now); }));
    EXPECT_FALSE(clock("banking-2020-notice")) << "it is none after all";
}

TEST_F(CaseClocks, AreToldOnceForEachMoment) {
    EXPECT_TRUE(waiting(detected + hours(67)).empty());
    const auto first = waiting(detected + hours(69));
    ASSERT_EQ(first.size(), 1U);
    const auto told = [&](Time when) {
        ASSERT_TRUE(state->write([&](store::Transaction& tx) -> Status {
            for (const CaseClock& one : TRY(to_remind(tx, when, 100))) TRY(note_reminded(tx, one, *reminder_at(policy, one.start, one.due, when), "an@don-vi.example", policy, when));
            return {};
        }));
    };
    told(detected + hours(69));
    EXPECT_TRUE(waiting(detected + hours(70)).empty());
    renew();
    EXPECT_TRUE(waiting(detected + hours(70)).empty()) << "working the clocks out anew tells nothing twice";
    const Time end = at("2024-05-01T17:00:00Z");
    EXPECT_EQ(waiting(end - hours(23)).size(), 1U);
    told(end + hours(1));
    const auto all = *state->read([&](store::Transaction& tx) { return reminded_of(tx, id); });
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].stage, "50%");
    EXPECT_EQ(all[1].stage, "overdue-0") << "of those that were missed only the last one";
    EXPECT_EQ(all[1].to, "an@don-vi.example");
}

TEST_F(CaseClocks, APersonMovesTheEndWithAReason) {
    const auto moved = [&](std::optional<Time> due, const std::string& reason) { return state->write([&](store::Transaction& tx) { return move_clock(tx, actor, id, "vn-2017-notice", due, reason, policy, now); }); };
    EXPECT_EQ(moved(detected + days(9), "").error().text, "field reason: is missing");
    EXPECT_FALSE(moved(detected - days(1), "vì"));
    ASSERT_TRUE(moved(detected + days(9), "cơ quan điều phối đồng ý"));
    renew();
    EXPECT_EQ(clock("vn-2017-notice")->due, detected + days(9));
    EXPECT_EQ(clock("vn-2017-notice")->strict, at("2024-05-01T17:00:00Z")) << "the law's stands beside it";
    EXPECT_EQ(clock("vn-2017-notice")->moved_by, "user:an");
    EXPECT_EQ(state->read([&](store::Transaction& tx) { return count_clocks(tx, access::Scope::node(), at("2024-05-02T00:00:00Z"), at("2024-05-03T00:00:00Z")); })->first, 0);
    ASSERT_TRUE(moved(std::nullopt, "rút lại"));
    EXPECT_EQ(clock("vn-2017-notice")->due, at("2024-05-01T17:00:00Z"));
    EXPECT_EQ(state->read([&](store::Transaction& tx) { return count_clocks(tx, access::Scope::node(), at("2024-05-02T00:00:00Z"), at("2024-05-03T00:00:00Z")); })->first, 1);
    EXPECT_EQ(state->read([&](store::Transaction& tx) { return count_clocks(tx, access::Scope::of({make_id<OrganisationTag>(now, random)}), at("2024-05-02T00:00:00Z"), at("2024-05-03T00:00:00Z")); })->first, 0) << "another organisation's";
}

TEST_F(CaseClocks, ADocumentMeetsOneAndNobodyIsReminded) {
    const auto met = [&](const std::string& document) { return state->write([&](store::Transaction& tx) { return finish_clock(tx, actor, id, "vn-2017-notice", document, now, now); }); };
    EXPECT_FALSE(met(""));
    now = detected + days(2);
    ASSERT_TRUE(met("12/TB-CNTT, 28/4/2024"));
    EXPECT_FALSE(met("13/TB-CNTT")) << "it is done";
    EXPECT_TRUE(waiting(detected + days(30)).empty());
    renew();
    EXPECT_EQ(clock("vn-2017-notice")->document, "12/TB-CNTT, 28/4/2024");
}

TEST_F(CaseClocks, TheEndOfTheHandlingStartsTheFinalReport) {
    ASSERT_TRUE(state->write([&](store::Transaction& tx) { return say_circumstances(tx, actor, id, {"beyond-own-capacity"}, regime, policy, now); }));
    EXPECT_FALSE(clock("vn-2017-final-report"));
    now = at("2024-05-06T02:00:00Z");
    ASSERT_TRUE(state->write([&](store::Transaction& tx) { return advance(tx, actor, id, Stage::wrapping_up, "", "", std::nullopt, now); }));
    renew();
    ASSERT_TRUE(clock("vn-2017-final-report"));
    EXPECT_EQ(clock("vn-2017-final-report")->due, at("2024-05-11T17:00:00Z")) << "24:00 of 11/5/2024, five days after 6/5";
}

}  // namespace
}  // namespace vg::cases
