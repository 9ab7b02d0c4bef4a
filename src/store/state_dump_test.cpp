#include "store/state_dump.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/text.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::store {
namespace {

// A table that names itself, one whose key has two columns in another order than the table, all three types.
const Schema kThings{"things",
                     {{"create table thing (id text primary key, parent text references thing (id), weight double precision, made bigint)",
                       "create table thing_part (body text, number bigint not null, thing text not null references thing (id), primary key (thing, number))"}}};
const Schema kLater{"things", {kThings.migrations[0], {"alter table thing add column size bigint not null default 7"}}};

using Lines = std::vector<std::string>;

class StateDump : public ::testing::Test {
protected:
    std::unique_ptr<State> open(const std::vector<Schema>& schemas) {
        auto state = State::open(test_state(), schemas, metrics_);
        if (!state) ADD_FAILURE() << state.error().text;
        return std::move(*state);
    }
    static Result<Lines> dump(State& state, std::vector<TableRows>* counts = nullptr) {
        Lines lines;
        auto rows = state.read([&](Transaction& tx) {
            return dump_tables(tx, [&](std::string_view line) -> Status {
                lines.emplace_back(line);
                return {};
            });
        });
        if (!rows) return fail(rows.error());
        if (counts != nullptr) *counts = *rows;
        return lines;
    }
    static Result<std::vector<TableRows>> load(State& state, const Lines& lines) {
        return state.write([&](Transaction& tx) {
            std::size_t at = 0;
            return load_tables(tx, [&]() -> Result<std::optional<std::string>> {
                if (at == lines.size()) return std::nullopt;
                return lines[at++];
            });
        });
    }
    // A parent that comes after its child in order of the key, extremes of each type, bytes that are no UTF-8.
    static void fill(State& state) {
        const Status filled = state.write([](Transaction& tx) -> Status {
            TRY(tx.run("insert into thing (id, parent, weight, made) values (:a, null, :b, :c)", {"z", 0.1, std::numeric_limits<std::int64_t>::min()}));
            TRY(tx.run("insert into thing (id, parent, weight, made) values (:a, :p, :b, :c)", {"a", "z", -1e300, std::numeric_limits<std::int64_t>::max()}));
            TRY(tx.run("insert into thing (id, parent, weight, made) values (:a, :p, null, null)", {"Đặng", "a"}));
            TRY(tx.run("insert into thing_part (thing, number, body) values (:a, :b, :c)", {"z", 2, std::string_view{"a\0b\xff\"\n", 6}}));
            TRY(tx.run("insert into thing_part (thing, number, body) values (:a, :b, :c)", {"z", 10, ""}));
            TRY(tx.run("insert into thing_part (thing, number, body) values (:a, :b, null)", {"a", 3}));
            for (int line = 0; line < 3; ++line)
                TRY(audit::append(tx, {.time = {line}, .actor = "an", .action = "do", .object = "thing/z", .organisation = {}, .details = json::object({{"n", line}})}));
            return {};
        });
        ASSERT_TRUE(filled) << filled.error().text;
    }

    metrics::Registry metrics_;
};

TEST_F(StateDump, SaysEveryValueInOrderOfTheKeys) {
    const auto state = open({kThings});
    const Status filled = state->write([](Transaction& tx) -> Status {
        TRY(tx.run("insert into thing (id, parent, weight, made) values ('b', null, 0.5, -3)"));
        TRY(tx.run("insert into thing (id, parent, weight, made) values ('a', 'b', 2, null)"));
        TRY(tx.run("insert into thing_part (thing, number, body) values ('b', 1, :a)", {std::string_view{"\xc3(", 2}}));
        TRY(tx.run("insert into thing_part (thing, number, body) values ('a', 5, 'x\"y')"));
        return {};
    });
    ASSERT_TRUE(filled) << filled.error().text;
    std::vector<TableRows> counts;
    const auto lines = dump(*state, &counts);
    ASSERT_TRUE(lines) << lines.error().text;
    EXPECT_EQ(*lines, (Lines{
                          R"({"vonggac_state":1,"schemas":{"things":1}})",
                          R"({"table":"thing","columns":[["id","text"],["parent","text"],["weight","real"],["made","integer"]]})",
                          R"(["a","b",2.0,null])",
                          R"(["b",null,0.5,-3])",
                          R"({"end":"thing","rows":2})",
                          R"({"table":"thing_part","columns":[["body","text"],["number","integer"],["thing","text"]]})",
                          R"(["x\"y",5,"a"])",
                          R"([{"hex":"c328"},1,"b"])",
                          R"({"end":"thing_part","rows":2})",
                          R"({"end_of_state":true,"tables":2,"rows":4})",
                      }));
    EXPECT_EQ(counts, (std::vector<TableRows>{{"thing", 2}, {"thing_part", 2}}));
}

TEST_F(StateDump, LoadsWhatWasDumped) {
    const auto state = open({kThings, audit_schema()});
    fill(*state);
    std::vector<TableRows> counts;
    const auto lines = dump(*state, &counts);
    ASSERT_TRUE(lines) << lines.error().text;
    const auto other = open({kThings, audit_schema()});
    const auto loaded = load(*other, *lines);
    ASSERT_TRUE(loaded) << loaded.error().text;
    EXPECT_EQ(*loaded, counts);
    EXPECT_EQ(*loaded, (std::vector<TableRows>{{"audit", 3}, {"audit_head", 1}, {"thing", 3}, {"thing_part", 3}}));
    EXPECT_EQ(other->read([](Transaction& tx) { return count_tables(tx); }), counts);
    EXPECT_EQ(*dump(*other), *lines);
    const auto body = other->read([](Transaction& tx) { return tx.first<std::string>("select body from thing_part where thing = 'z' and number = 2"); });
    EXPECT_EQ(std::get<0>(**body), std::string("a\0b\xff\"\n", 6));
    // The chain goes on where it stood.
    const auto verified = other->write([](Transaction& tx) -> Result<audit::Verification> {
        TRY(audit::append(tx, {.time = {9}, .actor = "an", .action = "do", .object = "thing/z", .organisation = {}, .details = {}}));
        return audit::verify(tx);
    });
    ASSERT_TRUE(verified) << verified.error().text;
    EXPECT_EQ(verified->lines, 4);
    EXPECT_FALSE(verified->first_wrong) << verified->reason;
}

