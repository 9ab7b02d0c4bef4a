// P8: records → events by formats::to_event, the whole of interpretation, one core. Printed beside the limit by bench/run.
//
//   bench_normalise FILE [ROUNDS] [FORMAT|-] [FOLDER OF MAPPINGS]
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "event/record.h"
#include "formats/format.h"
#include "rounds.h"

int main(int argc, char** argv) {
    if (argc < 2) return std::fputs("usage: bench_normalise FILE [ROUNDS] [FORMAT|-] [FOLDER OF MAPPINGS]\n", stderr), 2;
    const vg::bench::Lines lines = vg::bench::read_lines(argv[1], 64);
    std::vector<std::pair<std::string, std::string>> mappings;
    if (argc > 4)
        for (const auto& entry : std::filesystem::directory_iterator{argv[4]})
            if (entry.path().extension() == ".yaml") {
                std::ifstream file{entry.path()};
                mappings.emplace_back(entry.path().filename(), std::string{std::istreambuf_iterator<char>{file}, {}});
            }
    std::sort(mappings.begin(), mappings.end());
    const auto library = vg::formats::Library::make(mappings);
    if (!library) return std::fputs(library.error().text.c_str(), stderr), 2;
    // The records stand in memory, as the pipeline has them after reading the journal.
    std::vector<vg::event::Record> records(lines.lines.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
        records[i].raw = lines.lines[i];
        if (argc > 3 && argv[3][0] != '-') records[i].envelope.format = argv[3];
    }
    vg::Arena arena;
    std::uint64_t unparsed = 0, fields = 0;
    const auto round = [&] {
        unparsed = fields = 0;
        std::size_t in_batch = 0;
        for (const vg::event::Record& record : records) {
            const vg::formats::Outcome outcome = vg::formats::to_event(record, **library, arena);
            unparsed += outcome.unparsed.empty() ? 0 : 1;
            fields += outcome.event.fields.size();
            if (++in_batch == 1000) {
                arena.reset();
                in_batch = 0;
            }
        }
        arena.reset();
    };
    return vg::bench::report("normalise", lines, argc > 2 ? std::atoi(argv[2]) : 5, round, {{"unparsed", unparsed}, {"fields", fields}});
}
