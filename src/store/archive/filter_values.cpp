#include "store/archive/filter_values.h"

#include <algorithm>
#include <bit>

#include "base/bytes.h"

namespace vg::store::archive::filter {

namespace {

void put_varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
    out.push_back(static_cast<char>(value));
}

bool pick_varint(std::string_view& bytes, std::uint32_t& value) {
    value = 0;
    for (std::size_t i = 0; i < bytes.size() && i < 4; ++i) {
        const auto byte = static_cast<std::uint8_t>(bytes[i]);
        value |= static_cast<std::uint32_t>(byte & 0x7f) << (7 * i);
        if (byte < 0x80) return bytes.remove_prefix(i + 1), true;
    }
    return false;
}

void put_bits(std::string& out, std::span<const std::uint64_t> values, int width) {
    std::uint64_t held = 0;
    int bits = 0;
    for (std::uint64_t value : values) {
        int left = width;
        while (left > 0) {
            const int take = std::min(left, 64 - bits);
            const std::uint64_t part = take == 64 ? value : value & ((std::uint64_t{1} << take) - 1);
            held |= part << bits;
            value = take == 64 ? 0 : value >> take;
            bits += take;
            left -= take;
            if (bits == 64) {
                put<std::uint64_t>(out, held);
                held = 0;
                bits = 0;
            }
        }
    }
    for (; bits > 0; bits -= 8, held >>= 8) out.push_back(static_cast<char>(held));
}

void put_posting(std::string& out, std::span<const std::uint32_t> in, std::size_t blocks) {
    if (in.size() == 1) return put_varint(out, in.front());
    std::string several;
    put_varint(several, blocks + in.size() - 1);
    std::uint32_t before = 0;
    for (const std::uint32_t block : in) {
        put_varint(several, block - before);
        before = block;
    }
    const std::size_t map = (blocks + 7) / 8;
    std::string as_map;
    put_varint(as_map, blocks);
    if (several.size() <= as_map.size() + map) {
        out += several;
        return;
    }
    out += as_map;
    const std::size_t at = out.size();
    out.resize(at + map);
    for (const std::uint32_t block : in) out[at + block / 8] = static_cast<char>(out[at + block / 8] | (1 << (block % 8)));
}

}  // namespace

void Values::add(std::uint64_t key, std::uint32_t block) {
    if (!complete_) return;
    pairs_.push_back({key, block});
    // Much stands many times in a block: sorted out now and then, so that memory grows with what is distinct.
    if (pairs_.size() >= std::max<std::size_t>(2 * sorted_, std::size_t{1} << 16)) compact();
}

void Values::compact() {
    std::sort(pairs_.begin() + static_cast<std::ptrdiff_t>(sorted_), pairs_.end());
    std::inplace_merge(pairs_.begin(), pairs_.begin() + static_cast<std::ptrdiff_t>(sorted_), pairs_.end());
    pairs_.erase(std::unique(pairs_.begin(), pairs_.end()), pairs_.end());
    sorted_ = pairs_.size();
    if (sorted_ > most_) {
        complete_ = false;
        pairs_ = {};
        sorted_ = 0;
    }
}

ValueSection Values::write(std::size_t blocks, std::string& out) {
    compact();
    ValueSection section;
    section.complete = complete_;
    std::string table, keys, postings;
    std::vector<std::uint64_t> distinct, differences;
    std::vector<std::uint32_t> in;
    for (std::size_t at = 0; at < pairs_.size();) {
        put<std::uint64_t>(table, pairs_[at].key);
        put<std::uint32_t>(table, static_cast<std::uint32_t>(keys.size()));
        put<std::uint32_t>(table, static_cast<std::uint32_t>(postings.size()));
        distinct.clear();
        while (at < pairs_.size() && distinct.size() < kKeysInPage) {
            const std::uint64_t key = pairs_[at].key;
            distinct.push_back(key);
            for (in.clear(); at < pairs_.size() && pairs_[at].key == key; ++at) in.push_back(pairs_[at].block);
            put_posting(postings, in, blocks);
        }
        differences.clear();
        std::uint64_t all = 0;
        for (std::size_t i = 1; i < distinct.size(); ++i) {
            differences.push_back(distinct[i] - distinct[i - 1]);
            all |= differences.back();
        }
        const int width = 64 - std::countl_zero(all);
        keys.push_back(static_cast<char>(width));
        put_bits(keys, differences, width);
        section.distinct += distinct.size();
    }
    section.table = out.size();
    out += table;
    section.keys = out.size();
    out += keys;
    section.postings = out.size();
    out += postings;
    section.end = out.size();
    pairs_ = {};
    sorted_ = 0;
    complete_ = true;
    return section;
}

bool unpack_keys(std::string_view page, std::uint64_t first, std::size_t count, std::vector<std::uint64_t>& keys) {
    if (page.empty() || count == 0) return false;
    const auto width = static_cast<std::size_t>(static_cast<std::uint8_t>(page[0]));
    if (width > 64 || page.size() - 1 < (width * (count - 1) + 7) / 8) return false;
    page.remove_prefix(1);
    keys.push_back(first);
    const std::uint64_t mask = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
    for (std::size_t i = 0, bit = 0; i + 1 < count; ++i, bit += width) {
        std::uint64_t difference = 0;
        const std::size_t byte = bit / 8, shift = bit % 8;
        if (byte + 9 <= page.size()) {
            difference = pick<std::uint64_t>(page, byte) >> shift;
            if (shift + width > 64) difference |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(page[byte + 8])) << (64 - shift);
        } else {
            for (std::size_t b = 0; b < 9 && byte + b < page.size(); ++b) {
                const auto one = static_cast<std::uint64_t>(static_cast<std::uint8_t>(page[byte + b]));
                if (8 * b >= shift) {
                    if (8 * b - shift < 64) difference |= one << (8 * b - shift);
                } else {
                    difference |= one >> (shift - 8 * b);
                }
            }
        }
        const std::uint64_t key = keys.back() + (difference & mask);
        if (key < keys.back()) return false;
        keys.push_back(key);
    }
    return true;
}

bool unpack_posting(std::string_view& bytes, std::size_t blocks, BlockSet* to) {
    std::uint32_t head = 0;
    if (!pick_varint(bytes, head)) return false;
    if (head < blocks) {
        if (to != nullptr) to->add(head);
        return true;
    }
    if (head == blocks) {
        const std::size_t map = (blocks + 7) / 8;
        if (bytes.size() < map) return false;
        if (to != nullptr)
            for (std::size_t block = 0; block < blocks; ++block)
                if ((static_cast<std::uint8_t>(bytes[block / 8]) >> (block % 8) & 1) != 0) to->add(block);
        bytes.remove_prefix(map);
        return true;
    }
    const std::size_t count = head - blocks + 1;
    if (count > blocks) return false;
    std::uint64_t block = 0;
    for (std::size_t i = 0; i < count; ++i) {
        std::uint32_t difference = 0;
        if (!pick_varint(bytes, difference)) return false;
        block += difference;
        if (block >= blocks) return false;
        if (to != nullptr) to->add(static_cast<std::size_t>(block));
    }
    return true;
}

}  // namespace vg::store::archive::filter
