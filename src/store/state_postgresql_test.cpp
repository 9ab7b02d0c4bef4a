// What only PostgreSQL does to a State: connections that end, other sessions, other nodes. Runs when there is a server for
// tests (tests/with_postgres.py).
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "base/text.h"
#include "store/audit.h"
#include "store/state_dump.h"
#include "store/state_fixture.h"

namespace vg::store {
namespace {

const Schema kNotes{"notes", {{"create table note (id bigint primary key, body text, other bigint references note (id))"}}};

// A session beside State's: somebody with psql.
class Session {
public:
    explicit Session(const std::string& schema) : connection_(PQconnectdb(test_postgresql().c_str())) { ask("set search_path = " + schema); }
    ~Session() { PQfinish(connection_); }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    std::string ask(const std::string& sql) {
        const std::unique_ptr<PGresult, void (*)(PGresult*)> result{PQexec(connection_, sql.c_str()), PQclear};
        const ExecStatusType status = PQresultStatus(result.get());
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return std::string{"error: "} + PQresultErrorMessage(result.get());
        return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
    }

private:
    PGconn* connection_;
};

// One instance when there is a server, none otherwise.
class StatePostgresql : public ::testing::TestWithParam<std::string> {
protected:
    Result<std::unique_ptr<State>> open(const std::vector<Schema>& schemas = {kNotes}) { return State::open(options_, schemas, metrics_); }
    static Status add(State& state, std::int64_t id, Param body = nullptr) {
        return state.write([&](Transaction& tx) -> Status {
            TRY(tx.run("insert into note (id, body) values (:a, :b)", {id, body}));
            return {};
        });
    }
    static std::int64_t count(State& state) {
        return state.read([](Transaction& tx) -> Result<std::int64_t> { return std::get<0>(*TRY(tx.first<std::int64_t>("select count(*) from note"))); }).value_or(-1);
    }
    // Ends all connections of State, as a restart of the server does.
    void cut(std::string_view which = "true") {
        EXPECT_NE(beside_.ask(format("select count(pg_terminate_backend(pid, 10000)) from pg_stat_activity where application_name like 'vonggac%' and {}", which)), "0");
    }

