// The bytes of a filter file, shared by its builder and its reader. All integers little-endian.
//
//   head    Head (kHeadBytes) · facts of each block (kFactsBytes each) · a 32-bit checksum of each page of the body ·
//           64-bit checksum of all that (xxh3). Filled up with zeros to a whole page.
//   body    words: lines of 512 rows, one bit a block · grams: the same · of each kind of indicator: page table, keys, postings
//
// A line filter is a blocked Bloom filter turned by a quarter: a hash chooses a line and kWordBits (kGramBits) of its 512
// rows; a row has one bit for each block. So one short read tells for all blocks whether a word may be in them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/archive/filter.h"

namespace vg::store::archive::filter {

inline constexpr std::string_view kMagic = "VGFILTER";
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kPage = 4096;          // what one checksum covers
inline constexpr std::size_t kHeadBytes = 320;
inline constexpr std::size_t kFactsBytes = 52;
inline constexpr std::size_t kMostHead = std::size_t{64} << 20;
inline constexpr std::size_t kRows = 512;           // of a line
inline constexpr int kWordBits = 6, kGramBits = 4;  // rows of a line that one hash sets
inline constexpr std::size_t kGram = 4;             // bytes of a piece of text that is looked up
inline constexpr std::size_t kMostValue = 256;      // folded bytes of a value that is known whole with its field
inline constexpr std::size_t kKeysInPage = 256;     // of indicator keys
inline constexpr std::size_t kKeyEntryBytes = 16;   // of the page table: first key, offset of keys, of postings
inline constexpr int kMostLinesLog = 13;            // 2^13 lines of 512 bits: 512 KiB while a block is built

// Where the lines of a filter are. lines = 2^log.
struct LineSection {
    std::uint64_t offset = 0;
    std::uint32_t log = 0;
};
struct ValueSection {
    std::uint64_t table = 0, keys = 0, postings = 0, end = 0;  // offsets; each part reaches to the next
    std::uint64_t distinct = 0;
    bool complete = true;
};
struct Head {
    std::uint32_t blocks = 0;
    std::uint64_t seed = 0;
    std::uint64_t file_bytes = 0;
    std::uint64_t body = 0;                         // offset of its first page
    LineSection words, grams;
    std::array<ValueSection, kIndicators> values;
};

// The line that a hash chooses, and its rows.
inline std::size_t line_of(std::uint64_t hash, std::uint32_t log) { return log == 0 ? 0 : static_cast<std::size_t>(hash >> (64 - log)); }
inline std::uint64_t rows_of(std::uint64_t hash) { return (hash * 0x9e3779b97f4a7c15ULL) ^ (hash >> 29); }  // 9 bits a row, from below

inline std::uint64_t gram_hash(std::uint32_t gram, std::uint64_t seed) {
    std::uint64_t hash = (gram ^ seed) * 0xff51afd7ed558ccdULL;
    hash ^= hash >> 32;
    hash *= 0xc4ceb9fe1a85ec53ULL;
    return hash ^ (hash >> 29);
}

// Blanks and control characters; no gram and no word reaches over one.
inline bool is_blank(char c) { return static_cast<unsigned char>(c) <= 0x20; }

// The head's bytes with facts, checksums of the body's pages and zeros up to a whole page. Fills in body and file_bytes;
// offsets of the sections in `head` are from the body's beginning, in the file and when parsed from the file's.
std::string write_head(Head head, std::span<const BlockFacts> facts, std::string_view body);
struct ParsedHead {
    Head head;
    std::vector<BlockFacts> facts;
    std::vector<std::uint32_t> sums;  // of the body's pages
};
// How long the head is, from the file's first kHeadBytes; then the whole of it.
Result<std::size_t> head_length(std::string_view first);
Result<ParsedHead> parse_head(std::string_view bytes);
std::uint32_t page_sum(std::string_view page, std::size_t number);

// Bytes of a line in the file: a bit for each row and block.
inline std::size_t line_bytes(std::size_t blocks) { return kRows * blocks / 8; }

}  // namespace vg::store::archive::filter
