// The archive: every event that was ever received, searchable. Parquet segments written by DuckDB, with small filters
// beside them, and a tail in memory for what came in the last moments. Everything in it can be rebuilt from the journal.
// docs/decisions/0002-archive-format.md has the format.
//
// One thread (server::Feed's) calls append(); any number of threads ask. A question sees everything that was appended
// before it began. Questions are bounded in time and memory, report progress and can be stopped.
//
//   auto archive = TRY(Archive::open(options, clock, metrics));
//   TRY(archive->append(events));                       // searchable when it returns
//   auto page = TRY(archive->page(ask, {.limit = 100}));
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/metrics.h"
#include "base/result.h"
#include "event/event.h"
#include "event/record.h"
#include "search/query.h"
#include "store/disk.h"

namespace vg::store {

struct ArchiveOptions {
    std::string folder;                          // data/archive
    Uuid journal{};                              // whose positions these are; another one's archive is refused
    std::size_t segment_events = 1'000'000;      // a segment is closed when the tail reaches this,
    std::size_t tail_bytes = std::size_t{96} << 20;  // or takes this much memory,
    Span segment_age = minutes(10);              // or its oldest event was received so long ago
    std::size_t memory_bytes = std::size_t{1} << 30;  // for all questions together
    Span keep_for = days(365);                   // by received time
    std::map<OrganisationId, Span> keep_for_organisation;  // where an organisation has a term of its own
    std::size_t rows_in_group = 16'384;          // of a segment's Parquet
    std::size_t rows_in_block = 1024;            // a block of its filter, and a page of its largest columns: what is unpacked for one event
    std::uint64_t reserve_bytes = std::uint64_t{64} << 20;  // no segment or export is written that would leave less free; 0: no look
    Disk* disk = nullptr;                        // for tests; null: system_disk(). DuckDB reads and writes by itself
};

// One event on its way into the archive. Views need to live until append() returns.
struct ArchivedEvent {
    event::Position position;
    const event::Envelope* envelope = nullptr;
    const event::Event* event = nullptr;         // for an unparsed record too: with what is known, message holds its text
    std::string_view unparsed;                   // why no format understood it; empty when one did
    std::size_t raw_bytes = 0;
};

// A stretch of what was received that a question could not see: its segment is missing or was lost.
struct Gap {
    std::optional<Time> from, to;                // received: from <= t <= to; nothing: nobody knows
    std::optional<std::uint64_t> events;         // so many at most; nothing: not known, or the asker does not see the whole node
    bool lost = false;                           // for good; otherwise it is being put back from the journal
    bool operator==(const Gap&) const = default;
};
// What was not there to be asked at the moment that an answer is about.
struct Unseen {
    std::vector<Gap> gaps;                       // that may hold something of what was asked, by position
    event::Position end;                         // records from here on cannot be found yet
};

// What is asked, and for whom. Only events of `organisations` are seen (nothing: the whole node).
struct Question {
    const search::Query* query = nullptr;        // null: everything
    std::optional<std::vector<OrganisationId>> organisations;
    Time from, to;                               // occurred: from <= t < to
    Span most_time = seconds(30);                // then Code::too_large, saying how far it came
    std::stop_token stop = {};                   // then Code::unavailable: it was cancelled
    std::function<void(double)> progress = {};   // 0..1, from the asking thread
    std::function<void(const Unseen&)> unseen = {};  // told what the answer will lack, before it, from the asking thread
};

// An event as the archive has it.
struct FoundEvent {
    event::Position position;
    Time occurred, received;
    SourceId source;
    OrganisationId organisation;
    std::string format, peer, unparsed;
    json::Value fields;                          // flat names, as event::to_json gives them; native values as text
};

enum class Order : std::uint8_t { newest_first, oldest_first };
// Where a page went on: occurred time and position of its last event.
struct PageCursor {
    Time occurred;
    event::Position position;
};
struct PageOptions {
    std::size_t limit = 100;
    Order order = Order::newest_first;
    std::optional<PageCursor> after;
};
struct Page {
    std::vector<FoundEvent> events;
    std::optional<PageCursor> next;              // nothing: that was all
};

struct Bucket {
    Time from;
    std::uint64_t count = 0;
};
struct TopValue {
    std::string value;
    std::uint64_t count = 0;
};
struct Top {
    std::vector<TopValue> values;                // most frequent first, ties by value
    std::uint64_t with_field = 0;                // events that have the field at all
    std::uint64_t events = 0;
    std::uint64_t distinct = 0;                  // exact
};
struct FieldStatistics {
    std::string field;
    std::uint64_t events = 0;                    // that have it
    std::uint64_t distinct = 0;
    std::optional<std::string> least, most;      // by number or time where the field is one, else by text
};

class Archive {
public:
    // Opens or makes the folder. Files that no manifest names are removed; segments that are missing or damaged are named
    // in health() and their positions stand in missing(), for the owner to append again from the journal.
    static Result<std::unique_ptr<Archive>> open(ArchiveOptions options, Clock& clock, metrics::Registry& metrics);
    virtual ~Archive() = default;

