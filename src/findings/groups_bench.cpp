// How fast findings are recorded and counted together when there are very many: VG_FINDINGS of them, a million when it is not
// set. Over PostgreSQL with tests/with_postgres.py.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "base/text.h"
#include "findings/book.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::findings {
namespace {

constexpr Time kStart{1'700'000'000'000'000};
constexpr int kRules = 300, kBatch = 10'000;
constexpr detect::Level kLevels[] = {detect::Level::low, detect::Level::medium, detect::Level::high, detect::Level::critical};

int most() {
    const char* given = std::getenv("VG_FINDINGS");
    return given == nullptr ? 1'000'000 : static_cast<int>(parse_int(given).value_or(1'000'000));
}

class World {
public:
    World() : options_(store::test_state(folder_ + "/state.sqlite")) {
        for (int i = 0; i < kRules; ++i)
            rules_.push_back({.id = format("rule-{}", i), .title = format("Rule {}", i), .kind = "sigma", .level = kLevels[i % 7 == 0 ? 3 : i % 3]});
        open({schema(), store::audit_schema()});
    }
    // With `findings` that a program without kept counts left behind: `entities` hosts, each met by one rule after the other.
    World(std::int64_t findings, std::int64_t entities) : options_(store::test_state(folder_ + "/state.sqlite")) {
        store::Schema before = schema();
        before.migrations.resize(2);
        open({before, store::audit_schema()});
        must(state_->write([&](store::Transaction& tx) -> Status {
            TRY(tx.run("insert into finding (id, organisation, rule_id, entity, rule_title, rule_author, rule_kind, level, tags, state, hits, first_seen, last_seen, created, updated, "
                       "score, event_hash, matched, muted_until, mute_reason, close_reason, assignee, version, turn, previous) "
                       "with recursive n(i) as (select cast(0 as bigint) union all select i + 1 from n where i + 1 < :n), "
                       "m(i, entity, rule) as (select i, i % :e, (i / :f + i) % 300 from n) "
                       "select '018bcfe5-6800-7000-8000-' || cast(100000000000 + i as text), '00000000-0000-0000-0000-00000000000' || cast(i % 5 as text), 'rule-' || cast(rule as text), "
                       "'host:host-' || cast(entity as text), 'Rule ' || cast(rule as text), 'An', 'sigma', "
                       "case when rule % 7 = 0 then 'critical' when rule % 3 = 0 then 'low' when rule % 3 = 1 then 'medium' else 'high' end, '[]', 'new', 1, i, i, i, i, 60, '', "
                       "'{\"CommandLine\":\"powershell -enc SQBFAFgA\"}', null, '', '', '', 1, i, null from m",
                       {findings, entities, entities}));
            return {};
        }));
        open({schema(), store::audit_schema()});
    }
    ~World() {
        state_.reset();
        std::filesystem::remove_all(folder_);
    }
    // Each of findings `from` and on is met once.
    void record(int from, int count) {
        std::vector<Sighting> sightings;
        for (int i = from; i < from + count; ++i) {
            const Time at = kStart + seconds(++position_);
            sightings.push_back({.event = {Uuid{7}, {static_cast<std::uint64_t>(position_)}}, .source = SourceId{{9}}, .organisation = OrganisationId{{static_cast<std::uint8_t>(1 + i % 5)}},
                                 .occurred = at, .received = at, .entity = format("host:host-{}", i), .rule = &rules_[static_cast<std::size_t>(i % kRules)],
                                 .matched = json::object({{"CommandLine", "powershell -enc SQBFAFgA"}})});
        }
        must(state_->write([&](store::Transaction& tx) { return Book::record(tx, sightings); }));
    }
    std::vector<Group> groups(const Filter& filter, Grouping by) {
        auto found = state_->read([&](store::Transaction& tx) { return Book::groups(tx, access::Scope::node(), filter, by, 1000); });
        if (!found || found->empty()) std::abort();
        return std::move(*found);
    }

private:
    static void must(const Status& status) {
        if (status) return;
        std::fprintf(stderr, "%s\n", status.error().text.c_str());
        std::abort();
    }
    void open(const std::vector<store::Schema>& schemas) {
        state_.reset();
        auto opened = store::State::open(options_, schemas, metrics_);
        if (!opened) must(fail(opened.error()));
        state_ = std::move(*opened);
    }

    std::string folder_ = [] {
        std::string name = (std::filesystem::temp_directory_path() / "vonggac-bench-XXXXXX").string();
        return std::string{::mkdtemp(name.data())};
    }();
    store::StateOptions options_;
    std::int64_t position_ = 0;
    std::vector<detect::RuleInfo> rules_;
    metrics::Registry metrics_;
    std::unique_ptr<store::State> state_;
};

// As many hosts as findings, or a hundred findings for each host.
World& world(bool wide) {
    static std::unique_ptr<World> worlds[2];
    auto& one = worlds[wide ? 1 : 0];
    if (!one) one = std::make_unique<World>(most(), wide ? most() : most() / 100);
    return *one;
}

void record_new(benchmark::State& state) {
    World fresh;
    int from = 0;
    for (auto _ : state) {
        fresh.record(from, kBatch);
        from += kBatch;
    }
    state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK(record_new)->Iterations(5)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

void record_grown(benchmark::State& state) {
    World fresh;
    fresh.record(0, kBatch);
    for (auto _ : state) fresh.record(0, kBatch);
    state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK(record_grown)->Iterations(5)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

void group(benchmark::State& state, bool wide, const Filter& filter, Grouping by) {
    World& all = world(wide);
    for (auto _ : state) benchmark::DoNotOptimize(all.groups(filter, by));
}
const Filter kOpen{.state = State::new_, .muted = false, .now = kStart};
const Filter kHigh{.level = "high"};
const Filter kRule{.rule = "rule-8"};
#define GROUP(name, wide, filter, by) \
    BENCHMARK_CAPTURE(group, name, wide, filter, by)->Iterations(10)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond)
GROUP(rule, true, Filter{}, Grouping::rule);
GROUP(rule_of_new_unmuted, true, kOpen, Grouping::rule);
GROUP(organisation, true, Filter{}, Grouping::organisation);
GROUP(entity, true, Filter{}, Grouping::entity);
GROUP(entity_of_new_unmuted, true, kOpen, Grouping::entity);
GROUP(entity_of_high, true, kHigh, Grouping::entity);
GROUP(entity_of_a_rule, true, kRule, Grouping::entity);
GROUP(entity_with_a_hundred_findings, false, Filter{}, Grouping::entity);
GROUP(entity_with_a_hundred_findings_high, false, kHigh, Grouping::entity);
GROUP(entity_with_a_hundred_findings_of_a_rule, false, kRule, Grouping::entity);

}  // namespace
}  // namespace vg::findings
