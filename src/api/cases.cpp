// Cases: one organisation, one matter, many items; what people answer for each, and when it may be closed.
#include "api/case_json.h"
#include "api/list.h"
#include "api/narrowed.h"
#include "base/text.h"
#include "base/time.h"

namespace vg::api {

json::Value case_json(const cases::Case& file) {
    return json::object({{"id", file.id.text()}, {"number", file.number}, {"organisation", file.organisation.text()}, {"matter", file.matter}, {"title", file.title}, {"kind", file.kind}, {"stage", name_of(file.stage)},
                         {"detected", time_value(file.detected)}, {"opened", time_value(file.opened)}, {"opened_by", file.opened_by}, {"assigned", file.assigned}, {"serious", file.serious}, {"receipt", file.receipt},
                         {"closed", time_value(file.closed)}, {"items", file.items}, {"items_open", file.items_open}, {"items_closed", file.items_closed}, {"relapses", file.relapses}, {"merged_into", id_value(file.merged_into)}, {"merged_into_number", file.merged_into_number}, {"version", file.version}});
}

}  // namespace vg::api

namespace vg::api::of_cases {

namespace {

using cases::Case;
using cases::CaseTag;

constexpr NamedSchema kSchemas[] = {
    {"Case", R"({"type":"object","required":["id","number","organisation","matter","title","kind","stage","detected","opened","opened_by","assigned","serious","receipt","closed","items","items_open","items_closed","relapses","merged_into","merged_into_number","version"],"properties":{
    "id":{"type":"string","format":"uuid"},"number":{"type":"integer","description":"people cite it"},"organisation":{"type":"string","format":"uuid"},"matter":{"type":"string","description":"a series of lists, a rule, or free text"},
    "title":{"type":"string"},"kind":{"type":"string","description":"one of the ten kinds of incident"},"stage":{"type":"string","enum":["received","verifying","first-response","notified","containing","removing","wrapping-up","report-sent","acknowledged"]},"detected":{"type":"string","format":"date-time"},"opened":{"type":"string","format":"date-time"},
    "opened_by":{"type":"string"},"assigned":{"type":"string"},"serious":{"type":"boolean","description":"confirmed by a person"},"receipt":{"type":"string","description":"of the coordinator"},
    "closed":{"type":["string","null"],"format":"date-time"},"items":{"type":"integer"},"items_open":{"type":"integer","description":"not closed"},"items_closed":{"type":"integer"},"relapses":{"type":"integer"},
    "merged_into":{"type":["string","null"],"format":"uuid","description":"the case that took it in; it is closed then"},"merged_into_number":{"type":"integer","description":"0: none"},"version":{"type":"integer"}},"additionalProperties":false})"},
    {"CaseEntry", R"({"type":"object","required":["case","number","time","actor","kind","item","text"],"properties":{"case":{"type":"string","format":"uuid"},"number":{"type":"integer"},"time":{"type":"string","format":"date-time"},
    "actor":{"type":"string"},"kind":{"type":"string"},"item":{"type":"string"},"text":{"type":"string"}},"additionalProperties":false})"}};

net::Response answer_with(const Case& file, int status = 200) { return versioned_answer(status, case_json(file), file.version); }

Result<net::Response> list_all(Ask& ask) {
    cases::Filter filter;
    if (const auto stage = ask.text("stage")) filter.stage = cases::stage_named(*stage);
    if (const auto state = ask.text("state")) filter.open = *state == "open";
    filter.assigned = ask.text("assigned").value_or("");
    filter.text = ask.text("text").value_or("");
    filter.need = ask.text("needs").value_or("");
    filter.now = ask.context.clock.now();
    filter.kind = ask.text("kind").value_or("");
    filter.overdue = ask.boolean("overdue").value_or(false);
    const access::Scope scope = TRY(scope_of(ask));
    return list(ask, [filter, scope](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        std::optional<std::int64_t> below;
        if (after) {
            below = parse_int(*after);
            if (!below) return fail(Code::bad_input, "field after: is no cursor of this list");
        }
        const auto found = TRY(context.state.read([&](store::Transaction& tx) { return cases::list(tx, scope, filter, below, limit + 1); }));
        ListPage page;
        for (std::size_t i = 0; i < std::min(found.size(), limit); ++i) page.items.push_back(case_json(found[i]));
        if (found.size() > limit) page.next = std::to_string(found[limit - 1].number);
        return page;
    });
}

