#include "access/access.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "access/accounts.h"

namespace vg::access {
namespace {

OrganisationId organisation(std::uint8_t n) {
    OrganisationId id;
    id.bytes[15] = n;
    return id;
}

using Set = std::set<std::string_view>;

// The whole table once more, by role: a change of permissions.inc is a change here.
const std::map<std::string_view, Set> kExpected = {
    {"reader",
     {"paper:read", "directory:read", "case:read", "list:read", "deadline:read", "feed:read", "hunt:read", "indicator:read", "correlation:read", "event:read", "finding:read", "health:read", "organisation:read", "rule:read", "saved-search:read", "self:read", "self:write",
      "source:read", "stream:read"}},
    {"analyst",
     {"paper:draft", "paper:read", "directory:read", "case:answer", "case:read", "case:write", "list:import", "list:read", "deadline:read", "feed:read", "feed:release", "hunt:read", "hunt:run", "indicator:export", "indicator:read", "indicator:write", "correlation:read", "event:export", "event:read", "evidence:export", "finding:acknowledge", "finding:close", "finding:mute", "finding:read",
      "health:read", "ingest:upload", "organisation:read", "personal:reveal", "rule:read", "rule:tune", "rule:write", "saved-search:read", "saved-search:write",
      "self:read", "self:write", "source:read", "stream:read"}},
    {"operator",
     {"paper:draft", "paper:read", "paper:send", "directory:propose", "directory:read", "case:answer", "case:read", "case:write", "list:import", "list:read", "deadline:read", "feed:read", "feed:write", "hunt:read", "hunt:run", "indicator:export", "indicator:read", "indicator:write", "archive:rebuild", "backup:run", "correlation:read", "event:export", "event:read", "finding:acknowledge", "finding:read", "health:read", "ingest:upload", "metrics:read", "notification:read", "notification:write",
      "organisation:read", "record:retry", "rule:import", "rule:read", "rule:reload", "rule:tune", "rule:write", "saved-search:read", "saved-search:write", "self:read",
      "self:write", "setting:read", "source:read", "source:write", "stream:read", "token:read"}},
    {"approver",
     {"paper:read", "paper:sign", "directory:approve", "directory:read", "case:judge", "case:read", "list:read", "deadline:read", "feed:read", "hunt:read", "indicator:read", "correlation:read", "event:read", "finding:read", "health:read", "organisation:read", "rule:read", "saved-search:read", "self:read", "self:write",
      "source:read", "stream:read"}},
    {"duty-lead",
     {"paper:draft", "paper:read", "paper:send", "paper:sign", "directory:propose", "directory:read", "case:answer", "case:judge", "case:read", "case:write", "playbook:write", "list:import", "list:read", "deadline:read", "feed:read", "feed:release", "hunt:read", "hunt:run", "indicator:export", "indicator:read", "indicator:write", "audit:read", "audit:verify", "correlation:read", "event:export", "event:read", "evidence:export", "finding:acknowledge", "finding:close",
      "finding:mute", "finding:read", "health:read", "ingest:upload", "notification:read", "notification:write", "organisation:read", "personal:reveal", "rule:read",
      "rule:tune", "rule:write", "saved-search:read", "saved-search:write", "self:read", "self:write", "source:read", "stream:read", "user:read"}},
    {"organisation-contact",
     {"paper:draft", "paper:read", "paper:send", "paper:sign", "directory:propose", "directory:read", "case:answer", "case:read", "list:read", "deadline:read", "finding:acknowledge", "finding:read", "organisation:read", "self:read", "self:write", "source:read", "stream:read"}},
    {"administrator",
     {"paper:draft", "paper:read", "paper:send", "paper:sign", "directory:approve", "directory:propose", "directory:read", "case:answer", "case:judge", "case:read", "case:write", "playbook:write", "list:import", "list:read", "deadline:read", "feed:read", "feed:release", "feed:write", "hunt:read", "hunt:run", "indicator:export", "indicator:read", "indicator:write", "archive:rebuild", "audit:read", "audit:verify", "backup:run", "correlation:read", "event:export", "event:read", "evidence:export", "finding:acknowledge", "finding:close",
      "finding:mute", "finding:read", "health:read", "ingest:upload", "ingest:write", "metrics:read", "notification:read", "notification:write", "organisation:read",
      "organisation:write", "personal:reveal", "record:retry", "rule:import", "rule:read", "rule:reload", "rule:tune", "rule:write", "saved-search:read", "saved-search:write",
      "self:read", "self:write", "setting:read", "source:read", "source:write", "stream:read", "token:read", "token:write", "user:read",
      "user:write"}},
    {"ingest", {"ingest:upload", "ingest:write", "self:read"}},
    {"token-reader",
     {"paper:read", "directory:read", "case:read", "list:read", "deadline:read", "feed:read", "hunt:read", "indicator:read", "correlation:read", "event:read", "finding:read", "health:read", "metrics:read", "organisation:read", "rule:read", "self:read", "source:read",
      "stream:read"}},
    {"enforcement-point", {"indicator:export", "self:read"}},
    {"node", {"self:read"}},
};

TEST(Permissions, EveryRoleHasWhatIsStatedAndNothingElse) {
    ASSERT_EQ(all_roles().size(), kExpected.size());
    Set stated;
    for (const Role role : all_roles()) {
        const auto expected = kExpected.find(name_of(role));
        ASSERT_NE(expected, kExpected.end()) << name_of(role);
        stated.insert(expected->second.begin(), expected->second.end());
        for (const std::string_view permission : all_permissions())
            EXPECT_EQ(allows(role, permission), expected->second.contains(permission)) << name_of(role) << " " << permission;
    }
    const std::vector<std::string_view> known = all_permissions();
    EXPECT_EQ(stated, Set(known.begin(), known.end()));
}

TEST(Permissions, WhatIsNotStatedIsRefusedToEverybody) {
    for (const Role role : all_roles())
        for (const char* permission : {"", "finding", "finding:", "finding:read ", "Finding:read", "*", "finding:*", "zzz:write"}) {
            EXPECT_FALSE(allows(role, permission)) << permission;
            EXPECT_FALSE(is_permission(permission));
        }
}

TEST(Permissions, RolesHaveTheNamesOfTheContract) {
    for (const Role role : all_roles()) EXPECT_EQ(role_named(name_of(role)), role);
    EXPECT_FALSE(role_named("root"));
    EXPECT_FALSE(role_named(""));
    EXPECT_EQ(name_of(Role::operator_), "operator");
    EXPECT_TRUE(is_token_role(Role::token_ingest));
    EXPECT_FALSE(is_token_role(Role::administrator));
}

TEST(Scope, BecomesSql) {
    store::Params params{"first"};
    EXPECT_EQ(Scope::node().condition("organisation", params), "");
    EXPECT_EQ(Scope::nothing().condition("organisation", params), " and 1 = 0");
    EXPECT_EQ(params.size(), 1u);
    EXPECT_EQ(Scope::of({organisation(2), organisation(1)}).condition("f.organisation", params), " and f.organisation in (:scope1, :scope2)");
    ASSERT_EQ(params.size(), 3u);
    EXPECT_EQ(std::get<std::string>(params[1]), organisation(1).text());
    EXPECT_EQ(std::get<std::string>(params[2]), organisation(2).text());
}

TEST(Scope, SeesItsOwnAndNothingElse) {
    const Scope scope = Scope::of({organisation(3), organisation(1)});
    EXPECT_TRUE(scope.sees(organisation(1)));
    EXPECT_FALSE(scope.sees(organisation(2)));
    EXPECT_FALSE(scope.sees(OrganisationId{}));
    EXPECT_FALSE(scope.sees_node());
    EXPECT_FALSE(Scope::nothing().sees(organisation(1)));
    EXPECT_TRUE(Scope::node().sees(organisation(1)));
}

Actor actor_of(Role role, Scope scope, OrganisationId home = {}) { return {.name = "user:x", .role = role, .scope = std::move(scope), .organisation = home}; }

TEST(MayGrant, OnlyWhoMayWriteUsersCanGiveRoles) {
    for (const Role role : all_roles())
        EXPECT_EQ(may_grant(actor_of(role, Scope::node()), "user:write", Role::reader, organisation(1)).has_value(), role == Role::administrator)
            << name_of(role);
}

TEST(MayGrant, NobodyGivesOutsideTheirScope) {
    const Actor local = actor_of(Role::administrator, Scope::of({organisation(1), organisation(2)}), organisation(1));
    EXPECT_TRUE(may_grant(local, "user:write", Role::administrator, organisation(2)));
    EXPECT_TRUE(may_grant(local, "token:write", Role::token_ingest, organisation(1)));
    EXPECT_EQ(may_grant(local, "user:write", Role::reader, organisation(3)).error().code, Code::denied);
    EXPECT_EQ(may_grant(local, "token:write", Role::token_ingest, organisation(3)).error().code, Code::denied);
    EXPECT_EQ(may_grant(local, "user:write", Role::reader, OrganisationId{}).error().code, Code::denied);
}

TEST(MayGrant, TheNodeIsGivenOnlyByItsAdministrators) {
    EXPECT_TRUE(may_grant(actor_of(Role::administrator, Scope::node()), "user:write", Role::administrator, OrganisationId{}));
    EXPECT_FALSE(may_grant(actor_of(Role::administrator, Scope::of({OrganisationId{}})), "user:write", Role::reader, OrganisationId{}));
}

// Every pair of roles: whoever may write tokens or users gives no permission that they lack.
TEST(MayGrant, NothingBeyondOnesOwnPermissionsIsEverGiven) {
    for (const Role giver : all_roles())
        for (const Role given : all_roles())
            for (const char* permission : {"user:write", "token:write"}) {
                if (!may_grant(actor_of(giver, Scope::node()), permission, given, organisation(1))) continue;
                for (const std::string_view held : all_permissions()) {
                    if (allows(given, held)) { EXPECT_TRUE(allows(giver, held)) << name_of(giver) << " gave " << held << " by " << name_of(given); }
                }
            }
}

}  // namespace
}  // namespace vg::access
