// Verification: whether an item of which removal was told may be closed, by the closure policy, which is data
// (content/cases/closure.yaml). By default: evidence of the removal, and either the next list of the same series and family, whose period begins
// after the removal, does not name it; or for seven days the organisation's own logs, which cover all of them, show no contact to the
// family's control servers. What was not observed is never taken for 'no contact seen'. Pure.
//
//   const Verdict verdict = verify(policy, facts, now);
//   if (verdict.kind == Verdict::Kind::may_close) ...
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace vg::cases {

struct Policy {
    bool needs_tool = true, needs_hash = true, needs_rescan = true;  // who and when always
    bool list_absence = true;         // one absence from a later list is enough
    std::int64_t quiet_days = 7;      // 0: logs do not count
    double least_coverage = 1.0;      // share of that time in which the sources of the machine sent
    bool auto_close = false;          // what may be closed is closed by the system itself; else it proposes
};
// {evidence: [tool, hash, rescan], list_absence: true, quiet_days: 7, least_coverage: 1.0, auto_close: false}
Result<Policy> read_policy(std::string_view yaml);

enum class Rescan : std::uint8_t { none, clean, infected };

struct Evidence {
    Time removed;                     // when it was removed
    std::string by;                   // who says so
    std::string tool;
    std::string hash;                 // SHA-256 of what was removed; "-": there was no file, and the note says why
    Rescan rescan = Rescan::none;
    std::string note;
};

// A list of the same series that named the family, and whether it named the item.
struct LaterList {
    std::string list;                 // id
    Time period_from;                 // when its first victim was seen
    bool names_it = false;
};

// What the organisation's own logs show since the removal. None was looked at: nothing.
struct Observed {
    Time from, until;
    double coverage = 0;              // 0 to 1
    std::int64_t contacts = 0;
    std::optional<Time> last_contact;
    std::optional<Time> covered_from; // since when they cover enough of it until `until`; nothing: from `from` on, where `coverage` is enough
    std::string why_not;              // nobody could have seen it: "no-control-servers", "no-sources", "no-archive"
    std::int64_t of_unknown = 0;      // contacts by a machine that may be another, as behind NAT
    std::int64_t servers = 0;         // of the family, that were asked for
    std::vector<std::string> sources; // whose logs count
};

// Each whole hour from `from` on: whether the logs cover it.
struct Hours {
    Time from;
    std::vector<bool> covered;
};
// Fills in from, until, coverage and covered_from of what was looked at since the removal. Hours at the end that nothing covers yet are not
// counted for a day: logs come late.
void take_hours(Observed& observed, Time removed, const Hours& hours, const Policy& policy);

struct ItemFacts {
    std::optional<Evidence> evidence;  // the last one
    std::vector<LaterList> lists;
    std::optional<Observed> observed;
};

struct Reason {
    std::string code;                 // "rescan-missing", "absent-from-list"...
    std::string text;                 // in English
};

struct Verdict {
    enum class Kind : std::uint8_t {
        waits,           // nothing speaks against it, and it is too early
        may_close,
        refused,         // it was seen again after the removal, or the evidence says that it is not clean
        lacks_evidence,
        not_observable,  // time enough has passed, and nobody could have seen it
    };
    Kind kind = Kind::waits;
    std::vector<Reason> reasons;
    std::int64_t quiet_days = 0;      // full days without contact so far, of those that logs cover
};
std::string_view name_of(Verdict::Kind kind);

Verdict verify(const Policy& policy, const ItemFacts& facts, Time now);

}  // namespace vg::cases
