// The kept counts against counting the findings one by one, whatever happens to them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <set>

#include "base/text.h"
#include "findings/rows.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::findings::tally_test {
namespace {

using access::Actor;
using access::Scope;

constexpr Time kStart{1'700'000'000'000'000};
constexpr detect::Level kLevels[] = {detect::Level::informational, detect::Level::low, detect::Level::medium, detect::Level::high, detect::Level::critical};
constexpr Grouping kGroupings[] = {Grouping::rule, Grouping::entity, Grouping::organisation, Grouping::level, Grouping::assignee};

OrganisationId organisation(int number) { return OrganisationId{{static_cast<std::uint8_t>(number), 1}}; }

std::string value_of(const Finding& finding, Grouping by) {
    switch (by) {
        case Grouping::rule: return finding.rule_id;
        case Grouping::entity: return finding.entity;
        case Grouping::organisation: return finding.organisation.text();
        case Grouping::level: return finding.level;
        case Grouping::assignee: return finding.assignee;
    }
    return {};
}

int number_of(std::string_view level) {
    for (int i = 0; i < 5; ++i)
        if (detect::name_of(kLevels[i]) == level) return i;
    return -1;
}

// What groups() promises, from the findings themselves.
struct Expected {
    Group group;
    std::set<std::string> ids;
};
std::vector<Expected> expected(const std::vector<Finding>& findings, Grouping by, std::size_t limit) {
    std::map<std::string, Expected> counted;
    for (const Finding& finding : findings) {
        Expected& one = counted[value_of(finding, by)];
        if (one.ids.empty()) one.group = {.value = value_of(finding, by), .level = finding.level, .last_seen = finding.last_seen};
        one.ids.insert(finding.id.text());
        if (number_of(finding.level) > number_of(one.group.level)) one.group.level = finding.level;
        one.group.findings += 1;
        one.group.events += finding.count;
        one.group.last_seen = std::max(one.group.last_seen, finding.last_seen);
        if (by == Grouping::rule) one.group.title = std::max(one.group.title, finding.rule_title);
    }
    std::vector<Expected> sorted;
    for (auto& [value, one] : counted) sorted.push_back(one);
    std::stable_sort(sorted.begin(), sorted.end(), [](const Expected& one, const Expected& other) {
        return std::pair{number_of(one.group.level), one.group.findings} > std::pair{number_of(other.group.level), other.group.findings};
    });
    if (sorted.size() > limit) sorted.resize(limit);
    return sorted;
}

class TallyTest : public ::testing::Test {
protected:
    void open(const std::vector<store::Schema>& schemas) {
        state_.reset();
        auto opened = store::State::open(options_, schemas, metrics_);
        ASSERT_TRUE(opened) << opened.error().text;
        state_ = std::move(*opened);
    }
    std::vector<Finding> list(const Scope& scope, const Filter& filter) {
        auto page = state_->read([&](store::Transaction& tx) { return Book::list(tx, scope, filter, std::nullopt, 1000); });
        EXPECT_TRUE(page) << page.error().text;
        return page ? page->items : std::vector<Finding>{};
    }
    static void compare(const Result<std::vector<Group>>& found, const std::vector<Expected>& wanted, const std::string& what) {
        ASSERT_TRUE(found) << what << ": " << found.error().text;
        ASSERT_EQ(found->size(), wanted.size()) << what;
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const Group &one = (*found)[i], &other = wanted[i].group;
            EXPECT_EQ(std::tie(one.value, one.title, one.level, one.findings, one.events, one.last_seen.micros),
                      std::tie(other.value, other.title, other.level, other.findings, other.events, other.last_seen.micros))
                << what << ", row " << i << ": " << one.value << " " << one.level << " " << one.findings << " " << one.events << " " << one.last_seen.micros << ", not " << other.value
                << " " << other.level << " " << other.findings << " " << other.events << " " << other.last_seen.micros;
            EXPECT_EQ(wanted[i].ids.count(one.example), 1U) << what << ": the example is one of them";
        }
    }
    void check(const Scope& scope, const Filter& filter, std::size_t limit, const std::string& what) {
        const std::vector<Finding> findings = list(scope, filter);
        for (const Grouping by : kGroupings) {
            const std::string where = format("{}, by {}", what, static_cast<int>(by));
            compare(state_->read([&](store::Transaction& tx) { return Book::groups(tx, scope, filter, by, limit); }), expected(findings, by, limit), where);
        }
        if (filter.entity || filter.since) return;
        const auto walked = state_->read([&](store::Transaction& tx) { return first_entities(tx, scope, filter, limit); });
        ASSERT_TRUE(walked) << walked.error().text;
        ASSERT_TRUE(*walked) << "a few entities are walked through";
        compare(**walked, expected(findings, Grouping::entity, limit), what + ", walked");
    }

    metrics::Registry metrics_;
    std::string folder_ = [] {
        std::string name = (std::filesystem::temp_directory_path() / "vonggac-tally-XXXXXX").string();
        return std::string{::mkdtemp(name.data())};
    }();
    store::StateOptions options_ = store::test_state(folder_ + "/state.sqlite");
    std::unique_ptr<store::State> state_;
    ~TallyTest() override {
        state_.reset();
        std::filesystem::remove_all(folder_);
    }
};

// Sightings, changes of a rule's level and title, and everything that people do, in any order.
TEST_F(TallyTest, GroupsAreWhatCountingOneByOneTells) {
    open({schema(), store::audit_schema()});
    std::mt19937 random{20261129};
    const auto any = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    const Actor node{.name = "user:an", .scope = Scope::node()};
    std::uint64_t position = 0;
    int changes = 0;
    for (int round = 0; round < 60; ++round) {
        std::vector<detect::RuleInfo> rules(4);
        for (int i = 0; i < 4; ++i)
            rules[static_cast<std::size_t>(i)] = {.id = format("rule-{}", i), .title = format("Title {}", any(20) == 0 ? i + 1 : i), .kind = "sigma", .level = kLevels[any(12) == 0 ? any(5) : i]};
        std::vector<Sighting> sightings(static_cast<std::size_t>(1 + any(12)));
        for (Sighting& sighting : sightings) {
            const Time at = kStart + seconds(any(100'000));
            sighting = {.event = {Uuid{7}, {++position}}, .source = SourceId{{9}}, .organisation = organisation(1 + any(3)), .occurred = at, .received = at,
                        .entity = format("host:{}", any(25)), .rule = &rules[static_cast<std::size_t>(any(4))], .matched = json::object({})};
        }
        ASSERT_TRUE(state_->write([&](store::Transaction& tx) { return Book::record(tx, sightings); }));
        const std::vector<Finding> all = list(Scope::node(), {});
        for (int deed = any(8); deed > 0; --deed) {
            const Finding& finding = all[static_cast<std::size_t>(any(static_cast<int>(all.size())))];
            const int what = any(6);
            const Time until = kStart + days(1 + any(20)), now = kStart + seconds(any(1000));
            const std::string_view names[] = {"", "an", "binh"};
            const std::string_view name = names[any(3)];
            // Some are refused, by the state of the finding: nothing may be counted then either.
            changes += state_->write([&](store::Transaction& tx) -> Status {
                switch (what) {
                    case 0: return Book::acknowledge(tx, node, finding.id, {}, now);
                    case 1: return Book::close(tx, node, finding.id, "cleaned", {}, now);
                    case 2: return Book::reopen(tx, node, finding.id, "again", {}, now);
                    case 3: return Book::mute(tx, node, finding.id, "known", until, {}, now);
                    case 4: return Book::unmute(tx, node, finding.id, {}, now);
                    default: return Book::assign(tx, node, finding.id, name, {}, now);
                }
            }) ? 1 : 0;
        }
        if (round % 3 != 2) continue;
        check(Scope::node(), {}, 1000, format("round {}, everything", round));
        for (int question = 0; question < 6; ++question) {
            Filter filter;
            if (any(3) == 0) filter.state = static_cast<State>(any(3));
            if (any(4) == 0) filter.level = std::string{detect::name_of(kLevels[any(5)])};
            if (any(4) == 0) filter.rule = format("rule-{}", any(4));
            if (any(8) == 0) filter.entity = format("host:{}", any(25));
            if (any(5) == 0) filter.organisation = organisation(1 + any(3));
            if (any(6) == 0) filter.since = kStart + seconds(any(100'000));
            if (any(4) == 0) filter.assignee = any(2) == 0 ? "" : "an";
            if (any(2) == 0) filter.muted = any(2) == 0;
            filter.now = kStart + days(any(20));
            const Scope scopes[] = {Scope::node(), Scope::of({organisation(1)}), Scope::of({organisation(2), organisation(3)}), Scope::nothing()};
            check(scopes[any(4)], filter, static_cast<std::size_t>(1 + any(6)), format("round {}, question {}", round, question));
        }
    }
    EXPECT_GT(changes, 60) << "most deeds are done";
}

// A State of the program before, with findings in all states.
TEST_F(TallyTest, AnOlderStateIsCountedWhenItIsOpened) {
    store::Schema before = schema();
    before.migrations.resize(2);
    open({before, store::audit_schema()});
    ASSERT_TRUE(state_->write([&](store::Transaction& tx) -> Status {
        for (int i = 0; i < 200; ++i)
            TRY(tx.run("insert into finding (id, organisation, rule_id, entity, rule_title, rule_author, rule_kind, level, tags, state, hits, first_seen, last_seen, created, updated, "
                       "score, event_hash, matched, muted_until, mute_reason, close_reason, assignee, version, turn, previous) values "
                       "(:a, :b, :c, :d, :e, '', 'sigma', :f, '[]', :g, :h, 0, :i, 0, 0, 0, '', '{}', :j, '', '', :k, 1, 1, null)",
                       {format("018bcfe5-6800-7000-8000-{:012}", i), organisation(1 + i % 3).text(), format("rule-{}", i % 7), format("host:{}", i), format("Title {}", i % 7),
                        detect::name_of(kLevels[i % 5]), name_of(static_cast<State>(i % 3)), std::int64_t{i % 9 + 1}, kStart.micros + (i * 37) % 101,
                        i % 4 == 0 ? store::Param{(kStart + days(i % 8)).micros} : store::Param{nullptr}, i % 2 == 0 ? "an" : ""}));
        return {};
    }));
    open({schema(), store::audit_schema()});
    ASSERT_EQ(list(Scope::node(), {}).size(), 200U);
    check(Scope::node(), {}, 1000, "everything");
    check(Scope::node(), {.muted = false, .now = kStart + days(4)}, 5, "what is not muted");
    check(Scope::of({organisation(2)}), {.state = State::new_}, 5, "of one organisation");
    const Actor node{.name = "user:an", .scope = Scope::node()};
    for (const Finding& finding : list(Scope::node(), {.state = State::new_}))
        ASSERT_TRUE(state_->write([&](store::Transaction& tx) { return Book::close(tx, node, finding.id, "cleaned", {}, kStart); }));
    check(Scope::node(), {}, 1000, "when people went on with it");
}

}  // namespace
}  // namespace vg::findings::tally_test
