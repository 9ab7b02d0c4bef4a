// Rules of notification: who is told of which findings, when, and whom else when nobody acknowledges. A rule belongs to an
// organisation and speaks of its findings and of those below it. The members in JSON are those of the API. Pure but for the
// rows (rows.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/result.h"
#include "findings/book.h"

namespace vg::notify {

struct RuleTag;
using RuleId = Id<RuleTag>;

struct Recipients {
    std::vector<std::string> mail;      // addresses, at most 20
    std::vector<std::string> webhooks;  // URLs, at most 5; sealed (rows.h) where State holds secrets sealed
    [[nodiscard]] bool empty() const { return mail.empty() && webhooks.empty(); }
};

// Hours in which nothing is sent; what is held is sent as one message when they end. When `until` is not after `from` they
// go on into the next day; when both are the same they last a whole day.
struct QuietHours {
    std::uint8_t days = 0;              // bit 0: Monday ... bit 6: Sunday; the day on which they begin. 0: never
    int from = 0, until = 0;            // minutes of the day in the rule's zone
    bool critical_breaks = true;        // critical findings are told all the same
};

struct Escalation {
    Span after;                         // without acknowledgement
    Recipients to;
};

struct Rule {
    RuleId id;
    OrganisationId organisation;
    std::string name;
    bool enabled = true;
    Recipients to;
    std::string level = "high";         // at least
    std::vector<std::string> rules;     // ids of detection rules; empty: all
    std::vector<std::string> tags;      // any of them, "attack.t1059" stands for "attack.t1059.001" too; empty: all
    bool on_new = true, on_reopened = true;  // of findings
    bool on_case = false;               // what happens to cases (server/case_teller.h)
    bool below = true;                  // findings of the organisations below it too
    QuietHours quiet;
    std::string zone = "Asia/Ho_Chi_Minh";
    Span dedupe = minutes(60);          // the same rule and entity is not told again within it; 0: always told
    std::optional<Escalation> escalation;
    std::string secret;                 // signs webhooks; 64 hex digits, sealed
    Time created;
    std::int64_t version = 1;
};

// 0 informational to 4 critical; -1: no level.
int rank_of(std::string_view level);

// Puts the members that `body` has over the rule. Code::bad_input "field NAME: ...". The schema of the API has checked types.
Status apply(Rule& rule, const json::Value& body);
// The same of what settings_of() gave, where the URLs of webhooks may be sealed.
Status restore(Rule& rule, const json::Value& settings);
// What is stored: everything but id, organisation, name, enabled, secret, created and version.
json::Value settings_of(const Rule& rule);

// Whether the rule speaks of such a finding; whose organisations it speaks of was asked before.
bool matches(const Rule& rule, const findings::Finding& finding, bool reopened);

// When the quiet hours that hold at `now` are over, with those that follow at once; nothing when none hold.
std::optional<Time> quiet_until(const QuietHours& quiet, std::string_view zone, Time now);

// "https://hooks.example/…": the rest of such a URL is often a secret. Of one that is sealed, too.
std::string shown_url(std::string_view url);
// Whether it is one as State holds it, "https://hooks.example/… sealed1:...": what may be shown, and all of it sealed.
bool is_sealed_url(std::string_view url);

}  // namespace vg::notify
