#include <gtest/gtest.h>

#include <set>

#include "api/parameters.h"
#include "api/response_schema.h"
#include "api/security.h"
#include "api/test_world.h"
#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "store/audit.h"

namespace vg::api::test::router_test {
namespace {

using access::Role;

class Router : public ::testing::Test {
protected:
    const Credential& admin(const std::string& organisation = "A") { return world.account(organisation, Role::administrator).credential; }
    const Credential& token(Role role = Role::token_reader) { return world.account("A", role).credential; }
    Reply get(const std::string& path, std::vector<net::Header> query = {}, std::vector<net::Header> headers = {}) {
        return world.send({.path = path, .query = std::move(query), .headers = std::move(headers)}, &admin());
    }
    Reply post(const std::string& path, const std::string& body, std::vector<net::Header> headers = {}) {
        return world.send({.method = "POST", .path = path, .body = body, .headers = std::move(headers)}, &admin());
    }
    std::string detail(const Reply& reply) { return reply.parsed().text("detail").value_or(reply.body); }
    World world;
};

// ---- every route, by itself ----

TEST(Routes, AreWellDeclared) {
    std::set<std::string> seen, operations;
    for (const Resource* resource : resources()) {
        EXPECT_FALSE(resource->about.empty()) << resource->name;
        for (const NamedSchema& schema : resource->schemas) EXPECT_TRUE(json::parse(schema.text)) << schema.name;
        for (const Route& route : resource->routes) {
            SCOPED_TRACE(format("{} {}", route.method, route.pattern));
            EXPECT_TRUE(seen.insert(format("{} {}", route.method, route.pattern)).second) << "stands twice";
            EXPECT_TRUE(route.summary.ends_with(".")) << "a summary is a sentence";
            EXPECT_NE(route.answer, nullptr);
            EXPECT_EQ(route.auth == Auth::none, route.permission.empty()) << "either a permission or open to anyone";
            if (route.auth == Auth::permission) {
                EXPECT_TRUE(access::is_permission(route.permission));
            }
            EXPECT_EQ(route.status == 204, route.status != 200 && route.status != 201 && route.status != 202);
            parse_parameters(route.parameters);  // CHECKs
            if (!route.request_schema.empty()) {
                const auto schema = json::parse(route.request_schema);
                ASSERT_TRUE(schema);
                EXPECT_EQ(schema->boolean("additionalProperties"), false) << "unknown members are errors";
                EXPECT_NE(schema->find("examples"), nullptr);
                EXPECT_NE(route.method, "GET");
            }
            if (!route.response_schema.empty()) {
                EXPECT_TRUE(json::parse(response_schema(route.response_schema)));
            }
            if (is_list(route.response_schema)) {
                EXPECT_NE(route.parameters.find("limit:integer"), std::string_view::npos);
                EXPECT_NE(route.parameters.find("after:string"), std::string_view::npos);
            }
        }
    }
    EXPECT_GT(seen.size(), 40U);
}

TEST(OpenApi, IsWholeAndItsReferencesLead) {
    const std::string text = openapi();
    const json::Value document = json::parse(text).value();
    EXPECT_EQ(document.text("openapi"), "3.1.0");
    std::set<std::string> operations;
    for (const auto& [path, item] : document.find("paths")->as_object())
        for (const auto& [method, operation] : item.as_object()) {
            SCOPED_TRACE(method + " " + path);
            EXPECT_TRUE(operations.insert(operation.text("operationId").value_or("")).second) << "operationId stands twice";
            EXPECT_NE(operation.find("responses")->find("default"), nullptr);
            std::set<std::string> in_path;
            if (const json::Value* parameters = operation.find("parameters"))
                for (const json::Value& parameter : parameters->as_array())
                    if (parameter.text("in") == "path") in_path.insert("{" + parameter.text("name").value_or("") + "}");
            for (std::string_view segment : split(path, '/'))
                if (segment.starts_with("{")) {
                    EXPECT_EQ(in_path.count(std::string{segment}), 1U);
                }
        }
    std::size_t at = 0;
    while ((at = text.find("\"#/components/", at)) != std::string::npos) {
        const std::size_t end = text.find('"', at + 1);
        const json::Value* target = &document;
        for (std::string_view part : split(std::string_view{text}.substr(at + 3, end - at - 3), '/')) {
            ASSERT_NE(target, nullptr);
            target = target->find(part);
        }
        EXPECT_NE(target, nullptr) << text.substr(at, end - at);
        at = end;
    }
}

// ---- the router ----

TEST_F(Router, UnknownPathsAreNotFoundAndWrongMethodsAreNamed) {
    EXPECT_EQ(get("/api/v1/nothing").status, 404);
    EXPECT_EQ(get("/").status, 404);
    EXPECT_EQ(get("/api/v1/findings/").status, 404);
    const Reply reply = world.send({.method = "DELETE", .path = "/api/v1/findings"}, &admin());
    EXPECT_EQ(reply.status, 405);
    EXPECT_EQ(reply.header("Allow"), "GET, HEAD");
    EXPECT_EQ(world.send({.method = "HEAD", .path = "/api/v1/findings"}, &admin()).status, 200);
}

TEST_F(Router, ProblemsAreRfc9457AndNameTheField) {
    const Reply reply = post("/api/v1/sources", R"({"name":"web","nme":"x"})");
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.header("Content-Type"), "application/problem+json");
    EXPECT_EQ(reply.body, R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"is unknown; did you mean name?","field":"nme","code":"bad_input"})");
}

