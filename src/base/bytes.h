// Bytes and their text forms, and the hashes everything uses. Bytes are std::string or std::string_view.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vg {

std::string to_hex(std::string_view bytes);  // lower case
Result<std::string> from_hex(std::string_view text);

std::string to_base64(std::string_view bytes);      // RFC 4648 section 4, with padding
std::string to_base64url(std::string_view bytes);   // RFC 4648 section 5, without padding
Result<std::string> from_base64(std::string_view text);  // accepts both alphabets, padding optional

using Sha256 = std::array<std::uint8_t, 32>;
Sha256 sha256(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);

// A hash over several pieces, and a running one.
class Sha256Stream {
public:
    Sha256Stream();
    ~Sha256Stream();
    Sha256Stream(const Sha256Stream&) = delete;
    Sha256Stream& operator=(const Sha256Stream&) = delete;
    void add(std::string_view bytes);
    Sha256 finish();

private:
    void* context_;
};

std::string_view as_view(const Sha256& hash);

// xxh3, 64 bits, for checksums against accident and for tables; never against an attacker without a seed.
std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);

// True when both are equal, in time that depends only on the length.
bool equal_in_constant_time(std::string_view a, std::string_view b);

// Little-endian integers in byte strings.
template <class T>
void put(std::string& out, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i)
        out.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i)));
}
template <class T>
T pick(std::string_view bytes, std::size_t offset) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[offset + i])) << (8 * i);
    return static_cast<T>(value);
}

}  // namespace vg
