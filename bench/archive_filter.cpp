// What the filter of a segment costs by itself: events just parsed, as the pipeline has them, through
// store::archive::FilterBuilder, with all their fields and with the fifteen columns of P11. Blocks of 16,384 events; CPU of
// one thread; only the builder's work is timed.
//
//   bench_archive_filter FILE [ROUNDS]
#include "archive_columns.h"
#include "event/record.h"
#include "formats/format.h"
#include "store/archive/filter.h"

int main(int argc, char** argv) {
    using namespace vg;
    if (argc < 2) return std::fputs("usage: bench_archive_filter FILE [ROUNDS]\n", stderr), 2;
    const bench::Lines lines = bench::read_lines(argv[1], 64);
    const auto library = formats::Library::make({});
    if (!library) return std::fputs(library.error().text.c_str(), stderr), 2;
    Arena arena;
    constexpr std::size_t kBatch = 512;
    std::vector<event::Record> records(kBatch);
    std::vector<event::Event> events(kBatch);
    std::vector<event::Field> kept;
    for (int round = 0; round < (argc > 2 ? std::atoi(argv[2]) : 5); ++round)
        for (const bool all : {true, false}) {
            store::archive::FilterBuilder filter{{.seed = 7}};
            double spent = 0, parsing = 0;
            for (std::size_t at = 0; at < lines.lines.size(); at += kBatch) {
                const std::size_t count = std::min(kBatch, lines.lines.size() - at);
                arena.reset();
                double begin = bench::seconds(CLOCK_THREAD_CPUTIME_ID);
                for (std::size_t i = 0; i < count; ++i) {
                    records[i].raw = lines.lines[at + i];
                    events[i] = formats::to_event(records[i], **library, arena).event;
                }
                parsing += bench::seconds(CLOCK_THREAD_CPUTIME_ID) - begin;
                for (std::size_t i = 0; i < count; ++i) {
                    if (all) continue;
                    kept.clear();
                    for (const event::Field& field : events[i].fields)
                        if (std::find(bench::kColumns.begin(), bench::kColumns.end(), field.name) != bench::kColumns.end()) kept.push_back(field);
                    events[i].fields = arena.copy(std::span<const event::Field>{kept});
                }
                begin = bench::seconds(CLOCK_THREAD_CPUTIME_ID);
                for (std::size_t i = 0; i < count; ++i) {
                    filter.add({at + i}, events[i]);
                    if ((at + i) % 16'384 == 16'383) filter.end_block();
                }
                spent += bench::seconds(CLOCK_THREAD_CPUTIME_ID) - begin;
            }
            const double begin = bench::seconds(CLOCK_THREAD_CPUTIME_ID);
            const std::size_t bytes = filter.finish().size();
            spent += bench::seconds(CLOCK_THREAD_CPUTIME_ID) - begin;
            const auto count = static_cast<double>(lines.lines.size());
            std::printf("{\"fields\":\"%s\",\"events\":%zu,\"ns_an_event\":%.0f,\"bytes_an_event\":%.2f,\"parse_ns_an_event\":%.0f}\n", all ? "all" : "15 columns", lines.lines.size(), spent / count * 1e9, static_cast<double>(bytes) / count, parsing / count * 1e9);
        }
    return 0;
}
