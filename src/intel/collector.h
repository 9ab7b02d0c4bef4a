// Gathers what a reader finds: makes values canonical, drops repetitions, keeps the accounts. Owned by one thread.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "intel/entry.h"

namespace vg::intel {

struct ReadingLimits {
    std::size_t entries = 10'000'000;
    std::size_t refusals = 1'000;  // that are told one by one; all are counted
    std::size_t bytes = std::size_t{1} << 30;
};

struct Where {
    std::size_t line = 0;
    std::string_view text;  // "attribute 3" where there are no lines
};

class Collector {
public:
    explicit Collector(const ReadingLimits& limits = {}) : limits_(limits) {}

    // One value that was read. Without a kind the form decides. `about` has everything but kind, text and port.
    void add(std::optional<Kind> kind, std::string_view value, const Entry& about, const Where& place);
    // A range of addresses as the networks that cover it exactly.
    void add_range(std::string_view first, std::string_view last, const Entry& about, const Where& place);
    void refuse(const Where& place, std::string reason, std::string_view text);

    // No more may be read: the list is cut here.
    [[nodiscard]] bool is_full();
    Reading finish();

private:
    void take(detect::indicator::Value value, const Entry& about);

    ReadingLimits limits_;
    Reading reading_;
    std::unordered_multimap<std::uint64_t, std::size_t> known_;  // hash of kind and text: which entry
};

}  // namespace vg::intel
