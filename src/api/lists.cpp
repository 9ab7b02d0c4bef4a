// Lists of victims that were kept: what came with which letter, whose the rows are, and what changed from one to the next. An account of
// some organisations sees the lists with rows of these, and only those rows.
#include <algorithm>
#include <map>
#include <memory>

#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/list_view.h"
#include "api/narrowed.h"
#include "base/text.h"
#include "lists/jobs.h"
#include "lists/lists.h"
#include "lists/tell_cases.h"
#include "lists/worklist.h"

namespace vg::api::of_lists {

namespace {

using lists::ListTag;

constexpr std::size_t kMostGroups = 200, kPieceOfCsv = 500;

constexpr NamedSchema kSchemas[] = {
    {"ListLetter", R"({"type":"object","required":["issuer","number","date","subject","urgency"],"properties":{"issuer":{"type":"string"},"number":{"type":"string","description":"empty: it has none"},
    "date":{"type":"string","description":"such as 2026-11-28; empty: not told"},"subject":{"type":"string"},"urgency":{"type":"string"}},"additionalProperties":false})"},
    {"ListCounts", R"({"type":"object","description":"records; of accounts of some organisations only their own","required":["owner"],"properties":{"owner":{"type":"integer"},
    "conflict":{"type":"integer","description":"several organisations claim the address"},"gap":{"type":"integer","description":"nobody knows whose it was: that is not 'nobody is affected'"},
    "nobody":{"type":"integer","description":"a special address"}},"additionalProperties":false})"},
    {"ListReference", R"({"type":"object","required":["id","name","number","issuer","date","kept"],"properties":{"id":{"type":"string","format":"uuid"},"name":{"type":"string"},"number":{"type":"string"},"issuer":{"type":"string"},
    "date":{"type":"string"},"kept":{"type":"string","format":"date-time"}},"additionalProperties":false})"},
    {"VictimList", R"({"type":"object","required":["id","name","form","letter","series","family","profile","zone","kept","place","attribution"],"properties":{"id":{"type":"string","format":"uuid"},"name":{"type":"string","description":"of the file"},
    "form":{"type":"string"},"letter":{"$ref":"#/components/schemas/ListLetter"},"series":{"type":"string"},"family":{"type":"string","description":"where all rows have the same"},"profile":{"type":"string"},"zone":{"type":"string"},
    "kept":{"type":"string","format":"date-time"},"place":{"type":"string","format":"date-time","description":"its time in the series"},"from":{"type":["string","null"],"format":"date-time","description":"when the first victim was seen"},
    "until":{"type":["string","null"],"format":"date-time"},"sha256":{"type":"string"},"bytes":{"type":"integer"},"by":{"type":"string"},"indicators":{"type":"string","description":"the list of indicators that its control servers went into"},
    "same_as":{"type":["string","null"],"description":"the list that it is a copy of"},
    "counts":{"type":"object","description":"of the file; for accounts of the node. read = accepted + duplicate + rejected","required":["read","accepted","duplicate","rejected","records","victims"],"properties":{"read":{"type":"integer"},
        "accepted":{"type":"integer"},"duplicate":{"type":"integer"},"rejected":{"type":"integer"},"records":{"type":"integer"},"victims":{"type":"integer"}},"additionalProperties":false},
    "attribution":{"$ref":"#/components/schemas/ListCounts"},
    "organisations":{"type":"array","description":"the 50 with the most records; of one list","items":{"type":"object","required":["id","name","rows"],"properties":{"id":{"type":"string"},"name":{"type":"string"},"rows":{"type":"integer"}},"additionalProperties":false}},
    "copies":{"type":"array","description":"of one list: where else it came from","items":{"$ref":"#/components/schemas/ListReference"}}},"additionalProperties":false})"},
    {"ListRow", R"({"type":"object","required":["number","line","subject","family","kind","organisation","fact","system"],"properties":{"number":{"type":"integer"},"line":{"type":"integer"},
    "subject":{"type":"string","description":"address, name or URL of the victim"},"port":{"type":"integer"},"seen":{"type":"string","format":"date-time"},"first_seen":{"type":"string","format":"date-time"},"family":{"type":"string"},
    "kind":{"enum":["owner","conflict","gap","nobody"]},"organisation":{"type":["object","null"],"required":["id","name"],"properties":{"id":{"type":"string"},"name":{"type":"string"}},"additionalProperties":false},
    "fact":{"type":"integer","description":"the directory's fact that says so; 0: none"},"system":{"type":"string"},"level":{"type":"integer","description":"of the system, 1 to 5; 0: not known"},
    "c2":{"type":"string"},"c2_port":{"type":"integer"},"destination":{"type":"string"},"destination_port":{"type":"integer"},"protocol":{"type":"string"},
    "unit":{"type":"string","description":"whose the list says it is: never trusted"},"province":{"type":"string"},"provider":{"type":"string"},"asn":{"type":"integer"},
    "asn_of":{"type":["object","null"],"description":"of a gap: whose the list's autonomous system is by the fact; that does not make the address theirs","required":["id","name"],"properties":{"id":{"type":"string"},"name":{"type":"string"}},"additionalProperties":false},"hostname":{"type":"string"},"sector":{"type":"string"},
    "report":{"type":"string"},"source":{"type":"string"},"told_level":{"type":"string","description":"how serious the list says it is"},"note":{"type":"string"},
    "others":{"type":"object","description":"header and value of what has no role"},
    "said_before":{"type":"array","description":"what was said of it before the directory was corrected","items":{"type":"object","required":["changed","by","kind","organisation","fact","by_fact"],"properties":{"changed":{"type":"string","format":"date-time"},
        "by":{"type":"string"},"kind":{"type":"string"},"organisation":{"type":["object","null"],"required":["id","name"],"properties":{"id":{"type":"string"},"name":{"type":"string"}},"additionalProperties":false},"fact":{"type":"integer"},"system":{"type":"string"},"by_fact":{"type":"integer","description":"the fact that says otherwise now"}},
        "additionalProperties":false}}},"additionalProperties":false})"},
    {"ListChanges", R"({"type":"object","required":["new","persistent","gone","relapsed"],"properties":{"new":{"type":"integer"},"persistent":{"type":"integer"},"gone":{"type":"integer","description":"on the list before, not on this one"},
    "relapsed":{"type":"integer","description":"not on the list before, but on an earlier one"}},"additionalProperties":false})"},
    {"ListDiff", R"({"type":"object","required":["list","with","series","all","organisations","families","provinces","trend"],"properties":{"list":{"$ref":"#/components/schemas/ListReference"},
    "with":{"oneOf":[{"$ref":"#/components/schemas/ListReference"},{"type":"null"}],"description":"null: there is none before it"},"series":{"type":"string"},"all":{"$ref":"#/components/schemas/ListChanges"},
    "organisations":{"type":"array","description":"the 200 with the most; without an organisation: what is nobody's, claimed by several, or not known","items":{"type":"object","required":["organisation","changes"],
        "properties":{"organisation":{"type":["object","null"],"required":["id","name"],"properties":{"id":{"type":"string"},"name":{"type":"string"}},"additionalProperties":false},"changes":{"$ref":"#/components/schemas/ListChanges"}},"additionalProperties":false}},
    "families":{"type":"array","items":{"type":"object","required":["value","changes"],"properties":{"value":{"type":"string"},"changes":{"$ref":"#/components/schemas/ListChanges"}},"additionalProperties":false}},
    "provinces":{"type":"array","items":{"type":"object","required":["value","changes"],"properties":{"value":{"type":"string"},"changes":{"$ref":"#/components/schemas/ListChanges"}},"additionalProperties":false}},
    "trend":{"type":"array","description":"lists of the series, the oldest first, at most 24","items":{"type":"object","required":["list","victims"],"properties":{"list":{"$ref":"#/components/schemas/ListReference"},"victims":{"type":"integer"}},
    "additionalProperties":false}}},"additionalProperties":false})"},
    {"ListReattribution", R"({"type":"object","required":["list","kept","rows","changed","before","after","changes"],"properties":{"list":{"type":"string","format":"uuid"},"kept":{"type":"boolean","description":"false: it was a preview"},
    "rows":{"type":"integer"},"changed":{"type":"integer"},"before":{"$ref":"#/components/schemas/ListCounts"},"after":{"$ref":"#/components/schemas/ListCounts"},
    "changes":{"type":"array","description":"the first 100","items":{"type":"object","required":["number","subject","before","after"],"properties":{"number":{"type":"integer"},"subject":{"type":"string"},
        "before":{"$ref":"#/components/schemas/ListAnswer"},"after":{"$ref":"#/components/schemas/ListAnswer"}},"additionalProperties":false}}},"additionalProperties":false})"},
    {"ListAnswer", R"({"type":"object","required":["kind","organisation","fact","system"],"properties":{"kind":{"enum":["owner","conflict","gap","nobody"]},"organisation":{"type":["object","null"],"required":["id","name"],"properties":{"id":{"type":"string"},"name":{"type":"string"}},"additionalProperties":false},"fact":{"type":"integer"},
    "system":{"type":"string"}},"additionalProperties":false})"}};

