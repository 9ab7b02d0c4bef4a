// What changed from one list of a series to another.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "lists/tables.h"
#include "lists/worklist.h"

namespace vg::lists {

namespace {

constexpr std::size_t kMostPoints = 24;

// Each victim once: whose, with which family, where.
constexpr std::string_view kOnce = "r.victim, max(r.organisation) as organisation, min(r.family_key) as family_key, min(r.family) as family, min(r.province) as province";
constexpr std::string_view kGrouped = "select x.organisation, x.family_key, min(x.family), x.province, x.change, count(*) from ({}) x group by x.organisation, x.family_key, x.province, x.change";

std::int64_t& count_of(Changed& changed, std::string_view change) {
    if (change == "new") return changed.new_;
    if (change == "persistent") return changed.persistent;
    return change == "gone" ? changed.gone : changed.relapsed;
}

struct Grouping {
    Difference& into;
    std::map<std::string, std::string> families;  // by key, as one list writes it

    Status add(store::Transaction& tx, const std::string& each, const store::Params& params) {
        const auto rows = TRY((tx.query<std::string, std::string, std::string, std::string, std::string, std::int64_t>(format(kGrouped, each), params)));
        for (const auto& [organisation, family_key, family, province, change, count] : rows) {
            const std::string& shown = families.try_emplace(family_key, family).first->second;
            for (Changed* one : {&into.all, &into.organisations[organisation], &into.families[shown], &into.provinces[province]}) count_of(*one, change) += count;
        }
        return {};
    }
};

}  // namespace

Result<Difference> difference(store::Transaction& tx, const access::Scope& scope, const ListId& id, const std::optional<ListId>& with) {
    Difference out;
    out.list = TRY(find(tx, scope, id));
    if (out.list.same_as) out.list = TRY(find(tx, scope, *out.list.same_as));
    if (with) {
        out.with = TRY(find(tx, scope, *with));
        if (out.with->same_as) out.with = TRY(find(tx, scope, *out.with->same_as));
    } else {
        out.with = TRY(previous_of(tx, out.list.series, out.list.place, out.list.id));
        if (out.with) out.shows_with = find(tx, scope, out.with->id).has_value();
    }
    const std::string list = out.list.id.text(), other = out.with ? out.with->id.text() : "";
    Grouping grouping{out, {}};
    {
        store::Params params{other};
        std::string each = format("select {}, case when exists (select 1 from list_victim p where p.victim = r.victim and p.list = :p", kOnce);
        each += scope.condition("p.organisation", params) + ") then 'persistent' when exists (select 1 from list_victim e join victim_list v on v.id = e.list where e.victim = r.victim and v.series = :s and v.staged = 0 and (v.place, v.id) < (:t, :i)";
        params.emplace_back(out.list.series);
        params.emplace_back(out.with ? out.with->place.micros : out.list.place.micros);
        params.emplace_back(out.with ? other : list);
        each += scope.condition("e.organisation", params) + ") then 'relapsed' else 'new' end as change from list_victim r where r.list = :l";
        params.emplace_back(list);
        each += scope.condition("r.organisation", params) + " group by r.victim";
        TRY(grouping.add(tx, each, params));
    }
    if (out.with) {
        store::Params params{other};
        std::string each = format("select {}, 'gone' as change from list_victim r where r.list = :p", kOnce);
        each += scope.condition("r.organisation", params) + " and not exists (select 1 from list_victim p where p.victim = r.victim and p.list = :l";
        params.emplace_back(list);
        each += scope.condition("p.organisation", params) + ") group by r.victim";
        TRY(grouping.add(tx, each, params));
    }
    auto series = TRY(heads(tx, "where v.series = :s and v.same_as = '' and v.staged = 0 and (v.place, v.id) <= (:p, :i) order by v.place desc, v.id desc limit :n",
                            {out.list.series, out.list.place.micros, list, kMostPoints}));
    std::reverse(series.begin(), series.end());
    for (List& one : series) {
        Difference::Point point{.list = std::move(one), .victims = 0};
        point.victims = point.list.victims;
        if (!scope.sees_node()) {
            store::Params params{point.list.id.text()};
            const std::string scoped = scope.condition("organisation", params);
            const auto count = TRY((tx.first<std::int64_t>(format("select count(distinct victim) from list_victim where list = :l{}", scoped), params)));
            point.victims = count ? std::get<0>(*count) : 0;
            if (point.victims == 0) continue;  // he does not know that there is such a list
        }
        out.trend.push_back(std::move(point));
    }
    return out;
}

}  // namespace vg::lists
