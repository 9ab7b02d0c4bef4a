#include "formats/community_id.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace vg::formats {

namespace {

// SHA-1 (FIPS 180-4) of at most 55 bytes, which is one block. It names flows here; nothing is protected by it.
std::array<char, 20> sha1_of_short(std::string_view text) {
    std::array<std::uint8_t, 64> block{};
    std::memcpy(block.data(), text.data(), text.size());
    block[text.size()] = 0x80;
    block[62] = static_cast<std::uint8_t>(text.size() * 8 >> 8);
    block[63] = static_cast<std::uint8_t>(text.size() * 8);
    std::array<std::uint32_t, 80> w{};
    for (std::size_t i = 0; i < 16; ++i)
        w[i] = static_cast<std::uint32_t>(block[i * 4]) << 24 | static_cast<std::uint32_t>(block[i * 4 + 1]) << 16 |
               static_cast<std::uint32_t>(block[i * 4 + 2]) << 8 | block[i * 4 + 3];
    for (std::size_t i = 16; i < 80; ++i) w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    constexpr std::array<std::uint32_t, 5> kBegin{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    auto [a, b, c, d, e] = kBegin;
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
    const std::array<std::uint32_t, 5> words{kBegin[0] + a, kBegin[1] + b, kBegin[2] + c, kBegin[3] + d, kBegin[4] + e};
    std::array<char, 20> digest{};
    for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<char>(words[i / 4] >> (24 - i % 4 * 8) & 0xFF);
    return digest;
}

// The type that answers this one; nothing: it has no answer, and the flow only one direction.
std::optional<std::uint16_t> answer_of(int protocol, std::uint16_t type) {
    constexpr std::array<std::uint16_t, 2> kV4[] = {{0, 8}, {9, 10}, {13, 14}, {15, 16}, {17, 18}};
    constexpr std::array<std::uint16_t, 2> kV6[] = {{128, 129}, {130, 131}, {133, 134}, {135, 136}, {139, 140}, {144, 145}};
    const auto look = [type](const auto& pairs) -> std::optional<std::uint16_t> {
        for (const auto& [one, other] : pairs) {
            if (type == one) return other;
            if (type == other) return one;
        }
        return std::nullopt;
    };
    return protocol == 1 ? look(kV4) : look(kV6);
}

char* put16(char* to, std::uint16_t value) {
    *to++ = static_cast<char>(value >> 8);
    *to++ = static_cast<char>(value & 0xFF);
    return to;
}

std::string_view bytes_of(const Address& address) {
    const std::string_view all{reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()};
    return address.is_v4() ? all.substr(12) : all;
}

}  // namespace

std::string community_id(const FiveTuple& tuple, std::uint16_t seed, bool base64) {
    std::string_view source = bytes_of(tuple.source);
    std::string_view destination = bytes_of(tuple.destination);
    std::uint16_t source_port = tuple.source_port;
    std::uint16_t destination_port = tuple.destination_port;
    const bool icmp = tuple.protocol == 1 || tuple.protocol == 58;
    bool one_way = false;
    if (icmp) {
        if (const auto answer = answer_of(tuple.protocol, source_port)) destination_port = *answer;
        else one_way = true;
    }
    if (!one_way && (destination < source || (source == destination && destination_port < source_port))) {
        std::swap(source, destination);
        std::swap(source_port, destination_port);
    }
    char bytes[2 + 16 + 16 + 2 + 4];
    char* end = put16(bytes, seed);
    end = std::copy(source.begin(), source.end(), end);
    end = std::copy(destination.begin(), destination.end(), end);
    *end++ = static_cast<char>(tuple.protocol);
    *end++ = '\0';
    if (icmp || tuple.protocol == 6 || tuple.protocol == 17 || tuple.protocol == 132) {
        end = put16(end, source_port);
        end = put16(end, destination_port);
    }
    const auto digest = sha1_of_short({bytes, end});
    const std::string_view all{digest.data(), digest.size()};
    return "1:" + (base64 ? to_base64(all) : to_hex(all));
}

}  // namespace vg::formats
