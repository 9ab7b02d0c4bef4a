#include "store/signing.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "store/fault_disk.h"

namespace vg::store {
namespace {

// RFC 8032, section 7.1, test 2.
TEST(Signing, AgreesWithTheVectorsOfRfc8032) {
    const auto key = signing_key_of(*from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
    ASSERT_TRUE(key);
    EXPECT_EQ(to_hex(key->public_key), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    const auto signature = sign(*key, "\x72");
    ASSERT_TRUE(signature);
    EXPECT_EQ(to_hex(*signature),
              "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    EXPECT_TRUE(is_signed(key->public_key, "\x72", *signature));
}

TEST(Signing, RefusesAnotherMessageKeyOrLength) {
    const auto key = *signing_key_of(std::string(32, 'a'));
    const auto other = *signing_key_of(std::string(32, 'b'));
    const std::string signature = *sign(key, "message");
    EXPECT_FALSE(is_signed(key.public_key, "massage", signature));
    EXPECT_FALSE(is_signed(other.public_key, "message", signature));
    EXPECT_FALSE(is_signed(key.public_key, "message", signature.substr(1)));
    EXPECT_FALSE(is_signed("", "message", signature));
    EXPECT_FALSE(signing_key_of("short"));
}

TEST(Signing, MakesTheKeyAtFirstStartAndLoadsItAfterwards) {
    FaultDisk disk{1};
    SeededRandom random{1};
    ASSERT_TRUE(disk.make_folder("data"));
    const auto made = load_or_make_signing_key(disk, "data/keys", random);
    ASSERT_TRUE(made) << made.error().text;
    ASSERT_TRUE(disk.sync_folder("."));
    EXPECT_TRUE(disk.is_all_durable());
    const auto loaded = load_or_make_signing_key(disk, "data/keys", random);
    EXPECT_EQ(loaded->secret, made->secret);
    EXPECT_EQ(*load_public_key(disk, "data/keys"), made->public_key);
    disk.put("data/keys/journal.key", "ed25519 00ff\n");
    EXPECT_EQ(load_or_make_signing_key(disk, "data/keys", random).error().code, Code::corrupt) << "a damaged key is never replaced in silence";
}

}  // namespace
}  // namespace vg::store