TEST_F(StateDump, TablesLongerThanAPageComeWhole) {
    const auto state = open({kThings});
    ASSERT_TRUE(state->write([](Transaction& tx) -> Status {
        for (int i = 0; i < 600; ++i) {
            TRY(tx.run("insert into thing (id) values (:a)", {format("t{:03}", i)}));
            TRY(tx.run("insert into thing_part (thing, number) values (:a, :b)", {format("t{:03}", i / 7), i % 7}));
        }
        return {};
    }));
    std::vector<TableRows> counts;
    const auto lines = dump(*state, &counts);
    EXPECT_EQ(counts, (std::vector<TableRows>{{"thing", 600}, {"thing_part", 600}}));
    const auto other = open({kThings});
    ASSERT_TRUE(load(*other, *lines));
    EXPECT_EQ(*dump(*other), *lines);
}

TEST_F(StateDump, ADumpThatIsDamagedChangesNothing) {
    const auto state = open({kThings, audit_schema()});
    fill(*state);
    const Lines good = *dump(*state);
    const auto other = open({kThings, audit_schema()});
    const auto refused = [&](const Lines& lines, std::string_view reason) {
        const auto loaded = load(*other, lines);
        ASSERT_FALSE(loaded) << reason;
        EXPECT_NE(loaded.error().text.find(reason), std::string::npos) << loaded.error().text;
    };
    for (std::size_t kept = 0; kept < good.size(); ++kept) refused(Lines(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(kept)), "is cut off here");
    for (std::size_t gone = 0; gone < good.size(); ++gone) {
        Lines lines = good;
        lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(gone));
        EXPECT_FALSE(load(*other, lines)) << good[gone];
    }
    Lines lines = good;
    lines[2] = R"(["1"])";
    refused(lines, "line 3 of the dump: a row of audit has 1 values");
    lines = good;
    lines[0] = R"({"something":1})";
    refused(lines, "this is no dump of State");
    lines[0] = R"({"vonggac_state":2,"schemas":{}})";
    refused(lines, "use the newer program");
    EXPECT_EQ(other->read([](Transaction& tx) { return count_tables(tx); }), (std::vector<TableRows>{{"audit", 0}, {"audit_head", 0}, {"thing", 0}, {"thing_part", 0}}));
    EXPECT_TRUE(load(*other, good));
}

// What a row names must be there in the end.
TEST_F(StateDump, ARowThatNamesNothingIsRefused) {
    const auto state = open({kThings});
    const auto loaded = load(*state, {R"({"vonggac_state":1,"schemas":{"things":1}})",
                                      R"({"table":"thing","columns":[["id","text"],["parent","text"],["weight","real"],["made","integer"]]})", R"(["a","nobody",null,null])",
                                      R"({"end":"thing","rows":1})", R"({"table":"thing_part","columns":[["body","text"],["number","integer"],["thing","text"]]})",
                                      R"({"end":"thing_part","rows":0})", R"({"end_of_state":true,"tables":2,"rows":1})"});
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, Code::conflict) << loaded.error().text;
    EXPECT_EQ(state->read([](Transaction& tx) { return count_tables(tx); }), (std::vector<TableRows>{{"thing", 0}, {"thing_part", 0}}));
}

TEST_F(StateDump, AStateThatHasRowsIsNotFilled) {
    const auto state = open({kThings});
    const Lines lines = *dump(*state);
    ASSERT_TRUE(load(*state, lines));  // nothing into nothing
    ASSERT_TRUE(state->write([](Transaction& tx) { return tx.run("insert into thing (id) values ('a')"); }));
    EXPECT_EQ(load(*state, lines).error().code, Code::conflict);
}

TEST_F(StateDump, AnOlderDumpIsLoadedAtItsVersionAndUpgraded) {
    const auto before = open({kThings, audit_schema()});
    fill(*before);
    const Lines lines = *dump(*before);
    const std::vector<Schema> present{kLater, audit_schema(), {"other", {{"create table other (id bigint primary key)"}}}};
    EXPECT_EQ(load(*open(present), lines).error().code, Code::conflict);

    const auto head = read_dump_head(lines[0]);
    ASSERT_TRUE(head) << head.error().text;
    const auto then = schemas_at(*head, present);
    ASSERT_TRUE(then) << then.error().text;
    ASSERT_EQ(then->size(), 2u);
    const auto state = open(*then);
    EXPECT_TRUE(load(*state, lines));

    const auto newer = schemas_at(*head, std::vector<Schema>{kThings});
    ASSERT_FALSE(newer);
    EXPECT_EQ(newer.error().code, Code::denied);
    EXPECT_FALSE(read_dump_head("[1]"));
}

TEST_F(StateDump, AnErrorOfTheSinkEndsIt) {
    const auto state = open({kThings});
    const auto failed = state->read([](Transaction& tx) {
        return dump_tables(tx, [](std::string_view line) -> Status {
            if (line.find("thing_part") != std::string_view::npos) return fail(Code::unavailable, "the disk is full");
            return {};
        });
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Code::unavailable);
}

}  // namespace
}  // namespace vg::store
