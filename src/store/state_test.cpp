#include "store/state.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/text.h"

namespace vg::store {
namespace {

const Schema kNotes{"notes", {{"create table note (id bigint primary key, body text, weight double precision)"}}};

std::unique_ptr<State> memory(metrics::Registry& metrics, const Schema& schema = kNotes) {
    auto state = State::open({":memory:"}, std::span{&schema, 1}, metrics);
    if (!state) ADD_FAILURE() << state.error().text;
    return std::move(*state);
}

class StateTest : public ::testing::Test {
protected:
    metrics::Registry metrics_;
    std::unique_ptr<State> state_ = memory(metrics_);

    std::int64_t count() {
        return std::get<0>(**state_->read([](Transaction& tx) { return tx.first<std::int64_t>("select count(*) from note"); }));
    }
    Status add(std::int64_t id, Param body = nullptr, Param weight = nullptr) {
        return state_->write([&](Transaction& tx) -> Status {
            TRY(tx.run("insert into note (id, body, weight) values (:a, :b, :c)", {id, body, weight}));
            return {};
        });
    }
};

TEST_F(StateTest, ReadsBackEveryTypeAsWritten) {
    const std::int64_t least = std::numeric_limits<std::int64_t>::min(), most = std::numeric_limits<std::int64_t>::max();
    const std::string text{"Đặng Thuỳ\0Trâm '\"; drop table note --\xff", 40};
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

}  // namespace
}  // namespace vg::store
