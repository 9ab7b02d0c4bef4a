#include "findings/rows.h"

namespace vg::findings {

store::Schema schema() {
    return {"findings",
            {{
                // Times are microseconds; tags and matched are JSON. `turn` counts the findings of one organisation, rule and
                // entity; `previous` names the one of the turn before.
                "create table finding (id text primary key, organisation text not null, rule_id text not null, entity text not null, "
                "rule_title text not null, rule_author text not null, rule_kind text not null, level text not null, tags text not null, "
                "state text not null check (state in ('new', 'acknowledged', 'closed')), hits bigint not null, "
                "first_seen bigint not null, last_seen bigint not null, created bigint not null, updated bigint not null, score bigint not null, "
                "event_hash text not null, matched text not null, muted_until bigint, mute_reason text not null, close_reason text not null, "
                "assignee text not null, version bigint not null, turn bigint not null, previous text)",
                "create unique index finding_open on finding (organisation, rule_id, entity) where state <> 'closed'",
                "create unique index finding_turn on finding (organisation, rule_id, entity, turn)",
                "create index finding_last_seen on finding (last_seen, id)",
                "create index finding_organisation on finding (organisation, last_seen, id)",
                "create table finding_event (finding text not null references finding (id), slot bigint not null, block bigint not null, "
                "events text not null, primary key (finding, slot))",
             },
             {
                 // So that lists and counts of what is open, and of one entity, do not read a million rows.
                 "create index finding_state on finding (state, level, last_seen, id, muted_until, organisation)",
                 "create index finding_entity on finding (entity, last_seen, id)",
             },
             {
                 // Counts by what findings are filtered by (tally.h), and the entities in the order of groups. A table of keys
                 // alone is its own index in SQLite.
                 "sqlite: create table finding_by_rule (rule_id text not null, organisation text not null, level text not null, state text not null, "
                 "assignee text not null, muted bigint not null, rule_title text not null, findings bigint not null, hits bigint not null, last_seen bigint not null, example text not null, "
                 "primary key (rule_id, organisation, level, state, assignee, muted, rule_title)) without rowid",
                 "postgresql: create table finding_by_rule (rule_id text not null, organisation text not null, level text not null, state text not null, "
                 "assignee text not null, muted bigint not null, rule_title text not null, findings bigint not null, hits bigint not null, last_seen bigint not null, example text not null, "
                 "primary key (rule_id, organisation, level, state, assignee, muted, rule_title))",
                 "sqlite: create table finding_by_entity (entity text not null, organisation text not null, level text not null, state text not null, "
                 "assignee text not null, muted bigint not null, findings bigint not null, hits bigint not null, last_seen bigint not null, example text not null, "
                 "primary key (entity, organisation, level, state, assignee, muted)) without rowid",
                 "postgresql: create table finding_by_entity (entity text not null, organisation text not null, level text not null, state text not null, "
                 "assignee text not null, muted bigint not null, findings bigint not null, hits bigint not null, last_seen bigint not null, example text not null, "
                 "primary key (entity, organisation, level, state, assignee, muted))",
                 // The place of an entity among those with findings of a level; level empty: of any.
                 "create table finding_rank (level text not null, entity text not null, place bigint not null, primary key (level, entity))",
                 "insert into finding_by_rule select rule_id, organisation, level, state, assignee, case when muted_until is null then 0 else 1 end, rule_title, "
                 "count(*), cast(sum(hits) as bigint), max(last_seen), substr(max(cast(last_seen + 1000000000000000000 as text) || id), 20) from finding "
                 "group by rule_id, organisation, level, state, assignee, case when muted_until is null then 0 else 1 end, rule_title",
                 "insert into finding_by_entity select entity, organisation, level, state, assignee, case when muted_until is null then 0 else 1 end, "
                 "count(*), cast(sum(hits) as bigint), max(last_seen), substr(max(cast(last_seen + 1000000000000000000 as text) || id), 20) from finding "
                 "group by entity, organisation, level, state, assignee, case when muted_until is null then 0 else 1 end",
                 "insert into finding_rank (level, entity, place) select '', entity, "
                 "-(max(case level when 'critical' then 5 when 'high' then 4 when 'medium' then 3 when 'low' then 2 else 1 end) * 1099511627776 + cast(sum(findings) as bigint)) "
                 "from finding_by_entity group by entity",
                 "insert into finding_rank (level, entity, place) select level, entity, "
                 "-(case level when 'critical' then 5 when 'high' then 4 when 'medium' then 3 when 'low' then 2 else 1 end * 1099511627776 + cast(sum(findings) as bigint)) "
                 "from finding_by_entity group by level, entity",
                 "create index finding_place on finding_rank (level, place, entity)",
                 // The newest of a rule, whatever its state.
                 "create index finding_rule on finding (rule_id, last_seen, id, state, level, organisation, assignee, muted_until)",
                 // Few are muted.
                 "create index finding_muted on finding (muted_until) where muted_until is not null",
                 "postgresql: analyze finding",
                 "postgresql: analyze finding_by_rule",
                 "postgresql: analyze finding_by_entity",
                 "postgresql: analyze finding_rank",
             },
             {
                 "alter table finding add column rule_title_vi text not null default ''",
                 "alter table finding add column verdict text not null default ''",
             },
             {
                 "alter table finding add column retrospective bigint not null default 0",
                 "create index finding_retrospective on finding (last_seen, id) where retrospective > 0",
             }}};
}

Result<std::vector<Finding>> read(store::Transaction& tx, std::string_view rest, const store::Params& params) {
    using Int = std::int64_t;
    using Text = std::string;
    std::vector<Finding> found;
    const std::string sql =
        "select id, organisation, rule_id, entity, rule_title, rule_author, rule_kind, level, tags, state, hits, first_seen, last_seen, created, updated, "
        "score, event_hash, matched, muted_until, mute_reason, close_reason, assignee, version, previous, rule_title_vi, verdict, retrospective from finding " + std::string{rest};
    for (auto& [id, organisation, rule_id, entity, title, author, kind, level, tags, state, hits, first, last, created, updated, score, hash, matched,
                muted_until, mute_reason, close_reason, assignee, version, previous, title_vi, verdict, retrospective] :
         TRY((tx.query<Text, Text, Text, Text, Text, Text, Text, Text, Text, Text, Int, Int, Int, Int, Int, Int, Text, Text, std::optional<Int>, Text, Text,
                       Text, Int, std::optional<Text>, Text, Text, Int>(sql, params)))) {
        Finding& finding = found.emplace_back();
        finding.id = TRY(FindingId::parse(id));
        finding.organisation = TRY(OrganisationId::parse(organisation));
        finding.rule_id = std::move(rule_id);
        finding.rule_title = std::move(title);
        finding.rule_title_vi = std::move(title_vi);
        finding.verdict = verdict_named(verdict).value_or(Verdict::unsaid);
        finding.rule_author = std::move(author);
        finding.rule_kind = std::move(kind);
        finding.level = std::move(level);
        if (const auto list = json::parse(tags); list && list->is_array())
            for (const json::Value& tag : list->as_array())
                if (tag.is_text()) finding.tags.push_back(tag.as_text());
        finding.entity = std::move(entity);
        finding.state = state_named(state).value_or(State::new_);
        finding.count = hits;
        finding.first_seen = {first};
        finding.last_seen = {last};
        finding.created = {created};
        finding.updated = {updated};
        finding.score = static_cast<int>(score);
        finding.event_hash = std::move(hash);
        if (auto fields = json::parse(matched)) finding.matched = std::move(*fields);
        if (muted_until) finding.muted_until = Time{*muted_until};
        finding.mute_reason = std::move(mute_reason);
        finding.close_reason = std::move(close_reason);
        finding.assignee = std::move(assignee);
        finding.version = version;
        finding.retrospective = retrospective;
        if (previous) finding.previous = TRY(FindingId::parse(*previous));
    }
    return found;
}

}  // namespace vg::findings
