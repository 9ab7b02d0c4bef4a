#include "store/secrets.h"

#include <gtest/gtest.h>

#include "store/fault_disk.h"

namespace vg::store {
namespace {

TEST(Secrets, OpenWhatTheySealedUnderTheSameLabelAlone) {
    SystemRandom random;
    const Secrets mine{std::string(32, 'k')}, other{std::string(32, 'o')};
    const std::string stored = mine.seal("mật khẩu", "webhook", random);
    EXPECT_TRUE(Secrets::is_sealed(stored));
    EXPECT_EQ(stored.find("mật"), std::string::npos);
    EXPECT_NE(stored, mine.seal("mật khẩu", "webhook", random)) << "each has a nonce of its own";
    EXPECT_EQ(mine.open(stored, "webhook").value(), "mật khẩu");
    EXPECT_EQ(mine.open(mine.seal("", "x", random), "x").value(), "");
    EXPECT_EQ(mine.open(stored, "totp:1").error().code, Code::denied);
    EXPECT_EQ(other.open(stored, "webhook").error().code, Code::denied);
    for (std::size_t i = 8; i < stored.size(); i += 7) {
        std::string altered = stored;
        altered[i] = altered[i] == '0' ? '1' : '0';
        EXPECT_FALSE(mine.open(altered, "webhook")) << i;
    }
    for (const char* broken : {"sealed1:", "sealed1:zz", "sealed1:00"}) EXPECT_FALSE(mine.open(broken, "webhook")) << broken;
    EXPECT_EQ(mine.open("of before", "webhook").value(), "of before");
}

TEST(Secrets, KeyIsMadeOnceAndKept) {
    FaultDisk disk{1};
    SystemRandom random;
    ASSERT_TRUE(disk.make_folder("keys"));
    const auto first = Secrets::load_or_make(disk, "keys", random);
    ASSERT_TRUE(first) << first.error().text;
    const std::string stored = first->seal("s", "l", random);
    EXPECT_EQ(Secrets::load_or_make(disk, "keys", random)->open(stored, "l").value(), "s");
    ASSERT_TRUE(write_whole(disk, "keys/secrets.key", "secret-box 00\n"));
    EXPECT_EQ(Secrets::load_or_make(disk, "keys", random).error().code, Code::corrupt);
}

}  // namespace
}  // namespace vg::store
