// Facts: what is said about organisations, with the dates between which it is true, the document that says so, who claimed it
// and who approved it. What was said is kept: a correction ends the old fact or withdraws it, and adds a new one.
//
// A change is planned first and written then, so that it can be shown, and asked of Attribution, before anything is kept:
//
//   const FactPlan plan = TRY(state.read([&](store::Transaction& tx) { return Facts::add(tx, actor, draft, now); }));
//   TRY(state.write([&](store::Transaction& tx) { return Facts::write(tx, actor, plan, now); }));
//
// Called by FactKeeper (fact_keeper.h), which does both; reading by api and lists from any thread. What is outside the scope is
// Code::not_found. Code::bad_input begins with "field NAME: ". Code::conflict: another version is stored, or the fact stands so
// that this cannot be done to it. Code::denied: one's own proposal.
#pragma once

#include <cstdint>
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
#include "directory/attribution.h"
#include "directory/settling.h"
#include "store/state.h"

namespace vg::directory {

enum class FactState : std::uint8_t { proposed, approved, refused };
std::string_view name_of(FactState state);
std::optional<FactState> fact_state_named(std::string_view name);

struct Fact {
    std::int64_t number = 0;                      // by which people cite it
    std::string kind;                             // fact_kinds.h
    OrganisationId organisation;
    std::string subject;                          // what it is about, made of the body: "203.0.113.0/24"
    std::string sort, search;                     // made of the body
    json::Value body;                             // canonical
    Time from;                                    // true from then on
    std::optional<Time> until;                    // and before then; none: until further notice
    std::string document;                         // that says so
    std::string claimed_by;
    Time claimed;
    std::string approved_by;                      // or refused by
    std::optional<Time> approved;
    FactState state = FactState::proposed;
    std::string reason;                           // why it was refused, ended or withdrawn
    std::optional<std::int64_t> replaces;         // the fact that ends, or is withdrawn, when this one is approved
    std::int64_t version = 1;
};

struct FactDraft {
    std::string kind;
    OrganisationId organisation;
    json::Value body;
    Time from;
    std::optional<Time> until;
    std::string document;
    std::optional<std::int64_t> replaces;
};

// One step of a plan: the fact as it will be, and as it was.
struct FactChange {
    Fact now;
    std::optional<Fact> before;                   // none: it is new
    std::string_view action;                      // "fact:add", "fact:propose", "fact:approve", "fact:refuse", "fact:end", "fact:withdraw"
};
using FactPlan = std::vector<FactChange>;

struct FactFilter {
    std::string kind;                             // empty: all
    std::optional<OrganisationId> organisation;
    std::optional<FactState> state;
    std::optional<Time> at;                       // true then
    std::string text;                             // within subject and names, folded
};
struct FactPage {
    std::vector<Fact> items;
    std::optional<std::string> next;
};

// An information system as lists and findings ask for it. Code and organisation name it.
struct SystemFact {
    std::int64_t number = 0;
    OrganisationId organisation;
    std::string code, name;
    std::optional<int> level;                     // 1 to 5
    std::optional<OrganisationId> owner, operator_, specialised;
    Time from;
    std::optional<Time> until;
};

class Facts {
public:
    // ---- planning: what the change would be. Nothing is kept ----

    // Approved at once when the actor may settle it (settling.h). The organisation, and those that the body names, are in scope and alive.
    static Result<FactPlan> add(store::Transaction& tx, const access::Actor& actor, const FactDraft& draft, Time now);
    // By whoever may settle it; one's own proposal only by an administrator. What it replaces ends where it begins; is withdrawn when that is not later.
    static Result<FactPlan> approve(store::Transaction& tx, const access::Actor& actor, std::int64_t number, std::optional<std::int64_t> version, Time now);
    static Result<FactPlan> refuse(store::Transaction& tx, const access::Actor& actor, std::int64_t number, std::string_view reason, std::optional<std::int64_t> version, Time now);
    // One's own proposal; what others proposed is not found.
    static Result<FactPlan> withdraw(store::Transaction& tx, const access::Actor& actor, std::int64_t number, std::string_view reason, std::optional<std::int64_t> version, Time now);
    // Of an approved fact: it was true before `until`, which may lie in the past or in the future. Not after it began: it is withdrawn.
    static Result<FactPlan> end(store::Transaction& tx, const access::Actor& actor, std::int64_t number, Time until, std::string_view reason, std::optional<std::int64_t> version, Time now);

    // A fact out of a draft whose organisations were looked at already; without a number.
    static Result<Fact> make(const access::Actor& actor, const Settling& settling, const FactDraft& draft, Time now);
    static void propose_only(Fact& fact);
    // What becomes of `old` when another fact, which is approved, begins at `from` in its place.
    static FactChange retire(const Fact& old, Time from, std::string reason);

    // ---- keeping ----

    // Code::conflict when a fact of the plan was changed since. The audit lines stand in the same transaction: one a change, or,
    // of more than kMostLines of one organisation, one that names them all.
    static Status write(store::Transaction& tx, const access::Actor& actor, std::span<const FactChange> plan, Time now);
    static constexpr std::size_t kMostLines = 10;

    // ---- reading ----

    static Result<Fact> find(store::Transaction& tx, const access::Scope& scope, std::int64_t number);
    // In the order of kind, subject and number; at most 1,000 a page.
    static Result<FactPage> list(store::Transaction& tx, const access::Scope& scope, const FactFilter& filter, const std::optional<std::string>& after, std::size_t limit);
    // All of one kind that were ever approved, by number; `after` and at most `limit`.
    static Result<std::vector<Fact>> approved(store::Transaction& tx, std::string_view kind, std::int64_t after, std::size_t limit);
    // Those that stand (proposed or approved) about the same thing of the same organisation.
    static Result<std::vector<Fact>> standing(store::Transaction& tx, std::string_view kind, const OrganisationId& organisation, std::string_view sort, std::string_view subject);
    // Approved ones. `at`: those true then; none: all that ever were.
    static Result<std::vector<SystemFact>> systems(store::Transaction& tx, const access::Scope& scope, std::optional<Time> at);
    static Result<std::int64_t> next_number(store::Transaction& tx);
};

// The claim that an approved range is. Its texts are the fact's.
Result<Claim> claim_of(const Fact& range);

}  // namespace vg::directory
