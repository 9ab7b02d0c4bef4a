// Feed: the archive's thread. Reads the journal from where the archive stands, parses each record and appends it, so that
// it can be found within two seconds; a second thread closes, joins and drops segments, puts missing ones back from the
// journal and, when asked to, builds others anew. Both work at low priority: neither an acknowledgement nor detection waits for the archive.
//
//   auto feed = TRY(Feed::start({...}, {}));
//   feed->stop();          // what was appended is in a segment then, as far as the disk takes it
//
// A record that ended the program while it was in the feed's hand waits at the next start until the pipeline has passed
// it. One that was set aside there, or that ended the program twice here, is kept as text without being parsed.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/arena.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "formats/format.h"
#include "server/in_hand.h"
#include "store/archive.h"
#include "store/journal.h"

namespace vg::server {

struct FeedOptions {
    std::size_t batch_records = 8192;
    std::size_t batch_bytes = std::size_t{16} << 20;
    Span gather = milliseconds(300);     // between two appends, so that single records do not cost one each
    Span tend_every = seconds(1);
    int nice = 5;                        // of the threads; 0: as the others
    std::size_t replace_records = 20'000;  // put back at once
};

class Feed {
public:
    struct Parts {
        store::Journal& journal;
        store::Archive& archive;
        Clock& clock;
        metrics::Registry& metrics;
        std::string folder;  // where the feed notes what is in its hand
        std::function<std::shared_ptr<const formats::Library>()> library;
        std::function<event::Position()> pipeline_position;              // everything before it did not end the program
        std::function<std::vector<event::Position>()> set_aside;         // by the pipeline
        std::function<void(const event::Record&)> before_parse = {};     // for test builds that plant a crash
    };
    // Refuses an archive that has more than the journal.
    static Result<std::unique_ptr<Feed>> start(Parts parts, FeedOptions options);
    ~Feed();
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;

    void stop();
    // Why it does not get on; empty when it does.
    [[nodiscard]] std::string trouble() const;

private:
    Feed(Parts parts, FeedOptions options);

    // Events of one batch, with what their views need.
    struct Batch {
        std::vector<store::StoredRecord> records;
        Arena arena;
        std::vector<event::Event> events;
        std::vector<store::ArchivedEvent> archived;
    };
    Status load_suspects();
    void run(std::stop_token stop);
    void run_tender(std::stop_token stop);
    // Parses the records into archived events. Fewer than all when a suspect has to wait: how many were taken.
    std::size_t parse(Batch& batch, std::size_t slot);
    enum class Verdict : std::uint8_t { parse, wait, keep_as_text };
    [[nodiscard]] Verdict verdict(event::Position position, event::Position passed, const std::vector<event::Position>& set_aside) const;
    Status put_back(store::Archive::Range range, Batch& batch);
    Status build_anew(store::Archive::Range range, Batch& batch);
    // The records of the beginning of a range, parsed; the range becomes what they cover. What the journal could not read.
    Result<std::vector<store::Damage>> read_again(store::Archive::Range& range, Batch& batch);
    void pause(std::stop_token stop, Span time);
    void call_tender();
    void note_trouble(std::string& which, std::string reason);

    // constant after start
    Parts parts_;
    FeedOptions options_;
    std::unique_ptr<InHand> in_hand_;
    std::map<event::Position, int> suspects_;  // position → how often the program ended with it in the feed's hand

    std::condition_variable_any paused_;
    mutable std::mutex mutex_;
    // guarded by mutex_
    std::string feed_trouble_, tender_trouble_;
    bool tender_called_ = false;

    metrics::Counter& appended_;
    metrics::Counter& put_back_;
    metrics::Counter& rebuilt_;
    metrics::Gauge& lag_records_;
    metrics::Gauge& lag_seconds_;

    std::jthread feeder_, tender_;
};

}  // namespace vg::server