TEST_F(Router, UnknownQueryParametersNameTheNearestKnownOne) {
    const Reply reply = get("/api/v1/findings", {{"sate", "new"}});
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(detail(reply), "there is no such query parameter; did you mean state?");
    EXPECT_EQ(get("/api/v1/findings", {{"state", "new"}, {"state", "closed"}}).status, 400) << "twice";
    for (const char* limit : {"0", "1001", "-1", "x", ""}) EXPECT_EQ(get("/api/v1/findings", {{"limit", limit}}).status, 400) << limit;
    EXPECT_EQ(get("/api/v1/findings", {{"after", "forged"}}).status, 400);
    EXPECT_EQ(get("/api/v1/findings", {{"since", "yesterday"}}).status, 400);
}

TEST_F(Router, BodiesAreBoundedJsonOfTheRightType) {
    EXPECT_EQ(post("/api/v1/sources", "{").status, 400);
    EXPECT_EQ(post("/api/v1/sources", std::string(600, '[') + std::string(600, ']')).status, 413);
    EXPECT_EQ(world.send({.method = "POST", .path = "/api/v1/sources", .body = "name=x", .headers = {{"content-type", "application/x-www-form-urlencoded"}}}, &admin()).status, 415);
    EXPECT_EQ(post("/api/v1/sources", R"({"name":")" + std::string((1 << 20) + 1, 'a') + R"("})").status, 413);
}

TEST_F(Router, AnswersCarrySecurityHeaders) {
    for (const Reply& reply : {get("/api/v1/findings"), get("/api/v1/nothing"), world.send({.path = "/healthz"})}) {
        EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(reply.header("Cache-Control"), "no-store");
        EXPECT_NE(reply.header("Content-Security-Policy").find("default-src 'none'"), std::string::npos);
        EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), "");
    }
}

TEST_F(Router, PagesOfOtherSitesAreRefused) {
    const auto from = [&](const char* name, const char* value) { return get("/api/v1/findings", {}, {{name, value}}).status; };
    EXPECT_EQ(from("origin", "http://127.0.0.1:7300"), 200);
    EXPECT_EQ(from("origin", "http://evil.example"), 403);
    EXPECT_EQ(from("origin", "https://127.0.0.1:7300"), 403) << "another scheme is another origin";
    EXPECT_EQ(from("origin", "null"), 403);
    EXPECT_EQ(from("sec-fetch-site", "same-origin"), 200);
    EXPECT_EQ(from("sec-fetch-site", "same-site"), 403);
    EXPECT_EQ(from("sec-fetch-site", "cross-site"), 403);
}

