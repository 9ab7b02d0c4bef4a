#include "formats/community_id.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "formats/sha1_short.h"

namespace vg::formats {

namespace {

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

constexpr std::size_t kSizeOfId = 30;

char* put16(char* to, std::uint16_t value) {
    *to++ = static_cast<char>(value >> 8);
    *to++ = static_cast<char>(value & 0xFF);
    return to;
}

std::string_view bytes_of(const Address& address) {
    const std::string_view all{reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()};
    return address.is_v4() ? all.substr(12) : all;
}

std::array<char, 20> digest_of_flow(const FiveTuple& tuple, std::uint16_t seed) {
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
    return sha1_of_short({bytes, static_cast<std::size_t>(end - bytes)});
}

}  // namespace

std::string community_id(const FiveTuple& tuple, std::uint16_t seed, bool base64) {
    const auto digest = digest_of_flow(tuple, seed);
    const std::string_view all{digest.data(), digest.size()};
    return "1:" + (base64 ? to_base64(all) : to_hex(all));
}

std::string_view community_id(const FiveTuple& tuple, Arena& arena) {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::array<char, 21> digest{};  // the last byte stays zero
    const auto made = digest_of_flow(tuple, 0);
    std::copy(made.begin(), made.end(), digest.begin());
    char* const memory = arena.take(kSizeOfId);
    char* to = memory;
    *to++ = '1';
    *to++ = ':';
    for (std::size_t i = 0; i < digest.size(); i += 3) {
        const auto byte = [&digest, i](std::size_t at) { return std::uint32_t{static_cast<std::uint8_t>(digest[i + at])}; };
        const std::uint32_t word = byte(0) << 16 | byte(1) << 8 | byte(2);
        for (const int shift : {18, 12, 6, 0}) *to++ = kLetters[word >> shift & 63];
    }
    memory[kSizeOfId - 1] = '=';
    return {memory, kSizeOfId};
}

}  // namespace vg::formats
