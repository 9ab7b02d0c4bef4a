// Writes one segment: rows into a Parquet file under a temporary name, its filter beside it, both checksummed, synced and
// in place under the segment's name when this returns. No manifest names them yet. Used by whoever tends the archive.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/archive/duck.h"
#include "store/archive/filter.h"
#include "store/archive/snapshot.h"
#include "store/disk.h"

namespace vg::store::archive {

struct Workshop {
    Disk& disk;
    std::string folder;  // the archive's
    duck::Database& database;
    std::uint64_t seed;  // of the filters
    std::size_t rows_in_group, rows_in_block;
    std::function<Status()> check;  // asked on the way; its error ends the work

    [[nodiscard]] std::string scratch() const { return folder + "/scratch"; }
    [[nodiscard]] std::string segments() const { return folder + "/segments"; }
};

// What to write. Rows come in order of position.
struct SegmentSource {
    std::string select;        // "SELECT * FROM tail_3"
    std::string name;          // of the segment
    event::Position from, to;  // what it covers
    // Known beforehand for the tail: facts of the events and the filter. Without them the rows are looked at on the way.
    const SegmentFacts* facts = nullptr;
    std::string filter;
};

// A segment without events has no files. Code::unavailable: the disk; nothing is left of it. Code::corrupt: what was to be
// read cannot be.
Result<SegmentFacts> write_segment(const Workshop& workshop, const SegmentSource& source);

// Removes the files of a segment that no manifest names, as far as they exist.
void remove_segment(const Workshop& workshop, const std::string& name);

// Rows of the files in that order, with all columns: those that an older file has not are NULL.
std::string select_from(const std::vector<std::string>& paths, const std::string& condition = {});

}  // namespace vg::store::archive
