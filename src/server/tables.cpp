#include "server/tables.h"

namespace vg::server {

store::Schema schema() {
    return {"server",
            {{
                "create table pipeline (only_row bigint primary key check (only_row = 1), journal text not null, position bigint not null, content text not null)",
                "create table source_tally (source text primary key, accepted bigint not null, unparsed bigint not null, late bigint not null, ahead bigint not null, newest bigint not null, last_received bigint not null, sample_reason text not null, sample_event text not null)",
                "create table source_arrivals (source text primary key, received bigint not null, accepted bigint not null, refused bigint not null, sent_back bigint not null, last_received bigint not null)",
                "create table suspect (position bigint primary key, alone bigint not null)",
                "create table set_aside (position bigint primary key, source text not null, organisation text not null, noted bigint not null, reason text not null)",
            },
            {
                "create table source_silent (source text primary key, since bigint not null)",
            },
            {
                "create table lane_allowance (source text primary key, rest bigint not null, renewed bigint not null)",
                "create table overflow (source text not null, rule text not null, organisation text not null, title text not null, events bigint not null, told bigint not null, last_event text not null, primary key (source, rule))",
            },
            {
                "alter table pipeline add column indicators text not null default ''",
            }}};
}

Result<std::optional<Standing>> load_standing(store::Transaction& tx) {
    const auto row = TRY((tx.first<std::string, std::int64_t, std::string, std::string>("select journal, position, content, indicators from pipeline")));
    if (!row) return std::nullopt;
    const auto& [journal, position, content, indicators] = *row;
    return Standing{TRY(parse_uuid(journal)), {static_cast<std::uint64_t>(position)}, content, indicators};
}

Status save_standing(store::Transaction& tx, const Standing& standing) {
    TRY(tx.run("insert into pipeline (only_row, journal, position, content, indicators) values (1, :j, :p, :c, :i) "
               "on conflict (only_row) do update set journal = excluded.journal, position = excluded.position, content = excluded.content, indicators = excluded.indicators",
               {to_text(standing.journal), standing.position.value, standing.content, standing.indicators}));
    return {};
}

Result<Tallies> load_tallies(store::Transaction& tx) {
    Tallies tallies;
    using Number = std::int64_t;
    for (auto& [source, accepted, unparsed, late, ahead, newest, last, reason, event] :
         TRY((tx.query<std::string, Number, Number, Number, Number, Number, Number, std::string, std::string>(
             "select source, accepted, unparsed, late, ahead, newest, last_received, sample_reason, sample_event from source_tally"))))
        tallies[TRY(SourceId::parse(source))] = {accepted, unparsed, late, ahead, {newest}, {last}, reason, event};
    return tallies;
}

Status save_tallies(store::Transaction& tx, const Tallies& changed) {
    for (const auto& [source, tally] : changed)
        TRY(tx.run("insert into source_tally (source, accepted, unparsed, late, ahead, newest, last_received, sample_reason, sample_event) "
                   "values (:a, :b, :c, :d, :e, :f, :g, :h, :i) on conflict (source) do update set accepted = excluded.accepted, "
                   "unparsed = excluded.unparsed, late = excluded.late, ahead = excluded.ahead, newest = excluded.newest, "
                   "last_received = excluded.last_received, sample_reason = excluded.sample_reason, sample_event = excluded.sample_event",
                   {source.text(), tally.accepted, tally.unparsed, tally.late, tally.ahead, tally.newest.micros, tally.last_received.micros,
                    tally.sample_reason, tally.sample_event}));
    return {};
}

Result<std::vector<ingest::TallyValues>> load_arrivals(store::Transaction& tx) {
    std::vector<ingest::TallyValues> arrivals;
    using Number = std::int64_t;
    for (auto& [source, received, accepted, refused, sent_back, last] :
         TRY((tx.query<std::string, Number, Number, Number, Number, Number>("select source, received, accepted, refused, sent_back, last_received from source_arrivals")))) {
        ingest::TallyValues values;
        values.source = TRY(SourceId::parse(source));
        values.received = static_cast<std::uint64_t>(received);
        values.accepted = static_cast<std::uint64_t>(accepted);
        values.refused = static_cast<std::uint64_t>(refused);
        values.sent_back = static_cast<std::uint64_t>(sent_back);
        values.last_received = {last};
        arrivals.push_back(values);
    }
    return arrivals;
}

Status save_arrivals(store::Transaction& tx, const std::vector<ingest::TallyValues>& arrivals) {
    for (const ingest::TallyValues& values : arrivals)
        TRY(tx.run("insert into source_arrivals (source, received, accepted, refused, sent_back, last_received) values (:a, :b, :c, :d, :e, :f) "
                   "on conflict (source) do update set received = excluded.received, accepted = excluded.accepted, refused = excluded.refused, "
                   "sent_back = excluded.sent_back, last_received = excluded.last_received",
                   {values.source.text(), values.received, values.accepted, values.refused, values.sent_back, values.last_received.micros}));
    return {};
}

Result<std::vector<std::pair<SourceId, Time>>> load_silent(store::Transaction& tx) {
    std::vector<std::pair<SourceId, Time>> silent;
    const auto rows = TRY((tx.query<std::string, std::int64_t>("select source, since from source_silent")));
    for (const auto& [source, since] : rows) silent.emplace_back(TRY(SourceId::parse(source)), Time{since});
    return silent;
}

Status save_silent(store::Transaction& tx, const SourceId& source, std::optional<Time> since) {
    if (!since) {
        TRY(tx.run("delete from source_silent where source = :a", {source.text()}));
        return {};
    }
    TRY(tx.run("insert into source_silent (source, since) values (:a, :b) on conflict (source) do update set since = excluded.since", {source.text(), since->micros}));
    return {};
}

Result<SlowLane::Allowances> load_allowances(store::Transaction& tx) {
    SlowLane::Allowances allowances;
    const auto rows = TRY((tx.query<std::string, std::int64_t, std::int64_t>("select source, rest, renewed from lane_allowance")));
    for (const auto& [source, rest, renewed] : rows) allowances[TRY(SourceId::parse(source))] = {static_cast<std::uint64_t>(rest), {renewed}};
    return allowances;
}

Status save_allowances(store::Transaction& tx, const SlowLane::Allowances& changed) {
    for (const auto& [source, one] : changed)
        TRY(tx.run("insert into lane_allowance (source, rest, renewed) values (:a, :b, :c) "
                   "on conflict (source) do update set rest = excluded.rest, renewed = excluded.renewed",
                   {source.text(), one.left, one.at.micros}));
    return {};
}

Result<std::vector<Overflow>> load_overflows(store::Transaction& tx) {
    std::vector<Overflow> all;
    const auto rows = TRY((tx.query<std::string, std::string, std::string, std::string, std::int64_t, std::int64_t, std::string>(
        "select source, rule, organisation, title, events, told, last_event from overflow")));
    for (const auto& [source, rule, organisation, title, events, told, last] : rows)
        all.push_back({TRY(SourceId::parse(source)), TRY(OrganisationId::parse(organisation)), rule, title, events, told, last});
    return all;
}

Status add_overflow(store::Transaction& tx, const Overflow& more) {
    TRY(tx.run("insert into overflow (source, rule, organisation, title, events, told, last_event) values (:a, :b, :c, :d, :e, 0, :f) "
               "on conflict (source, rule) do update set events = overflow.events + excluded.events, title = excluded.title, last_event = excluded.last_event",
               {more.source.text(), more.rule, more.organisation.text(), more.title, more.events, more.last}));
    return {};
}

Status save_told(store::Transaction& tx, const Overflow& overflow) {
    TRY(tx.run("update overflow set told = :a where source = :b and rule = :c", {overflow.told, overflow.source.text(), overflow.rule}));
    return {};
}

Result<std::vector<Suspect>> load_suspects(store::Transaction& tx) {
    std::vector<Suspect> suspects;
    for (auto& [position, alone] : TRY((tx.query<std::int64_t, std::int64_t>("select position, alone from suspect order by position"))))
        suspects.push_back({{static_cast<std::uint64_t>(position)}, alone});
    return suspects;
}

Status save_suspect(store::Transaction& tx, const Suspect& suspect) {
    TRY(tx.run("insert into suspect (position, alone) values (:a, :b) on conflict (position) do update set alone = excluded.alone",
               {suspect.position.value, suspect.alone}));
    return {};
}

Status clear_suspect(store::Transaction& tx, event::Position position) {
    TRY(tx.run("delete from suspect where position = :a", {position.value}));
    return {};
}

Result<std::vector<SetAside>> load_set_aside(store::Transaction& tx) {
    std::vector<SetAside> records;
    for (auto& [position, source, organisation, noted, reason] :
         TRY((tx.query<std::int64_t, std::string, std::string, std::int64_t, std::string>(
             "select position, source, organisation, noted, reason from set_aside order by position"))))
        records.push_back({{static_cast<std::uint64_t>(position)}, TRY(SourceId::parse(source)), TRY(OrganisationId::parse(organisation)), {noted}, reason});
    return records;
}

Status save_set_aside(store::Transaction& tx, const SetAside& record) {
    TRY(tx.run("insert into set_aside (position, source, organisation, noted, reason) values (:a, :b, :c, :d, :e) on conflict (position) do nothing",
               {record.position.value, record.source.text(), record.organisation.text(), record.when.micros, record.reason}));
    return {};
}

Result<bool> clear_set_aside(store::Transaction& tx, event::Position position) {
    return TRY(tx.run("delete from set_aside where position = :a", {position.value})) > 0;
}

}  // namespace vg::server
