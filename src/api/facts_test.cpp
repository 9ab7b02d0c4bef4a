// Facts through the API: who may say, approve and see what, and tables in and out.
#include <gtest/gtest.h>

#include "api/test_world.h"
#include "base/bytes.h"
#include "base/text.h"
#include "tables/csv.h"

namespace vg::api::facts_test {
namespace {

using access::Role;
using test::Reply;
using test::World;

class FactsApi : public ::testing::Test {
protected:
    Reply post(const test::Account& who, std::string path, const json::Value& body, std::vector<net::Header> headers = {}) {
        return world_.send({.method = "POST", .path = "/api/v1/" + path, .body = body.is_null() ? "" : body.dump(), .headers = std::move(headers)}, &who.credential);
    }
    Reply get(const test::Account& who, std::string path, std::vector<net::Header> query = {}) { return world_.send({.path = "/api/v1/" + path, .query = std::move(query)}, &who.credential); }
    json::Value range(std::string_view of, std::string_view network) {
        return json::object({{"kind", "range"}, {"organisation", world_.organisation(std::string{of}).text()}, {"body", json::object({{"range", network}})}, {"from", "2024-01-01T00:00:00Z"}, {"document", "5/QĐ"}});
    }
    const test::Account& of(const std::string& organisation, Role role) { return world_.account(organisation, role); }
    std::string kind_of(const test::Account& who, std::string address) {
        const Reply reply = get(who, "attribution", {{"address", std::move(address)}, {"time", "2025-01-01T00:00:00Z"}});
        EXPECT_EQ(reply.status, 200) << reply.body;
        return reply.parsed().text("kind").value_or("");
    }

    World world_;
};

TEST_F(FactsApi, AProposalIsApprovedBySomebodyElseAndCountsThen) {
    const Reply made = post(of("A", Role::contact), "facts", range("A", "198.19.1.0/24"));
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.parsed().text("state"), "proposed");
    EXPECT_EQ(made.parsed().text("claimed_by"), "user:" + of("A", Role::contact).name);
    const std::string path = format("facts/{}", made.parsed().integer("number").value_or(0));
    EXPECT_EQ(made.header("Location"), "/api/v1/" + path);
    EXPECT_EQ(kind_of(of("A", Role::reader), "198.19.1.9"), "nobody") << "198.18.0.0/15 is for benchmarks, RFC 2544";
    EXPECT_EQ(post(of("A", Role::contact), path + "/approve", {}).status, 403);
    EXPECT_EQ(post(of("B", Role::approver), path + "/approve", {}).status, 404);
    const Reply own = post(of("A", Role::approver), path + "/approve", {});
    EXPECT_EQ(own.status, 403) << "or an organisation gave itself the addresses of anybody";
    EXPECT_EQ(own.parsed().text("reason_code"), "fact-nodes-own");
    EXPECT_EQ(post(of("node", Role::approver), path + "/approve", {}, {{"if-match", "\"3\""}}).status, 412);
    const Reply approved = post(of("node", Role::approver), path + "/approve", {}, {{"if-match", "\"1\""}});
    ASSERT_EQ(approved.status, 200) << approved.body;
    EXPECT_EQ(approved.header("ETag"), "\"2\"");
    EXPECT_EQ(approved.parsed().text("approved_by"), "user:" + of("node", Role::approver).name);
    EXPECT_EQ(kind_of(of("A", Role::reader), "198.19.1.9"), "owner");
    const Reply again = post(of("node", Role::approver), path + "/approve", {});
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.parsed().text("reason_code"), "fact-no-proposal");
}

TEST_F(FactsApi, OnesOwnProposalIsNotOnesOwnToApprove) {
    const Reply made = post(of("A", Role::contact), "facts", range("A", "198.19.1.0/24"));
    const std::string number = format("{}", made.parsed().integer("number").value_or(0));
    // The same account with the role of an approver.
    access::Actor actor{.name = "user:" + of("A", Role::contact).name, .role = Role::approver, .scope = access::Scope::node(), .organisation = {}, .user = {}, .source = {}, .session = {}};
    net::Request request;
    request.method = "POST";
    request.path = request.raw_target = "/api/v1/facts/" + number + "/approve";
    EXPECT_EQ(world_.router->handle_as(actor, request).status, 403);
}

