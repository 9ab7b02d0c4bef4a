#include "lists/when.h"

#include "lists/reading_test_content.h"

namespace vg::lists::when_test {
namespace {

std::string read_in(std::string_view zone, std::string_view cell, std::optional<DateOrder> order = DateOrder::day_first) {
    Times times{order, std::string{zone}};
    const auto when = times.read(cell);
    if (!when) return "refused: " + when.error().text;
    return when->time ? to_rfc3339(*when->time) : "none";
}
std::string in_vietnam(std::string_view cell) { return read_in("Asia/Ho_Chi_Minh", cell); }

TEST(Times, ReadsWhatPeopleWrite) {
    for (const std::string_view cell : {"2026-11-27 14:05:00", "2026-11-27T14:05:00", "2026/11/27 14:05", "27/11/2026 14:05", "27-11-2026 14:05:00", "27.11.2026 14:05", "14:05 27/11/2026", "14h05 ngày 27/11/2026",
                                        "14 giờ 05 phút ngày 27 tháng 11 năm 2026", "ngày 27 tháng 11 năm 2026, 14:05", "27/11/2026 2:05 PM", "27/11/2026 02:05:00 CH", "27/11/2026 2:05 chiều", "27 Nov 2026 14:05:00",
                                        "Fri, 27 Nov 2026 14:05:00", "27-Nov-2026 14:05", "Nov 27, 2026 2:05 PM", "20261127140500"})
        EXPECT_EQ(in_vietnam(cell), "2026-11-27T07:05:00Z") << cell;
    EXPECT_EQ(in_vietnam("31/1/2018 12:21 PM"), "2018-01-31T05:21:00Z");
    EXPECT_EQ(in_vietnam("31/1/2018 12:21 AM"), "2018-01-30T17:21:00Z");
    EXPECT_EQ(in_vietnam("31/1/2018 12:21 SA"), "2018-01-30T17:21:00Z");
    EXPECT_EQ(in_vietnam("2026-11-27 14:05:00.250"), "2026-11-27T07:05:00.250Z");
    EXPECT_EQ(in_vietnam("27/11/2026"), "2026-11-26T17:00:00Z");
}

TEST(Times, AZoneInTheTextGoesFirst) {
    EXPECT_EQ(in_vietnam("2026-11-27T14:05:00Z"), "2026-11-27T14:05:00Z");
    EXPECT_EQ(in_vietnam("2026-11-27 14:05:00 UTC"), "2026-11-27T14:05:00Z");
    EXPECT_EQ(in_vietnam("2026-11-27T14:05:00+09:00"), "2026-11-27T05:05:00Z");
    EXPECT_EQ(in_vietnam("27/11/2026 14:05 +0900"), "2026-11-27T05:05:00Z");
    EXPECT_EQ(read_in("UTC", "27/11/2026 14:05 (GMT+7)"), "2026-11-27T07:05:00Z");
    EXPECT_EQ(read_in("UTC", "27/11/2026 14:05 ICT"), "2026-11-27T07:05:00Z");
    EXPECT_EQ(read_in("", "27/11/2026 14:05"), "none");
    EXPECT_EQ(read_in("", "2026-11-27T14:05:00Z"), "2026-11-27T14:05:00Z");
}

// 46353 days after 1899-12-30 is 2026-11-27 (Excel); seconds as `date -d @...` gives them.
TEST(Times, ReadsNumbers) {
    EXPECT_EQ(in_vietnam("46353,0875"), "2026-11-26T19:06:00Z");
    EXPECT_EQ(in_vietnam("46353.0875"), "2026-11-26T19:06:00Z");
    EXPECT_EQ(in_vietnam("1795788300"), "2026-11-27T14:05:00Z");
    EXPECT_EQ(in_vietnam("1795788300250"), "2026-11-27T14:05:00.250Z");
    EXPECT_EQ(in_vietnam("517.627"), "refused: this number is no time");
    EXPECT_EQ(in_vietnam("12"), "refused: this number is no time");
}

TEST(Times, SaysWhyItIsNone) {
    EXPECT_EQ(in_vietnam("27/13/2026 05:31"), "refused: there is no month 13");
    EXPECT_EQ(in_vietnam("11/27/2026"), "refused: there is no month 27");
    EXPECT_EQ(in_vietnam("30/02/2026"), "refused: month 2 of 2026 has no day 30");
    EXPECT_EQ(in_vietnam("29/02/2024"), "2024-02-28T17:00:00Z");
    EXPECT_EQ(in_vietnam("27/11/26"), "refused: the year has two digits: it could be either end of the date");
    EXPECT_EQ(in_vietnam("27/11/2026 25:00"), "refused: there is no time 25:00:00");
    EXPECT_EQ(in_vietnam("12:21:00"), "refused: there is a time of day without a date");
    EXPECT_EQ(in_vietnam("hôm qua"), "refused: it is not a time in any form that is known");
}

TEST(Times, TheOrderIsToldOrEvident) {
    EXPECT_EQ(read_in("UTC", "05/04/2026", DateOrder::month_first), "2026-05-04T00:00:00Z");
    EXPECT_EQ(read_in("UTC", "05/04/2026", DateOrder::day_first), "2026-04-05T00:00:00Z");
    EXPECT_EQ(read_in("UTC", "05/04/2026", std::nullopt), "none");
    EXPECT_EQ(read_in("UTC", "25/04/2026", std::nullopt), "2026-04-25T00:00:00Z");
    EXPECT_EQ(read_in("UTC", "04/25/2026", std::nullopt), "2026-04-25T00:00:00Z");
    EXPECT_EQ(read_in("UTC", "05/05/2026", std::nullopt), "2026-05-05T00:00:00Z");
    EXPECT_EQ(read_in("UTC", "2026-04-05", std::nullopt), "2026-04-05T00:00:00Z");
}

// Clocks of Berlin went from 02:00 to 03:00 on 29 March 2026, and back on 25 October.
TEST(Times, FollowsTheClocksOfAZone) {
    EXPECT_EQ(read_in("Europe/Berlin", "2026-03-29 01:59:59"), "2026-03-29T00:59:59Z");
    EXPECT_EQ(read_in("Europe/Berlin", "2026-03-29 03:00:00"), "2026-03-29T01:00:00Z");
    EXPECT_EQ(read_in("Europe/Berlin", "2026-07-01 12:00:00"), "2026-07-01T10:00:00Z");
    Times times{DateOrder::day_first, "Asia/Ho_Chi_Minh"};
    for (int i = 0; i < 3'000; ++i) {  // the same hour again and again, and others between
        const std::string cell = format("2026-{:02}-{:02} {:02}:{:02}:07", 1 + i % 12, 1 + i % 28, i % 24, i % 60);
        ASSERT_EQ(times.read(cell)->time, parse_time(cell, "Asia/Ho_Chi_Minh")) << cell;
    }
}

TEST(DateEvidence, CountsWhatCannotBeAMonth) {
    DateEvidence evidence;
    for (const std::string_view cell : {"27/11/2026 01:14", "01:14 28/11/2026", "11/27/2026", "05/04/2026", "2026-11-27", "27/13/2026", "05/05/2026", "", "abc", "1.2.3.4", "46353,0875"}) evidence.count(cell);
    EXPECT_EQ(evidence.first_above_12, 2U);
    EXPECT_EQ(evidence.second_above_12, 1U);
    EXPECT_EQ(evidence.both_ways, 1U);
}

}  // namespace
}  // namespace vg::lists::when_test
