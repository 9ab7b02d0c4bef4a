// P5: many indicators of all common kinds, asked about each event, on one core. They are made here, written by the matcher's own
// writer and opened from the file. A few are taken from the events, so that something is found, and what is found is compared with
// what a plain map says.
//
//   bench_indicators make FOLDER COUNT LOAD...         writes FOLDER/COUNT.indicators, and FOLDER/COUNT.txt for grep -F
//   bench_indicators ask FOLDER COUNT ROUNDS LOAD      ready time, memory and time an event; one JSON line
//   bench_indicators collide                           lists that were chosen to fall together, with their seed known and not
//
// Networks are not in the text, which grep could not use. Batches of a thousand events are interpreted and then asked about, as in
// the pipeline; the two are timed apart by the thread's CPU.
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <random>
#include <set>

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "detect/kinds/indicator/set.h"
#include "event/record.h"
#include "formats/format.h"
#include "intel/keeper.h"
#include "rounds.h"
#include "store/disk.h"

namespace {

using namespace vg;
namespace ind = detect::indicator;
using bench::must;

constexpr std::size_t kBatch = 1'000;
constexpr std::size_t kEventsForOne = 1'000;  // of a load, one value in so many events is an indicator

double own_time() { return bench::seconds(CLOCK_THREAD_CPUTIME_ID); }

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

// ---- events ----

struct Load {
    bench::Lines lines;
    std::vector<event::Record> records;
    std::shared_ptr<const formats::Library> library;
};

Load read_load(const char* path, const std::string& mappings) {
    Load load;
    load.lines = bench::read_lines(path, 64);
    load.records.resize(load.lines.lines.size());
    for (std::size_t i = 0; i < load.records.size(); ++i) {
        load.records[i].raw = load.lines.lines[i];
        load.records[i].envelope.received = *parse_time("2026-11-30T00:00:00Z");
    }
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& entry : std::filesystem::directory_iterator{mappings})
        if (entry.path().extension() == ".yaml") {
            std::ifstream file{entry.path()};
            files.emplace_back(entry.path().filename(), std::string{std::istreambuf_iterator<char>{file}, {}});
        }
    std::sort(files.begin(), files.end());
    load.library = must(formats::Library::make(files));
    return load;
}

// Calls `take` with batches of events and the number of their first.
template <class Take>
void each_batch(const Load& load, double& interpreting, const Take& take) {
    Arena arena;
    std::vector<event::Event> events;
    for (std::size_t at = 0; at < load.records.size(); at += kBatch) {
        const std::size_t count = std::min(kBatch, load.records.size() - at);
        arena.reset();
        events.clear();
        const double begin = own_time();
        for (std::size_t i = 0; i < count; ++i) events.push_back(formats::to_event(load.records[at + i], *load.library, arena).event);
        interpreting += own_time() - begin;
        take(at, events);
    }
}

// What a plain map knows: each value of an event that may be an indicator, and in which events it is.
using Occurrences = std::map<ind::Value, std::vector<std::size_t>>;

Occurrences occurrences_of(const Load& load) {
    std::map<event::Ecs, std::vector<ind::Kind>> asked;
    for (std::size_t kind = 0; kind < ind::kKinds; ++kind)
        for (const event::Ecs field : ind::fields_asked_for(static_cast<ind::Kind>(kind))) asked[field].push_back(static_cast<ind::Kind>(kind));
    Occurrences all;
    std::set<std::pair<std::string, ind::Kind>> refused;
    std::map<std::pair<std::string, ind::Kind>, ind::Value> known;
    double nobody_cares = 0;
    each_batch(load, nobody_cares, [&](std::size_t at, const std::vector<event::Event>& events) {
        for (std::size_t i = 0; i < events.size(); ++i) {
            const auto put = [&](const ind::Value& value) {
                auto& places = all[value];
                if (places.empty() || places.back() != at + i) places.push_back(at + i);
            };
            for (const event::Field& field : events[i].fields) {
                const auto kinds = asked.find(field.ecs);
                if (kinds == asked.end()) continue;
                for (const ind::Kind kind : kinds->second) {
                    if (kind == ind::Kind::network || kind == ind::Kind::url) continue;  // networks come from addresses; no load has whole URLs
                    std::pair<std::string, ind::Kind> key{field.text, kind};
                    if (refused.contains(key)) continue;
                    auto found = known.find(key);
                    if (found == known.end()) {
                        const auto value = ind::canonical(kind, field.text);
                        if (!value || value->kind != kind) {
                            refused.insert(std::move(key));
                            continue;
                        }
                        found = known.emplace(std::move(key), *value).first;
                    }
                    ind::Value value = found->second;
                    put(value);
                    if (kind == ind::Kind::domain)
                        while (std::count(value.text.begin(), value.text.end(), '.') > 1) {
                            value.text.erase(0, value.text.find('.') + 1);
                            put(value);
                        }
                    if (kind == ind::Kind::file_name)
                        if (const std::size_t slash = value.text.find_last_of("/\\"); slash != std::string::npos && slash + 1 < value.text.size()) put({kind, value.text.substr(slash + 1), 0});
                }
            }
        }
    });
    return all;
}

