// What SourceWatch says about sources, with a clock that is moved by hand.
#include "server/source_watch.h"

#include <gtest/gtest.h>

#include "access/accounts.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::server::source_watch_test {
namespace {

constexpr Time kStart{1'700'000'000'000'000};

class SourceWatchTest : public ::testing::Test {
protected:
    void SetUp() override {
        const store::Schema schemas[] = {store::audit_schema(), directory::schema(), schema()};
        auto opened = store::State::open(store::test_state(), schemas, metrics_);
        ASSERT_TRUE(opened) << opened.error().text;
        state_ = std::move(*opened);
        access::Actor node;
        node.scope = access::Scope::node();
        const auto added = state_->write([&](store::Transaction& tx) -> Status {
            const auto root = TRY(directory::Directory::ensure_root(tx, "A", make_id<OrganisationTag>(kStart, random_), kStart));
            source_ = {.id = make_id<SourceTag>(kStart, random_), .name = "fw-01", .organisation = root.id, .created = kStart};
            source_.cadence = minutes(15);
            return directory::Directory::add(tx, node, source_);
        });
        ASSERT_TRUE(added) << added.error().text;
        snapshot_ = *state_->read([](store::Transaction& tx) { return directory::Snapshot::load(tx); });
        open();
    }
    void open() {
        auto opened = SourceWatch::open({.state = *state_,
                                         .clock = clock_,
                                         .directory = [this] { return snapshot_; },
                                         .received = [this](const SourceId&) { return received_; },
                                         .tallies = [this] { return Tallies{{source_.id, tally_}}; },
                                         .report = [this](std::vector<event::Record> records) -> Status {
                                             if (refuse_) return fail(Code::busy, "full");
                                             for (const event::Record& record : records) said_.push_back(*json::parse(record.raw));
                                             return {};
                                         }},
                                        {});
        ASSERT_TRUE(opened) << opened.error().text;
        watch_ = std::move(*opened);
    }
    // So many records, of which some are not understood, and a look.
    void pass(Span time, std::int64_t records, std::int64_t unparsed = 0) {
        clock_.move(time);
        if (records > 0) {
            received_ += static_cast<std::uint64_t>(records);
            tally_.accepted += records;
            tally_.unparsed += unparsed;
            tally_.last_received = clock_.now();
        }
        watch_->look();
    }
    std::vector<std::string> actions() const {
        std::vector<std::string> all;
        for (const json::Value& one : said_) all.push_back(one.find("event")->text("action").value_or(""));
        return all;
    }
    using Said = std::vector<std::string>;

    ManualClock clock_{kStart};
    SeededRandom random_{1};
    metrics::Registry metrics_;
    std::unique_ptr<store::State> state_;
    directory::Source source_;
    std::shared_ptr<const directory::Snapshot> snapshot_;
    std::uint64_t received_ = 0;
    SourceTally tally_;
    bool refuse_ = false;
    std::vector<json::Value> said_;
    std::unique_ptr<SourceWatch> watch_;
};

TEST_F(SourceWatchTest, SilenceBeyondTheCadenceIsSaidOnceAndItsEndToo) {
    pass(seconds(0), 0);
    pass(minutes(10), 5);
    pass(minutes(15), 0);
    EXPECT_EQ(actions(), Said{}) << "exactly its cadence is not longer";
    pass(seconds(1), 0);
    pass(minutes(60), 0);
    EXPECT_EQ(actions(), Said{"source-silent"});
    EXPECT_EQ(said_[0].find("vonggac")->integer("silent_seconds"), 901);
    EXPECT_EQ(said_[0].find("host")->text("name"), "fw-01");
    pass(minutes(1), 1);
    EXPECT_EQ(actions(), (Said{"source-silent", "source-resumed"}));
    pass(minutes(16), 0);
    EXPECT_EQ(actions().back(), "source-silent") << "again";
}

TEST_F(SourceWatchTest, ASilentSourceStaysSilentOverARestart) {
    pass(seconds(0), 0);
    pass(minutes(16), 0);
    ASSERT_EQ(actions(), Said{"source-silent"});
    open();
    pass(minutes(60), 0);
    EXPECT_EQ(actions(), Said{"source-silent"});
    pass(minutes(1), 1);
    EXPECT_EQ(actions(), (Said{"source-silent", "source-resumed"}));
    open();
    pass(minutes(1), 1);
    EXPECT_EQ(actions().size(), 2u);
}

TEST_F(SourceWatchTest, WhatCannotBeKeptIsSaidLater) {
    pass(seconds(0), 0);
    refuse_ = true;
    pass(minutes(16), 0);
    EXPECT_EQ(actions(), Said{});
    refuse_ = false;
    pass(seconds(10), 0);
    EXPECT_EQ(actions(), Said{"source-silent"});
}

TEST_F(SourceWatchTest, AClockThatIsOffIsSaidWithItsOffset) {
    pass(seconds(0), 0);
    watch_->note({{source_.id, hours(7)}});
    pass(minutes(1), 10);
    EXPECT_EQ(actions(), Said{"source-clock-off"});
    EXPECT_EQ(said_[0].find("vonggac")->integer("offset_seconds"), 7 * 3600);
    watch_->note({{source_.id, seconds(-2)}});
    pass(minutes(1), 10);
    EXPECT_EQ(actions().back(), "source-clock-right");
    watch_->note({{source_.id, minutes(-6)}});
    pass(minutes(1), 10);
    EXPECT_EQ(said_.back().find("vonggac")->integer("offset_seconds"), -360) << "behind, for a source that has a cadence";
    watch_->note({{source_.id, minutes(-6)}});
    watch_->note({{source_.id, seconds(-1)}});
    pass(minutes(1), 10);
    EXPECT_EQ(actions().back(), "source-clock-right") << "the newest event counts, not what was late";
}

TEST_F(SourceWatchTest, AJumpOfWhatIsNotUnderstoodIsSaid) {
    pass(seconds(0), 0);
    for (int i = 0; i < 5; ++i) pass(minutes(1), 100, 5);
    EXPECT_EQ(actions(), Said{});
    pass(minutes(1), 100, 24);
    EXPECT_EQ(actions(), Said{}) << "19 of a hundred more are below the limit of 20";
    pass(minutes(1), 10, 10);
    EXPECT_EQ(actions(), Said{}) << "ten records say nothing";
    pass(minutes(1), 190, 150);
    EXPECT_EQ(actions(), Said{"source-unparsed"});
    EXPECT_EQ(said_[0].find("vonggac")->integer("unparsed_percent"), 80);
    pass(minutes(1), 100, 90);
    EXPECT_EQ(actions().size(), 1u) << "once";
    pass(minutes(1), 100, 4);
    EXPECT_EQ(actions().back(), "source-parsed-again");
}

}  // namespace
}  // namespace vg::server::source_watch_test
