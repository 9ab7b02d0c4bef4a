// The server's own tables in State: where the pipeline stands, what it counted by source, what it set aside. Written by
// the pipeline in the transaction of its batch.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/id.h"
#include "base/result.h"
#include "event/record.h"
#include "ingest/counters.h"
#include "server/slow_lane.h"
#include "store/state.h"

namespace vg::server {

store::Schema schema();

// The position of the first record that is not yet part of State, and the content in force there.
struct Standing {
    Uuid journal{};
    event::Position position;
    std::string content;  // fingerprint; empty before the first control record
    std::string indicators = {};  // name of the set; empty: none
};
Result<std::optional<Standing>> load_standing(store::Transaction& tx);
Status save_standing(store::Transaction& tx, const Standing& standing);

// What the pipeline knows of a source after a batch. All numbers grow for ever.
struct SourceTally {
    std::int64_t accepted = 0;   // records in the journal that were processed
    std::int64_t unparsed = 0;   // of these, not understood
    std::int64_t late = 0;       // of these, older than the source's newest by more than the setting
    std::int64_t ahead = 0;      // of these, claiming a time more than 5 minutes after they were received
    Time newest;                 // watermark: the newest occurred time, at most received + 5 minutes
    Time last_received;
    std::string sample_reason;   // of the last unparsed record
    std::string sample_event;    // its event id
};
using Tallies = std::map<SourceId, SourceTally>;
Result<Tallies> load_tallies(store::Transaction& tx);
Status save_tallies(store::Transaction& tx, const Tallies& changed);

// What is counted before the journal (ArrivalsKeeper).
Result<std::vector<ingest::TallyValues>> load_arrivals(store::Transaction& tx);
Status save_arrivals(store::Transaction& tx, const std::vector<ingest::TallyValues>& arrivals);

// Sources that were reported as silent, and since when they have been.
Result<std::vector<std::pair<SourceId, Time>>> load_silent(store::Transaction& tx);
Status save_silent(store::Transaction& tx, const SourceId& source, std::optional<Time> since);  // nothing: it speaks again

// What the slow lane has left, and what it had no room for.
Result<SlowLane::Allowances> load_allowances(store::Transaction& tx);
Status save_allowances(store::Transaction& tx, const SlowLane::Allowances& changed);
Result<std::vector<Overflow>> load_overflows(store::Transaction& tx);
// Adds `events` to what is kept of that source and rule.
Status add_overflow(store::Transaction& tx, const Overflow& more);
Status save_told(store::Transaction& tx, const Overflow& overflow);

// A record that may have killed the process, and how often it was alone in hand when the process died.
struct Suspect {
    event::Position position;
    std::int64_t alone = 0;
};
Result<std::vector<Suspect>> load_suspects(store::Transaction& tx);
Status save_suspect(store::Transaction& tx, const Suspect& suspect);
Status clear_suspect(store::Transaction& tx, event::Position position);

struct SetAside {
    event::Position position;
    SourceId source;
    OrganisationId organisation;
    Time when;
    std::string reason;
};
Result<std::vector<SetAside>> load_set_aside(store::Transaction& tx);
Status save_set_aside(store::Transaction& tx, const SetAside& record);
// False when it was not there.
Result<bool> clear_set_aside(store::Transaction& tx, event::Position position);

}  // namespace vg::server
