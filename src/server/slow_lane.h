// SlowLane: how much work rules that were put off may take when they are asked once more. An allowance for the node and one for
// each source, half as large, so that one source cannot use it up for all. It grows with the time at which records were received,
// which stands in the journal: a replay comes to the same answers, however fast it is. Used by the pipeline's thread alone.
//
//   SlowLane::Turn turn{lane, source, received};
//   engine.match_again(put_off, event, scratch, turn, matches, unanswered);
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "detect/engine.h"
#include "event/record.h"

namespace vg::server {

struct LaneLimits {
    detect::WorkLimits fast{.pair = std::uint64_t{4} << 20, .event = std::uint64_t{32} << 20};
    std::size_t rules = 1000;                     // that one event may put off; those beyond are not asked
    std::uint64_t burst = std::uint64_t{1} << 30;  // work that may be done at once when the lane has been idle
    std::uint64_t second = std::uint64_t{128} << 20;  // and how much of it comes back each second
};

class SlowLane {
public:
    struct Allowance {
        std::uint64_t left = 0;
        Time at;
        friend bool operator==(const Allowance&, const Allowance&) = default;
    };
    // By source; the nil id is the node's. One that is not here is full.
    using Allowances = std::map<SourceId, Allowance>;

    // The pairs of one event take from the allowances: each at most half of what there is, so that one rule leaves something for
    // the others.
    class Turn final : public detect::Purse {
    public:
        Turn(SlowLane& lane, const SourceId& source, Time received);
        std::uint64_t most() override;
        void pay(std::uint64_t work) override;

    private:
        Allowance& whole_;
        Allowance& own_;
    };

    explicit SlowLane(LaneLimits limits) : limits_(limits) {}

    [[nodiscard]] const LaneLimits& limits() const { return limits_; }
    [[nodiscard]] const Allowances& allowances() const { return allowances_; }
    void restore(Allowances allowances) {
        allowances_ = std::move(allowances);
        changed_.clear();
    }
    // Those that were used since it was asked last.
    Allowances take_changed();

private:
    Allowance& renew(const SourceId& source, Time received);

    LaneLimits limits_;
    Allowances allowances_;
    std::set<SourceId> changed_;
};

// For the file that keeps the state of the correlations; hostile. Code::corrupt when it is not whole.
std::string to_bytes(const SlowLane::Allowances& allowances);
Result<SlowLane::Allowances> parse_allowances(std::string_view bytes);

// What the lane had no room for: the node cannot say whether these events match the rule.
struct Overflow {
    SourceId source;
    OrganisationId organisation;
    std::string rule;      // id; empty for rules beyond those that are counted one by one
    std::string title;
    std::int64_t events = 0;
    std::int64_t told = 0;  // of these, how many were reported
    std::string last;      // id of the last event
};

}  // namespace vg::server
