#include "server/feed.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "base/text.h"
#include "base/time.h"
#include "store/fault_disk.h"

namespace vg::server {
namespace {

// A journal on a disk in memory and an archive in a temporary folder, with a feed between them that can be started again.
class FeedTest : public ::testing::Test {
protected:
    FeedTest() {
        static std::atomic<int> number{0};
        folder_ = std::filesystem::temp_directory_path() / format("vonggac-feed-{}-{}", ::getpid(), number++);
        std::filesystem::create_directories(folder_);
        store::JournalOptions options;
        options.random = &random_;
        options.reserve_bytes = 0;
        options.segment_bytes = 65536;
        options.key = store::load_or_make_signing_key(disk_, "keys", random_).value();
        journal_ = store::Journal::open(disk_, "journal", options, clock_, metrics_).value();
        open_archive();
    }
    ~FeedTest() override {
        archive_.reset();
        std::filesystem::remove_all(folder_);
    }

    void open_archive() {
        archive_.reset();
        auto opened = store::Archive::open({.folder = (folder_ / "archive").string(), .journal = journal_->id(), .memory_bytes = std::size_t{256} << 20}, clock_, metrics_);
        ASSERT_TRUE(opened) << opened.error().text;
        archive_ = std::move(*opened);
    }

    void keep(const std::vector<std::string>& raws, event::Kind kind = event::Kind::data) {
        std::vector<event::Record> records;
        for (const std::string& raw : raws) {
            event::Record& record = records.emplace_back();
            record.envelope.kind = kind;
            record.envelope.source.bytes = {1};
            record.envelope.organisation.bytes = {2};
            record.envelope.received = clock_.now();
            record.raw = raw;
        }
        ASSERT_TRUE(journal_->keep(records));
    }

