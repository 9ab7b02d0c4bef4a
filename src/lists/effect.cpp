#include "lists/effect.h"

#include <algorithm>
#include <utility>

#include "directory/attribution_changes.h"
#include "lists/tables.h"

namespace vg::lists {

namespace {

constexpr std::size_t kMostEffectChanges = 100, kMostEffectLists = 50;

Change change_of(const Row& row, const Row& was, const Row& is) {
    return {.number = row.number, .subject = subject_of(row.record), .was = was.kind, .is = is.kind, .organisation_was = was.organisation, .organisation_is = is.organisation, .fact_was = was.fact, .fact_is = is.fact,
            .system_was = was.system, .system_is = is.system};
}

// Whether any of these rows is an address whose answer changes, or no address: then names have to be compared.
bool may_change(const std::vector<Record>& records, const List& list, const Attributor& present, const Attributor& planned) {
    std::vector<directory::Ask> asks;
    for (const Record& record : records) {
        if (!record.address || record.asn) return true;
        asks.push_back({.address = *record.address, .port = record.port, .time = asked_at(record, list.letter, list.kept)});
    }
    return !present.claims || !planned.claims || !directory::changed_answers(*present.claims, *planned.claims, asks).empty();
}

}  // namespace

Result<Effect> effect_of(store::State& state, const Attributor& present, const Attributor& planned, const EffectLimits& limits) {
    Effect effect;
    const auto lists = TRY(state.read([](store::Transaction& tx) { return heads(tx, "where v.staged = 0 and v.same_as = '' order by v.id desc", {}); }));
    for (const List& list : lists) {
        Effect::OfList of{.list = list.id, .name = list.name, .number = list.letter.number};
        for (std::int64_t after = 0;;) {
            const auto page = TRY(state.read([&](store::Transaction& tx) { return rows(tx, access::Scope::node(), list.id, {}, after, kBatch); }));
            if (page.empty()) break;
            if (effect.rows >= limits.rows) {
                effect.cut = true;
                break;
            }
            after = page.back().number;
            effect.rows += static_cast<std::int64_t>(page.size());
            std::vector<Record> records;
            for (const Row& row : page) records.push_back(row.record);
            if (!may_change(records, list, present, planned)) continue;
            std::vector<Row> was, is;
            attribute(records, list.letter, list.kept, present, was);
            attribute(records, list.letter, list.kept, planned, is);
            for (std::size_t i = 0; i < page.size(); ++i) {
                if (was[i].kind == is[i].kind && was[i].organisation == is[i].organisation && was[i].system == is[i].system && (was[i].fact == is[i].fact || was[i].kind == Whose::owner)) continue;
                ++effect.changed, ++of.changed;
                if (effect.changes.size() < kMostEffectChanges) effect.changes.push_back(change_of(page[i], was[i], is[i]));
            }
        }
        if (of.changed > 0 && effect.lists.size() < kMostEffectLists) effect.lists.push_back(std::move(of));
        if (effect.cut) break;
    }
    return effect;
}

}  // namespace vg::lists
