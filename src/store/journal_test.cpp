#include "store/journal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "store/journal_blocks.h"
#include "store/journal_files.h"
#include "store/signing.h"

namespace vg::store {
namespace {

// A journal in a folder of its own on the real disk.
struct OnDisk : testing::Test {
    OnDisk() {
        static std::atomic<int> number{0};
        root = std::filesystem::temp_directory_path() / format("vg_journal_test_{}_{}", ::getpid(), number++);
        std::filesystem::create_directories(root);
        options.key = *signing_key_of(std::string(32, 'k'));
        options.random = &random;
        options.reserve_bytes = 0;
    }
    ~OnDisk() override { std::filesystem::remove_all(root); }

    std::unique_ptr<Journal> open() {
        auto opened = Journal::open(system_disk(), folder(), options, clock, metrics);
        EXPECT_TRUE(opened) << opened.error().text;
        return opened ? std::move(*opened) : nullptr;
    }
    std::string folder() const { return (root / "journal").string(); }

    std::filesystem::path root;
    SeededRandom random{1};
    ManualClock clock{*parse_time("2024-05-01T00:00:00Z")};
    metrics::Registry metrics;
    JournalOptions options;
};

event::Record record(std::string raw, Time received = {1'714'521'600'000'000}) {
    event::Record made;
    made.envelope.source.bytes = {1, 2, 3};
    made.envelope.organisation.bytes = {9};
    made.envelope.received = received;
    made.envelope.format = "sshd";
    made.envelope.zone = "Asia/Ho_Chi_Minh";
    made.envelope.peer = "192.0.2.7";
    made.raw = std::move(raw);
    return made;
}

std::vector<event::Record> records(std::size_t count, std::string_view word, std::size_t bytes = 0) {
    std::vector<event::Record> made;
    for (std::size_t i = 0; i < count; ++i) {
        made.push_back(record(format("{} {}", word, i)));
        if (made.back().raw.size() < bytes) made.back().raw.resize(bytes, '.');
    }
    return made;
}

std::vector<StoredRecord> read_all(const Journal& journal, Position from = {}) {
    std::vector<StoredRecord> all;
    const auto reader = journal.reader(from);
    while (true) {
        auto batch = reader->next(1000, 1 << 20);
        EXPECT_TRUE(batch) << batch.error().text;
        if (!batch || (batch->records.empty() && batch->damage.empty())) return all;
        EXPECT_TRUE(batch->damage.empty());
        for (auto& one : batch->records) all.push_back(std::move(one));
    }
}

TEST_F(OnDisk, KeepsRecordsOverARestartWithEverythingThatIsKnownAboutThem) {
    event::Record odd = record(std::string("\0\xff\n raw", 7), {-5});
    odd.envelope.kind = event::Kind::control;
    odd.envelope.format.clear();
    odd.envelope.peer = std::string(255, 'p');
    const std::vector<event::Record> kept{record("one"), odd, record("", {INT64_MAX}), record("four", {INT64_MIN})};
    {
        const auto journal = open();
        EXPECT_EQ(journal->end().value, 0U);
        EXPECT_EQ(journal->keep(std::span{kept}.first(1))->value, 0U);
        EXPECT_EQ(journal->keep(std::span{kept}.subspan(1))->value, 1U);
        EXPECT_EQ(journal->end().value, 4U);
    }
    const auto journal = open();
    EXPECT_FALSE(journal->health().torn_tail);
    EXPECT_EQ(journal->keep(records(1, "later"))->value, 4U);
    const auto all = read_all(*journal);
    ASSERT_EQ(all.size(), 5U);
    for (std::size_t i = 0; i < kept.size(); ++i) {
        EXPECT_EQ(all[i].position.value, i);
        EXPECT_EQ(all[i].record.raw, kept[i].raw);
        EXPECT_EQ(all[i].record.envelope.kind, kept[i].envelope.kind);
        EXPECT_EQ(all[i].record.envelope.source, kept[i].envelope.source);
        EXPECT_EQ(all[i].record.envelope.organisation, kept[i].envelope.organisation);
        EXPECT_EQ(all[i].record.envelope.received, kept[i].envelope.received);
        EXPECT_EQ(all[i].record.envelope.format, kept[i].envelope.format);
        EXPECT_EQ(all[i].record.envelope.zone, kept[i].envelope.zone);
        EXPECT_EQ(all[i].record.envelope.peer, kept[i].envelope.peer);
    }
    EXPECT_EQ(all[4].record.raw, "later 0");
}

}  // namespace
}  // namespace vg::store
