#include <algorithm>
#include <bit>

#include "base/check.h"
#include "base/text.h"
#include "detect/kinds/correlation/state.h"

namespace vg::detect::correlation {

namespace {

constexpr std::uint64_t kSweepEvery = 4096;   // records
constexpr std::size_t kMostSwept = 4096;      // groups of a sweep
constexpr std::int64_t kFarthestTime = std::int64_t{1} << 60;  // microseconds: no sum of times overflows

std::int64_t newest_of(const Store& store, const Group& group) {
    const Window* window = store.window_of(group);
    return window == nullptr ? group.first.time : window->entries.back().time;
}

}  // namespace

std::uint32_t State::source_of(const SourceId& id) {
    if (last_source < sources.size() && sources[last_source].id == id) return last_source;
    const auto [at, is_new] = source_index.try_emplace(id, static_cast<std::uint32_t>(sources.size()));
    if (is_new) sources.push_back({.id = id});
    return last_source = at->second;
}

std::size_t key_size(const char* text, std::size_t parts) {
    std::size_t size = 0;
    for (; parts > 0; --parts) size += std::size_t{1} + static_cast<std::uint8_t>(text[size]);
    return size;
}

std::vector<std::string> parts_of(const char* text, std::size_t parts) {
    std::vector<std::string> all;
    for (; parts > 0; --parts) {
        const std::size_t size = static_cast<std::uint8_t>(*text);
        all.emplace_back(text + 1, size);
        text += size + 1;
    }
    return all;
}

double current_value(const Rule& rule, const Store& store, const Group& group) {
    const Window* window = store.window_of(group);
    if (window == nullptr) return value_of_one(rule, group.first.payload);
    return value_of(rule, window->now, std::span{window->entries}.subspan(window->begin), window->entries.back().payload);
}

void Step::remove(std::uint32_t index) {
    const Group& group = state_.store.group(index);
    const Rule& rule = plan_.rules[state_.store.lanes()[group.lane].rule];
    state_.store.remove(index, key_size(state_.store.text(group), rule.group_by.size()));
}

// No event that is not late can fall into a window with the group's newest any more.
bool Step::is_expired(const Group& group) const {
    const Rule& rule = plan_.rules[state_.store.lanes()[group.lane].rule];
    return state_.sources[group.source].watermark - options_.lateness.micros > newest_of(state_.store, group) + rule.span.micros;
}

void Step::expire(std::uint32_t lane, std::size_t most) {
    for (; most > 0; --most) {
        const std::uint32_t oldest = state_.store.lanes()[lane].oldest;
        if (oldest == kNone || !is_expired(state_.store.group(oldest))) return;
        remove(oldest);
    }
}

void Step::sweep() {
    for (std::uint32_t lane = 0; lane < state_.store.lanes().size(); ++lane) expire(lane, kMostSwept);
}

// A sixteenth of the lane that takes most at a time, so that lanes are not compared for each group.
void Step::make_room() {
    Store& store = state_.store;
    if (store.bytes() <= options_.memory_bytes) return;
    const std::size_t wanted = options_.memory_bytes - options_.memory_bytes / 64;
    while (store.bytes() > wanted && store.size() > 1) {
        const std::uint32_t lane = store.largest_lane();
        if (lane == kNone) return;
        for (std::uint64_t most = store.lanes()[lane].groups / 16 + 1; most > 0 && store.bytes() > wanted && store.size() > 1; --most) {
            const std::uint32_t oldest = store.lanes()[lane].oldest;
            if (!is_expired(store.group(oldest))) {
                ++state_.counts[store.lanes()[lane].rule].evicted;
                store.note_evicted(lane);
            }
            remove(oldest);
        }
    }
}

void Step::take(const Seen& seen, std::span<const Occurrence> found, std::vector<CorrelationMatch>& out) {
    const std::int64_t time = std::clamp(std::min(seen.occurred, seen.received + kMostAhead).micros, -kFarthestTime, kFarthestTime);
    const std::uint32_t source = state_.source_of(seen.source);
    std::int64_t& watermark = state_.sources[source].watermark;
    const bool late = time < watermark - options_.lateness.micros;
    watermark = std::max(watermark, time);
    if (++state_.records % kSweepEvery == 0) sweep();
    for (const Occurrence& one : found) {
        CHECK(one.feed < plan_.feeds.size(), "occurrences are of the plan in use");
        const Feed& feed_of_rule = plan_.feeds[one.feed];
        for (const std::uint32_t direct : feed_of_rule.direct) {
            const Link& link = feed_of_rule.links[direct];
            if (late)
                ++state_.counts[link.correlation].late;
            else
                feed(link, feed_of_rule, one, seen, {time, seen.position.value, 0}, source, out);
        }
    }
    if (!found.empty()) make_room();
}

void Step::feed(const Link& link, const Feed& ways, const Occurrence& one, const Seen& seen, Entry entry, std::uint32_t source, std::vector<CorrelationMatch>& out) {
    const Rule& rule = plan_.rules[link.correlation];
    Counts& counts = state_.counts[link.correlation];
    Store& store = state_.store;
    const Occurrence::Key& key = one.keys[link.key];
    if (key.missing) {
        ++counts.keyless;
        return;
    }
    if (rule.has_values()) {
        const Occurrence::Value& value = one.values[link.value];
        const bool by_text = rule.type == Type::value_count || (rule.type == Type::value_percentile && rule.percentile < 0);
        if (value.missing || (!by_text && !value.is_number)) {
            ++counts.valueless;
            return;
        }
        entry.payload = by_text ? value.hash : std::bit_cast<std::uint64_t>(value.number);
    } else if (rule.type != Type::event_count) {
        entry.payload = link.reference;
    }

    std::uint32_t index = store.find(link.correlation, key.hash);
    bool alone = index == kNone;
    if (alone) {
        index = store.add(link.correlation, seen.organisation, key.hash, std::string_view{one.text}.substr(key.begin, key.size));
        store.group(index).first = entry;
        store.group(index).source = source;
        expire(store.group(index).lane, 2);  // never this one: it is not late
    } else {
        const std::int64_t newest = newest_of(store, store.group(index));
        if (entry.time < newest - options_.lateness.micros) {
            ++counts.late;
            return;
        }
        alone = store.group(index).window == kNone && newest < entry.time - rule.span.micros - options_.lateness.micros;
    }
    Group& group = store.group(index);
    Outcome outcome;
    const std::size_t bytes_before = store.window_bytes(group);
    if (alone) {
        group.first = entry;
        outcome = {.holds = rule.holds(value_of_one(rule, entry.payload)), .value = value_of_one(rule, entry.payload), .from = 0, .to = 1};
    }
    if (!alone || outcome.holds) {
        Window* window = store.window(group);
        if (window == nullptr) {
            window = &store.give_window(index);
            window->entries.push_back(group.first);
            window->rebuild(rule);
        }
        if (!alone) outcome = add(rule, *window, entry);
    }
    if (outcome.repeated) {
        store.account(index, bytes_before == 0 ? Window{}.bytes() : bytes_before);
        return;
    }
    ++counts.seen;
    group.source = source;
    store.touch(index);
    bool begins = false;
    if (Window* window = store.window(group)) {
        if (outcome.holds) {
            ++counts.held;
            begins = entry.time > window->held_until + rule.span.micros;
            if (rule.told) tell(rule, index, *window, outcome, begins, one, out);
            window->held_until = std::max(window->held_until, window->entries[outcome.to - 1].time);
            window->told = std::max(window->told, entry.position + 1);
        }
        if (tidy(rule, options_.lateness, *window)) ++counts.cut;
        store.account(index, bytes_before == 0 ? Window{}.bytes() : bytes_before);
        const auto& entries = window->entries;
        const bool one_left = entries.size() == 1 || entries[entries.size() - 2].time < entries.back().time - rule.span.micros - options_.lateness.micros;
        if (one_left && window->held_until < entries.back().time - rule.span.micros) store.take_window(index);
    }
    if (!outcome.holds) return;
    for (const std::uint32_t next : link.next) {
        const Link& further = ways.links[next];
        if (begins || !plan_.rules[further.correlation].counts()) feed(further, ways, one, seen, {entry.time, entry.position, 0}, source, out);
    }
}

void Step::tell(const Rule& rule, std::uint32_t index, Window& window, const Outcome& outcome, bool begins, const Occurrence& one, std::vector<CorrelationMatch>& out) const {
    CorrelationMatch& match = out.emplace_back();
    match.rule = rule.info;
    match.type = name_of(rule.type);
    match.value = outcome.value;
    match.begins = begins;
    std::vector<std::string> parts = parts_of(state_.store.text(state_.store.group(index)), rule.group_by.size());
    for (std::size_t i = 0; i < parts.size(); ++i) match.group.emplace_back(rule.group_by[i], std::move(parts[i]));
    for (std::size_t i = outcome.from; i < outcome.to; ++i) {
        const Entry& entry = window.entries[i];
        if (entry.position < window.told) continue;
        if (!match.events.empty() && match.events.back().position.value == entry.position) continue;
        match.events.push_back({{entry.position}, {entry.time}});
    }
    if (rule.measure.empty()) return;
    std::string asked;
    for (const Bound& bound : rule.bounds) asked += (asked.empty() ? "" : ", ") + text_of(bound);
    if (rule.type == Type::regularity) {
        const Beats beats = beats_of(rule, std::span{window.entries}.subspan(outcome.from, outcome.to - outcome.from));
        match.because.emplace_back(rule.measure, format("{}/{} = {:.0f} % ({} %)", beats.near, beats.intervals, outcome.value, asked));
        match.because.emplace_back("interval", format("{:.1f} s ± {} %", static_cast<double>(beats.middle.micros) / 1e6, rule.beat.jitter));
    } else {
        match.because.emplace_back(rule.measure, format("{:.0f} ({} / {} s)", outcome.value, asked, rule.span.micros / 1'000'000));
    }
    for (const auto& feature : one.features) {
        const auto is_same = [&](const auto& known) { return known.first == feature.first; };
        if (std::none_of(match.group.begin(), match.group.end(), is_same) && std::none_of(match.because.begin(), match.because.end(), is_same)) match.because.push_back(feature);
    }
}

}  // namespace vg::detect::correlation