TEST_F(Router, SessionsNeedTheCsrfTokenAndBearersDoNot) {
    Send send{.method = "POST", .path = "/api/v1/sources", .body = R"({"name":"web-01"})", .with_csrf = false};
    EXPECT_EQ(world.send(send, &admin()).status, 403);
    send.headers = {{"x-csrf-token", csrf_token("another session")}};
    EXPECT_EQ(world.send(send, &admin()).status, 403);
    send.headers = {};
    send.with_csrf = true;
    EXPECT_EQ(world.send(send, &admin()).status, 201);
    EXPECT_EQ(world.send({.path = "/api/v1/findings"}, &token()).status, 200);
}

TEST_F(Router, TheSessionCookieIsOutOfReachOfScripts) {
    const Reply reply = world.send({.method = "POST", .path = "/api/v1/session", .body = json::object({{"name", world.account("A", Role::reader).name}, {"password", kPassword}}).dump()});
    ASSERT_EQ(reply.status, 200);
    const std::string cookie = reply.header("Set-Cookie");
    for (const char* part : {"HttpOnly", "SameSite=Strict", "Path=/"}) EXPECT_NE(cookie.find(part), std::string::npos) << cookie;
    EXPECT_NE(set_cookie("x", true).find("Secure"), std::string::npos);
    EXPECT_EQ(reply.body.find(cookie.substr(cookie.find('=') + 1, 43)), std::string::npos) << "the secret is in the cookie only";
}

TEST_F(Router, AWrongPasswordLooksLikeAnUnknownUser) {
    const auto attempt = [&](const std::string& name) {
        return world.send({.method = "POST", .path = "/api/v1/session", .body = json::object({{"name", name}, {"password", "wrong"}}).dump()});
    };
    const Reply known = attempt(world.account("A", Role::reader).name), unknown = attempt("nobody-here");
    EXPECT_EQ(known.status, 401);
    EXPECT_EQ(known.bytes, unknown.bytes);
}

TEST_F(Router, TooManyWrongPasswordsSayHowLongToWait) {
    Reply reply;
    for (int i = 0; i < 50 && reply.status != 429; ++i)
        reply = world.send({.method = "POST", .path = "/api/v1/session", .body = R"({"name":"nobody-here","password":"wrong"})"});
    ASSERT_EQ(reply.status, 429) << reply.body;
    EXPECT_EQ(detail(reply).find(" second") != std::string::npos, true) << reply.body;
    EXPECT_NE(detail(reply).find(reply.header("Retry-After") + " second"), std::string::npos) << reply.bytes;
}

// ---- changes ----

TEST_F(Router, ChangesTakeIfMatch) {
    const std::string path = "/api/v1/sources/" + world.add_source("A").text();
    const Reply shown = get(path);
    EXPECT_EQ(shown.header("ETag"), "\"1\"");
    const auto change = [&](const std::string& tag) {
        return world.send({.method = "PATCH", .path = path, .body = R"({"zone":"Asia/Ho_Chi_Minh"})", .headers = {{"if-match", tag}}}, &admin());
    };
    EXPECT_EQ(change("\"7\"").status, 412);
    EXPECT_EQ(change("3").status, 400);
    const Reply changed = change("\"1\"");
    EXPECT_EQ(changed.status, 200);
    EXPECT_EQ(changed.header("ETag"), "\"2\"");
    EXPECT_EQ(change("\"1\"").status, 412);
    EXPECT_EQ(change("*").status, 200);
}

