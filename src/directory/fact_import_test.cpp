#include "directory/fact_import.h"

#include <gtest/gtest.h>

#include <random>

#include "base/text.h"
#include "base/time.h"
#include "directory/fact_headers.h"
#include "directory/fact_keeper.h"
#include "store/audit.h"
#include "store/state_fixture.h"
#include "tables/zip_test_file.h"

namespace vg::directory::fact_import_test {
namespace {

using access::Role;
using access::Scope;

class FactImportTest : public ::testing::Test {
protected:
    void SetUp() override {
        const store::Schema schemas[] = {schema(), store::audit_schema()};
        auto opened = store::State::open(store::test_state(), schemas, metrics_);
        ASSERT_TRUE(opened) << opened.error().text;
        state_ = std::move(*opened);
        node_.name = "local:0";
        node_.role = Role::administrator;
        node_.scope = Scope::node();
        root_ = make_id<OrganisationTag>(now_, random_);
        ASSERT_TRUE(state_->write([&](store::Transaction& tx) { return Directory::ensure_root(tx, "Bộ", root_, now_); }));
        for (auto [name, id] : {std::pair{"Sở Y tế", &health_}, {"Sở Giáo dục", &school_}, {"Trung tâm A", &first_}, {"Trung tâm Á", &second_}}) {
            const Organisation made{.id = make_id<OrganisationTag>(now_, random_), .name = name, .parent = root_, .created = now_, .ended = {}};
            ASSERT_TRUE(state_->write([&](store::Transaction& tx) { return Directory::add(tx, node_, made); }));
            *id = made.id;
        }
        auto keeper = FactKeeper::open(*state_);
        ASSERT_TRUE(keeper) << keeper.error().text;
        keeper_ = std::move(*keeper);
    }

    static FactImportOptions of(std::string kind) {
        FactImportOptions options;
        options.kind = std::move(kind);
        options.document = "12/QĐ";
        return options;
    }
    Result<FactImport> plan(std::string_view bytes, const FactImportOptions& options) {
        const FactReading reading = TRY(read_facts(bytes, options));
        return state_->read([&](store::Transaction& tx) { return plan_import(tx, node_, reading, options, now_, random_); });
    }
    FactImport import(std::string_view bytes, const FactImportOptions& options) {
        auto found = plan(bytes, options);
        EXPECT_TRUE(found) << found.error().text;
        if (!found) return {};
        const auto done = keeper_->change(node_, now_, [&](store::Transaction&) -> Result<FactPlan> { return found->plan; });
        EXPECT_TRUE(done) << done.error().text;
        return std::move(*found);
    }
    std::vector<Fact> all(std::string kind) {
        FactFilter filter;
        filter.kind = std::move(kind);
        auto page = state_->read([&](store::Transaction& tx) { return Facts::list(tx, Scope::node(), filter, {}, 1000); });
        EXPECT_TRUE(page);
        return page ? page->items : std::vector<Fact>{};
    }
    static std::string counts(const FactImport& found) { return format("{} = {} + {} + {} + {}", found.read, found.added, found.same, found.changed, found.refused); }

