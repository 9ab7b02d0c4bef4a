// Work in cases over the API: merge and split, tasks, playbooks, many cases at once, what is overdue, and what speaks for an incident being serious.
#include <gtest/gtest.h>

#include "api/test_world.h"
#include "base/text.h"
#include "base/time.h"
#include "regime/regime.h"

namespace vg::api::test {
namespace {

struct CaseWork : testing::Test {
    World world;
    const Account& contact = world.account("A", access::Role::contact);
    const Account& lead = world.account("A", access::Role::duty_lead);
    const Account& node = world.account("node", access::Role::administrator);
    Reply post(const std::string& path, const std::string& body, const Account& who) { return world.send({.method = "POST", .path = path, .body = body}, &who.credential); }
    Reply get(const std::string& path, const Account& who, std::vector<net::Header> query = {}) { return world.send({.path = path, .query = std::move(query)}, &who.credential); }
    static std::size_t count(const Reply& reply) { return reply.parsed().find("items")->as_array().size(); }
    static const json::Value& member(const json::Value& of, std::string_view name) {
        static const json::Value none;
        const json::Value* found = of.find(name);
        return found == nullptr ? none : *found;
    }
};

TEST_F(CaseWork, CasesAreMergedAndPartAgain) {
    const std::string one = world.add_case("A"), two = world.add_case("A"), foreign = world.add_case("B");
    const std::string path = "/api/v1/cases/" + one;
    EXPECT_EQ(post(path + "/merge", format(R"({{"cases":[{{"id":"{}"}}]}})", two), contact).status, 403) << "an organisation's contact does not merge";
    EXPECT_EQ(post(path + "/merge", format(R"({{"cases":[{{"id":"{}"}}]}})", foreign), lead).status, 404) << "it does not see that one";
    EXPECT_EQ(post(path + "/merge", format(R"({{"cases":[{{"id":"{}"}}]}})", foreign), node).parsed().text("reason_code"), "case-merge-foreign");
    EXPECT_EQ(post(path + "/merge", format(R"({{"cases":[{{"id":"{}","version":9}}]}})", two), lead).status, 409) << "it was changed meanwhile";
    const std::string item = get("/api/v1/cases/" + two + "/items", contact).parsed().find("items")->as_array()[0].text("id").value_or("");
    const Reply whole = post(path + "/merge", format(R"({{"cases":[{{"id":"{}"}}]}})", two), lead);
    ASSERT_EQ(whole.status, 200) << whole.body;
    EXPECT_EQ(whole.parsed().integer("items"), 2);
    const json::Value gone = get("/api/v1/cases/" + two, contact).parsed();
    EXPECT_EQ(gone.text("merged_into"), one) << "it stays readable and points to the other";
    EXPECT_EQ(count(get("/api/v1/cases/" + two + "/deadlines", contact)), 0U) << "its clocks are the survivor's";
    EXPECT_EQ(count(get(path + "/merged", contact)), 1U);
    const json::Value history = get("/api/v1/case-items/" + item + "/history", contact).parsed();
    ASSERT_FALSE(history.find("items")->as_array().empty());
    EXPECT_EQ(history.find("items")->as_array()[0].text("kind"), "seen");
    EXPECT_EQ(history.find("items")->as_array()[0].integer("case_number"), gone.integer("number")) << "it was told in the case that it came from";
    const Reply part = post(path + "/split", format(R"({{"items":["{}"],"title":"phần riêng"}})", item), lead);
    ASSERT_EQ(part.status, 200) << part.body;
    EXPECT_EQ(part.parsed().integer("items"), 1);
    const Reply back = post(path + "/split", "{}", lead);
    ASSERT_EQ(back.status, 200) << back.body;
    EXPECT_EQ(back.parsed().text("id"), two) << "the last merge is taken back";
    EXPECT_EQ(post(path + "/split", "{}", lead).parsed().text("reason_code"), "case-merge-none");
}

TEST_F(CaseWork, ManyCasesAtOnceGetAnAccount) {
    const std::string one = world.add_case("A"), two = world.add_case("A"), foreign = world.add_case("B");
    const std::string chosen = format(R"("cases":[{{"id":"{}"}},{{"id":"{}"}},{{"id":"{}"}}])", one, two, foreign);
    const json::Value done = post("/api/v1/case-deeds", "{" + chosen + R"(,"assign":{"to":"an"}})", lead).parsed();
    EXPECT_EQ(done.integer("done"), 2);
    EXPECT_EQ(done.integer("refused"), 1);
    const json::Value& last = done.find("items")->as_array()[2];
    EXPECT_EQ(last.text("reason"), "there is no such case");
    EXPECT_EQ(last.integer("number"), 0) << "nothing of another organisation's case is told";
    EXPECT_EQ(last.text("title"), "");
    const json::Value stage = post("/api/v1/case-deeds", "{" + chosen + R"(,"stage":{"stage":"report-sent"}})", lead).parsed();
    EXPECT_EQ(stage.integer("done"), 0);
    EXPECT_EQ(stage.find("items")->as_array()[0].text("reason_code"), "case-items-open") << "each says why";
    EXPECT_EQ(get("/api/v1/cases/" + one, lead).parsed().text("stage"), "received") << "what is refused changes nothing";
    EXPECT_EQ(post("/api/v1/case-deeds", "{" + chosen + R"(,"comment":{"text":"hỏi đơn vị"}})", lead).parsed().integer("done"), 2);
    const json::Value merged = post("/api/v1/case-deeds", "{" + chosen + format(R"(,"merge":{{"into":"{}"}}}})", one), lead).parsed();
    EXPECT_EQ(merged.integer("done"), 1);
    EXPECT_EQ(merged.integer("refused"), 1);
    EXPECT_EQ(get("/api/v1/cases/" + two, lead).parsed().text("merged_into"), one);
    EXPECT_EQ(post("/api/v1/case-deeds", "{" + chosen + "}", lead).status, 400) << "one deed is said";
    EXPECT_EQ(post("/api/v1/case-deeds", format(R"({{"cases":[{{"id":"{}"}}],"assign":{{"to":"an"}}}})", foreign), lead).status, 404) << "none of them exists";
}

TEST_F(CaseWork, APlaybookBecomesTasksThatTheOrganisationDoes) {
    const std::string path = "/api/v1/cases/" + world.add_case("A");
    EXPECT_EQ(post("/api/v1/playbooks", World::playbook(), lead).status, 403) << "playbooks are the node's";
    const Reply refused = post("/api/v1/playbooks", R"({"type":"playbook","spec_version":"cacao-2.0"})", node);
    EXPECT_EQ(refused.status, 400);
    EXPECT_NE(refused.body.find("workflow_start: is missing"), std::string::npos) << refused.body;
    const std::string id = world.add_playbook();
    EXPECT_EQ(get("/api/v1/playbooks/" + id, contact).parsed().find("steps")->as_array().size(), 2U);
    const Reply run = post(path + "/playbooks", format(R"({{"playbook":"{}"}})", id), lead);
    ASSERT_EQ(run.status, 201) << run.body;
    EXPECT_EQ(run.parsed().integer("tasks"), 2);
    EXPECT_EQ(post(path + "/playbooks", format(R"({{"playbook":"{}"}})", id), lead).parsed().text("reason_code"), "playbook-runs");
    const json::Value listed = get(path + "/tasks", contact).parsed();
    const json::Array& tasks = listed.find("items")->as_array();
    ASSERT_EQ(tasks.size(), 2U);
    EXPECT_EQ(tasks[0].text("title"), "Unplug it");
    EXPECT_EQ(tasks[1].text("text"), "[bash] clamscan -r /") << "shown with its kind, and never executed";
    const Reply ended = post("/api/v1/case-tasks/" + tasks[0].text("id").value_or("") + "/end", R"({"outcome":"done"})", contact);
    ASSERT_EQ(ended.status, 200) << ended.body;
    EXPECT_EQ(ended.parsed().text("done_by"), "user:" + contact.name);
    EXPECT_EQ(get(path + "/playbooks", contact).parsed().find("items")->as_array()[0].integer("ended"), 1);
    EXPECT_EQ(get("/api/v1/case-tasks/" + tasks[0].text("id").value_or(""), world.account("B", access::Role::duty_lead)).status, 404);
    EXPECT_EQ(post(path + "/playbooks", R"({"playbook":"playbook--nothing"})", lead).status, 404);
}

TEST_F(CaseWork, SeriousnessIsSuggestedAndAPersonConfirms) {
    const std::string path = "/api/v1/cases/" + world.add_case("A");
    const json::Value at_first = get(path + "/seriousness", contact).parsed();
    EXPECT_EQ(at_first.text("all"), "not-known") << "nobody has said, and the level is not known";
    EXPECT_EQ(member(at_first, "level").integer("without_level"), 1);
    EXPECT_EQ(post(path + "/seriousness", R"({"what":"impact","holds":true,"reason":"cổng ngừng"})", lead).parsed().text("reason_code"), "case-impact-kind");
    EXPECT_EQ(post(path + "/seriousness", R"({"what":"impact","holds":true,"kind":"service-interrupted","reason":"cổng ngừng"})", contact).status, 403);
    const Reply impact = post(path + "/seriousness", R"({"what":"impact","holds":true,"kind":"service-interrupted","reason":"cổng ngừng"})", lead);
    ASSERT_EQ(impact.status, 200) << impact.body;
    EXPECT_EQ(member(impact.parsed(), "impact").text("holds"), "yes");
    const json::Value stated = post(path + "/seriousness", R"({"what":"alone","holds":false,"reason":"tự xử lý được"})", lead).parsed();
    EXPECT_EQ(member(stated, "alone").text("by"), "user:" + lead.name);
    EXPECT_EQ(stated.text("all"), "no") << "one condition that does not hold is enough";
    EXPECT_EQ(stated.find("confirmed")->as_bool(), false);
    EXPECT_EQ(get(path, contact).parsed().find("serious")->as_bool(), false) << "nothing is confirmed by itself";
}

TEST_F(CaseWork, OverdueIsATaskOrTheClockOfTheLaw) {
    const std::string id = world.add_case("A");
    const auto overdue = [&] { return count(get("/api/v1/cases", lead, {{"overdue", "true"}})); };
    const std::size_t before = overdue();
    ASSERT_EQ(post("/api/v1/cases/" + id + "/tasks", format(R"({{"title":"gọi","due":"{}"}})", to_rfc3339(world.clock.now() - hours(1))), lead).status, 201);
    EXPECT_EQ(overdue(), before + 1);
    EXPECT_EQ(count(get("/api/v1/case-tasks", lead, {{"state", "open"}, {"due_before", to_rfc3339(world.clock.now())}})), 1U);
    // By hand: under vn-2017 a detection of 26 April 2024, 08:00, is told until 1 May 24:00; long over. Met, it is none any more.
    const Reply made = post("/api/v1/cases", R"({"title":"Sự cố 26/4","detected":"2024-04-26T01:00:00Z"})", lead);
    const std::string path = "/api/v1/cases/" + made.parsed().text("id").value_or("");
    ASSERT_EQ(post(path + "/deadlines/move", R"({"clock":"vn-2017-notice","due":"2024-05-10T00:00:00Z","reason":"điều phối đồng ý"})", lead).status, 200);
    EXPECT_EQ(overdue(), before + 2);
    ASSERT_EQ(post(path + "/deadlines/done", R"({"clock":"vn-2017-notice","document":"12/TB","sent":"2024-04-30T01:00:00Z"})", lead).status, 200);
    EXPECT_EQ(overdue(), before + 1);
}

}  // namespace
}  // namespace vg::api::test
