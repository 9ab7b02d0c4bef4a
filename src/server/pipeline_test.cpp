#include "server/pipeline.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "access/accounts.h"
#include "detect/kinds/indicator/testing.h"
#include "directory/directory.h"
#include "cases/watch.h"
#include "notify/rows.h"
#include "store/audit.h"
#include "store/fault_disk.h"
#include "store/state_fixture.h"

namespace vg::server {
namespace {

constexpr char kRule[] = R"(
title: Whoami
id: 0c3ad4c2-8c4e-4d5c-9a57-6d4c5b9a0001
status: test
logsource: {category: process_creation, product: windows}
detection:
  selection: {Image|endswith: '\whoami.exe'}
  condition: selection
level: high
)";

constexpr char kOtherRule[] = R"(
title: Hostname
id: 0c3ad4c2-8c4e-4d5c-9a57-6d4c5b9a0002
status: test
logsource: {category: process_creation, product: windows}
detection:
  selection: {Image|endswith: '\hostname.exe'}
  condition: selection
level: low
)";

constexpr char kMany[] = R"(
---
title: Whoami again and again
id: 0c3ad4c2-8c4e-4d5c-9a57-6d4c5b9a0003
status: test
correlation:
  type: event_count
  rules: [0c3ad4c2-8c4e-4d5c-9a57-6d4c5b9a0001]
  group-by: [Computer]
  timespan: 1h
  condition: {gte: 3}
level: critical
)";

