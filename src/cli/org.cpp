#include "cli/ask.h"
#include "cli/org_import.h"

namespace vg::cli::of_org {

namespace {

constexpr Column kColumns[] = {{"ID", "id"}, {"NAME", "name"}, {"PARENT", "parent"}, {"CREATED", "created"}, {"ENDED", "ended"}};
constexpr char kPath[] = "/api/v1/organisations";

Result<int> add(Call& call) {
    json::Value body = json::object({{"name", call.arguments[0]}});
    if (const auto parent = call.option("parent")) body.set("parent", TRY(id_of(call, kPath, "org", *parent)));
    return print_one(call, "POST", kPath, kColumns, body);
}
Result<int> list(Call& call) { return print_list(call, kPath, kColumns); }
Result<int> show(Call& call) { return print_one(call, "GET", kPath + ("/" + TRY(id_of(call, kPath, "org", call.arguments[0]))), kColumns); }
Result<int> rename(Call& call) {
    return print_one(call, "PATCH", kPath + ("/" + TRY(id_of(call, kPath, "org", call.arguments[0]))), kColumns, json::object({{"name", call.arguments[1]}}));
}
Result<int> end(Call& call) { return print_one(call, "POST", kPath + ("/" + TRY(id_of(call, kPath, "org", call.arguments[0])) + "/end"), kColumns); }

constexpr Option kAdd[] = {{"parent", "ORG", "the organisation above it, by id or name; without it, your own"}};
constexpr Option kList[] = {{"limit", "N", "at most so many"}};
constexpr Verb kVerbs[] = {
    {.name = "add", .arguments = "NAME", .about = "Adds an organisation.", .options = kAdd, .run = add},
    {.name = "import", .arguments = "FILE...", .about = "Takes organisations out of CSV or XLSX files, with their parents, kinds, identifiers and names; - is standard input. Exit code 3 when a row was refused.", .options = kOrganisationImport, .run = import_organisations},
    {.name = "list", .about = "Lists organisations.", .options = kList, .run = list},
    {.name = "show", .arguments = "ORG", .about = "Shows one, by id or name.", .run = show},
    {.name = "rename", .arguments = "ORG NAME", .about = "Gives it another name.", .run = rename},
    {.name = "end", .arguments = "ORG", .about = "Ends it: it stays visible and takes nothing new.", .run = end},
};

}  // namespace

extern const Noun org{.name = "org", .about = "Organisations: whose data it is.", .verbs = kVerbs};

}  // namespace vg::cli::of_org
