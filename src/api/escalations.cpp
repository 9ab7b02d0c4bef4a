// Calls for help: whom to reach today, what was called, written and answered, and when to ask again.
#include "api/fields.h"
#include "api/list.h"
#include "api/narrowed.h"
#include "api/paper_json.h"
#include "base/text.h"
#include "base/time.h"
#include "reports/escalations.h"

namespace vg::api::of_escalations {

namespace {

using reports::Escalation;
using reports::EscalationTag;
using reports::Purpose;

constexpr NamedSchema kSchemas[] = {
    {"Escalation", R"({"type":"object","required":["id","number","case","organisation","purpose","role","authority","reason","paper","state","opened","opened_by","chase_minutes","chase","overdue","answered","closed","version"],"properties":{"id":{"type":"string","format":"uuid"},
    "number":{"type":"integer"},"case":{"type":"string","format":"uuid"},"organisation":{"type":"string","format":"uuid"},"purpose":{"type":"string","enum":["response","monitoring"]},"role":{"type":"string"},"authority":{"type":"string","description":"who held the role then; empty: nobody was known"},
    "reason":{"type":"string"},"paper":{"type":["string","null"],"format":"uuid","description":"the initial report that goes with it"},"state":{"type":"string","enum":["waiting","answered","closed"]},"opened":{"type":"string","format":"date-time"},"opened_by":{"type":"string"},
    "chase_minutes":{"type":"integer"},"chase":{"type":["string","null"],"format":"date-time","description":"when to ask again"},"overdue":{"type":"boolean"},"answered":{"type":["string","null"],"format":"date-time"},"closed":{"type":["string","null"],"format":"date-time"},"version":{"type":"integer"}},"additionalProperties":false})"},
    {"EscalationEntry", R"({"type":"object","required":["escalation","number","time","noted","actor","kind","to","person","text"],"properties":{"escalation":{"type":"string","format":"uuid"},"number":{"type":"integer"},"time":{"type":"string","format":"date-time"},"noted":{"type":"string","format":"date-time"},
    "actor":{"type":"string"},"kind":{"type":"string","enum":["opened","call","mail","answer","note","closed"]},"to":{"type":"string"},"person":{"type":"string"},"text":{"type":"string"}},"additionalProperties":false})"},
    {"Whom", R"({"type":"object","required":["purpose","role","name","name_vi","contacts"],"properties":{"purpose":{"type":"string","enum":["response","monitoring"]},"role":{"type":"string"},"name":{"type":"string","description":"who holds the role today; empty: nobody is known"},"name_vi":{"type":"string"},
    "contacts":{"type":"array","items":{"type":"object","required":["fact","purpose","channel","value","person","hours","last_tried","document","from"],"properties":{"fact":{"type":"integer","description":"number in the directory"},"purpose":{"type":"string"},"channel":{"type":"string"},"value":{"type":"string"},
    "person":{"type":"string"},"hours":{"type":"string"},"last_tried":{"type":"string"},"document":{"type":"string"},"from":{"type":"string","format":"date-time"}},"additionalProperties":false}}},"additionalProperties":false})"}};

json::Value to_json(const Escalation& one, Time now) {
    return json::object({{"id", one.id.text()}, {"number", one.number}, {"case", one.of.text()}, {"organisation", one.organisation.text()}, {"purpose", reports::name_of(one.purpose)}, {"role", one.role}, {"authority", one.authority}, {"reason", one.reason},
                         {"paper", one.paper ? json::Value{one.paper->text()} : json::Value{}}, {"state", reports::name_of(one.state)}, {"opened", time_value(one.opened)}, {"opened_by", one.opened_by}, {"chase_minutes", one.chase_every.micros / minutes(1).micros},
                         {"chase", time_value(one.chase)}, {"overdue", one.chase && *one.chase <= now}, {"answered", time_value(one.answered)}, {"closed", time_value(one.closed)}, {"version", one.version}});
}

