// Pipeline: everything that happens to a record after it is durable. One worker thread reads the journal from the
// position that State holds, and works batch by batch; pipeline.cpp is the function to read first, and
// docs/life-of-an-event.md tells the same in words.
//
//   auto pipeline = TRY(Pipeline::start({...}));
//   pipeline->stop();      // finishes the batch in hand
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "detect/correlator.h"
#include "detect/kinds/stix/watch.h"
#include "findings/book.h"
#include "intel/sightings.h"
#include "server/content_set.h"
#include "server/in_hand.h"
#include "server/rule_costs.h"
#include "server/slices.h"
#include "server/slow_lane.h"
#include "server/snapshots.h"
#include "server/tables.h"
#include "store/journal.h"
#include "store/state.h"

namespace vg::server {

struct PipelineOptions {
    std::size_t threads = 1;
    std::size_t batch_records = 10'000;
    Span late_after = minutes(10);  // later ones are counted, and left out of correlations
    std::size_t correlation_bytes = std::size_t{256} << 20;
    LaneLimits lane = {};
    detect::correlation::Seed correlation_seed{};  // random bytes
    store::Disk* snapshot_disk = nullptr;          // none: correlations begin anew at each start
    std::string snapshot_folder;
    Span snapshot_every = seconds(60);             // and at stop
    std::uint64_t measure_every = 1024;            // of so many events one shows what the rules that are asked about it cost; 0: none
    Stopwatch stopwatch = steady_stopwatch();      // with which that is measured
    // Called with each record before it is parsed; for test builds that plant a crash.
    std::function<void(const event::Record&)> before_parse;
};

// What one committed batch changed.
struct Committed {
    std::vector<findings::Touched> findings;
    std::vector<std::pair<SourceId, std::int64_t>> sources;  // and how many of its records were processed
    std::map<SourceId, Span> offsets = {};  // how far the newest event with a time of its own is ahead of its arrival; negative: behind
};

class Pipeline {
public:
    struct Parts {
        store::Journal& journal;
        store::State& state;
        InHand& in_hand;
        Clock& clock;
        metrics::Registry& metrics;
        // The content of that fingerprint, from data/content.
        std::function<Result<std::shared_ptr<const ContentSet>>(const std::string&)> content_named;
        // The set of indicators of that name; none: there are no indicators.
        std::function<Result<std::shared_ptr<const detect::indicator::Set>>(const std::string&)> indicators_named = {};
        // Told after each commit, on the worker thread: returns at once.
        std::function<void(const Committed&)> committed = {};
    };

    // `content`: used until the first control record names another. Refuses a State that belongs to another journal.
    static Result<std::unique_ptr<Pipeline>> start(Parts parts, PipelineOptions options, std::shared_ptr<const ContentSet> content);
    ~Pipeline();

    void stop();
    [[nodiscard]] event::Position position() const { return {position_.load()}; }
    [[nodiscard]] std::string content_in_force() const;  // fingerprint at the position where this start began
    [[nodiscard]] std::string indicators_in_force() const { return first_indicators_; }  // likewise
    [[nodiscard]] std::string trouble() const;  // why it does not get on; empty when it does
    [[nodiscard]] Tallies tallies() const;
    // Groups and counts of the correlations.
    [[nodiscard]] detect::CorrelatorStats correlations() const { return correlator_->stats(); }
    [[nodiscard]] Result<detect::GroupPage> correlation_groups(const detect::GroupAsk& ask) const { return correlator_->groups(ask); }
    // Records from here on are still needed, for the groups that a start has to build anew.
    [[nodiscard]] event::Position needed_from() const { return {std::min(position_.load(), snapshot_position_.load())}; }
    // Since when groups are complete, when a start could not take up those before: a sentence; else empty.
    [[nodiscard]] std::string correlation_gap() const;
    // What rules took, of the events that were measured since the start.
    [[nodiscard]] CostTable rule_costs() const { return costs_.all(); }
    [[nodiscard]] std::optional<SourceTally> tally(const SourceId& source) const;
    [[nodiscard]] std::vector<SetAside> set_aside() const;
    // Rules and events that the slow lane had no room for, by source and rule.
    [[nodiscard]] std::vector<Overflow> overflows() const;
    void note_told(const Overflow& overflow);
    // Asks the worker to process a record that was set aside once more, alone. Code::not_found when it is not set aside;
    // the outcome is seen in set_aside(), which it leaves when all went well.
    Status retry(event::Position position);

private:
    Pipeline(Parts parts, PipelineOptions options, std::shared_ptr<const ContentSet> content);

    // An event that rules could not be asked about within their limits; it stands in the slice's arena.
    struct Waiting {
        event::Event event;
        std::vector<detect::Match> matches;
        std::vector<detect::PutOff> put_off;
    };
    // A part of a pattern of several observations.
    struct PartSeen {
        const detect::stix::Asked* asked = nullptr;  // of indicators_, like the text
        const std::string* text = nullptr;
        std::uint64_t bits = 0;
        std::string who;
        std::vector<findings::Sighting> sightings;   // that the pattern is, should it hold
        intel::Seen seen;
    };
    // What the slices find out about one record.
    struct Interpreted {
        Time occurred;
        bool occurred_known = false;
        std::string unparsed;
        std::vector<findings::Sighting> sightings;
        std::vector<detect::correlation::Occurrence> occurrences;
        std::unique_ptr<Waiting> waiting = {};
        std::vector<intel::Seen> seen = {};  // indicators
        std::vector<PartSeen> parts = {};
    };
    struct Slice {
        Arena arena;
        detect::Scratch scratch;
        std::vector<detect::Match> matches;
        std::vector<detect::indicator::Hit> hits;
        CostSampler costs;
    };
    using Overflows = std::map<std::pair<SourceId, std::string>, Overflow>;  // by source and rule
    struct Batch {
        std::vector<findings::Sighting> sightings;
        std::vector<intel::Seen> seen = {};
        Tallies tallies = {};
        std::vector<SetAside> set_aside = {};
        Standing standing = {};
        std::map<SourceId, Span> offsets = {};
        SlowLane::Allowances allowances = {};  // that changed
        Overflows overflows = {};
    };

