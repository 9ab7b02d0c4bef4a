#include "lists/letter.h"

#include "lists/reading_test_content.h"

namespace vg::lists::letter_test {
namespace {

Letter letter_of(std::initializer_list<std::string_view> lines) {
    Letter letter;
    for (const std::string_view line : lines) read_letter_line(line, letter);
    return letter;
}

TEST(Letter, ReadsTheHead) {
    const Letter letter = letter_of({"BỘ THÔNG TIN VÀ TRUYỀN THÔNG", "Số: 123/CATTT-NCSC", "Hà Nội, ngày 05 tháng 02 năm 2024", "V/v rà soát địa chỉ IP nhiễm mã độc", "HỎA TỐC"});
    EXPECT_EQ(letter.number, "123/CATTT-NCSC");
    EXPECT_EQ(letter.issuer, "CATTT-NCSC");
    EXPECT_EQ(letter.date, "2024-02-05");
    EXPECT_EQ(letter.subject, "rà soát địa chỉ IP nhiễm mã độc");
    EXPECT_EQ(letter.urgency, "Hỏa tốc");
}

// The letter of 2024 itself came with a blank number and day.
TEST(Letter, ABlankNumberIsAllowed) {
    const Letter letter = letter_of({"Số:        /BTTTT-CATTT", "Hà Nội, ngày     tháng    năm 2024"});
    EXPECT_EQ(letter.number, "");
    EXPECT_EQ(letter.issuer, "BTTTT-CATTT");
    EXPECT_EQ(letter.date, "");
    EXPECT_EQ(letter_of({"Số: ……/BTTTT-CATTT"}).number, "");
    EXPECT_EQ(letter_of({"Số: ....../BTTTT-CATTT"}).issuer, "BTTTT-CATTT");
}

TEST(Letter, ReadsWhatAnAnnexSaysOfIt) {
    const Letter letter = letter_of({"(Kèm theo Công văn số 1129/TTĐP2-ĐPYC ngày 28/11/2026 của Trung tâm)"});
    EXPECT_EQ(letter.number, "1129/TTĐP2-ĐPYC");
    EXPECT_EQ(letter.date, "2026-11-28");
    EXPECT_EQ(letter_of({"Quyết định số 05/2017/QĐ-TTg"}).number, "05/2017/QĐ-TTg");
    EXPECT_EQ(letter_of({"Quyết định số 05/2017/QĐ-TTg"}).issuer, "QĐ-TTg");
    EXPECT_EQ(letter_of({"Số lượng: 12/15 máy"}).number, "");
    EXPECT_EQ(letter_of({"Số: 7/BC-SYT", "Số: 8/BC-SYT"}).number, "7/BC-SYT");
    EXPECT_EQ(letter_of({"Thượng khẩn"}).urgency, "Thượng khẩn");
    EXPECT_EQ(letter_of({"KHẨN"}).urgency, "Khẩn");
    EXPECT_EQ(letter_of({"khẩn trương thực hiện"}).urgency, "");
}

TEST(SecrecyMark, StandsAlone) {
    for (const std::string_view text : {"Mật", "MẬT", "mật", "Tối mật", "TỐI MẬT", "Tuyệt mật", "TUYỆT MẬT", "MẬT.", "(Mật)", "[ MẬT ]", "*** TỐI MẬT ***", "MAT", "TOI MAT", "TUYET MAT", "M Ậ T", "T Ố I  M Ậ T",
                                        "Độ mật: Tối mật", "Mức độ mật: MẬT", "Ma\xCC\xA3\xCC\x82t", "TO\xCC\x82\xCC\x81I MA\xCC\xA3\xCC\x82T", "\xC2\xA0Mật\xE2\x80\x8B", "BỘ QUỐC PHÒNG\nMẬT\nSố: 1/A-B"})
        EXPECT_TRUE(secrecy_mark(text)) << text;
    EXPECT_EQ(secrecy_mark("a\n Tối mật! \nb"), "Tối mật!");
}

TEST(SecrecyMark, IsNoneWithinASentenceOrAsAnotherWord) {
    for (const std::string_view text : {"bảo mật", "Bảo mật thông tin", "mật khẩu", "Mật khẩu yếu", "Lộ lọt mật khẩu", "Bí mật kinh doanh", "mat", "Mat", "mất", "MẤT", "Mặt", "toi mat", "thông mật", "Không mật", "",
                                        "MATRIX", "Danh sách này không thuộc loại Mật, Tối mật"})
        EXPECT_FALSE(secrecy_mark(text)) << text;
}

}  // namespace
}  // namespace vg::lists::letter_test