json::Value whom_json(Purpose purpose, const reports::Whom& whom) {
    json::Array contacts;
    for (const reports::Reachable& one : whom.contacts)
        contacts.push_back(json::object({{"fact", one.fact}, {"purpose", one.purpose}, {"channel", one.channel}, {"value", one.value}, {"person", one.person}, {"hours", one.hours}, {"last_tried", one.last_tried}, {"document", one.document}, {"from", time_value(one.from)}}));
    return json::object({{"purpose", reports::name_of(purpose)}, {"role", whom.role}, {"name", whom.name}, {"name_vi", whom.name_vi}, {"contacts", std::move(contacts)}});
}

net::Response answer_with(Ask& ask, const Escalation& one, int status = 200) { return versioned_answer(status, to_json(one, ask.context.clock.now()), one.version); }

Result<net::Response> list_all(Ask& ask) {
    reports::EscalationFilter filter;
    if (const auto of = ask.text("case")) filter.of = TRY_IN("field case: ", cases::CaseId::parse(*of));
    if (const auto state = ask.text("state")) filter.state = reports::escalation_state_named(*state);
    const access::Scope scope = TRY(scope_of(ask));
    return list(ask, [filter, scope](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        std::optional<std::int64_t> below;
        if (after) {
            below = parse_int(*after);
            if (!below) return fail(Code::bad_input, "field after: is no cursor of this list");
        }
        const auto found = TRY(context.state.read([&](store::Transaction& tx) { return reports::list_escalations(tx, scope, filter, below, limit + 1); }));
        ListPage page;
        for (std::size_t i = 0; i < std::min(found.size(), limit); ++i) page.items.push_back(to_json(found[i], context.clock.now()));
        if (found.size() > limit) page.next = std::to_string(found[limit - 1].number);
        return page;
    });
}

// The initial report of the case: the newest that is there, else a draft of one.
Result<reports::PaperId> initial_report(Ask& ask, store::Transaction& tx, const cases::CaseId& of, const regime::Regime& law, Time now) {
    const auto known = TRY(reports::list(tx, ask.actor.scope, {.of = of, .state = {}, .form = "mau-03", .organisation = {}}, std::nullopt, 1));
    if (!known.empty()) return known.front().id;
    const reports::FormKind* kind = TRY(form_of(ask.context, "mau-03"));
    reports::Draft draft = TRY(reports::draft(tx, ask.actor.scope, *kind, {.of = of, .organisation = {}, .from = {}, .until = {}, .list = {}, .regime = {}}, law, now));
    const cases::Case file = TRY(cases::find(tx, ask.actor.scope, of));
    return TRY(reports::create(tx, ask.actor, file.title, std::move(draft), ask.context.random, now)).id;
}

Result<net::Response> open(Ask& ask) {
    const regime::Regime* law = TRY(paper_law(ask.context));
    const auto of = TRY(id_member<cases::CaseTag>(ask.body, "case"));
    const auto purpose = reports::purpose_named(ask.body.text("purpose").value_or("response"));
    if (!of || !purpose) return fail(Code::bad_input, "field purpose: is response or monitoring");
    const Time now = ask.context.clock.now();
    const Escalation made = TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<Escalation> {
        Escalation wanted;
        wanted.of = *of;
        wanted.purpose = *purpose;
        wanted.reason = ask.body.text("reason").value_or("");
        wanted.chase_every = minutes(ask.body.integer("chase_minutes").value_or(30));
        TRY(cases::find(tx, ask.actor.scope, *of));
        if (*purpose == Purpose::response) wanted.paper = TRY(initial_report(ask, tx, *of, *law, now));
        return reports::escalate(tx, ask.actor, std::move(wanted), *law, ask.context.random, now);
    }));
    auto response = answer_with(ask, made, 201);
    response.with("Location", "/api/v1/escalations/" + made.id.text());
    return response;
}

Result<Escalation> escalation_of(Ask& ask) {
    const auto id = TRY(ask.id<EscalationTag>());
    return ask.context.state.read([&](store::Transaction& tx) { return reports::find_escalation(tx, ask.actor.scope, id); });
}

