#include "store/fault_disk.h"

#include <gtest/gtest.h>

#include <set>

namespace vg::store {
namespace {

struct FaultDiskTest : ::testing::Test {
    FaultDiskTest() { EXPECT_TRUE(disk.make_folder("d") && disk.sync_folder(".")); }
    FaultDisk disk{1};
    SeededRandom random{2};
};

TEST_F(FaultDiskTest, KeepsWhatWasSyncedOverEveryPowerCut) {
    auto file = *disk.open("d/f", Open::create);
    ASSERT_TRUE(file->append("synced") && file->sync() && disk.sync_folder("d"));
    EXPECT_TRUE(disk.is_durable("d/f"));
    ASSERT_TRUE(file->append(std::string(506, '.')));
    EXPECT_FALSE(disk.is_durable("d/f"));
    for (int i = 0; i < 200; ++i) {
        const auto later = disk.after_cut(random);
        const std::string left = later->content("d/f");
        ASSERT_GE(left.size(), 6U);
    }
    file.reset();
    disk.power_cut(random);
    EXPECT_TRUE(disk.is_all_durable());
}

TEST_F(FaultDiskTest, AnUnsyncedWriteMayBeThereTornReorderedOrGone) {
    auto file = *disk.open("d/f", Open::create);
    ASSERT_TRUE(file->sync() && disk.sync_folder("d"));
    const std::string bytes = std::string(512, 'a') + std::string(512, 'b') + std::string(512, 'c');
    ASSERT_TRUE(file->append(bytes));
    bool gone = false, whole = false, only_later = false, torn = false;
    for (int i = 0; i < 500; ++i) {
        const std::string left = disk.after_cut(random)->content("d/f");
        gone |= left.empty();
        whole |= left == bytes;
        only_later |= left.size() >= 1024 && left[0] != 'a' && left[512] == 'b';
        torn |= left.size() % 512 != 0;
    }
    EXPECT_TRUE(gone && whole && only_later && torn);
}

TEST_F(FaultDiskTest, AFileWhoseFolderWasNotSyncedMayBeGone) {
    auto file = *disk.open("d/f", Open::create);
    ASSERT_TRUE(file->append("x") && file->sync());
    EXPECT_FALSE(disk.is_durable("d/f"));
    std::set<bool> seen;
    for (int i = 0; i < 100; ++i) seen.insert(disk.after_cut(random)->exists("d/f"));
    EXPECT_EQ(seen.size(), 2U);
    ASSERT_TRUE(disk.sync_folder("d"));
    for (int i = 0; i < 100; ++i) ASSERT_EQ(disk.after_cut(random)->content("d/f"), "x");
}

TEST_F(FaultDiskTest, AFailedFsyncForgetsTheBytesAndTheNextOneSaysYes) {
    auto file = *disk.open("d/f", Open::create);
    ASSERT_TRUE(file->sync() && disk.sync_folder("d"));
    disk.fail_when([](FaultDisk::Call call, const std::string&) { return call == FaultDisk::Call::sync; });
    const std::string bytes(std::size_t{512} * 64, 'x');
    ASSERT_TRUE(file->append(bytes));
    EXPECT_FALSE(file->sync());
    disk.fail_when({});
    EXPECT_TRUE(file->sync()) << "as Linux does";
    EXPECT_EQ(disk.content("d/f"), bytes) << "as the program sees it";
    EXPECT_FALSE(disk.is_durable("d/f"));
    for (int i = 0; i < 20; ++i) ASSERT_NE(disk.after_cut(random)->content("d/f"), bytes);
    ASSERT_TRUE(file->truncate(0) && file->append(bytes) && file->sync());
    EXPECT_TRUE(disk.is_durable("d/f"));
    EXPECT_EQ(disk.after_cut(random)->content("d/f"), bytes);
}

TEST_F(FaultDiskTest, AFullDiskTakesWhatFitsAndFails) {
    auto file = *disk.open("d/f", Open::create);
    disk.set_capacity(10);
    EXPECT_EQ(*disk.free_bytes("d"), 10U);
    const Status full = file->append(std::string(30, 'x'));
    ASSERT_FALSE(full);
    EXPECT_NE(full.error().text.find("No space left"), std::string::npos);
    EXPECT_EQ(*file->size(), 10U);
    ASSERT_TRUE(file->truncate(2));
    EXPECT_TRUE(file->append("12345678"));
}

TEST_F(FaultDiskTest, PowerGoesOffInTheMiddleOfTheChosenCall) {
    auto file = *disk.open("d/f", Open::create);
    disk.power_off_after(2);
    EXPECT_TRUE(file->append("one"));
    EXPECT_FALSE(file->sync());
    EXPECT_TRUE(disk.is_off());
    EXPECT_FALSE(file->append("two"));
    EXPECT_FALSE(disk.exists("d/f"));
    disk.power_cut(random);
    EXPECT_FALSE(disk.is_off());
    EXPECT_FALSE(file->append("three")) << "a file opened before the cut is dead";
    EXPECT_TRUE(disk.exists("d"));
}

TEST_F(FaultDiskTest, AWholeWriteLeavesTheOldOrTheNewContent) {
    ASSERT_TRUE(write_whole(disk, "d/w", "old"));
    std::set<std::string> seen;
    for (std::uint64_t calls = 1; calls < 8; ++calls) {
        for (int i = 0; i < 30; ++i) {
            const auto trial = disk.after_cut(random);
            trial->power_off_after(calls);
            const bool done = write_whole(*trial, "d/w", "new").has_value();
            trial->power_cut(random);
            seen.insert(trial->content("d/w"));
            ASSERT_TRUE(!done || trial->content("d/w") == "new");
        }
    }
    EXPECT_EQ(seen, (std::set<std::string>{"old", "new"}));
}

}  // namespace
}  // namespace vg::store
