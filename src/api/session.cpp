// One's own account: signing in and out, password, second factor, sessions, and the one-time link that sets a first
// password.
#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/problem.h"
#include "api/security.h"
#include "api/stream.h"
#include "access/accounts.h"
#include "base/text.h"

namespace vg::api::of_session {

namespace {

using access::Accounts;

constexpr NamedSchema kSchemas[] = {
    {"Me", R"({"type":"object","required":["name","role","organisation","permissions"],"properties":{
    "name":{"type":"string","description":"as the audit chain writes it: user:NAME, token:NAME"},"role":{"type":"string"},"organisation":{"type":["string","null"],"format":"uuid","description":"null: the node itself"},
    "user":{"type":["string","null"],"format":"uuid"},"source":{"type":["string","null"],"format":"uuid"},"permissions":{"type":"array","items":{"type":"string"}},
    "csrf":{"type":"string","description":"for the header X-CSRF-Token, when you came with a session"},"expires":{"type":"string","format":"date-time"}},"additionalProperties":false})"},
    {"Session", R"({"type":"object","required":["id","created","used","peer","agent","current"],"properties":{
    "id":{"type":"string","format":"uuid"},"created":{"type":"string","format":"date-time"},"used":{"type":"string","format":"date-time"},"peer":{"type":"string"},"agent":{"type":"string"},
    "current":{"type":"boolean"}},"additionalProperties":false})"},
    {"SecondFactorOffer", R"({"type":"object","required":["secret","uri"],"properties":{"secret":{"type":"string","description":"base32, to type in"},"uri":{"type":"string","description":"otpauth, to show as a QR code"}},
    "additionalProperties":false})"}};

json::Value me(const access::Actor& actor) {
    json::Value permissions{json::Array{}};
    for (std::string_view permission : access::all_permissions())
        if (actor.may(permission)) permissions.add(permission);
    return json::object({{"name", actor.name},
                         {"role", access::name_of(actor.role)},
                         {"organisation", id_value(actor.organisation)},
                         {"user", id_value(actor.user)},
                         {"source", id_value(actor.source)},
                         {"permissions", std::move(permissions)}});
}

// What only a person has: programs and the local command line come without a user.
Status person(const Ask& ask) {
    if (ask.actor.user) return {};
    return fail(Code::denied, "this concerns the account of a person; you came with a token or from the local command line");
}

// A session of this account has ended: its open streams come again, if they still may.
void end_streams(Ask& ask) {
    if (ask.context.stream != nullptr) ask.context.stream->end_account(ask.actor.name);
}

Result<net::Response> sign_in(Ask& ask) {
    auto signed_in = ask.gate.sign_in({.name = ask.body.text("name").value_or(""),
                                       .password = ask.body.text("password").value_or(""),
                                       .code = ask.body.text("code").value_or(""),
                                       .peer = ask.request.peer,
                                       .agent = shorten(to_valid_utf8(ask.request.header("user-agent").value_or("")), 200)},
                                      ask.context.clock.now());
    if (!signed_in) {
        if (signed_in.error().code != Code::denied) return fail(signed_in.error());
        return problem(401, signed_in.error());
    }
    json::Value body = me(signed_in->actor);
    body.set("csrf", csrf_token(signed_in->secret));
    body.set("expires", time_value(signed_in->expires));
    net::Response response = json_answer(200, body);
    response.with("Set-Cookie", set_cookie(signed_in->secret, ask.request.tls));
    return response;
}

Result<net::Response> who_am_i(Ask& ask) {
    json::Value body = me(ask.actor);
    if (!ask.actor.session.empty())
        if (const std::string session = session_cookie(ask.request); !session.empty()) body.set("csrf", csrf_token(session));
    return json_answer(200, body);
}

Result<net::Response> sign_out(Ask& ask) {
    TRY(person(ask));
    TRY(ask.context.state.write([&](store::Transaction& tx) { return Accounts::sign_out(tx, ask.actor, ask.context.clock.now()); }));
    end_streams(ask);
    net::Response response = no_content();
    response.with("Set-Cookie", set_cookie("", ask.request.tls));
    return response;
}

