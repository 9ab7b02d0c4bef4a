// Lists in files, as a scan without a server reads them.
#include "intel/files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"

namespace vg::intel {
namespace {

namespace fs = std::filesystem;

class IndicatorFiles : public ::testing::Test {
protected:
    IndicatorFiles() : folder_(fs::temp_directory_path() / format("vonggac-indicator-files-{}", ::getpid())) { fs::create_directories(folder_ / "deeper"); }
    ~IndicatorFiles() override { fs::remove_all(folder_); }
    void write(const std::string& name, std::string_view text) { std::ofstream{folder_ / name, std::ios::binary} << text; }
    fs::path folder_;
};

TEST_F(IndicatorFiles, TheFamilyOfAValueThatNamesNoneIsItsFilesName) {
    write("emotet.txt", "hxxp://bad[.]example/x\n203.0.113.66\n");
    write("deeper/list.csv", "indicator,malware\nevil.example,owl\n");
    const auto read = read_files({folder_.string()}, 1);
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(read->values, 3U);
    EXPECT_EQ(read->refused_count, 0U);
    const auto one = read->set->look_up(*indicator::recognise("203.0.113.66"));
    ASSERT_TRUE(one);
    ASSERT_EQ(one->size(), 1U);
    EXPECT_EQ(one->front().by.front().family, "emotet");
    EXPECT_EQ(one->front().by.front().list, "emotet.txt");
    const auto other = read->set->look_up(*indicator::recognise("www.evil.example"));
    ASSERT_TRUE(other);
    ASSERT_EQ(other->size(), 1U);
    EXPECT_EQ(other->front().by.front().family, "owl");
}

TEST_F(IndicatorFiles, AValueOfTwoFilesHasBothFamiliesAndOneOfTheSameOnce) {
    write("fox.txt", "evil.example\n");
    write("owl.txt", "evil.example\n");
    fs::create_directories(folder_ / "again");
    write("again/fox.txt", "EVIL.example.\n");
    const auto read = read_files({folder_.string()}, 1);
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(read->values, 1U);
    const auto found = read->set->look_up(*indicator::recognise("evil.example"));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->front().by.size(), 2U);
}

TEST_F(IndicatorFiles, WhatIsRefusedIsNamedWithItsLine) {
    write("list.txt", "evil.example\nthis is nothing\n");
    const auto read = read_files({(folder_ / "list.txt").string()}, 1);
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(read->values, 1U);
    EXPECT_EQ(read->refused_count, 1U);
    ASSERT_EQ(read->refused.size(), 1U);
    EXPECT_EQ(read->refused[0].first, (folder_ / "list.txt").string());
    EXPECT_TRUE(read->refused[0].second.starts_with("line 2: ")) << read->refused[0].second;
    EXPECT_FALSE(read_files({(folder_ / "nowhere.txt").string()}, 1));
}

TEST_F(IndicatorFiles, WhatTheSenderSaysOfAnEntryGoesWithTheItem) {
    const Reading reading = read_any("indicator,malware,confidence,tlp\nevil.example,owl,75,green\n203.0.113.9,,,\n", "list.csv");
    const std::vector<Item> items = items_of(reading);
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[0].value, *indicator::recognise("evil.example"));
    EXPECT_EQ(items[0].family, "owl");
    EXPECT_EQ(items[0].confidence, 75);
    EXPECT_EQ(items[0].tlp, Tlp::green);
    EXPECT_EQ(items[1].family, "");
    EXPECT_FALSE(items[1].confidence);
    EXPECT_FALSE(items[1].tlp);
}

}  // namespace
}  // namespace vg::intel
