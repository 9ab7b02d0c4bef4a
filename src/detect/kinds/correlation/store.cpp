#include "detect/kinds/correlation/store.h"

#include <bit>
#include <cstring>

#include "base/check.h"

namespace vg::detect::correlation {

namespace {

constexpr std::uint32_t kSlotsOfBlock = 1024;
std::size_t class_of(std::size_t size) { return size <= 16 ? 0 : static_cast<std::size_t>(std::bit_width(size - 1)) - 4; }

}  // namespace

std::size_t Texts::bytes_for(std::size_t size) { return std::size_t{16} << class_of(size); }

std::uint32_t Texts::keep(std::string_view text) {
    const std::size_t which = class_of(text.size());
    CHECK(which < kClasses, "keys are bounded");
    Slab& slab = slabs_[which];
    std::uint32_t slot = slab.used;
    if (!slab.free.empty()) {
        slot = slab.free.back();
        slab.free.pop_back();
    } else {
        if (slab.used % kSlotsOfBlock == 0) slab.blocks.push_back(std::make_unique<char[]>((std::size_t{16} << which) * kSlotsOfBlock));
        ++slab.used;
    }
    const auto handle = static_cast<std::uint32_t>(which << 28) | slot;
    std::memcpy(slab.blocks[slot / kSlotsOfBlock].get() + (std::size_t{16} << which) * (slot % kSlotsOfBlock), text.data(), text.size());
    return handle;
}

void Texts::drop(std::uint32_t handle) { slabs_[handle >> 28].free.push_back(handle & 0x0fffffffU); }

const char* Texts::at(std::uint32_t handle) const {
    const std::size_t which = handle >> 28;
    const std::uint32_t slot = handle & 0x0fffffffU;
    return slabs_[which].blocks[slot / kSlotsOfBlock].get() + (std::size_t{16} << which) * (slot % kSlotsOfBlock);
}

std::uint32_t Store::lane_of(std::uint32_t rule, const OrganisationId& organisation) {
    const auto [at, is_new] = lane_of_.try_emplace({rule, organisation}, static_cast<std::uint32_t>(lanes_.size()));
    if (is_new) lanes_.push_back({.rule = rule, .organisation = organisation});
    return at->second;
}

std::uint32_t Store::add(std::uint32_t rule, const OrganisationId& organisation, const Hash128& hash, std::string_view text) {
    std::uint32_t index = free_;
    if (index != kNone) {
        free_ = group(index).newer;
    } else {
        index = end_++;
        if (index % kChunk == 0) chunks_.push_back(std::make_unique<Group[]>(kChunk));
    }
    Group& made = group(index);
    made = {};
    made.hash = hash;
    made.lane = lane_of(rule, organisation);
    made.text = texts_.keep(text);
    tables_[rule].insert(hash, index, [&](std::uint32_t other) -> const Hash128& { return group(other).hash; });
    link(index);
    const std::size_t bytes = bytes_for(text.size());
    lanes_[made.lane].bytes += bytes;
    ++lanes_[made.lane].groups;
    bytes_ += bytes;
    ++size_;
    return index;
}

void Store::link(std::uint32_t index) {
    Group& one = group(index);
    Lane& lane = lanes_[one.lane];
    one.older = lane.newest;
    one.newer = kNone;
    (lane.newest == kNone ? lane.oldest : group(lane.newest).newer) = index;
    lane.newest = index;
}

void Store::unlink(std::uint32_t index) {
    const Group& one = group(index);
    Lane& lane = lanes_[one.lane];
    (one.older == kNone ? lane.oldest : group(one.older).newer) = one.newer;
    (one.newer == kNone ? lane.newest : group(one.newer).older) = one.older;
}

void Store::touch(std::uint32_t index) {
    if (lanes_[group(index).lane].newest == index) return;
    unlink(index);
    link(index);
}

void Store::remove(std::uint32_t index, std::size_t text_size) {
    Group& one = group(index);
    Lane& lane = lanes_[one.lane];
    const std::size_t bytes = bytes_for(text_size) + window_bytes(one);
    lane.bytes -= bytes;
    --lane.groups;
    bytes_ -= bytes;
    --size_;
    if (one.window != kNone) {
        windows_[one.window].reset();
        free_windows_.push_back(one.window);
    }
    unlink(index);
    tables_[lane.rule].erase(one.hash, index, [&](std::uint32_t other) -> const Hash128& { return group(other).hash; });
    texts_.drop(one.text);
    one = {};
    one.newer = free_;
    free_ = index;
}

Window& Store::give_window(std::uint32_t index) {
    Group& one = group(index);
    std::uint32_t slot = 0;
    if (!free_windows_.empty()) {
        slot = free_windows_.back();
        free_windows_.pop_back();
    } else {
        slot = static_cast<std::uint32_t>(windows_.size());
        windows_.emplace_back();
    }
    windows_[slot] = std::make_unique<Window>();
    one.window = slot;
    account(index, 0);
    return *windows_[slot];
}

void Store::take_window(std::uint32_t index) {
    Group& one = group(index);
    const std::size_t before = window_bytes(one);
    one.first = windows_[one.window]->entries.back();
    windows_[one.window].reset();
    free_windows_.push_back(one.window);
    one.window = kNone;
    lanes_[one.lane].bytes -= before;
    bytes_ -= before;
}

void Store::account(std::uint32_t index, std::size_t before) {
    const Group& one = group(index);
    const std::size_t after = window_bytes(one);
    lanes_[one.lane].bytes += after - before;  // wraps round and back
    bytes_ += after - before;
}

std::uint32_t Store::largest_lane() const {
    std::uint32_t largest = kNone;
    for (std::uint32_t i = 0; i < lanes_.size(); ++i)
        if (lanes_[i].groups > 0 && (largest == kNone || lanes_[i].bytes > lanes_[largest].bytes)) largest = i;
    return largest;
}

}  // namespace vg::detect::correlation
