// One block of memory for a batch: everything parsed from the batch lives in it and is freed at once.
// Owned and used by one thread. Views into it are valid until reset() or the arena's end.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace vg {

class Arena {
public:
    Arena() = default;
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;
    Arena(Arena&&) noexcept = default;
    Arena& operator=(Arena&&) noexcept = default;

    // Uninitialised memory of `size` bytes, aligned for any scalar.
    char* take(std::size_t size) {
        size = (size + 15) & ~std::size_t{15};
        if (size > left_) grow(size);
        char* memory = next_;
        next_ += size;
        left_ -= size;
        return memory;
    }

    // Gives back the end of the most recent take(), from `unused` on: for results whose length is known only afterwards.
    void give_back(char* unused) {
        const std::size_t rest = static_cast<std::size_t>(next_ - unused) & ~std::size_t{15};
        next_ -= rest;
        left_ += rest;
    }

    std::string_view copy(std::string_view text) {
        if (text.empty()) return {};
        char* memory = take(text.size());
        std::memcpy(memory, text.data(), text.size());
        return {memory, text.size()};
    }

    template <class T>
    std::span<T> copy(std::span<const T> items) {
        static_assert(std::is_trivially_copyable_v<T>);
        if (items.empty()) return {};
        auto* memory = reinterpret_cast<T*>(take(items.size_bytes()));
        std::memcpy(static_cast<void*>(memory), items.data(), items.size_bytes());
        return {memory, items.size()};
    }

    // Forgets everything, keeping the largest block for the next batch.
    void reset() {
        if (blocks_.size() > 1) {
            std::swap(blocks_.front(), blocks_.back());
            blocks_.resize(1);
        }
        next_ = blocks_.empty() ? nullptr : blocks_.front().memory.get();
        left_ = blocks_.empty() ? 0 : blocks_.front().size;
    }

    // Bytes held from the system.
    [[nodiscard]] std::size_t held() const {
        std::size_t sum = 0;
        for (const Block& block : blocks_) sum += block.size;
        return sum;
    }

private:
    struct Block {
        std::unique_ptr<char[]> memory;
        std::size_t size = 0;
    };

    void grow(std::size_t size) {
        std::size_t block = blocks_.empty() ? std::size_t{64} << 10 : blocks_.back().size * 2;
        if (block > (std::size_t{16} << 20)) block = std::size_t{16} << 20;
        if (block < size) block = size;
        blocks_.push_back({std::unique_ptr<char[]>{new char[block]}, block});
        next_ = blocks_.back().memory.get();
        left_ = block;
    }

    std::vector<Block> blocks_;
    char* next_ = nullptr;
    std::size_t left_ = 0;
};

}  // namespace vg
