// What watches cases by itself, as it stands in State: findings of indicators that may be of a victim, and for each victim whose removal
// was told what was made of it last, and whether closing it is proposed. Called by server's CaseWatch (look), by the pipeline and by hunts
// (note_findings, in the transaction that records the findings), and by api (watched_of). Everything may be done twice: a finding counts once a
// day for an item, and a proposal stands until the item is no longer removed or speaks against it.
//
//   case_news    findings that are still to be looked at
//   case_watch   one row for each item of which removal was told
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cases/cases.h"
#include "findings/book.h"

namespace vg::cases {

// Stands behind schema(): it adds an index to its tables.
store::Schema watch_schema();

inline constexpr std::string_view kWatcher = "system";  // the actor's name

// Notes what a hit of an indicator touched. Costs nothing while there is no item.
Status note_findings(store::Transaction& tx, const std::vector<findings::Touched>& touched, Time now);

// What was told to cases.
struct NewsTaken {
    std::int64_t findings = 0;   // that were looked at
    std::int64_t reminded = 0, refuted = 0, relapsed = 0;
    [[nodiscard]] std::int64_t told() const { return reminded + refuted + relapsed; }
};
// At most `limit` findings: a machine of ours that contacts a control server is a sighting of the organisation's item with that subject and
// family. An address inside is one of the item with a public address where the organisation has one such item of the family alone.
Result<NewsTaken> take_news(store::Transaction& tx, std::size_t limit, Random& random, Time now);

struct Watch {
    Time looked, removed;            // removed: of the removal that was looked at
    std::string verdict, reason;     // name_of(Verdict::Kind), and why
    std::int64_t quiet_days = 0;
    std::optional<Time> proposed;    // since when closing is proposed
    std::optional<double> coverage;  // of the logs; nothing: none was looked at
    std::optional<Time> until, last_contact;
    std::string why_not;             // see Observed
};
// Of those items that are removed, by id.
Result<std::map<std::string, Watch>> watched_of(store::Transaction& tx, const std::vector<Item>& items);

// Items to be looked at: removal was told, and nobody looked since `before`, or a list came since. Those that wait longest first.
Result<std::vector<Item>> to_watch(store::Transaction& tx, Time before, std::size_t limit);

enum class Watched : std::uint8_t { same, proposed, withdrawn, refused, closed, reopened, gone };
// Works out the verdict and keeps it. A verdict that turned to may-close proposes to close (with Policy::auto_close, closes); one that turned to
// refused says why; a contact that logs show opens the item again.
Result<Watched> note_watched(store::Transaction& tx, const ItemId& id, const Policy& policy, const std::optional<Observed>& observed, Random& random, Time now);

// Exceptions whose day has come are open again. How many, at most `limit`.
Result<std::int64_t> end_exceptions(store::Transaction& tx, std::size_t limit, Time now);

}  // namespace vg::cases