Result<net::Response> open(Ask& ask) {
    const Time now = ask.context.clock.now();
    Case file;
    file.title = ask.body.text("title").value_or("");
    file.matter = ask.body.text("matter").value_or("");
    file.kind = ask.body.text("kind").value_or("malware");
    file.detected = now;
    if (const auto text = ask.body.text("detected")) {
        const auto time = parse_time(*text);
        if (!time || *time > now + minutes(5)) return fail(Code::bad_input, "field detected: is no time, or lies in the future");
        file.detected = *time;
    }
    const auto wanted = TRY(id_member<OrganisationTag>(ask.body, "organisation"));
    const Case made = TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<Case> {
        file.organisation = TRY_IN("field organisation: ", organisation_for(ask, tx, wanted));
        return cases::open(tx, ask.actor, file, ask.context.random, now);
    }));
    auto response = answer_with(made, 201);
    response.with("Location", "/api/v1/cases/" + made.id.text());
    return response;
}

Result<net::Response> show(Ask& ask) {
    const auto id = TRY(ask.id<CaseTag>());
    return answer_with(TRY(ask.context.state.read([&](store::Transaction& tx) { return cases::find(tx, ask.actor.scope, id); })));
}

Result<net::Response> list_items(Ask& ask) {
    const auto id = TRY(ask.id<CaseTag>());
    std::optional<cases::ItemState> state;
    if (const auto text = ask.text("state")) state = cases::item_state_named(*text);
    TRY(ask.context.state.read([&](store::Transaction& tx) { return cases::find(tx, ask.actor.scope, id); }));
    return list(ask, [id, state](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) { return page_of_items(context, actor.scope, id, state, after, limit); });
}

// An item that somebody adds by hand.
Result<net::Response> add_item(Ask& ask) {
    const auto id = TRY(ask.id<CaseTag>());
    const Time now = ask.context.clock.now();
    cases::Sighting sighting;
    sighting.subject = lower_ascii(trim(nfc(ask.body.text("subject").value_or(""))));
    sighting.family = nfc(trim(ask.body.text("family").value_or("")));
    sighting.seen = now;
    if (const auto text = ask.body.text("seen")) {
        const auto time = parse_time(*text);
        if (!time || *time > now + minutes(5)) return fail(Code::bad_input, "field seen: is no time, or lies in the future");
        sighting.seen = *time;
    }
    sighting.ref = format("hand/{}/{}", ask.actor.name, to_rfc3339(sighting.seen));
    const cases::Item item = TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<cases::Item> {
        const Case file = TRY(cases::find(tx, ask.actor.scope, id));
        if (file.closed) return fail(Code::conflict, "the case is closed");
        sighting.organisation = file.organisation;
        sighting.matter = file.matter;
        sighting.title = file.title;
        const cases::Place place = TRY(cases::place(tx, ask.actor.name, sighting, ask.context.random, now));
        return cases::find_item(tx, ask.actor.scope, place.item);
    }));
    return json_answer(201, item_json(item));
}

Result<net::Response> timeline(Ask& ask) {
    const auto id = TRY(ask.id<CaseTag>());
    TRY(ask.context.state.read([&](store::Transaction& tx) { return cases::find(tx, ask.actor.scope, id); }));
    return list(ask, [id](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto behind = after ? parse_int(*after) : std::optional<std::int64_t>{0};
        if (!behind) return fail(Code::bad_input, "field after: is no cursor of this list");
        const auto found = TRY(context.state.read([&](store::Transaction& tx) { return cases::timeline(tx, actor.scope, id, *behind, limit + 1); }));
        ListPage page;
        for (std::size_t i = 0; i < std::min(found.size(), limit); ++i) {
            const cases::Entry& one = found[i];
            page.items.push_back(json::object({{"case", id.text()}, {"number", one.number}, {"time", time_value(one.time)}, {"actor", one.actor}, {"kind", one.kind}, {"item", one.item}, {"text", one.text}}));
        }
        if (found.size() > limit) page.next = std::to_string(found[limit - 1].number);
        return page;
    });
}

