// Lists of indicators as items, and as a set for a scan without a server, through the readers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "intel/indicators.h"
#include "intel/readers/reader.h"

namespace vg::intel {

// The reading's entries as items, in whatever form the bytes are.
std::vector<Item> items_of(const Reading& reading);
Reading read_any(std::string_view bytes, std::string_view name);
std::string told(const Refused& refused);  // "line 3: ..."

// The set of files and folders (read recursively): the family of a value that names none is its file's name without the ending.
struct FileSet {
    std::shared_ptr<const indicator::Set> set;
    std::size_t values = 0;
    std::vector<std::pair<std::string, std::string>> refused;  // file and reason; at most 1,000
    std::size_t refused_count = 0;
};
Result<FileSet> read_files(const std::vector<std::string>& paths, std::uint64_t seed);

}  // namespace vg::intel
