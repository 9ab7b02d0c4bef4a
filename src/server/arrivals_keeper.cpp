#include "server/arrivals_keeper.h"

#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "server/tables.h"

namespace vg::server {

Result<std::unique_ptr<ArrivalsKeeper>> ArrivalsKeeper::start(store::State& state, ingest::Counters& counters) {
    counters.restore(TRY(state.read([](store::Transaction& tx) { return load_arrivals(tx); })));
    std::unique_ptr<ArrivalsKeeper> keeper{new ArrivalsKeeper{state, counters}};
    keeper->saved_ = counters.snapshot();
    keeper->thread_ = std::jthread{[self = keeper.get()](std::stop_token stop) { self->loop(stop); }};
    return keeper;
}

void ArrivalsKeeper::stop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
    save();
}

void ArrivalsKeeper::loop(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock{mutex};
    while (!wake.wait_for(lock, stop, std::chrono::seconds{5}, [&] { return stop.stop_requested(); })) save();
}

void ArrivalsKeeper::save() {
    auto present = counters_.snapshot();
    std::vector<ingest::TallyValues> changed;
    for (const ingest::TallyValues& tally : present) {
        const auto before = std::find_if(saved_.begin(), saved_.end(), [&](const ingest::TallyValues& old) { return old.source == tally.source; });
        if (before == saved_.end() || before->received != tally.received || before->refused != tally.refused || before->sent_back != tally.sent_back)
            changed.push_back(tally);
    }
    if (changed.empty()) return;
    if (const Status saved = state_.write([&](store::Transaction& tx) { return save_arrivals(tx, changed); }); !saved) {
        log::warn("counters of arrivals could not be saved", {{"reason", saved.error().text}});
        return;
    }
    saved_ = std::move(present);
}

}  // namespace vg::server
