// ZIP files of evidence as they come back (APPNOTE 6.3.10), also those that somebody unpacked and packed again. They are written by
// tables::ZipWriter. Below 4 GiB and 65,535 files; names are UTF-8.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tables/zip_writer.h"

namespace vg::api {

using tables::ZipWriter;

// The files of a ZIP by name; folders are left out. The views point into `bytes` of the caller and into `unpacked`.
struct ZipFiles {
    std::map<std::string, std::string_view> files;
    std::deque<std::string> unpacked;
};
struct ZipLimits {
    std::uint64_t unpacked = 0xFFFF'0000;  // bytes of all files together
    std::size_t files = 65'534;
};
// Hostile: bad_input for names that lead elsewhere, wrong sums, names that stand twice, and more than the limits.
Result<ZipFiles> read_zip(std::string_view bytes, const ZipLimits& limits = {});

}  // namespace vg::api
