#include "server/rates.h"

#include <gtest/gtest.h>

namespace vg::server {
namespace {

constexpr Time at(std::int64_t quarter, std::int64_t second = 0) { return Time{quarter * Rates::kQuarter + second * 1'000'000}; }
const SourceId kSource{{1}};

TEST(Rates, CountsIntoTheQuarterOfTheHour) {
    Rates rates;
    rates.add(kSource, 5, at(1000));
    rates.add(kSource, 2, at(1000, 899));
    rates.add(kSource, 1, at(1001));
    const auto quarters = rates.quarters(kSource, at(1002));
    ASSERT_EQ(quarters.size(), 96U);
    EXPECT_EQ(quarters[93], 7);
    EXPECT_EQ(quarters[94], 1);
    EXPECT_EQ(quarters[95], 0);
    EXPECT_EQ(quarters[0], 0);
}

TEST(Rates, ForgetsWhatIsOlderThanADay) {
    Rates rates;
    rates.add(kSource, 9, at(1000));
    EXPECT_EQ(rates.quarters(kSource, at(1095)).front(), 9);
    for (const std::int64_t count : rates.quarters(kSource, at(1096))) EXPECT_EQ(count, 0);
    rates.add(kSource, 1, at(1300));
    const auto quarters = rates.quarters(kSource, at(1300));
    EXPECT_EQ(quarters.back(), 1);
    for (std::size_t i = 0; i + 1 < quarters.size(); ++i) EXPECT_EQ(quarters[i], 0);
}

TEST(Rates, AClockThatStepsBackLosesNothing) {
    Rates rates;
    rates.add(kSource, 3, at(1000));
    rates.add(kSource, 4, at(999));
    EXPECT_EQ(rates.quarters(kSource, at(1000)).back(), 7);
}

TEST(Rates, AnUnknownSourceSentNothing) {
    Rates rates;
    for (const std::int64_t count : rates.quarters(kSource, at(1000))) EXPECT_EQ(count, 0);
}

}  // namespace
}  // namespace vg::server
