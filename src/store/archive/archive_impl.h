// The archive's inside: the tail that grows, the segments, and what is done to them. archive.cpp opens, appends and
// publishes; archive_tend.cpp closes, joins and drops; archive_damage.cpp checks and puts back; archive_ask.cpp hands
// questions to ask.h.
//
// archive_parts.cpp hands segments out one by one; archive_rebuild.cpp builds segments anew and keeps account of what is missing.
//
// Locks, taken in this order: tending_ (one change of segments at a time), appending_ (the growing tail), mutex_ (what
// questions and health look at; never held while anything is read or written).
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "store/archive.h"
#include "store/archive/ask.h"
#include "store/archive/columns.h"
#include "store/archive/duck.h"
#include "store/archive/facts.h"
#include "store/archive/filter.h"
#include "store/archive/gaps.h"
#include "store/archive/manifest.h"
#include "store/archive/segment_write.h"
#include "store/archive/snapshot.h"
#include "store/segments.h"

namespace vg::store::archive {

// A table of the tail with what is known about its rows.
struct Generation {
    std::shared_ptr<const TailTable> table;
    std::optional<duck::Connection> connection;
    std::optional<duck::Appender> appender;
    std::optional<RowWriter> writer;
    std::unique_ptr<FilterBuilder> filter;
    std::string finished_filter;
    FactsBuilder facts;
    event::Position from, to;    // covered
    Time began;                  // when the first event came
    std::size_t bytes = 0;       // about
    std::size_t in_block = 0;    // rows of the filter's block in hand

    [[nodiscard]] std::size_t memory_bytes() const { return bytes + finished_filter.size() + (filter ? filter->memory_bytes() : 0); }
};

class ArchiveImpl final : public Archive, public Segments {
public:
    ArchiveImpl(ArchiveOptions options, Clock& clock, metrics::Registry& metrics);
    ~ArchiveImpl() override;
    Status open_folder();

    Status append(std::span<const ArchivedEvent> events, event::Position covered = {}) override;
    [[nodiscard]] event::Position watermark() const override;
    [[nodiscard]] event::Position searchable() const override;
    Status tend(bool now) override;
    void hurry() override { hurried_ = true; }
    [[nodiscard]] std::vector<Range> missing() const override;
    Status replace(Range range, std::span<const ArchivedEvent> events) override;
    Status give_up(Range range, std::string_view why) override;
    [[nodiscard]] std::optional<Range> segment(std::string_view name) const override;
    Result<Marked> rebuild(Range wanted, event::Position begin, const std::function<std::optional<Time>(event::Position)>& received) override;
    Status stop_rebuild() override;
    [[nodiscard]] std::optional<Range> to_rebuild() override;
    Status rebuild_with(Range range, std::span<const ArchivedEvent> events) override;
    Status keep_as_is(std::string_view why) override;
    [[nodiscard]] Rebuild rebuilding() const override;

    [[nodiscard]] Result<Page> page(const Question& question, const PageOptions& options) override;
    Status stream(const Question& question, Order order, const std::function<bool(FoundEvent&&)>& take) override;
    [[nodiscard]] Result<std::uint64_t> count(const Question& question) override;
    [[nodiscard]] Result<std::vector<Bucket>> histogram(const Question& question, Span step) override;
    [[nodiscard]] Result<Top> top(const Question& question, std::string_view field, std::size_t most) override;
    [[nodiscard]] Result<FieldStatistics> statistics(const Question& question, std::string_view field) override;
    [[nodiscard]] Result<std::vector<TopValue>> fields(const Question& question) override;
    [[nodiscard]] Result<FoundEvent> at(event::Position position) override;
    Result<std::uint64_t> export_parquet(const Question& question, const std::string& path) override;

    [[nodiscard]] event::Position begin() const override;
    [[nodiscard]] Result<std::unique_ptr<PartOfArchive>> newest(const Question& question, event::Position before) override;

    [[nodiscard]] Health health() const override;
    Status verify(const std::function<bool(std::uint64_t, std::uint64_t)>& progress) override;

    // What a question would read now, and of which database its tail is.
    struct View {
        std::shared_ptr<const Snapshot> snapshot;
        std::shared_ptr<duck::Database> database;
    };
    [[nodiscard]] View view() const;

private:
    using Segments = std::vector<std::shared_ptr<const SegmentFile>>;

