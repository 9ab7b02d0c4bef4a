// Each form from the facts of a small province: what stands in it, what is missing, and that internal addresses never do.
#include "reports/forms.h"

#include "reports/forms_fixture.h"
#include "reports/reading_test_document.h"

namespace vg::reports {
namespace {

struct FormsTest : FormsFixture {
    FormsTest() : FormsFixture(VG_SOURCE_DIR) {}
};

TEST_F(FormsTest, EveryFormOfTheContentIsRead) {
    std::set<std::string> codes;
    for (const FormKind& one : forms.all()) codes.insert(one.code);
    EXPECT_EQ(codes, (std::set<std::string>{"fact-record", "mau-03", "mau-04", "mau-05", "notice", "organisation-notice", "reply", "statistics"}));
    // The duties of the law name the papers that fulfil them.
    EXPECT_EQ(kind("mau-03").satisfies, std::vector<std::string>{"mau-03"});
    EXPECT_TRUE(kind("fact-record").pending);
    // Mẫu 03 of TT 20/2017: what is marked with (*).
    std::set<std::string> mandatory;
    for (const FormField& field : kind("mau-03").fields)
        if (field.required && !field.name.starts_with("head.")) mandatory.insert(field.name);
    EXPECT_EQ(mandatory, (std::set<std::string>{"reporter.name", "reporter.address", "reporter.phone", "reporter.email", "contact.name", "contact.phone", "contact.email", "operator", "description", "detected.date", "detected.time", "status", "method",
                                                "notified", "reported"}));
}

TEST_F(FormsTest, InitialReportIsFilledFromTheCase) {
    april();
    Draft report = drafted("mau-03", {.of = the_case()});
    EXPECT_EQ(report.regime, "vn-2017");
    EXPECT_FALSE(report.lapsed);
    EXPECT_EQ(missing_of(report), std::set<std::string>{"notified"}) << "whom they have told nobody else knows";
    EXPECT_FALSE(report.missing.front().remedy_vi.empty());
    must(set_field(report, kind("mau-03"), "notified", "coordinator"));
    EXPECT_TRUE(report.missing.empty());
    EXPECT_EQ(report.mail_subject, "[TBSC] Báo cáo ban đầu sự cố: danh sách địa chỉ IP mạng Botnet tháng 4/2024");
    // Owner, specialised unit, coordinator: QĐ 05 Điều 11, TT 20 Điều 9.
    EXPECT_EQ(report.addressees, (std::vector<std::string>{"UBND tỉnh Khánh Hưng", "Sở Thông tin và Truyền thông tỉnh Khánh Hưng", "Trung tâm Ứng cứu khẩn cấp không gian mạng Việt Nam (VNCERT/CC)"}));
    expect_lines(text_of(report), {"Mẫu số 03 ban hành kèm theo Thông tư số 20/2017/TT-BTTTT", "SỞ THÔNG TIN VÀ TRUYỀN THÔNG TỈNH KHÁNH HƯNG", "SỞ Y TẾ TỈNH KHÁNH HƯNG", "BÁO CÁO BAN ĐẦU SỰ CỐ MẠNG",
                                   "- Tên tổ chức/cá nhân báo cáo sự cố (*): Sở Y tế tỉnh Khánh Hưng", "- Địa chỉ (*): 12 Lê Lợi, Khánh Hưng", "- Điện thoại (*): 0258.000.0001", "- Email (*): cntt@soyte.example", "- Họ và tên (*): Lê Văn Cường",
                                   "Tên đơn vị vận hành hệ thống thông tin (*) | Sở Y tế tỉnh Khánh Hưng", "Cơ quan chủ quản | UBND tỉnh Khánh Hưng", "Tên hệ thống bị sự cố | Hệ thống thông tin bệnh viện",
                                   "Phân loại cấp độ của hệ thống thông tin (nếu có) | Cấp độ 3",
                                   // The letter is of 10/4: before that nobody could know.
                                   "Ngày phát hiện sự cố (*) | 10/04/2024", "Thời gian phát hiện (*) | 00 giờ 00 phút", "[ ] Đã được xử lý", "[x] Chưa được xử lý", "[x] Nhận được thông báo từ: Cục An toàn thông tin", "[x] Cơ quan điều phối quốc gia",
                                   "[ ] ISP đang trực tiếp cung cấp dịch vụ", "203.0.113.7, 203.0.113.9, 203.0.113.20", "- Thời gian thực hiện báo cáo sự cố (*): 09:05 ngày 14/04/2024",
                                   "Lúc 00:00 ngày 10/04/2024, Sở Y tế tỉnh Khánh Hưng phát hiện sự cố \"danh sách địa chỉ IP mạng Botnet tháng 4/2024\" (loại: Tấn công sử dụng mã độc), theo Văn bản số 45/CATTT-NCSC ngày 10/04/2024 của Cục An toàn thông tin. "
                                   "Số địa chỉ, tên bị ảnh hưởng: 3. Mã độc: Mirai, Sality."});
    show_pages("mau-03", must(lay_out(kind("mau-03"), report)));
}

TEST_F(FormsTest, FinalReportTellsWhatBecameOfEach) {
    april();
    Draft report = drafted("mau-04", {.of = the_case()});
    EXPECT_EQ(missing_of(report), (std::set<std::string>{"initial.number", "initial.date"}));
    must(set_field(report, kind("mau-04"), "initial.number", "17/BC-SYT"));
    must(set_field(report, kind("mau-04"), "initial.date", "09/04/2024"));
    EXPECT_TRUE(report.missing.empty());
    expect_lines(text_of(report), {"- Số ký hiệu báo cáo ban đầu (*): 17/BC-SYT", "- Ngày báo cáo (*): 09/04/2024", "Trong 3 địa chỉ, tên: đã xử lý và được xác minh 0; đã báo gỡ bỏ, đang theo dõi 1; báo nhầm hoặc không thuộc quản lý 1; đang xử lý hoặc chưa trả lời 1.",
                                   "1 | 203.0.113.7 | Mirai | Đã bóc gỡ mã độc (Đã gỡ, đang theo dõi) | công cụ: AV 12; SHA-256: aaaaaaaaaaaaaaaa…; rà quét lại: sạch", "2 | 203.0.113.9 | Sality | Đã chấp nhận: không thuộc quản lý | ",
                                   "3 | 203.0.113.20 | Mirai | Chưa trả lời (Chưa xử lý) | "});
    show_pages("mau-04", must(lay_out(kind("mau-04"), report)));
}

TEST_F(FormsTest, ReplyAnswersEachAddressOfTheLetter) {
    april();
    const Draft letter = drafted("reply", {.of = the_case()});
    EXPECT_TRUE(letter.missing.empty());
    EXPECT_EQ(letter.addressees, std::vector<std::string>{"Cục An toàn thông tin"});
    EXPECT_EQ(letter.mail_subject, "kết quả rà soát, xử lý địa chỉ IP trong danh sách địa chỉ IP mạng Botnet tháng 4/2024");
    expect_lines(text_of(letter), {"V/v kết quả rà soát, xử lý địa chỉ IP trong danh sách địa chỉ IP mạng Botnet tháng 4/2024", "Kính gửi: Cục An toàn thông tin",
                                   "Phúc đáp Văn bản số 45/CATTT-NCSC ngày 10/04/2024 của Cục An toàn thông tin, Sở Y tế tỉnh Khánh Hưng đã rà soát, kiểm tra các địa chỉ thuộc phạm vi quản lý và báo cáo kết quả như sau:",
                                   "1. Số địa chỉ, tên thuộc phạm vi quản lý có trong danh sách: 3; đã xử lý, được xác minh: 0; đã báo gỡ bỏ, đang theo dõi: 1; không phải của đơn vị hoặc báo nhầm: 1; đóng theo quyết định của người có trách nhiệm: 0; đang xử lý hoặc chưa trả lời: 1.",
                                   "1 | 203.0.113.7 | Mirai | Đã bóc gỡ mã độc | 08:15 ngày 12/04/2024 | công cụ: AV 12; SHA-256: aaaaaaaaaaaaaaaa…; rà quét lại: sạch | Đã gỡ, đang theo dõi",
                                   "2 | 203.0.113.9 | Sality | Không thuộc quản lý của đơn vị: đã trả lại dải địa chỉ | 10:00 ngày 12/04/2024 |  | Đã chấp nhận: không thuộc quản lý", "3 | 203.0.113.20 | Mirai | Chưa trả lời |  |  | Chưa xử lý",
                                   "Đầu mối liên hệ: Lê Văn Cường, điện thoại 0258.000.0001, thư điện tử cntt@soyte.example.", "Trân trọng./."});
    show_pages("reply", must(lay_out(kind("reply"), letter)));
}

// One letter for a list that came to the department and names several below it.
TEST_F(FormsTest, OneReplyAnswersForAllBelow) {
    april();
    const Draft letter = drafted("reply", {.organisation = information, .list = april_list});
    EXPECT_TRUE(letter.missing.empty());
    expect_lines(text_of(letter), {"SỞ THÔNG TIN VÀ TRUYỀN THÔNG TỈNH KHÁNH HƯNG", "Kính gửi: Cục An toàn thông tin", "3 | 203.0.113.20 Sở Y tế tỉnh Khánh Hưng | Mirai | Chưa trả lời |  |  | Chưa xử lý", "Đầu mối liên hệ: Trần Thị Bình, điện thoại 0258.000.0100."});
    const Draft none = drafted("reply", {.organisation = school, .list = april_list});
    expect_lines(text_of(none), {"Không có địa chỉ nào thuộc phạm vi quản lý."});
    const auto without = state->read([&](store::Transaction& tx) { return draft(tx, access::Scope::node(), kind("reply"), {.organisation = information}, law, now); });
    EXPECT_EQ(without.error().text, "field list: is missing");
    const auto of_mau = state->read([&](store::Transaction& tx) { return draft(tx, access::Scope::node(), kind("mau-03"), {.organisation = information, .list = april_list}, law, now); });
    EXPECT_EQ(of_mau.error().text, "field case: is missing; this paper is about a case");
}

TEST_F(FormsTest, NoticeHasTheFieldsOfTheCircular) {
    april();
    const Draft notice = drafted("notice", {.of = the_case()});
    EXPECT_TRUE(notice.missing.empty());
    EXPECT_EQ(notice.mail_subject, "[TBSC] thông báo sự cố an toàn thông tin mạng");
    expect_lines(text_of(notice), {"V/v thông báo sự cố an toàn thông tin mạng", "Sở Y tế tỉnh Khánh Hưng thông báo sự cố an toàn thông tin mạng như sau:", "- Địa chỉ IP (*): 203.0.113.7, 203.0.113.9, 203.0.113.20",
                                   "- Tên hệ thống hoặc tên miền (*): Hệ thống thông tin bệnh viện", "- Thời gian phát hiện (*): 00:00 ngày 10/04/2024"});
    show_pages("notice", must(lay_out(kind("notice"), notice)));
}

TEST_F(FormsTest, AnOrganisationIsToldAlsoThatNothingWasFound) {
    april();
    const Draft seen = drafted("organisation-notice", {.organisation = health, .list = april_list});
    EXPECT_TRUE(seen.missing.empty());
    EXPECT_EQ(seen.mail_subject, "cảnh báo nguy cơ mất an toàn thông tin mạng và đề nghị xử lý");
    expect_lines(text_of(seen), {"UBND TỈNH KHÁNH HƯNG", "SỞ THÔNG TIN VÀ TRUYỀN THÔNG TỈNH KHÁNH HƯNG", "Kính gửi: Sở Y tế tỉnh Khánh Hưng", "1. Phát hiện 3 địa chỉ, tên của quý đơn vị có dấu hiệu bị nhiễm mã độc hoặc tham gia mạng máy tính ma, gồm:",
                                 // In the order of the text, as the list has them: .20 before .7.
                                 "1 | 203.0.113.20 | 51234 | 09:30 ngày 08/04/2024 | Mirai | HIS | Chưa xử lý", "2 | 203.0.113.7 | 51234 | 09:30 ngày 08/04/2024 | Mirai | HIS | Đã gỡ, đang theo dõi", "Đầu mối liên hệ: Trần Thị Bình, điện thoại 0258.000.0100."});
    show_pages("organisation-notice", must(lay_out(kind("organisation-notice"), seen)));
    const Draft nothing = drafted("organisation-notice", {.organisation = school, .list = april_list});
    EXPECT_EQ(nothing.mail_subject, "kết quả rà soát địa chỉ IP");
    const std::string text = text_of(nothing);
    expect_lines(text, {"Căn cứ Văn bản số 45/CATTT-NCSC ngày 10/04/2024 của Cục An toàn thông tin, Sở Thông tin và Truyền thông tỉnh Khánh Hưng thông báo kết quả rà soát đối với Trường THPT Nguyễn Trãi theo danh sách địa chỉ IP mạng Botnet tháng 4/2024 như sau:"});
    EXPECT_NE(text.find("không phát hiện địa chỉ nào thuộc dải địa chỉ đã đăng ký của quý đơn vị. Kết quả này không đồng nghĩa với việc hệ thống của quý đơn vị không bị tấn công"), std::string::npos) << text;
    EXPECT_EQ(text.find("203.0.113"), std::string::npos) << "others' addresses";
    show_pages("organisation-notice-none", must(lay_out(kind("organisation-notice"), nothing)));
}

TEST_F(FormsTest, PeriodicReportCountsTheTenKinds) {
    april();
    must(state->write([&](store::Transaction& tx) { return cases::open(tx, officer, {.organisation = school, .matter = "web", .title = "Trang chủ bị thay đổi", .kind = "defacement", .detected = at("2024-05-02T00:00:00Z")}, random, now); }));
    const FormAbout half{.organisation = information, .from = at("2024-01-01T00:00:00+07:00"), .until = at("2024-06-16T00:00:00+07:00")};
    now = at("2024-06-16T02:00:00Z");
    Draft report = drafted("mau-05", half);
    EXPECT_EQ(missing_of(report), (std::set<std::string>{"member.address", "member.code"}));
    must(set_field(report, kind("mau-05"), "kinds/malware/self", "1"));
    expect_lines(text_of(report), {"BÁO CÁO TỔNG HỢP", "Về hoạt động tiếp nhận và xử lý sự cố (từ ngày 01/01/2024 đến ngày 15/06/2024)", "Từ chối dịch vụ | 0 |  |  |  |  | ", "Tấn công sử dụng mã độc | 1 | 1 |  |  |  | ", "Thay đổi giao diện | 1 |  |  |  |  | ",
                                   "Tổng cộng | 2 | 1 |  |  |  | "});
    EXPECT_EQ(report.tables.at("kinds").size(), 10U);
    // What is not told is not a nought.
    show_pages("mau-05", must(lay_out(kind("mau-05"), report)));
}

TEST_F(FormsTest, EachNumberOfTheStatisticsIsTracedToItsRows) {
    april();
    must(state->write([&](store::Transaction& tx) { return cases::open(tx, officer, {.organisation = school, .matter = "web", .title = "Trang chủ bị thay đổi", .kind = "defacement", .detected = at("2024-04-20T00:00:00Z")}, random, now); }));
    const FormAbout april_month{.organisation = committee, .from = at("2024-04-01T00:00:00+07:00"), .until = at("2024-05-01T00:00:00+07:00")};
    now = at("2024-05-02T02:00:00Z");
    const Draft report = drafted("statistics", april_month);
    const std::string text = text_of(report);
    expect_lines(text, {"Số danh sách đã tiếp nhận | 1", "Số dòng thuộc phạm vi quản lý | 3", "Số địa chỉ, tên khác nhau thuộc phạm vi quản lý | 3", "Sự cố mở mới | 2", "Sự cố đã kết thúc | 0", "Sự cố chưa kết thúc đến cuối kỳ | 2",
                        "Số đơn vị có địa chỉ, tên được ghi nhận trong kỳ | 1", "Địa chỉ, tên ghi nhận mới | 3", "Địa chỉ, tên tái nhiễm | 0", "Đã đóng: không thuộc quản lý | 1", "Địa chỉ, tên chưa đóng đến cuối kỳ | 2", "Tấn công sử dụng mã độc | 1", "Thay đổi giao diện | 1",
                        "Tổng cộng | 2"});
    std::size_t rows = 0;
    for (const char* table : {"lists", "work", "kinds"}) rows += report.tables.at(table).size();
    ASSERT_EQ(report.figures.size(), rows) << "each number of the tables has its question";
    for (const Figure& one : report.figures) {
        EXPECT_EQ(one.ids.size(), static_cast<std::size_t>(one.value)) << one.name;
        EXPECT_TRUE(one.all_ids);
        EXPECT_TRUE(one.query.starts_with("select ")) << one.query;
    }
    const auto figure = [&](const std::string& name) { return *std::find_if(report.figures.begin(), report.figures.end(), [&](const Figure& one) { return one.name == name; }); };
    EXPECT_EQ(figure("lists/received/count").ids, std::vector<std::string>{april_list});
    EXPECT_EQ(figure("work/not-ours/count").ids, std::vector<std::string>{item("203.0.113.9").id.text()});
    EXPECT_EQ(figure("lists/rows/count").ids, (std::vector<std::string>{april_list + "/1", april_list + "/2", april_list + "/3"}));
    // The question as it stands gives the rows (of the whole node, here).
    for (const Figure& one : report.figures) {
        auto again = must(state->read([&](store::Transaction& tx) { return tx.query<std::string>(one.query); }));
        std::set<std::string> rows_again;
        for (const auto& [id] : again) rows_again.insert(id);
        EXPECT_EQ(rows_again, std::set<std::string>(one.ids.begin(), one.ids.end())) << one.query;
    }
    show_pages("statistics", must(lay_out(kind("statistics"), report)));
}

TEST_F(FormsTest, ARelapseIsCountedInTheMonthInWhichItWasSeen) {
    april();
    must(state->write([&](store::Transaction& tx) { return cases::close(tx, coordinator, item("203.0.113.7").id, {}, std::nullopt, "máy đã thu hồi", std::nullopt, at("2024-04-20T02:00:00Z")); }));
    now = at("2024-06-02T02:00:00Z");
    const FormAbout first{.organisation = committee, .from = at("2024-04-01T00:00:00+07:00"), .until = at("2024-05-01T00:00:00+07:00")};
    expect_lines(text_of(drafted("statistics", first)), {"Địa chỉ, tên ghi nhận mới | 3", "Địa chỉ, tên tái nhiễm | 0", "Đã đóng: theo quyết định của người có trách nhiệm | 1", "Địa chỉ, tên chưa đóng đến cuối kỳ | 1"});
    list("61/CATTT-NCSC", "2024-05-10", {{"203.0.113.7", "Mirai", "2024-05-08T02:30:00Z"}, {"203.0.113.20", "Mirai", "2024-05-08T02:30:00Z"}});
    const FormAbout second{.organisation = committee, .from = at("2024-05-01T00:00:00+07:00"), .until = at("2024-06-01T00:00:00+07:00")};
    const Draft may = drafted("statistics", second);
    expect_lines(text_of(may), {"Số danh sách đã tiếp nhận | 1", "Số dòng thuộc phạm vi quản lý | 2", "Sự cố mở mới | 0", "Địa chỉ, tên ghi nhận mới | 0", "Địa chỉ, tên tái nhiễm | 1", "Địa chỉ, tên chưa đóng đến cuối kỳ | 2"});
    // The reply to the new letter tells what the case knows, of the newest list that named it.
    expect_lines(text_of(drafted("reply", {.of = item("203.0.113.7").of})), {"Phúc đáp Văn bản số 61/CATTT-NCSC ngày 10/05/2024 của Cục An toàn thông tin, Sở Y tế tỉnh Khánh Hưng đã rà soát, kiểm tra các địa chỉ thuộc phạm vi quản lý và báo cáo kết quả như sau:"});
}

TEST_F(FormsTest, AScopedReaderCountsOnlyItsOwn) {
    april();
    must(state->write([&](store::Transaction& tx) { return cases::open(tx, officer, {.organisation = school, .matter = "web", .title = "Trang chủ bị thay đổi", .kind = "defacement", .detected = at("2024-04-20T00:00:00Z")}, random, now); }));
    const FormAbout month{.organisation = school, .from = at("2024-04-01T00:00:00+07:00"), .until = at("2024-05-01T00:00:00+07:00")};
    const Draft own = drafted("statistics", month, access::Scope::of({school}));
    expect_lines(text_of(own), {"Số danh sách đã tiếp nhận | 0", "Số dòng thuộc phạm vi quản lý | 0", "Sự cố mở mới | 1", "Địa chỉ, tên ghi nhận mới | 0"});
    EXPECT_EQ(text_of(own).find("không thuộc dải địa chỉ nào"), std::string::npos) << "what is nobody's is the node's";
    FormAbout others = month;
    others.organisation = health;
    const auto refused = state->read([&](store::Transaction& tx) { return draft(tx, access::Scope::of({school}), kind("statistics"), others, law, now); });
    EXPECT_EQ(refused.error().code, Code::not_found);
    const auto of_case = state->read([&](store::Transaction& tx) { return draft(tx, access::Scope::of({school}), kind("mau-03"), {.of = item("203.0.113.7").of}, law, now); });
    EXPECT_EQ(of_case.error().code, Code::not_found);
}

TEST_F(FormsTest, FactRecordIsOfTheNewLawAndOldFormsAreLabelled) {
    now = at("2026-09-02T02:05:00Z");
    const auto placed = must(state->write([&](store::Transaction& tx) {
        return cases::place(tx, "system", {.organisation = health, .matter = "SOC", .title = "Máy chủ bệnh viện liên lạc máy chủ điều khiển", .subject = "203.0.113.30", .family = "Emotet", .system = "HIS", .seen = at("2026-09-01T17:30:00Z"), .ref = "finding/1"}, random, now);
    }));
    const Draft record = drafted("fact-record", {.of = placed.of});
    EXPECT_EQ(record.regime, "vn-2026");
    EXPECT_FALSE(record.lapsed);
    EXPECT_TRUE(record.missing.empty());
    EXPECT_EQ(record.mail_subject, "[TBSC] Thông tin sự cố an ninh mạng: Máy chủ bệnh viện liên lạc máy chủ điều khiển");
    expect_lines(text_of(record), {"Chưa có mẫu chính thức", "PHIẾU GHI NHẬN THÔNG TIN SỰ CỐ", "Thời điểm phát hiện (T0, đến phút) (*) | 00:30 ngày 02/09/2026", "Địa chỉ IP công khai | 203.0.113.30", "Loại sự cố (*) | Tấn công sử dụng mã độc"});
    show_pages("fact-record", must(lay_out(kind("fact-record"), record)));
    // The forms of the circular stay available after the law has ended.
    const Draft old = drafted("mau-03", {.of = placed.of});
    EXPECT_TRUE(old.lapsed);
    expect_lines(text_of(old), {"Mẫu số 03 ban hành kèm theo Thông tư số 20/2017/TT-BTTTT (mẫu cũ)", "[x] Qua hệ thống phát hiện xâm nhập"});
    const Draft notice = drafted("notice", {.of = placed.of});
    expect_lines(text_of(notice), {"V/v thông báo sự cố an ninh mạng"});
    // Law 116/2025: to the specialised force.
    EXPECT_EQ(notice.addressees, (std::vector<std::string>{"Lực lượng chuyên trách bảo vệ an ninh mạng thuộc Bộ Công an", "UBND tỉnh Khánh Hưng"}));
    // A person may choose the old law, with its words.
    const Draft chosen = drafted("notice", {.of = placed.of, .regime = "vn-2017"});
    EXPECT_EQ(chosen.regime, "vn-2017");
    expect_lines(text_of(chosen), {"V/v thông báo sự cố an toàn thông tin mạng"});
}

TEST_F(FormsTest, TheAddresseeIsWhoHoldsTheOfficeOnTheDayOfSending) {
    april();
    now = at("2025-03-02T00:00:00Z");
    EXPECT_EQ(drafted("mau-04", {.of = the_case()}).addressees.back(), "Trung tâm An ninh mạng quốc gia (A05); VNCERT");
}

TEST_F(FormsTest, ContactsThatHaveEndedAreNotNamed) {
    april();
    fact(information, "contact", R"({"purpose":"incident","channel":"phone","value":"0258.999.9999"})", at("2024-03-01T00:00:00Z"));
    expect_lines(text_of(drafted("organisation-notice", {.organisation = health, .list = april_list})), {"Đầu mối liên hệ: Trần Thị Bình, điện thoại 0258.000.0100."});
}

TEST_F(FormsTest, InternalAddressesNeverComeIntoADocument) {
    april();
    for (const char* subject : {"10.20.30.40", "fd00::5"})
        must(state->write([&](store::Transaction& tx) { return cases::place(tx, "system", {.organisation = health, .matter = "botnet", .title = {}, .subject = subject, .family = "Mirai", .system = "HIS", .seen = at("2024-04-09T02:00:00Z"), .ref = std::string{"finding/"} + subject}, random, now); }));
    for (const char* code : {"mau-03", "mau-04", "reply", "notice"}) {
        Draft paper = drafted(code, {.of = the_case()});
        EXPECT_EQ(paper.left_out, 2) << code;
        const char* field = std::string_view{code} == "reply" ? "remarks" : std::string_view{code} == "mau-04" ? "enclosed" : "proposals";
        must(set_field(paper, kind(code), field, "Máy 192.168.1.5:8080 và 172[.]16[.]0[.]9, cổng mạng 10.0.0.0/8; ra ngoài qua 203.0.113.7"));
        EXPECT_EQ(paper.left_out, 5) << code;
        const std::string text = text_of(paper);
        for (const char* inner : {"10.20.30.40", "fd00::5", "192.168", "172[", "10.0.0.0"}) EXPECT_EQ(text.find(inner), std::string::npos) << code << "\n" << text;
        EXPECT_NE(text.find("Máy (địa chỉ nội bộ, không nêu) và (địa chỉ nội bộ, không nêu), cổng mạng (địa chỉ nội bộ, không nêu); ra ngoài qua 203.0.113.7"), std::string::npos) << text;
    }
    // What somebody wrote into the case, with a character between that nobody sees.
    answer("203.0.113.20", {.kind = cases::AnswerKind::cannot_find, .text = "sau NAT 10.9.\xE2\x80\x8B" "8.7", .evidence = {}, .until = {}}, "2024-04-13T03:00:00Z");
    const Draft hidden = drafted("reply", {.of = the_case()});
    EXPECT_EQ(hidden.left_out, 3);
    expect_lines(text_of(hidden), {"3 | 203.0.113.20 | Mirai | Chưa xác định được máy: sau NAT (địa chỉ nội bộ, không nêu) | 10:00 ngày 13/04/2024 |  | Chờ xem xét trả lời"});
    const Draft told = drafted("organisation-notice", {.organisation = health, .from = at("2024-04-01T00:00:00Z"), .until = at("2024-05-01T00:00:00Z")});
    EXPECT_EQ(told.left_out, 2);
    EXPECT_EQ(told.tables.at("seen").size(), 3U);
}

TEST_F(FormsTest, APersonsWordGoesBeforeTheFactAndMayBeTakenBack) {
    april();
    Draft report = drafted("mau-03", {.of = the_case()});
    const FormKind& form = kind("mau-03");
    must(set_field(report, form, "reporter.phone", "  0258.111.2222 "));
    EXPECT_EQ(report.value("reporter.phone"), "0258.111.2222");
    must(set_field(report, form, "reporter.phone", ""));
    EXPECT_EQ(report.value("reporter.phone"), "0258.000.0001");
    must(set_field(report, form, "head.date", "15/04/2024"));
    must(set_field(report, form, "head.place", "Khánh Hưng"));
    expect_lines(text_of(report), {"Khánh Hưng, ngày 15 tháng 4 năm 2024"});
    must(set_field(report, form, "head.urgency", "express"));
    expect_lines(text_of(report), {"HỎA TỐC"});
    must(set_field(report, form, "method", "log; other: người dùng báo"));
    expect_lines(text_of(report), {"[x] Kiểm tra dữ liệu lưu lại (log file)", "[x] Khác: người dùng báo", "[ ] Nhận được thông báo từ:"});
    EXPECT_EQ(set_field(report, form, "head.date", "31/02/2024").error().code, Code::bad_input);
    EXPECT_EQ(set_field(report, form, "status", "perhaps").error().text, "field status: perhaps is none of handled, unhandled");
    EXPECT_EQ(set_field(report, form, "status", "handled; unhandled").error().code, Code::bad_input);
    EXPECT_EQ(set_field(report, form, "colour", "red").error().text, "field colour: this form has no such field");
    EXPECT_EQ(set_field(report, form, "description", std::string(kMostText + 1, 'x')).error().code, Code::too_large);
    Draft letter = drafted("reply", {.of = the_case()});
    const std::string cell = "items/" + item("203.0.113.20").id.text() + "/answer";
    must(set_field(letter, kind("reply"), cell, "Đang xác minh qua nhật ký NAT"));
    expect_lines(text_of(letter), {"3 | 203.0.113.20 | Mirai | Đang xác minh qua nhật ký NAT |  |  | Chưa xử lý"});
    EXPECT_FALSE(set_field(letter, kind("reply"), "items/nobody/answer", "x"));
    EXPECT_FALSE(set_field(letter, kind("reply"), cell + "x", "x"));
}

TEST_F(FormsTest, ADraftIsKeptAsJson) {
    april();
    Draft report = drafted("reply", {.of = the_case()});
    must(set_field(report, kind("reply"), "remarks", "Không"));
    const Draft back = must(draft_of(must(json::parse(to_json(report).dump()))));
    EXPECT_EQ(to_json(back).dump(), to_json(report).dump());
    EXPECT_EQ(text_of(back), text_of(report));
    EXPECT_EQ(draft_of(json::object({})).error().code, Code::corrupt);
}

TEST_F(FormsTest, WhatALayoutNamesMustBeThere) {
    const std::string good = "code: x\ntitle: X\ntitle_vi: X\nbasis: B\nfrom: 2020-01-01\nheading: H\nsource: incident\nfields:\n  - {name: subject, label: S, label_vi: S}\n";
    EXPECT_TRUE(Forms::read({{"x.yaml", good + "layout: [{fields: [subject]}]\n"}}));
    EXPECT_EQ(Forms::read({{"x.yaml", good + "layout: [{fields: [colour]}]\n"}}).error().text, "x.yaml: layout: fields: names a field that the form does not have");
    EXPECT_EQ(Forms::read({{"x.yaml", good + "layout: [{table: items}]\n"}}).error().code, Code::bad_input);
    EXPECT_EQ(Forms::read({{"x.yaml", good + "layout: [{colour: red}]\n"}}).error().code, Code::bad_input);
    EXPECT_EQ(Forms::read({{"x.yaml", good + "colour: red\nlayout: [{text: a}]\n"}}).error().text, "x.yaml: colour: is unknown here");
    EXPECT_EQ(Forms::read({{"x.yaml", good}}).error().code, Code::bad_input);
}

}  // namespace
}  // namespace vg::reports
