// What a scan found, counted for its summary page: rules, hosts, tactics, time, and what could not be read. Bounded in
// memory whatever is scanned. One thread at a time.
//
//   ScanReport report;
//   report.add(done);  report.refuse("a.evtx", "cannot be opened");
//   write(html_report(report.finish(summary)));
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/scan_run.h"
#include "detect/match.h"

namespace vg::cli {

constexpr std::size_t kLevels = 5;
using ByLevel = std::array<std::uint64_t, kLevels>;  // index: detect::Level

struct ScanReport {
    struct Example {
        std::string file;
        std::uint64_t record = 0;
        std::string host;
        std::string matched;  // "Image: C:\…" lines
    };
    struct Rule {
        const detect::RuleInfo* info = nullptr;
        std::uint64_t matches = 0;
        std::set<std::string> hosts;  // at most kMostNames
        bool times = false;           // whether first and last are known
        Time first, last;
        std::vector<Example> examples;  // the first few
    };
    struct Host {
        ByLevel by_level{};
        std::set<std::string> rules;
        [[nodiscard]] std::uint64_t matches() const;
    };
    struct Tactic {
        std::uint64_t matches = 0;
        std::set<std::string> rules;
    };
    struct Unread {
        std::string what;    // file, or rule file
        std::string reason;
        std::uint64_t count = 0;  // of records, for unparsed ones
    };
    static constexpr std::size_t kMostNames = 10'000;
    static constexpr std::size_t kMostUnread = 1'000;

    void add(const Done& done);
    // A file, or a rule, that could not be read.
    void refuse(std::string what, std::string reason);

    std::map<std::string, Rule> rules;     // by id
    std::map<std::string, Host> hosts;     // at most kMostNames; "" is unknown
    std::map<std::string, Tactic> tactics;  // "credential-access"
    std::map<std::int64_t, ByLevel> timeline;  // by begin of the interval, seconds since 1970
    std::int64_t interval = 60;                // of the timeline, in seconds
    std::vector<Unread> unparsed;
    std::vector<Unread> refused;
    std::uint64_t refused_count = 0;
    ByLevel by_level{};
    std::uint64_t untimed = 0;  // matches whose time is not known
    std::uint64_t files = 0, records = 0, records_unparsed = 0, matches = 0, rules_loaded = 0;

private:
    void add_time(Time time, std::size_t level);
    std::string unparsed_file_;  // the one that the last entry is about
};

// "credential-access" of "attack.credential-access" or "attack.credential_access"; empty for other tags.
std::string tactic_of(std::string_view tag);

}  // namespace vg::cli
