// Gate: who stands behind a request. Signing in, checking sessions and tokens, and the changes that need one's own
// password. Owned by the server (or by whoever builds the router), used from any thread. It opens its own transactions:
// never call it from inside one.
//
//   Gate gate{state, passwords, random, [&](const OrganisationId& id) { return directory()->descendants(id); }};
//   SignedIn in = TRY(gate.sign_in({.name = name, .password = password, .code = code, .peer = peer}, clock.now()));
//   Actor actor = TRY(gate.session(cookie, clock.now()));
//   Actor actor = TRY(gate.token(bearer, clock.now()));
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "access/access.h"
#include "access/accounts.h"
#include "access/passwords.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "store/secrets.h"
#include "store/state.h"

namespace vg::access {

inline constexpr Span kSessionIdle = hours(12);
inline constexpr Span kSessionLongest = days(7);
inline constexpr Span kLinkLife = hours(24);

struct SignIn {
    std::string name;
    std::string password;
    std::string code;   // of the second factor; empty when none was typed
    std::string peer;   // address of the sender, as text
    std::string agent;  // User-Agent
};

struct SignedIn {
    std::string secret;  // for the cookie; only its hash is stored
    User user;
    Actor actor;
    Time expires;
};

class Gate {
public:
    Gate(store::State& state, Passwords& passwords, Random& random, Descendants descendants, const store::Secrets* secrets = nullptr)
        : state_(state), passwords_(passwords), random_(random), descendants_(std::move(descendants)), secrets_(secrets) {}

    // Code::denied with the same text and in the same time for an unknown user, a wrong password and a disabled user;
    // with "field code: ..." when the password was right and a code is needed or wrong. Code::busy, naming the seconds
    // to wait, after too many failures for the name or from the peer.
    Result<SignedIn> sign_in(const SignIn& attempt, Time now);
    // The actor of a session's secret or of a token's text. Code::denied when unknown, ended, expired or disabled: the
    // text does not say which.
    Result<Actor> session(std::string_view secret, Time now);
    Result<Actor> token(std::string_view text, Time now);

    // The actor's own password; the present one is asked again. Ends the user's other sessions. Wrong guesses count as
    // failed sign-ins.
    Status change_password(const Actor& actor, std::string_view present, std::string_view wanted, Time now);
    // Removes the actor's own second factor; the password is asked again.
    Status remove_totp(const Actor& actor, std::string_view password, Time now);
    // Sets a password with a one-time link. Ends all sessions of the user.
    Result<User> redeem_link(std::string_view secret, std::string_view password, Time now);
    // The user that a link is for, so that the page can greet: Code::denied when it is unknown, used or too old.
    Result<User> who_is_linked(std::string_view secret, Time now);

private:
    // Notes a use of a session or token, at most once a minute for each.
    void touch(std::string_view sql, const std::string& hash, Time now);

    // constant after construction; all synchronise themselves
    store::State& state_;
    Passwords& passwords_;
    Random& random_;
    Descendants descendants_;
    const store::Secrets* secrets_;  // of second factors; none: they are stored as they are

    std::mutex mutex_;
    // guarded by mutex_
    std::unordered_map<std::string, Time> touched_;  // by hash: so that of many requests at once one writes
};

}  // namespace vg::access
