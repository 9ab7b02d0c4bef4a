// Keys: the indicators of a hunt in the order in which a segment lists its distinct values (store/archive/filter.h), so that a
// segment is asked about millions of them in one run through both. It errs only towards too many blocks: the events decide.
//
//   Keys keys{seed};
//   keys.add(value);              // each value
//   keys.finish();
//   const Asked asked = TRY(keys.ask(*filter));   // which blocks may hold any of them
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "detect/kinds/indicator/value.h"
#include "store/archive/filter.h"
#include "store/archive/filter_indicators.h"

namespace vg::hunts {

namespace archive = store::archive;
using detect::indicator::Value;

class Keys {
public:
    explicit Keys(std::uint64_t seed) : seed_(seed) {}

    void add(const Value& value);
    void finish();
    [[nodiscard]] std::uint64_t seed() const { return seed_; }

    struct Asked {
        archive::BlockSet blocks;
        std::uint64_t distinct = 0;  // values of the segment that were run through
        bool whole = false;          // the filter could not tell: every event has to be read
    };
    [[nodiscard]] Result<Asked> ask(const archive::FilterView& filter) const;

    // What is asked of the filter as text, one by one. Beyond so many every event is read instead.
    static constexpr std::size_t kMostTexts = 2'000;
    // Values of one segment that are looked up one by one; beyond, all its events are read.
    static constexpr std::size_t kMostHits = 20'000;

private:
    struct Stretch {
        std::uint64_t first, last;
        friend auto operator<=>(const Stretch&, const Stretch&) = default;
    };
    void name(std::string_view text);
    void host(std::string_view text);
    void text(std::string_view text);
    void pattern(std::string_view written);
    void key(archive::Indicator kind, std::uint64_t number);
    Status ask_kind(const archive::FilterView& filter, archive::Indicator kind, Asked& asked) const;

    std::uint64_t seed_;
    std::array<std::vector<Stretch>, archive::kIndicators> keys_;  // after finish() ascending and apart; a network is many keys
    std::vector<std::string> texts_;  // folded
    bool everything_ = false;
};

}  // namespace vg::hunts
