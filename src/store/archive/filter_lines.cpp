#include "store/archive/filter_lines.h"

#include <algorithm>
#include <bit>

namespace vg::store::archive::filter {

namespace {

constexpr std::size_t kWords = kRows / 64;  // of a line

std::size_t bits_set(const std::vector<std::uint64_t>& lines) {
    std::size_t set = 0;
    for (const std::uint64_t word : lines) set += static_cast<std::size_t>(std::popcount(word));
    return set;
}

// Lines 2i and 2i+1 become line i: a hash's line is its highest bits.
std::vector<std::uint64_t> halved(const std::vector<std::uint64_t>& lines) {
    std::vector<std::uint64_t> half(lines.size() / 2);
    for (std::size_t i = 0; i < half.size(); ++i) {
        const std::size_t from = i / kWords * 2 * kWords + i % kWords;
        half[i] = lines[from] | lines[from + kWords];
    }
    return half;
}

}  // namespace

void Lines::begin(std::uint32_t log) {
    log_ = log;
    now_.assign((std::size_t{1} << log) * kWords, 0);
}

void Lines::end_block() {
    std::uint32_t log = log_;
    std::vector<std::uint64_t> lines = std::move(now_);
    while (log > 0) {
        std::vector<std::uint64_t> half = halved(lines);
        if (2 * bits_set(half) > half.size() * 64) break;
        lines = std::move(half);
        --log;
    }
    lines.shrink_to_fit();
    blocks_.push_back(std::move(lines));
    begin(std::min<std::uint32_t>(kMostLinesLog, log + 2));
}

std::size_t Lines::memory_bytes() const {
    std::size_t words = now_.capacity();
    for (const auto& block : blocks_) words += block.capacity();
    return words * sizeof(std::uint64_t);
}

std::uint32_t Lines::write(std::string& out) {
    std::size_t most = kWords;
    for (const auto& block : blocks_) most = std::max(most, block.size());
    const std::size_t lines = most / kWords, blocks = blocks_.size(), begin_at = out.size(), bytes = line_bytes(blocks);
    out.resize(begin_at + lines * bytes);
    for (std::size_t block = 0; block < blocks; ++block) {
        const std::size_t repeat = most / blocks_[block].size();  // a smaller filter's line i is lines i*repeat.. of the larger
        for (std::size_t line = 0; line < lines; ++line) {
            char* page = out.data() + begin_at + line * bytes;
            const std::uint64_t* from = blocks_[block].data() + line / repeat * kWords;
            for (std::size_t i = 0; i < kWords; ++i)
                for (std::uint64_t word = from[i]; word != 0; word &= word - 1) {
                    const std::size_t bit = (64 * i + static_cast<std::size_t>(std::countr_zero(word))) * blocks + block;
                    page[bit / 8] = static_cast<char>(page[bit / 8] | (1 << (bit % 8)));
                }
        }
    }
    blocks_.clear();
    begin(kMostLinesLog);
    return static_cast<std::uint32_t>(std::countr_zero(lines));
}

}  // namespace vg::store::archive::filter
