// Gives a node that has just been made (and stands still) a large past: its journal gets as many empty records as the archive
// of bench_archive_copy covers, its pipeline stands after them, and that archive becomes its own, by hard links.
//
//   bench_large_node DATA ARCHIVE        both on one file system
#include <cstdio>
#include <filesystem>

#include "rounds.h"
#include "server/node.h"
#include "server/system_clock.h"
#include "server/tables.h"
#include "store/archive/manifest.h"
#include "store/journal.h"

namespace {

using namespace vg;
using bench::must;

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return std::fputs("usage: bench_large_node DATA ARCHIVE\n", stderr), 2;
    const std::string data = argv[1], from = argv[2], to = data + "/archive";
    server::SystemClock clock;
    SystemRandom random;
    metrics::Registry registry;
    store::Disk& disk = store::system_disk();
    store::archive::Manifest manifest = must(store::archive::load_manifest(disk, from)).value().manifest;

    store::JournalOptions options;
    options.key = must(store::load_or_make_signing_key(disk, data + "/keys", random));
    const auto journal = must(store::Journal::open(disk, data + "/journal", options, clock, registry));
    const Time newest = manifest.segments.back().received_last;
    std::vector<event::Record> records;
    while (journal->end() < manifest.watermark) {
        records.resize(std::min<std::uint64_t>(manifest.watermark.value - journal->end().value, 100'000));
        for (event::Record& record : records) record.envelope.received = newest;
        must(journal->keep(records));
    }
    manifest.watermark = journal->end();
    manifest.journal = journal->id();

    store::StateOptions place;
    place.path = data + "/state.sqlite";
    const auto state = must(store::State::open(place, server::schemas_of_all_rooms(), registry));
    must(state->write([&](store::Transaction& tx) -> Status {
        auto standing = TRY(server::load_standing(tx)).value_or(server::Standing{});
        standing.journal = journal->id();
        standing.position = journal->end();
        return server::save_standing(tx, standing);
    }));

    std::filesystem::remove_all(data + "/correlation");  // or all those records would be told to the correlations at start
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive | std::filesystem::copy_options::create_hard_links);
    for (const char* copied : {"/manifest", "/manifest.copy"}) std::filesystem::remove(to + copied);  // never through the link
    must(store::archive::save_manifest(disk, to, manifest));
    std::printf("%llu records\n", static_cast<unsigned long long>(journal->end().value));
    return 0;
}
