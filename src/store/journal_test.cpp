#include "store/journal.h"

#include <fstream>
#include <thread>

#include "store/journal_test_kit.h"

namespace vg::store {
namespace {

using namespace kit;
using JournalOnDisk = kit::OnDisk;
using JournalInMemory = kit::InMemory;

TEST_F(JournalOnDisk, KeepsRecordsOverARestartWithEverythingThatIsKnownAboutThem) {
    event::Record odd = record(std::string("\0\xff\n raw", 7), {-5});
    odd.envelope.kind = event::Kind::control;
    odd.envelope.format.clear();
    odd.envelope.peer = std::string(255, 'p');
    const Records kept{record("one"), odd, record("", {INT64_MAX}), record("four", {INT64_MIN})};
    Uuid id{};
    {
        const auto journal = open();
        id = journal->id();
        EXPECT_EQ(journal->end().value, 0U);
        EXPECT_EQ(journal->keep(std::span{kept}.first(1))->value, 0U);
        EXPECT_EQ(journal->keep(std::span{kept}.subspan(1))->value, 1U);
        EXPECT_EQ(journal->end().value, 4U);
    }
    const auto journal = open();
    EXPECT_EQ(journal->id(), id);
    EXPECT_FALSE(journal->health().torn_tail);
    EXPECT_EQ(journal->keep(records(1, "later"))->value, 4U);
    const auto all = read_all(*journal).records;
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
    EXPECT_EQ(all[4].record.raw, "later 0 ");
}

TEST_F(JournalOnDisk, FindsEveryPositionInManySegmentsAndAfterARestart) {
    options.segment_bytes = 1 << 16;
    auto journal = open();
    std::uint64_t serial = 0;
    for (int call = 0; call < 60; ++call) {
        Records some;
        for (int i = 0; i < 25; ++i) some.push_back(record(format("number {} {}", serial++, std::string(200, 'x'))));
        ASSERT_TRUE(journal->keep(some));
        ASSERT_TRUE(journal->keep(records(3, "noise", 3000)));
        serial += 3;
    }
    ASSERT_GT(journal->health().segments, 3U);
    for (int round = 0; round < 2; ++round) {
        for (std::uint64_t position = 0; position < serial; position += 7) {
            const auto found = journal->at({position});
            ASSERT_TRUE(found) << found.error().text;
            EXPECT_EQ(found->position.value, position);
            EXPECT_EQ(found->record.raw.starts_with(format("number {} ", position)), position % 28 < 25);
            const auto batch = journal->reader({position})->next(1, 1);
            ASSERT_EQ(batch->records.size(), 1U);
            EXPECT_EQ(batch->records[0].record.raw, found->record.raw);
            EXPECT_EQ(batch->next.value, position + 1);
        }
        EXPECT_EQ(journal->at({serial}).error().code, Code::not_found);
        EXPECT_EQ(read_all(*journal, {5}).positions(), range(5, serial));
        journal.reset();
        journal = open();
    }
}

TEST_F(JournalOnDisk, AReaderGoesOnWhenTheJournalHasGrownAndKeepsItsBounds) {
    options.segment_bytes = 4096;
    const auto journal = open();
    const auto reader = journal->reader({});
    EXPECT_TRUE(reader->next(10, 1000)->records.empty());
    ASSERT_TRUE(journal->keep(records(5, "a", 100)));
    EXPECT_EQ(reader->next(3, 1 << 20)->records.size(), 3U);
    EXPECT_EQ(reader->next(3, 1 << 20)->records.size(), 2U);
    EXPECT_TRUE(reader->next(3, 1 << 20)->records.empty());
    ASSERT_TRUE(journal->keep(records(50, "b", 1000)));
    EXPECT_EQ(reader->next(100, 2500)->records.size(), 3U) << "stops at the first record that reaches the bound";
    EXPECT_EQ(reader->next(100, 1)->records.size(), 1U) << "one record always passes";
    EXPECT_EQ(reader->next(100, 1 << 20)->records.size(), 46U);
}

TEST_F(JournalOnDisk, RefusesWhatTheFormatCannotHoldAndKeepsNothingOfTheCall) {
    const auto journal = open();
    Records some = records(3, "fine");
    some[2].envelope.peer = std::string(256, 'p');
    EXPECT_EQ(journal->keep(some).error().code, Code::too_large);
    EXPECT_EQ(journal->end().value, 0U);
    EXPECT_TRUE(journal->health().writable);
    EXPECT_EQ(journal->keep({})->value, 0U);
    EXPECT_EQ(journal->keep(records(1, "fine"))->value, 0U);
}

TEST_F(JournalOnDisk, KeepsARecordOfSixteenMegabytesBetweenSmallOnes) {
    const auto journal = open();
    Records some = records(3, "small");
    some[1] = std::move(records(1, "big", 16 << 20)[0]);
    ASSERT_TRUE(journal->keep(some));
    EXPECT_EQ(journal->at({1})->record.raw, some[1].raw);
    EXPECT_EQ(journal->at({2})->record.raw, some[2].raw);
    EXPECT_TRUE(journal->verify({})->good());
}

TEST_F(JournalOnDisk, RefusesAFolderOfANewerProgram) {
    open().reset();
    std::ofstream{folder() + "/identity"} << "journal 2\nsomething else\n";
    const auto opened = Journal::open(system_disk(), folder(), options, clock, metrics);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::bad_input);
    EXPECT_NE(opened.error().text.find("newer program"), std::string::npos);
}

TEST_F(JournalOnDisk, WaitingEndsWithARecordAndWithWake) {
    const auto journal = open();
    std::thread writer{[&] { EXPECT_TRUE(journal->keep(records(1, "one"))); }};
    journal->wait_past({0}, minutes(10));
    writer.join();
    EXPECT_EQ(journal->end().value, 1U);
    std::atomic<bool> woken{false};
    std::thread waiter{[&] {
        journal->wait_past({1}, minutes(10));
        woken = true;
    }};
    while (!woken) journal->wake();
    waiter.join();
    journal->wait_past({1}, milliseconds(1));
    EXPECT_EQ(journal->end().value, 1U);
}

TEST_F(JournalOnDisk, ReadersSeeOnlyWholeCallsInOrderWhileItIsWritten) {
    options.segment_bytes = 1 << 15;
    const auto journal = open();
    constexpr std::uint64_t kCalls = 150;
    constexpr std::uint64_t kEach = 20;
    std::atomic<bool> done{false};
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&, i] {
            std::uint64_t seen = 0;
            const auto reader = journal->reader({});
            while (seen < kCalls * kEach) {
                const auto batch = reader->next(17, 1 << 20);
                ASSERT_TRUE(batch) << batch.error().text;
                ASSERT_TRUE(batch->damage.empty()) << batch->damage.front().reason;
                for (const StoredRecord& one : batch->records) ASSERT_EQ(one.record.raw, format("n {} ", seen++));
                ASSERT_LE(seen, journal->end().value);
                if (batch->records.empty()) journal->wait_past({seen}, milliseconds(100));
                if (i > 0 || seen == 0) continue;
                ASSERT_EQ(journal->at({seen / 2})->record.raw, format("n {} ", seen / 2));
            }
        });
    std::thread watcher{[&] {
        while (!done) {
            const auto health = journal->health();
            EXPECT_TRUE(health.writable);
            const auto report = journal->verify({});
            ASSERT_TRUE(report);
            EXPECT_TRUE(report->good()) << (report->chain_errors.empty() ? report->damage.front().reason : report->chain_errors.front());
        }
    }};
    const Records all = records(kCalls * kEach, "n");
    for (std::uint64_t call = 0; call < kCalls; ++call) ASSERT_EQ(journal->keep(std::span{all}.subspan(call * kEach, kEach))->value, call * kEach);
    for (std::thread& reader : readers) reader.join();
    done = true;
    watcher.join();
}

