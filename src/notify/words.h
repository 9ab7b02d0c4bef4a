// What a message says: Vietnamese first, then English; title, level, organisation, time, count and a link, and nothing of
// whom or what a finding is about, for mail passes through many hands. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "notify/rows.h"

namespace vg::notify {

// One thing that a message tells. kind: "new", "reopened", "repeated" (again within the dedupe window), "escalated", "test".
struct Telling {
    std::string kind;
    std::string finding;       // id
    std::string title, title_vi, level, state, organisation;  // title_vi: may be empty; organisation: its name
    std::int64_t count = 0;    // of its events
    std::int64_t suppressed = 0;
    Time first_seen, last_seen;
};

// The most that one message lists; of the others it says how many they are.
inline constexpr std::size_t kMostListed = 50;

struct Story {
    std::string rule;                 // name
    std::vector<Telling> tellings;    // the worst first, at most kMostListed
    std::int64_t all = 0;             // how many there are, listed or not
    std::int64_t after_minutes = 0;   // of an escalation
    std::string console;              // "https://vonggac.don-vi.example", empty: no links
    std::string zone;
};

// Titles and names come from rules and people: on one line, and bounded.
std::string one_line(std::string_view text);

std::string subject_of(const Story& story);
std::string mail_text(const Story& story);
// The body of a webhook; docs/notifications.md has an example.
std::string webhook_body(const Story& story, const MessageId& id, Time now);

}  // namespace vg::notify
