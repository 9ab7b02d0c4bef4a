// Makes a large archive for measurements out of a small one. Each segment is written again COPIES times, by the code that
// joins segments: with later positions, and with times moved on by the span of the whole. In one copy of CHANGED (0: in
// none) host names get a suffix of their own and IPv4 addresses of source and destination another last octet; the
// filters of those are built from the rows that were written, those of the others are the small archive's with new positions and
// times, which is what building them again would give. Native fields and messages are the same in every copy.
//
//   bench_archive_copy FROM TO COPIES [CHANGED] [THREADS]        FROM and TO in one folder
#include <atomic>
#include <filesystem>
#include <mutex>
#include <thread>

#include "archive_columns.h"
#include "base/bytes.h"
#include "store/archive/filter_format.h"
#include "store/archive/manifest.h"
#include "store/archive/segment_write.h"

namespace {

using namespace vg;
using bench::must;
using namespace vg::store::archive;

std::string name_of(std::uint64_t number) {
    std::string digits = std::to_string(number);
    return std::string(12 - digits.size(), '0') + digits;
}

std::string moved_filter(const std::string& bytes, std::uint64_t positions, Span times) {
    auto parsed = must(filter::parse_head(bytes));
    for (BlockFacts& block : parsed.facts) {
        block.first.value += positions;
        block.last.value += positions;
        for (Time* time : {&block.occurred_first, &block.occurred_last, &block.received_first, &block.received_last}) *time = *time + times;
    }
    const std::string_view body = std::string_view{bytes}.substr(static_cast<std::size_t>(parsed.head.body));
    return filter::write_head(parsed.head, parsed.facts, body) + std::string{body};
}

// The rows of a segment as they stand in a copy.
std::string rows_of(const std::string& path, std::uint64_t copy, std::uint64_t positions, Span later, bool changed) {
    const std::string interval = "to_microseconds(" + std::to_string(later.micros) + ")";
    std::string sql = "SELECT * REPLACE (position + " + std::to_string(positions) + " AS position, occurred + " + interval + " AS occurred, received + " + interval + " AS received";
    if (changed) {
        const std::string number = std::to_string(copy);
        sql += ", \"host.name\" || '-c" + number + "' AS \"host.name\"";
        for (const char* name : {"\"source.ip\"", "\"destination.ip\""})
            sql += std::string{", CASE WHEN regexp_matches("} + name + ", '^[0-9]+([.][0-9]+){3}$') THEN regexp_replace(" + name + ", '[0-9]+$', ((CAST(regexp_extract(" + name + ", '[0-9]+$') AS INTEGER) * 7 + " + number +
                   " * 13) % 254 + 1)::VARCHAR) ELSE " + name + " END AS " + name;
    }
    return sql + ") FROM read_parquet('" + path + "')";
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) return std::fputs("usage: bench_archive_copy FROM TO COPIES [CHANGED] [THREADS]\n", stderr), 2;
    const std::string from = argv[1], to = argv[2];
    const auto copies = static_cast<std::uint64_t>(std::atoll(argv[3])), changed = static_cast<std::uint64_t>(argc > 4 ? std::atoll(argv[4]) : 0);
    const int threads = argc > 5 ? std::max(1, std::atoi(argv[5])) : 1;
    store::Disk& disk = store::system_disk();
    const Manifest source = must(load_manifest(disk, from)).value().manifest;
    for (const char* inside : {"", "/segments", "/scratch", "/export", "/damaged"}) std::filesystem::create_directories(to + inside);
    const auto database = must(store::duck::Database::open({.folder = std::filesystem::absolute(to).parent_path().string(), .memory_bytes = std::size_t{3} << 30}));
    const std::string absolute_from = std::filesystem::absolute(from).string(), absolute_to = std::filesystem::absolute(to).string();
    const std::uint64_t positions = source.watermark.value;
    Time first = source.segments.front().occurred_first, last = first;
    for (const SegmentFacts& facts : source.segments) last = std::max(last, facts.occurred_last);
    const Span span = last + microseconds(1) - first;
    const double wall_begin = bench::seconds(CLOCK_MONOTONIC), cpu_begin = bench::cpu_now();

    Manifest made = source;
    made.segments.assign(source.segments.size() * copies, {});
    std::atomic<std::size_t> next{0};
    std::atomic<std::uint64_t> rebuilt{0};
    const auto work = [&] {
        const Workshop workshop{disk, absolute_to, *database, source.seed, 16'384, 1024, {}};
        for (std::size_t i; (i = next++) < made.segments.size();) {
            const std::uint64_t copy = i / source.segments.size();
            const SegmentFacts& old = source.segments[i % source.segments.size()];
            const std::uint64_t by = copy * positions;
            const Span later{span.micros * static_cast<std::int64_t>(copy)};
            const bool is_changed = changed > 0 && copy % changed == 1 % changed;
            SegmentFacts facts = old;
            for (Time* time : {&facts.occurred_first, &facts.occurred_last, &facts.received_first, &facts.received_last}) *time = *time + later;
            SegmentSource rows{.select = rows_of(absolute_from + "/segments/" + old.name + ".parquet", copy, by, later, is_changed), .name = name_of(source.next_number + i), .from = {old.from.value + by}, .to = {old.to.value + by}};
            if (is_changed) {
                ++rebuilt;
            } else {
                rows.facts = &facts;
                rows.filter = moved_filter(must(read_whole(disk, absolute_from + "/segments/" + old.name + ".filter")), by, later);
            }
            made.segments[i] = must(write_segment(workshop, rows));
            if (i % 20 == 0) std::fprintf(stderr, "%zu of %zu segments, %.0f s\n", i, made.segments.size(), bench::seconds(CLOCK_MONOTONIC) - wall_begin);
        }
    };
    {
        std::vector<std::jthread> workers;
        for (int i = 0; i < threads; ++i) workers.emplace_back(work);
    }
    made.next_number = source.next_number + made.segments.size();
    made.watermark.value = copies * positions;
    must(save_manifest(disk, absolute_to, made));
    std::uint64_t events = 0, bytes = 0, filters = 0;
    for (const SegmentFacts& facts : made.segments) {
        events += facts.events;
        bytes += facts.bytes;
        filters += facts.filter_bytes;
    }
    std::printf("{\"events\":%llu,\"segments\":%zu,\"bytes\":%llu,\"filter_bytes\":%llu,\"copies\":%llu,\"filters_built_again\":%llu,\"days\":%.1f,\"cpu_s\":%.1f,\"wall_s\":%.1f}\n", static_cast<unsigned long long>(events), made.segments.size(), static_cast<unsigned long long>(bytes),
                static_cast<unsigned long long>(filters), static_cast<unsigned long long>(copies), static_cast<unsigned long long>(rebuilt.load()), static_cast<double>(span.micros) * static_cast<double>(copies) / static_cast<double>(days(1).micros), bench::cpu_now() - cpu_begin,
                bench::seconds(CLOCK_MONOTONIC) - wall_begin);
    return 0;
}
