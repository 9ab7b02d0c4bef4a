// Questions by hand: limits, cancelling, hostile names, damage, exports, single events, and row groups that are left out.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "store/archive/ask_test_kit.h"

namespace vg::store::archive {
namespace {

using testing_kit::kBegin;
using testing_kit::Kept;
using testing_kit::World;

void keep(World& world, std::size_t i, std::string_view user, std::string_view image = "C:\\a.exe") {
    event::Builder builder{world.arena};
    builder.text("Image", image);
    builder.text("Strange \"name'; DROP TABLE tail_1; --", "hostile");
    builder.null("Nothing");
    builder.ecs(event::Ecs::user_name, user);
    builder.ecs(event::Ecs::source_port, static_cast<std::int64_t>(i));
    event::Event event;
    event.fields = builder.finish();
    event.format = "windows";
    event.occurred = kBegin + seconds(static_cast<std::int64_t>(i));
    event.received = event.occurred;
    world.keep(event).envelope.received = event.received;
}

Question everything() {
    Question question;
    question.from = kBegin;
    question.to = kBegin + days(30);
    return question;
}

struct Ask : ::testing::Test {
    Ask() {
        for (std::size_t i = 0; i < 30; ++i) keep(world, i, i % 3 == 0 ? "an" : "bình");
        world.close(true);
        for (std::size_t i = 30; i < 40; ++i) keep(world, i, "chi");
        world.close(false);
    }
    World world;
};

TEST_F(Ask, TopCountsValuesAndThoseWithout) {
    const auto top = archive::top(world.asked(), everything(), "user.name", 2);
    ASSERT_TRUE(top) << top.error().text;
    ASSERT_EQ(top->values.size(), 2U);
    EXPECT_EQ(top->values[0].value, "bình");
    EXPECT_EQ(top->values[0].count, 20U);
    EXPECT_EQ(top->values[1].value, "an");  // ten as chi has, and before it by value
    EXPECT_EQ(top->distinct, 3U);
    EXPECT_EQ(top->events, 40U);
    EXPECT_EQ(top->with_field, 40U);
    const auto none = archive::top(world.asked(), everything(), "url.full", 2);
    ASSERT_TRUE(none);
    EXPECT_EQ(none->with_field, 0U);
    EXPECT_EQ(none->events, 40U);
}

TEST_F(Ask, StatisticsCompareNumbersAsNumbers) {
    const auto port = archive::statistics(world.asked(), everything(), "source.port");
    ASSERT_TRUE(port) << port.error().text;
    EXPECT_EQ(port->events, 40U);
    EXPECT_EQ(port->distinct, 40U);
    EXPECT_EQ(port->least, "0");
    EXPECT_EQ(port->most, "39");  // as text it would be 9
    const auto time = archive::statistics(world.asked(), everything(), "@timestamp");
    ASSERT_TRUE(time) << time.error().text;
    EXPECT_EQ(time->least, "2024-04-26T00:06:40Z");
    const auto user = archive::statistics(world.asked(), everything(), "user.name");
    ASSERT_TRUE(user);
    EXPECT_EQ(user->least, "an");
    EXPECT_EQ(user->most, "chi");
    const auto none = archive::statistics(world.asked(), everything(), "url.full");
    ASSERT_TRUE(none);
    EXPECT_FALSE(none->least);
}

TEST_F(Ask, FieldsAreNamedWithTheEventsThatHaveThem) {
    const auto fields = archive::fields(world.asked(), everything());
    ASSERT_TRUE(fields) << fields.error().text;
    std::map<std::string, std::uint64_t> found;
    for (const TopValue& field : *fields) found[field.value] = field.count;
    const std::map<std::string, std::uint64_t> right = {{"Image", 40}, {"Strange \"name'; DROP TABLE tail_1; --", 40}, {"user.name", 40}, {"source.port", 40}};
    EXPECT_EQ(found, right);
}

TEST_F(Ask, HostileNamesAndValuesStayNamesAndValues) {
    const auto top = archive::top(world.asked(), everything(), "Strange \"name'; DROP TABLE tail_1; --", 5);
    ASSERT_TRUE(top) << top.error().text;
    ASSERT_EQ(top->values.size(), 1U);
    EXPECT_EQ(top->values[0].value, "hostile");
    for (const std::string name : {"'", "\"", "x'); DROP TABLE tail_1; --", "native", "rest", "position", "", "a\0b", "vg_text(1, native)", "read_text('/etc/passwd')", "\\", "*"}) {
        EXPECT_TRUE(archive::top(world.asked(), everything(), name, 5)) << name;
        EXPECT_TRUE(archive::statistics(world.asked(), everything(), name)) << name;
    }
    for (const char* text : {"Image:\"'; DROP TABLE tail_1; --\"", "\"x\\\" OR '1'='1\":\"' OR 1=1 --\"", "\"' UNION SELECT * FROM read_text('/etc/passwd') --\"", "Image:\\'\\)\\;*", "\"{0}\" OR \"$1\" OR \"?\":\"%s\"", "source:\"' OR true OR '\"",
                             "id:\"0190163d-8694-739b-aea5-966c26f8ad90:1\" OR peer:\"');--\""}) {
        const auto query = search::parse(text);
        ASSERT_TRUE(query) << text << ": " << query.error().text;
        Question question = everything();
        question.query = &*query;
        const auto found = archive::count(world.asked(), question);
        ASSERT_TRUE(found) << text << ": " << found.error().text;
        std::uint64_t right = 0;
        for (const Kept& kept : world.events) right += World::matches(*query, kept) ? 1 : 0;
        EXPECT_EQ(*found, right) << text;
    }
    EXPECT_EQ(archive::count(world.asked(), everything()).value(), 40U);  // the tail is still there
}

TEST_F(Ask, CursorsFromOutsideGoOnOrEnd) {
    for (const std::int64_t occurred : {INT64_MIN, std::int64_t{0}, kBegin.micros, kBegin.micros + 5'000'000, INT64_MAX})
        for (const std::uint64_t position : {std::uint64_t{0}, std::uint64_t{5}, UINT64_MAX}) {
            const auto page = archive::page(world.asked(), everything(), {.limit = 100, .after = PageCursor{{occurred}, {position}}});
            ASSERT_TRUE(page) << occurred << " " << page.error().text;
            std::size_t right = 0;
            for (const Kept& kept : world.events)
                right += kept.event.occurred.micros < occurred || (kept.event.occurred.micros == occurred && static_cast<std::int64_t>(kept.position.value) < static_cast<std::int64_t>(position)) ? 1 : 0;
            EXPECT_EQ(page->events.size(), right) << occurred << " " << position;
        }
    EXPECT_EQ(archive::page(world.asked(), everything(), {.limit = 0}).error().code, Code::bad_input);
}

TEST_F(Ask, OrganisationsBoundWhatIsSeen) {
    Question question = everything();
    question.organisations.emplace();
    EXPECT_EQ(archive::count(world.asked(), question).value(), 0U);  // of no organisation: nothing, not everything
    EXPECT_EQ(archive::top(world.asked(), question, "user.name", 5)->events, 0U);
    EXPECT_TRUE(archive::page(world.asked(), question, {})->events.empty());
    EXPECT_TRUE(archive::fields(world.asked(), question)->empty());
    question.organisations->push_back(OrganisationId{});
    EXPECT_EQ(archive::count(world.asked(), question).value(), 40U);
}

TEST_F(Ask, IsCancelledAndKeepsItsTime) {
    std::stop_source stop;
    stop.request_stop();
    Question cancelled = everything();
    cancelled.stop = stop.get_token();
    EXPECT_EQ(archive::count(world.asked(), cancelled).error().code, Code::unavailable);
    EXPECT_EQ(archive::page(world.asked(), cancelled, {}).error().code, Code::unavailable);

    Question slow = everything();  // its first progress takes an hour
    slow.progress = [this](double) { world.clock.move(hours(1)); };
    const auto late = archive::count(world.asked(), slow);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Code::too_large);
    EXPECT_NE(late.error().text.find("longer than 30 s"), std::string::npos) << late.error().text;
    EXPECT_NE(late.error().text.find("75 %"), std::string::npos) << late.error().text;  // 30 of 40 events
}

// The clock is looked at between the steps of a question: at one of these looks more events come.
class BusyClock final : public Clock {
public:
    BusyClock(std::size_t at, std::function<void()> more) : at_(at), more_(std::move(more)) {}
    Time now() override {
        if (looks_++ == at_) more_();
        return kBegin;
    }
    [[nodiscard]] bool came() const { return looks_ > at_; }

private:
    std::size_t at_, looks_ = 0;
    std::function<void()> more_;
};

// Each time a new archive: DuckDB's bounds of the tail's columns are then those of the snapshot.
TEST(AskMeanwhile, EventsThatComeChangeNoAnswer) {
    std::size_t at = 0;
    for (bool came = true; came; ++at) {
        World world;
        for (std::size_t i = 0; i < 40; ++i) keep(world, i, i < 30 ? "an" : "chi");
        world.close(false);
        BusyClock clock{at, [&] {
                            for (std::size_t i = 40; i < 140; ++i) keep(world, i, "dũng");
                            world.grow_tail();
                        }};
        const Asked known = world.asked();
        const Asked asked{known.snapshot, known.database, clock, known.damaged, known.journal};
        const auto page = archive::page(asked, everything(), {.limit = 100});
        ASSERT_TRUE(page) << page.error().text;
        EXPECT_EQ(page->events.size(), 40U) << at;
        const auto top = archive::top(asked, everything(), "user.name", 10);
        ASSERT_TRUE(top) << top.error().text;
        EXPECT_EQ(top->events, 40U) << at;
        EXPECT_EQ(top->distinct, 2U) << at;
        const auto names = archive::fields(asked, everything());
        ASSERT_TRUE(names) << names.error().text;
        for (const TopValue& name : *names) EXPECT_LE(name.count, 40U) << name.value << at;
        came = clock.came();
    }
    EXPECT_GT(at, 10U) << "so many looks there are at least";
}

TEST_F(Ask, TellsItsProgress) {
    Question question = everything();
    std::vector<double> told;
    question.progress = [&](double part) { told.push_back(part); };
    ASSERT_TRUE(archive::count(world.asked(), question));
    EXPECT_EQ(told, (std::vector<double>{0.75, 1.0}));
}

TEST_F(Ask, HistogramHasEmptyBucketsAndABound) {
    Question question = everything();
    question.from = kBegin - minutes(1);
    question.to = kBegin + minutes(2);
    const auto buckets = archive::histogram(world.asked(), question, seconds(20));
    ASSERT_TRUE(buckets);
    ASSERT_EQ(buckets->size(), 9U);
    EXPECT_EQ((*buckets)[0].from, kBegin - minutes(1));
    std::vector<std::uint64_t> counts;
    for (const Bucket& bucket : *buckets) counts.push_back(bucket.count);
    EXPECT_EQ(counts, (std::vector<std::uint64_t>{0, 0, 0, 20, 20, 0, 0, 0, 0}));
    question.to = kBegin + days(30);
    EXPECT_EQ(archive::histogram(world.asked(), question, seconds(1)).error().code, Code::too_large);
    EXPECT_EQ(archive::histogram(world.asked(), question, seconds(0)).error().code, Code::bad_input);
    question.from = Time{INT64_MIN};
    question.to = Time{INT64_MAX};
    EXPECT_EQ(archive::histogram(world.asked(), question, days(1)).error().code, Code::bad_input);
    EXPECT_EQ(archive::count(world.asked(), question).value(), 40U);
}

TEST_F(Ask, FindsSingleEvents) {
    for (const std::uint64_t position : {0U, 29U, 30U, 39U}) {
        const auto found = archive::at(world.asked(), {position});
        ASSERT_TRUE(found) << found.error().text;
        EXPECT_EQ(found->position.value, position);
        EXPECT_EQ(found->fields.text("Image"), "C:\\a.exe");
    }
    EXPECT_EQ(archive::at(world.asked(), {40}).error().code, Code::not_found);
    EXPECT_EQ(archive::at(world.asked(), {UINT64_MAX}).error().code, Code::not_found);
}

TEST_F(Ask, StreamEndsWhenNoMoreIsTaken) {
    std::size_t taken = 0;
    ASSERT_TRUE(archive::stream(world.asked(), everything(), Order::newest_first, [&](FoundEvent&& event) {
        EXPECT_EQ(event.position.value, 39 - taken);
        return ++taken < 5;
    }));
    EXPECT_EQ(taken, 5U);
}

TEST_F(Ask, ExportHoldsWhatMatches) {
    const auto query = search::parse("user.name:an OR user.name:chi");
    Question question = everything();
    question.query = &*query;
    const std::string path = world.folder() + "/export/one.parquet";
    const auto exported = archive::export_parquet(world.asked(), question, path);
    ASSERT_TRUE(exported) << exported.error().text;
    EXPECT_EQ(*exported, 20U);
    duck::Connection connection = std::move(*world.database->connect());
    auto statement = connection.prepare("SELECT count(*), sum(position)::BIGINT FROM read_parquet(" + duck::literal(path) + ")");
    ASSERT_TRUE(statement) << statement.error().text;
    auto rows = statement->run();
    ASSERT_TRUE(rows);
    const auto chunk = rows->next();
    ASSERT_TRUE(chunk && *chunk);
    EXPECT_EQ((*chunk)->column(0).integer(0), 20);
    EXPECT_EQ((*chunk)->column(1).integer(0), 0 + 3 + 6 + 9 + 12 + 15 + 18 + 21 + 24 + 27 + 345);

    question.to = question.from;  // nothing at all is a file without events
    EXPECT_EQ(archive::export_parquet(world.asked(), question, world.folder() + "/export/none.parquet").value(), 0U);
    EXPECT_FALSE(archive::export_parquet(world.asked(), question, "/tmp/vg_ask_test_outside.parquet"));
}

TEST_F(Ask, ADamagedSegmentIsNamed) {
    const std::string path = world.snapshot.segments[0]->path();
    std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
    World other;
    const std::string moved = other.folder() + "/segments";
    other.snapshot.segments.push_back(std::make_shared<const SegmentFile>(system_disk(), moved, world.snapshot.segments[0]->facts));
    std::filesystem::copy(path, other.snapshot.segments[0]->path());
    const auto query = search::parse("event.code:*");
    ASSERT_TRUE(query);
    Question question = everything();
    question.query = &*query;
    const auto found = archive::count(other.asked(), question);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Code::corrupt);
    ASSERT_EQ(other.damage.size(), 1U);
    EXPECT_TRUE(other.damage[0].starts_with("s1: ")) << other.damage[0];
}

