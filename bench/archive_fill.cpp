// Fills an archive for measurements: events of a corpus again and again, through formats::to_event and store::Archive, as
// the server does it. What makes each round new: every GUID and hexadecimal number keeps its length and gets other digits
// in seven rounds of eight, every IPv4 address other last octets in one of four; the same text in one line changes alike. Times are
// spread evenly over DAYS before 2026-11-24. Event number 1,000,003 * k + 77 says "zq81kxvay" in its message, one in
// 250,000 the text "Qz-7781-ßtrand".
//
//   bench_archive_fill BASE FOLDER EVENTS [DAYS] [TAIL-MB] [ROWS-IN-GROUP] [ROWS-IN-BLOCK]
#include <filesystem>

#include "archive_columns.h"
#include "base/bytes.h"
#include "base/time.h"
#include "event/record.h"
#include "formats/format.h"
#include "store/archive.h"

namespace {

using namespace vg;

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

enum class Kind : std::uint8_t { guid, number, octet };
struct Place {
    std::uint32_t at, size;
    Kind kind;
    std::uint64_t hash;  // of what stands there
};

std::vector<Place> places_of(std::string_view line) {
    std::vector<Place> places;
    const auto add = [&](std::size_t at, std::size_t size, Kind kind, std::size_t from, std::size_t length) {
        places.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(size), kind, hash64(line.substr(from, length))});
    };
    for (std::size_t i = 1; i + 1 < line.size();) {
        if (is_hex(line[i - 1]) || line[i - 1] == '-' || line[i - 1] == '.') {
            ++i;
            continue;
        }
        if (line[i] == '0' && line[i + 1] == 'x') {
            std::size_t end = i + 2;
            while (end < line.size() && is_hex(line[end])) ++end;
            if (end - i > 5) add(i + 2, end - i - 2, Kind::number, i, end - i);
            i = end;
            continue;
        }
        if (is_hex(line[i]) && i + 36 < line.size() && line[i + 8] == '-' && line[i + 13] == '-' && line[i + 18] == '-' && line[i + 23] == '-') {
            add(i, 36, Kind::guid, i, 36);
            i += 36;
            continue;
        }
        if (is_digit(line[i])) {
            std::size_t end = i, dots = 0, last = i;
            while (end < line.size() && (is_digit(line[end]) || line[end] == '.')) {
                if (line[end] == '.') {
                    ++dots;
                    last = end + 1;
                }
                ++end;
            }
            if (dots == 3 && end > last && end - last < 4 && end - i < 16 && line[last] != '0') add(last, end - last, Kind::octet, i, end - i);
            i = end;
            continue;
        }
        ++i;
    }
    return places;
}

