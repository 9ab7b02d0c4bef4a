// Lists in State, and the sets that are made of them: what an import tells, when values end, which sets stay.
#include "intel/keeper.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/arena.h"
#include "base/text.h"
#include "base/time.h"
#include "store/fault_disk.h"
#include "store/state_fixture.h"

namespace vg::intel {
namespace {

namespace fs = std::filesystem;

template <class T>
T must(Result<T> result) {
    EXPECT_TRUE(result) << (result ? "" : result.error().text);
    return std::move(*result);
}
void must(const Status& status) { EXPECT_TRUE(status) << status.error().text; }

class Indicators : public ::testing::Test {
protected:
    void SetUp() override {
        const store::Schema schemas[] = {schema()};
        state_ = must(store::State::open(store::test_state(), schemas, metrics_));
        keeper_ = open();
    }
    std::unique_ptr<Keeper> open(KeeperOptions options = {}) {
        return must(Keeper::open({.state = *state_, .disk = disk_, .random = random_, .folder = "indicators", .doubts = [this] { return doubts_; }, .needed = needed_}, options));
    }
    Accounting take(const std::string& list, const std::vector<std::string>& values, std::optional<Time> until = {}, bool keep = true) {
        std::vector<Item> items;
        for (const std::string& text : values) items.push_back({.value = *indicator::recognise(text), .until = until});
        return must(state_->write([&](store::Transaction& tx) -> Result<Accounting> {
            const List made{.name = list, .family = "fox", .confidence = 80};
            if (keep) TRY(put_list(tx, made, clock_.now()));
            return import(tx, made, items, keep, clock_.now(), nullptr, doubts_.get());
        }));
    }
    // How many hits an event of that time has that asks for the name.
    std::size_t hits(const indicator::Set& set, const std::string& name, Time at, std::string* warning = nullptr) {
        Arena arena;
        event::Builder builder{arena};
        builder.ecs(event::Ecs::dns_question_name, arena.copy(name));
        event::Event event;
        event.fields = builder.finish();
        event.occurred = event.received = at;
        std::vector<indicator::Hit> found;
        must(set.match(event, found));
        if (warning != nullptr && !found.empty()) *warning = format("{} {}", found[0].strongest.warning, name_of(found[0].rule->level));
        return found.size();
    }
    std::size_t files() { return must(disk_.list("indicators")).size(); }

