#include "intel/family.h"

#include <algorithm>
#include <map>

#include "base/text.h"

namespace vg::intel {

namespace {

using Number = std::int64_t;

// How lists write the family. One step through the index for each family that is known.
Result<std::vector<std::string>> spellings_of(store::Transaction& tx, const std::string& key) {
    std::vector<std::string> out;
    std::string last;
    for (;;) {
        const auto next = TRY((tx.first<std::optional<std::string>>("select min(family) from indicator where family > :f", {last})));
        if (!next || !std::get<0>(*next)) return out;
        last = *std::get<0>(*next);
        if (fold(last) == key) out.push_back(last);
    }
}

}  // namespace

Result<std::vector<indicator::Entry>> servers_of_family(store::Transaction& tx, std::string_view family, Time since) {
    const std::string key = fold(family);
    std::vector<indicator::Entry> out;
    if (key.empty()) return out;
    std::map<Value, indicator::Entry> found;
    for (const std::string& spelling : TRY(spellings_of(tx, key))) {
        const auto rows = TRY((tx.query<Number, std::string>("select distinct kind, value from indicator where family = :f and kind <= :k and valid_until > :s order by kind, value limit :l",
                                                             {spelling, static_cast<Number>(Kind::url), since.micros, std::uint64_t{kMostOfFamily + 1}})));
        for (const auto& [kind, text] : rows) found[{static_cast<Kind>(kind), text, 0}] = {};
        if (found.size() > kMostOfFamily) return fail(Code::too_large, format("more than {} control servers of {} are known", kMostOfFamily, shorten(spelling, 100)));
    }
    for (auto& [value, entry] : found) {
        entry = TRY(entry_of(tx, value));
        std::erase_if(entry.by, [&](const indicator::Attribution& by) { return !by.allowed && fold(by.family) != key; });
        if (std::any_of(entry.by.begin(), entry.by.end(), [](const indicator::Attribution& by) { return !by.allowed; })) out.push_back(std::move(entry));
    }
    return out;
}

}  // namespace vg::intel