// ---- indicators ----

// The n-th indicator: of a hundred, 38 IPv4 and 2 IPv6 addresses, 5 networks, 25 domains, 12 URLs, 15 hashes, 1 mail address, 1 JA3, 1 file name.
class Maker {
public:
    explicit Maker(std::uint64_t n) : n_(n) {
        for (std::uint64_t& one : mixed_) one = next();
    }
    ind::Value make() {
        const std::uint64_t part = n_ % 100;
        if (part < 38) return {ind::Kind::address, v4(), 0};
        if (part < 40) return {ind::Kind::address, must(ind::canonical(ind::Kind::address, format("2a0{}:{:x}:{:x}::{:x}", mixed_[0] % 10, mixed_[1] >> 48 | 1, mixed_[2] >> 48 | 1, mixed_[3] >> 48 | 1))).text, 0};
        if (part < 44) return {ind::Kind::network, must(ind::canonical(ind::Kind::network, format("{}/{}", v4(), 24 + mixed_[1] % 7))).text, 0};
        if (part < 45) return {ind::Kind::network, must(ind::canonical(ind::Kind::network, format("2a0{}:{:x}:{:x}::/48", mixed_[0] % 10, mixed_[1] >> 48 | 1, mixed_[2] >> 48 | 1))).text, 0};
        if (part < 70) return {ind::Kind::domain, domain(), 0};
        if (part < 82) return {ind::Kind::url, format("http://{}/{:x}/{:x}.php", part < 76 ? domain() : v4(), mixed_[2] >> 40, mixed_[3] >> 32), 0};
        if (part < 97) return {ind::Kind::hash, hex(part < 86 ? 32 : part < 90 ? 40 : 64), 0};
        if (part < 98) return {ind::Kind::email, format("{:x}@{}", mixed_[2] >> 32, domain()), 0};
        if (part < 99) return {ind::Kind::ja3, hex(32), 0};
        return {ind::Kind::file_name, format("{:x}.exe", mixed_[0] >> 16), 0};
    }

private:
    std::uint64_t next() {
        std::uint64_t mixed = (n_ * 8 + ++step_) * 0x9e37'79b9'7f4a'7c15ULL;
        mixed = (mixed ^ mixed >> 30) * 0xbf58'476d'1ce4'e5b9ULL;
        mixed = (mixed ^ mixed >> 27) * 0x94d0'49bb'1331'11ebULL;
        return mixed ^ mixed >> 31;
    }
    [[nodiscard]] std::string v4() const { return format("{}.{}.{}.{}", 11 + mixed_[0] % 200, mixed_[0] >> 16 & 255, mixed_[0] >> 24 & 255, 1 + (mixed_[0] >> 32) % 254); }
    [[nodiscard]] std::string domain() const {
        static constexpr const char* kEnds[] = {"com", "net", "org", "info", "xyz", "top", "vn", "com.vn"};
        std::string name;
        for (std::uint64_t left = mixed_[1] >> 8; left > 0; left /= 26) name += static_cast<char>('a' + left % 26);
        return format("{}{}.{}", mixed_[0] % 3 == 0 ? "www." : "", name, kEnds[mixed_[0] % 8]);
    }
    [[nodiscard]] std::string hex(std::size_t size) const { return format("{:016x}{:016x}{:016x}{:016x}", mixed_[0], mixed_[1], mixed_[2], mixed_[3]).substr(0, size); }

