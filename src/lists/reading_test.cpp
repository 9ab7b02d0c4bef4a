#include "lists/reading.h"

#include "lists/reading_test_content.h"

namespace vg::lists::reading_test {
namespace {

using namespace samples;
using Texts = std::vector<std::string>;

// The list of the import page, row by row as it is drawn there: a letter's head, thirteen rows and a total.
constexpr std::string_view kLetter =
    "\xEF\xBB\xBFSố: 1129/TTĐP2-ĐPYC;;;;;;;\n"
    "DANH SÁCH ĐỊA CHỈ IP BOTNET ĐỘT XUẤT;;;;;;;\n"
    "STT;Thời gian;Địa chỉ IP;Đơn vị;Họ mã độc;C&C;Cổng C&C;Giao thức\n"
    "1;27/11/2026 01:14;203.0.113.47:51822;Sở Tài chính;Mirai;198.51.100.23;48101;TCP\n"
    "2;27/11/2026 01:20;203[.]0[.]113[.]91;THPT số 2;Sality;hxxp://a7[.]example;80;HTTP\n"
    "3;46353,0875;203.0.113.112;BV Đa khoa;Conficker;198.51.100.77;445;TCP\n"
    "4;27/11/2026 02:31;203.0.113.120, .121;BV Đa khoa;Sality;198.51.100.12;9832;UDP\n"
    "5;27/11/2026 01:14;203.0.113.47:51822;Sở Tài chính;Mirai;198.51.100.23;48101;TCP\n"
    "6;26/11/2026 22:08;2001:db8:40::1c;TT CNTT;Vpnfilter;198.51.100.140;443;TCP\n"
    "7;27/11/2026 03:02;203.0.113;P. Đông Khê;Mirai;198.51.100.23;23;TCP\n"
    "8;27/11/2026 03:40;203.0.113.64/30;Công ty Cấp nước;Mirai;198.51.100.23;48101;TCP\n"
    "9;27/13/2026 05:31;203.0.113.18;Sở Y tế;Sality;198.51.100.12;9832;UDP\n"
    "Tổng cộng;;9;;;;;\n";

TEST(ReadList, ReadsTheListOfALetter) {
    const Reading reading = read(kLetter);
    EXPECT_EQ(questions_of(reading), "");
    EXPECT_EQ(reading.form, "csv");
    EXPECT_EQ(reading.separator, ';');
    EXPECT_EQ(reading.encoding, tables::Encoding::utf8);
    EXPECT_EQ(reading.header_line, 3U);
    EXPECT_EQ(reading.profile, "national");
    EXPECT_EQ(reading.zone, "Asia/Ho_Chi_Minh");
    EXPECT_EQ(reading.date_order, DateOrder::day_first);
    EXPECT_EQ(reading.letter.number, "1129/TTĐP2-ĐPYC");
    EXPECT_EQ(reading.letter.issuer, "TTĐP2-ĐPYC");
    ASSERT_EQ(reading.title.size(), 2U);
    EXPECT_EQ(reading.title[1].second, "DANH SÁCH ĐỊA CHỈ IP BOTNET ĐỘT XUẤT");
    ASSERT_EQ(reading.footer.size(), 1U);
    EXPECT_EQ(reading.footer[0], (std::pair<std::size_t, std::string>{13, "Tổng cộng 9"}));
    EXPECT_EQ(reading.read, 9U);
    EXPECT_EQ(reading.accepted, 6U);
    EXPECT_EQ(reading.duplicate, 1U);
    EXPECT_EQ(reading.rejected, 2U);
    EXPECT_EQ(victims_of(reading), (Texts{"203.0.113.47", "203.0.113.91", "203.0.113.112", "203.0.113.120", "203.0.113.121", "2001:db8:40::1c", "203.0.113.64", "203.0.113.65", "203.0.113.66",
                                          "203.0.113.67"}));
    const Record& first = reading.records[0];
    EXPECT_EQ(first.line, 4U);
    EXPECT_EQ(first.port, 51'822);
    EXPECT_EQ(when(first.seen), "2026-11-26T18:14:00Z");  // seven hours before
    EXPECT_EQ(first.family, "Mirai");
    EXPECT_EQ(first.c2, "198.51.100.23");
    EXPECT_EQ(first.c2_port, 48'101);
    EXPECT_EQ(first.protocol, "tcp");
    EXPECT_EQ(first.unit, "Sở Tài chính");
    EXPECT_TRUE(first.others.empty());
    EXPECT_EQ(reading.records[1].c2, "a7.example");
    EXPECT_EQ(when(reading.records[2].seen), "2026-11-26T19:06:00Z");
    ASSERT_EQ(reading.rejected_rows.size(), 2U);
    EXPECT_EQ(reading.rejected_rows[0].line, 10U);
    EXPECT_EQ(reading.rejected_rows[0].column, 2U);
    EXPECT_EQ(reading.rejected_rows[0].reason, "a group of digits is missing: an address has four, and there are 3");
    EXPECT_EQ(reading.rejected_rows[0].cells[2], "203.0.113");
    EXPECT_EQ(reading.rejected_rows[1].line, 12U);
    EXPECT_EQ(reading.rejected_rows[1].column, 1U);
    EXPECT_EQ(reading.rejected_rows[1].reason, "there is no month 13");
    ASSERT_EQ(reading.views.size(), 9U);
    EXPECT_EQ(reading.views[4].outcome, Outcome::duplicate);
    EXPECT_EQ(reading.views[4].duplicate_of, 4U);
    EXPECT_EQ(reading.views[3].read_as[2], "203.0.113.120, 203.0.113.121");
    EXPECT_EQ(reading.views[1].read_as[5], "a7.example");
    EXPECT_EQ(reading.views[0].read_as[5], "");
}

TEST(ReadList, AsksAboutAHeaderThatNobodyKnows) {
    const Reading reading = read("Thời gian;Địa chỉ IP;Loại KN\n27/11/2026 01:14;203.0.113.47;TCP\n27/11/2026 01:15;203.0.113.48;HTTP\n27/11/2026 01:16;203.0.113.49;\n");
    ASSERT_EQ(questions_of(reading), "column:loai kn");
    EXPECT_EQ(reading.questions[0].choices[0], "protocol");
    const Column& column = reading.columns[2];
    EXPECT_FALSE(column.decided);
    EXPECT_EQ(column.suggestion, Role::protocol);
    EXPECT_EQ(column.filled, 2U);
    EXPECT_EQ(column.samples, (Texts{"TCP", "HTTP"}));
    EXPECT_EQ(reading.records[0].protocol, "");
    EXPECT_EQ(reading.records[0].others, (std::vector<std::pair<std::string, std::string>>{{"Loại KN", "TCP"}}));
    ReadOptions told = options();
    told.columns["loai kn"] = Role::protocol;
    const Reading again = read("Thời gian;Địa chỉ IP;Loại KN\n27/11/2026 01:14;203.0.113.47;TCP\n", told);
    EXPECT_EQ(questions_of(again), "");
    EXPECT_EQ(again.records[0].protocol, "tcp");
}

// Addresses stand in two columns, and no profile names them: neither place nor value decides.
TEST(ReadList, NeverSupposesWhoIsAffected) {
    const Reading reading = read("IP A,IP B,When\n203.0.113.5,198.51.100.23,2026-11-27 01:00:00\n203.0.113.6,198.51.100.23,2026-11-27 01:00:00\n");
    EXPECT_EQ(questions_of(reading), "victim, column:ip a, column:ip b, column:when");
    EXPECT_TRUE(reading.records.empty());
    EXPECT_EQ(reading.read, 2U);
    EXPECT_EQ(reading.questions[0].choices, (Texts{"ip a", "ip b", "when"}));
    EXPECT_FALSE(reading.columns[0].suggestion);
    EXPECT_FALSE(reading.columns[1].suggestion);
    EXPECT_EQ(reading.columns[2].suggestion, Role::seen);
}

}  // namespace
}  // namespace vg::lists::reading_test