    StateOptions options_ = test_state();
    metrics::Registry metrics_;
    Session beside_{options_.schema};
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StatePostgresql);
INSTANTIATE_TEST_SUITE_P(Server, StatePostgresql, ::testing::ValuesIn(test_postgresql().empty() ? std::vector<std::string>{} : std::vector<std::string>{"15"}));

TEST_P(StatePostgresql, GoesOnAfterTheServerEndedItsConnections) {
    const auto state = *open();
    ASSERT_TRUE(add(*state, 1));
    for (std::int64_t round = 2; round < 5; ++round) {
        cut();
        EXPECT_EQ(count(*state), round - 1);
        EXPECT_TRUE(add(*state, round));
    }
    EXPECT_EQ(count(*state), 4);
}

// The connection goes in the middle of a change: nothing of it is kept, and it runs again from its beginning.
TEST_P(StatePostgresql, AChangeThatIsCutOffRunsAgain) {
    const auto state = *open();
    int runs = 0;
    const Status done = state->write([&](Transaction& tx) -> Status {
        TRY(tx.run("insert into note (id) values (1)"));
        if (++runs == 1) cut("state = 'idle in transaction'");
        TRY(tx.run("insert into note (id) values (2)"));
        return {};
    });
    EXPECT_TRUE(done) << done.error().text;
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(count(*state), 2);
}

// An error that the work swallows does not make half a change: what was lost cannot be committed.
TEST_P(StatePostgresql, NothingIsCommittedAfterALostConnectionThatWasIgnored) {
    const auto state = *open();
    int runs = 0;
    const Status done = state->write([&](Transaction& tx) -> Status {
        ++runs;
        EXPECT_TRUE(tx.run("insert into note (id) values (1)"));
        cut("state = 'idle in transaction'");
        EXPECT_FALSE(tx.run("insert into note (id) values (2)"));
        EXPECT_FALSE(tx.first<std::int64_t>("select 1"));
        return {};
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::unavailable) << done.error().text;
    EXPECT_EQ(runs, 5);
    EXPECT_EQ(count(*state), 0);
}

// The commit waits in the server (a deferred trigger asks for a lock that we hold), its connection is cut on the client's
// side of the wait, and the fate is asked for: cut before the commit it is undone and runs again.
TEST_P(StatePostgresql, ACommitThatIsCutOffIsSettled) {
    const auto state = *open();
    beside_.ask("create function wait_here() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(77); return null; end $$");
    EXPECT_EQ(beside_.ask("create constraint trigger wait after insert on note deferrable initially deferred for each row execute function wait_here()"), "");
    ASSERT_EQ(beside_.ask("select pg_advisory_lock(77)"), "");
    std::atomic<int> runs = 0;
    Status done;
    {
        std::jthread writer{[&] {
            done = state->write([&](Transaction& tx) -> Status {
                ++runs;
                TRY(tx.run("insert into note (id) values (1)"));
                return {};
            });
        }};
        while (beside_.ask("select count(*) from pg_stat_activity where application_name like 'vonggac%' and query = 'commit' and wait_event = 'advisory'") == "0") std::this_thread::yield();
        cut("query = 'commit' and wait_event = 'advisory'");
        EXPECT_EQ(beside_.ask("select pg_advisory_unlock(77)"), "t");
    }
    EXPECT_TRUE(done) << done.error().text;
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(count(*state), 1);
}

// The server has committed, and waits for a standby that does not exist when the connection is cut: the change is there, and
// done is what the caller hears.
TEST_P(StatePostgresql, ACommitThatWasKeptButNotAnsweredIsDone) {
    const auto state = *open();
    const auto standby = [&](const char* name) {
        EXPECT_EQ(beside_.ask(format("alter system set synchronous_standby_names = '{}'", name)), "");
        EXPECT_EQ(beside_.ask("select pg_reload_conf()"), "t");
        while (beside_.ask("show synchronous_standby_names") != name) std::this_thread::yield();
        // Each session reads it for itself, and the one that writes is State's.
        const auto seen = [&] { return state->write([](Transaction& tx) { return tx.first<std::string>("select current_setting('synchronous_standby_names')"); }); };
        for (auto one = seen(); !one || !*one || std::get<0>(**one) != name; one = seen()) std::this_thread::yield();
    };
    standby("nobody");
    std::atomic<int> runs = 0;
    Status done;
    {
        std::jthread writer{[&] {
            done = state->write([&](Transaction& tx) -> Status {
                ++runs;
                TRY(tx.run("insert into note (id) values (1)"));
                return {};
            });
        }};
        while (beside_.ask("select count(*) from pg_stat_activity where application_name like 'vonggac%' and wait_event = 'SyncRep'") == "0") std::this_thread::yield();
        cut("wait_event = 'SyncRep'");
    }
    standby("");
    EXPECT_TRUE(done) << done.error().text;
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(count(*state), 1);
    EXPECT_TRUE(add(*state, 2));
}

TEST_P(StatePostgresql, AChangeThatAnotherSessionDisturbedRunsAgain) {
    const auto state = *open();
    ASSERT_TRUE(add(*state, 1, "old"));
    int runs = 0;
    const Status done = state->write([&](Transaction& tx) -> Status {
        const auto body = TRY(tx.first<std::string>("select body from note where id = 1"));
        if (++runs == 1) {
            EXPECT_EQ(beside_.ask("update note set body = 'theirs' where id = 1"), "");
        }
        TRY(tx.run("update note set body = :a where id = 1", {std::get<0>(*body) + " and ours"}));
        return {};
    });
    EXPECT_TRUE(done) << done.error().text;
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(beside_.ask("select body from note"), "theirs and ours");
}

TEST_P(StatePostgresql, AForeignKeyThatWaitedForTheCommitIsAConflict) {
    const auto state = *open();
    const Status done = state->write([&](Transaction& tx) -> Status {
        TRY(tx.run("set constraints all deferred"));
        TRY(tx.run("insert into note (id, other) values (1, 2)"));
        return {};
    });
    EXPECT_EQ(done.error().code, Code::conflict) << done.error().text;
    EXPECT_EQ(state->write([](Transaction& tx) { return tx.run("insert into note (id, other) values (1, 2)"); }).error().code, Code::conflict);
}

// More changes than are repeated, an error after each number of them, and all that went well before is there.
TEST_P(StatePostgresql, ATransactionLivesOnAfterAnErrorHoweverManyChangesCameBefore) {
    const auto state = *open();
    const Status done = state->write([&](Transaction& tx) -> Status {
        for (std::int64_t id = 1; id <= 200; ++id) {
            TRY(tx.run("insert into note (id, body) values (:a, :b)", {id, "x"}));
            if (id % 7 == 0) {
                EXPECT_EQ(tx.run("insert into note (id) values (:a)", {id}).error().code, Code::conflict);
            }
            if (id % 50 == 0) {
                EXPECT_EQ(tx.run("update nothing set x = 1").error().code, Code::internal);
            }
        }
        EXPECT_EQ(tx.run("update note set body = 'y'"), 200);
        return {};
    });
    EXPECT_TRUE(done) << done.error().text;
    EXPECT_EQ(beside_.ask("select count(*) || body from note group by body"), "200y");
}

TEST_P(StatePostgresql, OneNodeAtATime) {
    auto state = *open();
    ASSERT_TRUE(add(*state, 1));
    const auto second = open();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::denied);
    EXPECT_NE(second.error().text.find("another node has it open (vonggac "), std::string::npos) << second.error().text;
    EXPECT_TRUE(add(*state, 2));
    state.reset();
    EXPECT_EQ(count(**open()), 2);
}

// The first node loses its connection, a second one opens the State and closes it: the first must not go on with what it
// remembers.
TEST_P(StatePostgresql, ANodeThatWasReplacedMeanwhileIsRefused) {
    const auto first = *open();
    ASSERT_TRUE(add(*first, 1));
    cut();
    ASSERT_TRUE(add(**open(), 2));
    const Status refused = add(*first, 3);
    EXPECT_EQ(refused.error().code, Code::denied) << refused.error().text;
    EXPECT_NE(refused.error().text.find("start this node again"), std::string::npos) << refused.error().text;
    EXPECT_EQ(add(*first, 3).error().code, Code::denied);
    EXPECT_EQ(beside_.ask("select count(*) from note"), "2");
}

TEST_P(StatePostgresql, AStateOfANewerProgramIsRefused) {
    const Schema newer{"notes", {kNotes.migrations[0], {"alter table note add column size bigint not null default 0"}}};
    ASSERT_TRUE(open({newer}));
    const auto refused = open();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::denied);
    EXPECT_NE(refused.error().text.find("written by a newer program"), std::string::npos) << refused.error().text;
}

TEST_P(StatePostgresql, AFailedUpgradeChangesNothing) {
    ASSERT_TRUE(add(**open(), 1));
    const Schema broken{"notes", {kNotes.migrations[0], {"alter table note add column size bigint", "update nothing set x = 1"}}};
    const auto failed = open({{"other", {{"create table thing (name text primary key)"}}}, broken});
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().text.find("in migration 2 of notes"), std::string::npos) << failed.error().text;
    EXPECT_EQ(beside_.ask(format("select count(*) from information_schema.columns where table_schema = '{}' and column_name in ('size', 'name')", options_.schema)), "0");
    EXPECT_EQ(count(**open()), 1);
}

