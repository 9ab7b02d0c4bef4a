#include "server/snapshots.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "store/fault_disk.h"

namespace vg::server {
namespace {

Uuid journal_of(std::uint8_t byte) {
    Uuid uuid;
    uuid.fill(byte);
    return uuid;
}
const std::string kContent(64, 'c');

TEST(Snapshots, TheNewestThatIsNotBeyondThePositionIsTakenUp) {
    store::FaultDisk disk{1};
    Snapshots snapshots{disk, "folder"};
    EXPECT_FALSE(snapshots.newest(journal_of(1), {100}));
    ASSERT_TRUE(snapshots.write({journal_of(1), {10}, kContent, "ten"}));
    ASSERT_TRUE(snapshots.write({journal_of(1), {20}, kContent, "twenty"}));
    EXPECT_EQ(snapshots.newest(journal_of(1), {100})->state, "twenty");
    EXPECT_EQ(snapshots.newest(journal_of(1), {20})->state, "twenty");
    EXPECT_EQ(snapshots.newest(journal_of(1), {19})->state, "ten");
    EXPECT_FALSE(snapshots.newest(journal_of(1), {9}));
    EXPECT_FALSE(snapshots.newest(journal_of(2), {100}));
    // Another start overwrites the older one.
    ASSERT_TRUE((Snapshots{disk, "folder"}.write({journal_of(1), {30}, kContent, "thirty"})));
    EXPECT_EQ(snapshots.newest(journal_of(1), {100})->state, "thirty");
    EXPECT_EQ(snapshots.newest(journal_of(1), {29})->state, "twenty");
}

// Laid out by hand: the state alone, then with a lane.
TEST(Snapshots, ThoseOfBeforeAreRead) {
    for (const bool lane : {false, true}) {
        std::string bytes = lane ? "VGCORR02" : "VGCORR01";
        bytes += std::string(16, '\0');
        put(bytes, std::uint64_t{123});
        bytes += kContent;
        put(bytes, std::uint64_t{10});
        if (lane) put(bytes, std::uint64_t{4});
        put(bytes, hash64(bytes));
        bytes += "some state";
        if (lane) bytes += "lane";
        const auto read = parse_snapshot(bytes);
        ASSERT_TRUE(read);
        EXPECT_EQ(read->state, "some state");
        EXPECT_EQ(read->lane, lane ? "lane" : "");
        EXPECT_EQ(read->indicators + read->patterns, "");
    }
    const auto all = parse_snapshot(to_bytes({journal_of(1), {5}, kContent, "state", "lane", "set", "patterns"}));
    ASSERT_TRUE(all);
    EXPECT_EQ(all->state + "," + all->lane + "," + all->indicators + "," + all->patterns, "state,lane,set,patterns");
}

TEST(Snapshots, WhatIsNotWholeIsRefused) {
    const Snapshot snapshot{journal_of(7), {123}, kContent, "some state"};
    const std::string bytes = to_bytes(snapshot);
    const auto read = parse_snapshot(bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->journal, snapshot.journal);
    EXPECT_EQ(read->position.value, 123U);
    EXPECT_EQ(read->content, kContent);
    EXPECT_EQ(read->state, "some state");
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(parse_snapshot(std::string_view{bytes}.substr(0, size))) << size;
    for (std::size_t at = 0; at < bytes.size() - snapshot.state.size(); ++at) {  // the state has a checksum of its own
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        EXPECT_FALSE(parse_snapshot(damaged)) << at;
    }
}

}  // namespace
}  // namespace vg::server
