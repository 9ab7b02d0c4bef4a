// Tokens of programs: issued once, listed, revoked. Checked in gate.cpp.
#include <algorithm>

#include "access/rows.h"
#include "base/bytes.h"
#include "base/text.h"

namespace vg::access {

namespace {

Status check_token_name(std::string_view name) {
    constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@-";
    if (name.empty() || name.size() > 64 || name.find_first_not_of(kAllowed) != std::string_view::npos)
        return fail(Code::bad_input, "field name: must be 1 to 64 of A-Z, a-z, 0-9 and . _ @ -");
    return {};
}

std::optional<Time> time_of(const std::optional<std::int64_t>& micros) { return micros ? std::optional{Time{*micros}} : std::nullopt; }

Result<std::vector<Token>> tokens(store::Transaction& tx, const std::string& condition, const store::Params& params) {
    using Int = std::optional<std::int64_t>;
    std::vector<Token> found;
    for (auto& [id, name, role, organisation, source, creator, created, expires, revoked, used, version] :
         TRY((tx.query<std::string, std::string, std::string, std::string, std::optional<std::string>, std::string, std::int64_t, Int, Int, Int, std::int64_t>(
             "select id, name, role, organisation, source, creator, created, expires, revoked, used, version from access_token where " + condition,
             params)))) {
        const std::optional<Role> known = role_named(role);
        if (!known) return fail(Code::corrupt, "access: the token " + name + " has a role that this program does not know");
        Token& token = found.emplace_back(Token{TRY(TokenId::parse(id)), std::move(name), *known, TRY(OrganisationId::parse(organisation)), {}, std::move(creator),
                                                {created}, time_of(expires), time_of(revoked), time_of(used), version});
        if (source) token.source = TRY(SourceId::parse(*source));
    }
    return found;
}

}  // namespace

Result<IssuedToken> Accounts::add_token(store::Transaction& tx, const Actor& actor, const NewToken& token, Random& random, Time now) {
    TRY(check_token_name(token.name));
    if (!is_token_role(token.role)) return fail(Code::bad_input, format("field role: {} is for people", name_of(token.role)));
    if (token.role == Role::token_ingest && !token.source) return fail(Code::bad_input, "field source: an ingest token belongs to one source");
    if (token.role != Role::token_ingest && token.source) return fail(Code::bad_input, "field source: only an ingest token has a source");
    if (token.expires && *token.expires <= now) return fail(Code::bad_input, "field expires: is in the past");
    TRY(may_grant(actor, "token:write", token.role, token.organisation));

    IssuedToken issued{{.id = make_id<TokenTag>(now, random), .name = token.name, .role = token.role, .organisation = token.organisation, .source = token.source,
                        .creator = actor.name, .created = now, .expires = token.expires},
                       "vg_" + rows::make_secret(random)};
    const auto added = tx.run("insert into access_token (id, hash, name, role, organisation, source, creator, creator_id, created, expires) "
                              "values (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j)",
                              {issued.token.id.text(), sha256_hex(issued.text), token.name, name_of(token.role), token.organisation.text(),
                               token.source ? store::Param{token.source->text()} : store::Param{nullptr}, actor.name,
                               actor.user ? store::Param{actor.user->text()} : store::Param{nullptr}, now.micros,
                               token.expires ? store::Param{token.expires->micros} : store::Param{nullptr}});
    if (!added && added.error().code == Code::conflict) return fail(Code::conflict, "field name: a token of this name exists in the organisation");
    TRY(added);
    TRY(rows::note(tx, actor.name, "token:add", "token/" + issued.token.id.text(), token.organisation,
                   json::object({{"name", token.name}, {"role", name_of(token.role)}, {"organisation", rows::organisation_value(token.organisation)},
                                 {"source", token.source ? json::Value{token.source->text()} : json::Value{}}}),
                   now));
    return issued;
}

Result<Token> Accounts::find_token(store::Transaction& tx, const Scope& scope, const TokenId& id) {
    store::Params params{id.text()};
    std::vector<Token> found = TRY(tokens(tx, "id = :id" + scope.condition("organisation", params), params));
    if (found.empty()) return fail(Code::not_found, "there is no such token");
    return std::move(found.front());
}

Result<Page<Token>> Accounts::list_tokens(store::Transaction& tx, const Scope& scope, const std::optional<std::string>& after, std::size_t limit) {
    limit = std::clamp<std::size_t>(limit, 1, rows::kMostAPage);
    store::Params params{after.value_or("")};
    std::string condition = "id > :after" + scope.condition("organisation", params) + " order by id limit :limit";
    params.emplace_back(std::uint64_t{limit + 1});
    Page<Token> page{TRY(tokens(tx, condition, params)), {}};
    if (page.items.size() > limit) {
        page.items.pop_back();
        page.next = page.items.back().id.text();
    }
    return page;
}

Result<Token> Accounts::revoke_token(store::Transaction& tx, const Actor& actor, const TokenId& id, std::optional<std::int64_t> version, Time now) {
    Token token = TRY(find_token(tx, actor.scope, id));
    TRY(may_grant(actor, "token:write", token.role, token.organisation));
    if (version && *version != token.version) return fail(Code::conflict, "the token was changed meanwhile: read it again");
    if (token.revoked) return token;
    TRY(tx.run("update access_token set revoked = :a, version = version + 1 where id = :b", {now.micros, id.text()}));
    TRY(rows::note(tx, actor.name, "token:revoke", "token/" + id.text(), token.organisation, json::object({{"name", token.name}}), now));
    token.revoked = now;
    ++token.version;
    return token;
}

}  // namespace vg::access
