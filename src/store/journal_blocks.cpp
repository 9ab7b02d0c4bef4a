#include "store/journal_blocks.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "store/signing.h"

namespace vg::store::journal {

namespace {

constexpr std::string_view kHeaderMagic = "VGsegmt1";
constexpr std::string_view kCloseMagic = "VGJclose";
constexpr std::string_view kSignedText = "vonggac journal checkpoint 1\n";
constexpr std::size_t kMostChunk = std::size_t{1} << 20;
constexpr std::size_t kKeyOffset = kHeadBytes, kSignatureOffset = kHeadBytes + 32, kSignatureEnd = kSignatureOffset + 64;
constexpr std::size_t kMostIndex = 512;
constexpr std::size_t kMostCloseBytes = 16384;
constexpr std::size_t kCloseTrailer = 16;

template <class T>
void overwrite(std::string& out, std::size_t offset, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i)
        out[offset + i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
}

std::size_t filled(std::size_t bytes) { return (bytes + kSector - 1) / kSector * kSector; }

std::string signed_text(std::string_view block) {
    std::string text{kSignedText};
    text += block.substr(16, kSignatureOffset - 16);
    text.append(64, '\0');
    text += block.substr(kSignatureEnd);
    return text;
}

}  // namespace

std::optional<Head> read_head(std::string_view bytes) {
    Head head;
    head.stored = pick<std::uint32_t>(bytes, 16);
    head.raw = pick<std::uint32_t>(bytes, 20);
    head.count = pick<std::uint32_t>(bytes, 24);
    const auto kind = pick<std::uint8_t>(bytes, 28);
    const auto flags = pick<std::uint8_t>(bytes, 29);
    if (kind < 1 || kind > 4 || flags > 3 || head.stored > kMostStored || head.raw > kMostGroupRaw || head.count > kMostGroupRecords)
        return std::nullopt;
    head.kind = static_cast<Kind>(kind);
    head.packed = (flags & 1) != 0;
    head.last_of_call = (flags & 2) != 0;
    head.first = pick<std::uint64_t>(bytes, 32);
    head.durable = pick<std::uint64_t>(bytes, 40);
    if (head.first > kMostPosition || head.durable > kMostPosition) return std::nullopt;
    head.low = {pick<std::int64_t>(bytes, 48)};
    head.high = {pick<std::int64_t>(bytes, 56)};
    std::copy_n(bytes.begin() + 64, 32, reinterpret_cast<char*>(head.previous.data()));
    return head;
}

Marks marks_of(std::uint64_t salt, std::uint64_t first_of_segment) {
    std::string text = "magic";
    put(text, first_of_segment);
    Marks marks;
    put(marks.magic, hash64(text, salt));
    text.replace(0, 5, "check");
    marks.seed = hash64(text, salt);
    return marks;
}

std::size_t block_bytes(std::size_t stored) { return filled(kHeadBytes + stored); }

std::size_t begin_block(std::string& out) {
    const std::size_t start = out.size();
    out.append(kHeadBytes, '\0');
    return start;
}

Result<Sha256> finish_block(std::string& out, std::size_t start, Head head, const Marks& marks, const SigningKey& key) {
    const std::size_t stored = out.size() - start - kHeadBytes;
    CHECK(stored <= kMostStored, "a group holds one record of the most allowed size, or about a megabyte");
    out.append(block_bytes(stored) - kHeadBytes - stored, '\0');
    const bool is_header = head.kind == Kind::header;
    const std::string_view magic = is_header ? kHeaderMagic : std::string_view{marks.magic};
    std::copy(magic.begin(), magic.end(), out.begin() + static_cast<std::ptrdiff_t>(start));
    overwrite(out, start + 16, static_cast<std::uint32_t>(stored));
    overwrite(out, start + 20, head.raw);
    overwrite(out, start + 24, head.count);
    overwrite(out, start + 28, static_cast<std::uint8_t>(head.kind));
    overwrite(out, start + 29, static_cast<std::uint8_t>((head.packed ? 1 : 0) | (head.last_of_call ? 2 : 0)));
    overwrite(out, start + 32, head.first);
    overwrite(out, start + 40, head.durable);
    overwrite(out, start + 48, head.low.micros);
    overwrite(out, start + 56, head.high.micros);
    const std::string_view previous = as_view(head.previous);
    std::copy(previous.begin(), previous.end(), out.begin() + static_cast<std::ptrdiff_t>(start + 64));
    if (head.kind == Kind::checkpoint || head.kind == Kind::close) {
        const std::string signature = TRY(sign(key, signed_text(std::string_view{out}.substr(start))));
        std::copy(signature.begin(), signature.end(), out.begin() + static_cast<std::ptrdiff_t>(start + kSignatureOffset));
    }
    const std::string_view block = std::string_view{out}.substr(start);
    overwrite(out, start + 8, hash64(block.substr(16), is_header ? 0 : marks.seed));
    return sha256(block);
}

Result<Sha256> put_header(std::string& out, const Uuid& journal, std::uint64_t salt, std::uint64_t first, const Sha256& previous, Time now) {
    const std::size_t start = begin_block(out);
    put(out, kVersion);
    out.append(reinterpret_cast<const char*>(journal.data()), journal.size());
    put(out, salt);
    put(out, now.micros);
    return finish_block(out, start, {.kind = Kind::header, .first = first, .durable = first, .previous = previous}, {}, {});
}

Result<Sha256> put_checkpoint(std::string& out, const Marks& marks, const SigningKey& key, std::uint64_t next, std::uint64_t durable,
                              const Sha256& previous, Time now) {
    const std::size_t start = begin_block(out);
    out += key.public_key;
    out.append(64, '\0');
    put(out, now.micros);
    return finish_block(out, start, {.kind = Kind::checkpoint, .first = next, .durable = durable, .previous = previous}, marks, key);
}

void SparseIndex::add(Entry group) {
    if (seen_++ % stride_ != 0) return;
    if (entries_.size() == kMostIndex) {
        for (std::size_t i = 0; i < kMostIndex / 2; ++i) entries_[i] = entries_[2 * i];
        entries_.resize(kMostIndex / 2);
        stride_ *= 2;
    }
    entries_.push_back(group);
}

std::uint64_t SparseIndex::find(std::uint64_t position) const {
    const auto after = std::upper_bound(entries_.begin(), entries_.end(), position,
                                        [](std::uint64_t p, const Entry& entry) { return p < entry.position; });
    return after == entries_.begin() ? 0 : std::prev(after)->offset;
}

Result<Sha256> put_close(std::string& out, const Marks& marks, const SigningKey& key, const Closing& closing) {
    const std::size_t start = begin_block(out);
    out += key.public_key;
    out.append(64, '\0');
    put(out, closing.first);
    put(out, closing.groups);
    put(out, closing.call_offset);
    put(out, static_cast<std::uint32_t>(closing.index.entries().size()));
    for (const SparseIndex::Entry& entry : closing.index.entries()) {
        put(out, entry.position);
        put(out, entry.offset);
    }
    const std::size_t total = filled(out.size() - start + kCloseTrailer);
    out.append(total - kCloseTrailer - (out.size() - start), '\0');
    put(out, static_cast<std::uint64_t>(total));
    out += kCloseMagic;
    return finish_block(out, start,
                        {.kind = Kind::close, .first = closing.end, .durable = closing.durable, .low = closing.low, .high = closing.high, .previous = closing.previous},
                        marks, key);
}

Result<Closing> read_close(const File& file, std::uint64_t size, const Marks& marks) {
    const auto open = [] { return fail(Code::not_found, "the segment was not closed"); };
    if (size < 2 * kSector || size % kSector != 0) return open();
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(size, kMostCloseBytes));
    const std::string tail = TRY(file.read(size - length, length));
    if (tail.size() != length || !std::string_view{tail}.ends_with(kCloseMagic)) return open();
    const auto total = pick<std::uint64_t>(tail, length - kCloseTrailer);
    if (total > length || total < kSector || total % kSector != 0) return open();

