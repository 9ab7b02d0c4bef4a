// P11: events as NDJSON into fifteen columns on disk, by DuckDB into its own file and by our reading, writing of Parquet and
// filter. Both in this program, one thread, in turn; timed by CPU, and by the clock.
//
//   bench_archive_ingest FILE FOLDER [ROUNDS] [COPY-OPTIONS]
#include <filesystem>

#include "archive_columns.h"
#include "event/record.h"
#include "formats/format.h"
#include "store/archive/filter.h"

namespace {

using namespace vg;
using bench::kColumns;

constexpr std::size_t kBlock = 16'384, kSegment = 1'000'000;

// The column of a field's name: most names are told apart by length and two letters.
class Places {
public:
    Places() {
        table_.fill(-1);
        for (std::size_t i = 0; i < kColumns.size(); ++i) {
            std::size_t at = slot(kColumns[i]);
            while (table_[at] >= 0) at = (at + 1) % table_.size();
            table_[at] = static_cast<int>(i);
        }
    }
    int of(std::string_view name) const {
        for (std::size_t at = slot(name); table_[at] >= 0; at = (at + 1) % table_.size())
            if (kColumns[static_cast<std::size_t>(table_[at])] == name) return table_[at];
        return -1;
    }

private:
    static std::size_t slot(std::string_view name) { return name.empty() ? 0 : (name.size() * 31 + static_cast<unsigned char>(name.front()) * 7 + static_cast<unsigned char>(name.back())) % 256; }
    std::array<int, 256> table_{};
};

void put(duckdb_vector vector, std::uint64_t row, std::string_view text) { duckdb_vector_assign_string_element_len(vector, row, text.data(), text.size()); }

struct Parts {
    double parse = 0, append = 0, filter = 0, write = 0, seal = 0;
    std::uint64_t parquet = 0, filter_bytes = 0;
};

Parts ours(const std::string& file, const std::string& folder, const formats::Library& library, const std::string& copy_options) {
    Parts parts;
    const bench::Lines lines = bench::read_lines(file.c_str(), 64);
    bench::Duck duck;
    duck.run("SET preserve_insertion_order=true");
    const Places places;
    Arena arena;
    store::archive::FilterBuilder filter{{.seed = 7}};
    std::vector<duckdb_logical_type> types;
    for (std::size_t i = 0; i < kColumns.size(); ++i) types.push_back(duckdb_create_logical_type(i == bench::kEventId ? DUCKDB_TYPE_BIGINT : DUCKDB_TYPE_VARCHAR));
    duckdb_data_chunk chunk = duckdb_create_data_chunk(types.data(), types.size());
    std::size_t segment = 0;
    std::vector<event::Record> records(2048);
    std::vector<event::Event> events(2048);
    std::vector<event::Field> kept;
    for (std::size_t at = 0; at < lines.lines.size(); ++segment) {
        const std::string table = "t" + std::to_string(segment);
        duck.run(bench::create_columns(table));
        duckdb_appender appender = nullptr;
        bench::Duck::check(duckdb_appender_create(duck.connection(), nullptr, table.c_str(), &appender) == DuckDBSuccess, "appender");
        const std::size_t end = std::min(lines.lines.size(), at + kSegment);
        std::size_t in_block = 0;
        while (at < end) {
            const std::size_t count = std::min<std::size_t>(2048, end - at);
            double begin = bench::cpu_now();
            arena.reset();
            for (std::size_t i = 0; i < count; ++i) {
                records[i].raw = lines.lines[at + i];
                events[i] = formats::to_event(records[i], library, arena).event;
            }
            double now = bench::cpu_now();
            parts.parse += now - begin;
            begin = now;
            duckdb_data_chunk_reset(chunk);
            std::array<duckdb_vector, kColumns.size()> vectors{};
            std::array<std::uint64_t*, kColumns.size()> valid{};
            for (std::size_t c = 0; c < kColumns.size(); ++c) {
                vectors[c] = duckdb_data_chunk_get_vector(chunk, c);
                duckdb_vector_ensure_validity_writable(vectors[c]);
                valid[c] = duckdb_vector_get_validity(vectors[c]);
                std::memset(valid[c], 0, 2048 / 8);
            }
            auto* ids = static_cast<std::int64_t*>(duckdb_vector_get_data(vectors[bench::kEventId]));
            for (std::size_t i = 0; i < count; ++i) {
                for (const event::Field& field : events[i].fields) {
                    const int column = places.of(field.name);
                    if (column < 0 || field.type == event::Type::null) continue;
                    const auto c = static_cast<std::size_t>(column);
                    if ((valid[c][i / 64] >> (i % 64) & 1) != 0) continue;
                    valid[c][i / 64] |= std::uint64_t{1} << (i % 64);
                    if (c == bench::kEventId)
                        ids[i] = field.type == event::Type::integer ? field.integer : std::strtoll(std::string{field.text}.c_str(), nullptr, 10);
                    else
                        put(vectors[c], i, field.text);
                }
            }
            duckdb_data_chunk_set_size(chunk, count);
            bench::Duck::check(duckdb_append_data_chunk(appender, chunk) == DuckDBSuccess, duckdb_appender_error(appender));
            now = bench::cpu_now();
            parts.append += now - begin;
            begin = now;
            for (std::size_t i = 0; i < count; ++i) {
                kept.clear();
                for (const event::Field& field : events[i].fields)
                    if (places.of(field.name) >= 0) kept.push_back(field);
                events[i].fields = kept;
                filter.add({at + i}, events[i]);
                if (++in_block == kBlock) {
                    filter.end_block();
                    in_block = 0;
                }
            }
            parts.filter += bench::cpu_now() - begin;
            at += count;
        }
        double begin = bench::cpu_now();
        duckdb_appender_destroy(&appender);
        double now = bench::cpu_now();
        parts.append += now - begin;
        begin = now;
        const std::string path = folder + "/" + table + ".parquet";
        duck.run("COPY " + table + " TO '" + path + "' (FORMAT parquet, " + copy_options + ", ROW_GROUP_SIZE " + std::to_string(kBlock) + ")");
        parts.parquet += bench::file_bytes(path);
        duck.run("DROP TABLE " + table);
        now = bench::cpu_now();
        parts.write += now - begin;
        begin = now;
        const std::string bytes = filter.finish();
        const std::string filter_path = folder + "/" + table + ".filter";
        std::FILE* out = std::fopen(filter_path.c_str(), "wb");
        std::fwrite(bytes.data(), 1, bytes.size(), out);
        std::fclose(out);
        parts.filter_bytes += bytes.size();
        parts.seal += bench::cpu_now() - begin;
    }
    duckdb_destroy_data_chunk(&chunk);
    for (duckdb_logical_type& type : types) duckdb_destroy_logical_type(&type);
    return parts;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return std::fputs("usage: bench_archive_ingest FILE FOLDER [ROUNDS] [COPY-OPTIONS]\n", stderr), 2;
    const std::string file = argv[1], folder = argv[2];
    const int rounds = argc > 3 ? std::atoi(argv[3]) : 5;
    const std::string options = argc > 4 ? argv[4] : "COMPRESSION zstd, COMPRESSION_LEVEL 1";
    std::filesystem::create_directories(folder);
    const auto library = formats::Library::make({});
    if (!library) return std::fputs(library.error().text.c_str(), stderr), 2;
    const std::string database = folder + "/peer.duckdb";
    std::int64_t events = 0;
    for (int round = 0; round < rounds; ++round) {
        std::filesystem::remove(database);
        double cpu = bench::cpu_now(), wall = bench::seconds(CLOCK_MONOTONIC);
        {
            bench::Duck duck{database.c_str()};
            duck.run("CREATE TABLE e AS SELECT * FROM read_json('" + file + "', format='newline_delimited', columns=" + bench::columns_of_read_json() + ", ignore_errors=true)");
            duck.run("CHECKPOINT");
            events = duck.number("SELECT count(*) FROM e");
        }
        const double peer_cpu = bench::cpu_now() - cpu, peer_wall = bench::seconds(CLOCK_MONOTONIC) - wall;
        cpu = bench::cpu_now();
        wall = bench::seconds(CLOCK_MONOTONIC);
        const Parts parts = ours(file, folder, **library, options);
        const double our_cpu = bench::cpu_now() - cpu, our_wall = bench::seconds(CLOCK_MONOTONIC) - wall;
        const auto count = static_cast<double>(events);
        std::printf("{\"events\":%lld,\"peer_cpu_s\":%.3f,\"peer_wall_s\":%.3f,\"peer_bytes\":%llu,\"peer_events_s\":%.0f,\"cpu_s\":%.3f,\"wall_s\":%.3f,\"events_s\":%.0f,\"parquet\":%llu,\"filter\":%llu,\"parse_s\":%.3f,\"append_s\":%.3f,\"filter_s\":%.3f,\"write_s\":%.3f,\"seal_s\":%.3f}\n",
                    static_cast<long long>(events), peer_cpu, peer_wall, static_cast<unsigned long long>(bench::file_bytes(database)), count / peer_cpu, our_cpu, our_wall, count / our_cpu, static_cast<unsigned long long>(parts.parquet), static_cast<unsigned long long>(parts.filter_bytes),
                    parts.parse, parts.append, parts.filter, parts.write, parts.seal);
        std::fflush(stdout);
    }
    return 0;
}
