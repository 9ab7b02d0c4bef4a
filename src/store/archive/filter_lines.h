// The line filters of filter_format.h while they are built: one for each block, plain Bloom filters of 2^log lines, which are
// halved as long as they stay half empty; written turned, one bit a block. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/archive/filter_format.h"

namespace vg::store::archive::filter {

class Lines {
public:
    explicit Lines(int bits) : bits_(bits) { begin(kMostLinesLog); }

    void add(std::uint64_t hash) {
        std::uint64_t* line = now_.data() + line_of(hash, log_) * (kRows / 64);
        std::uint64_t rows = rows_of(hash);
        for (int i = 0; i < bits_; ++i, rows >>= 9) line[(rows >> 6) & 7] |= std::uint64_t{1} << (rows & 63);
    }
    // The block is complete; the next one begins as large as this one needed, with room.
    void end_block();
    [[nodiscard]] std::size_t memory_bytes() const;
    // Appends the turned lines of all blocks and starts anew. The logarithm of their number.
    std::uint32_t write(std::string& out);

private:
    void begin(std::uint32_t log);
    int bits_;
    std::uint32_t log_ = 0;
    std::vector<std::uint64_t> now_;
    std::vector<std::vector<std::uint64_t>> blocks_;
};

}  // namespace vg::store::archive::filter
