#include "access/totp.h"

#include <gtest/gtest.h>

namespace vg::access::totp {
namespace {

// RFC 6238, appendix B: the secret of the SHA-1 rows, and its eight-digit codes.
constexpr std::string_view kSecret = "12345678901234567890";

TEST(Totp, GivesTheCodesOfRfc6238) {
    EXPECT_EQ(code_at(kSecret, 59 / kStep, 8), "94287082");
    EXPECT_EQ(code_at(kSecret, 1111111109 / kStep, 8), "07081804");
    EXPECT_EQ(code_at(kSecret, 1111111111 / kStep, 8), "14050471");
    EXPECT_EQ(code_at(kSecret, 1234567890 / kStep, 8), "89005924");
    EXPECT_EQ(code_at(kSecret, 2000000000 / kStep, 8), "69279037");
    EXPECT_EQ(code_at(kSecret, 20000000000 / kStep, 8), "65353130");
}

// Six digits are the last six of the eight (RFC 4226, section 5.3: the code is taken modulo 10^digits).
TEST(Totp, AcceptsThePresentStepAndOneOnEachSide) {
    const std::int64_t step = 1111111109 / kStep;
    const Time inside{1111111109 * std::int64_t{1'000'000}};
    EXPECT_EQ(step_of(kSecret, "081804", inside, 0), step);
    EXPECT_EQ(step_of(kSecret, " 081 804 ", inside, 0), step);
    EXPECT_EQ(step_of(kSecret, "081804", inside + seconds(kStep), 0), step);
    EXPECT_EQ(step_of(kSecret, "081804", inside - seconds(kStep), 0), step);
    EXPECT_FALSE(step_of(kSecret, "081804", inside + seconds(2 * kStep), 0));
    EXPECT_FALSE(step_of(kSecret, "081804", inside - seconds(2 * kStep), 0));
}

TEST(Totp, RefusesAStepThatWasUsed) {
    const std::int64_t step = 1111111109 / kStep;
    const Time inside{1111111109 * std::int64_t{1'000'000}};
    EXPECT_FALSE(step_of(kSecret, "081804", inside, step));
    EXPECT_TRUE(step_of(kSecret, "081804", inside, step - 1));
}

TEST(Totp, RefusesWhatIsNoCode) {
    const Time inside{1111111109 * std::int64_t{1'000'000}};
    for (const char* code : {"", "0", "07081804", "08180", "0818044", "08180a", "      ", "\xff\xff\xff\xff\xff\xff"})
        EXPECT_FALSE(step_of(kSecret, code, inside, 0)) << code;
}

// RFC 4648, section 10, without the padding.
TEST(Totp, WritesBase32AsRfc4648) {
    EXPECT_EQ(to_base32(""), "");
    EXPECT_EQ(to_base32("f"), "MY");
    EXPECT_EQ(to_base32("fo"), "MZXQ");
    EXPECT_EQ(to_base32("foo"), "MZXW6");
    EXPECT_EQ(to_base32("foob"), "MZXW6YQ");
    EXPECT_EQ(to_base32("fooba"), "MZXW6YTB");
    EXPECT_EQ(to_base32("foobar"), "MZXW6YTBOI");
}

TEST(Totp, TheUriCarriesSecretAndNames) {
    EXPECT_EQ(uri("Vong Gac", "an", "foobar"),
              "otpauth://totp/Vong%20Gac:an?secret=MZXW6YTBOI&issuer=Vong%20Gac&algorithm=SHA1&digits=6&period=30");
}

}  // namespace
}  // namespace vg::access::totp
