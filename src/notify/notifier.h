// Notifier: the thread that tells people. It looks at State every two seconds, and when it is woken. Owned by the server's
// Node.
//
//   auto notifier = TRY(Notifier::make({...}));   // enough for test() and report()
//   notifier->start();
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/metrics.h"
#include "directory/directory.h"
#include "notify/channels.h"
#include "notify/desk.h"
#include "notify/outbox.h"
#include "store/state.h"

namespace vg::notify {

class Notifier {
public:
    struct Parts {
        store::State& state;
        Clock& clock;
        Random& random;
        metrics::Registry& metrics;
        std::function<std::shared_ptr<const directory::Snapshot>()> directory;
        std::function<Status()> others = {};  // at each look: who else puts messages into the outbox
    };
    struct Options {
        ChannelOptions channels;
        OutboxOptions outbox;
        DeskOptions desk;
        Span every = seconds(2);
    };
    Notifier(Parts parts, Options options);
    ~Notifier() { stop(); }
    Notifier(const Notifier&) = delete;
    Notifier& operator=(const Notifier&) = delete;

    void start();
    void stop();
    // Sends a test message to every recipient of the rule, those of its escalation too, now, without the outbox. Any thread;
    // takes as long as the recipients' servers do, at most a minute.
    std::vector<Outcome> test(const Rule& rule);
    // What waits and what was given up, for the health page. Any thread.
    [[nodiscard]] json::Value report() const;
    // One look; tests call it instead of start().
    Status look();

private:
    void run(std::stop_token stop);
    Status count();

    // constant after construction
    const Parts parts_;
    const Options options_;
    const Channels channels_;

    Outbox outbox_;                 // used by who calls look()
    std::stop_token stop_;          // of run()
    Time last_tidy_;                // used by who calls look()

    metrics::Gauge& waiting_;
    metrics::Counter& sent_;
    metrics::Counter& failed_;
    metrics::Counter& given_up_;
    metrics::Counter& suppressed_;
    mutable std::mutex mutex_;
    std::string trouble_;           // guarded by mutex_
    std::jthread thread_;
};

}  // namespace vg::notify
