// What correlations cost: updates a second and memory with a million live groups, and a window of many different values.
// Usage: bench_correlation [GROUPS]. Prints one JSON line for each lane.
#include <malloc.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>

#include "base/bytes.h"
#include "base/text.h"
#include "detect/correlator.h"
#include "detect/kinds/correlation/plan.h"
#include "detect/kinds/correlation/testing.h"

namespace {

using namespace vg;
using detect::correlation::Occurrence;

double resident() {
    std::ifstream file{"/proc/self/statm"};
    double pages = 0, in_memory = 0;
    file >> pages >> in_memory;
    return in_memory * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

// Of the thread's own work, so that a busy machine does not show.
double now() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// An occurrence as occurrences() makes it, of a key that is an address.
void fill(Occurrence& one, const detect::correlation::Seed& seed, std::uint32_t key, std::uint64_t value) {
    const std::string text = format("10.{}.{}.{}", key >> 16 & 255, key >> 8 & 255, key & 255);
    one.text.assign(1, static_cast<char>(text.size()));
    one.text += text;
    one.keys[0].size = static_cast<std::uint32_t>(one.text.size());
    one.keys[0].hash = detect::correlation::siphash(seed, "organisation 16b", one.text);
    if (!one.values.empty()) one.values[0] = {.hash = detect::correlation::siphash(seed, std::to_string(value)).low, .number = static_cast<double>(value), .missing = false, .is_number = true};
}

struct Lane {
    const char* name;
    const char* body;
    std::uint32_t groups;
    std::uint32_t rounds;  // events of a group
    std::uint64_t values;
};

void run(const Lane& lane) {
    const std::string yaml = detect::testing::base_rule("a") + detect::testing::base_rule("b") + format("title: C\ncorrelation:\n    rules: [a, b]\n    group-by: [key]\n{}", lane.body);
    const auto loaded = detect::testing::load(yaml);
    const auto correlator = detect::Correlator::make(loaded.engine, detect::testing::seed_of(9), {.memory_bytes = std::size_t{4} << 30});
    const auto& plan = loaded.engine->plan();
    std::vector<Occurrence> found(1);
    found[0].keys.resize(1);
    found[0].values.resize(plan.feeds[0].values.size());
    std::vector<detect::CorrelationMatch> out;
    ::malloc_trim(0);
    const double before = resident();
    double first = 0, spent = 0;
    std::uint64_t matches = 0, position = 0;
    for (std::uint32_t round = 0; round < lane.rounds; ++round) {
        const double begin = now();
        for (std::uint32_t i = 0; i < lane.groups; ++i) {
            fill(found[0], correlator->seed(), i, position % std::max<std::uint64_t>(lane.values, 1));
            found[0].feed = plan.feeds.size() > 1 ? static_cast<std::uint32_t>(position % 2) : 0;
            const Time time{1'000'000 * 1'000 + static_cast<std::int64_t>(position)};
            out.clear();
            correlator->correlate({{position++}, {}, {}, time, time}, found, out);
            matches += out.size();
        }
        spent += now() - begin;
        if (round == 0) first = resident() - before;
    }
    const auto stats = correlator->stats();
    std::printf("{\"lane\":\"%s\",\"groups\":%llu,\"updates\":%llu,\"updates_per_cpu_second\":%.0f,\"bytes_a_group_after_one_event\":%.1f,\"bytes_a_group_at_end\":%.1f,\"counted_bytes_a_group\":%.1f,\"matches\":%llu}\n", lane.name,
                static_cast<unsigned long long>(stats.groups), static_cast<unsigned long long>(position), static_cast<double>(position) / spent, first / lane.groups, (resident() - before) / lane.groups,
                static_cast<double>(stats.bytes) / static_cast<double>(stats.groups), static_cast<unsigned long long>(matches));
    std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
    const auto groups = static_cast<std::uint32_t>(count > 1 ? parse_int(arguments[1]).value_or(1'000'000) : 1'000'000);
    run({"event_count, all groups live, one event", "    type: event_count\n    timespan: 1h\n    condition:\n        gte: 10\n", groups, 1, 0});
    run({"event_count, all groups live, three events", "    type: event_count\n    timespan: 1h\n    condition:\n        gte: 10\n", groups, 3, 0});
    run({"temporal, all groups live", "    type: temporal\n    timespan: 1h\n", groups, 2, 0});
    run({"event_count, 50,000 keys", "    type: event_count\n    timespan: 1h\n    condition:\n        gte: 10\n", 50'000, 20, 0});
    run({"value_count, 1,800 values in a window", "    type: value_count\n    timespan: 1h\n    condition:\n        field: value\n        gte: 5000\n", 1, 1'000'000, 1'800});
    return 0;
}
