// Correlations: the groups that a correlation rule counts at the moment, and how far each is from its condition.
#include <algorithm>

#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/masking.h"
#include "base/text.h"

namespace vg::api::of_correlations {

namespace {

constexpr NamedSchema kSchemas[] = {{"CorrelationGroup", R"({"type":"object","required":["organisation","group","masked","type","condition","timespan_seconds","value","at_least","holds","newest","ends","seconds_left","events","event_count"],"properties":{
    "organisation":{"type":"string","format":"uuid"},"group":{"type":"object","description":"the fields of group-by and their values, in lower case"},
    "masked":{"type":"boolean","description":"personal values are hidden in group"},
    "type":{"enum":["event_count","value_count","temporal","temporal_ordered","value_sum","value_avg","value_percentile"]},
    "condition":{"type":"array","items":{"type":"string"},"description":"all must hold, such as gte 10"},"timespan_seconds":{"type":"integer"},
    "value":{"type":"number","description":"of the window that ends at the newest event: a count, a sum..."},"at_least":{"type":"boolean","description":"the window had too many events and lost its oldest"},
    "holds":{"type":"boolean"},"newest":{"type":"string","format":"date-time"},"ends":{"type":"string","format":"date-time","description":"when the newest event leaves the window"},
    "seconds_left":{"type":"integer","description":"until then; 0 when it is over"},"event_count":{"type":"integer","description":"of the window, as far as they are kept"},
    "events":{"type":"array","description":"of these, the last 100","items":{"type":"object","required":["id","occurred"],"properties":{"id":{"type":"string"},"occurred":{"type":"string","format":"date-time"}},"additionalProperties":false}}},
    "additionalProperties":false})"}};

json::Value to_json(const Context& context, const detect::GroupPage& page, const detect::GroupView& view) {
    json::Value group{json::Object{}};
    for (const auto& [field, value] : view.group) group.set(field, value);
    const json::Value shown = masked_fields(group);
    json::Value condition{json::Array{}}, events{json::Array{}};
    for (const std::string& bound : page.condition) condition.add(bound);
    for (const detect::Contribution& one : view.events)
        events.add(json::object({{"id", event::EventId{context.journal.id(), one.position}.text()}, {"occurred", time_value(one.occurred)}}));
    return json::object({{"organisation", view.organisation.text()},
                         {"group", shown},
                         {"masked", shown != group},
                         {"type", page.type},
                         {"condition", std::move(condition)},
                         {"timespan_seconds", page.timespan.micros / 1'000'000},
                         {"value", view.value},
                         {"at_least", view.at_least},
                         {"holds", view.holds},
                         {"newest", time_value(view.newest)},
                         {"ends", time_value(view.ends)},
                         {"seconds_left", std::max<std::int64_t>(0, (view.ends - context.clock.now()).micros / 1'000'000)},
                         {"events", std::move(events)},
                         {"event_count", view.event_count}});
}

Result<net::Response> groups(Ask& ask) {
    return list(ask, [rule = ask.captures[0]](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        if (!context.correlation_groups) return fail(Code::unavailable, "no server works on this folder; start one");
        const auto visible = [&](const OrganisationId& organisation) { return actor.scope.sees(organisation); };
        const detect::GroupPage found = TRY(context.correlation_groups({.rule_id = rule, .visible = visible, .after = after, .limit = limit}));
        ListPage page;
        for (const detect::GroupView& view : found.groups) page.items.push_back(to_json(context, found, view));
        if (found.more && !found.groups.empty()) page.next = found.groups.back().cursor;
        return page;
    });
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/correlations/{rule}/groups", .permission = "correlation:read",
     .summary = "Lists the groups that a correlation rule counts now, the one with the highest value first.", .response_schema = "CorrelationGroup[]", .parameters = kListParameters, .answer = groups},
};

}  // namespace

extern const Resource correlations{.name = "correlations", .about = "What correlation rules count at the moment.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_correlations
