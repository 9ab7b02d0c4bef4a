// What a segment on disk holds, found out at open. Inside of store only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/journal_blocks.h"
#include "store/journal_files.h"

namespace vg::store::journal {

// One segment as readers see it: a value, copied under the journal's lock.
struct Segment {
    std::uint64_t first = 0, end = 0;  // positions
    std::uint64_t bytes = 0;           // synced bytes of the file
    Time low, high;                    // received times; high < low: no record
    bool closed = false;
    bool unsure = false;               // at open: its last call is whole, but nothing shows that it was synced
    Sha256 last_hash{};                // of the last block
};

// The last segment while it still grows.
struct Growing {
    Segment segment;
    std::uint64_t groups = 0;
    std::uint64_t signed_bytes = 0;  // the last checkpoint ends here
    SparseIndex index;
};

struct Scanned {
    Growing growing;
    std::vector<Damage> damage;
    std::uint64_t cut_at = 0;          // where the file must be cut
    std::optional<std::string> torn;   // why, when something is cut
    bool nothing = false;              // no block of the file may be kept: the file goes
};

// The end of a closed segment without reading the rest. Code::not_found: it is not closed. For the last segment of a
// journal (`is_last`) also looks whether the call that closed it is whole.
Result<Segment> load_closed(Disk& disk, const std::string& folder, const Identity& identity, std::uint64_t first, bool is_last);

// Reads the whole segment. With `may_cut` (the last segment, after a crash) what cannot have been acknowledged is left
// out: a block states up to which position all was acknowledged when it was written, so bytes that are no block are
// damage when a later block shows that they had been acknowledged, and a torn tail otherwise.
Result<Scanned> scan_segment(Disk& disk, const std::string& folder, const Identity& identity, std::uint64_t first, bool may_cut);

// Writes the first `length` bytes of the segment anew under the same name. After a failed fsync the kernel may hold pages
// for clean that never reached the disk, and a program that was killed then cannot know: so what was read is not trusted
// to be there, but written again. Old or new stands there whole at any time.
Status write_again(Disk& disk, const std::string& path, std::uint64_t length);
// The same for the close block of a segment whose records are all known to be safe: it is cut off and appended again.
Status write_close_again(Disk& disk, const std::string& path, const Marks& marks);

}  // namespace vg::store::journal
