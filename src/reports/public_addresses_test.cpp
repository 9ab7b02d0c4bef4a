// Which addresses may stand in papers. Blocks are those of IANA's registries; documentation addresses stand for public ones.
#include "reports/public_addresses.h"

#include <gtest/gtest.h>

namespace vg::reports {
namespace {

std::string told(std::string_view text) {
    std::int64_t ignored = 0;
    return public_only(text, ignored);
}

TEST(PublicAddresses, InternalOnesAreThoseOfTheRegistries) {
    for (const char* inner : {"10.0.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "127.0.0.1", "169.254.3.4", "0.0.0.0", "224.0.0.1", "240.0.0.1", "fc00::1", "fdff::1", "fe80::1", "::1", "ff02::1", "64:ff9b::a00:1", "2002:0a00:0001::1", "::ffff:10.0.0.1"})
        EXPECT_TRUE(is_internal(*parse_address(inner))) << inner;
    for (const char* outer : {"8.8.8.8", "172.32.0.1", "100.128.0.1", "203.0.113.7", "2001:db8::1", "2400:cb00::1", "64:ff9b::808:808", "2002:0808:0808::1"}) EXPECT_FALSE(is_internal(*parse_address(outer))) << outer;
}

TEST(PublicAddresses, AreFoundHoweverTheyAreWritten) {
    for (const char* inner : {"10.0.0.5", "10[.]0[.]0[.]5", "10(.)0(.)0(.)5", "010.000.000.005", "10.0.0.5:443", "10.0.0.0/8", "fe80::1%eth0", "fd00::1", "::ffff:192.168.1.1", "FD00::A"}) {
        EXPECT_EQ(told(std::string{"máy "} + inner + " đã gỡ"), "máy " + std::string{kLeftOut} + " đã gỡ") << inner;
        EXPECT_EQ(told(inner), kLeftOut) << inner;
    }
    EXPECT_EQ(told("IP10.0.0.5và10.0.0.6"), "IP" + std::string{kLeftOut} + "và" + std::string{kLeftOut}) << "also without blanks";
    EXPECT_EQ(told("http://192.168.1.5:8080/a"), "http://" + std::string{kLeftOut} + "/a");
    EXPECT_EQ(told("[fd00::1]:443"), "[" + std::string{kLeftOut} + "]:443");
    std::int64_t left_out = 0;
    public_only("10.0.0.1, 10.0.0.2 và 8.8.8.8", left_out);
    EXPECT_EQ(left_out, 2);
}

TEST(PublicAddresses, WhatIsNoneStaysAsItIs) {
    for (const char* text : {"203.0.113.7:51234, 2001:db8::1", "lúc 10:30:45 ngày 12/04/2024", "1.234.567 dòng", "phiên bản 12.0.1", "Điện thoại 0258.000.0001", "aa:bb:cc:dd:ee:ff", "10.0.0", "256.1.1.1", "", "đã gỡ … xong", "1.10.0.0.5"})
        EXPECT_EQ(told(text), text);
}

}  // namespace
}  // namespace vg::reports
