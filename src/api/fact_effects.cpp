// What approving, or ending, a fact of the directory would change among the lists that are kept: looked at before it is done.
#include <utility>

#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/list_view.h"
#include "base/text.h"
#include "lists/effect.h"

namespace vg::api::of_fact_effects {

namespace {

using directory::FactPlan;
using directory::Facts;

constexpr NamedSchema kSchemas[] = {
    {"FactEffect", R"({"type":"object","required":["fact","rows","changed","cut","lists","changes"],"properties":{"fact":{"type":"integer"},"rows":{"type":"integer","description":"of lists that are kept, that were looked at"},
    "changed":{"type":"integer","description":"of which would be somebody else's"},"cut":{"type":"boolean","description":"there are more rows than were looked at"},
    "lists":{"type":"array","description":"with such rows, the newest first; the first 50","items":{"type":"object","required":["id","name","number","changed"],"properties":{"id":{"type":"string","format":"uuid"},"name":{"type":"string"},
        "number":{"type":"string"},"changed":{"type":"integer"}},"additionalProperties":false}},
    "changes":{"type":"array","description":"the first 100","items":{"type":"object","required":["number","subject","before","after"],"properties":{"number":{"type":"integer"},"subject":{"type":"string"},
        "before":{"$ref":"#/components/schemas/ListAnswer"},"after":{"$ref":"#/components/schemas/ListAnswer"}},"additionalProperties":false}}},"additionalProperties":false})"}};

json::Value side(const Context& context, lists::Whose kind, const std::optional<OrganisationId>& organisation, std::int64_t fact, const std::string& system) {
    return json::object({{"kind", lists::name_of(kind)}, {"organisation", organisation_value(context, organisation)}, {"fact", fact}, {"system", system}});
}

// Of a proposal: as if it were approved, whoever made it. Of an approved fact: as if it ended at `until`.
Result<net::Response> effect(Ask& ask) {
    directory::FactKeeper* const facts = ask.context.facts;
    if (facts == nullptr) return fail(Code::unavailable, "no server works on this folder; start one");
    const auto number = parse_int(ask.captures[0]);
    if (!number) return fail(Code::not_found, "there is no such fact");
    const Time now = ask.context.clock.now();
    const auto until = ask.time("until");
    access::Actor anybody = ask.actor;
    anybody.role = access::Role::administrator;
    const FactPlan plan = TRY(ask.context.state.read([&](store::Transaction& tx) -> Result<FactPlan> {
        if (until) return Facts::end(tx, anybody, *number, *until, "preview", {}, now);
        if (TRY(Facts::find(tx, anybody.scope, *number)).state != directory::FactState::proposed) return FactPlan{};
        return Facts::approve(tx, anybody, *number, {}, now);
    }));
    // What stands, or was refused, changes nothing any more.
    if (plan.empty()) return json_answer(200, json::object({{"fact", *number}, {"rows", 0}, {"changed", 0}, {"cut", false}, {"lists", json::Array{}}, {"changes", json::Array{}}}));
    const lists::Attributor present = attributor_of(ask.context);
    lists::Attributor planned = present;
    planned.claims = TRY(facts->with(plan));
    planned.names = TRY(facts->names_with(plan));
    const lists::Effect effect = TRY(lists::effect_of(ask.context.state, present, planned, {}));
    json::Array lists, changes;
    for (const lists::Effect::OfList& one : effect.lists) lists.push_back(json::object({{"id", one.list.text()}, {"name", one.name}, {"number", one.number}, {"changed", one.changed}}));
    for (const lists::Change& one : effect.changes)
        changes.push_back(json::object({{"number", one.number},
                                        {"subject", one.subject},
                                        {"before", side(ask.context, one.was, one.organisation_was, one.fact_was, one.system_was)},
                                        {"after", side(ask.context, one.is, one.organisation_is, one.fact_is, one.system_is)}}));
    return json_answer(200, json::object({{"fact", *number}, {"rows", effect.rows}, {"changed", effect.changed}, {"cut", effect.cut}, {"lists", std::move(lists)}, {"changes", std::move(changes)}}));
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/facts/{number}/effect", .permission = "list:import", .holds = Holds::node,
     .summary = "Tells which rows of kept lists would be somebody else's if the proposal were approved, or, with until, the fact ended then. Nothing is changed.", .response_schema = "FactEffect",
     .parameters = "until:time it would end then", .answer = effect},
};

}  // namespace

extern const Resource fact_effects{.name = "fact-effects", .about = "What a change of the directory would do to lists that are kept.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_fact_effects
