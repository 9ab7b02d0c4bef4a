#include "store/many.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "store/state_fixture.h"

namespace vg::store::many_test {
namespace {

const Schema kPairs{"pairs", {{"create table pair (a text not null, b bigint not null, c text not null, primary key (a, b))"}}};

TEST(Many, InsertsAsksAndChangesMoreRowsThanGoIntoOneStatement) {
    metrics::Registry metrics;
    auto state = State::open(test_state(), std::span{&kPairs, 1}, metrics);
    ASSERT_TRUE(state) << state.error().text;
    constexpr std::int64_t kRows = 3 * Many::kTogether + 7;
    EXPECT_EQ((*state)->write([](Transaction& tx) {
        Many rows{"insert into pair (a, b, c) values ", 3};
        for (std::int64_t i = 0; i < kRows; ++i) rows.add({format("n{}", i % 10), i, "-"});
        return rows.run(tx);
    }), kRows);
    EXPECT_EQ((*state)->write([](Transaction& tx) {
        Many rows{"update pair set c = v.column3 from (values ", 3, ") v where pair.a = v.column1 and pair.b = cast(v.column2 as bigint)"};
        for (std::int64_t i = 0; i < kRows; i += 2) rows.add({format("n{}", i % 10), std::to_string(i), format("chẵn {}", i)});
        rows.add({"n1", "2", "no such row"});
        return rows.run(tx);
    }), (kRows + 1) / 2);
    const auto found = (*state)->read([](Transaction& tx) {
        Many wanted{"select b, c from pair where a in (select column1 from (values ", 1, ") v) order by b"};
        for (int i = 0; i < 3; ++i) wanted.add({format("n{}", i)});
        return wanted.query<std::int64_t, std::string>(tx);
    });
    ASSERT_TRUE(found) << found.error().text;
    ASSERT_EQ(found->size(), 48u) << "of 157 rows those whose number ends with 0, 1 or 2; none twice";
    EXPECT_EQ((*found)[0], std::make_tuple(std::int64_t{0}, std::string{"chẵn 0"}));
    EXPECT_EQ((*found)[1], std::make_tuple(std::int64_t{1}, std::string{"-"}));
    const Many nothing{"insert into nowhere values ", 1};
    EXPECT_TRUE(nothing.empty());
    EXPECT_EQ((*state)->write([&](Transaction& tx) { return nothing.run(tx); }), 0);
}

}  // namespace
}  // namespace vg::store::many_test
