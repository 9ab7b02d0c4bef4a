#include "intel/sightings.h"

#include <algorithm>

#include "base/text.h"

namespace vg::intel {

json::Value matched_of(const indicator::Hit& hit) {
    json::Array lists;
    for (const indicator::Attribution& by : hit.entry.by) lists.emplace_back(by.list);
    json::Value out = json::object({{hit.field, shorten(hit.found, 1024)},
                                    {"indicator", hit.entry.value.text},
                                    {"indicator.kind", name_of(hit.entry.value.kind)},
                                    {"indicator.family", hit.strongest.family},
                                    {"indicator.lists", std::move(lists)},
                                    {"indicator.confidence", hit.confidence},
                                    {"indicator.tlp", name_of(hit.strongest.tlp)},
                                    {"indicator.direction", name_of(hit.direction)},
                                    {"indicator.outcome", name_of(hit.outcome)}});
    if (!hit.strongest.warning.empty()) out.set("indicator.warning", hit.strongest.warning);
    return out;
}

std::vector<Seen> merged(std::vector<Seen> seen) {
    std::sort(seen.begin(), seen.end(), [](const Seen& a, const Seen& b) { return a.value < b.value; });
    std::vector<Seen> out;
    for (Seen& one : seen) {
        if (out.empty() || !(out.back().value == one.value)) {
            out.push_back(std::move(one));
            continue;
        }
        out.back().first = std::min(out.back().first, one.first);
        out.back().last = std::max(out.back().last, one.last);
        out.back().events += one.events;
    }
    return out;
}

}  // namespace vg::intel
