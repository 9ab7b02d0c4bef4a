// Writes ZIP files (APPNOTE 6.3.10), piece by piece as they are sent: that is why this is not libzip, which needs a file to seek in.
// Evidence is stored as it is, so that the bytes of a record can be found in the file; parts of a document are packed. The same files
// give the same bytes. Below 4 GiB and 65,535 files; names are UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace vg::tables {

enum class ZipPacking { stored, deflated };

// One thread. The caller keeps the bounds: 4 GiB in all.
class ZipWriter {
public:
    explicit ZipWriter(Time made);
    // The bytes of one more file, to be sent.
    std::string add(std::string_view name, std::string_view bytes, ZipPacking packing = ZipPacking::stored);
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

}  // namespace vg::tables
