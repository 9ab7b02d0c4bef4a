// Snapshot: what one question reads. Immutable; taken once, held until the answer is complete. Segments that are replaced
// meanwhile stay on disk and tables of the tail in memory until the last snapshot that has them goes.
//
// A question reads read_parquet() of the segments it needs and the tables of the tail, of these only rows before `end`.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "event/record.h"
#include "store/archive/duck.h"
#include "store/archive/filter.h"
#include "store/disk.h"

namespace vg::store::archive {

namespace parquet {
struct Layout;
}

// What the manifest says about one segment.
struct SegmentFacts {
    std::string name;                          // of its files: NAME.parquet, NAME.filter
    event::Position from, to;                  // covers from <= position < to, also where no event is
    std::uint64_t events = 0;
    Time occurred_first, occurred_last;        // least and greatest; without events both are 0
    Time received_first, received_last;
    std::uint64_t bytes = 0, filter_bytes = 0;  // of the files
    std::uint64_t checksum = 0, filter_checksum = 0;
    std::uint32_t schema = 0;
    std::uint64_t rows_in_group = 0;           // row groups have so many rows, the last one fewer; 0: they differ
    std::vector<OrganisationId> organisations;  // sorted; empty with many_organisations
    bool many_organisations = false;           // too many to be listed: it may hold any
    std::uint64_t raw_bytes = 0;               // of all its events
    std::vector<std::pair<SourceId, std::uint64_t>> raw_by_source;  // the largest; what is missing to raw_bytes is of others

    // False: no event of these organisations is in it.
    [[nodiscard]] bool may_hold(const std::vector<OrganisationId>& wanted) const;
};

// A segment on disk. Its files go when it was dropped and nobody reads it any more.
class SegmentFile {
public:
    SegmentFile(Disk& disk, std::string folder, SegmentFacts known) : facts(std::move(known)), disk_(&disk), folder_(std::move(folder)) {}
    ~SegmentFile();
    SegmentFile(const SegmentFile&) = delete;
    SegmentFile& operator=(const SegmentFile&) = delete;

    const SegmentFacts facts;
    [[nodiscard]] std::string path() const { return folder_ + "/" + facts.name + ".parquet"; }
    [[nodiscard]] std::string filter_path() const { return folder_ + "/" + facts.name + ".filter"; }
    // Opened at first use and kept. An error: there is none that can be read, every row group has to be. Any thread.
    [[nodiscard]] Result<std::shared_ptr<const FilterView>> filter() const;
    // Where the values of its rows stand in its file; read at first use and kept. An error: only DuckDB can read it. Any thread.
    [[nodiscard]] Result<std::shared_ptr<const parquet::Layout>> layout() const;
    // Its file, to read from.
    [[nodiscard]] Result<std::unique_ptr<File>> open() const { return disk_->open(path(), Open::read); }

    void drop() const { dropped_ = true; }  // the manifest names it no more

private:
    Disk* disk_;
    std::string folder_;
    mutable std::atomic<bool> dropped_{false};
    mutable std::mutex mutex_;
    // guarded by mutex_
    mutable std::shared_ptr<const FilterView> filter_;
    mutable std::string filter_error_;
    mutable std::shared_ptr<const parquet::Layout> layout_;
    mutable std::optional<Error> layout_error_;
};

// A table of the tail, with all columns(). Dropped with its last snapshot.
class TailTable {
public:
    // Makes it, empty.
    static Result<std::shared_ptr<const TailTable>> make(std::shared_ptr<duck::Database> database, std::uint64_t number);
    ~TailTable();
    TailTable(const TailTable&) = delete;
    TailTable& operator=(const TailTable&) = delete;

    [[nodiscard]] const std::string& name() const { return name_; }

private:
    TailTable(std::shared_ptr<duck::Database> database, std::string name) : database_(std::move(database)), name_(std::move(name)) {}
    std::shared_ptr<duck::Database> database_;
    std::string name_;
};

struct GapFacts;  // gaps.h

struct Snapshot {
    std::vector<std::shared_ptr<const SegmentFile>> segments;  // by position; they do not overlap
    std::vector<std::shared_ptr<const TailTable>> tails;       // oldest first
    event::Position end;                                       // rows of the tail from here on came later
    event::Position tail_from;                                 // rows of the tail begin here
    // Of the tail's rows; first > last: it has none.
    Time occurred_first, occurred_last;
    std::uint64_t tail_events = 0;
    std::shared_ptr<const std::vector<GapFacts>> gaps;  // null: nothing is missing
};

}  // namespace vg::store::archive
