// The way back: files out of a depot into an empty folder.
#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/text.h"
#include "store/backup.h"
#include "store/backup/files.h"

namespace vg::store::backup {

namespace {

constexpr std::string_view kMarkText = "A restore into this folder was begun and has not finished. Remove the folder and restore again.\n";

std::string mark_path(const std::string& data) { return data + "/" + std::string{kIncompleteMark}; }

// Makes the folders of "journal/a/b.seg" below data.
Status make_folders(Disk& disk, const std::string& data, const std::string& path, std::set<std::string>& made) {
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
        const std::string folder = data + "/" + path.substr(0, slash);
        if (!made.insert(folder).second) continue;
        TRY(disk.make_folder(folder));
    }
    return {};
}

class LinesOfState final : public StateLines {
public:
    LinesOfState(const Depot& depot, const Entry& entry, Watch watch)
        : watch_(std::move(watch)), lines_(depot, entry, [this, all = entry.bytes](std::uint64_t bytes) {
              done_ += bytes;
              return !watch_ || watch_({"state", done_, all});
          }) {}
    Result<std::optional<std::string>> next() override { return lines_.next(); }

private:
    Watch watch_;
    std::uint64_t done_ = 0;
    Unpacking lines_;
};

}  // namespace

Status refuse_incomplete(Disk& disk, const std::string& data) {
    if (!disk.exists(mark_path(data))) return {};
    return fail(Code::denied, format("{} is a restore that was not finished: remove the folder and restore again", data));
}

Status refuse_unless_empty(Disk& disk, const std::string& data) {
    if (!disk.exists(data)) return {};
    TRY(refuse_incomplete(disk, data));
    for (const std::string& name : TRY(disk.list(data)))
        if (name != "lost+found" && name != "lock")
            return fail(Code::denied, format("{} is not empty (it holds {}); a restore goes into an empty or a new folder only", data, name));
    return {};
}

Status restore_files(const Depot& depot, const Snapshot& snapshot, Disk& disk, const std::string& data, const Watch& watch) {
    if (depot.seal().is_locked()) return fail(Code::denied, format("{} is sealed: give its passphrase", depot.folder()));
    TRY(disk.make_folder(data));
    TRY(disk.sync_folder(parent_of(data)));
    TRY(refuse_unless_empty(disk, data));
    const std::uint64_t free = TRY(disk.free_bytes(data));
    if (free < snapshot.bytes) return fail(Code::unavailable, format("{} has {} MiB free, the snapshot takes {} MiB", data, free >> 20, (snapshot.bytes >> 20) + 1));
    TRY(write_whole(disk, mark_path(data), kMarkText));

    std::set<std::string> folders;
    std::uint64_t done = 0;
    for (const Entry& entry : snapshot.entries) {
        if (entry.path == kStatePath) continue;
        TRY(make_folders(disk, data, entry.path, folders));
        auto file = TRY(disk.open(data + "/" + entry.path, Open::create));
        Sha256Stream hash;
        std::uint64_t bytes = 0;
        for (const Piece& piece : entry.pieces) {
            const std::string content = TRY_IN(entry.path + ": ", depot.get(piece));
            TRY(file->append(content));
            hash.add(content);
            bytes += content.size();
            done += content.size();
            if (watch && !watch({"files", done, snapshot.bytes})) return stopped();
        }
        if (bytes != entry.bytes || to_hex(as_view(hash.finish())) != entry.sha256)
            return fail(Code::corrupt, format("{}: its pieces do not make the file that was backed up", entry.path));
        TRY(file->sync());
    }
    for (const std::string& folder : folders) TRY(disk.sync_folder(folder));
    return disk.sync_folder(data);
}

Result<std::unique_ptr<StateLines>> StateLines::open(const Depot& depot, const Snapshot& snapshot, const Watch& watch) {
    const auto entry = std::find_if(snapshot.entries.begin(), snapshot.entries.end(), [](const Entry& one) { return one.path == kStatePath; });
    if (entry == snapshot.entries.end()) return fail(Code::corrupt, format("snapshot {} holds no State", snapshot.id));
    return std::make_unique<LinesOfState>(depot, *entry, watch);
}

Status finish_restore(Disk& disk, const std::string& data) {
    TRY(disk.remove(mark_path(data)));
    return disk.sync_folder(data);
}

}  // namespace vg::store::backup
