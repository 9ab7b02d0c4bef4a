// Tokens: what programs sign in with. The text is shown once.
#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/stream.h"
#include "access/accounts.h"
#include "base/bytes.h"
#include "base/text.h"
#include "directory/directory.h"

namespace vg::api::of_tokens {

namespace {

using access::Accounts;
using access::Token;
using directory::Directory;

constexpr NamedSchema kSchemas[] = {{"Token", R"({"type":"object","required":["id","name","role","organisation","source","creator","created","expires","revoked","used","version"],"properties":{
    "id":{"type":"string","format":"uuid"},"name":{"type":"string"},"role":{"type":"string"},"organisation":{"type":["string","null"],"format":"uuid","description":"null: the node itself"},
    "source":{"type":["string","null"],"format":"uuid","description":"of an ingest token: whatever it sends is of this source"},"creator":{"type":"string"},
    "created":{"type":"string","format":"date-time"},"expires":{"type":["string","null"],"format":"date-time"},"revoked":{"type":["string","null"],"format":"date-time"},
    "used":{"type":["string","null"],"format":"date-time","description":"the last time, to the minute"},"version":{"type":"integer"},
    "token":{"type":"string","description":"the secret; shown only here"}},"additionalProperties":false})"}};

json::Value to_json(const Token& token) {
    return json::object({{"id", token.id.text()},
                         {"name", token.name},
                         {"role", access::name_of(token.role)},
                         {"organisation", id_value(token.organisation)},
                         {"source", id_value(token.source)},
                         {"creator", token.creator},
                         {"created", time_value(token.created)},
                         {"expires", time_value(token.expires)},
                         {"revoked", time_value(token.revoked)},
                         {"used", time_value(token.used)},
                         {"version", token.version}});
}

Result<access::Role> role_of(const json::Value& body) {
    const std::string name = body.text("role").value_or("");
    const auto role = access::role_named(name);
    if (role && access::is_token_role(*role)) return *role;
    std::string known;
    for (access::Role one : access::all_roles())
        if (access::is_token_role(one)) known += (known.empty() ? "" : ", ") + std::string{access::name_of(one)};
    return fail(Code::bad_input, format("field role: there is no role {} for tokens; known are {}", shorten(name, 64), known));
}

// By id or by name, within the actor's scope.
Result<directory::Source> source_of(Ask& ask, store::Transaction& tx, const std::string& text) {
    const auto missing = [] { return fail(Code::not_found, "field source: there is no such source"); };
    directory::Source source;
    if (const auto id = SourceId::parse(text)) {
        auto found = Directory::find_source(tx, ask.actor.scope, *id);
        if (!found && found.error().code == Code::not_found) return missing();
        source = TRY(std::move(found));
    } else {
        auto found = TRY(Directory::source_named(tx, ask.actor.scope, text));
        if (!found) return missing();
        source = std::move(*found);
    }
    if (source.ended) return fail(Code::conflict, "field source: has ended; tokens for it would not work");
    return source;
}

Result<net::Response> list_all(Ask& ask) {
    return list(ask, [](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto page = TRY(context.state.read([&](store::Transaction& tx) { return Accounts::list_tokens(tx, actor.scope, after, limit); }));
        ListPage out{.next = page.next};
        for (const Token& token : page.items) out.items.push_back(to_json(token));
        return out;
    });
}

Result<net::Response> add(Ask& ask) {
    access::NewToken wanted{.name = ask.body.text("name").value_or(""), .role = TRY(role_of(ask.body)), .organisation = ask.actor.organisation};
    const Time now = ask.context.clock.now();
    const auto organisation = TRY(id_member<OrganisationTag>(ask.body, "organisation"));
    if (organisation) wanted.organisation = *organisation;
    if (const auto expires = ask.body.text("expires")) {
        wanted.expires = parse_time(*expires);
        if (wanted.expires <= now) return fail(Code::bad_input, "field expires: must lie ahead");
    }
    const auto source_text = ask.body.text("source");
    if (wanted.role == access::Role::token_ingest && !source_text) return fail(Code::bad_input, "field source: is missing; an ingest token is for one source");
    if (wanted.role != access::Role::token_ingest && source_text) return fail(Code::bad_input, "field source: only an ingest token has a source");
    const auto issued = TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<access::IssuedToken> {
        std::string base{access::name_of(wanted.role)};
        if (source_text) {
            const directory::Source source = TRY(source_of(ask, tx, *source_text));
            if (organisation && *organisation != source.organisation) return fail(Code::bad_input, "field organisation: is not the one of the source");
            wanted.source = source.id;
            wanted.organisation = source.organisation;
            base = source.name.substr(0, 56);
        } else if (!wanted.organisation.is_nil()) {
            TRY_IN("field organisation: ", organisation_for(ask, tx, wanted.organisation));
        }
        if (wanted.name.empty()) {
            std::uint8_t suffix[3];
            ask.context.random.fill(suffix, sizeof suffix);
            wanted.name = format("{}-{}", base, to_hex({reinterpret_cast<const char*>(suffix), sizeof suffix}));
        }
        return Accounts::add_token(tx, ask.actor, wanted, ask.context.random, now);
    }));
    json::Value body = to_json(issued.token);
    body.set("token", issued.text);
    auto response = versioned_answer(201, body, issued.token.version);
    response.with("Location", "/api/v1/tokens/" + issued.token.id.text());
    return response;
}