    // Events in order of position, from searchable() on; positions in between have none. Searchable when it returns, durable
    // when a segment is closed. `covered`: nothing is missing before it, also behind the last event (nothing given: one after
    // the last event). Code::busy: the tail is full until tend() has closed it; nothing was taken. After any other error the
    // owner goes on from searchable(), which may have gone back to watermark().
    virtual Status append(std::span<const ArchivedEvent> events, event::Position covered = {}) = 0;
    // Up to here everything is in segments: after a restart the owner appends from here.
    [[nodiscard]] virtual event::Position watermark() const = 0;
    // Up to here everything can be found.
    [[nodiscard]] virtual event::Position searchable() const = 0;
    // Closes the tail into a segment when it is due (`now` true: in any case), joins small segments, drops what is past
    // its term. Called about once a second by one thread, which need not be that of append(). An error: it is tried again
    // at the next call; what could be appended stays searchable.
    virtual Status tend(bool now) = 0;

    // The program is about to stop: joining in hand is given up, the segments stay as they were. Any thread, once.
    virtual void hurry() {}

    struct Range {
        event::Position from, to;
    };
    [[nodiscard]] virtual std::vector<Range> missing() const = 0;
    // Puts a missing range, or the beginning of one, back from the events given (none: there are no records any more). By the
    // thread of append() or that of tend().
    virtual Status replace(Range range, std::span<const ArchivedEvent> events) = 0;
    // The same for a range whose records are gone from the journal too: it is named in health() for good.
    virtual Status give_up(Range range, std::string_view why) { return (void)range, (void)why, Status{}; }

    // What the segment of that name covers.
    [[nodiscard]] virtual std::optional<Range> segment(std::string_view name) const = 0;

    // ---- built anew from the journal, on request ----
    // Segments that are marked are built again one after the other, by the thread of tend(); each is asked until its
    // replacement is whole. The marks are durable. What nobody can read again stays as it is and is named in kept().
    struct Marked {
        std::uint64_t segments = 0, events = 0;  // that stand and will be replaced
        std::uint64_t ranges = 0;                // where no segment stands: missing() now, to be put back
    };
    // Marks the segments that `wanted` touches. Where none stands, what the journal has from `begin` on becomes missing
    // unless its term is over; `received`: when the record at a position was received, nothing when it cannot be read.
    virtual Result<Marked> rebuild(Range wanted, event::Position begin, const std::function<std::optional<Time>(event::Position)>& received) = 0;
    // Takes all marks away; what was replaced stays replaced.
    virtual Status stop_rebuild() = 0;
    // The next positions to read: from where rebuild_with() came to, to the end of its segment. Nothing: no marks are left.
    [[nodiscard]] virtual std::optional<Range> to_rebuild() = 0;
    // The events of the beginning of to_rebuild(). The segment is replaced when its end is reached.
    virtual Status rebuild_with(Range range, std::span<const ArchivedEvent> events) = 0;
    // The segment of to_rebuild() cannot be built again: it stays as it is.
    virtual Status keep_as_is(std::string_view why) = 0;
    struct Rebuild {
        std::uint64_t segments = 0, events = 0;  // still marked
        std::uint64_t events_marked = 0;         // at the beginning
        std::vector<std::string> kept;           // by the last one, at most 100; each names segment and reason
    };
    [[nodiscard]] virtual Rebuild rebuilding() const = 0;

    [[nodiscard]] virtual Result<Page> page(const Question& question, const PageOptions& options) = 0;
    // Every event in order of occurrence, piece by piece; `take` stops it by returning false.
    virtual Status stream(const Question& question, Order order, const std::function<bool(FoundEvent&&)>& take) = 0;
    [[nodiscard]] virtual Result<std::uint64_t> count(const Question& question) = 0;
    // Buckets of `step`, aligned to the epoch, from question.from to question.to; empty ones too. At most 10,000.
    [[nodiscard]] virtual Result<std::vector<Bucket>> histogram(const Question& question, Span step) = 0;
    [[nodiscard]] virtual Result<Top> top(const Question& question, std::string_view field, std::size_t most) = 0;
    [[nodiscard]] virtual Result<FieldStatistics> statistics(const Question& question, std::string_view field) = 0;
    // Names of fields that occur within the question, most frequent first: ECS and native.
    [[nodiscard]] virtual Result<std::vector<TopValue>> fields(const Question& question) = 0;
    // The event at a position, as the archive has it.
    [[nodiscard]] virtual Result<FoundEvent> at(event::Position position) = 0;
    // All that matches, as one Parquet file with the archive's columns. How many events.
    virtual Result<std::uint64_t> export_parquet(const Question& question, const std::string& path) = 0;

    struct Health {
        std::uint64_t segments = 0, events = 0, bytes = 0, filter_bytes = 0, tail_events = 0, tail_bytes = 0;
        std::optional<Time> oldest_received, oldest_occurred;
        double bytes_per_day = 0;                // that segments grew by in the last seven days
        std::map<SourceId, std::uint64_t> bytes_by_source;  // share of the segments' bytes, by events' raw size
        std::vector<std::string> damage;         // each names segment and reason; "...; replaced" when nothing of it is missing now
        std::string trouble;                     // why segments cannot be written at the moment; empty when they can
    };
    [[nodiscard]] virtual Health health() const = 0;
    // Reads every segment and compares it with the manifest's checksum. Damage found is in health() and missing(). `progress`
    // gets bytes done and in all; false stops it with Code::unavailable.
    virtual Status verify(const std::function<bool(std::uint64_t, std::uint64_t)>& progress) = 0;
};

}  // namespace vg::store
