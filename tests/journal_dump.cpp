// journal-dump DATA-FOLDER: writes every data record of the journal to standard output as LENGTH, a line feed, the raw
// bytes and a line feed, in order. For the whole-product scripts; the server must not be running.
#include <cstdio>
#include <string>

#include "store/disk.h"
#include "store/journal.h"

namespace {

vg::Status dump(const std::string& data) {
    vg::SystemRandom random;
    vg::ManualClock clock{vg::Time{}};
    vg::metrics::Registry metrics;
    vg::store::JournalOptions options;
    options.key = TRY(vg::store::load_or_make_signing_key(vg::store::system_disk(), data + "/keys", random));
    const auto journal = TRY(vg::store::Journal::open(vg::store::system_disk(), data + "/journal", std::move(options), clock, metrics));
    const auto reader = journal->reader(journal->begin());
    while (true) {
        const auto batch = TRY(reader->next(10'000, std::size_t{32} << 20));
        for (const auto& damage : batch.damage) std::fprintf(stderr, "damage in %s at %llu: %s\n", damage.segment.c_str(), static_cast<unsigned long long>(damage.offset), damage.reason.c_str());
        if (!batch.damage.empty()) return vg::fail(vg::Code::corrupt, "the journal is damaged");
        if (batch.records.empty()) return {};
        for (const auto& stored : batch.records) {
            if (stored.record.envelope.kind != vg::event::Kind::data) continue;
            std::printf("%zu\n", stored.record.raw.size());
            std::fwrite(stored.record.raw.data(), 1, stored.record.raw.size(), stdout);
            std::putchar('\n');
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: journal-dump DATA-FOLDER\n");
        return 2;
    }
    const vg::Status done = dump(argv[1]);
    if (!done) std::fprintf(stderr, "journal-dump: %s\n", done.error().text.c_str());
    return done ? 0 : 2;
}
