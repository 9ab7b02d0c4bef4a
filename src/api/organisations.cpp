// Organisations: whose data it is.
#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/stream.h"
#include "base/text.h"
#include "directory/directory.h"

namespace vg::api::of_organisations {

namespace {

using directory::Directory;
using directory::Organisation;

constexpr NamedSchema kSchemas[] = {{"Organisation", R"({"type":"object","required":["id","name","parent","created","ended","version"],"properties":{
    "id":{"type":"string","format":"uuid"},"name":{"type":"string"},"parent":{"type":["string","null"],"format":"uuid"},
    "created":{"type":"string","format":"date-time"},"ended":{"type":["string","null"],"format":"date-time"},"version":{"type":"integer"}},"additionalProperties":false})"}};

json::Value to_json(const Organisation& organisation) {
    return json::object({{"id", organisation.id.text()},
                         {"name", organisation.name},
                         {"parent", id_value(organisation.parent)},
                         {"created", time_value(organisation.created)},
                         {"ended", time_value(organisation.ended)},
                         {"version", organisation.version}});
}

Result<net::Response> answer_with(Ask& ask, const OrganisationId& id, int status) {
    const Organisation organisation = TRY(ask.context.state.read([&](store::Transaction& tx) { return Directory::find(tx, ask.actor.scope, id); }));
    return versioned_answer(status, to_json(organisation), organisation.version);
}

Result<net::Response> list_all(Ask& ask) {
    return list(ask, [](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto page = TRY(context.state.read([&](store::Transaction& tx) { return Directory::list(tx, actor.scope, after, limit); }));
        ListPage out{.next = page.next};
        for (const Organisation& organisation : page.items) out.items.push_back(to_json(organisation));
        return out;
    });
}

Result<net::Response> add(Ask& ask) {
    Organisation organisation;
    organisation.created = ask.context.clock.now();
    organisation.id = make_id<OrganisationTag>(organisation.created, ask.context.random);
    organisation.name = nfc(trim(ask.body.text("name").value_or("")));
    const auto parent = TRY(id_member<OrganisationTag>(ask.body, "parent"));
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        organisation.parent = TRY_IN("field parent: ", organisation_for(ask, tx, parent));
        return Directory::add(tx, ask.actor, organisation);
    }));
    TRY(ask.context.reload_directory());
    if (ask.context.stream != nullptr) ask.context.stream->end_all("again");  // what accounts may see has changed
    // Read back with the scope as it is now: the new one is below one that the actor sees.
    auto response = versioned_answer(201, to_json(organisation), 1);
    response.with("Location", "/api/v1/organisations/" + organisation.id.text());
    return response;
}

Result<net::Response> show(Ask& ask) { return answer_with(ask, TRY(ask.id<OrganisationTag>()), 200); }

Result<net::Response> rename(Ask& ask) {
    const auto id = TRY(ask.id<OrganisationTag>());
    const auto version = TRY(ask.if_match());
    const std::string name = nfc(trim(ask.body.text("name").value_or("")));
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        TRY(Directory::find(tx, ask.actor.scope, id));
        return Directory::rename(tx, ask.actor, id, name, version, ask.context.clock.now());
    }));
    TRY(ask.context.reload_directory());
    if (ask.context.stream != nullptr) ask.context.stream->end_all("again");  // what accounts may see has changed
    return answer_with(ask, id, 200);
}

Result<net::Response> end(Ask& ask) {
    const auto id = TRY(ask.id<OrganisationTag>());
    const auto version = TRY(ask.if_match());
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        TRY(Directory::find(tx, ask.actor.scope, id));
        return Directory::end(tx, ask.actor, id, version, ask.context.clock.now());
    }));
    TRY(ask.context.reload_directory());
    if (ask.context.stream != nullptr) ask.context.stream->end_all("again");  // what accounts may see has changed
    return answer_with(ask, id, 200);
}

constexpr std::string_view kNew = R"({"type":"object","required":["name"],"additionalProperties":false,"properties":{
    "name":{"type":"string","minLength":1,"maxLength":200,"description":"in any language"},
    "parent":{"type":"string","format":"uuid","description":"the organisation above it; without one, your own"}},
    "examples":[{"name":"{marker}","parent":"{organisation}"}]})";
constexpr std::string_view kName = R"({"type":"object","required":["name"],"additionalProperties":false,"properties":{
    "name":{"type":"string","minLength":1,"maxLength":200}},"examples":[{"name":"{marker}"}]})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/organisations", .permission = "organisation:read",
     .summary = "Lists the organisations that you may see.", .response_schema = "Organisation[]", .parameters = kListParameters, .answer = list_all},
    {.method = "POST", .pattern = "/api/v1/organisations", .permission = "organisation:write",
     .summary = "Adds an organisation below another.", .request_schema = kNew, .response_schema = "Organisation", .status = 201, .answer = add},
    {.method = "GET", .pattern = "/api/v1/organisations/{id}", .permission = "organisation:read",
     .summary = "Shows one organisation.", .response_schema = "Organisation", .answer = show},
    {.method = "PATCH", .pattern = "/api/v1/organisations/{id}", .permission = "organisation:write",
     .summary = "Renames an organisation.", .request_schema = kName, .response_schema = "Organisation", .answer = rename},
    {.method = "POST", .pattern = "/api/v1/organisations/{id}/end", .permission = "organisation:write",
     .summary = "Ends an organisation: it stays visible and takes nothing new.", .response_schema = "Organisation", .answer = end},
};

}  // namespace

extern const Resource organisations{.name = "organisations", .about = "Whose data it is: organisations and what is below them.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_organisations
