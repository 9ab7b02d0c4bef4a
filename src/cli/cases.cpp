// vonggac case: one organisation, one matter, many victims; what is answered for each, and when it may be closed.
#include "base/text.h"
#include "cli/ask.h"
#include "cli/case_verbs.h"
#include "cli/legal.h"

namespace vg::cli::of_cases {

namespace {

constexpr Column kCases[] = {{"NO", "number", true}, {"STAGE", "stage"}, {"TITLE", "title"}, {"ITEMS", "items", true}, {"OPEN", "items_open", true}, {"RELAPSES", "relapses", true}, {"DETECTED", "detected"}, {"ASSIGNED", "assigned"}, {"ID", "id"}};
constexpr Column kItems[] = {{"SUBJECT", "subject"}, {"FAMILY", "family"}, {"STATE", "state"}, {"LAST SEEN", "last_seen"}, {"SEEN", "seen", true}, {"RELAPSES", "relapses", true}, {"ANSWER", "answer"}, {"CLOSED", "closed_why"}, {"ID", "id"}};
constexpr Column kEntries[] = {{"TIME", "time"}, {"WHO", "actor"}, {"WHAT", "kind"}, {"TEXT", "text"}};
constexpr Column kReasons[] = {{"VERDICT", "verdict"}, {"WHY", "text"}};
constexpr Column kDue[] = {{"STRICT", "strict"}, {"EXTENDED", "extended"}, {"WHAT", "title", false, "title_vi"}, {"STATE", "standing"}, {"TOLD", "told"}, {"CLOCK", "id"}, {"BASIS", "basis"}};
constexpr char kPath[] = "/api/v1/cases";
constexpr char kItemPath[] = "/api/v1/case-items";

}  // namespace

Result<std::string> case_id(Call& call, const std::string& named) {
    const auto number = parse_int(named);
    if (!number) return named;
    std::string found;
    TRY(ask_list(call, kPath, [&](const json::Value& one) {
        if (one.integer("number") == number) found = one.text("id").value_or("");
        return found.empty();
    }));
    if (found.empty()) return fail(Code::not_found, format("there is no case {}", *number));
    return found;
}

Result<std::string> case_path(Call& call, const std::string& named, std::string_view action) {
    return format("{}/{}{}{}", kPath, net::percent_encode(TRY(case_id(call, named))), action.empty() ? "" : "/", action);
}

Result<std::string> path_of(Call& call, std::string_view action) { return case_path(call, call.arguments[0], action); }

std::span<const Column> case_columns() { return kCases; }

namespace {

std::string item_path(const Call& call, std::string_view action = {}) { return format("{}/{}{}{}", kItemPath, net::percent_encode(call.arguments[0]), action.empty() ? "" : "/", action); }

Status add_time(const Call& call, json::Value& body, std::string_view option) {
    if (const auto text = call.option(option)) body.set(option, TRY(vietnamese_time(option, *text)));
    return {};
}

void add_text(const Call& call, json::Value& body, std::string_view option) {
    if (const auto text = call.option(option)) body.set(option, *text);
}

Result<int> list(Call& call) {
    std::string target = kPath;
    for (const char* name : {"state", "stage", "assigned", "kind", "text", "needs"}) add_parameter(target, name, call.option(name));
    if (call.has("overdue")) add_parameter(target, "overdue", "true");
    return print_list(call, target, kCases);
}

Result<int> show(Call& call) { return print_one(call, "GET", TRY(path_of(call)), kCases); }

Result<int> items(Call& call) {
    std::string target = call.arguments.empty() ? std::string{kItemPath} : TRY(path_of(call, "items"));
    add_parameter(target, "state", call.option("state"));
    return print_list(call, target, kItems);
}

Result<int> timeline(Call& call) { return print_list(call, TRY(path_of(call, "timeline")), kEntries); }

// Each clock of the law, with what people did about it.
Result<int> print_due(Call& call, json::Value answer) {
    json::Array items;
    const json::Value* kept = answer.find("kept");
    if (const json::Value* all = answer.find("items"); all != nullptr && all->is_array())
        for (json::Value one : all->as_array()) {
            std::string standing = one.find("start") == nullptr ? "not started" : "runs", told;
            if (kept != nullptr && kept->is_array())
                for (const json::Value& row : kept->as_array()) {
                    if (row.text("id") != one.text("id")) continue;
                    const std::int64_t over = row.integer("overdue_seconds").value_or(0);
                    const bool late = row.boolean("overdue").value_or(false);
                    if (row.text("done"))
                        standing = format("done {}: {}{}", row.text("done").value_or(""), row.text("document").value_or(""), late ? ", too late" : "");
                    else if (late)
                        standing = format("overdue by {} h {} min", over / 3600, over / 60 % 60);
                    if (row.text("moved")) standing += format("; moved to {} by {}: {}", row.text("due").value_or(""), row.text("moved_by").value_or(""), row.text("moved_reason").value_or(""));
                    if (const json::Value* people = row.find("told"); people != nullptr && people->is_array())
                        for (const json::Value& person : people->as_array()) {
                            const std::string to = person.text("to").value_or("");
                            told += format("{}{} {}", told.empty() ? "" : "; ", person.text("stage").value_or(""), to.empty() ? "nobody" : to);
                        }
                }
            items.push_back(one.set("standing", standing).set("told", told));
        }
    return print_items(call, answer.set("items", std::move(items)), kDue);
}

Result<int> due(Call& call) {
    std::string target = TRY(path_of(call, "deadlines"));
    if (const std::string all = circumstances_of(call); !all.empty()) add_parameter(target, "circumstances", all);
    return print_due(call, TRY(ask(call, "GET", target)));
}

// A clock is named by its id, as `case due` shows it.
Result<int> move_due(Call& call) {
    json::Value body = json::object({{"clock", call.arguments[1]}});
    add_text(call, body, "reason");
    TRY(add_time(call, body, "due"));
    return print_due(call, TRY(ask(call, "POST", TRY(path_of(call, "deadlines/move")), body)));
}

Result<int> meet_due(Call& call) {
    json::Value body = json::object({{"clock", call.arguments[1]}, {"document", call.arguments[2]}});
    TRY(add_time(call, body, "sent"));
    return print_due(call, TRY(ask(call, "POST", TRY(path_of(call, "deadlines/done")), body)));
}

Result<int> circumstances(Call& call) {
    json::Array names;
    const std::string all = circumstances_of(call);
    for (const std::string_view one : split(all, ','))
        if (!trim(one).empty()) names.emplace_back(trim(one));
    return print_due(call, TRY(ask(call, "POST", TRY(path_of(call, "circumstances")), json::object({{"circumstances", std::move(names)}}))));
}

Result<int> open(Call& call) {
    json::Value body = json::object({{"title", call.arguments[0]}});
    for (const char* name : {"matter", "kind"}) add_text(call, body, name);
    if (const auto organisation = call.option("org")) body.set("organisation", *organisation);
    TRY(add_time(call, body, "detected"));
    return print_one(call, "POST", kPath, kCases, body);
}

Result<int> add(Call& call) {
    json::Value body = json::object({{"subject", call.arguments[1]}});
    add_text(call, body, "family");
    TRY(add_time(call, body, "seen"));
    return print_one(call, "POST", TRY(path_of(call, "items")), kItems, body);
}

Result<int> answer(Call& call) {
    json::Value body = json::object({{"answer", call.arguments[1]}});
    add_text(call, body, "text");
    TRY(add_time(call, body, "until"));
    if (call.arguments[1] == "removed") {
        json::Value evidence{json::Object{}};
        TRY(add_time(call, evidence, "removed"));
        for (const char* name : {"tool", "hash", "rescan", "note", "attachment"}) add_text(call, evidence, name);
        body.set("evidence", std::move(evidence));
    }
    return print_one(call, "POST", item_path(call, "answer"), kItems, body);
}

Result<int> judge(Call& call) {
    if (call.has("accept") == call.has("return")) return fail(Code::bad_input, "say either --accept, or --return with --reason");
    json::Value body = json::object({{"accept", call.has("accept")}});
    add_text(call, body, "reason");
    return print_one(call, "POST", item_path(call, "judge"), kItems, body);
}

Result<int> verdict(Call& call) {
    const json::Value answer = TRY(ask(call, "GET", item_path(call, "verdict")));
    Printer printer = TRY(Printer::make(call, kReasons));
    if (const json::Value* reasons = answer.find("reasons"); reasons != nullptr && reasons->is_array())
        for (json::Value one : reasons->as_array()) printer.add(one.set("verdict", answer.text("kind").value_or("")));
    if (const json::Value* observed = answer.find("observed"); observed != nullptr && observed->is_object() && observed->text("why_not").value_or("").empty()) {
        const json::Value* coverage = observed->find("coverage");
        const double covered = coverage != nullptr && coverage->is_number() ? coverage->as_real() : 0;
        printer.add(json::object({{"verdict", ""}, {"text", format("own logs: {} contacts to {} control servers; not seen for {} of {} days, the logs cover {} % of the time until {}", observed->integer("contacts").value_or(0), observed->integer("servers").value_or(0), answer.integer("quiet_days").value_or(0),
                                                                  answer.integer("asked_days").value_or(0), static_cast<int>(covered * 100), observed->text("until").value_or(""))}}));
    }
    printer.finish();
    return answer.text("kind") == "may-close" ? 0 : 1;
}

Result<int> close(Call& call) {
    json::Value body{json::Object{}};
    add_text(call, body, "reason");
    return print_one(call, "POST", item_path(call, "close"), kItems, body);
}

Result<int> stage(Call& call) {
    json::Value body = json::object({{"stage", call.arguments[1]}});
    for (const char* name : {"reason", "receipt"}) add_text(call, body, name);
    return print_one(call, "POST", TRY(path_of(call, "stage")), kCases, body);
}

Result<int> assign(Call& call) { return print_one(call, "POST", TRY(path_of(call, "assign")), kCases, json::object({{"to", call.arguments[1]}})); }
Result<int> comment(Call& call) { return print_one(call, "POST", TRY(path_of(call, "comments")), kCases, json::object({{"text", call.arguments[1]}})); }

constexpr Option kList[] = {{"state", "STATE", "open or closed"}, {"stage", "STAGE", "received, verifying, first-response, notified, containing, removing, wrapping-up, report-sent or acknowledged"}, {"assigned", "NAME", "only of this account"}, {"kind", "KIND", "of incident, such as malware or phishing"}, {"overdue", "", "a task or a clock of the law is behind its end"}, {"text", "TEXT", "in the title, accents do not matter"}, {"needs", "WHAT", "only where this waits for somebody: clocks, relapses, answers, proposals or returned"}, {"limit", "N", "at most so many"}};
constexpr Option kListItems[] = {{"state", "STATE", "open, working, answered, removed, excepted or closed"}, {"limit", "N", "at most so many"}};
constexpr Option kLimit[] = {{"limit", "N", "at most so many"}};
constexpr Option kWith[] = {{"with", "CIRCUMSTANCE", "bank, personal-data, beyond-own-capacity...", Need::many}};
constexpr Option kMoveDue[] = {{"due", "TIME", "the first moment that is too late"}, {"reason", "TEXT", "why; needed"}};
constexpr Option kMeet[] = {{"sent", "TIME", "now without"}};
constexpr Option kOpen[] = {{"org", "ID", "whose it is; your own without"}, {"matter", "TEXT", "what it is about; the title without"}, {"kind", "KIND", "malware without; phishing, defacement, encryption..."}, {"detected", "TIME", "now without"}};
constexpr Option kAdd[] = {{"family", "NAME", "of the malware"}, {"seen", "TIME", "now without"}};
constexpr Option kAnswer[] = {{"text", "TEXT", "why; needed for all but removed"},
                              {"removed", "TIME", "of removed: when it was"},
                              {"tool", "NAME", "with what"},
                              {"hash", "SHA256", "of what was removed; - where there was no file"},
                              {"rescan", "RESULT", "clean or infected"},
                              {"note", "TEXT", "for the evidence"},
                              {"attachment", "ID", "a file that shows it: vonggac case attach"},
                              {"until", "TIME", "of exception: until when; of not-ours: since when"}};
constexpr Option kJudge[] = {{"accept", "", "the answer stands"}, {"return", "", "the organisation answers again"}, {"reason", "TEXT", "needed to return it"}};
constexpr Option kClose[] = {{"reason", "TEXT", "a person's, instead of the policy's evidence"}};
constexpr Option kStage[] = {{"reason", "TEXT", "needed to go back"}, {"receipt", "TEXT", "of acknowledged: number and date of the coordinator's paper"}};
constexpr Option kAttach[] = {{"name", "NAME", "of the file; its own without"}, {"note", "TEXT", "what it shows"}};
constexpr Option kSheet[] = {{"output", "FILE", "XLSX or CSV by its ending; CSV to standard output without"}, {"org", "ID", "only of this organisation and those below it"}};
constexpr Option kAnswers[] = {{"preview", "", "says what would become of the rows, and keeps nothing"}};
constexpr Option kReason[] = {{"reason", "TEXT", "stands in both timelines"}};
constexpr Option kSplit[] = {{"title", "TEXT", "of the new case"}, {"matter", "TEXT", "what it is about; the title without"}, {"back", "CASE", "the merged case that opens again"}, {"reason", "TEXT", "stands in both timelines"}};
constexpr Option kListTasks[] = {{"state", "STATE", "open or ended"}, {"assigned", "NAME", "only of this account"}, {"limit", "N", "at most so many"}};
constexpr Option kTask[] = {{"text", "TEXT", "how it is done"}, {"assigned", "NAME", "an account"}, {"due", "TIME", "until when"}};
constexpr Option kEnd[] = {{"not-needed", "", "it was not done, and --note says why"}, {"again", "", "it is taken up again"}, {"note", "TEXT", "what was done, or why not"}};
constexpr Verb kVerbs[] = {
    {.name = "list", .about = "Lists the cases, the newest first.", .options = kList, .run = list},
    {.name = "show", .arguments = "CASE", .about = "Shows one case, by its number or id.", .run = show},
    {.name = "items", .arguments = "[CASE]", .about = "Lists the victims of a case, or of all cases.", .options = kListItems, .run = items},
    {.name = "timeline", .arguments = "CASE", .about = "Tells what happened in a case.", .options = kLimit, .run = timeline},
    {.name = "due", .arguments = "CASE", .about = "Tells which clocks of the law run for a case.", .options = kWith, .run = due},
    {.name = "move-due", .arguments = "CASE CLOCK", .about = "Moves the end of a clock of a case, by a reason; without --due it is the law's again.", .options = kMoveDue, .run = move_due},
    {.name = "meet", .arguments = "CASE CLOCK DOCUMENT", .about = "Says which document met a clock of a case, and when it was sent.", .options = kMeet, .run = meet_due},
    {.name = "say", .arguments = "CASE", .about = "Says what holds of a case that decides which clocks run; replaces what was said before.", .options = kWith, .run = circumstances},
    {.name = "open", .arguments = "TITLE", .about = "Opens a case by hand.", .options = kOpen, .run = open},
    {.name = "add", .arguments = "CASE SUBJECT", .about = "Adds a victim: an address, name or machine.", .options = kAdd, .run = add},
    {.name = "answer", .arguments = "ITEM ANSWER", .about = "Answers for a victim: removed, false-report, not-ours, cannot-find, needs-help or exception.", .options = kAnswer, .run = answer},
    {.name = "judge", .arguments = "ITEM", .about = "Accepts an answer of somebody else, or returns it.", .options = kJudge, .run = judge},
    {.name = "verdict", .arguments = "ITEM", .about = "Tells what the closure policy says of a victim now. Exit code 1: it may not be closed.", .run = verdict},
    {.name = "close", .arguments = "ITEM", .about = "Closes a victim: by the policy's evidence, or by a reason.", .options = kClose, .run = close},
    {.name = "stage", .arguments = "CASE STAGE", .about = "Moves a case on.", .options = kStage, .run = stage},
    {.name = "assign", .arguments = "CASE NAME", .about = "Gives a case to somebody.", .run = assign},
    {.name = "attach", .arguments = "CASE|ITEM FILE", .about = "Attaches a file to a case or to a victim, with its hash; - is standard input.", .options = kAttach, .run = attach},
    {.name = "attachments", .arguments = "CASE|ITEM", .about = "Lists the files of a case, or of a victim.", .options = kLimit, .run = attachments},
    {.name = "download", .arguments = "ATTACHMENT FILE", .about = "Writes an attached file, checked against its hash; - is standard output.", .run = download},
    {.name = "sheet", .arguments = "[CASE]", .about = "Writes the items that are not closed as a sheet to be filled in.", .options = kSheet, .run = sheet},
    {.name = "answers", .arguments = "FILE", .about = "Takes the answers of a filled sheet, CSV or XLSX; - is standard input. Exit code 3 when a row was refused.", .options = kAnswers, .run = answers},
    {.name = "comment", .arguments = "CASE TEXT", .about = "Writes into a case's timeline.", .run = comment},
    {.name = "merge", .arguments = "CASE OTHER...", .about = "Takes other cases of the organisation in, with all their items; all of them or none.", .options = kReason, .run = case_merge},
    {.name = "split", .arguments = "CASE [ITEM...]", .about = "Makes a case of its own of some items, or takes a merge back.", .options = kSplit, .run = case_split},
    {.name = "tasks", .arguments = "[CASE]", .about = "Lists the tasks of a case, or of all cases those that are due first.", .options = kListTasks, .run = case_tasks},
    {.name = "task", .arguments = "CASE TITLE", .about = "Adds a task to a case.", .options = kTask, .run = case_task},
    {.name = "end", .arguments = "TASK", .about = "Ends a task as done or as not needed, or takes it up again.", .options = kEnd, .run = case_end},
    {.name = "playbook", .arguments = "list|show|import|start [ID|FILE|CASE] [ID]", .about = "Playbooks in CACAO 2.0: list, show ID, import FILE, and start CASE ID, which makes its steps tasks of the case. Nothing is executed. Without an ID start takes the one for the case's kind.", .run = case_playbook},
};

}  // namespace

extern const Noun cases{.name = "case", .about = "Cases: victims of one matter, their answers, evidence and verification.", .verbs = kVerbs};

}  // namespace vg::cli::of_cases
