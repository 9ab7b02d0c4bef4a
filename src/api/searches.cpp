// The searches of an account that are under way: seen and cancelled by nobody else.
#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/search_ask.h"

namespace vg::api::of_searches {

namespace {

constexpr NamedSchema kSchemas[] = {
    {"Search", R"({"type":"object","required":["id","q","kind","started","progress","waiting"],"properties":{"id":{"type":"string","format":"uuid"},"q":{"type":"string"},
    "kind":{"type":"string","description":"events, count, stream, export..."},"started":{"type":"string","format":"date-time"},"progress":{"type":"number","minimum":0,"maximum":1},
    "waiting":{"type":"boolean","description":"its turn has not come"}},"additionalProperties":false})"},
    {"Searches", R"({"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Search"}}},"additionalProperties":false})"}};

json::Value to_json(const SearchDesk::Shown& search) {
    return json::object({{"id", to_text(search.id)}, {"q", search.text}, {"kind", search.kind}, {"started", time_value(search.started)}, {"progress", search.progress}, {"waiting", search.waiting}});
}

tl::unexpected<Error> missing() { return fail(Code::not_found, "there is no such search under way"); }

Result<Uuid> id_of(const Ask& ask) {
    if (ask.context.desk == nullptr) return missing();
    const auto parsed = parse_uuid(ask.captures[0]);
    if (!parsed) return missing();
    return *parsed;
}

Result<net::Response> list_all(Ask& ask) {
    json::Value items{json::Array{}};
    if (ask.context.desk != nullptr)
        for (const SearchDesk::Shown& one : ask.context.desk->of(account_of(ask.actor))) items.add(to_json(one));
    return json_answer(200, json::object({{"items", std::move(items)}}));
}

Result<net::Response> show(Ask& ask) {
    const auto found = ask.context.desk == nullptr ? std::nullopt : ask.context.desk->find(account_of(ask.actor), TRY(id_of(ask)));
    if (!found) return missing();
    return json_answer(200, to_json(*found));
}

Result<net::Response> cancel(Ask& ask) {
    const Uuid id = TRY(id_of(ask));
    if (!ask.context.desk->cancel(account_of(ask.actor), id)) return missing();
    return no_content();
}

// Everyone who has an account may ask: who may not search has none under way.
constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/searches", .permission = "self:read", .holds = Holds::own,
     .summary = "Lists one's own searches that are under way.", .response_schema = "Searches", .answer = list_all},
    {.method = "GET", .pattern = "/api/v1/searches/{id}", .permission = "self:read", .holds = Holds::own,
     .summary = "Shows one of them with its progress.", .response_schema = "Search", .answer = show},
    {.method = "DELETE", .pattern = "/api/v1/searches/{id}", .permission = "self:read", .holds = Holds::own,
     .summary = "Cancels one of them.", .status = 204, .answer = cancel},
};

}  // namespace

extern const Resource searches{.name = "searches", .about = "One's own searches that are under way.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_searches
