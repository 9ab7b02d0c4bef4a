#include "detect/kinds/correlation/window.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <unordered_map>

#include "base/check.h"

namespace vg::detect::correlation {

namespace {

bool tells_values_apart(const Rule& rule) {
    switch (rule.type) {
        case Type::value_count:
        case Type::temporal:
        case Type::temporal_ordered: return true;
        case Type::value_percentile: return rule.percentile < 0;
        case Type::event_count:
        case Type::value_sum:
        case Type::value_avg:
        case Type::regularity: return false;
    }
    return false;
}
bool adds_up(const Rule& rule) { return rule.type == Type::value_sum || rule.type == Type::value_avg; }
double number_in(std::uint64_t payload) { return std::bit_cast<double>(payload); }

void enter(const Rule& rule, Sums& sums, const Entry& entry) {
    if (tells_values_apart(rule)) sums.values.enter(entry.payload);
    if (adds_up(rule)) sums.sum += number_in(entry.payload);
}
void leave(const Rule& rule, Sums& sums, const Entry& entry) {
    if (tells_values_apart(rule)) sums.values.leave(entry.payload);
    if (adds_up(rule)) {
        sums.sum -= number_in(entry.payload);
        ++sums.left;
    }
}

// Adding and taking away leaves an error behind; it must not grow for ever.
void take_afresh(const Rule& rule, Sums& sums, std::span<const Entry> window) {
    if (!adds_up(rule) || sums.left <= window.size()) return;
    sums.sum = 0;
    sums.left = 0;
    for (const Entry& entry : window) sums.sum += number_in(entry.payload);
}

// The longest run of rules, in the order in which the correlation names them, that happened in that order. Events of one
// moment may be in any order.
double longest_in_order(const Rule& rule, std::span<const Entry> window) {
    std::vector<std::uint32_t> best(rule.references + 1, 0);  // best[r + 1]: longest run that ends with rule r
    std::vector<std::uint64_t> moment;
    std::uint32_t longest = 0;
    for (std::size_t i = 0; i < window.size();) {
        moment.clear();
        const std::int64_t time = window[i].time;
        for (; i < window.size() && window[i].time == time; ++i) moment.push_back(window[i].payload);
        std::sort(moment.begin(), moment.end());
        for (const std::uint64_t which : moment) {
            const auto reference = static_cast<std::size_t>(which);
            if (reference >= rule.references) continue;
            const std::uint32_t before = *std::max_element(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(reference) + 1);
            best[reference + 1] = std::max(best[reference + 1], before + 1);
            longest = std::max(longest, best[reference + 1]);
        }
    }
    return longest;
}

// Linear interpolation between the nearest ranks.
double percentile_of(std::span<const Entry> window, int percentile) {
    std::vector<double> numbers;
    numbers.reserve(window.size());
    for (const Entry& entry : window) numbers.push_back(number_in(entry.payload));
    const double rank = static_cast<double>(percentile) / 100.0 * static_cast<double>(numbers.size() - 1);
    const auto low = static_cast<std::ptrdiff_t>(std::floor(rank));
    std::nth_element(numbers.begin(), numbers.begin() + low, numbers.end());
    const double below = numbers[static_cast<std::size_t>(low)];
    const double part = rank - std::floor(rank);
    if (part == 0) return below;
    const double above = *std::min_element(numbers.begin() + low + 1, numbers.end());
    return below + part * (above - below);
}

double share_of(const Rule& rule, std::span<const Entry> window) {
    const Beats beats = beats_of(rule, window);
    return beats.regular ? 100.0 * beats.near / beats.intervals : 0;
}

// Forgets entries that no window can need: of one value, those whose neighbours of the same value are within one span.
void thin(const Rule& rule, std::vector<Entry>& entries) {
    std::unordered_map<std::uint64_t, std::pair<std::int64_t, std::size_t>> last;  // value → time before its last kept one, and that one
    std::vector<std::uint8_t> keep(entries.size(), 1);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto [at, is_new] = last.try_emplace(entries[i].payload, Window::kNever, i);
        if (is_new) continue;
        auto& [before, kept] = at->second;
        if (entries[i].time - before <= rule.span.micros)
            keep[kept] = 0;
        else
            before = entries[kept].time;
        kept = i;
    }
    std::size_t to = 0;
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (keep[i] != 0) entries[to++] = entries[i];
    entries.resize(to);
}

// Runs of one rule keep their ends: what stands between them can be exchanged for one of these.
void thin_runs(std::vector<Entry>& entries) {
    std::size_t to = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (to > 0 && i + 1 < entries.size() && entries[to - 1].payload == entries[i].payload && entries[i + 1].payload == entries[i].payload) continue;
        entries[to++] = entries[i];
    }
    entries.resize(to);
}

