#include "cli/scan_correlation.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"

namespace vg::cli {

ScanCorrelation::ScanCorrelation(std::shared_ptr<const detect::Engine> engine, const detect::correlation::Seed& seed, std::size_t most_gathered)
    : engine_(std::move(engine)), correlator_(detect::Correlator::make(engine_, seed, {})), most_gathered_(most_gathered) {}

void ScanCorrelation::add(Done& done) {
    untimed_ += done.untimed;
    if (done.occurrences.empty()) return;
    if (files_.empty() || files_.back() != done.file) files_.push_back(done.file);
    for (ScanOccurrence& one : done.occurrences) gathered_.push_back({static_cast<std::uint32_t>(files_.size() - 1), std::move(one)});
    done.occurrences.clear();
    if (gathered_.size() >= most_gathered_) follow(gathered_.size() / 2);
}

void ScanCorrelation::follow(std::size_t how_many) {
    std::stable_sort(gathered_.begin(), gathered_.end(), [](const Gathered& a, const Gathered& b) { return a.what.time < b.what.time; });
    std::vector<detect::CorrelationMatch> found;
    for (std::size_t i = 0; i < how_many; ++i) {
        const Gathered& one = gathered_[i];
        found.clear();
        const event::Position position{places_.size()};
        places_.push_back({one.file, one.what.record});
        correlator_->correlate({position, {}, {}, one.what.time, one.what.time}, one.what.found, found);
        for (const detect::CorrelationMatch& match : found) note(match, one);
    }
    gathered_.erase(gathered_.begin(), gathered_.begin() + static_cast<std::ptrdiff_t>(how_many));
}

void ScanCorrelation::note(const detect::CorrelationMatch& match, const Gathered& at) {
    std::string key = match.rule->id;
    for (const auto& [field, value] : match.group) {
        key += '\0';
        key += value;
    }
    const auto [known, is_new] = by_group_.try_emplace(std::move(key), open_.size());
    if (is_new || match.begins) {
        known->second = open_.size();
        Open& open = open_.emplace_back();
        open.rule = match.rule;
        open.matched = json::Value{json::Object{}};
        for (const auto& [field, value] : match.group) open.matched.set(field, value);
        open.place = {at.file, at.what.record};
        open.time = at.what.time;
        open.host = at.what.host;
    }
    Open& open = open_[known->second];
    const bool whole = match.value == static_cast<double>(static_cast<std::int64_t>(match.value));
    open.matched.set(match.type, whole ? json::Value{static_cast<std::int64_t>(match.value)} : json::Value{match.value});
    for (const auto& [what, value] : match.because) open.matched.set(what, value);
    for (const detect::Contribution& one : match.events) {
        const Place& place = places_[one.position.value];
        if (open.first.size() < kKept)
            open.first.push_back(place);
        else if (open.last.size() < kKept)
            open.last.push_back(place);
        else
            open.last[(open.count - kKept) % kKept] = place;
        ++open.count;
    }
}

// A record is its number; one of another file than the line's is {"file":...,"record":...}.
json::Value ScanCorrelation::line_of(const Open& open) const {
    std::vector<Place> places = open.first;
    if (open.last.size() == kKept) {
        const auto begin = static_cast<std::ptrdiff_t>(open.count % kKept);
        places.insert(places.end(), open.last.begin() + begin, open.last.end());
        places.insert(places.end(), open.last.begin(), open.last.begin() + begin);
    } else {
        places.insert(places.end(), open.last.begin(), open.last.end());
    }
    json::Value records{json::Array{}};
    for (const Place& place : places)
        records.add(files_[place.file] == files_[open.place.file] ? json::Value{place.record} : json::object({{"file", files_[place.file]}, {"record", place.record}}));
    const detect::RuleInfo& rule = *open.rule;
    return json::object({{"type", "match"},
                         {"rule", rule_json(rule)},
                         {"file", files_[open.place.file]},
                         {"record", open.place.record},
                         {"time", to_rfc3339(open.time)},
                         {"matched", open.matched},
                         {"count", open.count},
                         {"records", std::move(records)}});
}

std::vector<ScanCorrelation::Found> ScanCorrelation::finish() {
    follow(gathered_.size());
    std::vector<Found> all;
    for (const Open& open : open_) all.push_back({files_[open.place.file], {open.rule, open.place.record, open.time, true, open.host, line_of(open)}});
    open_.clear();
    by_group_.clear();
    return all;
}

std::size_t ScanCorrelation::rules() const { return correlator_->stats().rules.size(); }

json::Value ScanCorrelation::left_out() const {
    const detect::CorrelatorStats stats = correlator_->stats();
    if (stats.rules.empty()) return {};
    std::uint64_t keyless = 0, valueless = 0, cut = 0;
    for (const detect::CorrelationStats& rule : stats.rules) {
        keyless += rule.keyless;
        valueless += rule.valueless;
        cut += rule.cut;
    }
    return json::object({{"untimed", untimed_}, {"late", stats.late}, {"without_group", keyless}, {"without_value", valueless}, {"evicted", stats.evicted}, {"cut", cut}});
}

}  // namespace vg::cli
