// P11: events as NDJSON into fifteen columns on disk, by DuckDB into its own file and by our reading, writing of Parquet and
// filter, a chunk of 2,048 events at a time straight into COPY. Both in this program, one thread, in turn; timed by CPU, and by the clock.
//
//   bench_archive_ingest FILE FOLDER [ROUNDS] [COPY-OPTIONS]
#include <malloc.h>

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

// The text stays where it is until the chunk was added: no copy of its own. to_event has made it UTF-8.
void put(duckdb_vector vector, std::uint64_t row, std::string_view text) {
    auto& place = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector))[row];
    place.value.inlined.length = static_cast<std::uint32_t>(text.size());
    if (text.size() <= 12) {
        std::memset(place.value.inlined.inlined, 0, sizeof place.value.inlined.inlined);
        if (!text.empty()) std::memcpy(place.value.inlined.inlined, text.data(), text.size());
        return;
    }
    std::memcpy(place.value.pointer.prefix, text.data(), sizeof place.value.pointer.prefix);
    place.value.pointer.ptr = const_cast<char*>(text.data());
}

// Lines of a file, a few megabytes at a time: each record's bytes are read into place once.
class LineReader {
public:
    explicit LineReader(const std::string& path) : file_(std::fopen(path.c_str(), "rb")) {
        if (file_ == nullptr) std::exit(2);
    }
    ~LineReader() { std::fclose(file_); }
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;
    bool next(std::string& line) {
        for (;;) {
            const void* stop = std::memchr(buffer_.data() + at_, '\n', end_ - at_);
            if (stop != nullptr) {
                const auto size = static_cast<std::size_t>(static_cast<const char*>(stop) - buffer_.data()) - at_;
                line.assign(buffer_, at_, size);
                at_ += size + 1;
                return true;
            }
            std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
            end_ -= at_;
            at_ = 0;
            if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
            const std::size_t read = std::fread(buffer_.data() + end_, 1, buffer_.size() - end_, file_);
            if (read == 0) return false;
            end_ += read;
        }
    }

private:
    std::FILE* file_;
    std::string buffer_ = std::string(std::size_t{1} << 20, '\0');
    std::size_t at_ = 0, end_ = 0;
};

struct Parts {
    double read = 0, parse = 0, append = 0, filter = 0, write = 0, seal = 0;
    std::uint64_t parquet = 0, filter_bytes = 0;
};

// Rows for COPY: read, parsed and filtered a chunk at a time while DuckDB asks for them.
struct Feed {
    const formats::Library& library;
    LineReader lines;
    Parts parts;
    Places places;
    Arena arena;
    store::archive::FilterBuilder filter{{.seed = 7}};
    std::vector<event::Record> records = std::vector<event::Record>(2048);
    std::vector<event::Event> events = std::vector<event::Event>(2048);
    std::vector<event::Field> kept;
    std::size_t at = 0, in_block = 0, left = 0;  // left: rows of the segment in hand
    bool more = true;
    double called = 0;
};
Feed* feeding = nullptr;  // what the table function reads

void fill(Feed& feed, duckdb_data_chunk chunk) {
    double begin = bench::cpu_now();
    const double entered = begin;
    feed.arena.reset();
    std::size_t count = 0;
    while (count < std::min<std::size_t>(2048, feed.left) && (feed.more = feed.lines.next(feed.records[count].raw))) ++count;
    double now = bench::cpu_now();
    feed.parts.read += now - begin;
    begin = now;
    for (std::size_t i = 0; i < count; ++i) feed.events[i] = formats::to_event(feed.records[i], feed.library, feed.arena).event;
    now = bench::cpu_now();
    feed.parts.parse += now - begin;
    begin = now;
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
        feed.kept.clear();
        for (const event::Field& field : feed.events[i].fields) {
            const int column = feed.places.of(field.name == "Computer" ? std::string_view{"Hostname"} : field.name);  // to_event's name for it
            if (column < 0 || field.type == event::Type::null) continue;
            const auto c = static_cast<std::size_t>(column);
            if ((valid[c][i / 64] >> (i % 64) & 1) != 0) continue;
            feed.kept.push_back(field);
            valid[c][i / 64] |= std::uint64_t{1} << (i % 64);
            if (c == bench::kEventId)
                ids[i] = field.type == event::Type::integer ? field.integer : std::strtoll(std::string{field.text}.c_str(), nullptr, 10);
            else
                put(vectors[c], i, field.text);
        }
        feed.events[i].fields = feed.arena.copy(std::span<const event::Field>{feed.kept});
    }
    now = bench::cpu_now();
    feed.parts.append += now - begin;
    begin = now;
    for (std::size_t i = 0; i < count; ++i) {
        feed.filter.add({feed.at + i}, feed.events[i]);
        if (++feed.in_block == kBlock) {
            feed.filter.end_block();
            feed.in_block = 0;
        }
    }
    feed.at += count;
    feed.left -= count;
    duckdb_data_chunk_set_size(chunk, count);
    now = bench::cpu_now();
    feed.parts.filter += now - begin;
    feed.called += now - entered;
}