Result<net::Response> change_password(Ask& ask) {
    TRY(person(ask));
    TRY(ask.gate.change_password(ask.actor, ask.body.text("present").value_or(""), ask.body.text("password").value_or(""), ask.context.clock.now()));
    end_streams(ask);
    return no_content();
}

Result<net::Response> offer_totp(Ask& ask) {
    TRY(person(ask));
    const auto offer = TRY(ask.context.state.write(
        [&](store::Transaction& tx) { return Accounts::offer_totp(tx, ask.actor, ask.context.random, ask.context.clock.now(), ask.context.secrets); }));
    return json_answer(200, json::object({{"secret", offer.secret}, {"uri", offer.uri}}));
}

Result<net::Response> confirm_totp(Ask& ask) {
    TRY(person(ask));
    TRY(ask.context.state.write([&](store::Transaction& tx) {
        return Accounts::confirm_totp(tx, ask.actor, ask.body.text("code").value_or(""), ask.context.clock.now(), ask.context.secrets);
    }));
    return no_content();
}

Result<net::Response> remove_totp(Ask& ask) {
    TRY(person(ask));
    TRY(ask.gate.remove_totp(ask.actor, ask.body.text("password").value_or(""), ask.context.clock.now()));
    return no_content();
}

Result<net::Response> list_sessions(Ask& ask) {
    TRY(person(ask));
    const Time now = ask.context.clock.now();
    return list(ask, [now](Context& context, const access::Actor& actor, const std::optional<std::string>&, std::size_t) -> Result<ListPage> {
        const auto sessions = TRY(context.state.read([&](store::Transaction& tx) { return Accounts::list_sessions(tx, actor, now); }));
        ListPage page;
        for (const access::Session& session : sessions)
            page.items.push_back(json::object({{"id", session.id.text()},
                                               {"created", time_value(session.created)},
                                               {"used", time_value(session.used)},
                                               {"peer", session.peer},
                                               {"agent", session.agent},
                                               {"current", session.current}}));
        return page;
    });
}

Result<net::Response> end_session(Ask& ask) {
    TRY(person(ask));
    const auto id = TRY(ask.id<access::SessionTag>());
    TRY(ask.context.state.write([&](store::Transaction& tx) { return Accounts::end_session(tx, ask.actor, id, ask.context.clock.now()); }));
    end_streams(ask);
    return no_content();
}

Result<net::Response> check_link(Ask& ask) {
    const auto user = TRY(ask.gate.who_is_linked(ask.body.text("link").value_or(""), ask.context.clock.now()));
    return json_answer(200, json::object({{"name", user.name}}));
}

Result<net::Response> redeem_link(Ask& ask) {
    const auto user = TRY(ask.gate.redeem_link(ask.body.text("link").value_or(""), ask.body.text("password").value_or(""), ask.context.clock.now()));
    return json_answer(200, json::object({{"name", user.name}}));
}

constexpr std::string_view kSignIn = R"({"type":"object","required":["name","password"],"additionalProperties":false,"properties":{
    "name":{"type":"string","minLength":1,"maxLength":64},"password":{"type":"string","minLength":1,"maxLength":1024,"writeOnly":true},
    "code":{"type":"string","maxLength":16,"writeOnly":true,"description":"of the second factor"}},"examples":[{"name":"{user}","password":"{password}"}]})";
constexpr std::string_view kPassword = R"({"type":"object","required":["present","password"],"additionalProperties":false,"properties":{
    "present":{"type":"string","maxLength":1024,"writeOnly":true},"password":{"type":"string","maxLength":1024,"writeOnly":true,"description":"at least 12 characters"}},
    "examples":[{"present":"{password}","password":"another long sentence to remember"}]})";