void change(std::string& line, const std::vector<Place>& places, std::uint64_t round) {
    for (const Place& place : places) {
        std::uint64_t mixed = (place.hash + round) * 0x9e3779b97f4a7c15ULL;
        mixed ^= mixed >> 29;
        mixed *= 0xbf58476d1ce4e5b9ULL;
        mixed ^= mixed >> 32;
        if (place.kind == Kind::octet ? mixed % 4 != 0 : mixed % 8 == 0) continue;
        char* to = line.data() + place.at;
        if (place.kind == Kind::octet) {
            static constexpr int kLow[] = {0, 1, 10, 100}, kCount[] = {0, 9, 90, 155};
            int value = kLow[place.size] + static_cast<int>((mixed >> 8) % static_cast<std::uint64_t>(kCount[place.size]));
            for (std::size_t i = place.size; i-- > 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
            continue;
        }
        for (std::size_t i = 0; i < place.size; ++i) {
            if (!is_hex(to[i])) continue;
            mixed = mixed * 6364136223846793005ULL + 1442695040888963407ULL;
            to[i] = "0123456789abcdef"[mixed >> 60];
        }
        if (to[0] == '0') to[0] = '1';
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) return std::fputs("usage: bench_archive_fill BASE FOLDER EVENTS [DAYS] [TAIL-MB] [ROWS-IN-GROUP]\n", stderr), 2;
    const bench::Lines base = bench::read_lines(argv[1], 64);
    const std::string folder = argv[2];
    const auto wanted = static_cast<std::uint64_t>(std::atoll(argv[3]));
    const std::int64_t span = days(argc > 4 ? std::atoi(argv[4]) : 90).micros;
    std::vector<std::vector<Place>> places;
    for (const std::string_view line : base.lines) places.push_back(places_of(line));
    const auto library = formats::Library::make({});
    if (!library) return std::fputs(library.error().text.c_str(), stderr), 2;
    const Time end = *parse_time("2026-11-24T00:00:00Z");
    ManualClock clock{end};
    metrics::Registry registry;
    store::ArchiveOptions options;
    options.folder = folder;
    options.journal[0] = 0x11;
    options.tail_bytes = static_cast<std::size_t>(argc > 5 ? std::atoi(argv[5]) : 96) << 20;
    if (argc > 6) options.rows_in_group = static_cast<std::size_t>(std::atoll(argv[6]));
    if (argc > 7) options.rows_in_block = static_cast<std::size_t>(std::atoll(argv[7]));
    std::filesystem::create_directories(folder);
    auto archive = store::Archive::open(options, clock, registry);
    if (!archive) return std::fprintf(stderr, "%s\n", archive.error().text.c_str()), 2;

    constexpr std::size_t kBatch = 2048;
    Arena arena;
    std::vector<event::Record> records(kBatch);
    std::vector<event::Event> events(kBatch);
    std::vector<store::ArchivedEvent> archived(kBatch);
    double appending = 0, closing = 0;
    const double cpu_begin = bench::cpu_now(), wall_begin = bench::seconds(CLOCK_MONOTONIC);
    std::uint64_t raw = 0;
    for (std::uint64_t at = (*archive)->searchable().value; at < wanted;) {
        const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(kBatch, wanted - at));
        arena.reset();
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint64_t number = at + i;
            const std::size_t which = static_cast<std::size_t>(number % base.lines.size());
            records[i].raw = base.lines[which];
            change(records[i].raw, places[which], number / base.lines.size());
            const std::string_view said = number % 1'000'003 == 77 ? "zq81kxvay dropped. " : number % 250'000 == 1 ? "Qz-7781-\u00dftrand. " : "";
            if (!said.empty())
                if (const std::size_t message = records[i].raw.find("\"Message\":\""); message != std::string::npos) records[i].raw.insert(message + 11, said);
            records[i].envelope.received = {end.micros - span + static_cast<std::int64_t>(static_cast<double>(span) * (static_cast<double>(number) / static_cast<double>(wanted)))};
            records[i].envelope.source.bytes[15] = static_cast<std::uint8_t>(which % 5 + 1);
            records[i].envelope.organisation.bytes[15] = static_cast<std::uint8_t>(which % 3 + 1);
            records[i].envelope.peer = "192.0.2.7";
            events[i] = formats::to_event(records[i], **library, arena).event;
            events[i].occurred = events[i].received = records[i].envelope.received;
            archived[i] = {.position = {number}, .envelope = &records[i].envelope, .event = &events[i], .unparsed = {}, .raw_bytes = records[i].raw.size()};
            raw += records[i].raw.size();
        }
        double begin = bench::cpu_now();
        const Status done = (*archive)->append(std::span{archived}.first(count));
        double now = bench::cpu_now();
        appending += now - begin;
        begin = now;
        if (!done) {
            std::fprintf(stderr, "%s\n", done.error().text.c_str());
            if (const Status tended = (*archive)->tend(true); !tended) return std::fprintf(stderr, "%s\n", tended.error().text.c_str()), 2;
            at = (*archive)->searchable().value;
            continue;
        }
        at += count;
        // Only when it is due: segments are not joined here.
        if ((*archive)->health().tail_bytes >= options.tail_bytes)
            if (const Status tended = (*archive)->tend(true); !tended) return std::fprintf(stderr, "%s\n", tended.error().text.c_str()), 2;
        closing += bench::cpu_now() - begin;
        if (at / 1'000'000 != (at - count) / 1'000'000) {
            const auto health = (*archive)->health();
            std::fprintf(stderr, "%llu events, %.0f s, %llu segments, %.2f GB, filters %.2f GB\n", static_cast<unsigned long long>(at), bench::seconds(CLOCK_MONOTONIC) - wall_begin, static_cast<unsigned long long>(health.segments), static_cast<double>(health.bytes) / 1e9, static_cast<double>(health.filter_bytes) / 1e9);
        }
    }
    double begin = bench::cpu_now();
    if (const Status tended = (*archive)->tend(true); !tended) return std::fprintf(stderr, "%s\n", tended.error().text.c_str()), 2;
    closing += bench::cpu_now() - begin;
    const auto health = (*archive)->health();
    std::printf("{\"events\":%llu,\"raw_bytes\":%llu,\"segments\":%llu,\"bytes\":%llu,\"filter_bytes\":%llu,\"cpu_s\":%.1f,\"append_cpu_s\":%.1f,\"close_cpu_s\":%.1f,\"wall_s\":%.1f,\"events_s_cpu\":%.0f}\n", static_cast<unsigned long long>(health.events), static_cast<unsigned long long>(raw),
                static_cast<unsigned long long>(health.segments), static_cast<unsigned long long>(health.bytes), static_cast<unsigned long long>(health.filter_bytes), bench::cpu_now() - cpu_begin, appending, closing, bench::seconds(CLOCK_MONOTONIC) - wall_begin,
                static_cast<double>(health.events) / (bench::cpu_now() - cpu_begin));
    return 0;
}
