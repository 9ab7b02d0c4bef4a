// Lists of victims over the API: from the file that came with the letter to the worklist, indicators, the hunt and findings.
#include <gtest/gtest.h>

#include "api/test_world.h"
#include "base/text.h"
#include "base/time.h"
#include "lists/lists.h"
#include "store/audit.h"

namespace vg::api::test::lists_test {
namespace {

constexpr std::string_view kList =
    "IP,Thời gian,Mã độc,Máy chủ điều khiển,Ghi chú\n"
    "198.18.1.7,2026-05-20 08:00:00,Mirai,203.0.113.66,=1+1\n"
    "198.18.1.7,2026-05-20 08:00:00,Mirai,203.0.113.66,=1+1\n"
    "198.18.3.9,2026-05-21 09:00:00,Conficker,evil[.]example,\n"
    "100.20.30.40,2026-05-21 09:00:00,Mirai,203.0.113.66,\n"
    "010.1.1.1,2026-05-21 09:00:00,Mirai,203.0.113.66,=cmd\n";

struct ListRoutes : testing::Test {
    Reply post(const std::string& path, const json::Value& body, const Account& who) { return world.send({.method = "POST", .path = path, .body = body.dump()}, &who.credential); }
    json::Value get(const std::string& path, const Account& who, std::vector<net::Header> query = {}) { return world.send({.path = path, .query = std::move(query)}, &who.credential).parsed(); }
    Reply upload(std::string_view bytes, const Account& who, const std::string& name = "ds_thang_5.csv") {
        return world.send({.method = "POST", .path = "/api/v1/list-uploads", .query = {{"name", name}}, .body = std::string{bytes}}, &who.credential);
    }
    // What a person says of kList.
    static json::Value answers(const std::string& number = "12/CATTT", const std::string& date = "2026-05-25") {
        return json::object({{"zone", "Asia/Ho_Chi_Minh"},
                             {"columns", json::object({{"IP", "victim"}, {"Thời gian", "seen"}, {"Mã độc", "family"}, {"Máy chủ điều khiển", "c2"}, {"Ghi chú", "note"}})},
                             {"letter", json::object({{"issuer", "CATTT"}, {"number", number}, {"date", date}})},
                             {"series", "botnet"}});
    }
    json::Value kept(std::string_view bytes, const json::Value& body) {
        const Reply opened = upload(bytes, node);
        EXPECT_EQ(opened.status, 201) << opened.body;
        const Reply reply = post("/api/v1/list-uploads/" + opened.parsed().text("id").value_or("") + "/keep", body, node);
        EXPECT_EQ(reply.status, 201) << reply.body;
        return reply.parsed();
    }
    static std::string id_in(const json::Value& kept) { return kept.find("list") == nullptr ? "" : kept.find("list")->text("id").value_or(""); }
    static std::int64_t count(const json::Value& value, std::string_view part, std::string_view name) { return value.find(part) == nullptr ? -1 : value.find(part)->integer(name).value_or(-1); }
    std::size_t items(const std::string& path, const Account& who, std::vector<net::Header> query = {}) {
        const json::Value page = get(path, who, std::move(query));
        return page.find("items") == nullptr ? 999 : page.find("items")->as_array().size();
    }

