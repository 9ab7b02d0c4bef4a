// Outbox: takes messages that wait to where they go. A message is sent at least once: it is marked as sent after the other
// side has taken it, and bears the same id at each attempt, so that a receiver can tell a second copy. While a mail server or
// a webhook is away its messages wait; attempts come at growing distances. What is refused for good, or waits too long, is
// given up, which is counted and shown, and can be tried again by a person. Called by Notifier, on its thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "notify/rows.h"
#include "store/state.h"

namespace vg::notify {

// Hands one message over. Code::denied: it will never be taken; Code::busy: not this one now; any other error: nothing can be
// handed over there now.
using Send = std::function<Status(const Message& message)>;

// What became of a message that has a matter: whoever it belongs to notes it in the transaction that marks it as sent or given up
// (`error` says why; empty: it was taken). An error of this takes nothing back: the message was sent.
using Settled = std::function<Status(store::Transaction& tx, const Message& message, const std::string& error, Time now)>;

struct OutboxOptions {
    Span keep_waiting = days(7);     // then it is given up
    Span keep_finished = days(30);   // then it is deleted
    Settled settled = {};
};

struct Delivered {
    std::int64_t sent = 0, failed = 0, given_up = 0;
};

// Before the next attempt: 10 s, doubled by each that failed, at most 10 minutes, and up to a fifth more by chance, so that
// many that failed together do not come back together.
Span pause_after(std::int64_t attempts, Random& random);

class Outbox {
public:
    Outbox(store::State& state, Random& random, OutboxOptions options) : state_(state), random_(random), options_(options) {}

    // One round: at most `limit` messages whose time has come. When a mail server or webhook is away, all that would go there
    // waits until its pause is over.
    Result<Delivered> deliver(const Send& send, Time now, std::size_t limit, const std::function<bool()>& stopping);
    // Gives up what waits too long, and deletes what was finished long ago; a bounded number at a time.
    Result<std::int64_t> tidy(Time now);

private:
    struct Hold {
        std::int64_t failures = 0;
        Time until;
    };
    Status note_sent(const Message& message, Time now);
    Status note_failure(const Message& message, bool is_final, const std::string& text, Time now);
    Status hold(const std::string& place, const Message& message, Time now);

    store::State& state_;
    Random& random_;
    const OutboxOptions options_;
    std::map<std::string, Hold> holds_;  // by where it goes: "mail", or the URL
};

}  // namespace vg::notify