constexpr std::string_view kCode = R"({"type":"object","required":["code"],"additionalProperties":false,"properties":{
    "code":{"type":"string","minLength":6,"maxLength":16,"writeOnly":true}},"examples":[{"code":"{code}"}]})";
constexpr std::string_view kPresent = R"({"type":"object","required":["password"],"additionalProperties":false,"properties":{
    "password":{"type":"string","maxLength":1024,"writeOnly":true}},"examples":[{"password":"{password}"}]})";
constexpr std::string_view kLink = R"({"type":"object","required":["link"],"additionalProperties":false,"properties":{
    "link":{"type":"string","minLength":1,"maxLength":200,"writeOnly":true}},"examples":[{"link":"{link}"}]})";
constexpr std::string_view kRedeem = R"({"type":"object","required":["link","password"],"additionalProperties":false,"properties":{
    "link":{"type":"string","minLength":1,"maxLength":200,"writeOnly":true},"password":{"type":"string","maxLength":1024,"writeOnly":true,"description":"at least 12 characters"}},
    "examples":[{"link":"{link}","password":"another long sentence to remember"}]})";
constexpr std::string_view kName = R"({"type":"object","required":["name"],"properties":{"name":{"type":"string"}},"additionalProperties":false})";

constexpr Route kRoutes[] = {
    {.method = "POST", .pattern = "/api/v1/session", .auth = Auth::none, .holds = Holds::own,
     .summary = "Signs in: sets the session cookie and tells the CSRF token.", .request_schema = kSignIn, .response_schema = "Me", .secret_answer = true, .answer = sign_in},
    {.method = "GET", .pattern = "/api/v1/session", .permission = "self:read", .holds = Holds::own,
     .summary = "Says who you are and what you may do.", .response_schema = "Me", .answer = who_am_i},
    {.method = "DELETE", .pattern = "/api/v1/session", .permission = "self:write", .holds = Holds::own,
     .summary = "Signs out.", .status = 204, .answer = sign_out},
    {.method = "POST", .pattern = "/api/v1/session/password", .permission = "self:write", .holds = Holds::own,
     .summary = "Changes your password and ends your other sessions.", .request_schema = kPassword, .status = 204, .answer = change_password},
    {.method = "POST", .pattern = "/api/v1/session/totp", .permission = "self:write", .holds = Holds::own,
     .summary = "Offers a second factor; it counts once confirmed.", .response_schema = "SecondFactorOffer", .secret_answer = true, .answer = offer_totp},
    {.method = "POST", .pattern = "/api/v1/session/totp/confirm", .permission = "self:write", .holds = Holds::own,
     .summary = "Confirms the second factor with a first code.", .request_schema = kCode, .status = 204, .answer = confirm_totp},
    {.method = "POST", .pattern = "/api/v1/session/totp/remove", .permission = "self:write", .holds = Holds::own,
     .summary = "Removes your second factor; the password is asked again.", .request_schema = kPresent, .status = 204, .answer = remove_totp},
    {.method = "GET", .pattern = "/api/v1/sessions", .permission = "self:write", .holds = Holds::own,
     .summary = "Lists where you are signed in.", .response_schema = "Session[]", .parameters = kListParameters, .answer = list_sessions},
    {.method = "DELETE", .pattern = "/api/v1/sessions/{id}", .permission = "self:write", .holds = Holds::own,
     .summary = "Ends one of your sessions.", .status = 204, .answer = end_session},
    {.method = "POST", .pattern = "/api/v1/first-run/check", .auth = Auth::none, .holds = Holds::own,
     .summary = "Says whose one-time link it is.", .request_schema = kLink, .response_schema = kName, .answer = check_link},
    {.method = "POST", .pattern = "/api/v1/first-run", .auth = Auth::none, .holds = Holds::own,
     .summary = "Sets a password with a one-time link.", .request_schema = kRedeem, .response_schema = kName, .answer = redeem_link},
};

}  // namespace

extern const Resource session{.name = "session", .about = "One's own account: signing in and out, password, second factor.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_session
