// Findings: what the matches amount to. One finding per (organisation, rule, entity) while it is open: it grows with each
// further match. Called by the pipeline (record) inside its batch transaction, and by api for people's actions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/access.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/result.h"
#include "detect/kinds/indicator/set.h"
#include "detect/match.h"
#include "event/event.h"
#include "event/record.h"
#include "store/state.h"

namespace vg::findings {

struct FindingTag;
using FindingId = Id<FindingTag>;

enum class State : std::uint8_t { new_, acknowledged, closed };
std::string_view name_of(State state);
std::optional<State> state_named(std::string_view name);

// What the person who closed a finding made of it. `unsaid`: nothing was said; `undecided`: it was said that nobody knows.
enum class Verdict : std::uint8_t { unsaid, attack, false_alarm, undecided };
std::string_view name_of(Verdict verdict);  // "", "attack", "false-alarm", "undecided"
std::optional<Verdict> verdict_named(std::string_view name);

// Who or what a finding is about, chosen from the event: the host, else the user, else the source address, else the
// source of the record. "host:ws01", "user:CORP\\an", "ip:192.0.2.7", "source:UUID". Host names are folded to lower case.
// At most 255 bytes of UTF-8 without NUL; a longer one is cut and ends with "#" and 16 digits of its hash. Any thread.
std::string entity_of(const event::Event& event, const SourceId& source);

// The same for a hit of an indicator, whose other side is the one that matters: of what contacts it the machine, by its log or
// else its address; of what it contacts the address that let it in, and the source itself when it was refused, so that a
// scan of a whole network is one finding.
std::string entity_of(const event::Event& event, const detect::indicator::Hit& hit, const SourceId& source);

// The same for a group of a correlation: fields of group-by and their values. What a field is about goes by its name, or by
// its value when that is an address: "host:ws01", "user:an", "ip:192.0.2.7", "bucket=x"; several stand with a space between.
// Without a field it is everything that the organisation sends: "organisation:UUID".
std::string entity_of(std::span<const std::pair<std::string_view, std::string>> group, const OrganisationId& organisation);

// One match as the pipeline hands it over; owns its strings, so that it can cross threads.
struct Sighting {
    event::EventId event;
    SourceId source;
    OrganisationId organisation;
    Time occurred;
    Time received;
    std::string entity;
    const detect::RuleInfo* rule = nullptr;
    json::Value matched;  // {"Image": "C:\\..."}
    std::string hunt = {};  // the id of the hunt that found it in the archive; empty: detection, when the event came
    Time found = {};        // by a hunt: when
};

// What record() touched, for those who follow along.
struct Touched {
    FindingId id;
    OrganisationId organisation;
    std::string level;
    bool is_new = false;
    bool of_indicator = false;   // its rule is of the kind "indicator"
};

struct EventRef {
    event::EventId id;
    Time occurred;
};

struct Finding {
    FindingId id;
    OrganisationId organisation;
    std::string rule_id, rule_title, rule_title_vi, rule_author, rule_kind, level;  // as the rule said at the last match
    std::vector<std::string> tags;
    std::string entity;
    State state = State::new_;
    std::int64_t count = 0;
    Time first_seen, last_seen;      // occurred times, taken as at most 5 minutes after received
    Time created, updated;           // received times, so that a replay gives the same; of what a hunt found, when it did
    int score = 0;                   // 0 to 100
    std::string event_hash;          // hex; hash = SHA-256(hex of the hash before, empty at first, then the event's id)
    json::Value matched;             // of the first sighting
    std::optional<Time> muted_until;
    std::string mute_reason;
    std::string close_reason;
    Verdict verdict = Verdict::unsaid;  // of a closed one
    std::string assignee;
    std::int64_t version = 1;        // for If-Match; counts what people did, not the matches
    std::int64_t retrospective = 0;  // of `count`: events that hunts found in the archive, after they had come
    std::optional<FindingId> previous;  // the one of the same organisation, rule and entity that was closed before
};

// 0 to 100, from the level (informational 5, low 20, medium 40, high 60, critical 80) and from repetition: 4 for each
// doubling of the count, at most 20.
int score_of(std::string_view level, std::int64_t count);

struct Filter {
    std::optional<State> state;
    std::optional<std::string> level;
    std::optional<std::string> rule;
    std::optional<std::string> entity;
    std::optional<OrganisationId> organisation;
    std::optional<Time> since;       // last seen at or after
    std::optional<std::string> assignee;
    std::optional<bool> muted;
    std::optional<bool> retrospective;  // hunts found some of it, or none
    Time now;                        // with muted: a mute that ended before is none. The epoch: every mute counts.
};

struct Page {
    std::vector<Finding> items;
    std::optional<std::string> next;  // cursor: hand it in as `after`
};

// By what findings can be counted together.
enum class Grouping : std::uint8_t { rule, entity, organisation, level, assignee };
std::optional<Grouping> grouping_named(std::string_view name);

struct Group {
    std::string value;           // rule id, entity, organisation id, level or account name; empty: nobody
    std::string title, title_vi; // of a rule; else empty. title_vi: of one of its findings
    std::string level;           // the worst of them
    std::string example;         // the id of one of them
    std::int64_t findings = 0, events = 0;
    Time last_seen;
};

// What people did to a finding, from the audit chain.
struct Deed {
    Time time;
    std::string actor, action;
    json::Value details;         // before, after, reason
};

store::Schema schema();

class Book {
public:
    // Records the sightings of one batch, in journal order; how they are cut into batches makes no difference. Same-or-new,
    // counts, references, hash and score. While a finding is new or acknowledged, muted or not, further matches make it
    // grow; after it was closed the next match makes a new one. What a finding says about its rule is of the last match.
    // The ids of new findings are derived from (journal, position, rule), so that a replay gives the same ids.
    // Nothing here remembers what was recorded: the caller stores its position in the same transaction.
    static Status record(store::Transaction& tx, std::span<const Sighting> sightings);
    // The same, and says which findings were touched.
    static Result<std::vector<Touched>> record_and_tell(store::Transaction& tx, std::span<const Sighting> sightings);

