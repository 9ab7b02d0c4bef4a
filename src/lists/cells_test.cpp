#include "lists/cells.h"

#include "lists/reading_test_content.h"
#include "lists/words.h"

namespace vg::lists::cells_test {
namespace {

std::string victims(std::string_view cell, std::size_t most = 1'024) {
    const auto read = read_victims(cell, most);
    if (!read) return "refused: " + read.error().text;
    std::string out;
    for (const Victim& victim : *read) {
        if (!out.empty()) out += " ";
        out += !victim.url.empty() ? victim.url : victim.address ? victim.address->text() : victim.host;
        if (victim.port) out += format("#{}", *victim.port);
    }
    return out;
}

std::string peers(std::string_view cell) {
    const auto read = read_peers(cell);
    if (!read) return "refused";
    std::string out;
    for (const Peer& peer : *read) out += (out.empty() ? "" : " ") + peer.text + (peer.port ? format("#{}", *peer.port) : std::string{});
    return out;
}

TEST(Cells, AddressesWithPortsAndDefanged) {
    EXPECT_EQ(victims("203.0.113.47"), "203.0.113.47");
    EXPECT_EQ(victims("203.0.113.47:443"), "203.0.113.47#443");
    EXPECT_EQ(victims("[2001:db8::1]:443"), "2001:db8::1#443");
    EXPECT_EQ(victims("[2001:db8::1]"), "2001:db8::1");
    EXPECT_EQ(victims("2001:DB8:0:0::1"), "2001:db8::1");
    EXPECT_EQ(victims("203[.]0[.]113[.]91"), "203.0.113.91");
    EXPECT_EQ(victims("203.0.113[.]91:8080"), "203.0.113.91#8080");
    EXPECT_EQ(victims("203(.)0(.)113(.)91"), "203.0.113.91");
    EXPECT_EQ(victims("203.0.113.91[:]80"), "203.0.113.91#80");
    EXPECT_EQ(victims("203.0.113.5 "), "203.0.113.5");
}

TEST(Cells, SeveralInOneCell) {
    EXPECT_EQ(victims("203.0.113.120, .121"), "203.0.113.120 203.0.113.121");
    EXPECT_EQ(victims("203.0.113.120,.121,.3.7"), "203.0.113.120 203.0.113.121 203.0.3.7");
    EXPECT_EQ(victims("203.0.113.5; 203.0.113.6"), "203.0.113.5 203.0.113.6");
    EXPECT_EQ(victims("203.0.113.5\n203.0.113.6:22"), "203.0.113.5 203.0.113.6#22");
    EXPECT_EQ(victims("203.0.113.5 và 203.0.113.6"), "203.0.113.5 203.0.113.6");
    EXPECT_EQ(victims("203.0.113.5 203.0.113.6"), "203.0.113.5 203.0.113.6");
    EXPECT_EQ(victims("203.0.113.5, 203.0.113"), "refused: a group of digits is missing: an address has four, and there are 3");
}

TEST(Cells, RangesStandForTheirAddresses) {
    EXPECT_EQ(victims("203.0.113.64/30"), "203.0.113.64 203.0.113.65 203.0.113.66 203.0.113.67");
    EXPECT_EQ(victims("203.0.113.9-203.0.113.11"), "203.0.113.9 203.0.113.10 203.0.113.11");
    EXPECT_EQ(victims("203.0.113.9 - 203.0.113.10"), "203.0.113.9 203.0.113.10");
    EXPECT_EQ(victims("203.0.113.9 – 203.0.113.10"), "203.0.113.9 203.0.113.10");
    EXPECT_EQ(victims("203.0.113.9 đến 203.0.113.10"), "203.0.113.9 203.0.113.10");
    EXPECT_EQ(victims("203.0.113.254-255"), "203.0.113.254 203.0.113.255");
    EXPECT_EQ(victims("203.0.112.255-203.0.113.0"), "203.0.112.255 203.0.113.0");
    EXPECT_EQ(victims("203.0.113.9-203.0.113.8"), "refused: the range ends before it begins");
    EXPECT_EQ(victims("203.0.113.0/24", 255), "refused: the range stands for more than 255 addresses");
    EXPECT_EQ(victims("2001:db8::/64"), "refused: the range stands for more than 1024 addresses");
    EXPECT_EQ(victims("0.0.0.0/0"), "refused: the range stands for more than 1024 addresses");
    EXPECT_EQ(victims("203.0.113.64/33"), "refused: the length behind / is none of a network");
}

TEST(Cells, NumbersAreNoAddresses) {
    EXPECT_EQ(victims("517.627"), "refused: this is a number with thousands separators, not an address");
    EXPECT_EQ(victims("517627"), "refused: this is a number, not an address");
    EXPECT_EQ(victims("203.0.113"), "refused: a group of digits is missing: an address has four, and there are 3");
    EXPECT_EQ(victims("203.0.113.4.5"), "refused: there are too many groups of digits: an address has four, and there are 5");
    EXPECT_EQ(victims("203.0.113.256"), "refused: \"256\" is above 255");
    EXPECT_EQ(victims("203.0..4"), "refused: a group of digits is empty");
    EXPECT_TRUE(victims("203.000.113.010").starts_with("refused: \"000\" begins with a zero: some programs read it as octal"));
    EXPECT_TRUE(victims("010.1.2.3").starts_with("refused: \"010\" begins with a zero"));
    EXPECT_EQ(victims("203.0.113.4:99999"), "refused: what stands behind : is no port");
    EXPECT_EQ(victims("203.0.113.4:http"), "refused: what stands behind : is no port");
}

TEST(Cells, NamesAndPages) {
    EXPECT_EQ(victims("WWW.Example.VN."), "www.example.vn");
    EXPECT_EQ(victims("tiếng-việt.example"), "xn--ting-vit-e50d7c.example");  // by Python's idna
    EXPECT_EQ(victims("hxxp://www[.]example[.]vn/cong-van?a=1,2"), "http://www.example.vn/cong-van?a=1,2");
    EXPECT_EQ(victims("https://203.0.113.5/x"), "https://203.0.113.5/x");
    EXPECT_EQ(read_victims("https://203.0.113.5/x", 1)->front().address->text(), "203.0.113.5");
    EXPECT_EQ(read_victims("http://www.example.vn/x", 1)->front().host, "www.example.vn");
    EXPECT_EQ(victims("P. Đông Khê").substr(0, 8), "refused:");
    EXPECT_EQ(victims("localhost").substr(0, 8), "refused:");
}

TEST(Cells, ControlServers) {
    EXPECT_EQ(peers("198.51.100.23"), "198.51.100.23");
    EXPECT_EQ(peers("198.51.100.23:443"), "198.51.100.23#443");
    EXPECT_EQ(peers("hxxp://a7[.]example"), "a7.example");
    EXPECT_EQ(peers("hxxp://a7[.]example:8080/"), "a7.example#8080");
    EXPECT_EQ(peers("hxxps://a7[.]example/gate.php"), "https://a7.example/gate.php");
    EXPECT_EQ(peers("a7[.]example, 198.51.100.9"), "a7.example 198.51.100.9");
    EXPECT_EQ(peers("198.051.100.9"), "refused");
    EXPECT_EQ(peers("máy chủ lạ"), "refused");
}

TEST(Cells, PortsAndSystems) {
    EXPECT_EQ(read_port("48101")->port, 48'101);
    EXPECT_EQ(read_port("443/tcp")->port, 443);
    EXPECT_EQ(read_port("443/tcp")->protocol, "tcp");
    EXPECT_EQ(read_port("UDP/53")->port, 53);
    EXPECT_FALSE(read_port("70000"));
    EXPECT_FALSE(read_port("http"));
    EXPECT_EQ(read_asn("AS7552"), 7'552U);
    EXPECT_EQ(read_asn("7552"), 7'552U);
    EXPECT_EQ(read_asn("AS45899 VNPT Corp"), 45'899U);
    EXPECT_EQ(read_asn("4294967295"), 4'294'967'295U);
    EXPECT_FALSE(read_asn("4294967296"));
    EXPECT_FALSE(read_asn("VNPT"));
}

TEST(Words, WhatCannotBeSeenIsTakenAway) {
    EXPECT_EQ(tidy("\xC2\xA0 203.0.113.5\xE2\x80\x8B\xC2\xA0"), "203.0.113.5");
    EXPECT_EQ(tidy(" \t\r\n"), "");
    EXPECT_EQ(tidy("\xE2\x80"), "\xE2\x80");  // cut within a character
    EXPECT_TRUE(says_nothing("-"));
    EXPECT_TRUE(says_nothing("N/A"));
    EXPECT_TRUE(says_nothing("Không rõ"));
    EXPECT_TRUE(says_nothing("–"));
    EXPECT_FALSE(says_nothing("Necurs"));
    EXPECT_FALSE(says_nothing("0"));
}

TEST(Words, HeadersAreFolded) {
    EXPECT_EQ(fold_header("Địa chỉ IP (nạn nhân)"), "dia chi ip nan nhan");
    EXPECT_EQ(fold_header("DIA CHI IP"), "dia chi ip");
    EXPECT_EQ(fold_header("src_ip"), "src ip");
    EXPECT_EQ(fold_header("\xEF\xBB\xBF\"C&C\"\xC2\xA0(IP/domain)"), "c c ip domain");
    EXPECT_EQ(fold_header("Thời\ngian"), "thoi gian");
    EXPECT_EQ(fold_header("Địa chỉ IP"), "dia chi ip");  // NFD
}

}  // namespace
}  // namespace vg::lists::cells_test