std::shared_ptr<const ContentSet> content_of(std::string text) {
    const std::string folder = std::filesystem::temp_directory_path() / ("vonggac-content-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const std::string file = folder + "/rule.yaml";
    FILE* out = std::fopen(file.c_str(), "w");
    std::fputs(text.c_str(), out);
    std::fclose(out);
    auto content = load_content({.rules = {folder}, .mappings = {}});
    std::filesystem::remove_all(folder);
    EXPECT_TRUE(content) << content.error().text;
    return *content;
}

// A journal on a disk in memory, a State in memory, and a pipeline between them that can be started again and again.
class PipelineTest : public ::testing::Test {
protected:
    PipelineTest() {
        open_journal();
        state_ = open_state();
        in_hand_path_ = std::filesystem::temp_directory_path() / ("vonggac-in-hand-" + std::to_string(::getpid()));
        std::filesystem::remove(in_hand_path_);
        content_ = content_of(kRule);
        contents_[content_->fingerprint] = content_;
    }
    ~PipelineTest() override { std::filesystem::remove(in_hand_path_); }

    void open_journal() {
        store::JournalOptions options;
        options.random = &random_;
        options.reserve_bytes = 0;
        options.key = store::load_or_make_signing_key(disk_, "keys", random_).value();
        auto opened = store::Journal::open(disk_, "journal", options, clock_, metrics_);
        ASSERT_TRUE(opened) << opened.error().text;
        journal_ = std::move(*opened);
    }

    std::unique_ptr<store::State> open_state() {
        const store::Schema schemas[] = {store::audit_schema(), access::schema(), directory::schema(), findings::schema(), intel::schema(), notify::schema(), cases::schema(), cases::watch_schema(), schema()};
        return store::State::open(store::test_state(), schemas, metrics_).value();
    }

    event::Record process(std::string_view image, std::string_view host = "WS01") {
        event::Record record;
        record.envelope.source = source_;
        record.envelope.organisation = organisation_;
        record.envelope.received = clock_.now();
        record.raw = R"({"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":")" +
                     std::string{host} + R"(","TimeCreated":{"#attributes":{"SystemTime":"2024-04-26T01:00:00.000000Z"}}},"EventData":{"Image":")" + std::string{image} + R"("}}})";
        return record;
    }

    event::Record in_force(const std::string& set) {
        event::Record record;
        record.envelope.kind = event::Kind::control;
        record.envelope.received = clock_.now();
        record.raw = json::object({{"control", "indicators"}, {"set", set}}).dump();
        return record;
    }

    // A set of indicators of that name, of patterns and their families.
    void put_patterns(const std::vector<std::pair<std::string, std::string>>& patterns, const std::string& name = "patterns") {
        std::vector<detect::indicator::Entry> entries;
        for (const auto& [text, family] : patterns) entries.push_back({*detect::indicator::recognise(text), {detect::indicator::attribution(family)}});
        indicators_[name] = detect::indicator::Set::make(name, detect::indicator::table_of(entries), nullptr);
    }

    void keep(std::vector<event::Record> records) { ASSERT_TRUE(journal_->keep(records)); }

    std::unique_ptr<Pipeline> start(store::State& state, std::size_t batch = 10'000) {
        in_hand_ = InHand::open(in_hand_path_).value();
        auto pipeline = Pipeline::start({.journal = *journal_,
                                         .state = state,
                                         .in_hand = *in_hand_,
                                         .clock = clock_,
                                         .metrics = metrics_,
                                         .content_named = [this](const std::string& name) -> Result<std::shared_ptr<const ContentSet>> {
                                             if (const auto found = contents_.find(name); found != contents_.end()) return found->second;
                                             return fail(Code::not_found, "no such content");
                                         },
                                         .indicators_named = [this](const std::string& name) -> Result<std::shared_ptr<const detect::indicator::Set>> {
                                             if (const auto found = indicators_.find(name); found != indicators_.end()) return found->second;
                                             return fail(Code::not_found, "no such set");
                                         }},
                                        {.threads = threads_, .batch_records = batch, .lane = lane_, .snapshot_disk = snapshots_ ? &disk_ : nullptr, .snapshot_folder = "correlation", .snapshot_every = snapshot_every_, .measure_every = measure_every_, .stopwatch = stopwatch_}, content_);
        EXPECT_TRUE(pipeline) << pipeline.error().text;
        return pipeline ? std::move(*pipeline) : nullptr;
    }

    // Runs a pipeline until it has seen everything, and stops it.
    void run_to_end(store::State& state, std::size_t batch = 10'000) {
        auto pipeline = start(state, batch);
        for (int i = 0; i < 1000 && pipeline->position() < journal_->end(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
        EXPECT_EQ(pipeline->position(), journal_->end());
        pipeline->stop();
    }

    static std::vector<findings::Finding> findings_in(store::State& state) {
        return state.read([](store::Transaction& tx) { return findings::Book::list(tx, access::Scope::node(), {}, std::nullopt, 1000); }).value().items;
    }

    // Two million bytes that a rule of many expressions looks at; the last one fits when `found`.
    event::Record hostile(bool found, std::string_view host = "WS01") {
        event::Record record = process("C:\\\\x\\\\whoami.exe", host);
        record.raw.insert(record.raw.find(R"("Image")"), R"("CommandLine":")" + std::string(std::size_t{2} << 20, 'a') + (found ? "end" : "endx") + R"(",)");
        return record;
    }

    // A clock that moves 700 ns whenever it is looked at, for one thread.
    void measure(std::uint64_t every) {
        threads_ = 1;
        measure_every_ = every;
        stopwatch_ = [now = std::uint64_t{0}]() mutable { return now += 700; };
    }

    bool snapshots_ = false;
    Span snapshot_every_ = seconds(60);
    std::size_t threads_ = 2;
    std::uint64_t measure_every_ = 1024;
    Stopwatch stopwatch_ = steady_stopwatch();
    LaneLimits lane_;
    store::FaultDisk disk_{1};
    SeededRandom random_{1};
    ManualClock clock_{{1'714'093'200'000'000}};  // 2024-04-26T01:00:00Z
    metrics::Registry metrics_;
    std::unique_ptr<store::Journal> journal_;
    std::unique_ptr<store::State> state_;
    std::string in_hand_path_;
    std::unique_ptr<InHand> in_hand_;
    std::map<std::string, std::shared_ptr<const ContentSet>> contents_;
    std::map<std::string, std::shared_ptr<const detect::indicator::Set>> indicators_;
    std::shared_ptr<const ContentSet> content_;
    SourceId source_ = make_id<SourceTag>({1}, random_);
    OrganisationId organisation_ = make_id<OrganisationTag>({1}, random_);
};

TEST_F(PipelineTest, APatternOfAnIndicatorIsAFindingLikeThoseOfOthers) {
    put_patterns({{"[process:image_ref.name = 'calc.exe']", "fox"}});
    keep({process(R"(C:\\x\\calc.exe)"), in_force("patterns"), process(R"(C:\\x\\calc.exe)"), process(R"(C:\\x\\calc.exe)"), process(R"(C:\\x\\calc2.exe)")});
    run_to_end(*state_, 3);
    const auto found = findings_in(*state_);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].rule_kind, "indicator");
    EXPECT_EQ(found[0].entity, "host:ws01");
    EXPECT_EQ(found[0].count, 2) << "what came before the set was in force is not told";
}

TEST_F(PipelineTest, APatternOfSeveralObservationsIsOneFindingOfTheMachineThatHadAllOverARestart) {
    snapshots_ = true;
    put_patterns({{"([process:image_ref.name = 'a.exe'] AND [process:image_ref.name = 'b.exe']) WITHIN 60 SECONDS", "fox"}, {"[process:image_ref.name = 'c.exe'] REPEATS 3 TIMES", "owl"}});
    const std::string a = R"(C:\\x\\a.exe)", b = R"(C:\\x\\b.exe)", c = R"(C:\\x\\c.exe)";
    keep({in_force("patterns"), process(a), process(b, "WS02"), process(c), process(c), process(c, "WS02"), process(a)});
    run_to_end(*state_, 2);
    EXPECT_TRUE(findings_in(*state_).empty());
    keep({process(b), process(c)});
    run_to_end(*state_, 2);
    auto found = findings_in(*state_);
    ASSERT_EQ(found.size(), 2U);
    std::sort(found.begin(), found.end(), [](const auto& one, const auto& other) { return one.rule_id < other.rule_id; });
    EXPECT_EQ(found[0].rule_id, "indicator/present/fox");
    EXPECT_EQ(found[0].entity, "host:ws01");
    EXPECT_EQ(found[0].count, 2) << "one a.exe and the b.exe";
    EXPECT_EQ(found[1].rule_id, "indicator/present/owl");
    EXPECT_EQ(found[1].count, 3);
    run_to_end(*state_);
    EXPECT_EQ(findings_in(*state_).size(), 2U);
}

TEST_F(PipelineTest, ACorrelationIsOneFindingOfAllItsEventsAndItsRuleMakesNone) {
    content_ = content_of(std::string{kRule} + kMany);
    const std::string whoami = R"(C:\\x\\whoami.exe)";
    keep({process(whoami), process(whoami, "WS02"), process(whoami), process(whoami, "WS02"), process(whoami), process(whoami), process(R"(C:\\x\\calc.exe)"), process(whoami)});
    run_to_end(*state_, 3);
    const auto found = findings_in(*state_);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].rule_title, "Whoami again and again");
    EXPECT_EQ(found[0].rule_kind, "correlation");
    EXPECT_EQ(found[0].entity, "host:ws01");
    EXPECT_EQ(found[0].level, "critical");
    EXPECT_EQ(found[0].count, 5);
    EXPECT_EQ(found[0].matched.dump(), R"({"Computer":"ws01","event_count":3})");
    const auto events = state_->read([&](store::Transaction& tx) { return findings::Book::events(tx, access::Scope::node(), found[0].id); }).value();
    std::vector<std::uint64_t> positions;
    for (const findings::EventRef& event : events) positions.push_back(event.id.position.value);
    EXPECT_EQ(positions, (std::vector<std::uint64_t>{0, 2, 4, 5, 7}));
}

