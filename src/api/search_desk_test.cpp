#include "api/search_desk.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <latch>
#include <mutex>

#include "base/text.h"

namespace vg::api {
namespace {

// A piece of work that stands until it is let go, or until it is stopped.
class Gate {
public:
    void open() {
        const std::lock_guard lock{mutex_};
        open_ = true;
        changed_.notify_all();
    }
    void pass(const std::stop_token& stop) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, stop, [&] { return open_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool open_ = false;
};

class Desk : public ::testing::Test {
protected:
    void make(SearchLimits limits) { desk = std::make_unique<SearchDesk>(limits, clock, random, registry); }
    std::shared_ptr<SearchDesk::Search> open(const std::string& account) {
        auto search = desk->open({.account = account, .text = "q of " + account, .kind = "count", .id = std::nullopt});
        EXPECT_TRUE(search) << search.error().text;
        return *search;
    }
    ManualClock clock{Time{1'780'000'000'000'000}};
    SeededRandom random{1};
    metrics::Registry registry;
    std::unique_ptr<SearchDesk> desk;
};

TEST_F(Desk, GivesTheAnswerOfTheWork) {
    make({.at_once = 1});
    EXPECT_TRUE(open("an")->run([](SearchTurn&) -> Status { return {}; }));
    const Status refused = open("an")->run([](SearchTurn&) -> Status { return fail(Code::too_large, "too long"); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().text, "too long");
}

TEST_F(Desk, APageOfEventsWaitsForNoCount) {
    make({.at_once = 2, .pages_besides = 1});
    Gate gate;
    std::latch under_way{2}, ended{4};
    const auto count = [&](SearchTurn& turn) -> Status {
        under_way.count_down();
        gate.pass(turn.stop);
        return {};
    };
    const auto done = [&](const Status&) { ended.count_down(); };
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(open("an")->start(count, done));
    under_way.wait();
    std::vector<std::string> order;
    ASSERT_TRUE(open("an")->start([&](SearchTurn&) -> Status { order.emplace_back("count"); return {}; }, done));
    const auto page = desk->open({.account = "an", .text = "", .kind = "events", .id = std::nullopt, .page = true});
    ASSERT_TRUE(page);
    EXPECT_TRUE((*page)->run([&](SearchTurn&) -> Status { order.emplace_back("page"); return {}; }));
    EXPECT_EQ(order, std::vector<std::string>{"page"}) << "both threads are busy and a count waits";
    gate.open();
    ended.count_down();  // of the page, which was waited for
    ended.wait();
    EXPECT_EQ(order.back(), "count");
}

TEST_F(Desk, APageGoesBeforeTheCountsOfItsAccount) {
    make({.at_once = 1, .pages_besides = 0});
    Gate gate;
    std::latch under_way{1}, ended{4};
    const auto done = [&](const Status&) { ended.count_down(); };
    ASSERT_TRUE(open("an")->start([&](SearchTurn& turn) -> Status { under_way.count_down(); gate.pass(turn.stop); return {}; }, done));
    under_way.wait();
    std::vector<std::string> order;
    ASSERT_TRUE(open("an")->start([&](SearchTurn&) -> Status { order.emplace_back("count"); return {}; }, done));
    for (const char* name : {"first page", "second page"}) {
        const auto page = desk->open({.account = "an", .text = "", .kind = "events", .id = std::nullopt, .page = true});
        ASSERT_TRUE(page);
        ASSERT_TRUE((*page)->start([&order, name](SearchTurn&) -> Status { order.emplace_back(name); return {}; }, done));
    }
    gate.open();
    ended.wait();
    EXPECT_EQ(order, (std::vector<std::string>{"first page", "second page", "count"}));
}

TEST_F(Desk, RunsOnAThreadThatGivesWayToOthers) {
    make({.at_once = 1, .nice = 19});
    const int mine = ::getpriority(PRIO_PROCESS, 0);
    int nice = 0;
    ASSERT_TRUE(open("an")->run([&](SearchTurn&) -> Status {
        nice = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)));
        return {};
    }));
    EXPECT_EQ(nice, 19);
    EXPECT_EQ(::getpriority(PRIO_PROCESS, 0), mine) << "the asking thread keeps its own";
}

TEST(FairDesk, FiftySearchesOfOneDoNotKeepAnothersOneWaiting) {
    ManualClock clock{Time{1'780'000'000'000'000}};
    SeededRandom random{1};
    metrics::Registry registry;
    Gate gate;
    std::mutex mutex;
    std::vector<std::string> ran;
    std::latch ended{52};
    SearchDesk desk{{.at_once = 1, .most_waiting = 100, .most_waiting_each = 60, .most_open_each = 100}, clock, random, registry};
    std::vector<std::shared_ptr<SearchDesk::Search>> held;
    const auto start = [&](const std::string& account, std::function<void(SearchTurn&)> inside) {
        held.push_back(*desk.open({.account = account, .text = "", .kind = "count", .id = std::nullopt}));
        ASSERT_TRUE(held.back()->start(
            [&ran, &mutex, account, inside](SearchTurn& turn) -> Status {
                inside(turn);
                const std::lock_guard lock{mutex};
                ran.push_back(account);
                return {};
            },
            [&](const Status&) { ended.count_down(); }));
    };
    start("zz-occupier", [&](SearchTurn& turn) { gate.pass(turn.stop); });
    for (int i = 0; i < 50; ++i) start("greedy", [](SearchTurn&) {});
    start("modest", [](SearchTurn&) {});
    gate.open();
    ended.wait();
    const auto modest = std::find(ran.begin(), ran.end(), "modest") - ran.begin();
    EXPECT_LE(modest, 3) << "after the occupier, at most one of the greedy is before it";
    held.clear();
}

TEST(BoundedDesk, RefusesWhatWouldWaitTooLong) {
    ManualClock clock{Time{1'780'000'000'000'000}};
    SeededRandom random{1};
    metrics::Registry registry;
    Gate gate;
    std::latch begun{1}, ended{6};
    SearchDesk desk{{.at_once = 1, .most_waiting = 4, .most_waiting_each = 3}, clock, random, registry};
    std::vector<std::shared_ptr<SearchDesk::Search>> held;
    std::vector<Status> results;
    std::mutex mutex;
    const auto start = [&](const std::string& account) {
        held.push_back(*desk.open({.account = account, .text = "", .kind = "count", .id = std::nullopt}));
        return held.back()->start(
            [&, account](SearchTurn& turn) -> Status {
                if (account == "occupier") begun.count_down();
                gate.pass(turn.stop);
                return {};
            },
            [&, account](const Status& status) {
                {
                    const std::lock_guard lock{mutex};
                    if (!status) results.push_back(status);
                }
                ended.count_down();
            });
    };
    ASSERT_TRUE(start("occupier"));
    begun.wait();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(start("greedy"));
    const Status fourth = start("greedy");
    ASSERT_FALSE(fourth);
    EXPECT_EQ(fourth.error().code, Code::busy);
    ASSERT_TRUE(start("modest"));
    // The queue is full: the one who has the most of it gives a place to a newcomer, and learns so.
    ASSERT_TRUE(start("newcomer"));
    {
        const std::lock_guard lock{mutex};
        ASSERT_EQ(results.size(), 1U);
        EXPECT_EQ(results[0].error().code, Code::busy);
        EXPECT_NE(results[0].error().text.find(" seconds"), std::string::npos) << "Retry-After is made from it: " << results[0].error().text;
    }
    gate.open();
    ended.wait();
    held.clear();
}

TEST_F(Desk, ACancelledSearchStopsWhileItRuns) {
    make({.at_once = 1});
    auto search = open("an");
    std::promise<void> begun;
    auto answer = std::async(std::launch::async, [&] {
        return search->run([&](SearchTurn& turn) -> Status {
            begun.set_value();
            Gate never;
            never.pass(turn.stop);
            return fail(Code::unavailable, "the search was cancelled");
        });
    });
    begun.get_future().wait();
    EXPECT_FALSE(desk->cancel("someone else", search->id())) << "nobody else's";
    EXPECT_TRUE(desk->cancel("an", search->id()));
    const Status ended_with = answer.get();
    ASSERT_FALSE(ended_with);
    EXPECT_EQ(ended_with.error().code, Code::unavailable);
}

TEST_F(Desk, ASearchWhoseClientHasGoneLeavesTheQueue) {
    make({.at_once = 1});
    Gate gate;
    std::promise<void> begun;
    auto occupier = open("occupier");
    auto first = std::async(std::launch::async, [&] {
        return occupier->run([&](SearchTurn& turn) -> Status {
            begun.set_value();
            gate.pass(turn.stop);
            return {};
        });
    });
    begun.get_future().wait();
    bool ran_it = false;
    const Status left = open("an")->run(
        [&](SearchTurn&) -> Status {
            ran_it = true;
            return {};
        },
        [] { return true; });
    ASSERT_FALSE(left);
    EXPECT_EQ(left.error().code, Code::unavailable);
    gate.open();
    EXPECT_TRUE(first.get());
    EXPECT_FALSE(ran_it);
}

TEST_F(Desk, OneSeesOnesOwnAndNobodyElses) {
    make({.at_once = 1});
    const auto mine = open("an"), theirs = open("binh");
    ASSERT_EQ(desk->of("an").size(), 1U);
    EXPECT_EQ(desk->of("an")[0].text, "q of an");
    EXPECT_TRUE(desk->of("an")[0].waiting);
    EXPECT_TRUE(desk->find("an", mine->id()));
    EXPECT_FALSE(desk->find("an", theirs->id()));
    ASSERT_TRUE(mine->run([&](SearchTurn& turn) -> Status {
        turn.progress(0.25);
        EXPECT_EQ(desk->find("an", mine->id())->progress, 0.25);
        EXPECT_FALSE(desk->find("an", mine->id())->waiting);
        return {};
    }));
}

TEST_F(Desk, AnIdIsTakenOnceByAnAccountAndFreeAfterwards) {
    make({.at_once = 1});
    const Uuid id = make_uuid_v7(clock.now(), random);
    const auto ask = [&](const std::string& account) { return desk->open({.account = account, .text = "", .kind = "count", .id = id}); };
    auto first = ask("an");
    ASSERT_TRUE(first);
    EXPECT_EQ(ask("an").error().code, Code::conflict);
    EXPECT_TRUE(ask("binh")) << "another account's ids are its own";
    first->reset();
    EXPECT_TRUE(ask("an"));
}

TEST_F(Desk, EndsWhatRunsAndWhatWaitsWhenItCloses) {
    make({.at_once = 1});
    auto running = open("an"), waiting = open("binh");
    std::promise<void> begun;
    std::promise<Status> over, never_begun;
    ASSERT_TRUE(running->start(
        [&](SearchTurn& turn) -> Status {
            begun.set_value();
            Gate never;
            never.pass(turn.stop);
            return fail(Code::unavailable, "the search was cancelled");
        },
        [&](const Status& status) { over.set_value(status); }));
    begun.get_future().wait();
    ASSERT_TRUE(waiting->start([](SearchTurn&) -> Status { return {}; }, [&](const Status& status) { never_begun.set_value(status); }));
    desk->close();
    EXPECT_EQ(over.get_future().get().error().code, Code::unavailable);
    EXPECT_EQ(never_begun.get_future().get().error().code, Code::unavailable);
    EXPECT_EQ(desk->open({.account = "an", .text = "", .kind = "count", .id = std::nullopt}).error().code, Code::unavailable);
}

}  // namespace
}  // namespace vg::api
