// ZIP files of evidence (APPNOTE 6.3.10). They are written without compression, so that the bytes of a record can be found
// in the file as they are, and piece by piece as they are sent: that is why this is not libzip, which needs a file to seek
// in. Read are also those that somebody unpacked and packed again. Below 4 GiB and 65,535 files; names are UTF-8.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace vg::api {

// One thread. The caller keeps the bounds: 4 GiB in all.
class ZipWriter {
public:
    explicit ZipWriter(Time made);
    // The bytes of one more file, to be sent.
    std::string add(std::string_view name, std::string_view bytes);
    // The end of the archive; nothing is added afterwards.
    std::string finish();
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] std::size_t files() const { return count_; }

private:
    const std::uint16_t date_, time_;
    std::uint64_t size_ = 0;
    std::size_t count_ = 0;
    std::string directory_;
};

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
