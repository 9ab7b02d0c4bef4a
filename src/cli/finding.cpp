#include "base/text.h"
#include "base/time.h"
#include "cli/ask.h"

namespace vg::cli::of_finding {

namespace {

constexpr Column kColumns[] = {{"ID", "id"},         {"LEVEL", "level"},         {"SCORE", "score", true},   {"RULE", "rule.title", false, "rule.title_vi"},
                               {"ENTITY", "entity"}, {"COUNT", "count", true}, {"RETRO", "retrospective", true}, {"LAST SEEN", "last_seen"}, {"STATE", "state"}};
constexpr Column kEventColumns[] = {{"ID", "id"}, {"OCCURRED", "occurred"}};
constexpr char kPath[] = "/api/v1/findings";

std::string path_of(const Call& call, std::string_view action = {}) {
    return format("{}/{}{}{}", kPath, net::percent_encode(call.arguments[0]), action.empty() ? "" : "/", action);
}

// "90d" back from now, or a time.
Result<std::optional<std::string>> since_of(const Call& call) {
    const auto text = call.option("since");
    if (!text) return std::nullopt;
    if (const auto time = parse_time(*text)) return to_rfc3339(*time);
    return fail(Code::bad_input, format("--since must be a time such as 2026-01-31T08:00:00Z, not {}", *text));
}

Result<std::string> filtered(const Call& call, std::string target) {
    for (const char* name : {"state", "level", "rule", "entity"}) add_parameter(target, name, call.option(name));
    add_parameter(target, "organisation", call.option("org"));
    add_parameter(target, "since", TRY(since_of(call)));
    if (call.has("muted")) add_parameter(target, "muted", "true");
    if (call.has("retrospective")) add_parameter(target, "retrospective", "true");
    return target;
}

Result<int> list(Call& call) { return print_list(call, TRY(filtered(call, kPath)), kColumns); }
Result<int> count(Call& call) { return print_one(call, "GET", TRY(filtered(call, std::string{kPath} + "/count")), {}); }
Result<int> show(Call& call) { return print_one(call, "GET", path_of(call), kColumns); }
Result<int> events(Call& call) {
    Printer printer = TRY(Printer::make(call, kEventColumns));
    const json::Value answer = TRY(ask(call, "GET", path_of(call, "events")));
    if (const json::Value* items = answer.find("items"); items != nullptr && items->is_array())
        for (const json::Value& item : items->as_array()) printer.add(item);
    printer.finish();
    return 0;
}
Result<int> ack(Call& call) { return print_one(call, "POST", path_of(call, "acknowledge"), kColumns); }
Result<int> unack(Call& call) { return print_one(call, "POST", path_of(call, "unacknowledge"), kColumns); }
Result<int> reveal(Call& call) { return print_one(call, "POST", path_of(call, "reveal"), kColumns, json::object({{"reason", call.option("reason")}})); }
Result<int> close(Call& call) {
    json::Value body = json::object({{"reason", call.option("reason")}});
    if (call.has("verdict")) body.set("verdict", call.option("verdict"));
    return print_one(call, "POST", path_of(call, "close"), kColumns, body);
}
Result<int> reopen(Call& call) { return print_one(call, "POST", path_of(call, "reopen"), kColumns, json::object({{"reason", call.option("reason")}})); }
Result<int> mute(Call& call) {
    return print_one(call, "POST", path_of(call, "mute"), kColumns, json::object({{"reason", call.option("reason")}, {"until", call.option("until")}}));
}
Result<int> unmute(Call& call) { return print_one(call, "POST", path_of(call, "unmute"), kColumns); }

constexpr Option kFilter[] = {
    {"state", "STATE", "new, acknowledged or closed"},
    {"level", "LEVEL", "informational, low, medium, high or critical"},
    {"rule", "ID", "of this rule"},
    {"entity", "ENTITY", "about this host, user, address or source, such as host:WS01"},
    {"org", "ID", "of this organisation and those below it; several with commas between"},
    {"since", "TIME", "last seen at or after"},
    {"muted", "", "only muted ones"},
    {"retrospective", "", "only those of which hunts found some in the archive"},
    {"limit", "N", "at most so many"},
};
constexpr Option kReason[] = {{"reason", "TEXT", "why; stands in the audit chain", Need::required}};
constexpr Option kClose[] = {
    {"reason", "TEXT", "why; stands in the audit chain", Need::required},
    {"verdict", "VERDICT", "attack, false-alarm or undecided: counts in the scorecard of its rule"},
};
constexpr Option kMute[] = {
    {"reason", "TEXT", "why; stands in the audit chain", Need::required},
    {"until", "TIME", "such as 2026-01-31T08:00:00Z, at most 365 days ahead", Need::required},
};
constexpr Verb kVerbs[] = {
    {.name = "list", .about = "Lists findings, the last seen first.", .options = kFilter, .run = list},
    {.name = "count", .about = "Counts findings.", .options = kFilter, .run = count},
    {.name = "show", .arguments = "ID", .about = "Shows one finding.", .run = show},
    {.name = "events", .arguments = "ID", .about = "Names its first and last 100 events.", .run = events},
    {.name = "ack", .arguments = "ID", .about = "Says that somebody looks at it.", .run = ack},
    {.name = "unack", .arguments = "ID", .about = "Takes that back: it is new again.", .run = unack},
    {.name = "reveal", .arguments = "ID", .about = "Shows it with the names of persons; the audit chain says so.", .options = kReason, .run = reveal},
    {.name = "close", .arguments = "ID", .about = "Closes it.", .options = kClose, .run = close},
    {.name = "reopen", .arguments = "ID", .about = "Opens a closed one again.", .options = kReason, .run = reopen},
    {.name = "mute", .arguments = "ID", .about = "Mutes it for a time; matches go on being counted.", .options = kMute, .run = mute},
    {.name = "unmute", .arguments = "ID", .about = "Ends the muting.", .run = unmute},
};

}  // namespace

extern const Noun finding{.name = "finding", .about = "Findings: what was detected.", .verbs = kVerbs};

}  // namespace vg::cli::of_finding
