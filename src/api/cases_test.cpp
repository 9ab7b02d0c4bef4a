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

}  // namespace
}  // namespace vg::api::test
