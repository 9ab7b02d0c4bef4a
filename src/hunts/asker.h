// Asker: one hunt's question, ready to be asked: where in a part of the archive an answer may be, and what an event says to it.
// Hits are what live detection would have made of the event, with the same grouping. Made anew when a hunt goes on after a
// restart. One thread.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "detect/engine.h"
#include "detect/kinds/indicator/set.h"
#include "event/event.h"
#include "findings/book.h"
#include "hunts/hunt.h"
#include "intel/doubts.h"
#include "store/disk.h"
#include "store/segments.h"
#include "store/state.h"

namespace vg::hunts {

struct Hit {
    findings::Sighting sighting;
    std::string what;                       // names rule, entity and value: the same hit of two hunts has the same
    std::optional<indicator::Value> value;  // of an indicator
    std::string family;
    std::string list;                       // empty: said by the node's own lists
};

struct Where {
    std::vector<store::Stretch> stretches;  // newest first
    std::uint64_t distinct = 0;             // values of the part that were run through
    bool whole = false;                     // every event has to be read
};

struct Asker {
    std::function<Result<Where>(const store::PartOfArchive&)> where;
    std::optional<store::Worth> worth;      // of the events there; nothing: each is
    std::function<Status(const store::FoundEvent&, std::vector<Hit>&)> ask;
    // Of patterns that ask for several observations; none for other questions. To be called when the events of a stretch were asked;
    // carry() and restore() take what was seen so far over a restart.
    std::function<void(std::vector<Hit>&)> end_stretch = {};
    std::function<std::string()> carry = {};
    std::function<Status(std::string_view)> restore = {};
    std::int64_t values = 0, skipped = 0;   // skipped: nothing says anything of them any more, or no field is asked for them
    std::array<bool, indicator::kKinds> kinds{};
};

struct AskerParts {
    store::State& state;
    store::Disk& disk;
    Random& random;
    std::string folder;  // data/hunts: the set of a hunt stands there while it runs
    Uuid journal{};
    std::function<std::shared_ptr<const intel::Doubts>()> doubts = {};  // what speaks against values
    std::function<std::vector<detect::RuleFile>()> pipelines = {};  // that adapt rules to the names of fields here
    // What the record says of its log source, into the event; false: the journal has the record no more.
    std::function<bool(event::Position, event::Event&, Arena&)> add_log_source = {};
};

// Code::bad_input: nothing is left to be asked.
Result<Asker> make_asker(const AskerParts& parts, const Hunt& hunt);
// The file that it made.
void forget_asker(const AskerParts& parts, const HuntId& id);

}  // namespace vg::hunts
