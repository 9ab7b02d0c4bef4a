// The worklist: who stands on lists of victims, the most pressing first, with the reasons.
#include <algorithm>

#include "api/api.h"
#include "api/fields.h"
#include "api/inside_view.h"
#include "api/list.h"
#include "api/list_view.h"
#include "api/narrowed.h"
#include "base/cursor.h"
#include "base/text.h"
#include "lists/worklist.h"

namespace vg::api::of_list_hits {

namespace {

constexpr NamedSchema kSchemas[] = {{"ListHit", R"({"type":"object","required":["id","organisation","subject","family","state","series","first_list","last_list","times","relapses","first_seen","last_seen","system","level","severity","fact","reasons","inside"],"properties":{
    "id":{"type":"string"},"organisation":{"type":"object","required":["id","name"],"properties":{"id":{"type":"string"},"name":{"type":"string"}},"additionalProperties":false},
    "subject":{"type":"string","description":"address, name or URL"},"family":{"type":"string"},"province":{"type":"string","description":"as the list says it"},"state":{"enum":["new","persistent","gone","relapsed"]},
    "series":{"type":"string"},"first_list":{"type":"string","format":"uuid"},"last_list":{"type":"string","format":"uuid"},"times":{"type":"integer","description":"lists of the series that name it"},"relapses":{"type":"integer"},
    "first_seen":{"type":"string","format":"date-time"},"last_seen":{"type":"string","format":"date-time"},"system":{"type":"string"},"level":{"type":"integer","description":"of the system, 1 to 5; 0: not known"},
    "severity":{"type":"integer","description":"as the list says it, 1 (low) to 4 (critical); 0: it does not"},"fact":{"type":"integer","description":"the directory's fact that says whose it is"},
    "reasons":{"type":"array","description":"why it stands here, in the order in which they count","items":{"type":"object","required":["reason","value"],"properties":{"reason":{"enum":["listed","level","relapses","age-days","severity"]},
    "value":{"type":"string"}},"additionalProperties":false}},
    "inside":{"oneOf":[{"$ref":"#/components/schemas/InsideAnswer"},{"type":"null"}],"description":"which machine stood behind the address, by the newest list; null: the archive was not asked"}},"additionalProperties":false})"}};

json::Value to_json(const Context& context, const lists::Hit& hit, json::Value inside, Time now) {
    json::Array reasons;
    for (const auto& [reason, value] : lists::reasons_of(hit, now)) reasons.push_back(json::object({{"reason", reason}, {"value", value}}));
    return json::object({{"id", hit.id},
                         {"organisation", organisation_value(context, hit.organisation)},
                         {"subject", hit.subject},
                         {"family", hit.family},
                         {"province", hit.province},
                         {"state", name_of(hit.state)},
                         {"series", hit.series},
                         {"first_list", hit.first_list.text()},
                         {"last_list", hit.last_list.text()},
                         {"times", hit.times},
                         {"relapses", hit.relapses},
                         {"first_seen", time_value(hit.first_seen)},
                         {"last_seen", time_value(hit.last_seen)},
                         {"system", hit.system},
                         {"level", hit.level},
                         {"severity", hit.severity},
                         {"fact", hit.fact},
                         {"reasons", std::move(reasons)},
                         {"inside", std::move(inside)}});
}

std::string cursor_of(const lists::Hit& hit) {
    const lists::HitPlace place = lists::place_of(hit);
    return to_cursor("list-hit", {place.listed ? "1" : "0", std::to_string(place.rank), std::to_string(place.day), std::to_string(place.weight), place.id});
}

Result<lists::HitPlace> place_in(const std::string& cursor) {
    const auto key = TRY(from_cursor("list-hit", 5, cursor));
    const auto rank = parse_int(key[1]), day = parse_int(key[2]), weight = parse_int(key[3]);
    if (!rank || !day || !weight || key[4].empty()) return fail(Code::bad_input, "field after: is no cursor of this list");
    return lists::HitPlace{.listed = key[0] == "1", .rank = *rank, .day = *day, .weight = *weight, .id = key[4]};
}

Result<net::Response> list_all(Ask& ask) {
    const access::Scope scope = TRY(scope_of(ask));
    lists::HitFilter filter;
    if (const auto state = ask.text("state")) filter.state = lists::hit_state_named(*state);
    filter.series = ask.text("series");
    if (const auto text = ask.text("list")) {
        const auto id = lists::ListId::parse(*text);
        if (!id) return fail(Code::bad_input, "field list: is the id of a list");
        // A copy has the rows of its first.
        const auto head = ask.context.state.read([&](store::Transaction& tx) { return lists::find(tx, ask.actor.scope, *id); });
        filter.list = head && head->same_as ? *head->same_as : *id;
    }
    return list(ask, [scope, filter](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        lists::HitPlace place;
        if (after) place = TRY(place_in(*after));
        std::vector<json::Value> inside;
        const auto found = TRY(context.state.read([&](store::Transaction& tx) -> Result<std::vector<lists::Hit>> {
            auto some = TRY(lists::hits(tx, scope, filter, place, limit + 1));
            inside.clear();
            std::vector<std::pair<std::string, lists::ListId>> asked;
            for (const lists::Hit& hit : some) asked.emplace_back(hit.id, hit.last_list);
            const auto rows = TRY(lists::inside_of_hits(tx, asked, kMostInsideRows));
            for (const auto& of_hit : rows) inside.push_back(inside_view(of_hit, actor.scope));
            return some;
        }));
        const Time now = context.clock.now();
        ListPage page;
        for (std::size_t i = 0; i < std::min(found.size(), limit); ++i) page.items.push_back(to_json(context, found[i], std::move(inside[i]), now));
        if (found.size() > limit) page.next = cursor_of(found[limit - 1]);
        return page;
    });
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/list-hits", .permission = "list:read", .summary = "Lists who stands on lists of victims, the most pressing first: on the newest list, by the system's level, relapsed, the oldest, by what the list says.",
     .response_schema = "ListHit[]",
     .parameters = "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before, " VG_NARROWED ", state:new|persistent|gone|relapsed only these, list:uuid only those on this list, series:string only those of this series",
     .answer = list_all},
};

}  // namespace

extern const Resource list_hits{.name = "list-hits", .about = "The worklist that lists of victims make.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_list_hits
