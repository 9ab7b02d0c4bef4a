// How long questions take over a million events in one segment: Windows and sshd events over one day, made up of parts so
// that words are as frequent as in real logs (VG_EVENTS sets how many).
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "base/bytes.h"
#include "store/archive/ask_test_kit.h"

namespace vg::store::archive {
namespace {

using testing_kit::Kept;
using testing_kit::World;

void keep_windows(World& world, std::size_t i) {
    event::Builder builder{world.arena};
    auto text = [&](std::string made) { return world.arena.copy(made); };
    const std::uint64_t noise = hash64(std::to_string(i));
    static const char* const programs[] = {"svchost.exe", "cmd.exe", "chrome.exe", "powershell.exe", "explorer.exe", "lsass.exe", "WmiPrvSE.exe", "taskhostw.exe"};
    const char* const program = programs[noise % 8];
    const std::string_view image = text(format("C:\\Windows\\System32\\{}", program));
    const std::string_view line = text(format("\"C:\\Windows\\System32\\{}\" -k netsvcs -p -s Service{} /id {:016x}", program, noise / 8 % 300, noise));
    builder.text("Image", image);
    builder.text("CommandLine", line);
    builder.text("ParentImage", "C:\\Windows\\System32\\services.exe");
    builder.text("ParentCommandLine", "C:\\Windows\\system32\\services.exe");
    builder.text("CurrentDirectory", "C:\\Windows\\system32\\");
    builder.text("IntegrityLevel", "System");
    builder.text("Hashes", text(format("SHA256={:016X}{:016X}", noise % 5000 * 0x9E3779B97F4A7C15U, noise % 5000 * 0xD6E8FEB86659FD93U)));
    builder.text("ProcessGuid", text(format("{{A98268C1-9C2E-5ACD-{:04X}-0010396CAB00}}", i % 65536)));
    builder.text("LogonId", "0x3e7");
    builder.text("TerminalSessionId", "0");
    builder.text("EventRecordID", text(std::to_string(100'000 + i)));
    builder.text("Computer", text(format("ws-{:03}.example.org", noise % 400)));
    builder.ecs(event::Ecs::event_code, noise % 3 == 0 ? "1" : noise % 3 == 1 ? "3" : "4688");
    builder.ecs(event::Ecs::host_name, text(format("ws-{:03}.example.org", noise % 400)));
    builder.ecs(event::Ecs::user_name, noise % 10 == 0 ? "SYSTEM" : std::string_view{text(format("nguyen.van.{}", noise % 2000))});
    builder.ecs(event::Ecs::process_executable, image);
    builder.ecs(event::Ecs::process_command_line, line);
    builder.ecs(event::Ecs::process_pid, static_cast<std::int64_t>(noise % 60000));
    builder.ecs(event::Ecs::source_ip, text(format("10.{}.{}.{}", noise % 4, noise / 7 % 256, noise / 77 % 256)));
    builder.ecs(event::Ecs::destination_ip, i == 777'777 ? "203.0.113.99" : std::string_view{text(format("198.51.100.{}", noise % 256))});
    builder.ecs(event::Ecs::destination_port, static_cast<std::int64_t>(noise % 5 == 0 ? 443 : noise % 50000));
    builder.ecs(event::Ecs::message, i == 500'000 ? "Hành vi lạ: mimikatz chạy trên máy chủ" : "Process Create");
    event::Event event;
    event.fields = builder.finish();
    event.format = "windows";
    event.occurred = testing_kit::kBegin + microseconds(static_cast<std::int64_t>(i) * 86'400 + static_cast<std::int64_t>(noise % 5'000'000));
    event.received = event.occurred + seconds(3);
    Kept& kept = world.keep(event);
    kept.envelope.received = event.received;
    kept.envelope.peer = "192.0.2.7";
}

World& world() {
    static auto* const made = [] {
        auto* fresh = new World;
        const char* told = std::getenv("VG_EVENTS");
        const std::size_t events = told != nullptr ? static_cast<std::size_t>(std::atoll(told)) : 1'000'000;
        for (std::size_t i = 0; i < events; ++i) keep_windows(*fresh, i);
        fresh->close(true, 16384);
        fresh->clock.set(fresh->events.back().event.occurred);
        fresh->events.clear();
        fresh->arena = Arena{};
        return fresh;
    }();
    return *made;
}

const char* const kQueries[] = {
    "", "mimikatz", "\"hành vi lạ\"", "203.0.113.99", "destination.ip:203.0.113.0/24", "event.code:4688 user.name:SYSTEM", "host.name:ws-017*", "Image:*powershell.exe", "*netsvcs*", "*Service29*", "destination.port:443", "user.name:nguyen.van.77 AND NOT event.code:1",
};

Question question(const search::Query& query) {
    Question made;
    made.query = &query;
    made.from = testing_kit::kBegin - hours(1);
    made.to = testing_kit::kBegin + days(3);
    return made;
}

void page_of(benchmark::State& state) {
    const auto query = search::parse(kQueries[state.range(0)]);
    world();
    std::size_t found = 0;
    for (auto _ : state) found = page(world().asked(), question(*query), {.limit = 100}).value().events.size();
    state.SetLabel(format("{} [{} found]", kQueries[state.range(0)], found));
}
void count_of(benchmark::State& state) {
    const auto query = search::parse(kQueries[state.range(0)]);
    world();
    std::uint64_t found = 0;
    for (auto _ : state) found = count(world().asked(), question(*query)).value();
    state.SetLabel(format("{} [{} found]", kQueries[state.range(0)], found));
}
void histogram_of(benchmark::State& state) {
    const auto query = search::parse("event.code:4688");
    for (auto _ : state) benchmark::DoNotOptimize(histogram(world().asked(), question(*query), minutes(10)).value().size());
}
void top_of(benchmark::State& state) {
    static const char* const fields[] = {"user.name", "source.ip", "destination.port", "Image", "EventRecordID"};
    const auto query = search::parse("");
    for (auto _ : state) benchmark::DoNotOptimize(top(world().asked(), question(*query), fields[state.range(0)], 10).value().distinct);
    state.SetLabel(fields[state.range(0)]);
}
void event_at(benchmark::State& state) {
    world();
    std::uint64_t position = 0;
    for (auto _ : state) benchmark::DoNotOptimize(at(world().asked(), {position = (position + 123'457) % 200'000}).value().format.size());
}
void fields_of(benchmark::State& state) {
    const auto query = search::parse("");
    for (auto _ : state) benchmark::DoNotOptimize(fields(world().asked(), question(*query)).value().size());
}

BENCHMARK(page_of)->DenseRange(0, std::size(kQueries) - 1)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();
BENCHMARK(count_of)->DenseRange(0, std::size(kQueries) - 1)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();
BENCHMARK(histogram_of)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();
BENCHMARK(top_of)->DenseRange(0, 4)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();
BENCHMARK(event_at)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();
BENCHMARK(fields_of)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

}  // namespace
}  // namespace vg::store::archive
