#include "cases/serious.h"

#include <algorithm>

#include "base/text.h"
#include "cases/rows.h"

namespace vg::cases {

namespace {

constexpr int kSeriousLevel = 4;  // Điều 9 khoản 1: cấp độ 4, cấp độ 5 hoặc danh mục quan trọng quốc gia, which is of level 5

std::string_view name_of(Stated what) { return what == Stated::impact ? "impact" : "alone"; }

Condition stated(const std::optional<Statement>& statement) {
    Condition out;
    out.stated = statement;
    if (statement) out.holds = statement->holds ? Holds::yes : Holds::no;
    return out;
}

}  // namespace

std::string_view name_of(Holds holds) { return holds == Holds::yes ? "yes" : holds == Holds::no ? "no" : "not-known"; }

std::optional<Stated> stated_named(std::string_view name) {
    if (name == "impact") return Stated::impact;
    return name == "alone" ? std::optional{Stated::alone} : std::nullopt;
}

Suggestion suggest(const SeriousFacts& facts) {
    Suggestion out;
    for (const int level : facts.levels) {
        out.level.level = std::max(out.level.level, level);
        out.level.without_level += level <= 0 ? 1 : 0;
    }
    if (out.level.level >= kSeriousLevel) {
        out.level.holds = Holds::yes;
    } else if (!facts.levels.empty() && out.level.without_level == 0) {
        out.level.holds = Holds::no;
    }
    out.impact = stated(facts.impact);
    out.alone = stated(facts.alone);
    const auto any = [&](Holds holds) { return out.level.holds == holds || out.impact.holds == holds || out.alone.holds == holds; };
    out.all = any(Holds::no) ? Holds::no : any(Holds::unknown) ? Holds::unknown : Holds::yes;
    return out;
}

Status state_condition(store::Transaction& tx, const access::Actor& actor, const CaseId& id, Stated what, bool holds, std::string_view kind, std::string_view reason, Time now) {
    const Case file = TRY(find(tx, actor.scope, id));
    if (file.closed) return fail(Code::conflict, "the case is closed");
    const std::string why = TRY(text_of("reason", reason));
    if (why.empty()) return fail(Code::bad_input, "field reason: is missing");
    const bool which = what == Stated::impact && holds;
    if (which && std::find(std::begin(kImpacts), std::end(kImpacts), kind) == std::end(kImpacts)) return fail(Code::bad_input, "field kind: is none of the five impacts");
    const std::string_view kept = which ? kind : std::string_view{};
    TRY(tx.run("insert into case_statement (case_id, what, holds, kind, reason, actor, time) values (:a, :b, :c, :d, :e, :f, :g) on conflict (case_id, what) do update set holds = excluded.holds, kind = excluded.kind, reason = excluded.reason, "
               "actor = excluded.actor, time = excluded.time",
               {id.text(), name_of(what), holds, kept, why, actor.name, now.micros}));
    return tell(tx, file, {.actor = actor.name, .kind = "stated", .text = format("{}: {}: {}", what == Stated::alone ? "alone" : which ? kept : "impact", holds ? "yes" : "no", why), .details = json::object({{"what", name_of(what)}, {"holds", holds}, {"kind", kept}})}, now);
}

Result<SeriousFacts> serious_facts(store::Transaction& tx, const access::Scope& scope, const CaseId& id, const LevelOf& level_of) {
    const Case file = TRY(find(tx, scope, id));
    SeriousFacts facts;
    for (const auto& [system, level, count] : TRY((tx.query<std::string, std::int64_t, std::int64_t>("select system, level, count(*) from case_item where case_id = :c group by system, level order by system, level", {id.text()})))) {
        int known = static_cast<int>(level);
        if (level_of && !system.empty()) known = std::max(known, level_of(file.organisation, system));
        facts.levels.insert(facts.levels.end(), static_cast<std::size_t>(count), known);
    }
    for (const auto& [what, holds, kind, reason, actor, time] : TRY((tx.query<std::string, std::int64_t, std::string, std::string, std::string, std::int64_t>("select what, holds, kind, reason, actor, time from case_statement where case_id = :c", {id.text()}))))
        (what == "impact" ? facts.impact : facts.alone) = Statement{holds != 0, kind, reason, actor, {time}};
    return facts;
}

}  // namespace vg::cases
