#include "findings/book.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "base/bytes.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::findings {
namespace {

using access::Actor;
using access::Scope;

constexpr Time kStart{1'700'000'000'000'000};
const Uuid kJournal{0x01, 0x8b, 0xcf, 0xe5, 0x68, 0x00, 0x70, 0x01, 0x80, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08};

std::unique_ptr<store::State> open_state(metrics::Registry& metrics) {
    const store::Schema schemas[] = {schema(), store::audit_schema()};
    auto opened = store::State::open(store::test_state(), schemas, metrics);
    if (!opened) ADD_FAILURE() << opened.error().text;
    return std::move(*opened);
}

class BookTest : public ::testing::Test {
protected:
    OrganisationId organisation(std::uint8_t number) { return OrganisationId{{number, 1}}; }
    Sighting sighting(std::uint64_t position, std::string entity = "host:a", const detect::RuleInfo* rule = nullptr, std::uint8_t organisation_number = 1) {
        const Time at = kStart + seconds(static_cast<std::int64_t>(position));
        return {.event = {kJournal, {position}}, .source = SourceId{{9}}, .organisation = organisation(organisation_number), .occurred = at, .received = at,
                .entity = std::move(entity), .rule = rule == nullptr ? &rule_ : rule, .matched = json::object({{"Image", "C:\\x.exe"}})};
    }
    void record(const std::vector<Sighting>& sightings) {
        const Status done = state_->write([&](store::Transaction& tx) { return Book::record(tx, sightings); });
        ASSERT_TRUE(done) << done.error().text;
    }
    std::vector<Finding> all(const Filter& filter = {}, const Scope& scope = Scope::node()) {
        auto page = state_->read([&](store::Transaction& tx) { return Book::list(tx, scope, filter, std::nullopt, 1000); });
        EXPECT_TRUE(page) << page.error().text;
        const auto count = state_->read([&](store::Transaction& tx) { return Book::count(tx, scope, filter); });
        EXPECT_EQ(count.value_or(-1), static_cast<std::int64_t>(page->items.size())) << "count and list agree";
        return page->items;
    }
    template <class Work>
    std::optional<Code> outcome(Work&& work) {
        const Status status = state_->write([&](store::Transaction& tx) -> Status { return work(tx); });
        return status ? std::nullopt : std::optional{status.error().code};
    }
    std::optional<Code> close(const FindingId& id) {
        return outcome([&](auto& tx) { return Book::close(tx, node_, id, "cleaned", std::nullopt, kStart); });
    }
    std::vector<std::uint64_t> positions(const FindingId& id) {
        std::vector<std::uint64_t> found;
        auto references = state_->read([&](store::Transaction& tx) { return Book::events(tx, Scope::node(), id); });
        EXPECT_TRUE(references);
        for (const EventRef& reference : *references) found.push_back(reference.id.position.value);
        return found;
    }

    metrics::Registry metrics_;
    std::unique_ptr<store::State> state_ = open_state(metrics_);
    detect::RuleInfo rule_{.id = "5af54681-df95-4c26-854f-2565e13cfab0", .title = "Rule", .title_vi = "Quy tắc", .author = "An", .kind = "sigma", .level = detect::Level::high,
                           .tags = {"attack.t1059.001"}};
    detect::RuleInfo other_rule_{.id = "other", .title = "Other", .kind = "sigma", .level = detect::Level::low};
    Actor node_{.name = "user:an", .scope = Scope::node()};
};

TEST_F(BookTest, OneFindingForEachOrganisationRuleAndEntity) {
    record({sighting(1), sighting(2), sighting(3, "host:b"), sighting(4, "host:a", &other_rule_), sighting(5, "host:a", nullptr, 2), sighting(6)});
    const auto found = all();
    ASSERT_EQ(found.size(), 4u);
    std::map<std::tuple<OrganisationId, std::string, std::string>, std::int64_t> counts;
    for (const Finding& finding : found) counts[{finding.organisation, finding.rule_id, finding.entity}] = finding.count;
    EXPECT_EQ((counts[{organisation(1), rule_.id, "host:a"}]), 3);
    EXPECT_EQ((counts[{organisation(1), rule_.id, "host:b"}]), 1);
    EXPECT_EQ((counts[{organisation(1), "other", "host:a"}]), 1);
    EXPECT_EQ((counts[{organisation(2), rule_.id, "host:a"}]), 1);
}

TEST_F(BookTest, NewFindingSaysWhatWasSeen) {
    Sighting first = sighting(7);
    first.occurred = kStart - hours(2);
    record({first});
    const Finding finding = all().at(0);
    EXPECT_EQ(finding.state, State::new_);
    EXPECT_EQ(finding.rule_title, "Rule");
    EXPECT_EQ(finding.rule_title_vi, "Quy tắc") << "kept for when the rule is in force no more";
    EXPECT_EQ(finding.rule_author, "An");
    EXPECT_EQ(finding.rule_kind, "sigma");
    EXPECT_EQ(finding.level, "high");
    EXPECT_EQ(finding.tags, std::vector<std::string>{"attack.t1059.001"});
    EXPECT_EQ(finding.first_seen, kStart - hours(2));
    EXPECT_EQ(finding.last_seen, kStart - hours(2));
    EXPECT_EQ(finding.created, kStart + seconds(7));
    EXPECT_EQ(finding.updated, kStart + seconds(7));
    EXPECT_EQ(finding.score, 60);
    EXPECT_EQ(finding.version, 1);
    EXPECT_EQ(finding.matched.text("Image"), "C:\\x.exe");
    EXPECT_EQ(finding.previous, std::nullopt);
    // RFC 9562, section 5.7: version 7, variant 10, and the first 48 bits are the milliseconds.
    EXPECT_EQ(finding.id.bytes[6] >> 4, 7);
    EXPECT_EQ(finding.id.bytes[8] >> 6, 2);
    EXPECT_EQ(finding.id.text().substr(0, 13), "018bcfe5-8358");  // 1,700,000,007,000
}

TEST_F(BookTest, HashRunsOverTheEventIdsInOrder) {
    record({sighting(1), sighting(2)});
    record({sighting(3)});
    const std::string journal = "018bcfe5-6800-7001-8002-030405060708:";
    const std::string expected = sha256_hex(sha256_hex(sha256_hex(journal + "1") + journal + "2") + journal + "3");
    EXPECT_EQ(all().at(0).event_hash, expected);
}

TEST_F(BookTest, KeepsTheFirstAndTheLastHundredEvents) {
    std::vector<Sighting> sightings;
    for (std::uint64_t position = 0; position < 1234; ++position) sightings.push_back(sighting(position));
    record(sightings);
    std::vector<std::uint64_t> expected;
    for (std::uint64_t position = 0; position < 100; ++position) expected.push_back(position);
    for (std::uint64_t position = 1134; position < 1234; ++position) expected.push_back(position);
    EXPECT_EQ(positions(all().at(0).id), expected);
    record({sighting(5000)});
    expected.erase(expected.begin() + 100);
    expected.push_back(5000);
    EXPECT_EQ(positions(all().at(0).id), expected);
    EXPECT_EQ(all().at(0).count, 1235);
}

// Every length of batch meets every place in the ring.
TEST_F(BookTest, LastHundredAreRightAfterEveryBatch) {
    std::uint64_t next = 0;
    for (const std::uint64_t size : {1, 19, 20, 21, 39, 99, 100, 101, 3, 119, 120, 121, 139, 7, 1, 1, 1000, 2}) {
        std::vector<Sighting> sightings;
        for (std::uint64_t i = 0; i < size; ++i) sightings.push_back(sighting(next++));
        record(sightings);
        std::vector<std::uint64_t> expected;
        for (std::uint64_t position = 0; position < next; ++position)
            if (position < 100 || position + 100 >= next) expected.push_back(position);
        ASSERT_EQ(positions(all().at(0).id), expected) << "after " << next;
    }
}

TEST_F(BookTest, KeepsAllEventsOnceUpToTwoHundred) {
    for (std::uint64_t position = 0; position < 200; ++position) record({sighting(position)});
    const auto kept = positions(all().at(0).id);
    ASSERT_EQ(kept.size(), 200u);
    for (std::uint64_t position = 0; position < 200; ++position) EXPECT_EQ(kept[position], position);
}

TEST_F(BookTest, SeenTimesSpanLateEventsAndDoNotFollowAWrongClock) {
    Sighting late = sighting(2), ahead = sighting(3);
    late.occurred = kStart - days(3);
    ahead.occurred = kStart + days(3000);
    record({sighting(1), late, ahead});
    EXPECT_EQ(all().at(0).first_seen, kStart - days(3));
    EXPECT_EQ(all().at(0).last_seen, kStart + seconds(3) + minutes(5));
}

TEST_F(BookTest, AcknowledgedAndMutedFindingsGoOnGrowing) {
    record({sighting(1)});
    const FindingId id = all().at(0).id;
    ASSERT_EQ(outcome([&](auto& tx) { return Book::acknowledge(tx, node_, id, 1, kStart); }), std::nullopt);
    ASSERT_EQ(outcome([&](auto& tx) { return Book::mute(tx, node_, id, "known scanner", kStart + days(1), 2, kStart); }), std::nullopt);
    record({sighting(2)});
    const Finding finding = all().at(0);
    EXPECT_EQ(finding.count, 2);
    EXPECT_EQ(finding.state, State::acknowledged);
    EXPECT_EQ(finding.muted_until, kStart + days(1));
    EXPECT_EQ(finding.version, 3) << "a match is no change of the version";
}

TEST_F(BookTest, AfterClosingTheNextMatchMakesANewFindingThatNamesTheOld) {
    record({sighting(1), sighting(2)});
    const FindingId first = all().at(0).id;
    ASSERT_EQ(close(first), std::nullopt);
    record({sighting(3)});
    const FindingId second = all({.state = State::new_}).at(0).id;
    ASSERT_EQ(close(second), std::nullopt);
    Sighting stepped_back = sighting(4);  // the node's clock went back an hour
    stepped_back.received = stepped_back.occurred = kStart - hours(1);
    record({stepped_back});
    const FindingId third = all({.state = State::new_}).at(0).id;
    ASSERT_EQ(close(third), std::nullopt);
    record({sighting(5)});
    std::map<FindingId, Finding> found;
    for (const Finding& finding : all()) found[finding.id] = finding;
    ASSERT_EQ(found.size(), 4u);
    EXPECT_EQ(found[first].count, 2);
    EXPECT_EQ(found[first].close_reason, "cleaned");
    EXPECT_EQ(found[second].previous, first);
    EXPECT_EQ(found[third].previous, second);
    EXPECT_EQ(all({.state = State::new_}).at(0).previous, third);
    EXPECT_EQ(all({.state = State::new_}).at(0).count, 1);
}

TEST_F(BookTest, ReopeningIsRefusedWhileANewerOneIsOpen) {
    record({sighting(1)});
    const FindingId first = all().at(0).id;
    const auto reopen = [&] { return outcome([&](auto& tx) { return Book::reopen(tx, node_, first, "came back", std::nullopt, kStart); }); };
    EXPECT_EQ(reopen(), Code::conflict) << "it is open";
    ASSERT_EQ(close(first), std::nullopt);
    record({sighting(2)});
    EXPECT_EQ(reopen(), Code::conflict);
    ASSERT_EQ(close(all({.state = State::new_}).at(0).id), std::nullopt);
    EXPECT_EQ(reopen(), std::nullopt);
    record({sighting(3)});
    EXPECT_EQ(all({.state = State::new_}).at(0).id, first);
    EXPECT_EQ(all({.state = State::new_}).at(0).count, 2);
    EXPECT_EQ(all({.state = State::new_}).at(0).close_reason, "");
}

TEST_F(BookTest, ReasonsAndMuteTimesAreBounded) {
    record({sighting(1)});
    const FindingId id = all().at(0).id;
    const auto mute = [&](std::string_view reason, Time until) {
        return outcome([&](auto& tx) { return Book::mute(tx, node_, id, reason, until, std::nullopt, kStart); });
    };
    const std::string longest(500, 'x');
    EXPECT_EQ(mute("", kStart + days(1)), Code::bad_input);
    EXPECT_EQ(mute(" a ", kStart + days(1)), Code::bad_input);
    EXPECT_EQ(mute(longest + "x", kStart + days(1)), Code::bad_input);
    EXPECT_EQ(mute("\xff\xff\xff", kStart + days(1)), Code::bad_input);
    EXPECT_EQ(mute("xét", kStart), Code::bad_input);
    EXPECT_EQ(mute("xét", kStart + days(365) + microseconds(1)), Code::bad_input);
    EXPECT_EQ(mute("xét", kStart + days(365)), std::nullopt);
    EXPECT_EQ(mute(longest, kStart + microseconds(1)), std::nullopt);
    EXPECT_EQ(outcome([&](auto& tx) { return Book::close(tx, node_, id, "ok", std::nullopt, kStart); }), Code::bad_input);
    EXPECT_EQ(outcome([&](auto& tx) { return Book::unmute(tx, node_, id, std::nullopt, kStart); }), std::nullopt);
    EXPECT_EQ(outcome([&](auto& tx) { return Book::unmute(tx, node_, id, std::nullopt, kStart); }), Code::conflict);
}

TEST_F(BookTest, WhatWasTakenIsGivenBackAndNothingElseIs) {
    record({sighting(1)});
    const FindingId id = all().at(0).id;
    const auto give_back = [&](std::optional<std::int64_t> version) { return outcome([&](auto& tx) { return Book::unacknowledge(tx, node_, id, version, kStart); }); };
    EXPECT_EQ(give_back(std::nullopt), Code::conflict) << "it is new";
    ASSERT_EQ(outcome([&](auto& tx) { return Book::acknowledge(tx, node_, id, 1, kStart); }), std::nullopt);
    EXPECT_EQ(give_back(1), Code::conflict) << "the version is 2 now";
    EXPECT_EQ(give_back(2), std::nullopt);
    EXPECT_EQ(all().at(0).state, State::new_);
    EXPECT_EQ(all().at(0).version, 3);
    ASSERT_EQ(outcome([&](auto& tx) { return Book::close(tx, node_, id, "cleaned", 3, kStart); }), std::nullopt);
    EXPECT_EQ(give_back(std::nullopt), Code::conflict) << "what is closed is opened again, not given back";
}

TEST_F(BookTest, ActionsWriteBeforeAndAfterIntoTheAuditChain) {
    record({sighting(1)});
    const FindingId id = all().at(0).id;
    ASSERT_EQ(outcome([&](auto& tx) { return Book::close(tx, node_, id, "cleaned", 1, kStart + seconds(3)); }), std::nullopt);
    EXPECT_EQ(outcome([&](auto& tx) { return Book::reopen(tx, node_, id, "came back", 1, kStart); }), Code::conflict) << "the version is 2 now";
    const auto lines = state_->read([](store::Transaction& tx) { return store::audit::list(tx, nullptr, std::nullopt, 10); });
    ASSERT_TRUE(lines);
    ASSERT_EQ(lines->size(), 1u) << "what was refused left no line";
    const auto& line = lines->front();
    EXPECT_EQ(line.action, "finding:close");
    EXPECT_EQ(line.actor, "user:an");
    EXPECT_EQ(line.object, "finding/" + id.text());
    EXPECT_EQ(line.organisation, organisation(1));
    EXPECT_EQ(line.time, kStart + seconds(3));
    EXPECT_EQ(line.details.text("reason"), "cleaned");
    EXPECT_EQ(line.details.find("before")->text("state"), "new");
    EXPECT_EQ(line.details.find("after")->text("state"), "closed");
}

TEST_F(BookTest, OutsideScopeNothingExists) {
    record({sighting(1), sighting(2, "host:a", nullptr, 2)});
    const FindingId foreign = all({.organisation = organisation(2)}).at(0).id;
    Actor actor;
    actor.scope = Scope::of({organisation(1)});
    EXPECT_EQ(all({}, actor.scope).size(), 1u);
    EXPECT_EQ(all({.organisation = organisation(2)}, actor.scope).size(), 0u);
    EXPECT_EQ(all({}, Scope::nothing()).size(), 0u);
    const auto events = state_->read([&](store::Transaction& tx) { return Book::events(tx, actor.scope, foreign); });
    ASSERT_FALSE(events);
    EXPECT_EQ(events.error().code, Code::not_found);
    EXPECT_EQ(outcome([&](auto& tx) { return Book::find(tx, actor.scope, foreign).map([](auto&&) {}); }), Code::not_found);
    EXPECT_EQ(outcome([&](auto& tx) { return Book::acknowledge(tx, actor, foreign, 99, kStart); }), Code::not_found);
    EXPECT_EQ(outcome([&](auto& tx) { return Book::unacknowledge(tx, actor, foreign, 99, kStart); }), Code::not_found);
    EXPECT_EQ(outcome([&](auto& tx) { return Book::close(tx, actor, foreign, "", 99, kStart); }), Code::not_found);
    EXPECT_EQ(outcome([&](auto& tx) { return Book::reopen(tx, actor, foreign, "", 99, kStart); }), Code::not_found);
    EXPECT_EQ(outcome([&](auto& tx) { return Book::mute(tx, actor, foreign, "", kStart, 99, kStart); }), Code::not_found);
    EXPECT_EQ(outcome([&](auto& tx) { return Book::unmute(tx, actor, foreign, 99, kStart); }), Code::not_found);
}

TEST_F(BookTest, FiltersAreAndedTogether) {
    record({sighting(1), sighting(2, "host:b"), sighting(3, "host:b", &other_rule_), sighting(100, "host:c", &other_rule_, 2)});
    const FindingId muted = all({.level = "high", .entity = "host:b"}).at(0).id;
    ASSERT_EQ(outcome([&](auto& tx) { return Book::mute(tx, node_, muted, "known", kStart + days(1), std::nullopt, kStart); }), std::nullopt);
    EXPECT_EQ(all({.level = "low"}).size(), 2u);
    EXPECT_EQ(all({.rule = "other", .entity = "host:b"}).size(), 1u);
    EXPECT_EQ(all({.entity = "host:B"}).size(), 2u) << "host names are asked for in any case";
    EXPECT_EQ(all({.since = kStart + seconds(3)}).size(), 2u);
    EXPECT_EQ(all({.state = State::closed}).size(), 0u);
    EXPECT_EQ(all({.muted = true, .now = kStart}).size(), 1u);
    EXPECT_EQ(all({.muted = false, .now = kStart}).size(), 3u);
    EXPECT_EQ(all({.muted = true, .now = kStart + days(2)}).size(), 0u) << "the mute has ended";
    EXPECT_EQ(all({.entity = "' or 1 = 1 --"}).size(), 0u);
}

TEST_F(BookTest, PagesHoldEachFindingOnceLastSeenFirst) {
    std::vector<Sighting> sightings;
    for (std::uint64_t i = 0; i < 25; ++i) {
        sightings.push_back(sighting(i, format("host:{}", i)));
        sightings.back().occurred = kStart + seconds(static_cast<std::int64_t>(i / 5));  // five of each time
    }
    record(sightings);
    std::vector<Finding> seen;
    std::optional<std::string> after;
    do {
        const auto page = state_->read([&](store::Transaction& tx) { return Book::list(tx, Scope::node(), {}, after, 4); });
        ASSERT_TRUE(page) << page.error().text;
        seen.insert(seen.end(), page->items.begin(), page->items.end());
        after = page->next;
    } while (after);
    ASSERT_EQ(seen.size(), 25u);
    for (std::size_t i = 1; i < seen.size(); ++i)
        EXPECT_TRUE(seen[i - 1].last_seen > seen[i].last_seen || (seen[i - 1].last_seen == seen[i].last_seen && seen[i - 1].id < seen[i].id)) << i;
    for (const std::string cursor : {"x", "", "AAAA", "////"}) {
        const auto page = state_->read([&](store::Transaction& tx) { return Book::list(tx, Scope::node(), {}, cursor, 4); });
        ASSERT_FALSE(page);
        EXPECT_EQ(page.error().code, Code::bad_input);
    }
}

TEST_F(BookTest, ScoreGrowsWithLevelAndRepetitionUpToAHundred) {
    EXPECT_EQ(score_of("informational", 1), 5);
    EXPECT_EQ(score_of("low", 1), 20);
    EXPECT_EQ(score_of("medium", 2), 44);
    EXPECT_EQ(score_of("high", 3), 64);
    EXPECT_EQ(score_of("high", 4), 68);
    EXPECT_EQ(score_of("critical", 31), 96);
    EXPECT_EQ(score_of("critical", 32), 100);
    EXPECT_EQ(score_of("critical", std::numeric_limits<std::int64_t>::max()), 100);
    EXPECT_EQ(score_of("unheard-of", 0), 5);
}

// ---- properties ----

// Both tables as text, row by row.
std::string tables(store::State& state) {
    const auto dump = state.read([](store::Transaction& tx) -> Result<std::string> {
        std::string text;
        using Int = std::int64_t;
        using Text = std::string;
        for (auto& row : TRY((tx.query<Text, Text, Text, Text, Text, Text, Int, Int, Int, Int, Int, Int, Text, Text, Int, Int, std::optional<Text>>(
                 "select id, organisation, rule_id, entity, level, state, hits, first_seen, last_seen, created, updated, score, event_hash, matched, version, "
                 "turn, previous from finding order by id"))))
            std::apply([&](auto&... column) { ((text += json::Value{column}.dump() + "|"), ...); }, row), text += '\n';
        for (auto& [finding, slot, block, events] : TRY((tx.query<Text, Int, Int, Text>(
                 "select finding, slot, block, events from finding_event order by finding, slot"))))
            text += format("{}|{}|{}|{}\n", finding, slot, block, events);
        return text;
    });
    return dump.value_or("unreadable");
}

TEST_F(BookTest, HowSightingsAreCutIntoBatchesMakesNoDifference) {
    std::mt19937_64 random{20240426};
    for (int round = 0; round < 8; ++round) {
        std::vector<Sighting> sightings;
        const std::uint64_t entities = 1 + random() % 6;
        for (std::uint64_t position = 0; position < 1500; ++position) {
            if (random() % 3 == 0) continue;
            sightings.push_back(sighting(position, format("host:{}", random() % entities), random() % 2 == 0 ? &rule_ : &other_rule_, 1 + random() % 2));
            sightings.back().occurred = kStart + seconds(static_cast<std::int64_t>(random() % 2000) - 1000);
            sightings.back().matched = json::object({{"n", position}});
        }
        // At these places somebody closes a finding: both runs do so at the same place.
        std::vector<std::size_t> closings{random() % sightings.size(), random() % sightings.size()};
        std::sort(closings.begin(), closings.end());
        const auto close_one = [&](store::State& state) {
            const Status closed = state.write([&](store::Transaction& tx) -> Status {
                const auto open = TRY((tx.first<std::string>("select id from finding where state = 'new' order by id limit 1")));
                return open ? Book::close(tx, node_, *FindingId::parse(std::get<0>(*open)), "cleaned", std::nullopt, kStart) : Status{};
            });
            ASSERT_TRUE(closed) << closed.error().text;
        };

        metrics::Registry metrics[2];
        const std::unique_ptr<store::State> singly = open_state(metrics[0]), batched = open_state(metrics[1]);
        std::size_t begin = 0;
        for (std::size_t stop : {closings[0], closings[1], sightings.size()}) {
            for (std::size_t i = begin; i < stop; ++i)
                ASSERT_TRUE(singly->write([&](store::Transaction& tx) { return Book::record(tx, {&sightings[i], 1}); }));
            while (begin < stop) {
                const std::size_t size = std::min<std::size_t>(stop - begin, 1 + random() % 400);
                ASSERT_TRUE(batched->write([&](store::Transaction& tx) { return Book::record(tx, {&sightings[begin], size}); }));
                begin += size;
            }
            if (stop < sightings.size()) {
                close_one(*singly);
                close_one(*batched);
            }
        }
        const std::string expected = tables(*singly);
        ASSERT_GT(expected.size(), 1000u);
        ASSERT_EQ(expected, tables(*batched)) << "round " << round;
    }
}

// The pipeline's rule: the position is stored with the batch, and what stands at or below it is not recorded again.
TEST_F(BookTest, ReplayAfterACrashGivesTheSame) {
    std::mt19937_64 random{7};
    std::vector<Sighting> sightings;
    for (std::uint64_t position = 0; position < 2000; ++position) sightings.push_back(sighting(position, format("host:{}", random() % 5)));
    metrics::Registry metrics[2];
    const std::unique_ptr<store::State> plain = open_state(metrics[0]), crashing = open_state(metrics[1]);
    ASSERT_TRUE(plain->write([&](store::Transaction& tx) { return Book::record(tx, sightings); }));
    ASSERT_TRUE(crashing->write([](store::Transaction& tx) { return tx.run("create table position (value bigint)").map([](auto) {}); }));
    ASSERT_TRUE(crashing->write([](store::Transaction& tx) { return tx.run("insert into position (value) values (0)").map([](auto) {}); }));
    int crashes = 0;
    while (true) {
        const auto row = crashing->read([](store::Transaction& tx) { return tx.first<std::int64_t>("select value from position"); });
        const auto begin = static_cast<std::size_t>(std::get<0>(**row));
        if (begin == sightings.size()) break;
        const std::size_t size = std::min<std::size_t>(sightings.size() - begin, 1 + random() % 150);
        const bool crash = random() % 2 == 0;
        const Status done = crashing->write([&](store::Transaction& tx) -> Status {
            TRY(Book::record(tx, {&sightings[begin], size}));
            TRY(tx.run("update position set value = :a", {static_cast<std::int64_t>(begin + size)}));
            return crash ? fail(Code::unavailable, "power cut") : Status{};
        });
        ASSERT_EQ(done.has_value(), !crash);
        crashes += crash;
    }
    EXPECT_GT(crashes, 5);
    EXPECT_EQ(tables(*plain), tables(*crashing));
}

}  // namespace
}  // namespace vg::findings
