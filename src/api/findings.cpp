// Findings: what was detected, and what people did about it.
#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/masking.h"
#include "api/narrowed.h"
#include "api/rule_title.h"
#include "api/stream.h"
#include "access/accounts.h"
#include "base/text.h"
#include "findings/book.h"
#include "notify/rows.h"
#include "store/audit.h"

namespace vg::api::of_findings {

namespace {

using findings::Book;
using findings::Filter;
using findings::Finding;
using findings::FindingTag;

constexpr NamedSchema kSchemas[] = {
    {"Finding", R"({"type":"object","required":["id","organisation","rule","level","entity","state","count","first_seen","last_seen","score","matched","masked","version"],"properties":{
    "id":{"type":"string","format":"uuid"},"organisation":{"type":"string","format":"uuid"},
    "rule":{"type":"object","required":["id","title","author","kind","tags"],"properties":{"id":{"type":"string"},"title":{"type":"string"},)" VG_TITLE_VI R"(,"author":{"type":"string"},
        "kind":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}}},"additionalProperties":false},
    "level":{"enum":["informational","low","medium","high","critical"]},"entity":{"type":"string","description":"whom or what it is about, such as host:WS01"},
    "state":{"enum":["new","acknowledged","closed"]},"count":{"type":"integer"},"first_seen":{"type":"string","format":"date-time"},"last_seen":{"type":"string","format":"date-time"},
    "created":{"type":"string","format":"date-time"},"updated":{"type":"string","format":"date-time"},"score":{"type":"integer","minimum":0,"maximum":100},
    "event_hash":{"type":"string","description":"SHA-256 over the ids of all events in order"},"matched":{"type":"object","description":"fields of the first event that made the rule fire"},
    "masked":{"type":"boolean","description":"personal values are hidden in entity or matched; reveal shows them"},
    "muted_until":{"type":["string","null"],"format":"date-time"},"mute_reason":{"type":"string"},"close_reason":{"type":"string"},"verdict":{"enum":["","attack","false-alarm","undecided"],"description":"what it was closed as; empty: nobody said"},"retrospective":{"type":"integer","description":"of count, events that hunts found in the archive after they had come; 0: all were found when they came"},"assignee":{"type":"string"},"version":{"type":"integer"}},
    "additionalProperties":false})"},
    {"FindingCount", R"({"type":"object","required":["count"],"properties":{"count":{"type":"integer"}},"additionalProperties":false})"},
    {"FindingEvents", R"({"type":"object","required":["items","count"],"properties":{"count":{"type":"integer","description":"of all events, kept here or not"},
    "items":{"type":"array","items":{"type":"object","required":["id","occurred"],"properties":{"id":{"type":"string"},"occurred":{"type":"string","format":"date-time"}},"additionalProperties":false}}},
    "additionalProperties":false})"},
    {"FindingGroups", R"({"type":"object","required":["by","items"],"properties":{"by":{"type":"string"},"items":{"type":"array","items":{"type":"object",
    "required":["value","title","example","level","findings","events","last_seen"],"properties":{"value":{"type":"string","description":"rule id, entity, organisation id, level or account name; empty: nobody"},
    "title":{"type":"string","description":"of the rule; else empty"},)" VG_TITLE_VI R"(,"example":{"type":"string","format":"uuid","description":"one of them"},"level":{"enum":["informational","low","medium","high","critical"],"description":"the worst of them"},
    "findings":{"type":"integer"},"events":{"type":"integer"},"last_seen":{"type":"string","format":"date-time"}},"additionalProperties":false}}},"additionalProperties":false})"},
    {"FindingHistory", R"({"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{"type":"object","required":["time","actor","action","details"],"properties":{
    "time":{"type":"string","format":"date-time"},"actor":{"type":"string"},"action":{"type":"string"},"details":{}},"additionalProperties":false}}},"additionalProperties":false})"}};

