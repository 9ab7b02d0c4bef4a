// Correlations of a scan: what the matches of all files are together. Files come in any order and overlap in time, so the
// matches that feed correlations are gathered, put in the order of their times and followed at the end. Memory is bounded:
// when too many have gathered, the older half is followed at once. Used by one thread at a time.
//
//   ScanCorrelation correlation{engine, seed};
//   correlation.add(done);                                       // each result, in the order of the output
//   for (ScanMatch& match : correlation.finish()) print(match);
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/scan_run.h"
#include "detect/correlator.h"

namespace vg::cli {

class ScanCorrelation {
public:
    static constexpr std::size_t kMostGathered = 2'000'000;

    ScanCorrelation(std::shared_ptr<const detect::Engine> engine, const detect::correlation::Seed& seed, std::size_t most_gathered = kMostGathered);

    void add(Done& done);
    // One for each beginning, in the order of their times, each with the file it began in.
    struct Found {
        std::string file;
        ScanMatch match;
    };
    std::vector<Found> finish();
    // {"late":0,"untimed":0,...}: what was left out; null when there is no correlation.
    [[nodiscard]] json::Value left_out() const;
    [[nodiscard]] std::size_t rules() const;

private:
    struct Gathered {
        std::uint32_t file = 0;
        ScanOccurrence what;
    };
    struct Place {
        std::uint32_t file = 0;
        std::uint64_t record = 0;
    };
    struct Open {
        const detect::RuleInfo* rule = nullptr;
        json::Value matched;
        Place place;  // where it began
        Time time;
        std::string host;
        std::uint64_t count = 0;
        std::vector<Place> first, last;  // at most kKept each; `last` goes round
    };
    static constexpr std::size_t kKept = 100;

    void follow(std::size_t how_many);
    void note(const detect::CorrelationMatch& match, const Gathered& at);
    [[nodiscard]] json::Value line_of(const Open& open) const;

    std::shared_ptr<const detect::Engine> engine_;
    std::unique_ptr<detect::Correlator> correlator_;
    const std::size_t most_gathered_;
    std::vector<std::string> files_;
    std::vector<Gathered> gathered_;
    std::vector<Place> places_;  // by position
    std::vector<Open> open_;     // in the order in which they began
    std::map<std::string, std::size_t> by_group_;
    std::uint64_t untimed_ = 0;
};

}  // namespace vg::cli
