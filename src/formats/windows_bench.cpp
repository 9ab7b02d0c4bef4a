// How fast Windows JSON becomes events, beside the limit: simdjson On-Demand that walks each line and unescapes every
// value. Run with a file of JSON lines:  VG_BENCH_LINES=otrf.ndjson bench_rooms --benchmark_filter=Windows
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "base/time.h"
#include "formats/format.h"

namespace {

using namespace vg;

// The lines of the file, at most 64 MB of them, each with the padding that simdjson asks for behind it.
const std::vector<event::Record>& records() {
    static const auto* const kept = [] {
        auto* made = new std::vector<event::Record>;
        const char* const path = std::getenv("VG_BENCH_LINES");
        std::ifstream file{path == nullptr ? "" : path};
        std::size_t size = 0;
        for (std::string line; std::getline(file, line) && size < (std::size_t{64} << 20); size += line.size()) {
            if (line.empty()) continue;
            line.reserve(line.size() + simdjson::SIMDJSON_PADDING);
            event::Record record;
            record.raw = std::move(line);
            record.envelope.received = Time{1'700'000'000'000'000};
            made->push_back(std::move(record));
        }
        return made;
    }();
    return *kept;
}

void count(benchmark::State& state) {
    std::int64_t bytes = 0;
    for (const event::Record& record : records()) bytes += static_cast<std::int64_t>(record.raw.size());
    state.SetBytesProcessed(bytes * static_cast<std::int64_t>(state.iterations()));
    state.SetItemsProcessed(static_cast<std::int64_t>(records().size() * state.iterations()));
}

std::size_t walk(simdjson::ondemand::value value) {
    std::size_t sum = 0;
    switch (value.type().value()) {
        case simdjson::ondemand::json_type::object:
            for (auto member : value.get_object()) {
                sum += member.unescaped_key().value().size();
                sum += walk(member.value());
            }
            break;
        case simdjson::ondemand::json_type::array:
            for (auto item : value.get_array()) sum += walk(std::move(item).value());
            break;
        case simdjson::ondemand::json_type::string: sum += value.get_string().value().size(); break;
        case simdjson::ondemand::json_type::number: sum += static_cast<std::size_t>(value.get_double().value()) & 1; break;
        case simdjson::ondemand::json_type::boolean: sum += value.get_bool().value() ? 1 : 0; break;
        case simdjson::ondemand::json_type::null: break;
    }
    return sum;
}

void WindowsLimitSimdjson(benchmark::State& state) {
    if (records().empty()) {
        state.SkipWithError("VG_BENCH_LINES names no file of JSON lines");
        return;
    }
    simdjson::ondemand::parser parser;
    for (auto _ : state)
        for (const event::Record& record : records()) {
            try {
                auto document = parser.iterate(record.raw.data(), record.raw.size(), record.raw.capacity());
                benchmark::DoNotOptimize(walk(document.get_value().value()));
            } catch (const simdjson::simdjson_error&) {
            }
        }
    count(state);
}
BENCHMARK(WindowsLimitSimdjson)->Unit(benchmark::kMillisecond);

void WindowsToEvent(benchmark::State& state) {
    if (records().empty()) {
        state.SkipWithError("VG_BENCH_LINES names no file of JSON lines");
        return;
    }
    const auto library = formats::Library::make({}).value();
    Arena arena;
    for (auto _ : state) {
        std::size_t batch = 0;
        for (const event::Record& record : records()) {
            benchmark::DoNotOptimize(formats::to_event(record, *library, arena).event.fields.data());
            if (++batch % 1000 == 0) arena.reset();
        }
    }
    count(state);
}
BENCHMARK(WindowsToEvent)->Unit(benchmark::kMillisecond);

}  // namespace
