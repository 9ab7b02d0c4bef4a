// The work of a scan: reads inputs, asks the engine about every event on all cores, and hands the results out in the order
// of the inputs and of the records in them, whatever the number of threads. Memory is bounded: so many batches wait to be
// asked about, so many results wait for those before them; when either is full, nothing is read.
//
//   ScanRun run{options, engine, library, [&](Done& done) { return print(done); }};
//   run.all(inputs);
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "cli/scan_reader.h"
#include "detect/correlator.h"
#include "detect/engine.h"
#include "detect/kinds/indicator/set.h"
#include "formats/format.h"

namespace vg::cli {

// One match, with what the report counts.
struct ScanMatch {
    const detect::RuleInfo* rule = nullptr;
    std::uint64_t record = 0;
    Time time;
    bool time_known = false;
    std::string host;
    json::Value line;  // as contract.md says it
};

// What a match says of its rule.
json::Value rule_json(const detect::RuleInfo& rule);

// What one record means to the correlations.
struct ScanOccurrence {
    std::uint64_t record = 0;
    Time time;
    std::string host;
    std::vector<detect::correlation::Occurrence> found;
};

// What one batch gave.
struct Done {
    std::string file;
    std::uint64_t records = 0;
    std::uint64_t unparsed = 0;
    std::uint64_t first_unparsed = 0;  // its record, with the reason; 0: none
    std::string why_unparsed;
    std::vector<ScanMatch> matches;
    std::vector<ScanOccurrence> occurrences;
    std::uint64_t untimed = 0;         // records that would be among these, if their time were known
    std::vector<std::string> trouble;
    bool ends_file = false;
};

struct ScanRunOptions {
    std::string format;  // pinned, or empty
    std::string zone;    // for times without an offset
    std::size_t threads = 1;
    detect::correlation::Seed seed{};
    std::shared_ptr<const detect::indicator::Set> indicators = {};  // none: not asked
};

class ScanRun {
public:
    // Called for one Done at a time, in order, from any of the threads; false ends the scan.
    using OnDone = std::function<bool(Done&)>;

    ScanRun(ScanRunOptions options, const detect::Engine& engine, const formats::Library& library, OnDone on_done);

    // Returns when all is done, or on_done has ended it. Works along on the caller's thread.
    void all(const std::vector<Input>& inputs);

private:
    // An input that is being read, or whose results still wait.
    struct Lane {
        std::unique_ptr<Reader> reader;
        std::uint64_t made = 0;     // batches so far
        std::uint64_t written = 0;  // results handed out
        std::map<std::uint64_t, Done> waiting;
        bool reading = false;
        bool ended = false;
    };
    struct Task {
        Lane* lane = nullptr;
        std::uint64_t sequence = 0;
        Batch batch;
    };
    struct Worker;

    void work();
    void open_lanes();
    Lane* lane_to_read();
    void read(Lane& lane, std::unique_lock<std::mutex>& lock);
    void hand_out(std::unique_lock<std::mutex>& lock);
    Done ask(const Batch& batch, Worker& worker) const;

    // constant after construction
    const ScanRunOptions options_;
    const detect::Engine& engine_;
    const formats::Library& library_;
    const OnDone on_done_;
    const std::size_t most_tasks_;

    std::mutex mutex_;
    std::condition_variable changed_;
    // guarded by mutex_
    const std::vector<Input>* inputs_ = nullptr;
    std::size_t next_input_ = 0;
    std::deque<std::unique_ptr<Lane>> lanes_;  // in the order of the inputs
    std::deque<Task> tasks_;
    std::size_t waiting_ = 0;  // results in all lanes
    bool handing_out_ = false;
    bool stopped_ = false;
};

}  // namespace vg::cli
