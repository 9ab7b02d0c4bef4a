// Questions to an archive made by bench_archive_fill or bench_archive_copy: start, first pages of typical searches over all
// of it, aggregations over a day and over everything, and P13: a rare word and a free piece of text against LIKE over the
// same messages in DuckDB's own file. One thread asks; times by its CPU and by the clock. One JSON line a question.
//
//   bench_archive_ask FOLDER [RUNS] [PEER-FILE] [PEER-MESSAGES] [text]
//
// With `text` only P13 is asked. PEER-FILE is made of the messages of the archive when it is not there (positions below PEER-MESSAGES).
#include <filesystem>

#include "archive_columns.h"
#include "base/time.h"
#include "store/archive.h"

namespace {

using namespace vg;
using bench::must;

struct Times {
    std::vector<double> cpu, wall;
    template <class Work>
    void run(Work work) {
        const double cpu_begin = bench::cpu_now(), wall_begin = bench::seconds(CLOCK_MONOTONIC);
        work();
        cpu.push_back(bench::cpu_now() - cpu_begin);
        wall.push_back(bench::seconds(CLOCK_MONOTONIC) - wall_begin);
    }
    static double at(std::vector<double> values, double part) {
        std::sort(values.begin(), values.end());
        return values[std::min(values.size() - 1, static_cast<std::size_t>(part * static_cast<double>(values.size())))];
    }
    void print(const char* kind, std::string_view what, std::uint64_t found) const {
        std::string shown;
        for (const char c : what) shown += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
        std::printf("{\"kind\":\"%s\",\"what\":\"%s\",\"runs\":%zu,\"found\":%llu,\"cpu_p50_ms\":%.2f,\"cpu_p99_ms\":%.2f,\"cpu_best_ms\":%.2f,\"wall_p50_ms\":%.2f,\"wall_p99_ms\":%.2f}\n", kind, shown.c_str(), cpu.size(), static_cast<unsigned long long>(found), at(cpu, 0.5) * 1e3, at(cpu, 0.99) * 1e3, at(cpu, 0) * 1e3,
                    at(wall, 0.5) * 1e3, at(wall, 0.99) * 1e3);
        std::fflush(stdout);
    }
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return std::fputs("usage: bench_archive_ask FOLDER [RUNS] [PEER-FILE] [PEER-MESSAGES] [text]\n", stderr), 2;
    const std::string folder = argv[1];
    const int runs = argc > 2 ? std::atoi(argv[2]) : 20;
    Time end = *parse_time("2026-11-24T00:00:00Z");
    ManualClock clock{end};
    metrics::Registry registry;
    store::ArchiveOptions options;
    options.folder = folder;
    options.journal[0] = 0x11;
    options.memory_bytes = std::size_t{2} << 30;
    std::unique_ptr<store::Archive> archive;
    Times starts;
    for (int i = 0; i < 3; ++i) {
        archive.reset();
        starts.run([&] { archive = must(store::Archive::open(options, clock, registry)); });
    }
    const auto health = archive->health();
    starts.print("start", "open " + std::to_string(health.segments) + " segments, " + std::to_string(health.bytes / 1'000'000) + " MB", health.events);

