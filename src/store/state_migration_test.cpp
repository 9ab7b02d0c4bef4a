// State files as they are found on disk: opened again, upgraded, refused.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "store/state.h"

namespace vg::store {
namespace {

class StateFile : public ::testing::Test {
protected:
    StateFile() {
        std::string name = (std::filesystem::temp_directory_path() / "vonggac-test-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        path_ = folder_ / "state.sqlite";
    }
    ~StateFile() override { std::filesystem::remove_all(folder_); }

    Result<std::unique_ptr<State>> open(const std::vector<Schema>& schemas) { return State::open({path_.string()}, schemas, metrics_); }
    static Status run(State& state, std::string_view sql) {
        return state.write([&](Transaction& tx) -> Status {
            TRY(tx.run(sql));
            return {};
        });
    }
    static std::string text(State& state, std::string_view sql) {
        auto row = state.read([&](Transaction& tx) { return tx.first<std::string>(sql); });
        if (!row) return "error: " + row.error().text;
        return *row ? std::get<0>(**row) : "nothing";
    }
    std::vector<std::string> files() {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator{folder_}) names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        return names;
    }

    std::filesystem::path folder_, path_;
    metrics::Registry metrics_;
};

const Schema kFirst{"notes", {{"create table note (body text)"}}};
const Schema kSecond{"notes", {{"create table note (body text)"}, {"alter table note add column size bigint not null default 0", "update note set size = length(body)"}}};
const Schema kOther{"other", {{"create table thing (name text)"}}};

TEST_F(StateFile, KeepsWhatWasWrittenAndNeedsNoCopyWhenNothingChanges) {
    {
        auto state = open({kFirst});
        ASSERT_TRUE(state) << state.error().text;
        ASSERT_TRUE(run(**state, "insert into note (body) values ('kept')"));
    }
    auto state = open({kFirst});
    ASSERT_TRUE(state) << state.error().text;
    EXPECT_EQ(text(**state, "select body from note"), "kept");
    state->reset();
    EXPECT_EQ(files(), std::vector<std::string>{"state.sqlite"});
}

TEST_F(StateFile, IsReadableByItsOwnerOnly) {
    ASSERT_TRUE(open({kFirst}));
    struct stat found{};
    ASSERT_EQ(::stat(path_.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777u, 0600u);
}

TEST_F(StateFile, AnUpgradeCopiesTheFileFirst) {
    {
        auto state = open({kFirst});
        ASSERT_TRUE(run(**state, "insert into note (body) values ('four')"));
    }
    {
        auto state = open({kSecond, kOther});
        ASSERT_TRUE(state) << state.error().text;
        EXPECT_EQ(text(**state, "select size from note"), "4");
        EXPECT_EQ(text(**state, "select group_concat(room || version, ' ') from (select * from schema_version order by room)"), "notes2 other1");
    }
    // 3: notes at 2 and other at 1.
    EXPECT_EQ(files(), (std::vector<std::string>{"state.sqlite", "state.sqlite.before-3"}));
    struct stat found{};
    ASSERT_EQ(::stat((path_.string() + ".before-3").c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777u, 0600u);
    auto copy = State::open({path_.string() + ".before-3"}, std::vector<Schema>{kFirst}, metrics_);
    ASSERT_TRUE(copy) << copy.error().text;
    EXPECT_EQ(text(**copy, "select body from note"), "four");
    EXPECT_NE(text(**copy, "select size from note").find("no such column"), std::string::npos);
}

TEST_F(StateFile, AFailedUpgradeChangesNothing) {
    {
        auto state = open({kFirst});
        ASSERT_TRUE(run(**state, "insert into note (body) values ('kept')"));
    }
    const Schema broken{"notes", {kFirst.migrations[0], {"alter table note add column size bigint", "update nothing set x = 1"}}};
    const auto failed = open({kOther, broken});
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().text.find("in migration 2 of notes"), std::string::npos) << failed.error().text;
    auto state = open({kFirst});
    ASSERT_TRUE(state) << state.error().text;
    EXPECT_EQ(text(**state, "select body from note"), "kept");
    EXPECT_NE(text(**state, "select size from note").find("no such column"), std::string::npos);
    EXPECT_NE(text(**state, "select name from thing").find("no such table"), std::string::npos) << "rooms are upgraded together or not at all";
    ASSERT_TRUE(open({kSecond})) << "and the upgrade can be tried again over its copy";
}

TEST_F(StateFile, AFileOfANewerProgramIsRefusedWithTheRemedy) {
    ASSERT_TRUE(open({kSecond}));
    const auto refused = open({kFirst});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::denied);
    EXPECT_NE(refused.error().text.find("written by a newer program"), std::string::npos);
    EXPECT_NE(refused.error().text.find("install the newer program again, or restore a backup"), std::string::npos);
    EXPECT_TRUE(open({kSecond}));
}

TEST_F(StateFile, AFileThatIsNoDatabaseIsNamed) {
    std::ofstream{path_} << std::string(10'000, 'x');
    const auto refused = open({kFirst});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::corrupt) << refused.error().text;
    EXPECT_NE(refused.error().text.find(path_.string()), std::string::npos) << refused.error().text;
}

TEST_F(StateFile, AFolderThatIsNotThereIsNamed) {
    path_ = folder_ / "missing" / "state.sqlite";
    const auto refused = open({kFirst});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::unavailable);
    EXPECT_NE(refused.error().text.find(path_.string()), std::string::npos) << refused.error().text;
}

// Settings reach SQLite through a connect string of SOCI: the path must not be able to add to it.
TEST_F(StateFile, PathsWithSpacesWorkAndPathsThatSayMoreAreRefused) {
    path_ = folder_ / "một thư mục.sqlite";
    EXPECT_TRUE(open({kFirst}));
    EXPECT_TRUE(std::filesystem::exists(path_));
    path_ = folder_ / "a\" timeout=0 db=\"b";
    EXPECT_EQ(open({kFirst}).error().code, Code::bad_input);
}

TEST_F(StateFile, AForeignKeyHolds) {
    const Schema keys{"keys", {{"create table parent (id text primary key)", "create table child (parent text not null references parent (id))"}}};
    auto state = open({keys});
    EXPECT_EQ(run(**state, "insert into child (parent) values ('nobody')").error().code, Code::conflict);
}

// The file may not grow beyond its present pages: SQLite says what it says when the disk is full (SQLITE_FULL).
TEST_F(StateFile, AFullDiskIsAnErrorThatPasses) {
    auto state = open({kFirst});
    ASSERT_TRUE(state) << state.error().text;
    const auto add = [&](std::string body) {
        return state->get()->write([&](Transaction& tx) -> Status {
            TRY(tx.run("insert into note (body) values (:a)", {body}));
            return {};
        });
    };
    ASSERT_TRUE(add("before"));
    const auto limit_pages = [&](std::int64_t pages) {
        return state->get()->write([&](Transaction& tx) -> Result<std::int64_t> {
            return std::get<0>(*TRY(tx.first<std::int64_t>(format("pragma max_page_count = {}", pages))));
        });
    };
    ASSERT_TRUE(limit_pages(1));  // SQLite makes it the present size
    const Status full = add(std::string(1'000'000, 'x'));
    EXPECT_EQ(full.error().code, Code::unavailable) << full.error().text;
    EXPECT_EQ(text(**state, "select count(*) from note"), "1");
    ASSERT_TRUE(limit_pages(1'000'000));
    EXPECT_TRUE(add(std::string(1'000'000, 'x')));
    EXPECT_EQ(text(**state, "select count(*) from note"), "2");
}

TEST_F(StateFile, WritesAreDurableAndAhead) {
    auto state = open({kFirst});
    const auto pragma = [&](const char* name) {
        return state->get()->write([&](Transaction& tx) { return tx.first<std::string>(std::string{"pragma "} + name); });
    };
    EXPECT_EQ(std::get<0>(**pragma("journal_mode")), "wal");
    EXPECT_EQ(std::get<0>(**pragma("synchronous")), "2");  // FULL
}

}  // namespace
}  // namespace vg::store