// The pipeline ends after each record, and one of the snapshots is lost now and then: the groups are taken up from what is
// left, records are told to them again, and the findings are those of one uninterrupted run.
TEST_F(PipelineTest, CorrelationsAreTakenUpWhereTheyWere) {
    content_ = content_of(std::string{kRule} + kMany);
    contents_[content_->fingerprint] = content_;
    snapshots_ = true;
    for (int i = 0; i < 24; ++i) {
        keep({process(R"(C:\\x\\whoami.exe)", i % 3 == 0 ? "WS02" : "WS01")});
        run_to_end(*state_);
        const std::string lost = i % 4 == 1 ? "correlation/even" : "correlation/odd";
        if (i % 2 == 1 && disk_.exists(lost)) {
            ASSERT_TRUE(disk_.remove(lost));
        }
    }
    snapshots_ = false;
    auto again = open_state();
    run_to_end(*again);
    const auto once = findings_in(*again), stopped = findings_in(*state_);
    ASSERT_EQ(once.size(), 2U);
    ASSERT_EQ(stopped.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(stopped[i].id, once[i].id);
        EXPECT_EQ(stopped[i].count, once[i].count);
        EXPECT_EQ(stopped[i].event_hash, once[i].event_hash);
    }
    EXPECT_EQ(once[0].count + once[1].count, 24);
}

