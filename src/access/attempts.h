// Failed sign-ins: who must wait, and what of it is worth an audit line. Counted before the password is looked at, so that
// many guesses at once are not one guess; taken back when it was right. In transactions of the gate only.
//
// A name is counted whether a user has it or not, and by its hash: people type passwords into the wrong field.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "store/state.h"

namespace vg::access::attempts {

struct Keys {
    std::string name;
    std::string peer;  // empty: not counted by peer
};
// IPv6 peers are counted by /64, which is what one subscriber has.
Keys keys_of(std::string_view user_name, std::string_view peer);

inline constexpr std::int64_t kFreeByName = 5;   // failures without a wait; then 1 s, 2 s, 4 s ... to kLongestWait
inline constexpr std::int64_t kFreeByPeer = 20;  // an office behind one address
inline constexpr Span kLongestWait = minutes(15);
inline constexpr Span kForgotten = hours(24);    // after so long without a failure the count starts anew

// Counts one attempt. Code::busy, naming the seconds to wait, when name or peer must wait; such an attempt does not count.
Status begin(store::Transaction& tx, const Keys& keys, Time now);
// The attempt was no failure: takes it back; `forget_name` clears the name's count as well.
Status take_back(store::Transaction& tx, const Keys& keys, bool forget_name, Time now);
// What to write into the audit chain about a failure; nothing when enough was written: the first three of a name, then
// each doubling; and beyond 200 lines an hour on the node, each doubling of that.
Result<std::optional<json::Value>> worth_noting(store::Transaction& tx, const Keys& keys, Time now);

}  // namespace vg::access::attempts
