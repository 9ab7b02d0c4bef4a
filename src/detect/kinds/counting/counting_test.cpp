// The kinds dns and flow as rules: what their documents may say, when they hold, and that a replay and a snapshot give the same.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "detect/kinds/correlation/testing.h"
#include "detect/kinds/correlation/window.h"
#include "detect/tuning.h"

namespace vg::detect {
namespace {

using testing::Timeline;

std::string own(std::string_view settings, std::string_view category = "dns") {
    return format("title: Test\nid: 929a690e-bef0-4204-a928-ef5e620d6fcc\nlevel: high\nlogsource:\n    category: {}\n{}", category, settings);
}
std::string asked(std::string_view client, std::string_view name, std::string_view answer = "NXDOMAIN") {
    return format(R"({{"source.ip": "{}", "dns.question.name": "{}", "dns.response_code": "{}"}})", client, name, answer);
}

// JsonEvent has names only; what a kind reads by ECS field needs the dictionary's.
std::vector<CorrelationMatch> give(Timeline& timeline, double second, std::string_view text) {
    const testing::JsonEvent made{std::string{text}.c_str()};
    Arena arena;
    event::Builder builder{arena};
    for (const event::Field& field : made.event.fields) {
        if (const event::Ecs ecs = event::ecs_field(field.name); ecs != event::Ecs::none)
            builder.ecs(ecs, field.text.empty() ? arena.copy(format("{}", field.integer)) : field.text);
        else
            builder.text(field.name, field.text);
    }
    event::Event event;
    event.fields = builder.finish();
    std::vector<Match> matches;
    timeline.loaded.engine->match(event, timeline.scratch, matches);
    std::vector<correlation::Occurrence> found;
    const auto organisation = testing::id_of<OrganisationTag>(1);
    correlation::occurrences(timeline.loaded.engine->plan(), event, matches, organisation, timeline.correlator->seed(), found);
    std::vector<CorrelationMatch> out;
    timeline.correlator->correlate({{timeline.position++}, testing::id_of<SourceTag>(1), organisation, Timeline::time_of(second), Timeline::time_of(second)}, found, out);
    return out;
}
std::string because(const CorrelationMatch& match, std::string_view what) {
    for (const auto& [name, value] : match.because)
        if (name == what) return value;
    return "(nothing)";
}

constexpr const char* kMadeUp[] = {"kqplznikrlhitgzzl.top", "qactdfrtlnlvupmb.top", "vovmtcvysolq.com", "qpdqpqsupgco.top"};

TEST(GeneratedNames, HoldAtTheNumberOfDifferentDomains) {
    Timeline timeline{own("dns: {names: 3, answer: NXDOMAIN, timespan: 10m}")};
    ASSERT_TRUE(timeline.loaded.report.refused.empty());
    EXPECT_TRUE(give(timeline, 0, asked("10.0.0.5", kMadeUp[0])).empty());
    EXPECT_TRUE(give(timeline, 1, asked("10.0.0.5", "www." + std::string{kMadeUp[0]})).empty()) << "one domain";
    EXPECT_TRUE(give(timeline, 2, asked("10.0.0.5", kMadeUp[1])).empty());
    EXPECT_TRUE(give(timeline, 3, asked("10.0.0.6", kMadeUp[2])).empty()) << "another client";
    EXPECT_TRUE(give(timeline, 4, asked("10.0.0.5", kMadeUp[2], "NOERROR")).empty()) << "it exists";
    EXPECT_TRUE(give(timeline, 5, asked("10.0.0.5", "baochinhphu.vn")).empty()) << "a name of people";
    const auto held = give(timeline, 6, asked("10.0.0.5", kMadeUp[3]));
    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(held[0].value, 3);
    EXPECT_EQ(held[0].events.size(), 4U);
    EXPECT_TRUE(held[0].begins);
    EXPECT_EQ(held[0].group, (std::vector<std::pair<std::string_view, std::string>>{{"source.ip", "10.0.0.5"}}));
    EXPECT_EQ(because(held[0], "generated names"), "3 (gte 3 / 600 s)");
    EXPECT_EQ(because(held[0], "length"), "12 (gte 7)");
    EXPECT_EQ(because(held[0], "dns.question.registered_domain"), "qpdqpqsupgco.top");
    EXPECT_TRUE(because(held[0], "score").ends_with("(gte 55)"));
}

TEST(Tunnel, CountsNamesBelowOneDomain) {
    Timeline timeline{own("dns: {finds: tunnel, names: 2, length: 30, entropy: 3.2, except: [sophosxl.net]}")};
    ASSERT_TRUE(timeline.loaded.report.refused.empty());
    const std::string coded = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729", other = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e";
    EXPECT_TRUE(give(timeline, 0, asked("10.0.0.5", coded + ".a.example")).empty());
    EXPECT_TRUE(give(timeline, 1, asked("10.0.0.5", other + ".b.example.net")).empty()) << "another domain";
    EXPECT_TRUE(give(timeline, 2, asked("10.0.0.5", coded + ".x.sophosxl.net")).empty());
    EXPECT_TRUE(give(timeline, 2, asked("10.0.0.5", other + ".x.sophosxl.net")).empty()) << "left out";
    EXPECT_TRUE(give(timeline, 3, asked("10.0.0.5", std::string(40, 'a') + ".a.example")).empty()) << "no coded text";
    const auto held = give(timeline, 4, asked("10.0.0.5", other + ".a.example"));
    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(because(held[0], "names with coded text"), "2 (gte 2 / 600 s)");
}

TEST(Tunnel, AddsUpWhatNamesCarry) {
    Timeline timeline{own("dns: {finds: tunnel, bytes: 150, length: 30, entropy: 3.2, timespan: 1d}")};
    ASSERT_TRUE(timeline.loaded.report.refused.empty());
    const std::string coded = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729";  // 52
    EXPECT_TRUE(give(timeline, 0, asked("10.0.0.5", coded + ".example.org")).empty());
    EXPECT_TRUE(give(timeline, 3'600, asked("10.0.0.5", coded + ".example.org")).empty());
    const auto held = give(timeline, 7'200, asked("10.0.0.5", coded + ".example.org"));
    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(held[0].value, 156);
}

std::string spoke(std::string_view to, int port, std::string_view state = "SF", std::string_view from = "10.0.0.5") {
    return format(R"({{"source.ip": "{}", "destination.ip": "{}", "destination.port": {}, "conn_state": "{}"}})", from, to, port, state);
}

TEST(Beacon, HoldsWhenIntervalsAreAlike) {
    Timeline timeline{own("flow: {finds: beacon, from: inside, to: outside, connections: 6, share: 80, jitter: 10}", "firewall")};
    ASSERT_TRUE(timeline.loaded.report.refused.empty());
    // Intervals of 60, 63, 57, 100, 60 s: the middle one is 60, four of five are within 6 s of it.
    const double at[] = {0, 60, 123, 180, 280};
    for (const double second : at) {
        EXPECT_TRUE(give(timeline, second, spoke("203.0.113.7", 443)).empty());
        EXPECT_TRUE(give(timeline, second + 0.2, spoke("203.0.113.7", 443)).empty()) << "at once: one call";
        EXPECT_TRUE(give(timeline, second, spoke("10.9.9.9", 443)).empty()) << "inside";
    }
    const auto held = give(timeline, 340, spoke("203.0.113.7", 443));
    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(held[0].value, 80);
    EXPECT_EQ(because(held[0], "regular intervals"), "4/5 = 80 % (gte 80 %)");
    EXPECT_EQ(because(held[0], "interval"), "60.0 s ± 10 %");
}

TEST(Beacon, IsNotWhatComesTooFastOrAtRandom) {
    Timeline timeline{own("flow: {finds: beacon, connections: 6, share: 80, jitter: 10}", "firewall")};
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(give(timeline, i * 2, spoke("203.0.113.8", 443)).empty()) << "every two seconds is work";
    const double steps[] = {3, 12, 40, 95, 180, 400, 700};
    double second = 0;
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(give(timeline, second += steps[i * 5 % 7] * (1 + i % 3), spoke("203.0.113.9", 443)).empty());
}

// How well beacons are told from people: intervals of 30 s to an hour with uniform jitter, and people whose pauses are
// exponential (a Poisson process) or bursts. docs/detection.md quotes it.
TEST(Beacon, IsToldFromPeople) {
    std::mt19937_64 chance{7};
    const auto uniform = [&] { return static_cast<double>(chance() >> 11) / 9007199254740992.0; };
    const auto finds = [&](auto next) {
        correlation::Rule rule;
        rule.type = correlation::Type::regularity;
        rule.beat = {30, seconds(10), hours(2), 20};
        std::vector<correlation::Entry> entries;
        double second = 0;
        for (int i = 0; i < 60; ++i) {
            entries.push_back({static_cast<std::int64_t>(second * 1e6), static_cast<std::uint64_t>(i), 0});
            second += next();
        }
        const correlation::Beats beats = correlation::beats_of(rule, entries);
        return beats.regular && 100.0 * beats.near / beats.intervals >= 90;
    };
    const auto share = [&](auto make) {
        int found = 0;
        for (int i = 0; i < 500; ++i) found += finds(make()) ? 1 : 0;
        return found / 500.0;
    };
    const auto beacon = [&](double jitter) {
        return share([&, jitter] {
            const double every = 30 * std::pow(120, uniform());
            return [&, every, jitter] { return every * (1 + jitter * (2 * uniform() - 1)); };
        });
    };
    const double people = share([&] {
        const double mean = 30 * std::pow(120, uniform());
        return [&, mean] { return -mean * std::log(1 - uniform()); };
    });
    const double bursts = share([&] { return [&] { return uniform() < 0.8 ? 1 + 20 * uniform() : 600 * uniform(); }; });
    std::printf("beacons found with jitter 5 %%: %.3f, 10 %%: %.3f, 20 %%: %.3f, 40 %%: %.3f; people taken for one: %.3f, bursts: %.3f\n", beacon(0.05), beacon(0.1), beacon(0.2), beacon(0.4), people, bursts);
    EXPECT_EQ(beacon(0.05), 1);
    EXPECT_EQ(beacon(0.1), 1);
    EXPECT_GE(beacon(0.18), 0.9);
    EXPECT_LE(beacon(0.4), 0.05) << "not found, and docs/detection.md says so";
    EXPECT_EQ(people, 0);
    EXPECT_EQ(bursts, 0);
}

TEST(Scan, TellsRefusedFromAnswered) {
    const std::string ports = "flow: {finds: port-scan, ports: 3, outcome: ";
    Timeline refused{own(ports + "refused}", "firewall")}, answered{own(ports + "answered}", "firewall")}, open{own(ports + "not-answered}", "firewall")};
    for (int port = 20; port < 22; ++port) {
        EXPECT_TRUE(give(refused, port, spoke("10.0.0.9", port, "REJ")).empty());
        EXPECT_TRUE(give(open, port, spoke("10.0.0.9", port, "S0")).empty());
        EXPECT_TRUE(give(answered, port, spoke("10.0.0.9", port, "SF")).empty());
    }
    EXPECT_TRUE(give(refused, 30, spoke("10.0.0.9", 22, "SF")).empty());
    EXPECT_TRUE(give(refused, 30, spoke("10.0.0.9", 23, "S0")).empty());
    EXPECT_TRUE(give(answered, 30, spoke("10.0.0.9", 22, "REJ")).empty());
    EXPECT_TRUE(give(refused, 31, spoke("10.0.0.9", 21, "REJ")).empty()) << "the same port again";
    ASSERT_EQ(give(refused, 32, spoke("10.0.0.9", 24, "REJ")).size(), 1U);
    ASSERT_EQ(give(answered, 32, spoke("10.0.0.9", 24, "S1")).size(), 1U);
    const auto held = give(open, 32, spoke("10.0.0.9", 24, "REJ"));
    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(because(held[0], "ports not-answered"), "3 (gte 3 / 120 s)");
}

TEST(Scan, SweepsAreOfOnePort) {
    Timeline timeline{own("flow: {finds: host-sweep, hosts: 3, from: outside, except-ports: [443]}", "firewall")};
    for (int i = 1; i < 9; ++i) {
        EXPECT_TRUE(give(timeline, i, spoke(format("192.0.2.{}", i), 443, "S0", "198.51.100.9")).empty());
        EXPECT_TRUE(give(timeline, i, spoke(format("192.0.2.{}", i), 1000 + i, "S0", "198.51.100.9")).empty());
        EXPECT_TRUE(give(timeline, i, spoke(format("192.0.2.{}", i), 445, "S0", "10.0.0.9")).empty()) << "from inside";
        EXPECT_TRUE(give(timeline, i, spoke("239.1.1.1", 445, "S0", "198.51.100.9")).empty()) << "multicast";
        EXPECT_EQ(give(timeline, i, spoke(format("192.0.2.{}", i), 445, "S0", "198.51.100.9")).size(), i >= 3 ? 1U : 0U);
    }
}

// What holds after a snapshot is what holds without one, at every place where it may be taken.
TEST(CountingKinds, GoOnFromASnapshot) {
    const std::string rules = own("dns: {names: 3, timespan: 10m}") + "\n---\ntitle: Beat\nid: 11111111-2222-4333-8444-555555555555\nlogsource: {category: firewall}\nflow: {finds: beacon, connections: 5, share: 60, jitter: 20}\n";
    const auto steps = [&](Timeline& timeline, int from, int to) {
        std::string told;
        for (int i = from; i < to; ++i) {
            auto held = i % 2 == 0 ? give(timeline, i * 30, asked("10.0.0.5", kMadeUp[i / 2 % 4])) : give(timeline, i * 30 + i % 3, spoke("203.0.113.7", 443));
            for (const CorrelationMatch& match : held) {
                told += format("{} {} {} {};", i, match.rule->title, match.value, match.events.size());
                for (const auto& [what, value] : match.because) told += what + "=" + value + ";";
            }
        }
        return told;
    };
    Timeline whole{rules};
    ASSERT_TRUE(whole.loaded.report.refused.empty());
    const std::string expected = steps(whole, 0, 24);
    EXPECT_NE(expected.find("Test"), std::string::npos);
    EXPECT_NE(expected.find("Beat"), std::string::npos);
    for (int cut = 1; cut < 24; ++cut) {
        Timeline before{rules}, after{rules};
        std::string told = steps(before, 0, cut);
        ASSERT_TRUE(after.correlator->restore(before.correlator->save()).has_value());
        after.position = before.position;
        EXPECT_EQ(told + steps(after, cut, 24), expected) << cut;
    }
}

TEST(CountingKinds, RefuseWhatTheyDoNotKnow) {
    const std::pair<const char*, const char*> wrong[] = {
        {"dns: {names: 1}", "names must be a whole number from 2 to 10000"},
        {"dns: {score: 101}", "score must be a whole number from 1 to 100"},
        {"dns: {finds: everything}", "finds must be one of generated-names, tunnel"},
        {"dns: {finds: tunnel}", "a tunnel wants either names or bytes"},
        {"dns: {finds: tunnel, names: 9, bytes: 9}", "a tunnel wants either names or bytes"},
        {"dns: {names: 9, nmaes: 9}", "'nmaes' is no setting of it"},
        {"dns: {finds: tunnel, names: 9, entropy: 9}", "entropy must be a number from 0.01 to 8"},
        {"dns: 7", "dns must be a map"},
        {"flow: {finds: beacon, timespan: 8d}", "timespan must be a number and s, m, h or d, at most 168 hours"},
        {"flow: {from: nowhere}", "from must be one of any, inside, outside"},
        {"flow: {finds: port-scan, except-ports: [x]}", "except-ports must be a list of at most 1000 whole numbers"},
    };
    for (const auto& [settings, reason] : wrong) {
        const testing::Loaded loaded = testing::load(own(settings));
        ASSERT_EQ(loaded.report.refused.size(), 1U) << settings;
        EXPECT_NE(loaded.report.refused[0].reason.find(reason), std::string::npos) << settings << ": " << loaded.report.refused[0].reason;
        EXPECT_EQ(loaded.engine->rules().size(), 0U);
    }
    const testing::Loaded headless = testing::load("title: X\ndns: {names: 3}\n");
    ASSERT_EQ(headless.report.refused.size(), 1U);
    EXPECT_NE(headless.report.refused[0].reason.find("logsource"), std::string::npos);
}

TEST(CountingKinds, AreRulesLikeOthers) {
    const std::string text = own("dns: {names: 3}");
    const testing::Loaded loaded = testing::load(text);
    ASSERT_EQ(loaded.engine->rules().size(), 1U);
    const RuleInfo& info = *loaded.engine->rules()[0];
    EXPECT_EQ(info.kind, "dns");
    EXPECT_TRUE(info.many);
    EXPECT_EQ(info.category, "dns");
    EXPECT_TRUE(correlation::is_told(loaded.engine->plan(), info));
    EXPECT_FALSE(correlation::is_told_alone(loaded.engine->plan(), info));
    const std::vector<RuleFile> files{{"a.yaml", text}};
    EXPECT_EQ(rules_of(files).size(), 1U);
    EXPECT_EQ(without_rules(text, {info.id}), "");
    EXPECT_NE(testing::load(own("dns: {names: 4}")).engine->fingerprint(), loaded.engine->fingerprint());
    const testing::JsonEvent event{R"({"dns.question.name": "kqplznikrlhitgzzl.top"})"};
    EXPECT_TRUE(loaded.engine->explain(info.id, event.event).has_value());
}

}  // namespace
}  // namespace vg::detect
