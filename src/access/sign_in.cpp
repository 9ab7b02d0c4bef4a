// Signing in, and what asks for a password or a link. In each: count the attempt in one transaction, compute the hash
// outside of any, decide in a second transaction by what is stored then.
#include "access/attempts.h"
#include "access/gate.h"
#include "access/rows.h"
#include "access/totp.h"
#include "base/bytes.h"
#include "base/text.h"

namespace vg::access {

namespace {

constexpr std::int64_t kMostSessions = 50;  // of one user; the oldest ends
constexpr std::size_t kMostAgent = 200;

auto wrong() { return fail(Code::denied, "name or password is wrong"); }
auto wrong_link() { return fail(Code::denied, "the link is unknown, was used or is too old; ask for a new one"); }

// The audit line of a failure, unless there were enough.
Status note_failure(store::Transaction& tx, const attempts::Keys& keys, const std::optional<rows::Account>& account, std::string_view reason, Time now) {
    std::optional<json::Value> details = TRY(attempts::worth_noting(tx, keys, now));
    if (!details) return {};
    details->set("reason", reason);
    if (account) details->set("name", account->user.name);
    return rows::note(tx, account ? "user:" + account->user.name : std::string{"unknown"}, "session:refuse",
                      account ? rows::object_of(account->user) : "user/unknown", account ? account->user.organisation : OrganisationId{},
                      std::move(*details), now);
}

// Counts an attempt and gives the account that has the name now, if any.
Result<std::optional<rows::Account>> begin(store::State& state, const attempts::Keys& keys, std::string_view name, Time now) {
    return state.write([&](store::Transaction& tx) -> Result<std::optional<rows::Account>> {
        TRY(attempts::begin(tx, keys, now));
        return rows::account(tx, "name = :a", {name});
    });
}

// The password's answer for an account; an attempt that could not be looked at is taken back.
Result<bool> is_right(store::State& state, Passwords& passwords, const attempts::Keys& keys, const std::optional<rows::Account>& account,
                      std::string_view password, Time now) {
    const bool may = account && !account->user.disabled && account->password;
    auto right = passwords.verify(may ? account->password : std::nullopt, password);
    if (!right) TRY(state.write([&](store::Transaction& tx) { return attempts::take_back(tx, keys, false, now); }));
    return right;
}

// The account as it is now, if its password is still the one that was checked and it is not disabled.
Result<std::optional<rows::Account>> unchanged(store::Transaction& tx, const rows::Account& checked) {
    return rows::account(tx, "id = :a and password = :b and disabled = 0", {checked.user.id.text(), *checked.password});
}

Status insert_session(store::Transaction& tx, const User& user, const std::string& hash, const SignIn& attempt, Random& random, Time now) {
    TRY(tx.run("delete from access_session where used <= :a or created <= :b", {(now - kSessionIdle).micros, (now - kSessionLongest).micros}));
    TRY(tx.run("delete from access_session where hash in (select hash from access_session where user_id = :a order by created desc, id desc limit 1000 offset :b)",
               {user.id.text(), kMostSessions - 1}));
    TRY(tx.run("insert into access_session (hash, id, user_id, created, used, peer, agent) values (:a, :b, :c, :d, :e, :f, :g)",
               {hash, make_id<SessionTag>(now, random).text(), user.id.text(), now.micros, now.micros, shorten(to_valid_utf8(attempt.peer), 64),
                shorten(to_valid_utf8(attempt.agent), kMostAgent)}));
    return {};
}

}  // namespace

Result<SignedIn> Gate::sign_in(const SignIn& attempt, Time now) {
    const std::string name = lower_ascii(trim(attempt.name));
    const attempts::Keys keys = attempts::keys_of(name, attempt.peer);
    const std::optional<rows::Account> account = TRY(begin(state_, keys, name, now));
    const bool right = TRY(is_right(state_, passwords_, keys, account, attempt.password, now));
    std::optional<std::string> better_hash;
    if (right && passwords_.is_outdated(*account->password))
        if (auto hash = passwords_.hash(attempt.password)) better_hash = std::move(*hash);

    // An error here would roll the count back: what was decided is carried out of the transaction in `refusal`.
    const std::string secret = rows::make_secret(random_);
    std::optional<Error> refusal;
    std::optional<User> user = TRY(state_.write([&](store::Transaction& tx) -> Result<std::optional<User>> {
        const auto refuse = [&](std::string_view reason, Error error) -> Result<std::optional<User>> {
            refusal = std::move(error);
            TRY(note_failure(tx, keys, account, reason, now));
            return std::nullopt;
        };
        std::optional<rows::Account> present;
        refusal.reset();
        if (right) present = TRY(unchanged(tx, *account));
        if (!present) return refuse("password", wrong().value());
        std::int64_t step = present->totp_step;
        if (present->totp_secret) {
            if (attempt.code.empty()) {
                refusal = Error{Code::denied, "field code: the code of the second factor is needed"};
                TRY(attempts::take_back(tx, keys, false, now));
                return std::nullopt;
            }
            const std::optional<std::int64_t> found = totp::step_of(TRY(rows::totp_bytes(secrets_, *present->totp_secret, present->user.id)), attempt.code, now, present->totp_step);
            if (!found) return refuse("code", {Code::denied, "field code: is wrong or was used already"});
            step = *found;
        }
        TRY(attempts::take_back(tx, keys, true, now));
        TRY(tx.run("update access_user set signed_in = :a, totp_step = :b, password = :c where id = :d",
                   {now.micros, step, better_hash.value_or(*present->password), present->user.id.text()}));
        TRY(insert_session(tx, present->user, sha256_hex(secret), attempt, random_, now));
        TRY(rows::note(tx, "user:" + present->user.name, "session:start", rows::object_of(present->user), present->user.organisation,
                       json::object({{"name", present->user.name}, {"peer", shorten(to_valid_utf8(attempt.peer), 64)}, {"second_factor", present->totp_secret.has_value()}}), now));
        present->user.signed_in = now;
        return std::move(present->user);
    }));
    if (refusal) return fail(std::move(*refusal));
    return SignedIn{secret, std::move(*user), TRY(session(secret, now)), now + kSessionLongest};
}

namespace {

// Asks for the actor's own password, as a sign-in would, and then changes the account in `change`.
Status with_password(store::State& state, Passwords& passwords, const Actor& actor, std::string_view field, std::string_view password, Time now,
                     const std::function<Status(store::Transaction&, const rows::Account&)>& change) {
    if (!actor.user) return fail(Code::denied, "only a person has a password");
    const User user = TRY(state.read([&](store::Transaction& tx) { return Accounts::find_user(tx, Scope::node(), *actor.user); }));
    const attempts::Keys keys = attempts::keys_of(user.name, {});
    const std::optional<rows::Account> account = TRY(begin(state, keys, user.name, now));
    const bool right = TRY(is_right(state, passwords, keys, account, password, now));
    bool refused = false;
    TRY(state.write([&](store::Transaction& tx) -> Status {
        std::optional<rows::Account> present;
        refused = false;
        if (right) present = TRY(unchanged(tx, *account));
        if (!present) {
            refused = true;
            return note_failure(tx, keys, account, "present password", now);
        }
        TRY(attempts::take_back(tx, keys, true, now));
        return change(tx, *present);
    }));
    if (refused) return fail(Code::denied, format("field {}: is not your password", field));
    return {};
}

Result<rows::Account> linked_account(store::Transaction& tx, const std::string& hash, Time now) {
    auto found = TRY(rows::account(tx, "disabled = 0 and id in (select user_id from access_link where hash = :a and expires > :b)", {hash, now.micros}));
    if (!found) return wrong_link();
    return std::move(*found);
}

}  // namespace

Status Gate::change_password(const Actor& actor, std::string_view present, std::string_view wanted, Time now) {
    if (!actor.user) return fail(Code::denied, "only a person has a password");
    TRY(password_is_acceptable(wanted, actor.name.substr(actor.name.find(':') + 1)));
    if (nfc(present) == nfc(wanted)) return fail(Code::bad_input, "field password: is the present one");
    // Computed before the present one is checked, so that the check and the change are one step.
    const std::string hash = TRY(passwords_.hash(wanted));
    return with_password(state_, passwords_, actor, "present", present, now, [&](store::Transaction& tx, const rows::Account& account) -> Status {
        TRY(tx.run("update access_user set password = :a, version = version + 1 where id = :b", {hash, account.user.id.text()}));
        TRY(tx.run("delete from access_link where user_id = :a", {account.user.id.text()}));
        const std::int64_t sessions = TRY(tx.run("delete from access_session where user_id = :a and hash <> :b", {account.user.id.text(), actor.session}));
        return rows::note(tx, actor.name, "user:password", rows::object_of(account.user), account.user.organisation,
                          json::object({{"name", account.user.name}, {"by", "self"}, {"sessions_ended", sessions}}), now);
    });
}

Status Gate::remove_totp(const Actor& actor, std::string_view password, Time now) {
    return with_password(state_, passwords_, actor, "password", password, now, [&](store::Transaction& tx, const rows::Account& account) -> Status {
        TRY(tx.run("update access_user set totp_secret = null, totp_offer = null, totp_step = 0, version = version + 1 where id = :a", {account.user.id.text()}));
        const std::int64_t sessions = TRY(tx.run("delete from access_session where user_id = :a and hash <> :b", {account.user.id.text(), actor.session}));
        return rows::note(tx, actor.name, "user:totp-remove", rows::object_of(account.user), account.user.organisation,
                          json::object({{"name", account.user.name}, {"by", "self"}, {"sessions_ended", sessions}}), now);
    });
}

Result<User> Gate::redeem_link(std::string_view secret, std::string_view password, Time now) {
    const std::string hash = sha256_hex(secret);
    const User user = TRY(who_is_linked(secret, now));
    TRY(password_is_acceptable(password, user.name));
    const std::string password_hash = TRY(passwords_.hash(password));
    return state_.write([&](store::Transaction& tx) -> Result<User> {
        rows::Account account = TRY(linked_account(tx, hash, now));
        TRY(tx.run("delete from access_link where user_id = :a", {account.user.id.text()}));
        const std::int64_t sessions = TRY(tx.run("delete from access_session where user_id = :a", {account.user.id.text()}));
        TRY(tx.run("update access_user set password = :a, version = version + 1 where id = :b", {password_hash, account.user.id.text()}));
        TRY(rows::note(tx, "user:" + account.user.name, "user:password", rows::object_of(account.user), account.user.organisation,
                       json::object({{"name", account.user.name}, {"by", "link"}, {"sessions_ended", sessions}}), now));
        account.user.has_password = true;
        ++account.user.version;
        return std::move(account.user);
    });
}

Result<User> Gate::who_is_linked(std::string_view secret, Time now) {
    if (secret.size() > 200) return wrong_link();
    const std::string hash = sha256_hex(secret);
    return state_.read([&](store::Transaction& tx) -> Result<User> { return TRY(linked_account(tx, hash, now)).user; });
}

}  // namespace vg::access
