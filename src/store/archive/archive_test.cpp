// Appending, closing, joining and dropping. Damage is in archive_damage_test.cpp, power cuts in archive_power_test.cpp.
#include <gtest/gtest.h>

#include <random>

#include "store/archive/archive_test_kit.h"

namespace vg::store::archive {
namespace {

using kit::Events;

struct ArchiveTest : kit::Base {};

TEST_F(ArchiveTest, FindsWhatWasAppendedAtOnce) {
    open();
    append_simple(10, 20);
    EXPECT_EQ(positions(), range(10, 20));
    EXPECT_EQ(archive->searchable().value, 20U);
    EXPECT_EQ(archive->watermark().value, 0U);
}

TEST_F(ArchiveTest, KeepsClosedSegmentsOverARestartAndNothingElse) {
    open();
    append_simple(0, 100);
    tend(true);
    append_simple(100, 150);
    EXPECT_EQ(archive->watermark().value, 100U);
    open();
    EXPECT_EQ(archive->searchable().value, 100U);
    EXPECT_EQ(positions(), range(0, 100));
    append_simple(100, 150);
    EXPECT_EQ(positions(), range(0, 150));
}

TEST_F(ArchiveTest, CoversPositionsWithoutEvents) {
    open();
    Events events;
    events.simple(3);
    append(events, {10});
    append({}, {12});
    EXPECT_EQ(archive->searchable().value, 12U);
    tend(true);
    EXPECT_EQ(archive->watermark().value, 12U);
    append_simple(15, 16);  // 12 to 14 have none
    EXPECT_EQ(positions(), (std::vector<std::uint64_t>{3, 15}));
}

TEST_F(ArchiveTest, RefusesEventsOutOfOrder) {
    open();
    append_simple(0, 10);
    Events events;
    events.simple(9);
    EXPECT_FALSE(archive->append(events.all, {}));
    EXPECT_EQ(positions(), range(0, 10));
}

TEST_F(ArchiveTest, RefusesTheArchiveOfAnotherJournal) {
    open();
    archive.reset();
    options.journal = {8};
    const auto opened = Archive::open(options, clock, metrics);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::conflict);
}

// Every kind of value that a format can make, at random: what is found is what was appended, from the tail and from a
// segment.
TEST_F(ArchiveTest, GivesBackEveryValueAsItWas) {
    open();
    std::mt19937 random{20240501};
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    const std::string texts[] = {"", "a", "exactly12byt", "exactly13byte", "Đặng Thuỳ Trâm ghé thăm", std::string(5000, 'x'), std::string{"nul\0inside", 10}, "'; DROP TABLE tail_1; --",
                                 "\xff\xfe not text", "-"};
    const std::string names[] = {"Image", "source.ip", "message", "native:x", "", "a.b.c", "Tên", "\xc3", "position", "native"};
    Events events;
    for (std::uint64_t position = 0; position < 3000; ++position) {
        event::Builder& build = events.build();
        const std::size_t fields = below(12);
        for (std::size_t i = 0; i < fields; ++i) {
            const std::string& text = texts[below(std::size(texts))];
            const std::string_view name = names[below(std::size(names))];
            const auto ecs = static_cast<event::Ecs>(1 + below(event::all_fields().size()));
            const bool utf8 = is_utf8(text);
            switch (below(8)) {
                case 0: build.text(name, events.keep(text)); break;
                case 1: build.integer(name, static_cast<std::int64_t>(random()) - (std::int64_t{1} << 31), below(2) == 0 ? "0x1f" : ""); break;
                case 2: build.real(name, 0.5 * static_cast<double>(below(100))); break;
                case 3: build.boolean(name, below(2) == 0); break;
                case 4: build.null(name); break;
                case 5: if (utf8) build.ecs(ecs, events.keep(text)); break;
                case 6: build.ecs(below(2) == 0 ? event::Ecs::source_ip : event::Ecs::host_ip, below(2) == 0 ? "2001:DB8::1" : "203.0.113.9"); break;
                case 7:
                    if (event::info(ecs).type == event::Type::time)
                        build.ecs(ecs, kit::kStart + microseconds(static_cast<std::int64_t>(below(1'000'000'000))));
                    else if (event::info(ecs).type == event::Type::integer)
                        build.ecs(ecs, static_cast<std::int64_t>(below(70'000)));
                    break;
            }
        }
        events.add(position, kit::kStart - microseconds(static_cast<std::int64_t>(below(1'000'000'000'000))), static_cast<std::uint8_t>(below(3)),
                   static_cast<std::uint8_t>(below(3)), below(10) == 0 ? "no format knows these bytes" : "");
    }
    append(events);
    for (const char* where : {"tail", "segment"}) {
        if (std::string_view{where} == "segment") tend(true);
        const auto found = read_all();
        ASSERT_EQ(found.size(), 3000U) << where;
        for (const ArchivedEvent& one : events.all) {
            const FoundEvent& back = found.at(one.position.value);
            EXPECT_EQ(back.occurred, one.event->occurred);
            EXPECT_EQ(back.received, one.envelope->received);
            EXPECT_EQ(back.source, one.envelope->source);
            EXPECT_EQ(back.organisation, one.envelope->organisation);
            EXPECT_EQ(back.format, "json");
            EXPECT_EQ(back.peer, "192.0.2.7");
            EXPECT_EQ(back.unparsed, one.unparsed);
            // Ill-formed text is compared as the JSON writer shows it.
            kit::Values expected, actual;
            for (const auto& [name, value] : kit::expected_values(*one.event)) expected[to_valid_utf8(name)] = *json::parse(value.dump());
            for (const auto& [name, value] : kit::values_of(back.fields)) actual[name] = *json::parse(value.dump());
            ASSERT_EQ(expected, actual) << where << " " << one.position.value << ": " << event::to_json(*one.event).dump() << " " << back.fields.dump();
        }
    }
}

TEST_F(ArchiveTest, ReadsValuesAgainAsAnEvent) {
    open();
    Events events;
    events.build().ecs(event::Ecs::source_port, "443").ecs(event::Ecs::source_port, "8443").text("Image", "C:\\a.exe").text("Image", "C:\\b.exe");
    events.build().ecs(event::Ecs::event_created, *parse_time("2024-04-30T12:00:00.5Z")).ecs(event::Ecs::event_created, *parse_time("2024-04-30T13:00:00Z"));
    events.add(0);
    append(events);
    const auto view = archive->view();
    auto connection = view.database->connect();
    auto statement = connection->prepare("SELECT * FROM " + view.snapshot->tails[0]->name());
    auto rows = statement->run();
    auto chunk = rows->next();
    ASSERT_TRUE(chunk && *chunk);
    Arena arena;
    const ReadEvent read = EventChunk{**chunk}.event(0, arena);
    std::vector<std::string> seen;
    for (const event::Field& field : read.event.fields)
        seen.push_back(format("{} {} {} {}", field.name, field.text, field.ecs == event::Ecs::none ? "native" : "ecs", field.integer));
    EXPECT_EQ(seen, (std::vector<std::string>{"event.created 2024-04-30T12:00:00.500Z ecs 1714478400500000", "source.port 443 ecs 443", "Image C:\\a.exe native 0",
                                              "source.port 8443 ecs 8443", "Image C:\\b.exe native 0",
                                              "event.created 2024-04-30T13:00:00Z ecs 1714482000000000"}));
}

TEST_F(ArchiveTest, ClosesTheTailWhenItIsOldEnough) {
    options.segment_age = minutes(10);
    open();
    append_simple(0, 5);
    tend();
    EXPECT_EQ(segments(), 0U);
    clock.move(minutes(10));
    tend();
    EXPECT_EQ(segments(), 1U);
    EXPECT_EQ(positions(), range(0, 5));
}

TEST_F(ArchiveTest, TailIsBoundedWhileNobodyClosesIt) {
    options.segment_events = 100;
    open();
    append_simple(0, 100);
    append_simple(100, 200);  // the first hundred wait for their segment
    Events events;
    events.simple(200);
    const Status refused = archive->append(events.all, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::busy);
    EXPECT_EQ(positions(), range(0, 200));
    tend();
    append(events);
    EXPECT_EQ(positions(), range(0, 201));
}

TEST_F(ArchiveTest, JoinsSmallSegmentsIntoLargerOnes) {
    options.segment_events = 1000;
    options.rows_in_group = 2048;
    open();
    for (std::uint64_t i = 0; i < 8; ++i) {
        append_simple(i * 10, i * 10 + 10);
        tend(true);
    }
    EXPECT_EQ(segments(), 8U);
    tend();
    EXPECT_EQ(segments(), 1U);
    EXPECT_EQ(positions(), range(0, 80));
    EXPECT_EQ(files(), (std::vector<std::string>{"000000000009.filter", "000000000009.parquet"}));
    const SegmentFacts facts = archive->view().snapshot->segments[0]->facts;
    EXPECT_EQ(facts.from.value, 0U);
    EXPECT_EQ(facts.to.value, 80U);
    EXPECT_EQ(facts.events, 80U);
    EXPECT_EQ(facts.occurred_last, kit::kStart + seconds(79));
    EXPECT_EQ(facts.raw_bytes, 8000U);
    open();
    EXPECT_EQ(positions(), range(0, 80));
}

TEST_F(ArchiveTest, DoesNotWriteALargeSegmentAgainForAFewSmallOnes) {
    options.segment_events = 10'000;
    open();
    append_simple(0, 2000);
    tend(true);
    for (std::uint64_t i = 0; i < 7; ++i) {
        append_simple(2000 + i, 2001 + i);
        tend(true);
    }
    for (int i = 0; i < 3; ++i) tend();
    EXPECT_EQ(segments(), 8U);
}

TEST_F(ArchiveTest, QuestionKeepsWhatItBeganWith) {
    options.segment_events = 1000;
    open();
    for (std::uint64_t i = 0; i < 8; ++i) {
        append_simple(i * 10, i * 10 + 10);
        tend(true);
    }
    append_simple(80, 90);
    auto view = std::make_optional(archive->view());
    tend();       // joins
    tend(true);   // closes the tail
    append_simple(90, 95);
    const auto found = read_all(*view);
    EXPECT_EQ(found.size(), 90U);
    EXPECT_EQ(files().size(), 2U * (8 + 1 + 1));
    view.reset();
    EXPECT_EQ(files().size(), 2U * (1 + 1));
    EXPECT_EQ(positions(), range(0, 95));
}

TEST_F(ArchiveTest, DropsSegmentsPastTheirTermByReceivedTime) {
    options.keep_for = days(30);
    open();
    append_simple(0, 10);
    tend(true);
    clock.move(days(20));
    append_simple(10, 20);
    tend(true);
    clock.move(days(11));
    tend();
    EXPECT_EQ(positions(), range(10, 20));
    EXPECT_EQ(archive->missing().size(), 0U);
    EXPECT_EQ(files().size(), 2U);
    open();
    EXPECT_EQ(positions(), range(10, 20));
}

TEST_F(ArchiveTest, DropsOneOrganisationsEventsWhenItsTermIsShorter) {
    options.keep_for = days(30);
    options.keep_for_organisation[kit::id_of<OrganisationTag>(2)] = days(5);
    open();
    Events events;
    for (std::uint64_t i = 0; i < 100; ++i) events.simple(i, i % 2 == 0 ? 1 : 2);
    append(events, {110});
    tend(true);
    clock.move(days(6));
    tend();
    std::vector<std::uint64_t> even;
    for (std::uint64_t i = 0; i < 100; i += 2) even.push_back(i);
    EXPECT_EQ(positions(), even);
    const SegmentFacts facts = archive->view().snapshot->segments[0]->facts;
    EXPECT_EQ(facts.to.value, 110U);
    EXPECT_EQ(facts.organisations, (std::vector<OrganisationId>{kit::id_of<OrganisationTag>(1)}));
    const std::string name = facts.name;
    tend();
    EXPECT_EQ(archive->view().snapshot->segments[0]->facts.name, name);  // it is not written again each time
}

TEST_F(ArchiveTest, SegmentsHaveRowGroupsAndTheirFiltersBlocksOfTheSizesThatWereSet) {
    options.rows_in_group = 2048;
    options.rows_in_block = 600;
    open();
    append_simple(0, 5000);
    tend(true);
    const auto view = archive->view();
    const auto& segment = view.snapshot->segments.at(0);
    EXPECT_EQ(segment->facts.rows_in_group, 2048U);
    const auto filter = segment->filter();
    ASSERT_TRUE(filter) << filter.error().text;
    ASSERT_EQ((*filter)->blocks(), 9U);
    EXPECT_EQ((*filter)->facts(0).rows, 600U);
    EXPECT_EQ((*filter)->facts(8).rows, 5000U - 8 * 600U);
    EXPECT_EQ((*filter)->facts(1).first.value, 600U);
}

TEST_F(ArchiveTest, HealthTellsSizesAndWhatEachSourceCosts) {
    open();
    Events events;
    for (std::uint64_t i = 0; i < 30; ++i) events.simple(i, 1, i < 10 ? 1 : 2);
    append(events);
    tend(true);
    append_simple(30, 33);
    const Archive::Health health = archive->health();
    EXPECT_EQ(health.segments, 1U);
    EXPECT_EQ(health.events, 30U);
    EXPECT_EQ(health.tail_events, 3U);
    EXPECT_EQ(health.oldest_received, kit::kStart);
    std::uint64_t on_disk = 0;
    for (const std::string& file : files()) on_disk += std::filesystem::file_size(std::filesystem::path{options.folder} / "segments" / file);
    EXPECT_EQ(health.bytes, on_disk);
    const std::uint64_t first = health.bytes_by_source.at(kit::id_of<SourceTag>(1));
    EXPECT_NEAR(static_cast<double>(first), static_cast<double>(on_disk) / 3, 2);
    EXPECT_EQ(health.trouble, "");
    EXPECT_TRUE(health.damage.empty());
}

}  // namespace
}  // namespace vg::store::archive
