#include "store/archive/duck.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "base/text.h"

namespace vg::store::duck {
namespace {

struct Duck : ::testing::Test {
    Duck() {
        static std::atomic<int> number{0};
        folder = std::filesystem::temp_directory_path() / format("vg_duck_test_{}_{}", ::getpid(), number++);
        std::filesystem::create_directories(folder / "archive");
        auto opened = Database::open({.folder = (folder / "archive").string(), .memory_bytes = std::size_t{256} << 20});
        EXPECT_TRUE(opened) << opened.error().text;
        database = *opened;
    }
    ~Duck() override { std::filesystem::remove_all(folder); }

    Connection connect() { return std::move(*database->connect()); }
    // The one value of a question without parameters.
    std::int64_t number_of(Connection& connection, const std::string& sql) {
        auto statement = connection.prepare(sql);
        EXPECT_TRUE(statement) << statement.error().text;
        auto rows = statement->run();
        EXPECT_TRUE(rows) << rows.error().text;
        auto chunk = rows->next();
        EXPECT_TRUE(chunk && *chunk);
        return (*chunk)->column(0).integer(0);
    }

    std::filesystem::path folder;
    std::shared_ptr<Database> database;
};

TEST_F(Duck, ReadsAndWritesNothingOutsideItsFolder) {
    Connection connection = connect();
    const std::string inside = (folder / "archive").string();
    for (const std::string& sql : {std::string{"SELECT * FROM read_text('/etc/passwd')"}, std::string{"SELECT * FROM read_csv('/etc/passwd')"},
                                   format("SELECT * FROM read_text('{}/../../../../../../etc/passwd')", inside),
                                   format("COPY (SELECT 1 AS a) TO '{}/outside.parquet' (FORMAT parquet)", folder.string()),
                                   format("ATTACH '{}/outside.db'", folder.string()), format("EXPORT DATABASE '{}/outside'", folder.string())}) {
        const Status ran = connection.run(sql);
        ASSERT_FALSE(ran) << sql;
        EXPECT_EQ(ran.error().code, Code::denied) << sql << ": " << ran.error().text;
    }
    EXPECT_FALSE(std::filesystem::exists(folder / "outside.parquet"));
    EXPECT_TRUE(connection.run(format("COPY (SELECT 1 AS a) TO '{}/inside.parquet' (FORMAT parquet)", inside)));
    EXPECT_EQ(number_of(connection, format("SELECT a FROM read_parquet('{}/inside.parquet')", inside)), 1);
}

TEST_F(Duck, TakesNoExtensionsAndNoChangeOfSettings) {
    Connection connection = connect();
    for (const char* sql : {"INSTALL httpfs", "LOAD '/tmp/x.duckdb_extension'", "SET enable_external_access = true", "SET threads = 8",
                            "SET allowed_directories = ['/']", "SET memory_limit = '100GB'", "RESET GLOBAL enable_external_access",
                            "SELECT * FROM read_parquet('https://files.example/x.parquet')"})
        EXPECT_FALSE(connection.run(sql)) << sql;
}

TEST_F(Duck, KeepsParametersApartFromTheStatement) {
    Connection connection = connect();
    auto statement = connection.prepare("SELECT ?::BIGINT + 1, ?, list_contains(?, 'b'), ?::DOUBLE, ?::TIMESTAMP, ?::BLOB, ? IS NULL");
    ASSERT_TRUE(statement) << statement.error().text;
    ASSERT_EQ(statement->parameters(), 7U);
    const std::string hostile = "'; DROP TABLE x; --\0\"";
    const std::vector<std::string> list{"a", "b", "'c"};
    ASSERT_TRUE(statement->bind(1, std::int64_t{41}));
    ASSERT_TRUE(statement->bind(2, std::string_view{hostile}));
    ASSERT_TRUE(statement->bind(3, std::span<const std::string>{list}));
    ASSERT_TRUE(statement->bind(4, 2.5));
    ASSERT_TRUE(statement->bind(5, Time{1'714'521'600'000'001}));
    ASSERT_TRUE(statement->bind_blob(6, std::string_view{"\xff\x00", 2}));
    ASSERT_TRUE(statement->bind_null(7));
    EXPECT_FALSE(statement->bind(8, 1));
    auto rows = statement->run();
    ASSERT_TRUE(rows) << rows.error().text;
    auto chunk = rows->next();
    ASSERT_TRUE(chunk && *chunk);
    EXPECT_EQ((*chunk)->column(0).integer(0), 42);
    EXPECT_EQ((*chunk)->column(1).text(0), hostile);
    EXPECT_TRUE((*chunk)->column(2).boolean(0));
    EXPECT_EQ((*chunk)->column(3).real(0), 2.5);
    EXPECT_EQ((*chunk)->column(4).time(0).micros, 1'714'521'600'000'001);
    EXPECT_EQ((*chunk)->column(5).text(0), (std::string_view{"\xff\x00", 2}));
    EXPECT_TRUE((*chunk)->column(6).boolean(0));
    auto end = rows->next();
    ASSERT_TRUE(end);
    EXPECT_FALSE(*end);
}

TEST_F(Duck, AppendsWhatIsSetAndLeavesTheRestNull) {
    Connection connection = connect();
    ASSERT_TRUE(connection.run("CREATE TABLE t (n BIGINT, b BOOLEAN, t TIMESTAMP, x VARCHAR, m MAP(VARCHAR, VARCHAR), l STRUCT(name VARCHAR, value VARCHAR)[])"));
    auto appender = connection.appender("t");
    ASSERT_TRUE(appender) << appender.error().text;
    const std::string longer(100, 'x');
    constexpr std::size_t rows = 5000;  // several chunks
    std::size_t row = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        appender->integer(0, row, static_cast<std::int64_t>(i));
        if (i % 2 == 0) appender->boolean(1, row, i % 4 == 0);
        appender->time(2, row, {static_cast<std::int64_t>(i) * 1000});
        if (i % 3 == 0) appender->text(3, row, i % 6 == 0 ? "" : longer);
        const Appender::Pair pairs[] = {{"key", "a value longer than twelve"}, {"a key longer than twelve", std::nullopt}};
        if (i % 5 == 0) { ASSERT_TRUE(appender->pairs(4, row, pairs)); }
        if (i % 7 == 0) { ASSERT_TRUE(appender->pairs(5, row, {pairs, 1})); }
        if (++row == Appender::kRows || i + 1 == rows) {
            ASSERT_TRUE(appender->add(row));
            row = 0;
        }
    }
    ASSERT_TRUE(appender->flush());
    EXPECT_EQ(number_of(connection, "SELECT count(*) FROM t"), 5000);
    EXPECT_EQ(number_of(connection, "SELECT sum(n) FROM t"), 5000 * 4999 / 2);
    EXPECT_EQ(number_of(connection, "SELECT count(*) FROM t WHERE b IS NULL"), 2500);
    EXPECT_EQ(number_of(connection, "SELECT count(*) FROM t WHERE b"), 1250);
    EXPECT_EQ(number_of(connection, "SELECT count(*) FROM t WHERE x = ''"), 834);
    EXPECT_EQ(number_of(connection, "SELECT count(*) FROM t WHERE length(x) = 100"), 833);
    EXPECT_EQ(number_of(connection, "SELECT count(*) FROM t WHERE m['key'] = 'a value longer than twelve'"), 1000);
    EXPECT_EQ(number_of(connection, "SELECT count(*) FROM t WHERE map_contains(m, 'a key longer than twelve') AND m['a key longer than twelve'] IS NULL"), 1000);
    EXPECT_EQ(number_of(connection, "SELECT count(*) FROM t WHERE l[1].name = 'key'"), 715);
    auto statement = connection.prepare("SELECT m FROM t WHERE n = 10");
    auto chunk = statement->run()->next();
    ASSERT_TRUE(chunk && *chunk);
    const Column map = (*chunk)->column(0);
    const Column::Elements place = map.list(0);
    ASSERT_EQ(place.count, 2U);
    EXPECT_EQ(map.elements().member(0).text(place.from), "key");
    EXPECT_EQ(map.elements().member(1).text(place.from), "a value longer than twelve");
    EXPECT_TRUE(map.elements().member(1).is_null(place.from + 1));
}

TEST_F(Duck, AppenderToAMissingTableIsAnError) {
    Connection connection = connect();
    EXPECT_FALSE(connection.appender("nothing"));
}

TEST_F(Duck, StopsBetweenPiecesOfWork) {
    Connection connection = connect();
    auto statement = connection.prepare("SELECT count(*) FROM range(3000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3");
    ASSERT_TRUE(statement) << statement.error().text;
    int asked = 0;
    auto rows = statement->run({.check = [&]() -> Status {
        if (++asked < 5) return {};
        return fail(Code::too_large, "over its time");
    }});
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().text, "over its time");
    EXPECT_EQ(number_of(connection, "SELECT 7"), 7);  // the connection is good for more
}

TEST_F(Duck, StreamsWithoutMakingEverything) {
    Connection connection = connect();
    auto statement = connection.prepare("SELECT range FROM range(1000000000000)");
    auto rows = statement->run({.stream = true});
    ASSERT_TRUE(rows) << rows.error().text;
    std::int64_t seen = 0;
    for (int i = 0; i < 3; ++i) {
        auto chunk = rows->next();
        ASSERT_TRUE(chunk && *chunk);
        EXPECT_EQ((*chunk)->column(0).integer(0), seen);
        seen += static_cast<std::int64_t>((*chunk)->rows());
    }
}

TEST_F(Duck, SaysWhenAQuestionIsTooLarge) {
    Connection connection = connect();
    auto statement = connection.prepare("SELECT list(range::VARCHAR || 'a long text so that memory is used') FROM range(100000000)");
    auto rows = statement->run();
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().code, Code::too_large) << rows.error().text;
    EXPECT_EQ(number_of(connection, "SELECT 7"), 7);
}

}  // namespace
}  // namespace vg::store::duck
