#include <ostream>

#include "base/text.h"
#include "cli/ask.h"

namespace vg::cli::of_token {

namespace {

constexpr Column kColumns[] = {{"ID", "id"}, {"NAME", "name"}, {"ROLE", "role"}, {"ORGANISATION", "organisation"}, {"SOURCE", "source"}, {"USED", "used"}, {"EXPIRES", "expires"}, {"REVOKED", "revoked"}};
constexpr char kPath[] = "/api/v1/tokens";

// The token stands alone on standard output, so that a script can keep it: TOKEN=$(vonggac token add ...).
Result<int> add(Call& call) {
    json::Value body = json::object({{"role", call.option("role")}});
    if (const auto name = call.option("name")) body.set("name", *name);
    if (const auto source = call.option("source")) body.set("source", *source);
    if (const auto expires = call.option("expires")) body.set("expires", *expires);
    if (const auto org = call.option("org")) body.set("organisation", TRY(id_of(call, "/api/v1/organisations", "org", *org)));
    const json::Value token = TRY(ask(call, "POST", kPath, body));
    if (call.has("format"))
        TRY(Printer::make(call, kColumns)).one(token);
    else
        call.streams.out << token.text("token").value_or("") << "\n" << std::flush;
    say(call, format("This is the only time that the token {} is shown.", token.text("name").value_or("")));
    return 0;
}
Result<int> list(Call& call) { return print_list(call, kPath, kColumns); }
Result<int> revoke(Call& call) {
    return print_one(call, "POST", format("{}/{}/revoke", kPath, TRY(id_of(call, kPath, "token", call.arguments[0]))), kColumns);
}

constexpr Option kAdd[] = {
    {"role", "ROLE", "ingest, token-reader, enforcement-point or node", Need::required},
    {"source", "SOURCE", "of an ingest token: whatever it sends is of this source, by id or name"},
    {"name", "NAME", "without it, made from the source or role"},
    {"org", "ORG", "organisation, by id or name; without it, that of the source, else your own"},
    {"expires", "TIME", "such as 2026-12-31T00:00:00Z; without it, never"},
};
constexpr Option kList[] = {{"limit", "N", "at most so many"}};
constexpr Verb kVerbs[] = {
    {.name = "add", .about = "Makes a token and prints it, once and alone.", .options = kAdd, .run = add},
    {.name = "list", .about = "Lists tokens, without their secrets.", .options = kList, .run = list},
    {.name = "revoke", .arguments = "TOKEN", .about = "Revokes one at once, by id or name.", .run = revoke},
};

}  // namespace

extern const Noun token{.name = "token", .about = "Tokens: what programs sign in with.", .verbs = kVerbs};

}  // namespace vg::cli::of_token