    Closing closing;
    closing.offset = size - total;
    BlockCursor cursor{file, marks, closing.offset, size, false};
    const auto item = TRY(cursor.next());
    if (!item || item->gap || item->head.kind != Kind::close || item->length != total) return open();
    const std::string_view facts = item->payload().substr(96);
    closing.first = pick<std::uint64_t>(facts, 0);
    closing.groups = pick<std::uint64_t>(facts, 8);
    closing.call_offset = pick<std::uint64_t>(facts, 16);
    const auto entries = pick<std::uint32_t>(facts, 24);
    if (entries > kMostIndex || facts.size() < 28 + std::size_t{entries} * 16) return open();
    for (std::size_t i = 0; i < entries; ++i)
        closing.index.add({pick<std::uint64_t>(facts, 28 + 16 * i), pick<std::uint64_t>(facts, 36 + 16 * i)});
    closing.low = item->head.low;
    closing.high = item->head.high;
    closing.end = item->head.first;
    closing.durable = item->head.durable;
    closing.previous = item->head.previous;
    closing.hash = sha256(item->bytes);
    return closing;
}

Result<HeaderFacts> parse_header(std::string_view block) {
    if (block.size() < kHeadBytes + 36) return fail(Code::corrupt, "the header is too short");
    HeaderFacts facts;
    facts.version = pick<std::uint32_t>(block, kHeadBytes);
    for (std::size_t i = 0; i < facts.journal.size(); ++i) facts.journal[i] = static_cast<std::uint8_t>(block[kHeadBytes + 4 + i]);
    facts.salt = pick<std::uint64_t>(block, kHeadBytes + 20);
    return facts;
}

