// Rows of segments without DuckDB: which rows of a row group a question wants, and rows as events. Only the pages that are
// needed are unpacked: those of a term's columns, where rows are left that no cheaper term took away. The answers are those
// of ask_sql.h's statements. Code::bad_input or Code::corrupt: this cannot be read here; DuckDB is asked and says why.
//
//   RowGroup group{file, TRY(read_segment_layout(*file)), number};
//   const auto rows = TRY(group.rows_between(first, last));
//   const auto found = TRY(RowTest{question, journal}.select(group, rows));
//   for (const std::uint32_t row : found) take(TRY(group.event(row)));
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "search/query.h"
#include "search/tree.h"
#include "store/archive.h"
#include "store/archive/columns.h"
#include "store/archive/parquet_read.h"
#include "store/segments.h"

namespace vg::store::archive {

// Leaves of a segment's file as parquet::read_layout() is asked for them: place() of a column is its leaf; native and rest
// have two each, of which this is the first.
const std::vector<std::string>& leaf_paths();
std::size_t native_leaf();
std::size_t rest_leaf();

// Where the values of a segment's file stand. Code::bad_input: a column has another type than ours.
Result<std::shared_ptr<const parquet::Layout>> read_segment_layout(const File& file);

using RowNumbers = std::vector<std::uint32_t>;  // within a row group, ascending

// One row group. One thread.
class RowGroup {
public:
    RowGroup(std::shared_ptr<const File> file, std::shared_ptr<const parquet::Layout> layout, std::size_t number);

    [[nodiscard]] std::size_t rows() const { return layout_->groups[number_].rows; }
    parquet::LeafReader& leaf(std::size_t leaf);
    // The rows whose positions are first..last.
    Result<RowNumbers> rows_between(std::int64_t first, std::int64_t last);
    // A number or time that is never null.
    Result<std::int64_t> number(Own own, std::size_t row);
    Result<FoundEvent> event(std::size_t row);
    [[nodiscard]] std::size_t memory_bytes() const;

private:
    std::shared_ptr<const File> file_;
    std::shared_ptr<const parquet::Layout> layout_;
    std::size_t number_;
    std::vector<std::unique_ptr<parquet::LeafReader>> leaves_;
};

// Of the rows those that are worth being read whole (segments.h).
Result<RowNumbers> rows_worth(RowGroup& group, RowNumbers rows, const Worth& worth);

// What a question wants of rows. One thread; the question outlives it.
class RowTest {
public:
    RowTest(const Question& question, std::string journal) : question_(&question), journal_(std::move(journal)) {}
    // Only what comes behind it in the order asked for.
    void start_after(const PageCursor& cursor, Order order) {
        cursor_ = cursor;
        order_ = order;
    }
    // Those of the rows that are wanted.
    Result<RowNumbers> select(RowGroup& group, RowNumbers rows);

private:
    Result<RowNumbers> in_scope(RowGroup& group, const RowNumbers& rows);
    Result<RowNumbers> node(const search::Node& node, RowGroup& group, RowNumbers rows);
    Result<RowNumbers> term(const search::Term& term, RowGroup& group, RowNumbers rows);

    const Question* question_;
    std::string journal_;
    std::optional<PageCursor> cursor_;
    Order order_ = Order::newest_first;
    search::Scratch scratch_;
};

}  // namespace vg::store::archive
