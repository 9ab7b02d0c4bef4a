// How text is cut for the filters, the same when a filter is built and when it is asked: parts between blanks; in a part its
// words and its grams of four bytes; and how words, values and names of fields are hashed. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "search/fold.h"
#include "store/archive/filter_format.h"

namespace vg::store::archive::filter {

// The parts of a text between blanks, none empty. Folding makes and removes no blanks, so that either may be done first.
template <class Take>
void each_part(std::string_view text, Take take) {
    for (std::size_t at = 0; at < text.size();) {
        while (at < text.size() && is_blank(text[at])) ++at;
        const std::size_t begin = at;
        while (at < text.size() && !is_blank(text[at])) ++at;
        if (at > begin) take(text.substr(begin, at - begin));
    }
}

inline constexpr std::array<bool, 128> kAsciiWord = [] {
    std::array<bool, 128> made{};
    for (std::size_t c = 0; c < 128; ++c) made[c] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    return made;
}();
std::size_t other_word_character(std::string_view folded, std::size_t at);
// How many bytes of a word's characters stand at `at` in folded text: 0 when there is none, else the length of one character.
inline std::size_t word_character(std::string_view folded, std::size_t at) {
    const auto byte = static_cast<std::uint8_t>(folded[at]);
    if (byte < 0x80) return kAsciiWord[byte] ? 1 : 0;
    return other_word_character(folded, at);
}
// Bytes of the character there, at least 1.
std::size_t any_character(std::string_view folded, std::size_t at);

// take(word, at the part's beginning, at its end). Words are those of the search language.
template <class Take>
void each_word(std::string_view part, Take take) {
    for (std::size_t at = 0; at < part.size();) {
        std::size_t length = word_character(part, at);
        if (length == 0) {
            at += any_character(part, at);
            continue;
        }
        const std::size_t begin = at;
        for (; length != 0; length = at < part.size() ? word_character(part, at) : 0) at += length;
        take(part.substr(begin, at - begin), begin == 0, at == part.size());
    }
}

// take(gram) until it says false.
template <class Take>
void each_gram(std::string_view part, Take take) {
    for (std::size_t at = 0; at + kGram <= part.size(); ++at) {
        std::uint32_t gram = 0;
        std::memcpy(&gram, part.data() + at, kGram);
        if (!take(gram)) return;
    }
}

// The value folded, when it is short enough to be known whole. The view is into `scratch`.
std::optional<std::string_view> fold_value(std::string_view text, search::Scratch& scratch);

std::uint64_t word_hash(std::string_view folded, std::uint64_t seed);
// The names of fields are compared without regard to the case of ASCII letters.
std::uint64_t name_hash(std::string_view field, std::uint64_t seed);
std::uint64_t value_hash(std::uint64_t name, std::string_view folded);

}  // namespace vg::store::archive::filter