TEST_P(StatePostgresql, TextSortsByItsBytesWhateverTheDatabaseSays) {
    const auto state = *open();
    std::int64_t id = 0;
    for (const char* body : {"b", "a", "B", "Đ", "_", "é", "z", "A"}) ASSERT_TRUE(add(*state, ++id, body));
    const auto sorted = state->read([](Transaction& tx) { return tx.query<std::string>("select body from note where body > :a order by body", {"A"}); });
    std::string all;
    for (const auto& [body] : *sorted) all += body + " ";
    EXPECT_EQ(all, "B _ a b z é Đ ");  // 42 5F 61 62 7A C3A9 C490
    EXPECT_EQ(beside_.ask("select collation_name from information_schema.columns where table_name = 'note' and column_name = 'body' and table_schema = current_schema()"), "C");
}

TEST_P(StatePostgresql, ErrorsHoldNoValues) {
    const auto state = *open();
    const auto failed = state->write([](Transaction& tx) { return tx.run("insert into note (id) values (:a)", {"a secret"}); });
    EXPECT_EQ(failed.error().text.find("secret"), std::string::npos) << failed.error().text;
    ASSERT_TRUE(state->write([](Transaction& tx) { return tx.run("create unique index one on note (body)"); }));
    ASSERT_TRUE(add(*state, 1, "a secret"));
    const Status twice = add(*state, 2, "a secret");
    EXPECT_EQ(twice.error().code, Code::conflict);
    EXPECT_EQ(twice.error().text.find("secret"), std::string::npos) << twice.error().text;
}

