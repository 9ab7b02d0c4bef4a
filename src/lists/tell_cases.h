// What a kept list means for cases: each victim of ours is a sighting in the case of its organisation and series, and whoever the list
// does not name, although it names the family, is noted as absent. Telling it twice changes nothing. Called by api when a list was kept
// and when its rows were attributed anew.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/record.h"
#include "lists/lists.h"

namespace vg::lists {

struct CasesTold {
    std::int64_t opened = 0;    // new cases, with their first item
    std::int64_t joined = 0;    // new items of open cases
    std::int64_t reminded = 0;  // items that were open already
    std::int64_t refuted = 0;   // of which removal was told, and which were seen after it
    std::int64_t relapsed = 0;  // that were closed
    std::int64_t known = 0;     // that changed nothing
    std::int64_t absent = 0;    // items that the list does not name
};

// A copy of another list tells nothing. `placed` after each piece: live work may need the database.
Result<CasesTold> tell_cases(store::State& state, const List& list, std::string_view actor, Random& random, Time now, const std::function<void()>& placed = {});

struct TellParts {
    store::State& state;
    Clock& clock;
    Random& random;
    std::function<Status(std::vector<event::Record>)> keep_own = {};  // records of the node's own source; none: hits do not become findings
    std::function<void()> placed = {};
};
struct ListTold {
    CasesTold cases;
    std::int64_t findings = 0;  // hits that were handed over to detection, which makes findings of them
    std::string trouble;        // what could not be done; telling once more does it
};
// The hits of the list as events to detection, which makes findings of them; `given`: only these organisations' and subjects. How many.
Result<std::int64_t> tell_hits(const TellParts& parts, const List& list, const std::set<std::pair<OrganisationId, std::string>>* given = nullptr);
// The victims to the cases and, with `findings`, the hits as events to detection.
ListTold tell(const TellParts& parts, const List& list, bool findings, std::string_view by);

// Items of organisations to which no row of the list belongs any more, because the directory was put right: they leave their case with
// that reason, unless something else speaks for them, and the finding that accused them is closed. How many.
Result<std::int64_t> leave_cases(store::State& state, const List& list, std::int64_t fact, std::string_view actor, Time now);

}  // namespace vg::lists
