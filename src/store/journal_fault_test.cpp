// What the journal does when the disk is full, broken or torn. All over a FaultDisk.
#include "store/journal_test_kit.h"

namespace vg::store {
namespace {

using namespace kit;
using Call = FaultDisk::Call;
using JournalFault = kit::InMemory;

TEST_F(JournalFault, ADiskThatIsFullRefusesSaysWhyAndHealsByItself) {
    auto journal = open();
    ASSERT_TRUE(journal->keep(records(3, "before")));
    disk.set_capacity(disk.content(segments()[0]).size() + 1000);
    const auto refused = journal->keep(records(10, "refused", 1000));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::unavailable);
    EXPECT_FALSE(journal->health().writable);
    EXPECT_NE(journal->health().reason.find("No space left"), std::string::npos);
    EXPECT_EQ(journal->end().value, 3U);
    EXPECT_EQ(read_all(*journal).records.size(), 3U);
    EXPECT_NE(metrics.prometheus().find("vonggac_journal_writable 0"), std::string::npos);
    disk.set_capacity(UINT64_MAX);
    EXPECT_TRUE(journal->try_to_heal());
    EXPECT_TRUE(journal->health().writable);
    EXPECT_TRUE(journal->health().reason.empty());
    EXPECT_EQ(journal->keep(records(10, "after", 1000))->value, 3U);
    journal.reset();
    EXPECT_EQ(read_all(*open()).records[3].record.raw.substr(0, 8), "after 0 ");
    EXPECT_TRUE(verify().good());
}

TEST_F(JournalFault, TheNextKeepHealsWithoutBeingAsked) {
    const auto journal = open();
    ASSERT_TRUE(journal->keep(records(1, "a")));
    disk.fail_when([](Call call, const std::string&) { return call == Call::append; });
    EXPECT_FALSE(journal->keep(records(1, "b")));
    EXPECT_FALSE(journal->try_to_heal());
    EXPECT_FALSE(journal->health().writable);
    disk.fail_when({});
    EXPECT_EQ(journal->keep(records(1, "c"))->value, 1U);
    EXPECT_TRUE(journal->health().writable);
    EXPECT_EQ(journal->at({1})->record.raw, "c 0 ");
}

TEST_F(JournalFault, StopsBeforeTheReserveIsTouched) {
    options.reserve_bytes = 1 << 20;
    disk.set_capacity(2 << 20);
    const auto journal = open();
    ASSERT_TRUE(journal->keep(records(1, "a")));
    const auto refused = journal->keep(records(11, "b", 100'000));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::unavailable);
    EXPECT_GE(*disk.free_bytes("data"), std::uint64_t{1} << 20);
    EXPECT_TRUE(journal->keep(records(2, "c", 100'000)));
}

TEST_F(JournalFault, AfterAFailedFsyncTheSameBytesAreWrittenAgain) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        FaultDisk unsure{seed};
        ASSERT_TRUE(unsure.make_folder("data") && unsure.sync_folder("."));
        const auto journal = Base::open(unsure, "data/journal");
        ASSERT_TRUE(journal->keep(records(2, "before", 700)));
        const Records again = records(5, "again", 700);
        int failures = 0;
        unsure.fail_when([&](Call call, const std::string&) { return call == Call::sync && ++failures == 1; });
        ASSERT_FALSE(journal->keep(again));
        ASSERT_EQ(journal->keep(again)->value, 2U);  // the sender's second try
        ASSERT_EQ(failures, 2);
        ASSERT_TRUE(unsure.is_all_durable());
        const auto later = unsure.after_cut(random);
        const auto reopened = Base::open(*later, "data/journal");
        ASSERT_EQ(read_all(*reopened).positions(), range(0, 7));
        ASSERT_EQ(reopened->at({6})->record.raw, again[4].raw);
    }
}

TEST_F(JournalFault, AFailedBeginningOfASegmentLeavesNothingInTheWay) {
    for (const Call broken : {Call::create, Call::append, Call::sync, Call::sync_folder}) {
        FaultDisk unsure{3};
        ASSERT_TRUE(unsure.make_folder("data") && unsure.sync_folder("."));
        const auto journal = Base::open(unsure, "data/journal");
        unsure.fail_when([&](Call call, const std::string&) { return call == broken; });
        EXPECT_FALSE(journal->keep(records(1, "a")));
        EXPECT_FALSE(journal->try_to_heal());
        unsure.fail_when({});
        EXPECT_TRUE(journal->try_to_heal());
        EXPECT_EQ(journal->keep(records(1, "b"))->value, 0U);
        EXPECT_EQ(journal->at({0})->record.raw, "b 0 ");
        EXPECT_TRUE(journal->verify({})->good());
    }
}

TEST_F(JournalFault, ACloseBlockThatAKillLeftUnsyncedIsWrittenAgainBeforeTheNextSegment) {
    auto journal = open();
    ASSERT_TRUE(journal->keep(records(5, "a", 500)));
    disk.power_off_after(2);  // killed in the fsync of the clean stop
    journal.reset();
    ASSERT_TRUE(disk.is_off());
    disk.restart();
    journal = open();
    ASSERT_TRUE(journal->keep(records(5, "b", 500)));
    ASSERT_EQ(segments().size(), 2U);
    for (int i = 0; i < 100; ++i) {
        const auto later = disk.after_cut(random);
        const auto report = verify_folder(*later, "data/journal", options.key.public_key, {});
        ASSERT_TRUE(report->good()) << (report->chain_errors.empty() ? report->damage[0].reason : report->chain_errors[0]);
        ASSERT_EQ(report->records, 10U);
    }
}

TEST_F(JournalFault, OpensOnAFullDiskAndReads) {
    auto journal = open();
    ASSERT_TRUE(journal->keep(records(5, "a", 500)));
    for (const bool clean : {true, false}) {
        if (!clean) disk.power_off_after(1);
        journal.reset();
        disk.restart();
        std::uint64_t used = 0;
        for (const std::string& path : segments()) used += disk.content(path).size();
        disk.set_capacity(used);
        journal = open();
        ASSERT_TRUE(journal);
        EXPECT_EQ(read_all(*journal).positions(), range(0, 5));
        EXPECT_FALSE(journal->keep(records(1, "b", 5000)));
        disk.set_capacity(UINT64_MAX);
        EXPECT_TRUE(journal->try_to_heal());
        EXPECT_TRUE(journal->verify({})->good());
    }
}

TEST_F(JournalFault, ATornTailIsCutToTheLastWholeCallAndReported) {
    auto journal = open();
    ASSERT_TRUE(journal->keep(records(3, "whole", 600)));
    const std::string path = segments()[0];
    const std::string before = disk.content(path);
    ASSERT_TRUE(journal->keep(records(3000, "torn", 600)));  // several groups
    const std::string after = disk.content(path);
    ASSERT_GT(after.size(), before.size() + (std::size_t{1} << 20));
    disk.power_off_after(1);  // so that the end of `journal` writes nothing
    EXPECT_FALSE(journal->keep(records(1, "x")));
    journal.reset();
    disk.power_cut(random);
    for (const std::size_t left : {before.size() + 1, before.size() + 512, before.size() + (std::size_t{1} << 20) + 60'000, after.size() - 1, after.size() - 512}) {
        disk.put(path, after.substr(0, left));
        const auto reopened = open();
        ASSERT_TRUE(reopened->health().torn_tail) << left;
        EXPECT_NE(reopened->health().torn_tail->find(path.substr(path.find_last_of('/') + 1)), std::string::npos);
        EXPECT_TRUE(reopened->health().damage.empty());
        EXPECT_EQ(reopened->end().value, 3U);
        EXPECT_EQ(disk.content(path), before);
        EXPECT_EQ(reopened->keep(records(1, "next"))->value, 3U);
        EXPECT_TRUE(reopened->verify({})->good());
    }
}

TEST_F(JournalFault, ASegmentOfWhichOnlyAPartOfItsFirstCallStandsIsTakenAway) {
    options.segment_bytes = 2048;
    auto journal = open();
    ASSERT_TRUE(journal->keep(records(3, "a", 1000)));  // closes the first segment
    ASSERT_TRUE(journal->keep(records(1, "b")));
    const std::string path = segments()[1];
    const std::string whole = disk.content(path);
    disk.power_off_after(1);
    EXPECT_FALSE(journal->keep(records(1, "x")));
    journal.reset();
    disk.power_cut(random);
    for (const std::size_t left : {std::size_t{0}, std::size_t{100}, std::size_t{512}, whole.size() - 512}) {
        disk.put(path, whole.substr(0, left));
        const auto reopened = open();
        EXPECT_EQ(reopened->end().value, 3U);
        EXPECT_TRUE(reopened->health().damage.empty());
        EXPECT_EQ(reopened->keep(records(1, "c"))->value, 3U);
        EXPECT_EQ(reopened->at({3})->record.raw, "c 0 ");
        EXPECT_TRUE(reopened->verify({})->good());
    }
}

TEST_F(JournalFault, AReadThatFailsForAMomentSkipsNothingAndOneThatFailsForGoodIsDamage) {
    auto journal = open();
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(journal->keep(records(10, format("call {}", i), 2000)));
    const std::string path = segments()[0];
    const auto reader = journal->reader({});
    disk.set_unreadable(path, 90'000, 10);
    All all;
    std::size_t errors = 0;
    const auto read_on = [&] {
        for (int tries = 0; tries < 50; ++tries) {
            auto batch = reader->next(7, 1 << 20);
            if (!batch) {
                EXPECT_EQ(batch.error().code, Code::unavailable);
                ++errors;
                if (errors == 2) disk.set_readable();
                continue;
            }
            for (auto& one : batch->records) all.records.push_back(std::move(one));
            for (auto& one : batch->damage) all.damage.push_back(std::move(one));
        }
    };
    read_on();
    EXPECT_EQ(errors, 2U);
    EXPECT_EQ(all.positions(), range(0, 100));
    EXPECT_TRUE(all.damage.empty());

    disk.set_unreadable(path, 90'000, 10);
    const auto second = journal->reader({});
    All rest;
    for (int tries = 0; tries < 50; ++tries) {
        auto batch = second->next(7, 1 << 20);
        if (!batch) continue;
        for (auto& one : batch->records) rest.records.push_back(std::move(one));
        for (auto& one : batch->damage) rest.damage.push_back(std::move(one));
    }
    ASSERT_EQ(rest.damage.size(), 1U);
    EXPECT_EQ(rest.damage[0].from.value % 10, 0U);
    EXPECT_EQ(rest.damage[0].to.value, rest.damage[0].from.value + 10);
    EXPECT_EQ(rest.records.size(), 90U);
    EXPECT_EQ(rest.records.back().position.value, 99U);
}

// A disk that cannot give the end of the journal may well be holding acknowledged records there.
TEST_F(JournalFault, AnEndThatCannotBeReadIsNotCutButRefusedUntilItCan) {
    {
        auto journal = open();
        for (int i = 0; i < 10; ++i) ASSERT_TRUE(journal->keep(records(10, format("call {}", i), 2000)));
        disk.power_cut(random);  // no clean close
    }
    const std::string path = segments()[0];
    const std::size_t size = disk.content(path).size();
    disk.set_unreadable(path, size - 10'000, 10'000);
    const auto refused = Journal::open(disk, "data/journal", options, clock, metrics);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::unavailable);
    EXPECT_EQ(disk.content(path).size(), size);
    disk.set_readable();
    EXPECT_EQ(open()->end().value, 100U);
}

}  // namespace
}  // namespace vg::store