Result<net::Response> show(Ask& ask) { return answer_with(ask, TRY(escalation_of(ask))); }

Result<net::Response> log(Ask& ask) {
    const Escalation of = TRY(escalation_of(ask));
    return list(ask, [id = of.id](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto behind = after ? parse_int(*after) : std::optional<std::int64_t>{0};
        if (!behind) return fail(Code::bad_input, "field after: is no cursor of this list");
        const auto found = TRY(context.state.read([&](store::Transaction& tx) -> Result<std::vector<reports::EscalationEntry>> {
            TRY(reports::find_escalation(tx, actor.scope, id));
            return reports::escalation_log(tx, id);
        }));
        ListPage page;
        for (const reports::EscalationEntry& one : found) {
            if (one.number <= *behind) continue;
            if (page.items.size() == limit) {
                page.next = std::to_string(one.number - 1);
                break;
            }
            page.items.push_back(json::object({{"escalation", id.text()}, {"number", one.number}, {"time", time_value(one.time)}, {"noted", time_value(one.noted)}, {"actor", one.actor}, {"kind", one.kind}, {"to", one.reached}, {"person", one.person}, {"text", one.text}}));
        }
        return page;
    });
}

Result<net::Response> add_entry(Ask& ask) {
    const auto id = TRY(ask.id<EscalationTag>());
    const auto version = TRY(ask.if_match());
    const Time now = ask.context.clock.now();
    reports::EscalationEntry entry{.number = 0, .time = now, .noted = now, .actor = {}, .kind = ask.body.text("kind").value_or(""), .reached = ask.body.text("to").value_or(""), .person = ask.body.text("person").value_or(""), .text = ask.body.text("text").value_or("")};
    if (const auto text = ask.body.text("time")) {
        const auto time = parse_time(*text);
        if (!time) return fail(Code::bad_input, "field time: is no time such as 2026-01-31T08:00:00Z");
        entry.time = *time;
    }
    return answer_with(ask, TRY(ask.context.state.write([&](store::Transaction& tx) { return reports::log_entry(tx, ask.actor, id, entry, version, now); })));
}

Result<net::Response> close(Ask& ask) {
    const auto id = TRY(ask.id<EscalationTag>());
    const auto version = TRY(ask.if_match());
    return answer_with(ask, TRY(ask.context.state.write([&](store::Transaction& tx) { return reports::close_escalation(tx, ask.actor, id, ask.body.text("reason").value_or(""), version, ask.context.clock.now()); })));
}

Result<net::Response> whom(Ask& ask) {
    const regime::Regime* law = TRY(paper_law(ask.context));
    json::Array items;
    TRY(ask.context.state.read([&](store::Transaction& tx) -> Status {
        for (const Purpose one : {Purpose::response, Purpose::monitoring}) items.push_back(whom_json(one, TRY(reports::whom_to_reach(tx, *law, one, ask.context.clock.now()))));
        return {};
    }));
    return json_answer(200, json::object({{"items", std::move(items)}}));
}

Result<net::Response> sheet_answer(Ask& ask, const std::optional<Escalation>& of) {
    const regime::Regime* law = TRY(paper_law(ask.context));
    const Time now = ask.context.clock.now();
    std::vector<reports::SheetLine> lines;
    std::optional<cases::Case> file;
    std::string subject;
    TRY(ask.context.state.read([&](store::Transaction& tx) -> Status {
        for (const Purpose one : {Purpose::response, Purpose::monitoring})
            if (!of || of->purpose == one) lines.push_back({one, TRY(reports::whom_to_reach(tx, *law, one, now))});
        if (!of) return {};
        file = TRY(cases::find(tx, ask.actor.scope, of->of));
        if (of->paper) subject = TRY(reports::find(tx, ask.actor.scope, *of->paper)).draft.mail_subject;
        return {};
    }));
    net::Response response;
    response.body = reports::call_sheet(lines, of, file, subject, of ? ask.actor.name : std::string{}, now);
    response.with("Content-Type", "text/html; charset=utf-8").with("Content-Disposition", of ? format("attachment; filename=\"call-sheet-{}.html\"", of->number) : std::string{"attachment; filename=\"call-sheet.html\""});
    return response;
}