TEST_F(Router, TheSameIdempotencyKeyIsCarriedOutOnce) {
    const auto add = [&](const std::string& name, const std::string& key) { return post("/api/v1/sources", json::object({{"name", name}}).dump(), {{"idempotency-key", key}}); };
    const Reply first = add("once", "k1"), again = add("once", "k1");
    EXPECT_EQ(first.status, 201);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
    EXPECT_EQ(add("another", "k1").status, 422) << "the key belongs to another body";
    EXPECT_EQ(add("once", "k2").status, 409) << "a new key is a new request, and the name is taken";
    EXPECT_EQ(add("later", "k2").status, 201) << "what failed frees its key";
    world.clock.move(hours(11));
    EXPECT_EQ(world.send({.method = "GET", .path = "/api/v1/session"}, &admin()).status, 200) << "keeps the session alive";
    world.clock.move(hours(11));
    EXPECT_EQ(add("once", "k1").header("Idempotency-Replayed"), "true");
    world.clock.move(hours(3));
    EXPECT_EQ(add("once", "k1").status, 409) << "after 24 hours it is a new request";
    for (const std::string& bad : {std::string{}, std::string(256, 'k'), std::string{"a b"}}) EXPECT_EQ(add("x", bad).status, 400) << bad;
}

TEST_F(Router, ASecretIsNeverReplayedNorStored) {
    const std::string body = json::object({{"role", "token-reader"}, {"name", "reader-1"}}).dump();
    const Reply first = post("/api/v1/tokens", body, {{"idempotency-key", "s1"}});
    ASSERT_EQ(first.status, 201);
    const std::string secret = first.parsed().text("token").value_or("");
    EXPECT_EQ(secret.substr(0, 3), "vg_");
    const Reply again = post("/api/v1/tokens", body, {{"idempotency-key", "s1"}});
    EXPECT_EQ(again.status, 409);
    const auto kept = world.state->read([](store::Transaction& tx) { return tx.query<std::string, std::string>("select body, body_hash from kept_answer"); });
    ASSERT_TRUE(kept);
    for (const auto& [text, hash] : *kept) EXPECT_EQ(text.find(secret), std::string::npos);
    EXPECT_EQ(get("/api/v1/tokens/" + first.parsed().text("id").value_or("")).body.find(secret), std::string::npos);
}

TEST_F(Router, ListsPageByCursorAndStreamWhole) {
    for (int i = 0; i < 12; ++i) world.add_source("B");
    std::set<std::string> paged;
    std::string after;
    std::size_t pages = 0;
    do {
        std::vector<net::Header> query{{"limit", "5"}};
        if (!after.empty()) query.emplace_back("after", after);
        const json::Value page = world.send({.path = "/api/v1/sources", .query = query}, &admin("B")).parsed();
        ASSERT_NE(page.find("items"), nullptr);
        EXPECT_LE(page.find("items")->as_array().size(), 5U);
        for (const json::Value& item : page.find("items")->as_array()) EXPECT_TRUE(paged.insert(item.text("id").value_or("")).second) << "an item stands on two pages";
        after = page.text("next").value_or("");
        ASSERT_LT(++pages, 20U);
    } while (!after.empty());
    std::set<std::string> streamed;
    const Reply reply = world.send({.path = "/api/v1/sources", .headers = {{"accept", "application/x-ndjson"}}}, &admin("B"));
    EXPECT_EQ(reply.header("Content-Type"), "application/x-ndjson");
    for (std::string_view line : split(reply.body, '\n'))
        if (!line.empty()) streamed.insert(json::parse(line)->text("id").value_or(""));
    EXPECT_EQ(paged, streamed);
    EXPECT_GE(paged.size(), 12U);
}

// ---- events and personal data ----

