#include "intel/guard.h"

#include <unordered_set>

#include "base/text.h"

namespace vg::intel {
namespace {

std::string key_of(const Entry& entry) { return static_cast<char>('a' + static_cast<int>(entry.kind)) + entry.text; }

}  // namespace

Judgement judge(std::span<const Entry> before, std::span<const Entry> after, const Warninglists* lists, const GuardSettings& settings) {
    Judgement out;
    std::unordered_set<std::string> old, now;
    for (const Entry& entry : before) old.insert(key_of(entry));
    for (const Entry& entry : after) {
        if (!now.insert(key_of(entry)).second || old.contains(key_of(entry))) continue;
        ++out.added;
        if (!lists) continue;
        const auto warnings = lists->find(entry.kind, entry.text);
        if (warnings.empty()) continue;
        ++out.warned;
        if (out.examples.size() < settings.shown) out.examples.push_back({entry.kind, entry.text, warnings.front().list->name});
    }
    out.before = old.size();
    out.after = now.size();
    out.removed = out.before - (out.after - out.added);
    const auto was = static_cast<double>(out.before), is = static_cast<double>(out.after);
    if (out.before > 0 && out.after == 0)
        out.reasons.push_back(format("the feed is empty; it had {} entries", out.before));
    else if (out.before > 0 && is < was * settings.remainder)
        out.reasons.push_back(format("the feed has {} entries left of {}", out.after, out.before));
    if (out.before > 0 && is >= was * settings.growth && out.after - out.before >= settings.least_added)
        out.reasons.push_back(format("the feed grew from {} to {} entries", out.before, out.after));
    if (out.warned > 0)
        out.reasons.push_back(format("{} new {} on warninglists, such as {} ({})", out.warned, out.warned == 1 ? "entry is" : "entries are", out.examples.empty() ? "" : out.examples[0].text, out.examples.empty() ? "" : out.examples[0].list));
    out.hold = !out.reasons.empty();
    return out;
}

}  // namespace vg::intel