// Which clocks run for the case: by its detection, its seriousness, what is said of it and what the asker says besides.
Result<net::Response> deadlines(Ask& ask) { return deadlines_of_case(ask, TRY(ask.id<CaseTag>())); }

// Runs a change of the case with the version of If-Match, and shows it as it is then.
template <class Work>
Result<net::Response> change(Ask& ask, Work&& work) {
    const auto id = TRY(ask.id<CaseTag>());
    const auto version = TRY(ask.if_match());
    return answer_with(TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<Case> { return work(tx, id, version); })));
}

Result<net::Response> advance(Ask& ask) {
    const auto stage = cases::stage_named(ask.body.text("stage").value_or(""));
    if (!stage) return fail(Code::bad_input, "field stage: is none of the stages of a case");
    return change(ask, [&](store::Transaction& tx, const cases::CaseId& id, std::optional<std::int64_t> version) {
        return cases::advance(tx, ask.actor, id, *stage, ask.body.text("reason").value_or(""), ask.body.text("receipt").value_or(""), version, ask.context.clock.now());
    });
}

Result<net::Response> assign(Ask& ask) {
    return change(ask, [&](store::Transaction& tx, const cases::CaseId& id, std::optional<std::int64_t> version) { return cases::assign(tx, ask.actor, id, ask.body.text("to").value_or(""), version, ask.context.clock.now()); });
}

Result<net::Response> confirm_serious(Ask& ask) {
    return change(ask, [&](store::Transaction& tx, const cases::CaseId& id, std::optional<std::int64_t> version) {
        return cases::confirm_serious(tx, ask.actor, id, ask.body.boolean("serious").value_or(false), ask.body.text("reason").value_or(""), version, ask.context.clock.now());
    });
}

Result<net::Response> comment(Ask& ask) {
    return change(ask, [&](store::Transaction& tx, const cases::CaseId& id, std::optional<std::int64_t>) -> Result<Case> {
        TRY(cases::comment(tx, ask.actor, id, ask.body.text("text").value_or(""), ask.context.clock.now()));
        return cases::find(tx, ask.actor.scope, id);
    });
}

constexpr std::string_view kOpen = R"({"type":"object","additionalProperties":false,"required":["title"],"properties":{"title":{"type":"string","minLength":1,"maxLength":500},"matter":{"type":"string","maxLength":500,"description":"the title without"},
    "kind":{"type":"string","enum":["denial-of-service","phishing","malware","unauthorised-access","defacement","encryption","destruction","espionage","combined","other"]},"organisation":{"type":"string","format":"uuid"},
    "detected":{"type":"string","format":"date-time","description":"now without"}},"examples":[{"title":"{marker}","organisation":"{organisation}"}]})";
constexpr std::string_view kItem = R"({"type":"object","additionalProperties":false,"required":["subject"],"properties":{"subject":{"type":"string","minLength":1,"maxLength":512,"description":"address, name or machine"},"family":{"type":"string","maxLength":200},
    "seen":{"type":"string","format":"date-time"}},"examples":[{"subject":"{marker}","family":"Mirai"}]})";
constexpr std::string_view kStage = R"({"type":"object","additionalProperties":false,"required":["stage"],"properties":{"stage":{"type":"string","enum":["received","verifying","first-response","notified","containing","removing","wrapping-up","report-sent","acknowledged"]},
    "reason":{"type":"string","maxLength":4000},"receipt":{"type":"string","maxLength":500,"description":"of acknowledged: number and date of the coordinator's paper"}},"examples":[{"stage":"verifying"}]})";
