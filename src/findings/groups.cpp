// Findings counted together, and what people did to one.
#include "base/text.h"
#include "findings/book.h"
#include "findings/rows.h"
#include "store/audit.h"

namespace vg::findings {

namespace {

struct Column {
    Grouping grouping;
    std::string_view name, column, title;
};
constexpr Column kColumns[] = {
    {Grouping::rule, "rule", "rule_id", "max(rule_title)"}, {Grouping::entity, "entity", "entity", "''"}, {Grouping::organisation, "organisation", "organisation", "''"},
    {Grouping::level, "level", "level", "''"},              {Grouping::assignee, "assignee", "assignee", "''"},
};
// The worst level as one that sorts.
constexpr std::string_view kWorst = "max(case level when 'critical' then '5' when 'high' then '4' when 'medium' then '3' when 'low' then '2' else '1' end)";
constexpr std::string_view kLevels[] = {"informational", "low", "medium", "high", "critical"};

}  // namespace

std::optional<Grouping> grouping_named(std::string_view name) {
    for (const Column& column : kColumns)
        if (column.name == name) return column.grouping;
    return std::nullopt;
}

Result<std::vector<Group>> Book::groups(store::Transaction& tx, const access::Scope& scope, const Filter& filter, Grouping by, std::size_t limit) {
    const Column* column = kColumns;
    while (column->grouping != by) ++column;
    auto [condition, params] = where_of(scope, filter);
    params.emplace_back(std::uint64_t{limit});
    const std::string sql = format("select {0}, {1}, {2}, count(*), cast(sum(hits) as bigint), max(last_seen) from finding {3} group by {0} order by 3 desc, 4 desc, {0} limit :n",
                                   column->column, column->title, kWorst, condition);
    std::vector<Group> found;
    for (auto& [value, title, worst, findings, events, last] :
         TRY((tx.query<std::string, std::string, std::string, std::int64_t, std::int64_t, std::int64_t>(sql, params))))
        found.push_back({std::move(value), std::move(title), std::string{kLevels[static_cast<std::size_t>(worst.front() - '1')]}, findings, events, {last}});
    return found;
}

Result<std::vector<Deed>> Book::history(store::Transaction& tx, const access::Scope& scope, const FindingId& id) {
    TRY(find(tx, scope, id));
    std::vector<Deed> deeds;
    for (store::AuditLine& line : TRY(store::audit::list_of(tx, "finding/" + id.text(), 200)))
        deeds.push_back({line.time, std::move(line.actor), std::move(line.action), std::move(line.details)});
    return deeds;
}

}  // namespace vg::findings
