#include "hunts/coverage.h"

#include <algorithm>

#include "base/time.h"

namespace vg::hunts {

namespace {

constexpr std::int64_t kDay = 86'400'000'000;
constexpr std::size_t kMostNamed = 100, kMostStretches = 200;

std::int64_t day_of(Time time) { return time.micros >= 0 ? time.micros / kDay : (time.micros - kDay + 1) / kDay; }
std::string day_text(std::int64_t day) { return to_rfc3339(Time{day * kDay}).substr(0, 10); }

}  // namespace

void Days::add(Time first_time, Time last_time) {
    std::int64_t first = day_of(first_time), last = day_of(last_time);
    if (last < first) return;
    auto at = stretches_.upper_bound(first);
    if (at != stretches_.begin() && std::prev(at)->second >= first - 1) --at;
    while (at != stretches_.end() && at->first <= last + 1) {
        first = std::min(first, at->first);
        last = std::max(last, at->second);
        at = stretches_.erase(at);
    }
    stretches_[first] = last;
}

json::Value Days::without(Time from, Time until) const {
    json::Value out{json::Array{}};
    std::size_t told = 0;
    const auto tell = [&](std::int64_t first, std::int64_t last) {
        if (first <= last && told++ < kMostStretches) out.add(json::object({{"from", day_text(first)}, {"to", day_text(last)}}));
    };
    std::int64_t next = day_of(from);
    const std::int64_t end = day_of(Time{until.micros - 1});
    for (const auto& [first, last] : stretches_) {
        if (last < next) continue;
        if (first > end) break;
        tell(next, first - 1);
        next = last + 1;
    }
    tell(next, end);
    return out;
}

json::Value unsent(const std::array<bool, indicator::kKinds>& kinds, const std::vector<event::Ecs>& fields, const std::map<SourceId, store::PartOfArchive::Sent>& sent, const std::vector<LiveSource>& sources) {
    json::Value by_kind{json::Array{}};
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (!kinds[i]) continue;
        const auto kind = static_cast<indicator::Kind>(i);
        const std::vector<event::Ecs> wanted = indicator::fields_asked_for(kind);
        if (wanted.empty()) continue;  // JA4 has no field in ECS
        json::Value names{json::Array{}}, looked{json::Array{}};
        std::size_t silent = 0, all = 0;
        for (const LiveSource& source : sources) {
            const auto found = sent.find(source.id);
            if (found == sent.end() || found->second.events == 0) continue;
            ++all;
            const bool any = std::any_of(wanted.begin(), wanted.end(), [&](event::Ecs field) {
                const auto at = std::find(fields.begin(), fields.end(), field);
                return at != fields.end() && found->second.with[static_cast<std::size_t>(at - fields.begin())] > 0;
            });
            if (!any && silent++ < kMostNamed) names.add(source.name);
        }
        for (const event::Ecs field : wanted) looked.add(event::info(field).name);
        by_kind.add(json::object({{"kind", name_of(kind)}, {"fields", std::move(looked)}, {"sources", all}, {"without", silent}, {"names", std::move(names)}}));
    }
    return by_kind;
}

std::vector<event::Ecs> fields_of(const std::array<bool, indicator::kKinds>& kinds) {
    std::vector<event::Ecs> fields;
    for (std::size_t i = 0; i < kinds.size(); ++i)
        if (kinds[i])
            for (const event::Ecs field : indicator::fields_asked_for(static_cast<indicator::Kind>(i)))
                if (std::find(fields.begin(), fields.end(), field) == fields.end()) fields.push_back(field);
    return fields;
}

}  // namespace vg::hunts
