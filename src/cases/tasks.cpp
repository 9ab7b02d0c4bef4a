#include "cases/tasks.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/time.h"
#include "cases/rows.h"

namespace vg::cases {

namespace {

using Int = std::int64_t;
using Text = std::string;

constexpr std::array<std::string_view, 3> kOutcomeNames = {"open", "done", "not-needed"};
constexpr std::size_t kMostTasks = 2'000;  // of a case
constexpr std::size_t kMostTitle = 500, kMostAccount = 200;

Result<std::vector<Task>> read_tasks(store::Transaction& tx, const std::string& rest, const store::Params& params) {
    std::vector<Task> out;
    for (auto& [id, of, organisation, position, title, text, assigned, due, outcome, done, done_by, note] :
         TRY((tx.query<Text, Text, Text, Int, Text, Text, Text, std::optional<Int>, Text, std::optional<Int>, Text, Text>(
             "select id, case_id, organisation, position, title, text, assigned, due, outcome, done, done_by, note from case_task " + rest, params)))) {
        Task task;
        task.id = TRY(TaskId::parse(id));
        task.of = TRY(CaseId::parse(of));
        task.organisation = TRY(OrganisationId::parse(organisation));
        task.position = position, task.title = title, task.text = text, task.assigned = assigned, task.done_by = done_by, task.note = note;
        if (due) task.due = Time{*due};
        if (done) task.done = Time{*done};
        task.outcome = outcome_named(outcome).value_or(Outcome::open);
        out.push_back(std::move(task));
    }
    std::size_t at = 0;
    for (auto& [id, run, step, step_kind, branch, depth, opened, opened_by, version] :
         TRY((tx.query<Text, Text, Text, Text, Text, Int, Int, Text, Int>("select id, run, step, step_kind, branch, depth, opened, opened_by, version from case_task " + rest, params)))) {
        if (at == out.size() || out[at].id.text() != id) return fail(Code::internal, "tasks of cases changed within their transaction");
        Task& task = out[at++];
        task.run = run, task.step = step, task.step_kind = step_kind, task.branch = branch, task.depth = depth, task.opened = {opened}, task.opened_by = opened_by, task.version = version;
    }
    return out;
}

Status check_task(Task& task) {
    task.title = TRY(text_of("title", task.title));
    if (task.title.empty()) return fail(Code::bad_input, "field title: is missing");
    if (task.title.size() > kMostTitle * 4) return fail(Code::bad_input, format("field title: is longer than {} characters", kMostTitle));
    task.text = TRY(text_of("text", task.text));
    task.assigned = TRY(text_of("assigned", task.assigned));
    if (task.assigned.size() > kMostAccount) return fail(Code::bad_input, format("field assigned: is longer than {} bytes", kMostAccount));
    return {};
}

Result<std::pair<Task, Case>> own_task(store::Transaction& tx, const access::Actor& actor, const TaskId& id, std::optional<Int> version) {
    Task task = TRY(find_task(tx, actor.scope, id));
    TRY(check_version(version, task.version));
    Case file = TRY(find(tx, actor.scope, task.of));
    if (file.closed) return fail(Code::conflict, "the case is closed");
    return std::pair{std::move(task), std::move(file)};
}

Status save(store::Transaction& tx, Task& task) {
    ++task.version;
    TRY(tx.run("update case_task set title = :a, text = :b, assigned = :c, due = :d, outcome = :e, done = :f, done_by = :g, note = :h, version = :i where id = :j",
               {task.title, task.text, task.assigned, task.due ? store::Param{task.due->micros} : store::Param{nullptr}, name_of(task.outcome), task.done ? store::Param{task.done->micros} : store::Param{nullptr}, task.done_by, task.note, task.version, task.id.text()}));
    return {};
}

}  // namespace

std::string_view name_of(Outcome outcome) { return kOutcomeNames[static_cast<std::size_t>(outcome)]; }
std::optional<Outcome> outcome_named(std::string_view name) {
    for (std::size_t i = 0; i < kOutcomeNames.size(); ++i)
        if (kOutcomeNames[i] == name) return static_cast<Outcome>(i);
    return std::nullopt;
}

Result<std::vector<Task>> tasks(store::Transaction& tx, const access::Scope& scope, const TaskFilter& filter, const std::string& after, std::size_t limit) {
    std::string where = "where 1 = 1";
    store::Params params;
    // The cursor is the last task: what stands behind it in the same order.
    std::optional<Task> last;
    if (!after.empty()) {
        const auto id = TaskId::parse(after);
        if (!id) return fail(Code::bad_input, "field after: is no cursor of this list");
        last = TRY_IN("field after: ", find_task(tx, scope, *id));
    }
    constexpr Int kNever = 9'000'000'000'000'000'000;
    if (filter.of) where += " and case_id = :c", params.emplace_back(filter.of->text());
    if (filter.open) where += *filter.open ? " and outcome = 'open'" : " and outcome <> 'open'";
    if (filter.due_before) where += " and due is not null and due < :b", params.emplace_back(filter.due_before->micros);
    if (!filter.assigned.empty()) where += " and assigned = :a", params.emplace_back(filter.assigned);
    const std::string order = filter.of ? "position" : format("coalesce(due, {})", kNever);
    if (last) {
        const Int at = filter.of ? last->position : last->due ? last->due->micros : kNever;
        where += format(" and ({0} > :x or ({0} = :y and id {1} :z))", order, filter.of ? '>' : '<');
        params.emplace_back(at), params.emplace_back(at), params.emplace_back(last->id.text());
    }
    where += scope.condition("organisation", params);
    where += format(" order by {}, id {} limit :l", order, filter.of ? "asc" : "desc");
    params.emplace_back(std::uint64_t{std::clamp<std::size_t>(limit, 1, 1'001)});
    return read_tasks(tx, where, params);
}

Result<Task> find_task(store::Transaction& tx, const access::Scope& scope, const TaskId& id) {
    store::Params params{id.text()};
    const std::string condition = scope.condition("organisation", params);
    auto found = TRY(read_tasks(tx, "where id = :i" + condition, params));
    if (found.empty()) return fail(Code::not_found, "there is no such task");
    return std::move(found.front());
}

Status insert_task(store::Transaction& tx, const access::Actor& actor, const Case& file, Task& task, Random& random, Time now) {
    if (file.closed) return fail(Code::conflict, "the case is closed");
    TRY(check_task(task));
    const auto row = TRY((tx.first<std::optional<Int>, Int>("select max(position), count(*) from case_task where case_id = :c", {file.id.text()})));
    if (row && std::get<1>(*row) >= static_cast<Int>(kMostTasks)) return fail(Code::conflict, format("a case has at most {} tasks", kMostTasks));
    task.id = make_id<TaskTag>(now, random);
    task.of = file.id;
    task.organisation = file.organisation;
    task.position = (row && std::get<0>(*row) ? *std::get<0>(*row) : 0) + 1;
    task.opened = now;
    task.opened_by = actor.name;
    TRY(tx.run("insert into case_task (id, case_id, organisation, position, title, text, assigned, due, outcome, done, done_by, note, run, step, step_kind, branch, depth, opened, opened_by, version) "
               "values (:a, :b, :c, :d, :e, :f, :g, :h, 'open', null, '', '', :i, :j, :k, :l, :m, :n, :o, 1)",
               {task.id.text(), task.of.text(), task.organisation.text(), task.position, task.title, task.text, task.assigned, task.due ? store::Param{task.due->micros} : store::Param{nullptr}, task.run, task.step, task.step_kind, task.branch, task.depth, now.micros, task.opened_by}));
    return {};
}

Result<Task> add_task(store::Transaction& tx, const access::Actor& actor, const CaseId& of, Task task, Random& random, Time now) {
    const Case file = TRY(find(tx, actor.scope, of));
    TRY(insert_task(tx, actor, file, task, random, now));
    TRY(tell(tx, file, {.actor = actor.name, .kind = "task", .text = task.title, .details = json::object({{"task", task.id.text()}, {"assigned", task.assigned}})}, now));
    return find_task(tx, actor.scope, task.id);
}

Result<Task> change_task(store::Transaction& tx, const access::Actor& actor, const TaskId& id, const TaskChange& change, std::optional<Int> version, Time now) {
    auto [task, file] = TRY(own_task(tx, actor, id, version));
    if (change.title) task.title = *change.title;
    if (change.text) task.text = *change.text;
    if (change.assigned) task.assigned = *change.assigned;
    if (change.due) task.due = *change.due;
    TRY(check_task(task));
    TRY(save(tx, task));
    json::Value details = json::object({{"task", id.text()}, {"assigned", task.assigned}});
    if (task.due) details.set("due", to_rfc3339(*task.due));
    TRY(tell(tx, file, {.actor = actor.name, .kind = "task-changed", .text = task.title, .details = std::move(details)}, now));
    return find_task(tx, actor.scope, id);
}

Result<Task> end_task(store::Transaction& tx, const access::Actor& actor, const TaskId& id, Outcome outcome, std::string_view note, std::optional<Int> version, Time now) {
    auto [task, file] = TRY(own_task(tx, actor, id, version));
    if (task.outcome == outcome) return fail(Code::conflict, format("the task is {} already", name_of(outcome)));
    const std::string why = TRY(text_of("note", note));
    if (outcome == Outcome::not_needed && why.empty()) return fail(Code::bad_input, "field note: says why it is not needed");
    task.outcome = outcome;
    task.done.reset();
    task.done_by.clear();
    task.note = why;
    if (outcome != Outcome::open) task.done = now, task.done_by = actor.name;
    TRY(save(tx, task));
    TRY(tell(tx, file, {.actor = actor.name, .kind = "task-ended", .text = format("{}: {}{}{}", name_of(outcome), task.title, why.empty() ? "" : ": ", why), .details = json::object({{"task", id.text()}, {"outcome", name_of(outcome)}})}, now));
    return find_task(tx, actor.scope, id);
}

}  // namespace vg::cases
