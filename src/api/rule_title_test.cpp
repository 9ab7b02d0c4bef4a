// Titles in Vietnamese: of rules in force, and of findings by the rules in force. The world's first rule has one, the other has none.
#include <gtest/gtest.h>

#include <map>

#include "api/test_world.h"
#include "base/text.h"
#include "findings/book.h"

namespace vg::api::test {
namespace {

constexpr char kWhoami[] = "6f8bb8b4-6d33-4e8d-9f5c-0d3a6f1f0a11";
constexpr char kMany[] = "6f8bb8b4-6d33-4e8d-9f5c-0d3a6f1f0a12";
constexpr char kVietnamese[] = "Lệnh whoami được chạy";

struct RuleTitle : testing::Test {
    json::Value get(const std::string& path, std::vector<net::Header> query = {}) {
        const Reply reply = world.send({.path = path, .query = std::move(query)}, &world.account("A", access::Role::analyst).credential);
        EXPECT_EQ(reply.status, 200) << reply.body;
        return reply.parsed();
    }
    // A finding of a rule with that id and title; its id.
    std::string found(const std::string& rule_id, const std::string& title) {
        const detect::RuleInfo rule{.id = rule_id, .title = title, .kind = "sigma", .level = detect::Level::high};
        const findings::Sighting sighting{.event = world.add_event("A"), .source = SourceId{{9}}, .organisation = world.organisation("A"), .occurred = world.clock.now(), .received = world.clock.now(),
                                          .entity = "host:pc", .rule = &rule, .matched = json::object({{"Image", "a"}})};
        EXPECT_TRUE(world.state->write([&](store::Transaction& tx) { return findings::Book::record(tx, std::span{&sighting, 1}); }));
        const auto page = world.state->read([&](store::Transaction& tx) { return findings::Book::list(tx, access::Scope::node(), {.rule = rule_id}, std::nullopt, 1); });
        return page.value().items.at(0).id.text();
    }
    // Of each item, by the member of that name: the title in Vietnamese, or "-" without one.
    std::map<std::string, std::string> titles(const json::Value& list, const char* name, const char* member) {
        std::map<std::string, std::string> out;
        for (const json::Value& item : list.find("items")->as_array()) {
            const json::Value& rule = member == nullptr ? item : *item.find(member);
            EXPECT_TRUE(rule.text("title").has_value()) << "title is as it was";
            out[rule.text(name).value_or("")] = rule.text("title_vi").value_or("-");
        }
        return out;
    }
    World world;
};

TEST_F(RuleTitle, StandsBesideTheTitleOfARule) {
    const auto listed = titles(get("/api/v1/rules"), "id", nullptr);
    EXPECT_EQ(listed.at(kWhoami), kVietnamese);
    EXPECT_EQ(listed.at(kMany), "-");
    EXPECT_EQ(get(std::string{"/api/v1/rules/"} + kWhoami).text("title_vi"), kVietnamese);
    EXPECT_EQ(get(std::string{"/api/v1/rules/"} + kWhoami).text("title"), "Whoami is run");
    EXPECT_EQ(get(std::string{"/api/v1/rules/"} + kMany).find("title_vi"), nullptr);
}

TEST_F(RuleTitle, RulesAreFoundByEither) {
    const auto by = [&](const char* words) {
        std::string ids;
        for (const auto& [id, title] : titles(get("/api/v1/rules", {{"q", words}}), "id", nullptr)) ids += id.substr(id.size() - 2) + " ";
        return ids;
    };
    EXPECT_EQ(by("LENH whoami duoc"), "11 ");
    EXPECT_EQ(by("lệnh"), "11 ");
    EXPECT_EQ(by("is run"), "11 ");
    EXPECT_EQ(by("many"), "12 ");
    EXPECT_EQ(by("whoami"), "11 12 ");
    EXPECT_EQ(by("khong co"), "");
}

TEST_F(RuleTitle, IsToldOfFindingsByTheRulesInForce) {
    const std::string whoami = found(kWhoami, "Whoami is run"), many = found(kMany, "Many whoami"), gone = found("a-rule-of-old", "A rule of old");
    const auto listed = titles(get("/api/v1/findings"), "id", "rule");
    EXPECT_EQ(listed.at(kWhoami), kVietnamese);
    EXPECT_EQ(listed.at(kMany), "-");
    EXPECT_EQ(listed.at("a-rule-of-old"), "-");
    EXPECT_EQ(get("/api/v1/findings/" + whoami).find("rule")->text("title_vi"), kVietnamese);
    EXPECT_EQ(get("/api/v1/findings/" + many).find("rule")->find("title_vi"), nullptr);
    EXPECT_EQ(get("/api/v1/findings/" + gone).find("rule")->text("title"), "A rule of old") << "what was stored has to do";
    const auto groups = titles(get("/api/v1/findings/groups", {{"by", "rule"}}), "value", nullptr);
    EXPECT_EQ(groups.at(kWhoami), kVietnamese);
    EXPECT_EQ(groups.at(kMany), "-");
    for (const auto& [value, title] : titles(get("/api/v1/findings/groups", {{"by", "entity"}}), "value", nullptr)) EXPECT_EQ(title, "-") << value;
    const auto cards = titles(get("/api/v1/rules/scorecards"), "rule", nullptr);
    EXPECT_EQ(cards.at(kWhoami), kVietnamese);
    EXPECT_EQ(cards.at("a-rule-of-old"), "-");
}

}  // namespace
}  // namespace vg::api::test
