// The cases beside a rule: what they are, and whether the rule as it is in force does what they say.
#include "api/rule_case.h"

#include "api/api.h"
#include "api/list.h"
#include "api/rule_found.h"

namespace vg::api::of_rule_cases {

namespace {

constexpr NamedSchema kSchemas[] = {
    {"RuleCases", R"({"type":"object","required":["rule","origin","items","left_out"],"properties":{"rule":{"type":"string"},"origin":{"type":"string","description":"how the records were made; empty: it is not said"},
    "items":{"type":"array","items":{"type":"object","required":["name","attack","bytes","text","cut"],"properties":{"name":{"type":"string"},"attack":{"type":"boolean","description":"its records must fire the rule; else they must not"},
        "bytes":{"type":"integer"},"text":{"type":"string","description":"its beginning"},"cut":{"type":"boolean","description":"there is more of it"}},"additionalProperties":false}},
    "left_out":{"type":"integer","description":"files beyond the most"}},"additionalProperties":false})"},
    {"RuleCaseRun", R"({"type":"object","required":["rule","items"],"properties":{"rule":{"type":"string"},
    "items":{"type":"array","items":{"type":"object","required":["name","attack","records","passed","wrong"],"properties":{"name":{"type":"string"},"attack":{"type":"boolean"},"records":{"type":"integer"},"passed":{"type":"boolean"},
        "wrong":{"type":"array","items":{"type":"object","required":["reason","reason_vi"],"properties":{"reason":{"type":"string"},"reason_vi":{"type":"string"}},"additionalProperties":false}}},
        "additionalProperties":false}}},"additionalProperties":false})"}};

Result<net::Response> list_cases(Ask& ask) {
    const FoundRule found = TRY(find_rule(ask.context, ask.captures[0]));
    RuleCases cases;
    if (ask.context.rule_cases) cases = TRY(ask.context.rule_cases(*found.engine, *found.rule));
    json::Value items{json::Array{}};
    for (const RuleCase& one : cases.files) items.add(json::object({{"name", one.name}, {"attack", one.attack}, {"bytes", one.bytes}, {"text", one.text}, {"cut", one.cut}}));
    return json_answer(200, json::object({{"rule", found.rule->id}, {"origin", cases.origin}, {"items", std::move(items)}, {"left_out", cases.left_out}}));
}

Result<net::Response> run_cases(Ask& ask) {
    const FoundRule found = TRY(find_rule(ask.context, ask.captures[0]));
    std::vector<RuleCaseResult> results;
    if (ask.context.run_rule_cases) results = TRY(ask.context.run_rule_cases(found.engine, *found.rule));
    json::Value items{json::Array{}};
    for (const RuleCaseResult& one : results) {
        json::Value wrong{json::Array{}};
        for (const detect::Said& said : one.wrong) wrong.add(json::object({{"reason", said.en}, {"reason_vi", said.vi}}));
        items.add(json::object({{"name", one.name}, {"attack", one.attack}, {"records", one.records}, {"passed", one.wrong.empty()}, {"wrong", std::move(wrong)}}));
    }
    return json_answer(200, json::object({{"rule", found.rule->id}, {"items", std::move(items)}}));
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/rules/{id}/cases", .permission = "rule:read", .holds = Holds::shared,
     .summary = "Lists the cases that stand beside a rule: records that must fire it, and records that must not.", .response_schema = "RuleCases", .answer = list_cases},
    {.method = "POST", .pattern = "/api/v1/rules/{id}/cases/run", .permission = "rule:read", .holds = Holds::shared,
     .summary = "Asks the rule, as it is in force, about the records of its cases, and says which are not as they must be.", .response_schema = "RuleCaseRun", .answer = run_cases},
};

}  // namespace

extern const Resource rule_cases{.name = "rule-cases", .about = "What a rule must fire on, and what not.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_rule_cases
