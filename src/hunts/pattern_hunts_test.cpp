// Hunts for STIX patterns: of one observation, and of several whose events lie in different parts of the archive.
#include <gtest/gtest.h>

#include "hunts/hunts_test_kit.h"

namespace vg::hunts {
namespace {

using kit::id_of;
using kit::kStart;

struct PatternHunts : kit::World {
    // A program that began on a machine, so many seconds after the start; each event in a part of its own when `apart`.
    struct Began {
        int second;
        std::string host, program;
    };
    void append_programs(const std::vector<Began>& all, bool apart) {
        auto events = std::make_unique<kit::archive_kit::Events>();
        for (const Began& one : all) {
            clock.set(kStart + seconds(one.second));
            events->received = clock.now();
            event::Builder& build = events->build();
            build.ecs(event::Ecs::host_name, events->keep(one.host));
            build.ecs(event::Ecs::process_executable, events->keep("C:\\x\\" + one.program));
            events->add(position++, clock.now(), 1, 1);
            if (!apart) continue;
            append(*events);
            close();
            events = std::make_unique<kit::archive_kit::Events>();
        }
        if (!apart) append(*events);
    }
    std::map<std::pair<std::string, std::string>, std::int64_t> found() {
        std::map<std::pair<std::string, std::string>, std::int64_t> out;
        for (const findings::Finding& one : findings()) out[{one.rule_id, one.entity}] = one.count;
        return out;
    }
    Hunt hunt_for(const std::vector<std::string>& patterns) {
        std::vector<AskedValue> asked;
        for (const std::string& text : patterns) {
            indicator::Attribution by;
            by.list = "june";
            by.family = asked.empty() ? "fox" : "owl";
            by.confidence = 80;
            asked.push_back({*indicator::canonical(indicator::Kind::pattern, text), by});
        }
        return put({.id = make_id<HuntTag>(clock.now(), random), .name = "june", .by = "user:an", .state = State::collecting, .from = kStart - days(1), .until = kStart + days(90), .before = {1'000'000}, .created = clock.now()}, asked);
    }
    std::uint64_t position = 0;
};
using Found = std::map<std::pair<std::string, std::string>, std::int64_t>;

TEST_F(PatternHunts, OfOneObservationFindWhatItHoldsOf) {
    append_programs({{0, "WS1", "calc.exe"}, {1, "WS1", "calc2.exe"}, {2, "WS2", "calc.exe"}, {3, "WS1", "calc.exe"}}, false);
    const Hunt done = worked(hunt_for({"[process:image_ref.name = 'calc.exe']"}));
    EXPECT_EQ(done.state, State::done) << done.reason;
    EXPECT_EQ(done.hits, 3);
    EXPECT_EQ(found(), (Found{{{"indicator/present/fox", "host:ws1"}, 2}, {{"indicator/present/fox", "host:ws2"}, 1}}));
    EXPECT_EQ(worked(hunt_for({"[process:image_ref.name = 'calc.exe']"})).known, 3) << "nothing is told twice";
}

// WS1: a at 0 and b at 50 are 50 seconds apart. WS2: the b is before the a. WS3: 70 seconds. WS4 has but one of them.
const std::vector<PatternHunts::Began> kStory{{0, "WS1", "a.exe"}, {5, "WS2", "b.exe"}, {10, "WS3", "a.exe"}, {20, "WS2", "a.exe"}, {50, "WS1", "b.exe"}, {60, "WS4", "b.exe"}, {80, "WS3", "b.exe"}, {85, "WS4", "c.exe"}, {90, "WS4", "c.exe"}};
constexpr const char* kThen = "([process:image_ref.name = 'a.exe'] FOLLOWEDBY [process:image_ref.name = 'b.exe']) WITHIN 60 SECONDS";
constexpr const char* kTwice = "[process:image_ref.name = 'c.exe'] REPEATS 2 TIMES WITHIN 5 SECONDS";
const Found kExpected{{{"indicator/present/fox", "host:ws1"}, 2}, {{"indicator/present/owl", "host:ws4"}, 2}};

TEST_F(PatternHunts, OfSeveralObservationsInOnePart) {
    append_programs(kStory, false);
    EXPECT_EQ(worked(hunt_for({kThen, kTwice})).state, State::done);
    EXPECT_EQ(found(), kExpected);
}

TEST_F(PatternHunts, OfSeveralObservationsOverPartsAndRestarts) {
    append_programs(kStory, true);
    const Hunt hunt = hunt_for({kThen, kTwice});
    for (int starts = 0; starts < 30 && shown(hunt.id).state != State::done; ++starts) {
        std::stop_source once;
        int commits = 0;
        Runner runner{parts(), {.wait_for_archive = seconds(0), .after_commit = [&](const Hunt&) {
                                    if (++commits == 3) once.request_stop();
                                }}};
        static_cast<void>(runner.work_one(once.get_token()));
    }
    EXPECT_EQ(shown(hunt.id).state, State::done);
    EXPECT_EQ(found(), kExpected);
}

TEST_F(PatternHunts, ReadOnlyWhatMayHoldWhereValuesAreAsked) {
    append_programs(kStory, true);
    const Hunt looked_up = worked(hunt_for({"[process:image_ref.name = 'c.exe' AND process:image_ref.parent_directory_ref.path = 'C:\\\\x']"}));
    EXPECT_EQ(looked_up.hits, 2);
    EXPECT_EQ(looked_up.parts_read, 2) << "of the nine";
    const Hunt read = worked(hunt_for({"[process:image_ref.name LIKE 'c.%']"}));
    EXPECT_EQ(read.hits, 2);
    EXPECT_EQ(read.events_read, 9);
}

}  // namespace
}  // namespace vg::hunts
