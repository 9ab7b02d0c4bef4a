#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "base/text.h"
#include "store/archive/filter.h"
#include "store/archive/filter_format.h"
#include "store/archive/filter_indicators.h"
#include "store/archive/filter_text.h"
#include "store/archive/filter_values.h"

namespace vg::store::archive {

namespace {

using namespace filter;

constexpr std::size_t kMostLookups = 128;  // of one needle; each can only take blocks away
constexpr std::size_t kReadPages = 16;     // at once, when keys are run through

class View final : public FilterView {
public:
    View(std::unique_ptr<File> file, ParsedHead parsed) : file_(std::move(file)), head_(parsed.head), facts_(std::move(parsed.facts)), sums_(std::move(parsed.sums)) {}

    [[nodiscard]] std::size_t blocks() const override { return head_.blocks; }
    [[nodiscard]] const BlockFacts& facts(std::size_t block) const override { return facts_[block]; }
    [[nodiscard]] std::uint64_t seed() const override { return head_.seed; }
    [[nodiscard]] std::uint64_t bytes() const override { return head_.file_bytes; }

    [[nodiscard]] Result<BlockSet> may_contain(const Needle& needle) const override;
    [[nodiscard]] Result<BlockSet> may_have(std::string_view field, std::string_view folded_value) const override;
    [[nodiscard]] Result<BlockSet> addresses_in(const Network& network) const override { return addresses_between(network.base, network.last()); }
    [[nodiscard]] Result<BlockSet> addresses_between(const Address& low, const Address& high) const override;
    [[nodiscard]] Result<BlockSet> has_indicator(Indicator kind, std::string_view value) const override;
    [[nodiscard]] Result<BlockSet> has_keys(Indicator kind, std::uint64_t first, std::uint64_t last) const override;
    [[nodiscard]] Status each_key(Indicator kind, const std::function<bool(std::span<const std::uint64_t>)>& take) const override;
    [[nodiscard]] bool complete(Indicator kind) const override { return section(kind).complete; }
    [[nodiscard]] std::uint64_t distinct(Indicator kind) const override { return section(kind).distinct; }
    [[nodiscard]] Status verify() const override;

private:
    struct Entry {
        std::uint64_t first = 0;
        std::uint32_t keys = 0, postings = 0;
    };
    [[nodiscard]] const ValueSection& section(Indicator kind) const { return head_.values[static_cast<std::size_t>(kind)]; }
    // Bytes of the body, checked.
    [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::uint64_t length) const;
    // Takes away the blocks that do not have all rows of the hash.
    [[nodiscard]] Status keep_with(std::uint64_t hash, const LineSection& lines, int rows, BlockSet& blocks) const;
    [[nodiscard]] Result<std::vector<Entry>> entries(const ValueSection& section, std::uint64_t page, std::uint64_t count) const;
    // Adds the blocks of the keys first..last of the kind.
    [[nodiscard]] Status add_range(const KeyRange& range, BlockSet& blocks) const;

