// Keeps the counters of what arrived (received, refused, sent back) in State: read at start, saved every few seconds
// while they change and once at the end. After a crash the last seconds of these counts are missing; the counts of what
// was accepted come from the journal and are exact.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"
#include "ingest/counters.h"
#include "store/state.h"

namespace vg::server {

class ArrivalsKeeper {
public:
    static Result<std::unique_ptr<ArrivalsKeeper>> start(store::State& state, ingest::Counters& counters);
    ~ArrivalsKeeper() { stop(); }
    void stop();

private:
    ArrivalsKeeper(store::State& state, ingest::Counters& counters) : state_(state), counters_(counters) {}
    void save();
    void loop(std::stop_token stop);

    store::State& state_;
    ingest::Counters& counters_;
    std::vector<ingest::TallyValues> saved_;  // used by the thread, and by stop() after it
    std::jthread thread_;
};

}  // namespace vg::server