    metrics::Registry metrics_;
    SeededRandom random_{13};
    std::unique_ptr<store::State> state_;
    std::unique_ptr<FactKeeper> keeper_;
    OrganisationId root_, health_, school_, first_, second_;
    access::Actor node_;
    const Time now_ = parse_time("2026-03-01T00:00:00Z").value();
};

constexpr std::string_view kRanges =
    "DANH SÁCH DẢI ĐỊA CHỈ CỦA CÁC ĐƠN VỊ;;;;\n"
    "Đơn vị;Dải địa chỉ;Từ ngày;Đến ngày;Văn bản\n"
    "Sở Y tế;203.0.113.0/24;01/02/2024;;5/QĐ-STTTT\n"
    "so giao duc;198.51.100.0/25;2024-02-01;31/12/2025;\n"
    "Sở Y tế;203.0.113.0/24;01/02/2024;;5/QĐ-STTTT\n"        // said twice
    "Trung tam a;192.0.2.0/24;01/02/2024;;\n"                  // two are called so without accents
    "Sở Nội vụ;192.0.2.0/24;01/02/2024;;\n"                    // nobody
    "Trung tâm Á;192.0.2.1/24;01/02/2024;;\n"                  // bits behind the prefix
    "Trung tâm A;192.0.2.0/24;30/02/2024;;\n"                  // no day
    "Trung tâm A;192.0.2.0/24;;;\n"                            // since when?
    "Sở Y tế;203.0.113.0/24;01/01/2024;;5/QĐ-STTTT\n";         // contradicts line 3

TEST_F(FactImportTest, EveryRowOfATableIsAccountedFor) {
    const FactImport found = import(kRanges, of("range"));
    EXPECT_EQ(counts(found), "9 = 2 + 1 + 0 + 6");
    ASSERT_EQ(found.reasons.size(), 6u);
    const std::pair<std::size_t, const char*> expected[] = {{6, "field organisation: there are several"}, {7, "field organisation: there is no organisation Sở Nội vụ"}, {8, "field range: 192.0.2.1/24 has bits"},
                                                            {9, "field from: 30/02/2024 is no day"},      {10, "field from: the row does not tell"},                      {11, "line 3 says something else"}};
    for (std::size_t i = 0; i < std::size(expected); ++i) {
        EXPECT_EQ(found.reasons[i].line, expected[i].first);
        EXPECT_TRUE(found.reasons[i].reason.starts_with(expected[i].second)) << found.reasons[i].reason;
    }
    const auto facts = all("range");
    ASSERT_EQ(facts.size(), 2u);
    EXPECT_EQ(facts[0].subject, "198.51.100.0/25");
    EXPECT_EQ(facts[0].organisation, school_);
    EXPECT_EQ(to_rfc3339(facts[0].from), "2024-01-31T17:00:00Z") << "a day begins at midnight in Hà Nội";
    EXPECT_EQ(to_rfc3339(*facts[0].until), "2025-12-31T17:00:00Z") << "the last day that a table names is within";
    EXPECT_EQ(facts[0].document, "12/QĐ");
    EXPECT_EQ(facts[1].document, "5/QĐ-STTTT");
    EXPECT_EQ(keeper_->attribution()->size(), 2u);
}

TEST_F(FactImportTest, TheSameTableAgainChangesNothing) {
    import(kRanges, of("range"));
    const FactImport again = import(kRanges, of("range"));
    EXPECT_EQ(counts(again), "9 = 0 + 3 + 0 + 6") << "line 11 says that it was so a month earlier, but line 3 of the table itself does not";
    EXPECT_EQ(all("range").size(), 2u);
}

TEST_F(FactImportTest, AChangedRowTakesThePlaceOfTheOldFactAndShowsBoth) {
    import("Đơn vị,Mã hệ thống,Tên hệ thống,Cấp độ,Từ ngày\nSở Y tế,HIS,Bệnh án,Cấp 2,01/01/2024\n", of("system"));
    constexpr std::string_view kNext = "don vi,ma he thong,ten he thong,cap do,tu ngay\nSo Y te,HIS,Bệnh án,3,01/01/2025\n";
    const auto preview = plan(kNext, of("system"));
    ASSERT_TRUE(preview) << preview.error().text;
    EXPECT_EQ(counts(*preview), "1 = 0 + 0 + 1 + 0");
    ASSERT_EQ(preview->changes.size(), 1u);
    EXPECT_EQ(preview->changes[0].before.body.integer("level"), 2);
    EXPECT_EQ(preview->changes[0].after.body.integer("level"), 3);
    EXPECT_EQ(all("system").size(), 1u) << "a preview keeps nothing";
    import(kNext, of("system"));
    const auto facts = all("system");
    ASSERT_EQ(facts.size(), 2u);
    EXPECT_EQ(to_rfc3339(*facts[0].until), "2024-12-31T17:00:00Z");
    EXPECT_EQ(facts[0].body.integer("level"), 2) << "what was said is kept";
    EXPECT_EQ(facts[1].replaces, facts[0].number);
}

TEST_F(FactImportTest, WhoMayOnlyProposeProposes) {
    node_.role = Role::operator_;
    const FactImport found = import("organisation,domain,from\nSở Y tế,yte.example.vn,2024-01-01\n", of("domain"));
    EXPECT_EQ(counts(found), "1 = 1 + 0 + 0 + 0");
    EXPECT_EQ(all("domain").at(0).state, FactState::proposed);
}

TEST_F(FactImportTest, OrganisationsAreFoundByIdentifierAndMadeWhenAsked) {
    import(format("organisation,scheme,value,from\n{},qcvn-102,000.00.01.H99,2024-01-01\n", health_.text()), of("identifier"));
    FactImportOptions options = of("domain");
    options.create_organisations = true;
    options.below = root_;
    const auto found = plan("Mã định danh đơn vị,Tên miền,Từ ngày\n000.00.01.h99,a.example.vn,1/1/2024\nSở Nội vụ,b.example.vn,1/1/2024\nSở Nội vụ,c.example.vn,1/1/2024\n", options);
    ASSERT_TRUE(found) << found.error().text;
    EXPECT_EQ(counts(*found), "3 = 3 + 0 + 0 + 0");
    EXPECT_EQ(found->plan[0].now.organisation, health_);
    ASSERT_EQ(found->organisations.size(), 1u) << "one organisation for both rows";
    EXPECT_EQ(found->organisations[0].name, "Sở Nội vụ");
    EXPECT_EQ(found->organisations[0].parent, root_);
}

TEST_F(FactImportTest, LinksAreNamesAndUnknownHeadersAreAsked) {
    const auto reading = read_facts("Đơn vị,Mã hệ thống,Tên hệ thống,Chủ quản,Đơn vị vận hành,Cấp đô,Màu sắc,Từ ngày\nSở Y tế,HIS,Bệnh án,Bộ,Sở Giáo dục,3,xanh,01/01/2024\n", of("system"));
    ASSERT_TRUE(reading) << reading.error().text;
    ASSERT_EQ(reading->columns.size(), 8u);
    EXPECT_EQ(reading->columns[5].field, "level") << "accents do not count";
    EXPECT_EQ(reading->columns[6].field, "");
    const FactImport found = import("Đơn vị,Mã hệ thống,Tên hệ thống,Chủ quản,Đơn vị vận hành,Từ ngày\nSở Y tế,HIS,Bệnh án,Bộ,Sở Giáo dục,01/01/2024\n", of("system"));
    EXPECT_EQ(counts(found), "1 = 1 + 0 + 0 + 0");
    EXPECT_EQ(found.plan.at(0).now.body.text("owner"), root_.text());
    EXPECT_EQ(found.plan.at(0).now.body.text("operator"), school_.text());
    FactImportOptions told = of("range");
    told.columns = {{"Vùng", "range"}, {"Địa chỉ", ""}};
    const FactImport by_hand = import("Đơn vị,Vùng,Địa chỉ,Từ ngày\nSở Y tế,203.0.113.0/24,Hà Nội,1/1/2024\n", told);
    EXPECT_EQ(counts(by_hand), "1 = 1 + 0 + 0 + 0");
    EXPECT_FALSE(read_facts("Đơn vị,Dải địa chỉ,IP\nx,y,z\n", of("range"))) << "two columns mean the range";
    EXPECT_FALSE(read_facts("a,b\n1,2\n", of("range"))) << "no header is understood";
}

TEST_F(FactImportTest, AnArrayOfJsonTellsTheKindOfEach) {
    const FactImport found = import(R"([{"kind":"asn","organisation":"Sở Y tế","body":{"number":64500},"from":"2024-01-01T00:00:00Z","document":"1"},
        {"kind":"contact","organisation":"Sở Y tế","purpose":"incident","channel":"phone","value":"=1+1","from":"2024-01-01"}, 7, {"kind":"nothing","organisation":"Sở Y tế","from":"2024-01-01"}])",
                                    of(""));
    EXPECT_EQ(counts(found), "4 = 2 + 0 + 0 + 2");
    EXPECT_EQ(found.reasons.at(0).line, 3u);
    EXPECT_EQ(found.reasons.at(1).line, 4u);
    EXPECT_EQ(all("contact").at(0).subject, "incident phone =1+1");
}

