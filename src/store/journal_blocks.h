// The format of segment files, version 1. Inside of store only: journal_*.cpp use it.
//
// data/journal/
//   identity                     text: format version, journal id, salt, checksum
//   retention                    text: everything before a position was deleted by retention; signed
//   00000000000000012345.seg     a segment; the name is the position of its first record
//
// A segment is a sequence of blocks. Each begins at a multiple of 512 and is filled up with zeros to a multiple of 512,
// so that a sector torn by a power cut never holds a byte that was synced before. All integers are little-endian.
//
//    0  u64 magic      "VGsegmt1" for a header; else the segment's own, made from salt and first position, so that no
//                      sender can plant something that looks like a block inside a record
//    8  u64 checksum   xxh3 of bytes 16 to the end of the block; the seed is made like the magic (0 for a header)
//   16  u32 stored     bytes of the payload
//   20  u32 raw        bytes of the payload when unpacked
//   24  u32 count      records in the block
//   28  u8 kind, u8 flags (1: payload is zstd, 2: last group of its call), u16 0
//   32  u64 first      position of the first record; for other kinds: of the next record to come
//   40  u64 durable    every position before it was acknowledged before this block was written
//   48  i64 low, i64 high   range of received times, microseconds
//   64  32 bytes       SHA-256 of the whole block before this one; in a header: of the last block of the segment before
//   96  payload
//
// kind 1 header      u32 version, 16 bytes journal id, u64 salt, i64 made
// kind 2 group       records, see journal_records.h
// kind 3 checkpoint  32 bytes public key, 64 bytes Ed25519 signature, i64 when
// kind 4 close       public key, signature, u64 first position of the segment, u64 groups, u64 offset of the last call's
//                    first block, u32 n, n times (u64 position, u64 offset) of groups, zeros, u64 bytes of this block,
//                    "VGJclose". Stands at the end of a closed segment and is found from there.
//
// A signature covers "vonggac journal checkpoint 1\n" and bytes 16 to the end of its block, with zeros in place of the
// signature. As each block holds the hash of the one before, it vouches for all blocks of the segment so far, for the
// hash that the header states of the segment before, and for all that chain on to it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "store/journal.h"

namespace vg::store::journal {

inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kSector = 512;
inline constexpr std::size_t kHeadBytes = 96;
inline constexpr std::size_t kMostRecordBytes = std::size_t{64} << 20;   // of one record
inline constexpr std::size_t kMostGroupRaw = std::size_t{66} << 20;      // one such record and its envelope
inline constexpr std::size_t kMostStored = std::size_t{68} << 20;        // the same, if it does not compress
inline constexpr std::size_t kMostGroupRecords = 16384;
inline constexpr std::uint64_t kMostPosition = std::uint64_t{1} << 62;  // far beyond what any node takes in; keeps sums from wrapping

enum class Kind : std::uint8_t { header = 1, group = 2, checkpoint = 3, close = 4 };

struct Head {
    Kind kind = Kind::group;
    bool packed = false;
    bool last_of_call = false;
    std::uint32_t stored = 0, raw = 0, count = 0;
    std::uint64_t first = 0, durable = 0;
    Time low, high;
    Sha256 previous{};
};

// What journal id and salt make of a segment: how its blocks are recognised.
struct Marks {
    std::string magic;  // 8 bytes
    std::uint64_t seed = 0;
};
Marks marks_of(std::uint64_t salt, std::uint64_t first_of_segment);

std::size_t block_bytes(std::size_t stored);  // head, payload and filling

// The head of a block, whose 96 bytes are there; nothing when a bound is broken. Checks neither magic nor checksum.
std::optional<Head> read_head(std::string_view block);

// Begins a block at the end of `out`: room for the head. finish_block() fills it in, with payload appended meanwhile.
std::size_t begin_block(std::string& out);
// The SHA-256 of the finished block. `key` signs checkpoints and closes.
Result<Sha256> finish_block(std::string& out, std::size_t start, Head head, const Marks& marks, const SigningKey& key);

Result<Sha256> put_header(std::string& out, const Uuid& journal, std::uint64_t salt, std::uint64_t first, const Sha256& previous, Time now);
Result<Sha256> put_checkpoint(std::string& out, const Marks& marks, const SigningKey& key, std::uint64_t next, std::uint64_t durable,
                              const Sha256& previous, Time now);

// Where some groups of a segment begin: enough to find any position with little reading. At most 512 entries: when
// full, every second one is dropped.
class SparseIndex {
public:
    struct Entry {
        std::uint64_t position = 0, offset = 0;
    };
    void add(Entry group);
    // The offset of a group at or before the position; 0 when none is known.
    [[nodiscard]] std::uint64_t find(std::uint64_t position) const;
    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

private:
    std::vector<Entry> entries_;
    std::uint64_t stride_ = 1, seen_ = 0;
};

struct Closing {
    Time low, high;
    std::uint64_t first = 0, end = 0, groups = 0, call_offset = 0, durable = 0;
    Sha256 previous{};
    SparseIndex index;
    std::uint64_t offset = 0;  // of the close block; set when read
    Sha256 hash{};             // of the close block; set when read
};
Result<Sha256> put_close(std::string& out, const Marks& marks, const SigningKey& key, const Closing& closing);
// Reads the close block at the end of a segment. Code::not_found: the segment was never closed.
Result<Closing> read_close(const File& file, std::uint64_t size, const Marks& marks);

struct HeaderFacts {
    std::uint32_t version = 0;
    Uuid journal{};
    std::uint64_t salt = 0;
};
Result<HeaderFacts> parse_header(std::string_view block);

// Checks the signature of a checkpoint or close block, made with any key; the key it names.
std::string_view named_key(std::string_view block);
bool signature_fits(std::string_view block, std::string_view public_key);

// Walks over the blocks of one segment, and over whatever stands there instead. Used by one thread.
class BlockCursor {
public:
    struct Item {
        bool gap = false;           // bytes that are no block; else a block whose checksum is right
        std::uint64_t offset = 0, length = 0;
        Head head;
        std::string_view bytes;     // the whole block; valid until the next call
        std::string reason;         // of a gap
        bool unreadable = false;    // of a gap: the disk gave an error there, rather than wrong bytes
        [[nodiscard]] std::string_view payload() const { return bytes.substr(kHeadBytes, head.stored); }
    };

    // Reads bytes from `offset` to `limit`. With `over_errors` a region that cannot be read is a gap instead of an error.
    BlockCursor(const File& file, Marks marks, std::uint64_t offset, std::uint64_t limit, bool over_errors);

    // Nothing at the limit.
    Result<std::optional<Item>> next();
    void set_limit(std::uint64_t limit) { limit_ = limit; }
    void set_over_errors(bool over_errors) { over_errors_ = over_errors; }
    [[nodiscard]] std::uint64_t offset() const { return offset_; }

private:
    Result<std::string_view> bytes_at(std::uint64_t offset, std::size_t length);
    // The block at the offset, or why there is none.
    Result<Item> block_at(std::uint64_t offset);

    const File& file_;
    Marks marks_;
    std::uint64_t offset_, limit_;
    bool over_errors_;
    std::string chunk_;
    std::uint64_t chunk_offset_ = 0;
    std::size_t chunk_wish_ = std::size_t{128} << 10;
};

}  // namespace vg::store::journal