// Keeps the number of entries within its bound. Whether some were given up that a window may need.
bool bound(const Rule& rule, Span lateness, Window& window) {
    const std::size_t before = window.entries.size();
    bool lost = false;
    std::size_t most = kMostEntries;
    if (rule.type == Type::regularity) {  // older ones than the newest are not looked at: none is lost
        if (before <= 2 * kMostBeats) return false;
        window.entries.erase(window.entries.begin(), window.entries.end() - static_cast<std::ptrdiff_t>(kMostBeats));
        window.rebuild(rule);
        return false;
    }
    if (rule.type == Type::event_count) {
        const auto spans = static_cast<std::uint64_t>(lateness.micros / std::max<std::int64_t>(rule.span.micros, 1)) + 2;
        most = std::min<std::size_t>(most, std::max<std::size_t>(64, spans < kMostEntries ? rule.needed * spans : kMostEntries));
        if (before <= most + most / 3) return false;
    } else {
        if (before <= window.limit) return false;
        if (rule.type == Type::value_count || rule.type == Type::temporal) thin(rule, window.entries);
        if (rule.type == Type::temporal_ordered) thin_runs(window.entries);
        if (rule.type == Type::value_count) most = kMostDistinct * 2;
        if (rule.type == Type::temporal_ordered) most = kMostInOrder;
        if (rule.type == Type::value_percentile && rule.percentile >= 0) most = kMostRanked;
    }
    if (window.entries.size() > most) {
        window.entries.erase(window.entries.begin(), window.entries.end() - static_cast<std::ptrdiff_t>(most - most / 4));
        lost = true;
    }
    window.limit = static_cast<std::uint32_t>(std::clamp<std::size_t>(2 * window.entries.size(), Window::kFirstLimit, kMostEntries));
    if (window.entries.size() != before) window.rebuild(rule);
    window.cut = window.cut || lost;
    return lost;
}

// Entries too old for any window that an event may still fall into.
void forget_old(const Rule& rule, Span lateness, Window& window) {
    const std::int64_t oldest = window.entries.back().time - rule.span.micros - lateness.micros;
    const auto first = std::partition_point(window.entries.begin(), window.entries.end(), [&](const Entry& entry) { return entry.time < oldest; });
    const auto gone = static_cast<std::size_t>(first - window.entries.begin());
    if (gone * 2 <= window.entries.size() && gone < 4096) return;
    window.entries.erase(window.entries.begin(), first);
    window.begin -= static_cast<std::uint32_t>(gone);
    if (window.entries.capacity() > 4 * window.entries.size() + 8) window.entries.shrink_to_fit();
}

// The first window, by its end, that holds the new entry and fulfils the condition.
Outcome look_at_all(const Rule& rule, const Window& window, std::size_t at) {
    const auto& entries = window.entries;
    const std::int64_t time = entries[at].time;
    const std::int64_t span = rule.span.micros;
    std::size_t from = static_cast<std::size_t>(std::partition_point(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.time < time - span; }) - entries.begin());
    std::size_t to = from;
    Sums sums;
    Outcome outcome;
    for (std::size_t end = at; end < entries.size() && entries[end].time <= time + span; ++end) {
        if (end + 1 < entries.size() && entries[end + 1].time == entries[end].time) continue;
        for (; to <= end; ++to) enter(rule, sums, entries[to]);
        for (; entries[from].time < entries[end].time - span; ++from) leave(rule, sums, entries[from]);
        const std::span<const Entry> run{entries.data() + from, to - from};
        take_afresh(rule, sums, run);
        outcome.value = value_of(rule, sums, run, entries[at].payload);
        if (!rule.holds(outcome.value)) continue;
        outcome.holds = true;
        outcome.from = from;
        outcome.to = to;
        return outcome;
    }
    return outcome;
}

}  // namespace

void Values::clear() {
    slots_.clear();
    distinct_ = 0;
}

std::size_t Values::slot_of(std::uint64_t value) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = (value * 0x9e3779b97f4a7c15U >> 32) & mask;
    while (slots_[at].count != 0 && slots_[at].value != value) at = (at + 1) & mask;
    return at;
}

void Values::grow() {
    std::vector<Slot> old(slots_.empty() ? 8 : slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old)
        if (slot.count != 0) slots_[slot_of(slot.value)] = slot;
}

void Values::enter(std::uint64_t value) {
    if ((distinct_ + 1) * 4 > slots_.size() * 3) grow();
    Slot& slot = slots_[slot_of(value)];
    if (slot.count == 0) ++distinct_;
    slot.value = value;
    ++slot.count;
}

void Values::leave(std::uint64_t value) {
    CHECK(!slots_.empty(), "what leaves has entered");
    std::size_t at = slot_of(value);
    CHECK(slots_[at].count > 0, "what leaves has entered");
    if (--slots_[at].count > 0) return;
    --distinct_;
    // What was pushed on by this one moves back.
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t next = (at + 1) & mask; slots_[next].count != 0; next = (next + 1) & mask) {
        const std::size_t home = (slots_[next].value * 0x9e3779b97f4a7c15U >> 32) & mask;
        if (((next - home) & mask) < ((next - at) & mask)) continue;
        slots_[at] = slots_[next];
        slots_[next].count = 0;
        at = next;
    }
}

std::uint32_t Values::count(std::uint64_t value) const { return slots_.empty() ? 0 : slots_[slot_of(value)].count; }

