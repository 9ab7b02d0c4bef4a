// Whether an incident is serious (QĐ 05/2017/QĐ-TTg Điều 9): the system is of level 4 or 5 or on the national list, AND one of five impacts, AND the owner cannot handle it alone. Suggested only:
// each condition holds, does not hold, or is not known, and a person confirms (cases.h, confirm_serious). What nobody has stated is not known, never 'no'. suggest() is pure.
//
//   const Suggestion found = suggest({.levels = {4}, .impact = Statement{true, "service-interrupted"}, .alone = {}});
//   found.alone.holds == Holds::unknown, and so is found.all
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cases/cases.h"

namespace vg::cases {

enum class Holds : std::uint8_t { no, yes, unknown };
std::string_view name_of(Holds holds);  // "no", "yes", "not-known"

// The five impacts of Điều 9 khoản 2: service interrupted; state secrets may be disclosed; integrity of important data lost and not recoverable; control of the system lost; wide or chained.
inline constexpr std::string_view kImpacts[] = {"service-interrupted", "state-secrets", "data-integrity", "control-lost", "wide-impact"};

// What a person says, the last word of it.
struct Statement {
    bool holds = false;
    std::string kind;                      // of an impact that holds: one of kImpacts
    std::string reason, by;
    Time time;
};
struct SeriousFacts {
    std::vector<int> levels;               // of the system of each item; 0: not known
    std::optional<Statement> impact;       // nobody has said: nothing
    std::optional<Statement> alone;        // holds: the owner cannot handle it alone
};
struct Condition {
    Holds holds = Holds::unknown;
    int level = 0;                         // of the condition of levels: the highest that is known
    std::int64_t without_level = 0;        // items whose level nobody knows
    std::optional<Statement> stated;
};
struct Suggestion {
    Condition level, impact, alone;
    Holds all = Holds::unknown;
};
Suggestion suggest(const SeriousFacts& facts);

// ---- in State ----

enum class Stated : std::uint8_t { impact, alone };
std::optional<Stated> stated_named(std::string_view name);  // "impact", "alone"
// Says whether a condition holds; of an impact that does, which. The reason is needed; the last statement counts, all stand in the timeline.
Status state_condition(store::Transaction& tx, const access::Actor& actor, const CaseId& id, Stated what, bool holds, std::string_view kind, std::string_view reason, Time now);
// What is known of a case: the levels of its items, each the higher of its own and what `level_of` knows of its system, and what was stated.
using LevelOf = std::function<int(const OrganisationId&, std::string_view system)>;
Result<SeriousFacts> serious_facts(store::Transaction& tx, const access::Scope& scope, const CaseId& id, const LevelOf& level_of);

}  // namespace vg::cases
