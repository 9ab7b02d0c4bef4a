// P19: what a list of half a million victims costs on one core, from bytes to where each victim is routed, with and without the
// database. The steps, as feeds are handled elsewhere by a chain of programs: decode, cut into rows, know the header, read addresses
// (defanged ones too), read times, take out control servers, put families in order, drop duplicates, say whose it is among a million
// ranges, route to organisations. Beside it the limit: the same bytes cut into cells with ten probes of a table for each row.
//
//   bench_feeds [ROWS [ROUNDS]]     prints one JSON line; times are the CPU time of all threads
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <unordered_map>

#include "base/id.h"
#include "base/metrics.h"
#include "base/text.h"
#include "base/time.h"
#include "lists/lists.h"
#include "lists/reading.h"
#include "rounds.h"
#include "store/audit.h"

namespace {

using namespace vg;

std::string list_of(std::size_t rows) {
    constexpr const char* kFamilies[] = {"Mirai", "Sality", "Conficker", "Gamarue", "Mozi"};
    constexpr const char* kUnits[] = {"Sở Tài chính", "Bệnh viện Đa khoa", "Trung tâm CNTT", "Uỷ ban nhân dân phường Đông Khê"};
    std::string out = "Số: 1129/TTĐP2-ĐPYC;;;;;;;;;\nSTT;Thời gian;Địa chỉ IP;Cổng nguồn;ASN;Nhà mạng;Đơn vị;Họ mã độc;C&C;Cổng C&C\n";
    out.reserve(rows * 130);
    for (std::size_t i = 0; i < rows; ++i) {
        const std::size_t one = i % 30 == 29 ? i - 1 : i;  // a row in thirty is a duplicate
        out += format("{};{:02}/{:02}/2026 {:02}:{:02}:{:02};{}.{}.{}.{};{};AS{};VNPT;{};{};198.51.{}.{};{}\n", i + 1, 1 + one % 28, 1 + one / 28 % 10, one / 3'600 % 24, one / 60 % 60, one % 60, 1 + one % 200, one / 200 % 256,
                      one / 51'200 % 256, 7, 1'024 + one % 60'000, 45'899 + one % 7, kUnits[one % 4], kFamilies[one % 5], one % 16, one % 240, 48'101);
    }
    return out;
}

lists::Profile profile() {
    using lists::Role;
    return {.name = "bench",
            .columns = {{"stt", Role::ordinal}, {"thoi gian", Role::seen}, {"dia chi ip", Role::victim}, {"cong nguon", Role::victim_port}, {"asn", Role::asn}, {"nha mang", Role::provider}, {"don vi", Role::unit},
                        {"ho ma doc", Role::family}, {"c c", Role::c2}, {"cong c c", Role::c2_port}},
            .zone = "Asia/Ho_Chi_Minh",
            .date_order = lists::DateOrder::day_first,
            .requires_ = {"dia chi ip", "thoi gian"}};
}

OrganisationId organisation(std::size_t n) {
    OrganisationId id;
    for (std::size_t i = 0; i < 4; ++i) id.bytes[12 + i] = static_cast<std::uint8_t>(n >> (24 - 8 * i));
    return id;
}

// Networks of ten thousand organisations, with 20 to 32 bits, outside of the blocks for special uses; about a sixth of the list lies in one.
std::shared_ptr<const directory::Attribution> ranges(std::size_t count) {
    std::mt19937 random{7};
    std::vector<directory::Claim> claims;
    std::set<std::string> seen;
    while (claims.size() < count) {
        const unsigned length = 20 + static_cast<unsigned>(random() % 13);
        const auto number = static_cast<std::uint32_t>(random() & ~((length == 32 ? 0U : 0xffff'ffffU >> length)));
        const std::uint32_t first = number >> 24;
        if (first == 0 || first == 10 || first == 127 || first >= 224 || (first == 100 && (number >> 22 & 3) == 1) || (first == 169) || (first == 172) || (first == 192) || (first == 198) || (first == 203)) continue;
        const std::string text = format("{}.{}.{}.{}/{}", first, number >> 16 & 255, number >> 8 & 255, number & 255, length);
        if (!seen.insert(text).second) continue;
        const auto network = parse_network(text);
        claims.push_back({.number = static_cast<std::int64_t>(claims.size() + 1), .range = directory::range_of(*network), .organisation = organisation(1 + random() % 10'000), .from = *parse_time("2020-01-01T00:00:00Z"), .document = "a letter", .claimed_by = "user:an", .approved_by = "user:binh"});
    }
    return bench::must(directory::Attribution::build(claims));
}

// The limit: cells by their separators, and ten probes of a table a row.
std::uint64_t limit_of(const std::string& bytes, const std::unordered_map<std::uint64_t, std::uint32_t>& table) {
    std::uint64_t found = 0, key = 1;
    const char* at = bytes.data();
    const char* const end = at + bytes.size();
    while (at < end) {
        const char* stop = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
        if (stop == nullptr) stop = end;
        for (const char* cell = at; cell < stop;) {
            const char* next = static_cast<const char*>(std::memchr(cell, ';', static_cast<std::size_t>(stop - cell)));
            if (next == nullptr) next = stop;
            key = (key ^ static_cast<std::uint64_t>(next - cell)) * 0x9e37'79b9'7f4a'7c15ULL;
            cell = next + 1;
        }
        for (int probe = 0; probe < 10; ++probe) {
            key = key * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
            found += table.count(key >> 44);
        }
        at = stop + 1;
    }
    return found;
}

struct Figures {
    std::vector<double> limit, read, attributed, kept;
};

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t rows = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 500'000;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
    const Time now = *parse_time("2026-11-30T00:00:00Z");
    const std::string bytes = list_of(rows);
    const std::vector<lists::Profile> profiles{profile()};
    lists::Attributor attributor{.claims = ranges(1'000'000), .names = {}, .level = {}};
    std::unordered_map<std::uint64_t, std::uint32_t> table;
    for (std::uint32_t i = 0; i < 1'000'000; ++i) table.emplace(i, i);
    Figures figures;
    std::size_t records = 0, owners = 0, organisations = 0;
    std::uint64_t probes = 0;
    const auto timed = [](std::vector<double>& into, auto work) {
        const double begin = bench::seconds(CLOCK_PROCESS_CPUTIME_ID);
        work();
        into.push_back(bench::seconds(CLOCK_PROCESS_CPUTIME_ID) - begin);
    };
    for (int round = 0; round < rounds; ++round) {
        timed(figures.limit, [&] { probes += limit_of(bytes, table); });
        std::optional<lists::Reading> reading;
        timed(figures.read, [&] { reading = bench::must(lists::read_list(bytes, {.name = "list.csv", .profiles = profiles, .now = now})); });
        if (reading->read != rows || !reading->questions.empty() || reading->read != reading->accepted + reading->duplicate + reading->rejected) return std::fputs("the list was not read as it is\n", stderr), 1;
        timed(figures.attributed, [&] {
            std::vector<lists::Row> said;
            lists::attribute(reading->records, reading->letter, now, attributor, said);
            std::map<OrganisationId, std::vector<std::uint32_t>> routed;
            for (std::uint32_t i = 0; i < said.size(); ++i)
                if (said[i].organisation) routed[*said[i].organisation].push_back(i);
            owners = static_cast<std::size_t>(std::count_if(said.begin(), said.end(), [](const lists::Row& row) { return row.organisation.has_value(); }));
            organisations = routed.size();
        });
        records = reading->records.size();
        const std::string folder = (std::filesystem::temp_directory_path() / format("vonggac-feeds-{}", ::getpid())).string();
        std::filesystem::create_directories(folder);
        {
            metrics::Registry metrics;
            const std::vector<store::Schema> schemas{store::audit_schema(), lists::schema()};
            const auto state = bench::must(store::State::open({.path = folder + "/state.db"}, schemas, metrics));
            SystemRandom random;
            const lists::Place place{*state, store::system_disk(), folder + "/lists"};
            const access::Actor actor{.name = "user:an", .scope = access::Scope::node()};
            timed(figures.kept, [&] { bench::must(lists::keep(place, make_id<lists::ListTag>(now, random), "list.csv", bytes, *reading, attributor, {}, actor, now)); });
        }
        std::filesystem::remove_all(folder);
    }
    // Without the database: reading and routing. With it: keeping says whose each is once more, and writes it.
    const double without = median(figures.read) + median(figures.attributed), with = median(figures.read) + median(figures.kept);
    const auto rate = [&](double seconds) { return static_cast<double>(rows) / seconds; };
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    constexpr double kPeer = 3'373.0 / 10;  // events a second and process of IntelMQ over ten steps
    std::printf("{\"rows\":%zu,\"bytes\":%zu,\"records\":%zu,\"owners\":%zu,\"organisations\":%zu,\"ranges\":%zu,\"limit_events_s\":%.0f,\"read_events_s\":%.0f,\"events_s\":%.0f,\"events_s_with_database\":%.0f,\"ratio_to_limit\":%.3f,\"times_intelmq\":%.0f,\"times_intelmq_with_database\":%.0f,\"rss_mb\":%.0f,\"probes\":%llu}\n",
                rows, bytes.size(), records, owners, organisations, attributor.claims->size(), rate(median(figures.limit)), rate(median(figures.read)), rate(without), rate(with), median(figures.limit) / without, rate(without) / kPeer, rate(with) / kPeer, static_cast<double>(usage.ru_maxrss) / 1024,
                static_cast<unsigned long long>(probes));
    return 0;
}
