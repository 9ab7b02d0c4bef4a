// The tenant matrix: every route × role × organisation, generated from the lists. Each probe first succeeds as an owner,
// whose answer shows the marker; then nobody else's bytes may hold any trace of it, and "not yours" must not differ from
// "does not exist". A route that is added later is in it by itself, or fails it with a sentence.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

#include "api/matrix_probe.h"
#include "api/parameters.h"
#include "api/response_schema.h"
#include "api/schema.h"
#include "base/text.h"

namespace vg::api::test {
namespace {

// Answers in which the owner's marker cannot stand. Each with the reason; for these, that strangers change nothing and see
// the same before and after is all there is.
const std::set<std::string_view> kWithoutMarker = {
    "GET /api/v1/attachments/{id}/content",     // bytes of a file
    "GET /api/v1/findings/count",               // a number
    "GET /api/v1/findings/{id}/events",         // positions in the journal
    "GET /api/v1/papers/{id}/page",             // a picture
    "GET /api/v1/papers/{id}/document",         // packed
    "GET /api/v1/papers/{id}/file",             // the same
    "GET /api/v1/papers/{id}/mail",             // base64
    "GET /api/v1/events/count",                 // a number
    "POST /api/v1/case-answers",                // numbers, and what is wrong with the rows that were sent
    "POST /api/v1/facts/import",                // numbers, and what is wrong with the rows that were sent
    "GET /api/v1/events/histogram",             // numbers
    "GET /api/v1/events/fields",                // names of fields
    "POST /api/v1/rules/backtest",              // numbers, and ids of events that match
    "POST /api/v1/rules/lint",                  // what is wrong with the texts that were sent
    "POST /api/v1/rules/try",                   // what a text that was sent asks, and what the event has there
    "POST /api/v1/users/{id}/link",             // a secret
    "POST /api/v1/users/{id}/sessions/end",     // a number
};

const std::vector<std::string> kTargets = {"A", "A1", "B"};

// Whether accounts of one organisation see what belongs to another: downwards only.
bool sees(const std::string& asker, const std::string& target) {
    if (asker == "node" || asker == "root" || asker == target) return true;
    return asker == "A" && target == "A1";
}

std::string label(const Account& account) { return format("{} of {}", access::name_of(account.role), account.organisation); }

void expect_no_trace(const Reply& reply, const std::vector<std::string>& traces) {
    for (const std::string& trace : traces)
        EXPECT_EQ(reply.bytes.find(trace), std::string::npos) << "the answer holds " << trace << ":\n" << reply.bytes;
}

std::vector<std::string> all_markers_but(const std::string& organisation) {
    std::vector<std::string> markers;
    for (const char* one : {"node", "root", "A", "A1", "B"})
        if (one != organisation) markers.push_back(World::marker(one));
    return markers;
}

const json::Value* schema_named(std::string_view ref) {
    static const json::Value document = json::parse(openapi()).value();
    const json::Value* at = &document;
    for (std::string_view part : split(ref.substr(2), '/')) {
        at = at->find(part);
        if (at == nullptr) return nullptr;
    }
    return at;
}

// What succeeded is what openapi.json promises.
void expect_promised(const Route& route, const Reply& reply) {
    EXPECT_EQ(reply.status, route.status) << reply.bytes;
    if (route.status == 204) {
        EXPECT_EQ(reply.body, "");
    }
    if (route.response_schema.empty() || reply.status != route.status) return;
    if (reply.header("Content-Type") == "application/x-ndjson") return;
    const auto value = json::parse(reply.body);
    ASSERT_TRUE(value) << reply.bytes;
    const Status fits = conforms(json::parse(response_schema(route.response_schema)).value(), *value, schema_named);
    EXPECT_TRUE(fits) << fits.error().text << "\n" << reply.body;
}

template <class Work>
void for_each_route(Holds holds, Work&& work) {
    for (const Resource* resource : resources())
        for (const Route& route : resource->routes) {
            if (route.holds != holds) continue;
            SCOPED_TRACE(format("{} {}", route.method, route.pattern));
            work(route);
        }
}

bool may(const Route& route, const Account& account) { return access::allows(account.role, route.permission); }

// One of everything that can be planted.
void plant_more(World& world, const std::string& organisation) {
    world.add_organisation(organisation);
    world.add_finding(organisation);
    world.add_event(organisation);
    world.add_saved_search(organisation);
    world.add_notification_rule(organisation);
    world.add_notification(organisation);
    world.add_hunt(organisation);
    world.add_list(organisation);
    world.add_case_task(organisation);  // and its case
    world.add_paper(organisation);
    world.add_escalation(organisation);
    world.add_escalation(organisation);
    world.add_fact(organisation);
    world.add_fact(organisation, access::Role::administrator);
    world.add_range(organisation);
    world.add_person(organisation, access::Role::administrator);
    for (access::Role role : access::all_roles())
        if (access::is_token_role(role)) world.add_token(organisation, role);
}

// ---- what belongs to organisations ----

// Owners succeed and see the marker; roles without the permission get 403.
TEST(TenantMatrix, OwnersSucceedAndOtherRolesAreRefused) {
    // Every thing that is asked for has a source of its own, and the directory is read anew for each: a few routes a world.
    std::optional<World> built;
    std::size_t routes = 0;
    for_each_route(Holds::tenant, [&](const Route& route) {
        if (routes++ % 4 == 0) built.emplace();
        World& world = *built;
        ASSERT_EQ(route.auth, Auth::permission) << "what belongs to organisations is never open to anyone";
        std::size_t owners = 0;
        for (const std::string& target : kTargets)
            for (const Account& account : world.accounts()) {
                if (!sees(account.organisation, target)) continue;
                SCOPED_TRACE(label(account) + " asks for " + target);
                const auto probe = probe_of(world, route, target);
                if (!probe) return;
                const Reply reply = world.send(probe->send, &account.credential);
                if (!may(route, account)) {
                    EXPECT_EQ(reply.status, 403) << reply.bytes;
                    expect_no_trace(reply, probe->traces);
                    EXPECT_EQ(reply.bytes, world.send(probe->missing, &account.credential).bytes) << "the refusal tells whether the thing exists";
                    continue;
                }
                ++owners;
                expect_promised(route, reply);
                Reply whole = reply;
                if (is_list(route.response_schema)) {  // all of it, not the first page
                    Send stream = probe->send;
                    stream.headers.emplace_back("accept", "application/x-ndjson");
                    whole = world.send(stream, &account.credential);
                }
                if (route.status == 204 || kWithoutMarker.count(format("{} {}", route.method, route.pattern)) > 0) continue;
                EXPECT_TRUE(std::any_of(probe->traces.begin(), probe->traces.end(), [&](const std::string& trace) { return whole.body.find(trace) != std::string::npos; }))
                    << "the owner's answer shows no marker, so its absence elsewhere would prove nothing:\n" << whole.body;
            }
        EXPECT_GT(owners, 0U) << "nobody may use this route";
    });
}

// Strangers get 404 (or 403), byte for byte as for what does not exist, and change nothing.
TEST(TenantMatrix, StrangersLearnNothingAndChangeNothing) {
    World world;
    std::size_t asked = 0;
    for_each_route(Holds::tenant, [&](const Route& route) {
        for (const std::string& target : kTargets) {
            const auto probe = probe_of(world, route, target);
            if (!probe) return;
            const auto ask_all = [&](const std::string& key) {
                for (const Account& account : world.accounts()) {
                    if (sees(account.organisation, target)) continue;
                    SCOPED_TRACE(label(account) + " asks for " + target);
                    Send send = probe->send, missing = probe->missing;
                    if (!key.empty()) send.headers.emplace_back("idempotency-key", key);
                    const Reply reply = world.send(send, &account.credential);
                    ++asked;
                    expect_no_trace(reply, probe->traces);
                    if (!may(route, account)) {
                        EXPECT_EQ(reply.status, 403) << reply.bytes;
                    } else if (probe->has_captures) {
                        EXPECT_EQ(reply.status, 404) << reply.bytes;
                    } else if (probe->refers) {
                        EXPECT_TRUE(reply.status == 403 || reply.status == 404) << reply.bytes;
                    } else {
                        EXPECT_EQ(reply.status, route.status) << reply.bytes;
                    }
                    if (!probe->has_captures) continue;
                    EXPECT_EQ(reply.bytes, world.send(missing, &account.credential).bytes) << "the answer tells that the thing exists";
                    send.headers.emplace_back("if-match", "\"99\"");
                    missing.headers.emplace_back("if-match", "\"99\"");
                    const Reply matched = world.send(send, &account.credential);
                    expect_no_trace(matched, probe->traces);
                    EXPECT_EQ(matched.bytes, world.send(missing, &account.credential).bytes) << "If-Match tells that the thing exists";
                }
            };
            ask_all("");
            // The owner, after all of them: the probe was good, and nothing had been changed. A stranger with the owner's
            // Idempotency-Key does not get the owner's answer either.
            Send owners = probe->send;
            const std::string key = world.fresh_name("node");
            owners.headers.emplace_back("idempotency-key", key);
            expect_promised(route, world.send(owners, &world.account(target, access::Role::administrator).credential));
            if (route.method == "POST") ask_all(key);
        }
    });
    EXPECT_GT(asked, 1000U);
}

// Lists and counts of strangers are the same before and after something is added, as JSON and as a stream.
TEST(TenantMatrix, ListsAndCountsOfStrangersDoNotMove) {
    World shared;
    for_each_route(Holds::tenant, [&](const Route& route) {
        if (route.method != "GET" || route.pattern.find('{') != std::string_view::npos) return;
        // Completion offers the first fifty values: with what all routes before it have planted a new one would not be among them.
        std::optional<World> own;
        if (route.pattern.ends_with("/completion")) own.emplace();
        World& world = own ? *own : shared;
        const auto required = required_query(world, route);
        for (const std::string& target : kTargets) {
            const auto all = [&] {
                std::vector<Reply> replies;
                for (const Account& account : world.accounts()) {
                    if (sees(account.organisation, target) || !may(route, account)) continue;
                    replies.push_back(world.send({.path = std::string{route.pattern}, .query = required}, &account.credential));
                    replies.push_back(world.send({.path = std::string{route.pattern}, .query = required, .headers = {{"accept", "application/x-ndjson"}}}, &account.credential));
                    replies.push_back(world.send({.method = "HEAD", .path = std::string{route.pattern}, .query = required}, &account.credential));
                }
                return replies;
            };
            const Credential& owner = world.account(target, access::Role::administrator).credential;
            const Reply owner_before = world.send({.path = std::string{route.pattern}, .query = required}, &owner);
            const auto before = all();
            plant_more(world, target);
            const auto after = all();
            EXPECT_NE(owner_before.bytes, world.send({.path = std::string{route.pattern}, .query = required}, &owner).bytes) << "the owner does not see what was added, so this proves nothing";
            ASSERT_EQ(before.size(), after.size());
            for (std::size_t i = 0; i < before.size(); ++i) {
                EXPECT_EQ(before[i].status, 200);
                EXPECT_EQ(before[i].bytes, after[i].bytes);
                expect_no_trace(after[i], {World::marker(target)});
            }
        }
    });
}

// A stranger who knows a name or id and asks for it by a parameter gets what he gets for a name that nobody has.
TEST(TenantMatrix, ParametersAreNoOracle) {
    World world;
    for (const std::string& target : kTargets) plant_more(world, target);  // so that every list has a second page
    for_each_route(Holds::tenant, [&](const Route& route) {
        if (route.pattern.find('{') != std::string_view::npos) return;
        for (const Parameter& parameter : parse_parameters(route.parameters))
            for (const std::string& target : kTargets) {
                SCOPED_TRACE(parameter.name + " of " + target);
                const auto value = parameter_value(world, route, parameter.name, parameter.type, parameter.words, target);
                if (!value) return;
                Send real{.path = std::string{route.pattern}, .query = required_query(world, route)};
                std::erase_if(real.query, [&](const net::Header& one) { return one.first == parameter.name; });
                Send missing = real;
                real.query.emplace_back(parameter.name, value->real);
                missing.query.emplace_back(parameter.name, value->missing);
                EXPECT_EQ(world.send(real, &world.account(target, access::Role::administrator).credential).status, 200);
                for (const Account& account : world.accounts()) {
                    if (sees(account.organisation, target) || !may(route, account)) continue;
                    SCOPED_TRACE(label(account));
                    const Reply reply = world.send(real, &account.credential);
                    expect_no_trace(reply, {World::marker(target)});
                    EXPECT_EQ(reply.bytes, world.send(missing, &account.credential).bytes);
                }
            }
    });
}

// ---- the rest ----

TEST(TenantMatrix, SharedAnswersAreTheSameForAllAndHoldNoMarker) {
    World world;
    for_each_route(Holds::shared, [&](const Route& route) {
        const auto probe = probe_of(world, route, "A");
        if (!probe) return;
        std::optional<std::string> first;
        for (const Account& account : world.accounts()) {
            SCOPED_TRACE(label(account));
            const Reply reply = world.send(probe->send, &account.credential);
            expect_no_trace(reply, all_markers_but(""));
            if (route.auth == Auth::permission && !may(route, account)) {
                EXPECT_EQ(reply.status, 403);
                continue;
            }
            expect_promised(route, reply);
            if (!first) first = reply.bytes;
            EXPECT_EQ(reply.bytes, *first);
        }
        EXPECT_TRUE(first) << "nobody may use this route";
    });
}

TEST(TenantMatrix, TheNodeIsOnlyForAccountsOfTheNode) {
    World world;
    for_each_route(Holds::node, [&](const Route& route) {
        ASSERT_EQ(route.auth, Auth::permission);
        const auto probe = probe_of(world, route, "node");
        if (!probe) return;
        std::size_t owners = 0;
        for (const Account& account : world.accounts()) {
            SCOPED_TRACE(label(account));
            const Reply reply = world.send(probe->send, &account.credential);
            if (account.organisation == "node" && may(route, account)) {
                expect_promised(route, reply);
                ++owners;
            } else {
                EXPECT_EQ(reply.status, 403) << reply.bytes;
                expect_no_trace(reply, all_markers_but(""));
            }
        }
        EXPECT_GT(owners, 0U);
    });
}

// What concerns one's own account: works for each role that may, and never touches somebody else's.
TEST(TenantMatrix, OnesOwnIsOnesOwn) {
    World world;
    for_each_route(Holds::own, [&](const Route& route) {
        for (access::Role role : access::all_roles()) {
            SCOPED_TRACE(std::string{access::name_of(role)});
            if (access::is_token_role(role)) {
                const Account& token = world.account("A", role);
                if (route.auth == Auth::none || access::allows(role, route.permission)) continue;
                const auto probe = probe_of(world, route, "A");
                if (!probe) return;
                EXPECT_EQ(world.send(probe->send, &token.credential).status, 403);
                continue;
            }
            ASSERT_TRUE(route.auth == Auth::none || access::allows(role, route.permission)) << "every person has an account of his own";
            const Account owner = world.add_person("A", role);
            const auto probe = probe_of(world, route, "A", owner);
            if (!probe) return;
            // Another tenant with the same request: without captures it is about his own account, with them it is nobody's.
            const Account stranger = world.add_person("B", role);
            if (probe->has_captures) {
                const Reply reply = world.send(probe->send, &stranger.credential);
                EXPECT_EQ(reply.status, 404);
                expect_no_trace(reply, probe->traces);
                EXPECT_EQ(reply.bytes, world.send(probe->missing, &stranger.credential).bytes);
            } else if (route.method == "GET") {
                expect_no_trace(world.send(probe->send, &stranger.credential), all_markers_but("B"));
            }
            const Reply reply = world.send(probe->send, route.auth == Auth::none ? nullptr : &owner.credential);
            expect_promised(route, reply);
            expect_no_trace(reply, all_markers_but("A"));
        }
    });
}

// Without a credential, with a wrong one, or with a session and no CSRF token: nothing.
TEST(TenantMatrix, NobodyGetsAnything) {
    World world;
    const Credential forged{.token = "vg_" + std::string(43, 'x')}, forged_session{.session = std::string(43, 'x')};
    for (const Resource* resource : resources())
        for (const Route& route : resource->routes) {
            if (route.auth == Auth::none) continue;
            SCOPED_TRACE(format("{} {}", route.method, route.pattern));
            const auto probe = probe_of(world, route, "A");
            if (!probe) return;
            for (const Credential* credential : {static_cast<const Credential*>(nullptr), &forged, &forged_session}) {
                const Reply reply = world.send(probe->send, credential);
                EXPECT_EQ(reply.status, 401) << reply.bytes;
                expect_no_trace(reply, probe->traces);
                EXPECT_EQ(reply.bytes, world.send(probe->missing, credential).bytes);
            }
            Send send = probe->send;
            const Account& owner = probe->own ? *probe->own : world.account(route.holds == Holds::node ? "node" : "A", access::Role::administrator);
            if (route.method != "GET") {
                send.with_csrf = false;
                EXPECT_EQ(world.send(send, &owner.credential).status, 403);
            }
            send = probe->send;
            send.headers.emplace_back("sec-fetch-site", "cross-site");
            EXPECT_EQ(world.send(send, &owner.credential).status, 403);
            expect_promised(route, world.send(probe->send, &owner.credential));
        }
}

}  // namespace
}  // namespace vg::api::test
