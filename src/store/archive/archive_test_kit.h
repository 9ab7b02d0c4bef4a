// What the tests of the archive share: a folder, events made by hand or at random, and reading everything back.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/time.h"
#include "store/archive/archive_impl.h"

namespace vg::store::archive::kit {

inline const Time kStart = *parse_time("2024-05-01T00:00:00Z");

template <class Tag>
Id<Tag> id_of(std::uint8_t number) {
    Id<Tag> id;
    id.bytes[15] = number;
    return id;
}

// Events with everything that their views need.
class Events {
public:
    event::Builder& build() { return builder_; }
    // Finishes the fields built so far as the event at that position.
    void add(std::uint64_t position, Time occurred = kStart, std::uint8_t organisation = 1, std::uint8_t source = 1, std::string_view unparsed = {}) {
        event::Envelope& envelope = envelopes_.emplace_back();
        envelope.organisation = id_of<OrganisationTag>(organisation);
        envelope.source = id_of<SourceTag>(source);
        envelope.received = received;
        envelope.peer = "192.0.2.7";
        event::Event& made = events_.emplace_back();
        made.occurred = occurred;
        made.occurred_known = occurred != envelope.received;
        made.received = envelope.received;
        made.format = "json";
        made.fields = builder_.finish();
        all.push_back({.position = {position}, .envelope = &envelope, .event = &made, .unparsed = unparsed, .raw_bytes = 100});
    }
    void simple(std::uint64_t position, std::uint8_t organisation = 1, std::uint8_t source = 1) {
        builder_.ecs(event::Ecs::message, arena_.copy(format("message {}", position)));
        builder_.ecs(event::Ecs::source_ip, "192.0.2.1").integer("count", static_cast<std::int64_t>(position));
        add(position, kStart + seconds(static_cast<std::int64_t>(position)), organisation, source);
    }
    void simple_range(std::uint64_t from, std::uint64_t to, std::uint8_t organisation = 1) {
        for (; from < to; ++from) simple(from, organisation);
    }
    std::string_view keep(std::string_view text) { return arena_.copy(text); }

    std::vector<ArchivedEvent> all;
    Time received = kStart;

private:
    Arena arena_;
    event::Builder builder_{arena_};
    std::deque<event::Envelope> envelopes_;
    std::deque<event::Event> events_;
};

// Values by name, in any order of names: how an event is compared with what the archive has of it.
using Values = std::map<std::string, json::Value>;
inline Values values_of(const json::Value& fields) {
    Values values;
    for (const json::Member& member : fields.as_object()) values[member.first] = member.second;
    return values;
}
// What columns.h promises for the event: native values as text; of one name the first of the dictionary, the first native
// one, then all further ones.
inline Values expected_values(const event::Event& made) {
    std::vector<event::Field> ecs, native, rest;
    for (const event::Field& field : made.fields) {
        event::Field copy = field;
        if (field.ecs == event::Ecs::none && copy.type != event::Type::null) copy.type = event::Type::text;
        std::vector<event::Field>& firsts = field.ecs == event::Ecs::none ? native : ecs;
        const bool known = std::any_of(firsts.begin(), firsts.end(), [&](const event::Field& one) { return one.name == field.name; });
        (known ? rest : firsts).push_back(copy);
    }
    ecs.insert(ecs.end(), native.begin(), native.end());
    ecs.insert(ecs.end(), rest.begin(), rest.end());
    event::Event copy = made;
    copy.fields = ecs;
    return values_of(event::to_json(copy));
}

struct Base : ::testing::Test {
    Base() {
        static std::atomic<int> number{0};
        root = std::filesystem::temp_directory_path() / format("vg_archive_test_{}_{}", ::getpid(), number++);
        std::filesystem::create_directories(root);
        options.folder = (root / "archive").string();
        options.journal = {7};
        options.memory_bytes = std::size_t{256} << 20;
    }
    ~Base() override {
        archive.reset();
        std::filesystem::remove_all(root);
    }
    void open() {
        archive.reset();
        auto opened = Archive::open(options, clock, metrics);
        ASSERT_TRUE(opened) << opened.error().text;
        archive.reset(static_cast<ArchiveImpl*>(opened->release()));
    }
    void append(const Events& events, event::Position covered = {}) {
        const Status appended = archive->append(events.all, covered);
        ASSERT_TRUE(appended) << appended.error().text;
    }
    void append_simple(std::uint64_t from, std::uint64_t to, std::uint8_t organisation = 1) {
        Events events;
        events.received = clock.now();
        events.simple_range(from, to, organisation);
        append(events);
    }
    void tend(bool now = false) {
        const Status tended = archive->tend(now);
        ASSERT_TRUE(tended) << tended.error().text;
    }
    // Every event that a question would see, by position; a position twice is a failure.
    std::map<std::uint64_t, FoundEvent> read_all() { return read_all(archive->view()); }
    static std::map<std::uint64_t, FoundEvent> read_all(const ArchiveImpl::View& view) {
        std::map<std::uint64_t, FoundEvent> found;
        std::vector<std::string> selects;
        for (const auto& segment : view.snapshot->segments) selects.push_back(select_from({segment->path()}));
        for (const auto& table : view.snapshot->tails)
            selects.push_back(format("SELECT * FROM {} WHERE position < {}", table->name(), view.snapshot->end.value));
        auto connection = view.database->connect();
        for (const std::string& select : selects) {
            auto statement = connection->prepare(select);
            if (!statement) ADD_FAILURE() << statement.error().text;
            if (!statement) continue;
            auto rows = statement->run({.stream = true});
            if (!rows) ADD_FAILURE() << rows.error().text;
            if (!rows) continue;
            while (true) {
                auto chunk = rows->next();
                if (!chunk) ADD_FAILURE() << chunk.error().text;
                if (!chunk || !*chunk) break;
                const EventChunk events{**chunk};
                for (std::size_t row = 0; row < events.rows(); ++row) {
                    FoundEvent one = events.found(row);
                    EXPECT_FALSE(found.contains(one.position.value)) << one.position.value << " stands twice";
                    found.emplace(one.position.value, std::move(one));
                }
            }
        }
        return found;
    }
    std::vector<std::uint64_t> positions() {
        std::vector<std::uint64_t> all;
        for (const auto& [position, one] : read_all()) all.push_back(position);
        return all;
    }
    static std::vector<std::uint64_t> range(std::uint64_t from, std::uint64_t to) {
        std::vector<std::uint64_t> numbers;
        for (; from < to; ++from) numbers.push_back(from);
        return numbers;
    }
    // Files of segments on disk, sorted.
    std::vector<std::string> files(const char* inside = "segments") const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator{std::filesystem::path{options.folder} / inside}) names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        return names;
    }
    std::size_t segments() const { return archive->view().snapshot->segments.size(); }

    std::filesystem::path root;
    ManualClock clock{kStart};
    metrics::Registry metrics;
    ArchiveOptions options;
    std::unique_ptr<ArchiveImpl> archive;
};

}  // namespace vg::store::archive::kit
