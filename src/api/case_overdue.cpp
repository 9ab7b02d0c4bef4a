#include "api/case_overdue.h"

#include "regime/regime.h"

namespace vg::api {

namespace {

constexpr Span kLongestClock = days(60);

bool is_late(const regime::Regime& regime, Time detected, bool serious, Time now) {
    regime::Facts facts{.matter = regime::Matter::incident, .events = {{"detected", detected}}, .circumstances = {}, .ordered_within = {}, .regime = {}};
    if (serious) facts.circumstances.insert("serious");
    const auto found = regime.deadlines(facts);
    if (!found) return false;
    for (const regime::Deadline& one : *found)
        if (!one.immediately && one.strict && *one.strict <= now) return true;
    return false;
}

// To the minute: the first detection that is not late yet.
Time first_in_time(const regime::Regime& regime, bool serious, Time now) {
    Time late = now - kLongestClock, in_time = now;
    if (!is_late(regime, late, serious, now)) return {};
    while (in_time - late > minutes(1)) {
        const Time middle{late.micros + (in_time.micros - late.micros) / 2};
        (is_late(regime, middle, serious, now) ? late : in_time) = middle;
    }
    return in_time;
}

}  // namespace

cases::Late late_at(const regime::Regime* regime, Time now) {
    cases::Late out{.now = now, .detected = {}, .detected_serious = {}};
    if (regime == nullptr) return out;
    out.detected = first_in_time(*regime, false, now);
    out.detected_serious = first_in_time(*regime, true, now);
    return out;
}

}  // namespace vg::api
