// Tasks of cases: what is to be done, by whom and until when.
#include "api/case_json.h"
#include "api/narrowed.h"
#include "base/text.h"
#include "base/time.h"
#include "cases/tasks.h"

namespace vg::api {

json::Value task_json(const cases::Task& task) {
    return json::object({{"id", task.id.text()}, {"case", task.of.text()}, {"organisation", task.organisation.text()}, {"position", task.position}, {"title", task.title}, {"text", task.text}, {"assigned", task.assigned}, {"due", time_value(task.due)},
                         {"outcome", name_of(task.outcome)}, {"done", time_value(task.done)}, {"done_by", task.done_by}, {"note", task.note}, {"run", task.run}, {"step", task.step}, {"step_kind", task.step_kind}, {"branch", task.branch}, {"depth", task.depth},
                         {"opened", time_value(task.opened)}, {"opened_by", task.opened_by}, {"version", task.version}});
}

}  // namespace vg::api

namespace vg::api::of_case_tasks {

namespace {

using cases::CaseTag;
using cases::Task;
using cases::TaskTag;

constexpr NamedSchema kSchemas[] = {
    {"CaseTask", R"({"type":"object","required":["id","case","organisation","position","title","text","assigned","due","outcome","done","done_by","note","run","step","step_kind","branch","depth","opened","opened_by","version"],"properties":{
    "id":{"type":"string","format":"uuid"},"case":{"type":"string","format":"uuid"},"organisation":{"type":"string","format":"uuid"},"position":{"type":"integer","description":"in its case"},"title":{"type":"string"},"text":{"type":"string"},"assigned":{"type":"string"},
    "due":{"type":["string","null"],"format":"date-time"},"outcome":{"type":"string","enum":["open","done","not-needed"]},"done":{"type":["string","null"],"format":"date-time"},"done_by":{"type":"string"},"note":{"type":"string"},
    "run":{"type":"string","description":"of a playbook; empty: by hand"},"step":{"type":"string","description":"its id in the playbook"},"step_kind":{"type":"string","description":"of the playbook: action, if-condition, parallel..."},
    "branch":{"type":"string","description":"which way of the step above leads here"},"depth":{"type":"integer","description":"steps above it that branch"},"opened":{"type":"string","format":"date-time"},"opened_by":{"type":"string"},"version":{"type":"integer"}},"additionalProperties":false})"}};

Result<ListPage> page_of_tasks(Context& context, const access::Scope& scope, const cases::TaskFilter& filter, const std::optional<std::string>& after, std::size_t limit) {
    const auto found = TRY(context.state.read([&](store::Transaction& tx) { return cases::tasks(tx, scope, filter, after.value_or(""), limit + 1); }));
    ListPage page;
    for (std::size_t i = 0; i < std::min(found.size(), limit); ++i) page.items.push_back(task_json(found[i]));
    if (found.size() > limit) page.next = found[limit - 1].id.text();
    return page;
}

cases::TaskFilter filter_of(const Ask& ask) {
    cases::TaskFilter filter;
    if (const auto state = ask.text("state")) filter.open = *state == "open";
    filter.assigned = ask.text("assigned").value_or("");
    filter.due_before = ask.time("due_before");
    return filter;
}

Result<net::Response> list_all(Ask& ask) {
    const cases::TaskFilter filter = filter_of(ask);
    const access::Scope scope = TRY(scope_of(ask));
    return list(ask, [filter, scope](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) { return page_of_tasks(context, scope, filter, after, limit); });
}

Result<net::Response> list_of_case(Ask& ask) {
    cases::TaskFilter filter = filter_of(ask);
    filter.of = TRY(ask.id<CaseTag>());
    TRY(ask.context.state.read([&](store::Transaction& tx) { return cases::find(tx, ask.actor.scope, *filter.of); }));
    return list(ask, [filter](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) { return page_of_tasks(context, actor.scope, filter, after, limit); });
}

Result<std::optional<Time>> due_member(const json::Value& body) {
    const auto text = body.text("due");
    if (!text) return std::optional<Time>{};
    const auto time = parse_time(*text);
    if (!time) return fail(Code::bad_input, "field due: is no time such as 2026-01-31T08:00:00Z");
    return time;
}

net::Response answer_with(const Task& task, int status = 200) { return versioned_answer(status, task_json(task), task.version); }

Result<net::Response> add(Ask& ask) {
    const auto id = TRY(ask.id<CaseTag>());
    Task task;
    task.title = ask.body.text("title").value_or("");
    task.text = ask.body.text("text").value_or("");
    task.assigned = ask.body.text("assigned").value_or("");
    task.due = TRY(due_member(ask.body));
    return answer_with(TRY(ask.context.state.write([&](store::Transaction& tx) { return cases::add_task(tx, ask.actor, id, task, ask.context.random, ask.context.clock.now()); })), 201);
}

Result<net::Response> show(Ask& ask) {
    const auto id = TRY(ask.id<TaskTag>());
    return answer_with(TRY(ask.context.state.read([&](store::Transaction& tx) { return cases::find_task(tx, ask.actor.scope, id); })));
}

Result<net::Response> change(Ask& ask) {
    const auto id = TRY(ask.id<TaskTag>());
    const auto version = TRY(ask.if_match());
    cases::TaskChange wanted{.title = ask.body.text("title"), .text = ask.body.text("text"), .assigned = ask.body.text("assigned"), .due = {}};
    if (ask.body.find("due") != nullptr) wanted.due = TRY(due_member(ask.body));
    return answer_with(TRY(ask.context.state.write([&](store::Transaction& tx) { return cases::change_task(tx, ask.actor, id, wanted, version, ask.context.clock.now()); })));
}

Result<net::Response> end(Ask& ask) {
    const auto id = TRY(ask.id<TaskTag>());
    const auto version = TRY(ask.if_match());
    const auto outcome = cases::outcome_named(ask.body.text("outcome").value_or(""));
    if (!outcome) return fail(Code::bad_input, "field outcome: is none of open, done, not-needed");
    return answer_with(TRY(ask.context.state.write([&](store::Transaction& tx) { return cases::end_task(tx, ask.actor, id, *outcome, ask.body.text("note").value_or(""), version, ask.context.clock.now()); })));
}

constexpr std::string_view kAdd = R"({"type":"object","additionalProperties":false,"required":["title"],"properties":{"title":{"type":"string","minLength":1,"maxLength":500},"text":{"type":"string","maxLength":4000,"description":"how it is done"},
    "assigned":{"type":"string","maxLength":200,"description":"an account's name"},"due":{"type":"string","format":"date-time"}},"examples":[{"title":"{marker}","assigned":"an"}]})";