    std::unique_ptr<Feed> start() {
        auto feed = Feed::start({.journal = *journal_,
                                 .archive = *archive_,
                                 .clock = clock_,
                                 .metrics = metrics_,
                                 .folder = folder_.string(),
                                 .library = [this] { return library_; },
                                 .pipeline_position = [this] { return event::Position{pipeline_.load()}; },
                                 .set_aside = [this] { return before_set_aside_ ? before_set_aside_() : set_aside_; },
                                 .before_parse = [this](const event::Record&) { ++parsed_; }},
                                {.gather = milliseconds(1), .tend_every = milliseconds(5), .nice = 0});
        EXPECT_TRUE(feed) << feed.error().text;
        return feed ? std::move(*feed) : nullptr;
    }
    template <class Done>
    static bool until(Done done) {
        for (int i = 0; i < 6000 && !done(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
        return done();
    }
    void run_to_end() {
        const auto feed = start();
        ASSERT_TRUE(until([&] { return archive_->searchable() == journal_->end(); })) << feed->trouble();
        EXPECT_EQ(feed->trouble(), "");
    }
    // As a process leaves it that died with these in the feed's hand.
    void leave_in_hand(std::uint64_t position) { InHand::open(folder_ / "archive-in-hand").value()->hold(0, {position}); }

    store::FoundEvent at(std::uint64_t position) {
        auto found = archive_->at({position});
        EXPECT_TRUE(found) << position << ": " << found.error().text;
        return found ? std::move(*found) : store::FoundEvent{};
    }

    std::filesystem::path folder_;
    store::FaultDisk disk_{1};
    SeededRandom random_{1};
    ManualClock clock_{*parse_time("2024-05-01T00:00:00Z")};
    metrics::Registry metrics_;
    std::unique_ptr<store::Journal> journal_;
    std::unique_ptr<store::Archive> archive_;
    std::shared_ptr<const formats::Library> library_ = *formats::Library::make({});
    std::atomic<std::uint64_t> pipeline_{0};
    std::atomic<int> parsed_{0};
    std::vector<event::Position> set_aside_;
    std::function<std::vector<event::Position>()> before_set_aside_;
};

TEST_F(FeedTest, EveryRecordButControlRecordsCanBeFound) {
    keep({R"({"message":"one","host":{"name":"web-01"},"status":200})", "these bytes are of no format"});
    keep({R"({"control":"tick"})"}, event::Kind::control);
    keep({R"({"message":"three"})"});
    run_to_end();
    const store::FoundEvent first = at(0);
    EXPECT_EQ(first.fields.text("host.name"), "web-01");
    EXPECT_EQ(first.fields.text("message"), "one");
    EXPECT_EQ(first.fields.text("status"), "200");
    EXPECT_EQ(first.source.bytes[0], 1);
    EXPECT_EQ(first.organisation.bytes[0], 2);
    const store::FoundEvent second = at(1);
    EXPECT_EQ(second.fields.text("message"), "these bytes are of no format");
    EXPECT_NE(second.unparsed, "");
    EXPECT_FALSE(archive_->at({2}));
    EXPECT_EQ(at(3).fields.text("message"), "three");
    EXPECT_EQ(archive_->watermark(), journal_->end());  // stop() closed the tail
}

TEST_F(FeedTest, FollowsTheJournalWhileItGrows) {
    const auto feed = start();
    for (int i = 0; i < 5; ++i) {
        keep({R"({"n":1})", R"({"n":2})"});
        ASSERT_TRUE(until([&] { return archive_->searchable() == journal_->end(); }));
    }
    EXPECT_EQ(archive_->health().events + archive_->health().tail_events, 10U);
}

TEST_F(FeedTest, GoesOnWhereTheArchiveStandsAfterACrash) {
    keep({R"({"n":1})", R"({"n":2})"});
    run_to_end();
    keep({R"({"n":3})", R"({"n":4})"});
    {
        const auto feed = start();
        ASSERT_TRUE(until([&] { return archive_->searchable().value == 4; }));
    }
    std::filesystem::copy(folder_ / "archive", folder_ / "before", std::filesystem::copy_options::recursive);
    keep({R"({"n":5})"});
    run_to_end();
    // The folder as it was before the last record: the archive's memory is gone, its segments are not.
    archive_.reset();
    std::filesystem::remove_all(folder_ / "archive");
    std::filesystem::rename(folder_ / "before", folder_ / "archive");
    open_archive();
    EXPECT_EQ(archive_->searchable().value, 4U);
    run_to_end();
    EXPECT_EQ(at(4).fields.text("n"), "5");
    EXPECT_EQ(archive_->health().events, 5U);
}

TEST_F(FeedTest, ArchiveIsRebuiltWhenItsFolderIsGone) {
    keep({R"({"n":1})", R"({"n":2})"});
    run_to_end();
    archive_.reset();
    std::filesystem::remove_all(folder_ / "archive");
    open_archive();
    run_to_end();
    EXPECT_EQ(at(1).fields.text("n"), "2");
}

TEST_F(FeedTest, DamagedSegmentIsPutBackFromTheJournal) {
    std::vector<std::string> raws;
    for (int i = 0; i < 3000; ++i) raws.push_back(format(R"({{"n":{}}})", i));
    keep(raws);
    run_to_end();
    std::string segment;
    for (const auto& entry : std::filesystem::directory_iterator{folder_ / "archive" / "segments"})
        if (entry.path().extension() == ".parquet") segment = entry.path();
    {
        FILE* file = std::fopen(segment.c_str(), "r+b");
        ASSERT_NE(file, nullptr);
        std::fseek(file, 5000, SEEK_SET);
        const int byte = std::fgetc(file);
        std::fseek(file, 5000, SEEK_SET);
        std::fputc(byte ^ 1, file);
        std::fclose(file);
    }
    ASSERT_TRUE(archive_->verify({}));
    ASSERT_EQ(archive_->missing().size(), 1U);
    {
        const auto feed = start();
        ASSERT_TRUE(until([&] { return archive_->missing().empty(); })) << feed->trouble();
    }
    EXPECT_EQ(archive_->health().events, 3000U);
    EXPECT_EQ(at(2999).fields.text("n"), "2999");
}

TEST_F(FeedTest, AnArchiveBuiltAnewOnRequestGivesTheSameAnswers) {
    std::vector<std::string> raws;
    for (int i = 0; i < 500; ++i) raws.push_back(format(R"({{"n":{},"host":{{"name":"web-{}"}}}})", i, i % 7));
    for (int i = 0; i < 3; ++i) {
        keep(raws);
        run_to_end();  // a segment each
    }
    const std::uint64_t before = archive_->health().segments;
    const auto received = [&](event::Position position) { return std::optional{journal_->at(position)->record.envelope.received}; };
    const auto marked = archive_->rebuild({{0}, {UINT64_MAX}}, journal_->begin(), received);
    ASSERT_TRUE(marked) << marked.error().text;
    EXPECT_EQ(marked->segments, before);
    EXPECT_EQ(marked->events, 1500U);
    open_archive();  // the marks outlive it
    const int parsed = parsed_;
    {
        const auto feed = start();
        ASSERT_TRUE(until([&] { return archive_->rebuilding().segments == 0 && archive_->health().segments <= before; })) << feed->trouble();
        EXPECT_EQ(feed->trouble(), "");
    }
    EXPECT_EQ(parsed_ - parsed, 1500) << "each record was read from the journal again";
    EXPECT_TRUE(archive_->rebuilding().kept.empty());
    EXPECT_EQ(archive_->health().events, 1500U);
    for (const std::uint64_t position : {0U, 777U, 1499U}) EXPECT_EQ(at(position).fields.text("n"), format("{}", position % 500));
}

TEST_F(FeedTest, SegmentsWhoseJournalIsGoneOrDamagedAreKept) {
    std::vector<std::string> raws;
    for (int i = 0; i < 2000; ++i) raws.push_back(format(R"({{"n":{},"text":"{}"}})", i, std::string(200, static_cast<char>('a' + i % 26))));
    for (int i = 0; i < 2; ++i) {
        keep(raws);
        run_to_end();
        clock_.move(days(1));
    }
    // A byte of the first record's group is another one.
    const auto files = journal_->files();
    ASSERT_GT(files.size(), 0U);
    disk_.flip("journal/" + files.front().name, 3000);
    ASSERT_TRUE(archive_->rebuild({{0}, {UINT64_MAX}}, journal_->begin(), [](event::Position) { return std::optional<Time>{}; }));
    const auto feed = start();
    ASSERT_TRUE(until([&] { return archive_->rebuilding().segments == 0; })) << feed->trouble();
    ASSERT_EQ(archive_->rebuilding().kept.size(), 1U);
    EXPECT_NE(archive_->rebuilding().kept[0].find("the journal is damaged there"), std::string::npos) << archive_->rebuilding().kept[0];
    EXPECT_EQ(archive_->health().events, 4000U);
    EXPECT_EQ(at(0).fields.text("n"), "0");
    EXPECT_EQ(at(3999).fields.text("n"), "1999");
}

TEST_F(FeedTest, SuspectedRecordWaitsUntilThePipelineHasPassedIt) {
    keep({R"({"n":0})", R"({"n":1})", R"({"n":2})"});
    leave_in_hand(1);
    const auto feed = start();
    ASSERT_TRUE(until([&] { return archive_->searchable().value == 1; }));
    EXPECT_EQ(parsed_, 1);  // the record itself is in nobody's hand yet
    pipeline_ = 2;
    ASSERT_TRUE(until([&] { return archive_->searchable().value == 3; }));
    EXPECT_EQ(at(1).fields.text("n"), "1");
}

// The pipeline gets past the suspect, and sets it aside, between the feed's two looks at it.
TEST_F(FeedTest, SuspectThatIsSetAsideAtThatMomentIsNotParsed) {
    keep({R"({"n":0})"});
    leave_in_hand(0);
    before_set_aside_ = [this] {
        const std::vector<event::Position> before = set_aside_;
        set_aside_ = {{0}};
        pipeline_ = 1;
        return before;
    };
    run_to_end();
    EXPECT_EQ(parsed_, 0);
    EXPECT_NE(at(0).unparsed.find("set aside"), std::string::npos);
}

TEST_F(FeedTest, RecordThatThePipelineSetAsideIsKeptAsText) {
    keep({R"({"n":0})", R"({"n":1})"});
    leave_in_hand(1);
    set_aside_ = {{1}};
    pipeline_ = 2;
    run_to_end();
    EXPECT_EQ(parsed_, 1);
    const store::FoundEvent kept = at(1);
    EXPECT_EQ(kept.fields.text("message"), R"({"n":1})");
    EXPECT_EQ(kept.unparsed, "the record was set aside: it ended the program");
}

TEST_F(FeedTest, RecordThatEndedTheProgramTwiceInTheFeedsHandIsKeptAsText) {
    keep({R"({"n":0})"});
    leave_in_hand(0);
    { const auto feed = start(); }  // waits for the pipeline, and is ended
    leave_in_hand(0);
    run_to_end();
    EXPECT_EQ(parsed_, 0);
    EXPECT_EQ(at(0).fields.text("message"), R"({"n":0})");
}

TEST_F(FeedTest, RefusesAnArchiveThatHasMoreThanTheJournal) {
    keep({R"({"n":0})", R"({"n":1})"});
    run_to_end();
    store::FaultDisk other{2};
    store::JournalOptions options;
    SeededRandom random{1};  // the same journal id
    options.random = &random;
    options.reserve_bytes = 0;
    options.key = store::load_or_make_signing_key(other, "keys", random).value();
    journal_ = store::Journal::open(other, "journal", options, clock_, metrics_).value();
    const auto feed = Feed::start({.journal = *journal_,
                                   .archive = *archive_,
                                   .clock = clock_,
                                   .metrics = metrics_,
                                   .folder = folder_.string(),
                                   .library = [this] { return library_; },
                                   .pipeline_position = [] { return event::Position{}; },
                                   .set_aside = [] { return std::vector<event::Position>{}; }},
                                  {});
    ASSERT_FALSE(feed);
    EXPECT_NE(feed.error().text.find("the journal ends at 0"), std::string::npos) << feed.error().text;
    journal_.reset();
}

}  // namespace
}  // namespace vg::server
