// Findings counted together, and what people did to one.
#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "base/text.h"
#include "detect/match.h"
#include "findings/book.h"
#include "findings/rows.h"
#include "findings/tally.h"
#include "store/audit.h"

namespace vg::findings {

namespace {

struct Column {
    Grouping grouping;
    std::string_view name, column, title;
};
constexpr Column kColumns[] = {
    {Grouping::entity, "entity", "entity", "''"},         {Grouping::rule, "rule", "rule_id", "max(rule_title)"}, {Grouping::organisation, "organisation", "organisation", "''"},
    {Grouping::level, "level", "level", "''"},              {Grouping::assignee, "assignee", "assignee", "''"},
};

// Up to so many findings are counted one by one: that is quicker than to walk through the entities in their order.
constexpr std::int64_t kFew = 5'000;
// So many entities are walked through at most, until all are counted instead.
constexpr std::size_t kMostWalked = 50'000;

// Counts to be added up: the kept ones where these know all that is filtered by, else findings one by one.
struct Rows {
    std::string text;
    store::Params params;
};

// A condition on the entity that leaves few; empty: none.
struct Within {
    std::string text;
    store::Params params;
};

// `first` is what leaves few of all findings. It stands in a table of its own with a bound, which no planner looks through.
Rows one_by_one(const access::Scope& scope, const Filter& filter, const Within& first, std::string_view also = "") {
    const Where where = where_of(scope, filter);
    Rows rows{format("select rule_id, rule_title, entity, organisation, level, assignee, id as example, 1 as findings, hits, last_seen from {} {}{}",
                     first.text.empty() ? "finding"
                                        : "(select rule_id, rule_title, entity, organisation, level, state, assignee, id, hits, last_seen, muted_until, retrospective from finding where " + first.text +
                                              " limit 9223372036854775807) finding",
                     where.text, also),
              first.params};
    rows.params.insert(rows.params.end(), where.params.begin(), where.params.end());
    return rows;
}

// `:a` becomes `:sa`: a name stands for one value in a statement.
std::string with_other_names(std::string_view sql) {
    std::string text;
    for (const char c : sql) {
        text += c;
        if (c == ':') text += 's';
    }
    return text;
}

// What the kept counts tell: when it is not asked who is muted, all of it; else what never was muted, and the few others one
// by one.
Rows kept(const access::Scope& scope, const Filter& filter, bool by_entity, const Within& within) {
    const Rows muted = one_by_one(scope, filter, within.text.empty() ? Within{"muted_until is not null and muted_until >= 0", {}} : within, " and muted_until is not null");
    if (filter.muted && *filter.muted) return muted;
    Filter asked = filter;
    asked.muted.reset();
    const Where where = where_of(scope, asked);
    const std::string_view names = by_entity ? "'' as rule_id, '' as rule_title, entity" : "rule_id, rule_title, '' as entity";
    Rows rows{format("select {}, organisation, level, assignee, example, findings, hits, last_seen from {} {}{}{}", names, by_entity ? "finding_by_entity" : "finding_by_rule", where.text,
                     filter.muted ? " and muted = 0" : "", within.text.empty() ? "" : " and " + within.text),
              where.params};
    rows.params.insert(rows.params.end(), within.params.begin(), within.params.end());
    if (!filter.muted) return rows;
    rows.text += " union all " + with_other_names(muted.text);
    rows.params.insert(rows.params.end(), muted.params.begin(), muted.params.end());
    return rows;
}

// Whether the kept counts know everything that is filtered by.
bool is_kept(const Filter& filter, bool by_entity) { return !filter.since && !filter.retrospective && (by_entity ? !filter.rule : !filter.entity); }

Result<std::vector<Group>> grouped(store::Transaction& tx, const Rows& rows, const Column& column, std::size_t limit) {
    store::Params params = rows.params;
    params.emplace_back(std::uint64_t{limit});
    const std::string sql = format("select {0}, {1}, max(case level when 'critical' then 5 when 'high' then 4 when 'medium' then 3 when 'low' then 2 else 1 end), max(example), "
                                   "cast(sum(findings) as bigint), cast(sum(hits) as bigint), max(last_seen) from ({2}) counted group by {0} order by 3 desc, 5 desc, {0} limit :n",
                                   column.column, column.title, rows.text);
    using Int = std::int64_t;
    std::vector<Group> found;
    for (auto& [value, title, worst, example, findings, events, last] : TRY((tx.query<std::string, std::string, Int, std::string, Int, Int, Int>(sql, params))))
        found.push_back({std::move(value), std::move(title), {}, std::string{detect::name_of(static_cast<detect::Level>(worst - 1))}, std::move(example), findings, events, {last}});
    return found;
}

using Place = std::pair<std::int64_t, std::string>;  // in the order of groups
Place place(const Group& group) {
    const auto level = detect::parse_level(group.level);
    return {place_of(level ? static_cast<std::int64_t>(*level) + 1 : 6, group.findings), group.value};
}

}  // namespace

std::optional<Grouping> grouping_named(std::string_view name) {
    for (const Column& column : kColumns)
        if (column.name == name) return column.grouping;
    return std::nullopt;
}

Result<std::optional<std::vector<Group>>> first_entities(store::Transaction& tx, const access::Scope& scope, const Filter& filter, std::size_t limit) {
    std::vector<Group> found;
    Place at{std::numeric_limits<std::int64_t>::min(), ""};
    const std::string level = filter.level.value_or("");
    for (std::size_t walked = 0; walked < kMostWalked;) {
        const std::size_t step = limit * 2;
        const auto next = TRY((tx.query<std::int64_t, std::string>("select place, entity from finding_rank where level = :l and (place, entity) > (:p, :e) order by place, entity limit :n",
                                                                    {level, at.first, at.second, std::uint64_t{step}})));
        if (next.empty()) return found;
        const Place to{std::get<0>(next.back()), std::get<1>(next.back())};
        // One by one, so that no planner reads a whole table for them.
        Within within{"entity in (", {}};
        for (const auto& [number, entity] : next) {
            within.text += format("{}:w{}", within.params.empty() ? "" : ", ", within.params.size());
            within.params.emplace_back(entity);
        }
        within.text += ")";
        std::vector<Group> more = TRY(grouped(tx, is_kept(filter, true) ? kept(scope, filter, true, within) : one_by_one(scope, filter, within), kColumns[0], step));
        found.insert(found.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
        std::sort(found.begin(), found.end(), [](const Group& one, const Group& other) { return place(one) < place(other); });
        if (found.size() > limit) found.resize(limit);
        if (next.size() < step || (found.size() == limit && place(found.back()) <= to)) return found;
        walked += next.size();
        at = to;
    }
    return std::nullopt;
}

Result<std::vector<Group>> Book::groups(store::Transaction& tx, const access::Scope& scope, const Filter& filter, Grouping by, std::size_t limit) {
    const Column* column = kColumns;
    while (column->grouping != by) ++column;
    const auto all_of = [&] { return grouped(tx, one_by_one(scope, filter, {}), *column, limit); };
    if (by != Grouping::entity) return is_kept(filter, false) ? grouped(tx, kept(scope, filter, false, {}), *column, limit) : all_of();
    if (filter.entity || filter.since || limit == 0) return all_of();
    const Rows counts = kept(scope, filter, false, {});
    const auto all = TRY(tx.first<std::int64_t>("select cast(coalesce(sum(findings), 0) as bigint) from (" + counts.text + ") counted", counts.params));
    if (all && std::get<0>(*all) > kFew)
        if (auto found = TRY(first_entities(tx, scope, filter, limit))) return std::move(*found);
    return all_of();
}

Result<std::vector<Deed>> Book::history(store::Transaction& tx, const access::Scope& scope, const FindingId& id) {
    TRY(find(tx, scope, id));
    std::vector<Deed> deeds;
    for (store::AuditLine& line : TRY(store::audit::list_of(tx, "finding/" + id.text(), 200)))
        deeds.push_back({line.time, std::move(line.actor), std::move(line.action), std::move(line.details)});
    return deeds;
}

}  // namespace vg::findings
