// Tasks of a case: what is to be done, by whom and until when; by hand, or a step of a playbook (playbooks.h). A task ends with who did it and when, or with why it was not needed, and can be
// taken up again. Each change writes its entry of the timeline and its audit line. Called inside a transaction of State.
#pragma once

#include <vector>

#include "cases/cases.h"

namespace vg::cases {

struct TaskTag;
using TaskId = Id<TaskTag>;

enum class Outcome : std::uint8_t { open, done, not_needed };
std::string_view name_of(Outcome outcome);  // "open", "done", "not-needed"
std::optional<Outcome> outcome_named(std::string_view name);

struct Task {
    TaskId id;
    CaseId of;
    OrganisationId organisation;
    std::int64_t position = 0;             // in its case, from 1; what a merge brings stands among the others
    std::string title, text;
    std::string assigned;                  // an account; empty: nobody
    std::optional<Time> due;
    Outcome outcome = Outcome::open;
    std::optional<Time> done;
    std::string done_by, note;
    // of a playbook's step; empty where it was written by hand
    std::string run, step, step_kind;      // run: id of the run
    std::string branch;                    // which way of the condition or of the parallel step above leads here: "true", "2", "otherwise"
    std::int64_t depth = 0;                // steps above it that branch
    Time opened;
    std::string opened_by;
    std::int64_t version = 1;
};

struct TaskFilter {
    std::optional<CaseId> of;
    std::optional<bool> open;
    std::optional<Time> due_before;
    std::string assigned;
};
// A case's in their order; of all cases those that are due first, first, and then those without a day, the newest first. `after`: the id of the last one of the page before.
Result<std::vector<Task>> tasks(store::Transaction& tx, const access::Scope& scope, const TaskFilter& filter, const std::string& after, std::size_t limit);
Result<Task> find_task(store::Transaction& tx, const access::Scope& scope, const TaskId& id);

// `task` says title, text, assigned and due; a step also what it is of. The case must be open.
Result<Task> add_task(store::Transaction& tx, const access::Actor& actor, const CaseId& of, Task task, Random& random, Time now);
struct TaskChange {
    std::optional<std::string> title, text, assigned;
    std::optional<std::optional<Time>> due;  // none inside: without an end
};
Result<Task> change_task(store::Transaction& tx, const access::Actor& actor, const TaskId& id, const TaskChange& change, std::optional<std::int64_t> version, Time now);
// done, or not_needed with a note; open takes it up again.
Result<Task> end_task(store::Transaction& tx, const access::Actor& actor, const TaskId& id, Outcome outcome, std::string_view note, std::optional<std::int64_t> version, Time now);

// Without an entry of its own: a playbook that is started tells once for all its steps.
Status insert_task(store::Transaction& tx, const access::Actor& actor, const Case& file, Task& task, Random& random, Time now);

}  // namespace vg::cases