    World world;
    const Account& node = world.account("node", access::Role::operator_);
};

TEST_F(ListRoutes, AskWhatTheFileDoesNotSayAndKeepNothingBefore) {
    const Reply opened = upload(kList, node);
    ASSERT_EQ(opened.status, 201) << opened.body;
    const json::Value upload = opened.parsed();
    const std::string path = "/api/v1/list-uploads/" + upload.text("id").value_or("");
    const json::Value* reading = upload.find("reading");
    ASSERT_NE(reading, nullptr);
    EXPECT_FALSE(reading->find("questions")->as_array().empty()) << "no zone is told";
    const Reply refused = post(path + "/keep", json::object({}), node);
    EXPECT_EQ(refused.status, 409) << refused.body;
    const Reply read = post(path + "/read", answers(), node);
    ASSERT_EQ(read.status, 200) << read.body;
    const json::Value told = read.parsed();
    reading = told.find("reading");
    EXPECT_TRUE(reading->find("questions")->as_array().empty()) << reading->find("questions")->dump();
    EXPECT_EQ(count(*reading, "counts", "read"), 5);
    EXPECT_EQ(count(*reading, "counts", "accepted"), 3);
    EXPECT_EQ(count(*reading, "counts", "duplicate"), 1);
    EXPECT_EQ(count(*reading, "counts", "rejected"), 1);
    EXPECT_EQ(count(*reading, "attribution", "owner"), 2);
    EXPECT_EQ(count(*reading, "attribution", "gap"), 1);
    const Reply csv = world.send({.path = path + "/rejected"}, &node.credential);
    EXPECT_EQ(csv.status, 200);
    EXPECT_NE(csv.body.find("010.1.1.1"), std::string::npos) << csv.body;
    EXPECT_NE(csv.body.find("'=cmd"), std::string::npos) << "a formula is none in what is given out: " << csv.body;
    // Read twice, kept not at all.
    EXPECT_EQ(items("/api/v1/lists", world.account("A", access::Role::reader)), 2U) << "those that the world begins with, of A and A1";
}

TEST_F(ListRoutes, BecomeAListAWorklistIndicatorsAHuntAndRecordsOfTheOwner) {
    const json::Value answer = kept(kList, answers());
    const std::string id = id_in(answer);
    ASSERT_FALSE(id.empty()) << answer.dump();
    const Account& reader = world.account("A", access::Role::contact);
    const json::Value own = get("/api/v1/lists/" + id, reader);
    EXPECT_EQ(count(own, "attribution", "owner"), 1);
    EXPECT_EQ(own.find("counts"), nullptr) << "how much the others have is not his";
    const json::Value rows = get("/api/v1/lists/" + id + "/rows", reader);
    ASSERT_EQ(rows.find("items")->as_array().size(), 1U);
    const json::Value& row = rows.find("items")->as_array().front();
    EXPECT_EQ(row.text("subject"), "198.18.1.7");
    EXPECT_EQ(row.text("seen"), "2026-05-20T01:00:00Z") << "08:00 in Hanoi";
    EXPECT_EQ(row.integer("fact"), 2);
    EXPECT_EQ(items("/api/v1/lists/" + id + "/rows", node, {{"kind", "gap"}}), 1U);
    EXPECT_EQ(items("/api/v1/list-hits", world.account("B", access::Role::reader), {{"list", id}}), 1U);
    EXPECT_EQ(items("/api/v1/list-hits", node, {{"list", id}}), 2U) << "what belongs to nobody is no hit";

    const json::Value* indicators = answer.find("indicators");
    ASSERT_TRUE(indicators != nullptr && indicators->is_object());
    EXPECT_EQ(indicators->integer("added"), 2);
    const json::Value values = get("/api/v1/indicators", node, {{"list", indicators->text("list").value_or("")}});
    ASSERT_EQ(values.find("items")->as_array().size(), 2U);
    const json::Value lists = get("/api/v1/indicator-lists", node);
    EXPECT_NE(lists.dump().find("12/CATTT, CATTT"), std::string::npos) << "the letter is their source";
    EXPECT_NE(get("/api/v1/hunts", node).dump().find(indicators->text("list").value_or("")), std::string::npos) << "they are asked of the archive";

    ASSERT_EQ(world.own_records.size(), 2U);
    EXPECT_EQ(answer.integer("findings"), 2);
    EXPECT_TRUE(std::any_of(world.own_records.begin(), world.own_records.end(), [&](const event::Record& one) {
        return one.envelope.organisation == world.organisation("A") && one.raw.find("\"source\":{\"ip\":\"198.18.1.7\"}") != std::string::npos;
    }));
}

TEST_F(ListRoutes, TheSecondKeepOfAnUploadIsTheFirst) {
    const std::string path = "/api/v1/list-uploads/" + upload(kList, node).parsed().text("id").value_or("");
    const Reply first = post(path + "/keep", answers(), node), second = post(path + "/keep", answers(), node);
    EXPECT_EQ(id_in(first.parsed()), id_in(second.parsed()));
    EXPECT_EQ(world.send({.path = path}, &node.credential).parsed().text("list"), id_in(first.parsed()));
}

TEST_F(ListRoutes, AForwardedCopyIsAReceiptAndMakesNothingAnew) {
    const std::string first = id_in(kept(kList, answers()));
    world.own_records.clear();
    const json::Value copy = kept(kList, answers("77/SO", "2026-05-28"));
    EXPECT_EQ(copy.find("list")->text("same_as"), first);
    EXPECT_EQ(copy.integer("findings"), 0);
    EXPECT_TRUE(world.own_records.empty());
    const json::Value shown = get("/api/v1/lists/" + first, node);
    EXPECT_EQ(shown.find("copies")->as_array().size(), 1U);
    EXPECT_EQ(items("/api/v1/lists/" + id_in(copy) + "/rows", node), 3U) << "the rows of the first";
}

TEST_F(ListRoutes, CompareWithTheListBefore) {
    kept(kList, answers());
    const std::string next = id_in(kept("IP,Thời gian,Mã độc\n198.18.1.7,2026-05-26 08:00:00,Mirai\n198.18.1.8,2026-05-26 08:00:00,Mirai\n", answers("20/CATTT", "2026-05-27")));
    const json::Value diff = get("/api/v1/lists/" + next + "/diff", node);
    EXPECT_EQ(count(diff, "all", "new"), 1) << diff.dump();
    EXPECT_EQ(count(diff, "all", "persistent"), 1);
    EXPECT_EQ(count(diff, "all", "gone"), 2) << "of B, and of nobody";
    EXPECT_EQ(diff.find("trend")->as_array().size(), 2U);
    const json::Value others = get("/api/v1/lists/" + next + "/diff", world.account("A", access::Role::reader));
    EXPECT_EQ(count(others, "all", "gone"), 0) << "what is gone of others is not told";
    EXPECT_EQ(items("/api/v1/list-hits", node, {{"state", "gone"}}), 1U);
}

TEST_F(ListRoutes, ASecrecyMarkRefusesAndNothingStays) {
    const Reply reply = upload("TUYỆT MẬT\nIP\n198.18.1.7\n", node);
    EXPECT_EQ(reply.status, 403) << reply.body;
    for (int i = 0; i < 20; ++i) EXPECT_EQ(upload("TUYỆT MẬT\nIP\n198.18.1.7\n", node).status, 403) << "none of them takes a place";
    EXPECT_EQ(upload(kList, node).status, 201);
}

TEST_F(ListRoutes, AnUploadIsForgottenAfterHalfAnHour) {
    const std::string path = "/api/v1/list-uploads/" + upload(kList, node).parsed().text("id").value_or("");
    world.clock.move(minutes(29));
    EXPECT_EQ(world.send({.path = path}, &node.credential).status, 200);
    world.clock.move(minutes(1));
    EXPECT_EQ(world.send({.path = path}, &node.credential).status, 404);
}

TEST_F(ListRoutes, AnAccountHasTwoUploadsAndTheNodeEight) {
    const std::string first = "/api/v1/list-uploads/" + upload(kList, node).parsed().text("id").value_or("");
    upload(kList, node);
    upload(kList, node);
    EXPECT_EQ(world.send({.path = first}, &node.credential).status, 404) << "the third takes the place of the first";
    for (int i = 0; i < 3; ++i) {
        const Account more = world.add_person("node", access::Role::operator_);
        EXPECT_EQ(upload(kList, more).status, 201);
        EXPECT_EQ(upload(kList, more).status, 201);
    }
    EXPECT_EQ(upload(kList, world.account("node", access::Role::analyst)).status, 429);
}

TEST_F(ListRoutes, ACorrectionIsToldFirst) {
    const std::string id = id_in(kept(kList, answers()));
    const directory::Claim claim{.number = 42, .range = directory::range_of(*parse_network("198.18.0.0/16")), .organisation = world.organisation("B"), .from = world.started - days(1'000)};
    world.attribution = directory::Attribution::build({&claim, 1}).value();
    const json::Value preview = post("/api/v1/lists/" + id + "/attribute", json::object({{"preview", true}}), node).parsed();
    EXPECT_EQ(preview.integer("changed"), 2) << "A's goes to B, and B's is B's by another fact";
    EXPECT_EQ(items("/api/v1/lists/" + id + "/rows", world.account("A", access::Role::reader)), 1U);
    EXPECT_EQ(post("/api/v1/lists/" + id + "/attribute", json::object({}), node).status, 200);
    EXPECT_EQ(world.send({.path = "/api/v1/lists/" + id}, &world.account("A", access::Role::reader).credential).status, 404);
    const json::Value rows = get("/api/v1/lists/" + id + "/rows", node, {{"organisation", world.organisation("B").text()}});
    ASSERT_EQ(rows.find("items")->as_array().size(), 2U);
    const json::Value& row = rows.find("items")->as_array().front();
    ASSERT_NE(row.find("said_before"), nullptr) << row.dump();
    EXPECT_EQ(row.find("said_before")->as_array().front().find("organisation")->text("id"), world.organisation("A").text());
}

TEST_F(ListRoutes, TheOriginalIsForThoseWhoMayImport) {
    const std::string id = id_in(kept(kList, answers()));
    EXPECT_EQ(world.send({.path = "/api/v1/lists/" + id + "/original"}, &node.credential).body, kList);
    EXPECT_EQ(world.send({.path = "/api/v1/lists/" + id + "/original"}, &world.account("A", access::Role::administrator).credential).status, 403);
    EXPECT_EQ(world.send({.path = "/api/v1/lists/" + id + "/original"}, &world.account("node", access::Role::reader).credential).status, 403);
}

TEST_F(ListRoutes, WhatWasSaidOfTheColumnsServesTheNextFile) {
    json::Value body = answers();
    body.set("save_profile", "so-tttt");
    kept(kList, body);
    const json::Value profile = get("/api/v1/list-profiles/so-tttt", node);
    EXPECT_EQ(profile.text("zone"), "Asia/Ho_Chi_Minh");
    const Reply opened = upload("IP,Thời gian,Mã độc,Máy chủ điều khiển,Ghi chú\n198.18.1.9,2026-05-26 08:00:00,Mirai,203.0.113.66,\n", node);
    const json::Value parsed = opened.parsed();
    const json::Value* reading = parsed.find("reading");
    ASSERT_NE(reading, nullptr) << opened.body;
    EXPECT_EQ(reading->text("profile"), "so-tttt");
    EXPECT_TRUE(reading->find("questions")->as_array().empty()) << reading->find("questions")->dump();
}

}  // namespace
}  // namespace vg::api::test::lists_test
