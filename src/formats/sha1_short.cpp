#include "formats/sha1_short.h"

#include <bit>
#include <cstdint>
#include <cstring>

#ifdef __x86_64__
#include <cpuid.h>
#include <immintrin.h>
#endif

#include "base/check.h"

namespace vg::formats {

namespace {

using Block = std::array<std::uint8_t, 64>;
using Words = std::array<std::uint32_t, 5>;
constexpr Words kFirstWords{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};

Block padded(std::string_view text) {
    CHECK(text.size() <= kMostShort, "what is hashed fits into one block");
    Block block{};
    std::memcpy(block.data(), text.data(), text.size());
    block[text.size()] = 0x80;
    block[62] = static_cast<std::uint8_t>(text.size() * 8 >> 8);
    block[63] = static_cast<std::uint8_t>(text.size() * 8);
    return block;
}

std::array<char, 20> digest_of(const Words& words) {
    std::array<char, 20> digest{};
    for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<char>(words[i / 4] >> (24 - i % 4 * 8) & 0xFF);
    return digest;
}

#ifdef __x86_64__
bool has_instructions() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
    return (b >> 29 & 1) != 0 && __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1");
}

// Four rounds at a time, as the instructions of "Intel SHA Extensions" (2013) have them.
template <int kKind>
__attribute__((target("sha,ssse3,sse4.1"))) inline void twenty_rounds(__m128i& abcd, __m128i& before, __m128i (&words)[4]) {
    for (int i = kKind * 5; i < kKind * 5 + 5; ++i) {
        __m128i& word = words[i % 4];
        if (i >= 4) word = _mm_sha1msg2_epu32(_mm_xor_si128(_mm_sha1msg1_epu32(word, words[(i + 1) % 4]), words[(i + 2) % 4]), words[(i + 3) % 4]);
        const __m128i e = i == 0 ? _mm_add_epi32(before, word) : _mm_sha1nexte_epu32(before, word);
        before = abcd;
        abcd = _mm_sha1rnds4_epu32(abcd, e, kKind);
    }
}

__attribute__((target("sha,ssse3,sse4.1"))) std::array<char, 20> by_instructions(const Block& block) {
    const __m128i turned = _mm_set_epi64x(0x0001020304050607, 0x08090A0B0C0D0E0F);
    const __m128i begin = _mm_set_epi32(static_cast<int>(kFirstWords[0]), static_cast<int>(kFirstWords[1]), static_cast<int>(kFirstWords[2]), static_cast<int>(kFirstWords[3]));
    const __m128i begin_e = _mm_set_epi32(static_cast<int>(kFirstWords[4]), 0, 0, 0);
    __m128i words[4];
    for (std::size_t i = 0; i < 4; ++i) words[i] = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(block.data() + i * 16)), turned);
    __m128i abcd = begin;
    __m128i before = begin_e;
    twenty_rounds<0>(abcd, before, words);
    twenty_rounds<1>(abcd, before, words);
    twenty_rounds<2>(abcd, before, words);
    twenty_rounds<3>(abcd, before, words);
    abcd = _mm_shuffle_epi8(_mm_add_epi32(abcd, begin), turned);
    const __m128i e = _mm_shuffle_epi8(_mm_sha1nexte_epu32(before, begin_e), turned);
    std::array<char, 20> digest{};
    std::memcpy(digest.data(), &abcd, 16);
    std::memcpy(digest.data() + 16, &e, 4);
    return digest;
}
#endif

}  // namespace

std::array<char, 20> sha1_of_short_plainly(std::string_view text) {
    const Block block = padded(text);
    std::array<std::uint32_t, 80> w{};
    for (std::size_t i = 0; i < 16; ++i)
        w[i] = static_cast<std::uint32_t>(block[i * 4]) << 24 | static_cast<std::uint32_t>(block[i * 4 + 1]) << 16 |
               static_cast<std::uint32_t>(block[i * 4 + 2]) << 8 | block[i * 4 + 3];
    for (std::size_t i = 16; i < 80; ++i) w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    std::uint32_t a = kFirstWords[0], b = kFirstWords[1], c = kFirstWords[2], d = kFirstWords[3], e = kFirstWords[4];
    const auto round = [&](std::uint32_t f, std::uint32_t k, std::uint32_t word) {
        const std::uint32_t next = std::rotl(a, 5) + f + e + k + word;
        e = d;
        d = c;
        c = std::rotl(b, 30);
        b = a;
        a = next;
    };
    for (std::size_t i = 0; i < 20; ++i) round((b & c) | (~b & d), 0x5A827999, w[i]);
    for (std::size_t i = 20; i < 40; ++i) round(b ^ c ^ d, 0x6ED9EBA1, w[i]);
    for (std::size_t i = 40; i < 60; ++i) round((b & c) | (b & d) | (c & d), 0x8F1BBCDC, w[i]);
    for (std::size_t i = 60; i < 80; ++i) round(b ^ c ^ d, 0xCA62C1D6, w[i]);
    return digest_of({kFirstWords[0] + a, kFirstWords[1] + b, kFirstWords[2] + c, kFirstWords[3] + d, kFirstWords[4] + e});
}

std::array<char, 20> sha1_of_short(std::string_view text) {
#ifdef __x86_64__
    static const bool own = has_instructions();
    if (own) return by_instructions(padded(text));
#endif
    return sha1_of_short_plainly(text);
}

}  // namespace vg::formats
