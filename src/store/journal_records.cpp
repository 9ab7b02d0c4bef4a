#include "store/journal_records.h"

#include <zstd.h>

#include <unordered_map>

#include "base/check.h"
#include "base/text.h"

namespace vg::store::journal {

namespace {

using event::Envelope;
using event::Record;

constexpr std::size_t kMostText = 255;
constexpr std::size_t kLeastEnvelope = 1 + 16 + 16 + 3;

void put_varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>((value & 0x7f) | 0x80));
    out.push_back(static_cast<char>(value));
}

std::uint64_t zigzag(std::uint64_t value) { return (value << 1) ^ (0 - (value >> 63)); }
std::uint64_t unzigzag(std::uint64_t value) { return (value >> 1) ^ (0 - (value & 1)); }

void put_text(std::string& out, std::string_view text) {
    out.push_back(static_cast<char>(text.size()));
    out += text;
}

void put_uuid(std::string& out, const Uuid& uuid) { out.append(reinterpret_cast<const char*>(uuid.data()), uuid.size()); }

void put_envelope(std::string& out, const Envelope& envelope) {
    out.push_back(static_cast<char>(envelope.kind));
    put_uuid(out, envelope.source.bytes);
    put_uuid(out, envelope.organisation.bytes);
    put_text(out, envelope.format);
    put_text(out, envelope.zone);
    put_text(out, envelope.peer);
}

bool same_but_received(const Envelope& a, const Envelope& b) {
    return a.kind == b.kind && a.source == b.source && a.organisation == b.organisation && a.format == b.format && a.zone == b.zone && a.peer == b.peer;
}

// Takes values off the front of bytes; after the first that is not there, ok is false and all values are empty.
struct Taker {
    std::string_view bytes;
    bool ok = true;

    std::string_view take(std::size_t count) {
        if (count > bytes.size()) {
            ok = false;
            bytes = {};
            return {};
        }
        const std::string_view taken = bytes.substr(0, count);
        bytes.remove_prefix(count);
        return taken;
    }
    std::uint8_t byte() {
        const std::string_view one = take(1);
        return ok ? static_cast<std::uint8_t>(one[0]) : std::uint8_t{0};
    }
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            const std::uint8_t part = byte();
            value |= static_cast<std::uint64_t>(part & 0x7f) << shift;
            if (part < 0x80) return value;
        }
        ok = false;
        return 0;
    }
    std::string text() { return std::string{take(byte())}; }
    Uuid uuid() {
        Uuid uuid{};
        const std::string_view from = take(uuid.size());
        for (std::size_t i = 0; i < from.size(); ++i) uuid[i] = static_cast<std::uint8_t>(from[i]);
        return uuid;
    }
};

}  // namespace

Status check_record(const Record& record) {
    const Envelope& envelope = record.envelope;
    if (record.raw.size() > kMostRecordBytes)
        return fail(Code::too_large, format("a record of {} bytes is longer than the {} that the journal takes", record.raw.size(), kMostRecordBytes));
    if (envelope.format.size() > kMostText || envelope.zone.size() > kMostText || envelope.peer.size() > kMostText)
        return fail(Code::too_large, "format, zone and peer of a record have at most 255 bytes");
    return {};
}

std::string encode(std::span<const Record> records) {
    std::string envelopes;
    std::string lines;
    std::unordered_map<std::string, std::size_t> numbers;
    std::size_t number = 0;
    std::size_t raw_bytes = 0;
    std::int64_t received = 0;
    std::string key;
    const Envelope* last = nullptr;
    for (const Record& record : records) {
        if (last == nullptr || !same_but_received(*last, record.envelope)) {
            key.clear();
            put_envelope(key, record.envelope);
            const auto [found, is_new] = numbers.try_emplace(key, numbers.size());
            if (is_new) envelopes += key;
            number = found->second;
            last = &record.envelope;
        }
        put_varint(lines, number);
        put_varint(lines, zigzag(static_cast<std::uint64_t>(record.envelope.received.micros) - static_cast<std::uint64_t>(received)));
        received = record.envelope.received.micros;
        put_varint(lines, record.raw.size());
        raw_bytes += record.raw.size();
    }
    std::string out;
    out.reserve(10 + envelopes.size() + lines.size() + raw_bytes);
    put_varint(out, numbers.size());
    out += envelopes;
    out += lines;
    for (const Record& record : records) out += record.raw;
    return out;
}

Result<std::vector<Record>> decode(std::string_view bytes, std::size_t count) {
    const auto wrong = [] { return fail(Code::corrupt, "the group does not decode to its records"); };
    Taker taker{bytes};
    const std::uint64_t envelope_count = taker.varint();
    if (envelope_count > count || envelope_count > bytes.size() / kLeastEnvelope || count > kMostGroupRecords) return wrong();
    std::vector<Envelope> envelopes(static_cast<std::size_t>(envelope_count));
    for (Envelope& envelope : envelopes) {
        const std::uint8_t kind = taker.byte();
        if (kind > 1) return wrong();
        envelope.kind = static_cast<event::Kind>(kind);
        envelope.source.bytes = taker.uuid();
        envelope.organisation.bytes = taker.uuid();
        envelope.format = taker.text();
        envelope.zone = taker.text();
        envelope.peer = taker.text();
    }
    std::vector<Record> records(count);
    std::vector<std::uint64_t> lengths(count);
    std::uint64_t received = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t number = taker.varint();
        if (!taker.ok || number >= envelopes.size()) return wrong();
        records[i].envelope = envelopes[static_cast<std::size_t>(number)];
        received += unzigzag(taker.varint());
        records[i].envelope.received = {static_cast<std::int64_t>(received)};
        lengths[i] = taker.varint();
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (lengths[i] > taker.bytes.size()) return wrong();
        records[i].raw = taker.take(static_cast<std::size_t>(lengths[i]));
    }
    if (!taker.ok || !taker.bytes.empty()) return wrong();
    return records;
}

Packer::Packer(int zstd_level) : context_(ZSTD_createCCtx()), level_(zstd_level) {
    CHECK(context_ != nullptr, "out of memory ends the program");
}
Packer::~Packer() { ZSTD_freeCCtx(context_); }

bool Packer::pack(std::string_view bytes, std::string& out) {
    const std::size_t start = out.size();
    const std::size_t most = ZSTD_compressBound(bytes.size());
    out.resize(start + most);
    const std::size_t packed = ZSTD_compressCCtx(context_, out.data() + start, most, bytes.data(), bytes.size(), level_);
    if (ZSTD_isError(packed) == 0 && packed < bytes.size()) {
        out.resize(start + packed);
        return true;
    }
    out.resize(start);
    out += bytes;
    return false;
}

Unpacker::Unpacker() : context_(ZSTD_createDCtx()) { CHECK(context_ != nullptr, "out of memory ends the program"); }
Unpacker::~Unpacker() { ZSTD_freeDCtx(context_); }

Result<std::vector<Record>> Unpacker::records_of(const BlockCursor::Item& group) {
    if (!group.head.packed) return decode(group.payload(), group.head.count);
    raw_.resize(group.head.raw);  // at most kMostGroupRaw: the cursor has looked
    const std::size_t got = ZSTD_decompressDCtx(context_, raw_.data(), raw_.size(), group.payload().data(), group.payload().size());
    if (ZSTD_isError(got) != 0 || got != raw_.size()) return fail(Code::corrupt, "the group does not unpack");
    return decode(raw_, group.head.count);
}

}  // namespace vg::store::journal
