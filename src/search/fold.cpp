#include "search/fold.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <vector>

#include "base/ascii.h"
#include "base/fold.h"
#include "base/text.h"

namespace vg::search {

namespace {

constexpr char32_t kTableEnd = 0x3000;

bool is_word_by_icu(char32_t character) {
    const auto c = static_cast<UChar32>(character);
    if (u_isalnum(c) != 0) return true;
    const auto kind = u_charType(c);
    return kind == U_NON_SPACING_MARK || kind == U_COMBINING_SPACING_MARK || kind == U_ENCLOSING_MARK;
}

// Whether ICU takes the characters below kTableEnd for parts of words, asked once.
const std::vector<bool>& known_words() {
    static const auto* const made = [] {
        auto* words = new std::vector<bool>(kTableEnd);
        for (char32_t c = 0; c < kTableEnd; ++c) (*words)[c] = c == U'_' || is_word_by_icu(c);
        return words;
    }();
    return *made;
}

constexpr std::array<char, 128> kAsciiWords = [] {
    std::array<char, 128> made{};
    for (int c = 0; c < 128; ++c) {
        const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        made[static_cast<std::size_t>(c)] = word ? static_cast<char>(c) : '\0';
    }
    return made;
}();

}  // namespace

std::string_view Scratch::fold(std::string_view text) { return fold_into(text, folded_); }

std::string_view Scratch::fold_case(std::string_view text) {
    cased_.resize(text.size());
    if (lower_ascii_prefix(text, cased_.data()) == text.size()) return cased_;
    return cased_ = vg::fold_case(text);
}

std::string_view Scratch::words(std::string_view folded) {
    // A space more than a character stands only before the first word and behind the last.
    if (words_.size() < folded.size() + 2) words_.resize(folded.size() + 2);
    char* out = words_.data();
    bool inside = false;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(folded.data());
    const auto length = static_cast<std::int64_t>(folded.size());
    for (std::int64_t i = 0; i < length;) {
        if (bytes[i] < 0x80) {  // without a branch: words are short
            const char character = kAsciiWords[bytes[i++]];
            const bool word = character != '\0';
            *out = ' ';
            out += static_cast<int>(word && !inside);
            *out = character;
            out += static_cast<int>(word);
            inside = word;
            continue;
        }
        const std::int64_t begin = i;
        UChar32 c = 0;
        U8_NEXT(bytes, i, length, c);
        const bool word = c >= 0 && is_word_character(static_cast<char32_t>(c));
        if (word && !inside) *out++ = ' ';
        if (word) out = std::copy(folded.data() + begin, folded.data() + i, out);
        inside = word;
    }
    if (out != words_.data()) *out++ = ' ';
    return {words_.data(), static_cast<std::size_t>(out - words_.data())};
}

bool may_contain(std::string_view text, std::string_view folded_part) {
    // What is not ASCII may fold to anything.
    const auto ascii = [](std::string_view part) { return std::all_of(part.begin(), part.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }); };
    if (folded_part.empty() || text.empty()) return folded_part.empty();
    const std::size_t size = folded_part.size();
    const char first = folded_part.front();
    const char last = folded_part.back();
    if (static_cast<unsigned char>(first) >= 0x80 || static_cast<unsigned char>(last) >= 0x80) return !ascii(text);
    const auto equal_at = [&](std::size_t at) {
        for (std::size_t i = 0; i < size; ++i)
            if (lower_ascii(text[at + i]) != folded_part[i]) return false;
        return true;
    };
    std::size_t at = 0;
#ifdef __SSE2__
    // Sixteen places at a time: its first and its last character stand there, whatever their case.
    const auto bit_of = [](char c) { return _mm_set1_epi8(c >= 'a' && c <= 'z' ? 0x20 : 0); };
    const __m128i first_bytes = _mm_set1_epi8(first);
    const __m128i last_bytes = _mm_set1_epi8(last);
    const __m128i first_bit = bit_of(first);
    const __m128i last_bit = bit_of(last);
    for (; at + size - 1 + 16 <= text.size(); at += 16) {
        const __m128i begins = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
        const __m128i ends = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at + size - 1));
        if (_mm_movemask_epi8(_mm_or_si128(begins, ends)) != 0) return true;
        const __m128i both = _mm_and_si128(_mm_cmpeq_epi8(_mm_or_si128(begins, first_bit), first_bytes), _mm_cmpeq_epi8(_mm_or_si128(ends, last_bit), last_bytes));
        for (auto found = static_cast<unsigned>(_mm_movemask_epi8(both)); found != 0; found &= found - 1)
            if (equal_at(at + static_cast<std::size_t>(__builtin_ctz(found)))) return true;
    }
#endif
    if (!ascii(text.substr(at))) return true;
    for (; at + size <= text.size(); ++at)
        if (equal_at(at)) return true;
    return false;
}

bool is_word_character(char32_t character) {
    if (character < 0x80) return kAsciiWords[character] != '\0';
    return character < kTableEnd ? known_words()[character] : is_word_by_icu(character);
}

bool is_word_edge(std::string_view text, std::size_t at) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto length = static_cast<std::int32_t>(text.size());
    auto inside = [](UChar32 c) { return c >= 0 && is_word_character(static_cast<char32_t>(c)); };
    if (at == 0 || at == text.size()) return true;
    UChar32 before = 0;
    UChar32 behind = 0;
    auto back = static_cast<std::int32_t>(at);
    U8_PREV(bytes, 0, back, before);
    auto on = static_cast<std::int32_t>(at);
    U8_NEXT(bytes, on, length, behind);
    return !inside(before) || !inside(behind);
}

}  // namespace vg::search
