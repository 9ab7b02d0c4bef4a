// Reports of incidents in the words of n6: what is asked for is given, the newest first, and of one's own organisations alone.
#include <gtest/gtest.h>

#include "api/test_world.h"
#include "base/text.h"
#include "base/time.h"
#include "cases/cases.h"

namespace vg::api::incident_reports_test {
namespace {

using test::Account;
using test::Reply;
using test::World;

struct IncidentReports : testing::Test {
    World world;
    const Account& reader = world.account("A", access::Role::token_reader);
    const Account& stranger = world.account("B", access::Role::token_reader);
    std::string all = "2020-01-01T00:00:00Z";

    void see(const std::string& organisation, const std::string& subject, const std::string& family, int days_ago, std::int64_t port, const std::string& ref) {
        const cases::Sighting sighting{.organisation = world.organisation(organisation), .matter = "botnet", .title = {}, .subject = subject, .family = family, .system = {}, .port = port, .seen = world.clock.now() - days(days_ago), .ref = ref};
        ASSERT_TRUE(world.state->write([&](store::Transaction& tx) { return cases::place(tx, "system", sighting, world.random, world.clock.now()); }));
    }
    Reply get(std::vector<net::Header> query, const Account& who, const std::string& form = "json") { return world.send({.path = "/api/v1/report/inside." + form, .query = std::move(query)}, &who.credential); }
    // "ADDRESS or name/family" of each, in the order of the answer.
    std::vector<std::string> told(std::vector<net::Header> query, const Account& who) {
        query.emplace_back("time.min", all);
        const Reply reply = get(std::move(query), who);
        EXPECT_EQ(reply.status, 200) << reply.body;
        std::vector<std::string> out;
        const json::Value body = reply.parsed();
        if (!body.is_array()) return out;
        for (const json::Value& one : body.as_array()) {
            const json::Value* address = one.find("address");
            out.push_back((address != nullptr ? address->as_array().at(0).text("ip") : one.text("fqdn")).value_or("") + "/" + one.text("name").value_or(""));
        }
        return out;
    }
};

using Told = std::vector<std::string>;

TEST_F(IncidentReports, EachSightingStandsOnceAndTheNewestFirst) {
    world.clock.move(minutes(1));  // behind what every world has
    see("A", "203.0.113.7", "Mirai", 9, 40112, "list/1");
    see("A", "203.0.113.7", "Mirai", 2, 40112, "list/2");
    see("A", "198.51.100.9", "Sality", 5, -1, "list/1");
    see("A", "tram.y-te.example", "Qakbot", 3, -1, "finding/1");
    see("B", "192.0.2.1", "Mirai", 1, -1, "list/1");
    const std::vector<net::Header> here{{"name", "Mirai,sality,QAKBOT"}, {"modified.min", to_rfc3339(world.clock.now())}};
    EXPECT_EQ(told(here, reader), (Told{"203.0.113.7/Mirai", "tram.y-te.example/Qakbot", "198.51.100.9/Sality", "203.0.113.7/Mirai"}));
    EXPECT_EQ(told(here, stranger), (Told{"192.0.2.1/Mirai"}));
    EXPECT_EQ(told({{"ip", "203.0.113.7"}}, reader).size(), 2U);
    EXPECT_EQ(told({{"ip", "203.0.113.7"}}, stranger), Told{});
    EXPECT_EQ(told({{"ip.net", "198.51.100.0/24,192.0.2.0/24"}}, reader), (Told{"198.51.100.9/Sality"})) << "the other network is of B";
    EXPECT_EQ(told({{"fqdn", "TRAM.y-te.example"}}, reader), (Told{"tram.y-te.example/Qakbot"}));
    EXPECT_EQ(told({{"fqdn.sub", "y-te.example"}}, reader), (Told{"tram.y-te.example/Qakbot"}));
    EXPECT_EQ(told({{"fqdn.sub", "te.example"}}, reader), Told{}) << "a part of a label is none";
    EXPECT_EQ(told({{"sport", "40112"}, {"time.until", to_rfc3339(world.clock.now() - days(2))}}, reader), (Told{"203.0.113.7/Mirai"})) << "until is not within";
    EXPECT_EQ(told({{"sport", "40112"}, {"time.max", to_rfc3339(world.clock.now() - days(2))}}, reader).size(), 2U) << "max is";
    EXPECT_EQ(told({{"sport", "40112"}, {"opt.limit", "1"}}, reader).size(), 1U);
    EXPECT_EQ(told({{"ip", "203.0.113.7"}, {"category", "bots"}}, reader).size(), 2U);
    EXPECT_EQ(told({{"ip", "203.0.113.7"}, {"category", "other,phish"}}, reader), Told{});
}

TEST_F(IncidentReports, WhatIsAskedWrongIsRefused) {
    EXPECT_EQ(get({}, reader).status, 400) << "time.min must be given";
    for (const auto& [name, value] : {std::pair{"ip", "nowhere"}, {"ip.net", "203.0.113.0/99"}, {"sport", "70000"}, {"category", "bot"}, {"opt.limit", "0"}, {"opt.limit", "10001"}})
        EXPECT_EQ(get({{"time.min", all}, {name, value}}, reader).status, 400) << name << "=" << value;
    EXPECT_EQ(get({{"time.min", all}}, world.account("A", access::Role::token_ingest)).status, 403);
}

TEST_F(IncidentReports, AsCsvAFamilyIsNoFormula) {
    see("A", "203.0.113.7", "=cmd", 1, 443, "list/1");
    const Reply csv = get({{"time.min", all}, {"ip", "203.0.113.7"}}, reader, "csv");
    ASSERT_EQ(csv.status, 200) << csv.body;
    EXPECT_TRUE(csv.body.starts_with("time,id,source,restriction,confidence,category,name,ip,sport,fqdn,modified,item,case,organisation,status\r\n"));
    EXPECT_NE(csv.body.find(",bots,\"'=cmd\",203.0.113.7,443,,"), std::string::npos) << csv.body;
    const json::Value json = get({{"time.min", all}, {"ip", "203.0.113.7"}}, reader).parsed();
    ASSERT_EQ(json.as_array().size(), 1U);
    EXPECT_EQ(json.as_array()[0].text("id")->size(), 32U);
    EXPECT_NE(csv.body.find(*json.as_array()[0].text("id")), std::string::npos) << "the same sighting has the same id in both";
}

}  // namespace
}  // namespace vg::api::incident_reports_test
