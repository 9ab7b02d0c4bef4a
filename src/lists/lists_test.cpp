// Lists as they are kept: what becomes of copies, whose the rows are, what a crash leaves, and what the next list changes. The lists
// are made by hand; addresses are those of RFC 5737.
#include "lists/lists.h"

#include <gtest/gtest.h>

#include <memory>

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "lists/worklist.h"
#include "store/audit.h"
#include "store/fault_disk.h"
#include "store/state_fixture.h"

namespace vg::lists::lists_test {
namespace {

constexpr Time kNow{1'796'000'000'000'000};

OrganisationId organisation(std::uint8_t n) {
    OrganisationId id;
    id.bytes[15] = n;
    return id;
}

// One victim as a list names it; `days_ago` nothing: the list tells no time.
struct Victim {
    std::string address, family = "Mirai";
    std::optional<int> days_ago = 1;
    std::string level = {}, province = {};
};

Reading reading_of(const std::vector<Victim>& victims, const std::string& number, const std::string& date) {
    Reading reading;
    reading.form = "csv";
    reading.letter = {.issuer = "CATTT", .number = number, .date = date};
    std::size_t line = 1;
    for (const Victim& victim : victims) {
        Record record;
        record.line = ++line;
        record.address = parse_address(victim.address);
        if (!record.address) record.host = victim.address;
        record.family = victim.family;
        if (victim.days_ago) record.seen = kNow - days(*victim.days_ago);
        record.level = victim.level;
        record.province = victim.province;
        reading.records.push_back(record);
    }
    reading.read = reading.accepted = victims.size();
    return reading;
}

struct Lists : testing::Test {
    Lists() {
        const store::Schema schemas[] = {store::audit_schema(), schema()};
        auto opened = store::State::open(store::test_state(), schemas, metrics);
        EXPECT_TRUE(opened) << opened.error().text;
        state = std::move(*opened);
        actor.name = "user:an";
        actor.scope = access::Scope::node();
        // 198.51.100.0/25 is of organisation 1, the upper half of organisation 2, and two say that 203.0.113.0/24 is theirs.
        claim(1, "198.51.100.0/25", organisation(1), "mail");
        claim(2, "198.51.100.128/25", organisation(2), "portal");
        claim(3, "203.0.113.0/24", organisation(1));
        claim(4, "203.0.113.0/24", organisation(2));
        build();
    }
    void claim(std::int64_t number, const std::string& network, const OrganisationId& whose, std::string_view system = {}) {
        claims.push_back({.number = number, .range = directory::range_of(*parse_network(network)), .organisation = whose, .system = system, .from = kNow - days(1'000)});
    }
    void build() {
        auto built = directory::Attribution::build(claims);
        ASSERT_TRUE(built) << built.error().text;
        attributor.claims = *built;
        attributor.level = [](const OrganisationId&, std::string_view system) { return system == "portal" ? 4 : system == "mail" ? 2 : 0; };
    }
    [[nodiscard]] Place place() { return {*state, disk, "data/evidence/lists"}; }
    Result<List> kept(const Reading& reading, Keep options = {}, const std::string& bytes = "") {
        return keep(place(), make_id<ListTag>(kNow, random), "ds.csv", bytes.empty() ? format("file {}", ++files) : bytes, reading, attributor, options, actor, kNow);
    }
    List month(int number, const std::vector<Victim>& victims) {
        auto list = kept(reading_of(victims, format("{}/CATTT", number), format("2026-{:02}-01", number)), {.series = "botnet", .own = false, .progress = {}});
        EXPECT_TRUE(list) << list.error().text;
        return *list;
    }
    std::vector<Hit> worklist(const access::Scope& scope = access::Scope::node(), const HitFilter& filter = {}) {
        return state->read([&](store::Transaction& tx) { return hits(tx, scope, filter, {}, 1'000); }).value();
    }
    // "198.51.100.7 new" and so on, in the order of the worklist.
    std::vector<std::string> told(const access::Scope& scope = access::Scope::node(), const HitFilter& filter = {}) {
        std::vector<std::string> out;
        for (const Hit& hit : worklist(scope, filter)) out.push_back(format("{} {}", hit.subject, name_of(hit.state)));
        return out;
    }
    std::int64_t count(const std::string& table) {
        return std::get<0>(*state->read([&](store::Transaction& tx) { return tx.first<std::int64_t>(format("select count(*) from {}", table)); }).value());
    }
    Difference compared(const List& list, const std::optional<ListId>& with = {}, const access::Scope& scope = access::Scope::node()) {
        auto found = state->read([&](store::Transaction& tx) { return difference(tx, scope, list.id, with); });
        EXPECT_TRUE(found) << found.error().text;
        return *found;
    }

    metrics::Registry metrics;
    SeededRandom random{11};
    store::FaultDisk disk{1};
    std::unique_ptr<store::State> state;
    std::vector<directory::Claim> claims;
    Attributor attributor;
    access::Actor actor;
    int files = 0;
};

using Texts = std::vector<std::string>;

TEST_F(Lists, KeepWhatWasReadAndWhoseItIs) {
    const List list = month(1, {{.address = "198.51.100.7", .family = "Mirai", .province = "Huế"}, {.address = "198.51.100.200"}, {.address = "203.0.113.9"}, {.address = "192.0.2.1"}, {.address = "10.1.2.3"}, {.address = "may.example"}});
    EXPECT_FALSE(list.staged);
    EXPECT_EQ(list.victims, 6);
    EXPECT_EQ(list.family, "Mirai");
    EXPECT_EQ(list.place, *parse_time("2026-01-01T00:00:00Z"));
    // 192.0.2.0/24 and 10.0.0.0/8 are special blocks (RFC 5737, RFC 1918) that no claim names; a name has no range.
    const Counts counts = state->read([&](store::Transaction& tx) { return counts_of(tx, access::Scope::node(), list); }).value();
    EXPECT_EQ(counts, (Counts{.owner = 2, .conflict = 1, .gap = 1, .nobody = 2}));
    const auto found = state->read([&](store::Transaction& tx) { return rows(tx, access::Scope::node(), list.id, {}, 0, 100); }).value();
    ASSERT_EQ(found.size(), 6U);
    EXPECT_EQ(found[0].record.address->text(), "198.51.100.7");
    EXPECT_EQ(found[0].record.seen, kNow - days(1));
    EXPECT_EQ(found[0].record.province, "Huế");
    EXPECT_EQ(found[0].organisation, organisation(1));
    EXPECT_EQ(found[0].fact, 1);
    EXPECT_EQ(found[0].system, "mail");
    EXPECT_EQ(found[1].level, 4);
    EXPECT_EQ(found[2].kind, Whose::conflict);
    EXPECT_FALSE(found[2].organisation) << "of two that claim it none is accused";
    EXPECT_EQ(found[5].record.host, "may.example");
    EXPECT_EQ(original(place(), list).value(), "file 1");
}

TEST_F(Lists, AVictimThatIsNamedOftenIsOneHit) {
    const List list = month(1, {{.address = "198.51.100.7", .family = "Mirai", .days_ago = 3, .level = "low"}, {.address = "198.51.100.7", .family = "MIRAI", .days_ago = 9, .level = "cao"}, {.address = "198.51.100.7", .family = "mirai", .days_ago = 1}});
    EXPECT_EQ(list.victims, 1);
    const auto all = worklist();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].first_seen, kNow - days(9));
    EXPECT_EQ(all[0].last_seen, kNow - days(1));
    EXPECT_EQ(all[0].severity, 3);
    EXPECT_EQ(compared(list).all.new_, 1);
}

TEST_F(Lists, AListWithOpenQuestionsIsNotKept) {
    Reading reading = reading_of({{.address = "198.51.100.7"}}, "1", "2026-01-01");
    reading.questions.push_back({.about = "zone", .text = "which zone?", .choices = {}});
    const auto list = kept(reading);
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().code, Code::conflict);
    EXPECT_NE(list.error().text.find("zone"), std::string::npos);
    EXPECT_EQ(count("victim_list"), 0);
}

// The same rows in another order, from another file, by another office under another number.
TEST_F(Lists, AForwardedCopyIsAReceiptOfTheFirst) {
    const List first = month(1, {{.address = "198.51.100.7"}, {.address = "198.51.100.8"}});
    Reading forwarded = reading_of({{.address = "198.51.100.8"}, {.address = "198.51.100.7"}}, "77/SO-TTTT", "2026-01-20");
    forwarded.letter.issuer = "Sở";
    const auto copy = kept(forwarded);
    ASSERT_TRUE(copy) << copy.error().text;
    EXPECT_EQ(copy->same_as, first.id);
    EXPECT_EQ(count("list_row"), 2);
    EXPECT_EQ(worklist().size(), 2U);
    EXPECT_EQ(worklist()[0].times, 1) << "named once, however many offices sent it on";
    EXPECT_EQ(state->read([&](store::Transaction& tx) { return copies_of(tx, first.id); })->size(), 1U);
    EXPECT_EQ(compared(*copy).list.id, first.id);
}

// A plain list of addresses may be the same next month because nobody has cleaned anything.
TEST_F(Lists, AListWithoutTimesIsACopyOnlyNearItsFirst) {
    const std::vector<Victim> victims{{.address = "198.51.100.7", .family = "", .days_ago = std::nullopt}};
    ASSERT_TRUE(kept(reading_of(victims, "1/CATTT", "2026-01-01")));
    EXPECT_TRUE(kept(reading_of(victims, "9/BO", "2026-01-10"))->same_as) << "forwarded within two weeks";
    EXPECT_FALSE(kept(reading_of(victims, "2/CATTT", "2026-02-01"))->same_as) << "the next month's";
    EXPECT_TRUE(kept(reading_of(victims, "2/cattt", "2026-03-30"))->same_as) << "late, but by its number";
    EXPECT_FALSE(kept(reading_of(victims, "1/CATTT", "2026-01-01"), {.series = {}, .own = true, .progress = {}})->same_as) << "a person says so";
}

TEST_F(Lists, AnEmptyListIsNoCopyOfAnotherEmptyOne) {
    EXPECT_FALSE(kept(reading_of({}, "1", "2026-01-01"))->same_as);
    EXPECT_FALSE(kept(reading_of({}, "1", "2026-01-01"))->same_as);
}

TEST_F(Lists, TheNextListTellsWhatIsNewPersistentGoneAndRelapsed) {
    month(1, {{.address = "198.51.100.1"}, {.address = "198.51.100.2"}, {.address = "198.51.100.3"}});
    EXPECT_EQ(told(access::Scope::node(), {.state = HitState::new_}).size(), 3U);
    month(2, {{.address = "198.51.100.1"}, {.address = "198.51.100.4"}});
    EXPECT_EQ(told(access::Scope::node(), {.state = HitState::persistent}), (Texts{"198.51.100.1 persistent"}));
    EXPECT_EQ(told(access::Scope::node(), {.state = HitState::new_}), (Texts{"198.51.100.4 new"}));
    EXPECT_EQ(told(access::Scope::node(), {.state = HitState::gone}).size(), 2U);
    const List third = month(3, {{.address = "198.51.100.2"}, {.address = "198.51.100.4"}, {.address = "198.51.100.2", .family = "Conficker"}});
    EXPECT_EQ(told(access::Scope::node(), {.state = HitState::relapsed}), (Texts{"198.51.100.2 relapsed"}));
    EXPECT_EQ(told(access::Scope::node(), {.state = HitState::persistent}), (Texts{"198.51.100.4 persistent"}));
    EXPECT_EQ(told(access::Scope::node(), {.state = HitState::new_}), (Texts{"198.51.100.2 new"})) << "with another family it is another hit";
    const Difference difference = compared(third);
    EXPECT_EQ(difference.all.new_, 1);
    EXPECT_EQ(difference.all.persistent, 1);
    EXPECT_EQ(difference.all.gone, 1);
    EXPECT_EQ(difference.all.relapsed, 1);
    EXPECT_EQ(difference.families.at("Conficker").new_, 1);
    EXPECT_EQ(difference.organisations.at(organisation(1).text()).relapsed, 1);
    ASSERT_EQ(difference.trend.size(), 3U);
    EXPECT_EQ(difference.trend[0].victims, 3);
    EXPECT_EQ(difference.trend[1].victims, 2);
    EXPECT_EQ(difference.trend[2].victims, 3);
}

// A list that comes late, for a month between two that are kept.
TEST_F(Lists, AListThatComesLateTakesItsPlaceInTheSeries) {
    month(1, {{.address = "198.51.100.1", .family = "Mirai", .days_ago = 60}});
    const List third = month(3, {{.address = "198.51.100.1"}});
    EXPECT_EQ(told(), (Texts{"198.51.100.1 persistent"}));
    month(2, {{.address = "198.51.100.9"}});
    EXPECT_EQ(told(), (Texts{"198.51.100.1 relapsed", "198.51.100.9 gone"}));
    EXPECT_EQ(compared(third).all.relapsed, 1);
}

TEST_F(Lists, TheSeriesOfOneIssuerSaysNothingOfAnothers) {
    month(1, {{.address = "198.51.100.1"}});
    ASSERT_TRUE(kept(reading_of({{.address = "198.51.100.2"}}, "5", "2026-02-01"), {.series = "shadowserver", .own = false, .progress = {}}));
    EXPECT_EQ(told(access::Scope::node(), {.state = HitState::gone}), Texts{}) << "the other series did not look for it";
}

// On the newest list, the system's level, relapse, age, what the list calls serious; domain.md, 1c.
TEST_F(Lists, TheWorklistBeginsWithWhatPressesMost) {
    month(1, {{.address = "198.51.100.3"}, {.address = "198.51.100.4"}});
    month(2, {{.address = "198.51.100.4"}});
    month(3, {{.address = "198.51.100.5", .family = "Mirai", .days_ago = 1, .level = "low"},
              {.address = "198.51.100.6", .family = "Mirai", .days_ago = 1, .level = "Nghiêm trọng"},
              {.address = "198.51.100.7", .family = "Mirai", .days_ago = 40},
              {.address = "198.51.100.3"},
              {.address = "198.51.100.200"}});
    EXPECT_EQ(told(), (Texts{"198.51.100.200 new", "198.51.100.3 relapsed", "198.51.100.7 new", "198.51.100.6 new", "198.51.100.5 new", "198.51.100.4 gone"}));
    const auto all = worklist();
    const auto reasons = reasons_of(all[1], kNow);
    ASSERT_EQ(reasons.size(), 5U);
    EXPECT_EQ(reasons[0], (std::pair<std::string, std::string>{"listed", "yes"}));
    EXPECT_EQ(reasons[1], (std::pair<std::string, std::string>{"level", "2"}));
    EXPECT_EQ(reasons[2], (std::pair<std::string, std::string>{"relapses", "1"}));
    EXPECT_EQ(reasons[4], (std::pair<std::string, std::string>{"severity", "unknown"}));
    // Page by page the same.
    Texts paged;
    HitPlace after;
    for (;;) {
        const auto page = state->read([&](store::Transaction& tx) { return hits(tx, access::Scope::node(), {}, after, 2); }).value();
        if (page.empty()) break;
        for (const Hit& hit : page) paged.push_back(format("{} {}", hit.subject, name_of(hit.state)));
        after = place_of(page.back());
    }
    EXPECT_EQ(paged, told());
}

TEST_F(Lists, AnOrganisationSeesItsOwnRowsAndListsAlone) {
    const List one = month(1, {{.address = "198.51.100.7"}, {.address = "198.51.100.200"}});
    const List two = month(2, {{.address = "198.51.100.201"}});
    const auto first = access::Scope::of({organisation(1)});
    EXPECT_EQ(told(first), (Texts{"198.51.100.7 gone"}));
    const auto lists = state->read([&](store::Transaction& tx) { return all(tx, first, std::nullopt, 10); }).value();
    ASSERT_EQ(lists.size(), 1U);
    EXPECT_EQ(lists[0].id, one.id);
    EXPECT_EQ(state->read([&](store::Transaction& tx) { return find(tx, first, two.id); }).error().code, Code::not_found);
    EXPECT_EQ(state->read([&](store::Transaction& tx) { return rows(tx, first, one.id, {}, 0, 10); })->size(), 1U);
    const Difference own = compared(two, one.id, access::Scope::of({organisation(2)}));
    EXPECT_EQ(own.all.new_, 1);
    EXPECT_EQ(own.all.gone, 1);
    EXPECT_EQ(own.trend.at(0).victims, 1) << "of two on the list one is his";
}

TEST_F(Lists, AreCountedInManySmallTransactions) {
    std::vector<Victim> victims;
    for (int i = 0; i < 2'345; ++i) victims.push_back({.address = format("198.51.{}.{}", 100 + i / 250, i % 250)});
    std::vector<std::int64_t> progress;
    std::int64_t steps = 0;
    const auto list = kept(reading_of(victims, "1", "2026-01-01"), {.series = {}, .own = false, .progress = [&](std::int64_t done, std::int64_t all) -> Status { progress.push_back(done); steps = all; return {}; }});
    ASSERT_TRUE(list) << list.error().text;
    // The records, then the victims, then the worklist, a thousand at a time.
    EXPECT_EQ(progress, (std::vector<std::int64_t>{1'000, 2'000, 2'345, 3'345, 4'345, 4'690, 5'690, 6'690, 7'035}));
    EXPECT_EQ(steps, 7'035);
    EXPECT_EQ(count("list_row"), 2'345);
    EXPECT_EQ(list->attributed, (Counts{.owner = 250, .conflict = 0, .gap = 2'095, .nobody = 0}));
    EXPECT_EQ(count("list_hit"), 250);
}

TEST_F(Lists, AnImportThatFailsHalfwayLeavesNothing) {
    month(1, {{.address = "198.51.100.1"}});
    std::vector<Victim> victims;
    for (int i = 0; i < 1'500; ++i) victims.push_back({.address = format("198.51.{}.{}", 100 + i / 250, i % 250)});
    const auto list = kept(reading_of(victims, "2", "2026-02-01"), {.series = "botnet", .own = false, .progress = [](std::int64_t, std::int64_t) -> Status { return fail(Code::unavailable, "it was stopped"); }}, "the second");
    ASSERT_FALSE(list);
    EXPECT_EQ(count("list_row"), 1);
    EXPECT_EQ(count("victim_list"), 1);
    EXPECT_EQ(told(), (Texts{"198.51.100.1 new"}));
    EXPECT_FALSE(disk.exists("data/evidence/lists/" + sha256_hex("the second")));
}

// The node is killed in the middle: what a crash leaves is what stood in the transactions before it.
TEST_F(Lists, WhatACrashLeftOfAnImportIsNeverSeenAndRemovedAtStart) {
    month(1, {{.address = "198.51.100.1"}, {.address = "198.51.100.2"}});
    const List second = month(2, {{.address = "198.51.100.1"}, {.address = "198.51.100.200"}});
    ASSERT_TRUE(state->write([&](store::Transaction& tx) -> Status {
        TRY(tx.run("update victim_list set staged = 1 where id = :l", {second.id.text()}));
        TRY(tx.run("update list_series set latest = (select id from victim_list where staged = 0), coming = :l", {second.id.text()}));
        return {};
    }));
    EXPECT_EQ(state->read([&](store::Transaction& tx) { return all(tx, access::Scope::node(), std::nullopt, 10); })->size(), 1U);
    EXPECT_EQ(state->read([&](store::Transaction& tx) { return find(tx, access::Scope::node(), second.id); }).error().code, Code::not_found);
    for (const std::string& hit : told()) EXPECT_EQ(hit.find("198.51.100.200"), std::string::npos);
    ASSERT_TRUE(recover(place()));
    EXPECT_EQ(count("list_row"), 2);
    EXPECT_EQ(count("victim_list"), 1);
    EXPECT_EQ(told().size(), 2U);
    EXPECT_EQ(told(access::Scope::node(), {.state = HitState::new_}).size(), 2U);
}

TEST_F(Lists, TheOriginalIsTheFileByteForByteOrIsSaidToBeChanged) {
    const List list = month(1, {{.address = "198.51.100.7"}});
    std::int64_t checked = 0;
    EXPECT_TRUE(check_originals(place(), checked).value().empty());
    EXPECT_EQ(checked, 1);
    ASSERT_TRUE(store::write_whole(disk, "data/evidence/lists/" + list.sha256, "another file"));
    EXPECT_EQ(original(place(), list).error().code, Code::corrupt);
    EXPECT_EQ(check_originals(place(), checked)->size(), 1U);
    ASSERT_TRUE(disk.remove("data/evidence/lists/" + list.sha256));
    EXPECT_EQ(check_originals(place(), checked)->size(), 1U);
}

// A correction of the directory: told first, then kept, with what was said before.
TEST_F(Lists, ACorrectionAttributesAnewAndKeepsWhatWasSaid) {
    const List list = month(1, {{.address = "198.51.100.7"}, {.address = "198.51.100.200"}, {.address = "198.51.100.9"}});
    claim(9, "198.51.100.7/32", organisation(3), "cổng");
    build();
    const auto preview = attribute_again(place(), list.id, attributor, false, actor, kNow);
    ASSERT_TRUE(preview) << preview.error().text;
    EXPECT_EQ(preview->rows, 3);
    ASSERT_EQ(preview->changed, 1);
    EXPECT_EQ(preview->changes[0].subject, "198.51.100.7");
    EXPECT_EQ(preview->changes[0].organisation_was, organisation(1));
    EXPECT_EQ(preview->changes[0].organisation_is, organisation(3));
    EXPECT_EQ(told(access::Scope::of({organisation(3)})), Texts{}) << "a preview changes nothing";
    ASSERT_TRUE(attribute_again(place(), list.id, attributor, true, actor, kNow + days(1)));
    EXPECT_EQ(told(access::Scope::of({organisation(3)})), (Texts{"198.51.100.7 new"}));
    EXPECT_EQ(told(access::Scope::of({organisation(1)})), (Texts{"198.51.100.9 new"}));
    const auto said = state->read([&](store::Transaction& tx) { return said_before(tx, list.id, 1, 3); }).value().at(1);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said[0].organisation, organisation(1));
    EXPECT_EQ(said[0].fact, 1);
    EXPECT_EQ(said[0].by_fact, 9);
    EXPECT_EQ(said[0].by, "user:an");
    EXPECT_EQ(said[0].changed, kNow + days(1));
    EXPECT_EQ(attribute_again(place(), list.id, attributor, true, actor, kNow)->changed, 0);
}

// The node is killed when the rows are another's and the worklist does not know it yet.
TEST_F(Lists, ACrashWhileRowsAreAttributedAnewLeavesNoOldWorklist) {
    const List list = month(1, {{.address = "198.51.100.7"}});
    ASSERT_TRUE(state->write([&](store::Transaction& tx) -> Status {
        TRY(tx.run("update list_row set organisation = :o, fact = 2 where list = :l", {organisation(2).text(), list.id.text()}));
        TRY(tx.run("update list_series set coming = :c", {"attribute " + list.id.text()}));
        return {};
    }));
    ASSERT_TRUE(recover(place()));
    EXPECT_EQ(told(access::Scope::of({organisation(1)})), Texts{});
    EXPECT_EQ(told(access::Scope::of({organisation(2)})), (Texts{"198.51.100.7 new"}));
}

// An address that was somebody else's at that time.
TEST_F(Lists, WhoseItIsGoesByWhenItWasSeen) {
    claims.clear();
    claims.push_back({.number = 1, .range = directory::range_of(*parse_network("198.51.100.0/24")), .organisation = organisation(1), .from = kNow - days(100), .until = kNow - days(10)});
    claims.push_back({.number = 2, .range = directory::range_of(*parse_network("198.51.100.0/24")), .organisation = organisation(2), .from = kNow - days(10)});
    build();
    const List list = month(1, {{.address = "198.51.100.7", .family = "a", .days_ago = 20}, {.address = "198.51.100.7", .family = "b", .days_ago = 2}});
    const auto found = state->read([&](store::Transaction& tx) { return rows(tx, access::Scope::node(), list.id, {}, 0, 10); }).value();
    EXPECT_EQ(found[0].organisation, organisation(1));
    EXPECT_EQ(found[1].organisation, organisation(2));
}

TEST_F(Lists, RejectedRowsStayReadable) {
    Reading reading = reading_of({{.address = "198.51.100.7"}}, "1", "2026-01-01");
    reading.rejected = 1;
    reading.read = 2;
    reading.rejected_rows.push_back({.line = 3, .outcome = Outcome::rejected, .duplicate_of = 0, .column = 1, .reason = "a number with a leading zero", .cells = {"2", "010.1.1.1"}, .read_as = {}});
    const List list = kept(reading).value();
    const auto found = state->read([&](store::Transaction& tx) { return rejected(tx, list.id, 0, 10); }).value();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].line, 3U);
    EXPECT_EQ(found[0].column, 1U);
    EXPECT_EQ(found[0].cells, (Texts{"2", "010.1.1.1"}));
}

TEST_F(Lists, AProfileThatPeopleKeepGoesBeforeTheShippedOne) {
    const Profile own{.name = "so-tttt", .title = "Sở", .title_vi = "Sở", .columns = {{"dia chi ip", Role::victim}, {"may chu", Role::c2}}, .zone = "Asia/Ho_Chi_Minh", .date_order = DateOrder::day_first, .requires_ = {"dia chi ip"}};
    ASSERT_TRUE(state->write([&](store::Transaction& tx) { return put_profile(tx, own, "user:an", kNow); }));
    ASSERT_TRUE(state->write([&](store::Transaction& tx) { return put_profile(tx, own, "user:an", kNow); }));
    const Profile shipped[] = {{.name = "so-tttt", .title = "shipped", .shipped = true}, {.name = "shadowserver", .title = "Shadowserver", .shipped = true}};
    const auto all = together(shipped, state->read([](store::Transaction& tx) { return own_profiles(tx); }).value());
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[1].title, "Sở");
    EXPECT_EQ(all[1].version, 2);
    EXPECT_EQ(all[1].columns, own.columns);
    EXPECT_EQ(all[1].date_order, DateOrder::day_first);
    EXPECT_TRUE(state->write([&](store::Transaction& tx) { return remove_profile(tx, "so-tttt"); }).value());
}

}  // namespace
}  // namespace vg::lists::lists_test