    metrics::Registry metrics_;
    ManualClock clock_{*parse_time("2026-06-01T00:00:00Z")};
    SeededRandom random_{7};
    store::FaultDisk disk_{7};
    std::unique_ptr<store::State> state_;
    std::shared_ptr<const Doubts> doubts_;
    std::function<Result<std::string>()> needed_;
    std::unique_ptr<Keeper> keeper_;
};

TEST_F(Indicators, AnImportTellsWhatBecameOfEachValue) {
    const Accounting first = take("june", {"evil.example", "203.0.113.9"});
    EXPECT_EQ(first.read, 2);
    EXPECT_EQ(first.added, 2);
    const Accounting second = take("june", {"evil.example", "worse.example"});
    EXPECT_EQ(second.added, 1);
    EXPECT_EQ(second.same, 1);
    const Accounting later = take("june", {"evil.example"}, clock_.now() + days(3));
    EXPECT_EQ(later.renewed, 1);
    const Accounting over = take("june", {"gone.example"}, clock_.now());
    EXPECT_EQ(over.refused, 1);
    EXPECT_EQ(over.reasons, std::vector<std::string>{"gone.example: its time is over"});
    const Accounting preview = take("july", {"new.example"}, {}, false);
    EXPECT_EQ(preview.added, 1);
    EXPECT_EQ(must(state_->read([](store::Transaction& tx) { return lists(tx); })).size(), 1U) << "a preview keeps nothing";
    EXPECT_EQ(must(state_->read([](store::Transaction& tx) { return listed(tx, {}, {}, 100); })).size(), 3U);
}

TEST_F(Indicators, AValueEndsByTheClockAndIsAskedOfThePastAllTheSame) {
    const Time begin = clock_.now();
    take("june", {"evil.example"}, begin + days(7));
    take("july", {"evil.example"}, begin + days(9));
    const auto set = must(keeper_->renew());
    EXPECT_EQ(hits(*set, "www.evil.example", begin), 1U);
    EXPECT_EQ(hits(*set, "www.evil.example", begin + days(8)), 1U) << "july still says so";
    EXPECT_EQ(hits(*set, "www.evil.example", begin + days(9)), 0U);
    clock_.move(days(10));
    // What comes later may not renew what is over.
    EXPECT_EQ(take("june", {"evil.example"}, begin + days(7)).refused, 1);
    EXPECT_EQ(hits(*set, "www.evil.example", begin + days(1)), 1U) << "an event of that time, whenever it is looked at";
}

TEST_F(Indicators, EndingTakesAwayOneValueOrTheWholeList) {
    take("june", {"evil.example", "worse.example"});
    must(keeper_->renew());
    EXPECT_EQ(must(state_->write([&](store::Transaction& tx) { return end(tx, "june", *indicator::recognise("evil.example"), clock_.now()); })), 1);
    auto set = must(keeper_->renew());
    EXPECT_EQ(hits(*set, "evil.example", clock_.now()), 0U);
    EXPECT_EQ(hits(*set, "worse.example", clock_.now()), 1U);
    EXPECT_EQ(must(state_->write([&](store::Transaction& tx) { return end(tx, "june", std::nullopt, clock_.now()); })), 1);
    set = must(keeper_->renew());
    EXPECT_EQ(hits(*set, "worse.example", clock_.now()), 0U);
    EXPECT_TRUE(must(state_->read([](store::Transaction& tx) { return lists(tx); })).empty());
}

TEST_F(Indicators, WhatIsAllowedNeverMatchesUntilItsDay) {
    take("june", {"evil.example"});
    must(state_->write([&](store::Transaction& tx) { return allow(tx, {*indicator::recognise("evil.example"), "lan", "our sinkhole", clock_.now(), clock_.now() + days(30)}); }));
    const auto set = must(keeper_->renew());
    EXPECT_EQ(hits(*set, "a.evil.example", clock_.now()), 0U);
    EXPECT_EQ(hits(*set, "a.evil.example", clock_.now() + days(30)), 1U);
}

TEST_F(Indicators, TheSetInForceIsTheSameAfterAStart) {
    take("june", {"evil.example"});
    must(keeper_->renew());
    take("june", {"worse.example"});
    const std::string name = must(keeper_->renew())->name();
    const auto again = open();
    EXPECT_EQ(again->present()->name(), name);
    EXPECT_EQ(hits(*again->present(), "evil.example", clock_.now()), 1U);
    EXPECT_EQ(hits(*again->present(), "worse.example", clock_.now()), 1U);
    // Damaged: built anew, from State.
    for (const std::string& file : must(disk_.list("indicators"))) must(disk_.remove("indicators/" + file));
    const auto anew = open();
    EXPECT_NE(anew->present()->name(), name);
    EXPECT_EQ(hits(*anew->present(), "worse.example", clock_.now()), 1U);
}

// A warninglist that comes later judges what is in force already; the record of the past keeps its judgement.
TEST_F(Indicators, OtherDoubtsJudgeTheSetAnew) {
    take("june", {"cdn.example"});
    const std::string before = must(keeper_->renew())->name();
    std::string said;
    EXPECT_EQ(hits(*keeper_->present(), "cdn.example", clock_.now(), &said), 1U);
    EXPECT_EQ(said, " high");

    const fs::path folder = fs::temp_directory_path() / format("vonggac-keeper-{}", ::getpid());
    fs::create_directories(folder);
    std::ofstream{folder / "big.json"} << R"({"name":"Big sites","type":"hostname","matching_attributes":["domain"],"list":["cdn.example"]})";
    doubts_ = must(Doubts::load({.warninglists = folder.string(), .shared = {}, .now = clock_.now()}));
    fs::remove_all(folder);
    const auto started = open();
    EXPECT_FALSE(started->is_judged());
    must(started->renew());
    EXPECT_TRUE(started->is_judged());
    EXPECT_NE(started->present()->name(), before);
    EXPECT_EQ(hits(*started->present(), "cdn.example", clock_.now(), &said), 1U);
    EXPECT_EQ(said, "on the warninglist \"Big sites\" informational");
    EXPECT_EQ(hits(*must(started->named(before)), "cdn.example", clock_.now(), &said), 1U);
    EXPECT_EQ(said, " high");
    // Nothing else has changed: the next start has nothing to do.
    const std::string name = started->present()->name();
    const auto next = open();
    EXPECT_EQ(next->present()->name(), name);
    EXPECT_TRUE(next->is_judged());
    // An import tells it.
    const Accounting told = take("june", {"cdn.example", "evil.example"});
    EXPECT_EQ(told.warned, 1);
    EXPECT_EQ(told.warnings, std::vector<std::string>{"cdn.example: on the warninglist \"Big sites\""});
}

TEST_F(Indicators, FormerSetsGoByAgeButNotThoseThatAReaderOfTheJournalWillAskFor) {
    keeper_ = open({.overlay_most = 50'000, .files_kept = 2, .files_behind = 100});
    take("base", {"base.example"});
    std::vector<std::string> names{must(keeper_->renew())->name()};
    const auto change = [&](int i) {
        take("june", {format("v{}.example", i)});
        names.push_back(must(keeper_->renew())->name());
    };
    for (int i = 1; i <= 8; ++i) change(i);
    EXPECT_EQ(files(), 4U) << "the base, the overlay in force, and two former ones";
    EXPECT_TRUE(keeper_->named(names[7]));
    EXPECT_FALSE(keeper_->named(names[1]));

    const std::string at = names.back();
    needed_ = [&]() -> Result<std::string> { return at; };
    keeper_ = open({.overlay_most = 50'000, .files_kept = 2, .files_behind = 100});
    for (int i = 9; i <= 20; ++i) change(i);
    for (std::size_t i = 8; i < names.size(); ++i) EXPECT_TRUE(keeper_->named(names[i])) << i << ": the reader is there, or will come there";
    EXPECT_FALSE(keeper_->named(names[4]));
    // Somebody who holds a former set is not hurt when its file goes.
    const auto held = must(keeper_->named(at));
    needed_ = [&]() -> Result<std::string> { return names.back(); };
    keeper_ = open({.overlay_most = 50'000, .files_kept = 2, .files_behind = 100});
    change(21);
    change(22);
    EXPECT_FALSE(keeper_->named(at));
    EXPECT_EQ(hits(*held, "v3.example", clock_.now()), 1U);
    // Nobody can say what is needed: nothing goes.
    const std::size_t there = files();
    needed_ = []() -> Result<std::string> { return fail(Code::unavailable, "State is busy"); };
    keeper_ = open({.overlay_most = 50'000, .files_kept = 2, .files_behind = 100});
    change(23);
    EXPECT_EQ(files(), there + 1);
}

}  // namespace
}  // namespace vg::intel
