// Users: made, listed, changed, disabled; and the links with which they set a password.
#include <algorithm>
#include <array>

#include "access/gate.h"
#include "access/rows.h"
#include "base/bytes.h"
#include "base/text.h"

namespace vg::access {

namespace {

Status check_user_name(std::string_view name) {
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789._@-";
    if (name.empty() || name.size() > 64 || name.find_first_not_of(kAllowed) != std::string_view::npos)
        return fail(Code::bad_input, "field name: must be 1 to 64 of a-z, 0-9 and . _ @ -");
    return {};
}

// The user, if the actor may see them, may manage one of such a role, and `version` is the present one.
Result<rows::Account> managed(store::Transaction& tx, const Actor& actor, const UserId& id, std::optional<std::int64_t> version) {
    rows::Account account = TRY(rows::visible_account(tx, actor.scope, id));
    TRY(may_grant(actor, "user:write", account.user.role, account.user.organisation));
    if (version && *version != account.user.version) return fail(Code::conflict, "the user was changed meanwhile: read it again");
    return account;
}

// Ends sessions and links; how many sessions there were.
Result<std::int64_t> end_access(store::Transaction& tx, const User& user) {
    TRY(tx.run("delete from access_link where user_id = :a", {user.id.text()}));
    return tx.run("delete from access_session where user_id = :a", {user.id.text()});
}

Status insert(store::Transaction& tx, std::string_view actor, const User& user, const std::optional<PasswordHash>& password, Time now) {
    const auto added = tx.run("insert into access_user (id, name, role, organisation, password, created) values (:a, :b, :c, :d, :e, :f)",
                              {user.id.text(), user.name, name_of(user.role), user.organisation.text(),
                               password ? store::Param{password->text} : store::Param{nullptr}, now.micros});
    if (!added && added.error().code == Code::conflict) return fail(Code::conflict, "field name: a user of this name exists");
    TRY(added);
    return rows::note(tx, actor, "user:add", rows::object_of(user), user.organisation,
                      json::object({{"name", user.name}, {"role", name_of(user.role)}, {"organisation", rows::organisation_value(user.organisation)}}), now);
}

Result<std::string> new_link(store::Transaction& tx, std::string_view actor, const User& user, Random& random, Time now) {
    std::string secret = rows::make_secret(random);
    const Time expires = now + kLinkLife;
    TRY(tx.run("insert into access_link (user_id, hash, expires) values (:a, :b, :c) "
               "on conflict (user_id) do update set hash = excluded.hash, expires = excluded.expires",
               {user.id.text(), sha256_hex(secret), expires.micros}));
    TRY(rows::note(tx, actor, "user:link", rows::object_of(user), user.organisation, json::object({{"name", user.name}}), now));
    return secret;
}

Result<User> bump(store::Transaction& tx, const User& user, std::string_view assignment, const store::Param& value) {
    TRY(tx.run(format("update access_user set {} = :a, version = version + 1 where id = :b", assignment), {value, user.id.text()}));
    return TRY(rows::visible_account(tx, Scope::node(), user.id)).user;
}

}  // namespace

Status may_grant(const Actor& actor, std::string_view permission, Role role, const OrganisationId& organisation) {
    if (!actor.may(permission)) return fail(Code::denied, format("needs the permission {}", permission));
    if (organisation.is_nil()) {
        if (!actor.scope.sees_node() || actor.role != Role::administrator)
            return fail(Code::denied, "field organisation: only an administrator of the node gives access to all of it; name an organisation");
    } else if (!actor.scope.sees(organisation)) {
        return fail(Code::denied, "field organisation: there is no such organisation within your own");
    }
    for (const std::string_view held : all_permissions())
        if (allows(role, held) && !allows(actor.role, held))
            return fail(Code::denied, format("field role: {} has the permission {}, which you do not have", name_of(role), held));
    return {};
}

Result<User> Accounts::add_user(store::Transaction& tx, const Actor& actor, const NewUser& user, Random& random, Time now) {
    TRY(check_user_name(user.name));
    if (is_token_role(user.role)) return fail(Code::bad_input, format("field role: {} is for tokens", name_of(user.role)));
    TRY(may_grant(actor, "user:write", user.role, user.organisation));
    const User made{.id = make_id<UserTag>(now, random), .name = user.name, .role = user.role, .organisation = user.organisation,
                    .has_password = user.password.has_value(), .created = now};
    TRY(insert(tx, actor.name, made, user.password, now));
    return made;
}

Result<User> Accounts::find_user(store::Transaction& tx, const Scope& scope, const UserId& id) {
    return rows::visible_account(tx, scope, id).map([](rows::Account&& account) { return std::move(account.user); });
}

Result<User> Accounts::find_user_named(store::Transaction& tx, const Scope& scope, std::string_view name) {
    store::Params params{name};
    auto found = TRY(rows::account(tx, "name = :name" + scope.condition("organisation", params), params));
    if (!found) return fail(Code::not_found, "there is no such user");
    return std::move(found->user);
}

Result<Page<User>> Accounts::list_users(store::Transaction& tx, const Scope& scope, const std::optional<std::string>& after, std::size_t limit) {
    limit = std::clamp<std::size_t>(limit, 1, rows::kMostAPage);
    store::Params params{after.value_or("")};
    std::string condition = "name > :after" + scope.condition("organisation", params) + " order by name limit :limit";
    params.emplace_back(std::uint64_t{limit + 1});
    Page<User> page;
    for (rows::Account& account : TRY(rows::accounts(tx, condition, params))) page.items.push_back(std::move(account.user));
    if (page.items.size() > limit) {
        page.items.pop_back();
        page.next = page.items.back().name;
    }
    return page;
}

Result<User> Accounts::change_role(store::Transaction& tx, const Actor& actor, const UserId& id, Role role, std::optional<std::int64_t> version, Time now) {
    const User user = TRY(managed(tx, actor, id, version)).user;
    if (is_token_role(role)) return fail(Code::bad_input, format("field role: {} is for tokens", name_of(role)));
    TRY(may_grant(actor, "user:write", role, user.organisation));
    if (role == user.role) return user;
    if (TRY(rows::is_last_administrator(tx, user))) return fail(Code::conflict, "field role: this is the last administrator of the node");
    TRY(rows::note(tx, actor.name, "user:role", rows::object_of(user), user.organisation,
                   json::object({{"name", user.name}, {"before", name_of(user.role)}, {"after", name_of(role)}}), now));
    return bump(tx, user, "role", name_of(role));
}

Result<User> Accounts::disable_user(store::Transaction& tx, const Actor& actor, const UserId& id, std::optional<std::int64_t> version, Time now) {
    const User user = TRY(managed(tx, actor, id, version)).user;
    if (user.disabled) return user;
    if (TRY(rows::is_last_administrator(tx, user))) return fail(Code::conflict, "this is the last administrator of the node");
    const std::int64_t sessions = TRY(end_access(tx, user));
    const std::int64_t tokens = TRY(tx.run("update access_token set revoked = :a, version = version + 1 where creator_id = :b and revoked is null and role <> :c",
                                           {now.micros, user.id.text(), name_of(Role::token_ingest)}));
    TRY(rows::note(tx, actor.name, "user:disable", rows::object_of(user), user.organisation,
                   json::object({{"name", user.name}, {"sessions_ended", sessions}, {"tokens_revoked", tokens}}), now));
    return bump(tx, user, "disabled", 1);
}

Result<User> Accounts::enable_user(store::Transaction& tx, const Actor& actor, const UserId& id, std::optional<std::int64_t> version, Time now) {
    const User user = TRY(managed(tx, actor, id, version)).user;
    if (!user.disabled) return user;
    TRY(rows::note(tx, actor.name, "user:enable", rows::object_of(user), user.organisation, json::object({{"name", user.name}}), now));
    return bump(tx, user, "disabled", 0);
}

Status Accounts::reset_password(store::Transaction& tx, const Actor& actor, const UserId& id, const PasswordHash& password, Time now) {
    const User user = TRY(managed(tx, actor, id, std::nullopt)).user;
    const std::int64_t sessions = TRY(end_access(tx, user));
    TRY(rows::note(tx, actor.name, "user:password", rows::object_of(user), user.organisation,
                   json::object({{"name", user.name}, {"by", "administrator"}, {"sessions_ended", sessions}}), now));
    TRY(bump(tx, user, "password", password.text));
    return {};
}

Status Accounts::reset_totp(store::Transaction& tx, const Actor& actor, const UserId& id, Time now) {
    const User user = TRY(managed(tx, actor, id, std::nullopt)).user;
    const std::int64_t sessions = TRY(end_access(tx, user));
    TRY(rows::note(tx, actor.name, "user:totp-remove", rows::object_of(user), user.organisation,
                   json::object({{"name", user.name}, {"by", "administrator"}, {"sessions_ended", sessions}}), now));
    TRY(tx.run("update access_user set totp_offer = null, totp_step = 0 where id = :a", {user.id.text()}));
    TRY(bump(tx, user, "totp_secret", nullptr));
    return {};
}

Result<std::string> Accounts::make_link(store::Transaction& tx, const Actor& actor, const UserId& id, Random& random, Time now) {
    const User user = TRY(managed(tx, actor, id, std::nullopt)).user;
    if (user.disabled) return fail(Code::conflict, "the user is disabled");
    return new_link(tx, actor.name, user, random, now);
}

Result<std::optional<std::string>> Accounts::ensure_first_administrator(store::Transaction& tx, Random& random, Time now) {
    const std::vector<rows::Account> administrators = TRY(rows::accounts(
        tx, "role = :role and organisation = :organisation and disabled = 0 order by created", {name_of(Role::administrator), OrganisationId{}.text()}));
    for (const rows::Account& account : administrators)
        if (account.password) return std::nullopt;
    if (!administrators.empty()) return TRY(new_link(tx, "system", administrators.front().user, random, now));

    for (const std::string_view name : {"admin", "admin2", "admin3", "admin4"}) {
        if (TRY(rows::account(tx, "name = :name", {name}))) continue;
        const User user{.id = make_id<UserTag>(now, random), .name = std::string{name}, .role = Role::administrator, .created = now};
        TRY(insert(tx, "system", user, std::nullopt, now));
        return TRY(new_link(tx, "system", user, random, now));
    }
    return fail(Code::conflict, "access: the names admin to admin4 are taken by users who are no administrators of the node");
}

Result<std::int64_t> Accounts::end_sessions_of(store::Transaction& tx, const Actor& actor, const UserId& id, Time now) {
    const User user = TRY(managed(tx, actor, id, std::nullopt)).user;
    const std::int64_t sessions = TRY(tx.run("delete from access_session where user_id = :a", {user.id.text()}));
    TRY(rows::note(tx, actor.name, "session:end", rows::object_of(user), user.organisation,
                   json::object({{"name", user.name}, {"sessions_ended", sessions}}), now));
    return sessions;
}

}  // namespace vg::access
