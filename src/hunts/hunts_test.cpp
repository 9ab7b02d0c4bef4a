// Hunts over an archive in a folder: what they find is what live detection would have found in the same events.
#include <gtest/gtest.h>

#include <random>

#include "hunts/hunts_test_kit.h"

namespace vg::hunts {
namespace {

using kit::Counts;
using kit::id_of;
using kit::kStart;

constexpr const char* kAgents[] = {"Mozilla/5.0 (X11; Linux x86_64)", "curl/7.88.1", "EvilLoader/2.0 (build 7)"};
constexpr const char* kHashes[] = {"d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                   "0123456789abcdef0123456789abcdef"};

struct Hunts : kit::World {
    // Events as firewalls, resolvers, proxies and machines send them.
    void append_made_up(std::uint64_t from, std::uint64_t to) {
        store::archive::kit::Events events;
        events.received = clock.now();
        const auto below = [&](std::uint32_t bound) { return static_cast<unsigned>(dice() % bound); };
        for (std::uint64_t position = from; position < to; ++position) {
            event::Builder& build = events.build();
            switch (below(6)) {
                case 0:
                    build.ecs(event::Ecs::source_ip, events.keep(format("10.0.{}.{}", below(4), below(250))));
                    build.ecs(event::Ecs::destination_ip, events.keep(format("203.0.113.{}", below(250))));
                    build.ecs(event::Ecs::event_action, below(2) == 0 ? "deny" : "allow");
                    break;
                case 1:
                    build.ecs(event::Ecs::source_ip, events.keep(format("2001:db8:{:x}::{:x}", below(8), below(60000))));
                    build.ecs(event::Ecs::destination_ip, events.keep(format("10.1.0.{}", below(20))));
                    break;
                case 2:
                    build.ecs(event::Ecs::client_ip, events.keep(format("10.0.9.{}", below(50))));
                    build.ecs(event::Ecs::dns_question_name, events.keep(format("{}h{}.d{}.EXAMPLE", below(3) == 0 ? "www." : "", below(40), below(60))));
                    build.ecs(event::Ecs::dns_answers_data, events.keep(format("198.51.100.{}", below(250))));
                    build.ecs(event::Ecs::dns_answers_data, events.keep(format("198.51.100.{}", below(250))));
                    break;
                case 3:
                    build.ecs(event::Ecs::source_ip, events.keep(format("10.0.8.{}", below(50))));
                    build.ecs(event::Ecs::url_full, events.keep(format("HTTP://www.d{}.example:80/a/../drop{}?q={}", below(60), below(5), below(3))));
                    build.ecs(event::Ecs::user_agent_original, kAgents[below(3)]);
                    if (below(4) == 0) build.text("tls.ja4", below(2) == 0 ? "t13d1516h2_8daaf6152771_e5627efa2ab1" : "t13d1517h2_8daaf6152771_b0da82dd1658");
                    break;
                case 4:
                    build.ecs(event::Ecs::host_name, events.keep(format("WS{}", below(30))));
                    build.ecs(event::Ecs::process_executable, events.keep(format("C:\\Users\\an\\f{}.EXE", below(200))));
                    build.ecs(event::Ecs::process_hash_sha256, kHashes[2]);
                    build.ecs(event::Ecs::file_hash_md5, kHashes[below(2) == 0 ? 0 : 3]);
                    break;
                default:
                    build.ecs(event::Ecs::email_from_address, events.keep(format("User{}@mail{}.example", below(30), below(10))));
                    build.ecs(event::Ecs::host_name, events.keep(format("mx{}", below(3))));
                    build.text("note", events.keep(format("nothing about 203.0.113.{}", below(250))));
            }
            events.add(position, clock.now() - seconds(static_cast<std::int64_t>(below(3600))), static_cast<std::uint8_t>(1 + below(2)), static_cast<std::uint8_t>(1 + below(2)));
        }
        append(events);
        made.push_back(std::move(events));
    }

    // Each event asked by itself, as when it came.
    Counts expected(const std::vector<AskedValue>& asked, const Hunt& hunt) {
        std::map<indicator::Value, indicator::Entry> entries;
        for (const AskedValue& one : asked) entries[one.value] = {one.value, {*one.said}};
        std::string bytes;
        indicator::Writer writer{3, [&](std::string_view more) {
                                     bytes += more;
                                     return Status{};
                                 }};
        for (const auto& [value, entry] : entries) EXPECT_TRUE(writer.add(entry));
        EXPECT_TRUE(writer.finish());
        const auto table = indicator::Table::open(indicator::in_memory(bytes));
        const auto set = indicator::Set::make("plain", *table, nullptr);
        Counts out;
        hits = 0;
        for (const auto& events : made)
            for (const store::ArchivedEvent& one : events.all) {
                if (one.position >= hunt.before || one.event->occurred < hunt.from || one.event->occurred >= hunt.until) continue;
                if (!hunt.organisation.is_nil() && one.envelope->organisation != hunt.organisation) continue;
                std::vector<indicator::Hit> found;
                EXPECT_TRUE(set->match(*one.event, found, indicator::When::hunt));
                for (const indicator::Hit& hit : found) {
                    ++hits;
                    ++out[{one.envelope->organisation.text(), hit.rule->id, findings::entity_of(*one.event, hit, one.envelope->source)}];
                }
            }
        return out;
    }

    static std::vector<AskedValue> asked(const std::vector<std::pair<std::string, std::string>>& values) {
        std::vector<AskedValue> out;
        for (const auto& [kind, text] : values) {
            const auto value = kind.empty() ? indicator::recognise(text) : indicator::canonical(*indicator::parse_kind(kind), text);
            EXPECT_TRUE(value) << text;
            indicator::Attribution by;
            by.list = "june";
            by.family = out.size() % 2 == 0 ? "emotet" : "lazarus";
            by.confidence = 80;
            if (value) out.push_back({*value, by});
        }
        return out;
    }
    static std::vector<AskedValue> of_every_kind() {
        return asked({{"", "203.0.113.66"}, {"", "203.0.113.67"}, {"", "198.51.100.0/28"}, {"", "2001:db8:3::/48"}, {"", "d7.example"}, {"", "h3.d9.example"}, {"", "http://www.d11.example/drop2?q=1"},
                      {"url", "//www.d12.example/drop1"}, {"", kHashes[3]}, {"email", "user7@mail3.example"}, {"user_agent", kAgents[2]}, {"file_name", "f17.exe"}, {"file_name", "c:\\users\\an\\f18.exe"}, {"ja4", "t13d1516h2_8daaf6152771_e5627efa2ab1"},
                      {"", "192.0.2.99"}, {"", "nobody.example.net"}});
    }
    Hunt plain_hunt() {
        Hunt hunt{.id = make_id<HuntTag>(clock.now(), random), .name = "june", .by = "user:an", .state = State::collecting, .from = kStart - days(90), .until = kStart + days(90), .before = {1'000'000}, .created = clock.now()};
        return hunt;
    }
    // Four segments and a tail.
    void fill() {
        for (std::uint64_t i = 0; i < 5; ++i) {
            append_made_up(i * 1500, (i + 1) * 1500);
            if (i < 4) close();
            clock.move(hours(30));
        }
    }

    std::mt19937 dice{11};
    std::vector<store::archive::kit::Events> made;
    std::int64_t hits = 0;
};

TEST_F(Hunts, FindWhatAPlainEvaluationOfEveryEventFinds) {
    fill();
    const auto values = of_every_kind();
    const Hunt done = worked(put(plain_hunt(), values));
    EXPECT_EQ(done.state, State::done) << done.reason;
    const Counts plain = expected(values, done);
    ASSERT_GT(plain.size(), 20U);
    EXPECT_EQ(counts(), plain);
    EXPECT_EQ(done.hits, hits);
    EXPECT_EQ(done.findings, static_cast<std::int64_t>(plain.size()));
    EXPECT_EQ(done.events, 7'500);
    EXPECT_EQ(done.parts_done, done.parts_total);
}

TEST_F(Hunts, ReadOnlySegmentsThatHoldSomething) {
    fill();
    const Hunt done = worked(put(plain_hunt(), asked({{"", "192.0.2.99"}, {"", "nobody.example.net"}})));
    EXPECT_EQ(done.state, State::done);
    EXPECT_EQ(done.hits, 0);
    EXPECT_EQ(done.events_read, 1'500) << "the tail, which has no list of values; no segment";
    EXPECT_EQ(done.parts_read, 1);
}

TEST_F(Hunts, RestartAtAnyCommitDoublesAndLosesNothing) {
    fill();
    const auto values = of_every_kind();
    const Hunt hunt = put(plain_hunt(), values);
    int starts = 0;
    for (;; ++starts) {
        ASSERT_LT(starts, 500);
        std::stop_source stop;
        int commits = 0;
        Runner runner{parts(), {.wait_for_archive = seconds(0), .commit_hits = 40, .after_commit = [&](const Hunt&) {
                                    if (++commits > 1 + starts % 3) stop.request_stop();
                                }}};
        const auto worked = runner.work_one(stop.get_token());
        ASSERT_TRUE(worked) << worked.error().text;
        if (shown(hunt.id).state == State::done) break;
    }
    EXPECT_GT(starts, 5) << "it was broken off on the way";
    EXPECT_EQ(counts(), expected(values, hunt));
    EXPECT_EQ(shown(hunt.id).hits, hits);
    EXPECT_EQ(shown(hunt.id).known, 0);
}

TEST_F(Hunts, SegmentsThatAreJoinedMeanwhileAreNotAskedTwice) {
    options.segment_events = 10'000;
    open();
    for (std::uint64_t i = 0; i < 12; ++i) {
        append_made_up(i * 400, (i + 1) * 400);
        tend(true);
        clock.move(minutes(1));
    }
    const auto values = of_every_kind();
    const Hunt hunt = put(plain_hunt(), values);
    std::stop_source stop;
    int commits = 0;
    Runner first{parts(), {.wait_for_archive = seconds(0), .after_commit = [&](const Hunt&) {
                               if (++commits == 3) stop.request_stop();
                           }}};
    ASSERT_TRUE(first.work_one(stop.get_token()));
    const std::size_t before = segments();
    for (int i = 0; i < 10; ++i) tend();
    ASSERT_LT(segments(), before) << "nothing was joined";
    EXPECT_EQ(worked(hunt).state, State::done);
    EXPECT_EQ(counts(), expected(values, hunt));
}

TEST_F(Hunts, APausedOneRestsAndGoesOnWhereItWas) {
    fill();
    const auto values = of_every_kind();
    const Hunt hunt = put(plain_hunt(), values);
    access::Actor actor;
    actor.name = "user:an";
    actor.scope = access::Scope::node();
    const auto deed = [&](Deed one) { return state->write([&](store::Transaction& tx) { return change(tx, actor, hunt.id, one, clock.now()); }); };
    int commits = 0;
    work({.after_commit = [&](const Hunt&) {
        if (++commits == 2) {
            EXPECT_TRUE(deed(Deed::pause));
        }
    }});
    const Hunt paused = shown(hunt.id);
    EXPECT_EQ(paused.state, State::paused);
    EXPECT_LT(paused.parts_done, 5);
    EXPECT_FALSE(deed(Deed::pause)) << "it rests already";
    ASSERT_TRUE(deed(Deed::resume));
    EXPECT_EQ(worked(hunt).state, State::done);
    EXPECT_EQ(counts(), expected(values, hunt));
    EXPECT_FALSE(deed(Deed::stop)) << "it has ended";
}

TEST_F(Hunts, AStoppedOneKeepsWhatItFoundAndForgetsItsValues) {
    fill();
    const Hunt hunt = put(plain_hunt(), of_every_kind());
    access::Actor actor;
    actor.name = "user:an";
    actor.scope = access::Scope::node();
    int commits = 0;
    work({.after_commit = [&](const Hunt&) {
        if (++commits == 3) {
            EXPECT_TRUE(state->write([&](store::Transaction& tx) { return change(tx, actor, hunt.id, Deed::stop, clock.now()); }));
        }
    }});
    EXPECT_EQ(shown(hunt.id).state, State::stopped);
    EXPECT_FALSE(findings().empty());
    const auto left = state->read([&](store::Transaction& tx) { return hunts::values(tx, hunt.id, std::nullopt, 10); });
    EXPECT_TRUE(left && left->empty());
}

TEST_F(Hunts, NothingOutsideTheOrganisationIsSeen) {
    fill();
    const auto values = of_every_kind();
    Hunt hunt = plain_hunt();
    hunt.organisation = id_of<OrganisationTag>(2);
    const Hunt done = worked(put(hunt, values));
    const Counts plain = expected(values, done);
    ASSERT_GT(plain.size(), 10U);
    EXPECT_EQ(counts(), plain);
    for (const auto& finding : findings()) EXPECT_EQ(finding.organisation, id_of<OrganisationTag>(2));
    // Others do not see the hunt either.
    const auto scope = access::Scope::of({id_of<OrganisationTag>(1)});
    EXPECT_FALSE(state->read([&](store::Transaction& tx) { return find(tx, scope, hunt.id); }));
    EXPECT_EQ(state->read([&](store::Transaction& tx) { return list(tx, scope, std::nullopt, std::nullopt, 10); })->size(), 0U);
}

TEST_F(Hunts, WhatCameAfterTheHuntWasAskedIsLeftToDetection) {
    fill();
    const auto values = of_every_kind();
    Hunt hunt = plain_hunt();
    hunt.before = {3'777};  // in the middle of a segment
    const Hunt done = worked(put(hunt, values));
    EXPECT_EQ(done.state, State::done);
    EXPECT_EQ(counts(), expected(values, done));
}

TEST_F(Hunts, TheSameHuntAgainAddsNothing) {
    fill();
    const auto values = of_every_kind();
    const Hunt first = worked(put(plain_hunt(), values));
    const Counts once = counts();
    const Hunt second = worked(put(plain_hunt(), values));
    EXPECT_EQ(counts(), once);
    EXPECT_EQ(second.hits, first.hits);
    EXPECT_EQ(second.known, first.hits);
    EXPECT_EQ(second.findings, 0);
}

TEST_F(Hunts, WhatHadEndedWhenItHappenedIsNoHitAndWhatBeganLaterIs) {
    store::archive::kit::Events events;
    events.received = clock.now();
    events.build().ecs(event::Ecs::source_ip, "10.0.0.1").ecs(event::Ecs::destination_ip, "203.0.113.1");
    events.add(0, kStart);
    events.build().ecs(event::Ecs::source_ip, "10.0.0.1").ecs(event::Ecs::destination_ip, "203.0.113.2");
    events.add(1, kStart);
    append(events);
    close();
    auto values = asked({{"", "203.0.113.1"}, {"", "203.0.113.2"}});
    values[0].said->until = kStart - hours(1);
    values[1].said->from = kStart + days(3);
    const Hunt done = worked(put(plain_hunt(), values));
    EXPECT_EQ(done.hits, 1);
    ASSERT_EQ(findings().size(), 1U);
    EXPECT_EQ(findings().front().matched.text("indicator"), "203.0.113.2");
}

TEST_F(Hunts, WhatPeopleHereAllowIsNoHit) {
    store::archive::kit::Events events;
    events.build().ecs(event::Ecs::source_ip, "10.0.0.1").ecs(event::Ecs::dns_question_name, "a.cdn.example");
    events.add(0, kStart);
    append(events);
    close();
    ASSERT_TRUE(state->write([&](store::Transaction& tx) {
        return intel::allow(tx, {.value = *indicator::recognise("cdn.example"), .owner = "an", .reason = "ours", .created = kStart, .until = kStart + days(10)});
    }));
    EXPECT_EQ(worked(put(plain_hunt(), asked({{"", "a.cdn.example"}}))).hits, 0);
}

TEST_F(Hunts, TheAnswerNamesDaysWithoutEventsAndWhoNeverSendsAField) {
    store::archive::kit::Events first, later;
    const auto one = [](store::archive::kit::Events& events, std::uint64_t position, Time occurred, std::uint8_t source) {
        events.build().ecs(event::Ecs::source_ip, "10.0.0.1").ecs(event::Ecs::destination_ip, "203.0.113.1");
        if (source == 2) events.build().ecs(event::Ecs::file_hash_md5, kHashes[0]);
        events.add(position, occurred, 1, source);
    };
    one(first, 0, kStart, 1);  // 2024-05-01
    append(first);
    close();
    one(later, 1, kStart + days(5), 2);
    append(later);
    close();
    clock.set(kStart + days(7));
    Hunt hunt = plain_hunt();
    hunt.from = kStart - days(2);
    hunt.until = kStart + days(7);
    auto world = parts();
    world.sources = [] { return std::vector<LiveSource>{{id_of<SourceTag>(1), id_of<OrganisationTag>(1), "firewall"}, {id_of<SourceTag>(2), id_of<OrganisationTag>(1), "endpoint"}, {id_of<SourceTag>(3), id_of<OrganisationTag>(1), "silent"}}; };
    put(hunt, asked({{"", kHashes[1]}, {"", "203.0.113.1"}}));
    Runner runner{world, {.wait_for_archive = seconds(0)}};
    ASSERT_TRUE(runner.work_one({}));
    const json::Value answer = shown(hunt.id).answer;
    EXPECT_EQ(answer.find("days_without")->dump(), R"([{"from":"2024-04-29","to":"2024-04-30"},{"from":"2024-05-02","to":"2024-05-05"},{"from":"2024-05-07","to":"2024-05-07"}])");
    EXPECT_EQ(answer.integer("events"), 2);
    const json::Array& kinds = answer.find("sources")->as_array();
    ASSERT_EQ(kinds.size(), 2U);
    EXPECT_EQ(kinds[0].text("kind"), "address");
    EXPECT_EQ(kinds[0].integer("without"), 0);
    EXPECT_EQ(kinds[1].text("kind"), "hash");
    EXPECT_EQ(kinds[1].find("names")->dump(), R"(["firewall"])");
    EXPECT_EQ(kinds[1].integer("sources"), 2) << "of the silent one nothing is known";
}

TEST_F(Hunts, ALostSegmentIsNamedInTheAnswer) {
    fill();
    const std::string victim = files().front();
    const auto path = std::filesystem::path{options.folder} / "segments" / (victim.substr(0, victim.find('.')) + ".parquet");
    std::filesystem::resize_file(path, 10);
    std::filesystem::resize_file(std::filesystem::path{path}.replace_extension(".filter"), 10);
    open();
    tend();
    const Hunt done = worked(put(plain_hunt(), of_every_kind()));
    EXPECT_EQ(done.state, State::done) << done.reason;
    ASSERT_GE(done.answer.find("missing")->as_array().size(), 1U);
    EXPECT_LT(done.events, 6'000);
}

TEST_F(Hunts, NewValuesOfAListJoinTheHuntThatIsStillCollecting) {
    const indicator::Value first = *indicator::recognise("203.0.113.1"), second = *indicator::recognise("203.0.113.2");
    const auto note = [&](std::vector<indicator::Value> fresh, bool last, int days = 90) {
        auto id = state->write([&](store::Transaction& tx) { return note_new(tx, {.list = "june", .by = "user:an", .days = days, .last = last, .before = {5}}, fresh, random, clock.now()); });
        EXPECT_TRUE(id) << id.error().text;
        return *id;
    };
    EXPECT_FALSE(note({first}, true, 0)) << "the setting says that nothing is asked";
    const auto id = note({first}, false);
    ASSERT_TRUE(id);
    EXPECT_EQ(note({second, first}, false), id);
    EXPECT_EQ(shown(*id).state, State::collecting);
    EXPECT_EQ(note({}, true), id);
    EXPECT_EQ(shown(*id).state, State::queued);
    EXPECT_EQ(shown(*id).values, 2);
    EXPECT_EQ(shown(*id).before.value, 5U);
    EXPECT_FALSE(note({}, true)) << "nothing is new";
}

TEST_F(Hunts, RulesAreAskedOfEveryEvent) {
    fill();
    constexpr char kRule[] = "title: Loader\nid: 6f8bb8b4-6d33-4e8d-9f5c-0d3a6f1f0b01\nlogsource:\n    category: proxy\ndetection:\n    selection:\n        user_agent.original|contains: 'EvilLoader'\n    condition: selection\nlevel: high\n";
    Hunt hunt = plain_hunt();
    hunt.state = State::queued;
    hunt.what = What::rules;
    hunt.asked = json::object({{"rules", json::Array{json::object({{"file", "rule"}, {"text", kRule}})}}});
    ASSERT_TRUE(state->write([&](store::Transaction& tx) { return add(tx, hunt); }));
    const Hunt done = worked(hunt);
    EXPECT_EQ(done.state, State::done) << done.reason;
    std::int64_t plain = 0;
    for (const auto& events : made)
        for (const auto& one : events.all) plain += one.event->text(event::Ecs::user_agent_original).find("EvilLoader") != std::string_view::npos ? 1 : 0;
    ASSERT_GT(plain, 100);
    EXPECT_EQ(done.hits, plain);
    std::int64_t recorded = 0;
    for (const auto& finding : findings()) recorded += finding.retrospective;
    EXPECT_EQ(recorded, plain);
    EXPECT_EQ(done.events_read, 7'500);
}

}  // namespace
}  // namespace vg::hunts
