#include "ingest/intake.h"

#include <gtest/gtest.h>

#include <thread>

#include "ingest/counters.h"
#include "ingest/memory_journal.h"

namespace vg::ingest {
namespace {

std::vector<event::Record> records(std::size_t count, std::size_t size = 10) {
    std::vector<event::Record> all(count);
    for (event::Record& record : all) record.raw = std::string(size, 'r');
    return all;
}

struct Fixture {
    explicit Fixture(IntakeOptions options = {}) : intake(Intake::start(journal, options, clock, metrics)) {}
    ~Fixture() { journal.let_go(); }
    MemoryJournal journal;
    ManualClock clock{Time{1'700'000'000'000'000}};
    metrics::Registry metrics;
    std::unique_ptr<Intake> intake;
};

TEST(Intake, KeepsBeforeTheTicketIsGood) {
    Fixture f;
    auto ticket = f.intake->push(records(3));
    ASSERT_TRUE(ticket);
    ASSERT_TRUE(ticket->wait());
    ASSERT_EQ(f.journal.kept().size(), 3u);
    EXPECT_EQ(f.journal.kept()[0].envelope.received, Time{1'700'000'000'000'000});
}

TEST(Intake, GathersWhatComesWhileTheJournalIsAtWork) {
    Fixture f;
    f.journal.hold();
    std::vector<Intake::Ticket> tickets;
    tickets.push_back(*f.intake->push(records(1)));
    f.journal.wait_until_held();
    for (int i = 0; i < 5; ++i) tickets.push_back(*f.intake->push(records(2)));
    f.journal.let_go();
    for (auto& ticket : tickets) EXPECT_TRUE(ticket.wait());
    EXPECT_EQ(f.journal.groups(), (std::vector<std::size_t>{1, 10}));
}

TEST(Intake, RefusesWhenFullAndTakesAgainWhenThereIsRoom) {
    Fixture f{{.most_bytes = 1 << 20, .most_records = 4}};
    f.journal.hold();
    auto first = f.intake->push(records(4));
    ASSERT_TRUE(first);
    const auto second = f.intake->push(records(1));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::busy);
    EXPECT_EQ(f.metrics.counter("vonggac_intake_refused_total", "", {{"reason", "full"}}).value(), 1u);
    f.journal.let_go();
    EXPECT_TRUE(first->wait());
    EXPECT_TRUE(f.intake->push(records(1)));
}

TEST(Intake, BoundsTheBytesAndStillTakesOneLargeGroup) {
    Fixture f{{.most_bytes = 10'000}};
    f.journal.hold();
    auto large = f.intake->push(records(1, 50'000));
    ASSERT_TRUE(large) << "the queue was empty";
    const auto next = f.intake->push(records(1));
    ASSERT_FALSE(next);
    EXPECT_EQ(next.error().code, Code::busy);
    f.journal.let_go();
    EXPECT_TRUE(large->wait());
}

TEST(Intake, LetsASenderWaitForRoom) {
    Fixture f{{.most_records = 1}};
    f.journal.hold();
    auto first = f.intake->push(records(1));
    f.journal.wait_until_held();
    std::thread opener{[&] { f.journal.let_go(); }};
    auto second = f.intake->push_waiting(records(1), seconds(30));
    opener.join();
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->wait());
    EXPECT_TRUE(first->wait());
}

TEST(Intake, GivesBackEverythingWhenTheJournalFailsAndHealsByItself) {
    Fixture f;
    f.journal.hold();
    auto first = f.intake->push(records(1));
    f.journal.wait_until_held();
    auto second = f.intake->push(records(1));
    f.journal.set_broken(true);
    f.journal.let_go();
    EXPECT_EQ(first->wait().error().code, Code::unavailable);
    EXPECT_EQ(second->wait().error().code, Code::unavailable);
    const auto refused = f.intake->push(records(1));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::unavailable);
    EXPECT_TRUE(f.journal.kept().empty());
    f.journal.set_broken(false);
    // It tries about once a second; each try of ours is answered at once either way.
    for (;;) {
        auto again = f.intake->push_waiting(records(1), seconds(5));
        if (again) {
            EXPECT_TRUE(again->wait());
            break;
        }
        ASSERT_EQ(again.error().code, Code::unavailable);
        std::this_thread::yield();
    }
    EXPECT_EQ(f.journal.kept().size(), 1u);
}

TEST(Intake, LetsNoOneSufferForARecordThatCannotBeKept) {
    Fixture f;
    f.journal.set_poison("bad");
    f.journal.hold();
    auto first = f.intake->push(records(1));
    f.journal.wait_until_held();
    auto good = f.intake->push(records(2));
    std::vector<event::Record> bad(1);
    bad[0].raw = "bad";
    auto refused = f.intake->push(std::move(bad));
    auto good_too = f.intake->push(records(2));
    f.journal.let_go();
    EXPECT_TRUE(first->wait());
    EXPECT_TRUE(good->wait());
    EXPECT_TRUE(good_too->wait());
    EXPECT_EQ(refused->wait().error().code, Code::bad_input);
    EXPECT_EQ(f.journal.kept().size(), 5u);
    EXPECT_TRUE(f.intake->push(records(1))) << "it is the record that is bad, not the disk";
}

TEST(Intake, KeepsWhatIsQueuedWhenItStops) {
    Fixture f;
    f.journal.hold();
    auto first = f.intake->push(records(1));
    f.journal.wait_until_held();
    auto second = f.intake->push(records(5));
    std::thread stopper{[&] { f.intake->stop(); }};
    f.journal.let_go();
    stopper.join();
    EXPECT_TRUE(first->wait());
    EXPECT_TRUE(second->wait());
    EXPECT_EQ(f.journal.kept().size(), 6u);
    EXPECT_EQ(f.intake->push(records(1)).error().code, Code::unavailable);
}

TEST(Counters, AddWhatWasCountedBeforeTheRestart) {
    SourceId one, two;
    one.bytes[0] = 1;
    two.bytes[0] = 2;
    Counters before;
    before.of(two).received = 7;
    before.of(one).accepted = 3;
    before.of(one).last_received = 55;
    Counters after;
    after.restore(before.snapshot());
    after.of(one).accepted += 2;
    const auto all = after.snapshot();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].source, one);
    EXPECT_EQ(all[0].accepted, 5u);
    EXPECT_EQ(all[0].last_received, Time{55});
    EXPECT_EQ(after.values(two).received, 7u);
    EXPECT_EQ(after.values(SourceId{}).received, 0u);
}

}  // namespace
}  // namespace vg::ingest
