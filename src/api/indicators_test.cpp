// The live set as it goes out to those who enforce elsewhere.
#include <gtest/gtest.h>

#include <algorithm>

#include "api/test_world.h"
#include "base/text.h"
#include "intel/writers/writer.h"

namespace vg::api::test {
namespace {

struct LiveSet : testing::Test {
    Reply live(std::vector<net::Header> query, std::vector<net::Header> headers = {}) {
        query.emplace_back("tlp", "amber");
        return world.send({.path = "/api/v1/indicators/live", .query = std::move(query), .headers = std::move(headers)}, &operating.credential);
    }
    void import(const json::Value& body) {
        const Reply reply = world.send({.method = "POST", .path = "/api/v1/indicators/import", .body = body.dump()}, &operating.credential);
        ASSERT_EQ(reply.status, 200) << reply.body;
    }
    World world;
    const Account& operating = world.account("node", access::Role::operator_);
};

TEST_F(LiveSet, CellsThatASpreadsheetWouldCalculateAreGuarded) {
    import(json::object({{"list", "june"}, {"family", "=1+1, \"x\""}, {"confidence", 80}, {"text", "203.0.113.66\n"}}));
    const Reply csv = live({{"format", "csv"}});
    EXPECT_EQ(csv.status, 200);
    EXPECT_EQ(csv.header("content-type"), "text/csv; charset=utf-8");
    EXPECT_EQ(csv.body, "kind,value,family,confidence,tlp,valid_from,valid_until,role,port,comment\r\naddress,203.0.113.66,\"'=1+1, \"\"x\"\"\",80,amber,2026-05-28T20:26:40Z,,unknown,,june\r\n");
}

TEST_F(LiveSet, IsOneValueALineAndNotSentTwice) {
    import(json::object({{"list", "june"}, {"confidence", 80}, {"text", "203.0.113.66\nhxxp://bad[.]example/x\n"}}));
    const Reply plain = live({});
    EXPECT_EQ(plain.header("content-type"), "text/plain; charset=utf-8");
    EXPECT_EQ(plain.body, "203.0.113.66\nhttp://bad.example/x\n");
    EXPECT_EQ(live({}, {{"if-none-match", plain.header("etag")}}).status, 304);
    EXPECT_EQ(live({{"kind", "address"}}).body, "203.0.113.66\n");
    EXPECT_EQ(live({{"confidence", "81"}}).body, "") << "what is less sure stays here";
}

// One way for all forms: the writers of intel, which writers_test compares with their descriptions.
TEST_F(LiveSet, GivesEachFormOfTheWritersAndNoOther) {
    import(json::object({{"list", "june"}, {"family", "fox"}, {"confidence", 80}, {"text", "203.0.113.66\nevil.example\n"}}));
    for (const intel::Writer* writer : intel::all_writers()) {
        const Reply reply = live({{"format", std::string{writer->name}}});
        EXPECT_EQ(reply.status, 200) << writer->name << reply.body;
        EXPECT_EQ(reply.header("content-type"), writer->content_type) << writer->name;
        EXPECT_EQ(live({{"format", std::string{writer->name}}}, {{"if-none-match", reply.header("etag")}}).status, 304) << writer->name;
    }
    EXPECT_EQ(live({{"format", "suricata-iprep"}}).body, "203.0.113.66,1,101\n") << "80 of 100 on a scale to 127";
    EXPECT_EQ(live({{"format", "zeek-intel"}, {"kind", "domain"}}).body, "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\nevil.example\tIntel::DOMAIN\tvonggac\tfox: june\n");
    EXPECT_EQ(live({{"format", "pdf"}}).status, 400);
}

TEST_F(LiveSet, TheTagIsOfWhatGoesOutAndNotOfWhenItWasWritten) {
    import(json::object({{"list", "june"}, {"confidence", 80}, {"text", "evil.example\n"}}));
    const std::string tag = live({{"format", "stix"}}).header("etag");
    EXPECT_NE(live({{"format", "csv"}}).header("etag"), tag);
    world.clock.move(hours(1));
    EXPECT_EQ(live({{"format", "stix"}}).header("etag"), tag);
    import(json::object({{"list", "june"}, {"confidence", 80}, {"text", "worse.example\n"}}));
    EXPECT_NE(live({{"format", "stix"}}).header("etag"), tag);
}

// 25,000 values are written in three pieces.
TEST_F(LiveSet, ALongListHasItsFirstLineOnce) {
    std::string text;
    for (int i = 0; i < 25'000; ++i) text += format("d{}.example\n", i);
    import(json::object({{"list", "june"}, {"confidence", 80}, {"text", text}}));
    const Reply csv = live({{"format", "csv"}});
    EXPECT_EQ(std::count(csv.body.begin(), csv.body.end(), '\n'), 25'001);
    EXPECT_EQ(csv.body.find("kind,value"), 0U);
    EXPECT_EQ(csv.body.find("kind,value", 1), std::string::npos);
    EXPECT_EQ(csv.header("x-vonggac-values"), "25000");
}

// Who takes plain lines looks values up; STIX has a place for patterns.
TEST_F(LiveSet, PatternsGoOutAsStixAlone) {
    const std::string pattern = "[process:name = 'a.exe'] REPEATS 3 TIMES WITHIN 60 SECONDS";
    import(json::object({{"list", "june"}, {"family", "fox"}, {"confidence", 80}, {"text", pattern + "\nevil.example\n[mutex:name = 'x']\n"}}));
    EXPECT_EQ(live({}).body, "evil.example\n");
    EXPECT_NE(live({{"format", "stix"}, {"kind", "pattern"}}).body.find(pattern), std::string::npos);
    const Reply listed = world.send({.path = "/api/v1/indicators", .query = {{"kind", "pattern"}}}, &operating.credential);
    ASSERT_EQ(listed.status, 200) << listed.body;
    const auto answer = json::parse(listed.body);
    const json::Array& items = answer->find("items")->as_array();
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[0].find("asks")->dump(), R"({"observations":"one","objects":[],"untold":["mutex"],"rules":[]})");
    EXPECT_EQ(items[1].find("asks")->dump(), R"({"observations":"several","objects":["process"],"untold":[],"rules":[],"window_seconds":60})");
    const Reply looked = world.send({.path = "/api/v1/indicators/lookup", .query = {{"value", pattern}}}, &operating.credential);
    ASSERT_EQ(looked.status, 200) << looked.body;
    EXPECT_EQ(json::parse(looked.body)->text("kind"), "pattern");
}

}  // namespace
}  // namespace vg::api::test
