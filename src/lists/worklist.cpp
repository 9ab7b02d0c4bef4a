#include "lists/worklist.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "base/time.h"
#include "lists/tables.h"

namespace vg::lists {

namespace {

constexpr std::array<std::string_view, 4> kHitStates = {"new", "persistent", "gone", "relapsed"};
constexpr std::array<std::string_view, 5> kSeverities = {"unknown", "low", "medium", "high", "critical"};
// Stands for the list that is coming while a worklist is made anew: no list has this id.
constexpr std::string_view kMakingAnew = "*";

// One piece of a list. What was on the list before `:p` stays, what was only on an earlier one is back; a piece that is put twice
// changes nothing.
constexpr std::string_view kPlace =
    "insert into list_hit (id, series, organisation, subject, family, province, system, level, severity, fact, victim, state, times, relapses, first_seen, last_seen, first_list, last_list, rank, day, weight) "
    "select hit, cast(:s as text), organisation, subject, family, province, system, level, severity, fact, victim, 'new', 1, 0, first_seen, last_seen, cast(:l as text), cast(:m as text), -2 * level, "
    "first_seen / 86400000000, -severity from list_victim where list = :n and number >= :a and number < :b and hit <> '' "
    "on conflict (id) do update set family = excluded.family, province = excluded.province, system = excluded.system, level = excluded.level, fact = excluded.fact, severity = excluded.severity, weight = excluded.weight, "
    "state = case when list_hit.last_list = excluded.last_list then list_hit.state when list_hit.last_list = :p then 'persistent' else 'relapsed' end, "
    "times = list_hit.times + case when list_hit.last_list = excluded.last_list then 0 else 1 end, "
    "relapses = list_hit.relapses + case when list_hit.last_list = excluded.last_list or list_hit.last_list = :q then 0 else 1 end, "
    "rank = -2 * excluded.level - case when list_hit.relapses > 0 or not (list_hit.last_list = excluded.last_list or list_hit.last_list = :r) then 1 else 0 end, "
    "first_seen = case when list_hit.first_seen < excluded.first_seen then list_hit.first_seen else excluded.first_seen end, "
    "day = case when list_hit.day < excluded.day then list_hit.day else excluded.day end, "
    "last_seen = case when list_hit.last_seen > excluded.last_seen then list_hit.last_seen else excluded.last_seen end, last_list = excluded.last_list";

constexpr std::string_view kColumnsOfHit = "h.id, h.series, h.organisation, h.subject, h.family, h.province, h.system, h.level, h.severity, h.fact, h.state, h.times, h.relapses, h.first_seen, h.last_seen, h.first_list, h.last_list";

Result<std::vector<Hit>> read_hits(store::Transaction& tx, bool listed, const access::Scope& scope, const HitFilter& filter, const HitPlace& after, std::size_t limit) {
    store::Params params;
    std::string where = listed ? "(h.last_list = s.latest or h.last_list = s.coming)" : "h.last_list <> s.latest and h.last_list <> s.coming";
    if (filter.state && listed) {
        where += " and h.state = :state";
        params.emplace_back(name_of(*filter.state));
    }
    if (filter.series) {
        where += " and h.series = :series";
        params.emplace_back(*filter.series);
    }
    if (filter.list) {
        where += " and exists (select 1 from list_victim r where r.victim = h.victim and r.list = :list and r.hit = h.id)";
        params.emplace_back(filter.list->text());
    }
    if (!after.id.empty() && after.listed == listed) {
        where += " and (h.rank, h.day, h.weight, h.id) > (:ra, :da, :we, :id)";
        params.emplace_back(after.rank);
        params.emplace_back(after.day);
        params.emplace_back(after.weight);
        params.emplace_back(after.id);
    }
    where += scope.condition("h.organisation", params);
    params.emplace_back(limit);
    using Int = std::int64_t;
    using Text = std::string;
    std::vector<Hit> found;
    auto rows = TRY((tx.query<Text, Text, Text, Text, Text, Text, Text, Int, Int, Int, Text, Int, Int, Int, Int, Text, Text>(
        format("select {} from list_hit h join list_series s on s.series = h.series where h.first_list <> s.coming and {} order by h.rank, h.day, h.weight, h.id limit :n", kColumnsOfHit, where), params)));
    for (auto& [id, series, organisation, subject, family, province, system, level, severity, fact, state, times, relapses, first_seen, last_seen, first_list, last_list] : rows) {
        Hit hit;
        hit.id = std::move(id), hit.series = std::move(series), hit.organisation = TRY(OrganisationId::parse(organisation));
        hit.subject = std::move(subject), hit.family = std::move(family), hit.province = std::move(province), hit.system = std::move(system);
        hit.level = static_cast<int>(level), hit.severity = static_cast<int>(severity), hit.fact = fact;
        hit.state = listed ? hit_state_named(state).value_or(HitState::new_) : HitState::gone;
        hit.times = times, hit.relapses = relapses, hit.first_seen = {first_seen}, hit.last_seen = {last_seen};
        hit.first_list = TRY(ListId::parse(first_list)), hit.last_list = TRY(ListId::parse(last_list));
        hit.listed = listed;
        found.push_back(std::move(hit));
    }
    return found;
}

}  // namespace

std::string_view name_of(HitState state) { return kHitStates[static_cast<std::size_t>(state)]; }

std::optional<HitState> hit_state_named(std::string_view name) {
    for (std::size_t i = 0; i < kHitStates.size(); ++i)
        if (kHitStates[i] == name) return static_cast<HitState>(i);
    return std::nullopt;
}

int severity_of(std::string_view text) {
    const std::string key = key_of(text);
    for (const std::string_view word : {"critical", "nghiem trong", "rat nghiem trong", "dac biet nghiem trong", "rat cao"})
        if (key == word) return 4;
    if (key == "high" || key == "cao") return 3;
    if (key == "medium" || key == "moderate" || key == "trung binh") return 2;
    for (const std::string_view word : {"low", "thap", "info", "informational", "thong tin"})
        if (key == word) return 1;
    return 0;
}

std::vector<std::pair<std::string, std::string>> reasons_of(const Hit& hit, Time now) {
    const std::int64_t age = std::max<std::int64_t>(0, (now - hit.first_seen).micros / days(1).micros);
    return {{"listed", hit.listed ? "yes" : "no"},
            {"level", hit.level == 0 ? "unknown" : std::to_string(hit.level)},
            {"relapses", std::to_string(hit.relapses)},
            {"age-days", std::to_string(age)},
            {"severity", std::string{kSeverities[static_cast<std::size_t>(std::clamp(hit.severity, 0, 4))]}}};
}

HitPlace place_of(const Hit& hit) {
    return {.listed = hit.listed, .rank = -2 * std::int64_t{hit.level} - (hit.relapses > 0 ? 1 : 0), .day = hit.first_seen.micros / days(1).micros, .weight = -std::int64_t{hit.severity}, .id = hit.id};
}

Result<std::vector<Hit>> hits(store::Transaction& tx, const access::Scope& scope, const HitFilter& filter, const HitPlace& after, std::size_t limit) {
    std::vector<Hit> found;
    if (after.listed && filter.state != HitState::gone) found = TRY(read_hits(tx, true, scope, filter, after, limit));
    if (found.size() < limit && (!filter.state || filter.state == HitState::gone)) {
        auto gone = TRY(read_hits(tx, false, scope, filter, after, limit - found.size()));
        std::move(gone.begin(), gone.end(), std::back_inserter(found));
    }
    return found;
}

Status place_hits(store::State& state, const List& list, const std::optional<ListId>& previous, const std::function<Status(std::int64_t placed)>& placed) {
    const std::string id = list.id.text(), before = previous ? previous->text() : "";
    TRY(state.write([&](store::Transaction& tx) -> Status {
        TRY(tx.run("insert into list_series (series, latest, coming) values (:s, '', :l) on conflict (series) do update set coming = excluded.coming", {list.series, id}));
        return {};
    }));
    const auto last = TRY(state.read([&](store::Transaction& tx) { return tx.first<std::int64_t>("select max(number) from list_victim where list = :l", {id}); }));
    for (std::int64_t at = 1; last && at <= std::get<0>(*last); at += static_cast<std::int64_t>(kBatch)) {
        TRY(state.write([&](store::Transaction& tx) -> Status {
            TRY(tx.run(kPlace, {list.series, id, id, id, at, at + static_cast<std::int64_t>(kBatch), before, before, before}));
            return {};
        }));
        if (placed) TRY(placed(std::min(std::get<0>(*last), at + static_cast<std::int64_t>(kBatch) - 1)));
    }
    return {};
}

Status rebuild_hits(store::State& state, std::string_view series) {
    TRY(state.write([&](store::Transaction& tx) -> Status {
        TRY(tx.run("insert into list_series (series, latest, coming) values (:s, '', :c) on conflict (series) do update set coming = excluded.coming", {series, kMakingAnew}));
        return {};
    }));
    for (std::int64_t removed = 1; removed > 0;)
        TRY(state.write([&](store::Transaction& tx) -> Status {
            removed = TRY(tx.run("delete from list_hit where id in (select id from list_hit where series = :s order by id limit :n)", {series, kBatch}));
            return {};
        }));
    const auto lists = TRY(state.read([&](store::Transaction& tx) { return heads(tx, "where v.series = :s and v.same_as = '' and v.staged = 0 order by v.place, v.id", {series}); }));
    std::optional<ListId> previous;
    for (const List& list : lists) {
        TRY(place_hits(state, list, previous));
        previous = list.id;
    }
    return state.write([&](store::Transaction& tx) -> Status {
        if (previous)
            TRY(tx.run("update list_series set latest = :l, coming = '' where series = :s", {previous->text(), series}));
        else
            TRY(tx.run("delete from list_series where series = :s", {series}));
        return {};
    });
}

}  // namespace vg::lists
