// A table of texts that are known beforehand, with a number for each: names of fields, values that a mapping asks for. It is
// looked up several times for every field of every event, so texts are compared eight bytes at a time.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace vg::formats {

// For tables of names: the length and both ends of the name. Not for an attacker's keys without a bound on their number.
inline std::uint64_t name_hash(std::string_view name) {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    const std::size_t size = name.size();
    if (size >= 8) {
        std::memcpy(&first, name.data(), 8);
        std::memcpy(&last, name.data() + size - 8, 8);
    } else if (size >= 4) {
        std::memcpy(&first, name.data(), 4);
        std::memcpy(&last, name.data() + size - 4, 4);
    } else {
        for (const char c : name) first = first << 8 | static_cast<std::uint8_t>(c);
    }
    const std::uint64_t mixed = (first ^ (last << 23 | last >> 41) ^ size * 0x9E3779B97F4A7C15U) * 0xD6E8FEB86659FD93U;
    return mixed ^ mixed >> 32;
}

// a == b, for short texts.
inline bool same_text(std::string_view a, std::string_view b) {
    const std::size_t size = a.size();
    if (size != b.size()) return false;
    const auto differ = [&a, &b]<class Word>(Word, std::size_t at) {
        Word x = 0, y = 0;
        std::memcpy(&x, a.data() + at, sizeof x);
        std::memcpy(&y, b.data() + at, sizeof y);
        return x ^ y;
    };
    if (size > 16) return std::memcmp(a.data(), b.data(), size) == 0;
    if (size >= 8) return (differ(std::uint64_t{}, 0) | differ(std::uint64_t{}, size - 8)) == 0;
    if (size >= 4) return (differ(std::uint32_t{}, 0) | differ(std::uint32_t{}, size - 4)) == 0;
    for (std::size_t i = 0; i < size; ++i)
        if (a[i] != b[i]) return false;
    return true;
}

class TextTable {
public:
    // Views the text. Gives its number, from 1 on; the same when it was there.
    std::uint32_t add(std::string_view text) {
        const std::uint64_t hash = name_hash(text);
        if (const std::uint32_t there = find(text, hash); there != 0) return there;
        if ((texts_.size() + 1) * 4 > slots_.size()) grow();
        texts_.push_back(text);
        const auto number = static_cast<std::uint32_t>(texts_.size());
        place(hash, number);
        return number;
    }
    // 0: it is not there.
    [[nodiscard]] std::uint32_t find(std::string_view text) const { return find(text, name_hash(text)); }
    [[nodiscard]] std::uint32_t find(std::string_view text, std::uint64_t hash) const {
        const auto tag = static_cast<std::uint32_t>(hash >> 32);
        for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
            const Slot slot = slots_[at];
            if (slot.number == 0) return 0;
            if (slot.tag == tag && same_text(texts_[slot.number - 1], text)) return slot.number;
        }
    }
    [[nodiscard]] std::size_t size() const { return texts_.size(); }

private:
    struct Slot {
        std::uint32_t tag = 0;
        std::uint32_t number = 0;  // 0: free
    };

    void place(std::uint64_t hash, std::uint32_t number) {
        std::size_t at = hash & (slots_.size() - 1);
        while (slots_[at].number != 0) at = (at + 1) & (slots_.size() - 1);
        slots_[at] = {static_cast<std::uint32_t>(hash >> 32), number};
    }
    void grow() {
        slots_.assign(slots_.size() * 2, {});
        for (std::size_t i = 0; i < texts_.size(); ++i) place(name_hash(texts_[i]), static_cast<std::uint32_t>(i + 1));
    }

    std::vector<Slot> slots_ = std::vector<Slot>(16);  // a power of two, sparse
    std::vector<std::string_view> texts_;
};

}  // namespace vg::formats