std::string_view named_key(std::string_view block) { return block.substr(kKeyOffset, 32); }

bool signature_fits(std::string_view block, std::string_view public_key) {
    return block.size() >= kSignatureEnd && is_signed(public_key, signed_text(block), block.substr(kSignatureOffset, 64));
}

BlockCursor::BlockCursor(const File& file, Marks marks, std::uint64_t offset, std::uint64_t limit, bool over_errors)
    : file_(file), marks_(std::move(marks)), offset_(offset), limit_(limit), over_errors_(over_errors) {}

Result<std::string_view> BlockCursor::bytes_at(std::uint64_t offset, std::size_t length) {
    if (offset >= chunk_offset_ && offset + length <= chunk_offset_ + chunk_.size())
        return std::string_view{chunk_}.substr(static_cast<std::size_t>(offset - chunk_offset_), length);
    const auto wish = static_cast<std::size_t>(std::min<std::uint64_t>(std::max(length, chunk_wish_), limit_ - offset));
    chunk_wish_ = std::min(chunk_wish_ * 2, kMostChunk);
    chunk_.clear();
    auto bytes = file_.read(offset, wish);
    if (!bytes && wish > length) bytes = file_.read(offset, length);  // what is asked for may be readable
    if (!bytes) return fail(std::move(bytes).error());
    chunk_ = std::move(*bytes);
    chunk_offset_ = offset;
    if (chunk_.size() < length) return fail(Code::corrupt, "the file ends early");
    return std::string_view{chunk_}.substr(0, length);
}

Result<BlockCursor::Item> BlockCursor::block_at(std::uint64_t offset) {
    if (limit_ - offset < kSector) return fail(Code::corrupt, "a part of a block at the end");
    const std::string_view first = TRY(bytes_at(offset, kSector));
    const std::string_view magic = first.substr(0, 8);
    const bool is_header = offset == 0 && magic == kHeaderMagic;
    if (!is_header && magic != marks_.magic) return fail(Code::corrupt, "no block begins here");
    const auto head = read_head(first);
    if (!head || (head->kind == Kind::header) != is_header) return fail(Code::corrupt, "the head of the block is damaged");
    const std::size_t length = block_bytes(head->stored);
    if (length > limit_ - offset) return fail(Code::corrupt, "the block is cut off");
    const std::string_view bytes = TRY(bytes_at(offset, length));
    if (hash64(bytes.substr(16), is_header ? 0 : marks_.seed) != pick<std::uint64_t>(bytes, 8))
        return fail(Code::corrupt, "the checksum of the block does not fit");
    if ((head->kind == Kind::checkpoint || head->kind == Kind::close) && head->stored < 96 + 8)
        return fail(Code::corrupt, "the checkpoint is too short");
    if (head->kind == Kind::close && head->stored < 96 + 28 + kCloseTrailer) return fail(Code::corrupt, "the close block is too short");
    return Item{.offset = offset, .length = length, .head = *head, .bytes = bytes};
}

Result<std::optional<BlockCursor::Item>> BlockCursor::next() {
    if (offset_ >= limit_) return std::optional<Item>{};
    Item gap{.gap = true, .offset = offset_};
    for (std::uint64_t offset = offset_; offset < limit_;) {
        auto block = block_at(offset);
        if (block && offset == offset_) {
            offset_ += block->length;
            return std::optional<Item>{std::move(*block)};
        }
        if (block) {
            gap.length = offset - offset_;
            offset_ = offset;
            return std::optional<Item>{std::move(gap)};
        }
        if (block.error().code != Code::corrupt && !over_errors_) return fail(std::move(block).error());
        gap.unreadable = gap.unreadable || block.error().code != Code::corrupt;
        if (gap.reason.empty()) gap.reason = std::move(block).error().text;
        offset = std::min<std::uint64_t>(limit_, offset + kSector);
    }
    gap.length = limit_ - offset_;
    offset_ = limit_;
    return std::optional<Item>{std::move(gap)};
}

}  // namespace vg::store::journal