Result<net::Response> list_all(Ask& ask) {
    return list(ask, [](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        std::optional<lists::ListId> behind;
        if (after) {
            const auto id = lists::ListId::parse(*after);
            if (!id) return fail(Code::bad_input, "field after: is no cursor of this list");
            behind = *id;
        }
        return context.state.read([&](store::Transaction& tx) -> Result<ListPage> {
            const auto found = TRY(lists::all(tx, actor.scope, behind, limit + 1));
            ListPage page;
            for (std::size_t i = 0; i < std::min(found.size(), limit); ++i) {
                json::Value shown = list_value(found[i], actor.scope);
                lists::Counts counts = found[i].attributed;
                if (!actor.scope.sees_node()) counts = TRY(lists::counts_of(tx, actor.scope, found[i]));
                shown.set("attribution", counts_value(counts, actor.scope));
                page.items.push_back(std::move(shown));
            }
            if (found.size() > limit) page.next = found[limit - 1].id.text();
            return page;
        });
    });
}

Result<lists::List> list_of(Ask& ask) {
    const auto id = TRY(ask.id<ListTag>());
    return ask.context.state.read([&](store::Transaction& tx) { return lists::find(tx, ask.actor.scope, id); });
}

Result<net::Response> show(Ask& ask) {
    const lists::List list = TRY(list_of(ask));
    const lists::ListId rows_of = list.same_as.value_or(list.id);
    json::Value out = list_value(list, ask.actor.scope);
    TRY(ask.context.state.read([&](store::Transaction& tx) -> Status {
        out.set("attribution", counts_value(TRY(lists::counts_of(tx, ask.actor.scope, list)), ask.actor.scope));
        json::Array organisations, copies;
        const auto most = TRY(lists::organisations_of(tx, ask.actor.scope, rows_of, 50));
        for (const auto& [id, rows] : most) organisations.push_back(json::object({{"id", id.text()}, {"name", organisation_name(ask.context, id)}, {"rows", rows}}));
        const auto same = TRY(lists::copies_of(tx, rows_of));
        for (const lists::List& copy : same) copies.push_back(list_reference(copy));
        out.set("organisations", std::move(organisations)).set("copies", std::move(copies));
        return {};
    }));
    return json_answer(200, out);
}

