#include "store/state.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <limits>
#include <thread>

#include "base/text.h"
#include "store/state_fixture.h"

namespace vg::store::state_test {
namespace {

const Schema kNotes{"notes", {{"create table note (id bigint primary key, body text, weight double precision)"}}};

class StateTest : public ::testing::Test {
protected:
    static std::unique_ptr<State> open(metrics::Registry& metrics) {
        auto state = State::open(test_state(), std::span{&kNotes, 1}, metrics);
        if (!state) ADD_FAILURE() << state.error().text;
        return std::move(*state);
    }

    std::int64_t count() {
        return state_->read([](Transaction& tx) -> Result<std::int64_t> {
            return std::get<0>(*TRY(tx.first<std::int64_t>("select count(*) from note")));
        }).value_or(-1);
    }
    Status add(std::int64_t id, Param body = nullptr, Param weight = nullptr, Priority priority = Priority::person) {
        return state_->write([&](Transaction& tx) -> Status {
            TRY(tx.run("insert into note (id, body, weight) values (:a, :b, :c)", {id, body, weight}));
            return {};
        }, priority);
    }

    metrics::Registry metrics_;
    std::unique_ptr<State> state_ = open(metrics_);
};

TEST_F(StateTest, ReadsBackEveryTypeAsWritten) {
    const std::int64_t least = std::numeric_limits<std::int64_t>::min(), most = std::numeric_limits<std::int64_t>::max();
    constexpr char kText[] = "Đặng Thuỳ\0Trâm '\"; drop table note --\xff\n";
    const std::string text{kText, sizeof kText - 1};
    ASSERT_TRUE(add(least, text, 0.1));
    ASSERT_TRUE(add(most, "", -1e300));
    ASSERT_TRUE(add(0));
    auto rows = state_->read([](Transaction& tx) {
        return tx.query<std::int64_t, std::optional<std::string>, std::optional<double>>("select id, body, weight from note order by id");
    });
    ASSERT_TRUE(rows) << rows.error().text;
    ASSERT_EQ(rows->size(), 3u);
    EXPECT_EQ((*rows)[0], std::make_tuple(least, std::optional{text}, std::optional{0.1}));
    EXPECT_EQ((*rows)[1], std::make_tuple(std::int64_t{0}, std::optional<std::string>{}, std::optional<double>{}));
    EXPECT_EQ((*rows)[2], std::make_tuple(most, std::optional{std::string{}}, std::optional{-1e300}));
}

// Expressions have no declared type: their values must not be cut to 32 bits on the way.
TEST_F(StateTest, ExpressionsKeepSixtyFourBits) {
    const std::int64_t micros = 1'700'000'000'000'000;
    ASSERT_TRUE(add(micros, "a", 0.25));
    ASSERT_TRUE(add(micros + 1, "b", 0.5));
    auto row = state_->read([](Transaction& tx) {
        return tx.first<std::int64_t, std::int64_t, std::int64_t, double, std::string>("select max(id), sum(id), count(*), sum(weight), min(body) || 'x' from note");
    });
    ASSERT_TRUE(row) << row.error().text;
    EXPECT_EQ(**row, std::make_tuple(micros + 1, 2 * micros + 1, std::int64_t{2}, 0.75, std::string{"ax"}));
}

TEST_F(StateTest, ANullWhereNoneIsExpectedIsTheEmptyValue) {
    ASSERT_TRUE(add(1));
    EXPECT_EQ(**state_->read([](Transaction& tx) { return tx.first<std::string, double>("select body, weight from note"); }), std::make_tuple(std::string{}, 0.0));
    EXPECT_FALSE(*state_->read([](Transaction& tx) { return tx.first<std::int64_t>("select id from note where id = 2"); }));
}

// The same SQL with other types of parameters and columns: SOCI binds a statement to one type.
TEST_F(StateTest, AStatementTakesOtherTypesNextTime) {
    const std::vector<Param> weights{1, 2.5, nullptr, "3.5", 4};
    for (std::int64_t id = 0; id < 5; ++id) ASSERT_TRUE(add(id, nullptr, weights[static_cast<std::size_t>(id)]));
    const auto real = state_->read([](Transaction& tx) { return tx.query<std::optional<double>>("select weight from note order by id"); });
    const auto text = state_->read([](Transaction& tx) { return tx.query<std::optional<std::string>>("select weight from note order by id"); });
    ASSERT_TRUE(real && text);
    EXPECT_EQ(std::get<0>((*real)[1]), 2.5);
    EXPECT_EQ(std::get<0>((*real)[2]), std::nullopt);
    EXPECT_EQ(std::get<0>((*real)[3]), 3.5);
    EXPECT_EQ(std::get<0>((*text)[1]), "2.5");
}

TEST_F(StateTest, CountsTheRowsThatAChangeTouched) {
    for (std::int64_t id = 0; id < 5; ++id) ASSERT_TRUE(add(id));
    EXPECT_EQ(state_->write([](Transaction& tx) { return tx.run("update note set body = 'x' where id < :a", {3}); }), 3);
    EXPECT_EQ(state_->write([](Transaction& tx) { return tx.run("update note set body = 'x' where id > :a", {100}); }), 0);
    EXPECT_EQ(state_->write([](Transaction& tx) { return tx.run("delete from note"); }), 5);
}

TEST_F(StateTest, TheWrongNumberOfParametersIsAnError) {
    EXPECT_EQ(state_->write([](Transaction& tx) { return tx.run("insert into note (id, body) values (:a, :b)", {1}); }).error().code, Code::internal);
    EXPECT_EQ(state_->write([](Transaction& tx) { return tx.run("insert into note (id) values (:a)", {1, 2}); }).error().code, Code::internal);
    EXPECT_EQ(count(), 0);
}

TEST_F(StateTest, MoreStatementsThanAreKeptStillWork) {
    for (int n = 0; n < 1'000; ++n) {
        const auto row = state_->read([&](Transaction& tx) { return tx.first<std::int64_t>(format("select {} + :a", n), {1}); });
        ASSERT_EQ(std::get<0>(**row), n + 1);
    }
}

TEST_F(StateTest, AnErrorRollsEverythingBack) {
    const Status status = state_->write([&](Transaction& tx) -> Status {
        TRY(tx.run("insert into note (id) values (1)"));
        return fail(Code::denied, "no");
    });
    EXPECT_EQ(status.error().code, Code::denied);
    EXPECT_EQ(count(), 0);
    EXPECT_TRUE(add(1));
}

TEST_F(StateTest, AValueComesBackOutOfAWrite) {
    auto answer = state_->write([](Transaction&) -> Result<std::string> { return "answer"; });
    EXPECT_EQ(*answer, "answer");
}

TEST_F(StateTest, AConstraintIsAConflictAndTheTransactionLivesOn) {
    ASSERT_TRUE(add(1, "first"));
    const Status status = state_->write([&](Transaction& tx) -> Status {
        EXPECT_EQ(tx.run("insert into note (id) values (1)").error().code, Code::conflict);
        TRY(tx.run("insert into note (id) values (2)"));
        return {};
    });
    EXPECT_TRUE(status) << status.error().text;
    EXPECT_EQ(count(), 2);
}

TEST_F(StateTest, ErrorsNameTheStatementAndNoParameter) {
    ASSERT_TRUE(add(1, "first"));
    const Status status = add(1, "a secret of somebody");
    EXPECT_NE(status.error().text.find("insert into note"), std::string::npos) << status.error().text;
    EXPECT_EQ(status.error().text.find("secret"), std::string::npos) << status.error().text;
    EXPECT_EQ(status.error().text.find("_backend"), std::string::npos) << status.error().text;
}

TEST_F(StateTest, AChangeThatWouldGiveRowsHoldsNothingOpen) {
    for (std::int64_t id = 0; id < 3; ++id)
        ASSERT_TRUE(state_->write([&](Transaction& tx) { return tx.run("insert into note (id) values (:a) returning id", {id}); }));
    EXPECT_EQ(count(), 3);
    EXPECT_TRUE(state_->write([&](Transaction& tx) { return tx.run("drop table note"); }));
}

TEST_F(StateTest, AReadChangesNothing) {
    for (const char* statement : {"insert into note (id) values (1)", "delete from note", "drop table note", "create table other (x text)"})
        EXPECT_FALSE(state_->read([&](Transaction& tx) -> Status {
            TRY(tx.run(statement));
            return {};
        })) << statement;
    EXPECT_TRUE(add(1));
}

// A reader in the middle of its transaction keeps its view while the writer commits; the next one sees the change.
TEST_F(StateTest, AReadSeesOneState) {
    ASSERT_TRUE(add(1));
    const Status status = state_->read([&](Transaction& tx) -> Status {
        EXPECT_EQ(std::get<0>(*TRY(tx.first<std::int64_t>("select count(*) from note"))), 1);
        std::jthread{[&] { EXPECT_TRUE(add(2)); }}.join();
        EXPECT_EQ(std::get<0>(*TRY(tx.first<std::int64_t>("select count(*) from note"))), 1);
        return {};
    });
    EXPECT_TRUE(status);
    EXPECT_EQ(count(), 2);
}

TEST_F(StateTest, AReadBesideAnOpenWriteSeesTheStateBefore) {
    const Status status = state_->write([&](Transaction& tx) -> Status {
        TRY(tx.run("insert into note (id) values (1)"));
        std::jthread{[&] { EXPECT_EQ(count(), 0); }}.join();
        return {};
    });
    EXPECT_TRUE(status);
    EXPECT_EQ(count(), 1);
}

// The writer is held by one job while people and the pipeline queue up behind it; the pipeline's goes first although it
// came last.
TEST_F(StateTest, ThePipelineGoesBeforePeople) {
    std::latch held{1}, release{1};
    std::vector<std::string> order;  // of the writer thread
    const auto note = [&](std::string name) {
        return [&order, name](Transaction&) -> Status {
            order.push_back(name);
            return {};
        };
    };
    const metrics::Gauge& waiting = metrics_.gauge("vonggac_state_writes_waiting", "");
    const auto wait_for = [&](double queued) { while (waiting.value() < queued) std::this_thread::yield(); };
    {
        std::jthread holder{[&] {
            EXPECT_TRUE(state_->write([&](Transaction&) -> Status {
                held.count_down();
                release.wait();
                return {};
            }));
        }};
        held.wait();
        std::jthread first{[&] { EXPECT_TRUE(state_->write(note("person 1"))); }};
        wait_for(1);
        std::jthread second{[&] { EXPECT_TRUE(state_->write(note("person 2"))); }};
        wait_for(2);
        std::jthread pipeline{[&] { EXPECT_TRUE(state_->write(note("pipeline"), Priority::pipeline)); }};
        wait_for(3);
        release.count_down();
    }
    EXPECT_EQ(order, (std::vector<std::string>{"pipeline", "person 1", "person 2"}));
    EXPECT_EQ(waiting.value(), 0);
}

// Money moved between two notes by many threads; whoever reads, at any moment, finds the same sum.
TEST_F(StateTest, ManyWritersAndReadersSeeWholeTransactions) {
    ASSERT_TRUE(add(1, nullptr, 1000.0));
    ASSERT_TRUE(add(2, nullptr, 1000.0));
    std::atomic<int> wrong = 0, failed = 0;
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread)
            threads.emplace_back([&, thread] {
                for (int i = 0; i < 50; ++i) {
                    const Status moved = state_->write([&](Transaction& tx) -> Status {
                        TRY(tx.run("update note set weight = weight - :a where id = 1", {1.0}));
                        TRY(tx.run("update note set weight = weight + :a where id = 2", {1.0}));
                        if (i % 5 == 0) return fail(Code::denied, "changed my mind");
                        return {};
                    }, thread == 0 ? Priority::pipeline : Priority::person);
                    if (!moved && i % 5 != 0) ++failed;
                }
            });
        for (int thread = 0; thread < 6; ++thread)  // more than there are reading connections
            threads.emplace_back([&] {
                for (int i = 0; i < 100; ++i) {
                    const auto sum = state_->read([](Transaction& tx) { return tx.first<double>("select sum(weight) from note"); });
                    if (!sum || std::get<0>(**sum) != 2000.0) ++wrong;
                }
            });
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(failed, 0);
    const auto left = state_->read([](Transaction& tx) { return tx.first<double>("select weight from note where id = 1"); });
    EXPECT_EQ(std::get<0>(**left), 1000.0 - 4 * 40);
}

TEST_F(StateTest, TransactionsAreTimed) {
    const std::uint64_t before = metrics_.histogram("vonggac_state_write_seconds", "").count();
    ASSERT_TRUE(add(1));
    ASSERT_FALSE(add(1));
    EXPECT_EQ(metrics_.histogram("vonggac_state_write_seconds", "").count(), before + 2);
}

}  // namespace
}  // namespace vg::store::state_test
