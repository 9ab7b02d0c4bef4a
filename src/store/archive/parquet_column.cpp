// What a column of the row group in hand holds, until the row group is written.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

#include "base/bytes.h"
#include "store/archive/parquet_write.h"

namespace vg::store::archive::parquet {

namespace {

// How each kind is nested: levels of a value that is there. The elements of lists and the names in them are never null.
constexpr int kFlat = 1, kEmpty = 1, kName = 2, kValue = 3;

int level_of(Kind kind) { return kind == Kind::map || kind == Kind::list ? kValue : kFlat; }

}  // namespace

std::uint32_t Dictionary::of(std::string_view text) {
    if (last_ < entries_.size() && at(last_) == text) return last_;
    if (entries_.size() * 2 >= slots_.size()) grow();
    const auto hash = static_cast<std::uint32_t>(XXH3_64bits_withSeed(text.data(), text.size(), seed_));
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at_slot = hash & mask;; at_slot = (at_slot + 1) & mask) {
        const std::uint32_t known = slots_[at_slot];
        if (known == 0) {
            slots_[at_slot] = static_cast<std::uint32_t>(entries_.size() + 1);
            put<std::uint32_t>(plain_, static_cast<std::uint32_t>(text.size()));
            entries_.push_back({plain_.size(), static_cast<std::uint32_t>(text.size()), hash});
            plain_ += text;
            return last_ = slots_[at_slot] - 1;
        }
        if (entries_[known - 1].hash == hash && at(known - 1) == text) return last_ = known - 1;
    }
}

void Dictionary::grow() {
    slots_.assign(std::max<std::size_t>(64, slots_.size() * 2), 0);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        std::size_t at_slot = entries_[i].hash & mask;
        while (slots_[at_slot] != 0) at_slot = (at_slot + 1) & mask;
        slots_[at_slot] = static_cast<std::uint32_t>(i + 1);
    }
}

void Dictionary::clear() {
    plain_.clear();
    entries_.clear();
    std::fill(slots_.begin(), slots_.end(), 0);
    last_ = 0;
}

Column::Column(const ColumnSpec& spec, std::uint64_t seed)
    : kind_(spec.kind), paged_(spec.paged), definition_(width_of(static_cast<std::uint64_t>(level_of(spec.kind)))), repetition_(1), name_definition_(2), texts_(seed), names_(seed) {}

void Column::end_page() {
    cuts_.push_back({.repetition = repetition_.finish(), .definition = definition_.finish(), .name_definition = name_definition_.finish(), .values = values_, .nulls = nulls_,
                     .texts = indices_.size(), .names = name_indices_.size(), .integers = integers_.size(), .booleans = booleans_.size()});
}

void Column::clear() {
    cuts_.clear();
    values_ = nulls_ = text_bytes_ = name_bytes_ = 0;
    integers_.clear();
    booleans_.clear();
    indices_.clear();
    name_indices_.clear();
    texts_.clear();
    names_.clear();
}

void Column::nulls(std::size_t rows) {
    definition_.put(0, rows);
    if (is_list()) {
        repetition_.put(0, rows);
        name_definition_.put(0, rows);
    }
    values_ += rows;
    nulls_ += rows;
}

void Column::integer(std::int64_t value) {
    integers_.push_back(value);
    definition_.put(kFlat);
    ++values_;
}

void Column::boolean(bool value) {
    booleans_.push_back(value ? 1 : 0);
    definition_.put(kFlat);
    ++values_;
}

void Column::text(std::string_view value) {
    indices_.push_back(texts_.of(value));
    text_bytes_ += value.size() + 4;
    definition_.put(kFlat);
    ++values_;
}

void Column::pair(bool first_of_row, std::string_view name, std::string_view value, bool has_value) {
    repetition_.put(first_of_row ? 0 : 1);
    name_definition_.put(kName);
    name_indices_.push_back(names_.of(name));
    name_bytes_ += name.size() + 4;
    definition_.put(has_value ? kValue : kName);
    if (has_value) {
        indices_.push_back(texts_.of(value));
        text_bytes_ += value.size() + 4;
    }
    ++values_;
}

void Column::empty_list() {
    repetition_.put(0);
    name_definition_.put(kEmpty);
    definition_.put(kEmpty);
    ++values_;
}

}  // namespace vg::store::archive::parquet
