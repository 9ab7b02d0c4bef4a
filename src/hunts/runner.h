// Runner: works hunts off, one after the other, on one thread of the lowest priority that gives way while detection lags. The
// newest segment comes first. After each segment, and on the way where much is found, findings, numbers and position are
// committed together: a restart goes on where it was and counts nothing twice.
//
//   Runner runner{{...}};
//   runner.start();      // while serving
//   runner.poke();       // there is something new to do, or somebody paused or stopped one
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/metrics.h"
#include "hunts/asker.h"
#include "hunts/hunt.h"
#include "store/archive.h"

namespace vg::hunts {

struct LiveSource {
    SourceId id;
    OrganisationId organisation;
    std::string name;
};

class Runner {
public:
    struct Parts {
        store::State& state;
        store::Archive* archive = nullptr;  // none: hunts fail, saying so
        Clock& clock;
        metrics::Registry& metrics;
        AskerParts asker;
        // The organisation and all below it.
        std::function<std::vector<OrganisationId>(const OrganisationId&)> below;
        std::function<std::vector<LiveSource>()> sources;
        // Live work lags behind: a hunt waits.
        std::function<bool()> busy = {};
        // In the transaction that recorded them, such as for notifications; and after it.
        std::function<Status(store::Transaction&, const std::vector<findings::Touched>&)> note = {};
        std::function<void(const std::vector<findings::Touched>&)> committed = {};
    };
    struct Options {
        Span wait_for_archive = seconds(120);  // what came just before the hunt is searchable by then, or it is said to be missing
        std::size_t commit_hits = 1'000;
        std::int64_t most_hits = 500'000;      // of one hunt; beyond, it fails: such a list names what is everywhere
        std::size_t parts_for_senders = 16;    // of which it is looked up who sends which field
        // Called after each commit; for tests that stop there.
        std::function<void(const Hunt&)> after_commit = {};
    };
    explicit Runner(Parts parts) : Runner(std::move(parts), Options{}) {}
    Runner(Parts parts, Options options);
    ~Runner() { stop(); }

    // Idempotent.
    void start();
    void stop();
    void poke();
    // Works on the next hunt until it ends, or is paused or stopped, in the calling thread. False: none waits, and nothing is left
    // of those that have ended. An error: State or the archive could not be asked; it is tried again.
    Result<bool> work_one(const std::stop_token& stop);

private:
    void run(const std::stop_token& stop);
    // Some values of hunts that have ended go. True: there are more.
    Result<bool> forget(const std::stop_token& stop);
    Status work(Hunt& hunt, const std::stop_token& stop);
    Status sweep(Hunt& hunt, const Asker& asker, const store::Question& question, store::Segments& segments, const std::stop_token& stop);
    Status wait_for_archive(const Hunt& hunt, const std::stop_token& stop);
    Status commit(Hunt& hunt, std::vector<Hit>& hits);
    // What was covered and what not.
    Status tell_coverage(Hunt& hunt, const Asker& asker, const store::Question& question, store::Segments& segments);
    // False: the thread is to stop.
    bool wait(const std::stop_token& stop, Span most);
    bool give_way(const std::stop_token& stop);
    [[nodiscard]] store::Question question_of(const Hunt& hunt, const std::stop_token& stop) const;

    // constant after construction
    Parts parts_;
    Options options_;
    // synchronise themselves
    metrics::Counter& hits_metric_;
    metrics::Counter& parts_metric_;
    metrics::Gauge& running_metric_;
    // used by the working thread alone
    Time resumed_;

    std::mutex mutex_;
    std::condition_variable_any poked_;
    // guarded by mutex_
    bool has_news_ = false;
    std::jthread thread_;
};

}  // namespace vg::hunts
