// A small archive for tests and benchmarks of questions: events in segments and in the tail, written by hand, and the same events at
// hand for the plain evaluation.
#pragma once

#include <unistd.h>

#include <atomic>
#include <deque>
#include <filesystem>

#include "base/check.h"
#include "base/text.h"
#include "store/archive/ask.h"
#include "store/archive/columns.h"
#include "store/archive/facts.h"
#include "store/archive/segment_write.h"

namespace vg::store::archive::testing_kit {

constexpr std::string_view kJournal = "0190163d-8694-739b-aea5-966c26f8ad90";
constexpr Time kBegin{1'714'090'000'000'000};  // 2024-04-26T00:06:40Z

struct Kept {
    event::Position position;
    event::Envelope envelope;
    event::Event event;
    std::string unparsed;
};

class World {
public:
    World() {
        static std::atomic<int> number{0};
        folder_ = std::filesystem::temp_directory_path() / format("vg_ask_test_{}_{}", ::getpid(), number++);
        for (const char* part : {"", "scratch", "segments", "export"}) std::filesystem::create_directories(folder_ / part);
        auto opened = duck::Database::open({.folder = folder_.string(), .memory_bytes = std::size_t{1} << 30});
        CHECK(opened, "DuckDB starts");
        database = *opened;
    }
    ~World() {
        snapshot = {};
        database.reset();
        std::filesystem::remove_all(folder_);
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    // Positions count from 0. The event's views must live in `arena`.
    Kept& keep(event::Event event) {
        Kept& kept = events.emplace_back();
        kept.position.value = events.size() - 1;
        kept.event = event;
        return kept;
    }

    // The events kept since the last call become rows of a table of the tail, or a segment.
    void close(bool as_segment, std::size_t rows_in_group = 2048) {
        auto table = TailTable::make(database, ++tables_);
        CHECK(table, "a table can be made");
        duck::Connection connection = std::move(*database->connect());
        auto appender = connection.appender((*table)->name());
        CHECK(appender, "it takes rows");
        RowWriter writer{*appender};
        const std::size_t from = closed_;
        for (; closed_ < events.size(); ++closed_) {
            const Kept& kept = events[closed_];
            const auto written = writer.write({kept.position, &kept.envelope, &kept.event, kept.unparsed, 100});
            CHECK(written, "an event becomes a row");
        }
        const Status flushed = writer.flush();
        CHECK(flushed, "rows become visible");
        snapshot.end.value = closed_;
        if (!as_segment) {
            if (snapshot.tail_events == 0) snapshot.tail_from.value = from;
            for (std::size_t i = from; i < closed_; ++i) {
                const Time occurred = events[i].event.occurred;
                const bool first = snapshot.tail_events++ == 0;
                snapshot.occurred_first = first ? occurred : std::min(snapshot.occurred_first, occurred);
                snapshot.occurred_last = first ? occurred : std::max(snapshot.occurred_last, occurred);
            }
            snapshot.tails.push_back(*table);
            return;
        }
        const Workshop workshop{system_disk(), folder_.string(), *database, 7, rows_in_group, 512, {}};
        auto facts = write_segment(workshop, {.select = "SELECT * FROM " + (*table)->name(), .name = format("s{}", tables_), .from = {from}, .to = {closed_}});
        CHECK(facts, "a segment can be written");
        snapshot.segments.push_back(std::make_shared<const SegmentFile>(system_disk(), workshop.segments(), *facts));
        snapshot.tail_from.value = closed_;
    }

    // Events kept since the last call become rows of the newest table of the tail, behind what the snapshot covers, as they do in
    // a running archive.
    void grow_tail() {
        duck::Connection connection = std::move(*database->connect());
        auto appender = connection.appender(snapshot.tails.back()->name());
        CHECK(appender, "it takes rows");
        RowWriter writer{*appender};
        for (; closed_ < events.size(); ++closed_) {
            const Kept& kept = events[closed_];
            const auto written = writer.write({kept.position, &kept.envelope, &kept.event, kept.unparsed, 100});
            CHECK(written, "an event becomes a row");
        }
        const Status flushed = writer.flush();
        CHECK(flushed, "rows become visible");
    }

    [[nodiscard]] Asked asked() {
        return {snapshot, *database, clock, [this](const SegmentFile& segment, const std::string& reason) { damage.push_back(segment.facts.name + ": " + reason); }, std::string{kJournal}};
    }
    [[nodiscard]] static bool matches(const search::Query& query, const Kept& kept) {
        const std::string source = kept.envelope.source.text();
        const std::string organisation = kept.envelope.organisation.text();
        return search::matches(query, kept.event, {source, organisation, kept.envelope.peer, kept.unparsed, kept.position, kJournal});
    }
    [[nodiscard]] std::string folder() const { return folder_.string(); }

    Arena arena;
    std::deque<Kept> events;
    ManualClock clock{kBegin};
    std::shared_ptr<duck::Database> database;
    Snapshot snapshot;
    std::vector<std::string> damage;

private:
    std::filesystem::path folder_;
    std::uint64_t tables_ = 0;
    std::size_t closed_ = 0;
};

}  // namespace vg::store::archive::testing_kit
