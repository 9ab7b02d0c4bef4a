// Files of the writer as DuckDB reads them: its reader is the peer that says what stands in them.
#include "store/archive/parquet_write.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "base/id.h"
#include "base/text.h"
#include "store/archive/duck.h"

namespace vg::store::archive::parquet {
namespace {

TEST(ParquetFormat, RunsAndPackedBitsAreThoseOfTheSpecification) {
    // Encodings.md: 0 to 7 in three bits each are 0x88 0xC6 0xFA, a group of eight has the head (1 << 1) | 1.
    Hybrid packed{3};
    for (std::uint32_t i = 0; i < 8; ++i) packed.put(i);
    EXPECT_EQ(packed.finish(), "\x03\x88\xC6\xFA");
    // A run: its length doubled as a varint, the value in whole bytes.
    Hybrid run{3};
    run.put(4, 100);
    EXPECT_EQ(run.finish(), (std::string{"\xC8\x01\x04", 3}));
    Hybrid wide{9};
    wide.put(300, 9);
    EXPECT_EQ(wide.finish(), (std::string{"\x12\x2C\x01", 3}));
    EXPECT_EQ(Hybrid{1}.finish(), "");
}

TEST(ParquetFormat, DifferencesAreThoseOfTheSpecification) {
    // Encodings.md, first example: 1, 2, 3, 4, 5 have the least difference 1 and nothing above it.
    std::string out;
    const std::int64_t values[] = {1, 2, 3, 4, 5};
    put_deltas(out, values);
    EXPECT_EQ(out, (std::string{"\x80\x01\x04\x05\x02\x02\x00\x00\x00\x00", 10}));
    // The second: 7, 5, 3, 1, 2, 3, 4, 5: differences -2 -2 -2 1 1 1 1, above the least 0 0 0 3 3 3 3 in two bits each.
    out.clear();
    const std::int64_t more[] = {7, 5, 3, 1, 2, 3, 4, 5};
    put_deltas(out, more);
    EXPECT_EQ(out, (std::string{"\x80\x01\x04\x08\x0E\x03\x02\x00\x00\x00\xC0\x3F\x00\x00\x00\x00\x00\x00", 18}));
}

struct ParquetFile : ::testing::Test {
    ParquetFile() {
        static std::atomic<int> number{0};
        folder = std::filesystem::temp_directory_path() / format("vg_parquet_test_{}_{}", ::getpid(), number++);
        std::filesystem::create_directories(folder);
        path = (folder / "a.parquet").string();
        auto opened = duck::Database::open({.folder = folder.string(), .memory_bytes = std::size_t{512} << 20});
        EXPECT_TRUE(opened) << opened.error().text;
        database = *opened;
        file = *system_disk().open(path, Open::create);
    }
    ~ParquetFile() override { std::filesystem::remove_all(folder); }
    // The rows of a statement over the file "FROM file", each cell as text.
    std::vector<std::vector<std::string>> ask(std::string what) {
        auto connection = *database->connect();
        auto statement = connection.prepare(what + format(" FROM read_parquet({})", duck::literal(path)));
        EXPECT_TRUE(statement) << statement.error().text;
        return rows_of(*statement);
    }
    static std::vector<std::vector<std::string>> rows_of(duck::Statement& statement) {
        auto rows = statement.run();
        EXPECT_TRUE(rows) << rows.error().text;
        std::vector<std::vector<std::string>> all;
        while (true) {
            auto chunk = rows->next();
            EXPECT_TRUE(chunk) << chunk.error().text;
            if (!chunk || !*chunk) return all;
            for (std::size_t row = 0; row < (*chunk)->rows(); ++row) {
                std::vector<std::string>& cells = all.emplace_back();
                for (std::size_t i = 0; i < (*chunk)->columns(); ++i) cells.push_back((*chunk)->column(i).is_null(row) ? "NULL" : std::string{(*chunk)->column(i).text(row)});
            }
        }
    }
    std::filesystem::path folder;
    std::string path;
    std::shared_ptr<duck::Database> database;
    std::unique_ptr<File> file;
};

using Rows = std::vector<std::vector<std::string>>;

TEST_F(ParquetFile, EachKindAndNullsAreReadBack) {
    Writer writer{*file, {{"n", Kind::integer}, {"t", Kind::time}, {"b", Kind::boolean}, {"s", Kind::text}, {"m", Kind::map}, {"l", Kind::list}}, {.rows_in_group = 2}};
    writer.column(0).integer(INT64_MIN);
    writer.column(1).integer(1'700'000'000'123'456);
    writer.column(2).boolean(true);
    writer.column(3).text("Đặng");
    writer.column(4).pair(true, "a", "1", true);
    writer.column(4).pair(false, "b", "", true);
    writer.column(4).pair(false, "c", {}, false);
    writer.column(5).pair(true, "x", "y", true);
    EXPECT_FALSE(*writer.end_rows(1));
    for (std::size_t i = 0; i < 6; ++i) writer.column(i).nulls();
    EXPECT_TRUE(*writer.end_rows(1));
    writer.column(0).integer(INT64_MAX);
    writer.column(1).integer(0);
    writer.column(2).boolean(false);
    writer.column(3).text("");
    writer.column(4).empty_list();
    writer.column(5).pair(true, "x", {}, false);
    EXPECT_FALSE(*writer.end_rows(1));
    const std::pair<std::string, std::string> facts[] = {{"key", "value"}};
    ASSERT_TRUE(writer.finish(facts));
    EXPECT_EQ(writer.groups(), (std::vector<std::uint64_t>{2, 1}));
    EXPECT_EQ(ask("SELECT n::VARCHAR, t::VARCHAR, b::VARCHAR, s, m::VARCHAR, l::VARCHAR"),
              (Rows{{"-9223372036854775808", "2023-11-14 22:13:20.123456", "true", "Đặng", "{a=1, b='', c=NULL}", "[{'name': x, 'value': y}]"},
                    {"NULL", "NULL", "NULL", "NULL", "NULL", "NULL"},
                    {"9223372036854775807", "1970-01-01 00:00:00", "false", "", "{}", "[{'name': x, 'value': NULL}]"}}));
    auto connection = *database->connect();
    auto types = connection.prepare(format("SELECT column_type FROM (DESCRIBE SELECT * FROM read_parquet({}))", duck::literal(path)));
    ASSERT_TRUE(types) << types.error().text;
    EXPECT_EQ(rows_of(*types), (Rows{{"BIGINT"}, {"TIMESTAMP"}, {"BOOLEAN"}, {"VARCHAR"}, {"MAP(VARCHAR, VARCHAR)"}, {"STRUCT(\"name\" VARCHAR, \"value\" VARCHAR)[]"}}));
    auto meta = connection.prepare(format("SELECT decode(key), decode(value) FROM parquet_kv_metadata({})", duck::literal(path)));
    ASSERT_TRUE(meta) << meta.error().text;
    EXPECT_EQ(rows_of(*meta), (Rows{{"key", "value"}}));
    // What DuckDB leaves row groups out by.
    auto ends = connection.prepare(format("SELECT stats_min_value, stats_max_value, stats_null_count::VARCHAR FROM parquet_metadata({}) WHERE path_in_schema IN ('n', 's') ORDER BY row_group_id, column_id", duck::literal(path)));
    ASSERT_TRUE(ends) << ends.error().text;
    EXPECT_EQ(rows_of(*ends), (Rows{{"-9223372036854775808", "-9223372036854775808", "1"}, {"Đặng", "Đặng", "1"}, {"9223372036854775807", "9223372036854775807", "0"}, {"", "", "0"}}));
}

// A sender that repeats one long text: in full it would be 2.4 GB, more than a page of Parquet can say.
TEST_F(ParquetFile, LongTextsThatRepeatAreKeptOnce) {
    const std::string text(200'000, 'x');
    Writer writer{*file, {{"s", Kind::text, true}}, {.rows_in_page = 1000}};
    for (std::size_t row = 0; row < 12'000; ++row) {
        writer.column(0).text(text);
        ASSERT_TRUE(writer.end_rows(1));
    }
    ASSERT_TRUE(writer.finish({}));
    EXPECT_EQ(ask("SELECT count(*)::VARCHAR, min(length(s))::VARCHAR, max(length(s))::VARCHAR, count(DISTINCT s)::VARCHAR"), (Rows{{"12000", "200000", "200000", "1"}}));
}

TEST_F(ParquetFile, AFileWithoutRowsIsRead) {
    Writer writer{*file, {{"n", Kind::integer}, {"m", Kind::map}}, {}};
    ASSERT_TRUE(writer.finish({}));
    EXPECT_EQ(ask("SELECT count(*)::VARCHAR"), (Rows{{"0"}}));
}

// Values of every frequency, so that each encoding is used in some column and row group, against sums made here.
TEST_F(ParquetFile, ManyRowsAtRandomAreReadBack) {
    SeededRandom random{5};
    const auto one_of = [&](std::uint64_t n) {
        std::uint64_t number = 0;
        random.fill(reinterpret_cast<std::uint8_t*>(&number), sizeof number);
        return number % n;
    };
    Writer writer{*file, {{"row", Kind::integer}, {"wide", Kind::integer, true}, {"few", Kind::integer}, {"flag", Kind::boolean, true}, {"distinct", Kind::text, true}, {"repeated", Kind::text, true}, {"seldom", Kind::text}, {"map", Kind::map, true}}, {.rows_in_group = 1000, .rows_in_page = 64}};
    std::vector<std::vector<std::string>> expected;
    for (std::size_t row = 0; row < 10'037; ++row) {
        std::vector<std::string>& cells = expected.emplace_back();
        const auto wide = static_cast<std::int64_t>(one_of(UINT64_MAX));
        const auto few = static_cast<std::int64_t>(one_of(row < 5000 ? 3 : 300)) - 1;
        const bool flag = one_of(2) == 1;
        std::string text = format("{}-{}", one_of(UINT64_MAX), std::string(one_of(40), 'x'));
        const std::string repeated(one_of(5000) == 0 ? 100'000 : 20, static_cast<char>('a' + one_of(row < 3000 ? 1 : 20)));
        writer.column(0).integer(static_cast<std::int64_t>(row * 3));
        writer.column(1).integer(wide);
        writer.column(2).integer(few);
        writer.column(3).boolean(flag);
        writer.column(4).text(text);
        writer.column(5).text(repeated);
        cells = {std::to_string(row * 3), std::to_string(wide), std::to_string(few), flag ? "true" : "false", text, repeated};
        if (one_of(row < 6000 ? 500 : 3) == 0) {
            writer.column(6).text("here");
            cells.emplace_back("here");
        } else {
            writer.column(6).nulls();
            cells.emplace_back("NULL");
        }
        const std::uint64_t pairs = one_of(4);
        std::string map;
        for (std::uint64_t i = 0; i < pairs; ++i) {
            const std::string value = std::to_string(one_of(1000));
            writer.column(7).pair(i == 0, std::string(1, static_cast<char>('k' + i)), value, true);
            map += format("{}{}={}", i == 0 ? "{" : ", ", std::string(1, static_cast<char>('k' + i)), value);
        }
        if (pairs == 0) writer.column(7).nulls();
        cells.push_back(pairs == 0 ? "NULL" : map + "}");
        const auto ended = writer.end_rows(1);
        ASSERT_TRUE(ended);
        ASSERT_EQ(*ended, (row + 1) % 1000 == 0);
    }
    ASSERT_TRUE(writer.finish({}));
    const Rows found = ask("SELECT row::VARCHAR, wide::VARCHAR, few::VARCHAR, flag::VARCHAR, \"distinct\", repeated, seldom, map::VARCHAR");
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) ASSERT_EQ(found[i], expected[i]) << "row " << i;
    auto connection = *database->connect();
    auto used = connection.prepare(format("SELECT DISTINCT unnest(string_split(encodings, ', ')) AS e FROM parquet_metadata({}) ORDER BY e", duck::literal(path)));
    ASSERT_TRUE(used) << used.error().text;
    EXPECT_EQ(rows_of(*used), (Rows{{"DELTA_BINARY_PACKED"}, {"PLAIN"}, {"RLE"}, {"RLE_DICTIONARY"}}));
}

TEST_F(ParquetFile, ARowGroupOfManyBytesEndsEarly) {
    Writer writer{*file, {{"s", Kind::text}}, {.rows_in_group = 10'000, .most_bytes = 100'000}};
    for (std::size_t row = 0; row < 3000; ++row) {
        writer.column(0).text(format("{:0200}", row));
        ASSERT_TRUE(writer.end_rows(1));
    }
    ASSERT_TRUE(writer.finish({}));
    EXPECT_EQ(writer.groups(), (std::vector<std::uint64_t>{512, 512, 512, 512, 512, 440}));
    EXPECT_EQ(ask("SELECT count(DISTINCT s)::VARCHAR, max(s)"), (Rows{{"3000", format("{:0200}", 2999)}}));
}

TEST_F(ParquetFile, AFullDiskIsAnErrorAtOnce) {
    class Full final : public File {
        Status append(std::string_view) override { return fail(Code::unavailable, "no space left"); }
        Status sync() override { return {}; }
        Status truncate(std::uint64_t) override { return {}; }
        [[nodiscard]] Result<std::uint64_t> size() const override { return 0; }
        [[nodiscard]] Result<std::string> read(std::uint64_t, std::size_t) const override { return std::string{}; }
    } full;
    Writer writer{full, {{"n", Kind::integer}}, {.rows_in_group = 1}};
    writer.column(0).integer(1);
    EXPECT_EQ(writer.end_rows(1).error().code, Code::unavailable);
}

}  // namespace
}  // namespace vg::store::archive::parquet
