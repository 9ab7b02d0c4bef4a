// Hunts over the API: whose events are asked, what is queued by itself, and what the findings say.
#include <gtest/gtest.h>

#include "api/test_world.h"
#include "base/text.h"
#include "base/time.h"
#include "hunts/runner.h"
#include "store/audit.h"

namespace vg::api::test {
namespace {

struct HuntRoutes : testing::Test {
    Reply post(const std::string& path, const json::Value& body, const Account& who) { return world.send({.method = "POST", .path = path, .body = body.dump()}, &who.credential); }
    json::Value get(const std::string& path, const Account& who, std::vector<net::Header> query = {}) { return world.send({.path = path, .query = std::move(query)}, &who.credential).parsed(); }
    std::string started(const json::Value& body, const Account& who) {
        const Reply reply = post("/api/v1/hunts", body, who);
        EXPECT_EQ(reply.status, 201) << reply.body;
        const json::Value parsed = reply.parsed();
        return parsed.find("hunt") == nullptr ? "" : parsed.find("hunt")->text("id").value_or("");
    }
    void work() {
        hunts::Runner runner{{.state = *world.state,
                              .archive = world.archive.get(),
                              .clock = world.clock,
                              .metrics = world.metrics,
                              .asker = {.state = *world.state, .disk = store::system_disk(), .random = world.random, .folder = world.folder + "/hunts", .journal = world.journal->id()},
                              .below = [this](const OrganisationId& root) { return world.directory->descendants(root); },
                              .sources = [] { return std::vector<hunts::LiveSource>{}; }},
                             {.wait_for_archive = seconds(0)}};
        for (;;) {
            const auto worked = runner.work_one({});
            ASSERT_TRUE(worked) << worked.error().text;
            if (!*worked) return;
        }
    }
    // An event of that organisation whose destination is the address.
    void add_contact(const std::string& organisation, const std::string& address) {
        world.add_record(organisation, json::object({{"source.ip", "10.0.0.7"}, {"destination.ip", address}}).dump());
    }