    static Result<Page> list(store::Transaction& tx, const access::Scope& scope, const Filter& filter,
                             const std::optional<std::string>& after, std::size_t limit);
    static Result<Finding> find(store::Transaction& tx, const access::Scope& scope, const FindingId& id);
    // The first and last 100 events, oldest first.
    static Result<std::vector<EventRef>> events(store::Transaction& tx, const access::Scope& scope, const FindingId& id);
    static Result<std::int64_t> count(store::Transaction& tx, const access::Scope& scope, const Filter& filter);

    // The groups with the worst level first, among these the largest; at most `limit`.
    static Result<std::vector<Group>> groups(store::Transaction& tx, const access::Scope& scope, const Filter& filter, Grouping by, std::size_t limit);
    // Newest first, at most 200.
    static Result<std::vector<Deed>> history(store::Transaction& tx, const access::Scope& scope, const FindingId& id);

    // People's actions; each writes its audit line in the same transaction. What is outside the actor's scope is
    // Code::not_found; whether the actor may act at all was asked by the caller. Code::conflict when `version` is not the
    // stored one, or the state does not allow the action. A reason has 3 to 500 characters.
    static Status acknowledge(store::Transaction& tx, const access::Actor& actor, const FindingId& id, std::optional<std::int64_t> version, Time now);
    static Status close(store::Transaction& tx, const access::Actor& actor, const FindingId& id, std::string_view reason, std::optional<std::int64_t> version, Time now,
                        Verdict verdict = Verdict::unsaid);
    // New again, as long as it is no more than acknowledged.
    static Status unacknowledge(store::Transaction& tx, const access::Actor& actor, const FindingId& id, std::optional<std::int64_t> version, Time now);
    // New again; not while a newer finding of the same organisation, rule and entity is open.
    static Status reopen(store::Transaction& tx, const access::Actor& actor, const FindingId& id, std::string_view reason, std::optional<std::int64_t> version, Time now);
    // Not of a closed one. `until` is at most 365 days ahead. Matches go on being counted.
    static Status mute(store::Transaction& tx, const access::Actor& actor, const FindingId& id, std::string_view reason, Time until, std::optional<std::int64_t> version, Time now);
    static Status unmute(store::Transaction& tx, const access::Actor& actor, const FindingId& id, std::optional<std::int64_t> version, Time now);
    // `assignee`: the name of an account, which the caller has looked up; empty gives it back to nobody.
    static Status assign(store::Transaction& tx, const access::Actor& actor, const FindingId& id, std::string_view assignee, std::optional<std::int64_t> version, Time now);
};

}  // namespace vg::findings
