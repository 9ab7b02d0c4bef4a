#include "store/archive/gaps.h"

#include <algorithm>

#include "store/archive/manifest.h"

namespace vg::store::archive {

namespace {

using Range = Archive::Range;

json::Value span_json(std::uint64_t from, std::uint64_t to) { return json::array({from, to}); }
json::Value span_json(const std::optional<std::pair<Time, Time>>& times) { return times ? json::array({times->first.micros, times->second.micros}) : json::Value{}; }

Result<std::pair<std::int64_t, std::int64_t>> pair_of(const json::Value* value) {
    if (value == nullptr || !value->is_array() || value->as_array().size() != 2 || !value->as_array()[0].is_int() || !value->as_array()[1].is_int())
        return fail(Code::corrupt, "a gap has no range of two numbers");
    return std::pair{value->as_array()[0].as_int(), value->as_array()[1].as_int()};
}
Result<std::optional<std::pair<Time, Time>>> times_of(const json::Value* value) {
    if (value == nullptr || value->is_null()) return std::nullopt;
    const auto [from, to] = TRY(pair_of(value));
    return std::optional{std::pair{Time{from}, Time{to}}};
}

std::optional<std::pair<Time, Time>> joined(const std::optional<std::pair<Time, Time>>& a, const std::optional<std::pair<Time, Time>>& b) {
    if (!a || !b) return std::nullopt;
    return std::pair{std::min(a->first, b->first), std::max(a->second, b->second)};
}

// Two gaps as one that covers what lies between them too.
GapFacts joined(const GapFacts& a, const GapFacts& b) {
    GapFacts both{.range = {a.range.from, b.range.to}, .events = {}, .occurred = joined(a.occurred, b.occurred), .received = joined(a.received, b.received), .organisations = {},
                  .many_organisations = true, .lost = a.lost};
    if (a.events && b.events) both.events = *a.events + *b.events;
    return both;
}

// What of the gap lies within the range.
GapFacts part_of(const GapFacts& gap, const Range& range) {
    GapFacts part = gap;
    part.range = {std::max(gap.range.from, range.from), std::min(gap.range.to, range.to)};
    return part;
}

// Adds what of `range` no gap of the list covers, with nothing known about it.
void add_uncovered(std::vector<GapFacts>& gaps, Range range, bool lost) {
    std::vector<GapFacts> added;
    for (const GapFacts& one : gaps) {  // sorted
        if (!overlap(one.range, range)) continue;
        if (range.from < one.range.from) added.push_back({.range = {range.from, one.range.from}, .events = {}, .occurred = {}, .received = {}, .organisations = {}, .lost = lost});
        range.from = std::max(range.from, one.range.to);
    }
    if (range.from < range.to) added.push_back({.range = range, .events = {}, .occurred = {}, .received = {}, .organisations = {}, .lost = lost});
    gaps.insert(gaps.end(), added.begin(), added.end());
    std::sort(gaps.begin(), gaps.end(), [](const GapFacts& a, const GapFacts& b) { return a.range.from < b.range.from; });
}

}  // namespace

GapFacts GapFacts::of(const SegmentFacts& segment) {
    return {.range = {segment.from, segment.to},
            .events = segment.events,
            .occurred = std::pair{segment.occurred_first, segment.occurred_last},
            .received = std::pair{segment.received_first, segment.received_last},
            .organisations = segment.organisations,
            .many_organisations = segment.many_organisations};
}

void settle(std::vector<GapFacts>& gaps, const GapChange& change) {
    std::sort(gaps.begin(), gaps.end(), [](const GapFacts& a, const GapFacts& b) { return a.range.from < b.range.from; });
    std::vector<GapFacts> now, open;
    std::uint64_t put_back = change.put_back;
    for (const GapFacts& gap : gaps) {
        if (!gap.lost) {
            open.push_back(gap);
            continue;
        }
        // What was lost and is asked for again.
        std::vector<Range> left{gap.range};
        for (const Range& range : change.missing) {
            if (!overlap(gap.range, range)) continue;
            open.emplace_back(part_of(gap, range)).lost = false;
            remove_range(left, range);
        }
        if (gap.received && gap.received->second < change.kept_since) continue;
        for (const Range& range : left) now.push_back(part_of(gap, range));
    }
    for (const GapFacts& gap : open) {
        GapFacts rest = gap;
        if (change.given_up) {
            for (const Range& range : change.found)
                if (overlap(gap.range, range)) now.emplace_back(part_of(gap, range)).lost = true;
        } else if (rest.events && std::any_of(change.found.begin(), change.found.end(), [&](const Range& range) { return overlap(gap.range, range); })) {
            const std::uint64_t of_this = std::min(*rest.events, put_back);
            *rest.events -= of_this;
            put_back -= of_this;
        }
        for (const Range& range : change.missing)
            if (overlap(rest.range, range)) now.push_back(part_of(rest, range));
    }
    std::sort(now.begin(), now.end(), [](const GapFacts& a, const GapFacts& b) { return a.range.from < b.range.from; });
    if (change.given_up)
        for (const Range& range : change.found) add_uncovered(now, range, true);
    // Beyond the bound neighbours become one; of what is missing still, the ranges alone are enough.
    while (now.size() > kMostGaps) {
        const auto pair = std::adjacent_find(now.begin(), now.end(), [](const GapFacts& a, const GapFacts& b) { return a.lost == b.lost; });
        const auto first = pair == now.end() ? now.begin() : pair;
        if (pair == now.end() || !first->lost) {
            now.erase(std::find_if(now.begin(), now.end(), [](const GapFacts& one) { return !one.lost; }));
            continue;
        }
        *first = joined(*first, *std::next(first));
        now.erase(std::next(first));
    }
    gaps = std::move(now);
}

std::shared_ptr<const std::vector<GapFacts>> all_gaps(const std::vector<GapFacts>& known, const std::vector<Range>& missing,
                                                      const std::vector<std::shared_ptr<const SegmentFile>>& segments) {
    if (known.empty() && missing.empty()) return nullptr;
    auto all = std::make_shared<std::vector<GapFacts>>(known);
    for (const Range& range : missing) add_uncovered(*all, range, false);
    // Positions are given out in order of arrival: the neighbours' times are bounds.
    for (GapFacts& gap : *all) {
        if (gap.received) continue;
        const auto next = std::find_if(segments.begin(), segments.end(), [&](const auto& segment) { return gap.range.to <= segment->facts.from; });
        if (next == segments.begin() || next == segments.end()) continue;
        gap.received = std::pair{(*std::prev(next))->facts.received_last, std::max((*std::prev(next))->facts.received_last, (*next)->facts.received_first)};
    }
    return all;
}

std::vector<Gap> gaps_for(const Question& question, const std::vector<GapFacts>& gaps) {
    std::vector<Gap> out;
    for (const GapFacts& gap : gaps) {
        if (gap.events == std::uint64_t{0}) continue;
        if (gap.occurred && (gap.occurred->second < question.from || question.to <= gap.occurred->first)) continue;
        if (question.organisations && !gap.many_organisations &&
            std::none_of(question.organisations->begin(), question.organisations->end(),
                         [&](const OrganisationId& one) { return std::binary_search(gap.organisations.begin(), gap.organisations.end(), one); }))
            continue;
        Gap& told = out.emplace_back();
        if (gap.received) {
            told.from = gap.received->first;
            told.to = gap.received->second;
        }
        // How many events others have is not for who sees only his own.
        if (!question.organisations) told.events = gap.events;
        told.lost = gap.lost;
    }
    return out;
}

json::Value encode(const GapFacts& gap) {
    json::Array organisations;
    for (const OrganisationId& one : gap.organisations) organisations.emplace_back(one.text());
    return json::object({{"positions", span_json(gap.range.from.value, gap.range.to.value)},
                         {"events", gap.events},
                         {"occurred", span_json(gap.occurred)},
                         {"received", span_json(gap.received)},
                         {"organisations", std::move(organisations)},
                         {"many_organisations", gap.many_organisations},
                         {"lost", gap.lost}});
}

Result<GapFacts> decode_gap(const json::Value& value) {
    if (!value.is_object()) return fail(Code::corrupt, "a gap is no object");
    GapFacts gap;
    const auto [from, to] = TRY(pair_of(value.find("positions")));
    if (from < 0 || to <= from) return fail(Code::corrupt, "a gap's range of positions is empty or negative");
    gap.range = {{static_cast<std::uint64_t>(from)}, {static_cast<std::uint64_t>(to)}};
    if (const auto events = value.integer("events"); events && *events >= 0) gap.events = static_cast<std::uint64_t>(*events);
    gap.occurred = TRY(times_of(value.find("occurred")));
    gap.received = TRY(times_of(value.find("received")));
    if (const json::Value* list = value.find("organisations"); list != nullptr && list->is_array())
        for (const json::Value& one : list->as_array()) {
            if (!one.is_text()) return fail(Code::corrupt, "an organisation is no text");
            gap.organisations.push_back(TRY(OrganisationId::parse(one.as_text())));
        }
    std::sort(gap.organisations.begin(), gap.organisations.end());
    gap.many_organisations = value.boolean("many_organisations").value_or(true);
    gap.lost = value.boolean("lost").value_or(false);
    return gap;
}

}  // namespace vg::store::archive
