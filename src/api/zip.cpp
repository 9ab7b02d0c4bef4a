#include "api/zip.h"

#include <zlib.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"

namespace vg::api {

namespace {

constexpr std::uint32_t kLocal = 0x04034B50, kCentral = 0x02014B50, kEnd = 0x06054B50;
constexpr std::size_t kLocalBytes = 30, kCentralBytes = 46, kEndBytes = 22;
constexpr std::size_t kMostComment = 65'535;
constexpr std::size_t kZipPiece = std::size_t{256} << 10;

std::uint32_t crc_of(std::string_view bytes) {
    uLong crc = ::crc32(0, nullptr, 0);
    while (!bytes.empty()) {
        const std::string_view piece = bytes.substr(0, std::size_t{1} << 30);
        crc = ::crc32(crc, reinterpret_cast<const Bytef*>(piece.data()), static_cast<uInt>(piece.size()));
        bytes.remove_prefix(piece.size());
    }
    return static_cast<std::uint32_t>(crc);
}

tl::unexpected<Error> wrong(std::string_view why) { return fail(Code::bad_input, format("this is no ZIP file that can be read: {}", why)); }

bool is_safe_name(std::string_view name) {
    if (name.empty() || name.size() > 200 || name.front() == '/' || !is_utf8(name)) return false;
    for (const std::string_view part : split(name, '/'))
        if (part.empty() || part == "." || part == "..") return false;
    return name.find_first_of("\\:\n") == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

// Raw deflate (RFC 1951) of exactly `plain` bytes. The output grows with what really comes: a stated size costs nothing.
Result<std::string> inflated(std::string_view packed, std::size_t plain) {
    z_stream stream{};
    if (::inflateInit2(&stream, -MAX_WBITS) != Z_OK) return fail(Code::unavailable, "no memory to unpack");
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // zlib does not write there
    stream.avail_in = static_cast<uInt>(packed.size());
    std::string out;
    int state = Z_OK;
    while (state == Z_OK && out.size() <= plain) {
        const std::size_t before = out.size();
        out.resize(before + kZipPiece);
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
        stream.avail_out = static_cast<uInt>(kZipPiece);
        state = ::inflate(&stream, Z_NO_FLUSH);
        out.resize(before + kZipPiece - stream.avail_out);
        if (state == Z_OK && stream.avail_out == kZipPiece) break;  // it wants more bytes, and there are none
    }
    ::inflateEnd(&stream);
    if (state != Z_STREAM_END || stream.avail_in != 0) return wrong("a file in it cannot be unpacked");
    return out;
}

}  // namespace

Result<ZipFiles> read_zip(std::string_view bytes, const ZipLimits& limits) {
    const std::size_t end_at = bytes.rfind(std::string_view{"PK\x05\x06", 4});
    if (end_at == std::string_view::npos || bytes.size() - end_at < kEndBytes || bytes.size() - end_at > kEndBytes + kMostComment) return wrong("it does not end as a ZIP file does");
    const std::string_view end = bytes.substr(end_at);
    const std::size_t count = pick<std::uint16_t>(end, 10), size = pick<std::uint32_t>(end, 12), start = pick<std::uint32_t>(end, 16);
    if (kEndBytes + pick<std::uint16_t>(end, 20) != end.size() || start > end_at || size != end_at - start) return wrong("its directory is not where it should be");
    std::string_view directory = bytes.substr(start, size);
    ZipFiles out;
    if (count > limits.files) return wrong(format("it holds more than {} files", limits.files));
    std::uint64_t unpacked = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (directory.size() < kCentralBytes || pick<std::uint32_t>(directory, 0) != kCentral) return wrong("its directory is damaged");
        const std::size_t name_size = pick<std::uint16_t>(directory, 28), more = std::size_t{pick<std::uint16_t>(directory, 30)} + pick<std::uint16_t>(directory, 32);
        if (directory.size() < kCentralBytes + name_size + more) return wrong("its directory is damaged");
        const std::string_view name = directory.substr(kCentralBytes, name_size);
        const auto method = pick<std::uint16_t>(directory, 10);
        const std::uint32_t crc = pick<std::uint32_t>(directory, 16);
        const std::size_t packed = pick<std::uint32_t>(directory, 20), plain = pick<std::uint32_t>(directory, 24), offset = pick<std::uint32_t>(directory, 42);
        directory.remove_prefix(kCentralBytes + name_size + more);
        if (name.ends_with('/') && plain == 0) continue;
        if (!is_safe_name(name)) return wrong("a file in it has a name that leads elsewhere");
        if (offset > start || start - offset < kLocalBytes) return wrong("a file in it stands outside of it");
        const std::string_view local = bytes.substr(offset, start - offset);
        const std::size_t skip = kLocalBytes + pick<std::uint16_t>(local, 26) + std::size_t{pick<std::uint16_t>(local, 28)};
        if (pick<std::uint32_t>(local, 0) != kLocal || skip > local.size() || packed > local.size() - skip || local.substr(kLocalBytes, pick<std::uint16_t>(local, 26)) != name)
            return wrong("a file in it is damaged");
        std::string_view content = local.substr(skip, packed);
        if ((unpacked += plain) > limits.unpacked) return wrong(format("it holds more than {} MiB", limits.unpacked >> 20));
        if (method == 8) {
            out.unpacked.push_back(TRY(inflated(content, plain)));
            content = out.unpacked.back();
        } else if (method != 0) {
            return wrong("a file in it is packed in a way that this program does not know");
        }
        if (content.size() != plain || crc_of(content) != crc) return wrong(format("the sum of {} does not fit", name));
        if (!out.files.emplace(name, content).second) return wrong("a file stands in it twice");
    }
    if (!directory.empty()) return wrong("its directory is damaged");
    return out;
}

}  // namespace vg::api
