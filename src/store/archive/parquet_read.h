// Reads single pages of a Parquet file: where its column chunks are, and the values of the pages that hold the rows wanted.
// What DuckDB and parquet_write.h write of texts, whole numbers, times, booleans and lists of pairs of texts: pages of
// version 1, as themselves, by dictionary or by differences, zstd or not packed. Anything else is Code::bad_input, damage is
// Code::corrupt: the caller then asks DuckDB. Bytes may be hostile.
//
//   const auto layout = TRY(parquet::read_layout(file, {"position", "message", "native.key_value.key"}));
//   parquet::LeafReader message{file, *layout, group, 1};
//   const parquet::Values& values = TRY(message.page_of(row)).get();
//   if (const auto text = values.text(row - values.first_row)) ...
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/disk.h"

namespace vg::store::archive::parquet {

enum class Type : std::uint8_t { boolean, int64, byte_array, other };

// A column, or one of the two columns that a list of pairs is made of.
struct LeafInfo {
    bool known = false;       // the file has it
    Type type = Type::other;
    std::uint8_t definition = 0, repetition = 0;  // greatest levels; repetition 1: a list
    std::uint8_t element = 0;  // definition from which on an entry of the list is there
};

struct ChunkInfo {
    std::uint64_t offset = 0;
    std::uint32_t bytes = 0, values = 0;
    std::uint16_t leaf = 0;
    bool packed = false;  // zstd
};

struct GroupInfo {
    std::uint32_t rows = 0;
    std::optional<std::pair<std::int64_t, std::int64_t>> bounds;  // least and greatest of leaf 0, where the file says them
    std::uint32_t first_chunk = 0, chunks = 0;  // in Layout::chunks
};

// Immutable; any thread. Chunks without any value are left out.
struct Layout {
    std::vector<LeafInfo> leaves;  // as asked for
    std::vector<GroupInfo> groups;
    std::vector<ChunkInfo> chunks;  // of a group by leaf
    bool even_pages = false;  // parquet_write.h made it: of a list's pages in a row group, all but the last have as many rows
    [[nodiscard]] const ChunkInfo* chunk(std::size_t group, std::size_t leaf) const;
    [[nodiscard]] std::size_t memory_bytes() const { return sizeof *this + chunks.capacity() * sizeof(ChunkInfo) + groups.capacity() * sizeof(GroupInfo); }
};

// `leaves`: paths with dots between their parts. At most 65,535.
Result<std::shared_ptr<const Layout>> read_layout(const File& file, std::span<const std::string> leaves);

// The distinct values of a chunk. Views into its bytes.
struct Distinct {
    std::unique_ptr<char[]> bytes;
    std::vector<std::string_view> texts;
    std::vector<std::int64_t> numbers;
};

// The values of one page, of some rows of it, or of a chunk that has none. Rows count from first_row of the row group.
struct Values {
    static constexpr std::uint32_t kNull = UINT32_MAX;
    std::size_t first_row = 0, rows = 0;
    // Per value: its place in texts, numbers or, with `distinct`, among these; or kNull. Empty: all are null.
    std::vector<std::uint32_t> places;
    std::vector<std::string_view> texts;
    std::vector<std::int64_t> numbers;
    const Distinct* distinct = nullptr;
    std::vector<std::uint32_t> begins;  // of lists: where the entries of each row begin among places; one more at the end