// Masked for everyone: whoever may see persons asks for one finding, with a reason (reveal below).
json::Value to_json(const Finding& finding, const detect::Engine& engine, bool reveal = false) {
    const std::string entity = reveal ? finding.entity : masked_entity(finding.entity);
    const json::Value matched = reveal ? finding.matched : masked_fields(finding.matched);
    json::Value tags{json::Array{}};
    for (const std::string& tag : finding.tags) tags.add(tag);
    json::Value rule = json::object({{"id", finding.rule_id}, {"title", finding.rule_title}, {"author", finding.rule_author}, {"kind", finding.rule_kind}, {"tags", tags}});
    const std::string title_vi = title_vi_of(engine, finding.rule_id);
    add_title_vi(rule, title_vi.empty() ? finding.rule_title_vi : title_vi);
    return json::object({{"id", finding.id.text()},
                         {"organisation", finding.organisation.text()},
                         {"rule", std::move(rule)},
                         {"level", finding.level},
                         {"entity", entity},
                         {"state", findings::name_of(finding.state)},
                         {"count", finding.count},
                         {"first_seen", time_value(finding.first_seen)},
                         {"last_seen", time_value(finding.last_seen)},
                         {"created", time_value(finding.created)},
                         {"updated", time_value(finding.updated)},
                         {"score", finding.score},
                         {"event_hash", finding.event_hash},
                         {"matched", matched},
                         {"masked", entity != finding.entity || matched.dump() != finding.matched.dump()},
                         {"muted_until", time_value(finding.muted_until)},
                         {"mute_reason", finding.mute_reason},
                         {"close_reason", finding.close_reason},
                         {"verdict", findings::name_of(finding.verdict)},
                         {"retrospective", finding.retrospective},
                         {"assignee", finding.assignee},
                         {"version", finding.version}});
}

// Asking for a value that would be masked is asking whether it is there: only for who may reveal, and the audit chain says
// so. The same account that asks for the same again within ten minutes, as lists do, adds no line.
Status note_person(const Ask& ask, const std::string& entity) {
    if (masked_entity(entity) == entity) return {};
    if (!ask.actor.may("personal:reveal")) return fail(Code::denied, "field entity: names a person; this account may not reveal personal fields");
    constexpr std::string_view kObject = "findings";
    const Time now = ask.context.clock.now();
    return ask.context.state.write([&](store::Transaction& tx) -> Status {
        for (const store::AuditLine& line : TRY(store::audit::list_of(tx, kObject, 50)))
            if (line.actor == ask.actor.name && line.details.text("entity") == entity && line.time > now - minutes(10)) return {};
        return store::audit::append(tx, {.time = now, .actor = ask.actor.name, .action = "personal:reveal", .object = std::string{kObject},
                                         .organisation = ask.actor.organisation, .details = json::object({{"kind", "findings of a person"}, {"entity", entity}})});
    });
}

// The entity of another finding, for who does not know its name. One that is not seen has none.
Result<std::string> entity_like(const Ask& ask, const access::Scope& scope, const std::string& text) {
    const auto id = TRY_IN("field like: ", findings::FindingId::parse(text));
    const auto found = ask.context.state.read([&](store::Transaction& tx) { return Book::find(tx, scope, id); });
    if (found) return found->entity;
    if (found.error().code == Code::not_found) return std::string{};
    return fail(found.error());
}

Result<Filter> filter_of(const Ask& ask) {
    Filter filter;
    if (const auto state = ask.text("state")) filter.state = findings::state_named(*state);
    filter.level = ask.text("level");
    filter.rule = ask.text("rule");
    filter.entity = ask.text("entity");
    if (filter.entity) TRY(note_person(ask, *filter.entity));
    if (const auto like = ask.text("like")) {
        const std::string entity = TRY(entity_like(ask, ask.actor.scope, *like));
        if (filter.entity && *filter.entity != entity) return fail(Code::bad_input, "field like: cannot stand beside entity");
        filter.entity = entity;
    }
    filter.assignee = ask.text("assignee");
    filter.since = ask.time("since");
    filter.muted = ask.boolean("muted");
    filter.retrospective = ask.boolean("retrospective");
    filter.now = ask.context.clock.now();
    return filter;
}

Result<net::Response> answer_with(Ask& ask, const findings::FindingId& id) {
    const Finding finding = TRY(ask.context.state.read([&](store::Transaction& tx) { return Book::find(tx, ask.actor.scope, id); }));
    return versioned_answer(200, to_json(finding, *ask.context.engine()), finding.version);
}

Result<net::Response> list_all(Ask& ask) {
    const Filter filter = TRY(filter_of(ask));
    const access::Scope scope = TRY(scope_of(ask));
    return list(ask, [filter, scope](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto page = TRY(context.state.read([&](store::Transaction& tx) { return Book::list(tx, scope, filter, after, limit); }));
        const auto engine = context.engine();
        ListPage out{.next = page.next};
        for (const Finding& finding : page.items) out.items.push_back(to_json(finding, *engine));
        return out;
    });
}

