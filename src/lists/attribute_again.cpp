// The rows of a list asked once more with the directory as it is now: what changes is told first, and what was said stays readable.
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "lists/tables.h"
#include "lists/worklist.h"
#include "store/audit.h"

namespace vg::lists {

namespace {

constexpr std::size_t kMostChanges = 100;

bool is_same(const Row& a, const Row& b) { return a.kind == b.kind && a.organisation == b.organisation && a.fact == b.fact && a.system == b.system && a.level == b.level; }

Status change(store::Transaction& tx, const List& list, const Row& was, const Row& is, const access::Actor& actor, Time now) {
    const auto turn = TRY((tx.first<std::int64_t>("select max(turn) from list_row_said where list = :l and number = :n", {list.id.text(), was.number})));
    TRY(tx.run("insert into list_row_said (list, number, turn, changed, changed_by, kind, organisation, fact, system, by_fact) values (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j)",
               {list.id.text(), was.number, (turn ? std::get<0>(*turn) : 0) + 1, now.micros, actor.name, name_of(was.kind), organisation_text(was.organisation), was.fact, was.system, is.fact}));
    TRY(tx.run("update list_row set kind = :a, organisation = :b, fact = :c, system = :d, level = :e where list = :l and number = :n",
               {name_of(is.kind), organisation_text(is.organisation), is.fact, is.system, std::int64_t{is.level}, list.id.text(), is.number}));
    return {};
}

}  // namespace

Result<Reattributed> attribute_again(const Place& place, const ListId& id, const Attributor& attributor, bool keep_it, const access::Actor& actor, Time now) {
    const List list = TRY(place.state.read([&](store::Transaction& tx) { return find(tx, access::Scope::node(), id); }));
    if (list.same_as) return fail(Code::conflict, format("the list is a copy of {}, which has the rows", list.same_as->text()));
    Reattributed told;
    for (std::int64_t after = 0;;) {
        const auto before = TRY(place.state.read([&](store::Transaction& tx) { return rows(tx, access::Scope::node(), id, {}, after, kBatch); }));
        if (before.empty()) break;
        after = before.back().number;
        std::vector<Record> records;
        records.reserve(before.size());
        for (const Row& row : before) records.push_back(row.record);
        std::vector<Row> now_said;
        attribute(records, list.letter, list.kept, attributor, now_said);
        std::vector<std::size_t> changed;
        for (std::size_t i = 0; i < before.size(); ++i) {
            Row& is = now_said[i];
            const Row& was = before[i];
            is.number = was.number;
            ++told.rows, ++count_of(told.before, was.kind), ++count_of(told.after, is.kind);
            if (is_same(was, is)) continue;
            ++told.changed;
            changed.push_back(i);
            if (told.changes.size() < kMostChanges)
                told.changes.push_back({.number = was.number, .subject = subject_of(was.record), .was = was.kind, .is = is.kind, .organisation_was = was.organisation, .organisation_is = is.organisation,
                                        .fact_was = was.fact, .fact_is = is.fact, .system_was = was.system, .system_is = is.system});
        }
        if (!keep_it || changed.empty()) continue;
        for (const std::size_t i : changed)
            if (now_said[i].organisation && now_said[i].organisation != before[i].organisation) told.given.emplace(*now_said[i].organisation, subject_of(before[i].record));
        TRY(place.state.write([&](store::Transaction& tx) -> Status {
            TRY(tx.run("update list_series set coming = :c where series = :s", {std::string{kAttributing} + id.text(), list.series}));
            for (const std::size_t i : changed) TRY(change(tx, list, before[i], now_said[i], actor, now));
            return {};
        }));
    }
    if (!keep_it || told.changed == 0) return told;
    TRY(place.state.write([&](store::Transaction& tx) -> Status {
        TRY(tx.run("update victim_list set owners = :a, conflicts = :b, gaps = :c, nobodies = :d where id = :l or same_as = :l2",
                   {told.after.owner, told.after.conflict, told.after.gap, told.after.nobody, id.text(), id.text()}));
        return store::audit::append(tx, {.time = now, .actor = actor.name, .action = "list:attribute", .object = "list/" + id.text(), .organisation = {},
                                         .details = json::object({{"rows", told.rows}, {"changed", told.changed}})});
    }));
    TRY(count_organisations(place.state, list.id));
    TRY(rebuild_victims(place.state, list));
    TRY(rebuild_hits(place.state, list.series));
    return told;
}

}  // namespace vg::lists
