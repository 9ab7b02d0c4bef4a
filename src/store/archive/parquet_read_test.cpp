// Files that DuckDB writes, read page by page: DuckDB says what stands in them. And bytes that are no such file.
#include "store/archive/parquet_read.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "base/bytes.h"
#include "base/text.h"
#include "store/archive/duck.h"
#include "store/archive/parquet_thrift.h"

namespace vg::store::archive::parquet {
namespace {

const std::vector<std::string> kPaths = {"position", "occurred", "known", "many", "few", "empty", "native.key_value.key", "native.key_value.value", "rest.list.element.name", "rest.list.element.value", "absent"};
constexpr std::size_t kKeys = 6, kRest = 8;

// What DuckDB makes of `select`, as a file and as its own rows.
struct ParquetRead : ::testing::Test {
    ParquetRead() {
        static std::atomic<int> number{0};
        folder = std::filesystem::temp_directory_path() / format("vg_parquet_read_{}_{}", ::getpid(), number++);
        std::filesystem::create_directories(folder);
        auto opened = duck::Database::open({.folder = folder.string(), .memory_bytes = std::size_t{256} << 20});
        EXPECT_TRUE(opened) << opened.error().text;
        database = *opened;
        connection.emplace(std::move(*database->connect()));
        path = (folder / "a.parquet").string();
    }
    ~ParquetRead() override {
        connection.reset();
        std::filesystem::remove_all(folder);
    }
    void write(const std::string& options = "COMPRESSION zstd", std::size_t rows = 5000, std::size_t rows_in_group = 2048) {
        const Status made = connection->run(format(
            "CREATE OR REPLACE TABLE t AS SELECT i::BIGINT AS \"position\", make_timestamp(1714090000000000 + i * 977 % 100000) AS occurred, i % 3 = 0 AS known, "
            "CASE WHEN i % 4 <> 0 THEN 'text ' || (i * 7919 % 100003) || ' tệp' END AS many, CASE WHEN i % 2 = 0 THEN 'few' || i % 5 ELSE '' END AS few, NULL::BIGINT AS empty, "
            "CASE WHEN i % 5 = 0 THEN NULL WHEN i % 7 = 0 THEN MAP {{}} ELSE MAP {{'a': 'v' || i, 'b' || i % 3: NULL, 'c': 'c'}} END AS native, "
            "CASE WHEN i % 11 = 0 THEN [{{'name': 'n' || i, 'value': 'v'}}, {{'name': 'm', 'value': NULL}}] END AS rest FROM range({}) t(i)",
            rows));
        ASSERT_TRUE(made) << made.error().text;
        const Status copied = connection->run(format("COPY t TO {} (FORMAT parquet, ROW_GROUP_SIZE {}, {})", duck::literal(path), rows_in_group, options));
        ASSERT_TRUE(copied) << copied.error().text;
    }
    std::unique_ptr<File> open() { return std::move(*system_disk().open(path, Open::read)); }