Result<net::Response> count(Ask& ask) {
    const Filter filter = TRY(filter_of(ask));
    const access::Scope scope = TRY(scope_of(ask));
    const std::int64_t count = TRY(ask.context.state.read([&](store::Transaction& tx) { return Book::count(tx, scope, filter); }));
    return json_answer(200, json::object({{"count", count}}));
}

Result<net::Response> show(Ask& ask) { return answer_with(ask, TRY(ask.id<FindingTag>())); }

Result<net::Response> events(Ask& ask) {
    const auto id = TRY(ask.id<FindingTag>());
    Finding finding;
    const auto references = TRY(ask.context.state.read([&](store::Transaction& tx) -> Result<std::vector<findings::EventRef>> {
        finding = TRY(Book::find(tx, ask.actor.scope, id));
        return Book::events(tx, ask.actor.scope, id);
    }));
    json::Value items{json::Array{}};
    for (const findings::EventRef& reference : references)
        items.add(json::object({{"id", reference.id.text()}, {"occurred", time_value(reference.occurred)}}));
    return json_answer(200, json::object({{"count", finding.count}, {"items", std::move(items)}}));
}

// One of the Book's actions, inside the actor's scope.
template <class Act>
Result<net::Response> change(Ask& ask, Act&& act) {
    const auto id = TRY(ask.id<FindingTag>());
    const auto version = TRY(ask.if_match());
    const Time now = ask.context.clock.now();
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        TRY(Book::find(tx, ask.actor.scope, id));
        return act(tx, id, version, now);
    }));
    const Finding finding = TRY(ask.context.state.read([&](store::Transaction& tx) { return Book::find(tx, ask.actor.scope, id); }));
    if (ask.context.stream != nullptr) ask.context.stream->finding({finding.id, finding.organisation, finding.level, false});
    return versioned_answer(200, to_json(finding, *ask.context.engine()), finding.version);
}

Result<net::Response> acknowledge(Ask& ask) {
    return change(ask, [&](auto& tx, const auto& id, auto version, Time now) { return Book::acknowledge(tx, ask.actor, id, version, now); });
}
Result<net::Response> unacknowledge(Ask& ask) {
    return change(ask, [&](auto& tx, const auto& id, auto version, Time now) { return Book::unacknowledge(tx, ask.actor, id, version, now); });
}
Result<net::Response> close(Ask& ask) {
    const std::string reason = ask.body.text("reason").value_or("");
    const auto verdict = findings::verdict_named(ask.body.text("verdict").value_or(""));
    if (!verdict) return fail(Code::bad_input, "field verdict: is none of attack, false-alarm and undecided");
    return change(ask, [&](auto& tx, const auto& id, auto version, Time now) { return Book::close(tx, ask.actor, id, reason, version, now, *verdict); });
}
Result<net::Response> reopen(Ask& ask) {
    const std::string reason = ask.body.text("reason").value_or("");
    return change(ask, [&](auto& tx, const auto& id, auto version, Time now) -> Status {
        TRY(Book::reopen(tx, ask.actor, id, reason, version, now));
        return notify::note_reopened(tx, id, now);
    });
}
Result<net::Response> mute(Ask& ask) {
    const std::string reason = ask.body.text("reason").value_or("");
    const Time until = parse_time(ask.body.text("until").value_or("")).value_or(Time{});
    return change(ask, [&](auto& tx, const auto& id, auto version, Time now) { return Book::mute(tx, ask.actor, id, reason, until, version, now); });
}
Result<net::Response> unmute(Ask& ask) {
    return change(ask, [&](auto& tx, const auto& id, auto version, Time now) { return Book::unmute(tx, ask.actor, id, version, now); });
}

Result<net::Response> reveal(Ask& ask) {
    const auto id = TRY(ask.id<FindingTag>());
    Finding finding;
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        finding = TRY(Book::find(tx, ask.actor.scope, id));
        return store::audit::append(tx, {.time = ask.context.clock.now(),
                                         .actor = ask.actor.name,
                                         .action = "personal:reveal",
                                         .object = "finding/" + id.text(),
                                         .organisation = finding.organisation,
                                         .details = json::object({{"reason", ask.body.text("reason")}})});
    }));
    return json_answer(200, to_json(finding, *ask.context.engine(), true));
}