// A workbook by hand (ECMA-376 part 1): a title, the header, a date as a serial number (45292 is 2024-01-01), a hidden sheet before it.
TEST_F(FactImportTest, AWorkbookIsReadAsATable) {
    constexpr std::string_view kMain = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    const auto text = [](std::string_view cell, std::string_view value) { return format("<c r=\"{}\" t=\"inlineStr\"><is><t>{}</t></is></c>", cell, value); };
    tables::ZipTestFile zip;
    zip.add("[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
            "<Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>");
    zip.add("_rels/.rels", "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r\" "
                           "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
    zip.add("xl/workbook.xml", format("<workbook {} xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"cũ\" sheetId=\"1\" state=\"hidden\" r:id=\"a\"/>"
                                      "<sheet name=\"Dải IP\" sheetId=\"2\" r:id=\"b\"/></sheets></workbook>", kMain));
    zip.add("xl/_rels/workbook.xml.rels", "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
                                          "<Relationship Id=\"a\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
                                          "<Relationship Id=\"b\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet2.xml\"/>"
                                          "<Relationship Id=\"s\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/></Relationships>");
    zip.add("xl/styles.xml", format("<styleSheet {}><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>", kMain));
    zip.add("xl/worksheets/sheet1.xml", format("<worksheet {}><sheetData><row r=\"1\">{}{}</row></sheetData></worksheet>", kMain, text("A1", "Đơn vị"), text("B1", "Dải địa chỉ")));
    zip.add("xl/worksheets/sheet2.xml", format("<worksheet {}><sheetData><row r=\"1\">{}</row><row r=\"3\">{}{}{}</row><row r=\"4\">{}{}<c r=\"C4\" s=\"1\"><v>45292</v></c></row><row r=\"5\">{}{}</row></sheetData></worksheet>", kMain,
                                               text("A1", "PHỤ LỤC"), text("A3", "Đơn vị"), text("B3", "Dải IP"), text("C3", "Từ ngày"), text("A4", "Sở Y tế"), text("B4", "203.0.113.0/28"), text("A5", "Sở Y tế"),
                                               text("B5", "203.0.113.16/28")));
    const FactImport found = import(zip.bytes(), of("range"));
    EXPECT_EQ(counts(found), "2 = 1 + 0 + 0 + 1");
    EXPECT_EQ(found.reasons.at(0).line, 5u) << "the row of the sheet";
    EXPECT_EQ(to_rfc3339(all("range").at(0).from), "2023-12-31T17:00:00Z");
}

// Whatever is broken: nothing is lost and nothing counts twice.
TEST_F(FactImportTest, AccountsAddUpForDamagedTables) {
    std::mt19937 chance{5};
    for (int round = 0; round < 300; ++round) {
        std::string damaged{kRanges};
        for (int i = 0; i < 1 + round % 7; ++i) {
            const std::size_t place = chance() % damaged.size();
            if (chance() % 3 == 0)
                damaged.erase(place, 1 + chance() % 9);
            else
                damaged[place] = ";\"\n,/0x"[chance() % 7];
        }
        const auto found = plan(to_valid_utf8(damaged), of("range"));
        if (!found) continue;
        EXPECT_EQ(found->read, found->added + found->same + found->changed + found->refused) << damaged;
        EXPECT_EQ(found->reasons.size(), found->refused);
    }
}

TEST(WrittenTimes, TheDayComesBeforeTheMonth) {
    const auto read = [](std::string_view text) {
        const auto time = parse_written_time(text, "Asia/Ho_Chi_Minh");
        return time ? to_rfc3339(time->time) + (time->day_only ? " day" : "") : "";
    };
    EXPECT_EQ(read("31/01/2024"), "2024-01-30T17:00:00Z day");
    EXPECT_EQ(read(" 5.2.2024 "), "2024-02-04T17:00:00Z day");
    EXPECT_EQ(read("2024-01-31"), "2024-01-30T17:00:00Z day");
    EXPECT_EQ(read("31/1/2018 12:21"), "2018-01-31T05:21:00Z");
    EXPECT_EQ(read("31/1/2018 12:21:30"), "2018-01-31T05:21:30Z");
    EXPECT_EQ(read("2024-01-31T00:00:00Z"), "2024-01-31T00:00:00Z");
    for (const char* none : {"", "01/31/2024", "31/01/24", "2024-13-01", "31/01/2024x", "31/01", "31/01/2024 25:00", "31-01/2024", "99999999999999999999"}) EXPECT_EQ(read(none), "") << none;
}

TEST(FactHeaders, AccentsAndCaseDoNotCount) {
    EXPECT_EQ(field_of_header("range", "DẢI ĐỊA CHỈ"), "range");
    EXPECT_EQ(field_of_header("range", "dai dia chi (IP)"), "range");
    EXPECT_EQ(field_of_header("range", "Đơn vị"), "organisation");
    EXPECT_EQ(field_of_header("system", "Cấp độ"), "level");
    EXPECT_EQ(field_of_header("range", "Cấp độ"), std::nullopt);
    EXPECT_EQ(field_of_header("range", "Từ ngày"), "from");
    EXPECT_EQ(field_of_header("range", "ĐẾN NGÀY"), "until");
    EXPECT_EQ(field_of_header("range", "Văn bản"), "document");
    EXPECT_EQ(field_near_header("system", "cap dô"), "level");
    EXPECT_EQ(field_near_header("system", "xxxxxxxxxxxxxxxxx"), std::nullopt);
}

}  // namespace
}  // namespace vg::directory::fact_import_test
