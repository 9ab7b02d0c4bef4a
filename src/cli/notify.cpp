#include <fstream>
#include <string>

#include "base/text.h"
#include "base/time.h"
#include "cli/ask.h"

namespace vg::cli::of_notify {

namespace {

constexpr Column kColumns[] = {{"ID", "id"}, {"NAME", "name"}, {"ENABLED", "enabled"}, {"LEVEL", "level"}, {"MAIL", "mail"}, {"WEBHOOKS", "webhooks"}, {"ORGANISATION", "organisation"}};
constexpr Column kMessageColumns[] = {{"ID", "id"},       {"CREATED", "created"},         {"RULE", "rule"},   {"CHANNEL", "channel"},      {"RECIPIENT", "recipient"},
                                      {"STATE", "state"}, {"ATTEMPTS", "attempts", true}, {"NEXT", "next_attempt"}, {"LAST ERROR", "last_error"}};
constexpr Column kOutcomeColumns[] = {{"CHANNEL", "channel"}, {"RECIPIENT", "recipient"}, {"SENT", "sent"}, {"ERROR", "error"}};
constexpr char kPath[] = "/api/v1/notification-rules";
constexpr char kMessages[] = "/api/v1/notifications";

Result<std::string> path_of(Call& call) { return format("{}/{}", kPath, TRY(id_of(call, kPath, "notification rule", call.arguments[0]))); }

// A webhook's URL often is a secret: @FILE names a file whose first line it is.
Result<std::string> url_of(const std::string& text) {
    if (!text.starts_with('@')) return text;
    std::ifstream file{text.substr(1)};
    std::string line;
    if (!std::getline(file, line)) return fail(Code::bad_input, format("the file {} cannot be read or is empty", text.substr(1)));
    return std::string{trim(line)};
}

Result<std::optional<json::Value>> many(const Call& call, std::string_view option, bool urls = false) {
    const auto found = call.options.find(option);
    if (found == call.options.end()) return std::nullopt;
    json::Array all;
    for (const std::string& text : found->second) {
        if (text.empty()) continue;
        all.emplace_back(urls ? TRY(url_of(text)) : text);
    }
    return std::optional<json::Value>{std::move(all)};
}

Result<std::int64_t> minutes_of(std::string_view option, const std::string& text) {
    if (text == "0") return 0;
    const auto span = parse_span(text);
    if (!span || span->micros % minutes(1).micros != 0) return fail(Code::bad_input, format("--{} is a time in whole minutes such as 30m or 2h", option));
    return span->micros / minutes(1).micros;
}

Status add_quiet(const Call& call, json::Value& body) {
    const auto hours = call.option("quiet");
    if (!hours) return {};
    if (*hours == "none") {
        body.set("quiet", json::Value{});
        return {};
    }
    const std::size_t dash = hours->find('-');
    if (dash == std::string::npos) return fail(Code::bad_input, "--quiet is FROM-UNTIL such as 22:00-06:00, or none");
    json::Value quiet = json::object({{"from", hours->substr(0, dash)}, {"until", hours->substr(dash + 1)}, {"critical_breaks", !call.has("quiet-critical-too")}});
    if (const auto days = call.option("quiet-days")) {
        json::Array list;
        for (const std::string_view day : split(*days, ',')) list.emplace_back(trim(day));
        quiet.set("days", std::move(list));
    }
    body.set("quiet", std::move(quiet));
    return {};
}

Status add_settings(Call& call, json::Value& body) {
    for (const auto& [option, member] : {std::pair{"mail", "mail"}, {"rule", "rules"}, {"tag", "tags"}, {"event", "events"}})
        if (auto list = TRY(many(call, option))) body.set(member, std::move(*list));
    if (auto urls = TRY(many(call, "webhook", true))) body.set("webhooks", std::move(*urls));
    for (const char* option : {"level", "zone"})
        if (const auto value = call.option(option)) body.set(option, *value);
    if (call.has("only-this-org")) body.set("below", false);
    if (const auto dedupe = call.option("dedupe")) body.set("dedupe_minutes", TRY(minutes_of("dedupe", *dedupe)));
    TRY(add_quiet(call, body));
    if (const auto after = call.option("escalate-after")) {
        json::Value escalation;
        if (*after != "0") {
            escalation = json::object({{"after_minutes", TRY(minutes_of("escalate-after", *after))}});
            if (auto mail = TRY(many(call, "escalate-mail"))) escalation.set("mail", std::move(*mail));
            if (auto urls = TRY(many(call, "escalate-webhook", true))) escalation.set("webhooks", std::move(*urls));
        }
        body.set("escalation", std::move(escalation));
    }
    return {};
}

Result<int> add(Call& call) {
    json::Value body = json::object({{"name", call.arguments[0]}});
    TRY(add_settings(call, body));
    if (const auto org = call.option("org")) body.set("organisation", TRY(id_of(call, "/api/v1/organisations", "org", *org)));
    Printer printer = TRY(Printer::make(call, kColumns));
    const json::Value rule = TRY(ask(call, "POST", kPath, body));
    printer.one(rule);
    if (const json::Value* webhooks = rule.find("webhooks"); webhooks != nullptr && webhooks->is_array() && !webhooks->as_array().empty())
        say(call, "The secret that signs its webhooks, shown this once: " + rule.text("secret").value_or(""));
    return 0;
}

Result<int> list(Call& call) { return print_list(call, kPath, kColumns); }
Result<int> show(Call& call) { return print_one(call, "GET", TRY(path_of(call)), kColumns); }
Result<int> set(Call& call) {
    json::Value body = json::object({});
    TRY(add_settings(call, body));
    if (call.has("on") || call.has("off")) body.set("enabled", call.has("on"));
    return print_one(call, "PATCH", TRY(path_of(call)), kColumns, body);
}
Result<int> remove(Call& call) {
    TRY(ask(call, "DELETE", TRY(path_of(call))));
    return 0;
}

// 1 when somebody was not reached.
Result<int> test(Call& call) {
    Printer printer = TRY(Printer::make(call, kOutcomeColumns));
    const json::Value answer = TRY(ask(call, "POST", TRY(path_of(call)) + "/test"));
    bool all = true;
    if (const json::Value* outcomes = answer.find("outcomes"); outcomes != nullptr && outcomes->is_array())
        for (const json::Value& outcome : outcomes->as_array()) {
            all = all && outcome.boolean("sent").value_or(false);
            printer.add(outcome);
        }
    printer.finish();
    return all ? 0 : 1;
}

Result<int> outbox(Call& call) {
    std::string target = kMessages;
    add_parameter(target, "state", call.option("state"));
    return print_list(call, target, kMessageColumns);
}
Result<int> retry(Call& call) { return print_one(call, "POST", format("{}/{}/retry", kMessages, net::percent_encode(call.arguments[0])), kMessageColumns); }

#define VG_NOTIFY_OPTIONS                                                                                                              \
    {"mail", "ADDRESS", "who is told by mail", Need::many}, {"webhook", "URL", "who is told by HTTP POST; @FILE: the first line of a file", Need::many}, \
        {"level", "LEVEL", "findings of at least this level; high without"}, {"rule", "ID", "only of this detection rule", Need::many},    \
        {"tag", "TAG", "only of rules with this tag, such as attack.t1486", Need::many},                                               \
        {"event", "EVENT", "new, reopened (of findings; both without) or case (what happens to cases)", Need::many}, {"only-this-org", "", "not of the organisations below it"},   \
        {"zone", "ZONE", "of the quiet hours and of the times that are told; Asia/Ho_Chi_Minh without"},                                   \
        {"quiet", "HOURS", "hours in which nothing is sent, such as 22:00-06:00; none: no such hours"},                                \
        {"quiet-days", "DAYS", "on which they begin, such as mon,tue; all without"},                                                   \
        {"quiet-critical-too", "", "hold critical findings in the quiet hours as well"},                                               \
        {"dedupe", "TIME", "the same rule and entity is not told again within it; 60m without, 0: always told"},                       \
        {"escalate-after", "TIME", "tell others when nobody has acknowledged within it; 0: nobody"},                                       \
        {"escalate-mail", "ADDRESS", "who is told then by mail", Need::many}, {"escalate-webhook", "URL", "who is told then by HTTP POST", Need::many}

constexpr Option kAdd[] = {{"org", "ORG", "whose findings, with those of the organisations below it; your own without"}, VG_NOTIFY_OPTIONS};
constexpr Option kSet[] = {{"on", "", "it tells from now on"}, {"off", "", "it tells nothing until it is on again"}, VG_NOTIFY_OPTIONS};
constexpr Option kList[] = {{"limit", "N", "at most so many"}};
constexpr Option kOutbox[] = {{"state", "STATE", "waiting, sent or given-up"}, {"limit", "N", "at most so many"}};
constexpr Verb kVerbs[] = {
    {.name = "add", .arguments = "NAME", .about = "Adds a rule: who is told of which findings.", .options = kAdd, .run = add},
    {.name = "list", .about = "Lists the rules.", .options = kList, .run = list},
    {.name = "show", .arguments = "RULE", .about = "Shows one, by id or name.", .run = show},
    {.name = "set", .arguments = "RULE", .about = "Changes what is given.", .options = kSet, .run = set},
    {.name = "remove", .arguments = "RULE", .about = "Removes one.", .run = remove},
    {.name = "test", .arguments = "RULE", .about = "Sends a test message to all its recipients, and tells what became of each.", .run = test},
    {.name = "outbox", .about = "Lists what was sent, what waits and what was given up.", .options = kOutbox, .run = outbox},
    {.name = "retry", .arguments = "ID", .about = "Has one that was given up tried again.", .run = retry},
};

}  // namespace

extern const Noun notify{.name = "notify", .about = "Notifications: who is told of findings by mail and webhook.", .verbs = kVerbs};

}  // namespace vg::cli::of_notify