// To an account that exists and sees the finding; an empty name gives it back to nobody.
Result<net::Response> assign(Ask& ask) {
    const std::string name = ask.body.text("assignee").value_or("");
    return change(ask, [&](store::Transaction& tx, const auto& id, auto version, Time now) -> Status {
        if (!name.empty()) {
            const Finding finding = TRY(Book::find(tx, ask.actor.scope, id));
            const bool oneself = ask.actor.user && ask.actor.name == "user:" + name;
            if (!oneself) {
                const auto user = access::Accounts::find_user_named(tx, ask.actor.scope, name);
                if (!user || user->disabled) return fail(Code::bad_input, "field assignee: there is no such account among those that you see");
            }
        }
        return Book::assign(tx, ask.actor, id, name, version, now);
    });
}

Result<net::Response> groups(Ask& ask) {
    const Filter filter = TRY(filter_of(ask));
    const access::Scope scope = TRY(scope_of(ask));
    const std::string by = ask.text("by").value_or("rule");
    const auto grouping = findings::grouping_named(by);
    if (!grouping) return fail(Code::bad_input, "field by: is no grouping");
    const std::int64_t limit = ask.integer("limit").value_or(100);
    if (limit < 1 || limit > 1000) return fail(Code::bad_input, "field limit: must be 1 to 1000");
    const auto engine = ask.context.engine();
    const auto found = TRY(ask.context.state.read([&](store::Transaction& tx) -> Result<std::vector<findings::Group>> {
        auto all = TRY(Book::groups(tx, scope, filter, *grouping, static_cast<std::size_t>(limit)));
        for (findings::Group& group : all)  // rules that are in force no more
            if (*grouping == findings::Grouping::rule && title_vi_of(*engine, group.value).empty())
                if (const auto example = Book::find(tx, scope, TRY(findings::FindingId::parse(group.example)))) group.title_vi = example->rule_title_vi;
        return all;
    }));
    json::Value items{json::Array{}};
    for (const findings::Group& group : found) {
        json::Value item = json::object({{"value", *grouping == findings::Grouping::entity ? masked_entity(group.value) : group.value},
                                         {"title", group.title},
                                         {"example", group.example},
                                         {"level", group.level},
                                         {"findings", group.findings},
                                         {"events", group.events},
                                         {"last_seen", time_value(group.last_seen)}});
        if (*grouping == findings::Grouping::rule) {
            const std::string title_vi = title_vi_of(*engine, group.value);
            add_title_vi(item, title_vi.empty() ? group.title_vi : title_vi);
        }
        items.add(std::move(item));
    }
    return json_answer(200, json::object({{"by", by}, {"items", std::move(items)}}));
}

Result<net::Response> history(Ask& ask) {
    const auto id = TRY(ask.id<FindingTag>());
    const auto deeds = TRY(ask.context.state.read([&](store::Transaction& tx) { return Book::history(tx, ask.actor.scope, id); }));
    json::Value items{json::Array{}};
    for (const findings::Deed& deed : deeds)
        items.add(json::object({{"time", time_value(deed.time)}, {"actor", deed.actor}, {"action", deed.action}, {"details", deed.details}}));
    return json_answer(200, json::object({{"items", std::move(items)}}));
}

constexpr std::string_view kAssign = R"({"type":"object","required":["assignee"],"additionalProperties":false,"properties":{
    "assignee":{"type":"string","maxLength":64,"description":"name of an account; empty: nobody"}},"examples":[{"assignee":"{person}"}]})";
constexpr std::string_view kReason = R"({"type":"object","required":["reason"],"additionalProperties":false,"properties":{
    "reason":{"type":"string","minLength":3,"maxLength":500}},"examples":[{"reason":"seen and understood"}]})";
constexpr std::string_view kClose = R"({"type":"object","required":["reason"],"additionalProperties":false,"properties":{
    "reason":{"type":"string","minLength":3,"maxLength":500},"verdict":{"enum":["attack","false-alarm","undecided"],"description":"what it was; counts in the scorecard of its rule"}},
    "examples":[{"reason":"the nightly backup","verdict":"false-alarm"}]})";
constexpr std::string_view kReveal = R"({"type":"object","required":["reason"],"additionalProperties":false,"properties":{
    "reason":{"type":"string","minLength":3,"maxLength":500,"description":"stands in the audit chain"}},"examples":[{"reason":"to tell the owner of the account"}]})";
constexpr std::string_view kMute = R"({"type":"object","required":["reason","until"],"additionalProperties":false,"properties":{
    "reason":{"type":"string","minLength":3,"maxLength":500},"until":{"type":"string","format":"date-time","description":"at most 365 days ahead"}},
    "examples":[{"reason":"known scanner","until":"{tomorrow}"}]})";
