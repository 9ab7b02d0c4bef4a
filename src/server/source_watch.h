// SourceWatch: compares each source with what is expected of it, and reports what is not so as records of the node's own
// source: silent for longer than its cadence, speaking again, a clock that is off, a share of records that are not
// understood which jumps. Rules in content/rules make findings of them. Owned by Node; one thread of its own.
//
//   {"@timestamp":"...","event":{"provider":"vonggac","module":"sources","action":"source-silent"},"message":"...",
//    "host":{"name":"fw-01"},"vonggac":{"source":{"id":"...","name":"fw-01"},"cadence_seconds":900,"silent_seconds":1212}}
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "directory/directory.h"
#include "event/record.h"
#include "server/tables.h"
#include "store/state.h"

namespace vg::server {

struct WatchOptions {
    Span clock_limit = minutes(5);
    std::int64_t unparsed_percent = 20;
    Span every = seconds(10);
    Span window = minutes(1);             // over which clock and share are looked at
    std::int64_t window_records = 50;     // fewer say nothing about a share
};

class SourceWatch {
public:
    struct Parts {
        store::State& state;
        Clock& clock;
        std::function<std::shared_ptr<const directory::Snapshot>()> directory;
        std::function<std::uint64_t(const SourceId&)> received;             // counted before the journal
        std::function<Tallies()> tallies;                                   // of the pipeline
        std::function<Status(std::vector<event::Record>)> report;           // returns when they are durable
        std::function<void()> meanwhile = [] {};                            // called with each look
    };
    static Result<std::unique_ptr<SourceWatch>> open(Parts parts, WatchOptions options);
    // Looks from now on, on a thread of its own. Tests call look() instead.
    void start();
    ~SourceWatch() { stop(); }

    // How far the newest events of sources were ahead of their arrival, from the pipeline. Any thread.
    void note(const std::map<SourceId, Span>& offsets);
    void look();
    void stop();

private:
    struct Seen {
        std::uint64_t received = 0;
        Time last;                       // when it last spoke, as far as is known
        bool silent = false;
        Time window_began;
        std::int64_t accepted = 0, unparsed = 0;  // when the window began
        std::optional<Span> offset;      // the largest of the window
        bool clock_off = false;
        std::optional<double> share;     // unparsed, of windows before; moves slowly
        bool jumped = false;
    };
    SourceWatch(Parts parts, WatchOptions options) : parts_(std::move(parts)), options_(options), started_(parts_.clock.now()) {}
    void look_at(const directory::Source& source, Seen& seen, const SourceTally& tally, Time now);
    void look_at_window(const directory::Source& source, Seen& seen, const SourceTally& tally, Time now);
    void say(const directory::Source& source, std::string_view action, std::string message, json::Object facts, Time now);
    void run(std::stop_token stop);

    // constant after construction
    Parts parts_;
    const WatchOptions options_;
    const Time started_;

    std::mutex mutex_;
    std::map<SourceId, Span> offsets_;  // guarded by mutex_

    // used by who calls look()
    std::map<SourceId, Seen> seen_;
    std::vector<event::Record> to_say_;
    std::vector<std::pair<SourceId, std::optional<Time>>> turned_;  // silent since, or not any more
    std::jthread thread_;
};

}  // namespace vg::server