    {  // asked back from the newest event
        store::Question everything{.from = {0}, .to = end + days(400)};  // copies are later than the first day
        const auto newest = must(archive->page(everything, {.limit = 1}));
        if (newest.events.empty()) return std::fputs("the archive is empty\n", stderr), 2;
        end = newest.events.front().occurred + microseconds(1);
    }
    const auto question = [&](const search::Query* query, Span back) { return store::Question{.query = query, .organisations = {}, .from = end - back, .to = end, .most_time = seconds(40)}; };
    const auto parsed = [](const std::string& text) { return must(search::parse_or_say(text)); };
    const bool only_text = argc > 5;
    // What people type: nothing, an address, a name, a word that is frequent, rare or nowhere, a phrase, a pair, a wildcard.
    const std::vector<std::string> searches{"",
                                            "event.code:4688",
                                            "event.code:1102",
                                            "event.code:4624 user.name:SYSTEM",
                                            "event.code:5156 host.name:*workstation5*",
                                            "user.name:SYSTEM AND NOT event.code:4658",
                                            "user.name:pgustavo",
                                            "source.ip:172.18.39.0/24",
                                            "source.ip:172.18.39.5",
                                            "destination.ip:203.0.113.0/24",
                                            "powershell",
                                            "mimikatz",
                                            "zq81kxvay",
                                            "zzqqnotthere",
                                            "\"a new process has been created\"",
                                            "\"Qz-7781-ßtrand\"",
                                            "process.name:cmd.exe whoami",
                                            "process.command_line:*-enc*",
                                            "*1kxva*",
                                            "*qqnotther*"};
    Times all;
    for (const std::string& text : searches) {
        if (only_text) break;
        const search::Query query = parsed(text);
        Times times;
        std::uint64_t found = 0;
        for (int i = 0; i < runs; ++i) {
            times.run([&] {
                const auto page = archive->page(question(&query, days(90)), {.limit = 100});
                found = page ? page->events.size() : 0;
                if (!page) std::fprintf(stderr, "%s: %s\n", text.c_str(), page.error().text.c_str());
            });
            all.cpu.push_back(times.cpu.back());
            all.wall.push_back(times.wall.back());
        }
        times.print("first page", text, found);
    }
    if (!only_text) all.print("first page", "all of these", searches.size());
    for (const auto& [name, back] : {std::pair{"a day", days(1)}, {"90 days", days(90)}}) {
        if (only_text) break;
        Times top, histogram, count;
        std::uint64_t found = 0;
        const search::Query logons = parsed("event.code:4624");
        for (int i = 0; i < (back == days(1) ? runs : 3); ++i) top.run([&] { found = must(archive->top(question(nullptr, back), "event.code", 10)).events; });
        top.print("aggregation", std::string{"top values of event.code over "} + name, found);
        for (int i = 0; i < (back == days(1) ? runs : 3); ++i) histogram.run([&] { found = must(archive->histogram(question(&logons, back), hours(back == days(1) ? 1 : 24))).size(); });
        histogram.print("aggregation", std::string{"histogram of event.code:4624 over "} + name, found);
        for (int i = 0; i < (back == days(1) ? runs : 3); ++i) count.run([&] { found = must(archive->count(question(&logons, back))); });
        count.print("aggregation", std::string{"count of event.code:4624 over "} + name, found);
    }
    if (argc < 5) return 0;

    const std::string peer = argv[3];
    const std::string below = argv[4];
    const bool fresh = !std::filesystem::exists(peer);
    bench::Duck duck{peer.c_str()};
    if (fresh) {
        duck.run("CREATE TABLE e AS SELECT position, message FROM read_parquet('" + folder + "/segments/*.parquet') WHERE position < " + below);
        duck.run("CHECKPOINT");
    }
    const std::int64_t rows = duck.number("SELECT count(*) FROM e");
    struct Pair {
        const char* ours;
        const char* theirs;
    };
    for (const auto& [ours, theirs] : {Pair{"message:~nqz17absent", "%nqz17absent%"}, {"message:*z17abse*", "%z17abse%"}, {"message:~zq81kxvay", "%zq81kxvay%"}, {"message:*1kxva*", "%1kxva%"}, {"message:*Qz-7781-*", "%Qz-7781-%"}}) {
        const search::Query query = parsed(ours);
        Times our_times, their_times;
        std::uint64_t found = 0, theirs_found = 0;
        std::string our_set, their_set;
        for (int i = 0; i < runs; ++i) {
            our_times.run([&] { found = must(archive->count(question(&query, days(90)))); });
            their_times.run([&] { theirs_found = static_cast<std::uint64_t>(duck.number(std::string{"SELECT count(*) FROM e WHERE message LIKE '"} + theirs + "'")); });
        }
        // Once the events themselves.
        std::vector<std::uint64_t> positions;
        Times streaming;
        streaming.run([&] {
            const Status done = archive->stream(question(&query, days(90)), store::Order::oldest_first, [&](store::FoundEvent&& event) {
                positions.push_back(event.position.value);
                return true;
            });
            if (!done) std::exit(2);
        });
        std::sort(positions.begin(), positions.end());
        for (const std::uint64_t position : positions)
            if (position < static_cast<std::uint64_t>(std::atoll(below.c_str()))) our_set += std::to_string(position) + ",";
        their_set = duck.text(std::string{"SELECT coalesce(string_agg(position::VARCHAR || ',', '' ORDER BY position), '') FROM e WHERE message LIKE '"} + theirs + "'");
        streaming.print("P13 ours, the events whole", ours, positions.size());
        our_times.print("P13 ours", ours, found);
        their_times.print("P13 DuckDB", theirs, theirs_found);
        std::printf("{\"kind\":\"P13 ratio\",\"what\":\"%s\",\"same_set\":%s,\"ratio_cpu_p50\":%.1f,\"peer_events\":%lld,\"our_events\":%llu}\n", ours, our_set == their_set ? "true" : "false", Times::at(their_times.cpu, 0.5) / Times::at(our_times.cpu, 0.5), static_cast<long long>(rows),
                    static_cast<unsigned long long>(health.events));
    }
    return 0;
}
