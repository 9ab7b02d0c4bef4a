// P12: a million new indicators asked of ninety generated days, as a hunt is: from the values in State to the answer, and beside it
// the same question to DuckDB over the same five columns. Of the hits so many are planted as is said; each is in one event.
//
//   bench_hunts fill FOLDER EVENTS NEW-PERCENT           an archive of events of which so many carry a value that is new
//   bench_hunts hunt FOLDER EVENTS NEW-PERCENT VALUES HITS ROUNDS [PEER-FILE]
//   bench_hunts values FOLDER EVENTS NEW-PERCENT VALUES HITS FILE   the indicators, one a line; with HITS "events": the five columns
//
// Events are what firewalls, resolvers and proxies tell. New values are a name (half of them), an address, or a hash; the others come
// from some thousands that are seen again and again.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "archive_columns.h"
#include "base/arena.h"
#include "base/text.h"
#include "base/time.h"
#include "event/record.h"
#include "findings/book.h"
#include "hunts/runner.h"
#include "intel/indicators.h"
#include "store/archive.h"
#include "store/audit.h"

namespace {

using namespace vg;
using bench::must;
namespace ind = detect::indicator;

constexpr std::int64_t kDays = 90;
const Time kEnd = *parse_time("2026-11-24T00:00:00Z");
constexpr std::string_view kPeerColumns[] = {"source.ip", "destination.ip", "dns.question.name", "url.domain", "file.hash.sha256"};

std::uint64_t mixed(std::uint64_t n) {
    n = (n + 1) * 0x9e37'79b9'7f4a'7c15ULL;
    n = (n ^ n >> 30) * 0xbf58'476d'1ce4'e5b9ULL;
    n = (n ^ n >> 27) * 0x94d0'49bb'1331'11ebULL;
    return n ^ n >> 31;
}

std::string name_of(std::uint64_t n) {
    static constexpr const char* kEnds[] = {"com", "net", "org", "info", "xyz", "vn"};
    std::string name;
    for (std::uint64_t left = mixed(n) >> 16; left > 0; left /= 26) name += static_cast<char>('a' + left % 26);
    return name + "." + kEnds[n % 6];
}
// Of 2.0.0.0/7 and 4.0.0.0/6 by a permutation: none twice below a hundred million.
std::string address_of(std::uint64_t n) {
    const auto number = static_cast<std::uint32_t>(0x0200'0000U + (n * 2'654'435'761U) % 0x0600'0000U);
    return format("{}.{}.{}.{}", number >> 24, number >> 16 & 255, number >> 8 & 255, number & 255);
}
std::string hash_of(std::uint64_t n) { return format("{:016x}{:016x}{:016x}{:016x}", mixed(n), mixed(n + 1'000'003), mixed(n * 3), mixed(n ^ 0x5555)); }

enum class New : std::uint8_t { none, name, address, hash };

struct Plan {
    std::uint64_t events = 0, percent = 0;
    [[nodiscard]] New new_in(std::uint64_t number) const {
        if (number % 100 >= percent) return New::none;
        return number % 4 < 2 ? New::name : number % 4 == 2 ? New::address : New::hash;
    }
    [[nodiscard]] std::string new_value(std::uint64_t number) const {
        switch (new_in(number)) {
            case New::name: return name_of(number + 1'000'000'000);
            case New::address: return address_of(number);
            case New::hash: return hash_of(number + 1'000'000'000);
            case New::none: break;
        }
        return {};
    }
    // Numbers of events whose new value is asked for: spread evenly.
    [[nodiscard]] std::vector<std::uint64_t> planted(std::uint64_t hits) const {
        std::vector<std::uint64_t> out;
        for (std::uint64_t i = 0; i < hits; ++i) {
            std::uint64_t number = events / hits * i + mixed(i) % (events / hits);
            number = number / 100 * 100 + mixed(i) % percent;
            if (number < events && new_in(number) != New::none) out.push_back(number);
        }
        return out;
    }
    // Half of them names, the others addresses and hashes, of which none is in an event; and those that are planted.
    [[nodiscard]] std::vector<std::string> indicators(std::uint64_t values, std::uint64_t hits) const {
        std::vector<std::string> out;
        for (const std::uint64_t number : planted(hits)) out.push_back(new_value(number));
        for (std::uint64_t n = 0; out.size() < values; ++n) out.push_back(n % 4 < 2 ? name_of(n + 2'000'000'000) : n % 4 == 2 ? format("{}.{}.{}.{}", 20 + n / 65'536 / 64 % 100, n / 65'536 % 64, n / 256 % 256, n % 256) : hash_of(n + 2'000'000'000));
        return out;
    }
};

// The five columns of an event, empty where it has no such field.
struct Row {
    std::string source, destination, question, domain, hash;
};
Row row_of(const Plan& plan, std::uint64_t number) {
    const std::uint64_t dice = mixed(number ^ 0xabcdef);
    Row row;
    row.source = format("10.{}.{}.{}", dice % 4, dice >> 8 & 63, 1 + (dice >> 16) % 250);
    const New fresh = plan.new_in(number);
    const std::uint64_t common = (dice >> 24) % 5'000;
    switch (fresh == New::none ? static_cast<New>(1 + dice % 3) : fresh) {
        case New::name:
            row.destination = "10.0.0.53";
            row.question = fresh == New::name ? plan.new_value(number) : name_of(common);
            break;
        case New::address:
            row.destination = fresh == New::address ? plan.new_value(number) : address_of(0x05ff'ffffULL - common);
            row.domain = dice % 5 == 0 ? name_of(common) : "";
            break;
        case New::hash: row.hash = fresh == New::hash ? plan.new_value(number) : hash_of(common); break;
        case New::none: break;
    }
    return row;
}

store::ArchiveOptions archive_options(const std::string& folder) {
    store::ArchiveOptions options;
    options.folder = folder + "/archive";
    options.journal[0] = 0x11;
    options.tail_bytes = std::size_t{512} << 20;
    options.memory_bytes = std::size_t{2} << 30;
    return options;
}

int fill(const std::string& folder, const Plan& plan) {
    std::filesystem::create_directories(folder + "/archive");
    ManualClock clock{kEnd};
    metrics::Registry registry;
    const store::ArchiveOptions options = archive_options(folder);
    const auto archive = must(store::Archive::open(options, clock, registry));
    constexpr std::size_t kBatch = 2'048;
    std::vector<event::Envelope> envelopes(kBatch);
    std::vector<event::Event> events(kBatch);
    std::vector<store::ArchivedEvent> archived(kBatch);
    Arena arena;
    const double cpu = bench::cpu_now();
    for (std::uint64_t at = archive->searchable().value; at < plan.events;) {
        arena.reset();
        event::Builder builder{arena};
        const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(kBatch, plan.events - at));
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint64_t number = at + i;
            const Row row = row_of(plan, number);
            const auto put = [&](event::Ecs field, const std::string& text) {
                if (!text.empty()) builder.ecs(field, arena.copy(text));
            };
            put(event::Ecs::source_ip, row.source);
            put(event::Ecs::destination_ip, row.destination);
            put(event::Ecs::dns_question_name, row.question);
            put(event::Ecs::url_domain, row.domain);
            put(event::Ecs::file_hash_sha256, row.hash);
            builder.ecs(event::Ecs::event_action, row.hash.empty() ? "accept" : "created");
            builder.ecs(event::Ecs::source_port, static_cast<std::int64_t>(1'024 + number % 60'000));
            builder.ecs(event::Ecs::network_bytes, static_cast<std::int64_t>(mixed(number) % 100'000));
            event::Envelope& envelope = envelopes[i];
            envelope.received = {kEnd.micros - days(kDays).micros + static_cast<std::int64_t>(static_cast<double>(days(kDays).micros) * (static_cast<double>(number) / static_cast<double>(plan.events)))};
            envelope.source.bytes[15] = static_cast<std::uint8_t>(row.hash.empty() ? 1 : 2);
            envelope.organisation.bytes[15] = static_cast<std::uint8_t>(1 + number % 3);
            events[i] = {};
            events[i].occurred = events[i].received = envelope.received;
            events[i].occurred_known = true;
            events[i].format = "json";
            events[i].fields = builder.finish();
            archived[i] = {.position = {number}, .envelope = &envelope, .event = &events[i], .unparsed = {}, .raw_bytes = 300};
        }
        if (!archive->append(std::span{archived}.first(count))) {
            must(archive->tend(true));
            at = archive->searchable().value;
            continue;
        }
        at += count;
        if (const auto health = archive->health(); health.tail_bytes >= options.tail_bytes || at % options.segment_events < kBatch) must(archive->tend(true));
    }
    must(archive->tend(true));
    const auto health = archive->health();
    std::printf("{\"events\":%llu,\"new_percent\":%llu,\"segments\":%llu,\"bytes\":%llu,\"filter_bytes\":%llu,\"cpu_s\":%.1f}\n", static_cast<unsigned long long>(health.events), static_cast<unsigned long long>(plan.percent), static_cast<unsigned long long>(health.segments),
                static_cast<unsigned long long>(health.bytes), static_cast<unsigned long long>(health.filter_bytes), bench::cpu_now() - cpu);
    return 0;
}

double middle(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

struct Timed {
    std::vector<double> cpu, wall;
    template <class Work>
    void run(Work work) {
        const double cpu_begin = bench::cpu_now(), wall_begin = bench::seconds(CLOCK_MONOTONIC);
        work();
        cpu.push_back(bench::cpu_now() - cpu_begin);
        wall.push_back(bench::seconds(CLOCK_MONOTONIC) - wall_begin);
    }
};

// The distinct values of all segments, as the hunt runs through them.
std::uint64_t distinct_of(store::Segments& segments) {
    std::uint64_t distinct = 0;
    const store::Question everything{.from = {0}, .to = kEnd + days(1)};
    for (event::Position below{std::numeric_limits<std::int64_t>::max()};;) {
        const auto part = must(segments.newest(everything, below));
        if (part == nullptr) return distinct;
        if (const auto filter = part->filter())
            for (std::size_t kind = 0; kind < store::archive::kIndicators; ++kind) distinct += (*filter)->distinct(static_cast<store::archive::Indicator>(kind));
        below = part->place().from;
    }
}

int hunt(const std::string& folder, const Plan& plan, std::uint64_t values, std::uint64_t hits, int rounds, const char* peer) {
    ManualClock frozen{kEnd};
    metrics::Registry registry;
    const auto archive = must(store::Archive::open(archive_options(folder), frozen, registry));
    const std::vector<std::string> asked = plan.indicators(values, hits);
    const std::uint64_t planted = plan.planted(hits).size();

    const std::string state_folder = folder + format("/state-{}", ::getpid());
    std::filesystem::create_directories(state_folder);
    const std::vector<store::Schema> schemas{store::audit_schema(), findings::schema(), intel::schema(), hunts::schema()};
    auto state = must(store::State::open({.path = state_folder + "/state.db"}, schemas, registry));
    SystemRandom random;
    const Uuid journal = archive_options(folder).journal;
    const hunts::AskerParts asker_parts{.state = *state, .disk = store::system_disk(), .random = random, .folder = state_folder, .journal = journal};
    Timed adding, preparing, asking, whole, recording;
    hunts::Hunt told;
    for (int round = 0; round <= rounds; ++round) {
        const bool records = round == rounds;  // once with findings
        hunts::Hunt one;
        one.id = make_id<hunts::HuntTag>(kEnd, random);
        one.name = "june";
        one.by = "user:an";
        one.state = hunts::State::collecting;
        one.from = kEnd - days(kDays + 1);
        one.until = kEnd + days(1);
        one.created = kEnd;
        one.before = {plan.events};
        one.records = records;
        must(state->write([&](store::Transaction& tx) { return hunts::add(tx, one); }));
        adding.run([&] {
            ind::Attribution by;
            by.list = "june";
            by.family = "emotet";
            by.confidence = 80;
            std::vector<hunts::AskedValue> page;
            for (std::size_t i = 0; i < asked.size(); ++i) {
                page.push_back({must(ind::recognise(asked[i])), by});
                if (page.size() < 5'000 && i + 1 < asked.size()) continue;
                must(state->write([&](store::Transaction& tx) { return hunts::add_values(tx, one.id, page); }));
                page.clear();
            }
            must(state->write([&](store::Transaction& tx) { return hunts::close_values(tx, one.id, one.before); }));
        });
        if (!records) {
            // Made ready: the set, and its keys in the order of the filters, which the first part that is asked brings about.
            std::optional<hunts::Asker> asker;
            store::Segments& segments = *store::segments_of(*archive);
            const store::Question everything{.from = one.from, .to = one.until};
            preparing.run([&] {
                asker = must(hunts::make_asker(asker_parts, one));
                must(asker->where(*must(segments.newest(everything, one.before))));
            });
            // Asked alone: which parts, where in them, and what the events there say.
            std::vector<hunts::Hit> found;
            asking.run([&] {
                for (event::Position below = one.before;;) {
                    const auto part = must(segments.newest(everything, below));
                    if (part == nullptr) break;
                    const hunts::Where where = must(asker->where(*part));
                    for (const store::Stretch& stretch : where.stretches) must(part->read(stretch, asker->worth ? &*asker->worth : nullptr, [&](store::FoundEvent&& event) { return asker->ask(event, found); }));
                    below = part->place().from;
                }
            });
            if (found.size() != planted) return std::fprintf(stderr, "%zu hits\n", found.size()), 1;
            hunts::forget_asker(asker_parts, one.id);
        }
        hunts::Runner::Options options;
        options.wait_for_archive = seconds(0);
        hunts::Runner runner{{.state = *state, .archive = archive.get(), .clock = frozen, .metrics = registry, .asker = asker_parts, .below = {}, .sources = {}}, options};
        (records ? recording : whole).run([&] { must(runner.work_one({})); });
        told = must(state->read([&](store::Transaction& tx) { return hunts::find(tx, access::Scope::node(), one.id); }));
        if (told.state != hunts::State::done || static_cast<std::uint64_t>(told.hits) != planted) {
            std::fprintf(stderr, "the hunt is %s %s: %lld hits, %llu were planted\n", std::string{hunts::name_of(told.state)}.c_str(), told.reason.c_str(), static_cast<long long>(told.hits), static_cast<unsigned long long>(planted));
            return 1;
        }
    }
    const std::uint64_t distinct = distinct_of(*store::segments_of(*archive));
    std::printf("{\"events\":%llu,\"new_percent\":%llu,\"values\":%zu,\"planted\":%llu,\"hits\":%lld,\"distinct\":%llu,\"parts\":%lld,\"events_read\":%lld,\"adding_cpu_s\":%.3f,\"prepare_cpu_s\":%.4f,\"ask_cpu_s\":%.4f,\"cpu_s\":%.4f,\"wall_s\":%.4f,\"with_findings_cpu_s\":%.3f,\"with_findings_wall_s\":%.3f,\"findings\":%lld",
                static_cast<unsigned long long>(plan.events), static_cast<unsigned long long>(plan.percent), asked.size(), static_cast<unsigned long long>(planted), static_cast<long long>(told.hits), static_cast<unsigned long long>(distinct), static_cast<long long>(told.parts_done),
                static_cast<long long>(told.events_read), middle(adding.cpu), middle(preparing.cpu), middle(asking.cpu), middle(whole.cpu), middle(whole.wall), recording.cpu.back(), recording.wall.back(), static_cast<long long>(told.findings));
    std::fflush(stdout);
    state.reset();
    std::filesystem::remove_all(state_folder);

    if (peer != nullptr) {
        const bool fresh = !std::filesystem::exists(peer);
        bench::Duck duck{peer};
        if (fresh) {
            std::string columns;
            for (const std::string_view column : kPeerColumns) columns += format(", \"{}\"", column);
            duck.run("CREATE TABLE e AS SELECT position" + columns + " FROM read_parquet('" + folder + "/archive/segments/*.parquet')");
            duck.run("CHECKPOINT");
        }
        const std::string file = folder + "/values.txt";
        {
            std::ofstream out{file, std::ios::binary | std::ios::trunc};
            for (const std::string& value : asked) out << value << '\n';
        }
        // Its own preparation is not counted: the indicators lie in tables by their kind.
        duck.run("CREATE TEMP TABLE ioc AS SELECT column0 AS v FROM read_csv('" + file + "', header=false, delim='\\t', columns={'column0':'VARCHAR'})");
        duck.run("CREATE TEMP TABLE ioc_address AS SELECT v FROM ioc WHERE regexp_full_match(v, '[0-9.]+')");
        duck.run("CREATE TEMP TABLE ioc_hash AS SELECT v FROM ioc WHERE length(v) = 64 AND NOT contains(v, '.')");
        duck.run("CREATE TEMP TABLE ioc_name AS SELECT v FROM ioc WHERE v NOT IN (SELECT v FROM ioc_address) AND v NOT IN (SELECT v FROM ioc_hash)");
        std::filesystem::remove(file);
        Timed theirs;
        std::int64_t found = 0;
        for (int i = 0; i <= rounds; ++i)
            theirs.run([&] {
                found = duck.number("SELECT count(*) FROM e WHERE \"source.ip\" IN (SELECT v FROM ioc_address) OR \"destination.ip\" IN (SELECT v FROM ioc_address) OR \"dns.question.name\" IN (SELECT v FROM ioc_name) OR \"url.domain\" IN (SELECT v FROM ioc_name) OR "
                                    "\"file.hash.sha256\" IN (SELECT v FROM ioc_hash)");
            });
        std::printf(",\"duckdb_cpu_s\":%.4f,\"duckdb_wall_s\":%.4f,\"duckdb_hits\":%lld", middle(theirs.cpu), middle(theirs.wall), static_cast<long long>(found));
    }
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    std::printf(",\"rss_mb\":%.0f}\n", static_cast<double>(usage.ru_maxrss) / 1024);
    return 0;
}

// For peers that are programs of their own: the indicators, or the events as columns with tabs between.
int write_values(const Plan& plan, std::uint64_t values, std::string_view hits, const char* path) {
    std::ofstream out{path, std::ios::binary | std::ios::trunc};
    if (hits == "events") {
        for (std::uint64_t number = 0; number < plan.events; ++number) {
            const Row row = row_of(plan, number);
            out << number << '\t' << row.source << '\t' << row.destination << '\t' << row.question << '\t' << row.domain << '\t' << row.hash << '\n';
        }
        return 0;
    }
    for (const std::string& value : plan.indicators(values, std::strtoull(hits.data(), nullptr, 10))) out << value << '\n';
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    const auto number = [&](int i) { return std::strtoull(argv[i], nullptr, 10); };
    if (what == "fill" && argc == 5) return fill(argv[2], {number(3), number(4)});
    if (what == "hunt" && (argc == 8 || argc == 9)) return hunt(argv[2], {number(3), number(4)}, number(5), number(6), std::atoi(argv[7]), argc > 8 ? argv[8] : nullptr);
    if (what == "values" && argc == 8) return write_values({number(3), number(4)}, number(5), argv[6], argv[7]);
    std::fputs("usage: bench_hunts fill FOLDER EVENTS NEW-PERCENT | hunt FOLDER EVENTS NEW-PERCENT VALUES HITS ROUNDS [PEER-FILE] | values FOLDER EVENTS NEW-PERCENT VALUES HITS FILE\n", stderr);
    return 2;
}
