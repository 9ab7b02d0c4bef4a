// The sheet of answers: what is written is read as it was meant, every row is accounted for, the same sheet twice changes nothing, and no
// bytes of strangers do more than be refused.
#include "lists/answer_sheet.h"

#include <gtest/gtest.h>

#include <random>

#include "base/text.h"
#include "base/time.h"
#include "store/audit.h"
#include "store/state_fixture.h"
#include "tables/csv.h"
#include "tables/xlsx.h"
#include "tables/xlsx_write.h"

namespace vg::lists::answer_sheet_test {
namespace {

using cases::AnswerKind;
using cases::Item;
using cases::ItemId;

const Time kNow = *parse_time("2026-11-27T09:00:00Z");
const std::string kHash(64, 'a');

class Dice final : public Random {
public:
    void fill(std::uint8_t* bytes, std::size_t count) override {
        for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(generator_());
    }

private:
    std::mt19937_64 generator_{13};
};

struct AnswerSheets : testing::Test {
    AnswerSheets() {
        const std::array schemas{store::audit_schema(), cases::schema()};
        state = *store::State::open(store::test_state(), schemas, metrics);
        a = make_id<OrganisationTag>(kNow, random);
        b = make_id<OrganisationTag>(kNow, random);
        contact = {.name = "user:hoa", .role = access::Role::contact, .scope = access::Scope::of({a}), .organisation = a, .user = {}, .source = {}, .session = {}};
    }
    ItemId see(const std::string& subject, const OrganisationId& of) {
        return state->write([&](store::Transaction& tx) {
            return cases::place(tx, "system", {.organisation = of, .matter = "botnet", .title = {}, .subject = subject, .family = "Mirai", .system = {}, .port = 40112, .seen = kNow - days(3), .ref = "list/1"}, random, kNow - days(1) + seconds(++seen_));
        })->item;
    }
    Item item(const ItemId& id) {
        return *state->read([&](store::Transaction& tx) { return cases::find_item(tx, access::Scope::node(), id); });
    }
    std::string sheet(SheetForm form) {
        return *state->read([&](store::Transaction& tx) { return answer_sheet(tx, contact.scope, std::nullopt, form); });
    }
    AnswersTaken take(std::string_view bytes, bool preview = false) {
        const auto reading = read_answers(bytes);
        EXPECT_TRUE(reading) << reading.error().text;
        const auto taken = take_answers(*state, contact, *reading, preview, kNow);
        EXPECT_TRUE(taken) << taken.error().text;
        EXPECT_EQ(taken->read, taken->taken + taken->unchanged + taken->refused);
        EXPECT_EQ(static_cast<std::size_t>(taken->refused), taken->reasons.size());
        return *taken;
    }
    std::string reason(const std::string& row) {
        const AnswersTaken taken = take("item,answer,removed,tool,hash,rescan,reason,until\n" + row + "\n");
        return taken.reasons.empty() ? "" : taken.reasons.front().reason;
    }