    const std::unique_ptr<File> file_;
    const Head head_;
    const std::vector<BlockFacts> facts_;
    const std::vector<std::uint32_t> sums_;
};

tl::unexpected<Error> damaged_filter(std::string_view why) { return tl::unexpected(Error{Code::corrupt, "the filter is damaged: " + std::string{why}}); }

Result<std::string> View::read(std::uint64_t offset, std::uint64_t length) const {
    const std::uint64_t all = head_.file_bytes - head_.body;
    if (offset > all || length > all - offset) return damaged_filter("a part reaches beyond its end");
    const std::uint64_t first = offset / kPage, end = std::min(all, (offset + length + kPage - 1) / kPage * kPage);
    std::string bytes = TRY(file_->read(head_.body + first * kPage, static_cast<std::size_t>(end - first * kPage)));
    if (bytes.size() != end - first * kPage) return damaged_filter("it is too short");
    const std::string_view pages = bytes;
    for (std::size_t at = 0; at < pages.size(); at += kPage) {
        const std::size_t number = static_cast<std::size_t>(first) + at / kPage;
        if (number >= sums_.size() || page_sum(pages.substr(at, kPage), number) != sums_[number]) return damaged_filter(format("checksum of page {}", number));
    }
    if (offset == first * kPage && bytes.size() == length) return bytes;
    return bytes.substr(static_cast<std::size_t>(offset - first * kPage), static_cast<std::size_t>(length));
}

Status View::keep_with(std::uint64_t hash, const LineSection& lines, int rows, BlockSet& blocks) const {
    const std::size_t bytes = line_bytes(head_.blocks);
    const std::string line = TRY(read(lines.offset + line_of(hash, lines.log) * bytes, bytes));
    const auto bits_at = [&](std::size_t bit) {  // 64 bits from there, zeros behind the end
        const std::size_t byte = bit / 8, shift = bit % 8;
        std::uint64_t bits = 0;
        if (byte + 9 <= line.size()) {
            bits = pick<std::uint64_t>(line, byte) >> shift;
            return shift == 0 ? bits : bits | static_cast<std::uint64_t>(static_cast<std::uint8_t>(line[byte + 8])) << (64 - shift);
        }
        for (std::size_t i = 0; i < 9 && byte + i < line.size(); ++i) {
            const auto one = static_cast<std::uint64_t>(static_cast<std::uint8_t>(line[byte + i]));
            if (i == 0)
                bits |= one >> shift;
            else if (8 * i - shift < 64)
                bits |= one << (8 * i - shift);
        }
        return bits;
    };
    std::uint64_t which = rows_of(hash);
    for (int i = 0; i < rows; ++i, which >>= 9) {
        const std::size_t row = (which & (kRows - 1)) * head_.blocks;
        for (std::size_t word = 0; word < blocks.words().size(); ++word) blocks.words()[word] &= bits_at(row + 64 * word);
    }
    return {};
}

Result<BlockSet> View::may_contain(const Needle& needle) const {
    BlockSet found = all();
    std::size_t lookups = 0;
    std::optional<Error> error;
    const auto look = [&](std::uint64_t hash, const LineSection& lines, int rows) {
        if (error || lookups >= kMostLookups || found.empty()) return false;
        ++lookups;
        if (const Status kept = keep_with(hash, lines, rows, found); !kept) error = kept.error();
        return !error && !found.empty();
    };
    const std::string_view text = needle.folded;
    // Whole words tell most, so they come first.
    each_part(text, [&](std::string_view part) {
        const bool begins = part.data() != text.data() || needle.begins_word;
        const bool ends = part.data() + part.size() != text.data() + text.size() || needle.ends_word;
        each_word(part, [&](std::string_view word, bool at_begin, bool at_end) {
            if ((!at_begin || begins) && (!at_end || ends)) look(word_hash(word, head_.seed), head_.words, kWordBits);
        });
    });
    each_part(text, [&](std::string_view part) {
        each_gram(part, [&](std::uint32_t gram) { return look(gram_hash(gram, head_.seed), head_.grams, kGramBits); });
    });
    if (error) return tl::unexpected(*error);
    return found;
}

Result<BlockSet> View::may_have(std::string_view field, std::string_view folded_value) const {
    if (folded_value.size() > kMostValue) return may_contain({.folded = folded_value, .begins_word = true, .ends_word = true});
    BlockSet found = all();
    TRY(keep_with(value_hash(name_hash(field, head_.seed), folded_value), head_.words, kWordBits, found));
    return found;
}

Result<std::vector<View::Entry>> View::entries(const ValueSection& section, std::uint64_t page, std::uint64_t count) const {
    const std::string bytes = TRY(read(section.table + page * kKeyEntryBytes, count * kKeyEntryBytes));
    std::vector<Entry> entries;
    for (std::size_t at = 0; at < bytes.size(); at += kKeyEntryBytes) {
        entries.push_back({pick<std::uint64_t>(bytes, at), pick<std::uint32_t>(bytes, at + 8), pick<std::uint32_t>(bytes, at + 12)});
        if (entries.back().keys > section.postings - section.keys || entries.back().postings > section.end - section.postings) return damaged_filter("table of keys");
    }
    return entries;
}

Status View::add_range(const KeyRange& range, BlockSet& blocks) const {
    const ValueSection& values = section(range.kind);
    if (!values.complete) {
        blocks = all();
        return {};
    }
    const std::uint64_t pages = (values.distinct + kKeysInPage - 1) / kKeysInPage;
    // The last page that does not begin behind the range's first key.
    std::uint64_t low = 0, high = pages;
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        const auto entry = TRY(entries(values, middle, 1));
        if (entry.front().first <= range.first)
            low = middle + 1;
        else
            high = middle;
    }
    std::vector<std::uint64_t> keys;
    for (std::uint64_t page = low == 0 ? 0 : low - 1; page < pages; ++page) {
        const auto here = TRY(entries(values, page, page + 1 < pages ? 2 : 1));
        if (here[0].first > range.last || blocks.count() == blocks.size()) break;
        const std::uint64_t keys_end = here.size() > 1 ? here[1].keys : values.postings - values.keys;
        const std::uint64_t postings_end = here.size() > 1 ? here[1].postings : values.end - values.postings;
        if (keys_end < here[0].keys || postings_end < here[0].postings) return damaged_filter("table of keys");
        const std::string packed = TRY(read(values.keys + here[0].keys, keys_end - here[0].keys));
        const std::string postings = TRY(read(values.postings + here[0].postings, postings_end - here[0].postings));
        keys.clear();
        if (!unpack_keys(packed, here[0].first, static_cast<std::size_t>(std::min<std::uint64_t>(kKeysInPage, values.distinct - page * kKeysInPage)), keys)) return damaged_filter("keys");
        std::string_view rest = postings;
        for (const std::uint64_t key : keys) {
            if (key > range.last) break;
            if (!unpack_posting(rest, head_.blocks, key >= range.first ? &blocks : nullptr)) return damaged_filter("postings");
        }
    }
    return {};
}

Result<BlockSet> View::addresses_between(const Address& low, const Address& high) const {
    BlockSet found(blocks());
    if (high < low) return found;
    for (const KeyRange& range : keys_between(low, high)) TRY(add_range(range, found));
    return found;
}

Result<BlockSet> View::has_indicator(Indicator kind, std::string_view value) const {
    const auto key = key_of(kind, fold(value), head_.seed);
    if (!key) return all();
    BlockSet found(blocks());
    TRY(add_range({kind, *key, *key}, found));
    return found;
}

Result<BlockSet> View::has_keys(Indicator kind, std::uint64_t first, std::uint64_t last) const {
    BlockSet found(blocks());
    TRY(add_range({kind, first, last}, found));
    return found;
}

Status View::each_key(Indicator kind, const std::function<bool(std::span<const std::uint64_t>)>& take) const {
    const ValueSection& values = section(kind);
    const std::uint64_t pages = (values.distinct + kKeysInPage - 1) / kKeysInPage;
    std::vector<std::uint64_t> keys;
    for (std::uint64_t page = 0; page < pages; page += kReadPages) {
        const std::uint64_t count = std::min<std::uint64_t>(kReadPages, pages - page);
        auto here = TRY(entries(values, page, std::min(count + 1, pages - page)));
        if (here.size() == count) here.push_back({0, static_cast<std::uint32_t>(values.postings - values.keys), 0});
        if (here[count].keys < here[0].keys) return damaged_filter("table of keys");
        const std::string packed = TRY(read(values.keys + here[0].keys, here[count].keys - here[0].keys));
        keys.clear();
        for (std::uint64_t i = 0; i < count; ++i) {
            if (here[i].keys < here[0].keys || here[i + 1].keys < here[i].keys || here[i + 1].keys > here[count].keys) return damaged_filter("table of keys");
            const std::string_view one = std::string_view{packed}.substr(here[i].keys - here[0].keys, here[i + 1].keys - here[i].keys);
            if (!unpack_keys(one, here[i].first, static_cast<std::size_t>(std::min<std::uint64_t>(kKeysInPage, values.distinct - (page + i) * kKeysInPage)), keys)) return damaged_filter("keys");
        }
        if (!take(keys)) return {};
    }
    return {};
}

Status View::verify() const {
    const std::uint64_t all_bytes = head_.file_bytes - head_.body;
    for (std::uint64_t at = 0; at < all_bytes; at += 256 * kPage) TRY(read(at, std::min<std::uint64_t>(256 * kPage, all_bytes - at)));
    return {};
}

}  // namespace

Result<std::shared_ptr<const FilterView>> FilterView::open(std::unique_ptr<File> file) {
    const std::string first = TRY(file->read(0, kHeadBytes));
    const std::size_t length = TRY(head_length(first));
    const std::string bytes = TRY(file->read(0, length));
    ParsedHead parsed = TRY(parse_head(bytes));
    if (TRY(file->size()) != parsed.head.file_bytes) return damaged_filter("its length");
    return std::make_shared<View>(std::move(file), std::move(parsed));
}

Result<std::shared_ptr<const FilterView>> FilterView::open(Disk& disk, const std::string& path) {
    return open(TRY(disk.open(path, Open::read)));
}

}  // namespace vg::store::archive