TEST_P(StatePostgresql, AServerThatIsNotThereIsNamed) {
    options_.postgresql = "host=/nonexistent dbname=vonggac user=nobody";
    const auto missing = open();
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, Code::unavailable);
    EXPECT_NE(missing.error().text.find("the PostgreSQL database vonggac at /nonexistent cannot be reached"), std::string::npos) << missing.error().text;
    options_.schema = "x\"; drop schema public --";
    EXPECT_EQ(open().error().code, Code::bad_input);
}

TEST_P(StatePostgresql, CommitsAreDurableThoughTheServerWouldNotWait) {
    beside_.ask("alter role vonggac set synchronous_commit = off");
    const auto state = *open();
    const auto setting = state->write([](Transaction& tx) { return tx.first<std::string>("show synchronous_commit"); });
    beside_.ask("alter role vonggac reset synchronous_commit");
    EXPECT_EQ(std::get<0>(**setting), "on");
}

// The move to the other engine and back, with every kind of text.
TEST_P(StatePostgresql, DumpsGoBothWaysAndAreEqual) {
    const std::vector<Schema> schemas{kNotes, audit_schema()};
    const auto dump = [](State& state) {
        std::vector<std::string> lines;
        EXPECT_TRUE(state.read([&](Transaction& tx) {
            return dump_tables(tx, [&](std::string_view line) -> Status {
                lines.emplace_back(line);
                return {};
            });
        }));
        return lines;
    };
    const auto load = [](State& state, const std::vector<std::string>& lines) {
        const auto loaded = state.write([&](Transaction& tx) {
            std::size_t at = 0;
            return load_tables(tx, [&]() -> Result<std::optional<std::string>> { return at == lines.size() ? std::nullopt : std::optional{lines[at++]}; });
        });
        EXPECT_TRUE(loaded) << loaded.error().text;
    };
    const auto sqlite = *State::open({":memory:"}, schemas, metrics_);
    ASSERT_TRUE(sqlite->write([](Transaction& tx) -> Status {
        for (std::int64_t id = 450; id > 0; --id) TRY(tx.run("insert into note (id, body) values (:a, :b)", {id, format("Đặng {}", id)}));
        TRY(tx.run("update note set other = 450 where id < 3"));  // names a row that comes later
        TRY(tx.run("insert into note (id, body) values (-1, :a)", {std::string_view{"\0\xff\xf4\x8f\xbc\x80", 6}}));
        TRY(tx.run("insert into note (id, body) values (-2, '')"));
        for (int line = 0; line < 3; ++line)
            TRY(audit::append(tx, {.time = {line}, .actor = "an\xff", .action = "do", .object = "x", .organisation = {}, .details = json::object({{"n", line}})}));
        return {};
    }));
    const auto postgresql = *open(schemas);
    const auto again = *State::open({":memory:"}, schemas, metrics_);
    load(*postgresql, dump(*sqlite));
    load(*again, dump(*postgresql));
    EXPECT_EQ(dump(*postgresql), dump(*sqlite));
    EXPECT_EQ(dump(*again), dump(*sqlite));
    const auto verified = postgresql->read([](Transaction& tx) { return audit::verify(tx); });
    EXPECT_FALSE(verified->first_wrong) << verified->reason;
    EXPECT_EQ(verified->lines, 3);
}

TEST(PostgresqlSetting, AConnectionStringWithAPasswordIsRefused) {
    for (const char* good : {"host=/run/postgresql dbname=vonggac", "postgresql://vonggac@db.example/vonggac?sslmode=verify-full", "service=vonggac passfile=/etc/vonggac/pgpass"})
        EXPECT_TRUE(check_postgresql(good)) << good;
    for (const char* secret : {"host=db.example password=hunter2", "postgresql://vonggac:hunter2@db.example/vonggac", "sslpassword=hunter2 host=db.example",
                               "postgresql://vonggac:hunter2@[db.example/vonggac", "password=hunter2 hots=db.example"}) {
        const Status refused = check_postgresql(secret);
        ASSERT_FALSE(refused) << secret;
        EXPECT_EQ(refused.error().code, Code::bad_input);
        EXPECT_EQ(refused.error().text.find("hunter2"), std::string::npos) << refused.error().text;
    }
    EXPECT_NE(check_postgresql("hots=db.example").error().text.find("hots"), std::string::npos);
}

}  // namespace
}  // namespace vg::store
