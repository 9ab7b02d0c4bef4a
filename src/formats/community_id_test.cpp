// SHA-1 of short texts by both ways, and how an id stands in memory. That the ids are those of other programs is asked in
// corpora_test.cpp.
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "formats/community_id.h"
#include "formats/sha1_short.h"

namespace vg::formats {
namespace {

std::string hex(const std::array<char, 20>& digest) { return to_hex({digest.data(), digest.size()}); }

TEST(Sha1Short, GivesTheDigestsOfTheStandard) {
    // FIPS 180-4's examples and NIST's SHA1ShortMsg.rsp: no bytes, "abc", and 55 letters as sha1sum (coreutils) gives them.
    EXPECT_EQ(hex(sha1_of_short("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(hex(sha1_of_short_plainly("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(hex(sha1_of_short("")), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    EXPECT_EQ(hex(sha1_of_short(std::string(55, 'a'))), "c1c8bbdc22796e28c0e15163d20899b65621d65a");
}

TEST(Sha1Short, IsTheSameByBothWays) {
    std::string text;
    for (std::size_t size = 0; size <= kMostShort; ++size) {
        EXPECT_EQ(hex(sha1_of_short(text)), hex(sha1_of_short_plainly(text))) << size;
        text += static_cast<char>(size * 37 + 201);
    }
}

TEST(CommunityId, IsTheSameInAnArena) {
    // The first flow of community-id-spec's baseline_deflt.json that is TCP.
    const FiveTuple flow{.protocol = 6, .source = *parse_address("128.232.110.120"), .destination = *parse_address("66.35.250.204"), .source_port = 34855, .destination_port = 80};
    Arena arena;
    EXPECT_EQ(community_id(flow, arena), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
    EXPECT_EQ(community_id(flow), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
}

}  // namespace
}  // namespace vg::formats
