// What the programs of bench/ share: a file's lines in memory, and rounds of work timed by the thread's CPU and the wall.
#pragma once

#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"

namespace vg::bench {

// What must work in a benchmark: else the program ends with 2 and the reason.
template <class T>
T must(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().text.c_str());
        std::exit(2);
    }
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

struct Lines {
    std::string text;  // with padding behind it
    std::size_t size = 0;
    std::vector<std::string_view> lines;
};

inline Lines read_lines(const char* path, std::size_t padding) {
    Lines read;
    std::FILE* file = std::fopen(path, "rb");
    if (file == nullptr) {
        std::perror(path);
        std::exit(2);
    }
    std::fseek(file, 0, SEEK_END);
    read.size = static_cast<std::size_t>(std::ftell(file));
    std::rewind(file);
    read.text.resize(read.size + padding);
    if (std::fread(read.text.data(), 1, read.size, file) != read.size) std::exit(2);
    std::fclose(file);
    const char* at = read.text.data();
    const char* const end = at + read.size;
    while (at < end) {
        const char* stop = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
        if (stop == nullptr) stop = end;
        if (stop > at) read.lines.emplace_back(at, static_cast<std::size_t>(stop - at));
        at = stop + 1;
    }
    return read;
}

inline double seconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Runs `round` once to warm up and then so often, and prints one line of JSON. `facts` are read after the rounds.
template <class Round>
int report(const char* name, const Lines& lines, int rounds, Round round, const std::vector<std::pair<const char*, const std::uint64_t&>>& facts) {
    round();
    std::vector<double> cpu, wall;
    for (int i = 0; i < rounds; ++i) {
        const double cpu_begin = seconds(CLOCK_THREAD_CPUTIME_ID), wall_begin = seconds(CLOCK_MONOTONIC);
        round();
        cpu.push_back(seconds(CLOCK_THREAD_CPUTIME_ID) - cpu_begin);
        wall.push_back(seconds(CLOCK_MONOTONIC) - wall_begin);
    }
    std::sort(cpu.begin(), cpu.end());
    std::sort(wall.begin(), wall.end());
    const double count = static_cast<double>(lines.lines.size());
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf("{\"name\":\"%s\",\"events\":%zu,\"bytes\":%zu,\"rounds\":%d,\"best_events_s\":%.0f,\"median_events_s\":%.0f,\"best_wall_events_s\":%.0f,\"median_gb_s\":%.3f,\"rss_mb\":%.1f", name, lines.lines.size(), lines.size, rounds,
                count / cpu.front(), count / cpu[cpu.size() / 2], count / wall.front(), static_cast<double>(lines.size) / cpu[cpu.size() / 2] / 1e9, static_cast<double>(usage.ru_maxrss) / 1024);
    for (const auto& [fact, value] : facts) std::printf(",\"%s\":%llu", fact, static_cast<unsigned long long>(value));
    std::puts("}");
    return 0;
}

}  // namespace vg::bench
