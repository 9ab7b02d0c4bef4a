// The filter of a segment: a small file beside the Parquet file that says in which blocks (row groups) a word, a piece of
// text, a field's value, an address or another indicator may be, so that a question opens only those. It errs only towards
// too many blocks, never too few. filter_format.h has the bytes, docs/decisions/0002-archive-format.md the reasons.
//
// What the filter knows is folded text (vg::fold): a question in exact letters is asked folded, and the events decide.
// Built by one thread while a segment is written; a FilterView is immutable and read by any number of threads.
//
//   FilterBuilder builder{{.seed = seed}};
//   for (...) { builder.add(position, event); if (row group is full) builder.end_block(); }
//   TRY(write_whole(disk, path, builder.finish()));
//   auto view = TRY(FilterView::open(disk, path));
//   const BlockSet blocks = TRY(candidate_blocks(*view, query));   // an error: the filter is damaged, read every block
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ip.h"
#include "base/result.h"
#include "event/event.h"
#include "event/record.h"
#include "search/query.h"
#include "store/disk.h"

namespace vg::store::archive {

// Some of the blocks 0..size()-1 of a segment.
class BlockSet {
public:
    explicit BlockSet(std::size_t size = 0, bool all = false);
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool has(std::size_t block) const { return block < size_ && (words_[block / 64] >> (block % 64) & 1) != 0; }
    void add(std::size_t block) { words_[block / 64] |= std::uint64_t{1} << (block % 64); }
    [[nodiscard]] bool empty() const;
    [[nodiscard]] std::size_t count() const;
    [[nodiscard]] std::vector<std::uint32_t> list() const;  // ascending
    BlockSet& operator&=(const BlockSet& other);            // of equal size
    BlockSet& operator|=(const BlockSet& other);
    friend bool operator==(const BlockSet&, const BlockSet&) = default;
    [[nodiscard]] std::span<std::uint64_t> words() { return words_; }

private:
    std::size_t size_ = 0;
    std::vector<std::uint64_t> words_;
};

// A block is a row group: which rows it has, and between which positions and times they lie.
struct BlockFacts {
    std::uint32_t rows = 0;
    event::Position first, last;
    Time occurred_first, occurred_last;  // least and greatest
    Time received_first, received_last;
};

// Text that must stand in one field of an event, folded by vg::fold; whole characters.
struct Needle {
    std::string_view folded;
    // What stands before it in the field is no letter or digit: the field begins there, or a whole word was asked for.
    bool begins_word = false;
    bool ends_word = false;
};

// Kinds of indicators whose values a segment lists. Each value is found wherever it stands: as a field or in its text.
enum class Indicator : std::uint8_t { address4, address6, name, hash, url, mail };
inline constexpr std::size_t kIndicators = 6;

struct FilterOptions {
    std::uint64_t seed = 0;                      // of one archive: the same for all its segments; kept in the file
    std::size_t most_values = std::size_t{4} << 20;  // (value, block) pairs of a kind; beyond, the kind is not complete
};

class FilterBuilder {
public:
    explicit FilterBuilder(FilterOptions options);
    ~FilterBuilder();
    FilterBuilder(const FilterBuilder&) = delete;
    FilterBuilder& operator=(const FilterBuilder&) = delete;

    // One event of the block in hand. Every field is taken, by its name.
    void add(event::Position position, const event::Event& event);
    // Beside the last event: a field that is not among event.fields ("peer", "format").
    void add_field(std::string_view name, std::string_view text);
    // So many rows as are worth looking at together; without effect when the block is empty, and in the last of kMostBlocks.
    void end_block();
    [[nodiscard]] std::size_t blocks() const;
    // The file. Ends the block in hand. The builder is empty afterwards and may be used for the next segment.
    [[nodiscard]] std::string finish();
    [[nodiscard]] std::size_t memory_bytes() const;

private:
    void close_block();
    struct State;
    std::unique_ptr<State> state_;
};

inline constexpr std::size_t kMostBlocks = 4096;

class FilterView {
public:
    // Reads head and tables (a few KiB); the rest is read and checked page by page when it is asked for. Code::corrupt:
    // the file is not one of ours or is damaged.
    static Result<std::shared_ptr<const FilterView>> open(Disk& disk, const std::string& path);
    static Result<std::shared_ptr<const FilterView>> open(std::unique_ptr<File> file);
    virtual ~FilterView() = default;

    [[nodiscard]] virtual std::size_t blocks() const = 0;
    [[nodiscard]] virtual const BlockFacts& facts(std::size_t block) const = 0;
    [[nodiscard]] virtual std::uint64_t seed() const = 0;
    [[nodiscard]] virtual std::uint64_t bytes() const = 0;
    [[nodiscard]] BlockSet all() const { return BlockSet(blocks(), true); }
    // Blocks with a row whose occurred time may be in from <= t < to.
    [[nodiscard]] BlockSet occurred_between(Time from, Time to) const;

    // Blocks where a field of an event may contain the text.
    [[nodiscard]] virtual Result<BlockSet> may_contain(const Needle& needle) const = 0;
    // Blocks where the field of that name may have that value, compared folded. The value whole.
    [[nodiscard]] virtual Result<BlockSet> may_have(std::string_view field, std::string_view folded_value) const = 0;
    // Blocks where a field of type address may lie in the network, or a text may name an address of it.
    [[nodiscard]] virtual Result<BlockSet> addresses_in(const Network& network) const = 0;
    [[nodiscard]] virtual Result<BlockSet> addresses_between(const Address& low, const Address& high) const = 0;
    // Blocks where the indicator stands. A name is found below it too: "example.org" is in "www.example.org".
    [[nodiscard]] virtual Result<BlockSet> has_indicator(Indicator kind, std::string_view value) const = 0;
    // The same for a key of filter_values.h, or for any of a range of them.
    [[nodiscard]] virtual Result<BlockSet> has_keys(Indicator kind, std::uint64_t first, std::uint64_t last) const = 0;

    // The distinct values of a kind, ascending, as keys of filter_values.h, in pieces: what a hunt for very many indicators
    // runs through. False from `take` ends it. complete() false: there were more values than are kept, and only the
    // events can tell.
    [[nodiscard]] virtual Status each_key(Indicator kind, const std::function<bool(std::span<const std::uint64_t>)>& take) const = 0;
    [[nodiscard]] virtual bool complete(Indicator kind) const = 0;
    [[nodiscard]] virtual std::uint64_t distinct(Indicator kind) const = 0;

    // Reads and checks every page.
    [[nodiscard]] virtual Status verify() const = 0;
};

// Where an event that matches the query may be: of AND the common blocks, of OR all of either, of NOT every block; a
// condition that the filter knows nothing about: every block. Only the query: time ranges by occurred_between().
Result<BlockSet> candidate_blocks(const FilterView& view, const search::Query& query);

}  // namespace vg::store::archive
