#include "lists/lists.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "lists/tables.h"
#include "store/many.h"

namespace vg::lists {

namespace {

constexpr std::array<std::string_view, 4> kKindNames = {"owner", "conflict", "gap", "nobody"};

constexpr std::string_view kHead = "v.id, v.name, v.sha256, v.content, v.bytes, v.form, v.issuer, v.number, v.dated, v.subject, v.urgency, v.series, v.family, v.period_from, v.period_until, v.profile, v.zone, "
                                   "v.rows_read, v.accepted, v.duplicates, v.rejected, v.records, v.victims, v.owners, v.conflicts, v.gaps, v.nobodies, v.kept_by, v.kept, v.place, v.same_as, v.indicators, v.staged, v.done";

// Which lists a scope sees: of a copy those rows count that the first has.
std::string seen(const access::Scope& scope, store::Params& params) {
    if (scope.sees_node()) return {};
    std::string rows = scope.condition("r.organisation", params);
    return format(" and exists (select 1 from list_row r where r.list = case when v.same_as = '' then v.id else v.same_as end{})", rows);
}

}  // namespace

std::string_view name_of(Whose kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

std::optional<Whose> whose_named(std::string_view name) {
    for (std::size_t i = 0; i < kKindNames.size(); ++i)
        if (kKindNames[i] == name) return static_cast<Whose>(i);
    return std::nullopt;
}

std::int64_t& count_of(Counts& counts, Whose kind) {
    switch (kind) {
        case Whose::owner: return counts.owner;
        case Whose::conflict: return counts.conflict;
        case Whose::gap: return counts.gap;
        case Whose::nobody: return counts.nobody;
    }
    return counts.gap;
}

store::Schema schema() {
    return {"lists",
            {{
                // Times are microseconds, 0 where nothing is told; texts are empty. Nothing is null, so that one statement serves many rows.
                "create table victim_list (id text primary key, name text not null, sha256 text not null, content text not null, bytes bigint not null, form text not null, issuer text not null, number text not null, "
                "dated text not null, subject text not null, urgency text not null, series text not null, family text not null, period_from bigint not null, period_until bigint not null, profile text not null, "
                "zone text not null, rows_read bigint not null, accepted bigint not null, duplicates bigint not null, rejected bigint not null, records bigint not null, victims bigint not null, owners bigint not null, "
                "conflicts bigint not null, gaps bigint not null, nobodies bigint not null, kept_by text not null, kept bigint not null, place bigint not null, same_as text not null, indicators text not null, "
                "staged bigint not null, done bigint not null)",
                "create index victim_list_content on victim_list (content)",
                "create index victim_list_series on victim_list (series, place, id)",
                "create table list_row (list text not null, number bigint not null, line bigint not null, subject text not null, port bigint not null, seen bigint not null, first_seen bigint not null, family text not null, "
                "details text not null, kind text not null, organisation text not null, fact bigint not null, system text not null, level bigint not null, primary key (list, number))",
                "create index list_row_organisation on list_row (organisation, list, number)",
                // Each victim of a list once for each organisation, numbered in the order of `victim`: what is written together stands together in
                // every index. `hit`: empty where it is nobody's.
                "create table list_victim (list text not null, number bigint not null, victim text not null, hit text not null, organisation text not null, subject text not null, port bigint not null, family text not null, "
                "family_key text not null, province text not null, system text not null, level bigint not null, severity bigint not null, fact bigint not null, first_seen bigint not null, last_seen bigint not null, "
                "primary key (list, number))",
                "create index list_victim_victim on list_victim (victim, list)",
                "create table list_row_said (list text not null, number bigint not null, turn bigint not null, changed bigint not null, changed_by text not null, kind text not null, organisation text not null, "
                "fact bigint not null, system text not null, by_fact bigint not null, primary key (list, number, turn))",
                "create table list_rejected (list text not null, number bigint not null, line bigint not null, place bigint not null, reason text not null, cells text not null, primary key (list, number))",
                "create table list_series (series text primary key, latest text not null, coming text not null)",
                "create table list_hit (id text primary key, series text not null, organisation text not null, subject text not null, family text not null, province text not null, system text not null, level bigint not null, "
                "severity bigint not null, fact bigint not null, victim text not null, state text not null, times bigint not null, relapses bigint not null, first_seen bigint not null, last_seen bigint not null, "
                "first_list text not null, last_list text not null, rank bigint not null, day bigint not null, weight bigint not null)",
                "create index list_hit_order on list_hit (rank, day, weight, id)",
                "create index list_hit_organisation on list_hit (organisation, rank, day, weight, id)",
                "create index list_hit_series on list_hit (series, id)",
                "create table list_profile (name text primary key, title text not null, title_vi text not null, columns_json text not null, zone text not null, date_order text not null, requires_json text not null, "
                "file_words_json text not null, keeps_others bigint not null, report text not null, "
                "version bigint not null, changed bigint not null, changed_by text not null)",
            }, {
                // What is done in the background, so that a crash loses none of it (jobs.h).
                "create table list_job (id text primary key, kind text not null, list text not null, fact bigint not null, asked bigint not null, asked_by text not null, state text not null, done bigint not null, "
                "total bigint not null, told text not null, reason text not null, ended bigint not null)",
                "create index list_job_state on list_job (state, id)",
                "create index list_job_list on list_job (list, id)",
                // Which machine stood behind the address of a row, as JSON; `hit` as of list_victim.
                "create table list_inside (list text not null, number bigint not null, hit text not null, state text not null, answer text not null, made bigint not null, primary key (list, number))",
                "create index list_inside_hit on list_inside (hit, list, number)",
            }, {
                // How many rows of a list are whose, counted when they are said: half a million are not counted for each look.
                "create table list_organisation (list text not null, organisation text not null, rows_owned bigint not null, primary key (list, organisation))",
                "insert into list_organisation (list, organisation, rows_owned) select list, organisation, count(*) from list_row where kind = 'owner' group by list, organisation",
            }}};
}

std::string organisation_text(const std::optional<OrganisationId>& id) { return id ? id->text() : std::string{}; }

Result<std::optional<OrganisationId>> organisation_of(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return std::optional{TRY(OrganisationId::parse(text))};
}

Result<std::vector<List>> heads(store::Transaction& tx, std::string_view rest, const store::Params& params) {
    using Int = std::int64_t;
    using Text = std::string;
    std::vector<List> found;
    auto rows = TRY((tx.query<Text, Text, Text, Text, Int, Text, Text, Text, Text, Text, Text, Text, Text, Int, Int, Text, Text, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Text, Int, Int, Text, Text, Int, Int>(
        format("select {} from victim_list v {}", kHead, rest), params)));
    for (auto& [id, name, sha256, content, bytes, form, issuer, number, dated, subject, urgency, series, family, from, until, profile, zone, read, accepted, duplicates, rejected, records, victims, owners, conflicts, gaps,
                nobodies, by, kept, place, same_as, indicators, staged, done] : rows) {
        List list;
        list.id = TRY(ListId::parse(id));
        list.name = std::move(name), list.sha256 = std::move(sha256), list.content = std::move(content), list.bytes = bytes, list.form = std::move(form);
        list.letter.issuer = std::move(issuer), list.letter.number = std::move(number), list.letter.date = std::move(dated), list.letter.subject = std::move(subject), list.letter.urgency = std::move(urgency);
        list.series = std::move(series), list.family = std::move(family);
        if (from != 0) list.from = Time{from};
        if (until != 0) list.until = Time{until};
        list.profile = std::move(profile), list.zone = std::move(zone);
        list.read = read, list.accepted = accepted, list.duplicate = duplicates, list.rejected = rejected, list.records = records, list.victims = victims;
        list.attributed = {owners, conflicts, gaps, nobodies};
        list.by = std::move(by), list.kept = {kept}, list.place = {place};
        if (!same_as.empty()) list.same_as = TRY(ListId::parse(same_as));
        list.indicators = std::move(indicators), list.staged = staged != 0, list.done = done;
        found.push_back(std::move(list));
    }
    return found;
}

Status insert_head(store::Transaction& tx, const List& list) {
    TRY(tx.run("insert into victim_list (id, name, sha256, content, bytes, form, issuer, number, dated, subject, urgency, series, family, period_from, period_until, profile, zone, rows_read, accepted, duplicates, rejected, "
               "records, victims, owners, conflicts, gaps, nobodies, kept_by, kept, place, same_as, indicators, staged, done) values (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j, :k, :l, :m, :n, :o, :p, :q, :r, :s, :t, :u, :v, "
               ":w, :x, :y, :z, :aa, :ab, :ac, :ad, :ae, :af, :ag, :ah)",
               {list.id.text(), list.name, list.sha256, list.content, list.bytes, list.form, list.letter.issuer, list.letter.number, list.letter.date, list.letter.subject, list.letter.urgency, list.series, list.family,
                list.from.value_or(Time{}).micros, list.until.value_or(Time{}).micros, list.profile, list.zone, list.read, list.accepted, list.duplicate, list.rejected, list.records, list.victims, list.attributed.owner,
                list.attributed.conflict, list.attributed.gap, list.attributed.nobody, list.by, list.kept.micros, list.place.micros, list.same_as ? list.same_as->text() : "", list.indicators, list.staged, list.done}));
    return {};
}

Result<std::vector<List>> all(store::Transaction& tx, const access::Scope& scope, const std::optional<ListId>& after, std::size_t limit) {
    store::Params params;
    std::string where = "where v.staged = 0" + seen(scope, params);
    if (after) {
        where += " and v.id < :after";
        params.emplace_back(after->text());
    }
    params.emplace_back(limit);
    return heads(tx, where + " order by v.id desc limit :n", params);
}

Result<List> find(store::Transaction& tx, const access::Scope& scope, const ListId& id) {
    store::Params params{id.text()};
    std::string where = "where v.id = :id and v.staged = 0";
    where += seen(scope, params);
    auto found = TRY(heads(tx, where, params));
    if (found.empty()) return fail(Code::not_found, "there is no such list");
    return std::move(found.front());
}

Result<std::vector<List>> copies_of(store::Transaction& tx, const ListId& id) { return heads(tx, "where v.same_as = :id order by v.id", {id.text()}); }

Result<std::optional<List>> previous_of(store::Transaction& tx, std::string_view series, Time place, const std::optional<ListId>& id) {
    auto found = TRY(heads(tx, "where v.series = :s and v.same_as = '' and v.staged = 0 and (v.place, v.id) < (:p, :i) order by v.place desc, v.id desc limit 1",
                           {series, place.micros, id ? id->text() : std::string{"~"}}));
    if (found.empty()) return std::nullopt;
    return std::optional{std::move(found.front())};
}

Result<Counts> counts_of(store::Transaction& tx, const access::Scope& scope, const List& list) {
    if (scope.sees_node()) return list.attributed;
    store::Params params{list.same_as.value_or(list.id).text()};
    const std::string scoped = scope.condition("organisation", params);
    const auto owned = TRY((tx.first<std::optional<std::int64_t>>(format("select sum(rows_owned) from list_organisation where list = :l{}", scoped), params)));
    return Counts{.owner = owned ? std::get<0>(*owned).value_or(0) : 0};
}

Result<std::vector<std::pair<OrganisationId, std::int64_t>>> organisations_of(store::Transaction& tx, const access::Scope& scope, const ListId& id, std::size_t limit) {
    store::Params params{id.text()};
    const std::string scoped = scope.condition("organisation", params);
    params.emplace_back(limit);
    const auto rows = TRY((tx.query<std::string, std::int64_t>(format("select organisation, rows_owned from list_organisation where list = :l{} order by rows_owned desc, organisation limit :n", scoped), params)));
    std::vector<std::pair<OrganisationId, std::int64_t>> found;
    for (const auto& [organisation, count] : rows) found.emplace_back(TRY(OrganisationId::parse(organisation)), count);
    return found;
}

Status count_organisations(store::State& state, const ListId& id) {
    const auto rows = TRY(state.read([&](store::Transaction& tx) { return tx.query<std::string, std::int64_t>("select organisation, count(*) from list_row where list = :l and kind = 'owner' group by organisation", {id.text()}); }));
    return state.write([&](store::Transaction& tx) -> Status {
        TRY(tx.run("delete from list_organisation where list = :l", {id.text()}));
        store::Many many{"insert into list_organisation (list, organisation, rows_owned) values ", 3};
        for (const auto& [organisation, count] : rows) many.add({id.text(), organisation, count});
        TRY(many.run(tx));
        return {};
    });
}

Status note_indicators(store::Transaction& tx, const ListId& id, std::string_view indicators) {
    TRY(tx.run("update victim_list set indicators = :i where id = :l", {indicators, id.text()}));
    return {};
}

}  // namespace vg::lists
