// InHand: a small shared file in which each slice writes the position of the record it is working on. A process that
// dies leaves it behind, so that the next start knows which records may have killed it. It costs one store a record and
// no write to disk: after a power cut it may be stale, which is harmless, because a suspect is only ever processed
// alone, never dropped, unless it kills again (Pipeline).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "event/record.h"

namespace vg::server {

class InHand {
public:
    static constexpr std::size_t kSlots = 256;

    // Opens or makes the file. suspects(): what the last process left in it; the slots are cleared.
    static Result<std::unique_ptr<InHand>> open(const std::string& path);
    ~InHand();
    InHand(const InHand&) = delete;
    InHand& operator=(const InHand&) = delete;

    [[nodiscard]] const std::vector<event::Position>& suspects() const { return suspects_; }

    void hold(std::size_t slot, event::Position position) { slots_[slot % kSlots * kStride] = position.value + 1; }
    void release(std::size_t slot) { slots_[slot % kSlots * kStride] = 0; }

private:
    static constexpr std::size_t kStride = 8;  // one cache line a slot
    explicit InHand(volatile std::uint64_t* slots) : slots_(slots) {}
    volatile std::uint64_t* slots_;
    std::vector<event::Position> suspects_;
};

}  // namespace vg::server
