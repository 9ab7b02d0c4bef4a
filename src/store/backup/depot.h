// Depot: a backup folder. Pieces are written once and never changed, so that it can be given to any tool that copies
// folders; a snapshot counts from the moment its manifest stands, which is written last. Used by one thread; two
// processes are kept apart by FolderHold.
//
//   DIR/README                        what this is, for who finds it
//   DIR/vonggac-backup.json           format, journal id, how it is sealed
//   DIR/objects/ab/ab12...            pieces, named by their content (seal.h)
//   DIR/snapshots/20261124T180512Z-7f3a.json   manifests (snapshot.h)
//
//   auto depot = TRY(Depot::open(disk, folder, passphrase));
//   for (const Listed& one : TRY(depot.list())) ...
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "store/backup/seal.h"
#include "store/backup/snapshot.h"
#include "store/disk.h"

namespace vg::store::backup {

struct Progress {
    std::string_view stage;        // "state", "journal", "archive"...
    std::uint64_t done = 0, all = 0;  // bytes; `all` may be an estimate
};
// Returns false to stop the work; it then ends with Code::busy.
using Watch = std::function<bool(const Progress&)>;
inline tl::unexpected<Error> stopped() { return fail(Code::busy, "it was stopped before its end"); }

// A snapshot as its file stands in the folder. With trouble only the id is known.
struct Listed {
    Snapshot snapshot;
    std::string trouble;
};

struct Verification {
    std::uint64_t snapshots = 0, objects = 0, bytes = 0;
    std::vector<std::string> wrong;  // each names snapshot, file and object, and the reason; at most 1,000
    std::uint64_t wrong_count = 0;
    bool by_stored_bytes_only = false;  // sealed, and no passphrase was given
    [[nodiscard]] bool good() const { return wrong_count == 0; }
};

class Depot {
public:
    // Code::not_found when the folder is none, denied when the passphrase is wrong or should not be there.
    static Result<Depot> open(Disk& disk, std::string folder, const std::optional<std::string>& passphrase);
    // The same; makes it when the folder is missing or empty. Refuses another journal's.
    static Result<Depot> open_or_make(Disk& disk, std::string folder, const Uuid& journal, const std::optional<std::string>& passphrase, Random& random,
                                      const SealCost& cost = {});

    [[nodiscard]] const Seal& seal() const { return seal_; }
    [[nodiscard]] const Uuid& journal() const { return journal_; }
    [[nodiscard]] const std::string& folder() const { return folder_; }
    [[nodiscard]] Disk& disk() const { return disk_; }

    // Oldest first.
    [[nodiscard]] Result<std::vector<Listed>> list() const;
    // Of that id, or the newest whole one. Code::not_found.
    [[nodiscard]] Result<Snapshot> find(const std::optional<std::string>& id) const;

    // Stores a piece unless it stands there already. Pieces in `known` are looked at only for their size.
    Result<Piece> put(std::string_view content, const std::map<std::string, Piece>& known, Random& random);
    // Whether the file of the piece is there with its size.
    [[nodiscard]] bool has(const Piece& piece) const;
    // Its content. Code::corrupt or not_found names the object.
    [[nodiscard]] Result<std::string> get(const Piece& piece) const;
    // Makes all pieces durable, then the manifest.
    Status keep(const Snapshot& snapshot);
    [[nodiscard]] std::uint64_t stored_bytes() const { return stored_bytes_; }  // by put() so far

    // Looks at every object that the snapshots name (one of them, or all).
    [[nodiscard]] Result<Verification> verify(const std::optional<std::string>& id, const Watch& watch) const;

    struct Pruned {
        std::vector<std::string> snapshots;
        std::uint64_t objects = 0;
        std::uint64_t bytes = 0;
    };
    // Removes all but the newest `keep` snapshots, and the pieces that no snapshot names any more. Refuses while a
    // manifest cannot be read: what it needs is not known.
    Result<Pruned> prune(std::size_t keep, const Watch& watch);

private:
    Depot(Disk& disk, std::string folder, Uuid journal, Seal seal) : disk_(disk), folder_(std::move(folder)), journal_(journal), seal_(std::move(seal)) {}
    [[nodiscard]] std::string path_of(std::string_view object) const;
    Status write_object(const std::string& path, std::string_view stored);
    [[nodiscard]] Result<std::string> stored_of(const Piece& piece) const;

    Disk& disk_;
    std::string folder_;
    Uuid journal_{};
    Seal seal_;
    std::set<std::string> touched_;  // folders with changes that are not durable yet
    std::uint64_t stored_bytes_ = 0;
};

// Keeps other processes off a backup folder: one writer, or any number of readers. Released when the process ends.
class FolderHold {
public:
    enum class Kind : std::uint8_t { reading, writing };
    // Code::busy when another process is at it. A folder that does not exist yet is made for a writer.
    static Result<std::unique_ptr<FolderHold>> take(const std::string& folder, Kind kind);
    ~FolderHold();
    FolderHold(const FolderHold&) = delete;
    FolderHold& operator=(const FolderHold&) = delete;

private:
    explicit FolderHold(int file) : file_(file) {}
    int file_;
};

}  // namespace vg::store::backup
