// What documents look like to whoever reads them: PDF by pdftotext, DOCX by its parts, and what hostile texts may not do to either.
#include "reports/document.h"

#include <gtest/gtest.h>

#include "base/time.h"
#include "reports/clean.h"
#include "reports/reading_test_document.h"

namespace vg::reports {
namespace {

// 17/4/2024, 09:30 in Hà Nội.
constexpr Time kApril{1'713'321'000'000'000};

Document letter() {
    Document out;
    out.parent_agency = "UBND tỉnh Khánh Hưng";
    out.agency = "Sở Thông tin và Truyền thông";
    out.number = "123/STTTT-CNTT";
    out.place_and_date = place_and_date("Khánh Hưng", kApril);
    out.subject = "kết quả rà soát, xử lý địa chỉ IP nằm trong danh sách tháng 4/2024";
    out.addressees = {"Cục An toàn thông tin"};
    out.blocks = {
        Paragraph{.runs = {{"Phúc đáp Công văn số 45/CATTT-NCSC ngày 10/4/2024, Sở Thông tin và Truyền thông báo cáo kết quả như sau:"}}},
        Item{.label = "1.", .runs = {{"Số địa chỉ thuộc phạm vi quản lý: 2."}}},
        Boxes{.boxes = {{"Đã được xử lý", true}, {"Chưa được xử lý", false}}, .in_one_line = true},
        Table{.columns = {{"STT", 1, Align::centred}, {"Địa chỉ", 3}, {"Kết quả rà soát", 6}}, .rows = {{"1", "203.0.113.7", "Đã bóc gỡ mã độc lúc 08:15 ngày 12/4/2024"}, {"2", "203.0.113.9", "Không thuộc dải địa chỉ từ 01/01/2024"}}},
        Paragraph{.runs = {{"Trân trọng./."}}},
    };
    out.signature = {"KT. Giám đốc", "Phó Giám đốc", "Trần Thị Bình"};
    out.recipients = {"Như trên", "Giám đốc Sở (để b/c)", "Lưu: VT, CNTT"};
    out.made = kApril;
    return out;
}

template <class T>
T must(Result<T> result) {
    EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().text);
    return result ? std::move(*result) : T{};
}

TEST(Document, PdfTextIsTheSentencesInNormalForm) {
    const std::string text = text_of_pdf(must(to_pdf(letter())));
    EXPECT_TRUE(is_nfc(text));
    for (const char* sentence : {"UBND TỈNH KHÁNH HƯNG", "SỞ THÔNG TIN VÀ TRUYỀN THÔNG", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số: 123/STTTT-CNTT", "Khánh Hưng, ngày 17 tháng 4 năm 2024",
                                 "Kính gửi: Cục An toàn thông tin", "Phúc đáp Công văn số 45/CATTT-NCSC ngày 10/4/2024, Sở Thông tin và Truyền thông báo cáo kết quả như sau:", "203.0.113.7", "Trân trọng./.", "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC",
                                 "Trần Thị Bình", "Nơi nhận:", "- Như trên;", "- Lưu: VT, CNTT."})
        EXPECT_NE(text.find(sentence), std::string::npos) << sentence << "\n" << text;
    show_pages("letter", letter());
}

// A font without Vietnamese letters would be patched with another's, which reads well and looks like a forgery.
TEST(Document, AllLettersAreOfOneFamily) {
    const TestFolder folder;
    const std::string command = "pdffonts '" + folder.put("a.pdf", must(to_pdf(letter()))) + "' | tail -n +3 | sort -u > '" + folder.path() + "/fonts.txt'";
    ASSERT_EQ(std::system(command.c_str()), 0);
    const std::string fonts = folder.get("fonts.txt");
    std::size_t lines = 0;
    for (const std::string_view line : split(trim(fonts), '\n')) {
        EXPECT_NE(line.find("LiberationSerif"), std::string_view::npos) << line;
        ++lines;
    }
    EXPECT_GE(lines, 4U) << "upright, bold, italic and bold italic: " << fonts;
}

TEST(Document, DocxHasItsPartsAndTheSentences) {
    const auto text = text_of_docx(must(to_docx(letter())));
    ASSERT_TRUE(text);
    EXPECT_TRUE(is_nfc(*text));
    for (const char* sentence : {"SỞ THÔNG TIN VÀ TRUYỀN THÔNG\n", "Độc lập - Tự do - Hạnh phúc\n", "V/v kết quả rà soát, xử lý địa chỉ IP nằm trong danh sách tháng 4/2024\n", "☒ Đã được xử lý\n", "☐ Chưa được xử lý\n", "Không thuộc dải địa chỉ từ 01/01/2024\n"})
        EXPECT_NE(text->find(sentence), std::string::npos) << sentence << "\n" << *text;
}

TEST(Document, LibreOfficeReadsTheDocx) {
    if (std::system("command -v soffice >/dev/null 2>&1") != 0) GTEST_SKIP() << "LibreOffice is not installed";
    const TestFolder folder;
    const std::string path = folder.put("a.docx", must(to_docx(letter())));
    const std::string command = "cd '" + folder.path() + "' && HOME='" + folder.path() + "' timeout 120 soffice --headless --convert-to pdf '" + path + "' >/dev/null 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0);
    const std::string text = text_of_pdf(folder.get("a.pdf"));
    EXPECT_NE(text.find("Phúc đáp Công văn số 45/CATTT-NCSC ngày 10/4/2024"), std::string::npos) << text;
    EXPECT_NE(text.find("KT. GIÁM ĐỐC"), std::string::npos) << text;
}

TEST(Document, TheSameDocumentGivesTheSameBytes) {
    EXPECT_EQ(must(to_pdf(letter())), must(to_pdf(letter())));
    EXPECT_EQ(must(to_docx(letter())), must(to_docx(letter())));
    EXPECT_NE(must(to_pdf(letter())).find("CreationDate (20240417023000Z)"), std::string::npos) << "the time of the document, not of the machine";
}

// NĐ 30/2020, Phụ lục I: days below ten and the months 1 and 2 with a zero.
TEST(Document, DaysAreWrittenAsTheDecreeWantsThem) {
    EXPECT_EQ(place_and_date("Hà Nội", parse_time("2024-02-05T09:00:00+07:00")), "Hà Nội, ngày 05 tháng 02 năm 2024");
    EXPECT_EQ(place_and_date("Hà Nội", parse_time("2024-04-17T00:30:00+07:00")), "Hà Nội, ngày 17 tháng 4 năm 2024");
    EXPECT_EQ(place_and_date("", std::nullopt), "………, ngày      tháng      năm");
}

TEST(Document, SeveralAddresseesStandBelowEachOther) {
    Document many = letter();
    many.addressees = {"Bộ Công an", "Cục An ninh mạng", "Trung tâm An ninh mạng quốc gia"};
    const std::string text = to_text(many);
    EXPECT_NE(text.find("Kính gửi:\n- Bộ Công an;\n- Cục An ninh mạng;\n- Trung tâm An ninh mạng quốc gia.\n"), std::string::npos) << text;
}

TEST(Document, LongTablesGoOnWithTheirHeadOnEachPage) {
    Document long_one = letter();
    Table table{.columns = {{"STT", 1}, {"Địa chỉ nạn nhân", 4}}, .rows = {}};
    for (int i = 1; i <= 200; ++i) table.rows.push_back({std::to_string(i), format("203.0.113.{}", i)});
    long_one.blocks = {table};
    const std::size_t pages = must(page_count(long_one));
    EXPECT_GE(pages, 5U);
    const std::string text = text_of_pdf(must(to_pdf(long_one)));
    std::size_t heads = 0;
    for (std::size_t at = text.find("Địa chỉ nạn nhân"); at != std::string::npos; at = text.find("Địa chỉ nạn nhân", at + 1)) ++heads;
    EXPECT_GE(heads, pages - 1) << "the last page may hold the signature alone";
    for (const int i : {1, 99, 200}) EXPECT_NE(text.find(format("203.0.113.{} ", i)), std::string::npos) << i;
    EXPECT_EQ(must(to_pngs(long_one, {.first = 2, .most = 2, .dpi = 40})).size(), 2U);
    EXPECT_TRUE(must(to_pngs(long_one, {.first = pages + 1, .most = 2, .dpi = 40})).empty());
}

TEST(Document, ACellLongerThanAPageGoesOn) {
    Document tall = letter();
    std::string words;
    for (int i = 0; i < 1'500; ++i) words += format("chữ{} ", i);
    tall.blocks = {Table{.columns = {{"Nội dung", 1}}, .rows = {{words}}}};
    EXPECT_GE(must(page_count(tall)), 2U);
    const std::string text = text_of_pdf(must(to_pdf(tall)));
    EXPECT_NE(text.find("chữ0 "), std::string::npos);
    EXPECT_NE(text.find("chữ1499"), std::string::npos) << "nothing of it is lost at the end of a page";
}

TEST(Document, PagesArePictures) {
    const auto pages = must(to_pngs(letter()));
    ASSERT_EQ(pages.size(), 1U);
    EXPECT_TRUE(pages.front().starts_with("\x89PNG\r\n"));
}

TEST(Document, HostileTextsAreBoundedAndSafe) {
    Document hostile = letter();
    const std::string turned = "an\xE2\x80\xAEtoàn\xE2\x80\x8B \x01\x1B[31m<w:p>&\"'\xFF\xEF\xBF\xBE\xF0\x9F\x98\x80";
    hostile.agency = turned;
    hostile.subject = turned;
    hostile.addressees = {turned, "", "   "};
    hostile.signature = {turned, turned, turned};
    hostile.recipients = {turned};
    std::string marks = "a";
    for (int i = 0; i < 5'000; ++i) marks += "\xCC\x81";
    hostile.blocks = {Paragraph{.runs = {{turned, true, true}, {std::string(std::size_t{1} << 20, 'x')}}}, Item{.label = turned, .runs = {{marks}}}, Boxes{.boxes = {{turned, true}}},
                      Table{.columns = {{turned, 1}, {"b", 2}}, .rows = {{turned, std::string(300'000, '<')}}}};
    const std::string pdf = must(to_pdf(hostile));
    EXPECT_LT(pdf.size(), 2'000'000U);
    const auto text = text_of_docx(must(to_docx(hostile)));
    ASSERT_TRUE(text) << "its XML is well-formed";
    EXPECT_NE(text->find("antoàn [31m<w:p>&\"'\xEF\xBF\xBD\xEF\xBF\xBD"), std::string::npos) << "shown as it is, without what turns it around";
    EXPECT_EQ(text->find("\xE2\x80\xAE"), std::string::npos);
    EXPECT_NE(text->find("(đã rút gọn)"), std::string::npos) << "what was cut says so";
    EXPECT_LT(to_text(hostile).size(), 200'000U);
    show_pages("hostile", hostile);
}

TEST(Document, BeyondTheBoundsIsAnError) {
    Document many = letter();
    many.blocks = {Table{.columns = {{"a", 1}}, .rows = std::vector<std::vector<std::string>>(kMostRows + 1, {"x"})}};
    EXPECT_EQ(to_pdf(many).error().code, Code::too_large);
    EXPECT_EQ(to_docx(many).error().code, Code::too_large);
    many.blocks = {Table{.columns = {{"a", 1}, {"b", 1}}, .rows = {{"one cell"}}}};
    EXPECT_EQ(to_pdf(many).error().code, Code::bad_input);
    many.blocks = {Table{}};
    EXPECT_EQ(to_docx(many).error().code, Code::bad_input);
}

TEST(Document, UrgencyStandsInAFrameOfItsOwn) {
    Document urgent = letter();
    urgent.urgency = "Hỏa tốc";
    EXPECT_NE(text_of_pdf(must(to_pdf(urgent))).find("HỎA TỐC"), std::string::npos);
    EXPECT_NE(text_of_docx(must(to_docx(urgent))).value_or("").find("HỎA TỐC\n"), std::string::npos);
    show_pages("urgent", urgent);
}

}  // namespace
}  // namespace vg::reports
