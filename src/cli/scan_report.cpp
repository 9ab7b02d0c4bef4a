#include "cli/scan_report.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"

namespace vg::cli {

namespace {

constexpr std::size_t kMostIntervals = 4'096;
constexpr std::size_t kExamples = 3;
constexpr std::size_t kExampleBytes = 400;

std::string matched_text(const json::Value& line) {
    std::string out;
    const json::Value* matched = line.find("matched");
    if (matched == nullptr || !matched->is_object()) return out;
    for (const auto& [name, value] : matched->as_object()) {
        if (!out.empty()) out += '\n';
        out += name + ": " + shorten(value.is_text() ? value.as_text() : value.dump(), kExampleBytes);
        if (out.size() > 4 * kExampleBytes) break;
    }
    return out;
}

}  // namespace

std::uint64_t ScanReport::Host::matches() const { return std::accumulate(by_level.begin(), by_level.end(), std::uint64_t{0}); }

std::string tactic_of(std::string_view tag) {
    constexpr std::string_view kStart = "attack.";
    if (!starts_with_ignoring_ascii_case(tag, kStart)) return {};
    std::string name = lower_ascii(tag.substr(kStart.size()));
    std::replace(name.begin(), name.end(), '_', '-');
    // Techniques (t1059), groups (g0069) and software (s0029) have digits; tactics have none.
    return name.find_first_of("0123456789") == std::string::npos ? name : std::string{};
}

void ScanReport::add(const Done& done) {
    records += done.records;
    records_unparsed += done.unparsed;
    matches += done.matches.size();
    if (done.ends_file) ++files;
    if (done.unparsed > 0) {
        if (!unparsed.empty() && unparsed_file_ == done.file) {
            unparsed.back().count += done.unparsed;
        } else if (unparsed.size() < kMostUnread) {
            unparsed.push_back({done.file, format("record {}: {}", done.first_unparsed, done.why_unparsed), done.unparsed});
            unparsed_file_ = done.file;
        }
    }
    for (const std::string& reason : done.trouble) refuse(done.file, reason);
    for (const ScanMatch& match : done.matches) {
        const auto level = static_cast<std::size_t>(match.rule->level);
        ++by_level[level];
        Rule& rule = rules[match.rule->id];
        rule.info = match.rule;
        ++rule.matches;
        if (rule.hosts.size() < kMostNames) rule.hosts.insert(match.host);
        if (match.time_known) {
            rule.first = rule.times ? std::min(rule.first, match.time) : match.time;
            rule.last = rule.times ? std::max(rule.last, match.time) : match.time;
            rule.times = true;
            add_time(match.time, level);
        } else {
            ++untimed;
        }
        if (rule.examples.size() < kExamples) rule.examples.push_back({done.file, match.record, match.host, matched_text(match.line)});
        if (hosts.size() < kMostNames || hosts.find(match.host) != hosts.end()) {
            Host& host = hosts[match.host];
            ++host.by_level[level];
            host.rules.insert(match.rule->id);
        }
        std::set<std::string> named;
        for (const std::string& tag : match.rule->tags)
            if (const std::string name = tactic_of(tag); !name.empty() && named.size() < 20) named.insert(name);
        for (const std::string& name : named) {
            if (tactics.size() >= 100 && tactics.find(name) == tactics.end()) continue;
            Tactic& tactic = tactics[name];
            ++tactic.matches;
            tactic.rules.insert(match.rule->id);
        }
    }
}

void ScanReport::refuse(std::string what, std::string reason) {
    ++refused_count;
    if (refused.size() < kMostUnread) refused.push_back({std::move(what), std::move(reason), 0});
}

// Intervals grow when there are too many, so that any span of time fits.
void ScanReport::add_time(Time time, std::size_t level) {
    const auto begin_of = [](std::int64_t second, std::int64_t width) { return second - ((second % width) + width) % width; };
    const std::int64_t second = time.micros / 1'000'000;
    ++timeline[begin_of(second, interval)][level];
    while (timeline.size() > kMostIntervals) {
        interval *= 2;
        std::map<std::int64_t, ByLevel> wider;
        for (const auto& [begin, counts] : timeline) {
            ByLevel& sum = wider[begin_of(begin, interval)];
            for (std::size_t i = 0; i < kLevels; ++i) sum[i] += counts[i];
        }
        timeline = std::move(wider);
    }
}

}  // namespace vg::cli