Result<net::Response> show(Ask& ask) {
    const auto id = TRY(ask.id<access::TokenTag>());
    const Token token = TRY(ask.context.state.read([&](store::Transaction& tx) { return Accounts::find_token(tx, ask.actor.scope, id); }));
    return versioned_answer(200, to_json(token), token.version);
}

Result<net::Response> revoke(Ask& ask) {
    const auto id = TRY(ask.id<access::TokenTag>());
    const auto version = TRY(ask.if_match());
    const Token token = TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<Token> {
        TRY(Accounts::find_token(tx, ask.actor.scope, id));
        return Accounts::revoke_token(tx, ask.actor, id, version, ask.context.clock.now());
    }));
    if (ask.context.stream != nullptr) ask.context.stream->end_account("token:" + token.name);
    return versioned_answer(200, to_json(token), token.version);
}

constexpr std::string_view kNew = R"({"type":"object","required":["role"],"additionalProperties":false,"properties":{
    "name":{"type":"string","minLength":1,"maxLength":64,"description":"without one, made from the source or role"},"role":{"type":"string","maxLength":64},
    "source":{"type":"string","maxLength":64,"description":"id or name; for ingest tokens"},"organisation":{"type":"string","format":"uuid","description":"without one, that of the source, else your own"},
    "expires":{"type":"string","format":"date-time"}},
    "examples":[{"name":"{marker}","role":"ingest","source":"{source}"},{"name":"{marker}","role":"token-reader","organisation":"{organisation}"}]})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/tokens", .permission = "token:read",
     .summary = "Lists tokens, without their secrets.", .response_schema = "Token[]", .parameters = kListParameters, .answer = list_all},
    {.method = "POST", .pattern = "/api/v1/tokens", .permission = "token:write",
     .summary = "Makes a token; its secret is in this answer and nowhere else.", .request_schema = kNew, .response_schema = "Token", .status = 201, .secret_answer = true, .answer = add},
    {.method = "GET", .pattern = "/api/v1/tokens/{id}", .permission = "token:read",
     .summary = "Shows one token, without its secret.", .response_schema = "Token", .answer = show},
    {.method = "POST", .pattern = "/api/v1/tokens/{id}/revoke", .permission = "token:write",
     .summary = "Revokes a token at once.", .response_schema = "Token", .answer = revoke},
};

}  // namespace

extern const Resource tokens{.name = "tokens", .about = "What programs sign in with.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_tokens
