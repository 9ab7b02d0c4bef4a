// The deadlines of cases as they stand in State: worked out by the law's clocks (regime), moved by a person with a reason, done by a document,
// and who was reminded of which when. Called by api (people) and by server's reminders; the caller has asked whether the actor may.
//
//   case_circumstance  what a person says of a case that decides which clocks run: "bank", "beyond-own-capacity"...
//   case_clock         one row for each clock that has an end
//   case_reminder      who was told of it, and when
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cases/cases.h"
#include "regime/regime.h"

namespace vg::cases {

// When people are reminded (content/cases/reminders.yaml): {before: [50%, 24h, 4h], overdue: 24h, overdue_most: 7}.
struct ReminderPolicy {
    struct Before {
        std::string name;              // "50%", "24h"
        int percent = 0;               // of the time between start and end; 0: `span` before the end
        Span span{};
    };
    std::vector<Before> before;        // in the order in which they come is not needed
    Span overdue = hours(24);          // again so long after each other, from the end on
    std::int64_t overdue_most = 7;
};
Result<ReminderPolicy> read_reminders(std::string_view yaml);

// Which reminder is due now: "50%", "24h", "overdue-0" (the end has come), "overdue-1"... Nothing: none yet. Of those that were missed only the
// last one. A clock that ends at once is overdue from its start on. Pure.
std::optional<std::string> reminder_at(const ReminderPolicy& policy, Time start, Time due, Time now);
// When the next one after `now` comes.
std::optional<Time> next_reminder(const ReminderPolicy& policy, Time start, Time due, Time now);

struct CaseClock {
    CaseId of;
    OrganisationId organisation;
    std::string clock;                 // id: "vn-2017-notice"
    Time start, strict, due;           // due: where a person moved it, else strict
    bool immediately = false;
    std::string moved_by, moved_reason;
    std::optional<Time> moved;
    std::optional<Time> done;          // when the document was sent
    std::string done_by, document;
};
struct Reminded {
    std::string clock, stage, to;      // to: addresses, or empty where nobody is there to be told
    Time told, due;
};

// The facts of a case by which the law's clocks run: detection, the end of the handling (wrapping-up), seriousness and circumstances.
Result<regime::Facts> facts_of(store::Transaction& tx, const Case& file);
// Replaces what is said of the case. Code::bad_input: no clock knows one of them.
Status say_circumstances(store::Transaction& tx, const access::Actor& actor, const CaseId& id, const std::set<std::string, std::less<>>& names, const regime::Regime& regime, const ReminderPolicy& policy, Time now);

// Brings the rows of the case up to date. What was moved or done stays.
Status renew_clocks(store::Transaction& tx, const Case& file, const regime::Regime& regime, const ReminderPolicy& policy, Time now);
// The next `limit` cases behind `after` (an id) that are open, or closed since `since`; the id of the last one, or nothing when that was the end.
Result<std::optional<std::string>> renew_all(store::Transaction& tx, const std::string& after, std::size_t limit, Time since, const regime::Regime& regime, const ReminderPolicy& policy, Time now);

// A person's other end with a reason; nothing: the law's again.
Status move_clock(store::Transaction& tx, const access::Actor& actor, const CaseId& id, std::string_view clock, std::optional<Time> due, std::string_view reason, const ReminderPolicy& policy, Time now);
// The document that satisfies it was sent at that time. Papers say so themselves; else a person does.
Status finish_clock(store::Transaction& tx, const access::Actor& actor, const CaseId& id, std::string_view clock, std::string_view document, Time sent, Time now);

Result<std::vector<CaseClock>> clocks_of(store::Transaction& tx, const CaseId& id);
Result<std::vector<Reminded>> reminded_of(store::Transaction& tx, const CaseId& id);
// Not done, in the order of their ends: those that end before `until`.
Result<std::vector<CaseClock>> clocks_until(store::Transaction& tx, const access::Scope& scope, Time until, std::size_t limit);
Result<std::pair<std::int64_t, std::int64_t>> count_clocks(store::Transaction& tx, const access::Scope& scope, Time now, Time until);  // overdue, and ending in between

// Of which somebody has to be reminded now.
Result<std::vector<CaseClock>> to_remind(store::Transaction& tx, Time now, std::size_t limit);
Status note_reminded(store::Transaction& tx, const CaseClock& clock, std::string_view stage, std::string_view to, const ReminderPolicy& policy, Time now);

}  // namespace vg::cases
