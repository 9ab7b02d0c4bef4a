// How values stand in the pages of a Parquet file, as Encodings.md of apache/parquet-format says it: runs and packed bits,
// texts and numbers as themselves, differences. Pure; bytes may be hostile: nothing is read beyond their end, and what does
// not fit is false or nullopt.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "store/archive/parquet_format.h"

namespace vg::store::archive::parquet {

inline constexpr std::size_t kMostValues = std::size_t{16} << 20;  // of a page

inline std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        if (bytes.empty()) return std::nullopt;
        const auto one = static_cast<std::uint8_t>(bytes.front());
        bytes.remove_prefix(1);
        value |= static_cast<std::uint64_t>(one & 0x7f) << shift;
        if ((one & 0x80) == 0) return value;
    }
    return std::nullopt;
}

// Numbers stand in files from the lowest byte on, as in memory.
static_assert(std::endian::native == std::endian::little);
template <class T>
T load(const char* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

// Up to eight bytes from `at` on; those beyond the end are 0.
inline std::uint64_t up_to_8(std::string_view bytes, std::size_t at) {
    if (at + 8 <= bytes.size()) return load<std::uint64_t>(bytes.data() + at);
    std::uint64_t value = 0;
    for (std::size_t i = 0; at + i < bytes.size() && i < 8; ++i) value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[at + i])) << (8 * i);
    return value;
}

// Number `index` of those of `width` bits, packed from the lowest bit on.
inline std::uint64_t packed_at(std::string_view bytes, std::size_t index, int width) {
    if (width == 0) return 0;
    const std::size_t bit = index * static_cast<std::size_t>(width);
    std::uint64_t value = up_to_8(bytes, bit / 8) >> (bit % 8);
    if (static_cast<int>(bit % 8) + width > 64) value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[bit / 8 + 8])) << (64 - bit % 8);
    return width == 64 ? value : value & ((std::uint64_t{1} << width) - 1);
}

// The first `count` of them; `width` is at most 32.
template <class T>
void unpack(std::string_view bytes, int width, std::size_t count, T* into) {
    const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
    const auto step = static_cast<std::size_t>(width);
    std::size_t i = 0;
    if (width <= 8) {  // eight take `width` bytes
        for (std::size_t at = 0; i + 8 <= count && at + 8 <= bytes.size(); i += 8, at += step) {
            std::uint64_t eight = load<std::uint64_t>(bytes.data() + at);
            for (std::size_t k = 0; k < 8; ++k, eight >>= width) into[i + k] = static_cast<T>(eight & mask);
        }
    } else {
        for (std::size_t bit = 0; i < count && bit / 8 + 8 <= bytes.size(); ++i, bit += step) into[i] = static_cast<T>(load<std::uint64_t>(bytes.data() + bit / 8) >> (bit % 8) & mask);
    }
    for (; i < count; ++i) into[i] = static_cast<T>(packed_at(bytes, i, width));
}

// Runs and packed numbers, `count` of them; `run(value, times)`, `packed(bytes, count)`. False: there are fewer, or the
// bytes are damaged.
template <class Run, class Packed>
bool each_run(std::string_view bytes, int width, std::size_t count, const Run& run, const Packed& packed) {
    if (width > 32) return false;
    const std::size_t whole = (static_cast<std::size_t>(width) + 7) / 8;
    while (count > 0) {
        const auto head = take_varint(bytes);
        if (!head) return false;
        std::size_t taken = 0;
        if ((*head & 1) == 0) {
            const std::uint64_t times = *head >> 1;
            if (bytes.size() < whole || times == 0) return false;
            const std::uint64_t value = up_to_8(bytes.substr(0, whole), 0);
            if (value >> width != 0) return false;
            taken = static_cast<std::size_t>(std::min<std::uint64_t>(times, count));
            run(static_cast<std::uint32_t>(value), taken);
            bytes.remove_prefix(whole);
        } else {
            const std::uint64_t groups = *head >> 1;
            if (groups == 0 || groups > kMostValues / 8) return false;
            const auto size = static_cast<std::size_t>(groups) * static_cast<std::size_t>(width);
            taken = std::min<std::size_t>(static_cast<std::size_t>(groups) * 8, count);
            if (bytes.size() < (taken * static_cast<std::size_t>(width) + 7) / 8) return false;
            packed(bytes.substr(0, std::min(size, bytes.size())), taken);
            bytes.remove_prefix(std::min(size, bytes.size()));
        }
        count -= taken;
    }
    return true;
}

// `count` of them, without the first `before`.
template <class T>
std::optional<std::vector<T>> numbers_of(std::string_view bytes, int width, std::size_t before, std::size_t count) {
    std::vector<T> numbers(count);
    T* into = numbers.data();
    const auto run = [&](std::uint32_t value, std::size_t times) {
        const std::size_t passed = std::min(before, times);
        before -= passed;
        into = std::fill_n(into, times - passed, static_cast<T>(value));
    };
    const auto packed = [&](std::string_view some, std::size_t taken) {
        std::size_t at = std::min(before, taken);
        before -= at;
        for (; at < taken && at % 8 != 0; ++at) *into++ = static_cast<T>(packed_at(some, at, width));
        unpack(some.substr(std::min(some.size(), at / 8 * static_cast<std::size_t>(width))), width, taken - at, into);
        into += taken - at;
    };
    if (!each_run(bytes, width, before + count, run, packed)) return std::nullopt;
    return numbers;
}

// Takes a length of four bytes and what it measures.
std::optional<std::string_view> take_measured(std::string_view& bytes);

// `count` values as themselves. Texts are views into `bytes`.
bool plain_texts(std::string_view bytes, std::size_t count, std::vector<std::string_view>& into);
bool plain_numbers(std::string_view bytes, std::size_t count, std::vector<std::int64_t>& into);

// DELTA_BINARY_PACKED: the first `wanted` of `count`.
bool deltas(std::string_view bytes, std::size_t count, std::size_t wanted, std::vector<std::int64_t>& into);

// Of levels of one bit: whether that of the row is set, how many are set before it and in all.
struct Presence {
    bool has = false;
    std::size_t before = 0, all = 0;
};
std::optional<Presence> presence_of(std::string_view levels, std::size_t row, std::size_t count);

}  // namespace vg::store::archive::parquet
