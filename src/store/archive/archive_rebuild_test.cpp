// Building segments anew, and what a question is told of what is missing.
#include <gtest/gtest.h>

#include "store/archive/archive_test_kit.h"

namespace vg::store::archive {
namespace {

using kit::Events;

struct ArchiveRebuild : kit::Base {
    // Segments of a hundred events each, one a day; the second of organisation 2.
    void segments_a_day_apart(std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i) {
            append_simple(i * 100, i * 100 + 100, i == 1 ? 2 : 1);
            tend(true);
            clock.move(days(1));
        }
    }
    static std::optional<Time> unreadable(event::Position) { return std::nullopt; }
    Archive::Marked mark(std::uint64_t from, std::uint64_t to = UINT64_MAX) {
        auto marked = archive->rebuild({{from}, {to}}, {}, unreadable);
        EXPECT_TRUE(marked) << marked.error().text;
        return marked.value_or(Archive::Marked{});
    }
    // What the feed does, with events that say "new".
    Status give(std::uint64_t from, std::uint64_t to, std::uint8_t organisation = 1, std::uint64_t leave_out = UINT64_MAX) {
        Events events;
        events.received = clock.now();
        for (; from < to; ++from) {
            if (from == leave_out) continue;
            events.build().ecs(event::Ecs::message, events.keep(format("new {}", from)));
            events.add(from, kit::kStart + seconds(static_cast<std::int64_t>(from)), organisation);
        }
        const auto next = archive->to_rebuild();
        if (!next) return fail(Code::not_found, "nothing is marked");
        return archive->rebuild_with({next->from, {to}}, events.all);
    }
    std::string message(std::uint64_t position) { return archive->at({position})->fields.text("message").value_or(""); }
    Question everything() const { return {.from = kit::kStart - days(365), .to = kit::kStart + days(365)}; }
    std::vector<Gap> told(Question question) {
        std::vector<Gap> gaps;
        question.unseen = [&](const Unseen& unseen) { gaps = unseen.gaps; };
        EXPECT_TRUE(archive->count(question));
        return gaps;
    }
    void lose(const std::string& name) {
        archive.reset();
        std::filesystem::remove(options.folder + "/segments/" + name + ".parquet");
        open();
    }
};

TEST_F(ArchiveRebuild, ASegmentStandsUntilItsReplacementIsWhole) {
    open();
    segments_a_day_apart(3);
    const Archive::Marked marked = mark(150);
    EXPECT_EQ(marked.segments, 2U);
    EXPECT_EQ(marked.events, 200U);
    ASSERT_TRUE(archive->to_rebuild());
    EXPECT_EQ(archive->to_rebuild()->from.value, 100U);
    EXPECT_EQ(archive->to_rebuild()->to.value, 200U);
    ASSERT_TRUE(give(100, 160, 2));
    EXPECT_EQ(message(110), "message 110") << "the old one is asked";
    EXPECT_EQ(positions(), range(0, 300));
    ASSERT_TRUE(give(160, 200, 2));
    EXPECT_EQ(message(110), "new 110");
    EXPECT_EQ(positions(), range(0, 300));
    EXPECT_EQ(archive->rebuilding().segments, 1U);
    EXPECT_EQ(archive->rebuilding().events, 100U);
    EXPECT_EQ(archive->rebuilding().events_marked, 200U);
    EXPECT_TRUE(archive->missing().empty());
    ASSERT_TRUE(give(200, 300));
    EXPECT_FALSE(archive->to_rebuild());
    EXPECT_EQ(archive->rebuilding().segments, 0U);
    EXPECT_EQ(message(0), "message 0");
    EXPECT_EQ(message(299), "new 299");
}

TEST_F(ArchiveRebuild, MarksOutliveARestartAndHalfAReplacementLeavesNothing) {
    open();
    segments_a_day_apart(2);
    mark(0);
    ASSERT_TRUE(give(0, 50));
    const auto before = files();
    open();
    EXPECT_EQ(files(), before);
    EXPECT_EQ(archive->rebuilding().segments, 2U);
    ASSERT_TRUE(archive->to_rebuild());
    EXPECT_EQ(archive->to_rebuild()->from.value, 0U) << "the segment in hand begins anew";
    ASSERT_TRUE(give(0, 100));
    ASSERT_TRUE(give(100, 200, 2));
    EXPECT_FALSE(archive->to_rebuild());
    EXPECT_EQ(positions(), range(0, 200));
    EXPECT_EQ(files().size(), 4U);
}

TEST_F(ArchiveRebuild, WhatTheJournalHasNotStaysAndIsNamed) {
    open();
    segments_a_day_apart(3);
    mark(0);
    ASSERT_TRUE(archive->to_rebuild());
    ASSERT_TRUE(archive->keep_as_is("the journal holds its records no longer"));
    ASSERT_TRUE(archive->to_rebuild());
    ASSERT_TRUE(give(100, 200, 2, 133)) << "one of a hundred is not there";
    ASSERT_TRUE(give(200, 300));
    EXPECT_FALSE(archive->to_rebuild());
    EXPECT_EQ(archive->rebuilding().kept, (std::vector<std::string>{"segment 000000000001 (positions 0 to 99, 100 events) was kept as it is: the journal holds its records no longer",
                                                                     "segment 000000000002 (positions 100 to 199, 100 events) was kept as it is: the journal has 99 of its 100 events"}));
    EXPECT_EQ(positions(), range(0, 300));
    EXPECT_EQ(message(133), "message 133");
    EXPECT_EQ(message(200), "new 200");
    open();
    EXPECT_EQ(archive->rebuilding().kept.size(), 2U);
    EXPECT_EQ(files().size(), 6U);
    mark(200);
    EXPECT_TRUE(archive->rebuilding().kept.empty());
}

TEST_F(ArchiveRebuild, StoppingLeavesWhatStands) {
    open();
    segments_a_day_apart(2);
    mark(0);
    ASSERT_TRUE(give(0, 100));
    ASSERT_TRUE(give(100, 150, 2));
    ASSERT_TRUE(archive->stop_rebuild());
    EXPECT_FALSE(archive->to_rebuild());
    EXPECT_EQ(positions(), range(0, 200));
    EXPECT_EQ(message(0), "new 0");
    EXPECT_EQ(message(110), "message 110");
    EXPECT_EQ(files().size(), 4U);
}

TEST_F(ArchiveRebuild, ASegmentThatIsLostMeanwhileIsPutBackInstead) {
    open();
    segments_a_day_apart(2);
    mark(0);
    lose("000000000001");
    ASSERT_EQ(archive->missing().size(), 1U);
    ASSERT_TRUE(archive->to_rebuild());
    EXPECT_EQ(archive->to_rebuild()->from.value, 100U);
    Events events;
    events.received = clock.now();
    events.simple_range(0, 100);
    ASSERT_TRUE(archive->replace({{0}, {100}}, events.all));
    ASSERT_TRUE(give(100, 200, 2));
    EXPECT_FALSE(archive->to_rebuild()) << "what was put back is new already";
    EXPECT_EQ(positions(), range(0, 200));
}

// Positions that no segment covers come back only where the journal has them and their term is not over.
TEST_F(ArchiveRebuild, WhereNothingStandsTheJournalIsAsked) {
    options.keep_for = days(30);
    open();
    segments_a_day_apart(3);
    lose("000000000002");
    ASSERT_TRUE(archive->give_up({{100}, {200}}, "the journal holds them no longer"));
    const auto received = [&](event::Position) { return std::optional{kit::kStart + days(1)}; };
    EXPECT_EQ(archive->rebuild({{0}, {UINT64_MAX}}, {150}, received)->ranges, 1U);
    ASSERT_EQ(archive->missing().size(), 1U);
    EXPECT_EQ(archive->missing()[0].from.value, 150U);
    EXPECT_EQ(archive->missing()[0].to.value, 200U);
    Events events;
    events.received = kit::kStart + days(1);
    events.simple_range(150, 200, 2);
    ASSERT_TRUE(archive->replace({{150}, {200}}, events.all));
    EXPECT_TRUE(archive->missing().empty());
    const auto gaps = told(everything());
    ASSERT_EQ(gaps.size(), 1U) << "100 to 149 are lost still";
    EXPECT_TRUE(gaps[0].lost);
    clock.move(days(40));
    EXPECT_EQ(archive->rebuild({{0}, {UINT64_MAX}}, {}, received)->ranges, 0U);
}

TEST_F(ArchiveRebuild, ExpiredEventsDoNotComeBack) {
    options.keep_for = days(30);
    options.keep_for_organisation[kit::id_of<OrganisationTag>(2)] = days(2);
    open();
    append_simple(0, 100);
    tend(true);
    archive.reset();
    std::filesystem::remove(options.folder + "/segments/000000000001.parquet");
    open();
    clock.move(days(10));
    Events events;  // received ten days ago
    events.simple_range(0, 60, 1);
    events.simple_range(60, 100, 2);
    ASSERT_TRUE(archive->replace({{0}, {100}}, events.all));
    EXPECT_EQ(positions(), range(0, 60));
}

// ---- what a question is told ----

TEST_F(ArchiveRebuild, AQuestionIsToldOfWhatItMayHaveMissed) {
    open();
    segments_a_day_apart(3);
    EXPECT_TRUE(told(everything()).empty());
    lose("000000000002");
    const auto gaps = told(everything());
    ASSERT_EQ(gaps.size(), 1U);
    EXPECT_EQ(gaps[0].from, kit::kStart + days(1));
    EXPECT_EQ(gaps[0].to, kit::kStart + days(1));
    EXPECT_EQ(gaps[0].events, 100U);
    EXPECT_FALSE(gaps[0].lost);

    Question other = everything();  // occurred: seconds 100 to 199
    other.to = kit::kStart + seconds(100);
    EXPECT_TRUE(told(other).empty());
    other.to = kit::kStart + seconds(101);
    EXPECT_EQ(told(other).size(), 1U);
    other.from = kit::kStart + seconds(200);
    other.to = kit::kStart + days(365);
    EXPECT_TRUE(told(other).empty());

    other = everything();
    other.organisations = std::vector{kit::id_of<OrganisationTag>(1)};
    EXPECT_TRUE(told(other).empty()) << "it held nothing of theirs";
    other.organisations = std::vector{kit::id_of<OrganisationTag>(2)};
    ASSERT_EQ(told(other).size(), 1U);
    EXPECT_FALSE(told(other)[0].events) << "how many others have is not theirs to know";

    Events first;
    first.received = clock.now();
    first.simple_range(100, 140, 2);
    ASSERT_TRUE(archive->replace({{100}, {140}}, first.all));
    ASSERT_EQ(told(everything()).size(), 1U);
    EXPECT_EQ(told(everything())[0].events, 60U);
    open();
    EXPECT_EQ(told(everything())[0].events, 60U) << "the manifest knows";
    Events second;
    second.received = clock.now();
    second.simple_range(140, 200, 2);
    ASSERT_TRUE(archive->replace({{140}, {200}}, second.all));
    EXPECT_TRUE(told(everything()).empty());
}

TEST_F(ArchiveRebuild, WhatIsLostForGoodIsToldUntilItsTermIsOver) {
    options.keep_for = days(30);
    open();
    segments_a_day_apart(3);
    lose("000000000002");
    ASSERT_TRUE(archive->give_up({{100}, {200}}, "the journal holds them no longer"));
    open();
    ASSERT_EQ(told(everything()).size(), 1U);
    EXPECT_TRUE(told(everything())[0].lost);
    EXPECT_EQ(told(everything())[0].events, 100U);
    clock.move(days(35));
    append_simple(300, 310);
    tend(true);
    EXPECT_TRUE(told(everything()).empty());
}

// A manifest of before says only which positions are missing.
TEST_F(ArchiveRebuild, OfWhatNothingIsKnownTheNeighboursTellTheTime) {
    open();
    segments_a_day_apart(3);
    lose("000000000002");
    archive.reset();
    Manifest manifest = (*load_manifest(system_disk(), options.folder))->manifest;
    manifest.gaps.clear();
    ASSERT_TRUE(save_manifest(system_disk(), options.folder, manifest));
    open();
    Question other = everything();
    other.to = kit::kStart - days(300);
    const auto gaps = told(other);
    ASSERT_EQ(gaps.size(), 1U) << "it may have occurred at any time";
    EXPECT_EQ(gaps[0].from, kit::kStart);
    EXPECT_EQ(gaps[0].to, kit::kStart + days(2));
    EXPECT_FALSE(gaps[0].events);
}

TEST_F(ArchiveRebuild, EveryKindOfQuestionIsTold) {
    open();
    segments_a_day_apart(3);
    lose("000000000002");
    int calls = 0;
    Question question = everything();
    question.unseen = [&](const Unseen& unseen) {
        ++calls;
        EXPECT_EQ(unseen.gaps.size(), 1U);
        EXPECT_EQ(unseen.end.value, 300U);
    };
    EXPECT_TRUE(archive->page(question, {}));
    EXPECT_TRUE(archive->stream(question, Order::oldest_first, [](FoundEvent&&) { return true; }));
    EXPECT_TRUE(archive->count(question));
    EXPECT_TRUE(archive->histogram(question, days(30)));
    EXPECT_TRUE(archive->top(question, "message", 1));
    EXPECT_TRUE(archive->statistics(question, "message"));
    EXPECT_TRUE(archive->fields(question));
    EXPECT_TRUE(archive->export_parquet(question, (root / "x.parquet").string()));
    EXPECT_EQ(calls, 8);
}

TEST(Gaps, AreBoundedAndNothingLostIsForgotten) {
    std::vector<GapFacts> gaps;
    std::vector<Range> missing;
    for (std::uint64_t i = 0; i < 1500; ++i) {
        gaps.push_back({.range = {{i * 10}, {i * 10 + 5}}, .events = 5, .occurred = {}, .received = {}, .organisations = {}, .lost = i % 2 == 0});
        if (i % 2 != 0) missing.push_back(gaps.back().range);
    }
    settle(gaps, {.missing = missing, .found = {}});
    EXPECT_LE(gaps.size(), kMostGaps);
    std::uint64_t lost = 0;
    for (const GapFacts& gap : gaps)
        if (gap.lost) lost += gap.events.value_or(0);
    EXPECT_EQ(lost, 750U * 5U);
    // What is missing is told by its range at least.
    const auto all = all_gaps(gaps, missing, {});
    for (const Range& range : missing)
        EXPECT_TRUE(std::any_of(all->begin(), all->end(), [&](const GapFacts& one) { return one.range.from <= range.from && range.to <= one.range.to; }));
}

TEST(Gaps, StandInTheManifestAsTheyWere) {
    Manifest manifest;
    manifest.missing = {{{5}, {9}}};
    manifest.rebuild = {{{20}, {30}}, {{40}, {50}}};
    manifest.rebuild_events = 12;
    manifest.kept = {"a segment"};
    manifest.gaps = {{.range = {{5}, {9}}, .events = 3, .occurred = std::pair{Time{1}, Time{2}}, .received = std::pair{Time{3}, Time{4}}, .organisations = {kit::id_of<OrganisationTag>(3)}, .many_organisations = false},
                     {.range = {{60}, {61}}, .events = {}, .occurred = {}, .received = {}, .organisations = {}, .lost = true}};
    const auto read = decode(encode(manifest));
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(encode(*read), encode(manifest));
    ASSERT_EQ(read->gaps.size(), 2U);
    EXPECT_EQ(read->gaps[0].events, 3U);
    EXPECT_FALSE(read->gaps[0].many_organisations);
    EXPECT_TRUE(read->gaps[1].lost);
    EXPECT_FALSE(read->gaps[1].received);
    EXPECT_EQ(read->rebuild.size(), 2U);
    EXPECT_EQ(read->rebuild_events, 12U);
}

}  // namespace
}  // namespace vg::store::archive
