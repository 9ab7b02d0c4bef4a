// How fast the journal takes and gives records. `Keep/memory` is over a disk in memory whose fsync costs nothing: the
// work of the processor. `Keep/disk` is the same on the real disk with its fsync.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>

#include "base/text.h"
#include "store/fault_disk.h"
#include "store/journal.h"
#include "store/journal_records.h"
#include "store/signing.h"

namespace vg::store {
namespace {

// Lines as a Windows host sends them: much alike, with parts that differ.
std::vector<event::Record> lines(std::size_t count) {
    std::vector<event::Record> made(count);
    SeededRandom random{1};
    for (std::size_t i = 0; i < count; ++i) {
        std::uint8_t noise[96];
        random.fill(noise, sizeof noise);
        std::string hex;
        for (const std::uint8_t byte : noise) hex += format("{:02x}", byte);
        made[i].envelope.source.bytes = {static_cast<std::uint8_t>(i / 500 % 4)};
        made[i].envelope.received = {1'714'521'600'000'000 + static_cast<std::int64_t>(i)};
        made[i].envelope.peer = "192.0.2.7";
        made[i].raw = format(
            R"line({{"@timestamp":"2024-05-01T00:00:{:02}.{:03}Z","host":{{"name":"ws-{:03}.example.org","os":{{"family":"windows","platform":"windows"}}}},"event":{{"code":"{}","provider":"Microsoft-Windows-Sysmon","kind":"event","action":"Process Create (rule: ProcessCreate)"}},"winlog":{{"channel":"Microsoft-Windows-Sysmon/Operational","record_id":{},"event_data":{{"Image":"C:\\Windows\\System32\\svchost.exe","CommandLine":"C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s {}","User":"NT AUTHORITY\\SYSTEM","IntegrityLevel":"System","ParentImage":"C:\\Windows\\System32\\services.exe","ParentCommandLine":"C:\\Windows\\system32\\services.exe","Hashes":"SHA256={}","ProcessGuid":"{{{}}}","ProcessId":"{}","CurrentDirectory":"C:\\Windows\\system32\\","LogonId":"0x3e7","TerminalSessionId":"0"}}}},"agent":{{"type":"winlogbeat","version":"8.13.0","ephemeral_id":"{}"}}}})line",
            i % 60, i % 1000, i % 400, 1 + i % 26, 100'000 + i, hex.substr(0, 8), hex.substr(8, 64), hex.substr(72, 36), 1000 + i % 9000, hex.substr(108, 36));
    }
    return made;
}

std::size_t bytes_of(const std::vector<event::Record>& records) {
    std::size_t bytes = 0;
    for (const event::Record& record : records) bytes += record.raw.size();
    return bytes;
}

class RealClock final : public Clock {
public:
    Time now() override { return {now_.micros += 1000}; }

private:
    Time now_{1'714'521'600'000'000};
};

void keep(benchmark::State& state, Disk& disk, const std::string& folder) {
    const auto records = lines(static_cast<std::size_t>(state.range(0)));
    RealClock clock;
    metrics::Registry metrics;
    JournalOptions options;
    options.key = *signing_key_of(std::string(32, 'k'));
    options.reserve_bytes = 0;
    options.segment_bytes = std::uint64_t{16} << 20;
    options.keep_bytes = std::uint64_t{64} << 20;
    auto journal = Journal::open(disk, folder, options, clock, metrics);
    if (!journal) return state.SkipWithError(journal.error().text.c_str());
    for (auto _ : state) {
        if (!(*journal)->keep(records)) return state.SkipWithError("not kept");
        state.PauseTiming();
        benchmark::DoNotOptimize((*journal)->retire((*journal)->end()));
        state.ResumeTiming();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes_of(records)) * state.iterations());
    state.SetItemsProcessed(static_cast<std::int64_t>(records.size()) * state.iterations());
}

// zstd alone over the same bytes in pieces of a megabyte: what keep() cannot go below.
void Zstd(benchmark::State& state) {
    std::string all;
    for (const event::Record& record : lines(20'000)) all += record.raw;
    journal::Packer packer{1};
    std::string out;
    for (auto _ : state) {
        out.clear();
        for (std::size_t at = 0; at < all.size(); at += std::size_t{1} << 20) packer.pack(std::string_view{all}.substr(at, std::size_t{1} << 20), out);
    }
    state.counters["ratio"] = static_cast<double>(all.size()) / static_cast<double>(out.size());
    state.SetBytesProcessed(static_cast<std::int64_t>(all.size()) * state.iterations());
}
BENCHMARK(Zstd);

void KeepMemory(benchmark::State& state) {
    FaultDisk disk{1};
    if (!disk.make_folder("data")) return state.SkipWithError("no folder");
    keep(state, disk, "data/journal");
}
BENCHMARK(KeepMemory)->Name("Keep/memory")->Arg(1)->Arg(100)->Arg(20'000);

void KeepDisk(benchmark::State& state) {
    const auto root = std::filesystem::temp_directory_path() / format("vg_journal_bench_{}", ::getpid());
    std::filesystem::create_directories(root);
    keep(state, system_disk(), (root / "journal").string());
    std::filesystem::remove_all(root);
}
BENCHMARK(KeepDisk)->Name("Keep/disk")->Arg(1)->Arg(100)->Arg(20'000)->UseRealTime();

void Read(benchmark::State& state) {
    const auto root = std::filesystem::temp_directory_path() / format("vg_journal_bench_{}", ::getpid());
    std::filesystem::create_directories(root);
    const auto records = lines(20'000);
    RealClock clock;
    metrics::Registry metrics;
    JournalOptions options;
    options.key = *signing_key_of(std::string(32, 'k'));
    {
        auto journal = Journal::open(system_disk(), (root / "journal").string(), options, clock, metrics);
        for (int i = 0; journal && i < 5; ++i)
            if (!(*journal)->keep(records)) return state.SkipWithError("not kept");
        for (auto _ : state) {
            const auto reader = (*journal)->reader({});
            while (true) {
                const auto batch = reader->next(10'000, std::size_t{8} << 20);
                if (!batch || batch->records.empty()) break;
            }
        }
        state.SetBytesProcessed(static_cast<std::int64_t>(bytes_of(records)) * 5 * state.iterations());
        state.SetItemsProcessed(100'000 * state.iterations());
    }
    std::filesystem::remove_all(root);
}
BENCHMARK(Read);

void At(benchmark::State& state) {
    const auto root = std::filesystem::temp_directory_path() / format("vg_journal_bench_{}", ::getpid());
    std::filesystem::create_directories(root);
    const auto records = lines(20'000);
    RealClock clock;
    metrics::Registry metrics;
    JournalOptions options;
    options.key = *signing_key_of(std::string(32, 'k'));
    {
        auto journal = Journal::open(system_disk(), (root / "journal").string(), options, clock, metrics);
        for (int i = 0; journal && i < 5; ++i)
            if (!(*journal)->keep(records)) return state.SkipWithError("not kept");
        std::uint64_t position = 0;
        for (auto _ : state) benchmark::DoNotOptimize((*journal)->at({position = (position + 7919) % 100'000}));
    }
    std::filesystem::remove_all(root);
}
BENCHMARK(At);

}  // namespace
}  // namespace vg::store
