// A ZIP container as office programs write it, out of bytes of strangers: its entries are looked over as a whole before any is
// unpacked. Refused with a reason: more entries or bytes than the limits, entries that overlap or stand twice, encryption, ZIP64,
// several disks, methods but store and deflate, a directory that is not where the end record says. Pure; one thread at a time.
//
//   tables::ZipFile zip = TRY(tables::ZipFile::open(bytes));
//   if (const tables::ZipEntry* entry = zip.find("xl/workbook.xml")) const std::string part = TRY(zip.read(*entry));
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vg::tables {

struct ZipLimits {
    std::size_t entries = 2'000;
    std::size_t unpacked_bytes = std::size_t{256} << 20;  // of all that is read, together
    std::size_t ratio = 200;                              // unpacked to packed, of an entry of more than a MiB
};

struct ZipEntry {
    std::string name;
    std::size_t header = 0;  // where its local header is
    std::size_t data = 0;    // where its bytes are
    std::size_t packed = 0, unpacked = 0;
    std::uint32_t checksum = 0;
    std::uint16_t method = 0;
};

class ZipFile {
public:
    // The bytes must outlive the result.
    static Result<ZipFile> open(std::string_view bytes, const ZipLimits& limits = {});

    [[nodiscard]] const std::vector<ZipEntry>& entries() const { return entries_; }
    // Names of parts are compared without regard to the case of ASCII (ECMA-376 part 2, 6.2.2.3).
    [[nodiscard]] const ZipEntry* find(std::string_view name) const;
    // Its bytes, unpacked and checked against length and checksum.
    Result<std::string> read(const ZipEntry& entry);

private:
    ZipFile(std::string_view bytes, const ZipLimits& limits) : bytes_(bytes), limits_(limits) {}
    Status read_directory();
    Status read_entry(std::size_t& at, std::size_t directory);
    Status refuse_overlaps() const;

    std::string_view bytes_;
    ZipLimits limits_;
    std::vector<ZipEntry> entries_;  // in the order of the directory
    std::vector<std::size_t> by_name_;
    std::size_t read_bytes_ = 0;
};

}  // namespace vg::tables