TEST_F(Router, AnEventIsMaskedAndARevealIsInTheAuditChain) {
    event::Record record;
    record.envelope = {.source = world.add_source("A"), .organisation = world.organisation("A"), .received = world.clock.now(), .peer = "192.0.2.7"};
    record.raw = R"({"TargetUserName":"thuydang","CommandLine":"net user thuydang"})";
    const event::EventId id{world.journal->id(), world.journal->keep(std::span{&record, 1}).value()};
    const std::string path = "/api/v1/events/" + id.text();
    const Reply shown = get(path);
    ASSERT_EQ(shown.status, 200) << shown.body;
    EXPECT_EQ(shown.body.find("thuydang"), std::string::npos) << shown.body;
    EXPECT_EQ(shown.parsed().find("raw"), nullptr) << "raw bytes cannot be masked";
    EXPECT_EQ(shown.parsed().find("source")->text("id"), record.envelope.source.text());
    EXPECT_EQ(post(path + "/reveal", "{}").status, 400) << "a reveal needs a reason";
    const Reply revealed = post(path + "/reveal", R"({"reason":"to warn the owner"})");
    ASSERT_EQ(revealed.status, 200) << revealed.body;
    EXPECT_EQ(revealed.parsed().text("raw"), to_base64(record.raw));
    EXPECT_EQ(revealed.parsed().find("fields")->text("TargetUserName"), "thuydang");
    const json::Value newest = get("/api/v1/audit", {{"limit", "1"}}).parsed().find("items")->as_array().at(0);
    EXPECT_EQ(newest.text("action"), "personal:reveal");
    EXPECT_EQ(newest.text("object"), "event/" + id.text());
    EXPECT_EQ(newest.find("details")->text("reason"), "to warn the owner");
}

// ---- findings about persons ----

class FindingsOfAPerson : public Router {
protected:
    FindingsOfAPerson() {
        const detect::RuleInfo rule{.id = "r", .title = "Rule", .kind = "sigma"};
        for (const char* user : {"thuydang", "lan.tran"}) {
            const findings::Sighting sighting{.event = world.add_event("A"), .source = SourceId{{9}}, .organisation = world.organisation("A"), .occurred = world.clock.now(), .received = world.clock.now(),
                                              .entity = format("user:CORP\\{}", user), .rule = &rule, .matched = json::object({{"User", format("CORP\\{}", user)}, {"Image", "C:\\Users\\" + std::string{user} + "\\a.exe"}})};
            EXPECT_TRUE(world.state->write([&](store::Transaction& tx) { return findings::Book::record(tx, std::span{&sighting, 1}); }));
        }
        const auto all = world.state->read([&](store::Transaction& tx) { return findings::Book::list(tx, access::Scope::node(), {.entity = "user:CORP\\thuydang"}, std::nullopt, 2); });
        EXPECT_EQ(all.value().items.size(), 1U);
        id = all.value().items.at(0).id.text();
    }
    Reply ask(Role role, const std::string& path, std::vector<net::Header> query = {}) { return world.send({.path = path, .query = std::move(query)}, &world.account("A", role).credential); }
    // Lines that say who saw persons, newest first.
    std::vector<store::AuditLine> reveals() {
        auto lines = world.state->read([&](store::Transaction& tx) { return store::audit::list(tx, nullptr, std::nullopt, 1000); }).value();
        std::erase_if(lines, [](const store::AuditLine& line) { return line.action != "personal:reveal"; });
        return lines;
    }
    void expect_no_names(const Reply& reply, std::string_view what) {
        EXPECT_EQ(reply.status, 200) << what << reply.body;
        for (const char* name : {"thuydang", "lan.tran"}) EXPECT_EQ(reply.bytes.find(name), std::string::npos) << what << reply.bytes;
    }
    std::string id;
};

TEST_F(FindingsOfAPerson, AreMaskedForEveryRoleAndNobodyIsNoted) {
    for (Role role : access::all_roles()) {
        if (!access::allows(role, "finding:read")) continue;
        SCOPED_TRACE(std::string{access::name_of(role)});
        expect_no_names(ask(role, "/api/v1/findings", {{"rule", "r"}}), "list");
        expect_no_names(world.send({.path = "/api/v1/findings", .query = {{"rule", "r"}}, .headers = {{"accept", "application/x-ndjson"}}}, &world.account("A", role).credential), "stream");
        expect_no_names(ask(role, "/api/v1/findings/groups", {{"rule", "r"}, {"by", "entity"}}), "groups");
        const Reply one = ask(role, "/api/v1/findings/" + id);
        expect_no_names(one, "one");
        EXPECT_EQ(one.parsed().boolean("masked"), true);
        EXPECT_EQ(one.parsed().text("entity"), "user:[masked]");
        EXPECT_EQ(one.parsed().find("matched")->text("Image"), "C:\\Users\\[masked]\\a.exe");
    }
    expect_no_names(post("/api/v1/findings/" + id + "/acknowledge", ""), "acknowledge");
    EXPECT_TRUE(reveals().empty());
    const auto host = world.add_finding("A");
    EXPECT_EQ(ask(Role::analyst, "/api/v1/findings/" + host.text()).parsed().boolean("masked"), false) << "nothing of it is personal";
}