// A reader that asks at the very moment when a call ends must not take what has just come for something missing.
TEST_F(JournalInMemory, AReaderThatIsAlwaysAtTheEndMissesNothing) {
    options.segment_bytes = 1 << 15;
    const auto journal = open();
    constexpr std::uint64_t kCalls = 20'000;
    std::vector<std::thread> readers;
    for (int i = 0; i < 2; ++i)
        readers.emplace_back([&] {
            std::uint64_t seen = 0;
            const auto reader = journal->reader({});
            while (seen < kCalls) {
                const auto batch = reader->next(100, 1 << 20);
                ASSERT_TRUE(batch) << batch.error().text;
                ASSERT_TRUE(batch->damage.empty()) << batch->damage.front().reason << " after " << seen;
                for (const StoredRecord& one : batch->records) ASSERT_EQ(one.position.value, seen++);
            }
        });
    const Records one = records(1, "n");
    for (std::uint64_t call = 0; call < kCalls; ++call) ASSERT_EQ(journal->keep(one)->value, call);
    for (std::thread& reader : readers) reader.join();
    EXPECT_TRUE(journal->health().damage.empty());
}

TEST_F(JournalInMemory, RetentionDeletesWholeSegmentsByReceivedTimeAndNeverWhatIsNeeded) {
    options.segment_bytes = 2048;
    options.keep_for = days(365);
    const auto journal = open();
    std::vector<std::uint64_t> firsts;
    for (int day = 0; day < 10; ++day) {  // a segment a day
        firsts.push_back(journal->keep(records(2, format("day {}", day), 1500, kStart + days(day)))->value);
        clock.move(days(1));
    }
    EXPECT_EQ(journal->health().segments, 10U);
    EXPECT_EQ(*journal->retire(journal->end()), 0U);
    clock.set(kStart + days(365 + 4) + hours(1));  // the segments of day 0 to 4 are over
    EXPECT_EQ(*journal->retire({firsts[2] - 1}), 1U) << "the record before is still needed";
    EXPECT_EQ(journal->begin().value, firsts[1]);
    EXPECT_EQ(*journal->retire(journal->end()), 4U);
    EXPECT_EQ(journal->begin().value, firsts[5]);
    EXPECT_EQ(journal->health().oldest, kStart + days(5));
    EXPECT_TRUE(journal->verify({})->good());
    EXPECT_EQ(read_all(*journal).positions(), range(firsts[5], journal->end().value));
    EXPECT_EQ(journal->at({0}).error().code, Code::not_found);
    clock.set(kStart + days(5000));
    EXPECT_EQ(*journal->retire(journal->end()), 4U) << "the last segment always stays";
    EXPECT_TRUE(verify().good());
}

