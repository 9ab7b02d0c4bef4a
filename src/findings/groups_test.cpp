// Findings counted together, given to people, and what people did to one.
#include <gtest/gtest.h>

#include "findings/book.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::findings::groups_test {
namespace {

using access::Actor;
using access::Scope;

constexpr Time kStart{1'700'000'000'000'000};

class GroupsTest : public ::testing::Test {
protected:
    GroupsTest() {
        const store::Schema schemas[] = {schema(), store::audit_schema()};
        auto opened = store::State::open(store::test_state(), schemas, metrics_);
        if (!opened) ADD_FAILURE() << opened.error().text;
        state_ = std::move(*opened);
    }
    OrganisationId organisation(std::uint8_t number) { return OrganisationId{{number, 1}}; }
    std::vector<Touched> record(const std::string& entity, const detect::RuleInfo& rule, std::uint8_t owner = 1) {
        const Time at = kStart + seconds(static_cast<std::int64_t>(++position_));
        const Sighting sighting{.event = {Uuid{7}, {position_}}, .source = SourceId{{9}}, .organisation = organisation(owner), .occurred = at, .received = at,
                                .entity = entity, .rule = &rule, .matched = json::object({})};
        const auto touched = state_->write([&](store::Transaction& tx) { return Book::record_and_tell(tx, {&sighting, 1}); });
        EXPECT_TRUE(touched);
        return touched.value_or(std::vector<Touched>{});
    }
    std::vector<Group> groups(Grouping by, const Scope& scope = Scope::node(), const Filter& filter = {}) {
        auto found = state_->read([&](store::Transaction& tx) { return Book::groups(tx, scope, filter, by, 100); });
        EXPECT_TRUE(found) << (found ? "" : found.error().text);
        return found.value_or(std::vector<Group>{});
    }
    Status assign(const FindingId& id, std::string_view name, const Actor& actor, std::optional<std::int64_t> version = {}) {
        return state_->write([&](store::Transaction& tx) { return Book::assign(tx, actor, id, name, version, kStart); });
    }
    Finding find(const FindingId& id) { return state_->read([&](store::Transaction& tx) { return Book::find(tx, Scope::node(), id); }).value(); }

    metrics::Registry metrics_;
    std::unique_ptr<store::State> state_;
    std::uint64_t position_ = 0;
    detect::RuleInfo low_{.id = "low-rule", .title = "Low", .kind = "sigma", .level = detect::Level::low};
    detect::RuleInfo critical_{.id = "critical-rule", .title = "Critical", .kind = "sigma", .level = detect::Level::critical};
    Actor node_{.name = "user:an", .scope = Scope::node()};
};

TEST_F(GroupsTest, TellWhatABatchTouchedAndWhetherItIsNew) {
    const auto first = record("host:a", low_), second = record("host:a", low_), third = record("host:b", critical_, 2);
    ASSERT_EQ(first.size(), 1U);
    EXPECT_TRUE(first[0].is_new);
    EXPECT_EQ(first[0].level, "low");
    EXPECT_EQ(first[0].organisation, organisation(1));
    ASSERT_EQ(second.size(), 1U);
    EXPECT_FALSE(second[0].is_new);
    EXPECT_EQ(second[0].id, first[0].id);
    EXPECT_EQ(third[0].level, "critical");
    EXPECT_EQ(third[0].organisation, organisation(2));
}

TEST_F(GroupsTest, PutTheWorstFirstAndAddUp) {
    record("host:a", low_);
    record("host:a", low_);
    record("host:b", low_);
    record("host:b", critical_);
    const auto by_rule = groups(Grouping::rule);
    ASSERT_EQ(by_rule.size(), 2U);
    EXPECT_EQ(by_rule[0].value, "critical-rule");
    EXPECT_EQ(by_rule[0].title, "Critical");
    EXPECT_EQ(by_rule[0].level, "critical");
    EXPECT_EQ(by_rule[1].findings, 2);
    EXPECT_EQ(by_rule[1].events, 3);
    EXPECT_EQ(by_rule[1].last_seen, kStart + seconds(3));
    const auto by_entity = groups(Grouping::entity);
    ASSERT_EQ(by_entity.size(), 2U);
    EXPECT_EQ(by_entity[0].value, "host:b");
    EXPECT_EQ(by_entity[0].level, "critical");
    EXPECT_EQ(by_entity[0].findings, 2);
    EXPECT_EQ(state_->read([&](store::Transaction& tx) { return Book::find(tx, Scope::node(), FindingId::parse(by_entity[0].example).value()); }).value().entity, by_entity[0].value);
    EXPECT_EQ(groups(Grouping::level).size(), 2U);
}

TEST_F(GroupsTest, HoldNothingOutsideTheScopeOrTheFilter) {
    record("host:a", low_, 1);
    record("host:z", critical_, 2);
    const auto own = groups(Grouping::entity, Scope::of({organisation(1)}));
    ASSERT_EQ(own.size(), 1U);
    EXPECT_EQ(own[0].value, "host:a");
    EXPECT_TRUE(groups(Grouping::organisation, Scope::nothing()).empty());
    EXPECT_EQ(groups(Grouping::rule, Scope::node(), {.level = "critical"}).size(), 1U);
}

TEST_F(GroupsTest, AreNamedByTheApi) {
    EXPECT_EQ(grouping_named("assignee"), Grouping::assignee);
    EXPECT_EQ(grouping_named("matched"), std::nullopt);
}

TEST_F(GroupsTest, AFindingIsGivenAndGivenBack) {
    const FindingId id = record("host:a", low_)[0].id;
    ASSERT_TRUE(assign(id, "hang", node_));
    EXPECT_EQ(find(id).assignee, "hang");
    EXPECT_EQ(groups(Grouping::assignee, Scope::node(), {.assignee = "hang"}).size(), 1U);
    EXPECT_EQ(assign(id, "hang", node_).error().code, Code::conflict);
    EXPECT_EQ(assign(id, "an", node_, 1).error().code, Code::conflict) << "of another version";
    ASSERT_TRUE(assign(id, "", node_, 2));
    EXPECT_EQ(find(id).assignee, "");
}

TEST_F(GroupsTest, AStrangerGivesNothingAndAClosedOneStays) {
    const FindingId id = record("host:a", low_)[0].id;
    const Actor stranger{.name = "user:x", .scope = Scope::of({organisation(2)})};
    EXPECT_EQ(assign(id, "x", stranger).error().code, Code::not_found);
    ASSERT_TRUE(state_->write([&](store::Transaction& tx) { return Book::close(tx, node_, id, "cleaned", std::nullopt, kStart); }));
    EXPECT_EQ(assign(id, "hang", node_).error().code, Code::conflict);
}

TEST_F(GroupsTest, HistoryTellsWhoDidWhatNewestFirst) {
    const FindingId id = record("host:a", low_)[0].id, other = record("host:b", low_)[0].id;
    ASSERT_TRUE(assign(id, "hang", node_));
    ASSERT_TRUE(assign(other, "minh", node_));
    ASSERT_TRUE(state_->write([&](store::Transaction& tx) { return Book::close(tx, node_, id, "cleaned by hand", std::nullopt, kStart + seconds(9)); }));
    const auto history = state_->read([&](store::Transaction& tx) { return Book::history(tx, Scope::node(), id); });
    ASSERT_TRUE(history);
    ASSERT_EQ(history->size(), 2U);
    EXPECT_EQ((*history)[0].action, "finding:close");
    EXPECT_EQ((*history)[0].actor, "user:an");
    EXPECT_EQ((*history)[0].time, kStart + seconds(9));
    EXPECT_EQ((*history)[0].details.text("reason"), "cleaned by hand");
    EXPECT_EQ((*history)[1].details.find("after")->text("assignee"), "hang");
    const auto foreign = state_->read([&](store::Transaction& tx) { return Book::history(tx, Scope::of({organisation(2)}), id); });
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().code, Code::not_found);
}

}  // namespace
}  // namespace vg::findings::groups_test
