// What a person may do with their own sessions and second factor.
#include "access/gate.h"
#include "access/rows.h"
#include "access/totp.h"
#include "base/bytes.h"
#include "base/text.h"

namespace vg::access {

namespace {

Result<rows::Account> own_account(store::Transaction& tx, const Actor& actor) {
    if (!actor.user) return fail(Code::denied, "only a person has sessions and a second factor");
    return rows::visible_account(tx, Scope::node(), *actor.user);
}

}  // namespace

Result<std::vector<Session>> Accounts::list_sessions(store::Transaction& tx, const Actor& actor, Time now) {
    const User user = TRY(own_account(tx, actor)).user;
    std::vector<Session> sessions;
    for (auto& [hash, id, created, used, peer, agent] :
         TRY((tx.query<std::string, std::string, std::int64_t, std::int64_t, std::string, std::string>(
             "select hash, id, created, used, peer, agent from access_session where user_id = :a and used > :b and created > :c order by created desc, id desc",
             {user.id.text(), (now - kSessionIdle).micros, (now - kSessionLongest).micros}))))
        sessions.push_back({TRY(SessionId::parse(id)), user.id, {created}, {used}, std::move(peer), std::move(agent), hash == actor.session});
    return sessions;
}

Status Accounts::end_session(store::Transaction& tx, const Actor& actor, const SessionId& id, Time now) {
    const User user = TRY(own_account(tx, actor)).user;
    const std::int64_t ended = TRY(tx.run("delete from access_session where id = :a and user_id = :b", {id.text(), user.id.text()}));
    if (ended == 0) return fail(Code::not_found, "there is no such session");
    return rows::note(tx, actor.name, "session:end", rows::object_of(user), user.organisation, json::object({{"session", id.text()}}), now);
}

Status Accounts::sign_out(store::Transaction& tx, const Actor& actor, Time now) {
    const User user = TRY(own_account(tx, actor)).user;
    const std::int64_t ended = TRY(tx.run("delete from access_session where hash = :a and user_id = :b", {actor.session, user.id.text()}));
    if (ended == 0) return {};
    return rows::note(tx, actor.name, "session:end", rows::object_of(user), user.organisation, json::object({{"name", user.name}}), now);
}

Result<TotpOffer> Accounts::offer_totp(store::Transaction& tx, const Actor& actor, Random& random, Time now, const store::Secrets* secrets) {
    const User user = TRY(own_account(tx, actor)).user;
    // Whoever only holds a session may not replace the factor: removing it asks for the password.
    if (user.has_totp) return fail(Code::conflict, "there is a second factor; remove it first");
    const std::string secret = totp::make_secret(random);
    TRY(tx.run("update access_user set totp_offer = :a where id = :b", {rows::totp_text(secrets, secret, user.id, random), user.id.text()}));
    TRY(rows::note(tx, actor.name, "user:totp-offer", rows::object_of(user), user.organisation, json::object({{"name", user.name}}), now));
    return TotpOffer{totp::to_base32(secret), totp::uri("Vong Gac", user.name, secret)};
}

Status Accounts::confirm_totp(store::Transaction& tx, const Actor& actor, std::string_view code, Time now, const store::Secrets* secrets) {
    const rows::Account account = TRY(own_account(tx, actor));
    if (account.user.has_totp) return fail(Code::conflict, "there is a second factor; remove it first");
    if (!account.totp_offer) return fail(Code::conflict, "no second factor was offered; ask for one first");
    const std::optional<std::int64_t> step = totp::step_of(TRY(rows::totp_bytes(secrets, *account.totp_offer, account.user.id)), code, now, account.totp_step);
    if (!step) return fail(Code::bad_input, "field code: is not the present code; is the clock of the device right?");
    TRY(tx.run("update access_user set totp_secret = totp_offer, totp_offer = null, totp_step = :a, version = version + 1 where id = :b",
               {*step, account.user.id.text()}));
    const std::int64_t sessions =
        TRY(tx.run("delete from access_session where user_id = :a and hash <> :b", {account.user.id.text(), actor.session}));
    return rows::note(tx, actor.name, "user:totp-add", rows::object_of(account.user), account.user.organisation,
                      json::object({{"name", account.user.name}, {"sessions_ended", sessions}}), now);
}

Status Accounts::seal_secrets(store::Transaction& tx, const store::Secrets& secrets, Random& random) {
    for (const std::string column : {"totp_secret", "totp_offer"})
        for (const auto& [id, stored] : TRY((tx.query<std::string, std::string>("select id, " + column + " from access_user where " + column + " is not null")))) {
            if (store::Secrets::is_sealed(stored)) continue;
            const UserId user = TRY(UserId::parse(id));
            TRY(tx.run("update access_user set " + column + " = :a where id = :b", {rows::totp_text(&secrets, TRY(rows::totp_bytes(&secrets, stored, user)), user, random), id}));
        }
    return {};
}

}  // namespace vg::access
