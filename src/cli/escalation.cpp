// vonggac escalate: calls for help with a case: whom to reach today, what was said, when to ask again.
#include "base/text.h"
#include "cli/ask.h"
#include "cli/legal.h"

namespace vg::cli::of_escalation {

namespace {

constexpr Column kEscalations[] = {{"NO", "number", true}, {"STATE", "state"}, {"PURPOSE", "purpose"}, {"WHOM", "authority"}, {"ASK AGAIN", "chase"}, {"OVERDUE", "overdue"}, {"OPENED", "opened"}, {"ID", "id"}};
constexpr Column kEntries[] = {{"TIME", "time"}, {"WHO", "actor"}, {"WHAT", "kind"}, {"TO", "to"}, {"PERSON", "person"}, {"TEXT", "text"}};
constexpr Column kContacts[] = {{"PURPOSE", "help"}, {"WHOM", "authority", false, "authority_vi"}, {"CHANNEL", "channel"}, {"VALUE", "value"}, {"HOURS", "hours"}, {"LAST TRIED", "last_tried"}, {"DOCUMENT", "document"}};
constexpr char kPath[] = "/api/v1/escalations";

Result<std::string> path_of(Call& call, std::string_view action = {}) {
    const std::string id = TRY(id_by_number(call, kPath, call.arguments[0], "call for help"));
    return format("{}/{}{}{}", kPath, net::percent_encode(id), action.empty() ? "" : "/", action);
}

Result<int> open(Call& call) {
    json::Value body = json::object({{"case", TRY(id_by_number(call, "/api/v1/cases", call.arguments[0], "case"))}, {"reason", call.arguments[1]}});
    if (const auto purpose = call.option("purpose")) body.set("purpose", *purpose);
    if (const auto text = call.option("chase")) {
        const auto minutes = parse_int(*text);
        if (!minutes) return fail(Code::bad_input, "--chase is a number of minutes");
        body.set("chase_minutes", *minutes);
    }
    return print_one(call, "POST", kPath, kEscalations, body);
}

Result<int> list(Call& call) {
    std::string target = kPath;
    add_parameter(target, "state", call.option("state"));
    return print_list(call, target, kEscalations);
}

Result<int> show(Call& call) { return print_one(call, "GET", TRY(path_of(call)), kEscalations); }
Result<int> log(Call& call) { return print_list(call, TRY(path_of(call, "log")), kEntries); }

Result<int> note(Call& call) {
    json::Value body = json::object({{"kind", call.arguments[1]}, {"text", call.arguments[2]}});
    for (const char* name : {"to", "person"})
        if (const auto text = call.option(name)) body.set(name, *text);
    if (const auto time = call.option("time")) body.set("time", TRY(vietnamese_time("time", *time)));
    return print_one(call, "POST", TRY(path_of(call, "log")), kEscalations, body);
}

Result<int> close(Call& call) { return print_one(call, "POST", TRY(path_of(call, "close")), kEscalations, json::object({{"reason", call.arguments[1]}})); }

// Exit code 1: the directory knows nobody who could be reached.
Result<int> contacts(Call& call) {
    const json::Value answer = TRY(ask(call, "GET", "/api/v1/support-contacts"));
    Printer printer = TRY(Printer::make(call, kContacts));
    bool any = false;
    if (const json::Value* items = answer.find("items"); items != nullptr && items->is_array())
        for (const json::Value& one : items->as_array())
            if (const json::Value* all = one.find("contacts"); all != nullptr && all->is_array())
                for (json::Value contact : all->as_array()) {
                    contact.set("help", one.text("purpose").value_or("")).set("authority", one.text("name").value_or("")).set("authority_vi", one.text("name_vi").value_or(""));
                    printer.add(contact);
                    any = true;
                }
    printer.finish();
    return any ? 0 : 1;
}

Result<int> sheet(Call& call) {
    std::string target = "/api/v1/support-contacts/sheet";
    if (const auto of = call.option("of")) target = format("{}/{}/sheet", kPath, net::percent_encode(TRY(id_by_number(call, kPath, *of, "call for help"))));
    return save_answer(call, target, call.arguments[0]);
}

constexpr Option kOpen[] = {{"purpose", "PURPOSE", "response (without) or monitoring"}, {"chase", "MINUTES", "ask again after so long without an answer; 30 without"}};
constexpr Option kList[] = {{"state", "STATE", "waiting, answered or closed"}, {"limit", "N", "at most so many"}};
constexpr Option kLimit[] = {{"limit", "N", "at most so many"}};
constexpr Option kNote[] = {{"to", "NUMBER", "the number or address"}, {"person", "NAME", "who spoke"}, {"time", "TIME", "now without"}};
constexpr Option kSheet[] = {{"of", "N", "number or id of a call for help; without, the sheet to print beforehand"}};
constexpr Verb kVerbs[] = {
    {.name = "open", .arguments = "CASE REASON", .about = "Calls for help: names whom to reach, drafts the initial report, starts the timer.", .options = kOpen, .run = open},
    {.name = "list", .about = "Lists the calls for help.", .options = kList, .run = list},
    {.name = "show", .arguments = "N", .about = "Shows one, by its number or id.", .run = show},
    {.name = "log", .arguments = "N", .about = "Tells what was called, written and answered.", .options = kLimit, .run = log},
    {.name = "note", .arguments = "N KIND TEXT", .about = "Writes down a call, mail, answer or note; an answer stops the timer.", .options = kNote, .run = note},
    {.name = "close", .arguments = "N REASON", .about = "Ends a call for help.", .run = close},
    {.name = "contacts", .about = "Tells whom to reach today. Exit code 1: nobody is known.", .run = contacts},
    {.name = "sheet", .arguments = "FILE", .about = "Writes the call sheet as one HTML page that needs no network.", .options = kSheet, .run = sheet},
};

}  // namespace

extern const Noun escalation{.name = "escalate", .about = "Calls for help with a case: whom to reach, what was said, when to ask again.", .verbs = kVerbs};

}  // namespace vg::cli::of_escalation