json::Value row_value(const Context& context, const lists::Row& row, const std::vector<lists::Said>& said) {
    const lists::Record& record = row.record;
    json::Value out = json::object({{"number", row.number}, {"line", record.line}, {"subject", lists::subject_of(record)}, {"family", record.family}, {"kind", lists::name_of(row.kind)},
                                    {"organisation", organisation_value(context, row.organisation)}, {"fact", row.fact}, {"system", row.system}, {"level", row.level}});
    if (record.port) out.set("port", std::int64_t{*record.port});
    if (record.seen) out.set("seen", time_value(*record.seen));
    if (record.first_seen) out.set("first_seen", time_value(*record.first_seen));
    const std::pair<const char*, const std::string*> texts[] = {{"c2", &record.c2}, {"destination", &record.destination}, {"protocol", &record.protocol}, {"unit", &record.unit}, {"province", &record.province}, {"provider", &record.provider},
                                                                {"hostname", &record.hostname}, {"sector", &record.sector}, {"report", &record.report}, {"source", &record.source}, {"told_level", &record.level}, {"note", &record.note}};
    for (const auto& [name, text] : texts)
        if (!text->empty()) out.set(name, *text);
    if (record.c2_port) out.set("c2_port", std::int64_t{*record.c2_port});
    if (record.destination_port) out.set("destination_port", std::int64_t{*record.destination_port});
    if (record.asn) out.set("asn", std::int64_t{*record.asn});
    if (!record.others.empty()) {
        json::Value others{json::Object{}};
        for (const auto& [header, value] : record.others) others.as_object().emplace_back(header, value);
        out.set("others", std::move(others));
    }
    if (!said.empty()) {
        json::Array before;
        for (const lists::Said& one : said)
            before.push_back(json::object({{"changed", time_value(one.changed)}, {"by", one.by}, {"kind", lists::name_of(one.kind)}, {"organisation", organisation_value(context, one.organisation)}, {"fact", one.fact}, {"system", one.system},
                                           {"by_fact", one.by_fact}}));
        out.set("said_before", std::move(before));
    }
    return out;
}

