#include "findings/tally.h"

#include <algorithm>

#include "base/text.h"

namespace vg::findings {

struct Tally::Kind {
    std::string_view table, column;
    bool titled;
};
constexpr Tally::Kind Tally::kRule{"finding_by_rule", "rule_id", true};
constexpr Tally::Kind Tally::kEntity{"finding_by_entity", "entity", false};

Counted counted(const Finding& finding) {
    return {.id = finding.id.text(), .rule = finding.rule_id, .title = finding.rule_title, .entity = finding.entity, .organisation = finding.organisation.text(),
            .level = finding.level, .state = std::string{name_of(finding.state)}, .assignee = finding.assignee, .muted = finding.muted_until.has_value(),
            .hits = finding.count, .last_seen = finding.last_seen.micros};
}

void Tally::replace(const std::optional<Counted>& before, const Counted& after) {
    const auto key = [](const Counted& of, bool rule) {
        return Key{rule ? of.rule : of.entity, of.organisation, of.level, of.state, of.assignee, of.muted ? 1 : 0, rule ? of.title : ""};
    };
    if (!before || before->level != after.level) {
        ranked_.insert({"", after.entity});
        ranked_.insert({after.level, after.entity});
        if (before) ranked_.insert({before->level, after.entity});
    }
    for (const bool rule : {true, false}) {
        std::map<Key, Change>& changes = rule ? rules_ : entities_;
        Change& now = changes[key(after, rule)];
        now.findings += 1;
        now.hits += after.hits;
        if (after.last_seen >= now.last_seen || now.example.empty()) {
            now.last_seen = after.last_seen;
            now.example = after.id;
        }
        if (!before) continue;
        Change& was = changes[key(*before, rule)];
        was.findings -= 1;
        was.hits -= before->hits;
        if (&was != &now) was.left = std::max(was.left.value_or(before->last_seen), before->last_seen);
    }
}

Status Tally::write(store::Transaction& tx, const Kind& kind, const Key& key, const Change& change) {
    const auto& [value, organisation, level, state, assignee, muted, title] = key;
    store::Params params{value, organisation, level, state, assignee, muted};
    if (kind.titled) params.emplace_back(title);
    const store::Params where = params;
    params.insert(params.end(), {change.findings, change.hits, change.last_seen, change.example});
    TRY(tx.run(format("insert into {0} ({1}, organisation, level, state, assignee, muted, {2}findings, hits, last_seen, example) values (:a, :b, :c, :d, :e, :f, {3}:h, :i, :j, :k) "
                      "on conflict ({1}, organisation, level, state, assignee, muted{4}) do update set findings = {0}.findings + excluded.findings, hits = {0}.hits + excluded.hits, "
                      "example = case when excluded.example <> '' and excluded.last_seen >= {0}.last_seen then excluded.example else {0}.example end, "
                      "last_seen = case when excluded.example <> '' and excluded.last_seen > {0}.last_seen then excluded.last_seen else {0}.last_seen end",
                      kind.table, kind.column, kind.titled ? "rule_title, " : "", kind.titled ? ":g, " : "", kind.titled ? ", rule_title" : ""),
               params));
    if (!change.left) return {};
    const std::string same = format("{} = :a and organisation = :b and level = :c and state = :d and assignee = :e and muted = :f{}", kind.column,
                                    kind.titled ? " and rule_title = :g" : "");
    if (TRY(tx.run(format("delete from {} where {} and findings = 0", kind.table, same), where)) > 0) return {};
    // The newest may have gone: then the newest of those that stay is looked up, among all of the rule or the entity. That is
    // the index for it; `|| ''` keeps a planner from another one.
    store::Params gone = where;
    gone.emplace_back(*change.left);
    if (!TRY(tx.first<std::int64_t>(format("select findings from {} where {} and last_seen <= :z", kind.table, same), gone))) return {};
    const auto newest = TRY((tx.first<std::string, std::int64_t>(
        format("select id, last_seen from finding where {} = :a and organisation || '' = :b and level || '' = :c and state || '' = :d and assignee || '' = :e "
               "and case when muted_until is null then 0 else 1 end = :f{} order by last_seen desc limit 1",
               kind.column, kind.titled ? " and rule_title || '' = :g" : ""),
        where)));
    if (!newest) return fail(Code::corrupt, format("{} counts findings that are not there", kind.table));
    store::Params found{std::get<0>(*newest), std::get<1>(*newest)};
    found.insert(found.end(), where.begin(), where.end());
    TRY(tx.run(format("update {} set example = :x, last_seen = :y where {}", kind.table, same), found));
    return {};
}

Status Tally::flush(store::Transaction& tx) {
    for (const auto& [key, change] : rules_) TRY(write(tx, kRule, key, change));
    for (const auto& [key, change] : entities_) TRY(write(tx, kEntity, key, change));
    for (const auto& [level, entity] : ranked_) {
        store::Params params{level, entity};
        if (!level.empty()) params.emplace_back(level);
        const std::int64_t placed = TRY(tx.run(
            format("insert into finding_rank (level, entity, place) select cast(:l as text), entity, "
                   "-(max(case level when 'critical' then 5 when 'high' then 4 when 'medium' then 3 when 'low' then 2 else 1 end) * 1099511627776 + cast(sum(findings) as bigint)) "
                   "from finding_by_entity where entity = :e{} group by entity on conflict (level, entity) do update set place = excluded.place",
                   level.empty() ? "" : " and level = :m"),
            params));
        if (placed == 0) TRY(tx.run("delete from finding_rank where level = :l and entity = :e", {level, entity}));
    }
    *this = {};
    return {};
}

}  // namespace vg::findings
