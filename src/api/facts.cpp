// Facts of the directory: what is said about organisations, proposed, approved, refused and ended.
#include "api/api.h"
#include "api/fact_json.h"
#include "api/list.h"
#include "api/narrowed.h"
#include "base/text.h"
#include "base/time.h"
#include "directory/fact_kinds.h"

namespace vg::api::of_facts {

namespace {

using directory::Fact;
using directory::FactPlan;
using directory::Facts;

Result<std::int64_t> number_of(const Ask& ask) {
    const auto number = parse_int(ask.captures[0]);
    if (!number || *number < 1) return fail(Code::not_found, "there is no such fact");
    return *number;
}

Result<net::Response> answer_with(Ask& ask, std::int64_t number, int status) {
    const Fact fact = TRY(ask.context.state.read([&](store::Transaction& tx) { return Facts::find(tx, ask.actor.scope, number); }));
    net::Response response = versioned_answer(status, fact_json(fact, *ask.context.directory()), fact.version);
    if (status == 201) response.with("Location", format("/api/v1/facts/{}", number));
    return response;
}

Result<FactPlan> change(Ask& ask, const directory::FactKeeper::Planning& planning) {
    if (ask.context.facts == nullptr) return fail(Code::unavailable, "no server works on this folder; start one");
    FactPlan done = TRY(ask.context.facts->change(ask.actor, ask.context.clock.now(), planning));
    if (ask.context.list_jobs_changed) ask.context.list_jobs_changed();  // lists that were attributed otherwise
    return done;
}

Result<Time> time_member(const json::Value& body, std::string_view name) {
    const auto time = parse_time(body.text(name).value_or(""));
    if (!time) return fail(Code::bad_input, format("field {}: is no time", name));
    return *time;
}

Result<net::Response> list_all(Ask& ask) {
    directory::FactFilter filter;
    filter.kind = ask.text("kind").value_or("");
    filter.text = ask.text("text").value_or("");
    filter.at = ask.time("at");
    if (const auto state = ask.text("state")) filter.state = directory::fact_state_named(*state);
    access::Scope scope = ask.actor.scope;
    if (const auto named = ask.text("organisation")) scope = narrowed(scope, *ask.context.directory(), TRY(organisations_named(*named)), ask.boolean("below").value_or(false));
    return list(ask, [filter, scope](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto page = TRY(context.state.read([&](store::Transaction& tx) { return Facts::list(tx, scope, filter, after, limit); }));
        const auto names = context.directory();
        ListPage out{.next = page.next};
        for (const Fact& fact : page.items) out.items.push_back(fact_json(fact, *names));
        return out;
    });
}

Result<net::Response> show(Ask& ask) { return answer_with(ask, TRY(number_of(ask)), 200); }

Result<net::Response> add(Ask& ask) {
    const Time now = ask.context.clock.now();
    const Time from = TRY(time_member(ask.body, "from"));
    directory::FactDraft draft{.kind = ask.body.text("kind").value_or(""), .organisation = {}, .body = {}, .from = from, .until = {}, .document = ask.body.text("document").value_or(""),
                               .replaces = ask.body.integer("replaces")};
    if (const json::Value* body = ask.body.find("body")) draft.body = *body;
    if (ask.body.text("until")) draft.until = TRY(time_member(ask.body, "until"));
    const auto wanted = TRY(id_member<OrganisationTag>(ask.body, "organisation"));
    const FactPlan done = TRY(change(ask, [&](store::Transaction& tx) -> Result<FactPlan> {
        draft.organisation = TRY_IN("field organisation: ", organisation_for(ask, tx, wanted));
        return Facts::add(tx, ask.actor, draft, now);
    }));
    return answer_with(ask, done.back().now.number, 201);
}

Result<net::Response> approve(Ask& ask) {
    const std::int64_t number = TRY(number_of(ask));
    const auto version = TRY(ask.if_match());
    TRY(change(ask, [&](store::Transaction& tx) { return Facts::approve(tx, ask.actor, number, version, ask.context.clock.now()); }));
    return answer_with(ask, number, 200);
}

Result<net::Response> refuse(Ask& ask) {
    const std::int64_t number = TRY(number_of(ask));
    const auto version = TRY(ask.if_match());
    TRY(change(ask, [&](store::Transaction& tx) { return Facts::refuse(tx, ask.actor, number, ask.body.text("reason").value_or(""), version, ask.context.clock.now()); }));
    return answer_with(ask, number, 200);
}

Result<net::Response> withdraw(Ask& ask) {
    const std::int64_t number = TRY(number_of(ask));
    const auto version = TRY(ask.if_match());
    TRY(change(ask, [&](store::Transaction& tx) { return Facts::withdraw(tx, ask.actor, number, ask.body.text("reason").value_or(""), version, ask.context.clock.now()); }));
    return answer_with(ask, number, 200);
}

Result<net::Response> end(Ask& ask) {
    const std::int64_t number = TRY(number_of(ask));
    const auto version = TRY(ask.if_match());
    const Time until = TRY(time_member(ask.body, "until"));
    TRY(change(ask, [&](store::Transaction& tx) { return Facts::end(tx, ask.actor, number, until, ask.body.text("reason").value_or(""), version, ask.context.clock.now()); }));
    return answer_with(ask, number, 200);
}

constexpr std::string_view kNew = R"({"type":"object","required":["kind","body","from","document"],"additionalProperties":false,"properties":{
    "kind":{"type":"string","enum":["range","asn","domain","pool","system","machine","contact","identifier","name","organisation_kind","parent","successor"]},
    "organisation":{"type":"string","format":"uuid","description":"whose it is; without, your own"},
    "body":{"type":"object","description":"the fields of the kind","additionalProperties":{}},
    "from":{"type":"string","format":"date-time","description":"true from then on"},"until":{"type":"string","format":"date-time","description":"and before then; without, until further notice"},
    "document":{"type":"string","minLength":1,"maxLength":300,"description":"that says so, such as 12/QĐ-STTTT"},
    "replaces":{"type":"integer","description":"the fact that ends or is withdrawn when this one is approved"}},
    "examples":[{"kind":"system","organisation":"{organisation}","body":{"code":"{marker}","name":"Quản lý văn bản","level":2},"from":"2024-01-01T00:00:00Z","document":"12/QĐ-STTTT"}]})";