Result<net::Response> list_rows(Ask& ask) {
    const lists::List head = TRY(list_of(ask));
    const lists::ListId id = head.same_as.value_or(head.id);
    lists::RowFilter filter;
    if (const auto kind = ask.text("kind")) filter.kind = lists::whose_named(*kind);
    if (const auto named = ask.text("organisation")) filter.organisations = narrowed(ask.actor.scope, *ask.context.directory(), TRY(organisations_named(*named))).organisations();
    return list(ask, [id, filter](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        std::int64_t behind = 0;
        if (after) {
            const auto number = parse_int(*after);
            if (!number) return fail(Code::bad_input, "field after: is no cursor of this list");
            behind = *number;
        }
        return context.state.read([&](store::Transaction& tx) -> Result<ListPage> {
            const auto found = TRY(lists::rows(tx, actor.scope, id, filter, behind, limit + 1));
            ListPage page;
            // Whose it was said to be before concerns those as well.
            std::map<std::int64_t, std::vector<lists::Said>> said;
            if (actor.scope.sees_node() && !found.empty()) said = TRY(lists::said_before(tx, id, found.front().number, found.back().number));
            for (std::size_t i = 0; i < std::min(found.size(), limit); ++i) {
                json::Value shown = row_value(context, found[i], said[found[i].number]);
                // In whose autonomous system an address lies that no range names.
                if (found[i].kind == lists::Whose::gap && found[i].fact != 0)
                    if (const auto fact = directory::Facts::find(tx, actor.scope, found[i].fact)) shown.set("asn_of", organisation_value(context, fact->organisation));
                page.items.push_back(std::move(shown));
            }
            if (found.size() > limit) page.next = std::to_string(found[limit - 1].number);
            return page;
        });
    });
}

