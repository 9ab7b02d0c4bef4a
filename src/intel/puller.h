// Puller: fetches feeds when they are due, compares each with what it was (guard.h), and puts it in force, or holds it for a person.
// Owned by the server's Node; one thread of its own while serving. What is fetched over the network comes by a function: this
// room knows no network.
//
//   auto puller = std::make_unique<Puller>(parts, options);
//   TRY(puller->pull("june", "user:lan"));       // now, whether it is due or not
//   puller->start();                             // and from now on when they are due
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/timed_lock.h"
#include "intel/feeds.h"
#include "store/disk.h"
#include "store/state.h"

namespace vg::intel {

struct FetchAsk {
    std::string url, etag, last_modified;   // of what was fetched last; empty: nothing
    std::size_t most_bytes = 0;
    std::function<bool()> stopping;          // asked at least once a second
};
struct Fetched {
    bool unchanged = false;                  // the server says so
    std::string bytes, etag, last_modified;
};

class Puller {
public:
    struct Parts {
        store::State& state;
        store::Disk& disk;                   // for what is held
        Clock& clock;
        metrics::Registry& metrics;
        std::string folder;                  // data/feeds
        std::function<Result<Fetched>(const FetchAsk&)> fetch;
        std::function<std::shared_ptr<const Doubts>()> doubts = {};
        std::function<Status()> renew = {};  // puts what is in State in force
        std::function<void(const Feed&)> held = {};  // told when one is held that was not, or for something else
        // Values that were not known before, piece by piece; with `last`, after renew(), that there are no more.
        std::function<Status(const std::string& list, const std::string& actor, std::span<const Value> values, bool last)> fresh = {};
    };
    struct Options {
        std::vector<std::string> folders;    // files and folders of feeds lie in one of these; empty: there are no such feeds
        std::size_t most_bytes = std::size_t{64} << 20;  // of one feed
        Span every = seconds(10);            // how often it is looked what is due
    };
    Puller(Parts parts, Options options);
    ~Puller() { stop(); }
    Puller(const Puller&) = delete;
    Puller& operator=(const Puller&) = delete;

    void start();
    void stop();
    // Pulls what is due; tests call it instead of start(). Feeds that fail do not fail it.
    Status look();
    // Any thread. What went wrong with the feed stands in its standing; an error is one of ours, not_found, or busy: another one is
    // being pulled.
    Result<Feed> pull(const std::string& name, const std::string& actor);
    // Puts what is held in force, when it still is what the person has looked at (`held`; empty: whatever it is). Not held: nothing is
    // done.
    Result<Feed> release(const std::string& name, const std::string& held, const std::string& actor, const std::string& reason);
    // Removes the feed, its values and what is held. False: there was none.
    Result<bool> remove(const std::string& name, const std::string& actor);

private:
    struct Document {
        std::string name, bytes;
    };
    struct Content {
        std::vector<Document> documents;
        std::string hash;
    };
    // Entries of a feed, each value once.
    struct Told {
        std::vector<Entry> entries;
        std::size_t refused = 0, patterns = 0;
    };
    Result<std::optional<Content>> fetch(Feed& feed) const;  // nothing: it is what it was
    Result<Content> read_held(const Feed& feed) const;  // checked by its hash
    Result<Content> read_folder(const std::string& address) const;
    static Result<Told> understand(const Feed& feed, const Content& content);
    Status try_pull(Feed& feed, const std::string& actor);
    Status put_in_force(Feed& feed, const Told& told, const std::string& actor, const std::string& reason);
    Result<std::vector<Entry>> in_force(const std::string& name) const;
    [[nodiscard]] std::string held_path(const std::string& name) const { return parts_.folder + "/" + name + ".held"; }
    Status count();
    void run(std::stop_token stop);

    // constant after construction
    const Parts parts_;
    const Options options_;

    TimedLock pulling_;                      // one feed at a time
    std::stop_token stop_;                   // of run()
    metrics::Counter& pulled_;
    metrics::Counter& failed_;
    metrics::Gauge& held_;
    std::jthread thread_;
};

}  // namespace vg::intel