TEST(AskBlocks, BlocksThatCannotHoldAnAnswerChangeNothing) {
    World world;
    for (std::size_t i = 0; i < 10'000; ++i) keep(world, i, i == 7'000 ? "đặng thuỳ" : i % 2 == 0 ? "an" : "bình", i % 2'500 == 11 ? "C:\\rare.exe" : "C:\\a.exe");
    world.close(true, 2048);
    const auto view = world.snapshot.segments[0]->filter();
    ASSERT_TRUE(view) << view.error().text;
    ASSERT_EQ((*view)->blocks(), 20U);  // of 512 rows
    const auto rare = search::parse("user.name:dang\\ thuy");
    EXPECT_EQ(candidate_blocks(**view, *rare)->count(), 1U);
    for (const char* text : {"user.name:dang\\ thuy", "rare", "*rar*", "Image:*rare.exe", "user.name:an source.port:>9000", "NOT user.name:an", "thuỳ OR source.port:11"}) {
        const auto query = search::parse(text);
        ASSERT_TRUE(query) << text;
        Question question = everything();
        question.query = &*query;
        std::vector<std::uint64_t> right;
        for (const Kept& kept : world.events)
            if (World::matches(*query, kept)) right.push_back(kept.position.value);
        EXPECT_EQ(archive::count(world.asked(), question).value(), right.size()) << text;
        std::vector<std::uint64_t> streamed;
        ASSERT_TRUE(archive::stream(world.asked(), question, Order::oldest_first, [&](FoundEvent&& event) {
            streamed.push_back(event.position.value);
            return true;
        })) << text;
        EXPECT_EQ(streamed, right) << text;
        const auto page = archive::page(world.asked(), question, {.limit = 3});
        ASSERT_TRUE(page) << text;
        std::vector<std::uint64_t> newest;
        for (const FoundEvent& event : page->events) newest.push_back(event.position.value);
        const std::vector<std::uint64_t> last{right.rbegin(), right.rbegin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(right.size(), 3))};
        EXPECT_EQ(newest, last) << text;
        EXPECT_EQ(page->next.has_value(), right.size() > 3) << text;
    }
}

}  // namespace
}  // namespace vg::store::archive