Result<net::Response> rejected(Ask& ask) {
    const lists::ListId id = TRY(list_of(ask)).id;
    net::Response response;
    response.with("Content-Type", "text/csv; charset=utf-8").with("Content-Disposition", "attachment; filename=\"rejected.csv\"");
    struct At {
        Context& context;
        lists::ListId id;
        std::int64_t behind = 0;
        bool begun = false;
    };
    response.stream = [at = std::make_shared<At>(At{ask.context, id})](std::string& out) {
        if (!std::exchange(at->begun, true)) out += rejected_head();
        const auto rows = at->context.state.read([&](store::Transaction& tx) { return lists::rejected(tx, at->id, at->behind, kPieceOfCsv); });
        if (!rows) out += "#," + rows.error().text + "\r\n";
        if (!rows || rows->empty()) return false;
        for (const lists::RowView& row : *rows) rejected_row(out, row);
        at->behind += static_cast<std::int64_t>(rows->size());
        return true;
    };
    return response;
}

Result<net::Response> original(Ask& ask) {
    const lists::List list = TRY(list_of(ask));
    net::Response response;
    response.body = TRY(lists::original(TRY(lists_place(ask.context)), list));
    // Whatever the file is, no browser shall show it as a page of ours.
    response.with("Content-Type", "application/octet-stream").with("Content-Disposition", format("attachment; filename=\"list-{}\"", list.id.text()));
    return response;
}

json::Value changes_value(const lists::Changed& changed) { return json::object({{"new", changed.new_}, {"persistent", changed.persistent}, {"gone", changed.gone}, {"relapsed", changed.relapsed}}); }

// The largest first.
std::vector<std::pair<std::string, lists::Changed>> largest(const std::map<std::string, lists::Changed>& all) {
    std::vector<std::pair<std::string, lists::Changed>> sorted{all.begin(), all.end()};
    const auto sum = [](const lists::Changed& one) { return one.new_ + one.persistent + one.gone + one.relapsed; };
    std::stable_sort(sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) { return sum(a.second) > sum(b.second); });
    if (sorted.size() > kMostGroups) sorted.resize(kMostGroups);
    return sorted;
}

Result<net::Response> diff(Ask& ask) {
    const auto id = TRY(ask.id<ListTag>());
    std::optional<lists::ListId> with;
    if (const auto text = ask.text("with")) {
        const auto parsed = lists::ListId::parse(*text);
        if (!parsed) return fail(Code::bad_input, "field with: is the id of a list");
        with = *parsed;
    }
    const auto difference = TRY(ask.context.state.read([&](store::Transaction& tx) { return lists::difference(tx, ask.actor.scope, id, with); }));
    json::Array organisations, families, provinces, trend;
    for (const auto& [organisation, changed] : largest(difference.organisations)) {
        const auto parsed = OrganisationId::parse(organisation);
        organisations.push_back(json::object({{"organisation", organisation_value(ask.context, parsed ? std::optional{*parsed} : std::nullopt)}, {"changes", changes_value(changed)}}));
    }
    for (const auto& [family, changed] : largest(difference.families)) families.push_back(json::object({{"value", family}, {"changes", changes_value(changed)}}));
    for (const auto& [province, changed] : largest(difference.provinces)) provinces.push_back(json::object({{"value", province}, {"changes", changes_value(changed)}}));
    for (const auto& point : difference.trend) trend.push_back(json::object({{"list", list_reference(point.list)}, {"victims", point.victims}}));
    return json_answer(200, json::object({{"list", list_reference(difference.list)},
                                          {"with", difference.with && difference.shows_with ? list_reference(*difference.with) : json::Value{}},
                                          {"series", difference.list.series},
                                          {"all", changes_value(difference.all)},
                                          {"organisations", std::move(organisations)},
                                          {"families", std::move(families)},
                                          {"provinces", std::move(provinces)},
                                          {"trend", std::move(trend)}}));
}

json::Value answer_value(const Context& context, lists::Whose kind, const std::optional<OrganisationId>& organisation, std::int64_t fact, const std::string& system) {
    return json::object({{"kind", lists::name_of(kind)}, {"organisation", organisation_value(context, organisation)}, {"fact", fact}, {"system", system}});
}

