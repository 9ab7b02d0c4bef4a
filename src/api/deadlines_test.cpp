#include <gtest/gtest.h>

#include "api/test_world.h"

namespace vg::api::test {
namespace {

struct DeadlineRoutes : testing::Test {
    World world;
    Reply ask(std::string body) { return world.send({.method = "POST", .path = "/api/v1/deadlines", .body = std::move(body)}, &world.account("A", access::Role::reader).credential); }
    Reply get(const std::string& path, std::vector<net::Header> query) { return world.send({.path = path, .query = std::move(query)}, &world.account("A", access::Role::contact).credential); }
};

// TT 20/2017 Điều 9 over the holidays of 2024: 26 April gives 1 May 24:00, and 2 May 24:00 where holidays count.
TEST_F(DeadlineRoutes, TheNoticeOverTheHolidays) {
    const Reply reply = ask(R"({"events":{"detected":"2024-04-26T01:00:00Z"}})");
    ASSERT_EQ(reply.status, 200) << reply.body;
    const json::Value answer = reply.parsed();
    EXPECT_EQ(answer.text("regime"), "vn-2017");
    const json::Array& items = answer.find("items")->as_array();
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(items[0].text("id"), "vn-2017-notice");
    EXPECT_EQ(items[0].text("strict"), "2024-05-01T17:00:00Z");
    EXPECT_EQ(items[0].text("extended"), "2024-05-02T17:00:00Z");
}

TEST_F(DeadlineRoutes, WhatIsWrongIsNamed) {
    EXPECT_EQ(ask(R"({"events":{"ended":"2024-04-26T01:00:00Z"}})").status, 400);
    EXPECT_NE(ask(R"({"events":{"detected":"2024-04-26T01:00:00Z"},"circumstances":["seroius"]})").body.find("seroius is known to no clock"), std::string::npos);
    EXPECT_NE(ask(R"({"events":{"detected":"yesterday"}})").status, 200);
}

TEST_F(DeadlineRoutes, ReportsOfTheYearAndAllClocks) {
    const Reply year = get("/api/v1/deadlines/periodic", {{"from", "2024-01-01T00:00:00Z"}, {"until", "2025-01-01T00:00:00Z"}, {"circumstances", "network-member"}});
    ASSERT_EQ(year.status, 200) << year.body;
    const json::Value parsed = year.parsed();
    ASSERT_EQ(parsed.find("items")->as_array().size(), 2U);
    EXPECT_EQ(parsed.find("items")->as_array()[0].text("strict"), "2024-06-19T17:00:00Z") << "before 20 June, Vietnamese time";
    const json::Value clocks = get("/api/v1/legal-clocks", {{"limit", "1000"}}).parsed();
    EXPECT_EQ(clocks.find("items")->as_array().size(), world.regime->clocks().size());
}

}  // namespace
}  // namespace vg::api::test