    World world{ArchiveKind::real};
    const Account& node = world.account("node", access::Role::operator_);
};

TEST_F(HuntRoutes, AskOnlyTheEventsOfTheCallersOrganisation) {
    for (const char* name : {"A", "A1", "B"}) add_contact(name, "203.0.113.66");
    const Account& analyst = world.account("A", access::Role::analyst);
    const std::string id = started(json::object({{"name", "june"}, {"text", "203.0.113.66\nnonsense value\n"}, {"family", "emotet"}}), analyst);
    work();
    const json::Value hunt = get("/api/v1/hunts/" + id, analyst);
    EXPECT_EQ(hunt.text("state"), "done") << hunt.dump();
    EXPECT_EQ(hunt.integer("hits"), 2) << "of A and of A1 below it";
    const json::Value own = get("/api/v1/findings", analyst, {{"retrospective", "true"}});
    ASSERT_EQ(own.find("items")->as_array().size(), 2U);
    for (const json::Value& finding : own.find("items")->as_array()) {
        EXPECT_EQ(finding.integer("retrospective"), 1);
        EXPECT_EQ(finding.find("rule")->text("id"), "indicator/contacts/emotet");
        EXPECT_EQ(finding.text("entity"), "ip:10.0.0.7");
    }
    EXPECT_EQ(get("/api/v1/findings", world.account("B", access::Role::analyst), {{"retrospective", "true"}}).find("items")->as_array().size(), 0U);
    EXPECT_EQ(world.send({.path = "/api/v1/hunts/" + id}, &world.account("B", access::Role::analyst).credential).status, 404);
    // B's own administrator cannot ask A's events.
    EXPECT_EQ(post("/api/v1/hunts", json::object({{"organisation", world.organisation("A").text()}, {"text", "203.0.113.66"}}), world.account("B", access::Role::administrator)).status, 404);
}

TEST_F(HuntRoutes, WhoMayNotSeePersonsCannotAskForThem) {
    world.add_record("A", json::object({{"source.ip", "10.0.0.7"}, {"email.from.address", "an@nobody.example"}}).dump());
    const Account& analyst = world.account("A", access::Role::analyst);
    const std::string own_rule = "title: Who\nid: 929a690e-bef0-4204-a928-000000000077\nlogsource: {category: any}\ndetection:\n  a: {user.name: an}\n  condition: a\n";
    // In a list: the address is refused and told, the rest is asked.
    const Reply mixed = post("/api/v1/hunts", json::object({{"text", "an@nobody.example\n203.0.113.66\n"}}), node);
    ASSERT_EQ(mixed.status, 201) << mixed.body;
    EXPECT_EQ(mixed.parsed().integer("refused"), 1);
    EXPECT_NE(mixed.body.find("may not reveal personal fields"), std::string::npos) << mixed.body;
    EXPECT_EQ(mixed.parsed().find("hunt")->integer("values"), 1);
    // As an item, alone, and behind a hunt that takes more.
    const json::Value item = json::Array{json::object({{"value", "an@nobody.example"}})};
    EXPECT_EQ(post("/api/v1/hunts", json::object({{"items", item}}), node).status, 400);
    const std::string begun = started(json::object({{"text", "203.0.113.67"}, {"more", true}}), node);
    const Reply more = post("/api/v1/hunts/" + begun + "/values", json::object({{"items", item}}), node);
    ASSERT_EQ(more.status, 200) << more.body;
    EXPECT_EQ(more.parsed().integer("refused"), 1);
    EXPECT_EQ(more.parsed().find("hunt")->integer("values"), 1);
    const Reply ruled = post("/api/v1/hunts", json::object({{"rules", own_rule}}), node);
    EXPECT_EQ(ruled.status, 403) << ruled.body;
    EXPECT_EQ(ruled.parsed().text("reason_code"), "personal-rules") << ruled.body;
    // Whoever may see persons gets the answer.
    const std::string id = started(json::object({{"text", "an@nobody.example"}}), analyst);
    EXPECT_EQ(post("/api/v1/hunts", json::object({{"rules", own_rule}}), analyst).status, 201);
    work();
    EXPECT_EQ(get("/api/v1/hunts/" + id, analyst).integer("hits"), 1);
}

TEST_F(HuntRoutes, WhatIsNewInAListIsAskedByItselfAndOnce) {
    add_contact("A", "203.0.113.66");
    const json::Value body = json::object({{"list", "june"}, {"family", "emotet"}, {"confidence", 80}, {"text", "203.0.113.66\n192.0.2.1\n"}});
    ASSERT_EQ(post("/api/v1/indicators/import", body, node).status, 200);
    const auto queued = [&] { return get("/api/v1/hunts", node, {{"state", "queued"}}).find("items")->as_array(); };
    ASSERT_EQ(queued().size(), 1U);
    EXPECT_EQ(queued().front().text("origin"), "list");
    EXPECT_EQ(queued().front().integer("values"), 2);
    EXPECT_EQ(queued().front().text("from"), to_rfc3339(world.clock.now() - days(90)));
    work();
    EXPECT_EQ(get("/api/v1/findings", node, {{"retrospective", "true"}}).find("items")->as_array().size(), 1U);
    // Said again, by this list or another: nothing is new.
    ASSERT_EQ(post("/api/v1/indicators/import", body, node).status, 200);
    ASSERT_EQ(post("/api/v1/indicators/import", json::object({{"list", "july"}, {"text", "203.0.113.66"}}), node).status, 200);
    EXPECT_TRUE(queued().empty());
    // A preview asks nothing.
    ASSERT_EQ(post("/api/v1/indicators/import", json::object({{"list", "july"}, {"text", "203.0.113.67"}, {"preview", true}}), node).status, 200);
    EXPECT_TRUE(queued().empty());
}

TEST_F(HuntRoutes, APersonsHuntForWhatIsInForceLeavesOutWhatDetectionTold) {
    add_contact("A", "203.0.113.66");  // before it was in force
    world.clock.move(minutes(1));
    ASSERT_EQ(post("/api/v1/indicators/import", json::object({{"list", "june"}, {"family", "emotet"}, {"text", "203.0.113.66"}}), node).status, 200);
    const json::Value pending = get("/api/v1/hunts", node, {{"state", "queued"}});
    ASSERT_EQ(pending.find("items")->as_array().size(), 1U);
    ASSERT_EQ(post("/api/v1/hunts/" + *pending.find("items")->as_array().front().text("id") + "/stop", json::Value{}, node).status, 200);
    world.clock.move(minutes(1));
    add_contact("A", "203.0.113.66");  // detection sees this one
    const std::string id = started(json::object({{"text", "203.0.113.66"}, {"family", "emotet"}}), node);
    work();
    const json::Value hunt = get("/api/v1/hunts/" + id, node);
    EXPECT_EQ(hunt.integer("hits"), 2);
    EXPECT_EQ(hunt.integer("known"), 1);
    EXPECT_EQ(hunt.integer("findings"), 1);
}

TEST_F(HuntRoutes, ARuleInForceIsOnlyCounted) {
    world.add_record("A", json::object({{"Image", "C:\\x\\whoami.exe"}}).dump());
    const std::string id = started(json::object({{"rule", world.engine->rules().front()->id}}), node);
    work();
    const json::Value hunt = get("/api/v1/hunts/" + id, node);
    EXPECT_EQ(hunt.text("state"), "done") << hunt.dump();
    EXPECT_EQ(hunt.boolean("records"), false);
    EXPECT_EQ(hunt.integer("hits"), 1);
    EXPECT_EQ(get("/api/v1/findings", node, {{"retrospective", "true"}}).find("items")->as_array().size(), 0U);
}

TEST_F(HuntRoutes, EachDeedStandsInTheAuditChain) {
    const Account& analyst = world.account("A", access::Role::analyst);
    const std::string id = started(json::object({{"name", "june"}, {"text", "203.0.113.66"}}), analyst);
    for (const char* deed : {"pause", "resume", "stop"}) EXPECT_EQ(post(format("/api/v1/hunts/{}/{}", id, deed), json::Value{}, analyst).status, 200) << deed;
    EXPECT_EQ(post("/api/v1/hunts/" + id + "/resume", json::Value{}, analyst).status, 409) << "it was ended for good";
    std::vector<std::string> actions;
    const auto lines = world.state->read([&](store::Transaction& tx) { return store::audit::list_of(tx, "hunt/" + id, 10); });
    ASSERT_TRUE(lines);
    for (const auto& line : *lines) {
        actions.push_back(line.action);
        EXPECT_EQ(line.organisation, world.organisation("A"));
        EXPECT_EQ(line.actor, "user:" + analyst.name);
    }
    EXPECT_EQ(actions, (std::vector<std::string>{"hunt:stop", "hunt:resume", "hunt:pause", "hunt:run"}));
}

TEST_F(HuntRoutes, WhatCannotBeAskedIsSaid) {
    const Reply nothing = post("/api/v1/hunts", json::object({{"text", "nonsense value\n"}}), node);
    EXPECT_EQ(nothing.status, 400) << nothing.body;
    const Reply some = post("/api/v1/hunts", json::object({{"items", json::Array{json::object({{"value", "203.0.113.66"}}), json::object({{"value", "no such thing"}})}}}), node);
    EXPECT_EQ(some.status, 201) << some.body;
    EXPECT_EQ(some.parsed().integer("refused"), 1);
    EXPECT_EQ(post("/api/v1/hunts", json::object({{"text", "203.0.113.66"}, {"from", "2026-01-02T00:00:00Z"}, {"until", "2026-01-01T00:00:00Z"}}), node).status, 400);
}

}  // namespace
}  // namespace vg::api::test
