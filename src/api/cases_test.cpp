// Cases over the API: an organisation answers for its victims, the coordinator judges, and what is due by law stands beside.
#include <gtest/gtest.h>

#include "api/test_world.h"
#include "base/text.h"
#include "base/time.h"

namespace vg::api::test {
namespace {

struct CaseRoutes : testing::Test {
    World world;
    const Account& contact = world.account("A", access::Role::contact);
    const Account& lead = world.account("A", access::Role::duty_lead);
    Reply post(const std::string& path, const std::string& body, const Account& who) { return world.send({.method = "POST", .path = path, .body = body}, &who.credential); }
    // The path of an item that was seen three weeks ago.
    std::string old_item() {
        const cases::Sighting sighting{.organisation = world.organisation("A"), .matter = "old", .title = {}, .subject = "old.example", .family = "Mirai", .system = {}, .seen = world.clock.now() - days(21), .ref = "list/9"};
        const auto placed = world.state->write([&](store::Transaction& tx) { return cases::place(tx, "system", sighting, world.random, world.clock.now()); });
        EXPECT_TRUE(placed) << (placed ? "" : placed.error().text);
        return placed ? "/api/v1/case-items/" + placed->item.text() : "";
    }
    Reply get(const std::string& path, const Account& who, std::vector<net::Header> query = {}) { return world.send({.path = path, .query = std::move(query)}, &who.credential); }
};

TEST_F(CaseRoutes, ARemovalIsToldWithEvidenceAndNotClosedWithout) {
    const std::string item = "/api/v1/case-items/" + world.add_case_item("A");
    EXPECT_EQ(post(item + "/answer", R"({"answer":"removed"})", contact).status, 400) << "without evidence";
    EXPECT_NE(post(item + "/answer", R"({"answer":"removed","evidence":{"removed":"2099-01-01T00:00:00Z"}})", contact).status, 200) << "in the future";
    const std::string removed = to_rfc3339(world.clock.now());
    const std::string hash(64, 'a');
    const Reply told = post(item + "/answer", format(R"({{"answer":"removed","evidence":{{"removed":"{}","tool":"AV","hash":"{}","rescan":"clean"}}}})", removed, hash), contact);
    ASSERT_EQ(told.status, 200) << told.body;
    EXPECT_EQ(told.parsed().text("state"), "removed");
    EXPECT_EQ(get(item + "/verdict", contact).parsed().text("kind"), "waits");
    EXPECT_EQ(post(item + "/close", "{}", contact).status, 403) << "an organisation does not close its own";
    EXPECT_EQ(post(item + "/close", "{}", lead).status, 409) << "no later list, no seven days";
    const Reply closed = post(item + "/close", R"({"reason":"the machine was scrapped"})", lead);
    ASSERT_EQ(closed.status, 200) << closed.body;
    EXPECT_EQ(closed.parsed().text("closed_why"), "by-person");
}

TEST_F(CaseRoutes, TheClocksOfACaseFollowItsDetection) {
    const Reply made = post("/api/v1/cases", R"({"title":"Sự cố 26/4","detected":"2024-04-26T01:00:00Z"})", lead);
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string path = "/api/v1/cases/" + made.parsed().text("id").value_or("");
    const json::Value due = get(path + "/deadlines", contact).parsed();
    ASSERT_EQ(due.find("items")->as_array().size(), 1U);
    EXPECT_EQ(due.find("items")->as_array()[0].text("strict"), "2024-05-01T17:00:00Z");
    ASSERT_EQ(post(path + "/serious", R"({"serious":true,"reason":"cấp độ 4"})", lead).status, 200);
    EXPECT_EQ(get(path + "/deadlines", contact).parsed().find("items")->as_array()[0].text("id"), "vn-2017-serious-report");
    EXPECT_EQ(post("/api/v1/cases", R"({"title":"Sự cố 26/4"})", lead).status, 409) << "one open case a matter";
    EXPECT_EQ(get("/api/v1/cases", contact, {{"text", "su co 26"}}).parsed().find("items")->as_array().size(), 1U) << "accents do not matter";
}

TEST_F(CaseRoutes, AStageThatCannotFollowIsRefused) {
    const std::string path = "/api/v1/cases/" + world.add_case("A");
    EXPECT_EQ(post(path + "/stage", R"({"stage":"report-sent"})", lead).status, 409) << "an item is open";
    EXPECT_EQ(post(path + "/stage", R"({"stage":"received"})", lead).status, 409) << "it is received";
    EXPECT_EQ(post(path + "/stage", R"({"stage":"removing"})", lead).status, 200);
    EXPECT_EQ(post(path + "/stage", R"({"stage":"verifying"})", lead).status, 400) << "going back asks for a reason";
    EXPECT_EQ(get(path, world.account("B", access::Role::duty_lead)).status, 404) << "another organisation's";
}

TEST_F(CaseRoutes, OurOwnLogsSpeakForClosingOrAgainstIt) {
    const std::string item = old_item();
    const Time removed = world.clock.now() - days(8);
    ASSERT_EQ(post(item + "/answer", format(R"({{"answer":"removed","evidence":{{"removed":"{}","tool":"AV","hash":"{}","rescan":"clean"}}}})", to_rfc3339(removed), std::string(64, 'a')), contact).status, 200);
    EXPECT_EQ(get(item + "/verdict", contact).parsed().text("kind"), "not-observable") << "nobody looked";
    cases::Observed seen{.from = removed, .until = removed + days(8), .coverage = 1, .contacts = 2, .last_contact = removed + days(1), .covered_from = {}, .why_not = {}, .of_unknown = 1, .servers = 3, .sources = {"firewall"}};
    world.observe = [&](const cases::Item&) { return std::optional{seen}; };
    const json::Value refused = get(item + "/verdict", contact).parsed();
    EXPECT_EQ(refused.text("kind"), "refused");
    EXPECT_EQ(refused.find("observed")->integer("contacts"), 2);
    const Reply not_closed = post(item + "/close", "{}", lead);
    EXPECT_EQ(not_closed.status, 409);
    EXPECT_NE(not_closed.body.find("2 contacts to its control servers"), std::string::npos) << not_closed.body;
    seen.contacts = 0, seen.last_contact.reset(), seen.of_unknown = 0;
    EXPECT_EQ(get(item + "/verdict", contact).parsed().text("kind"), "may-close");
    EXPECT_EQ(post(item + "/close", "{}", lead).parsed().text("closed_why"), "verified");
}

TEST_F(CaseRoutes, AnArchiveThatCannotBeAskedIsNotSilence) {
    const std::string item = old_item();
    ASSERT_EQ(post(item + "/answer", format(R"({{"answer":"removed","evidence":{{"removed":"{}","tool":"AV","hash":"{}","rescan":"clean"}}}})", to_rfc3339(world.clock.now() - days(8)), std::string(64, 'a')), contact).status, 200);
    world.observe = [](const cases::Item&) -> Result<std::optional<cases::Observed>> { return fail(Code::too_large, "it took too long"); };
    const json::Value told = get(item + "/verdict", contact).parsed();
    EXPECT_EQ(told.text("kind"), "not-observable");
    EXPECT_EQ(told.find("observed")->text("why_not"), "no-archive");
}

TEST_F(CaseRoutes, DeadlinesAreMovedAndMetByPeople) {
    const Reply made = post("/api/v1/cases", R"({"title":"Sự cố 26/4","detected":"2024-04-26T01:00:00Z"})", lead);
    const std::string path = "/api/v1/cases/" + made.parsed().text("id").value_or("");
    EXPECT_EQ(post(path + "/deadlines/move", R"({"clock":"no-such","reason":"vì"})", lead).status, 404);
    EXPECT_EQ(post(path + "/deadlines/move", R"({"clock":"vn-2017-notice","due":"2024-05-10T00:00:00Z","reason":"điều phối đồng ý"})", contact).status, 403) << "an organisation does not move the law's clocks";
    const Reply moved = post(path + "/deadlines/move", R"({"clock":"vn-2017-notice","due":"2024-05-10T00:00:00Z","reason":"điều phối đồng ý"})", lead);
    ASSERT_EQ(moved.status, 200) << moved.body;
    EXPECT_EQ(moved.parsed().find("kept")->as_array()[0].text("due"), "2024-05-10T00:00:00Z");
    EXPECT_EQ(moved.parsed().find("items")->as_array()[0].text("strict"), "2024-05-01T17:00:00Z");
    EXPECT_EQ(get("/api/v1/case-attention", lead).parsed().integer("overdue"), 1);
    EXPECT_EQ(get("/api/v1/case-attention", world.account("B", access::Role::duty_lead)).parsed().integer("overdue"), 0);
    EXPECT_EQ(get("/api/v1/cases", lead, {{"needs", "clocks"}}).parsed().find("items")->as_array().size(), 1U);
    ASSERT_EQ(post(path + "/circumstances", R"({"circumstances":["bank"]})", lead).status, 200);
    EXPECT_EQ(post(path + "/circumstances", R"({"circumstances":["banq"]})", lead).status, 400);
    ASSERT_EQ(post(path + "/deadlines/done", R"({"clock":"banking-2020-notice","document":"5/BC","sent":"2024-04-26T20:00:00Z"})", lead).status, 200);
    ASSERT_EQ(post(path + "/deadlines/done", R"({"clock":"vn-2017-notice","document":"12/TB","sent":"2024-04-30T01:00:00Z"})", lead).status, 200);
    EXPECT_EQ(post(path + "/deadlines/done", R"({"clock":"vn-2017-notice","document":"12/TB"})", lead).status, 409);
    EXPECT_EQ(get("/api/v1/case-attention", lead).parsed().integer("overdue"), 0);
}

TEST_F(CaseRoutes, WhatWaitsIsCountedAndLedTo) {
    const std::string item = world.add_case_item("A");
    const auto waits = [&](std::string_view what) { return get("/api/v1/case-attention", lead).parsed().integer(what).value_or(-1); };
    const std::int64_t before = waits("answers"), returned = waits("returned");
    const auto led_to = [&] { return get("/api/v1/cases", lead, {{"needs", "answers"}}).parsed().find("items")->as_array().size(); };
    const std::size_t cases_before = led_to();
    ASSERT_EQ(post("/api/v1/case-items/" + item + "/answer", R"({"answer":"false-report","text":"máy quét"})", contact).status, 200);
    EXPECT_EQ(waits("answers"), before + 1);
    EXPECT_EQ(led_to(), cases_before + 1);
    ASSERT_EQ(post("/api/v1/case-items/" + item + "/judge", R"({"accept":false,"reason":"cần nhật ký"})", lead).status, 200);
    EXPECT_EQ(waits("answers"), before);
    EXPECT_EQ(waits("returned"), returned + 1);
    EXPECT_EQ(led_to(), cases_before);
    EXPECT_EQ(get("/api/v1/cases", lead, {{"needs", "nothing"}}).status, 400);
}

}  // namespace
}  // namespace vg::api::test
