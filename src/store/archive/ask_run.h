// Run: one question on its way. What has to be read, in pieces; statements over pieces; the limits of time and memory,
// cancelling and progress. One thread.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <vector>

#include "store/archive/ask.h"
#include "store/archive/ask_rows.h"
#include "store/archive/ask_sql.h"

namespace vg::store::archive {

// A part of the archive that a statement reads: row groups of a segment, or a table of the tail.
struct Piece {
    const SegmentFile* segment = nullptr;  // null: of the tail
    std::string table;                     // the tail's
    std::vector<std::pair<std::int64_t, std::int64_t>> positions;  // first and last of each stretch; empty: all
    Time occurred_first, occurred_last;
    std::uint64_t rows = 0;

    // The two read the same file or table.
    [[nodiscard]] bool same_place(const Piece& other) const { return segment == other.segment && table == other.table; }
};

// The rows of a statement, with the statement.
struct Answer {
    duck::Statement statement;
    duck::Rows rows;
};

class Run {
public:
    static Result<std::unique_ptr<Run>> begin(const Asked& asked, const Question& question);

    // What may hold an answer by time and organisation alone: segments and tables of the tail, by position.
    std::vector<Piece> places() const;
    // The row groups of a place that may hold one, by its filter; the place itself where there is no filter. Reads the filter.
    std::vector<Piece> row_groups(const Piece& place) const;
    // The same as one piece; nothing: no answer is there.
    std::optional<Piece> narrowed(const Piece& place) const;

    // For questions that want everything of the whole node, or of all organisations that a place has: take(first, last, rows) of
    // the times that the rows of a place or of one of its blocks occurred in says whether that is enough to count them. What
    // is left to be read; nothing: no more. For other questions the same as narrowed().
    std::optional<Piece> untold(const Piece& place, const std::function<bool(Time first, Time last, std::uint64_t rows)>& take) const;

    // "SELECT `select` FROM (the piece, what the question wants of it) `behind`", run. `and_where`: one more condition.
    struct Wanted {
        std::string select;
        std::string and_where = {};
        std::string behind = {};
        bool all = false;  // rows are wanted that were chosen already: no condition of the question
    };
    Result<Answer> ask(const Piece& piece, const Wanted& wanted);
    // The same statement as text: with `into` before it, for several pieces at once.
    std::string text(const Piece& piece, const Wanted& wanted) const;
    Result<Answer> ask(const std::string& sql, const Piece* piece = nullptr);
    // The next chunk, with errors as the question's.
    Result<std::optional<duck::Chunk>> next(Answer& answer, const Piece* piece);
    // A statement that gives no rows. How many it changed.
    Result<std::uint64_t> change(const std::string& sql, const Piece* piece = nullptr);

    // The rows of a piece of a segment that are wanted, row group by row group, without DuckDB. An error: it cannot be read
    // so, and ask() is to be taken; what take() got until then does not count.
    Status each_match(const Piece& piece, const std::function<Status(RowGroup&, const RowNumbers&)>& take);
    // The row group where the position lies, of a segment; nothing: in none. Valid until the next call.
    Result<RowGroup*> row_group_of(const SegmentFile& segment, std::int64_t position);
    // Only what comes behind it, for each_match().
    void start_after(const PageCursor& cursor, Order order) { test_.start_after(cursor, order); }

    // Progress: `done` of `total` pieces' rows are read.
    void progress(std::uint64_t done, std::uint64_t total);
    // Its error when the question is cancelled or over its time.
    Status check();

    [[nodiscard]] const Question& question() const { return *question_; }
    [[nodiscard]] const Snapshot& snapshot() const { return asked_->snapshot; }
    [[nodiscard]] duck::Connection& connection() { return connection_; }

private:
    std::optional<Piece> part_of(const Piece& place, const Result<BlockSet>& blocks) const;
    // The blocks of a segment's filter that come into question; an error: there is no filter to ask.
    Result<BlockSet> blocks_of(const Piece& place) const;
    Run(const Asked& asked, const Question& question, duck::Connection connection);
    Error meaning_of(Error error, const Piece* piece);
    Result<RowGroup*> row_group(const SegmentFile& segment, std::size_t number);

    const Asked* asked_;
    const Question* question_;
    duck::Connection connection_;
    Condition condition_;
    RowTest test_;
    // Row groups whose pages are unpacked, the last one first.
    struct Held {
        const SegmentFile* segment;
        std::size_t number;
        RowGroup group;
    };
    std::list<Held> held_;
    // Files of segments, the last one first.
    std::list<std::pair<const SegmentFile*, std::shared_ptr<const File>>> files_;
    Time began_;
    double progress_ = 0;
    bool stopped_ = false;  // by check(): the error is its own
};

// Names of all columns, in the order of columns().
const std::string& all_columns();

}  // namespace vg::store::archive
