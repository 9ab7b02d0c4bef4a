#include "tables/zip_writer.h"

#include <zlib.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"
#include "base/time.h"

namespace vg::tables {

namespace {

constexpr std::uint32_t kLocalMark = 0x04034B50, kCentralMark = 0x02014B50, kEndMark = 0x06054B50;
constexpr std::uint16_t kVersionNeeded = 20, kNamesAreUtf8 = 1 << 11;
constexpr std::size_t kMostWritten = 65'534;
constexpr std::uint64_t kMostWrittenBytes = 0xFFFF'0000;

std::uint32_t checksum_of(std::string_view bytes) {
    uLong crc = ::crc32(0, nullptr, 0);
    while (!bytes.empty()) {
        const std::string_view piece = bytes.substr(0, std::size_t{1} << 30);
        crc = ::crc32(crc, reinterpret_cast<const Bytef*>(piece.data()), static_cast<uInt>(piece.size()));
        bytes.remove_prefix(piece.size());
    }
    return static_cast<std::uint32_t>(crc);
}

// MS-DOS date and time, from 1980 on, in steps of two seconds (APPNOTE 4.4.6).
std::uint16_t dos_date(const Civil& civil) { return static_cast<std::uint16_t>((std::max(civil.year - 1980, 0) << 9) | (civil.month << 5) | civil.day); }
std::uint16_t dos_time(const Civil& civil) { return static_cast<std::uint16_t>((civil.hour << 11) | (civil.minute << 5) | (civil.second / 2)); }

// What local and central heads share, from "version needed" on.
struct Head {
    std::uint16_t time = 0, date = 0;
    std::uint32_t crc = 0;
    std::size_t packed = 0, plain = 0, name = 0;
    ZipPacking packing = ZipPacking::stored;
};
void put_head(std::string& out, const Head& head) {
    put(out, kVersionNeeded);
    put(out, kNamesAreUtf8);
    put(out, static_cast<std::uint16_t>(head.packing == ZipPacking::deflated ? 8 : 0));
    put(out, head.time);
    put(out, head.date);
    put(out, head.crc);
    put(out, static_cast<std::uint32_t>(head.packed));
    put(out, static_cast<std::uint32_t>(head.plain));
    put(out, static_cast<std::uint16_t>(head.name));
    put(out, std::uint16_t{0});  // extra field
}

// Raw deflate (RFC 1951).
std::string deflated_bytes(std::string_view bytes) {
    z_stream stream{};
    CHECK(::deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK, "these settings are fixed");
    std::string out(::deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib does not write there
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    CHECK(::deflate(&stream, Z_FINISH) == Z_STREAM_END, "the output is as long as it can become");
    out.resize(stream.total_out);
    ::deflateEnd(&stream);
    return out;
}

}  // namespace

ZipWriter::ZipWriter(Time made) : date_(dos_date(to_civil(made))), time_(dos_time(to_civil(made))) {}

std::string ZipWriter::add(std::string_view name, std::string_view bytes, ZipPacking packing) {
    CHECK(count_ < kMostWritten && size_ + bytes.size() < kMostWrittenBytes, "the caller bounds what is packed");
    const std::uint32_t crc = checksum_of(bytes);
    const std::string deflated = packing == ZipPacking::deflated ? deflated_bytes(bytes) : std::string{};
    const std::string_view packed = packing == ZipPacking::deflated ? std::string_view{deflated} : bytes;
    const Head head{.time = time_, .date = date_, .crc = crc, .packed = packed.size(), .plain = bytes.size(), .name = name.size(), .packing = packing};
    std::string out;
    put(out, kLocalMark);
    put_head(out, head);
    out += name;
    out += packed;
    put(directory_, kCentralMark);
    put(directory_, static_cast<std::uint16_t>(kVersionNeeded | 3 << 8));  // made on Unix
    put_head(directory_, head);
    put(directory_, std::uint16_t{0});  // comment
    put(directory_, std::uint16_t{0});  // disk
    put(directory_, std::uint16_t{0});  // internal attributes
    put(directory_, std::uint32_t{0100600U << 16});  // external: a file that only its owner reads
    put(directory_, static_cast<std::uint32_t>(size_));
    directory_ += name;
    size_ += out.size();
    ++count_;
    return out;
}

std::string ZipWriter::finish() {
    std::string out = std::move(directory_);
    const auto bytes = static_cast<std::uint32_t>(out.size());
    put(out, kEndMark);
    put(out, std::uint16_t{0});
    put(out, std::uint16_t{0});
    put(out, static_cast<std::uint16_t>(count_));
    put(out, static_cast<std::uint16_t>(count_));
    put(out, bytes);
    put(out, static_cast<std::uint32_t>(size_));
    put(out, std::uint16_t{0});
    return out;
}

}  // namespace vg::tables