TEST_F(JournalInMemory, RetentionByBytesDeletesTheOldestEvenWhenYoung) {
    options.segment_bytes = 2048;
    auto journal = open();
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(journal->keep(records(2, "x", 1500)));
    EXPECT_EQ(*journal->retire(journal->end()), 0U);
    const std::uint64_t bytes = journal->health().bytes;
    journal.reset();
    options.keep_bytes = bytes / 2;
    journal = open();
    EXPECT_EQ(*journal->retire(journal->end()), 5U);
    EXPECT_LE(journal->health().bytes, bytes / 2);
    EXPECT_EQ(*journal->retire(journal->end()), 0U);
    EXPECT_EQ(segments().size(), 5U);
    EXPECT_TRUE(verify().good());
}

TEST_F(JournalInMemory, AReaderBehindRetentionGoesOnAtTheOldestRecord) {
    options.segment_bytes = 2048;
    options.keep_for = hours(1);
    const auto journal = open();
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(journal->keep(records(2, "x", 1500)));
    const auto reader = journal->reader({});
    clock.move(days(1));
    ASSERT_EQ(*journal->retire(journal->end()), 3U);
    const auto batch = reader->next(100, 1 << 20);
    ASSERT_TRUE(batch);
    EXPECT_TRUE(batch->damage.empty());
    ASSERT_EQ(batch->records.size(), 2U);
    EXPECT_EQ(batch->records[0].position, journal->begin());
}

TEST_F(JournalInMemory, OpeningReadsOnlyTheLastSegmentWhole) {
    options.segment_bytes = 1 << 16;
    auto journal = open();
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(journal->keep(records(10, "x", 2000)));
    const std::uint64_t count = journal->health().segments;
    ASSERT_GT(count, 20U);
    journal.reset();
    const std::uint64_t before = disk.calls(FaultDisk::Call::read);
    journal = open();
    EXPECT_EQ(journal->end().value, 1000U);
    EXPECT_LE(disk.calls(FaultDisk::Call::read) - before, 2 * count + 10) << "two short reads a segment";
}

TEST_F(JournalInMemory, CountsWhatItWrites) {
    const auto journal = open();
    ASSERT_TRUE(journal->keep(records(3, "x")));
    const std::string text = metrics.prometheus();
    EXPECT_NE(text.find("vonggac_journal_records_total 3"), std::string::npos);
    EXPECT_NE(text.find("vonggac_journal_groups_total 1"), std::string::npos);
    EXPECT_NE(text.find("vonggac_journal_fsync_seconds_count 1"), std::string::npos);
    EXPECT_NE(text.find("vonggac_journal_writable 1"), std::string::npos);
}

}  // namespace
}  // namespace vg::store
