// What happens to cases is told once, to those who asked, of their organisations, and what nobody asked for is forgotten.
#include "server/case_teller.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "cases/cases.h"
#include "cases/news.h"
#include "notify/rows.h"
#include "server/node.h"
#include "store/state_fixture.h"

namespace vg::server {
namespace {

struct CaseTellerTest : testing::Test {
    CaseTellerTest() : clock{now} {
        const auto schemas = schemas_of_all_rooms();
        state = *store::State::open(store::test_state(), schemas, metrics);
        officer = {.name = "user:an", .role = access::Role::administrator, .scope = access::Scope::node(), .organisation = {}, .user = {}, .source = {}, .session = {}};
        root = make_id<OrganisationTag>(now, random);
        ours = make_id<OrganisationTag>(now, random);
        others = make_id<OrganisationTag>(now, random);
        write([&](store::Transaction& tx) -> Status {
            TRY(directory::Directory::ensure_root(tx, "Bộ", root, now));
            for (const auto& [id, name] : {std::pair{ours, "Cục"}, std::pair{others, "Sở"}}) TRY(directory::Directory::add(tx, officer, {.id = id, .name = name, .parent = root, .created = now}));
            return {};
        });
    }
    template <class Work>
    void write(const Work& work) {
        const auto done = state->write(work);
        ASSERT_TRUE(done) << done.error().text;
    }
    void rule(const OrganisationId& organisation, const std::string& address, bool on_case = true, bool below = true) {
        const notify::Rule made{.id = make_id<notify::RuleTag>(clock.now(), random), .organisation = organisation, .name = address, .to = {.mail = {address}, .webhooks = {"https://hooks.example/" + address}}, .on_case = on_case, .below = below, .created = clock.now()};
        write([&](store::Transaction& tx) { return notify::add_rule(tx, officer, made, clock.now()); });
    }
    cases::CaseId opened(const OrganisationId& organisation, const std::string& title) {
        const auto made = state->write([&](store::Transaction& tx) { return cases::open(tx, officer, {.organisation = organisation, .title = title, .kind = "malware", .detected = now}, random, clock.now()); });
        EXPECT_TRUE(made) << (made ? "" : made.error().text);
        return made ? made->id : cases::CaseId{};
    }
    std::int64_t look() {
        CaseTeller teller{{.state = *state, .clock = clock, .random = random, .directory = [this] { return *state->read([](store::Transaction& tx) { return directory::Snapshot::load(tx); }); }, .console = [] { return std::string{"https://vonggac.example"}; }}};
        const auto told = teller.look();
        EXPECT_TRUE(told) << (told ? "" : told.error().text);
        return told ? *told : -1;
    }
    std::vector<notify::Message> messages() { return *state->read([](store::Transaction& tx) { return notify::list_messages(tx, access::Scope::node(), std::nullopt, "", 100); }); }
    std::size_t waiting() { return state->read([](store::Transaction& tx) { return cases::untold(tx, 1'000); })->size(); }

    const Time now = *parse_time("2026-04-26T01:00:00Z");
    metrics::Registry metrics;
    SeededRandom random{12};
    ManualClock clock;
    std::unique_ptr<store::State> state;
    access::Actor officer;
    OrganisationId root, ours, others;
};

TEST_F(CaseTellerTest, EachIsToldOnceToThoseWhoAskedForIt) {
    rule(ours, "cuc@don-vi.example");
    rule(root, "bo@don-vi.example");
    rule(root, "khong@don-vi.example", false);
    rule(root, "rieng@don-vi.example", true, false);
    rule(others, "so@don-vi.example");
    const cases::CaseId of = opened(ours, "Mã độc");
    write([&](store::Transaction& tx) { return cases::note(tx, officer, of, "relapsed", "192.0.2.7", clock.now()); });
    write([&](store::Transaction& tx) { return cases::note(tx, officer, of, "seen", "192.0.2.7", clock.now()); });
    EXPECT_EQ(look(), 4) << "mail and webhook of the office and of the ministry";
    for (const notify::Message& one : messages()) {
        EXPECT_TRUE(one.rule_name == "cuc@don-vi.example" || one.rule_name == "bo@don-vi.example") << one.rule_name;
        EXPECT_EQ(one.content.find("192.0.2.7"), std::string::npos) << "of whom or what it is about nothing is told";
        if (one.channel != notify::Channel::webhook) continue;
        const json::Value body = json::parse(one.content).value();
        EXPECT_EQ(body.text("type"), "cases");
        EXPECT_EQ(body.integer("count"), 2);
        const json::Array& all = body.find("cases")->as_array();
        ASSERT_EQ(all.size(), 2U);
        EXPECT_EQ(all[0].text("event"), "opened");
        EXPECT_EQ(all[1].text("event"), "relapsed");
        EXPECT_EQ(all[1].text("organisation"), "Cục");
        EXPECT_EQ(all[1].text("link"), "https://vonggac.example/ui/cases/" + of.text());
    }
    EXPECT_EQ(look(), 0) << "once";
    EXPECT_EQ(waiting(), 0U);
}

TEST_F(CaseTellerTest, WhatNobodyAskedForIsForgotten) {
    opened(ours, "Mã độc");
    EXPECT_EQ(waiting(), 1U);
    EXPECT_EQ(look(), 0);
    EXPECT_EQ(waiting(), 0U);
    rule(root, "bo@don-vi.example");
    EXPECT_EQ(look(), 0) << "a rule tells of what comes after it";
}

TEST_F(CaseTellerTest, ManyAreOneMessageThatSaysHowManyThereAre) {
    rule(root, "bo@don-vi.example");
    for (int i = 0; i < 60; ++i) opened(ours, "Vụ " + std::to_string(i));
    EXPECT_EQ(look(), 2);
    for (const notify::Message& one : messages()) {
        if (one.channel == notify::Channel::mail) EXPECT_NE(one.content.find("và 10 việc nữa"), std::string::npos);
        else EXPECT_EQ(json::parse(one.content).value().integer("count"), 60);
    }
}

}  // namespace
}  // namespace vg::server
