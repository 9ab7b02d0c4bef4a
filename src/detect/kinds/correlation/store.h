// Store: the groups of all correlations in bounded memory. A group with one event takes 64 bytes, its key and its place in
// a table; more events get a Window. Groups of one correlation and one organisation stand in a lane, in the order in which
// they were last touched: when memory runs out, the lane that takes most gives up its oldest. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "detect/kinds/correlation/window.h"

namespace vg::detect::correlation {

inline constexpr std::uint32_t kNone = UINT32_MAX;

struct Group {
    Hash128 hash;
    Entry first;                   // the only one, when there is no window
    std::uint32_t window = kNone;
    std::uint32_t lane = kNone;    // kNone: free
    std::uint32_t older = kNone, newer = kNone;  // in the lane
    std::uint32_t text = 0;        // of Texts
    std::uint32_t source = 0;      // that touched it last
};
static_assert(sizeof(Group) == 64);

// Short texts in slabs of a few sizes.
class Texts {
public:
    std::uint32_t keep(std::string_view text);
    void drop(std::uint32_t handle);
    [[nodiscard]] const char* at(std::uint32_t handle) const;
    // What a text of that size takes.
    static std::size_t bytes_for(std::size_t size);

private:
    static constexpr std::size_t kClasses = 10;  // 16, 32, ... 8192 bytes
    struct Slab {
        std::vector<std::unique_ptr<char[]>> blocks;
        std::vector<std::uint32_t> free;
        std::uint32_t used = 0;
    };
    Slab slabs_[kClasses];
};

// Groups of one correlation by hash. Open addressing with a byte of the hash beside each slot.
class Table {
public:
    // `same(group)`: whether the group has that hash.
    template <class Same>
    [[nodiscard]] std::uint32_t find(const Hash128& hash, Same same) const {
        if (used_ == 0) return kNone;
        const std::size_t mask = slots_.size() - 1;
        for (std::size_t at = hash.low & mask; slots_[at] != kNone; at = (at + 1) & mask)
            if (marks_[at] == mark_of(hash) && same(slots_[at])) return slots_[at];
        return kNone;
    }
    template <class HashOf>
    void insert(const Hash128& hash, std::uint32_t group, HashOf hash_of) {
        if ((used_ + 1) * 5 > slots_.size() * 4) grow(hash_of);
        place(hash, group);
        ++used_;
    }
    template <class HashOf>
    void erase(const Hash128& hash, std::uint32_t group, HashOf hash_of) {
        const std::size_t mask = slots_.size() - 1;
        std::size_t at = hash.low & mask;
        while (slots_[at] != group) at = (at + 1) & mask;
        for (std::size_t next = (at + 1) & mask; slots_[next] != kNone; next = (next + 1) & mask) {
            const std::size_t home = hash_of(slots_[next]).low & mask;
            if (((next - home) & mask) < ((next - at) & mask)) continue;
            slots_[at] = slots_[next];
            marks_[at] = marks_[next];
            at = next;
        }
        slots_[at] = kNone;
        --used_;
        if (used_ == 0) *this = {};
    }

private:
    static std::uint8_t mark_of(const Hash128& hash) { return static_cast<std::uint8_t>(hash.high); }
    void place(const Hash128& hash, std::uint32_t group) {
        const std::size_t mask = slots_.size() - 1;
        std::size_t at = hash.low & mask;
        while (slots_[at] != kNone) at = (at + 1) & mask;
        slots_[at] = group;
        marks_[at] = mark_of(hash);
    }
    template <class HashOf>
    void grow(HashOf hash_of) {
        const std::size_t size = slots_.empty() ? 16 : slots_.size() * 2;
        std::vector<std::uint32_t> old(size, kNone);
        old.swap(slots_);
        marks_.assign(size, 0);
        for (const std::uint32_t group : old)
            if (group != kNone) place(hash_of(group), group);
    }
    std::vector<std::uint32_t> slots_;
    std::vector<std::uint8_t> marks_;
    std::size_t used_ = 0;
};

struct Lane {
    std::uint32_t rule = 0;
    OrganisationId organisation;
    std::uint32_t oldest = kNone, newest = kNone;
    std::uint64_t groups = 0, bytes = 0, evicted = 0;
};

class Store {
public:
    explicit Store(std::size_t rules) : tables_(rules) {}

    [[nodiscard]] Group& group(std::uint32_t index) { return chunks_[index / kChunk][index % kChunk]; }
    [[nodiscard]] const Group& group(std::uint32_t index) const { return chunks_[index / kChunk][index % kChunk]; }
    [[nodiscard]] std::uint32_t end() const { return end_; }  // indices below are groups, or free
    [[nodiscard]] const Window* window_of(const Group& group) const { return group.window == kNone ? nullptr : windows_[group.window].get(); }
    [[nodiscard]] const std::vector<Lane>& lanes() const { return lanes_; }
    [[nodiscard]] const char* text(const Group& group) const { return texts_.at(group.text); }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }

    [[nodiscard]] std::uint32_t find(std::uint32_t rule, const Hash128& hash) const {
        return tables_[rule].find(hash, [&](std::uint32_t index) { return group(index).hash == hash; });
    }
    // A new group as the newest of its lane.
    std::uint32_t add(std::uint32_t rule, const OrganisationId& organisation, const Hash128& hash, std::string_view text);
    void touch(std::uint32_t index);           // makes it the newest of its lane
    void remove(std::uint32_t index, std::size_t text_size);
    Window& give_window(std::uint32_t index);  // with the entry that stands in the group
    void take_window(std::uint32_t index);     // its newest entry stands in the group again
    // To be called after a change of the group's window; `before`: its bytes before.
    void account(std::uint32_t index, std::size_t before);
    [[nodiscard]] std::size_t window_bytes(const Group& group) const { return group.window == kNone ? 0 : windows_[group.window]->bytes(); }
    [[nodiscard]] Window* window(const Group& group) { return group.window == kNone ? nullptr : windows_[group.window].get(); }
    // The lane that takes most; kNone when there is no group.
    [[nodiscard]] std::uint32_t largest_lane() const;
    void note_evicted(std::uint32_t lane) { ++lanes_[lane].evicted; }
    std::uint32_t lane_of(std::uint32_t rule, const OrganisationId& organisation);
    void set_evicted(std::uint32_t lane, std::uint64_t count) { lanes_[lane].evicted = count; }

    // What a group takes besides its window.
    static std::size_t bytes_for(std::size_t text_size) { return sizeof(Group) + 8 + Texts::bytes_for(text_size); }

private:
    static constexpr std::size_t kChunk = 4096;

    void link(std::uint32_t index);
    void unlink(std::uint32_t index);

    std::vector<std::unique_ptr<Group[]>> chunks_;
    std::uint32_t end_ = 0;
    std::uint32_t free_ = kNone;  // chained by `newer`
    std::vector<std::unique_ptr<Window>> windows_;
    std::vector<std::uint32_t> free_windows_;
    std::vector<Table> tables_;  // by rule
    std::vector<Lane> lanes_;
    std::map<std::pair<std::uint32_t, OrganisationId>, std::uint32_t> lane_of_;
    Texts texts_;
    std::uint64_t bytes_ = 0, size_ = 0;
};

}  // namespace vg::detect::correlation
