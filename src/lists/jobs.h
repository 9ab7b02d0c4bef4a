// What is done about lists in the background: the machines behind their addresses are looked for (inside.h), and rows are attributed anew
// when the directory says something else. Jobs stand in State and are begun anew after a crash; each ends with what came of it. Asked for
// by api and the directory inside their transactions; worked on by server, one at a time.
//
//   TRY(state.write([&](auto& tx) { return lists::ask_inside(tx, list.id, actor.name, random, now); }));
//   while (const auto job = TRY(state.read([](auto& tx) { return lists::next_job(tx); }))) TRY(work_job(parts, *job, stop));
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "directory/facts.h"
#include "event/record.h"
#include "lists/inside.h"
#include "lists/lists.h"
#include "lists/tell_cases.h"
#include "store/archive.h"

namespace vg::lists {

struct JobTag;
using JobId = Id<JobTag>;

enum class JobKind : std::uint8_t {
    inside,     // of one list
    attribute,  // of all lists: a fact was approved, ended or withdrawn
    tell,       // of one list that was kept: its victims to the cases, its hits to detection
};
std::string_view name_of(JobKind kind);  // "inside", "attribute", "tell"

struct Job {
    JobId id;
    JobKind kind = JobKind::inside;
    std::optional<ListId> list;
    std::int64_t fact = 0;            // of `attribute`: the first that was changed; of `tell`: 1 when hits become findings
    Time asked;
    std::string by;
    std::string state;                // "waiting", "running", "done", "failed"
    std::int64_t done = 0, total = 0; // of `inside` thousandths; else lists
    json::Value told;                 // what came of it
    std::string reason;               // of a failed one
    std::optional<Time> ended;
};

// One that waits already is not asked for twice. None: there is nothing to be done.
Status ask_inside(store::Transaction& tx, const ListId& list, std::string_view by, Random& random, Time now);
// Where the plan changes whose addresses or names are.
Status ask_attribution(store::Transaction& tx, std::span<const directory::FactChange> plan, std::string_view by, Random& random, Time now);

// The same of a list's hits and victims: told once more they change nothing but the counts of findings.
Status ask_to_tell(store::Transaction& tx, const ListId& list, std::string_view by, Random& random, Time now);
// What the request that keeps a list does itself once the list is seen. It says so in the same transaction, so that a crash leaves it to
// the worker (recover()); end_telling() afterwards: with trouble it is left to the worker as well.
Status hold_telling(store::Transaction& tx, const ListId& list, bool findings, std::string_view by, Random& random, Time now);
Status end_telling(store::Transaction& tx, const ListId& list, const ListTold& told, Time now);

// That waits, or was cut off; the oldest. `tell` false: nobody here works on records of the node's own source, so that kind waits.
Result<std::optional<Job>> next_job(store::Transaction& tx, bool tell = true);
Result<Job> find_job(store::Transaction& tx, const JobId& id);
// The newest first; of one list, or all.
Result<std::vector<Job>> jobs(store::Transaction& tx, const std::optional<ListId>& list, const std::optional<JobId>& before, std::size_t limit);
Result<std::optional<Job>> newest_job(store::Transaction& tx, JobKind kind, const ListId& list);

struct JobParts {
    Place place;
    store::Archive* archive = nullptr;                      // none: nobody can say which machine it was
    Uuid journal{};                                         // whose positions the archive has
    Clock& clock;
    Random& random;
    std::function<Attributor()> attributor;                 // as the directory says now
    std::function<bool(const OrganisationId&, const OrganisationId&)> related = {};
    std::function<bool()> busy = {};                        // then it waits
    std::function<Status(std::vector<event::Record>)> keep_own = {};  // records of the node's own source; none: nobody works on them
    InsideOptions inside = {};
};
// Code::unavailable when it was stopped: it is begun anew. Any other error is written into the job.
Status work_job(const JobParts& parts, const Job& job, const std::stop_token& stop);

// What the directory says of machines and NAT pools, as facts stand now.
Result<InsideKnown> known_inside(store::State& state, const Attributor& attributor);

// ---- reading: which machine ----

struct RowInside {
    ListId list;
    std::int64_t number = 0;     // of the row
    InsideState state = InsideState::verify;
    json::Value answer;          // {"address", "port", "time", "machines": [...], "more", "pool", "networks", "skew_seconds", "incomplete"}
};
// Of a hit, by the list: its first rows.
Result<std::vector<RowInside>> inside_of_hit(store::Transaction& tx, std::string_view hit, const ListId& list, std::size_t limit);
// The same of many, each with its list; in their order.
Result<std::vector<std::vector<RowInside>>> inside_of_hits(store::Transaction& tx, std::span<const std::pair<std::string, ListId>> hits, std::size_t limit);
// Of a victim of a series, by the newest list that tells.
Result<std::vector<RowInside>> inside_of_victim(store::Transaction& tx, std::string_view series, const OrganisationId& organisation, std::string_view subject, std::string_view family, std::size_t limit);

}  // namespace vg::lists