    [[nodiscard]] std::string_view text_at(std::uint32_t place) const { return distinct != nullptr ? distinct->texts[place] : texts[place]; }
    [[nodiscard]] std::int64_t number_at(std::uint32_t place) const { return distinct != nullptr ? distinct->numbers[place] : numbers[place]; }
    // Of a row counted from first_row; not of lists.
    [[nodiscard]] std::uint32_t place(std::size_t row) const { return places.empty() ? kNull : places[row]; }
    [[nodiscard]] std::optional<std::string_view> text(std::size_t row) const {
        const std::uint32_t at = place(row);
        if (at == kNull) return std::nullopt;
        return text_at(at);
    }
    [[nodiscard]] std::optional<std::int64_t> number(std::size_t row) const {
        const std::uint32_t at = place(row);
        if (at == kNull) return std::nullopt;
        return number_at(at);
    }
    [[nodiscard]] std::size_t memory_bytes() const { return 4 * (places.capacity() + begins.capacity()) + 16 * texts.capacity() + 8 * numbers.capacity(); }
};

struct Presence;

// The value of one row, if it has one: as text or as number, by the column's type.
struct One {
    bool has = false;
    std::string_view text;
    std::int64_t number = 0;
};

// The pages of one leaf in one row group; each is unpacked when a row of it is asked for, and kept; of large ones the rows
// around that one are listed. One thread.
class LeafReader {
public:
    // File and layout outlive it, and so does `names`: of a list of pairs the leaf before this one, whose pages have the same
    // rows and cost less to count.
    LeafReader(const File& file, const Layout& layout, std::size_t group, std::size_t leaf, LeafReader* names = nullptr);
    // False: no row of the row group has a value; nothing needs to be read.
    [[nodiscard]] bool has_values() const { return chunk_ != nullptr; }
    [[nodiscard]] const LeafInfo& info() const { return *info_; }
    // What is listed at once and holds the row; valid as long as this is.
    Result<std::reference_wrapper<const Values>> page_of(std::size_t row);
    // What all its values are among, if the file keeps each of them once: nullptr otherwise. Valid as long as this is.
    Result<const Distinct*> distinct();
    // The value of the row, not of lists; valid as long as this is. Few rows of a page are looked up where they stand in it,
    // without a list of all its values: those of an event that is shown are two hundred columns' and one row's.
    Result<One> one_of(std::size_t row);
    // The same of lists of texts: those of the row.
    Result<std::vector<std::optional<std::string_view>>> list_of(std::size_t row);
    [[nodiscard]] std::size_t memory_bytes() const { return memory_; }

private:
    // A page as it stands in the file.
    struct Body {
        std::size_t at = 0, packed = 0, unpacked = 0;  // of its bytes in the chunk
        std::uint32_t values = 0, encoding = 0;
        std::unique_ptr<char[]> bytes = nullptr;   // once unpacked
        std::size_t walked = 0, walked_bytes = 0;  // of texts as themselves: so many have been walked over, they take so many bytes
    };
    // A page, or kWindow rows of one that is no list's: what is listed at once.
    struct Page {
        std::size_t body = 0, skip = 0;  // in bodies_; rows of it that stand before
        std::size_t first_row = 0, rows = 0;
        std::uint32_t looked_up = 0;  // rows, by one_of
        std::unique_ptr<Values> read = nullptr;
    };
    Status open();
    Status find_pages();
    Status locate(std::size_t row);
    void place_evenly(std::size_t rows_in_page);
    Result<std::size_t> rows_in_first_page();
    Result<Page*> page_with(std::size_t row);
    Result<One> look_up(const Page& page, std::size_t row);
    Result<std::vector<std::optional<std::string_view>>> look_up_list(const Page& page, std::size_t row);
    Result<std::vector<std::string_view>> texts_from(Body& body, std::string_view bytes, std::size_t before, std::size_t count) const;
    Result<std::string_view> chunk_at(std::size_t at, std::size_t bytes, std::string& held) const;
    Status read_distinct(const Body& body);
    Result<std::string_view> bytes_of(Body& body);
    Status unpack(const Body& body, char* into, std::size_t at_most) const;
    Result<std::size_t> count_rows(Body& body);
    Status read(Page& page);
    Status read_texts(Body& body, std::string_view bytes, std::size_t before, std::size_t count, std::vector<std::string_view>& into) const;
    Status read_values(Body& body, std::string_view bytes, const Presence& presence, std::size_t count, Values& into) const;

    const File* file_;
    const LeafInfo* info_;
    const ChunkInfo* chunk_;
    LeafReader* names_;
    std::size_t group_rows_;
    bool even_pages_;
    bool opened_ = false;
    std::string chunk_bytes_;  // of a small chunk
    std::vector<Body> bodies_;
    std::vector<Page> pages_;
    std::size_t located_ = 0;  // pages, from the first on, whose rows are known
    std::size_t last_ = 0;
    Distinct distinct_;
    bool has_distinct_ = false;
    Values none_;
    std::size_t memory_ = 0;
};

}  // namespace vg::store::archive::parquet
