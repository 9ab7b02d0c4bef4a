#include "store/archive/filter_text.h"

#include <unicode/utf8.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace vg::store::archive::filter {

namespace {

char lower(char c) { return static_cast<char>(c + (c >= 'A' && c <= 'Z' ? 32 : 0)); }

// The character at `at` and its length; -1 and 1 where there is none.
char32_t character_at(std::string_view text, std::size_t at, std::size_t& length) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    auto next = static_cast<std::int64_t>(at);
    UChar32 c = 0;
    U8_NEXT(bytes, next, static_cast<std::int64_t>(text.size()), c);
    length = static_cast<std::size_t>(next) - at;
    return c < 0 ? char32_t{0} : static_cast<char32_t>(c);
}

}  // namespace

std::size_t other_word_character(std::string_view folded, std::size_t at) {
    std::size_t length = 0;
    return search::is_word_character(character_at(folded, at, length)) ? length : 0;
}

std::size_t any_character(std::string_view folded, std::size_t at) {
    if (static_cast<std::uint8_t>(folded[at]) < 0x80) return 1;
    std::size_t length = 0;
    (void)character_at(folded, at, length);
    return length;
}

std::optional<std::string_view> fold_value(std::string_view text, search::Scratch& scratch) {
    // Each ASCII character stays one byte, so many of them say already that the value is too long.
    if (text.size() > kMostValue) {
        std::size_t ascii = 0;
        for (std::size_t at = 0; at + 8 <= std::min(text.size(), 2 * kMostValue); at += 8) {
            std::uint64_t eight = 0;
            std::memcpy(&eight, text.data() + at, sizeof eight);
            ascii += (~eight & 0x8080808080808080ULL) / 128 * 0x0101010101010101ULL >> 56;
        }
        if (ascii > kMostValue) return std::nullopt;
    }
    const std::string_view folded = scratch.fold(text);
    if (folded.size() > kMostValue) return std::nullopt;
    return folded;
}

std::uint64_t word_hash(std::string_view folded, std::uint64_t seed) { return XXH3_64bits_withSeed(folded.data(), folded.size(), seed ^ 0x9ae16a3b2f90404fULL); }

std::uint64_t name_hash(std::string_view field, std::uint64_t seed) {
    char room[64];
    if (field.size() <= sizeof room) {
        std::transform(field.begin(), field.end(), room, lower);
        return XXH3_64bits_withSeed(room, field.size(), seed);
    }
    std::string longer{field};
    std::transform(longer.begin(), longer.end(), longer.begin(), lower);
    return XXH3_64bits_withSeed(longer.data(), longer.size(), seed);
}

std::uint64_t value_hash(std::uint64_t name, std::string_view folded) { return XXH3_64bits_withSeed(folded.data(), folded.size(), name); }

}  // namespace vg::store::archive::filter
