// Files that grow, are rotated, truncated and written anew, with a journal in memory. The thread looks every 10 ms.
#include "ingest/follow.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "ingest/memory_journal.h"

namespace vg::ingest {
namespace {

namespace fs = std::filesystem;
using Found = std::vector<std::string>;

struct House {
    House() : folder(fs::temp_directory_path() / ("vg-follow-" + std::to_string(::getpid()))), intake(Intake::start(journal, {}, clock, metrics)) {
        fs::remove_all(folder);
        fs::create_directories(folder / "logs");
    }
    ~House() {
        follower.reset();
        fs::remove_all(folder);
    }
    void follow(const std::string& what, const std::string& encoding = {}, bool from_start = true) {
        FollowOptions options{.targets = {{"web", what, encoding}}, .checkpoint = folder / "followed.json", .from_start = from_start, .line_bytes = 1000, .every = milliseconds(10)};
        auto started = Follower::start(std::move(options), {*intake, counters, metrics, [this](const std::string& name) {
                                                                return name == "web" && there ? std::optional{source} : std::nullopt;
                                                            }});
        ASSERT_TRUE(started) << started.error().text;
        follower = std::move(*started);
    }
    void write(const std::string& name, const std::string& text) const { std::ofstream{folder / "logs" / name, std::ios::app | std::ios::binary} << text; }
    Found kept(std::size_t count) const {
        for (int i = 0; i < 3000 && journal.count() < count; ++i) ::poll(nullptr, 0, 10);
        Found raws;
        for (const event::Record& record : journal.kept()) raws.push_back(record.raw);
        return raws;
    }
    std::string path(const std::string& name) const { return folder / "logs" / name; }

    fs::path folder;
    MemoryJournal journal;
    ManualClock clock{Time{1'700'000'000'000'000}};
    metrics::Registry metrics;
    Counters counters;
    SourceFacts source{.id = SourceId{{7}}, .organisation = OrganisationId{{8}}, .name = "web", .format = {}, .zone = {}};
    std::atomic<bool> there{true};
    std::unique_ptr<Intake> intake;
    std::unique_ptr<Follower> follower;
};

TEST(Follower, ReadsAFileAsItGrowsAndWaitsForLineEnds) {
    House house;
    house.write("a.log", "một\r\n\nhai\nba");
    house.follow(house.path("a.log"));
    EXPECT_EQ(house.kept(2), (Found{"một", "hai"}));
    house.write("a.log", " bốn\n");
    EXPECT_EQ(house.kept(3).back(), "ba bốn");
    EXPECT_EQ(house.journal.kept()[0].envelope.peer, house.path("a.log"));
}

TEST(Follower, GoesOnWhereItWasAfterARestart) {
    House house;
    house.write("a.log", "1\n2\n");
    house.follow(house.path("a.log"));
    EXPECT_EQ(house.kept(2).size(), 2u);
    house.follower.reset();
    house.write("a.log", "3\n");
    house.follow(house.path("a.log"));
    EXPECT_EQ(house.kept(3), (Found{"1", "2", "3"}));
}

TEST(Follower, ARenamedFileIsReadToItsEndAndTheNewOneFromItsBeginning) {
    House house;
    house.write("a.log", "1\n");
    house.follow(house.path("a.log"));
    EXPECT_EQ(house.kept(1).size(), 1u);
    fs::rename(house.path("a.log"), house.path("a.log.1"));
    house.write("a.log.1", "2\n");  // the writer still has it open
    house.write("a.log", "3\n");
    Found found = house.kept(3);
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, (Found{"1", "2", "3"}));
}

TEST(Follower, ARotatedFileInAWatchedFolderIsNotReadTwice) {
    House house;
    house.write("a.log", "1\n");
    house.follow(house.folder / "logs");
    EXPECT_EQ(house.kept(1).size(), 1u);
    fs::rename(house.path("a.log"), house.path("a.log.1"));
    house.write("a.log", "2\n");
    house.write("b.log", "3\n");
    Found found = house.kept(3);
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, (Found{"1", "2", "3"}));
}

TEST(Follower, ATruncatedFileIsReadAnew) {
    House house;
    house.write("a.log", "a long first line\n");
    house.follow(house.path("a.log"));
    EXPECT_EQ(house.kept(1).size(), 1u);
    fs::resize_file(house.path("a.log"), 0);
    house.write("a.log", "2\n");
    EXPECT_EQ(house.kept(2), (Found{"a long first line", "2"}));
}

// Copied and truncated, and longer than before when we look again: the first bytes tell.
TEST(Follower, AFileWrittenAnewIsKnownByItsFirstBytes) {
    House house;
    house.write("a.log", "first\n");
    house.follow(house.path("a.log"));
    EXPECT_EQ(house.kept(1).size(), 1u);
    house.follower.reset();
    std::ofstream{house.path("a.log"), std::ios::trunc | std::ios::binary} << "another beginning\nand more\n";
    house.follow(house.path("a.log"));
    EXPECT_EQ(house.kept(3), (Found{"first", "another beginning", "and more"}));
}

TEST(Follower, ALongLineIsRefusedAndCounted) {
    House house;
    house.write("a.log", std::string(5000, 'x') + "\nshort\n");
    house.follow(house.path("a.log"));
    EXPECT_EQ(house.kept(1), Found{"short"});
    EXPECT_EQ(house.counters.values(house.source.id).refused, 1u);
}

TEST(Follower, OnlyWhatComesFromNowOnWhenAsked) {
    House house;
    house.write("a.log", "old\n");
    house.follow(house.path("*.log"), "", false);
    for (int i = 0; i < 3000 && house.follower->report().as_array().empty(); ++i) ::poll(nullptr, 0, 10);
    house.write("a.log", "new\n");
    house.write("b.log", "a new file\n");
    Found found = house.kept(2);
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, (Found{"a new file", "new"}));
}

TEST(Follower, Utf16WithItsMarkBecomesUtf8) {
    House house;
    house.write("a.log", std::string{"\xff\xfem\0\xd9\x1e\r\0\n\0", 10});
    house.follow(house.path("a.log"));
    EXPECT_EQ(house.kept(1), Found{"mộ"});
}

TEST(Follower, WaitsForItsSource) {
    House house;
    house.there = false;
    house.write("a.log", "1\n");
    house.follow(house.path("a.log"));
    for (int i = 0; i < 3000 && house.follower->report().as_array().empty(); ++i) ::poll(nullptr, 0, 10);
    EXPECT_EQ(house.follower->report().as_array()[0].text("trouble"), "there is no source of this name");
    EXPECT_TRUE(house.journal.kept().empty());
    house.there = true;
    EXPECT_EQ(house.kept(1), Found{"1"});
}

TEST(Follower, ReadsTheSettingOrSaysWhatIsWrong) {
    const auto target = parse_follow("web=/var/log/*.log;encoding=windows-1258");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->source, "web");
    EXPECT_EQ(target->pattern, "/var/log/*.log");
    EXPECT_EQ(target->encoding, "windows-1258");
    EXPECT_EQ(parse_follow("web").error().text, "web is not SOURCE=PATH");
    EXPECT_EQ(parse_follow("web=logs/a").error().text, "logs/a does not begin with /");
    EXPECT_EQ(parse_follow("web=/var/*/a").error().text, "only the last part of /var/*/a may have * and ?");
    EXPECT_FALSE(parse_follow("web=/var/log/a;encoding=klingon"));
}

}  // namespace
}  // namespace vg::ingest