Result<net::Response> sheet(Ask& ask) { return sheet_answer(ask, TRY(escalation_of(ask))); }
Result<net::Response> sheet_beforehand(Ask& ask) { return sheet_answer(ask, std::nullopt); }

constexpr std::string_view kOpen = R"({"type":"object","additionalProperties":false,"required":["case","reason"],"properties":{"case":{"type":"string","format":"uuid"},"purpose":{"type":"string","enum":["response","monitoring"],"description":"response without"},
    "reason":{"type":"string","minLength":1,"maxLength":4000,"description":"what help is for"},"chase_minutes":{"type":"integer","minimum":5,"maximum":10080,"description":"ask again after so long without an answer; 30 without"}},"examples":[{"case":"{case}","reason":"the machines spread it faster than we clean them"}]})";
constexpr std::string_view kEntry = R"({"type":"object","additionalProperties":false,"required":["kind"],"properties":{"kind":{"type":"string","enum":["call","mail","answer","note"]},"to":{"type":"string","maxLength":300,"description":"the number or address"},"person":{"type":"string","maxLength":300,"description":"who spoke"},
    "text":{"type":"string","maxLength":4000},"time":{"type":"string","format":"date-time","description":"now without"}},"examples":[{"kind":"call","text":"nobody answers"}]})";
constexpr std::string_view kClose = R"({"type":"object","additionalProperties":false,"required":["reason"],"properties":{"reason":{"type":"string","minLength":1,"maxLength":4000}},"examples":[{"reason":"help came"}]})";
constexpr std::string_view kWhom = R"({"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Whom"}}},"additionalProperties":false})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/escalations", .permission = "case:read", .summary = "Lists the calls for help, the newest first.", .response_schema = "Escalation[]",
     .parameters = "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before, state:waiting|answered|closed only these, case:uuid only of this case," VG_NARROWED, .answer = list_all},
    {.method = "POST", .pattern = "/api/v1/escalations", .permission = "case:answer", .summary = "Calls for help with a case: names whom to reach, drafts the initial report, starts the timer.", .request_schema = kOpen, .response_schema = "Escalation", .status = 201, .answer = open},
    {.method = "GET", .pattern = "/api/v1/escalations/{id}", .permission = "case:read", .summary = "Shows one call for help.", .response_schema = "Escalation", .answer = show},
    {.method = "GET", .pattern = "/api/v1/escalations/{id}/log", .permission = "case:read", .summary = "Tells what was called, written and answered.", .response_schema = "EscalationEntry[]", .parameters = kListParameters, .answer = log},
    {.method = "POST", .pattern = "/api/v1/escalations/{id}/log", .permission = "case:answer", .summary = "Writes down a call, mail, answer or note; an answer stops the timer.", .request_schema = kEntry, .response_schema = "Escalation", .answer = add_entry},
    {.method = "POST", .pattern = "/api/v1/escalations/{id}/close", .permission = "case:answer", .summary = "Ends a call for help.", .request_schema = kClose, .response_schema = "Escalation", .answer = close},
    {.method = "GET", .pattern = "/api/v1/escalations/{id}/sheet", .permission = "case:read", .summary = "Gives the call sheet as one HTML page that needs no network.", .answer = sheet},
    {.method = "GET", .pattern = "/api/v1/support-contacts", .permission = "case:read", .holds = Holds::shared, .summary = "Tells whom to reach for help today, by the law and the directory.", .response_schema = kWhom, .answer = whom},
    {.method = "GET", .pattern = "/api/v1/support-contacts/sheet", .permission = "case:read", .holds = Holds::shared, .summary = "Gives the call sheet to print beforehand.", .answer = sheet_beforehand},
};

}  // namespace

extern const Resource escalations{.name = "escalations", .about = "Calls for help: whom to reach, what was said, when to ask again.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_escalations
