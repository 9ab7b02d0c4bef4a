// Makes a large archive for measurements out of a small one: each segment is written again COPIES times by DuckDB, with
// later positions and with times moved on by the span of the whole, the filter with new positions and times. LINKS says
// how often each of these files then stands in the manifest again as a hard link, with positions of its own (its rows keep
// theirs, so that only what does not go by position may be asked of it).
//
//   bench_archive_copy FROM TO COPIES [LINKS]
#include <filesystem>

#include "archive_columns.h"
#include "base/bytes.h"
#include "store/archive/filter_format.h"
#include "store/archive/manifest.h"

namespace {

using namespace vg;
using namespace vg::store::archive;

template <class T>
T must(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().text.c_str());
        std::exit(2);
    }
    return std::move(*result);
}
void must(const Status& status) {
    if (!status) {
        std::fprintf(stderr, "%s\n", status.error().text.c_str());
        std::exit(2);
    }
}

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

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) return std::fputs("usage: bench_archive_copy FROM TO COPIES [LINKS]\n", stderr), 2;
    const std::string from = argv[1], to = argv[2];
    const auto copies = static_cast<std::uint64_t>(std::atoll(argv[3])), links = static_cast<std::uint64_t>(argc > 4 ? std::atoll(argv[4]) : 0);
    store::Disk& disk = store::system_disk();
    const Manifest source = must(load_manifest(disk, from)).value().manifest;
    for (const char* inside : {"", "/segments", "/scratch", "/export", "/damaged"}) std::filesystem::create_directories(to + inside);
    const std::uint64_t positions = source.watermark.value;
    Time first = source.segments.front().occurred_first, last = first;
    for (const SegmentFacts& facts : source.segments) last = std::max(last, facts.occurred_last);
    const Span span = last + microseconds(1) - first;

    Manifest made = source;
    made.segments.clear();
    bench::Duck duck;
    for (std::uint64_t copy = 0; copy < copies; ++copy)
        for (const SegmentFacts& old : source.segments) {
            SegmentFacts facts = old;
            const std::uint64_t by = copy * positions;
            const Span later{span.micros * static_cast<std::int64_t>(copy)};
            facts.name = name_of(made.next_number++);
            facts.from.value += by;
            facts.to.value += by;
            for (Time* time : {&facts.occurred_first, &facts.occurred_last, &facts.received_first, &facts.received_last}) *time = *time + later;
            const std::string path = to + "/segments/" + facts.name;
            const std::string interval = "to_microseconds(" + std::to_string(later.micros) + ")";
            duck.run("COPY (SELECT * REPLACE (position + " + std::to_string(by) + " AS position, occurred + " + interval + " AS occurred, received + " + interval + " AS received) FROM read_parquet('" + from + "/segments/" + old.name +
                     ".parquet')) TO '" + path + ".parquet' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE " + std::to_string(old.rows_in_group) + ", USE_TMP_FILE false)");
            must(write_whole(disk, path + ".filter", moved_filter(must(read_whole(disk, from + "/segments/" + old.name + ".filter")), by, later)));
            facts.bytes = bench::file_bytes(path + ".parquet");
            facts.filter_bytes = bench::file_bytes(path + ".filter");
            facts.checksum = must(checksum_of(disk, path + ".parquet"));
            facts.filter_checksum = must(checksum_of(disk, path + ".filter"));
            made.segments.push_back(facts);
            std::fprintf(stderr, "%s\r", facts.name.c_str());
        }
    const std::vector<SegmentFacts> real = made.segments;
    for (std::uint64_t link = 1; link <= links; ++link)
        for (const SegmentFacts& old : real) {
            SegmentFacts facts = old;
            facts.name = name_of(made.next_number++);
            facts.from.value += link * copies * positions;
            facts.to.value += link * copies * positions;
            for (const char* end : {".parquet", ".filter"}) std::filesystem::create_hard_link(to + "/segments/" + old.name + end, to + "/segments/" + facts.name + end);
            made.segments.push_back(facts);
        }
    made.watermark.value = copies * (links + 1) * positions;
    must(save_manifest(disk, to, made));
    std::uint64_t events = 0, bytes = 0, filters = 0;
    for (const SegmentFacts& facts : made.segments) {
        events += facts.events;
        bytes += facts.bytes;
        filters += facts.filter_bytes;
    }
    std::printf("{\"events\":%llu,\"segments\":%zu,\"bytes\":%llu,\"filter_bytes\":%llu}\n", static_cast<unsigned long long>(events), made.segments.size(), static_cast<unsigned long long>(bytes), static_cast<unsigned long long>(filters));
    return 0;
}
