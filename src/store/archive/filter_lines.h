// The line filters of filter_format.h while they are built: one for each block, plain Bloom filters of 2^log lines, which are
// halved as long as they stay half empty; written turned, one bit a block. One thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "store/archive/filter_format.h"

namespace vg::store::archive::filter {

class Lines {
public:
    Lines() { begin(kMostLinesLog); }

    // Sets `bits` rows for each hash; always the same number for one filter.
    template <int bits>
    void add(std::span<const std::uint64_t> hashes) {
        std::uint64_t* const lines = now_.data();
        const std::uint32_t log = log_;
        // The lines are often not in the nearest cache: all are called for before the first is touched.
        for (const std::uint64_t hash : hashes) __builtin_prefetch(lines + line_of(hash, log) * (kRows / 64), 1);
        for (const std::uint64_t hash : hashes) {
            std::uint64_t* const line = lines + line_of(hash, log) * (kRows / 64);
            std::uint64_t rows = rows_of(hash);
#pragma GCC unroll 8
            for (int i = 0; i < bits; ++i, rows >>= 9) line[(rows >> 6) & 7] |= std::uint64_t{1} << (rows & 63);
        }
    }
    // The block is complete; the next one begins as large as this one needed, with room.
    void end_block();
    [[nodiscard]] std::size_t memory_bytes() const;
    // Appends the turned lines of all blocks and starts anew. The logarithm of their number.
    std::uint32_t write(std::string& out);

private:
    void begin(std::uint32_t log);
    std::uint32_t log_ = 0;
    std::vector<std::uint64_t> now_;
    std::vector<std::vector<std::uint64_t>> blocks_;
};

}  // namespace vg::store::archive::filter
