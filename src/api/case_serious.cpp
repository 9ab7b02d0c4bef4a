// Whether an incident is serious: what speaks for each of the three conditions, and what people state of two of them. Confirming is cases.cpp's.
#include "api/case_json.h"
#include "cases/serious.h"

namespace vg::api::of_case_serious {

namespace {

using cases::CaseTag;

#define VG_CONDITION R"("holds":{"type":"string","enum":["yes","no","not-known"]})"
#define VG_STATED R"("stated":{"type":"boolean","description":"false: nobody has said"},"kind":{"type":"string","description":"of an impact: service-interrupted, state-secrets, data-integrity, control-lost, wide-impact"},"reason":{"type":"string"},"by":{"type":"string"},"time":{"type":["string","null"],"format":"date-time"})"
constexpr NamedSchema kSchemas[] = {
    {"CaseSeriousness", R"({"type":"object","required":["case","all","level","impact","alone","confirmed"],"properties":{"case":{"type":"string","format":"uuid"},"all":{"type":"string","enum":["yes","no","not-known"],"description":"what the three suggest"},
    "level":{"type":"object","required":["holds","level","without_level"],"properties":{)" VG_CONDITION R"(,"level":{"type":"integer","description":"the highest that is known; 0: none"},"without_level":{"type":"integer","description":"items whose system's level nobody knows"}},"additionalProperties":false},
    "impact":{"$ref":"#/components/schemas/CaseCondition"},"alone":{"$ref":"#/components/schemas/CaseCondition"},"confirmed":{"type":"boolean","description":"by a person"}},"additionalProperties":false})"},
    {"CaseCondition", R"({"type":"object","required":["holds","stated","kind","reason","by","time"],"properties":{)" VG_CONDITION "," VG_STATED R"(},"additionalProperties":false})"}};

json::Value condition_json(const cases::Condition& condition) {
    const cases::Statement said = condition.stated.value_or(cases::Statement{});
    return json::object({{"holds", name_of(condition.holds)}, {"stated", condition.stated.has_value()}, {"kind", said.kind}, {"reason", said.reason}, {"by", said.by}, {"time", condition.stated ? time_value(said.time) : json::Value{}}});
}

Result<json::Value> seriousness(Ask& ask, store::Transaction& tx, const cases::CaseId& id) {
    const cases::Case file = TRY(cases::find(tx, ask.actor.scope, id));
    const cases::Suggestion found = cases::suggest(TRY(cases::serious_facts(tx, ask.actor.scope, id, ask.context.system_level)));
    return json::object({{"case", id.text()},
                         {"all", name_of(found.all)},
                         {"level", json::object({{"holds", name_of(found.level.holds)}, {"level", found.level.level}, {"without_level", found.level.without_level}})},
                         {"impact", condition_json(found.impact)},
                         {"alone", condition_json(found.alone)},
                         {"confirmed", file.serious}});
}

Result<net::Response> show(Ask& ask) {
    const auto id = TRY(ask.id<CaseTag>());
    return json_answer(200, TRY(ask.context.state.read([&](store::Transaction& tx) { return seriousness(ask, tx, id); })));
}

Result<net::Response> state(Ask& ask) {
    const auto id = TRY(ask.id<CaseTag>());
    const auto what = cases::stated_named(ask.body.text("what").value_or(""));
    if (!what) return fail(Code::bad_input, "field what: is neither impact nor alone");
    return json_answer(200, TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<json::Value> {
        TRY(cases::state_condition(tx, ask.actor, id, *what, ask.body.boolean("holds").value_or(false), ask.body.text("kind").value_or(""), ask.body.text("reason").value_or(""), ask.context.clock.now()));
        return seriousness(ask, tx, id);
    })));
}

constexpr std::string_view kState = R"({"type":"object","additionalProperties":false,"required":["what","holds","reason"],"properties":{"what":{"type":"string","enum":["impact","alone"],"description":"alone: the owner cannot handle it alone"},"holds":{"type":"boolean"},
    "kind":{"type":"string","enum":["service-interrupted","state-secrets","data-integrity","control-lost","wide-impact"],"description":"of an impact that holds"},"reason":{"type":"string","minLength":1,"maxLength":4000}},"examples":[{"what":"alone","holds":false,"reason":"two machines"}]})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/cases/{id}/seriousness", .permission = "case:read", .summary = "Suggests whether the incident is serious: which of the three conditions holds, does not hold, or is not known.", .response_schema = "CaseSeriousness", .answer = show},
    {.method = "POST", .pattern = "/api/v1/cases/{id}/seriousness", .permission = "case:write", .summary = "States whether an impact holds, or whether the owner cannot handle it alone.", .request_schema = kState, .response_schema = "CaseSeriousness", .answer = state},
};

}  // namespace

extern const Resource case_serious{.name = "case-serious", .about = "Whether an incident is serious, by its three conditions.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_case_serious
