// The allowances of the slow lane, by hand; and what OverflowWatch says of what it had no room for.
#include "server/slow_lane.h"

#include <gtest/gtest.h>

#include "access/accounts.h"
#include "server/overflow_watch.h"
#include "server/tables.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::server {
namespace {

constexpr Time kStart{1'700'000'000'000'000};
constexpr LaneLimits kLimits{.fast = {}, .rules = 1000, .burst = 1000, .second = 100};

SourceId source_of(std::uint8_t byte) {
    SourceId id;
    id.bytes.fill(byte);
    return id;
}

TEST(SlowLane, ASourceGetsHalfAndARuleHalfOfWhatIsLeft) {
    SlowLane lane{kLimits};
    SlowLane::Turn turn{lane, source_of(1), kStart};
    EXPECT_EQ(turn.most(), 250U);  // half of the 500 of the source
    turn.pay(250);
    EXPECT_EQ(turn.most(), 125U);
    turn.pay(250);
    EXPECT_EQ(turn.most(), 0U);
    SlowLane::Turn other{lane, source_of(2), kStart};
    EXPECT_EQ(other.most(), 250U);  // another source has its own half
    other.pay(400);
    EXPECT_EQ(other.most(), 50U);
    SlowLane::Turn third{lane, source_of(3), kStart};
    EXPECT_EQ(third.most(), 50U);  // of all there is no more than 100 left
}

TEST(SlowLane, TimeOfArrivalMakesRoomAgainAndAClockThatStepsBackMakesNone) {
    SlowLane lane{kLimits};
    SlowLane::Turn{lane, source_of(1), kStart}.pay(500);
    EXPECT_EQ((SlowLane::Turn{lane, source_of(1), kStart + seconds(2)}.most()), 50U);  // 2 s at 50
    EXPECT_EQ((SlowLane::Turn{lane, source_of(1), kStart}.most()), 50U);
    EXPECT_EQ((SlowLane::Turn{lane, source_of(1), kStart + seconds(2)}.most()), 100U);
    EXPECT_EQ((SlowLane::Turn{lane, source_of(1), kStart + days(1)}.most()), 250U);  // full
    EXPECT_EQ(lane.take_changed().size(), 2U);
    EXPECT_TRUE(lane.take_changed().empty());
}

TEST(SlowLane, AllowancesAreKeptAsBytesAndDamageIsNoticed) {
    SlowLane lane{kLimits};
    SlowLane::Turn{lane, source_of(1), kStart}.pay(123);
    SlowLane::Turn{lane, source_of(2), kStart + seconds(1)}.pay(1);
    const std::string bytes = to_bytes(lane.allowances());
    const auto read = parse_allowances(bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, lane.allowances());
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(parse_allowances(std::string_view{bytes}.substr(0, size))) << size;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string flipped = bytes;
        flipped[at] = static_cast<char>(flipped[at] ^ 1);
        EXPECT_FALSE(parse_allowances(flipped)) << at;
    }
}

class OverflowWatchTest : public ::testing::Test {
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
            return directory::Directory::add(tx, node, source_);
        });
        ASSERT_TRUE(added) << added.error().text;
        snapshot_ = *state_->read([](store::Transaction& tx) { return directory::Snapshot::load(tx); });
        watch_.emplace(OverflowWatch::Parts{.state = *state_,
                                            .clock = clock_,
                                            .directory = [this] { return snapshot_; },
                                            .overflows = [this] { return state_->read([](store::Transaction& tx) { return load_overflows(tx); }).value(); },
                                            .note_told = [](const Overflow&) {},
                                            .report = [this](std::vector<event::Record> records) -> Status {
                                                if (refuse_) return fail(Code::busy, "full");
                                                for (const event::Record& record : records) said_.push_back(*json::parse(record.raw));
                                                return {};
                                            }});
    }
    void overflow(const std::string& rule, std::int64_t events) {
        const Overflow more{source_.id, source_.organisation, rule, "Rule " + rule, events, 0, "j:" + std::to_string(events)};
        ASSERT_TRUE(state_->write([&](store::Transaction& tx) { return add_overflow(tx, more); }));
    }

    ManualClock clock_{kStart};
    SeededRandom random_{1};
    metrics::Registry metrics_;
    std::unique_ptr<store::State> state_;
    directory::Source source_;
    std::shared_ptr<const directory::Snapshot> snapshot_;
    bool refuse_ = false;
    std::vector<json::Value> said_;
    std::optional<OverflowWatch> watch_;
};

TEST_F(OverflowWatchTest, EachRuleOfASourceIsToldOnceWithWhatIsNew) {
    overflow("a", 12);
    watch_->look();
    ASSERT_EQ(said_.size(), 1U);
    EXPECT_EQ(said_[0].text("message"), "detection could not look at 12 events of rule 'Rule a' from source fw-01: they would have been too much work");
    EXPECT_EQ(said_[0].find("rule")->text("id"), "a");
    watch_->look();
    EXPECT_EQ(said_.size(), 1U);
    overflow("a", 3);
    refuse_ = true;
    watch_->look();
    EXPECT_EQ(said_.size(), 1U);
    refuse_ = false;
    watch_->look();  // what could not be kept is told at the next look
    ASSERT_EQ(said_.size(), 2U);
    EXPECT_EQ(said_[1].find("vonggac")->integer("events"), 3);
    EXPECT_EQ(said_[1].find("vonggac")->integer("total"), 15);
}

TEST_F(OverflowWatchTest, OfVeryManyRulesTheRestIsToldTogether) {
    for (int i = 0; i < 30; ++i) overflow(std::to_string(i), i + 1);
    watch_->look();
    ASSERT_EQ(said_.size(), 11U);
    EXPECT_EQ(said_[0].find("vonggac")->integer("events"), 30);
    EXPECT_EQ(said_[10].find("vonggac")->integer("events"), 210);  // 1 + 2 + ... + 20
    EXPECT_EQ(said_[10].find("vonggac")->integer("rules"), 20);
    watch_->look();
    EXPECT_EQ(said_.size(), 11U);
}

}  // namespace
}  // namespace vg::server
