// The structures are those of PKWARE's APPNOTE 6.3.10: local header 4.3.7, directory 4.3.12, end record 4.3.16.
#include "tables/zip.h"

#include <zlib.h>

#include <algorithm>
#include <numeric>

#include "base/bytes.h"
#include "base/text.h"

namespace vg::tables {
namespace {

constexpr std::size_t kEndRecord = 22, kDirectoryHeader = 46, kLocalHeader = 30;
constexpr std::size_t kSmallEntry = std::size_t{1} << 20;
constexpr std::uint16_t kStored = 0, kDeflated = 8;

tl::unexpected<Error> bad_zip(std::string_view reason) { return fail(Code::bad_input, format("this ZIP archive cannot be read: {}", reason)); }

std::string shown(std::string_view name) { return to_valid_utf8(shorten(name, 100)); }

// The end record is the last thing of the file but for its comment.
std::size_t find_end(std::string_view bytes) {
    if (bytes.size() < kEndRecord) return std::string_view::npos;
    const std::size_t first = bytes.size() - std::min(bytes.size(), kEndRecord + 0xFFFF);
    for (std::size_t at = bytes.size() - kEndRecord + 1; at-- > first;)
        if (bytes.substr(at, 4) == "PK\x05\x06" && at + kEndRecord + pick<std::uint16_t>(bytes, at + 20) == bytes.size()) return at;
    return std::string_view::npos;
}

}  // namespace

Result<ZipFile> ZipFile::open(std::string_view bytes, const ZipLimits& limits) {
    ZipFile file{bytes, limits};
    TRY(file.read_directory());
    TRY(file.refuse_overlaps());
    return file;
}

Status ZipFile::read_directory() {
    if (!bytes_.starts_with("PK")) return fail(Code::bad_input, "this is no ZIP archive");
    const std::size_t end = find_end(bytes_);
    if (end == std::string_view::npos) return bad_zip("its end is missing; the file is cut off, or something was put behind it");
    const auto count = pick<std::uint16_t>(bytes_, end + 10);
    const std::size_t size = pick<std::uint32_t>(bytes_, end + 12), start = pick<std::uint32_t>(bytes_, end + 16);
    if ((end >= 20 && bytes_.substr(end - 20, 4) == "PK\x06\x07") || count == 0xFFFF || size == 0xFFFFFFFF || start == 0xFFFFFFFF)
        return bad_zip("it is ZIP64, for archives of more than 4 GiB or 65,535 entries, which are not taken");
    if (pick<std::uint16_t>(bytes_, end + 4) != 0 || pick<std::uint16_t>(bytes_, end + 6) != 0 || pick<std::uint16_t>(bytes_, end + 8) != count)
        return bad_zip("it is one of several disks");
    if (count > limits_.entries) return fail(Code::too_large, format("this ZIP archive has {} entries, and {} are taken", count, limits_.entries));
    if (start > end || size != end - start) return bad_zip("its directory is not where its end says");
    std::size_t at = start;
    for (std::size_t i = 0; i < count; ++i) TRY(read_entry(at, start));
    if (at != end) return bad_zip("its directory holds more than its end says");
    by_name_.resize(entries_.size());
    std::iota(by_name_.begin(), by_name_.end(), std::size_t{0});
    std::vector<std::string> names;
    for (const ZipEntry& entry : entries_) names.push_back(lower_ascii(entry.name));
    std::sort(by_name_.begin(), by_name_.end(), [&names](std::size_t a, std::size_t b) { return names[a] < names[b]; });
    for (std::size_t i = 1; i < by_name_.size(); ++i)
        if (names[by_name_[i - 1]] == names[by_name_[i]]) return bad_zip(format("the name '{}' stands in it twice", shown(names[by_name_[i]])));
    return {};
}

Status ZipFile::read_entry(std::size_t& at, std::size_t directory) {
    const std::size_t room = bytes_.size() - kEndRecord;
    if (at + kDirectoryHeader > room || bytes_.substr(at, 4) != "PK\x01\x02") return bad_zip("its directory is damaged");
    const std::size_t name_size = pick<std::uint16_t>(bytes_, at + 28);
    const std::size_t after = kDirectoryHeader + name_size + pick<std::uint16_t>(bytes_, at + 30) + pick<std::uint16_t>(bytes_, at + 32);
    if (after > room - at) return bad_zip("its directory is damaged");
    ZipEntry entry{.name = std::string{bytes_.substr(at + kDirectoryHeader, name_size)},
                   .header = pick<std::uint32_t>(bytes_, at + 42),
                   .packed = pick<std::uint32_t>(bytes_, at + 20),
                   .unpacked = pick<std::uint32_t>(bytes_, at + 24),
                   .checksum = pick<std::uint32_t>(bytes_, at + 16),
                   .method = pick<std::uint16_t>(bytes_, at + 10)};
    const auto flags = pick<std::uint16_t>(bytes_, at + 8);
    at += after;
    const std::string name = shown(entry.name);
    // Bit 0: encrypted; 6: strongly; 13: the directory too.
    if ((flags & 0x2041U) != 0) return bad_zip(format("the entry '{}' is encrypted: save it without a password", name));
    if (entry.packed == 0xFFFFFFFF || entry.unpacked == 0xFFFFFFFF || entry.header == 0xFFFFFFFF) return bad_zip(format("the entry '{}' is of ZIP64", name));
    if (entry.header + kLocalHeader > directory || bytes_.substr(entry.header, 4) != "PK\x03\x04") return bad_zip(format("the entry '{}' is not where the directory says", name));
    const std::size_t local_name = pick<std::uint16_t>(bytes_, entry.header + 26);
    entry.data = entry.header + kLocalHeader + local_name + pick<std::uint16_t>(bytes_, entry.header + 28);
    if (entry.data > directory || entry.packed > directory - entry.data) return bad_zip(format("the entry '{}' is cut off", name));
    if (bytes_.substr(entry.header + kLocalHeader, local_name) != entry.name) return bad_zip(format("the entry '{}' has two names", name));
    entries_.push_back(std::move(entry));
    return {};
}

Status ZipFile::refuse_overlaps() const {
    std::vector<const ZipEntry*> sorted;
    for (const ZipEntry& entry : entries_) sorted.push_back(&entry);
    std::sort(sorted.begin(), sorted.end(), [](const ZipEntry* a, const ZipEntry* b) { return a->header < b->header; });
    for (std::size_t i = 1; i < sorted.size(); ++i)
        if (sorted[i - 1]->data + sorted[i - 1]->packed > sorted[i]->header)
            return bad_zip(format("the entries '{}' and '{}' overlap, as those of ZIP bombs do", shown(sorted[i - 1]->name), shown(sorted[i]->name)));
    return {};
}

const ZipEntry* ZipFile::find(std::string_view name) const {
    const std::string wanted = lower_ascii(name);
    const auto found = std::lower_bound(by_name_.begin(), by_name_.end(), wanted, [this](std::size_t i, const std::string& word) { return lower_ascii(entries_[i].name) < word; });
    return found != by_name_.end() && equal_ignoring_ascii_case(entries_[*found].name, name) ? &entries_[*found] : nullptr;
}

Result<std::string> ZipFile::read(const ZipEntry& entry) {
    const std::string name = shown(entry.name);
    if (entry.unpacked > kSmallEntry && entry.unpacked / limits_.ratio > entry.packed)
        return fail(Code::too_large, format("the entry '{}' unpacks from {} bytes to {}, more than {} times: that is what ZIP bombs do", name, entry.packed, entry.unpacked, limits_.ratio));
    if (entry.unpacked > limits_.unpacked_bytes - read_bytes_)
        return fail(Code::too_large, format("the archive unpacks to more than {} bytes (at the entry '{}')", limits_.unpacked_bytes, name));
    const std::string_view packed = bytes_.substr(entry.data, entry.packed);
    std::string out;
    if (entry.method == kStored) {
        if (entry.packed != entry.unpacked) return bad_zip(format("the entry '{}' has another length than it says", name));
        out = packed;
    } else if (entry.method == kDeflated) {
        // One byte more than it says, so that one that says too little is seen.
        out.resize(entry.unpacked + 1);
        z_stream stream{};
        if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return fail(Code::internal, "zlib does not start");
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
        stream.avail_in = static_cast<uInt>(packed.size());
        stream.next_out = reinterpret_cast<Bytef*>(out.data());
        stream.avail_out = static_cast<uInt>(out.size());
        const int answer = inflate(&stream, Z_FINISH);
        const std::size_t written = stream.total_out, left = stream.avail_in;
        inflateEnd(&stream);
        if (written > entry.unpacked) return bad_zip(format("the entry '{}' unpacks to more than it says, as ZIP bombs do", name));
        if (answer != Z_STREAM_END || written != entry.unpacked || left != 0) return bad_zip(format("the entry '{}' is damaged", name));
        out.resize(written);
    } else {
        return bad_zip(format("the entry '{}' is packed by method {}; only stored and deflated ones are read", name, entry.method));
    }
    if (crc32_z(0, reinterpret_cast<const Bytef*>(out.data()), out.size()) != entry.checksum) return bad_zip(format("the entry '{}' has a wrong checksum", name));
    read_bytes_ += entry.unpacked;
    return out;
}

}  // namespace vg::tables
