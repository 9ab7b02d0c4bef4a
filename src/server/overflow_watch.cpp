#include "server/overflow_watch.h"

#include <algorithm>
#include <map>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "server/tables.h"

namespace vg::server {

namespace {

constexpr std::size_t kMostRules = 10;  // of one source that are told one by one at a look

std::int64_t fresh_of(const Overflow& overflow) { return overflow.events - overflow.told; }

}  // namespace

void OverflowWatch::look() {
    const auto directory = parts_.directory();
    std::map<SourceId, std::vector<Overflow>> by_source;
    for (Overflow& overflow : parts_.overflows()) {
        const directory::Source* source = directory->source(overflow.source);
        // What the node says of itself could not be told without saying more; it is counted.
        if (fresh_of(overflow) > 0 && (source == nullptr || source->name != directory::kOwnSource)) by_source[overflow.source].push_back(std::move(overflow));
    }
    if (by_source.empty()) return;
    std::vector<event::Record> records;
    for (auto& [id, rules] : by_source) {
        std::stable_sort(rules.begin(), rules.end(), [](const Overflow& a, const Overflow& b) { return fresh_of(a) > fresh_of(b); });
        const std::size_t alone = rules.size() <= kMostRules + 1 ? rules.size() : kMostRules;
        for (std::size_t i = 0; i < alone; ++i) records.push_back(say(rules[i], 1, fresh_of(rules[i])));
        if (alone == rules.size()) continue;
        std::int64_t fresh = 0;
        for (std::size_t i = alone; i < rules.size(); ++i) fresh += fresh_of(rules[i]);
        records.push_back(say(rules[alone], rules.size() - alone, fresh));
    }
    if (const Status kept = parts_.report(std::move(records)); !kept) {
        log::warn("slow lane: an overflow could not be reported; it is tried again", {{"reason", kept.error().text}});
        return;
    }
    std::vector<Overflow> told;
    for (auto& [id, rules] : by_source)
        for (Overflow& overflow : rules) {
            overflow.told = overflow.events;
            told.push_back(std::move(overflow));
        }
    const Status saved = parts_.state.write([&](store::Transaction& tx) -> Status {
        for (const Overflow& overflow : told) TRY(save_told(tx, overflow));
        return {};
    });
    if (!saved) log::warn("slow lane: that an overflow was reported could not be noted", {{"reason", saved.error().text}});
    for (const Overflow& overflow : told) parts_.note_told(overflow);
}

event::Record OverflowWatch::say(const Overflow& overflow, std::size_t rules, std::int64_t fresh) const {
    const auto directory = parts_.directory();
    const directory::Source* known = directory->source(overflow.source);
    const std::string source = known != nullptr ? known->name : overflow.source.text();
    const bool one = rules == 1 && !overflow.rule.empty();
    const std::string which = one ? format("rule '{}'", overflow.title) : rules == 1 ? std::string{"further rules"} : format("{} further rules", rules);
    json::Value body = json::object({{"source", json::object({{"id", overflow.source.text()}, {"name", source}})}, {"events", fresh}, {"last_event", overflow.last}});
    if (one) body.set("total", overflow.events);
    else body.set("rules", static_cast<std::int64_t>(rules));
    json::Value record = json::object({{"@timestamp", to_rfc3339(parts_.clock.now())},
                                       {"event", json::object({{"provider", "vonggac"}, {"module", "detection"}, {"kind", "event"}, {"action", "detection-overflow"}})},
                                       {"message", format("detection could not look at {} events of {} from source {}: they would have been too much work", fresh, which, source)},
                                       {"host", json::object({{"name", source}})}});
    if (one) record.set("rule", json::object({{"id", overflow.rule}, {"name", overflow.title}}));
    record.set("vonggac", std::move(body));
    event::Record out;
    out.envelope.organisation = known != nullptr ? known->organisation : overflow.organisation;
    out.envelope.format = "json";
    out.envelope.peer = "vonggac";
    out.raw = record.dump();
    return out;
}

}  // namespace vg::server