TEST_F(FindingsOfAPerson, ARevealNeedsAReasonAndLeavesOneLine) {
    const std::string path = "/api/v1/findings/" + id + "/reveal";
    const auto reveal = [&](Role role, const std::string& body) { return world.send({.method = "POST", .path = path, .body = body}, &world.account("A", role).credential); };
    EXPECT_EQ(reveal(Role::analyst, "{}").status, 400);
    EXPECT_EQ(reveal(Role::analyst, R"({"reason":"x"})").status, 400);
    EXPECT_EQ(reveal(Role::reader, R"({"reason":"to warn the owner"})").status, 403);
    EXPECT_TRUE(reveals().empty()) << "what was refused leaves no line";
    const Reply shown = reveal(Role::analyst, R"({"reason":"to warn the owner"})");
    ASSERT_EQ(shown.status, 200) << shown.body;
    EXPECT_EQ(shown.parsed().text("entity"), "user:CORP\\thuydang");
    EXPECT_EQ(shown.parsed().find("matched")->text("User"), "CORP\\thuydang");
    EXPECT_EQ(shown.parsed().boolean("masked"), false);
    const auto lines = reveals();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].object, "finding/" + id);
    EXPECT_EQ(lines[0].organisation, world.organisation("A"));
    EXPECT_EQ(lines[0].actor, "user:" + world.account("A", Role::analyst).name);
    EXPECT_EQ(lines[0].details.text("reason"), "to warn the owner");
    EXPECT_NE(ask(Role::reader, "/api/v1/findings/" + id + "/history").body.find("personal:reveal"), std::string::npos) << "the history of the finding tells who looked";
    expect_no_names(ask(Role::analyst, "/api/v1/findings/" + id), "afterwards");
}

TEST_F(FindingsOfAPerson, ToAskForANameIsARevealAndTheSameAgainIsNoSecond) {
    const std::vector<net::Header> query{{"entity", "user:CORP\\thuydang"}};
    EXPECT_EQ(ask(Role::reader, "/api/v1/findings", query).status, 403) << "asking for the value is asking whether it is there";
    EXPECT_TRUE(reveals().empty());
    EXPECT_EQ(ask(Role::analyst, "/api/v1/findings/count", query).parsed().integer("count"), 1);
    expect_no_names(ask(Role::analyst, "/api/v1/findings", {{"entity", "user:CORP\\thuydang"}, {"limit", "5"}}), "the answer to it");
    ASSERT_EQ(reveals().size(), 1U);
    EXPECT_EQ(reveals()[0].details.text("entity"), "user:CORP\\thuydang");
    EXPECT_EQ(ask(Role::duty_lead, "/api/v1/findings/count", query).status, 200);
    EXPECT_EQ(reveals().size(), 2U) << "somebody else is somebody else";
    EXPECT_EQ(ask(Role::analyst, "/api/v1/findings/count", {{"entity", "host:web-01"}}).status, 200);
    EXPECT_EQ(reveals().size(), 2U) << "a host is no person";
}

