// Writes a Parquet file: columns of whole numbers, times, booleans, texts, and lists of pairs of texts; row groups of equal
// size, zstd; one page a column, or several where it says so. Each value that stands often in a row group is kept once (a dictionary); numbers else as
// differences. Any Parquet tool reads it. One thread.
//
//   parquet::Writer writer{*file, {{"position", Kind::integer}, {"text", Kind::text}}, {.rows_in_group = 16'384}};
//   for (...) {
//       writer.column(0).integer(7);
//       writer.column(1).text("x");        // or nulls()
//       TRY(writer.end_rows(1));           // each column has one more value
//   }
//   TRY(writer.finish({{"key", "value"}}));
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/archive/parquet_format.h"
#include "store/disk.h"

namespace vg::store::archive::parquet {

enum class Kind : std::uint8_t { boolean, integer, time, text, map, list };  // list: of structs of name and value

struct ColumnSpec {
    std::string name;
    Kind kind;
    // Several pages of WriterOptions::rows_in_page rows, so that one row is read without the others; a dictionary, which
    // every reader has to unpack whole, only where it is small.
    bool paged = false;
};

// The distinct texts of a column, each once, as a page of Parquet has them: a length of four bytes, the bytes.
class Dictionary {
public:
    explicit Dictionary(std::uint64_t seed) : seed_(seed) {}
    // The text's number; numbers count from 0.
    std::uint32_t of(std::string_view text);
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] std::string_view at(std::uint32_t index) const { return {plain_.data() + entries_[index].offset, entries_[index].length}; }
    [[nodiscard]] const std::string& plain() const { return plain_; }
    void clear();

private:
    struct Entry {
        std::size_t offset;
        std::uint32_t length;
        std::uint32_t hash;
    };
    void grow();
    std::uint64_t seed_;
    std::string plain_;
    std::vector<Entry> entries_;
    std::vector<std::uint32_t> slots_;  // numbers + 1; 0: free
    std::uint32_t last_ = 0;
};

// Values of one column of the row group in hand.
class Column {
public:
    Column(const ColumnSpec& spec, std::uint64_t seed);
    [[nodiscard]] Kind kind() const { return kind_; }

    // As fits the kind. A row is one of these, or all pairs of a list, or nulls.
    void nulls(std::size_t rows = 1);
    void integer(std::int64_t value);  // also a time in microseconds
    void boolean(bool value);
    void text(std::string_view value);
    void pair(bool first_of_row, std::string_view name, std::string_view value, bool has_value);
    void empty_list();

    [[nodiscard]] std::size_t held() const { return texts_.plain().size() + names_.plain().size() + 4 * (indices_.size() + name_indices_.size()) + 8 * integers_.size(); }

private:
    friend class Writer;
    [[nodiscard]] bool is_list() const { return kind_ == Kind::map || kind_ == Kind::list; }
    void end_page();
    void clear();
    Kind kind_;
    bool paged_;
    Hybrid definition_, repetition_, name_definition_;
    // A page that has ended: its levels, and where it ends among the column's values of the row group.
    struct Cut {
        std::string repetition, definition, name_definition;
        std::size_t values, nulls, texts, names, integers, booleans;
    };
    std::vector<Cut> cuts_;
    std::size_t values_ = 0, nulls_ = 0;    // values: also those that are null
    std::vector<std::int64_t> integers_;
    std::vector<std::uint8_t> booleans_;
    Dictionary texts_, names_;              // names: first of a pair
    std::vector<std::uint32_t> indices_, name_indices_;
    std::size_t text_bytes_ = 0, name_bytes_ = 0;  // when each value stood as itself
};

struct WriterOptions {
    std::size_t rows_in_group = 16'384;
    std::size_t rows_in_page = 1024;  // of a column that is paged
    // A row group with more bytes ends early.
    std::size_t most_bytes = std::size_t{512} << 20;
    int level = 1;           // of zstd
    std::uint64_t seed = 0;  // of the tables of texts; senders choose the texts
};

class Writer {
public:
    Writer(File& file, std::vector<ColumnSpec> columns, WriterOptions options);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    [[nodiscard]] Column& column(std::size_t index) { return columns_[index]; }
    // Rows that the page and the row group in hand still take.
    [[nodiscard]] std::size_t room() const { return std::min(options_.rows_in_group - rows_, options_.rows_in_page - rows_ % options_.rows_in_page); }
    // Each column has that many rows more, at most room(). True: the row group is written.
    Result<bool> end_rows(std::size_t rows);
    // The end of the file. Nothing is synced.
    Status finish(std::span<const std::pair<std::string, std::string>> key_values);
    [[nodiscard]] const std::vector<std::uint64_t>& groups() const { return groups_; }  // rows of each

private:
    struct Packing;
    struct Leaf;
    Status end_group();
    void write_column(std::size_t index);
    void write_leaf(const Leaf& leaf);
    void write_schema(Thrift& meta) const;

    File* file_;
    std::vector<ColumnSpec> specs_;
    WriterOptions options_;
    std::vector<Column> columns_;
    std::unique_ptr<Packing> packing_;
    std::size_t rows_ = 0;
    std::vector<std::uint64_t> groups_;
    std::uint64_t offset_ = 0;             // of what is in the file already
    std::string out_, page_;               // not yet in the file; a page in the making
    std::string groups_meta_, chunks_meta_;  // Thrift, of all row groups and of the one in hand
    std::size_t chunks_ = 0;
    std::int64_t group_bytes_ = 0;
};

}  // namespace vg::store::archive::parquet
