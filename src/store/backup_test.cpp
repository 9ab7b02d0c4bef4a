// Backup and restore of a real folder with a real journal; the backup folder is a FaultDisk where power or disk fail.
#include "store/backup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "base/bytes.h"
#include "store/archive/manifest.h"
#include "store/journal_test_kit.h"

namespace vg::store::backup {
namespace {

namespace fs = std::filesystem;
constexpr SealCost kCheap{1, 8192};
const std::optional<std::string> kPassphrase = "con chó nhỏ của tôi";

std::string slurp(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

// Every file below a folder but those of the lock and marks: relative path → bytes.
std::map<std::string, std::string> contents(const fs::path& root) {
    std::map<std::string, std::string> found;
    for (const auto& one : fs::recursive_directory_iterator{root})
        if (one.is_regular_file()) found[one.path().lexically_relative(root).generic_string()] = slurp(one.path());
    return found;
}

struct BackupTest : kit::OnDisk {
    BackupTest() {
        options.segment_bytes = 65536;
        for (const char* name : {"data", "data/content", "data/evidence", "data/evidence/2024", "data/feeds", "data/keys"}) fs::create_directories(root / name);
        write("data/content/aa.json.zst", "rules of then");
        write("data/evidence/2024/photo.bin", std::string(100'000, 'e'));
        write("data/feeds/june.held", "what a person is still to release");
        write("data/keys/journal.key", "ed25519 " + to_hex(options.key.secret) + "\n");
        write("data/keys/journal.pub", "ed25519 " + to_hex(options.key.public_key) + "\n");
        write("data/keys/ca.key", "a secret of the CA");
        write("data/keys/ca.crt", "the certificate of the CA");
        write("data/state.sqlite", "is dumped, not copied");
        journal = Base::open(system_disk(), at("data/journal"));
    }
    [[nodiscard]] std::string at(const std::string& name) const { return (root / name).string(); }
    void write(const std::string& name, const std::string& bytes) const { std::ofstream{at(name), std::ios::binary} << bytes; }
    void keep(std::size_t count, std::string_view word, std::size_t bytes = 500) { ASSERT_TRUE(journal->keep(kit::records(count, word, bytes, clock.now()))); }

    Source source() {
        return {.disk = system_disk(),
                .data = at("data"),
                .journal = *journal,
                .dump_state = [this](const DumpSink& sink) -> Result<StateFacts> {
                    for (const std::string& line : state_lines) TRY(sink(line));
                    return StateFacts{{{"finding", static_cast<std::int64_t>(state_lines.size())}}, state_position};
                },
                .program = "test"};
    }
    Result<Depot> depot(Disk& disk, const std::string& folder, const std::optional<std::string>& passphrase = {}) {
        return Depot::open_or_make(disk, folder, journal->id(), passphrase, random, kCheap);
    }
    Result<Snapshot> run(Depot& into, const Watch& watch = {}, const Options& how = {}) {
        clock.move(seconds(1));
        return back_up(into, source(), how, clock, random, watch);
    }
    Snapshot must_run(Depot& into) {
        auto made = run(into);
        EXPECT_TRUE(made) << made.error().text;
        return made ? std::move(*made) : Snapshot{};
    }
    // Restores into a fresh folder, and gives its path.
    std::string restored(const Depot& from, const Snapshot& snapshot) {
        const std::string folder = at(format("restored-{}", restores_++));
        const Status status = restore_files(from, snapshot, system_disk(), folder, {});
        EXPECT_TRUE(status) << status.error().text;
        EXPECT_TRUE(finish_restore(system_disk(), folder));
        return folder;
    }
    void expect_journal_whole(const std::string& folder, const Snapshot& snapshot) {
        const auto report = verify_folder(system_disk(), folder + "/journal", options.key.public_key, {});
        ASSERT_TRUE(report) << report.error().text;
        EXPECT_TRUE(report->good()) << (report->damage.empty() ? report->chain_errors.front() : report->damage.front().reason);
        EXPECT_EQ(report->end.value, snapshot.end);
    }
    static std::vector<std::string> lines_of(const Depot& depot, const Snapshot& snapshot) {
        std::vector<std::string> lines;
        auto stream = StateLines::open(depot, snapshot, {});
        EXPECT_TRUE(stream) << stream.error().text;
        while (stream) {
            auto line = (*stream)->next();
            EXPECT_TRUE(line) << line.error().text;
            if (!line || !*line) break;
            lines.push_back(std::move(**line));
        }
        return lines;
    }

    std::unique_ptr<Journal> journal;
    std::vector<std::string> state_lines{"{\"a\":1}", "{\"b\":\"đúng vậy\"}", ""};
    std::uint64_t state_position = 0;
    int restores_ = 0;
};

TEST_F(BackupTest, RestoresEveryFileAsItWas) {
    for (int i = 0; i < 8; ++i) keep(50, "first");
    state_position = 100;
    auto into = depot(system_disk(), at("backup"), kPassphrase);
    ASSERT_TRUE(into) << into.error().text;
    const Snapshot snapshot = must_run(*into);
    EXPECT_EQ(snapshot.end, 400u);
    EXPECT_EQ(snapshot.state_position, 100u);
    EXPECT_EQ(snapshot.rows, (std::map<std::string, std::uint64_t>{{"finding", 3}}));
    EXPECT_TRUE(snapshot.has_keys);
    ASSERT_GT(journal->files().size(), 2u) << "no segment was closed, so this proves little";

    auto expected = contents(root / "data");
    expected.erase("state.sqlite");
    EXPECT_EQ(contents(restored(*into, snapshot)), expected);
    EXPECT_EQ(lines_of(*into, snapshot), state_lines);
}

// The groups of the correlations are read before State, so that they are never ahead of it.
TEST_F(BackupTest, KeepsTheGroupsOfCorrelationsFromBeforeState) {
    fs::create_directories(root / "data/correlation");
    write("data/correlation/even", std::string(70'000, 'g'));
    write("data/correlation/odd", "groups of then");
    auto into = depot(system_disk(), at("backup"));
    ASSERT_TRUE(into);
    Source from = source();
    from.dump_state = [&, inner = from.dump_state](const DumpSink& sink) {
        write("data/correlation/odd", "groups that know more than this State");
        return inner(sink);
    };
    const auto snapshot = back_up(*into, from, {}, clock, random, {});
    ASSERT_TRUE(snapshot) << snapshot.error().text;
    const auto back = contents(restored(*into, *snapshot));
    EXPECT_EQ(back.at("correlation/odd"), "groups of then");
    EXPECT_EQ(back.at("correlation/even"), std::string(70'000, 'g'));
}

TEST_F(BackupTest, OpenSegmentIsCopiedUpToWhatIsDurable) {
    keep(10, "kept");
    const auto before = journal->files();
    ASSERT_EQ(before.size(), 1u);
    EXPECT_FALSE(before[0].closed);
    std::ofstream{at("data/journal/" + before[0].name), std::ios::binary | std::ios::app} << std::string(700, 'x');  // a write that was not synced
    auto into = depot(system_disk(), at("backup"));
    const Snapshot snapshot = must_run(*into);
    const std::string folder = restored(*into, snapshot);
    EXPECT_EQ(fs::file_size(folder + "/journal/" + before[0].name), before[0].bytes);
    expect_journal_whole(folder, snapshot);
}

TEST_F(BackupTest, SecondRunStoresOnlyWhatIsNew) {
    for (int i = 0; i < 8; ++i) keep(50, "first");
    auto into = depot(system_disk(), at("backup"));
    EXPECT_GT(must_run(*into).new_bytes, 250'000u);
    auto again = depot(system_disk(), at("backup"));
    EXPECT_EQ(must_run(*again).new_bytes, 0u) << "nothing has changed";
    keep(20, "more");  // about 10 KiB, into the open segment of at most 64 KiB
    auto third = depot(system_disk(), at("backup"));
    const Snapshot snapshot = must_run(*third);
    EXPECT_GT(snapshot.new_bytes, 10'000u);
    EXPECT_LT(snapshot.new_bytes, 100'000u);
    expect_journal_whole(restored(*third, snapshot), snapshot);
}

TEST_F(BackupTest, OlderSnapshotsStayRestorable) {
    keep(30, "first");
    auto into = depot(system_disk(), at("backup"));
    const Snapshot first = must_run(*into);
    for (int i = 0; i < 8; ++i) keep(50, "second");
    state_lines = {"other"};
    const Snapshot second = must_run(*into);
    EXPECT_EQ(second.end, 430u);
    const auto found = into->find(first.id);
    ASSERT_TRUE(found) << found.error().text;
    EXPECT_EQ(found->entries, first.entries);
    EXPECT_EQ(lines_of(*into, *found).size(), 3u);
    expect_journal_whole(restored(*into, *found), first);
    EXPECT_EQ(into->find(std::nullopt)->id, second.id);
    EXPECT_EQ(into->find("20200101T000000Z-0000").error().code, Code::not_found);
}

// A restore of an old snapshot begins another story under the same names.
TEST_F(BackupTest, ClosedSegmentWithOtherBytesUnderTheSameNameIsCopiedAnew) {
    for (int i = 0; i < 8; ++i) keep(50, "first");
    auto into = depot(system_disk(), at("backup"));
    const Snapshot first = must_run(*into);
    const std::string path = "journal/" + journal->files().front().name;
    std::string bytes = slurp(at("data/" + path));
    bytes[bytes.size() - 100] = static_cast<char>(bytes[bytes.size() - 100] ^ 1);
    write("data/" + path, bytes);
    const Snapshot second = must_run(*into);
    const auto entry = [&](const Snapshot& snapshot) { return *std::find_if(snapshot.entries.begin(), snapshot.entries.end(), [&](const Entry& one) { return one.path == path; }); };
    EXPECT_NE(entry(first).sha256, entry(second).sha256);
    EXPECT_EQ(entry(second).sha256, sha256_hex(bytes));
}

TEST_F(BackupTest, FilesOfSeveralPiecesComeBackWhole) {
    std::string large(kPieceBytes * 2 + 12345, '\0');
    random.fill(reinterpret_cast<std::uint8_t*>(large.data()), large.size());
    write("data/evidence/large.bin", large);
    auto into = depot(system_disk(), at("backup"), kPassphrase);
    const Snapshot snapshot = must_run(*into);
    EXPECT_EQ(sha256_hex(slurp(restored(*into, snapshot) + "/evidence/large.bin")), sha256_hex(large));
    large += "grown";
    write("data/evidence/large.bin", large);
    EXPECT_LT(must_run(*into).new_bytes - snapshot.new_bytes, 20'000u) << "the first two pieces were there";
}

// ---- keys and secrets ----

TEST_F(BackupTest, WithoutAPassphrasePrivateKeysStayOut) {
    auto into = depot(system_disk(), at("backup"));
    const Snapshot snapshot = must_run(*into);
    EXPECT_FALSE(snapshot.has_keys);
    const auto files = contents(restored(*into, snapshot));
    EXPECT_EQ(files.count("keys/journal.key") + files.count("keys/ca.key"), 0u);
    EXPECT_EQ(files.count("keys/journal.pub") + files.count("keys/ca.crt"), 2u);
    for (const auto& [name, bytes] : contents(root / "backup")) {
        EXPECT_EQ(bytes.find("a secret of the CA"), std::string::npos) << name;
        EXPECT_EQ(bytes.find(to_hex(options.key.secret)), std::string::npos) << name;
    }
}

TEST_F(BackupTest, SealedBackupShowsNoContentAndNoHashOfIt) {
    keep(5, "needle");
    state_lines = {"needle in State"};
    auto into = depot(system_disk(), at("backup"), kPassphrase);
    const Snapshot snapshot = must_run(*into);
    const std::string secret = "a secret of the CA";
    for (const auto& [name, bytes] : contents(root / "backup")) {
        for (const std::string& word : {std::string{"needle"}, secret, std::string{"rules of then"}, *kPassphrase}) EXPECT_EQ(bytes.find(word), std::string::npos) << name;
        EXPECT_EQ(name.find(sha256_hex(secret)), std::string::npos);
    }
    EXPECT_EQ(contents(restored(*into, snapshot)).at("keys/ca.key"), secret);
}

TEST_F(BackupTest, WrongPassphraseOrNoneOpensNothing) {
    auto into = depot(system_disk(), at("sealed"), kPassphrase);
    const Snapshot snapshot = must_run(*into);
    EXPECT_EQ(Depot::open(system_disk(), at("sealed"), "another passphrase").error().code, Code::denied);
    EXPECT_EQ(depot(system_disk(), at("sealed")).error().code, Code::denied);
    const auto locked = Depot::open(system_disk(), at("sealed"), std::nullopt);
    ASSERT_TRUE(locked);
    EXPECT_EQ(locked->list()->size(), 1u) << "a list needs no passphrase";
    EXPECT_EQ(restore_files(*locked, snapshot, system_disk(), at("nothing"), {}).error().code, Code::denied);
    EXPECT_FALSE(fs::exists(at("nothing")));
    const auto checked = locked->verify(std::nullopt, {});
    ASSERT_TRUE(checked);
    EXPECT_TRUE(checked->good());
    EXPECT_TRUE(checked->by_stored_bytes_only);
    EXPECT_EQ(depot(system_disk(), at("short"), "11 letters.").error().code, Code::bad_input);
    ASSERT_TRUE(depot(system_disk(), at("plain")));
    EXPECT_EQ(depot(system_disk(), at("plain"), kPassphrase).error().code, Code::denied) << "half of it would not be sealed";
}

TEST_F(BackupTest, AManifestForgedWithoutThePassphraseIsRefused) {
    auto into = depot(system_disk(), at("backup"), kPassphrase);
    const Snapshot snapshot = must_run(*into);
    const std::string path = at("backup/snapshots/" + snapshot.id + ".json");
    Snapshot forged = snapshot;
    forged.end += 1;
    // All that a thief can make: the right sum, and the old seal.
    const std::string old = slurp(path), text = manifest_text(forged, Seal::plain());
    std::string mixed = text.substr(0, text.rfind('}')) + old.substr(old.rfind(",\"seal\":"));
    std::ofstream{path, std::ios::binary} << mixed;
    const auto listed = into->list();
    ASSERT_TRUE(listed);
    EXPECT_NE((*listed)[0].trouble.find("without the passphrase"), std::string::npos) << (*listed)[0].trouble;
    EXPECT_EQ(into->find(std::nullopt).error().code, Code::corrupt);
}

// ---- folders ----

TEST_F(BackupTest, FolderOfOtherThingsOrOfAnotherNodeIsRefused) {
    fs::create_directories(root / "photos");
    write("photos/holiday.jpg", "x");
    EXPECT_EQ(depot(system_disk(), at("photos")).error().code, Code::denied);
    ASSERT_TRUE(depot(system_disk(), at("backup")));
    const auto other = Depot::open_or_make(system_disk(), at("backup"), make_uuid_v7(clock.now(), random), std::nullopt, random, kCheap);
    ASSERT_FALSE(other);
    EXPECT_NE(other.error().text.find("another node"), std::string::npos);
    EXPECT_EQ(Depot::open(system_disk(), at("data"), std::nullopt).error().code, Code::not_found);
}

TEST_F(BackupTest, OneWriterOrSeveralReadersHoldAFolder) {
    auto writer = FolderHold::take(at("held"), FolderHold::Kind::writing);
    ASSERT_TRUE(writer);
    EXPECT_EQ(FolderHold::take(at("held"), FolderHold::Kind::writing).error().code, Code::busy);
    EXPECT_EQ(FolderHold::take(at("held"), FolderHold::Kind::reading).error().code, Code::busy);
    writer->reset();
    const auto one = FolderHold::take(at("held"), FolderHold::Kind::reading), two = FolderHold::take(at("held"), FolderHold::Kind::reading);
    EXPECT_TRUE(one && two);
    EXPECT_EQ(FolderHold::take(at("held"), FolderHold::Kind::writing).error().code, Code::busy);
    EXPECT_EQ(FolderHold::take(at("nowhere"), FolderHold::Kind::reading).error().code, Code::not_found);
}

TEST_F(BackupTest, RestoreGoesOnlyIntoAnEmptyFolder) {
    auto into = depot(system_disk(), at("backup"));
    const Snapshot snapshot = must_run(*into);
    fs::create_directories(root / "used");
    write("used/something", "x");
    EXPECT_EQ(restore_files(*into, snapshot, system_disk(), at("used"), {}).error().code, Code::denied);
    EXPECT_EQ(contents(root / "used"), (std::map<std::string, std::string>{{"something", "x"}}));
    fs::create_directories(root / "empty");
    EXPECT_TRUE(restore_files(*into, snapshot, system_disk(), at("empty"), {}));
    EXPECT_FALSE(refuse_incomplete(system_disk(), at("empty"))) << "State is not there yet";
    EXPECT_EQ(restore_files(*into, snapshot, system_disk(), at("empty"), {}).error().code, Code::denied);
    ASSERT_TRUE(finish_restore(system_disk(), at("empty")));
    EXPECT_TRUE(refuse_incomplete(system_disk(), at("empty")));
}

// ---- damage ----

TEST_F(BackupTest, EveryAlteredOrMissingObjectIsNamed) {
    keep(5, "x");
    for (const auto& passphrase : {std::optional<std::string>{}, kPassphrase}) {
        const std::string folder = passphrase ? "sealed" : "plain";
        auto into = depot(system_disk(), at(folder), passphrase);
        const Snapshot snapshot = must_run(*into);
        EXPECT_TRUE(into->verify(std::nullopt, {})->good());
        for (const Entry& entry : snapshot.entries) {
            ASSERT_FALSE(entry.pieces.empty()) << entry.path;
            const std::string& object = entry.pieces[0].object;
            const std::string path = at(format("{}/objects/{}/{}", folder, object.substr(0, 2), object)), bytes = slurp(path);
            std::string altered = bytes;
            altered[altered.size() / 2] = static_cast<char>(altered[altered.size() / 2] ^ 0x20);
            for (const std::string& wrong : {altered, bytes.substr(1), std::string{}}) {
                std::ofstream{path, std::ios::binary} << wrong;
                const auto report = into->verify(std::nullopt, {});
                ASSERT_TRUE(report) << report.error().text;
                ASSERT_FALSE(report->good()) << entry.path;
                EXPECT_NE(report->wrong[0].find(entry.path), std::string::npos) << report->wrong[0];
                EXPECT_NE(report->wrong[0].find(object), std::string::npos) << report->wrong[0];
                if (entry.path == kStatePath) continue;
                const std::string target = at("damaged");
                const Status status = restore_files(*into, snapshot, system_disk(), target, {});
                ASSERT_FALSE(status) << entry.path;
                EXPECT_FALSE(refuse_incomplete(system_disk(), target));
                fs::remove_all(target);
            }
            fs::remove(path);
            EXPECT_NE(into->verify(std::nullopt, {})->wrong.at(0).find("missing"), std::string::npos);
            std::ofstream{path, std::ios::binary} << bytes;
        }
        EXPECT_TRUE(into->verify(std::nullopt, {})->good()) << "all was put back";
    }
}

TEST_F(BackupTest, NextRunPutsBackWhatIsMissing) {
    keep(5, "x");
    auto into = depot(system_disk(), at("backup"));
    const Snapshot first = must_run(*into);
    for (const Entry& entry : first.entries) fs::remove(at(format("backup/objects/{}/{}", entry.pieces[0].object.substr(0, 2), entry.pieces[0].object)));
    must_run(*into);
    EXPECT_TRUE(into->verify(std::nullopt, {})->good()) << "the first snapshot is whole again as well";
}

TEST_F(BackupTest, ManifestThatIsDamagedIsNamedAndNotSteppedOver) {
    auto into = depot(system_disk(), at("backup"));
    const Snapshot first = must_run(*into), second = must_run(*into);
    const std::string path = at("backup/snapshots/" + second.id + ".json");
    std::string text = slurp(path);
    const std::size_t digit = text.find("\"bytes\":") + 8;
    text[digit] = text[digit] == '9' ? '8' : '9';
    std::ofstream{path, std::ios::binary} << text;
    EXPECT_EQ(into->find(std::nullopt).error().code, Code::corrupt);
    EXPECT_TRUE(into->find(first.id));
    EXPECT_FALSE(into->verify(std::nullopt, {})->good());
    EXPECT_EQ(into->prune(1, {}).error().code, Code::corrupt) << "what it needs is not known";
}

// ---- prune ----

TEST_F(BackupTest, PruneRemovesWhatOnlyOldSnapshotsNeed) {
    keep(30, "first");
    state_lines = {"first"};
    auto into = depot(system_disk(), at("backup"));
    const Snapshot first = must_run(*into);
    for (int i = 0; i < 8; ++i) keep(50, "second");
    state_lines = {"second"};
    const Snapshot second = must_run(*into);
    write("backup/objects/" + first.entries[0].pieces[0].object.substr(0, 2) + "/left.tmp", "of a run that was broken off");
    const auto pruned = into->prune(1, {});
    ASSERT_TRUE(pruned) << pruned.error().text;
    EXPECT_EQ(pruned->snapshots, std::vector<std::string>{first.id});
    EXPECT_GE(pruned->objects, 3u) << "State of then, the open segment of then, what was broken off";
    EXPECT_TRUE(into->verify(std::nullopt, {})->good());
    expect_journal_whole(restored(*into, second), second);
    std::set<std::string> needed;
    for (const Entry& entry : second.entries)
        for (const Piece& piece : entry.pieces) needed.insert(piece.object);
    std::size_t files = 0;
    for (const auto& one : fs::recursive_directory_iterator{root / "backup/objects"}) files += one.is_regular_file();
    EXPECT_EQ(files, needed.size());
}

// ---- while the node works ----

// Retention deletes segments under the backup's hands.
TEST_F(BackupTest, SegmentsDeletedMeanwhileAreLeftOutWithTheSignedWord) {
    options.keep_for = hours(1);
    journal.reset();
    journal = Base::open(system_disk(), at("data/journal"));
    for (int i = 0; i < 8; ++i) keep(50, "old");
    clock.move(hours(2));
    for (int i = 0; i < 4; ++i) keep(50, "young");
    auto into = depot(system_disk(), at("backup"));
    std::uint64_t deleted = 0;
    const auto made = run(*into, [&](const Progress& progress) {
        if (progress.stage == "journal" && progress.done > 0 && deleted == 0) deleted = journal->retire(journal->end()).value_or(0);
        return true;
    });
    ASSERT_TRUE(made) << made.error().text;
    ASSERT_GT(deleted, 1u) << "retention had nothing to do, so this proves nothing";
    EXPECT_EQ(made->begin, journal->begin().value);
    EXPECT_EQ(made->end, 600u);
    expect_journal_whole(restored(*into, *made), *made);
}

TEST_F(BackupTest, RecordsThatComeMeanwhileAreNotHalfInIt) {
    for (int i = 0; i < 8; ++i) keep(50, "before");
    auto into = depot(system_disk(), at("backup"));
    const auto made = run(*into, [&](const Progress& progress) {
        if (progress.stage == "journal") keep(40, "meanwhile");
        return true;
    });
    ASSERT_TRUE(made) << made.error().text;
    EXPECT_GT(journal->end().value, made->end);
    expect_journal_whole(restored(*into, *made), *made);
}

TEST_F(BackupTest, StateAheadOfTheJournalIsNoBackup) {
    keep(5, "x");
    state_position = 6;
    auto into = depot(system_disk(), at("backup"));
    EXPECT_EQ(run(*into).error().code, Code::corrupt);
    EXPECT_TRUE(into->list()->empty());
}

TEST_F(BackupTest, StoppedRunMakesNoSnapshotAndItsPiecesAreUsedAgain) {
    keep(50, "x");
    auto into = depot(system_disk(), at("backup"));
    const auto stopped = run(*into, [](const Progress& progress) { return progress.stage != "keys" && progress.stage != "evidence"; });
    EXPECT_EQ(stopped.error().code, Code::busy);
    EXPECT_TRUE(into->list()->empty());
    auto again = depot(system_disk(), at("backup"));
    EXPECT_LT(must_run(*again).new_bytes, 1000u) << "the journal was there already";
}

std::string archive_manifest(const Uuid& journal, std::uint64_t watermark, const std::vector<std::pair<std::string, std::uint64_t>>& segments) {
    archive::Manifest manifest;
    manifest.journal = journal;
    manifest.watermark = {watermark};
    std::uint64_t from = 0;
    for (const auto& [name, bytes] : segments) {
        archive::SegmentFacts facts;
        facts.name = name;
        facts.from = {from};
        facts.to = {from += 10};
        facts.bytes = bytes;
        manifest.segments.push_back(facts);
    }
    return archive::encode(manifest);
}

TEST_F(BackupTest, ArchiveIsWhatItsManifestNames) {
    fs::create_directories(root / "data/archive/segments");
    fs::create_directories(root / "data/archive/scratch");
    write("data/archive/segments/000000000001.parquet", std::string(5000, 'p'));
    write("data/archive/segments/000000000002.parquet", "is named by nothing");
    write("data/archive/scratch/000000000003.parquet", "unfinished");
    keep(20, "x");
    auto into = depot(system_disk(), at("backup"));
    EXPECT_FALSE(must_run(*into).archive_end) << "without a manifest nothing is an archive";
    const std::string manifest = archive_manifest(journal->id(), 10, {{"000000000001", 5000}});
    write("data/archive/manifest", manifest);
    const Snapshot snapshot = must_run(*into);
    EXPECT_EQ(snapshot.archive_end, 10u);
    const auto files = contents(restored(*into, snapshot) + "/archive");
    EXPECT_EQ(files, (std::map<std::string, std::string>{{"manifest", manifest}, {"segments/000000000001.parquet", std::string(5000, 'p')}}));
    EXPECT_LT(must_run(*into).new_bytes - snapshot.new_bytes, 100u) << "the segment was there";
}

// Two segments are joined into one while the first of them is being copied.
TEST_F(BackupTest, SegmentsOfTheArchiveThatAreJoinedMeanwhileAreCopiedAsJoined) {
    fs::create_directories(root / "data/archive/segments");
    for (const char* name : {"000000000001", "000000000002"}) write(format("data/archive/segments/{}.parquet", name), std::string(3000, name[11]));
    write("data/archive/manifest", archive_manifest(journal->id(), 20, {{"000000000001", 3000}, {"000000000002", 3000}}));
    const std::string after = archive_manifest(journal->id(), 20, {{"000000000003", 6000}});
    auto into = depot(system_disk(), at("backup"));
    bool joined = false;
    const auto made = run(*into, [&](const Progress& progress) {
        if (progress.stage == "archive" && !joined) {
            joined = true;
            write("data/archive/segments/000000000003.parquet", std::string(6000, '3'));
            write("data/archive/manifest", after);
            for (const char* name : {"000000000001", "000000000002"}) fs::remove(at(format("data/archive/segments/{}.parquet", name)));
        }
        return true;
    });
    ASSERT_TRUE(made) << made.error().text;
    ASSERT_TRUE(joined);
    EXPECT_EQ(contents(restored(*into, *made) + "/archive"), (std::map<std::string, std::string>{{"manifest", after}, {"segments/000000000003.parquet", std::string(6000, '3')}}));
}

TEST_F(BackupTest, DamagedSegmentOfTheArchiveIsLeftToBeMadeAgain) {
    fs::create_directories(root / "data/archive/segments");
    write("data/archive/segments/000000000001.parquet", std::string(2999, 'x'));
    const std::string manifest = archive_manifest(journal->id(), 20, {{"000000000001", 3000}, {"000000000002", 3000}});
    write("data/archive/manifest.copy", manifest);
    write("data/archive/manifest", "damaged");
    auto into = depot(system_disk(), at("backup"));
    const Snapshot snapshot = must_run(*into);
    EXPECT_EQ(contents(restored(*into, snapshot) + "/archive"), (std::map<std::string, std::string>{{"manifest", manifest}}));
}

// ---- power, disks ----

// The power is cut at each call that changes the backup folder in turn: what was there stays whole, and what is listed is.
TEST_F(BackupTest, PowerCutLeavesEarlierSnapshotsWholeAndNoHalfOne) {
    keep(20, "first");
    int unfinished = 0, finished = 0;
    for (std::uint64_t call = 1; finished == 0; ++call) {
        ASSERT_LT(call, 500u);
        FaultDisk disk{call};
        ASSERT_TRUE(disk.make_folder("disk") && disk.sync_folder("."));
        std::string first;
        {
            auto into = depot(disk, "disk/backup");
            ASSERT_TRUE(into) << into.error().text;
            first = must_run(*into).id;
        }
        keep(3, "second");
        state_lines = {format("State {}", call)};
        disk.power_off_after(call);
        bool done = false;
        if (auto into = depot(disk, "disk/backup")) done = run(*into).has_value();
        (done ? finished : unfinished) += 1;
        if (call % 2 == 0)
            disk.restart();  // killed, not cut
        else
            disk.power_cut(random);
        auto into = depot(disk, "disk/backup");
        ASSERT_TRUE(into) << into.error().text;
        const auto report = into->verify(std::nullopt, {});
        ASSERT_TRUE(report && report->good()) << "call " << call << ": " << report->wrong.at(0);
        const auto listed = into->list();
        ASSERT_TRUE(listed && !listed->empty());
        EXPECT_EQ(listed->front().snapshot.id, first);
        if (done) { EXPECT_EQ(listed->size(), 2u) << "what was reported as done is there"; }
        const Snapshot next = must_run(*into);
        EXPECT_TRUE(into->verify(std::nullopt, {})->good()) << "call " << call;
        disk.power_cut(random);
        auto after = depot(disk, "disk/backup");
        ASSERT_TRUE(after && after->find(next.id)) << "call " << call;
        EXPECT_TRUE(after->verify(next.id, {})->good()) << "what the broken run left was durable when the next one relied on it; call " << call;
    }
    EXPECT_GT(unfinished, 10);
}

TEST_F(BackupTest, PowerCutWhileTheFolderIsMadeLeavesItUsable) {
    for (std::uint64_t call = 1, whole = 0; whole == 0; ++call) {
        ASSERT_LT(call, 100u);
        FaultDisk disk{call};
        ASSERT_TRUE(disk.make_folder("disk") && disk.sync_folder("."));
        disk.power_off_after(call);
        whole = depot(disk, "disk/backup").has_value();
        disk.power_cut(random);
        auto into = depot(disk, "disk/backup");
        ASSERT_TRUE(into) << "call " << call << ": " << into.error().text;
        must_run(*into);
    }
}

TEST_F(BackupTest, PowerCutDuringPruneLeavesTheKeptOnesWhole) {
    for (std::uint64_t call = 1, whole = 0; whole == 0; ++call) {
        ASSERT_LT(call, 500u);
        FaultDisk disk{call};
        ASSERT_TRUE(disk.make_folder("disk") && disk.sync_folder("."));
        auto into = depot(disk, "disk/backup");
        keep(3, "first");
        state_lines = {"one"};
        must_run(*into);
        keep(3, "second");
        state_lines = {"two"};
        const std::string kept = must_run(*into).id;
        disk.power_off_after(call);
        whole = into->prune(1, {}).has_value();
        disk.power_cut(random);
        auto after = depot(disk, "disk/backup");
        ASSERT_TRUE(after);
        ASSERT_TRUE(after->verify(std::nullopt, {})->good()) << "call " << call;
        ASSERT_TRUE(after->find(kept));
        ASSERT_TRUE(after->prune(1, {}));
        EXPECT_EQ(after->list()->size(), 1u);
    }
}

TEST_F(BackupTest, PowerCutDuringRestoreNeverLeavesAFolderThatLooksWhole) {
    keep(20, "x");
    auto from = depot(system_disk(), at("backup"));
    const Snapshot snapshot = must_run(*from);
    int unfinished = 0;
    for (std::uint64_t call = 1, whole = 0; whole == 0; ++call) {
        ASSERT_LT(call, 500u);
        FaultDisk disk{call};
        ASSERT_TRUE(disk.make_folder("disk") && disk.sync_folder("."));
        disk.power_off_after(call);
        whole = restore_files(*from, snapshot, disk, "disk/new", {}) && finish_restore(disk, "disk/new");
        disk.power_cut(random);
        if (whole) {
            for (const Entry& entry : snapshot.entries)
                if (entry.path != kStatePath) { EXPECT_EQ(sha256_hex(disk.content("disk/new/" + entry.path)), entry.sha256) << entry.path; }
            break;
        }
        ++unfinished;
        const bool is_refused = !refuse_incomplete(disk, "disk/new");
        bool is_whole = true;
        for (const Entry& entry : snapshot.entries) is_whole = is_whole && (entry.path == kStatePath || sha256_hex(disk.content("disk/new/" + entry.path)) == entry.sha256);
        const bool is_empty = !disk.exists("disk/new") || disk.list("disk/new")->empty() || *disk.list("disk/new") == std::vector<std::string>{"restore-incomplete.tmp"};
        EXPECT_TRUE(is_refused || is_whole || is_empty) << "call " << call;
    }
    EXPECT_GT(unfinished, 10);
}

TEST_F(BackupTest, FullDiskIsSaidBeforeAnythingIsWrittenAndLeavesNoLitter) {
    keep(50, "x");
    FaultDisk disk{1};
    ASSERT_TRUE(disk.make_folder("disk") && disk.sync_folder("."));
    auto into = depot(disk, "disk/backup");
    disk.set_capacity(60'000);
    const auto refused = run(*into, {}, {.reserve_bytes = 0});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().text.find("MiB free"), std::string::npos) << refused.error().text;
    EXPECT_TRUE(disk.list("disk/backup/objects")->empty());
    // Full all the same, by what others write meanwhile.
    disk.set_capacity(UINT64_MAX);
    const auto failed = run(*into, [&](const Progress&) {
        disk.set_capacity(20'000);
        return true;
    });
    ASSERT_FALSE(failed);
    EXPECT_TRUE(into->list()->empty());
    disk.set_capacity(UINT64_MAX);
    const auto shelves = disk.list("disk/backup/objects");
    for (const std::string& shelf : *shelves) {
        const auto names = disk.list("disk/backup/objects/" + shelf);
        for (const std::string& name : *names) EXPECT_EQ(name.find(".tmp"), std::string::npos) << name;
    }
    must_run(*into);
    EXPECT_TRUE(into->verify(std::nullopt, {})->good());
}

// ---- manifests ----

TEST(BackupManifest, PathsStayInsideTheDataFolder) {
    for (const char* path : {"journal/00000000000000000000.seg", "archive/a/b.parquet", "keys/ca.crt", "evidence/x", "content/y", "state.ndjson.zst"}) EXPECT_TRUE(is_safe_path(path)) << path;
    for (const char* path : {"", "/etc/passwd", "../x", "journal/../../x", "journal/..", "journal//x", "journal/", "journal/./x", "journal", "state.sqlite", "lock", "restore-incomplete", "other/x"})
        EXPECT_FALSE(is_safe_path(path)) << path;
    EXPECT_FALSE(is_safe_path(std::string_view{"keys/a\0b", 8}));
}

TEST(BackupManifest, ReadsBackAsWritten) {
    Snapshot snapshot;
    snapshot.id = "20240501T000000Z-0a1b";
    snapshot.made = {1714521600000000};
    snapshot.program = "9.9";
    snapshot.begin = 7;
    snapshot.end = 1'000'000'000'000;
    snapshot.state_position = 8;
    snapshot.rows = {{"finding", 3}, {"user", 0}};
    snapshot.archive_end = 6;
    snapshot.bytes = 5;
    snapshot.entries = {{"content/a", 5, sha256_hex("a"), "", {{sha256_hex("b"), 5, sha256_hex("c")}}}, {"journal/b", 0, sha256_hex(""), sha256_hex(""), {}}};
    const auto back = parse_manifest(manifest_text(snapshot, Seal::plain()), Seal::plain());
    ASSERT_TRUE(back) << back.error().text;
    EXPECT_EQ(back->entries, snapshot.entries);
    EXPECT_EQ(back->rows, snapshot.rows);
    EXPECT_EQ(back->end, snapshot.end);
    EXPECT_EQ(back->made, snapshot.made);
    EXPECT_EQ(back->archive_end, snapshot.archive_end);
    EXPECT_FALSE(back->has_keys);
    snapshot.entries[0].path = "../x";
    EXPECT_EQ(parse_manifest(manifest_text(snapshot, Seal::plain()), Seal::plain()).error().code, Code::corrupt);
    snapshot.entries[0].path = "keys/z";
    EXPECT_EQ(parse_manifest(manifest_text(snapshot, Seal::plain()), Seal::plain()).error().code, Code::corrupt) << "out of order: two could have one name";
}

TEST(BackupManifest, IdsSortByTime) {
    SeededRandom random{1};
    const std::string id = make_snapshot_id({1714521600000000}, random);
    EXPECT_TRUE(id.starts_with("20240501T000000Z-")) << id;
    EXPECT_TRUE(is_snapshot_id(id));
    for (const char* wrong : {"", "20240501T000000Z-00", "20240501T000000Z-XXXX", "../../../../etc/passwd", "20240501 000000Z-0000"}) EXPECT_FALSE(is_snapshot_id(wrong)) << wrong;
}

}  // namespace
}  // namespace vg::store::backup