TEST_F(FactsApi, AnOrganisationDividesWhatItWasGivenAndNothingElse) {
    const test::Account &node = of("node", Role::administrator), &admin = of("A", Role::administrator);
    const auto state_of = [](const Reply& reply) { return reply.parsed().text("state").value_or(reply.body); };
    const auto path_of = [](const Reply& reply) { return format("facts/{}", reply.parsed().integer("number").value_or(0)); };
    const Reply given = post(node, "facts", range("A", "198.19.8.0/22"));
    EXPECT_EQ(state_of(given), "approved");
    const Reply part = post(admin, "facts", range("A", "198.19.9.0/24"));
    EXPECT_EQ(state_of(part), "approved") << "lies within";
    EXPECT_EQ(state_of(post(admin, "facts", range("A", "198.19.11.0-198.19.12.0"))), "proposed") << "reaches beyond by one address";
    json::Value early = range("A", "198.19.10.0/24");
    early.set("from", "2023-12-31T00:00:00Z");
    EXPECT_EQ(state_of(post(admin, "facts", early)), "proposed") << "begins before it was given";
    const auto other = [&](const char* kind, json::Value body) { return json::object({{"kind", kind}, {"organisation", world_.organisation("A").text()}, {"body", std::move(body)}, {"from", "2024-01-01T00:00:00Z"}, {"document", "5/QĐ"}}); };
    EXPECT_EQ(state_of(post(admin, "facts", other("asn", json::object({{"number", 64500}})))), "proposed");
    EXPECT_EQ(state_of(post(admin, "facts", other("domain", json::object({{"domain", "don-vi.example"}})))), "proposed");
    EXPECT_EQ(state_of(post(admin, "facts", other("contact", json::object({{"purpose", "duty"}, {"channel", "phone"}, {"value", "0000 000 000"}})))), "approved") << "about nobody else";
    json::Value smaller = range("A", "198.19.8.0/24");
    smaller.set("replaces", given.parsed().integer("number").value_or(0));
    EXPECT_EQ(state_of(post(admin, "facts", smaller)), "proposed") << "what it was given does not shrink by its own word";

    const json::Value end = json::object({{"until", "2025-01-01T00:00:00Z"}, {"reason", "given back"}});
    EXPECT_EQ(post(admin, path_of(given) + "/end", end).status, 403);
    EXPECT_EQ(post(admin, path_of(part) + "/end", end).status, 200);
    EXPECT_EQ(post(node, path_of(given) + "/end", end).status, 200);
    EXPECT_EQ(state_of(post(admin, "facts", range("A", "198.19.9.128/25"))), "proposed") << "what it was given has ended";
}

TEST_F(FactsApi, OthersClaimsAreNotTold) {
    ASSERT_EQ(post(of("node", Role::administrator), "facts", range("A", "11.0.0.0/8")).status, 201);
    EXPECT_EQ(kind_of(of("A", Role::reader), "11.1.1.1"), "owner");
    EXPECT_EQ(kind_of(of("node", Role::reader), "11.1.1.1"), "owner");
    const Reply told = get(of("B", Role::reader), "attribution", {{"address", "11.1.1.1"}, {"time", "2025-01-01T00:00:00Z"}});
    const Reply nobodys = get(of("B", Role::reader), "attribution", {{"address", "12.1.1.1"}, {"time", "2025-01-01T00:00:00Z"}});
    std::string same = told.body;
    same.replace(same.find("11.1.1.1"), 8, "12.1.1.1");
    EXPECT_EQ(same, nobodys.body);
    EXPECT_EQ(told.parsed().boolean("limited"), true);
    ASSERT_EQ(post(of("node", Role::administrator), "facts", range("B", "11.0.0.0/8")).status, 201);
    const json::Value conflict = get(of("B", Role::reader), "attribution", {{"address", "11.1.1.1"}, {"time", "2025-01-01T00:00:00Z"}}).parsed();
    EXPECT_EQ(conflict.text("kind"), "conflict") << "whose own range is contested is told so";
    ASSERT_EQ(conflict.find("claims")->as_array().size(), 1u) << "but not by whom";
    EXPECT_EQ(conflict.find("claims")->as_array()[0].text("organisation"), world_.organisation("B").text());
}

