#include "access/rows.h"

#include "base/bytes.h"

namespace vg::access {

store::Schema schema() {
    return {"access",
            {{
                "create table access_user (id text primary key, name text not null unique, role text not null, organisation text not null, "
                "password text, totp_secret text, totp_offer text, totp_step bigint not null default 0, disabled bigint not null default 0, "
                "created bigint not null, signed_in bigint, version bigint not null default 1)",
                "create index access_user_organisation on access_user (organisation, name)",
                "create table access_token (id text primary key, hash text not null unique, name text not null, role text not null, "
                "organisation text not null, source text, creator text not null, creator_id text, created bigint not null, expires bigint, "
                "revoked bigint, used bigint, version bigint not null default 1)",
                "create unique index access_token_name on access_token (organisation, name) where revoked is null",
                "create index access_token_creator on access_token (creator_id)",
                "create table access_session (hash text primary key, id text not null unique, user_id text not null references access_user (id), "
                "created bigint not null, used bigint not null, peer text not null, agent text not null)",
                "create index access_session_user on access_session (user_id, created)",
                "create table access_link (user_id text primary key references access_user (id), hash text not null unique, expires bigint not null)",
                "create table access_attempt (who text primary key, failures bigint not null, last bigint not null, locked_until bigint not null)",
                "create index access_attempt_last on access_attempt (last)",
            }}};
}

namespace rows {

namespace {

std::string label_of(const UserId& user) { return "totp:" + user.text(); }

}  // namespace

std::string totp_text(const store::Secrets* secrets, std::string_view bytes, const UserId& user, Random& random) {
    return secrets == nullptr ? to_hex(bytes) : secrets->seal(to_hex(bytes), label_of(user), random);
}

Result<std::string> totp_bytes(const store::Secrets* secrets, std::string_view stored, const UserId& user) {
    const std::string hex = secrets == nullptr ? std::string{stored} : TRY(secrets->open(stored, label_of(user)));
    return TRY_IN("access: the secret of a second factor: ", from_hex(hex));
}

Result<std::vector<Account>> accounts(store::Transaction& tx, const std::string& condition, const store::Params& params) {
    using Text = std::optional<std::string>;
    using Int = std::optional<std::int64_t>;
    std::vector<Account> found;
    for (auto& [id, name, role, organisation, password, totp_secret, totp_offer, totp_step, disabled, created, signed_in, version] :
         TRY((tx.query<std::string, std::string, std::string, std::string, Text, Text, Text, std::int64_t, std::int64_t, std::int64_t, Int, std::int64_t>(
             "select id, name, role, organisation, password, totp_secret, totp_offer, totp_step, disabled, created, signed_in, version "
             "from access_user where " + condition,
             params)))) {
        const std::optional<Role> known = role_named(role);
        if (!known) return fail(Code::corrupt, "access: the user " + name + " has a role that this program does not know");
        Account& account = found.emplace_back();
        account.user = {TRY(UserId::parse(id)), std::move(name), *known, TRY(OrganisationId::parse(organisation)), disabled != 0, password.has_value(),
                        totp_secret.has_value(), {created}, {}, version};
        if (signed_in) account.user.signed_in = Time{*signed_in};
        account.password = std::move(password);
        account.totp_secret = std::move(totp_secret);
        account.totp_offer = std::move(totp_offer);
        account.totp_step = totp_step;
    }
    return found;
}

Result<std::optional<Account>> account(store::Transaction& tx, std::string_view condition, const store::Params& params) {
    std::vector<Account> found = TRY(accounts(tx, std::string{condition}, params));
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

Result<Account> visible_account(store::Transaction& tx, const Scope& scope, const UserId& id) {
    store::Params params{id.text()};
    std::optional<Account> found = TRY(account(tx, "id = :id" + scope.condition("organisation", params), params));
    if (!found) return fail(Code::not_found, "there is no such user");
    return std::move(*found);
}

std::string make_secret(Random& random) {
    std::string bytes(32, '\0');
    random.fill(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size());
    return to_base64url(bytes);
}

Status note(store::Transaction& tx, std::string_view actor, std::string_view action, const std::string& object, const OrganisationId& organisation,
            json::Value details, Time now) {
    return store::audit::append(tx, {.time = now, .actor = std::string{actor}, .action = std::string{action}, .object = object,
                                     .organisation = organisation, .details = std::move(details)});
}

Result<bool> is_last_administrator(store::Transaction& tx, const User& user) {
    if (user.role != Role::administrator || !user.organisation.is_nil() || user.disabled) return false;
    const std::optional<Account> other =
        TRY(account(tx, "role = :role and organisation = :organisation and disabled = 0 and password is not null and id <> :id limit 1",
                    {name_of(Role::administrator), OrganisationId{}.text(), user.id.text()}));
    return !other.has_value();
}

}  // namespace rows

}  // namespace vg::access
