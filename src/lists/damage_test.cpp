// Lists that are damaged at random: whatever became of them, every row is accounted for. And files that are made to hurt.
#include <chrono>
#include <functional>
#include <iostream>
#include <random>
#include <set>

#include "lists/reading_test_content.h"
#include "lists/words.h"
#include "lists/workbook_test_file.h"
#include "tables/csv.h"
#include "tables/encoding.h"

namespace vg::lists::damage_test {
namespace {

using namespace samples;

class Chance {
public:
    explicit Chance(std::uint32_t seed) : engine_(seed) {}
    std::size_t below(std::size_t n) { return n == 0 ? 0 : std::uniform_int_distribution<std::size_t>{0, n - 1}(engine_); }

private:
    std::mt19937 engine_;
};

std::vector<std::string> good_rows(Chance& chance, std::size_t count) {
    std::vector<std::string> rows{"Số: 12/A-B;;;", "STT;Thời gian;Địa chỉ IP;C&C"};
    for (std::size_t i = 0; i < count; ++i)
        rows.push_back(format("{};{:02}/{:02}/2026 01:{:02};203.0.113.{};198.51.100.{}", i + 1, 1 + chance.below(28), 1 + chance.below(11), chance.below(60), chance.below(256), chance.below(256)));
    rows.push_back("Tổng;;;");
    return rows;
}

std::string damaged(const std::vector<std::string>& rows, Chance& chance) {
    std::vector<std::string> lines = rows;
    for (std::size_t n = chance.below(4); n > 0 && !lines.empty(); --n) {
        const auto at = static_cast<std::ptrdiff_t>(chance.below(lines.size()));
        switch (chance.below(4)) {
            case 0: lines.erase(lines.begin() + at); break;
            case 1: lines.insert(lines.begin() + at, lines[chance.below(lines.size())]); break;
            case 2: std::swap(lines[static_cast<std::size_t>(at)], lines[chance.below(lines.size())]); break;
            default: lines.insert(lines.begin() + at, ";;;"); break;
        }
    }
    std::string bytes;
    for (const std::string& line : lines) bytes += line + "\n";
    for (std::size_t n = chance.below(6); n > 0 && !bytes.empty(); --n) {
        const std::size_t at = chance.below(bytes.size());
        switch (chance.below(4)) {
            case 0: bytes[at] = static_cast<char>(chance.below(256)); break;
            case 1: bytes.erase(at, 1 + chance.below(5)); break;
            case 2: bytes.insert(at, 1, "\";,\n\r\t.0 "[chance.below(9)]); break;
            default: bytes.insert(at, bytes.substr(chance.below(bytes.size()), chance.below(40))); break;
        }
    }
    return bytes;
}

bool is_blank(const std::vector<std::string>& cells) {
    for (const std::string& cell : cells)
        if (!tidy(cell).empty()) return false;
    return true;
}

// Rows of the file, counted without the reading: each is a title, a header, data or a footer.
void account_for(const std::string& bytes, const Reading& reading) {
    ASSERT_EQ(reading.read, reading.accepted + reading.duplicate + reading.rejected);
    ASSERT_EQ(reading.rejected, reading.rejected_rows.size());
    if (reading.form == "xlsx" || !reading.questions.empty()) return;
    const auto decoded = tables::to_text(bytes);
    ASSERT_TRUE(decoded);
    const tables::Table table = tables::read_csv(decoded->text, {.separator = reading.separator});
    std::size_t rows = table.refused.size(), headers = 0;
    for (const tables::Row& row : table.rows) {
        rows += is_blank(row.cells) && row.line >= reading.header_line ? 0 : 1;
        headers += row.cells.size() > 2 && tidy(row.cells[2]) == "Địa chỉ IP" ? 1 : 0;
    }
    const std::size_t told = reading.title.size() + reading.read + reading.footer.size();
    ASSERT_LE(told, rows) << bytes;
    ASSERT_LE(rows - told, std::max<std::size_t>(headers, 1) + 1) << bytes;
    std::set<std::size_t> lines;
    for (const Record& record : reading.records) lines.insert(record.line);
    ASSERT_LE(lines.size(), reading.accepted);
    for (const RowView& row : reading.rejected_rows) {
        ASSERT_FALSE(row.reason.empty());
        ASSERT_TRUE(is_utf8(row.reason));
    }
}

TEST(Damage, EveryRowOfADamagedTableIsAccountedFor) {
    std::size_t read_ones = 0, asked = 0, refused = 0, rows = 0, rejected = 0;
    for (std::uint32_t seed = 0; seed < 2'000; ++seed) {
        Chance chance{seed};
        const std::string bytes = damaged(good_rows(chance, 1 + chance.below(60)), chance);
        const auto reading = read_list(bytes, options());
        if (!reading) {
            ASSERT_FALSE(reading.error().text.empty());
            ++refused;
            continue;
        }
        account_for(bytes, *reading);
        if (HasFatalFailure()) return;
        ++(reading->questions.empty() ? read_ones : asked);
        rows += reading->read;
        rejected += reading->rejected;
    }
    EXPECT_GT(read_ones, 500U);
    std::cout << "[figure] 2000 damaged tables: " << read_ones << " read, " << asked << " asked about, " << refused << " refused; " << rows << " rows, " << rejected << " rejected\n";
}

TEST(Damage, EveryRowOfADamagedWorkbookIsAccountedFor) {
    for (std::uint32_t seed = 0; seed < 400; ++seed) {
        Chance chance{seed};
        TestSheet sheet{.name = "Danh sách"};
        for (const std::string& line : good_rows(chance, 1 + chance.below(20))) {
            std::vector<std::string> cells;
            for (const std::string_view cell : split(line, ';')) cells.emplace_back(cell);
            sheet.rows.push_back(std::move(cells));
        }
        for (std::size_t n = chance.below(6); n > 0; --n) {
            auto& row = sheet.rows[2 + chance.below(sheet.rows.size() - 3)];
            switch (chance.below(4)) {
                case 0: row[chance.below(4)] = ""; break;
                case 1: row[chance.below(4)] = "=46353.5"; break;
                case 2: row[chance.below(4)] = std::string(1 + chance.below(100'000), 'x'); break;  // longer than is read of a cell, too
                default: row.emplace_back("too much"); break;
            }
        }
        std::string bytes = workbook_of({sheet});
        const Reading reading = read(bytes, options("a.xlsx"));
        if (reading.questions.empty()) {
            ASSERT_EQ(reading.title.size() + 1 + reading.read + reading.footer.size(), sheet.rows.size()) << seed;
        }
        for (std::size_t n = 1 + chance.below(4); n > 0; --n) bytes[chance.below(bytes.size())] = static_cast<char>(chance.below(256));
        const auto broken = read_list(bytes, options("a.xlsx"));
        if (broken) {
            account_for(bytes, *broken);
        } else {
            ASSERT_FALSE(broken.error().text.empty());
        }
    }
}

double seconds_of(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Slow builds (sanitizers) are given time; what is meant is that nothing takes minutes or all memory.
TEST(Bombs, AreRefusedInBoundedTime) {
    constexpr double kMost = 20;
    const std::string head = "STT;Thời gian;Địa chỉ IP;C&C\n";
    EXPECT_LT(seconds_of([&] {  // a sheet of 300 MB in 300 KB
                  std::string sheet = "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>";
                  sheet.append(std::size_t{300} << 20, 'x');
                  const std::string bytes = tables::ZipTestFile{}.add("xl/worksheets/sheet1.xml", sheet, tables::ZipTestFile::Method::deflated).bytes();
                  EXPECT_FALSE(read_list(bytes, options("a.xlsx")));
              }),
              kMost);
    EXPECT_LT(seconds_of([&] {  // a cell of ten megabytes is a rejected row; what is behind it is read
                  const Reading reading = read(head + "1;27/11/2026;203.0.113.5;\n2;27/11/2026;" + std::string(10'000'000, '1') + ";\n3;27/11/2026;203.0.113.6;\n");
                  EXPECT_EQ(reading.accepted, 2U);
                  ASSERT_EQ(reading.rejected, 1U);
                  EXPECT_EQ(reading.rejected_rows[0].reason, "a cell is too long");
                  EXPECT_LT(reading.rejected_rows[0].cells[0].size(), 300U);
              }),
              kMost);
    EXPECT_LT(seconds_of([&] {  // a million columns, in a row and in the header
                  const Reading reading = read(head + "1;27/11/2026;203.0.113.5;\n" + std::string(1'000'000, ';') + "\n");
                  EXPECT_EQ(reading.accepted, 1U);
                  EXPECT_EQ(reading.rejected_rows[0].reason, "the row has too many cells");
                  std::string wide;
                  for (int i = 0; i < 1'000'000; ++i) wide += "Địa chỉ IP;";
                  EXPECT_NE(questions_of(read(wide + "\n203.0.113.5;\n")), "");
              }),
              kMost);
    EXPECT_LT(seconds_of([&] {  // ranges that stand for more than is kept
                  std::string bytes = "Địa chỉ IP\n";
                  for (int i = 0; i < 30; ++i) bytes += format("10.{}.{}.0/22\n", i / 64, i % 64 * 4);
                  ReadOptions how = options();
                  how.most_records = 20'000;
                  const auto reading = read_list(bytes, how);
                  ASSERT_FALSE(reading);
                  EXPECT_EQ(reading.error().code, Code::too_large);
              }),
              kMost);
    EXPECT_LT(seconds_of([&] {  // dashes that become one byte each, in cells as long as they may be
                  std::string bytes = "Địa chỉ IP\n", cell;
                  while (cell.size() < 65'000) cell += "–";
                  for (int i = 0; i < 100; ++i) bytes += cell + "\n";
                  EXPECT_EQ(read(bytes).rejected, 100U);
              }),
              kMost);
    EXPECT_LT(seconds_of([&] { EXPECT_FALSE(read_list("[" + std::string(1'000'000, '['), options("a.json"))); }), kMost);
    ReadOptions few = options();
    few.most_rows = 3;
    EXPECT_EQ(read_list(head + "1;;203.0.113.5;\n2;;203.0.113.6;\n3;;203.0.113.7;\n4;;203.0.113.8;\n", few).error().code, Code::too_large);
}

}  // namespace
}  // namespace vg::lists::damage_test
