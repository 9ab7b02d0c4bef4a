// Brute force as others recorded it: crowdsec's log lines, and the addresses and counts that its scenarios overflow for.
#include <gtest/gtest.h>

#include <map>

#include "cli/scan_correlation.h"
#include "cli/scan_reader.h"
#include "detect/kinds/sigma/testing.h"

namespace vg::cli {
namespace {

namespace fs = std::filesystem;

// What crowdsec calls a failed authentication, and buckets of the same size: ssh-bf has room for 5 and leaks one in 10
// seconds, ssh-bf_user-enum the same for different users, ssh-slow-bf pours over at the twentieth here.
constexpr std::string_view kRules = R"(title: failed
name: failed
logsource: {product: linux, service: sshd}
detection:
  said:
    message|contains: ['Invalid user', 'Failed password']
  condition: said
---
title: ssh-bf
correlation:
  type: event_count
  rules: [failed]
  group-by: [source.ip]
  timespan: 60s
  condition: {gte: 6}
---
title: ssh-bf_user-enum
correlation:
  type: value_count
  rules: [failed]
  group-by: [source.ip]
  timespan: 60s
  condition: {field: user.name, gte: 6}
---
title: ssh-slow-bf
correlation:
  type: event_count
  rules: [failed]
  group-by: [source.ip]
  timespan: 15m
  condition: {gte: 20}
)";

// "SCENARIO ADDRESS" → count of events.
std::map<std::string, std::int64_t> found_in(const fs::path& file) {
    const auto loaded = detect::testing::load(kRules);
    EXPECT_EQ(loaded.report.correlations, 3U);
    const auto library = formats::Library::make({});
    ScanCorrelation correlation{loaded.engine, {}};
    Reader reader{file.string(), {}, "log"};
    detect::Scratch scratch;
    while (!reader.ended())
        for (const Batch& batch : reader.step()) {
            Done done;
            done.file = batch.file;
            for (const Batch::Item& item : batch.items) {
                Arena arena;
                event::Record record;
                record.raw = batch.raw(item);
                record.envelope.received = Time{1'770'900'000'000'000};  // 2026-02-12
                const formats::Outcome outcome = formats::to_event(record, **library, arena);
                std::vector<detect::Match> matches;
                loaded.engine->match(outcome.event, scratch, matches);
                ScanOccurrence one{item.number, outcome.event.occurred, {}, {}};
                detect::correlation::occurrences(loaded.engine->plan(), outcome.event, matches, {}, {}, one.found);
                if (!one.found.empty()) done.occurrences.push_back(std::move(one));
            }
            correlation.add(done);
        }
    std::map<std::string, std::int64_t> all;
    for (const ScanCorrelation::Found& found : correlation.finish())
        all[found.match.rule->title + " " + found.match.line.find("matched")->text("source.ip").value_or("")] += found.match.line.integer("count").value_or(0);
    return all;
}

TEST(Crowdsec, ScenariosOverflowForTheSameAddresses) {
    const fs::path folder = detect::testing::unpacked("log-parsing-crowdsec");
    if (folder.empty()) GTEST_SKIP() << "the corpus log-parsing-crowdsec is not there";
    const auto log = [&](const std::string& name) {
        for (const auto& entry : fs::recursive_directory_iterator{folder})
            if (entry.path().filename() == name + ".log") return entry.path();
        return fs::path{};
    };
    EXPECT_EQ(found_in(log("ssh-bf")), (std::map<std::string, std::int64_t>{{"ssh-bf 35.188.49.176", 6}, {"ssh-bf_user-enum 35.188.49.176", 6}}));
    EXPECT_EQ(found_in(log("ssh-slow-bf")), (std::map<std::string, std::int64_t>{{"ssh-slow-bf 103.100.210.198", 22}}));  // all 22 lines lie within eleven minutes: one attack
}

}  // namespace
}  // namespace vg::cli
