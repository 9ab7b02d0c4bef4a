#include <istream>

#include "base/text.h"
#include "cli/ask.h"

namespace vg::cli::of_user {

namespace {

constexpr Column kColumns[] = {{"ID", "id"}, {"NAME", "name"}, {"ROLE", "role"}, {"ORGANISATION", "organisation"}, {"DISABLED", "disabled"}, {"TOTP", "has_totp"}, {"SIGNED IN", "signed_in"}};
constexpr Column kLink[] = {{"LINK", "link"}};
constexpr char kPath[] = "/api/v1/users";

Result<std::string> path_of(Call& call, std::string_view action = {}) {
    std::string list = kPath;
    add_parameter(list, "name", call.arguments[0]);
    return format("{}/{}{}{}", kPath, TRY(id_of(call, list, "user", call.arguments[0])), action.empty() ? "" : "/", action);
}

Result<std::string> password_from(Call& call) {
    std::string line;
    if (!std::getline(call.streams.in, line) || line.empty()) return fail(Code::bad_input, "--password-stdin: standard input holds no password");
    if (line.back() == '\r') line.pop_back();
    return line;
}

Result<int> add(Call& call) {
    json::Value body = json::object({{"name", call.arguments[0]}, {"role", call.option("role")}});
    if (const auto org = call.option("org")) body.set("organisation", TRY(id_of(call, "/api/v1/organisations", "org", *org)));
    if (call.has("password-stdin")) body.set("password", TRY(password_from(call)));
    Printer printer = TRY(Printer::make(call, kColumns));
    const json::Value user = TRY(ask(call, "POST", kPath, body));
    printer.one(user);
    if (user.text("link")) say(call, "The link sets the password; it works once, within 24 hours, behind the address of the server.");
    return 0;
}
Result<int> list(Call& call) { return print_list(call, kPath, kColumns); }
Result<int> show(Call& call) { return print_one(call, "GET", TRY(path_of(call)), kColumns); }
Result<int> disable(Call& call) { return print_one(call, "POST", TRY(path_of(call, "disable")), kColumns); }
Result<int> enable(Call& call) { return print_one(call, "POST", TRY(path_of(call, "enable")), kColumns); }
Result<int> role(Call& call) { return print_one(call, "PATCH", TRY(path_of(call)), kColumns, json::object({{"role", call.arguments[1]}})); }
Result<int> link(Call& call) { return print_one(call, "POST", TRY(path_of(call, "link")), kLink); }
Result<int> password(Call& call) {
    const std::string path = TRY(path_of(call, "password"));
    TRY(ask(call, "POST", path, json::object({{"password", TRY(password_from(call))}})));
    say(call, "Done; the user's sessions have ended.");
    return 0;
}

constexpr Option kAdd[] = {
    {"role", "ROLE", "reader, analyst, operator, approver, duty-lead, organisation-contact or administrator", Need::required},
    {"org", "ORG", "organisation, by id or name; without it, your own: the node's on the local command line"},
    {"password-stdin", "", "the password is the first line of standard input; without it, a one-time link is made"},
};
constexpr Option kPassword[] = {{"password-stdin", "", "the password is the first line of standard input", Need::required}};
constexpr Option kList[] = {{"limit", "N", "at most so many"}};
constexpr Verb kVerbs[] = {
    {.name = "add", .arguments = "NAME", .about = "Adds a user.", .options = kAdd, .run = add},
    {.name = "list", .about = "Lists users.", .options = kList, .run = list},
    {.name = "show", .arguments = "USER", .about = "Shows one, by id or name.", .run = show},
    {.name = "role", .arguments = "USER ROLE", .about = "Gives another role.", .run = role},
    {.name = "password", .arguments = "USER", .about = "Sets a password and ends the user's sessions.", .options = kPassword, .run = password},
    {.name = "link", .arguments = "USER", .about = "Makes a one-time link that sets a password.", .run = link},
    {.name = "disable", .arguments = "USER", .about = "Disables: sessions and tokens end at once.", .run = disable},
    {.name = "enable", .arguments = "USER", .about = "Enables again.", .run = enable},
};

}  // namespace

extern const Noun user{.name = "user", .about = "Users: the accounts of people.", .verbs = kVerbs};

}  // namespace vg::cli::of_user