    // A list as text: "name=value,name,".
    static std::string list_of(const Values& names, const Values& values, std::size_t row) {
        const std::size_t n = row - names.first_row, v = row - values.first_row;
        std::string out;
        for (std::size_t i = 0; i < names.begins[n + 1] - names.begins[n]; ++i) {
            out += std::string{names.text_at(names.places[names.begins[n] + i])};
            const std::uint32_t place = values.places[values.begins[v] + i];
            if (place != Values::kNull) out += "=" + std::string{values.text_at(place)};
            out += ",";
        }
        return out;
    }
    // The same of one row, looked up.
    static std::string list_of(LeafReader& names, LeafReader& values, std::size_t row) {
        const auto names_here = names.list_of(row), values_here = values.list_of(row);
        EXPECT_TRUE(names_here && values_here);
        if (!names_here || !values_here || names_here->size() != values_here->size()) return "not as many";
        std::string out;
        for (std::size_t i = 0; i < names_here->size(); ++i) {
            out += std::string{(*names_here)[i].value_or("no name")};
            if ((*values_here)[i]) out += "=" + std::string{*(*values_here)[i]};
            out += ",";
        }
        return out;
    }
    void compare() {
        const auto file = open();
        const auto layout = read_layout(*file, kPaths);
        ASSERT_TRUE(layout) << layout.error().text;
        EXPECT_FALSE((*layout)->leaves.back().known);
        auto statement = connection->prepare("SELECT \"position\", occurred, known, many, few, array_to_string(list_transform(map_entries(native), lambda e: e.key || coalesce('=' || e.value, '') || ','), ''), "
                                             "array_to_string(list_transform(rest, lambda e: e.name || coalesce('=' || e.value, '') || ','), '') FROM t ORDER BY \"position\"");
        ASSERT_TRUE(statement) << statement.error().text;
        auto rows = statement->run();
        ASSERT_TRUE(rows) << rows.error().text;
        std::size_t group = 0, in_group = 0, seen = 0;
        std::vector<std::unique_ptr<LeafReader>> leaves, asked;
        while (auto chunk = *rows->next()) {
            for (std::size_t at = 0; at < chunk->rows(); ++at, ++in_group, ++seen) {
                if (in_group == (*layout)->groups[group].rows || leaves.empty()) {
                    group += leaves.empty() ? 0 : 1;
                    in_group = 0;
                    leaves.clear();
                    asked.clear();
                    for (std::size_t leaf = 0; leaf < kPaths.size(); ++leaf)
                        for (auto* into : {&leaves, &asked}) into->push_back(std::make_unique<LeafReader>(*file, **layout, group, leaf));
                }
                const auto values = [&](std::size_t leaf) -> const Values& {
                    auto page = leaves[leaf]->page_of(in_group);
                    EXPECT_TRUE(page) << kPaths[leaf] << ": " << page.error().text;
                    return page->get();
                };
                const auto same_text = [&](std::size_t leaf) {
                    const duck::Column column = chunk->column(leaf);
                    const Values& here = values(leaf);
                    const auto text = here.text(in_group - here.first_row);
                    ASSERT_EQ(text.has_value(), !column.is_null(at)) << kPaths[leaf] << " of row " << seen;
                    if (text) {
                        ASSERT_EQ(*text, column.text(at));
                    }
                };
                const auto same_one = [&](LeafReader& from, std::size_t leaf) {
                    const auto one = from.one_of(in_group);
                    ASSERT_TRUE(one) << kPaths[leaf] << ": " << one.error().text;
                    const bool null = leaf == 5 || chunk->column(leaf).is_null(at);
                    ASSERT_EQ(one->has, !null) << kPaths[leaf] << " of row " << seen;
                    if (null) return;
                    const duck::Column column = chunk->column(leaf);
                    if (leaf >= 3) ASSERT_EQ(one->text, column.text(at)) << kPaths[leaf] << " of row " << seen;
                    else ASSERT_EQ(one->number, leaf == 2 ? (column.boolean(at) ? 1 : 0) : column.integer(at)) << kPaths[leaf] << " of row " << seen;
                };
                for (std::size_t leaf = 0; leaf < 6; ++leaf) {
                    if (seen % 53 == 0) {  // the first row that is asked of a page
                        LeafReader fresh{*file, **layout, group, leaf};
                        same_one(fresh, leaf);
                    }
                    same_one(*asked[leaf], leaf);
                }
                for (std::size_t leaf : {std::size_t{0}, std::size_t{1}}) ASSERT_EQ(values(leaf).number(in_group - values(leaf).first_row), chunk->column(leaf).integer(at));
                ASSERT_EQ(values(2).number(in_group - values(2).first_row), chunk->column(2).boolean(at) ? 1 : 0);
                same_text(3);
                same_text(4);
                ASSERT_FALSE(leaves[5]->has_values());
                ASSERT_EQ(values(5).number(in_group), std::nullopt);
                ASSERT_EQ(values(10).text(in_group), std::nullopt);
                for (const auto& [leaf, column] : {std::pair{kKeys, std::size_t{5}}, {kRest, std::size_t{6}}}) {
                    const duck::Column theirs = chunk->column(column);
                    const std::string expected = theirs.is_null(at) ? "" : std::string{theirs.text(at)};
                    ASSERT_EQ(list_of(values(leaf), values(leaf + 1), in_group), expected) << "row " << seen;
                    ASSERT_EQ(list_of(*asked[leaf], *asked[leaf + 1], in_group), expected) << "row " << seen;
                    if (seen % 53 != 0) continue;
                    LeafReader names{*file, **layout, group, leaf}, fresh{*file, **layout, group, leaf + 1, &names};
                    ASSERT_EQ(list_of(names, fresh, in_group), expected) << "row " << seen;
                }
            }
        }
        EXPECT_EQ(group + 1, (*layout)->groups.size());
        EXPECT_GT(seen, 0U);
    }

