#include "detect/kinds/indicator/table.h"

#include <algorithm>
#include <utility>

#include "base/huge_pages.h"
#include "base/text.h"
#include "detect/kinds/indicator/layout.h"
#include "detect/kinds/indicator/record.h"

namespace vg::detect::indicator {

namespace {

constexpr std::size_t kReadAhead = 512;  // most records are shorter

class Memory final : public Bytes {
public:
    explicit Memory(std::string bytes) : bytes_(std::move(bytes)) {}
    Result<std::uint64_t> size() const override { return bytes_.size(); }
    Result<std::string> read(std::uint64_t offset, std::size_t length) const override {
        return offset >= bytes_.size() ? std::string{} : bytes_.substr(static_cast<std::size_t>(offset), length);
    }

private:
    std::string bytes_;
};

tl::unexpected<Error> damaged(std::string_view what) { return fail(Code::corrupt, format("the file of the indicators is damaged: {}", what)); }

// One whole record with its head.
Result<Entry> checked_record(std::string_view bytes) {
    const std::string_view body = bytes.substr(kRecordHead);
    if (static_cast<std::uint32_t>(hash64(body)) != pick<std::uint32_t>(bytes, 4)) return damaged("a record");
    return read_record(body);
}

}  // namespace

std::unique_ptr<Bytes> in_memory(std::string bytes) { return std::make_unique<Memory>(std::move(bytes)); }

Result<std::shared_ptr<const Table>> Table::open(std::unique_ptr<Bytes> bytes) {
    auto table = std::make_shared<Table>();
    const std::uint64_t size = TRY(bytes->size());
    if (size < kHead + kFootBytesBefore) return damaged("it is too short");
    const std::string head = TRY(bytes->read(0, kHead));
    const bool before = head.starts_with(kMagicBefore);
    const std::size_t foot_bytes = before ? kFootBytesBefore : kFootBytes;
    if (size < kHead + foot_bytes) return damaged("it is too short");
    std::string tail = TRY(bytes->read(size - foot_bytes, foot_bytes));
    if (head.size() != kHead || tail.size() != foot_bytes || !head.starts_with(before ? kMagicBefore : kMagic) || !tail.ends_with(head.substr(0, kMagic.size()))) return damaged("it is none of ours, or was not finished");
    table->seed_ = pick<std::uint64_t>(head, 8);
    if (pick<std::uint64_t>(tail, foot_bytes - 16) != hash64(std::string_view{tail}.substr(0, foot_bytes - 16), table->seed_)) return damaged("its foot");
    if (before) {  // brought into the form of now
        tail.insert(foot_patterns * 8, 8, '\0');
        tail.insert((foot_kinds + kKindsBefore) * 8, 8 * (kKinds - kKindsBefore), '\0');
    }
    const auto foot = [&](std::size_t i) { return pick<std::uint64_t>(tail, i * 8); };
    table->count_ = foot(foot_count);
    table->network_count_ = foot(foot_networks);
    table->patterns_at_ = foot(foot_patterns);
    table->records_end_ = table->offsets_at_ = foot(foot_records_end);
    table->networks_at_ = table->offsets_at_ + table->count_ * 8;
    table->bucket_bits_ = static_cast<int>(foot(foot_bucket_bits));
    for (std::size_t i = 0; i < kKinds; ++i) table->kinds_[i] = foot(foot_kinds + i);
    const std::size_t starts4 = foot(foot_starts4), starts6 = foot(foot_starts6), length = foot(foot_resident_bytes);
    // The foot's checksum holds, so these are ours; still nothing may reach past the file.
    if (table->bucket_bits_ > 32 || foot(foot_resident) + length + foot_bytes != size || length > size) return damaged("its places");
    const std::size_t buckets = (std::size_t{1} << table->bucket_bits_) + 1;
    if (length != table->count_ * 4 + buckets * 4 + starts4 * 8 + starts6 * 20) return damaged("its places");
    const std::string resident = TRY(bytes->read(foot(foot_resident), length));
    if (resident.size() != length || hash64(resident) != foot(foot_resident_hash)) return damaged("its table");

    std::size_t at = 0;
    const auto take = [&](std::vector<std::uint32_t>& numbers, std::size_t count) {
        resize_in_huge_pages(numbers, count);
        for (std::size_t i = 0; i < count; ++i, at += 4) numbers[i] = pick<std::uint32_t>(resident, at);
    };
    take(table->fingerprints_, table->count_);
    take(table->buckets_, buckets);
    // The foot's checksum does not say that a bucket lies within the fingerprints.
    if (table->buckets_.front() != 0 || table->buckets_.back() != table->count_ || !std::is_sorted(table->buckets_.begin(), table->buckets_.end())) return damaged("its buckets");
    resize_in_huge_pages(table->sketch_, buckets - 1);
    for (std::size_t bucket = 0; bucket + 1 < buckets; ++bucket)
        for (std::uint32_t i = table->buckets_[bucket]; i < table->buckets_[bucket + 1]; ++i) table->sketch_[bucket] |= bits_of(table->fingerprints_[i]);
    for (std::size_t i = 0; i < starts4; ++i, at += 8) {
        table->starts4_.push_back(pick<std::uint32_t>(resident, at));
        table->narrow4_.push_back(pick<std::uint32_t>(resident, at + 4));
    }
    for (std::size_t i = 0; i < starts6; ++i, at += 20) {
        Address start;
        std::copy_n(resident.begin() + static_cast<std::ptrdiff_t>(at), 16, reinterpret_cast<char*>(start.bytes.data()));
        table->starts6_.push_back(start);
        table->narrow6_.push_back(pick<std::uint32_t>(resident, at + 16));
    }
    if (starts4 > 0) {
        table->first_bytes_.resize(65'537);
        for (std::size_t upper = 0, i = 0; upper <= 65'536; ++upper) {
            while (i < starts4 && (table->starts4_[i] >> 16) < upper) ++i;
            table->first_bytes_[upper] = static_cast<std::uint32_t>(i);
        }
    }
    table->bytes_ = std::move(bytes);
    return table;
}

std::size_t Table::resident_bytes() const {
    return sizeof *this + 8 * sketch_.capacity() + 4 * (fingerprints_.capacity() + buckets_.capacity() + starts4_.capacity() + narrow4_.capacity() + narrow6_.capacity() + first_bytes_.capacity()) +
           starts6_.capacity() * sizeof(Address);
}

std::uint64_t Table::key_of(Kind kind, std::string_view text) const { return table_hash(seed_, kind, text); }
std::uint64_t Table::key_of(const Address& address) const { return table_hash(seed_, Kind::address, view_of(address)); }

Table::Range Table::probe(std::uint64_t hash) const {
    const std::uint64_t bucket = bucket_of(hash);
    const std::uint32_t wanted = fingerprint_of(hash);
    const std::uint32_t end = buckets_[bucket + 1];
    for (std::uint32_t i = buckets_[bucket]; i < end && fingerprints_[i] <= wanted; ++i)
        if (fingerprints_[i] == wanted) return {&fingerprints_[i], i};
    return {};
}

Result<Entry> Table::record(std::uint64_t offset, std::uint64_t* next) const {
    if (offset < kHead || offset + kRecordHead > records_end_) return damaged("a place of a record");
    std::string bytes = TRY(bytes_->read(offset, kReadAhead));
    if (bytes.size() < kRecordHead) return damaged("a record is cut");
    const std::size_t length = pick<std::uint32_t>(bytes, 0);
    if (length > kMostRecord || offset + kRecordHead + length > records_end_) return damaged("the length of a record");
    if (bytes.size() < kRecordHead + length) bytes += TRY(bytes_->read(offset + bytes.size(), kRecordHead + length - bytes.size()));
    if (bytes.size() < kRecordHead + length) return damaged("a record is cut");
    if (next != nullptr) *next = offset + kRecordHead + length;
    return checked_record(std::string_view{bytes}.substr(0, kRecordHead + length));
}

template <class Fits>
Result<std::optional<Entry>> Table::confirm(std::uint64_t hash, const Fits& fits) const {
    const Range range = probe(hash);
    if (range.first == nullptr) return std::optional<Entry>{};
    for (std::size_t i = range.index; i < fingerprints_.size() && fingerprints_[i] == *range.first; ++i) {
        const std::string place = TRY(bytes_->read(offsets_at_ + i * 8, 8));
        if (place.size() != 8) return damaged("the place of a record is cut");
        Entry entry = TRY(record(pick<std::uint64_t>(place, 0)));
        if (fits(entry.value)) return std::optional{std::move(entry)};
    }
    return std::optional<Entry>{};
}

Result<std::optional<Entry>> Table::find(Kind kind, std::string_view text) const {
    if (kind == Kind::address) {
        const auto address = parse_address(text);
        if (!address) return std::optional<Entry>{};
        return find(*address);
    }
    if (kind == Kind::network) {
        const auto network = parse_network(text);
        if (!network) return std::optional<Entry>{};
        std::vector<Entry> around;
        TRY(networks(network->base, around));
        for (Entry& entry : around)
            if (parse_network(entry.value.text) == network) return std::optional{std::move(entry)};
        return std::optional<Entry>{};
    }
    return confirm(key_of(kind, text), [&](const Value& value) { return value.kind == kind && value.text == text; });
}

Result<std::optional<Entry>> Table::find(const Address& address) const {
    return confirm(key_of(address), [&](const Value& value) { return value.kind == Kind::address && parse_address(value.text) == address; });
}

std::uint32_t Table::narrowest(const Address& address) const {
    if (address.is_v4()) {
        if (starts4_.empty()) return 0;
        const std::uint32_t number = number_of(address);
        const auto first = starts4_.begin() + first_bytes_[number >> 16], last = starts4_.begin() + first_bytes_[(number >> 16) + 1];
        const auto found = std::upper_bound(first, last, number);
        if (found == starts4_.begin()) return 0;
        return narrow4_[static_cast<std::size_t>(found - starts4_.begin()) - 1];
    }
    const auto found = std::upper_bound(starts6_.begin(), starts6_.end(), address);
    return found == starts6_.begin() ? 0 : narrow6_[static_cast<std::size_t>(found - starts6_.begin()) - 1];
}

Status Table::networks(const Address& address, std::vector<Entry>& out) const {
    std::uint32_t number = narrowest(address);
    for (int depth = 0; number != 0; ++depth) {
        if (depth > 128 || number > network_count_) return damaged("the order of the networks");
        const std::string row = TRY(bytes_->read(networks_at_ + std::uint64_t{number - 1} * kNetworkRow, kNetworkRow));
        if (row.size() != kNetworkRow) return damaged("a network is cut");
        Entry entry = TRY(record(pick<std::uint64_t>(row, 0)));
        const auto network = parse_network(entry.value.text);
        if (!network || !network->contains(address)) return damaged("a network");
        out.push_back(std::move(entry));
        number = pick<std::uint32_t>(row, 8);
    }
    return {};
}

Result<std::vector<Entry>> Table::patterns() const {
    std::vector<Entry> out;
    for (std::uint64_t at = patterns_at_; out.size() < count(Kind::pattern);) {
        Entry entry = TRY(record(at, &at));
        if (entry.value.kind == Kind::pattern) out.push_back(std::move(entry));
    }
    return out;
}

Status Table::each(const std::function<bool(Entry&&)>& take) const {
    std::string piece;
    for (std::uint64_t begin = kHead, at = kHead; at < records_end_;) {
        std::string_view rest = std::string_view{piece}.substr(static_cast<std::size_t>(at - begin));
        const auto is_whole = [&] { return rest.size() >= kRecordHead && rest.size() - kRecordHead >= pick<std::uint32_t>(rest, 0); };
        if (!is_whole()) {
            begin = at;
            piece = TRY(bytes_->read(at, kMostRecord + kRecordHead));
            rest = piece;
        }
        if (!is_whole()) return damaged("a record is cut");
        const std::size_t length = pick<std::uint32_t>(rest, 0);
        if (at + kRecordHead + length > records_end_) return damaged("the length of a record");
        Entry entry = TRY(checked_record(rest.substr(0, kRecordHead + length)));
        at += kRecordHead + length;
        if (!take(std::move(entry))) return {};
    }
    return {};
}

}  // namespace vg::detect::indicator
