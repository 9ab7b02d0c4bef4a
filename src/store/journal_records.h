// Records as the payload of a group block: envelopes that occur more than once are written once, then a line a record,
// then all raw bytes behind each other.
//
//   varint n, n envelopes: u8 kind, 16 bytes source, 16 bytes organisation, format, zone, peer (u8 length and bytes each)
//   for each record: varint number of its envelope, zigzag varint received minus that of the record before (the first:
//   minus 0), varint bytes of raw
//   raw bytes of all records
//
// Inside of store only. A Packer and an Unpacker are each used by one thread at a time.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "event/record.h"
#include "store/journal_blocks.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace vg::store::journal {

// Refuses what the format cannot hold.
Status check_record(const event::Record& record);

std::string encode(std::span<const event::Record> records);
// Code::corrupt when the bytes do not decode to exactly `count` records.
Result<std::vector<event::Record>> decode(std::string_view bytes, std::size_t count);

class Packer {
public:
    explicit Packer(int zstd_level);
    ~Packer();
    Packer(const Packer&) = delete;
    Packer& operator=(const Packer&) = delete;
    // Appends the bytes packed, or as they are when packing does not help. True: packed.
    bool pack(std::string_view bytes, std::string& out);

private:
    ZSTD_CCtx_s* context_;
    int level_;
};

class Unpacker {
public:
    Unpacker();
    ~Unpacker();
    Unpacker(const Unpacker&) = delete;
    Unpacker& operator=(const Unpacker&) = delete;
    Result<std::vector<event::Record>> records_of(const BlockCursor::Item& group);

private:
    ZSTD_DCtx_s* context_;
    std::string raw_;
};

}  // namespace vg::store::journal
