// The worklist: who stands on the lists, the most pressing first, with each reason; and what changed from one list of a series to the
// next. A hit is one for each series, organisation, victim and family; rows that belong to nobody are no hits.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/access.h"
#include "lists/lists.h"

namespace vg::lists {

// new: for the first time on the newest list of its series. persistent: on it and on the one before. relapsed: on it, not on the one
// before, but on an earlier one. gone: on an earlier list only.
enum class HitState : std::uint8_t { new_, persistent, gone, relapsed };
std::string_view name_of(HitState state);
std::optional<HitState> hit_state_named(std::string_view name);

struct Hit {
    std::string id;                  // 32 hex digits
    std::string series;
    OrganisationId organisation;
    std::string subject, family, province, system;
    int level = 0;                   // of the system; 0: not known
    int severity = 0;                // as the list says it, 1 (low) to 4 (critical); 0: it does not
    std::int64_t fact = 0;
    HitState state = HitState::new_;
    std::int64_t times = 0;          // lists of the series that name it
    std::int64_t relapses = 0;
    Time first_seen, last_seen;
    ListId first_list, last_list;
    bool listed = false;             // on the newest list of its series
};

// Why it stands where it stands, as {reason, value}, in the order of the worklist: "listed", "level", "relapses", "since", "severity".
std::vector<std::pair<std::string, std::string>> reasons_of(const Hit& hit, Time now);

struct HitFilter {
    std::optional<HitState> state;
    std::optional<ListId> list;
    std::optional<std::string> series;
};
// On the newest list of its series, level (the highest first), relapsed or not, age (the oldest first), severity.
struct HitPlace {
    bool listed = true;
    std::int64_t rank = INT64_MIN, day = 0, weight = 0;
    std::string id;
};
HitPlace place_of(const Hit& hit);
Result<std::vector<Hit>> hits(store::Transaction& tx, const access::Scope& scope, const HitFilter& filter, const HitPlace& after, std::size_t limit);

// 0 to 4 of what a list calls serious ("critical", "nghiêm trọng", "cao", "medium"...).
int severity_of(std::string_view text);

// ---- for keep() and recover() ----

// Puts the rows of the list into the worklist of its series, as the one behind `previous`.
// `placed` is told how many of its victims are.
Status place_hits(store::State& state, const List& list, const std::optional<ListId>& previous, const std::function<Status(std::int64_t placed)>& placed = {});
// Makes the worklist of a series anew from its lists.
Status rebuild_hits(store::State& state, std::string_view series);

// ---- from one list to the next ----

struct Changed {
    std::int64_t new_ = 0, persistent = 0, gone = 0, relapsed = 0;
};
struct Difference {
    List list;
    std::optional<List> with;        // none: the first of its series
    bool shows_with = true;          // false: it has no row that the reader sees, so for him there is no such list
    Changed all;
    std::map<std::string, Changed> organisations;  // by id; "" of nobody, a gap or a conflict
    std::map<std::string, Changed> families, provinces;
    struct Point {
        List list;
        std::int64_t victims = 0;
    };
    std::vector<Point> trend;        // of the series up to the list, the oldest first, at most 24
};
// Against `with`, or the one before it in its series.
Result<Difference> difference(store::Transaction& tx, const access::Scope& scope, const ListId& id, const std::optional<ListId>& with);

}  // namespace vg::lists