constexpr std::string_view kChange = R"({"type":"object","additionalProperties":false,"properties":{"title":{"type":"string","minLength":1,"maxLength":500},"text":{"type":"string","maxLength":4000},"assigned":{"type":"string","maxLength":200,"description":"empty: nobody"},
    "due":{"type":["string","null"],"format":"date-time","description":"null: without an end"}},"examples":[{"assigned":"binh"}]})";
constexpr std::string_view kEnd = R"({"type":"object","additionalProperties":false,"required":["outcome"],"properties":{"outcome":{"type":"string","enum":["open","done","not-needed"],"description":"open: it is taken up again"},
    "note":{"type":"string","maxLength":4000,"description":"needed for not-needed"}},"examples":[{"outcome":"done","note":"the router is off"}]})";
#define VG_TASKS "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before, state:open|ended only these, assigned:string only of this account, due_before:time only those that are due before it"

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/case-tasks", .permission = "case:read", .summary = "Lists the tasks of all cases, those that are due first, first.", .response_schema = "CaseTask[]", .parameters = VG_TASKS "," VG_NARROWED, .answer = list_all},
    {.method = "GET", .pattern = "/api/v1/cases/{id}/tasks", .permission = "case:read", .summary = "Lists the tasks of a case in their order.", .response_schema = "CaseTask[]", .parameters = VG_TASKS, .answer = list_of_case},
    {.method = "POST", .pattern = "/api/v1/cases/{id}/tasks", .permission = "case:write", .summary = "Adds a task to a case.", .request_schema = kAdd, .response_schema = "CaseTask", .status = 201, .answer = add},
    {.method = "GET", .pattern = "/api/v1/case-tasks/{id}", .permission = "case:read", .summary = "Shows one task.", .response_schema = "CaseTask", .answer = show},
    {.method = "PATCH", .pattern = "/api/v1/case-tasks/{id}", .permission = "case:write", .summary = "Changes what a task says, who has it and when it is due.", .request_schema = kChange, .response_schema = "CaseTask", .answer = change},
    {.method = "POST", .pattern = "/api/v1/case-tasks/{id}/end", .permission = "case:answer", .summary = "Ends a task as done or as not needed, or takes it up again.", .request_schema = kEnd, .response_schema = "CaseTask", .answer = end},
};

}  // namespace

extern const Resource case_tasks{.name = "case-tasks", .about = "Tasks of cases: what is to be done, by whom and until when.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_case_tasks