    Status load();
    void take_up_correlations();
    // Tells the correlations once more of what is committed since their snapshot; what they say was recorded then.
    bool replay(std::stop_token stop);
    void correlate(const store::StoredRecord& record, const Interpreted& found, std::vector<findings::Sighting>* sightings);
    // Patterns of several observations; `batch`: none when what they say was recorded before.
    void watch(const store::StoredRecord& record, const Interpreted& found, Batch* batch);
    void save_snapshot();
    void save_snapshot_when_due();
    void count_correlations();
    void run(std::stop_token stop);
    void pause(std::stop_token stop);
    void run_retries();
    Status run_retry(event::Position position);
    Status run_batch(std::span<const store::StoredRecord> records);
    Status run_alone(const store::StoredRecord& record);
    Status apply_control(const store::StoredRecord& record);
    Interpreted interpret(Slice& slice, const store::StoredRecord& record) const;
    // The matches of an event as occurrences and sightings.
    void tell(const event::Event& event, std::span<const detect::Match> matches, const store::StoredRecord& record, Interpreted& found) const;
    // The slow lane: asks the rules that were put off, in journal order.
    void look_again(SlowLane& lane, const store::StoredRecord& record, Interpreted& found, Overflows& overflows);
    // What the indicators say of the event.
    void ask_indicators(const event::Event& event, Slice& slice, const store::StoredRecord& record, Interpreted& found) const;
    void use_indicators(const std::string& name);
    void take_note(const Overflows& overflows);
    void take_costs();
    void tally(Batch& batch, const store::StoredRecord& record, const Interpreted& found) const;
    Status commit(Batch batch);
    Status try_commit(const Batch& batch);
    [[nodiscard]] std::size_t next_batch_size() const;
    void note_trouble(std::string reason);
    [[nodiscard]] std::size_t first_special(std::span<const store::StoredRecord> records) const;

    // constant after construction
    Parts parts_;
    PipelineOptions options_;

    // used by the worker thread alone
    Slices slices_;
    std::vector<Slice> slice_parts_;
    std::string first_content_;  // constant after load()
    std::string first_indicators_;  // likewise
    std::shared_ptr<const ContentSet> content_;
    std::shared_ptr<const detect::indicator::Set> indicators_ = detect::indicator::Set::make("", nullptr, nullptr);
    Standing standing_;
    std::map<event::Position, std::int64_t> suspects_;  // position → how often it was alone
    double records_a_second_ = 50'000;                  // measured; sizes the next batch
    std::stop_token stop_;                              // of run()
    std::unique_ptr<detect::Correlator> correlator_;    // its groups() and stats(): any thread
    std::vector<detect::CorrelationMatch> correlated_;
    std::unique_ptr<detect::stix::Watch> watch_;
    std::vector<detect::stix::Watch::Sight> taken_;
    std::shared_ptr<const detect::indicator::Set> committed_indicators_;  // in force where replay() ends
    SlowLane lane_;
    SlowLane::Allowances committed_lane_;               // where replay() ends
    std::optional<Snapshots> snapshots_;
    std::shared_ptr<const ContentSet> committed_content_;  // in force where replay() ends
    event::Position replay_from_;                       // the committed position when there is nothing to replay
    std::set<event::Position> not_replayed_;            // set aside, or in hand when the process died
    bool ahead_ = false;                                // correlations know of records that are not committed
    std::chrono::steady_clock::time_point last_snapshot_{}, last_count_{};
    double snapshot_seconds_ = 0;                       // what the last one took

    // synchronises itself
    RuleCosts costs_;
    std::atomic<std::uint64_t> position_{0};
    std::atomic<std::uint64_t> snapshot_position_{UINT64_MAX};
    std::condition_variable_any paused_;
    mutable std::mutex mutex_;
    // guarded by mutex_
    Tallies tallies_;
    std::vector<SetAside> set_aside_;
    std::string trouble_;
    std::string correlation_gap_;
    std::optional<event::Position> retry_;
    Overflows overflows_;

    metrics::Counter& processed_;
    metrics::Counter& unparsed_;
    metrics::Counter& sighted_;
    metrics::Counter& damaged_;
    metrics::Counter& put_off_;
    metrics::Counter& overflowed_;
    metrics::Counter& indicator_hits_;
    metrics::Counter& indicator_warned_;
    metrics::Counter& indicator_trouble_;
    metrics::Counter& patterns_cut_;
    metrics::Gauge& pattern_groups_;
    metrics::Counter& pattern_evicted_;
    metrics::Counter& pattern_unanswered_;
    metrics::Gauge& lag_records_;
    metrics::Gauge& lag_seconds_;
    metrics::Histogram& batch_seconds_;
    metrics::Histogram& arrival_to_finding_;
    metrics::Gauge& correlation_groups_;
    metrics::Gauge& correlation_bytes_;
    metrics::Counter& correlation_late_;
    metrics::Counter& correlation_evicted_;
    metrics::Counter& correlation_keyless_;

    std::jthread worker_;
};

}  // namespace vg::server
