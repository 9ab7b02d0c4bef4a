// vonggac clock: what the law asks for, and by when.
#include "base/text.h"
#include "cli/ask.h"
#include "cli/legal.h"

namespace vg::cli::of_clock {

namespace {

constexpr Column kColumns[] = {{"STRICT", "strict"}, {"EXTENDED", "extended"}, {"WHAT", "title", false, "title_vi"}, {"TO", "to"}, {"BASIS", "basis"}, {"ID", "id"}};
constexpr Column kClocks[] = {{"ID", "id"}, {"FROM", "from"}, {"UNTIL", "until"}, {"STARTS", "starts"}, {"COUNT", "count", true}, {"UNIT", "unit"}, {"WHAT", "title", false, "title_vi"}, {"BASIS", "basis"}};

Result<int> due(Call& call) {
    json::Value events{json::Object{}};
    for (const char* name : {"detected", "occurred", "ended", "fixed", "received", "changed"})
        if (const auto text = call.option(name)) events.set(name, TRY(vietnamese_time(name, *text)));
    json::Value body = json::object({{"matter", call.has("received") ? "order" : call.has("changed") ? "change" : "incident"}, {"events", std::move(events)}});
    if (const auto circumstances = call.options.find("with"); circumstances != call.options.end()) {
        json::Array all;
        for (const std::string& one : circumstances->second) all.emplace_back(one);
        body.set("circumstances", std::move(all));
    }
    if (const auto regime = call.option("regime")) body.set("regime", *regime);
    if (const auto text = call.option("ordered-minutes")) {
        const auto number = parse_int(*text);
        if (!number) return fail(Code::bad_input, "--ordered-minutes must be a number");
        body.set("ordered_minutes", *number);
    }
    return print_items(call, TRY(ask(call, "POST", "/api/v1/deadlines", body)), kColumns);
}

Result<int> year(Call& call) {
    std::string target = "/api/v1/deadlines/periodic";
    for (const char* name : {"from", "until"})
        if (const auto text = call.option(name)) add_parameter(target, name, TRY(vietnamese_time(name, *text)));
    if (const std::string all = circumstances_of(call); !all.empty()) add_parameter(target, "circumstances", all);
    return print_items(call, TRY(ask(call, "GET", target)), kColumns);
}

Result<int> list(Call& call) { return print_list(call, "/api/v1/legal-clocks", kClocks); }

constexpr Option kDue[] = {{"detected", "TIME", "of an incident, such as '2024-04-26 08:00' in Vietnamese time"},
                           {"occurred", "TIME", "when it happened"},
                           {"ended", "TIME", "when the response ended"},
                           {"fixed", "TIME", "when it was repaired"},
                           {"received", "TIME", "of an order: when it came"},
                           {"changed", "TIME", "of a contact: when it changed"},
                           {"with", "CIRCUMSTANCE", "serious, beyond-own-capacity, bank, personal-data, urgent...; `vonggac clock list` names them", Need::many},
                           {"ordered-minutes", "N", "the time that the order itself gives"},
                           {"regime", "NAME", "vn-2017 or vn-2026 instead of the one of the day"}};
constexpr Option kYear[] = {{"from", "TIME", "now without"}, {"until", "TIME", "a year later without"}, {"with", "CIRCUMSTANCE", "network-member, operator, system-owner...", Need::many}};
constexpr Option kList[] = {{"limit", "N", "at most so many"}};
constexpr Verb kVerbs[] = {
    {.name = "due", .about = "Tells what is due for an incident, an order or a change, to whom and by which article; stores nothing.", .options = kDue, .run = due},
    {.name = "year", .about = "Tells the reports of each year that are due.", .options = kYear, .run = year},
    {.name = "list", .about = "Lists the clocks of all laws that are known, with their dates.", .options = kList, .run = list},
};

}  // namespace

extern const Noun clock{.name = "clock", .about = "Deadlines by law, from dated data.", .verbs = kVerbs};

}  // namespace vg::cli::of_clock
