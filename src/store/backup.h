// Backup: a consistent copy of a data folder while the node works, and its way back. docs/operating.md tells it to people.
//
// What makes it consistent: State is copied first, in one transaction; the archive's manifest next; the journal last, up to
// what is durable then. So State and archive are never ahead of the journal, and what they lack is replayed from it after
// a restore, as after a crash. Segments are immutable, so a second run stores only what is new.
//
//   auto depot = TRY(backup::Depot::open_or_make(disk, folder, journal.id(), passphrase, random));
//   auto snapshot = TRY(backup::back_up(depot, source, options, watch));
//   TRY(backup::restore_files(depot, snapshot, disk, target, watch));   // marks the folder as incomplete
//   ... State is loaded by the caller, everything is checked ...
//   TRY(backup::finish_restore(disk, target));                          // takes the mark away
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "store/backup/depot.h"
#include "store/backup/snapshot.h"
#include "store/disk.h"
#include "store/journal.h"
#include "store/state_dump.h"

namespace vg::store::backup {

// What the dump of State held.
struct StateFacts {
    std::vector<TableRows> rows;
    std::uint64_t position = 0;  // everything before it is in State
};

// What is copied, and what the node can say of it.
struct Source {
    Disk& disk;
    std::string data;            // the data folder
    const Journal& journal;
    // Gives the sink all lines of State, seen in one transaction.
    std::function<Result<StateFacts>(const DumpSink&)> dump_state;
    std::uint64_t state_bytes = 0;  // about how large it is, for progress and free space
    std::string program;         // its version
};

struct Options {
    bool allow_keys = true;       // false: private keys stay out even when the backup is sealed
    std::uint64_t reserve_bytes = std::uint64_t{64} << 20;  // that must stay free in the backup folder
};

// Makes one snapshot. Any thread, one at a time for a depot. On an error, or when it is stopped, no snapshot was made; the
// pieces that were stored are used by the next run.
Result<Snapshot> back_up(Depot& depot, const Source& source, const Options& options, Clock& clock, Random& random, const Watch& watch);

// ---- restore ----

// Stands in a folder that a restore has not finished; the server refuses such a folder.
inline constexpr std::string_view kIncompleteMark = "restore-incomplete";
// Code::denied with a sentence when `data` is such a folder.
Status refuse_incomplete(Disk& disk, const std::string& data);

// Code::denied unless `data` is missing or empty.
Status refuse_unless_empty(Disk& disk, const std::string& data);

// Writes everything but State into `data`, which must be missing or empty (else Code::denied), and compares each file with
// its SHA-256. The folder keeps its mark.
Status restore_files(const Depot& depot, const Snapshot& snapshot, Disk& disk, const std::string& data, const Watch& watch);

// The lines of State's dump, for load_tables(). The snapshot and depot must outlive it.
class StateLines {
public:
    static Result<std::unique_ptr<StateLines>> open(const Depot& depot, const Snapshot& snapshot, const Watch& watch);
    virtual ~StateLines() = default;
    virtual Result<std::optional<std::string>> next() = 0;
};

// The restored folder counts.
Status finish_restore(Disk& disk, const std::string& data);

}  // namespace vg::store::backup
