// Calls for help: a case whose organisation cannot handle it alone goes to the national centre for responding to incidents or for monitoring
// (clause 3 of the letter). Whom to reach is asked of regime (who holds the role today) and of the directory (its contacts that are valid
// today); what was called, written and answered is kept, and a timer says when to chase. A person calls; the program reminds.
// Called by api inside a transaction of State; each change writes its audit line and an entry of the case's timeline.
//
//   escalation        one row for each call for help (schema() of papers.h)
//   escalation_entry  each call, mail, answer and note
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "cases/cases.h"
#include "regime/regime.h"
#include "reports/papers.h"
#include "store/state.h"

namespace vg::reports {

struct EscalationTag;
using EscalationId = Id<EscalationTag>;

// What help is for, and the role that gives it.
enum class Purpose : std::uint8_t { response, monitoring };  // ứng cứu sự cố; giám sát, cảnh báo sớm
std::string_view name_of(Purpose purpose);
std::optional<Purpose> purpose_named(std::string_view name);
std::string_view role_of(Purpose purpose);  // "national-coordinator"

struct Reachable {
    OrganisationId organisation;
    std::int64_t fact = 0;               // number of the directory's fact
    std::string purpose, channel, value, person, hours, last_tried, document;
    Time from;
};
struct Whom {
    std::string role, name, name_vi;     // who holds the role at that time; empty: nobody is known
    std::vector<Reachable> contacts;     // of organisations of that name, valid then: incident and duty first, phones first
};
// Published contacts of the authority alone, so that everybody who works on a case may see them.
Result<Whom> whom_to_reach(store::Transaction& tx, const regime::Regime& law, Purpose purpose, Time at);

enum class EscalationState : std::uint8_t { waiting, answered, closed };
std::string_view name_of(EscalationState state);
std::optional<EscalationState> escalation_state_named(std::string_view name);

struct Escalation {
    EscalationId id;
    std::int64_t number = 0;
    cases::CaseId of;
    OrganisationId organisation;
    Purpose purpose = Purpose::response;
    std::string role, authority;         // who held the role when it was opened
    std::string reason;
    std::optional<PaperId> paper;        // the initial report that goes with it
    EscalationState state = EscalationState::waiting;
    Time opened;
    std::string opened_by;
    Span chase_every = minutes(30);
    std::optional<Time> chase;           // when to ask again; none: it was answered or closed
    std::optional<Time> answered, closed;
    std::int64_t version = 1;
};

struct EscalationEntry {
    std::int64_t number = 0;
    Time time, noted;
    std::string actor, kind;             // "call", "mail", "answer", "note", "closed"
    std::string reached, person, text;   // the number or address; who spoke
};

Result<Escalation> escalate(store::Transaction& tx, const access::Actor& actor, Escalation wanted, const regime::Regime& law, Random& random, Time now);
Result<Escalation> find_escalation(store::Transaction& tx, const access::Scope& scope, const EscalationId& id);
struct EscalationFilter {
    std::optional<cases::CaseId> of;
    std::optional<EscalationState> state;
};
// The newest number first.
Result<std::vector<Escalation>> list_escalations(store::Transaction& tx, const access::Scope& scope, const EscalationFilter& filter, std::optional<std::int64_t> below, std::size_t limit);
Result<std::vector<EscalationEntry>> escalation_log(store::Transaction& tx, const EscalationId& id);
// A call or mail without an answer moves the timer on; an answer stops it.
Result<Escalation> log_entry(store::Transaction& tx, const access::Actor& actor, const EscalationId& id, EscalationEntry entry, std::optional<std::int64_t> version, Time now);
Result<Escalation> close_escalation(store::Transaction& tx, const access::Actor& actor, const EscalationId& id, std::string_view reason, std::optional<std::int64_t> version, Time now);

// One HTML page without anything from elsewhere: to be printed beforehand, and read without a network.
struct SheetLine {
    Purpose purpose = Purpose::response;
    Whom whom;
};
std::string call_sheet(const std::vector<SheetLine>& lines, const std::optional<Escalation>& of, const std::optional<cases::Case>& file, std::string_view mail_subject, std::string_view made_by, Time now);

}  // namespace vg::reports
