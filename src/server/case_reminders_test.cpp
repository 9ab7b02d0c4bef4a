// Reminders of deadlines: before the end, to the recipients of the organisation's rules and of those above, once, over restarts too.
#include "server/case_reminders.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "base/time.h"
#include "notify/rows.h"
#include "server/node.h"
#include "store/state_fixture.h"

namespace vg::server {
namespace {

struct CaseRemindersTest : testing::Test {
    CaseRemindersTest() : clock{detected} {
        const auto schemas = schemas_of_all_rooms();
        state = *store::State::open(store::test_state(), schemas, metrics);
        regime = std::make_shared<const regime::Regime>(*regime::load(VG_SOURCE_DIR "/content/regimes"));
        policy = *cases::read_reminders("before: [50%, 24h, 4h]\noverdue: 24h\noverdue_most: 7\n");
        officer = {.name = "user:an", .role = access::Role::administrator, .scope = access::Scope::node(), .organisation = {}, .user = {}, .source = {}, .session = {}};
        root = make_id<OrganisationTag>(detected, random);
        ours = make_id<OrganisationTag>(detected, random);
        others = make_id<OrganisationTag>(detected, random);
        must(state->write([&](store::Transaction& tx) -> Status {
            TRY(directory::Directory::ensure_root(tx, "Bộ", root, detected));
            for (const auto& [id, name] : {std::pair{ours, "Cục"}, std::pair{others, "Sở"}}) TRY(directory::Directory::add(tx, officer, {.id = id, .name = name, .parent = root, .created = detected}));
            return {};
        }));
    }
    template <class T>
    void must(const Result<T>& result) {
        ASSERT_TRUE(result) << result.error().text;
    }
    void tell(const OrganisationId& organisation, const std::string& address, bool below = true) {
        notify::Rule rule{.id = make_id<notify::RuleTag>(clock.now(), random), .organisation = organisation, .name = address, .to = {.mail = {address}, .webhooks = {}}, .below = below, .created = clock.now()};
        must(state->write([&](store::Transaction& tx) { return notify::add_rule(tx, officer, rule, clock.now()); }));
    }
    cases::CaseId opened() {
        const auto made = state->write([&](store::Transaction& tx) { return cases::open(tx, officer, {.organisation = ours, .title = "Mã độc", .kind = "malware", .detected = detected}, random, clock.now()); });
        EXPECT_TRUE(made) << (made ? "" : made.error().text);
        return made ? made->id : cases::CaseId{};
    }
    // A process that knows nothing but State.
    std::int64_t look() {
        CaseReminders reminders{{.state = *state,
                                 .clock = clock,
                                 .random = random,
                                 .regime = regime,
                                 .policy = policy,
                                 .directory = [this] { return *state->read([](store::Transaction& tx) { return directory::Snapshot::load(tx); }); },
                                 .console = [] { return std::string{"https://vonggac.example"}; }}};
        const auto told = reminders.look();
        EXPECT_TRUE(told) << (told ? "" : told.error().text);
        return told ? *told : -1;
    }
    std::vector<notify::Message> messages() { return *state->read([](store::Transaction& tx) { return notify::list_messages(tx, access::Scope::node(), std::nullopt, "", 100); }); }

    const Time detected = *parse_time("2024-04-26T01:00:00Z");
    const Time due = *parse_time("2024-05-01T17:00:00Z");  // 24:00 of 1/5/2024 in Vietnam
    metrics::Registry metrics;
    SeededRandom random{12};
    ManualClock clock;
    std::unique_ptr<store::State> state;
    std::shared_ptr<const regime::Regime> regime;
    cases::ReminderPolicy policy;
    access::Actor officer;
    OrganisationId root, ours, others;
};

TEST_F(CaseRemindersTest, ComeBeforeTheEndToThoseWhoAreToBeTold) {
    tell(ours, "truc@cuc.example");
    tell(root, "giam-sat@bo.example");
    tell(root, "chi-rieng@bo.example", false);
    tell(others, "so@so.example");
    const cases::CaseId id = opened();
    EXPECT_EQ(look(), 0);
    EXPECT_TRUE(messages().empty());
    clock.move(due - hours(23) - clock.now());
    EXPECT_EQ(look(), 1);
    EXPECT_EQ(look(), 0) << "once, after a restart too";
    std::vector<std::string> to;
    for (const notify::Message& one : messages()) {
        to.push_back(one.recipient);
        EXPECT_EQ(one.subject, "[Vọng Gác] còn 23 giờ: Thông báo sự cố – hồ sơ 1");
        EXPECT_NE(one.content.find("Hạn: 02/05/2024 00:00 (GMT+7) (còn 23 giờ)"), std::string::npos) << one.content;
        EXPECT_NE(one.content.find("https://vonggac.example/ui/cases/" + id.text()), std::string::npos);
    }
    std::sort(to.begin(), to.end());
    EXPECT_EQ(to, (std::vector<std::string>{"giam-sat@bo.example", "truc@cuc.example"}));
}

TEST_F(CaseRemindersTest, WhatIsOverSaysByHowMuch) {
    tell(ours, "truc@cuc.example");
    opened();
    look();
    clock.move(due + hours(3) - clock.now());
    EXPECT_EQ(look(), 1);
    ASSERT_EQ(messages().size(), 1U);
    EXPECT_NE(messages().front().subject.find("QUÁ HẠN 3 giờ"), std::string::npos) << messages().front().subject;
    clock.move(hours(20));
    EXPECT_EQ(look(), 0);
    clock.move(hours(2));
    EXPECT_EQ(look(), 1) << "a day later again";
}

TEST_F(CaseRemindersTest, WhereNobodyIsThereToBeToldTheCaseSaysSo) {
    const cases::CaseId id = opened();
    look();
    clock.move(due - hours(23) - clock.now());
    EXPECT_EQ(look(), 1);
    EXPECT_TRUE(messages().empty());
    const auto told = *state->read([&](store::Transaction& tx) { return cases::reminded_of(tx, id); });
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told.front().stage, "24h");
    EXPECT_EQ(told.front().to, "");
}

TEST_F(CaseRemindersTest, ManyAreOneMessage) {
    tell(ours, "truc@cuc.example");
    opened();
    for (int i = 0; i < 3; ++i)
        must(state->write([&](store::Transaction& tx) { return cases::open(tx, officer, {.organisation = ours, .title = format("Vụ {}", i), .kind = "malware", .detected = detected}, random, clock.now()); }));
    look();
    clock.move(due - hours(3) - clock.now());
    EXPECT_EQ(look(), 4);
    ASSERT_EQ(messages().size(), 1U);
    EXPECT_EQ(messages().front().subject, "[Vọng Gác] 4 hạn của hồ sơ, gần nhất: còn 3 giờ – Thông báo sự cố");
}

}  // namespace
}  // namespace vg::server
