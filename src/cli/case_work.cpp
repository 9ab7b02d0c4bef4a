// vonggac case merge, split, tasks, task, end: cases that become one or two, and what is to be done in them.
#include "base/text.h"
#include "cli/ask.h"
#include "cli/case_verbs.h"
#include "cli/legal.h"
#include "store/disk.h"

namespace vg::cli::of_cases {

namespace {

constexpr Column kTasks[] = {{"NO", "position", true}, {"TASK", "title"}, {"STATE", "outcome"}, {"ASSIGNED", "assigned"}, {"DUE", "due"}, {"BY", "done_by"}, {"ID", "id"}};

constexpr Column kPlaybooks[] = {{"NAME", "name"}, {"KIND", "kind"}, {"VERSION", "modified"}, {"SOURCE", "source"}, {"ID", "id"}};
constexpr Column kSteps[] = {{"STEP", "name"}, {"KIND", "kind"}, {"BRANCH", "branch"}, {"DEPTH", "depth", true}, {"CONDITION", "condition"}};
constexpr Column kRuns[] = {{"NAME", "name"}, {"TASKS", "tasks", true}, {"ENDED", "ended", true}, {"STARTED", "started"}, {"ID", "id"}};
constexpr char kPlaybookPath[] = "/api/v1/playbooks";

Result<int> import_playbook(Call& call, const std::string& path) {
    const std::string bytes = TRY(store::read_whole(store::system_disk(), path, std::size_t{1} << 20));
    std::string target = kPlaybookPath;
    add_parameter(target, "source", path.substr(path.rfind('/') + 1));
    const net::Answer answer = TRY(call.channel->send({.method = "POST", .target = target, .body = bytes, .headers = {{"content-type", "application/json"}}}));
    if (answer.status >= 300) return tl::make_unexpected(error_of(answer));
    Printer printer = TRY(Printer::make(call, kPlaybooks));
    printer.add(TRY(json::parse(answer.body)));
    printer.finish();
    return 0;
}

// The first one for the case's kind of incident.
Result<std::string> fitting_playbook(Call& call, const std::string& path) {
    const json::Value file = TRY(ask(call, "GET", path));
    const std::string kind = file.text("kind").value_or("");
    const json::Value all = TRY(ask(call, "GET", kPlaybookPath));
    if (const json::Value* items = all.find("items"); items != nullptr && items->is_array())
        for (const json::Value& one : items->as_array())
            if (one.text("kind") == kind) return one.text("id").value_or("");
    return fail(Code::not_found, format("there is no playbook for incidents of the kind {}; name one", kind));
}

void set_text(const Call& call, json::Value& body, std::string_view option) {
    if (const auto text = call.option(option)) body.set(option, *text);
}

}  // namespace

Result<int> case_merge(Call& call) {
    json::Array others;
    for (std::size_t i = 1; i < call.arguments.size(); ++i) others.push_back(json::object({{"id", TRY(case_id(call, call.arguments[i]))}}));
    if (others.empty()) return fail(Code::bad_input, "name the case that stays, and then those that go into it");
    json::Value body = json::object({{"cases", std::move(others)}});
    set_text(call, body, "reason");
    return print_one(call, "POST", TRY(case_path(call, call.arguments[0], "merge")), case_columns(), body);
}

Result<int> case_split(Call& call) {
    json::Value body{json::Object{}};
    json::Array items;
    for (std::size_t i = 1; i < call.arguments.size(); ++i) items.push_back(call.arguments[i]);
    const auto back = call.option("back");
    if (items.empty() != back.has_value()) return fail(Code::bad_input, "name either the items that part, or with --back the case whose merge is taken back");
    if (back) body.set("case", TRY(case_id(call, *back)));
    if (!items.empty()) body.set("items", std::move(items));
    for (const char* name : {"title", "matter", "reason"}) set_text(call, body, name);
    return print_one(call, "POST", TRY(case_path(call, call.arguments[0], "split")), case_columns(), body);
}

Result<int> case_tasks(Call& call) {
    std::string target = call.arguments.empty() ? "/api/v1/case-tasks" : TRY(case_path(call, call.arguments[0], "tasks"));
    for (const char* name : {"state", "assigned"}) add_parameter(target, name, call.option(name));
    return print_list(call, target, kTasks);
}

Result<int> case_task(Call& call) {
    json::Value body = json::object({{"title", call.arguments[1]}});
    for (const char* name : {"text", "assigned"}) set_text(call, body, name);
    if (const auto due = call.option("due")) body.set("due", TRY(vietnamese_time("due", *due)));
    return print_one(call, "POST", TRY(case_path(call, call.arguments[0], "tasks")), kTasks, body);
}

Result<int> case_end(Call& call) {
    if (call.has("not-needed") && call.has("again")) return fail(Code::bad_input, "say --not-needed or --again, not both");
    json::Value body = json::object({{"outcome", call.has("again") ? "open" : call.has("not-needed") ? "not-needed" : "done"}});
    set_text(call, body, "note");
    return print_one(call, "POST", format("/api/v1/case-tasks/{}/end", net::percent_encode(call.arguments[0])), kTasks, body);
}

Result<int> case_playbook(Call& call) {
    const std::string& what = call.arguments[0];
    const std::size_t given = call.arguments.size() - 1;
    const auto target = [&](std::size_t at) { return format("{}/{}", kPlaybookPath, net::percent_encode(call.arguments[at])); };
    if (what == "list" && given == 0) return print_items(call, TRY(ask(call, "GET", kPlaybookPath)), kPlaybooks);
    if (what == "show" && given == 1) {
        const json::Value shown = TRY(ask(call, "GET", target(1)));
        const json::Value* steps = shown.find("steps");
        return print_items(call, json::object({{"items", steps == nullptr ? json::Value{json::Array{}} : *steps}}), kSteps);
    }
    if (what == "import" && given == 1) return import_playbook(call, call.arguments[1]);
    if (what == "start" && (given == 1 || given == 2)) {
        const std::string path = TRY(case_path(call, call.arguments[1]));
        const std::string id = given == 2 ? call.arguments[2] : TRY(fitting_playbook(call, path));
        return print_one(call, "POST", path + "/playbooks", kRuns, json::object({{"playbook", id}}));
    }
    return fail(Code::bad_input, "say list, show ID, import FILE, or start CASE ID");
}

}  // namespace vg::cli::of_cases
