#include "detect/kinds/correlation/siphash.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"

namespace vg::detect::correlation {
namespace {

std::string hex_of(const Hash128& hash) {
    std::string bytes;
    put(bytes, hash.low);
    put(bytes, hash.high);
    return to_hex(bytes);
}

Seed counted() {
    Seed seed;
    for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<std::uint8_t>(i);
    return seed;
}

// `openssl mac -macopt hexkey:000102030405060708090a0b0c0d0e0f -macopt size:16 -in FILE SIPHASH` over 00 01 02 ..., which is
// vectors_sip128 of the reference implementation.
TEST(SipHash, GivesTheReferenceVectors) {
    const auto of = [](std::size_t length) {
        std::string input;
        for (std::size_t i = 0; i < length; ++i) input.push_back(static_cast<char>(i));
        return hex_of(siphash(counted(), input));
    };
    EXPECT_EQ(of(0), "a3817f04ba25a8e66df67214c7550293");
    EXPECT_EQ(of(1), "da87c1d86b99af44347659119b22fc45");
    EXPECT_EQ(of(7), "a1f1ebbed8dbc153c0b84aa61ff08239");
    EXPECT_EQ(of(8), "3b62a9ba6258f5610f83e264f31497b4");
    EXPECT_EQ(of(15), "5493e99933b0a8117e08ec0f97cfc3d9");
    EXPECT_EQ(of(16), "6ee2a4ca67b054bbfd3315bf85230577");
    EXPECT_EQ(of(63), "5150d1772f50834a503e069a973fbd7c");
}

TEST(SipHash, DoesNotDependOnWhereTheBytesAreCut) {
    const std::string text = "an organisation and a key that is longer than a few words of eight bytes";
    const Hash128 whole = siphash(counted(), text);
    for (std::size_t cut = 0; cut <= text.size(); ++cut)
        EXPECT_EQ(siphash(counted(), std::string_view{text}.substr(0, cut), std::string_view{text}.substr(cut)), whole) << cut;
}

TEST(SipHash, DependsOnTheSeed) {
    Seed other = counted();
    other[15] ^= 1;
    EXPECT_FALSE(siphash(counted(), "key") == siphash(other, "key"));
}

}  // namespace
}  // namespace vg::detect::correlation
