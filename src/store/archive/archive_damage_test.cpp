// Segments that were altered, cut, lost or cannot be written.
#include <gtest/gtest.h>

#include <fstream>

#include "store/archive/archive_test_kit.h"

namespace vg::store::archive {
namespace {

using kit::Events;

struct ArchiveDamage : kit::Base {
    // Three segments of a hundred events.
    void three_segments() {
        open();
        for (std::uint64_t i = 0; i < 3; ++i) {
            append_simple(i * 100, i * 100 + 100);
            tend(true);
        }
    }
    std::string path(std::string_view file) const { return options.folder + "/segments/" + std::string{file}; }
    static void flip(const std::string& path, std::streamoff offset) {
        std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
        file.seekg(offset);
        const char byte = static_cast<char>(file.get() ^ 1);
        file.seekp(offset);
        file.put(byte);
        ASSERT_TRUE(file.good());
    }
    static std::vector<std::uint64_t> both(std::vector<std::uint64_t> a, const std::vector<std::uint64_t>& b) {
        a.insert(a.end(), b.begin(), b.end());
        return a;
    }
    void expect_second_is_missing(const std::string& reason) {
        ASSERT_EQ(archive->missing().size(), 1U);
        EXPECT_EQ(archive->missing()[0].from.value, 100U);
        EXPECT_EQ(archive->missing()[0].to.value, 200U);
        EXPECT_EQ(positions(), both(range(0, 100), range(200, 300)));
        bool named = false;
        for (const std::string& damage : archive->health().damage)
            named = named || (damage.find("segment 000000000002 (positions 100 to 199") == 0 && damage.find(reason) != std::string::npos);
        EXPECT_TRUE(named) << reason;
    }
    void put_second_back() {
        Events events;
        events.simple_range(100, 200);
        const Status replaced = archive->replace({{100}, {200}}, events.all);
        ASSERT_TRUE(replaced) << replaced.error().text;
        EXPECT_TRUE(archive->missing().empty());
        EXPECT_EQ(positions(), range(0, 300));
    }
};

TEST_F(ArchiveDamage, AnyFlippedByteIsFoundNamedAndPutBack) {
    three_segments();
    const auto bytes = static_cast<std::streamoff>(std::filesystem::file_size(path("000000000002.parquet")));
    flip(path("000000000002.parquet"), bytes / 2);
    const Status verified = archive->verify({});
    ASSERT_TRUE(verified) << verified.error().text;
    expect_second_is_missing("checksum does not fit");
    EXPECT_EQ(files("damaged"), (std::vector<std::string>{"000000000002.parquet"}));
    put_second_back();
    open();
    EXPECT_EQ(positions(), range(0, 300));
    EXPECT_TRUE(archive->missing().empty());
}

TEST_F(ArchiveDamage, VerifyOfAGoodArchiveFindsNothing) {
    three_segments();
    std::uint64_t last_done = 0, last_all = 0;
    ASSERT_TRUE(archive->verify([&](std::uint64_t done, std::uint64_t all) {
        last_done = done;
        last_all = all;
        return true;
    }));
    EXPECT_EQ(last_done, last_all);
    EXPECT_GT(last_all, 0U);
    EXPECT_TRUE(archive->missing().empty());
    EXPECT_TRUE(archive->health().damage.empty());
}

TEST_F(ArchiveDamage, CutSegmentIsFoundAtOpen) {
    three_segments();
    archive.reset();
    std::filesystem::resize_file(path("000000000002.parquet"), 1000);
    open();
    expect_second_is_missing("has 1000 bytes instead of");
    put_second_back();
}

TEST_F(ArchiveDamage, LostSegmentIsFoundAtOpenAndStaysMissingOverARestart) {
    three_segments();
    archive.reset();
    std::filesystem::remove(path("000000000002.parquet"));
    open();
    expect_second_is_missing("No such file");
    open();
    ASSERT_EQ(archive->missing().size(), 1U);
    put_second_back();
}

TEST_F(ArchiveDamage, MissingRangeIsPutBackPieceByPiece) {
    three_segments();
    archive.reset();
    std::filesystem::remove(path("000000000002.parquet"));
    open();
    Events first, second;
    first.simple_range(100, 140);
    second.simple_range(150, 200);
    ASSERT_TRUE(archive->replace({{100}, {150}}, first.all));
    ASSERT_EQ(archive->missing().size(), 1U);
    EXPECT_EQ(archive->missing()[0].from.value, 150U);
    EXPECT_FALSE(archive->replace({{160}, {200}}, {}));  // not its beginning
    ASSERT_TRUE(archive->replace({{150}, {200}}, second.all));
    EXPECT_EQ(positions(), both(range(0, 140), range(150, 300)));
}

TEST_F(ArchiveDamage, WhatCannotBePutBackIsNamedForGood) {
    three_segments();
    archive.reset();
    std::filesystem::remove(path("000000000002.parquet"));
    open();
    ASSERT_TRUE(archive->give_up({{100}, {200}}, "the journal holds them no longer"));
    EXPECT_TRUE(archive->missing().empty());
    open();
    ASSERT_EQ(archive->health().damage.size(), 1U);
    EXPECT_EQ(archive->health().damage[0], "positions 100 to 199 are lost to the archive: the journal holds them no longer");
}

TEST_F(ArchiveDamage, DamagedFilterIsMadeAgain) {
    three_segments();
    flip(path("000000000002.filter"), 100);
    ASSERT_TRUE(archive->verify({}));
    EXPECT_TRUE(archive->missing().empty());
    EXPECT_EQ(positions(), range(0, 300));
    for (const auto& segment : archive->view().snapshot->segments) {
        const auto filter = segment->filter();
        ASSERT_TRUE(filter) << filter.error().text;
        EXPECT_TRUE((*filter)->verify());
    }
}

TEST_F(ArchiveDamage, DamagedManifestIsReadFromItsCopy) {
    three_segments();
    archive.reset();
    flip(options.folder + "/manifest", 300);
    open();
    EXPECT_EQ(positions(), range(0, 300));
    EXPECT_EQ(archive->watermark().value, 300U);
}

TEST_F(ArchiveDamage, TwoDamagedManifestsAreRefusedAndNothingIsRemoved) {
    three_segments();
    archive.reset();
    flip(options.folder + "/manifest", 300);
    flip(options.folder + "/manifest.copy", 300);
    const auto opened = Archive::open(options, clock, metrics);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::corrupt);
    EXPECT_EQ(files().size(), 6U);
}

TEST_F(ArchiveDamage, FilesThatNoManifestNamesAreRemovedAtOpen) {
    three_segments();
    archive.reset();
    for (const char* name : {"segments/000000000099.parquet", "segments/000000000099.filter", "segments/x.tmp", "scratch/000000000099.parquet", "export/1.parquet"})
        std::ofstream{options.folder + "/" + name} << "left behind";
    open();
    EXPECT_EQ(files().size(), 6U);
    EXPECT_TRUE(files("scratch").empty());
    EXPECT_TRUE(files("export").empty());
    EXPECT_EQ(positions(), range(0, 300));
}

TEST_F(ArchiveDamage, JoiningNoticesASegmentThatCannotBeRead) {
    options.segment_events = 1000;
    open();
    for (std::uint64_t i = 0; i < 8; ++i) {
        append_simple(i * 10, i * 10 + 10);
        tend(true);
    }
    std::filesystem::resize_file(path("000000000003.parquet"), 50);
    EXPECT_FALSE(archive->tend(false));
    EXPECT_NE(archive->health().trouble, "");
    tend();  // looks at the suspects
    ASSERT_EQ(archive->missing().size(), 1U);
    EXPECT_EQ(archive->missing()[0].from.value, 20U);
    EXPECT_EQ(archive->health().trouble, "");
    EXPECT_EQ(positions(), both(range(0, 20), range(30, 80)));
}

}  // namespace
}  // namespace vg::store::archive
