// The runs of the backup as State remembers them: for the console, the health page and auditors. The room api lists them,
// the server writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "store/state.h"

namespace vg::store::backup {

Schema runs_schema();

struct RunTag;
using RunId = Id<RunTag>;

struct Ran {
    RunId id;
    Time started;
    std::optional<Time> ended;
    std::string actor, folder;
    std::string outcome;   // "running", "done", "failed", "broken off": the program ended before it did
    std::string reason;    // of "failed"
    std::string snapshot;  // of "done"
    std::int64_t files = 0, bytes = 0, new_bytes = 0;
    bool has_keys = false;
};

// Adds the run, or replaces what is known of it.
Status save_run(Transaction& tx, const Ran& run);
// Newest first, those before `before`.
Result<std::vector<Ran>> list_runs(Transaction& tx, const std::optional<RunId>& before, std::size_t limit);
// When the newest one that is done had begun.
Result<std::optional<Time>> last_good_run(Transaction& tx);
// At a start: what was running then is broken off.
Status note_broken_off(Transaction& tx, Time now);

}  // namespace vg::store::backup
