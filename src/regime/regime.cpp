#include "regime/regime.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"

namespace vg::regime {

namespace {

constexpr int kMostDaysLooked = 60;  // for a working day

bool holds_all(const Clock& clock, const std::set<std::string, std::less<>>& circumstances) {
    const auto has = [&](const std::string& name) { return circumstances.contains(name); };
    return std::all_of(clock.when.begin(), clock.when.end(), has) && std::none_of(clock.unless.begin(), clock.unless.end(), has);
}

Time to_minute(Time time) {
    constexpr std::int64_t kMinute = 60'000'000;
    const std::int64_t rest = ((time.micros % kMinute) + kMinute) % kMinute;
    return Time{time.micros - rest};
}

}  // namespace

std::string_view deciding_event(Matter matter) { return matter == Matter::order ? "received" : matter == Matter::change ? "changed" : "detected"; }

Day Regime::day_of(Time time) const {
    const Civil civil = to_civil(time, zone_);
    return *parse_day(format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day));
}

Time Regime::begin_of(Day day) const {
    const Civil civil = to_civil(Time{std::int64_t{day.number} * 86'400'000'000});
    return *from_civil({.year = civil.year, .month = civil.month, .day = civil.day}, zone_);
}

std::string Regime::regime_of(Time time) const {
    const Day day = day_of(time);
    for (const auto& [name, valid] : regimes_)
        if (valid.holds(day)) return name;
    return {};
}

// Sets strict and extended from start.
void Regime::count_to_end(Deadline& deadline) const {
    const Clock& clock = *deadline.clock;
    const Time start = to_minute(*deadline.start);
    Day last = day_of(start);
    switch (clock.unit) {
        case Unit::immediately:
            deadline.immediately = true;
            deadline.strict = start;
            return;
        case Unit::hour:
            deadline.strict = start + hours(clock.count);
            return;
        case Unit::date:
            return;
        case Unit::day:
            last.number += clock.count;
            break;
        case Unit::working_day:
            for (int left = clock.count, looked = 0; left > 0; ++looked) {
                ++last.number;
                const auto works = calendar_.works(last);
                if (!works || looked > kMostDaysLooked) {
                    deadline.calendar_unknown = true;
                    return;
                }
                if (*works)
                    --left;
                else
                    deadline.passed_over.push_back(last);
            }
            break;
    }
    deadline.strict = begin_of(Day{last.number + 1});
    if (!clock.extends || clock.unit == Unit::working_day) return;
    std::vector<Day> passed;
    for (int looked = 0; looked < kMostDaysLooked; ++looked, ++last.number) {
        const auto works = calendar_.works(last);
        if (!works) {
            deadline.calendar_unknown = true;
            return;
        }
        if (*works) break;
        passed.push_back(last);
    }
    if (passed.empty()) return;
    deadline.passed_over = std::move(passed);
    deadline.extended = begin_of(Day{last.number + 1});
}

Result<std::vector<Deadline>> Regime::deadlines(const Facts& facts) const {
    const std::string_view decides = deciding_event(facts.matter);
    const auto decided = facts.events.find(decides);
    if (decided == facts.events.end()) return fail(Code::bad_input, format("events: {} is missing, by whose day the law is chosen", decides));
    for (const auto& [name, time] : facts.events)
        if (!events_.contains(name)) return fail(Code::bad_input, format("events: {} starts no clock", name));
    for (const std::string& name : facts.circumstances)
        if (!circumstances_.contains(name)) return fail(Code::bad_input, format("circumstances: {} is known to no clock", name));
    if (!facts.regime.empty() && std::none_of(regimes_.begin(), regimes_.end(), [&](const auto& one) { return one.first == facts.regime; }))
        return fail(Code::bad_input, format("regime: there is no {}", facts.regime));
    if (facts.ordered_within && facts.ordered_within->micros <= 0) return fail(Code::bad_input, "ordered_within: is no time");

    const Day day = day_of(decided->second);
    const auto of_another = [&](const Clock& clock) {
        const bool overlay = std::none_of(regimes_.begin(), regimes_.end(), [&](const auto& one) { return one.first == clock.regime; });
        if (overlay || facts.regime.empty()) return !clock.valid.holds(day);
        return clock.regime != facts.regime;
    };
    std::vector<Deadline> out;
    for (const Clock& clock : clocks_) {
        if (clock.matter != facts.matter || of_another(clock) || !holds_all(clock, facts.circumstances)) continue;
        Deadline deadline{.clock = &clock};
        if (const auto start = facts.events.find(clock.starts); start != facts.events.end()) {
            deadline.start = to_minute(start->second);
            count_to_end(deadline);
            if (facts.matter == Matter::order && facts.ordered_within && clock.starts == "received") {
                const Time ordered = *deadline.start + *facts.ordered_within;
                if (!deadline.strict || (!deadline.immediately && ordered < *deadline.strict)) {
                    deadline.strict = ordered;
                    deadline.extended.reset();
                    deadline.shortened = true;
                }
            }
        }
        out.push_back(std::move(deadline));
    }
    std::sort(out.begin(), out.end(), [](const Deadline& a, const Deadline& b) {
        if (a.strict.has_value() != b.strict.has_value()) return a.strict.has_value();
        if (a.strict && *a.strict != *b.strict) return *a.strict < *b.strict;
        return a.clock->id < b.clock->id;
    });
    return out;
}

std::vector<Deadline> Regime::periods(Time from, Time until, const std::set<std::string, std::less<>>& circumstances) const {
    std::vector<Deadline> out;
    for (const Clock& clock : clocks_) {
        if (clock.matter != Matter::period || clock.unit != Unit::date || !holds_all(clock, circumstances)) continue;
        for (int year = to_civil(from, zone_).year; year <= to_civil(until, zone_).year; ++year) {
            const auto named = parse_day(format("{:04}-{:02}-{:02}", year, clock.month, clock.day));
            if (!named || !clock.valid.holds(*named)) continue;
            const Time end = begin_of(*named);
            if (from <= end && end < until) out.push_back({.clock = &clock, .strict = end});
        }
    }
    std::sort(out.begin(), out.end(), [](const Deadline& a, const Deadline& b) { return a.strict != b.strict ? *a.strict < *b.strict : a.clock->id < b.clock->id; });
    return out;
}

const Authority* Regime::authority(std::string_view role, Time time) const {
    const Day day = day_of(time);
    for (const Authority& one : authorities_)
        if (one.role == role && one.valid.holds(day)) return &one;
    return nullptr;
}

const Term* Regime::term(std::string_view key, Time time) const {
    const Day day = day_of(time);
    for (const Term& one : terms_)
        if (one.key == key && one.valid.holds(day)) return &one;
    return nullptr;
}

}  // namespace vg::regime
