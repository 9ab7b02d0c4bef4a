#include "tables/vietnamese.h"

#include <gtest/gtest.h>

namespace vg::tables {
namespace {

TEST(Vietnamese, KnowsItsSyllables) {
    for (const char* word : {"Cộng", "hòa", "hoà", "xã", "HỘI", "chủ", "nghĩa", "Việt", "nam", "độc", "lập", "phúc", "thuỷ", "thủy", "quốc", "quyết", "giếng",
                             "gì", "giữa", "khuya", "nghiêng", "ưu", "ý", "yếu", "Đắk", "gạch", "khỏe", "thuở", "xoong", "huỳnh", "được", "ĐỊA", "ỉa", "ơ"})
        EXPECT_TRUE(is_syllable(word)) << word;
}

TEST(Vietnamese, KnowsWhatIsNone) {
    for (const char* word : {"nghúa", "cĩ", "kà", "gẻ", "ngế", "cac", "các̀", "tất́", "hòá", "đật̉", "tầc", "bách̃", "café", "résumé", "Müller", "ñ", "w", "z", "đh", "", "quú",
                             "ghà", "Vi€t", "nghiêngnghiêng", "\xFF"})
        EXPECT_FALSE(is_syllable(word)) << word;
}

}  // namespace
}  // namespace vg::tables