Result<net::Response> attribute(Ask& ask) {
    const auto id = TRY(ask.id<ListTag>());
    const bool preview = ask.body.boolean("preview").value_or(false);
    const auto told = TRY(lists::attribute_again(TRY(lists_place(ask.context)), id, attributor_of(ask.context), !preview, ask.actor, ask.context.clock.now()));
    if (!preview && told.changed > 0) {
        const lists::List list = TRY(ask.context.state.read([&](store::Transaction& tx) { return lists::find(tx, ask.actor.scope, id); }));
        TRY(lists::leave_cases(ask.context.state, list, 0, ask.actor.name, ask.context.clock.now()));
        TRY(lists::tell_cases(ask.context.state, list, ask.actor.name, ask.context.random, ask.context.clock.now()));
        // Where no server works on the folder, the next one tells.
        const auto hits = lists::tell_hits({.state = ask.context.state, .clock = ask.context.clock, .random = ask.context.random, .keep_own = ask.context.keep_own}, list, &told.given);
        TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
            if (!hits) TRY(lists::ask_to_tell(tx, id, ask.actor.name, ask.context.random, ask.context.clock.now()));
            return lists::ask_inside(tx, id, ask.actor.name, ask.context.random, ask.context.clock.now());
        }));
        if (ask.context.list_jobs_changed) ask.context.list_jobs_changed();
    }
    json::Array changes;
    for (const lists::Change& one : told.changes)
        changes.push_back(json::object({{"number", one.number},
                                        {"subject", one.subject},
                                        {"before", answer_value(ask.context, one.was, one.organisation_was, one.fact_was, one.system_was)},
                                        {"after", answer_value(ask.context, one.is, one.organisation_is, one.fact_is, one.system_is)}}));
    return json_answer(200, json::object({{"list", id.text()}, {"kept", !preview}, {"rows", told.rows}, {"changed", told.changed}, {"before", counts_value(told.before, ask.actor.scope)}, {"after", counts_value(told.after, ask.actor.scope)},
                                          {"changes", std::move(changes)}}));
}

constexpr std::string_view kAttribute = R"({"type":"object","additionalProperties":false,"properties":{"preview":{"type":"boolean","description":"only tells what would change"}},"examples":[{"preview":true}]})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/lists", .permission = "list:read", .summary = "Lists the lists of victims, the newest first.", .response_schema = "VictimList[]", .parameters = kListParameters, .answer = list_all},
    {.method = "GET", .pattern = "/api/v1/lists/{id}", .permission = "list:read", .summary = "Shows one list: its letter, its accounts, whose its records are, and where copies came from.", .response_schema = "VictimList", .answer = show},
    {.method = "GET", .pattern = "/api/v1/lists/{id}/rows", .permission = "list:read", .summary = "Lists its records, each with whose it was and by which fact.", .response_schema = "ListRow[]",
     .parameters = "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before, kind:owner|conflict|gap|nobody only these, organisation:uuids only of these organisations and those below them",
     .answer = list_rows},
    {.method = "GET", .pattern = "/api/v1/lists/{id}/rejected", .permission = "list:import", .holds = Holds::node, .summary = "Gives the rows that could not be read, with line and reason, as CSV.", .answer = rejected},
    {.method = "GET", .pattern = "/api/v1/lists/{id}/original", .permission = "list:import", .holds = Holds::node, .summary = "Gives the file as it came, checked against its hash.", .answer = original},
    {.method = "GET", .pattern = "/api/v1/lists/{id}/diff", .permission = "list:read", .summary = "Compares it with another, or the one before it in its series: what is new, persistent, gone and relapsed.", .response_schema = "ListDiff",
     .parameters = "with:uuid the other list", .answer = diff},
    {.method = "POST", .pattern = "/api/v1/lists/{id}/attribute", .permission = "list:import", .holds = Holds::node, .summary = "Asks the directory as it is now whose each record was. What was said before stays readable.", .request_schema = kAttribute,
     .response_schema = "ListReattribution", .answer = attribute},
};

}  // namespace

extern const Resource lists{.name = "lists", .about = "Lists of victims, such as those of botnets that come with a letter.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_lists
