#include "tables/number_format.h"

#include <gtest/gtest.h>

namespace vg::tables {
namespace {

constexpr DateSystem k1900 = DateSystem::of_1900, k1904 = DateSystem::of_1904;

// ECMA-376 part 1, 18.8.30 and 18.8.31.
TEST(NumberFormat, TellsDatesFromNumbers) {
    for (const char* code : {"dd/mm/yyyy", "m/d/yy h:mm", "[$-42A]dd mmmm yyyy", "yyyy\\-mm\\-dd", "mmm-yy", "[$-409]d/m/yy h:mm AM/PM;@", "\"ngày\" dd \"tháng\" mm", "MM"})
        EXPECT_EQ(shows_of(code), Shows::date) << code;
    for (const char* code : {"h:mm", "hh:mm:ss", "mm:ss.0", "h:mm AM/PM"}) EXPECT_EQ(shows_of(code), Shows::time) << code;
    for (const char* code : {"General", "GENERAL", "0.00", "#,##0", "0.00E+00", "#,##0 \"đồng\"", "[Red]0", "#,##0\\ \"d\"", "[h]:mm:ss", "[mm]:ss", "@", "0;\"d\"", "0_d", "*m0", "\"d"})
        EXPECT_EQ(shows_of(code), Shows::number) << code;
    for (const unsigned id : {14U, 15U, 16U, 17U, 22U}) EXPECT_EQ(shows_of_builtin(id), Shows::date) << id;
    for (const unsigned id : {18U, 19U, 20U, 21U, 45U, 47U}) EXPECT_EQ(shows_of_builtin(id), Shows::time) << id;
    for (const unsigned id : {0U, 1U, 4U, 9U, 11U, 12U, 38U, 44U, 46U, 48U, 49U}) EXPECT_EQ(shows_of_builtin(id), Shows::number) << id;
}

// 18.17.4.1 of the standard, and the vendor's documents: 1 January 2008 is 39448; 5 July 2011 is 40729 and, in the other system, 39267.
TEST(NumberFormat, ReadsSerialDatesOfBothSystems) {
    EXPECT_EQ(serial_text(39448, Shows::date, k1900), "2008-01-01");
    EXPECT_EQ(serial_text(40729, Shows::date, k1900), "2011-07-05");
    EXPECT_EQ(serial_text(39267, Shows::date, k1904), "2011-07-05");
    EXPECT_EQ(serial_text(1, Shows::date, k1900), "1900-01-01");
    EXPECT_EQ(serial_text(0, Shows::date, k1904), "1904-01-01");
    EXPECT_EQ(serial_text(2958465, Shows::date, k1900), "9999-12-31");
    EXPECT_EQ(serial_text(2957003, Shows::date, k1904), "9999-12-31");
    // The leap day that never was.
    EXPECT_EQ(serial_text(59, Shows::date, k1900), "1900-02-28");
    EXPECT_EQ(serial_text(60, Shows::date, k1900), std::nullopt);
    EXPECT_EQ(serial_text(60.5, Shows::date, k1900), std::nullopt);
    EXPECT_EQ(serial_text(61, Shows::date, k1900), "1900-03-01");
    EXPECT_EQ(serial_text(60, Shows::date, k1904), "1904-03-01");  // 1904 is a leap year: 31 + 29 days
}

TEST(NumberFormat, KeepsTheTimeOfDay) {
    EXPECT_EQ(serial_text(39448.5, Shows::date, k1900), "2008-01-01 12:00:00");
    EXPECT_EQ(serial_text(39448.25, Shows::time, k1900), "2008-01-01 06:00:00");
    EXPECT_EQ(serial_text(0.75, Shows::time, k1900), "18:00:00");
    EXPECT_EQ(serial_text(0, Shows::time, k1900), "00:00:00");
    EXPECT_EQ(serial_text(39448.514583333337, Shows::date, k1900), "2008-01-01 12:21:00");  // 741 of 1,440 minutes
    EXPECT_EQ(serial_text(39448 + 0.25 / 86'400, Shows::date, k1900), "2008-01-01 00:00:00.250");
    EXPECT_EQ(serial_text(39448.9999999999, Shows::date, k1900), "2008-01-02");
}

TEST(NumberFormat, WhatIsNoDateIsNothing) {
    for (const double serial : {-1.0, -0.5, 2958466.0, 1e300, 0.0}) EXPECT_EQ(serial_text(serial, Shows::date, k1900), std::nullopt) << serial;
    EXPECT_EQ(serial_text(2957004, Shows::date, k1904), std::nullopt);
    EXPECT_EQ(serial_text(39448, Shows::number, k1900), std::nullopt);
}

}  // namespace
}  // namespace vg::tables