    metrics::Registry metrics;
    Dice random;
    std::unique_ptr<store::State> state;
    OrganisationId a, b;
    access::Actor contact;
    std::int64_t seen_ = 0;  // so that ids stand in their order
};

TEST_F(AnswerSheets, IsFilledAndSentBack) {
    const ItemId first = see("203.0.113.7", a), second = see("203.0.113.8", a), third = see("203.0.113.9", a);
    see("198.51.100.1", b);
    const auto book = tables::read_xlsx(sheet(SheetForm::xlsx));
    ASSERT_TRUE(book) << book.error().text;
    auto rows = book->sheets[0].table.rows;
    ASSERT_EQ(rows.size(), 4U) << "the heading and its own three";
    EXPECT_EQ(rows[0].cells, (std::vector<std::string>{"Mã mục", "Địa chỉ", "Cổng", "Họ mã độc", "Thấy lần đầu", "Thấy lần cuối", "Hệ thống", "Trạng thái", "Điều phối trả lại vì", "Trả lời", "Gỡ lúc", "Công cụ", "SHA-256 của tệp đã gỡ",
                                                     "Quét lại", "Lý do, ghi chú", "Đến ngày / từ ngày"}));
    EXPECT_EQ(rows[1].cells[1], "203.0.113.7");
    EXPECT_EQ(rows[1].cells[2], "40112");
    EXPECT_EQ(rows[1].cells[4], "24/11/2026 16:00:00") << "09:00 UTC is 16:00 in Hanoi";
    EXPECT_EQ(rows[1].cells[7], "Chưa trả lời");
    // As a person fills them in.
    std::vector<std::vector<std::string>> filled;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        rows[i].cells.resize(16);
        filled.push_back(rows[i].cells);
    }
    const auto fill = [](std::vector<std::string>& row, std::vector<std::string> last) { std::copy(last.begin(), last.end(), row.begin() + 9); };
    fill(filled[0], {"đã gỡ ", "26/11/2026 16:10", "AV 12", std::string(64, 'A'), "Sạch", "đã cài lại máy", ""});
    fill(filled[1], {"Xin ngoại lệ", "", "", "", "", "chờ thay máy", "31/12/2026"});
    std::vector<tables::ColumnToWrite> columns;
    for (const std::string& title : rows[0].cells) columns.push_back({.title = title});
    const std::string bytes = tables::write_xlsx({{.name = "x", .columns = {}, .rows = {{"không phải bảng"}}}, {.name = "y", .columns = columns, .rows = filled}});
    const AnswersTaken preview = take(bytes, true);
    EXPECT_EQ(preview.taken, 2);
    EXPECT_EQ(item(first).state, cases::ItemState::open) << "a preview keeps nothing";
    const AnswersTaken taken = take(bytes);
    EXPECT_EQ(taken.read, 3);
    EXPECT_EQ(taken.taken, 2);
    EXPECT_EQ(taken.unchanged, 1);
    EXPECT_EQ(item(first).state, cases::ItemState::removed);
    EXPECT_EQ(to_rfc3339(*item(first).removed), "2026-11-26T09:10:00Z");
    EXPECT_EQ(item(second).state, cases::ItemState::answered);
    EXPECT_EQ(to_rfc3339(*item(second).answer_until), "2026-12-31T17:00:00Z") << "to the end of that day in Hanoi";
    EXPECT_EQ(item(third).state, cases::ItemState::open);
    const std::int64_t version = item(first).version;
    EXPECT_EQ(take(bytes).unchanged, 3) << "the same sheet twice changes nothing";
    EXPECT_EQ(item(first).version, version);
    for (const SheetForm form : {SheetForm::xlsx, SheetForm::csv}) EXPECT_EQ(take(sheet(form)).unchanged, 3) << "nor does the sheet as it is given out";
}

TEST_F(AnswerSheets, EveryRefusalSaysWhereAndWhy) {
    const std::string mine = see("203.0.113.7", a).text(), theirs = see("198.51.100.1", b).text();
    const auto taken = take("Bảng trả lời\nitem;answer;reason\n" + mine + ";Báo sai;máy quét\n" + theirs + ";Báo sai;x\nkhông-phải-mã;Báo sai;x\n;Báo sai;x\n" + mine + ";Báo sai;khác\n" + mine + ";Báo sai;máy quét\n");
    EXPECT_EQ(taken.read, 6);
    EXPECT_EQ(taken.taken, 1);
    EXPECT_EQ(taken.unchanged, 1) << "the same twice in one sheet";
    ASSERT_EQ(taken.reasons.size(), 4U);
    EXPECT_EQ(taken.reasons[0].line, 4U);
    EXPECT_EQ(taken.reasons[0].reason, "there is no such item") << "another organisation's";
    EXPECT_EQ(taken.reasons[1].reason, "there is no such item");
    EXPECT_EQ(taken.reasons[2].reason, "field item: is missing");
    EXPECT_EQ(taken.reasons[3].line, 7U);
    EXPECT_EQ(taken.reasons[3].reason, "line 3 answers for it already");
    const std::string other = see("203.0.113.8", a).text();
    EXPECT_EQ(reason(other + ",chắc rồi,,,,,,"), "field answer: is none of the answers");
    EXPECT_EQ(reason(other + ",false-report,,,,,,"), "field text: says why");
    EXPECT_EQ(reason(other + ",removed,,AV,-,clean,x,"), "field evidence.removed: is missing");
    EXPECT_EQ(reason(other + ",removed,27/11/2026 10:00,AV,zz,clean,x,"), "field evidence.hash: is no SHA-256; - where there was no file, and the note says why");
    EXPECT_EQ(reason(other + ",removed,27/11/2026 10:00,AV,-,có lẽ,x,"), "field evidence.rescan: is neither clean nor infected");
    EXPECT_EQ(reason(other + ",removed,28/11/2026 10:00,AV,-,clean,x,"), "field evidence.removed: lies in the future");
    EXPECT_TRUE(reason(other + ",removed,31/02/2026,AV,-,clean,x,").starts_with("field evidence.removed: "));
    EXPECT_EQ(reason(other + ",exception,,,,,x,"), "field until: is a day within a year from now");
    EXPECT_EQ(reason(other + ",removed,27/11/2026 10:00,AV,'-,clean,không có tệp,"), "") << "an apostrophe that a spreadsheet put before it";
    EXPECT_EQ(read_answers("item,reason\n").error().text, "no row has the headings Mã mục and Trả lời (or item and answer); use the sheet that was given out");
    EXPECT_EQ(read_answers("item,answer,Trả lời\n").error().text, "the heading Trả lời stands twice");
    EXPECT_EQ(read_answers("").error().code, Code::bad_input);
}

TEST_F(AnswerSheets, AFormulaStaysText) {
    const ItemId id = see("203.0.113.7", a);
    for (const std::string text : {"=HYPERLINK(\"http://evil.example\",\"x\")", "'=1+1", "@SUM(1)", "-2"}) {
        ASSERT_TRUE(state->write([&](store::Transaction& tx) { return cases::answer(tx, contact, id, {.kind = AnswerKind::false_report, .text = text, .evidence = {}, .until = {}}, std::nullopt, kNow); }));
        const std::string csv = sheet(SheetForm::csv);
        for (const tables::Row& row : tables::read_csv(csv).rows)
            for (const std::string& cell : row.cells) EXPECT_TRUE(cell.empty() || std::string_view{"=+-@"}.find(cell.front()) == std::string_view::npos) << cell;
        EXPECT_EQ(take(csv).unchanged, 1) << text;
        EXPECT_EQ(take(sheet(SheetForm::xlsx)).unchanged, 1) << text;
        EXPECT_EQ(item(id).answer_text, text);
    }
}

// Whatever people answer: what was taken is not taken again, not by that sheet and not by the one that is given out afterwards.
TEST_F(AnswerSheets, TheSameSheetTwiceChangesNothing) {
    std::mt19937 dice{20261127};
    std::vector<std::string> ids{"", "x", see("198.51.100.1", b).text()};
    for (int i = 0; i < 12; ++i) ids.push_back(see(format("203.0.113.{}", i), a).text());
    const std::vector<std::string> answers{"", "Đã gỡ", "đã gỡ", "Báo sai", "not-ours", "Không tìm ra máy", "Cần hỗ trợ", "Xin ngoại lệ", "?"}, times{"", "26/11/2026", "26/11/2026 08:15", "2026-11-25T01:02:03Z", "1/12/2026", "31/12/2026", "hôm qua"},
        tools{"", "AV 12", "=cmd", " hai \n dòng"}, hashes{"", "-", kHash, std::string(64, 'F'), "abc"}, rescans{"", "Sạch", "vẫn còn", "clean", "?"}, reasons{"", "vì \"thế\"", "'=1", "-", "a\r\nb", "\xE1\xBA\xBF \x65\xCC\x82"};
    const auto pick = [&](const std::vector<std::string>& from) { return from[dice() % from.size()]; };
    std::int64_t taken_in_all = 0;
    for (int round = 0; round < 60; ++round) {
        std::string csv = "item,answer,removed,tool,hash,rescan,reason,until\n";
        std::vector<std::vector<std::string>> cells;
        for (std::size_t rows = dice() % 20; rows > 0; --rows) {
            cells.push_back({pick(ids), pick(answers), pick(times), pick(tools), pick(hashes), pick(rescans), pick(reasons), pick(times)});
            std::string line;
            for (const std::string& cell : cells.back()) line += (line.empty() ? "" : ",") + tables::csv_cell(cell.empty() && line.empty() ? " " : cell);
            csv += line + "\n";
        }
        std::vector<tables::ColumnToWrite> columns;
        for (const char* title : {"item", "answer", "removed", "tool", "hash", "rescan", "reason", "until"}) columns.push_back({.title = title});
        const std::string bytes = round % 2 == 0 ? csv : tables::write_xlsx({{.name = "x", .columns = columns, .rows = cells}});
        const AnswersTaken preview = take(bytes, true), first = take(bytes);
        EXPECT_EQ(preview.taken, first.taken) << csv;
        EXPECT_EQ(preview.refused, first.refused) << csv;
        const AnswersTaken again = take(bytes);
        EXPECT_EQ(again.taken, 0) << csv << (again.reasons.empty() ? "" : again.reasons[0].reason);
        EXPECT_EQ(again.refused, first.refused) << csv;
        for (const SheetForm form : {SheetForm::xlsx, SheetForm::csv}) {
            const AnswersTaken given = take(sheet(form));
            EXPECT_EQ(given.unchanged, given.read) << sheet(SheetForm::csv) << (given.reasons.empty() ? "" : given.reasons[0].reason);
        }
        taken_in_all += first.taken;
    }
    EXPECT_GT(taken_in_all, 60) << "the dice give answers that are none";
}

// Bytes that were cut, changed or made up are refused or read; nothing of another organisation is ever touched.
TEST_F(AnswerSheets, DamagedBytesDoNoHarm) {
    std::mt19937 dice{20261128};
    for (int i = 0; i < 5; ++i) see(format("203.0.113.{}", i), a);
    const ItemId theirs = see("198.51.100.1", b);
    for (const SheetForm form : {SheetForm::csv, SheetForm::xlsx}) {
        const std::string whole = sheet(form);
        for (int round = 0; round < 400; ++round) {
            std::string bytes = whole;
            for (std::size_t changes = 1 + dice() % 6; changes > 0; --changes) {
                const std::size_t at = dice() % bytes.size();
                if (dice() % 4 == 0) bytes.resize(at + 1);
                else bytes[at] = static_cast<char>(dice());
            }
            const auto reading = read_answers(bytes);
            if (!reading) continue;
            const auto taken = take_answers(*state, contact, *reading, false, kNow);
            ASSERT_TRUE(taken) << taken.error().text;
            ASSERT_EQ(taken->read, taken->taken + taken->unchanged + taken->refused);
        }
    }
    EXPECT_EQ(item(theirs).state, cases::ItemState::open);
    EXPECT_EQ(item(theirs).version, 1);
}

}  // namespace
}  // namespace vg::lists::answer_sheet_test
