#include "formats/evtx.h"

#include <zlib.h>

#include "base/bytes.h"
#include "base/text.h"
#include "formats/evtx_xml.h"

namespace vg::formats {

namespace {

constexpr std::size_t kHeaderSize = 4096;
constexpr std::size_t kChunkSize = 65536;
constexpr std::size_t kFirstRecord = 512;  // in a chunk
constexpr std::string_view kFileMagic{"ElfFile\0", 8};
constexpr std::string_view kChunkMagic{"ElfChnk\0", 8};
constexpr std::string_view kRecordMagic{"**\0\0", 4};
constexpr std::uint32_t kNoChecksums = 4;  // flag of a chunk

constexpr std::size_t kRecordHead = 24;  // magic, size, number, time

bool is_empty(std::string_view bytes) { return bytes.find_first_not_of('\0') == std::string_view::npos; }

std::uint32_t checksum(std::string_view bytes, std::uint32_t seed = 0) {
    return static_cast<std::uint32_t>(crc32(seed, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

bool begins_record(std::string_view chunk, std::size_t at) {
    if (chunk.size() - at < kRecordHead + 4 || chunk.substr(at, 4) != kRecordMagic) return false;
    const std::size_t size = pick<std::uint32_t>(chunk, at + 4);
    return size >= kRecordHead + 4 && size <= chunk.size() - at;
}

// A record says its size at both ends.
bool is_record(std::string_view chunk, std::size_t at) {
    if (!begins_record(chunk, at)) return false;
    const std::size_t size = pick<std::uint32_t>(chunk, at + 4);
    return pick<std::uint32_t>(chunk, at + size - 4) == size;
}

// Where the next record begins, from `at` on; `end` when there is none.
std::size_t next_record(std::string_view chunk, std::size_t at, std::size_t end) {
    for (at = chunk.find(kRecordMagic, at); at < end; at = chunk.find(kRecordMagic, at + 1))
        if (is_record(chunk, at)) return at;
    return end;
}

}  // namespace

EvtxReader::EvtxReader(KeepEvent keep, Damage damage) : keep_(std::move(keep)), damage_(std::move(damage)) {}
EvtxReader::~EvtxReader() = default;

void EvtxReader::feed(std::string_view bytes) {
    while (!bytes.empty() && !stopped_) {
        const std::size_t wanted = (chunk_ == 0 ? kHeaderSize : kChunkSize) - held_.size();
        held_.append(bytes.substr(0, wanted));
        if (bytes.size() < wanted) return;
        bytes.remove_prefix(wanted);
        if (chunk_ == 0) read_header();
        else read_chunk();
        held_.clear();
        ++chunk_;
    }
}

void EvtxReader::finish() {
    if (held_.empty() || stopped_) return;
    if (chunk_ == 0) {
        damage_("the file ends within its header");
    } else {
        if (!is_empty(held_)) {
            damage_(format("chunk {}: the file ends within it", chunk_));
            held_.resize(kChunkSize, '\0');
            read_chunk();
        }
    }
    held_.clear();
}

void EvtxReader::read_header() {
    const std::string_view header = held_;
    if (!header.starts_with(kFileMagic)) damage_("the file's header is damaged");
    else if (checksum(header.substr(0, 120)) != pick<std::uint32_t>(header, 124)) damage_("the file's header: its checksum does not fit");
}

void EvtxReader::read_chunk() {
    const std::string_view chunk = held_;
    if (!chunk.starts_with(kChunkMagic)) {
        if (!is_empty(chunk.substr(0, kFirstRecord))) damage_(format("chunk {}: it does not begin as one", chunk_));
        return;
    }
    if ((pick<std::uint32_t>(chunk, 120) & kNoChecksums) == 0) {
        const std::uint32_t header = checksum(chunk.substr(128, 384), checksum(chunk.substr(0, 120)));
        if (header != pick<std::uint32_t>(chunk, 124)) damage_(format("chunk {}: the checksum of its header does not fit", chunk_));
    }
    std::size_t end = pick<std::uint32_t>(chunk, 48);  // where free space begins
    if (end < kFirstRecord || end > kChunkSize) end = kChunkSize;
    else if ((pick<std::uint32_t>(chunk, 120) & kNoChecksums) == 0 && checksum(chunk.substr(kFirstRecord, end - kFirstRecord)) != pick<std::uint32_t>(chunk, 52))
        damage_(format("chunk {}: the checksum of its records does not fit", chunk_));

    evtx::ChunkXml xml{chunk};
    for (std::size_t at = kFirstRecord; at + kRecordHead + 4 <= end && !stopped_;) {
        if (chunk.substr(at, 4) != kRecordMagic && is_empty(chunk.substr(at, end - at))) return;
        if (!begins_record(chunk, at)) {
            const std::size_t next = next_record(chunk, at + 1, end);
            damage_(format("chunk {}, offset {}: no record where one should begin; {} bytes are skipped", chunk_, at, next - at));
            at = next;
            continue;
        }
        const std::size_t size = pick<std::uint32_t>(chunk, at + 4);
        const auto number = pick<std::uint64_t>(chunk, at + 8);
        if (const auto tree = xml.read(at + kRecordHead, at + size - 4)) {
            json_.clear();
            evtx::to_json(**tree, json_);
            if (!keep_(json_)) stopped_ = true;
        } else {
            damage_(format("chunk {}, record {}: {}", chunk_, number, tree.error().text));
        }
        if (is_record(chunk, at)) {
            at += size;
        } else {
            damage_(format("chunk {}, record {}: its end is torn off", chunk_, number));
            at = next_record(chunk, at + kRecordHead, end);
        }
    }
}

}  // namespace vg::formats