    std::filesystem::path folder;
    std::string path;
    std::shared_ptr<duck::Database> database;
    std::optional<duck::Connection> connection;
};

TEST_F(ParquetRead, EachValueIsTheOneThatDuckDBReads) {
    write();
    compare();
}

TEST_F(ParquetRead, PagesThatAreNotPacked) {
    write("COMPRESSION uncompressed");
    compare();
}

// Of which only the pages that are wanted are read.
TEST_F(ParquetRead, LargeChunks) {
    for (const char* options : {"COMPRESSION zstd", "COMPRESSION uncompressed"}) {
        write(options, 30'000, 20'480);
        compare();
    }
}

TEST_F(ParquetRead, RowGroupsSayWhichPositionsTheyHold) {
    write();
    const auto layout = *read_layout(*open(), kPaths);
    std::int64_t next = 0;
    for (const GroupInfo& group : layout->groups) {
        ASSERT_TRUE(group.bounds);
        EXPECT_EQ(*group.bounds, std::pair(next, next + group.rows - 1));
        next += group.rows;
    }
    EXPECT_EQ(next, 5000);
}

TEST_F(ParquetRead, WhatItDoesNotKnowIsSaid) {
    write("COMPRESSION snappy");
    EXPECT_EQ(read_layout(*open(), kPaths).error().code, Code::bad_input);
    write("COMPRESSION zstd, PARQUET_VERSION v2");
    const auto file = open();
    const auto layout = *read_layout(*file, kPaths);
    LeafReader many{*file, *layout, 0, 3};  // DELTA_LENGTH_BYTE_ARRAY
    EXPECT_EQ(many.page_of(0).error().code, Code::bad_input);
}

// Cut and bent at many places: an error or values, never anything else.
TEST_F(ParquetRead, DamageIsAnErrorOrOtherValues) {
    write("COMPRESSION zstd", 3000);
    const std::string whole = *read_whole(system_disk(), path);
    std::size_t refused = 0;
    for (std::size_t i = 0; i < 150; ++i) {
        std::string bent = whole;
        const std::size_t at = i * 7919 % bent.size();
        if (i % 10 == 0) bent.resize(at);
        else bent[at] = static_cast<char>(bent[at] ^ (1 << i % 8));
        ASSERT_TRUE(write_whole(system_disk(), path, bent));
        const auto file = open();
        const auto layout = read_layout(*file, kPaths);
        refused += layout ? 0 : 1;
        if (!layout) continue;
        for (std::size_t group = 0; group < (*layout)->groups.size(); ++group)
            for (std::size_t leaf = 0; leaf < kPaths.size(); ++leaf) {
                LeafReader reader{*file, **layout, group, leaf};
                if (const auto page = reader.page_of(0); !page) ++refused;
                LeafReader one{*file, **layout, group, leaf};
                if (leaf >= kKeys && leaf < kPaths.size() - 1) (void)LeafReader{*file, **layout, group, leaf}.list_of((*layout)->groups[group].rows - 1);
                if (leaf < kKeys) (void)one.one_of((*layout)->groups[group].rows - 1);
            }
    }
    EXPECT_GT(refused, 15U);  // those that are cut, at the least
}

TEST(ParquetThrift, NothingIsReadBeyondTheEnd) {
    // Field 1: a text of 100 bytes, of which two are there.
    ThriftReader in{std::string_view{"\x18\x64zz", 4}};
    in.each_field([&](int) { EXPECT_EQ(in.text(), ""); });
    EXPECT_TRUE(in.failed());
    // Structs in one another, deeper than Parquet's.
    const std::string deep(1000, '\x1c');
    ThriftReader down{deep};
    down.each_field([&](int) { down.skip(); });
    EXPECT_TRUE(down.failed());
    // A list that says it has more elements than there are bytes.
    ThriftReader list{std::string_view{"\x19\xf5\xff\xff\xff\xff\x0f", 7}};
    list.each_field([&](int) { list.each_element([&] { (void)list.integer(); }); });
    EXPECT_TRUE(list.failed());
}

}  // namespace
}  // namespace vg::store::archive::parquet
