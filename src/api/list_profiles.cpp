// Profiles: how the lists of one issuer look. Shipped ones, and people's own, which go before a shipped one of the same name.
#include <algorithm>

#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/list_view.h"
#include "lists/lists.h"
#include "store/audit.h"

namespace vg::api::of_list_profiles {

namespace {

constexpr NamedSchema kSchemas[] = {{"ListProfile", R"({"type":"object","required":["name","title","title_vi","columns","zone","date_order","requires","shipped","version"],"properties":{"name":{"type":"string"},"title":{"type":"string"},
    "title_vi":{"type":"string"},"columns":{"type":"object","description":"folded header to role: victim, c2, destination..."},"zone":{"type":"string","description":"of times without one; empty: it is asked"},
    "date_order":{"type":["string","null"],"description":"day-first or month-first; null: by the file, else it is asked"},"requires":{"type":"array","description":"headers that must all be there for it to be taken by itself","items":{"type":"string"}},
    "file_words":{"type":"array","description":"parts of the file's name, one of which must be there too","items":{"type":"string"}},
    "keeps_others":{"type":"boolean","description":"columns that it does not name are kept without a question"},"report":{"type":"string","description":"kind of report, of lists that do not say it themselves"},
    "shipped":{"type":"boolean"},"version":{"type":"integer"}},"additionalProperties":false})"}};

Result<net::Response> list_all(Ask& ask) {
    return list(ask, [](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto profiles = TRY(profiles_of(context));
        return page_of(profiles, after, limit, [](const lists::Profile& one) { return one.name; }, [](const lists::Profile& one) { return profile_value(one); });
    });
}

Result<lists::Profile> named(Ask& ask) {
    auto profiles = TRY(profiles_of(ask.context));
    const auto found = std::find_if(profiles.begin(), profiles.end(), [&](const lists::Profile& one) { return one.name == ask.captures[0]; });
    if (found == profiles.end()) return fail(Code::not_found, "there is no such profile");
    return std::move(*found);
}

Result<net::Response> show(Ask& ask) { return json_answer(200, profile_value(TRY(named(ask)))); }

Result<net::Response> put(Ask& ask) {
    const lists::Profile profile = TRY(profile_of(ask.captures[0], ask.body));
    const Time now = ask.context.clock.now();
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        TRY(lists::put_profile(tx, profile, ask.actor.name, now));
        return store::audit::append(tx, {.time = now, .actor = ask.actor.name, .action = "list-profile:put", .object = "list-profile/" + profile.name, .organisation = {}, .details = json::object({{"columns", profile.columns.size()}})});
    }));
    return json_answer(200, profile_value(TRY(named(ask))));
}

Result<net::Response> remove(Ask& ask) {
    const Time now = ask.context.clock.now();
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        if (!TRY(lists::remove_profile(tx, ask.captures[0]))) return {};
        return store::audit::append(tx, {.time = now, .actor = ask.actor.name, .action = "list-profile:remove", .object = "list-profile/" + ask.captures[0], .organisation = {}, .details = json::object({})});
    }));
    return no_content();
}

constexpr std::string_view kPut = R"({"type":"object","required":["columns"],"additionalProperties":false,"properties":{"title":{"type":"string","maxLength":200},"title_vi":{"type":"string","maxLength":200},
    "columns":{"type":"object","description":"header to role","additionalProperties":{"type":"string","maxLength":32}},"zone":{"type":"string","maxLength":64},"date_order":{"enum":["day-first","month-first"]},
    "requires":{"type":"array","maxItems":200,"items":{"type":"string","maxLength":300}},
    "file_words":{"type":"array","maxItems":50,"items":{"type":"string","maxLength":100}},"keeps_others":{"type":"boolean"},"report":{"type":"string","maxLength":100}},"examples":[{"title":"Tried","columns":{"ip":"victim","timestamp":"seen"},"zone":"UTC","requires":["ip"]}]})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/list-profiles", .permission = "list:read", .holds = Holds::shared, .summary = "Lists the profiles: how the lists of each issuer look.", .response_schema = "ListProfile[]", .parameters = kListParameters,
     .answer = list_all},
    {.method = "GET", .pattern = "/api/v1/list-profiles/{name}", .permission = "list:read", .holds = Holds::shared, .summary = "Shows one profile.", .response_schema = "ListProfile", .answer = show},
    {.method = "PUT", .pattern = "/api/v1/list-profiles/{name}", .permission = "list:import", .holds = Holds::node, .summary = "Makes a profile, or changes it.", .request_schema = kPut, .response_schema = "ListProfile", .answer = put},
    {.method = "DELETE", .pattern = "/api/v1/list-profiles/{name}", .permission = "list:import", .holds = Holds::node, .summary = "Removes a profile of people's own; a shipped one of that name holds again. Done as well when there is none.", .status = 204,
     .answer = remove},
};

}  // namespace

extern const Resource list_profiles{.name = "list-profiles", .about = "How the lists of victims of each issuer look.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_list_profiles
