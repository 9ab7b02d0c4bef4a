// Rows without DuckDB are those that DuckDB reads, and each segment can be read so.
#include "store/archive/ask_rows.h"

#include <gtest/gtest.h>

#include "base/time.h"
#include "store/archive/ask_run.h"
#include "store/archive/ask_test_kit.h"

namespace vg::store::archive {
namespace {

using testing_kit::kBegin;
using testing_kit::Kept;
using testing_kit::World;

// Events with everything that a column may hold.
void fill(World& world, std::size_t events) {
    for (std::size_t i = 0; i < events; ++i) {
        event::Builder builder{world.arena};
        builder.text("Image", world.arena.copy(format("C:\\{}.exe", i % 7))).null("nothing").boolean("flag", i % 2 == 0);
        if (i % 3 == 0) builder.text("Image", "second").text("source.ip", "a native of that name").text("native:x", "marked");
        builder.ecs(event::Ecs::message, world.arena.copy(format("message {} tệp", i)));
        if (i % 4 == 0) builder.ecs(event::Ecs::source_ip, "192.0.2.7").ecs(event::Ecs::source_ip, "2001:db8::1").ecs(event::Ecs::source_port, std::int64_t{443}).ecs(event::Ecs::source_port, std::int64_t{-7});
        if (i % 5 == 0) builder.ecs(event::Ecs::event_created, kBegin + seconds(1)).ecs(event::Ecs::event_created, kBegin + seconds(2));
        if (i % 6 == 0) builder.ecs(event::Ecs::user_name, "");
        event::Event event;
        event.fields = builder.finish();
        event.occurred = kBegin + seconds(static_cast<std::int64_t>(i * 31 % 1000));
        event.occurred_known = i % 2 == 0;
        event.received = kBegin + hours(1);
        event.format = i % 8 == 0 ? "" : "windows";
        Kept& kept = world.keep(event);
        kept.envelope.received = event.received;
        kept.envelope.source.bytes[15] = static_cast<std::uint8_t>(i % 3);
        kept.envelope.organisation.bytes[15] = static_cast<std::uint8_t>(i % 2);
        if (i % 9 == 0) kept.envelope.peer = "tệp.evtx";
        if (event.format.empty()) kept.unparsed = "no format understood it";
    }
}

TEST(AskRows, EachEventIsTheOneThatDuckDBReads) {
    World world;
    fill(world, 5000);
    world.close(true);
    const SegmentFile& segment = *world.snapshot.segments.front();
    const auto layout = segment.layout();
    ASSERT_TRUE(layout) << layout.error().text;
    const std::shared_ptr<const File> file = std::move(*segment.open());
    const std::size_t groups = (*layout)->groups.size();
    EXPECT_EQ(groups, 3U);
    duck::Connection connection = std::move(*world.database->connect());
    auto statement = connection.prepare(select_from({segment.path()}));
    ASSERT_TRUE(statement) << statement.error().text;
    auto rows = statement->run();
    ASSERT_TRUE(rows);
    std::size_t seen = 0, number = groups;
    std::optional<RowGroup> group;
    while (auto chunk = *rows->next()) {
        const EventChunk theirs{*chunk};
        for (std::size_t row = 0; row < theirs.rows(); ++row, ++seen) {
            const FoundEvent right = theirs.found(row);
            if (seen / 2048 != number) group.emplace(file, *layout, number = seen / 2048);
            const auto found = group->event(seen % 2048);
            ASSERT_TRUE(found) << found.error().text;
            ASSERT_EQ(found->position, right.position);
            ASSERT_EQ(found->occurred, right.occurred);
            ASSERT_EQ(found->received, right.received);
            ASSERT_EQ(found->source, right.source);
            ASSERT_EQ(found->organisation, right.organisation);
            ASSERT_EQ(found->format, right.format);
            ASSERT_EQ(found->peer, right.peer);
            ASSERT_EQ(found->unparsed, right.unparsed);
            ASSERT_EQ(found->fields.dump(), right.fields.dump());
        }
    }
    EXPECT_EQ(seen, 5000U);
}

// The way by statements is there for files that cannot be read so: the tests of questions must not run on it unseen.
TEST(AskRows, QuestionsOfSegmentsNeedNoStatement) {
    World world;
    fill(world, 300);
    world.close(true);
    const auto query = search::parse("image:second OR source.port:[-7, 443] OR \"message 17\"");
    ASSERT_TRUE(query);
    Question question;
    question.query = &*query;
    question.to = kBegin + days(1);
    const Asked asked = world.asked();
    const auto run = Run::begin(asked, question);
    ASSERT_TRUE(run);
    std::size_t found = 0, right = 0;
    for (const Piece& place : (*run)->places()) {
        const Status read = (*run)->each_match(place, [&](RowGroup&, const RowNumbers& rows) {
            found += rows.size();
            return Status{};
        });
        ASSERT_TRUE(read) << read.error().text;
    }
    for (const Kept& kept : world.events) right += World::matches(*query, kept) ? 1 : 0;
    EXPECT_GT(right, 100U);
    EXPECT_EQ(found, right);
}

TEST(AskRows, AFileThatCannotBeReadSoIsAskedByStatements) {
    World world;
    fill(world, 300);
    world.close(true);
    const SegmentFile& segment = *world.snapshot.segments.front();
    duck::Connection connection = std::move(*world.database->connect());
    const Status rewritten = connection.run(format("CREATE TABLE copy_of_it AS SELECT * FROM read_parquet({0}); COPY copy_of_it TO {0} (FORMAT parquet, COMPRESSION snappy)", duck::literal(segment.path())));
    ASSERT_TRUE(rewritten) << rewritten.error().text;
    const auto query = search::parse("image:second");
    Question question;
    question.query = &*query;
    question.to = kBegin + days(1);
    const auto page = archive::page(world.asked(), question, {.limit = 1000});
    ASSERT_TRUE(page) << page.error().text;
    EXPECT_EQ(page->events.size(), 100U);
    const auto count = archive::count(world.asked(), question);
    ASSERT_TRUE(count);
    EXPECT_EQ(*count, 100U);
    EXPECT_EQ(segment.layout().error().code, Code::bad_input);
}

// A dictionary that grew: the column stands in no earlier file.
TEST(AskRows, ColumnsThatAFileHasNotAreNull) {
    World world;
    fill(world, 300);
    world.close(true);
    const auto old = world.snapshot.segments.front();
    duck::Connection connection = std::move(*world.database->connect());
    const Status rewritten = connection.run(format("CREATE TABLE copy_of_it AS SELECT * EXCLUDE (\"source.port\") FROM read_parquet({0}); COPY copy_of_it TO {0} (FORMAT parquet, COMPRESSION zstd)", duck::literal(old->path())));
    ASSERT_TRUE(rewritten) << rewritten.error().text;
    SegmentFacts facts = old->facts;
    facts.schema = kSchema - 1;
    world.snapshot.segments = {std::make_shared<const SegmentFile>(system_disk(), world.folder() + "/segments", facts)};
    for (const auto& [text, right] : {std::pair{"exists:source.port", std::size_t{75}}, {"source.port:443", std::size_t{0}}, {"NOT source.port:443 AND image:second", std::size_t{100}}}) {
        const auto query = search::parse(text);
        Question question;
        question.query = &*query;
        question.to = kBegin + days(1);
        const auto page = archive::page(world.asked(), question, {.limit = 1000});
        ASSERT_TRUE(page) << text << ": " << page.error().text;
        EXPECT_EQ(page->events.size(), right) << text;
        const auto top = archive::top(world.asked(), question, "source.port", 5);
        ASSERT_TRUE(top) << text << ": " << top.error().text;
        EXPECT_EQ(top->events, right) << text;
    }
    // Joined with others and rewritten, it has the column.
    auto joined = connection.prepare(format("SELECT count(*)::VARCHAR, count(\"source.port\")::VARCHAR, count(message)::VARCHAR FROM ({})", select_from({old->path(), old->path()})));
    ASSERT_TRUE(joined) << joined.error().text;
    auto counted = joined->run();
    ASSERT_TRUE(counted) << counted.error().text;
    const auto counts = counted->next();
    ASSERT_TRUE(counts && *counts);
    EXPECT_EQ((*counts)->column(0).text(0), "600");
    EXPECT_EQ((*counts)->column(1).text(0), "0");
    EXPECT_EQ((*counts)->column(2).text(0), "600");
    EXPECT_TRUE(world.damage.empty());
}

}  // namespace
}  // namespace vg::store::archive
