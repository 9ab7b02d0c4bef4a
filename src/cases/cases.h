// Cases as they stand in State: one organisation, one matter, many items, each with a state of its own, so that an answer is per item.
// Sightings (a row of a list, a finding, somebody's word) meet here; an item closes by the policy's evidence (verification.h) or by a named person's reason, and opens again when it is
// seen. Called by api and lists, inside a transaction of State; the caller has asked whether the actor may, and hands in the scope.
// Each change writes its entry of the timeline and its audit line in the same transaction.
//
//   case_file       one row for each case
//   case_item       its victims: one for each organisation, subject and family, for good: a relapse comes back to its own history
//   case_sighting   where an item was seen; case_absence: lists of its series and family that did not name it
//   case_evidence   removals that were told
//   case_entry      the timeline
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/result.h"
#include "cases/states.h"
#include "cases/verification.h"
#include "store/state.h"

namespace vg::cases {

struct CaseTag;
using CaseId = Id<CaseTag>;
struct ItemTag;
using ItemId = Id<ItemTag>;

store::Schema schema();

struct Case {
    CaseId id;
    std::int64_t number = 0;               // people cite it
    OrganisationId organisation;
    std::string matter;                    // what it is about: a series of lists, a rule, or free text; one open case each
    std::string title;
    std::string kind;                      // one of kIncidentKinds
    Stage stage = Stage::received;
    Time detected, opened;
    std::string opened_by, assigned;
    bool serious = false;                  // confirmed by a person
    std::string receipt;                   // of the coordinator: number and date of its paper
    std::optional<Time> closed;
    std::optional<CaseId> merged_into;     // the case that took it in (merging.h); it is closed then
    std::int64_t merged_into_number = 0;
    std::int64_t version = 1;
    // of its items
    std::int64_t items = 0, items_open = 0, items_closed = 0, relapses = 0;
};

// The ten kinds of Mẫu 05, TT 20/2017.
inline constexpr std::string_view kIncidentKinds[] = {"denial-of-service", "phishing", "malware", "unauthorised-access", "defacement", "encryption", "destruction", "espionage", "combined", "other"};

struct Item {
    ItemId id;
    CaseId of;
    OrganisationId organisation;
    std::string subject;                   // address, name or machine
    std::int64_t port = -1;                // source port seen from outside; -1: none
    std::string family, system;
    int level = 0;                         // of the system; 0: not known
    ItemState state = ItemState::open;
    Time first_seen, last_seen, opened;
    std::int64_t seen = 1, reminders = 0, relapses = 0;
    std::string answer, answer_text, answer_by;  // of the last answer
    std::optional<Time> answered, removed, excepted_until, closed;
    std::optional<Time> answer_until;      // of the last answer: until when it is an exception, since when it is not ours
    std::string returned;                  // why the coordinator returned the last answer; empty: it did not
    std::string closed_why, closed_by, closed_reason;
    std::int64_t version = 1;
};

struct Entry {
    std::int64_t number = 0;               // within the case, from 1
    Time time;
    std::string actor, kind, item, text;   // kind: "opened", "seen", "relapse", "answer", "evidence", "judged", "closed", "stage", "comment", "assigned", "paper"
};

// Something was seen. `ref` makes it count once: "list/ID", "finding/ID".
struct Sighting {
    OrganisationId organisation;
    std::string matter, title, kind = "malware";
    std::string subject, family, system;
    std::int64_t port = -1;
    int level = 0;
    Time seen;
    std::string ref;
    std::optional<Time> detected;          // when the organisation could know of it, from which its clocks run; none: when it was seen
};

enum class Placed : std::uint8_t {
    opened,    // a new case
    joined,    // a new item of an open case
    reminded,  // an item that is open already
    refuted,   // of an item of which removal was told: it was seen after it
    relapsed,  // of a closed one
    known,     // this very sighting, or one that is older than the removal
};
std::string_view name_of(Placed placed);
struct Place {
    Placed what = Placed::opened;
    CaseId of;
    ItemId item;
};
Result<Place> place(store::Transaction& tx, std::string_view actor, const Sighting& sighting, Random& random, Time now);
// Many at once, in their order; a Place for each.
Result<std::vector<Place>> place(store::Transaction& tx, std::string_view actor, std::span<const Sighting> sightings, Random& random, Time now);

// The directory was put right, and the item is somebody else's. It leaves with that reason; what was seen of it stays readable, and a
// later correction brings it back. False: there is no such item, it is closed, or something else than a list speaks for it.
struct Leaving {
    OrganisationId organisation;
    std::string subject, family, reason;
};
Result<bool> leave(store::Transaction& tx, std::string_view actor, const Leaving& leaving, Time now);

// A list of the matter was kept: what it does not name. `families` are those that it names at all, folded; items of others are not judged by it.
struct ListKept {
    std::string matter, list;
    Time period_from;
    std::vector<std::string> families;
};
// Notes the absence for each item of the matter that is not closed and has no sighting by "list/LIST"; how many.
Result<std::int64_t> note_absences(store::Transaction& tx, const ListKept& kept, Time now);

Result<Case> open(store::Transaction& tx, const access::Actor& actor, Case file, Random& random, Time now);
Result<Case> find(store::Transaction& tx, const access::Scope& scope, const CaseId& id);
struct Filter {
    std::optional<Stage> stage;
    std::optional<bool> open;
    bool overdue = false;                  // only open ones with a task or a clock of the law behind its end
    std::string assigned, text, kind;
    std::optional<OrganisationId> organisation;
    std::string need;                      // attention.h; empty: all
    Time now;                              // of `overdue` and the need "clocks"
};
// The newest number first.
Result<std::vector<Case>> list(store::Transaction& tx, const access::Scope& scope, const Filter& filter, std::optional<std::int64_t> below, std::size_t limit);
// Next stage. report-sent asks that no item is open any more; acknowledged for the receipt, and closes the case. `reason` stands in the timeline.
Result<Case> advance(store::Transaction& tx, const access::Actor& actor, const CaseId& id, Stage stage, std::string_view reason, std::string_view receipt, std::optional<std::int64_t> version, Time now);
Result<Case> assign(store::Transaction& tx, const access::Actor& actor, const CaseId& id, std::string_view to, std::optional<std::int64_t> version, Time now);
Result<Case> confirm_serious(store::Transaction& tx, const access::Actor& actor, const CaseId& id, bool serious, std::string_view reason, std::optional<std::int64_t> version, Time now);
Status comment(store::Transaction& tx, const access::Actor& actor, const CaseId& id, std::string_view text, Time now);
// An entry of the timeline about something that was done beside the case, such as a paper of it. Audited where it was done.
Status note(store::Transaction& tx, const access::Actor& actor, const CaseId& id, std::string_view kind, std::string_view text, Time now);
Result<std::vector<Entry>> timeline(store::Transaction& tx, const access::Scope& scope, const CaseId& id, std::int64_t after, std::size_t limit);

Result<Item> find_item(store::Transaction& tx, const access::Scope& scope, const ItemId& id);
// In the order of their ids: a case's, or of all cases those in `state`.
Result<std::vector<Item>> items(store::Transaction& tx, const access::Scope& scope, const std::optional<CaseId>& of, std::optional<ItemState> state, const std::string& after, std::size_t limit);

struct Answer {
    AnswerKind kind = AnswerKind::removed;
    std::string text;                      // of removed: may be empty; else why
    std::optional<Evidence> evidence;      // of removed
    std::optional<Time> until;             // of an exception: until when; of not-ours: since when
};
// The item as the answer makes it, and the answer tidied; the error says why it is none. Nothing is kept.
struct Answered {
    Item item;
    Answer answer;
};
Result<Answered> try_answer(const Item& item, const Answer& answer, std::string_view by, Time now);
Result<Item> answer(store::Transaction& tx, const access::Actor& actor, const ItemId& id, const Answer& answer, std::optional<std::int64_t> version, Time now);
// Of the last removal that was told.
Result<std::optional<Evidence>> last_evidence(store::Transaction& tx, const ItemId& id);
// The coordinator accepts or returns an answer; a returned one opens the item again.
Result<Item> judge(store::Transaction& tx, const access::Actor& actor, const ItemId& id, bool accept, std::string_view reason, std::optional<std::int64_t> version, Time now);
// What the policy says of the item now, by what stands in State and what was observed.
Result<Verdict> verdict(store::Transaction& tx, const Item& item, const Policy& policy, const std::optional<Observed>& observed, Time now);
// By the verdict, or by a person's reason when it is given.
Result<Item> close(store::Transaction& tx, const access::Actor& actor, const ItemId& id, const Policy& policy, const std::optional<Observed>& observed, std::string_view reason, std::optional<std::int64_t> version, Time now);

}  // namespace vg::cases
