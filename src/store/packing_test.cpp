#include "store/packing.h"

#include <gtest/gtest.h>

namespace vg::store {
namespace {

TEST(Packing, GivesBackWhatWasPackedWithinItsBound) {
    const std::string text(100'000, 'x');
    const auto packed = zstd_packed(text);
    ASSERT_TRUE(packed);
    EXPECT_LT(packed->size(), text.size() / 100);
    EXPECT_EQ(zstd_unpacked(*packed, text.size()).value_or(""), text);
    EXPECT_EQ(zstd_unpacked(*packed, text.size() - 1).error().code, Code::corrupt);
}

TEST(Packing, DamageIsAnError) {
    const auto packed = zstd_packed("a text that is packed");
    ASSERT_TRUE(packed);
    EXPECT_EQ(zstd_unpacked("", 100).error().code, Code::corrupt);
    EXPECT_EQ(zstd_unpacked("no frame", 100).error().code, Code::corrupt);
    EXPECT_EQ(zstd_unpacked(packed->substr(0, packed->size() - 1), 100).error().code, Code::corrupt);
}

}  // namespace
}  // namespace vg::store
