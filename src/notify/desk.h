// Desk: from what happened to findings to messages in the outbox. Everything it knows is in State, each step is one
// transaction, and the time is handed in: what was committed is told whatever ends the process, and a second run of a step
// tells nothing twice. Called by Notifier.
//
// News are matched with the rules and become items, each with the time at which it may be told: at once, or when the quiet
// hours are over. A rule tells of one detection rule and entity at most once in its dedupe window; what it did not tell is
// counted, and told when the window ends. What is due of a rule at the same time is one message for each recipient; a rule
// sends at most kMostAnHour messages an hour, and what comes beyond waits and is told as one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/id.h"
#include "directory/directory.h"
#include "notify/rows.h"
#include "store/state.h"

namespace vg::notify {

inline constexpr std::int64_t kMostAnHour = 20;

struct DeskOptions {
    std::function<std::string()> console = [] { return std::string{}; };  // its address, for links; empty: none
    std::int64_t most_waiting = 10'000;        // messages in the outbox; beyond it the oldest are given up
};

struct Moved {
    std::int64_t messages = 0, suppressed = 0, given_up = 0;
};

// Whether step() would do anything: a question, no change.
Result<bool> has_work(store::Transaction& tx, Time now);
// All of it, bounded: call it again while it says that there is work.
Result<Moved> step(store::Transaction& tx, const directory::Snapshot& directory, Random& random, const DeskOptions& options, Time now);

// The messages of one story for all recipients, not yet stored.
struct Story;
std::vector<Message> messages_of(const Rule& rule, std::int64_t tier, const Story& story, Random& random, Time now);

}  // namespace vg::notify