// An end before the first snapshot's time: what is left is the one that was made at the start.
TEST_F(PipelineTest, GroupsOfTheFirstMomentsAreTakenUpToo) {
    content_ = content_of(std::string{kRule} + kMany);
    contents_[content_->fingerprint] = content_;
    snapshots_ = true;
    keep({process(R"(C:\\x\\whoami.exe)"), process(R"(C:\\x\\whoami.exe)")});
    run_to_end(*state_);
    ASSERT_TRUE(disk_.remove("correlation/odd"));  // the one of the orderly stop
    keep({process(R"(C:\\x\\whoami.exe)")});
    const auto pipeline = start(*state_);
    EXPECT_EQ(pipeline->correlation_gap(), "");
    for (int i = 0; i < 1000 && pipeline->position() < journal_->end(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    pipeline->stop();
    const auto found = findings_in(*state_);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].count, 3);
}

// The first one, of position 0, would hold back what the journal may delete for as long as nothing comes.
TEST_F(PipelineTest, AnIdlePipelineKeepsItsGroupsAsWell) {
    snapshots_ = true;
    snapshot_every_ = seconds(1);
    const auto pipeline = start(*state_);
    keep({process(R"(C:\\x\\calc.exe)")});
    for (int i = 0; i < 3000 && pipeline->needed_from() < journal_->end(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    EXPECT_EQ(pipeline->needed_from(), journal_->end());
    pipeline->stop();
}

TEST_F(PipelineTest, WithoutASnapshotGroupsBeginAnewAndItIsSaid) {
    content_ = content_of(std::string{kRule} + kMany);
    snapshots_ = true;
    keep({process(R"(C:\\x\\whoami.exe)"), process(R"(C:\\x\\whoami.exe)")});
    run_to_end(*state_);
    for (const char* file : {"correlation/even", "correlation/odd"})
        if (disk_.exists(file)) {
            ASSERT_TRUE(disk_.remove(file));
        }
    keep({process(R"(C:\\x\\whoami.exe)")});
    const auto pipeline = start(*state_);
    EXPECT_EQ(pipeline->correlation_gap(), "groups begin at position 2: there is no snapshot of them");
    pipeline->stop();
    EXPECT_TRUE(findings_in(*state_).empty());
}

constexpr char kExpressions[] = R"(
---
title: Many expressions
id: 0c3ad4c2-8c4e-4d5c-9a57-6d4c5b9a0004
status: test
logsource: {category: process_creation, product: windows}
detection:
  selection: {CommandLine|re: ['x0[a-c]+y', 'x1[a-c]+y', 'x2[a-c]+y', 'x3[a-c]+y', 'x4[a-c]+y', 'x5[a-c]+y', 'aend$']}
  condition: selection
level: high
)";

std::vector<std::string> told(const std::vector<findings::Finding>& all) {
    std::vector<std::string> lines;
    for (const findings::Finding& one : all) lines.push_back(one.id.text() + " " + one.rule_title + " " + one.entity + " " + std::to_string(one.count) + " " + one.event_hash + " " + one.matched.dump());
    std::sort(lines.begin(), lines.end());
    return lines;
}

std::vector<std::string> told(const std::vector<Overflow>& all) {
    std::vector<std::string> lines;
    for (const Overflow& one : all) lines.push_back(one.source.text() + " " + one.title + " " + std::to_string(one.events) + " " + one.last);
    return lines;
}

// What is too much work for the fast path is found all the same, and the findings are those of a pipeline without any limit.
TEST_F(PipelineTest, WhatGoesThroughTheSlowLaneIsFoundAsEver) {
    content_ = content_of(std::string{kRule} + kMany + kExpressions);
    contents_[content_->fingerprint] = content_;
    keep({hostile(true), process(R"(C:\\whoami.exe)"), hostile(false), process(R"(C:\\whoami.exe)"), hostile(true, "WS02")});
    run_to_end(*state_);
    EXPECT_EQ(metrics_.counter("vonggac_detection_put_off_total", "").value(), 3U);
    EXPECT_EQ(metrics_.counter("vonggac_detection_overflow_total", "").value(), 0U);
    const auto found = told(findings_in(*state_));
    EXPECT_EQ(found.size(), 3U);  // the expressions on two hosts, and the correlation
    lane_.fast = {.pair = UINT64_MAX, .event = UINT64_MAX};
    const auto fresh = open_state();
    run_to_end(*fresh, 2);
    EXPECT_EQ(metrics_.counter("vonggac_detection_put_off_total", "").value(), 3U);
    EXPECT_EQ(told(findings_in(*fresh)), found);
}

// No room for all: what could not be looked at is counted by rule and source, other rules and events are as ever, the rule stays
// in force, time makes room again, and a replay in other batches or with stops comes to exactly the same.
TEST_F(PipelineTest, WhatTheSlowLaneHasNoRoomForIsCountedAndNothingElseChanges) {
    content_ = content_of(std::string{kRule} + kExpressions);
    contents_[content_->fingerprint] = content_;
    snapshots_ = true;
    const std::uint64_t mega = std::uint64_t{1} << 20;
    lane_ = {.fast = {.pair = 4 * mega, .event = 32 * mega}, .rules = 1000, .burst = 200 * mega, .second = 20 * mega};
    std::vector<event::Record> records;
    for (int i = 0; i < 4; ++i) {
        records.push_back(hostile(true));
        records.push_back(process(R"(C:\\whoami.exe)"));
    }
    keep(std::move(records));
    clock_.move(hours(1));
    keep({hostile(true)});
    {
        auto pipeline = start(*state_);
        for (int i = 0; i < 1000 && pipeline->position() < journal_->end(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
        pipeline->stop();
        const auto overflows = pipeline->overflows();
        ASSERT_EQ(overflows.size(), 1U);
        EXPECT_EQ(overflows[0].rule, "0c3ad4c2-8c4e-4d5c-9a57-6d4c5b9a0004");
        EXPECT_EQ(overflows[0].title, "Many expressions");
        EXPECT_EQ(overflows[0].source, source_);
        EXPECT_GE(overflows[0].events, 1);
        EXPECT_LE(overflows[0].events, 3);
        const auto expected_total = static_cast<std::uint64_t>(overflows[0].events);
        EXPECT_EQ(metrics_.counter("vonggac_detection_overflow_total", "").value(), expected_total);
        auto found = findings_in(*state_);
        ASSERT_EQ(found.size(), 2U);
        std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.rule_title < b.rule_title; });
        EXPECT_EQ(found[0].count, 5 - overflows[0].events);  // the last one among them: an hour later there is room
        EXPECT_EQ(found[1].count, 9);  // of the other rule none is missing
        pipeline = start(*state_);
        EXPECT_EQ(told(pipeline->overflows()), told(overflows));  // kept
    }
    const auto once = told(findings_in(*state_));
    const auto counted = told(state_->read([](store::Transaction& tx) { return load_overflows(tx); }).value());
    for (const std::size_t batch : {std::size_t{1}, std::size_t{2}, std::size_t{5}}) {
        snapshots_ = false;
        const auto fresh = open_state();
        run_to_end(*fresh, batch);
        EXPECT_EQ(told(findings_in(*fresh)), once) << batch;
        EXPECT_EQ(told(fresh->read([](store::Transaction& tx) { return load_overflows(tx); }).value()), counted) << batch;
    }
    const auto stopped = open_state();
    for (int round = 0; round < 6; ++round) start(*stopped, 1)->stop();
    run_to_end(*stopped, 1);
    EXPECT_EQ(told(findings_in(*stopped)), once);
    EXPECT_EQ(told(stopped->read([](store::Transaction& tx) { return load_overflows(tx); }).value()), counted);
}

TEST_F(PipelineTest, MatchesOfOneRuleOnOneHostAreOneFinding) {
    keep({process(R"(C:\\x\\whoami.exe)"), process(R"(C:\\x\\calc.exe)"), process(R"(C:\\y\\WHOAMI.EXE)"), process(R"(C:\\x\\whoami.exe)", "WS02")});
    run_to_end(*state_);
    auto found = findings_in(*state_);
    ASSERT_EQ(found.size(), 2U);
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
    EXPECT_EQ(found[0].count, 2);
    EXPECT_EQ(found[0].entity, "host:ws01");
    EXPECT_EQ(found[0].rule_title, "Whoami");
    EXPECT_EQ(found[1].count, 1);
    EXPECT_EQ(found[1].organisation, organisation_);
}

TEST_F(PipelineTest, AReplayOverAFreshStateGivesTheSameFindings) {
    std::vector<event::Record> records;
    for (int i = 0; i < 500; ++i) records.push_back(process(i % 3 == 0 ? R"(C:\\whoami.exe)" : R"(C:\\calc.exe)", "WS" + std::to_string(i % 7)));
    keep(std::move(records));
    run_to_end(*state_);
    const auto fresh = open_state();
    run_to_end(*fresh, 7);  // other batches
    const auto first = findings_in(*state_);
    const auto second = findings_in(*fresh);
    ASSERT_EQ(first.size(), 7U);
    ASSERT_EQ(second.size(), 7U);
    for (std::size_t i = 0; i < first.size(); ++i) {
        EXPECT_EQ(first[i].id, second[i].id);
        EXPECT_EQ(first[i].count, second[i].count);
        EXPECT_EQ(first[i].event_hash, second[i].event_hash);
        EXPECT_EQ(first[i].entity, second[i].entity);
    }
}

TEST_F(PipelineTest, WhatARuleTakesIsMeasuredOfEverySoManyEventsAndChangesNoFinding) {
    const std::string whoami = R"(C:\\x\\whoami.exe)", calc = R"(C:\\x\\calc.exe)";
    keep({process(whoami), process(calc), process(whoami), process(whoami), process(calc)});
    measure(0);
    run_to_end(*state_);
    const auto unmeasured = told(findings_in(*state_));
    EXPECT_EQ(unmeasured.size(), 1U);
    // The rule is asked about the first, third and fourth event; of every second event that leaves the fourth. Between the two
    // looks at the clock it moves once.
    for (const auto& [every, events] : {std::pair<std::uint64_t, std::uint64_t>{1, 3}, {2, 1}, {0, 0}, {1024, 0}}) {
        measure(every);
        const auto fresh = open_state();
        auto pipeline = start(*fresh);
        for (int i = 0; i < 1000 && pipeline->position() < journal_->end(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
        pipeline->stop();
        const CostTable costs = pipeline->rule_costs();
        ASSERT_EQ(costs.size(), events > 0 ? 1U : 0U) << every;
        if (events > 0) {
            EXPECT_EQ(costs.begin()->first, "0c3ad4c2-8c4e-4d5c-9a57-6d4c5b9a0001");
            EXPECT_EQ(costs.begin()->second.events, events);
            EXPECT_EQ(costs.begin()->second.nanoseconds, events * 700);
        }
        EXPECT_EQ(told(findings_in(*fresh)), unmeasured) << every;
    }
}

TEST_F(PipelineTest, WhatARuleTookIsForgottenWhenItIsGoneOrReadsOtherwise) {
    const auto next = content_of(std::string{kOtherRule} + "---" + kRule + "author: An\n");
    contents_[next->fingerprint] = next;
    event::Record control;
    control.envelope.kind = event::Kind::control;
    control.raw = R"({"control":"content","fingerprint":")" + next->fingerprint + R"("})";
    content_ = content_of(std::string{kOtherRule} + "---" + kRule);
    contents_[content_->fingerprint] = content_;
    keep({process(R"(C:\\whoami.exe)"), process(R"(C:\\hostname.exe)"), control, process(R"(C:\\hostname.exe)")});
    measure(1);
    auto pipeline = start(*state_);
    for (int i = 0; i < 1000 && pipeline->position() < journal_->end(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    pipeline->stop();
    const CostTable costs = pipeline->rule_costs();
    ASSERT_EQ(costs.size(), 1U);
    EXPECT_EQ(costs.begin()->first, "0c3ad4c2-8c4e-4d5c-9a57-6d4c5b9a0002");
    EXPECT_EQ(costs.begin()->second.events, 2U) << "it stands as it stood";
}

TEST_F(PipelineTest, AStopInTheMiddleLosesAndDoublesNothing) {
    for (int round = 0; round < 20; ++round) {
        std::vector<event::Record> records(50, process(R"(C:\\whoami.exe)"));
        keep(std::move(records));
        start(*state_, 8)->stop();
    }
    run_to_end(*state_, 8);
    ASSERT_EQ(findings_in(*state_).size(), 1U);
    EXPECT_EQ(findings_in(*state_)[0].count, 1000);
}

TEST_F(PipelineTest, AControlRecordChangesTheRulesFromThereOn) {
    const auto next = content_of(kOtherRule);
    contents_[next->fingerprint] = next;
    event::Record control;
    control.envelope.kind = event::Kind::control;
    control.raw = R"({"control":"content","fingerprint":")" + next->fingerprint + R"("})";
    keep({process(R"(C:\\whoami.exe)"), process(R"(C:\\hostname.exe)"), control, process(R"(C:\\whoami.exe)"), process(R"(C:\\hostname.exe)")});
    run_to_end(*state_);
    auto found = findings_in(*state_);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].count, 1);
    EXPECT_EQ(found[1].count, 1);
    const auto fresh = open_state();  // and so does a replay
    run_to_end(*fresh);
    EXPECT_EQ(findings_in(*fresh).size(), 2U);
}

TEST_F(PipelineTest, CountsUnparsedLateAndAheadBySource) {
    event::Record nonsense = process("x");
    nonsense.envelope.format = "windows";
    nonsense.raw = "{ this is not JSON";
    event::Record ahead = process("x");
    ahead.raw.replace(ahead.raw.find("2024-04-26T01:00:00"), 19, "2030-01-01T00:00:00");
    event::Record late = process("x");
    late.raw.replace(late.raw.find("2024-04-26T01:00:00"), 19, "2024-04-26T00:40:00");
    keep({process("x"), nonsense, ahead, late});
    auto pipeline = start(*state_);
    for (int i = 0; i < 1000 && pipeline->position() < journal_->end(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    const SourceTally tally = pipeline->tallies().at(source_);
    EXPECT_EQ(tally.accepted, 4);
    EXPECT_EQ(tally.unparsed, 1);
    EXPECT_EQ(tally.ahead, 1);
    EXPECT_EQ(tally.late, 1);  // 20 minutes behind; the event from 2030 moves the watermark by 5 minutes at most
    EXPECT_FALSE(tally.sample_reason.empty());
    EXPECT_EQ(tally.newest, clock_.now() + minutes(5));
}

TEST_F(PipelineTest, TheStateOfAnotherJournalIsRefused) {
    ASSERT_TRUE(state_->write([&](store::Transaction& tx) { return save_standing(tx, {make_uuid_v7({1}, random_), {0}, ""}); }));
    in_hand_ = InHand::open(in_hand_path_).value();
    const auto pipeline = Pipeline::start({*journal_, *state_, *in_hand_, clock_, metrics_, {}}, {}, content_);
    ASSERT_FALSE(pipeline);
    EXPECT_EQ(pipeline.error().code, Code::conflict);
}

TEST_F(PipelineTest, AStateThatIsAheadOfTheJournalIsRefused) {
    ASSERT_TRUE(state_->write([&](store::Transaction& tx) { return save_standing(tx, {journal_->id(), {5}, ""}); }));
    in_hand_ = InHand::open(in_hand_path_).value();
    const auto pipeline = Pipeline::start({*journal_, *state_, *in_hand_, clock_, metrics_, {}}, {}, content_);
    ASSERT_FALSE(pipeline);
    EXPECT_EQ(pipeline.error().code, Code::corrupt);
}

// A process that dies leaves positions in the in-hand file. Written here by hand, as the next start would find them.
TEST_F(PipelineTest, OnlyARecordThatWasAloneTwiceIsSetAside) {
    keep({process(R"(C:\\whoami.exe)"), process(R"(C:\\whoami.exe)"), process(R"(C:\\whoami.exe)")});
    ASSERT_TRUE(state_->write([&](store::Transaction& tx) -> Status {
        TRY(save_suspect(tx, {{1}, 2}));   // died alone twice
        return save_suspect(tx, {{2}, 1});  // died alone once: gets its second chance
    }));
    auto pipeline = start(*state_);
    for (int i = 0; i < 1000 && pipeline->position() < journal_->end(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    ASSERT_EQ(pipeline->set_aside().size(), 1U);
    EXPECT_EQ(pipeline->set_aside()[0].position.value, 1U);
    EXPECT_EQ(findings_in(*state_)[0].count, 2);
    EXPECT_TRUE(state_->read([](store::Transaction& tx) { return load_suspects(tx); }).value().size() <= 1U);
    // A person asks for it again, and this time all is well.
    ASSERT_TRUE(pipeline->retry({1}));
    for (int i = 0; i < 1000 && !pipeline->set_aside().empty(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    EXPECT_TRUE(pipeline->set_aside().empty());
    EXPECT_EQ(findings_in(*state_)[0].count, 3);
    EXPECT_EQ(pipeline->retry({1}).error().code, Code::not_found);
}

TEST_F(PipelineTest, WhatWasInHandAtADeathIsSuspectedAtTheNextStart) {
    keep({process("a"), process("b")});
    InHand::open(in_hand_path_).value()->hold(3, {1});
    const auto next = InHand::open(in_hand_path_).value();
    ASSERT_EQ(next->suspects().size(), 1U);
    EXPECT_EQ(next->suspects()[0].value, 1U);
    EXPECT_TRUE(InHand::open(in_hand_path_).value()->suspects().empty());  // asked once
}

// The power goes while senders push and the pipeline works. State is SQLite's own promise (synchronous=FULL), so it stays
// as it was at its last commit; the journal loses whatever was not synced. At the end every acknowledged record is in
// the findings, and a run without any cut over the same journal comes to the same.
TEST_F(PipelineTest, PowerCutsWhileItWorksChangeNoFinding) {
    const char* wanted = std::getenv("VG_POWER_CUTS");
    const int cuts = wanted == nullptr ? 25 : std::max(25, std::atoi(wanted) / 50);
    SeededRandom chance{42};
    const auto below = [&](std::uint64_t n) {
        std::uint8_t bytes[4];
        chance.fill(bytes, 4);
        return (bytes[0] | bytes[1] << 8U | bytes[2] << 16U) % n;
    };
    std::uint64_t acknowledged = 0;
    for (int cut = 0; cut < cuts; ++cut) {
        auto pipeline = start(*state_, 1 + below(40));
        disk_.power_off_after(below(30));
        while (!disk_.is_off()) {
            std::vector<event::Record> records;
            for (std::uint64_t i = 0; i <= below(20); ++i) records.push_back(process(R"(C:\\whoami.exe)", "WS" + std::to_string(below(9))));
            if (!journal_->keep(records)) break;
            acknowledged += records.size();
        }
        pipeline->stop();
        pipeline.reset();
        journal_.reset();
        disk_.power_cut(chance);
        open_journal();
        ASSERT_GE(journal_->end().value, acknowledged) << "cut " << cut;
        acknowledged = journal_->end().value;  // an unacknowledged call may have been found whole
    }
    run_to_end(*state_);
    const auto fresh = open_state();
    run_to_end(*fresh);
    const auto first = findings_in(*state_);
    const auto second = findings_in(*fresh);
    ASSERT_EQ(first.size(), second.size());
    std::int64_t counted = 0;
    for (std::size_t i = 0; i < first.size(); ++i) {
        EXPECT_EQ(first[i].id, second[i].id);
        EXPECT_EQ(first[i].entity, second[i].entity);
        EXPECT_EQ(first[i].count, second[i].count);
        EXPECT_EQ(first[i].event_hash, second[i].event_hash);
        counted += first[i].count;
    }
    EXPECT_EQ(static_cast<std::uint64_t>(counted), journal_->end().value);
}

TEST_F(PipelineTest, DamagedRecordsAreSkippedAndTheRestGoesOn) {
    keep({process(R"(C:\\whoami.exe)", "A")});
    keep({process(R"(C:\\whoami.exe)", "B")});
    keep({process(R"(C:\\whoami.exe)", "C")});
    std::string segment;
    const auto names = disk_.list("journal").value();
    for (const std::string& name : names)
        if (disk_.content("journal/" + name).size() > 1000 || name.find("seg") != std::string::npos) segment = "journal/" + name;
    ASSERT_FALSE(segment.empty());
    disk_.flip(segment, disk_.content(segment).size() / 2);
    run_to_end(*state_);
    EXPECT_EQ(findings_in(*state_).size(), 2U);
}

}  // namespace
}  // namespace vg::server
