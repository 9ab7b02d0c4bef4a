// What rules would have found in the archive's events. One pass, newest events first for single rules; for correlations
// oldest first, because they count in the order of time. Used by the rule-measures resource, within one turn at the desk.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/api.h"
#include "store/archive.h"

namespace vg::api {

// The archive keeps fields, not where a rule looks for them (log source): it is read from the record in the journal, for
// those events alone on which a rule fires. Where the journal has the record no more, the match counts as `unconfirmed`.
class Backtest {
public:
    Backtest(const Context& context, std::shared_ptr<const detect::Engine> engine);

    // In the order of `order()`.
    void ask(const store::FoundEvent& event);
    [[nodiscard]] store::Order order() const { return correlator_ ? store::Order::oldest_first : store::Order::newest_first; }

    struct Found {
        std::uint64_t matches = 0, unconfirmed = 0;
        std::map<std::int64_t, std::uint64_t> by_day;      // days since 1970 (UTC)
        std::vector<std::pair<std::string, Time>> samples;  // events, at most kMostSamples
    };
    static constexpr std::size_t kMostSamples = 20;
    [[nodiscard]] const std::map<std::string, Found>& found() const { return found_; }  // by rule id, those that are told
    [[nodiscard]] std::uint64_t events() const { return events_; }

private:
    void note(const detect::RuleInfo& rule, const store::FoundEvent& event, bool confirmed);

    const Context& context_;
    const std::shared_ptr<const detect::Engine> engine_;
    const std::shared_ptr<const formats::Library> library_;
    std::unique_ptr<detect::Correlator> correlator_;
    detect::Scratch scratch_;
    std::vector<detect::Match> matches_;
    std::map<std::string, Found> found_;
    std::uint64_t events_ = 0;
};

}  // namespace vg::api
