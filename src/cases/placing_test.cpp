// A list places its victims by the thousand: what comes of it is what comes of them one by one.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "base/text.h"
#include "base/time.h"
#include "cases/cases.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::cases::placing_test {
namespace {

constexpr Time kMay{1'714'500'000'000'000};
const std::string kHash(64, 'a');

// Two worlds that see the same: one by one, and in pieces.
struct PlacedWorld {
    PlacedWorld() {
        const std::array schemas{store::audit_schema(), schema()};
        state = *store::State::open(store::test_state(), schemas, metrics);
    }
    // What stands in State, without ids, which are random, and versions, which count transactions.
    std::vector<std::string> stands() {
        using Int = std::int64_t;
        using Text = std::string;
        std::vector<std::string> out;
        const auto read = state->read([&](store::Transaction& tx) -> Result<bool> {
            const auto items = TRY((tx.query<Text, Text, Text, Text, Int, Int, Int, Int, Int, Int, Int, Text>(
                "select organisation, subject, family, state, seen, reminders, relapses, first_seen, last_seen, level, (select number from case_file where case_file.id = case_id), matter from case_item order by organisation, subject, family_key")));
            for (const auto& [organisation, subject, family, state_name, seen, reminders, relapses, first, last, level, number, matter] : items)
                out.push_back(format("item {} {} {} {} {} {} {} {} {} {} case {} {}", organisation, subject, family, state_name, seen, reminders, relapses, first, last, level, number, matter));
            const auto files = TRY((tx.query<Int, Text, Text, Text, Text, Text>("select number, organisation, matter, title, stage, receipt from case_file order by number")));
            for (const auto& [number, organisation, matter, title, stage, receipt] : files) out.push_back(format("case {} {} {} {} {} {}", number, organisation, matter, title, stage, receipt));
            const auto entries = TRY((tx.query<Int, Int, Text, Text>("select f.number, e.number, e.kind, e.text from case_entry e join case_file f on f.id = e.case_id order by f.number, e.number")));
            for (const auto& [number, entry, kind, text] : entries) out.push_back(format("entry {} {} {} {}", number, entry, kind, text));
            const auto sightings = TRY((tx.query<Text, Text, Text, Int>("select i.organisation, i.subject || ' ' || i.family_key, s.ref, s.seen from case_sighting s join case_item i on i.id = s.item order by i.organisation, i.subject, i.family_key, s.ref")));
            for (const auto& [organisation, subject, ref, seen] : sightings) out.push_back(format("sighting {} {} {} {}", organisation, subject, ref, seen));
            const auto audit = TRY((tx.query<Text, Int>("select action, count(*) from audit group by action order by action")));
            for (const auto& [action, count] : audit) out.push_back(format("audit {} {}", action, count));
            return true;
        });
        EXPECT_TRUE(read) << read.error().text;
        return out;
    }
    Item item(const OrganisationId& of, const std::string& subject, const std::string& family) {
        const auto found = state->read([&](store::Transaction& tx) { return items(tx, access::Scope::of({of}), std::nullopt, std::nullopt, "", 1'000); });
        for (const Item& one : *found)
            if (one.subject == subject && one.family == family) return one;
        return {};
    }

    metrics::Registry metrics;
    SeededRandom random{7};
    std::unique_ptr<store::State> state;
};

TEST(PlacingMany, IsPlacingEach) {
    std::mt19937_64 chance{31};
    PlacedWorld each, many;
    SeededRandom ids{1};
    const OrganisationId organisations[] = {make_id<OrganisationTag>(kMay, ids), make_id<OrganisationTag>(kMay, ids)};
    const access::Actor officer{.name = "user:an", .role = access::Role::operator_, .scope = access::Scope::node(), .organisation = {}, .user = {}, .source = {}, .session = {}};
    std::map<Placed, std::size_t> came;
    for (int round = 0; round < 14; ++round) {
        const Time now = kMay + days(round);
        std::vector<Sighting> sightings;
        for (std::size_t i = 0, count = 1 + chance() % 90; i < count; ++i)
            sightings.push_back({.organisation = organisations[chance() % 2], .matter = chance() % 5 == 0 ? "đột xuất" : "botnet", .title = {}, .subject = format("203.0.113.{}", chance() % 20), .family = chance() % 2 == 0 ? "Mirai" : "Sality",
                                 .system = chance() % 3 == 0 ? "CDL" : "", .level = 3, .seen = now - hours(static_cast<std::int64_t>(chance() % 60)), .ref = format("list/{}", chance() % 4 == 0 ? round : 100 + round)});
        std::vector<Placed> one_by_one, together;
        ASSERT_TRUE(each.state->write([&](store::Transaction& tx) -> Status {
            one_by_one.clear();
            for (const Sighting& one : sightings) one_by_one.push_back(TRY(place(tx, "system", one, each.random, now)).what);
            return {};
        }));
        ASSERT_TRUE(many.state->write([&](store::Transaction& tx) -> Status {
            together.clear();
            const auto placed = TRY(place(tx, "system", sightings, many.random, now));
            for (const Place& one : placed) together.push_back(one.what);
            return {};
        }));
        ASSERT_EQ(one_by_one, together) << "round " << round;
        for (const Placed one : together) ++came[one];
        // People answer, close and except the same in both.
        for (int i = 0; i < 12; ++i) {
            const auto& of = organisations[chance() % 2];
            const std::string subject = format("203.0.113.{}", chance() % 20), family = chance() % 2 == 0 ? "Mirai" : "Sality";
            const std::size_t deed = chance() % 3;
            for (PlacedWorld* world : {&each, &many}) {
                const Item item = world->item(of, subject, family);
                if (item.id.is_nil()) continue;
                (void)world->state->write([&](store::Transaction& tx) -> Status {
                    if (deed == 0) TRY(answer(tx, officer, item.id, {.kind = AnswerKind::removed, .text = {}, .evidence = Evidence{now - hours(20), "", "AV", kHash, Rescan::clean, ""}, .until = {}}, std::nullopt, now));
                    if (deed == 1) TRY(close(tx, officer, item.id, {}, std::nullopt, "máy đã bỏ", std::nullopt, now));
                    if (deed == 2) TRY(answer(tx, officer, item.id, {.kind = AnswerKind::exception, .text = "vì", .evidence = {}, .until = now + days(2)}, std::nullopt, now));
                    return {};
                });
            }
        }
        const auto wanted = each.stands(), there = many.stands();
        ASSERT_EQ(wanted.size(), there.size()) << "round " << round;
        for (std::size_t i = 0; i < wanted.size(); ++i) ASSERT_EQ(wanted[i], there[i]) << "round " << round;
    }
    for (const Placed one : {Placed::opened, Placed::joined, Placed::reminded, Placed::refuted, Placed::relapsed, Placed::known}) EXPECT_GT(came[one], 3U) << name_of(one);
}

// The closed case comes back, and what is new of its matter goes there.
TEST(PlacingMany, ARelapseIsThereForWhatFollowsIt) {
    PlacedWorld world;
    SeededRandom ids{1};
    const OrganisationId of = make_id<OrganisationTag>(kMay, ids);
    const auto sighting = [&](const char* subject, Time seen, const char* ref) { return Sighting{.organisation = of, .matter = "botnet", .title = {}, .subject = subject, .family = "Mirai", .system = {}, .seen = seen, .ref = ref}; };
    const auto put = [&](std::vector<Sighting> all) { return *world.state->write([&](store::Transaction& tx) { return place(tx, "system", all, world.random, kMay); }); };
    const auto first = put({sighting("203.0.113.1", kMay - days(9), "list/1")});
    ASSERT_TRUE(world.state->write([&](store::Transaction& tx) -> Status {
        TRY(tx.run("update case_item set state = 'closed', closed = :a", {(kMay - days(8)).micros}));
        TRY(tx.run("update case_file set closed = :a", {(kMay - days(8)).micros}));
        return {};
    }));
    const auto again = put({sighting("203.0.113.1", kMay - days(2), "list/2"), sighting("203.0.113.2", kMay - days(2), "list/2")});
    EXPECT_EQ(again[0].what, Placed::relapsed);
    EXPECT_EQ(again[1].what, Placed::joined);
    EXPECT_EQ(again[1].of.text(), first[0].of.text());
}

}  // namespace
}  // namespace vg::cases::placing_test