    // archive.cpp
    Status open_database();
    void remove_leftovers(const Manifest& manifest);
    Result<std::unique_ptr<Generation>> new_generation(event::Position from);
    Status write_rows(Generation& generation, std::span<const ArchivedEvent> events);
    Status lose_database();                  // with tending_
    Status lose_growing();                   // with appending_
    void set_pending(std::unique_ptr<Generation> fresh);  // with appending_
    using Old = std::shared_ptr<const Snapshot>;
    // With mutex_. What was shown before goes into `old`, which must outlive the lock: its end may remove files and tables.
    void publish(Old& old);
    void show_growing();                     // with appending_ and mutex_
    [[nodiscard]] Workshop workshop() const;
    [[nodiscard]] Workshop patient_workshop() const;  // gives up when the archive is hurried

    // archive_tend.cpp; with tending_
    Status close_tail(bool now);
    Status close_pending();
    Status check_room(std::uint64_t bytes);  // any thread
    Status join_small();
    Status drop_expired();
    Status rewrite(const std::shared_ptr<const SegmentFile>& segment, const std::vector<OrganisationId>& without);
    [[nodiscard]] Span term_of(const OrganisationId& organisation) const;
    // Makes the manifest durable and shows it: segments out, segments in.
    struct Change {
        Segments out;
        std::vector<SegmentFacts> in;
        std::optional<event::Position> watermark;  // the pending generation is in a segment now
        std::vector<Range> found, lost;            // taken from missing, added to it
        std::string lost_for_good;                 // a sentence
        std::uint64_t put_back = 0;                // events of what was found
        std::function<void(Manifest&)> also = {};
    };
    Status change(const Change& change);
    [[nodiscard]] std::string take_name();

    // archive_damage.cpp
    Status check_sizes();     // with tending_
    Status check_suspects();  // with tending_
    Status put_aside(const std::shared_ptr<const SegmentFile>& segment, const std::string& reason);  // with tending_
    void suspect(const Segments& segments, const Error& why);

    // archive_rebuild.cpp; with tending_
    void forget_rebuild();
    Status finish_piece();
    Status keep_segment(std::string_view why);
    [[nodiscard]] bool is_marked(const SegmentFacts& facts) const;  // takes mutex_
    [[nodiscard]] bool is_expired(const ArchivedEvent& event, Time now) const;
    std::vector<ArchivedEvent> within_terms(std::span<const ArchivedEvent> events) const;
    [[nodiscard]] Time kept_since() const;
    void settle_gaps(Manifest& next, const Change& change) const;

    // archive_ask.cpp
    template <class Ask>
    auto ask(const Question* question, const Ask& work);

    // constant after construction
    ArchiveOptions options_;
    Clock& clock_;
    Disk& disk_;
    std::uint64_t seed_ = 0;  // of the filters
    std::atomic<bool> hurried_{false};

    std::mutex tending_, appending_;
    // A segment that is built anew: it stands until all its pieces do.
    struct InHand {
        std::shared_ptr<const SegmentFile> segment;
        event::Position next;               // it is built up to here
        std::unique_ptr<Generation> rows;   // of the piece in hand; null: none
        std::vector<SegmentFacts> pieces;   // written; no manifest names them
        std::uint64_t events = 0;           // read from the journal
    };
    // guarded by tending_
    std::optional<InHand> in_hand_;
    // guarded by appending_
    std::unique_ptr<Generation> growing_;
    std::uint64_t next_table_ = 1;

    mutable std::mutex mutex_;
    // guarded by mutex_
    std::shared_ptr<duck::Database> database_;
    Manifest manifest_;                      // as it is on disk, but for its segments; changed with tending_
    Segments segments_;                      // its segments
    std::shared_ptr<const std::vector<GapFacts>> gaps_;
    std::uint64_t next_number_ = 1;          // of a segment's name; never used twice
    std::shared_ptr<Generation> pending_;    // full, waits for its segment; set with appending_, taken away with tending_
    std::shared_ptr<const TailTable> growing_table_;
    event::Position searchable_;
    Time tail_occurred_first_, tail_occurred_last_;
    std::uint64_t growing_events_ = 0, growing_bytes_ = 0, pending_bytes_ = 0;
    std::shared_ptr<const Snapshot> snapshot_;
    std::map<std::string, std::string> suspects_;  // segment → why a question could not read it
    struct Found {
        Range range;
        std::string what;
    };
    std::vector<Found> damage_;  // segments put aside since open, at most Manifest::kMostLost
    std::string trouble_;
    std::uint64_t exports_ = 0;

    metrics::Gauge& events_metric_;
    metrics::Gauge& bytes_metric_;
    metrics::Gauge& segments_metric_;
    metrics::Gauge& tail_metric_;
    metrics::Counter& joined_metric_;
    metrics::Counter& damaged_metric_;
    metrics::Histogram& close_seconds_;
};

}  // namespace vg::store::archive
