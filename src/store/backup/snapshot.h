// A snapshot: what one run of the backup kept, and its manifest, snapshots/ID.json. Pure; any thread.
//
// The manifest is JSON in clear: paths, sizes and counts, no content. "sum" is the SHA-256 of the manifest without "sum"
// and "seal"; "seal" is the same keyed by the passphrase, so that who can write to the backup cannot alter it unseen.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/result.h"
#include "store/backup/seal.h"

namespace vg::store::backup {

inline constexpr std::size_t kPieceBytes = std::size_t{16} << 20;  // content of one file in objects/, before sealing
inline constexpr std::int64_t kFormat = 2;  // 1: without correlation/

// One file in objects/.
struct Piece {
    std::string object;         // its name: 64 hex digits
    std::uint64_t stored = 0;   // its bytes
    std::string sha256;         // of its bytes, hex: can be checked without the passphrase
    friend bool operator==(const Piece&, const Piece&) = default;
};

// One file of the data folder.
struct Entry {
    std::string path;           // relative: "journal/00000000000000000000.seg"
    std::uint64_t bytes = 0;
    std::string sha256;         // of its content
    std::string tail;           // of its last 4 KiB; when set, the file never changes any more under this name
    std::vector<Piece> pieces;
    friend bool operator==(const Entry&, const Entry&) = default;
};

struct Snapshot {
    std::string id;             // "20261124T180512Z-7f3a": sorts by time
    Time made;
    std::string program;        // version
    Uuid journal{};
    std::uint64_t begin = 0, end = 0;     // positions of the journal
    std::uint64_t state_position = 0;     // State holds everything before it
    std::map<std::string, std::uint64_t> rows;  // of State, by table
    std::optional<std::uint64_t> archive_end;   // the archive holds everything before it; none: no archive was copied
    bool has_keys = false;
    bool is_sealed = false;
    std::uint64_t bytes = 0;     // of all entries
    std::uint64_t new_bytes = 0; // stored by this run
    std::vector<Entry> entries;  // by path
};

// The path of State's dump among the entries: NDJSON, zstd.
inline constexpr std::string_view kStatePath = "state.ndjson.zst";

std::string make_snapshot_id(Time now, Random& random);
bool is_snapshot_id(std::string_view text);
// Whether a manifest may name this path: relative, inside of one of the folders of a data folder, no "..".
bool is_safe_path(std::string_view path);

std::string manifest_text(const Snapshot& snapshot, const Seal& seal);
// Code::corrupt when it was altered, bad_input when a newer program made it.
Result<Snapshot> parse_manifest(std::string_view text, const Seal& seal);

}  // namespace vg::store::backup
