// Users: the accounts of people.
#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/stream.h"
#include "access/accounts.h"
#include "base/text.h"

namespace vg::api::of_users {

namespace {

using access::Accounts;
using access::User;

constexpr NamedSchema kSchemas[] = {{"User", R"({"type":"object","required":["id","name","role","organisation","disabled","has_password","has_totp","created","signed_in","version"],"properties":{
    "id":{"type":"string","format":"uuid"},"name":{"type":"string"},"role":{"type":"string"},"organisation":{"type":["string","null"],"format":"uuid","description":"null: the node itself"},
    "disabled":{"type":"boolean"},"has_password":{"type":"boolean"},"has_totp":{"type":"boolean"},"created":{"type":"string","format":"date-time"},
    "signed_in":{"type":["string","null"],"format":"date-time","description":"the last time"},"version":{"type":"integer"},
    "link":{"type":"string","description":"path of a one-time link that sets the password; shown only here"}},"additionalProperties":false})"},
    {"UserLink", R"({"type":"object","required":["link"],"properties":{"link":{"type":"string","description":"path of a one-time link that sets the password; it works for 24 hours"}},"additionalProperties":false})"},
    {"EndedSessions", R"({"type":"object","required":["ended"],"properties":{"ended":{"type":"integer"}},"additionalProperties":false})"}};

json::Value to_json(const User& user) {
    return json::object({{"id", user.id.text()},
                         {"name", user.name},
                         {"role", access::name_of(user.role)},
                         {"organisation", id_value(user.organisation)},
                         {"disabled", user.disabled},
                         {"has_password", user.has_password},
                         {"has_totp", user.has_totp},
                         {"created", time_value(user.created)},
                         {"signed_in", time_value(user.signed_in)},
                         {"version", user.version}});
}

std::string link_path(const std::string& secret) { return "/ui/first-run?link=" + net::percent_encode(secret); }

Result<access::Role> role_of(const json::Value& body) {
    const std::string name = body.text("role").value_or("");
    const auto role = access::role_named(name);
    if (role && !access::is_token_role(*role)) return *role;
    std::string known;
    for (access::Role one : access::all_roles())
        if (!access::is_token_role(one)) known += (known.empty() ? "" : ", ") + std::string{access::name_of(one)};
    return fail(Code::bad_input, format("field role: there is no role {} for people; known are {}", shorten(name, 64), known));
}

Result<net::Response> list_all(Ask& ask) {
    if (const auto name = ask.text("name")) {
        const auto found = ask.context.state.read([&](store::Transaction& tx) { return Accounts::find_user_named(tx, ask.actor.scope, *name); });
        if (!found && found.error().code != Code::not_found) return fail(found.error());
        ListPage page;
        if (found) page.items.push_back(to_json(*found));
        return list(ask, [page](Context&, const access::Actor&, const std::optional<std::string>&, std::size_t) -> Result<ListPage> { return page; });
    }
    return list(ask, [](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto page = TRY(context.state.read([&](store::Transaction& tx) { return Accounts::list_users(tx, actor.scope, after, limit); }));
        ListPage out{.next = page.next};
        for (const User& user : page.items) out.items.push_back(to_json(user));
        return out;
    });
}

Result<net::Response> add(Ask& ask) {
    access::NewUser wanted{.name = ask.body.text("name").value_or(""), .role = TRY(role_of(ask.body)), .organisation = ask.actor.organisation};
    if (const auto organisation = TRY(id_member<OrganisationTag>(ask.body, "organisation"))) wanted.organisation = *organisation;
    if (const auto password = ask.body.text("password")) {
        TRY(access::password_is_acceptable(*password, wanted.name));
        wanted.password = access::PasswordHash{TRY(ask.passwords.hash(*password))};
    }
    std::string link;
    const User user = TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<User> {
        if (!wanted.organisation.is_nil()) TRY_IN("field organisation: ", organisation_for(ask, tx, wanted.organisation));
        User made = TRY(Accounts::add_user(tx, ask.actor, wanted, ask.context.random, ask.context.clock.now()));
        if (!wanted.password) link = TRY(Accounts::make_link(tx, ask.actor, made.id, ask.context.random, ask.context.clock.now()));
        return made;
    }));
    json::Value body = to_json(user);
    if (!link.empty()) body.set("link", link_path(link));
    auto response = versioned_answer(201, body, user.version);
    response.with("Location", "/api/v1/users/" + user.id.text());
    return response;
}

Result<net::Response> show(Ask& ask) {
    const auto id = TRY(ask.id<UserTag>());
    const User user = TRY(ask.context.state.read([&](store::Transaction& tx) { return Accounts::find_user(tx, ask.actor.scope, id); }));
    return versioned_answer(200, to_json(user), user.version);
}

// One of Accounts' actions on the user of the path, found within the actor's scope.
template <class Act>
auto within(Ask& ask, Act&& act) -> std::invoke_result_t<Act, store::Transaction&, const UserId&, Time> {
    const auto id = TRY(ask.id<UserTag>());
    std::string name;
    auto done = ask.context.state.write([&](store::Transaction& tx) -> std::invoke_result_t<Act, store::Transaction&, const UserId&, Time> {
        name = TRY(Accounts::find_user(tx, ask.actor.scope, id)).name;
        return act(tx, id, ask.context.clock.now());
    });
    // Its open streams come again, if they still may.
    if (ask.context.stream != nullptr) ask.context.stream->end_account("user:" + name);
    return done;
}

