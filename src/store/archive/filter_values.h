// The distinct indicator keys of a segment, packed: pages of 256 ascending keys (the first in a table, then the differences in
// as many bits as the greatest needs), and for each key the blocks it is in. About 3 bytes a key. One thread writes.
//
// A page's keys: one byte, the bits of a difference; the differences, from the lowest bit. Postings of a key: a varint p;
// p < blocks: that block alone; p == blocks: a bit for each block; else p - blocks + 1 blocks, the first and the differences.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/archive/filter_format.h"

namespace vg::store::archive::filter {

// Collects (key, block) pairs of one kind.
class Values {
public:
    void add(std::uint64_t key, std::uint32_t block);
    // Beyond that many pairs the kind is given up; blocks are then not known.
    void set_most(std::size_t most) { most_ = most; }
    void give_up() { complete_ = false; }
    [[nodiscard]] std::size_t memory_bytes() const { return pairs_.capacity() * sizeof(Pair); }
    // Appends table, keys and postings, and starts anew. Offsets are those in `out`.
    ValueSection write(std::size_t blocks, std::string& out);

private:
    struct Pair {
        std::uint64_t key;
        std::uint32_t block;
        friend auto operator<=>(const Pair&, const Pair&) = default;
    };
    void compact();
    std::vector<Pair> pairs_;
    std::size_t most_ = std::size_t{4} << 20, sorted_ = 0;
    bool complete_ = true;
};

// Decodes `count` keys of a page that begins with `first`. False: the bytes are not a page.
bool unpack_keys(std::string_view page, std::uint64_t first, std::size_t count, std::vector<std::uint64_t>& keys);
// Reads the postings of one key and moves on; they are added to `to` unless it is null. False: the bytes are none.
bool unpack_posting(std::string_view& bytes, std::size_t blocks, BlockSet* to);

}  // namespace vg::store::archive::filter