TEST_F(FindingsOfAPerson, AreFoundWithoutTheirNameByOneOfThem) {
    EXPECT_EQ(ask(Role::reader, "/api/v1/findings/count", {{"like", id}}).parsed().integer("count"), 1);
    EXPECT_EQ(world.send({.path = "/api/v1/findings/count", .query = {{"like", id}}}, &world.account("B", Role::analyst).credential).parsed().integer("count"), 0);
    EXPECT_EQ(ask(Role::reader, "/api/v1/findings", {{"like", id}, {"entity", "host:a"}}).status, 400);
    const json::Value groups = ask(Role::reader, "/api/v1/findings/groups", {{"rule", "r"}, {"by", "entity"}}).parsed();
    ASSERT_EQ(groups.find("items")->as_array().size(), 2U) << "two persons are two groups, though their names are hidden";
    for (const json::Value& group : groups.find("items")->as_array())
        EXPECT_EQ(ask(Role::reader, "/api/v1/findings/count", {{"like", group.text("example").value_or("")}}).parsed().integer("count"), group.integer("findings"));
    EXPECT_TRUE(reveals().empty());
}

TEST_F(Router, AFindingIsGivenBackByItsVersion) {
    const std::string path = "/api/v1/findings/" + world.add_finding("A").text();
    EXPECT_EQ(post(path + "/unacknowledge", "").status, 409) << "nobody took it";
    const Reply taken = post(path + "/acknowledge", "");
    ASSERT_EQ(taken.status, 200);
    EXPECT_EQ(post(path + "/unacknowledge", "", {{"if-match", "\"1\""}}).status, 412) << "the version that was before";
    const Reply back = post(path + "/unacknowledge", "", {{"if-match", taken.header("ETag")}});
    ASSERT_EQ(back.status, 200) << back.body;
    EXPECT_EQ(back.parsed().text("state"), "new");
    const json::Value newest = get("/api/v1/audit", {{"limit", "1"}}).parsed().find("items")->as_array().at(0);
    EXPECT_EQ(newest.text("action"), "finding:unacknowledge");
    EXPECT_EQ(newest.find("details")->find("before")->text("state"), "acknowledged");
    EXPECT_EQ(newest.find("details")->find("after")->text("state"), "new");
}

// ---- an answer narrowed to organisations ----

TEST_F(Router, ListsAreNarrowedToOneOrSeveralOrganisationsAndThoseBelow) {
    for (const char* name : {"A", "A1", "B"}) world.add_finding(name);
    const auto id = [&](const char* name) { return world.organisation(name).text(); };
    const std::set<std::string> a{id("A")}, a1{id("A1")}, b{id("B")}, both{id("A"), id("A1")}, all{id("A"), id("A1"), id("B")}, nobody;
    // Whose items a list shows, as the node's administrator or another account.
    const auto whose = [&](const std::string& path, std::vector<net::Header> query, const std::string& account = "node") {
        query.emplace_back("limit", "1000");
        const Reply reply = world.send({.path = path, .query = std::move(query)}, &world.account(account, Role::administrator).credential);
        EXPECT_EQ(reply.status, 200) << reply.body;
        std::set<std::string> seen;
        const json::Value parsed = reply.parsed();
        for (const json::Value& item : parsed.find("items")->as_array()) {
            const std::string organisation = item.text("organisation").value_or("");
            if (all.contains(organisation)) seen.insert(organisation);
        }
        return seen;
    };
    for (const std::string path : {"/api/v1/findings", "/api/v1/sources"}) {
        SCOPED_TRACE(path);
        EXPECT_EQ(whose(path, {}), all);
        EXPECT_EQ(whose(path, {{"organisation", id("A")}}), both);
        EXPECT_EQ(whose(path, {{"organisation", id("A")}, {"below", "false"}}), a);
        EXPECT_EQ(whose(path, {{"organisation", id("A1") + "," + id("B")}}), (std::set<std::string>{id("A1"), id("B")}));
        EXPECT_EQ(whose(path, {{"organisation", id("A") + "," + id("A1")}}), both);
        EXPECT_EQ(whose(path, {{"organisation", id("B")}}, "A"), nobody) << "narrowing never widens";
        EXPECT_EQ(whose(path, {{"organisation", id("A")}}, "A1"), nobody) << "nor tells whose parent it is";
        EXPECT_EQ(whose(path, {{"organisation", id("B") + "," + id("A1")}}, "A"), a1);
        for (const std::string& wrong : {std::string{"x"}, id("A") + ",", "," + id("A"), id("A") + ", " + id("B"), id("A") + ";" + id("B")})
            EXPECT_EQ(get(path, {{"organisation", wrong}}).status, 400) << wrong;
    }
    std::string many = id("A");
    for (int i = 1; i < 100; ++i) many += "," + id("A");
    EXPECT_EQ(get("/api/v1/findings/count", {{"organisation", many}}).status, 200);
    EXPECT_EQ(get("/api/v1/findings/count", {{"organisation", many + "," + id("A")}}).status, 400) << "at most 100";
    const auto count = [&](std::vector<net::Header> query) { return world.send({.path = "/api/v1/findings/count", .query = std::move(query)}, &admin("node")).parsed().integer("count").value_or(-1); };
    const std::int64_t of_a = count({{"organisation", id("A")}, {"below", "false"}}), of_a1 = count({{"organisation", id("A1")}}), of_b = count({{"organisation", id("B")}});
    EXPECT_TRUE(of_a > 0 && of_a1 > 0 && of_b > 0);
    EXPECT_EQ(count({{"organisation", id("A")}}), of_a + of_a1);
    EXPECT_EQ(count({{"organisation", id("A") + "," + id("B")}}), of_a + of_a1 + of_b);
    const json::Value groups = world.send({.path = "/api/v1/findings/groups", .query = {{"by", "organisation"}, {"organisation", id("A")}}}, &admin("node")).parsed();
    EXPECT_EQ(groups.find("items")->as_array().size(), 2U);
    // What each source sent: the same sources as the list, by their ids.
    const json::Value activity = world.send({.path = "/api/v1/sources/activity", .query = {{"organisation", id("A1")}}}, &admin("node")).parsed();
    const json::Value sources = world.send({.path = "/api/v1/sources", .query = {{"organisation", id("A1")}, {"limit", "1000"}}}, &admin("node")).parsed();
    EXPECT_EQ(activity.find("items")->as_array().size(), sources.find("items")->as_array().size());
    EXPECT_FALSE(activity.find("items")->as_array().empty());
}