std::size_t Window::bytes() const {
    const std::size_t kept = sizeof(Window) + 16 + sizeof(Entry) * std::bit_ceil(entries.size() + 1);
    return now.values.distinct() == 0 ? kept : kept + 16 * std::bit_ceil(now.values.distinct() * 4 / 3 + 1);
}

void Window::rebuild(const Rule& rule) {
    const std::int64_t oldest = entries.empty() ? 0 : entries.back().time - rule.span.micros;
    begin = static_cast<std::uint32_t>(std::partition_point(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.time < oldest; }) - entries.begin());
    now = {};
    for (std::size_t i = begin; i < entries.size(); ++i) enter(rule, now, entries[i]);
}

Beats beats_of(const Rule& rule, std::span<const Entry> window) {
    constexpr std::int64_t kTogether = 1'000'000;
    Beats beats;
    if (window.size() < rule.beat.events) return beats;
    window = window.last(std::min(window.size(), kMostBeats));
    std::array<std::int64_t, kMostBeats> intervals{};
    std::size_t count = 0;
    std::int64_t last = window.front().time;
    for (const Entry& entry : window.subspan(1)) {
        if (entry.time - last < kTogether) continue;
        intervals[count++] = entry.time - last;
        last = entry.time;
    }
    if (count + 1 < rule.beat.events || count == 0) return beats;
    const auto middle = intervals.begin() + static_cast<std::ptrdiff_t>(count / 2);
    std::nth_element(intervals.begin(), middle, intervals.begin() + static_cast<std::ptrdiff_t>(count));
    beats.middle = {*middle};
    beats.intervals = static_cast<int>(count);
    const std::int64_t most = *middle / 100 * rule.beat.jitter;
    for (std::size_t i = 0; i < count; ++i) beats.near += std::abs(intervals[i] - *middle) <= most ? 1 : 0;
    beats.regular = *middle >= rule.beat.shortest.micros && *middle <= rule.beat.longest.micros;
    return beats;
}

double value_of(const Rule& rule, const Sums& sums, std::span<const Entry> window, std::uint64_t payload) {
    switch (rule.type) {
        case Type::event_count: return static_cast<double>(window.size());
        case Type::value_count:
        case Type::temporal: return static_cast<double>(sums.values.distinct());
        case Type::temporal_ordered: {
            const auto most = static_cast<double>(sums.values.distinct());
            return rule.rises && !rule.holds(most) ? most : longest_in_order(rule, window);
        }
        case Type::value_sum: return sums.sum;
        case Type::value_avg: return sums.sum / static_cast<double>(window.size());
        case Type::value_percentile:
            return rule.percentile >= 0 ? percentile_of(window, rule.percentile) : 100.0 * sums.values.count(payload) / static_cast<double>(window.size());
        case Type::regularity: return share_of(rule, window);
    }
    return 0;
}

double value_of_one(const Rule& rule, std::uint64_t payload) {
    switch (rule.type) {
        case Type::event_count:
        case Type::value_count:
        case Type::temporal:
        case Type::temporal_ordered: return 1;
        case Type::value_sum:
        case Type::value_avg: return number_in(payload);
        case Type::value_percentile: return rule.percentile >= 0 ? number_in(payload) : 100;
        case Type::regularity: return 0;
    }
    return 0;
}

Outcome add(const Rule& rule, Window& window, const Entry& entry) {
    auto& entries = window.entries;
    const bool in_order = entries.empty() || entry.time > entries.back().time || (entry.time == entries.back().time && entry.position >= entries.back().position);
    Outcome outcome;
    auto at = in_order ? entries.end()
                       : std::upper_bound(entries.begin(), entries.end(), entry, [](const Entry& a, const Entry& b) { return a.time != b.time ? a.time < b.time : a.position < b.position; });
    const bool by_rule = rule.type == Type::temporal || rule.type == Type::temporal_ordered;
    for (auto same = at; same != entries.begin() && (same - 1)->position == entry.position && (same - 1)->time == entry.time; --same)
        outcome.repeated = outcome.repeated || !by_rule || (same - 1)->payload == entry.payload;
    if (outcome.repeated) return outcome;

    if (in_order) {
        entries.push_back(entry);
        enter(rule, window.now, entry);
        for (; entries[window.begin].time < entry.time - rule.span.micros; ++window.begin) leave(rule, window.now, entries[window.begin]);
        const std::span<const Entry> run{entries.data() + window.begin, entries.size() - window.begin};
        take_afresh(rule, window.now, run);
        outcome.value = value_of(rule, window.now, run, entry.payload);
        outcome.holds = rule.holds(outcome.value);
        outcome.from = window.begin;
        outcome.to = entries.size();
        return outcome;
    }
    const auto index = static_cast<std::size_t>(at - entries.begin());
    entries.insert(at, entry);
    if (index < window.begin) {
        ++window.begin;
    } else if (entry.time >= entries.back().time - rule.span.micros) {
        enter(rule, window.now, entry);
    } else {
        ++window.begin;
    }
    return look_at_all(rule, window, index);
}

bool tidy(const Rule& rule, Span lateness, Window& window) {
    const bool lost = bound(rule, lateness, window);
    forget_old(rule, lateness, window);
    return lost;
}

}  // namespace vg::detect::correlation
