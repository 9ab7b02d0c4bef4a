// P11: events as NDJSON into fifteen columns on disk, by DuckDB into its own file and by our reading into whole events, the
// archive's writer of Parquet and its filter, in segments of a million. Both begin with the file's bytes and end with synced
// files. Both in this program, one thread, in turn; timed by CPU, and by the clock.
//
//   bench_archive_ingest FILE FOLDER [ROUNDS] [ZSTD-LEVEL]
#include <malloc.h>

#include <filesystem>

#include "archive_columns.h"
#include "event/record.h"
#include "formats/format.h"
#include "store/archive/filter.h"
#include "store/archive/parquet_write.h"

namespace {

using namespace vg;
using bench::kColumns;
using bench::must;

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

namespace parquet = store::archive::parquet;

std::vector<parquet::ColumnSpec> specs() {
    std::vector<parquet::ColumnSpec> made;
    for (std::size_t i = 0; i < kColumns.size(); ++i) made.push_back({std::string{kColumns[i]}, i == bench::kEventId ? parquet::Kind::integer : parquet::Kind::text});
    return made;
}

// Events a chunk at a time: read, parsed, put into the columns, and what stands in the columns into the filter.
class Ingest {
public:
    Ingest(const std::string& file, std::string folder, const formats::Library& library, int level) : library_(library), folder_(std::move(folder)), level_(level), lines_(file) {}
    Parts run() {
        for (std::size_t segment = 0; more_; ++segment) write_segment(folder_ + "/s" + std::to_string(segment));
        return parts_;
    }

private:
    static constexpr std::size_t kChunk = 256;

    void write_segment(const std::string& path) {
        std::filesystem::remove(path + ".parquet");
        const auto file = must(store::system_disk().open(path + ".parquet", store::Open::create));
        parquet::Writer writer{*file, specs(), {.rows_in_group = kBlock, .level = level_, .seed = 7}};
        for (std::size_t rows = 0; more_ && rows < kSegment;) rows += add_chunk(writer, std::min({kChunk, kSegment - rows, writer.room()}));
        double begin = bench::cpu_now();
        must(writer.finish({}));
        must(file->sync());
        parts_.parquet += must(file->size());
        parts_.write += lap(begin);
        const std::string bytes = filter_.finish();
        must(store::write_whole(store::system_disk(), path + ".filter", bytes));
        parts_.filter_bytes += bytes.size();
        parts_.seal += lap(begin);
    }

    std::size_t add_chunk(parquet::Writer& writer, std::size_t most) {
        double begin = bench::cpu_now();
        arena_.reset();
        std::size_t count = 0;
        while (count < most && (more_ = lines_.next(records_[count].raw))) ++count;
        parts_.read += lap(begin);
        for (std::size_t i = 0; i < count; ++i) events_[i] = formats::to_event(records_[i], library_, arena_).event;
        parts_.parse += lap(begin);
        for (std::size_t i = 0; i < count; ++i) keep_columns(events_[i], writer);
        parts_.append += lap(begin);
        for (std::size_t i = 0; i < count; ++i) filter_.add({at_ + i}, events_[i]);
        at_ += count;
        parts_.filter += lap(begin);
        if (must(writer.end_rows(count))) filter_.end_block();
        parts_.write += lap(begin);
        return count;
    }

    // The first value of each column goes into it, and nothing else stays of the event.
    void keep_columns(event::Event& event, parquet::Writer& writer) {
        std::array<const event::Field*, kColumns.size()> found{};
        kept_.clear();
        for (const event::Field& field : event.fields) {
            const int place = places_.of(field.name == "Computer" ? std::string_view{"Hostname"} : field.name);  // to_event's name for it
            if (place < 0 || field.type == event::Type::null || found[static_cast<std::size_t>(place)] != nullptr) continue;
            found[static_cast<std::size_t>(place)] = &field;
            kept_.push_back(field);
        }
        for (std::size_t i = 0; i < found.size(); ++i) {
            parquet::Column& column = writer.column(i);
            if (found[i] == nullptr) column.nulls();
            else if (i != bench::kEventId) column.text(found[i]->text);
            else column.integer(found[i]->type == event::Type::integer ? found[i]->integer : std::strtoll(std::string{found[i]->text}.c_str(), nullptr, 10));
        }
        event.fields = arena_.copy(std::span<const event::Field>{kept_});
    }

    static double lap(double& begin) {
        const double now = bench::cpu_now();
        return now - std::exchange(begin, now);
    }

    const formats::Library& library_;
    std::string folder_;
    int level_;
    LineReader lines_;
    Parts parts_;
    Places places_;
    Arena arena_;
    store::archive::FilterBuilder filter_{{.seed = 7}};
    std::vector<event::Record> records_ = std::vector<event::Record>(kChunk);
    std::vector<event::Event> events_ = std::vector<event::Event>(kChunk);
    std::vector<event::Field> kept_;
    std::size_t at_ = 0;
    bool more_ = true;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return std::fputs("usage: bench_archive_ingest FILE FOLDER [ROUNDS] [ZSTD-LEVEL]\n", stderr), 2;
    const std::string file = argv[1], folder = argv[2];
    const int rounds = argc > 3 ? std::atoi(argv[3]) : 5;
    const int level = argc > 4 ? std::atoi(argv[4]) : parquet::WriterOptions{}.level;
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
        const Parts parts = Ingest{file, folder, **library, level}.run();
        const double our_cpu = bench::cpu_now() - cpu, our_wall = bench::seconds(CLOCK_MONOTONIC) - wall;
        const auto count = static_cast<double>(events);
        std::printf("{\"events\":%lld,\"peer_cpu_s\":%.3f,\"peer_wall_s\":%.3f,\"peer_bytes\":%llu,\"peer_events_s\":%.0f,\"cpu_s\":%.3f,\"wall_s\":%.3f,\"events_s\":%.0f,\"parquet\":%llu,\"filter\":%llu,\"read_s\":%.3f,\"parse_s\":%.3f,\"append_s\":%.3f,\"filter_s\":%.3f,\"write_s\":%.3f,\"seal_s\":%.3f}\n",
                    static_cast<long long>(events), peer_cpu, peer_wall, static_cast<unsigned long long>(bench::file_bytes(database)), count / peer_cpu, our_cpu, our_wall, count / our_cpu, static_cast<unsigned long long>(parts.parquet), static_cast<unsigned long long>(parts.filter_bytes),
                    parts.read, parts.parse, parts.append, parts.filter, parts.write, parts.seal);
        std::fflush(stdout);
    }
    return 0;
}
