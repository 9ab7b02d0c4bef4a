// The tables of the access room as its own files see them. Not for other rooms.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/accounts.h"
#include "base/json.h"
#include "store/audit.h"
#include "store/secrets.h"

namespace vg::access::rows {

inline constexpr std::size_t kMostAPage = 1'000;  // of users and of tokens

// A user with what never leaves the room.
struct Account {
    User user;
    std::optional<std::string> password;
    std::optional<std::string> totp_secret;  // as stored: totp_bytes() reads it
    std::optional<std::string> totp_offer;   // likewise
    std::int64_t totp_step = 0;              // the last one whose code was used
};

// The secret of a second factor as stored and back. `secrets`: none where nothing is sealed.
std::string totp_text(const store::Secrets* secrets, std::string_view bytes, const UserId& user, Random& random);
Result<std::string> totp_bytes(const store::Secrets* secrets, std::string_view stored, const UserId& user);

// The first account for which `condition` (SQL after "where ") holds.
Result<std::optional<Account>> account(store::Transaction& tx, std::string_view condition, const store::Params& params);
Result<std::vector<Account>> accounts(store::Transaction& tx, const std::string& condition, const store::Params& params);
// The account if `scope` sees it; Code::not_found otherwise.
Result<Account> visible_account(store::Transaction& tx, const Scope& scope, const UserId& id);

// 256 random bits as base64url: 43 characters.
std::string make_secret(Random& random);

inline json::Value organisation_value(const OrganisationId& organisation) {
    return organisation.is_nil() ? json::Value{} : json::Value{organisation.text()};
}

// Writes an audit line about a user or token.
Status note(store::Transaction& tx, std::string_view actor, std::string_view action, const std::string& object, const OrganisationId& organisation,
            json::Value details, Time now);
inline std::string object_of(const User& user) { return "user/" + user.id.text(); }

// Whether more administrators of the node than this one could sign in.
Result<bool> is_last_administrator(store::Transaction& tx, const User& user);

}  // namespace vg::access::rows
