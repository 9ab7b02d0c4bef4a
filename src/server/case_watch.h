// CaseWatch: cases look after themselves. Every few minutes it takes findings of indicators to the victims that they are of, asks the
// organisation's own logs about victims whose removal was told, and proposes to close, refuses or opens again, with the reason. What it knows
// is in State (cases/watch.h), so that a restart goes on; it looks at a bounded number each time and gives way while detection lags. Owned by
// Node; one thread of its own.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "cases/watch.h"
#include "store/state.h"

namespace vg::server {

class CaseWatch {
public:
    struct Parts {
        store::State& state;
        Clock& clock;
        Random& random;
        metrics::Registry& metrics;
        cases::Policy policy;
        // What logs show of it; none: nobody looks.
        std::function<Result<std::optional<cases::Observed>>(const cases::Item&)> observe = {};
        // Live work lags behind: victims wait. Findings are taken all the same.
        std::function<bool()> busy = {};
        // What else is due at each look, such as reminders of deadlines.
        std::function<Status()> meanwhile = {};
        // Cases changed: open consoles are told.
        std::function<void()> changed = {};
    };
    struct Options {
        Span every = minutes(5);
        Span again = hours(1);            // an item is looked at once in that time
        std::size_t findings = 500;       // of one look
        std::size_t items = 100;
        Span most_time = seconds(60);     // that one look spends on items
    };
    struct Looked {
        cases::NewsTaken news;
        std::int64_t items = 0, proposed = 0, refused = 0, reopened = 0, closed = 0, unanswered = 0, exceptions = 0;
    };
    CaseWatch(Parts parts, Options options);
    ~CaseWatch() { stop(); }

    void start();
    void stop();
    // One look, in the calling thread; tests call it instead of start().
    Result<Looked> look(const std::stop_token& stop = {});

private:
    void run(const std::stop_token& stop);
    Status look_at_items(Looked& looked, const std::stop_token& stop);

    // constant after construction
    Parts parts_;
    const Options options_;
    // synchronise themselves
    metrics::Counter& told_;
    metrics::Counter& items_;
    metrics::Counter& proposed_;
    metrics::Counter& reopened_;
    metrics::Counter& unanswered_;

    std::jthread thread_;
};

}  // namespace vg::server
