// What somebody who can write to the disk would leave as the state of the correlations: read, then used. The first byte
// says whether the checksums are put right first, so that what stands behind them is reached.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/check.h"
#include "detect/correlator.h"
#include "detect/kinds/correlation/testing.h"
#include "server/snapshots.h"

namespace {

using namespace vg;

constexpr std::string_view kTypes[] = {"event_count", "value_count", "temporal", "temporal_ordered", "value_sum", "value_percentile"};

const std::shared_ptr<const detect::Engine>& engine() {
    static const auto* const made = [] {
        std::string rules = detect::testing::base_rule("a") + detect::testing::base_rule("b");
        for (const std::string_view type : kTypes)
            rules += format("title: {0}\ncorrelation:\n    type: {0}\n    rules: [a, b]\n    group-by: [key]\n    timespan: 10s\n    condition:\n        {1}\n        gte: 2\n---\n", type,
                            type.starts_with("value") ? "field: value" : "lt: 1000");
        return new std::shared_ptr<const detect::Engine>{detect::testing::load(rules).engine};
    }();
    return *made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    std::string bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    if (const auto snapshot = server::parse_snapshot(bytes)) {
        const std::string written = server::to_bytes(*snapshot);  // in the newest form
        const auto read = server::parse_snapshot(written);
        CHECK(read && server::to_bytes(*read) == written, "a snapshot that is read is written the same");
    }
    if (data[0] % 2 == 1 && bytes.size() > 8) {
        bytes.resize(bytes.size() - 8);
        put(bytes, hash64(bytes));
    }
    auto correlator = detect::Correlator::make(engine(), {}, {.memory_bytes = std::size_t{1} << 20, .lateness = seconds(30)});
    if (!correlator->restore(bytes)) return 0;
    const std::string again = correlator->save();
    detect::Scratch scratch;
    std::vector<detect::CorrelationMatch> out;
    for (int i = 0; i < 40; ++i) {
        const detect::testing::JsonEvent event{*json::parse(format(R"({{"kind":"{}","key":"k{}","value":{}}})", i % 2 == 0 ? "a" : "b", i % 3, i % 5))};
        std::vector<detect::Match> matches;
        engine()->match(event.event, scratch, matches);
        std::vector<detect::correlation::Occurrence> found;
        detect::correlation::occurrences(engine()->plan(), event.event, matches, {}, correlator->seed(), found);
        const Time time{1'000'000 * (i % 7 == 0 ? i : 2 * i)};
        correlator->correlate({{static_cast<std::uint64_t>(i)}, {}, {}, time, time}, found, out);
    }
    for (const std::string_view type : kTypes)
        for (const detect::CorrelationStats& rule : correlator->stats().rules)
            if (rule.title == type) CHECK(correlator->groups({.rule_id = rule.rule_id, .visible = [](const OrganisationId&) { return true; }}).has_value(), "there is such a correlation");
    auto other = detect::Correlator::make(engine(), {}, {.memory_bytes = std::size_t{1} << 20, .lateness = seconds(30)});
    CHECK(other->restore(again).has_value() && other->save() == again, "what is saved can be taken up");
    return 0;
}
