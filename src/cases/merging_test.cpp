// Merge and split: nothing is lost and nothing doubled, the merged case points to its survivor, and its matter goes on there.
#include "cases/merging.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "base/text.h"
#include "cases/tasks.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::cases::merging_test {
namespace {

constexpr Time kMay{1'714'500'000'000'000};  // 2024-04-30T18:00:00Z

class CountingRandom final : public Random {
public:
    void fill(std::uint8_t* bytes, std::size_t count) override {
        for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(generator_());
    }

private:
    std::mt19937_64 generator_{7};
};

struct Merging : testing::Test {
    Merging() {
        const std::array schemas{store::audit_schema(), schema()};
        state = *store::State::open(store::test_state(), schemas, metrics);
        a = make_id<OrganisationTag>(kMay, random);
        b = make_id<OrganisationTag>(kMay, random);
        officer = {.name = "user:an", .role = access::Role::operator_, .scope = access::Scope::node(), .organisation = {}, .user = {}, .source = {}, .session = {}};
    }
    template <class T>
    T must(Result<T> result) {
        EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().text);
        return std::move(*result);
    }
    template <class Work>
    auto write(Work&& work) {
        return state->write([&](store::Transaction& tx) { return work(tx); });
    }
    Place see(const std::string& matter, const std::string& subject, const std::string& ref, std::optional<OrganisationId> whose = {}, Time seen = kMay - days(3)) {
        return must(write([&](store::Transaction& tx) { return place(tx, "system", {.organisation = whose.value_or(a), .matter = matter, .title = {}, .subject = subject, .family = "Mirai", .system = {}, .seen = seen, .ref = ref}, random, now); }));
    }
    Case file(const CaseId& id) {
        return must(state->read([&](store::Transaction& tx) { return find(tx, access::Scope::node(), id); }));
    }
    Item item(const ItemId& id) {
        return must(state->read([&](store::Transaction& tx) { return find_item(tx, access::Scope::node(), id); }));
    }
    Result<Case> merged(const CaseId& into, std::vector<Chosen> from, std::optional<std::int64_t> version = {}) {
        return write([&](store::Transaction& tx) { return merge(tx, officer, into, from, "", version, now); });
    }
    Result<Case> parted(const CaseId& of, std::vector<ItemId> items, const std::string& title) {
        return write([&](store::Transaction& tx) { return split(tx, officer, of, {.items = std::move(items), .title = title, .matter = {}, .reason = {}}, {}, random, now); });
    }
    Result<Case> taken_back(const CaseId& of, const CaseId& which) {
        return write([&](store::Transaction& tx) { return split_back(tx, officer, of, which, "", {}, now); });
    }
    std::vector<Entry> told(const CaseId& id) {
        return must(state->read([&](store::Transaction& tx) { return timeline(tx, access::Scope::node(), id, 0, 1'000); }));
    }
    template <class... T>
    std::set<std::tuple<T...>> rows(const std::string& sql) {
        const auto found = must(state->read([&](store::Transaction& tx) { return tx.query<T...>(sql); }));
        std::set<std::tuple<T...>> out(found.begin(), found.end());
        EXPECT_EQ(out.size(), found.size()) << "doubled: " << sql;
        return out;
    }

    metrics::Registry metrics;
    CountingRandom random;
    std::unique_ptr<store::State> state;
    OrganisationId a, b;
    access::Actor officer;
    Time now = kMay;
};

TEST_F(Merging, TheMergedCaseStaysReadableAndPointsToTheOther) {
    const Place one = see("list A", "203.0.113.7", "list/1"), two = see("list B", "203.0.113.8", "list/2", {}, kMay - days(9));
    const Case before = file(two.of);
    const Case whole = must(merged(one.of, {{two.of, before.version}}));
    EXPECT_EQ(whole.items, 2);
    EXPECT_EQ(whole.detected, kMay - days(9)) << "the earliest detection";
    const Case gone = file(two.of);
    EXPECT_EQ(gone.title, before.title);
    EXPECT_EQ(gone.items, 0);
    ASSERT_TRUE(gone.merged_into.has_value());
    EXPECT_EQ(gone.merged_into->text(), one.of.text());
    EXPECT_EQ(gone.merged_into_number, whole.number);
    EXPECT_TRUE(gone.closed.has_value());
    EXPECT_EQ(told(one.of).back().kind, "merged");
    EXPECT_EQ(told(two.of).back().kind, "merged-into");
    EXPECT_EQ(told(two.of).front().kind, "opened") << "its own entries stay with it";
    EXPECT_EQ(item(two.item).of.text(), one.of.text());
    const auto all = must(state->read([&](store::Transaction& tx) { return history(tx, access::Scope::node(), two.item, 100); }));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].case_number, before.number) << "told in the case where it was seen";
    EXPECT_FALSE(write([&](store::Transaction& tx) { return advance(tx, officer, two.of, Stage::removing, "", "", {}, now); }));
    EXPECT_FALSE(merged(two.of, {{one.of, {}}})) << "nothing is merged into a merged case";
}

TEST_F(Merging, NewSightingsOfItsMatterJoinTheSurvivor) {
    const Place one = see("list A", "203.0.113.7", "list/1"), two = see("list B", "203.0.113.8", "list/2"), three = see("list C", "203.0.113.9", "list/3");
    must(merged(two.of, {{three.of, {}}}));
    must(merged(one.of, {{two.of, {}}}));
    const Place next = see("list C", "203.0.113.10", "list/4");
    EXPECT_EQ(next.what, Placed::joined);
    EXPECT_EQ(next.of.text(), one.of.text()) << "through both merges";
    EXPECT_EQ(see("list B", "203.0.113.8", "list/5").what, Placed::reminded);
    const auto again = write([&](store::Transaction& tx) { return open(tx, officer, {.organisation = a, .matter = "list B", .title = "list B", .kind = "malware"}, random, now); });
    EXPECT_FALSE(again) << "it is open about this matter already";
    EXPECT_EQ(see("list B", "203.0.113.8", "list/6", b).what, Placed::opened) << "another organisation's has nothing to do with it";
}

TEST_F(Merging, ARelapseOpensTheSurvivorForItsMatterAsWell) {
    const Place one = see("list A", "203.0.113.7", "list/1"), two = see("list B", "203.0.113.8", "list/2");
    must(merged(one.of, {{two.of, {}}}));
    for (const ItemId& id : {one.item, two.item}) must(write([&](store::Transaction& tx) { return close(tx, officer, id, {}, {}, "máy đã thanh lý", {}, now); }));
    for (const Stage stage : {Stage::report_sent, Stage::acknowledged}) must(write([&](store::Transaction& tx) { return advance(tx, officer, one.of, stage, "", "55/VNCERT", {}, now); }));
    ASSERT_TRUE(file(one.of).closed.has_value());
    now = now + days(30);
    const auto sighting = [&](const std::string& subject) { return Sighting{.organisation = a, .matter = "list B", .title = {}, .subject = subject, .family = "Mirai", .system = {}, .seen = kMay + days(29), .ref = "list/9"}; };
    const std::vector<Sighting> list{sighting("203.0.113.8"), sighting("203.0.113.80")};
    const auto places = must(write([&](store::Transaction& tx) { return place(tx, "system", list, random, now); }));
    EXPECT_EQ(places[0].what, Placed::relapsed);
    EXPECT_EQ(places[1].what, Placed::joined) << "in the same list";
    EXPECT_EQ(places[1].of.text(), one.of.text());
    EXPECT_FALSE(file(one.of).closed.has_value());
}

TEST_F(Merging, ASplitTakesAMergeBack) {
    const Place one = see("list A", "203.0.113.7", "list/1"), two = see("list B", "203.0.113.8", "list/2", {}, kMay - days(9)), three = see("list C", "203.0.113.9", "list/3", {}, kMay - days(20));
    const Task task = must(write([&](store::Transaction& tx) { return add_task(tx, officer, two.of, {.title = "gọi đơn vị"}, random, now); }));
    const Case whole = must(merged(one.of, {{two.of, {}}, {three.of, {}}}));
    EXPECT_EQ(whole.detected, kMay - days(20));
    const auto task_of = [&] { return must(state->read([&](store::Transaction& tx) { return find_task(tx, access::Scope::node(), task.id); })).of.text(); };
    EXPECT_EQ(task_of(), one.of.text());
    const Place later = see("list B", "203.0.113.80", "list/4"), other = see("list A", "203.0.113.70", "list/4");
    const Case back = must(taken_back(one.of, two.of));
    EXPECT_FALSE(back.closed.has_value());
    EXPECT_FALSE(back.merged_into.has_value());
    EXPECT_EQ(back.items, 2) << "what came with it, and what its matter brought since";
    EXPECT_EQ(item(later.item).of.text(), two.of.text());
    EXPECT_EQ(item(other.item).of.text(), one.of.text());
    EXPECT_EQ(task_of(), two.of.text());
    EXPECT_EQ(file(one.of).detected, kMay - days(20)) << "the third is still in it";
    must(taken_back(one.of, three.of));
    EXPECT_EQ(file(one.of).detected, kMay - days(3)) << "its own";
    EXPECT_EQ(file(two.of).detected, kMay - days(9));
    EXPECT_FALSE(taken_back(one.of, three.of)) << "it is taken back already";
    EXPECT_EQ(see("list C", "203.0.113.9", "list/5").of.text(), three.of.text());
}

TEST_F(Merging, WhatDoesNotBelongTogetherIsRefusedWhole) {
    const Place one = see("list A", "203.0.113.7", "list/1"), two = see("list B", "203.0.113.8", "list/2"), foreign = see("list B", "198.51.100.1", "list/2", b);
    EXPECT_EQ(merged(one.of, {{two.of, {}}, {foreign.of, {}}}).error().code, Code::conflict) << "another organisation's";
    EXPECT_FALSE(file(two.of).closed.has_value()) << "all or none";
    EXPECT_EQ(item(two.item).of.text(), two.of.text());
    EXPECT_EQ(merged(one.of, {{one.of, {}}}).error().code, Code::bad_input);
    EXPECT_EQ(merged(one.of, {{two.of, {}}, {two.of, {}}}).error().code, Code::bad_input);
    EXPECT_EQ(merged(one.of, {}).error().code, Code::bad_input);
    EXPECT_EQ(merged(one.of, {{two.of, 99}}).error().code, Code::conflict) << "it was changed meanwhile";
    EXPECT_EQ(merged(one.of, {{two.of, {}}}, 99).error().code, Code::conflict);
    access::Actor stranger = officer;
    stranger.scope = access::Scope::of({b});
    EXPECT_EQ(write([&](store::Transaction& tx) { return merge(tx, stranger, foreign.of, {{two.of, {}}}, "", {}, now); }).error().code, Code::not_found) << "who does not see it";
    EXPECT_EQ(parted(one.of, {one.item}, "phần khác").error().code, Code::conflict) << "one item stays";
    EXPECT_EQ(parted(one.of, {two.item}, "phần khác").error().code, Code::conflict) << "an item of another case";
}

TEST_F(Merging, ASplitIsACaseOfItsOwn) {
    const Place one = see("list A", "203.0.113.7", "list/1"), two = see("list A", "203.0.113.8", "list/1");
    must(write([&](store::Transaction& tx) { return assign(tx, officer, one.of, "an", {}, now); }));
    EXPECT_EQ(parted(one.of, {two.item}, "list A").error().code, Code::conflict) << "the matter is taken";
    const Case part = must(parted(one.of, {two.item}, "máy chủ thư"));
    EXPECT_EQ(part.items, 1);
    EXPECT_EQ(part.assigned, "an");
    EXPECT_EQ(part.organisation.text(), a.text());
    EXPECT_EQ(told(part.id).back().kind, "split-from");
    EXPECT_EQ(told(one.of).back().kind, "split");
    EXPECT_EQ(see("list A", "203.0.113.8", "list/2").of.text(), part.id.text()) << "a known item is seen in its own case";
    EXPECT_EQ(see("list A", "203.0.113.9", "list/2").of.text(), one.of.text()) << "a new one goes to the matter's";
    const Case whole = must(merged(one.of, {{part.id, {}}}));
    EXPECT_EQ(whole.items, 3) << "undone by a merge";
}

// Random sightings, answers, absences, merges, splits and their undoing: whatever stood before stands once after, in a case that is not merged and is of its organisation.
TEST_F(Merging, NothingIsLostOrDoubledByRandomMergesAndSplits) {
    std::mt19937_64 chance{11};
    const auto pick = [&](std::size_t count) { return static_cast<std::size_t>(chance() % count); };
    std::size_t merges = 0, splits = 0, undone = 0, refused = 0;
    for (int i = 0; i < 12; ++i) see(format("list {}", i % 6), format("203.0.113.{}", i), "list/0", i % 3 == 0 ? b : a);
    for (int step = 0; step < 250; ++step) {
        now = now + hours(1);
        const auto cases_now = must(state->read([&](store::Transaction& tx) { return list(tx, access::Scope::node(), {}, {}, 1'000); }));
        const auto items_now = must(state->read([&](store::Transaction& tx) { return items(tx, access::Scope::node(), {}, {}, "", 1'000); }));
        const auto entries = rows<std::string, std::int64_t, std::string, std::string, std::string>("select case_id, number, kind, item, text from case_entry");
        const auto sightings = rows<std::string, std::string, std::int64_t>("select item, ref, seen from case_sighting");
        const auto evidence = rows<std::string, std::int64_t, std::int64_t, std::string>("select item, number, removed, hash from case_evidence");
        const auto absences = rows<std::string, std::string>("select item, list from case_absence");
        const auto audited = rows<std::int64_t>("select count(*) from audit");
        bool moves = true;
        Result<Case> deed = fail(Code::conflict, "");
        const Case& one = cases_now[pick(cases_now.size())];
        const Item& of = items_now[pick(items_now.size())];
        switch (pick(7)) {
            case 0: moves = false, see(format("list {}", pick(8)), format("203.0.113.{}", pick(60)), format("list/{}", step), pick(3) == 0 ? b : a, now - hours(2)); break;
            case 1:
                moves = false;
                static_cast<void>(write([&](store::Transaction& tx) { return answer(tx, officer, of.id, {.kind = AnswerKind::removed, .text = {}, .evidence = Evidence{now, "", "AV", std::string(64, 'a'), Rescan::clean, ""}, .until = {}}, {}, now); }));
                break;
            case 2:
                moves = false;
                must(write([&](store::Transaction& tx) { return note_absences(tx, {.matter = format("list {}", pick(8)), .list = format("{}", step), .period_from = now, .families = {"mirai"}}, now); }));
                break;
            case 3:
            case 4: {
                std::vector<Chosen> from;
                for (std::size_t i = 0; i <= pick(3); ++i) {
                    const Case& other = cases_now[pick(cases_now.size())];
                    from.push_back({other.id, other.version});
                }
                deed = merged(one.id, from);
                merges += deed ? 1 : 0;
                break;
            }
            case 5: {
                std::vector<ItemId> some;
                for (const Item& each : items_now)
                    if (each.of == of.of && pick(2) == 0) some.push_back(each.id);
                deed = parted(of.of, some, format("phần {}", step));
                splits += deed ? 1 : 0;
                break;
            }
            case 6:
                for (const Case& each : cases_now)
                    if (each.merged_into && !deed && pick(2) == 0) deed = taken_back(*each.merged_into, each.id);
                undone += deed ? 1 : 0;
                break;
        }
        if (moves && !deed) ++refused;
        const auto items_then = must(state->read([&](store::Transaction& tx) { return items(tx, access::Scope::node(), {}, {}, "", 1'000); }));
        const auto cases_then = must(state->read([&](store::Transaction& tx) { return list(tx, access::Scope::node(), {}, {}, 1'000); }));
        std::map<std::string, Case> by_id;
        std::int64_t counted = 0;
        for (const Case& each : cases_then) {
            by_id.emplace(each.id.text(), each);
            counted += each.items;
        }
        ASSERT_EQ(counted, static_cast<std::int64_t>(items_then.size())) << "each item stands in one case";
        for (const Case& each : cases_then) {
            EXPECT_EQ(each.closed.has_value(), each.merged_into.has_value()) << "nothing else closes one here";
            Case end = each;
            for (int steps = 0; end.merged_into && steps < 100; ++steps) end = by_id.at(end.merged_into->text());
            EXPECT_FALSE(end.merged_into.has_value()) << "a chain ends";
            EXPECT_TRUE(end.organisation == each.organisation);
        }
        for (const Item& each : items_then) {
            const Case& whole = by_id.at(each.of.text());
            EXPECT_TRUE(whole.organisation == each.organisation);
            EXPECT_FALSE(whole.merged_into.has_value()) << "a merged case holds nothing";
        }
        const auto entries_then = rows<std::string, std::int64_t, std::string, std::string, std::string>("select case_id, number, kind, item, text from case_entry");
        for (const auto& each : entries) EXPECT_TRUE(entries_then.count(each)) << "an entry is gone: " << std::get<4>(each);
        if (!moves) continue;
        ASSERT_EQ(items_then.size(), items_now.size());
        for (std::size_t i = 0; i < items_now.size(); ++i) {
            EXPECT_EQ(items_then[i].id.text(), items_now[i].id.text());
            EXPECT_EQ(items_then[i].subject, items_now[i].subject);
            EXPECT_EQ(items_then[i].state, items_now[i].state);
            EXPECT_EQ(items_then[i].seen, items_now[i].seen);
            EXPECT_EQ(items_then[i].version != items_now[i].version, !(items_then[i].of == items_now[i].of)) << "one that moved has another version";
        }
        EXPECT_EQ((rows<std::string, std::string, std::int64_t>("select item, ref, seen from case_sighting")), sightings);
        EXPECT_EQ((rows<std::string, std::int64_t, std::int64_t, std::string>("select item, number, removed, hash from case_evidence")), evidence);
        EXPECT_EQ((rows<std::string, std::string>("select item, list from case_absence")), absences);
        if (!deed) {
            EXPECT_EQ(entries_then, entries) << "what is refused leaves nothing behind";
            EXPECT_EQ(rows<std::int64_t>("select count(*) from audit"), audited);
        } else {
            EXPECT_GE(entries_then.size(), entries.size() + 2) << "told on both sides";
        }
    }
    EXPECT_GT(merges, 5U);
    EXPECT_GT(splits, 5U);
    EXPECT_GT(undone, 5U);
    EXPECT_GT(refused, 10U);
}

}  // namespace
}  // namespace vg::cases::merging_test