constexpr std::string_view kReason = R"({"type":"object","required":["reason"],"additionalProperties":false,"properties":{"reason":{"type":"string","minLength":1,"maxLength":500}},"examples":[{"reason":"not ours"}]})";
constexpr std::string_view kEnd = R"({"type":"object","required":["until","reason"],"additionalProperties":false,"properties":{"until":{"type":"string","format":"date-time","description":"it was true before then; not after its beginning: it is withdrawn"},
    "reason":{"type":"string","minLength":1,"maxLength":500}},"examples":[{"until":"{tomorrow}","reason":"given back"}]})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/facts", .permission = "directory:read", .summary = "Lists what is said about the organisations that you may see.", .response_schema = "Fact[]",
     .parameters = "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before, "
                   "kind:range|asn|domain|pool|system|machine|contact|identifier|name|organisation_kind|parent|successor only this kind, organisation:uuids only of these, below:boolean true: of those below them as well, "
                   "state:proposed|approved|refused only in this state, at:time true at that time, text:string stands in subject or names",
     .answer = list_all},
    {.method = "POST", .pattern = "/api/v1/facts", .permission = "directory:propose", .summary = "Says something about an organisation: approved at once where you may approve, else proposed.", .request_schema = kNew, .response_schema = "Fact",
     .status = 201, .answer = add},
    {.method = "GET", .pattern = "/api/v1/facts/{number}", .permission = "directory:read", .summary = "Shows one fact.", .response_schema = "Fact", .answer = show},
    {.method = "POST", .pattern = "/api/v1/facts/{number}/approve", .permission = "directory:approve", .summary = "Approves what somebody else proposed.", .response_schema = "Fact", .answer = approve},
    {.method = "POST", .pattern = "/api/v1/facts/{number}/refuse", .permission = "directory:approve", .summary = "Refuses a proposal.", .request_schema = kReason, .response_schema = "Fact", .answer = refuse},
    {.method = "POST", .pattern = "/api/v1/facts/{number}/withdraw", .permission = "self:write", .holds = Holds::own, .summary = "Takes back what you proposed yourself.", .request_schema = kReason, .response_schema = "Fact", .answer = withdraw},
    {.method = "POST", .pattern = "/api/v1/facts/{number}/end", .permission = "directory:approve", .summary = "Ends what was approved; it stays visible.", .request_schema = kEnd, .response_schema = "Fact", .answer = end},
};

constexpr NamedSchema kSchemas[] = {kFactSchema};

}  // namespace

extern const Resource facts{.name = "facts", .about = "The directory: what is said about organisations, with dates, documents and approvals.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_facts