Result<net::Response> change(Ask& ask) {
    const access::Role role = TRY(role_of(ask.body));
    const auto version = TRY(ask.if_match());
    const User user = TRY(within(ask, [&](auto& tx, const UserId& id, Time now) { return Accounts::change_role(tx, ask.actor, id, role, version, now); }));
    return versioned_answer(200, to_json(user), user.version);
}
Result<net::Response> disable(Ask& ask) {
    const auto version = TRY(ask.if_match());
    const User user = TRY(within(ask, [&](auto& tx, const UserId& id, Time now) { return Accounts::disable_user(tx, ask.actor, id, version, now); }));
    return versioned_answer(200, to_json(user), user.version);
}
Result<net::Response> enable(Ask& ask) {
    const auto version = TRY(ask.if_match());
    const User user = TRY(within(ask, [&](auto& tx, const UserId& id, Time now) { return Accounts::enable_user(tx, ask.actor, id, version, now); }));
    return versioned_answer(200, to_json(user), user.version);
}

Result<net::Response> reset_password(Ask& ask) {
    const auto id = TRY(ask.id<UserTag>());
    const User user = TRY(ask.context.state.read([&](store::Transaction& tx) { return Accounts::find_user(tx, ask.actor.scope, id); }));
    const std::string password = ask.body.text("password").value_or("");
    TRY(access::password_is_acceptable(password, user.name));
    const access::PasswordHash hash{TRY(ask.passwords.hash(password))};
    TRY(within(ask, [&](auto& tx, const UserId& same, Time now) { return Accounts::reset_password(tx, ask.actor, same, hash, now); }));
    return no_content();
}
Result<net::Response> reset_totp(Ask& ask) {
    TRY(within(ask, [&](auto& tx, const UserId& id, Time now) { return Accounts::reset_totp(tx, ask.actor, id, now); }));
    return no_content();
}
Result<net::Response> make_link(Ask& ask) {
    const std::string link = TRY(within(ask, [&](auto& tx, const UserId& id, Time now) { return Accounts::make_link(tx, ask.actor, id, ask.context.random, now); }));
    return json_answer(200, json::object({{"link", link_path(link)}}));
}
Result<net::Response> end_sessions(Ask& ask) {
    const std::int64_t ended = TRY(within(ask, [&](auto& tx, const UserId& id, Time now) { return Accounts::end_sessions_of(tx, ask.actor, id, now); }));
    return json_answer(200, json::object({{"ended", ended}}));
}

constexpr std::string_view kNew = R"({"type":"object","required":["name","role"],"additionalProperties":false,"properties":{
    "name":{"type":"string","minLength":1,"maxLength":64,"description":"small letters, digits, '.', '_', '@' and '-'; unique on the node"},"role":{"type":"string","maxLength":64},
    "organisation":{"type":"string","format":"uuid","description":"without one, your own"},
    "password":{"type":"string","maxLength":1024,"writeOnly":true,"description":"at least 12 characters; without one, the answer holds a one-time link"}},
    "examples":[{"name":"{marker}","role":"reader","organisation":"{organisation}","password":"a long sentence to remember"}]})";
constexpr std::string_view kRole = R"({"type":"object","required":["role"],"additionalProperties":false,"properties":{
    "role":{"type":"string","maxLength":64}},"examples":[{"role":"analyst"}]})";
constexpr std::string_view kPassword = R"({"type":"object","required":["password"],"additionalProperties":false,"properties":{
    "password":{"type":"string","maxLength":1024,"writeOnly":true,"description":"at least 12 characters"}},"examples":[{"password":"another long sentence to remember"}]})";
constexpr std::string_view kListOrName =
    "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before, name:string only the user of this name";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/users", .permission = "user:read",
     .summary = "Lists the accounts of people.", .response_schema = "User[]", .parameters = kListOrName, .answer = list_all},
    {.method = "POST", .pattern = "/api/v1/users", .permission = "user:write",
     .summary = "Adds a user.", .request_schema = kNew, .response_schema = "User", .status = 201, .secret_answer = true, .answer = add},
    {.method = "GET", .pattern = "/api/v1/users/{id}", .permission = "user:read",
     .summary = "Shows one user.", .response_schema = "User", .answer = show},
    {.method = "PATCH", .pattern = "/api/v1/users/{id}", .permission = "user:write",
     .summary = "Changes the role of a user.", .request_schema = kRole, .response_schema = "User", .answer = change},
    {.method = "POST", .pattern = "/api/v1/users/{id}/disable", .permission = "user:write",
     .summary = "Disables a user: sessions, links and tokens end at once, but ingest tokens go on.", .response_schema = "User", .answer = disable},
    {.method = "POST", .pattern = "/api/v1/users/{id}/enable", .permission = "user:write",
     .summary = "Enables a disabled user.", .response_schema = "User", .answer = enable},
    {.method = "POST", .pattern = "/api/v1/users/{id}/password", .permission = "user:write",
     .summary = "Sets the password of somebody else and ends their sessions.", .request_schema = kPassword, .status = 204, .answer = reset_password},
    {.method = "POST", .pattern = "/api/v1/users/{id}/totp/reset", .permission = "user:write",
     .summary = "Removes the second factor of somebody who lost it.", .status = 204, .answer = reset_totp},
    {.method = "POST", .pattern = "/api/v1/users/{id}/link", .permission = "user:write",
     .summary = "Makes a one-time link with which the user sets a password.", .response_schema = "UserLink", .secret_answer = true, .answer = make_link},
    {.method = "POST", .pattern = "/api/v1/users/{id}/sessions/end", .permission = "user:write",
     .summary = "Ends all sessions of a user.", .response_schema = "EndedSessions", .answer = end_sessions},
};

}  // namespace

extern const Resource users{.name = "users", .about = "The accounts of people.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_users