constexpr std::string_view kAssign = R"({"type":"object","additionalProperties":false,"required":["to"],"properties":{"to":{"type":"string","maxLength":200,"description":"an account's name; empty: nobody"}},"examples":[{"to":"an"}]})";
constexpr std::string_view kSerious = R"({"type":"object","additionalProperties":false,"required":["serious","reason"],"properties":{"serious":{"type":"boolean"},"reason":{"type":"string","minLength":1,"maxLength":4000}},"examples":[{"serious":true,"reason":"level 4, and the owner cannot handle it alone"}]})";
constexpr std::string_view kComment = R"({"type":"object","additionalProperties":false,"required":["text"],"properties":{"text":{"type":"string","minLength":1,"maxLength":4000}},"examples":[{"text":"asked the ministry"}]})";
#define VG_LISTED "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before"

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/cases", .permission = "case:read", .summary = "Lists the cases, the newest first.", .response_schema = "Case[]",
     .parameters = VG_LISTED ", state:open|closed only these, stage:string only of this stage, assigned:string only of this account, kind:" VG_INCIDENT_KINDS " only of this kind of incident, overdue:boolean true: only those with a task or a clock of the law behind its end, text:string with this in the title, needs:clocks|relapses|answers|proposals|returned only where this waits for somebody," VG_NARROWED, .answer = list_all},
    {.method = "POST", .pattern = "/api/v1/cases", .permission = "case:write", .summary = "Opens a case by hand.", .request_schema = kOpen, .response_schema = "Case", .status = 201, .answer = open},
    {.method = "GET", .pattern = "/api/v1/cases/{id}", .permission = "case:read", .summary = "Shows one case.", .response_schema = "Case", .answer = show},
    {.method = "GET", .pattern = "/api/v1/cases/{id}/items", .permission = "case:read", .summary = "Lists what a case is about: each victim with its state.", .response_schema = "CaseItem[]",
     .parameters = VG_LISTED ", state:open|working|answered|removed|excepted|closed only these", .answer = list_items},
    {.method = "POST", .pattern = "/api/v1/cases/{id}/items", .permission = "case:write", .summary = "Adds a victim to a case.", .request_schema = kItem, .response_schema = "CaseItem", .status = 201, .answer = add_item},
    {.method = "GET", .pattern = "/api/v1/cases/{id}/timeline", .permission = "case:read", .summary = "Tells what happened in a case, the first first.", .response_schema = "CaseEntry[]", .parameters = VG_LISTED, .answer = timeline},
    {.method = "GET", .pattern = "/api/v1/cases/{id}/deadlines", .permission = "case:read", .summary = "Works out which clocks of the law run for a case.", .response_schema = "CaseClocks",
     .parameters = "circumstances:string such as bank and several with commas", .answer = deadlines},
    {.method = "POST", .pattern = "/api/v1/cases/{id}/stage", .permission = "case:write", .summary = "Moves a case on; report-sent asks that no item is open, acknowledged for the coordinator's receipt.", .request_schema = kStage, .response_schema = "Case", .answer = advance},
    {.method = "POST", .pattern = "/api/v1/cases/{id}/assign", .permission = "case:write", .summary = "Gives a case to somebody.", .request_schema = kAssign, .response_schema = "Case", .answer = assign},
    {.method = "POST", .pattern = "/api/v1/cases/{id}/serious", .permission = "case:judge", .summary = "Confirms that an incident is serious, or that it is not.", .request_schema = kSerious, .response_schema = "Case", .answer = confirm_serious},
    {.method = "POST", .pattern = "/api/v1/cases/{id}/comments", .permission = "case:answer", .summary = "Writes into a case's timeline.", .request_schema = kComment, .response_schema = "Case", .answer = comment},
};

}  // namespace

extern const Resource cases{.name = "cases", .about = "Cases: one organisation, one matter, many items, each with a state of its own.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_cases
