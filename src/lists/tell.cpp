// A list that was kept, told to cases and to detection.
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "lists/tell_cases.h"
#include "lists/worklist.h"

namespace vg::lists {

Result<std::int64_t> tell_hits(const TellParts& parts, const List& list, const std::set<std::pair<OrganisationId, std::string>>* given) {
    if (!parts.keep_own) return 0;
    std::int64_t told = 0;
    HitPlace after;
    for (;;) {
        const auto hits = TRY(parts.state.read([&](store::Transaction& tx) { return lists::hits(tx, access::Scope::node(), {.state = {}, .list = list.id, .series = {}}, after, kBatch); }));
        if (hits.empty()) return told;
        after = place_of(hits.back());
        std::vector<event::Record> records;
        for (const Hit& hit : hits) {
            if (given != nullptr && !given->contains({hit.organisation, hit.subject})) continue;
            event::Record record;
            record.envelope.format = "json";
            record.envelope.peer = "vonggac";
            record.envelope.organisation = hit.organisation;
            json::Value event = json::object({{"@timestamp", to_rfc3339(hit.last_seen)},
                                              {"event", json::object({{"provider", "vonggac"}, {"module", "lists"}, {"kind", "event"}, {"action", "victim-listed"}})},
                                              {"message", format("{} stands on the list {} of {}: {}", hit.subject, list.letter.number.empty() ? list.name : list.letter.number, list.letter.issuer.empty() ? "-" : list.letter.issuer,
                                                                 hit.family.empty() ? "-" : hit.family)},
                                              {"vonggac", json::object({{"list", json::object({{"id", list.id.text()}, {"number", list.letter.number}, {"issuer", list.letter.issuer}, {"series", list.series}, {"state", name_of(hit.state)},
                                                                                               {"family", hit.family}, {"system", hit.system}, {"fact", hit.fact}, {"times", hit.times}, {"relapses", hit.relapses}})}})}});
            if (parse_address(hit.subject))
                event.set("source", json::object({{"ip", hit.subject}}));
            else
                event.set("host", json::object({{"name", hit.subject}}));
            record.raw = event.dump();
            records.push_back(std::move(record));
        }
        const auto count = static_cast<std::int64_t>(records.size());
        if (count > 0) TRY(parts.keep_own(std::move(records)));
        told += count;
    }
}

ListTold tell(const TellParts& parts, const List& list, bool findings, std::string_view by) {
    ListTold told;
    if (list.same_as) return told;
    const auto note = [&](std::string_view what, const Error& error) { told.trouble += format("{}{}: {}", told.trouble.empty() ? "" : "; ", what, error.text); };
    if (auto cases = tell_cases(parts.state, list, by, parts.random, parts.clock.now(), parts.placed)) told.cases = *cases;
    else note("the cases", cases.error());
    if (!findings) return told;
    if (const auto hits_told = tell_hits(parts, list)) told.findings = *hits_told;
    else note("the findings", hits_told.error());
    return told;
}

}  // namespace vg::lists
