// Accounts: people (users) and programs (tokens), their sessions and second factors. Every function works inside the
// transaction at hand and writes its audit line there; `actor` is who does it. What a caller may not see is "not found".
//
//   PasswordHash hash{TRY(passwords.hash(text))};          // outside of the transaction: it takes 50 ms
//   User user = TRY(state.write([&](store::Transaction& tx) {
//       return Accounts::add_user(tx, actor, {.name = "an", .role = Role::analyst, .organisation = id, .password = hash}, random, now);
//   }));
//
// Nobody can give more than they have: see may_grant(). Signing in and checking who sends a request is gate.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "store/secrets.h"
#include "store/state.h"

namespace vg::access {

store::Schema schema();

struct TokenTag;
struct SessionTag;
using TokenId = Id<TokenTag>;
using SessionId = Id<SessionTag>;

// What Passwords::hash gave; a type of its own so that nobody stores a password.
struct PasswordHash {
    std::string text;
};

struct User {
    UserId id;
    std::string name;               // unique on the node, [a-z0-9._@-]{1,64}
    Role role = Role::reader;
    OrganisationId organisation;    // nil: the node's own, sees everything
    bool disabled = false;
    bool has_password = false;
    bool has_totp = false;
    Time created;
    std::optional<Time> signed_in;  // last time
    std::int64_t version = 1;
};

struct NewUser {
    std::string name;
    Role role = Role::reader;
    OrganisationId organisation;
    std::optional<PasswordHash> password;  // none: the user gets a one-time link (make_link)
};

struct Token {
    TokenId id;
    std::string name;                // unique among the organisation's tokens that are not revoked, [a-zA-Z0-9._@-]{1,64}
    Role role = Role::token_ingest;
    OrganisationId organisation;     // nil: the node's own
    std::optional<SourceId> source;  // must be there for ingest tokens; the caller has checked that it is the organisation's
    std::string creator;             // "user:an"
    Time created;
    std::optional<Time> expires;
    std::optional<Time> revoked;
    std::optional<Time> used;        // last time, to the minute
    std::int64_t version = 1;
};

struct NewToken {
    std::string name;
    Role role = Role::token_ingest;
    OrganisationId organisation;
    std::optional<SourceId> source;
    std::optional<Time> expires;
};

// The only moment at which the token's text is known.
struct IssuedToken {
    Token token;
    std::string text;  // "vg_..."
};

struct Session {
    SessionId id;      // to show and to revoke; not the secret
    UserId user;
    Time created;
    Time used;         // to the minute
    std::string peer;  // address at sign-in
    std::string agent; // User-Agent at sign-in, at most 200 bytes
    bool current = false;
};

// A new second factor, until confirmed with a first code.
struct TotpOffer {
    std::string secret;  // base32, for typing
    std::string uri;     // otpauth://totp/..., for a QR code
};

template <class T>
struct Page {
    std::vector<T> items;
    std::optional<std::string> next;  // give it as `after` for the following page
};

// Whether `actor` may hand out this role for this organisation: they hold the permission themselves, the organisation is
// in their scope, and the role allows nothing that their own does not. What belongs to the node itself (nil organisation)
// is given only by administrators who see the node. `permission` is "user:write" or "token:write". Code::denied otherwise.
Status may_grant(const Actor& actor, std::string_view permission, Role role, const OrganisationId& organisation);

class Accounts {
public:
    // Users. `version`, when given, must be the present one (Code::conflict otherwise).
    static Result<User> add_user(store::Transaction& tx, const Actor& actor, const NewUser& user, Random& random, Time now);
    static Result<User> find_user(store::Transaction& tx, const Scope& scope, const UserId& id);
    static Result<User> find_user_named(store::Transaction& tx, const Scope& scope, std::string_view name);
    static Result<Page<User>> list_users(store::Transaction& tx, const Scope& scope, const std::optional<std::string>& after, std::size_t limit);
    static Result<User> change_role(store::Transaction& tx, const Actor& actor, const UserId& id, Role role, std::optional<std::int64_t> version, Time now);
    // Ends all sessions and links of the user at once, and the tokens they made, except ingest tokens: a feed is not
    // silenced by the leaving of a person. The last administrator of the node cannot be disabled.
    static Result<User> disable_user(store::Transaction& tx, const Actor& actor, const UserId& id, std::optional<std::int64_t> version, Time now);
    static Result<User> enable_user(store::Transaction& tx, const Actor& actor, const UserId& id, std::optional<std::int64_t> version, Time now);
    // By an administrator for somebody else: ends all sessions of the user. For one's own: Gate::change_password.
    static Status reset_password(store::Transaction& tx, const Actor& actor, const UserId& id, const PasswordHash& password, Time now);
    static Status reset_totp(store::Transaction& tx, const Actor& actor, const UserId& id, Time now);
    // The secret of a link with which the user sets a password once within 24 hours (Gate::redeem_link). Replaces an
    // earlier link of the user.
    static Result<std::string> make_link(store::Transaction& tx, const Actor& actor, const UserId& id, Random& random, Time now);
    // While no administrator of the node has a password: makes the user "admin" when missing, and a new link for it.
    // Nothing when there is one. Called at each start.
    static Result<std::optional<std::string>> ensure_first_administrator(store::Transaction& tx, Random& random, Time now);

    // Tokens.
    static Result<IssuedToken> add_token(store::Transaction& tx, const Actor& actor, const NewToken& token, Random& random, Time now);
    static Result<Token> find_token(store::Transaction& tx, const Scope& scope, const TokenId& id);
    static Result<Page<Token>> list_tokens(store::Transaction& tx, const Scope& scope, const std::optional<std::string>& after, std::size_t limit);
    static Result<Token> revoke_token(store::Transaction& tx, const Actor& actor, const TokenId& id, std::optional<std::int64_t> version, Time now);

    // Sessions: of the actor's own user, newest first.
    static Result<std::vector<Session>> list_sessions(store::Transaction& tx, const Actor& actor, Time now);
    static Status end_session(store::Transaction& tx, const Actor& actor, const SessionId& id, Time now);
    // Ends the session that the actor came with.
    static Status sign_out(store::Transaction& tx, const Actor& actor, Time now);
    // By an administrator: ends all sessions of a user; how many there were.
    static Result<std::int64_t> end_sessions_of(store::Transaction& tx, const Actor& actor, const UserId& id, Time now);

    // The actor's own second factor (RFC 6238: SHA-1, 6 digits, 30 seconds). An offer has no effect until confirmed with a
    // code of it; confirming ends the user's other sessions.
    static Result<TotpOffer> offer_totp(store::Transaction& tx, const Actor& actor, Random& random, Time now, const store::Secrets* secrets = nullptr);
    static Status confirm_totp(store::Transaction& tx, const Actor& actor, std::string_view code, Time now, const store::Secrets* secrets = nullptr);
    // Seals what was stored before there was sealing. Once at start.
    static Status seal_secrets(store::Transaction& tx, const store::Secrets& secrets, Random& random);
};

}  // namespace vg::access