constexpr std::string_view kFilter =
    "state:new|acknowledged|closed, level:informational|low|medium|high|critical, rule:string the rule's id, entity:string such as host:WS01, "
    "like:uuid the entity of this finding, assignee:string name of an account, since:time last seen at or after, muted:boolean, retrospective:boolean hunts found some of it in the archive or none, " VG_NARROWED;
constexpr std::string_view kGroups =
    "by:rule|entity|organisation|level|assignee what to count together and rule without, state:new|acknowledged|closed, level:informational|low|medium|high|critical, "
    "rule:string the rule's id, entity:string such as host:WS01, like:uuid the entity of this finding, assignee:string name of an account, since:time last seen at or after, muted:boolean, retrospective:boolean hunts found some of it in the archive or none, "
    "limit:integer most groups from 1 to 1000 and 100 without, " VG_NARROWED;
constexpr std::string_view kListFilter =
    "state:new|acknowledged|closed, level:informational|low|medium|high|critical, rule:string the rule's id, entity:string such as host:WS01, "
    "like:uuid the entity of this finding, assignee:string name of an account, since:time last seen at or after, muted:boolean, retrospective:boolean hunts found some of it in the archive or none, "
    "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before, " VG_NARROWED;

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/findings", .permission = "finding:read",
     .summary = "Lists findings, the last seen first.", .response_schema = "Finding[]", .parameters = kListFilter, .answer = list_all},
    {.method = "GET", .pattern = "/api/v1/findings/count", .permission = "finding:read",
     .summary = "Counts findings.", .response_schema = "FindingCount", .parameters = kFilter, .answer = count},
    {.method = "GET", .pattern = "/api/v1/findings/groups", .permission = "finding:read",
     .summary = "Counts findings together: by rule, entity, organisation, level or assignee; the worst first.", .response_schema = "FindingGroups", .parameters = kGroups, .answer = groups},
    {.method = "GET", .pattern = "/api/v1/findings/{id}", .permission = "finding:read",
     .summary = "Shows one finding; personal values are masked.", .response_schema = "Finding", .answer = show},
    {.method = "GET", .pattern = "/api/v1/findings/{id}/events", .permission = "finding:read",
     .summary = "Names the first and the last 100 events of a finding.", .response_schema = "FindingEvents", .answer = events},
    {.method = "GET", .pattern = "/api/v1/findings/{id}/history", .permission = "finding:read",
     .summary = "Tells what people did to a finding, newest first, from the audit chain.", .response_schema = "FindingHistory", .answer = history},
    {.method = "POST", .pattern = "/api/v1/findings/{id}/assign", .permission = "finding:acknowledge",
     .summary = "Gives a finding to an account, or back to nobody.", .request_schema = kAssign, .response_schema = "Finding", .answer = assign},
    {.method = "POST", .pattern = "/api/v1/findings/{id}/acknowledge", .permission = "finding:acknowledge",
     .summary = "Says that somebody looks at it.", .response_schema = "Finding", .answer = acknowledge},
    {.method = "POST", .pattern = "/api/v1/findings/{id}/unacknowledge", .permission = "finding:acknowledge",
     .summary = "Takes that back: the finding is new again.", .response_schema = "Finding", .answer = unacknowledge},
    {.method = "POST", .pattern = "/api/v1/findings/{id}/reveal", .permission = "personal:reveal",
     .summary = "Shows one finding with personal values; the reason goes into the audit chain.", .request_schema = kReveal, .response_schema = "Finding", .answer = reveal},
    {.method = "POST", .pattern = "/api/v1/findings/{id}/close", .permission = "finding:close",
     .summary = "Closes a finding, with the reason and what it was.", .request_schema = kClose, .response_schema = "Finding", .answer = close},
    {.method = "POST", .pattern = "/api/v1/findings/{id}/reopen", .permission = "finding:close",
     .summary = "Opens a closed finding again, with the reason.", .request_schema = kReason, .response_schema = "Finding", .answer = reopen},
    {.method = "POST", .pattern = "/api/v1/findings/{id}/mute", .permission = "finding:mute",
     .summary = "Mutes a finding for a time; its matches go on being counted.", .request_schema = kMute, .response_schema = "Finding", .answer = mute},
    {.method = "POST", .pattern = "/api/v1/findings/{id}/unmute", .permission = "finding:mute",
     .summary = "Ends the muting of a finding.", .response_schema = "Finding", .answer = unmute},
};

}  // namespace

extern const Resource findings{.name = "findings", .about = "What was detected, and what was done about it.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_findings