TEST_F(FactsApi, ATableIsShownFirstAndComesOutAsItWentIn) {
    const test::Account& admin = of("A", Role::administrator);
    ASSERT_EQ(post(of("node", Role::administrator), "facts", range("A", "198.19.4.0/22")).status, 201) << "or its administrator would only propose";
    const std::string a = World::marker("A"), csv = format("Đơn vị,Dải địa chỉ,Từ ngày,Đến ngày,Văn bản,Ghi chú\n"
                                                           "Đơn vị {},198.19.4.0/24,01/02/2024,,=1+1,\"x, y\"\n"
                                                           "đơn vị {},198.19.5.0-198.19.5.9,01/02/2024,30/06/2024,6/QĐ,\n"
                                                           "Đơn vị {},198.19.6.0/24,01/02/2024,,7/QĐ,\n"
                                                           ",,,,,\n",
                                                           a, a, World::marker("B"));
    const json::Value text = json::object({{"kind", "range"}, {"text", csv}});
    json::Value preview = text;
    preview.set("preview", true);
    const Reply shown = post(admin, "facts/import", preview);
    ASSERT_EQ(shown.status, 200) << shown.body;
    EXPECT_EQ(shown.parsed().integer("read"), 3);
    EXPECT_EQ(shown.parsed().integer("added"), 2);
    EXPECT_EQ(shown.parsed().integer("refused"), 1);
    EXPECT_EQ(shown.parsed().boolean("kept"), false);
    const json::Value answer = shown.parsed();
    const json::Value& refused = answer.find("reasons")->as_array().at(0);
    EXPECT_EQ(refused.integer("line"), 4) << "another's organisation is none";
    EXPECT_EQ(refused.text("field"), "organisation");
    EXPECT_EQ(refused.text("reason_code"), "import-organisation-unknown");
    const std::vector<net::Header> ranges{{"kind", "range"}, {"organisation", world_.organisation("A").text()}};
    const std::size_t before = get(admin, "facts", ranges).parsed().find("items")->as_array().size();
    ASSERT_EQ(post(admin, "facts/import", json::object({{"kind", "range"}, {"data", to_base64(csv)}})).status, 200);
    EXPECT_EQ(get(admin, "facts", ranges).parsed().find("items")->as_array().size(), before + 2);

    const Reply out = get(admin, "facts/export", {{"kind", "range"}});
    const tables::Table table = tables::read_csv(out.body);
    const auto find = [&](std::string_view network) {
        for (const tables::Row& row : table.rows)
            if (row.cells.at(2) == network) return row.cells;
        return std::vector<std::string>(11);
    };
    EXPECT_EQ(table.rows.at(0).cells, (std::vector<std::string>{"fact", "organisation", "range", "ports", "system", "pool", "note", "from", "until", "document", "state", "claimed_by", "approved_by"}));
    EXPECT_EQ(find("198.19.4.0/24").at(9), "'=1+1") << "no spreadsheet takes it for a formula";
    EXPECT_EQ(find("198.19.4.0/24").at(6), "x, y");
    EXPECT_EQ(find("198.19.5.0-198.19.5.9").at(8), "2024-06-30T17:00:00Z");
    const json::Value again = post(admin, "facts/import", json::object({{"kind", "range"}, {"text", out.body}})).parsed();
    EXPECT_EQ(again.integer("same"), again.integer("read")) << again.dump();
    EXPECT_EQ(again.integer("refused"), 0);
    const auto array = json::parse(get(admin, "facts/export", {{"kind", "range"}, {"format", "json"}}).body);
    ASSERT_TRUE(array);
    EXPECT_EQ(array->as_array().size(), table.rows.size() - 1);
}

TEST_F(FactsApi, MissingOrganisationsAreMadeWhenTheActorMay) {
    const json::Value body = json::object({{"kind", "domain"}, {"create_organisations", true}, {"document", "1/QĐ"}, {"text", "organisation,domain,from\nPhòng mới,a.example.vn,2024-01-01\nPhòng mới,b.example.vn,2024-01-01\n"}});
    EXPECT_EQ(post(of("A", Role::operator_), "facts/import", body).status, 403);
    const Reply made = post(of("A", Role::administrator), "facts/import", body);
    ASSERT_EQ(made.status, 200) << made.body;
    EXPECT_EQ(made.parsed().integer("added"), 2);
    ASSERT_EQ(made.parsed().find("organisations")->as_array().size(), 1u);
    const json::Value facts = get(of("A", Role::reader), "facts", {{"kind", "domain"}, {"text", "example.vn"}}).parsed();
    ASSERT_EQ(facts.find("items")->as_array().size(), 2u);
    EXPECT_EQ(facts.find("items")->as_array()[0].text("organisation_name"), "Phòng mới");
    EXPECT_EQ(get(of("B", Role::reader), "facts", {{"kind", "domain"}, {"text", "example.vn"}}).parsed().find("items")->as_array().size(), 0u);
}

TEST_F(FactsApi, WhatCannotBeReadIsRefusedWithItsField) {
    const test::Account& admin = of("A", Role::administrator);
    json::Value wrong = range("A", "198.19.1.5/24");
    const Reply bits = post(admin, "facts", wrong);
    EXPECT_EQ(bits.status, 400);
    EXPECT_EQ(bits.parsed().text("field"), "range");
    EXPECT_EQ(bits.parsed().text("reason_code"), "range-bits");
    wrong = range("A", "198.19.1.0/24");
    wrong.set("until", "2023-01-01T00:00:00Z");
    EXPECT_EQ(post(admin, "facts", wrong).parsed().text("field"), "until");
    EXPECT_EQ(get(admin, "attribution", {{"address", "somewhere"}}).parsed().text("field"), "address");
    EXPECT_EQ(post(admin, "facts/import", json::object({{"kind", "range"}})).parsed().text("field"), "text");
    EXPECT_EQ(post(admin, "facts/import", json::object({{"kind", "range"}, {"text", "1,2\n3,4\n"}})).parsed().text("reason_code"), "import-header-none");
    EXPECT_EQ(get(admin, "facts/abc").status, 404);
    EXPECT_EQ(get(admin, "facts/-1").status, 404);
}

}  // namespace
}  // namespace vg::api::facts_test
