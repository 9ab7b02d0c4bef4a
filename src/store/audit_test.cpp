#include "store/audit.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/text.h"
#include "store/state_fixture.h"

namespace vg::store {
namespace {

class AuditTest : public ::testing::Test {
protected:
    static std::unique_ptr<State> open(metrics::Registry& metrics) {
        const Schema schema = audit_schema();
        auto state = State::open(test_state(), std::span{&schema, 1}, metrics);
        if (!state) ADD_FAILURE() << state.error().text;
        return std::move(*state);
    }

    static OrganisationId organisation(std::uint8_t n) {
        OrganisationId id;
        id.bytes[15] = n;
        return id;
    }
    static AuditLine line(int n) {
        return {.time = Time{1'700'000'000'000'000 + n}, .actor = "user:an", .action = "finding:mute", .object = format("finding/{}", n),
                .organisation = organisation(static_cast<std::uint8_t>(n % 3)), .details = json::object({{"reason", "đã xem"}, {"n", n}})};
    }
    void append(int count) {
        const Status appended = state_->write([&](Transaction& tx) -> Status {
            for (int n = 1; n <= count; ++n) TRY(audit::append(tx, line(n)));
            return {};
        });
        ASSERT_TRUE(appended) << appended.error().text;
    }
    // What somebody does who has the file and knows SQL: the triggers are no obstacle to them.
    void tamper(const std::vector<std::string_view>& statements) {
        const Status done = state_->write([&](Transaction& tx) -> Status {
            for (const char* trigger : {"audit_no_update", "audit_no_delete", "audit_next_number"})
                TRY(tx.run(format("drop trigger {}{}", trigger, tx.engine() == EngineKind::postgresql ? " on audit" : "")));
            for (const std::string_view statement : statements) TRY(tx.run(statement));
            return {};
        });
        ASSERT_TRUE(done) << done.error().text;
    }
    audit::Verification verify() {
        auto found = state_->read([](Transaction& tx) { return audit::verify(tx); });
        if (!found) ADD_FAILURE() << found.error().text;
        return *found;
    }

    metrics::Registry metrics_;
    std::unique_ptr<State> state_ = open(metrics_);
};

TEST_F(AuditTest, AnEmptyChainIsRight) {
    const audit::Verification found = verify();
    EXPECT_EQ(found.lines, 0);
    EXPECT_FALSE(found.first_wrong) << found.reason;
}

TEST_F(AuditTest, LinesAreNumberedFromOneAndVerified) {
    append(2'500);  // more than two pages of verify()
    const audit::Verification found = verify();
    EXPECT_EQ(found.lines, 2'500);
    EXPECT_FALSE(found.first_wrong) << found.reason;
    const auto lines = state_->read([](Transaction& tx) { return audit::list(tx, nullptr, std::nullopt, 10'000); });
    ASSERT_EQ(lines->size(), 2'500u);
    for (std::size_t i = 0; i < lines->size(); ++i) EXPECT_EQ((*lines)[i].number, static_cast<std::int64_t>(2'500 - i));
    EXPECT_EQ(found.head, lines->front().hash);
}

// The hash of the first line, computed by hand from the description in audit.cpp: netstrings of "", "1", time, actor,
// action, object, organisation and the JSON text.
TEST_F(AuditTest, TheHashCanBeComputedByAnyone) {
    append(1);
    const std::string text =
        "0:,1:1,16:1700000000000001,7:user:an,12:finding:mute,9:finding/1,36:00000000-0000-0000-0000-000000000001,"
        "27:{\"reason\":\"đã xem\",\"n\":1},";
    EXPECT_EQ(verify().head, sha256_hex(text));
}

TEST_F(AuditTest, ALineIsReadBackAsWritten) {
    append(1);
    const auto lines = state_->read([](Transaction& tx) { return audit::list(tx, nullptr, std::nullopt, 1); });
    const AuditLine& read = lines->front();
    EXPECT_EQ(read.time, line(1).time);
    EXPECT_EQ(read.actor, "user:an");
    EXPECT_EQ(read.action, "finding:mute");
    EXPECT_EQ(read.object, "finding/1");
    EXPECT_EQ(read.organisation, organisation(1));
    EXPECT_EQ(read.details, line(1).details);
}

TEST_F(AuditTest, AnErrorOfTheChangeTakesItsLineAway) {
    append(1);
    EXPECT_FALSE(state_->write([&](Transaction& tx) -> Status {
        TRY(audit::append(tx, line(2)));
        return fail(Code::conflict, "the change did not happen");
    }));
    append(1);
    EXPECT_EQ(verify().lines, 2);
    EXPECT_FALSE(verify().first_wrong);
}

TEST_F(AuditTest, ListsOnlyTheLinesOfTheOrganisationsAskedFor) {
    append(9);
    const auto numbers = [&](const std::vector<OrganisationId>* organisations, std::optional<std::int64_t> before, std::size_t limit) {
        std::string text;
        const auto lines = state_->read([&](Transaction& tx) { return audit::list(tx, organisations, before, limit); });
        for (const AuditLine& found : *lines) text += std::to_string(found.number) + " ";
        return text;
    };
    const std::vector<OrganisationId> one{organisation(1)}, both{organisation(1), organisation(2)}, none;
    EXPECT_EQ(numbers(&one, std::nullopt, 10), "7 4 1 ");
    EXPECT_EQ(numbers(&both, 8, 3), "7 5 4 ");
    EXPECT_EQ(numbers(&none, std::nullopt, 10), "");
    EXPECT_EQ(numbers(nullptr, 3, 10), "2 1 ");
}

TEST_F(AuditTest, TheTableCannotBeChangedThroughTheProgram) {
    append(3);
    for (const char* statement : {"update audit set actor = 'user:bo' where number = 2", "delete from audit where number = 3", "delete from audit",
                                  "insert into audit select 9, time, actor, action, object, organisation, details, hash from audit where number = 1",
                                  "insert into audit select 2, time, 'user:bo', action, object, organisation, details, hash from audit where number = 2 "
                                  "on conflict (number) do update set actor = excluded.actor"}) {
        EXPECT_EQ(state_->write([&](Transaction& tx) { return tx.run(statement); }).error().code, Code::conflict) << statement;
    }
    if (test_postgresql().empty()) {
        EXPECT_EQ(state_->write([&](Transaction& tx) {
            return tx.run("insert or replace into audit select 2, time, 'user:bo', action, object, organisation, details, hash from audit where number = 2");
        }).error().code, Code::conflict);
    } else {
        EXPECT_EQ(state_->write([&](Transaction& tx) { return tx.run("truncate audit"); }).error().code, Code::conflict);
    }
    EXPECT_FALSE(verify().first_wrong);
}

struct Tampering {
    const char* name;
    std::vector<std::string_view> statements;
    std::int64_t first_wrong;
};

TEST_F(AuditTest, EveryKindOfTamperingIsFoundAtItsFirstLine) {
    const std::vector<Tampering> kinds = {
        {"time", {"update audit set time = time + 1 where number = 3"}, 3},
        {"actor", {"update audit set actor = 'user:bo' where number = 3"}, 3},
        {"action", {"update audit set action = 'finding:read' where number = 3"}, 3},
        {"object", {"update audit set object = 'finding/4' where number = 3"}, 3},
        {"organisation", {"update audit set organisation = '00000000-0000-0000-0000-000000000002' where number = 3"}, 3},
        {"an organisation that was nil made unreadable", {"update audit set organisation = 'x' where number = 3"}, 3},
        {"details", {"update audit set details = '{}' where number = 3"}, 3},
        {"details that are no JSON", {"update audit set details = 'x' where number = 3"}, 3},
        {"a bit moved between two members", {"update audit set actor = 'user:a', action = 'nfinding:mute' where number = 3"}, 3},
        {"hash", {"update audit set hash = 'ff' where number = 3"}, 3},
        {"first line gone", {"delete from audit where number = 1"}, 1},
        {"line in the middle gone", {"delete from audit where number = 3"}, 3},
        {"line gone and the rest moved up", {"delete from audit where number = 3", "update audit set number = number - 1 where number > 3"}, 3},
        {"last line gone", {"delete from audit where number = 6"}, 6},
        {"last line gone and the note of it adapted", {"delete from audit where number = 6", "update audit_head set number = 5"}, 5},
        {"all gone", {"delete from audit"}, 1},
        {"line in front", {"insert into audit select 0, time, actor, action, object, organisation, details, hash from audit where number = 1"}, 0},
        {"line at the end", {"insert into audit select 7, time, actor, action, object, organisation, details, hash from audit where number = 6"}, 7},
        {"two lines swapped",
         {"update audit set number = 99 where number = 3", "update audit set number = 3 where number = 4", "update audit set number = 4 where number = 99"}, 3},
        {"the note of the last line gone", {"delete from audit_head"}, 6},
    };
    for (const Tampering& kind : kinds) {
        state_ = open(metrics_);
        append(6);
        ASSERT_FALSE(verify().first_wrong);
        tamper(kind.statements);
        const audit::Verification found = verify();
        EXPECT_EQ(found.first_wrong, kind.first_wrong) << kind.name << ": " << found.reason;
        EXPECT_FALSE(found.reason.empty()) << kind.name;
    }
}

// Whoever can rewrite the whole chain can make one that fits: only a head that was written down elsewhere shows it.
TEST_F(AuditTest, ARewrittenChainHasAnotherHead) {
    append(6);
    const std::string noted = verify().head;
    state_ = open(metrics_);
    append(5);
    AuditLine other = line(6);
    other.actor = "user:bo";
    ASSERT_TRUE(state_->write([&](Transaction& tx) { return audit::append(tx, other); }));
    EXPECT_FALSE(verify().first_wrong);
    EXPECT_NE(verify().head, noted);
}

TEST_F(AuditTest, DetailsAreBounded) {
    AuditLine huge = line(1);
    huge.details = json::object({{"text", std::string(70'000, 'x')}});
    EXPECT_EQ(state_->write([&](Transaction& tx) { return audit::append(tx, huge); }).error().code, Code::too_large);
    EXPECT_EQ(verify().lines, 0);
}

}  // namespace
}  // namespace vg::store
