// What real files of lists are like (titles, footers, encodings, several sheets, zones, marks), each written by hand.
#include "lists/reading_test_content.h"
#include "lists/workbook_test_file.h"

namespace vg::lists::traits_test {
namespace {

using namespace samples;
using Texts = std::vector<std::string>;

Error refusal(std::string_view bytes, const ReadOptions& how = options()) {
    const auto reading = read_list(bytes, how);
    if (reading) {
        ADD_FAILURE() << "it was read";
        return {};
    }
    return reading.error();
}

TEST(Traits, HeadersWithAndWithoutAccents) {
    for (const std::string_view header : {"Thời gian,Địa chỉ IP,Họ mã độc,C&C", "THOI GIAN,DIA CHI IP,HO MA DOC,C&C", "thoi_gian,dia_chi_ip,ho_ma_doc,c_c"}) {
        const Reading reading = read(format("{}\n27/11/2026 01:14,203.0.113.5,Mirai,198.51.100.23\n", header));
        EXPECT_EQ(questions_of(reading), "") << header;
        ASSERT_EQ(reading.records.size(), 1U) << header;
        EXPECT_EQ(reading.records[0].family, "Mirai");
        EXPECT_EQ(reading.records[0].c2, "198.51.100.23");
    }
}

TEST(Traits, AHeaderOfTwoRows) {
    const Reading reading = read("STT;Thời gian;Máy nhiễm;;Máy chủ điều khiển;;Họ mã độc\n;;IP;Cổng;IP;Cổng;\n1;27/11/2026 01:14;203.0.113.5;51822;198.51.100.23;48101;Mirai\n");
    EXPECT_EQ(questions_of(reading), "");
    ASSERT_EQ(reading.records.size(), 1U);
    const Record& record = reading.records[0];
    EXPECT_EQ(victim_of(record), "203.0.113.5");
    EXPECT_EQ(record.port, 51'822);
    EXPECT_EQ(record.c2, "198.51.100.23");
    EXPECT_EQ(record.c2_port, 48'101);
    EXPECT_EQ(record.family, "Mirai");
    EXPECT_EQ(reading.columns[4].header, "Máy chủ điều khiển IP");
    ReadOptions told = options();
    told.header_line = reading.header_line;  // as the page sends it back
    EXPECT_EQ(victims_of(read("STT;Thời gian;Máy nhiễm;;Máy chủ điều khiển;;Họ mã độc\n;;IP;Cổng;IP;Cổng;\n1;27/11/2026 01:14;203.0.113.5;51822;198.51.100.23;48101;Mirai\n", told)), (Texts{"203.0.113.5"}));
}

TEST(Traits, ATableWithoutAHeaderAsksForIt) {
    constexpr std::string_view kTable = "203.0.113.5;27/11/2026 07:00;Mirai\n203.0.113.6;28/11/2026 07:00;Sality\n";
    const Reading asked = read(kTable);
    EXPECT_EQ(questions_of(asked), "header, victim, column:column 1, column:column 2, column:column 3");
    EXPECT_EQ(asked.questions[0].choices, (Texts{"0", "1"}));
    EXPECT_EQ(asked.read, 2U);
    ReadOptions told = options();
    told.header_line = 0;
    told.zone = "UTC";
    told.columns = {{"column 1", Role::victim}, {"column 2", Role::seen}, {"column 3", Role::family}};
    const Reading reading = read(kTable, told);
    EXPECT_EQ(questions_of(reading), "");
    EXPECT_EQ(reading.accepted, 2U);
    EXPECT_EQ(when(reading.records[0].seen), "2026-11-27T07:00:00Z");
    EXPECT_EQ(reading.records[1].family, "Sality");
    told.header_line = 99;
    EXPECT_EQ(refusal(kTable, told).code, Code::bad_input);
}

TEST(Traits, TheSameHeaderTwiceIsTwoColumns) {
    const Reading reading = read("Địa chỉ IP;Thời gian;Địa chỉ IP\n203.0.113.5;27/11/2026 07:00;198.51.100.23\n");
    EXPECT_EQ(questions_of(reading), "column:dia chi ip 2");
    EXPECT_EQ(victims_of(reading), (Texts{"203.0.113.5"}));
}

TEST(Traits, TheLetterAboveAndTheSignatureBelow) {
    const Reading reading = read(
        "BỘ CÔNG AN,,,\n\"Số: 1129/TTĐP2-ĐPYC\",,,\n\"Hà Nội, ngày 05 tháng 02 năm 2026\",,,\nV/v xử lý mã độc,,,\nHỏa tốc,,,\nSTT,Địa chỉ IP,Thời gian,Ghi chú\n1,203.0.113.5,04/02/2026 10:00,\n2,203.0.113.6,04/02/2026 "
        "11:00,đã báo\n,,,\nTổng số: 517.627,,,\n,,,TRƯỞNG PHÒNG\nNơi nhận: ,,,\n./.,,,\n");
    EXPECT_EQ(reading.read, 2U);
    EXPECT_EQ(reading.accepted, 2U);
    EXPECT_EQ(reading.letter.date, "2026-02-05");
    EXPECT_EQ(reading.letter.urgency, "Hỏa tốc");
    EXPECT_EQ(reading.letter.subject, "xử lý mã độc");
    EXPECT_EQ(reading.title.size(), 5U);
    ASSERT_EQ(reading.footer.size(), 4U);
    EXPECT_EQ(reading.footer[0].second, "Tổng số: 517.627");
    ReadOptions told = options();
    told.letter = {.number = "7/BC-SYT"};
    const Reading again = read("Số: 1129/TTĐP2-ĐPYC,\nSTT,Địa chỉ IP\n1,203.0.113.5\n", told);
    EXPECT_EQ(again.letter.number, "7/BC-SYT");
    EXPECT_EQ(again.letter.issuer, "TTĐP2-ĐPYC");
}

TEST(Traits, ALastRowWithAnAddressIsNeverAFooter) {
    const Reading reading = read("STT,Địa chỉ IP,Thời gian,Ghi chú\n1,203.0.113.5,04/02/2026 10:00,\nTổng,203.0.113.6,,\n,203.0.113,,\n");
    EXPECT_EQ(reading.read, 3U);
    EXPECT_EQ(reading.accepted, 2U);
    EXPECT_EQ(reading.rejected, 1U);
    EXPECT_TRUE(reading.footer.empty());
}

TEST(Traits, TheHeaderAgainAmongTheRowsIsNoData) {
    const Reading reading = read("STT,Địa chỉ IP\n1,203.0.113.5\nSTT,Địa chỉ IP\n2,203.0.113.6\n");
    EXPECT_EQ(reading.read, 2U);
    EXPECT_EQ(reading.remarks.size(), 1U);
}

// The encodings that offices use. The bytes are those of the standards: TCVN 5712 VN3 has § for Đ, Þ... see tables/encoding_test.cpp.
TEST(Traits, OldEncodingsAreFoundOrAsked) {
    // "Địa chỉ IP,Thời gian,Đơn vị" and "Sở Tài chính" in TCVN3.
    const std::string tcvn3 = "\xA7\xDE" "a ch\xD8 IP,Th\xEA" "i gian,\xA7\xAC" "n v\xDE,H\xE4 m\xB7 \xAE\xE9" "c\n203.0.113.5,27/11/2026 01:14,S\xEB T\xB5i ch\xDDnh,Mirai\n";
    const Reading reading = read(tcvn3);
    EXPECT_EQ(questions_of(reading), "");
    EXPECT_EQ(reading.encoding, tables::Encoding::tcvn3);
    ASSERT_EQ(reading.records.size(), 1U);
    EXPECT_EQ(reading.records[0].unit, "Sở Tài chính");
    EXPECT_EQ(reading.records[0].family, "Mirai");
    // One letter beyond ASCII is not enough to tell.
    const Reading doubt = read("IP,Note\n203.0.113.5,ch\xED\n");
    ASSERT_EQ(questions_of(doubt), "encoding");
    EXPECT_EQ(doubt.questions[0].choices, (Texts{"windows-1258", "tcvn3", "vni"}));
    EXPECT_TRUE(doubt.records.empty());
    ReadOptions told = options();
    told.encoding = tables::Encoding::tcvn3;
    told.columns = {{"ip", Role::victim}, {"note", Role::note}};
    EXPECT_EQ(read("IP,Note\n203.0.113.5,ch\xED\n", told).records[0].note, "chớ");
    // UTF-16 with its mark.
    std::string wide = "\xFF\xFE";
    wide += to_utf16le("Địa chỉ IP\tĐơn vị\n203.0.113.5\tSở Y tế\n");
    const Reading utf16 = read(wide);
    EXPECT_EQ(utf16.encoding, tables::Encoding::utf16le);
    EXPECT_EQ(utf16.separator, '\t');
    EXPECT_EQ(utf16.records[0].unit, "Sở Y tế");
}

// Pasted from a document in .VnTime: each byte of TCVN3 became a character. Lines that are Unicode stay as they are.
TEST(Traits, OldFontsWithinUnicodeAreConverted) {
    constexpr std::string_view kList =
        "Địa chỉ IP;Đơn vị;Họ mã độc;Ghi chú\n203.0.113.5;Së Tµi chÝnh;Mirai;§· b¸o\n203.0.113.6;Sở Y tế;Sality;tâm thư đã gửi\n203.0.113.7;Chi côc Thuû lîi;Mozi;\n203.0.113.8;Café Zürich;Mozi;\n";
    const Reading reading = read(kList);
    ASSERT_EQ(reading.records.size(), 4U);
    EXPECT_EQ(reading.records[0].unit, "Sở Tài chính");
    EXPECT_EQ(reading.records[0].note, "Đã báo");
    EXPECT_EQ(reading.records[1].unit, "Sở Y tế");
    EXPECT_EQ(reading.records[1].note, "tâm thư đã gửi");
    EXPECT_EQ(reading.records[2].unit, "Chi cục Thuỷ lợi");
    EXPECT_EQ(reading.records[3].unit, "Café Zürich");
    EXPECT_EQ(reading.remarks, (Texts{"2 lines have text in tcvn3 within Unicode, which is converted; the first is line 2"}));
    const Reading book = read(workbook_of({{.name = "a", .rows = {{"STT", "§Þa chØ IP", "§¬n vÞ"}, {"=1", "203.0.113.5", "Së Tµi chÝnh"}, {"=2", "203.0.113.6", "Sở Y tế"}}}}), options("a.xlsx"));
    EXPECT_EQ(questions_of(book), "");
    EXPECT_EQ(book.records.at(0).unit, "Sở Tài chính");
    EXPECT_EQ(book.remarks, (Texts{"3 cells have text in tcvn3 within Unicode, which is converted; the first is B1"}));
    EXPECT_TRUE(read("Địa chỉ IP;Đơn vị\n203.0.113.5;Café Zürich\n203.0.113.6;Müller\n").remarks.empty());
    EXPECT_EQ(refusal("MËT;;\nSTT;§Þa chØ IP;§¬n vÞ\n1;203.0.113.5;Së Tµi chÝnh\n").code, Code::denied);
}

TEST(Traits, ZonesOfNationalListsAndOfOthers) {
    const Reading national = read("Thời gian;Địa chỉ IP\n27/11/2026 07:00;203.0.113.5\n");
    EXPECT_EQ(when(national.records[0].seen), "2026-11-27T00:00:00Z");
    const Reading shadowserver = read("\"timestamp\",\"ip\",\"port\",\"asn\",\"geo\"\n\"2026-11-27 07:00:00\",\"203.0.113.5\",\"23\",\"7552\",\"VN\"\n");
    EXPECT_EQ(shadowserver.profile, "shadowserver-scan");
    EXPECT_EQ(when(shadowserver.records[0].seen), "2026-11-27T07:00:00Z");
    ReadOptions nobody = options();
    nobody.profile = "none";
    nobody.columns = {{"ip", Role::victim}, {"time", Role::seen}};
    const Reading unknown = read("ip,time\n203.0.113.5,2026-11-27 07:00:00\n", nobody);
    EXPECT_EQ(questions_of(unknown), "zone");
    EXPECT_FALSE(unknown.records[0].seen);
    EXPECT_EQ(questions_of(read("ip,time\n203.0.113.5,2026-11-27T07:00:00Z\n", nobody)), "");
    // A header that says the zone.
    const Reading told = read("Thời gian (UTC);Địa chỉ IP\n27/11/2026 07:00;203.0.113.5\n");
    EXPECT_EQ(questions_of(told), "");
    EXPECT_EQ(when(told.records[0].seen), "2026-11-27T07:00:00Z");
    EXPECT_EQ(when(read("Thời gian (GMT+7);Địa chỉ IP\n27/11/2026 07:00;203.0.113.5\n").records.at(0).seen), "2026-11-27T00:00:00Z");
    EXPECT_EQ(questions_of(read("Thời gian (GMT-7);Địa chỉ IP\n27/11/2026 07:00;203.0.113.5\n")), "column:thoi gian gmt 7");
    nobody.zone = "UTC";
    EXPECT_EQ(when(read("ip,time\n203.0.113.5,2026-11-27 07:00:00\n", nobody).records[0].seen), "2026-11-27T07:00:00Z");
}

TEST(Traits, TheOrderOfDatesGoesByEvidence) {
    ReadOptions nobody = options();
    nobody.profile = "none";
    nobody.zone = "UTC";
    nobody.columns = {{"ip", Role::victim}, {"time", Role::seen}};
    const Reading day = read("ip,time\n203.0.113.5,27/11/2026\n203.0.113.6,28/11/2026\n203.0.113.7,11/27/2026\n203.0.113.8,05/04/2026\n", nobody);
    EXPECT_EQ(day.date_order, DateOrder::day_first);
    EXPECT_EQ(day.date_grounds, "2 dates have a first number above 12, 1 a second one");
    EXPECT_EQ(day.rejected_rows.size(), 1U);
    EXPECT_EQ(day.rejected_rows[0].reason, "there is no month 27");
    EXPECT_EQ(when(day.records[2].seen), "2026-04-05T00:00:00Z");
    const Reading month = read("ip,time\n203.0.113.5,11/27/2026\n203.0.113.8,05/04/2026\n", nobody);
    EXPECT_EQ(month.date_order, DateOrder::month_first);
    EXPECT_EQ(when(month.records[1].seen), "2026-05-04T00:00:00Z");
    const Reading neither = read("ip,time\n203.0.113.8,05/04/2026\n", nobody);
    EXPECT_EQ(questions_of(neither), "date-order");
    EXPECT_FALSE(neither.records[0].seen);
    const Reading both = read("ip,time\n203.0.113.5,27/11/2026\n203.0.113.7,11/27/2026\n", nobody);
    EXPECT_EQ(questions_of(both), "date-order");
    nobody.date_order = DateOrder::month_first;
    EXPECT_EQ(when(read("ip,time\n203.0.113.8,05/04/2026\n", nobody).records[0].seen), "2026-05-04T00:00:00Z");
    // A national list whose dates are the other way round is not read by its profile in silence.
    EXPECT_EQ(questions_of(read("Thời gian;Địa chỉ IP\n11/27/2026 07:00;203.0.113.5\n")), "date-order");
}

TEST(Traits, TheFutureIsRejected) {
    const Reading reading = read("Thời gian;Địa chỉ IP\n30/11/2026 10:00;203.0.113.5\n05/12/2026 10:00;203.0.113.6\n27/11/2026;203.0.113.7\n");
    EXPECT_EQ(reading.accepted, 2U);
    EXPECT_EQ(reading.rejected_rows[0].reason, "2026-12-05T03:00:00Z lies in the future");
}

TEST(Traits, DuplicatesAreOfTheSameMeaning) {
    const Reading reading = read(
        "STT;Địa chỉ IP;Thời gian;C&C\n1;203.0.113.5;27/11/2026 01:14;a7.example\n2;203[.]0[.]113[.]5;27/11/2026 1:14:00;hxxp://A7[.]example\n3;203.0.113.5;27/11/2026 01:15;a7.example\n"
        "4;203.0.113.5, .5;27/11/2026 01:14;a7.example\n5;203.0.113.5, .6;27/11/2026 01:14;a7.example\n");
    EXPECT_EQ(reading.read, 5U);
    EXPECT_EQ(reading.duplicate, 2U);
    EXPECT_EQ(reading.accepted, 3U);
    EXPECT_EQ(victims_of(reading), (Texts{"203.0.113.5", "203.0.113.5", "203.0.113.6"}));
    EXPECT_EQ(reading.views[1].duplicate_of, 2U);
}

TEST(Traits, MoreCellsThanHeadersAreRejected) {
    const Reading reading = read("Địa chỉ IP,Thời gian\n203.0.113.5,46353,0875\n203.0.113.6,27/11/2026,\n");
    EXPECT_EQ(reading.rejected, 1U);
    EXPECT_EQ(reading.rejected_rows[0].reason, "the row has 3 cells and the header 2: a separator may stand in a cell without quotes");
    EXPECT_EQ(reading.accepted, 1U);
}

TEST(Traits, WhatIsUnreadableBesideTheVictimIsKeptAndTold) {
    const Reading reading = read("Địa chỉ IP;C&C;Cổng C&C;ASN\n203.0.113.5;198.051.100.23;nhiều;VNPT\n203.0.113.6;không rõ;-;N/A\n");
    ASSERT_EQ(reading.records.size(), 2U);
    EXPECT_EQ(reading.records[0].c2, "");
    EXPECT_FALSE(reading.records[0].c2_port);
    EXPECT_EQ(reading.records[0].others, (std::vector<std::pair<std::string, std::string>>{{"Cổng C&C", "nhiều"}, {"ASN", "VNPT"}, {"C&C", "198.051.100.23"}}));
    EXPECT_EQ(reading.remarks.size(), 3U);
    EXPECT_TRUE(reading.records[1].others.empty());
}

TEST(Traits, PlainListsAskWhoIsMeant) {
    constexpr std::string_view kList = "203.0.113.5\n203.0.113.6:443\n\nhxxp://www[.]example/x\n203.0.113\n";
    const Reading asked = read(kList);
    EXPECT_EQ(asked.form, "plain");
    EXPECT_EQ(asked.header_line, 0U);
    EXPECT_EQ(questions_of(asked), "victim, column:column 1");
    EXPECT_EQ(asked.questions[0].choices, (Texts{"column 1"}));
    ReadOptions told = options();
    told.columns["column 1"] = Role::victim;
    const Reading reading = read(kList, told);
    EXPECT_EQ(questions_of(reading), "");
    EXPECT_EQ(victims_of(reading), (Texts{"203.0.113.5", "203.0.113.6", "http://www.example/x"}));
    EXPECT_EQ(reading.rejected_rows[0].line, 5U);
}

TEST(Traits, WorkbooksWithTitlesDatesAndSeveralSheets) {
    TestSheet list{.name = "Danh sách", .merged = "A1:D1"};
    list.rows = {{"Số: 12/SYT-CNTT"}, {"DANH SÁCH MÁY NHIỄM"}, {"STT", "Thời gian", "Địa chỉ IP", "Đơn vị"}, {"=1", "@46353.0875", "203.0.113.5", "Sở Y tế"}, {"=2", "=46353.5", "203.0.113.6", "Sở Y tế"},
                 {"=3", "27/11/2026 2:06 CH", "203.0.113.7", "Sở Y tế"}, {"", "", "Tổng", "=3"}};
    const TestSheet guide{.name = "Hướng dẫn", .rows = {{"Đọc kỹ trước khi dùng"}}};
    const Reading reading = read(workbook_of({guide, list}), options("ds.xlsx"));
    EXPECT_EQ(questions_of(reading), "");
    EXPECT_EQ(reading.form, "xlsx");
    EXPECT_EQ(reading.sheet, "Danh sách");
    EXPECT_EQ(reading.header_line, 3U);
    EXPECT_EQ(reading.letter.number, "12/SYT-CNTT");
    ASSERT_EQ(reading.records.size(), 3U);
    EXPECT_EQ(when(reading.records[0].seen), "2026-11-26T19:06:00Z");
    EXPECT_EQ(when(reading.records[1].seen), "2026-11-27T05:00:00Z");
    EXPECT_EQ(when(reading.records[2].seen), "2026-11-27T07:06:00Z");
    EXPECT_EQ(reading.records[0].line, 4U);
    TestSheet second = list;
    second.name = "Danh sách 2";
    const Reading asked = read(workbook_of({list, second}), options("ds.xlsx"));
    EXPECT_EQ(questions_of(asked), "sheet");
    EXPECT_EQ(asked.questions[0].choices, (Texts{"Danh sách", "Danh sách 2"}));
    ReadOptions told = options("ds.xlsx");
    told.sheet = "Danh sách 2";
    EXPECT_EQ(read(workbook_of({list, second}), told).sheet, "Danh sách 2");
    TestSheet hidden = list;
    hidden.state = "veryHidden";
    const Reading only_hidden = read(workbook_of({guide, hidden}), options("ds.xlsx"));
    EXPECT_EQ(questions_of(only_hidden), "sheet");
    EXPECT_EQ(only_hidden.remarks, (Texts{"the sheet \"Danh sách\" is hidden"}));
}

TEST(Traits, ASecrecyMarkRefusesTheFile) {
    const std::string_view bodies[] = {"MẬT,,\nSTT,Địa chỉ IP,Thời gian\n1,203.0.113.5,\n", "Số: 1/A-B,Tối mật.,\nSTT,Địa chỉ IP,Thời gian\n1,203.0.113.5,\n", "\"Độ mật: Tuyệt mật\",,\nSTT,Địa chỉ IP,Thời gian\n1,203.0.113.5,\n",
                                       "Ma\xCC\xA3\xCC\x82t,,\nSTT,Địa chỉ IP,Thời gian\n1,203.0.113.5,\n", "STT,Địa chỉ IP,Thời gian\n1,203.0.113.5,\n,,MẬT\n", "Tối mật\n203.0.113.5\n"};
    for (const std::string_view body : bodies) {
        const Error error = refusal(body);
        EXPECT_EQ(error.code, Code::denied) << body;
        EXPECT_NE(error.text.find("nothing of the file was kept"), std::string::npos) << error.text;
    }
    // TCVN3, found by its words; and text whose encoding is in doubt.
    EXPECT_EQ(refusal("M\xCBT,,,\n\xA7\xDE" "a ch\xD8 IP,Th\xEA" "i gian,\xA7\xAC" "n v\xDE,H\xE4 m\xB7 \xAE\xE9" "c\n203.0.113.5,27/11/2026,S\xEB T\xB5i ch\xDDnh,\n").code, Code::denied);
    EXPECT_EQ(refusal("M\xCBT\nIP,Note\n203.0.113.5,\n").code, Code::denied);
    const std::vector<std::vector<std::string>> rows{{"STT", "Địa chỉ IP"}, {"=1", "203.0.113.5"}};
    EXPECT_EQ(refusal(workbook_of({{.name = "Mật", .rows = rows}}), options("a.xlsx")).code, Code::denied);
    EXPECT_EQ(refusal(workbook_of({{.name = "a", .rows = rows}, {.name = "b", .rows = {{"TỐI MẬT"}}, .state = "hidden"}}), options("a.xlsx")).code, Code::denied);
    ReadOptions declared = options();
    declared.letter.subject = "Tối mật";
    EXPECT_EQ(refusal("STT,Địa chỉ IP\n1,203.0.113.5\n", declared).code, Code::denied);
    EXPECT_EQ(read("V/v tăng cường bảo mật và đổi mật khẩu,\nSTT,Địa chỉ IP,Ghi chú\n1,203.0.113.5,lộ mật khẩu\n2,203.0.113.6,Mật\n").accepted, 2U);
}

TEST(Traits, WhatIsNoTableIsRefusedWithAdvice) {
    for (const std::string_view bytes : {std::string_view{"%PDF-1.7\n..."}, std::string_view{"\x89PNG\r\n\x1A\n"}, std::string_view{"\xFF\xD8\xFF\xE0"}, std::string_view{"\xD0\xCF\x11\xE0\xA1\xB1"}, std::string_view{"{\\rtf1 x}"},
                                         std::string_view{"II*\0\x08\0\0\0", 8}, std::string_view{"<!DOCTYPE html><html>"}}) {
        const Error error = refusal(bytes);
        EXPECT_EQ(error.code, Code::bad_input);
        EXPECT_NE(error.text.find("paste the table as text, or ask the sender for the spreadsheet"), std::string::npos) << error.text;
    }
    EXPECT_EQ(refusal("").code, Code::bad_input);
    EXPECT_EQ(refusal("MM: 203.0.113.5", {.most_bytes = 4}).code, Code::too_large);
    EXPECT_EQ(refusal("a,b\n1,2\n", {.profile = "no-such"}).code, Code::not_found);
}

TEST(Traits, SheetsOfVncert) {
    const Reading deface = read("Link,Người tấn công,Thời gian,Nguồn\nhxxp://www[.]example/index.html,x,31/1/2018 12:21 PM,zone\n");
    EXPECT_EQ(deface.profile, "vncert-deface");
    EXPECT_EQ(questions_of(deface), "");
    EXPECT_EQ(victims_of(deface), (Texts{"http://www.example/index.html"}));
    EXPECT_EQ(deface.records[0].host, "www.example");
    EXPECT_EQ(when(deface.records[0].seen), "2018-01-31T05:21:00Z");
    EXPECT_EQ(deface.records[0].report, "deface");
    const Reading phishing = read("LINK,ĐÍCH GIẢ MẠO,THỜI GIAN,NGUỒN\nhttp://www.example/bank,Ngân hàng,31/1/2018,x\n");
    EXPECT_EQ(phishing.profile, "vncert-phishing");
    EXPECT_EQ(phishing.records[0].note, "Ngân hàng");
    const Reading malware = read("Link,Tên virus,IP,ISP,Thời gian,Nguồn\nhttp://www.example/a.exe,Sality,203.0.113.5,VNPT,31/1/2018,x\n");
    EXPECT_EQ(malware.profile, "vncert-malware");
    ASSERT_EQ(malware.records.size(), 1U);
    EXPECT_EQ(malware.records[0].address->text(), "203.0.113.5");
    EXPECT_EQ(malware.records[0].url, "http://www.example/a.exe");
    EXPECT_EQ(malware.records[0].provider, "VNPT");
    const Reading attack = read("Timestamp,IP,ISP,ASN,Geo,Url,Type,HttpAgent,SrcPort,HostName,Destinationport,Protocol,Sector\n31/1/2018 12:21 PM,203.0.113.5,VNPT,45899,VN,,conficker,,51822,h.example,80,tcp,\n");
    EXPECT_EQ(attack.profile, "vncert-attack");
    EXPECT_EQ(attack.records[0].family, "conficker");
    EXPECT_EQ(attack.records[0].destination_port, 80);
    const Reading common = read("No,timestamp,ip,asn,C2/url,infection/type,src port,dst/cc port,hostname,report type\n1,31/1/2018 12:21 PM,203.0.113.5,45899,198.51.100.23,conficker,51822,80,h.example,drone\n");
    EXPECT_EQ(common.profile, "vncert-common");
    EXPECT_EQ(common.records[0].c2, "198.51.100.23");
    EXPECT_EQ(common.records[0].c2_port, 80);
    const Reading c2 = read("AttackerIP,NetworkName,LocalIP,LocalTCPPort,AttackOn,IP,ISP\n198.51.100.23,A,10.0.0.5,51822,31/1/2018,203.0.113.5,VNPT\n");
    EXPECT_EQ(c2.profile, "vncert-c2");
    EXPECT_EQ(questions_of(c2), "victim, column:attackerip, column:localip, column:ip");
}

}  // namespace
}  // namespace vg::lists::traits_test
