#include "store/archive/filter.h"

#include <bit>

#include "base/check.h"

namespace vg::store::archive {

BlockSet::BlockSet(std::size_t size, bool all) : size_(size), words_((size + 63) / 64, all ? ~std::uint64_t{0} : 0) {
    if (all && size % 64 != 0) words_.back() = (std::uint64_t{1} << (size % 64)) - 1;
}

bool BlockSet::empty() const {
    for (const std::uint64_t word : words_)
        if (word != 0) return false;
    return true;
}

std::size_t BlockSet::count() const {
    std::size_t count = 0;
    for (const std::uint64_t word : words_) count += static_cast<std::size_t>(std::popcount(word));
    return count;
}

std::vector<std::uint32_t> BlockSet::list() const {
    std::vector<std::uint32_t> blocks;
    for (std::size_t i = 0; i < words_.size(); ++i)
        for (std::uint64_t word = words_[i]; word != 0; word &= word - 1)
            blocks.push_back(static_cast<std::uint32_t>(64 * i + static_cast<std::size_t>(std::countr_zero(word))));
    return blocks;
}

BlockSet& BlockSet::operator&=(const BlockSet& other) {
    CHECK(size_ == other.size_, "both sets are of one segment");
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
}

BlockSet& BlockSet::operator|=(const BlockSet& other) {
    CHECK(size_ == other.size_, "both sets are of one segment");
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
}

BlockSet FilterView::occurred_between(Time from, Time to) const {
    BlockSet found(blocks());
    for (std::size_t block = 0; block < blocks(); ++block)
        if (facts(block).occurred_last >= from && facts(block).occurred_first < to) found.add(block);
    return found;
}

}  // namespace vg::store::archive
