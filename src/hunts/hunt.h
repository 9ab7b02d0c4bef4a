// Hunts as they stand in State: what is asked of the whole archive, for whom, how far it came and what was found. runner.h
// works them off. Called by api (people), by imports of indicators and by the runner; the caller has asked whether the actor
// may, and hands in the scope.
//
//   hunt        one row for each hunt
//   hunt_value  the indicators that one asks for, until some time after it has ended
//   hunt_hit    events that hunts put into findings, so that none counts twice
//   hunt_carried  what a hunt of patterns that ask for several observations has seen so far of them
#pragma once

#include <cstdint>
#include <functional>
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
#include "detect/kinds/indicator/table.h"
#include "event/record.h"
#include "store/state.h"

namespace vg::hunts {

namespace indicator = detect::indicator;

struct HuntTag;
using HuntId = Id<HuntTag>;

// collecting: values are still being added. failed: it can be resumed when what failed is well again.
enum class State : std::uint8_t { collecting, queued, running, paused, done, failed, stopped };
std::string_view name_of(State state);
std::optional<State> state_named(std::string_view name);

enum class What : std::uint8_t { indicators, rules };
std::string_view name_of(What what);
// Who asked: a person, or the node itself because a list or rules are new.
enum class Origin : std::uint8_t { person, list, rules };
std::string_view name_of(Origin origin);

struct Hunt {
    HuntId id;
    OrganisationId organisation;     // its events and those of the ones below it; nil: the whole node
    std::string name;                // of the list or file, or as the person says
    What what = What::indicators;
    Origin origin = Origin::person;
    std::string by;                  // the actor
    State state = State::queued;
    std::string reason;              // why it failed
    Time from, until;                // occurred: from <= t < until
    event::Position before;          // the journal's end when it was asked: what comes later, live detection sees
    event::Position below;           // everything from here on is done
    bool records = true;             // hits become findings; else they are only counted
    std::int64_t values = 0;         // indicators or rules
    std::int64_t parts_done = 0, parts_total = 0;  // segments of the archive, and its tail
    std::int64_t parts_read = 0;     // of these, where something had to be looked at event by event
    std::int64_t events = 0;         // of the parts that are done
    std::int64_t events_read = 0;
    std::int64_t hits = 0;           // event and indicator or rule, each once
    std::int64_t known = 0;          // of these, that a finding had already
    std::int64_t findings = 0;       // new ones
    Span worked{};                   // time taken, without pauses
    Time created;
    std::optional<Time> started, ended;
    json::Value asked;               // of rules: their texts
    json::Value answer;              // what was covered and what not
    std::string carried;             // bytes of Asker::carry() at `below`; written by save(), read by carried() alone
};

// A value that is asked for. `said` nothing: what the node's lists say about it when the hunt begins.
struct AskedValue {
    indicator::Value value;
    std::optional<indicator::Attribution> said;
};

inline constexpr std::int64_t kMostValues = 2'000'000;   // of one hunt
inline constexpr std::int64_t kMostWaiting = 1'000;      // hunts that have not ended
inline constexpr std::size_t kMostKept = 2'000;          // hunts; the oldest that have ended go first

store::Schema schema();

// Makes it, and its line in the audit chain. Code::busy: too many wait.
Status add(store::Transaction& tx, const Hunt& hunt);
// More values for one that is collecting; what is there already stays. Code::too_large: more than kMostValues.
Status add_values(store::Transaction& tx, const HuntId& id, std::span<const AskedValue> values);
// The values are complete: it waits for its turn.
Status close_values(store::Transaction& tx, const HuntId& id, event::Position before);

// Newest first; `after` is the id of the last one before.
Result<std::vector<Hunt>> list(store::Transaction& tx, const access::Scope& scope, const std::optional<State>& state, const std::optional<std::string>& after, std::size_t limit);
Result<Hunt> find(store::Transaction& tx, const access::Scope& scope, const HuntId& id);

enum class Deed : std::uint8_t { pause, resume, stop };
std::string_view name_of(Deed deed);
// By a person, with the audit line. Code::conflict when its state does not allow it.
Result<Hunt> change(store::Transaction& tx, const access::Actor& actor, const HuntId& id, Deed deed, Time now);

// ---- for what is asked by itself ----

// Values of a list that are new. They join a hunt of that list that is still collecting, or begin one for the last `days`.
struct NewValues {
    std::string list;
    std::string by;
    int days = 90;           // 0: nothing is asked
    bool last = true;        // no more values come: it may begin
    event::Position before;
};
Result<std::optional<HuntId>> note_new(store::Transaction& tx, const NewValues& about, std::span<const indicator::Value> fresh, Random& random, Time now);

// ---- for the runner ----

// The one that is running, else the one that waits longest. One that has been collecting for an hour gets nothing more.
Result<std::optional<Hunt>> next(store::Transaction& tx, Time now);
// Pages of values, in the order of kind and value.
Result<std::vector<AskedValue>> values(store::Transaction& tx, const HuntId& id, const std::optional<indicator::Value>& after, std::size_t limit);
// Numbers, position, state and answer as they are in `hunt`. False: somebody paused or stopped it meanwhile, nothing was changed.
Result<bool> save(store::Transaction& tx, const Hunt& hunt);
// What was carried when the hunt was saved last; empty: nothing.
Result<std::string> carried(store::Transaction& tx, const HuntId& id);
// True: no hunt put that into a finding before.
Result<bool> note_hit(store::Transaction& tx, event::Position position, std::string_view what);
// Hits in events that the archive has no more, and the oldest ended hunts go.
Status tidy(store::Transaction& tx, event::Position archive_begin);
// Values of hunts that have ended go, some at a time, so that nobody waits for State meanwhile. False: none are left.
Result<bool> forget_some_values(store::Transaction& tx);

}  // namespace vg::hunts
