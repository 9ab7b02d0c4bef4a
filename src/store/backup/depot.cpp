#include "store/backup/depot.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"

namespace vg::store::backup {

namespace {

constexpr std::string_view kMark = "/vonggac-backup.json";
constexpr std::string_view kSuffix = ".json";
constexpr std::string_view kUnfinished = ".tmp";
constexpr std::size_t kMostSnapshotFile = std::size_t{512} << 20;

constexpr std::string_view kReadme =
    "This folder is a backup of a Vọng Gác node, made by `vonggac backup`.\n"
    "\n"
    "  vonggac backup list DIR              what it holds\n"
    "  vonggac backup verify DIR            whether it is whole\n"
    "  vonggac restore DIR --data NEW       puts the newest snapshot into an empty folder\n"
    "  vonggac backup prune DIR --keep N    removes old snapshots\n"
    "\n"
    "Files in objects/ never change once they are there; copy the folder with any tool. Delete nothing by hand.\n"
    "Without \"seal\" in vonggac-backup.json the files are in clear and keys are not among them. With it everything is\n"
    "sealed by the passphrase: without the passphrase nobody can read or restore it, the makers of the program included.\n";

std::string mark_text(const Uuid& journal, const Seal& seal) {
    return json::object({{"what", "vonggac backup"}, {"format", kFormat}, {"journal", to_text(journal)}, {"seal", seal.describe()}}).pretty() + "\n";
}

struct Mark {
    Uuid journal{};
    json::Value seal;
};
Result<Mark> read_mark(Disk& disk, const std::string& folder) {
    const std::string path = folder + std::string{kMark};
    if (!disk.exists(path)) return fail(Code::not_found, format("{} is no backup: there is no vonggac-backup.json in it", folder));
    const json::Value value = TRY_IN(path + ": ", read_whole(disk, path, 65536).and_then([](std::string&& text) { return json::parse(trim(text)); }));
    const auto version = value.integer("format");
    if (value.text("what") != "vonggac backup" || !version || *version < 1) return fail(Code::corrupt, path + " is damaged");
    if (*version > kFormat) return fail(Code::bad_input, format("{} has format {}, this program knows formats up to {}: use the newer program", folder, *version, kFormat));
    Mark mark{TRY_IN(path + ": ", parse_uuid(value.text("journal").value_or(""))), {}};
    if (const json::Value* seal = value.find("seal")) mark.seal = *seal;
    return mark;
}

// Nothing in it but what an interrupted making leaves.
Result<bool> is_empty(Disk& disk, const std::string& folder) {
    for (const std::string& name : TRY(disk.list(folder)))
        if (name != "README" && name != "objects" && name != "snapshots" && name != "lost+found" && !name.ends_with(kUnfinished)) return false;
    return true;
}

Result<std::uint64_t> size_of(Disk& disk, const std::string& path) { return TRY(disk.open(path, Open::read))->size(); }

}  // namespace

std::string Depot::path_of(std::string_view object) const { return format("{}/objects/{}/{}", folder_, object.substr(0, 2), object); }

Result<Depot> Depot::open(Disk& disk, std::string folder, const std::optional<std::string>& passphrase) {
    const Mark mark = TRY(read_mark(disk, folder));
    Seal seal = TRY_IN(folder + ": ", Seal::open(mark.seal, passphrase));
    return Depot{disk, std::move(folder), mark.journal, std::move(seal)};
}

Result<Depot> Depot::open_or_make(Disk& disk, std::string folder, const Uuid& journal, const std::optional<std::string>& passphrase, Random& random, const SealCost& cost) {
    if (disk.exists(folder + std::string{kMark})) {
        Depot depot = TRY(open(disk, std::move(folder), passphrase));
        if (depot.journal_ != journal)
            return fail(Code::denied, format("{} holds the backup of another node (journal {}); name another folder", depot.folder_, to_text(depot.journal_)));
        if (depot.seal_.is_locked()) return fail(Code::denied, format("{} is sealed: give its passphrase", depot.folder_));
        return depot;
    }
    TRY(disk.make_folder(folder));
    TRY(disk.sync_folder(parent_of(folder)));
    if (!TRY(is_empty(disk, folder))) return fail(Code::denied, format("{} holds other things and is no backup; name an empty or a new folder", folder));
    Seal seal = passphrase ? TRY(Seal::make(*passphrase, random, cost)) : Seal::plain();
    for (const char* name : {"/objects", "/snapshots"}) TRY(disk.make_folder(folder + name));
    TRY(write_whole(disk, folder + "/README", kReadme));
    TRY(write_whole(disk, folder + std::string{kMark}, mark_text(journal, seal)));
    return Depot{disk, std::move(folder), journal, std::move(seal)};
}

Result<std::vector<Listed>> Depot::list() const {
    std::vector<Listed> found;
    const std::string snapshots = folder_ + "/snapshots";
    for (const std::string& name : TRY(disk_.list(snapshots))) {
        if (!name.ends_with(kSuffix)) continue;
        const std::string id = name.substr(0, name.size() - kSuffix.size());
        if (!is_snapshot_id(id)) continue;
        Listed listed;
        auto read = read_whole(disk_, snapshots + "/" + name, kMostSnapshotFile).and_then([&](std::string&& text) { return parse_manifest(text, seal_); });
        if (read && read->id != id) read = fail(Code::corrupt, "the manifest is that of another snapshot");
        if (read && read->journal != journal_) read = fail(Code::corrupt, "the manifest is that of another node");
        if (read)
            listed.snapshot = std::move(*read);
        else
            listed.trouble = read.error().text;
        listed.snapshot.id = id;
        found.push_back(std::move(listed));
    }
    return found;
}

Result<Snapshot> Depot::find(const std::optional<std::string>& id) const {
    std::vector<Listed> all = TRY(list());
    std::string skipped;
    for (auto one = all.rbegin(); one != all.rend(); ++one) {
        if (id && one->snapshot.id != *id) continue;
        if (one->trouble.empty()) return std::move(one->snapshot);
        if (id) return fail(Code::corrupt, format("snapshot {}: {}", *id, one->trouble));
        // An older one instead would be a loss that nobody chose.
        return fail(Code::corrupt, format("the newest snapshot {} cannot be used: {}; name an older one with --snapshot", one->snapshot.id, one->trouble));
    }
    if (id) return fail(Code::not_found, format("there is no snapshot {} in {}; `vonggac backup list {}` shows what there is", *id, folder_, folder_));
    return fail(Code::not_found, format("there is no finished snapshot in {}", folder_));
}

bool Depot::has(const Piece& piece) const {
    const auto size = size_of(disk_, path_of(piece.object));
    return size && *size == piece.stored;
}

Status Depot::write_object(const std::string& path, std::string_view stored) {
    const std::string folder = parent_of(path), fresh = path + std::string{kUnfinished};
    if (!disk_.exists(folder)) TRY(disk_.make_folder(folder));
    touched_.insert(folder_ + "/objects");  // also where a run that was broken off made the folder and nothing in it
    if (disk_.exists(fresh)) TRY(disk_.remove(fresh));
    Status written = [&]() -> Status {
        auto file = TRY(disk_.open(fresh, Open::create));
        TRY(file->append(stored));
        TRY(file->sync());
        return disk_.rename(fresh, path);
    }();
    touched_.insert(folder);
    if (!written && disk_.exists(fresh)) (void)disk_.remove(fresh);  // a full disk is not made fuller
    if (written) stored_bytes_ += stored.size();
    return written;
}

Result<Piece> Depot::put(std::string_view content, const std::map<std::string, Piece>& known, Random& random) {
    const std::string name = seal_.name_of(content), path = path_of(name);
    if (const auto found = known.find(name); found != known.end() && has(found->second)) return found->second;
    if (disk_.exists(path)) {  // of a run that was broken off, or damaged: it is looked at before anything relies on it
        if (auto stored = read_whole(disk_, path, kPieceBytes + Seal::kOverhead)) {
            const Piece piece{name, stored->size(), sha256_hex(*stored)};
            if (seal_.unseal(std::move(*stored), name)) {
                touched_.insert(parent_of(path));
                touched_.insert(folder_ + "/objects");
                return piece;
            }
        }
        TRY(disk_.remove(path));
    }
    const std::string stored = seal_.seal(content, name, random);
    TRY(write_object(path, stored));
    return Piece{name, stored.size(), sha256_hex(stored)};
}

Result<std::string> Depot::stored_of(const Piece& piece) const {
    const std::string fact = format("objects/{}/{}: ", piece.object.substr(0, 2), piece.object);
    auto stored = read_whole(disk_, path_of(piece.object), kPieceBytes + Seal::kOverhead);
    if (!stored) return fail(stored.error().code == Code::not_found ? Error{Code::not_found, fact + "it is missing"} : stored.error().in(fact));
    if (stored->size() != piece.stored) return fail(Code::corrupt, format("{}it has {} bytes, not {}", fact, stored->size(), piece.stored));
    if (sha256_hex(*stored) != piece.sha256) return fail(Code::corrupt, fact + "it was altered: its bytes do not have their SHA-256");
    return stored;
}

Result<std::string> Depot::get(const Piece& piece) const {
    if (seal_.is_locked()) return fail(Code::denied, format("{} is sealed: give its passphrase", folder_));
    std::string stored = TRY(stored_of(piece));
    return TRY_IN(format("objects/{}/{}: ", piece.object.substr(0, 2), piece.object), seal_.unseal(std::move(stored), piece.object));
}

Status Depot::keep(const Snapshot& snapshot) {
    for (const std::string& folder : touched_) TRY(disk_.sync_folder(folder));
    touched_.clear();
    return write_whole(disk_, format("{}/snapshots/{}{}", folder_, snapshot.id, kSuffix), manifest_text(snapshot, seal_));
}

Result<Verification> Depot::verify(const std::optional<std::string>& id, const Watch& watch) const {
    Verification report;
    report.by_stored_bytes_only = seal_.is_locked();
    const auto wrong = [&](std::string text) {
        ++report.wrong_count;
        if (report.wrong.size() < 1000) report.wrong.push_back(std::move(text));
    };
    std::vector<Listed> all = TRY(list());
    if (id) {
        std::erase_if(all, [&](const Listed& one) { return one.snapshot.id != *id; });
        if (all.empty()) return fail(Code::not_found, format("there is no snapshot {} in {}", *id, folder_));
    }
    std::map<std::string, std::string> looked;  // objects: what is wrong with each
    std::uint64_t total = 0;
    {
        std::set<std::string_view> names;
        for (const Listed& one : all)
            for (const Entry& entry : one.snapshot.entries)
                for (const Piece& piece : entry.pieces)
                    if (names.insert(piece.object).second) total += piece.stored;
    }
    for (const Listed& one : all) {
        ++report.snapshots;
        if (!one.trouble.empty()) wrong(format("snapshot {}: {}", one.snapshot.id, one.trouble));
        for (const Entry& entry : one.snapshot.entries)
            for (const Piece& piece : entry.pieces) {
                auto known = looked.find(piece.object);
                if (known == looked.end()) {
                    const Status status = seal_.is_locked() ? stored_of(piece).map([](const std::string&) {}) : get(piece).map([](const std::string&) {});
                    known = looked.emplace(piece.object, status ? "" : status.error().text).first;
                    ++report.objects;
                    report.bytes += piece.stored;
                    if (watch && !watch({"verify", report.bytes, total})) return stopped();
                }
                if (!known->second.empty()) wrong(format("snapshot {}, {}: {}", one.snapshot.id, entry.path, known->second));
            }
    }
    return report;
}

Result<Depot::Pruned> Depot::prune(std::size_t keep, const Watch& watch) {
    std::vector<Listed> all = TRY(list());
    for (const Listed& one : all)
        if (!one.trouble.empty())
            return fail(Code::corrupt, format("snapshot {} cannot be read ({}), so what it needs is not known; move its file out of {}/snapshots when it is lost", one.snapshot.id,
                                              one.trouble, folder_));
    Pruned pruned;
    const std::string snapshots = folder_ + "/snapshots";
    while (all.size() > keep) {
        TRY(disk_.remove(format("{}/{}{}", snapshots, all.front().snapshot.id, kSuffix)));
        pruned.snapshots.push_back(all.front().snapshot.id);
        all.erase(all.begin());
    }
    TRY(disk_.sync_folder(snapshots));  // before the first piece goes
    std::set<std::string> needed;
    for (const Listed& one : all)
        for (const Entry& entry : one.snapshot.entries)
            for (const Piece& piece : entry.pieces) needed.insert(piece.object);
    for (const std::string& name : TRY(disk_.list(snapshots)))
        if (name.ends_with(kUnfinished)) TRY(disk_.remove(snapshots + "/" + name));
    std::uint64_t done = 0;
    const std::vector<std::string> shelves = TRY(disk_.list(folder_ + "/objects"));
    for (const std::string& shelf : shelves) {
        if (watch && !watch({"prune", done++, shelves.size()})) return stopped();
        const std::string folder = folder_ + "/objects/" + shelf;
        for (const std::string& name : TRY(disk_.list(folder))) {
            if (needed.contains(name)) continue;
            const std::string path = folder + "/" + name;
            pruned.bytes += size_of(disk_, path).value_or(0);
            TRY(disk_.remove(path));
            ++pruned.objects;
        }
        TRY(disk_.sync_folder(folder));
    }
    return pruned;
}

}  // namespace vg::store::backup
