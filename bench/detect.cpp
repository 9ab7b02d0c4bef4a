// Rule load time, events per second and peak memory of detection alone.
//
//   bench_detect [--plainly] RULES-FOLDER... -- EVENTS.ndjson      (one event a line; --plainly: every rule one by one)
//
// Events are interpreted first, in batches, and match() is timed apart from to_event(). All times are CPU time of one thread.
#include <sys/resource.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "detect/engine.h"
#include "formats/format.h"

namespace {

// Seconds of this thread's own time: the same on a machine that is busy with other work.
double own_time() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double peak_megabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

std::string read(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

int main(int argc, char** argv) {
    using namespace vg;
    std::vector<detect::RuleFile> files;
    detect::EngineOptions options;
    int next = 1;
    if (next < argc && std::string_view{argv[next]} == "--plainly") {
        options.plainly = true;
        ++next;
    }
    for (; next < argc && std::string_view{argv[next]} != "--"; ++next)
        for (const auto& entry : std::filesystem::recursive_directory_iterator{argv[next]})
            if (entry.path().extension() == ".yml") files.push_back({entry.path().string(), read(entry.path())});
    if (next + 1 >= argc) {
        std::fprintf(stderr, "usage: bench_detect [--plainly] RULES-FOLDER... -- EVENTS.ndjson\n");
        return 2;
    }
    const double before = peak_megabytes();
    const auto load_begin = own_time();
    detect::LoadReport report;
    const auto engine = detect::Engine::make(files, options, report);
    if (!engine) return 2;
    std::printf("rules %zu of %zu files, refused %zu, load %.3f s, memory %.0f MB (%.0f MB before)\n", report.loaded, files.size(), report.refused.size(), own_time() - load_begin,
                peak_megabytes(), before);

    const auto library = formats::Library::make({});
    if (!library) return 2;
    std::ifstream events{argv[next + 1]};
    std::string line;
    std::size_t count = 0, bytes = 0, matches_count = 0;
    double parse_seconds = 0, match_seconds = 0;
    detect::Scratch scratch;
    std::vector<detect::Match> matches;
    for (bool more = true; more;) {
        Arena arena;
        std::vector<event::Record> records;
        while (records.size() < 2'000 && (more = static_cast<bool>(std::getline(events, line)))) {
            bytes += line.size();
            records.push_back({{}, line});
        }
        std::vector<event::Event> batch;
        const auto parse_begin = own_time();
        for (const event::Record& record : records) batch.push_back(formats::to_event(record, **library, arena).event);
        parse_seconds += own_time() - parse_begin;
        const auto match_begin = own_time();
        for (const event::Event& event : batch) {
            matches.clear();
            (*engine)->match(event, scratch, matches);
            matches_count += matches.size();
        }
        match_seconds += own_time() - match_begin;
        count += batch.size();
    }
    std::printf("events %zu, %.0f bytes each; to_event %.0f/s; match %.0f/s; matches %zu; peak memory %.0f MB\n", count, static_cast<double>(bytes) / static_cast<double>(count),
                static_cast<double>(count) / parse_seconds, static_cast<double>(count) / match_seconds, matches_count, peak_megabytes());
    return 0;
}