TEST_F(Router, VerifyStreamsItsResultLast) {
    const Reply reply = world.send({.method = "POST", .path = "/api/v1/verify"}, &admin("node"));
    ASSERT_EQ(reply.status, 200);
    std::vector<std::string_view> lines = split(reply.body, '\n');
    ASSERT_GE(lines.size(), 2U);
    const json::Value result = json::parse(lines[lines.size() - 2]).value();
    EXPECT_EQ(result.text("type"), "result");
    EXPECT_EQ(result.boolean("good"), true);
    EXPECT_EQ(result.integer("records"), static_cast<std::int64_t>(world.journal->end().value));
}

TEST_F(Router, TheOneTimeLinkSetsAPasswordOnce) {
    const std::string link = world.add_link("A");
    const std::string body = json::object({{"link", link}, {"password", "a long sentence to remember"}}).dump();
    const Reply first = world.send({.method = "POST", .path = "/api/v1/first-run", .body = body});
    ASSERT_EQ(first.status, 200) << first.body;
    const std::string name = first.parsed().text("name").value_or("");
    EXPECT_EQ(world.send({.method = "POST", .path = "/api/v1/session", .body = json::object({{"name", name}, {"password", "a long sentence to remember"}}).dump()}).status, 200);
    EXPECT_EQ(world.send({.method = "POST", .path = "/api/v1/first-run", .body = body}).status, 403);
}

TEST_F(Router, DisablingAUserEndsItsSessionAtOnce) {
    const Account person = world.add_person("A", Role::analyst);
    EXPECT_EQ(world.send({.path = "/api/v1/findings"}, &person.credential).status, 200);
    EXPECT_EQ(post("/api/v1/users/" + person.user.text() + "/disable", "").status, 200);
    EXPECT_EQ(world.send({.path = "/api/v1/findings"}, &person.credential).status, 401);
}

}  // namespace
}  // namespace vg::api::test::router_test