void add_feed(duckdb_connection connection) {
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_table_function_set_name(function, "feed");
    duckdb_table_function_set_bind(function, [](duckdb_bind_info info) {
        for (std::size_t i = 0; i < kColumns.size(); ++i) {
            duckdb_logical_type type = duckdb_create_logical_type(i == bench::kEventId ? DUCKDB_TYPE_BIGINT : DUCKDB_TYPE_VARCHAR);
            duckdb_bind_add_result_column(info, std::string{kColumns[i]}.c_str(), type);
            duckdb_destroy_logical_type(&type);
        }
    });
    duckdb_table_function_set_init(function, [](duckdb_init_info info) { duckdb_init_set_max_threads(info, 1); });
    duckdb_table_function_set_function(function, [](duckdb_function_info, duckdb_data_chunk chunk) { fill(*feeding, chunk); });
    bench::Duck::check(duckdb_register_table_function(connection, function) == DuckDBSuccess, "table function");
    duckdb_destroy_table_function(&function);
}

Parts ours(const std::string& file, const std::string& folder, const formats::Library& library, const std::string& copy_options) {
    Feed feed{library, LineReader{file}, {}, {}, {}};
    feeding = &feed;
    bench::Duck duck;
    add_feed(duck.connection());
    for (std::size_t segment = 0; feed.more; ++segment) {
        feed.left = kSegment;
        feed.called = 0;
        const double began = bench::cpu_now();
        const std::string path = folder + "/s" + std::to_string(segment);
        duck.run("COPY (SELECT * FROM feed()) TO '" + path + ".parquet' (FORMAT parquet, " + copy_options + ", ROW_GROUP_SIZE " + std::to_string(kBlock) + ")");
        feed.parts.parquet += bench::file_bytes(path + ".parquet");
        feed.parts.write += bench::cpu_now() - began - feed.called;
        const double begin = bench::cpu_now();
        const std::string bytes = feed.filter.finish();
        feed.in_block = 0;
        std::FILE* out = std::fopen((path + ".filter").c_str(), "wb");
        std::fwrite(bytes.data(), 1, bytes.size(), out);
        std::fclose(out);
        feed.parts.filter_bytes += bytes.size();
        feed.parts.seal += bench::cpu_now() - begin;
    }
    return feed.parts;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return std::fputs("usage: bench_archive_ingest FILE FOLDER [ROUNDS] [COPY-OPTIONS]\n", stderr), 2;
    const std::string file = argv[1], folder = argv[2];
    const int rounds = argc > 3 ? std::atoi(argv[3]) : 5;
    const std::string options = argc > 4 ? argv[4] : "COMPRESSION zstd, COMPRESSION_LEVEL 1";
    std::filesystem::create_directories(folder);
    // Memory that was given back is kept, for both sides: fresh pages would be half the cost.
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
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
        std::printf("{\"events\":%lld,\"peer_cpu_s\":%.3f,\"peer_wall_s\":%.3f,\"peer_bytes\":%llu,\"peer_events_s\":%.0f,\"cpu_s\":%.3f,\"wall_s\":%.3f,\"events_s\":%.0f,\"parquet\":%llu,\"filter\":%llu,\"read_s\":%.3f,\"parse_s\":%.3f,\"append_s\":%.3f,\"filter_s\":%.3f,\"write_s\":%.3f,\"seal_s\":%.3f}\n",
                    static_cast<long long>(events), peer_cpu, peer_wall, static_cast<unsigned long long>(bench::file_bytes(database)), count / peer_cpu, our_cpu, our_wall, count / our_cpu, static_cast<unsigned long long>(parts.parquet), static_cast<unsigned long long>(parts.filter_bytes),
                    parts.read, parts.parse, parts.append, parts.filter, parts.write, parts.seal);
        std::fflush(stdout);
    }
    return 0;
}
