// Manifest: which segments the archive has. The one file that decides: what it does not name is removed at the next start.
// Text, one JSON value a line: a head, one line a segment, the checksum of all that. Written whole, twice: `manifest` and
// `manifest.copy`, so that one damaged file is no loss. Owned by the archive, changed by one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "store/archive.h"
#include "store/archive/gaps.h"
#include "store/archive/snapshot.h"
#include "store/disk.h"

namespace vg::store::archive {

using Range = Archive::Range;

struct Manifest {
    Uuid journal{};
    std::uint64_t seed = 0;                // of the filters
    std::uint64_t next_number = 1;         // of the next segment's name
    event::Position watermark;
    std::vector<Range> missing;            // sorted, apart from one another
    std::vector<std::string> lost;         // what could not be rebuilt, for people; at most kMostLost
    std::vector<GapFacts> gaps;            // what is known of missing and of lost ranges, by position
    std::vector<Range> rebuild;            // sorted, apart from one another: segments in them are to be built anew
    std::uint64_t rebuild_events = 0;      // that were marked
    std::vector<std::string> kept;         // what the last rebuild left as it was, for people; at most kMostLost
    std::vector<SegmentFacts> segments;    // by position
    static constexpr std::size_t kMostLost = 100;
};

// Adds a range to sorted ranges, joining those that touch; takes one away.
void add_range(std::vector<Range>& ranges, Range range);
void remove_range(std::vector<Range>& ranges, Range range);

std::string encode(const Manifest& manifest);
// Code::corrupt: not ours, altered, or of a newer version.
Result<Manifest> decode(std::string_view text);

// Reads FOLDER/manifest, or its copy when that is damaged; nothing when neither exists. `repaired` says what was wrong.
struct LoadedManifest {
    Manifest manifest;
    std::string repaired;
};
Result<std::optional<LoadedManifest>> load_manifest(Disk& disk, const std::string& folder);
// Durable when it succeeds. The copy is written as well as it goes.
Status save_manifest(Disk& disk, const std::string& folder, const Manifest& manifest);

// Checksum of a file: xxh3 over pieces of 1 MiB, each seeded with that of the one before.
Result<std::uint64_t> checksum_of(Disk& disk, const std::string& path);

}  // namespace vg::store::archive
