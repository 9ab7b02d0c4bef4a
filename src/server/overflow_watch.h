// OverflowWatch: what the slow lane had no room for becomes records of the node's own source, so that a rule of content/rules
// makes a critical finding of it: nobody knows whether these events match. One record for each rule and source since the last
// look; beyond a number of them, one for the rest of the source. Owned by Node; look() is called by SourceWatch's thread.
//
//   {"@timestamp":"...","event":{"provider":"vonggac","module":"detection","action":"detection-overflow"},"message":"...",
//    "host":{"name":"fw-01"},"rule":{"id":"...","name":"..."},"vonggac":{"source":{"id":"...","name":"fw-01"},"events":12,"total":40}}
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "directory/directory.h"
#include "event/record.h"
#include "server/slow_lane.h"
#include "store/state.h"

namespace vg::server {

class OverflowWatch {
public:
    struct Parts {
        store::State& state;
        Clock& clock;
        std::function<std::shared_ptr<const directory::Snapshot>()> directory;
        std::function<std::vector<Overflow>()> overflows;          // of the pipeline
        std::function<void(const Overflow&)> note_told;            // to the pipeline: so many of them are reported
        std::function<Status(std::vector<event::Record>)> report;  // returns when they are durable
    };
    explicit OverflowWatch(Parts parts) : parts_(std::move(parts)) {}

    // Reports what is new. After a crash between the report and its note it is reported twice, never not at all.
    void look();

private:
    [[nodiscard]] event::Record say(const Overflow& overflow, std::size_t rules, std::int64_t fresh) const;

    Parts parts_;
};

}  // namespace vg::server