    std::uint64_t n_, step_ = 0;
    std::uint64_t mixed_[4];
};

ind::Attribution attribution_of(std::uint64_t n) {
    ind::Attribution by;
    by.list = "bench";
    by.family = format("family{}", n % 500);
    by.confidence = 80;
    return by;
}

// Of the values that are in few events some of each kind.
std::vector<ind::Value> taken_from(const Occurrences& occurrences, std::size_t events) {
    std::map<ind::Kind, std::vector<const Occurrences::value_type*>> rare;
    for (const auto& one : occurrences)
        if (one.second.size() <= 3) rare[one.first.kind].push_back(&one);
    std::vector<ind::Value> taken;
    for (const auto& [kind, values] : rare) {
        const std::size_t count = std::min(values.size(), events / kEventsForOne / rare.size() + 1);
        for (std::size_t i = 0; i < count; ++i) taken.push_back(values[i * values.size() / count]->first);
    }
    return taken;
}

std::string file_of(const std::string& folder, const std::string& count, const char* ending) { return folder + "/" + count + ending; }

int make(const std::string& folder, const std::string& count, std::span<char*> loads, const std::string& mappings) {
    const auto wanted = std::strtoull(count.c_str(), nullptr, 10);
    std::set<ind::Value> taken;
    for (const char* path : loads) {
        const Load load = read_load(path, mappings);
        const auto some = taken_from(occurrences_of(load), load.records.size());
        taken.insert(some.begin(), some.end());
    }
    std::filesystem::create_directories(folder);
    const std::string path = file_of(folder, count, ".indicators");
    std::filesystem::remove(path);
    auto file = must(store::system_disk().open(path, store::Open::create));
    std::ofstream text{file_of(folder, count, ".txt"), std::ios::binary | std::ios::trunc};
    const double begin = own_time();
    ind::Writer writer{std::random_device{}() * 0x9e37'79b9'7f4a'7c15ULL, [&](std::string_view bytes) { return file->append(bytes); }};
    std::set<ind::Value> networks;
    std::vector<std::uint64_t> written;  // of the others: two that are alike would be told only as one
    written.reserve(wanted);
    for (const ind::Value& value : taken) {
        must(writer.add({value, {attribution_of(0)}}));
        text << value.text << '\n';
        written.push_back(hash64(value.text));
    }
    std::vector<ind::Value> chunk;
    std::sort(written.begin(), written.end());
    const std::vector<std::uint64_t> taken_hashes = written;
    for (std::uint64_t n = 0; writer.size() < wanted; ++n) {
        const ind::Value value = Maker{n}.make();
        if (value.kind == ind::Kind::network ? !networks.insert(value).second : std::binary_search(taken_hashes.begin(), taken_hashes.end(), hash64(value.text))) continue;
        must(writer.add({value, {attribution_of(n)}}));
        if (value.kind != ind::Kind::network) text << value.text << '\n';
    }
    must(writer.finish());
    must(file->sync());
    std::printf("{\"indicators\":%zu,\"taken_from_events\":%zu,\"networks\":%zu,\"make_cpu_s\":%.2f,\"file_bytes\":%ju}\n", writer.size(), taken.size(), networks.size(), own_time() - begin, static_cast<std::uintmax_t>(std::filesystem::file_size(path)));
    return 0;
}

double resident_mb() {
    std::ifstream file{"/proc/self/statm"};
    std::size_t size = 0, resident = 0;
    file >> size >> resident;
    return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

std::shared_ptr<const ind::Table> open_table(const std::string& path) {
    return must(ind::Table::open(intel::in_file(must(store::system_disk().open(path, store::Open::read)))));
}

void forget_pages(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0 || ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0) std::exit(2);
    ::close(file);
}

// (event, value) as the plain map has it.
using Found = std::set<std::pair<std::size_t, ind::Value>>;

Found expected(const Occurrences& occurrences, const std::string& path) {
    const auto table = open_table(path);
    Found found;
    std::vector<std::pair<Address, const std::vector<std::size_t>*>> addresses;
    for (const auto& [value, places] : occurrences)
        if (value.kind == ind::Kind::address) addresses.emplace_back(*parse_address(value.text), &places);
    std::sort(addresses.begin(), addresses.end());
    must(table->each([&](ind::Entry&& entry) {
        if (entry.value.kind == ind::Kind::network) {
            const auto network = parse_network(entry.value.text);
            const auto first = std::lower_bound(addresses.begin(), addresses.end(), network->base, [](const auto& one, const Address& base) { return one.first < base; });
            for (auto at = first; at != addresses.end() && network->contains(at->first); ++at)
                for (const std::size_t place : *at->second) found.emplace(place, entry.value);
        } else if (const auto at = occurrences.find(entry.value); at != occurrences.end()) {
            for (const std::size_t place : at->second) found.emplace(place, entry.value);
        }
        return true;
    }));
    return found;
}

int ask(const std::string& folder, const std::string& count, int rounds, const char* file, const std::string& mappings) {
    const std::string path = file_of(folder, count, ".indicators");
    // Ready: from the file to the first answer, with its pages in memory and without.
    std::vector<double> warm_cpu, warm_wall, cold_wall;
    double before = 0, after = 0;
    for (int i = 0; i < rounds * 2; ++i) {
        const bool cold = i % 2 == 0;
        if (cold) forget_pages(path);
        ::malloc_trim(0);
        before = resident_mb();
        const double cpu = own_time(), wall = bench::seconds(CLOCK_MONOTONIC);
        const auto table = open_table(path);
        must(table->find(ind::Kind::domain, "nobody.example"));
        (cold ? cold_wall : warm_wall).push_back(bench::seconds(CLOCK_MONOTONIC) - wall);
        if (!cold) warm_cpu.push_back(own_time() - cpu);
        ::malloc_trim(0);
        after = resident_mb();
    }
    const auto set = ind::Set::make(count, open_table(path), nullptr);
    const ind::SetStats stats = set->stats();
    const Load load = read_load(file, mappings);
    const Occurrences occurrences = occurrences_of(load);
    const Found wanted = expected(occurrences, path);
    Found found;
    std::vector<double> interpreted, asked;
    std::size_t events_with_hits = 0, hits_count = 0;
    for (int round = 0; round <= rounds; ++round) {
        double interpreting = 0, asking = 0;
        std::vector<ind::Hit> hits;
        hits_count = events_with_hits = 0;
        each_batch(load, interpreting, [&](std::size_t at, const std::vector<event::Event>& events) {
            const double begin = own_time();
            for (std::size_t i = 0; i < events.size(); ++i) {
                hits.clear();
                must(set->match(events[i], hits));
                if (hits.empty()) continue;
                ++events_with_hits;
                hits_count += hits.size();
                if (round == 0)
                    for (const ind::Hit& hit : hits) found.emplace(at + i, hit.entry.value);
            }
            asking += own_time() - begin;
        });
        if (round == 0) continue;  // to warm up
        interpreted.push_back(interpreting);
        asked.push_back(asking);
    }
    std::size_t values = 0;
    for (const auto& [value, places] : occurrences) values += places.size();
    const auto events = static_cast<double>(load.records.size());
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    std::printf("{\"indicators\":%zu,\"events\":%zu,\"bytes\":%zu,\"resident_bytes\":%zu,\"bytes_per_indicator\":%.2f,\"resident_mb_grown\":%.1f,\"ready_warm_s\":%.3f,\"ready_warm_cpu_s\":%.3f,\"ready_cold_s\":%.3f,\"values_per_event\":%.2f,\"distinct_values\":%zu,"
                "\"match_ns\":%.1f,\"match_best_ns\":%.1f,\"match_events_s\":%.0f,\"normalise_events_s\":%.0f,\"events_with_hits\":%zu,\"hits\":%zu,\"same_as_a_plain_map\":%s,\"rss_mb\":%.0f}\n",
                stats.indicators, load.records.size(), load.lines.size, stats.resident_bytes, static_cast<double>(stats.resident_bytes) / static_cast<double>(stats.indicators), after - before, median(warm_wall), median(warm_cpu), median(cold_wall),
                static_cast<double>(values) / events, occurrences.size(), median(asked) / events * 1e9, *std::min_element(asked.begin(), asked.end()) / events * 1e9, events / median(asked), events / median(interpreted), events_with_hits, hits_count,
                found == wanted ? "true" : "false", static_cast<double>(usage.ru_maxrss) / 1024);
    if (found != wanted) {
        for (const auto& one : wanted)
            if (!found.contains(one)) std::fprintf(stderr, "not found: event %zu, %s\n", one.first, one.second.text.c_str());
        for (const auto& one : found)
            if (!wanted.contains(one)) std::fprintf(stderr, "found, but not by the map: event %zu, %s\n", one.first, one.second.text.c_str());
    }
    return 0;
}

// ---- chosen collisions ----

// A look-up of values that are not there, in a table of `values` with this seed.
double miss_ns(const std::vector<std::string>& values, const std::vector<std::string>& asked, std::uint64_t seed, int rounds) {
    std::string bytes;
    ind::Writer writer{seed, [&](std::string_view more) {
                           bytes += more;
                           return Status{};
                       }};
    for (const std::string& value : values) must(writer.add({{ind::Kind::domain, value, 0}, {attribution_of(0)}}));
    must(writer.finish());
    const auto table = must(ind::Table::open(ind::in_memory(std::move(bytes))));
    std::vector<double> times;
    std::size_t found = 0;
    for (int i = 0; i < rounds; ++i) {
        const double begin = own_time();
        for (const std::string& value : asked) found += table->may_have(ind::Kind::domain, value) ? 1 : 0;
        times.push_back(own_time() - begin);
    }
    if (found > asked.size()) std::exit(2);
    return median(times) / static_cast<double>(asked.size()) * 1e9;
}

int collide() {
    constexpr std::size_t kValues = 200'000, kAsked = 50'000;
    constexpr std::uint64_t kKnown = 42, kSecret = 0x5eed'5eed'5eed'5eedULL;
    // Where a domain falls is said by the first bits of its hash: these have the first eight in common.
    std::vector<std::string> chosen, ordinary;
    for (std::uint64_t n = 0; chosen.size() < kValues + kAsked; ++n) {
        std::string value = format("{:x}.example", n);
        if (ordinary.size() < kValues + kAsked) ordinary.push_back(value);
        if (hash64(value, kKnown + (static_cast<std::uint64_t>(ind::Kind::domain) << 56)) >> 56 == 0) chosen.push_back(std::move(value));
    }
    const auto split = [](const std::vector<std::string>& all) { return std::pair{std::vector(all.begin(), all.begin() + kValues), std::vector(all.begin() + kValues, all.end())}; };
    const auto [chosen_values, chosen_asked] = split(chosen);
    const auto [values, asked] = split(ordinary);
    const double plain = miss_ns(values, asked, kSecret, 9), secret = miss_ns(chosen_values, chosen_asked, kSecret, 9), known = miss_ns(chosen_values, chosen_asked, kKnown, 3);
    std::printf("{\"values\":%zu,\"ordinary_ns\":%.1f,\"chosen_ns\":%.1f,\"chosen_with_the_seed_known_ns\":%.1f,\"cost_of_chosen\":%.2f}\n", kValues, plain, secret, known, secret / plain);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "", mappings = std::string{VG_SOURCE_DIR} + "/content/mappings";
    if (what == "make" && argc > 4) return make(argv[2], argv[3], std::span{argv + 4, argv + argc}, mappings);
    if (what == "ask" && argc > 5) return ask(argv[2], argv[3], std::atoi(argv[4]), argv[5], mappings);
    if (what == "collide") return collide();
    std::fputs("usage: bench_indicators make FOLDER COUNT LOAD... | ask FOLDER COUNT ROUNDS LOAD | collide\n", stderr);
    return 2;
}
