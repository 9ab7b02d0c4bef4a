// What is seen meets the case that it belongs to.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/time.h"
#include "cases/rows.h"

namespace vg::cases {

namespace {

constexpr std::array<std::string_view, 6> kPlacedNames = {"opened", "joined", "reminded", "refuted", "relapsed", "known"};

Status check(const Sighting& sighting) {
    if (sighting.subject.empty() || sighting.subject.size() > kMostSubject) return fail(Code::bad_input, format("field subject: has 1 to {} bytes", kMostSubject));
    if (sighting.matter.empty()) return fail(Code::bad_input, "field matter: is missing");
    if (sighting.ref.empty()) return fail(Code::bad_input, "field ref: is missing");
    return {};
}

// Where new items of the matter go: its open case, else a new one.
Result<std::pair<Case, bool>> case_for(store::Transaction& tx, std::string_view actor, const Sighting& sighting, Random& random, Time now) {
    auto open = TRY(read_cases(tx, "where organisation = :o and matter = :m and closed is null order by number desc limit 1", {sighting.organisation.text(), sighting.matter}));
    if (!open.empty()) return std::pair{std::move(open.front()), false};
    Case file{.organisation = sighting.organisation, .matter = sighting.matter, .title = sighting.title.empty() ? sighting.matter : sighting.title, .kind = sighting.kind, .detected = sighting.seen, .opened_by = std::string{actor}};
    TRY(insert(tx, file, random, now));
    return std::pair{std::move(file), true};
}

void open_again(Item& item) {
    item.state = ItemState::open;
    item.closed.reset();
    item.closed_why.clear();
    item.closed_by.clear();
    item.closed_reason.clear();
    item.excepted_until.reset();
}

}  // namespace

std::string_view name_of(Placed placed) { return kPlacedNames[static_cast<std::size_t>(placed)]; }

Result<Place> place(store::Transaction& tx, std::string_view actor, const Sighting& sighting, Random& random, Time now) {
    TRY(check(sighting));
    const std::string key = fold(sighting.family);
    auto known = TRY(read_items(tx, "where organisation = :o and subject = :s and family_key = :f", {sighting.organisation.text(), sighting.subject, key}));
    if (known.empty()) {
        auto [file, is_new] = TRY(case_for(tx, actor, sighting, random, now));
        const ItemId id = make_id<ItemTag>(now, random);
        TRY(tx.run("insert into case_item (id, case_id, organisation, subject, port, family, family_key, matter, system, level, state, first_seen, last_seen, opened, seen, reminders, relapses, answer, answer_text, answer_by, closed_why, closed_by, closed_reason, version) "
                   "values (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j, 'open', :k, :l, :m, 1, 0, 0, '', '', '', '', '', '', 1)",
                   {id.text(), file.id.text(), sighting.organisation.text(), sighting.subject, sighting.port, sighting.family, key, sighting.matter, sighting.system, sighting.level, sighting.seen.micros, sighting.seen.micros, now.micros}));
        TRY(tx.run("insert into case_sighting (item, ref, seen, noted) values (:a, :b, :c, :d)", {id.text(), sighting.ref, sighting.seen.micros, now.micros}));
        TRY(tell(tx, file, {.actor = actor, .kind = "seen", .text = format("{} {}", sighting.subject, sighting.family), .item = id.text(), .audited = false}, now));
        return Place{is_new ? Placed::opened : Placed::joined, file.id, id};
    }
    Item item = std::move(known.front());
    const auto added = TRY(tx.run("insert into case_sighting (item, ref, seen, noted) values (:a, :b, :c, :d) on conflict (item, ref) do nothing", {item.id.text(), sighting.ref, sighting.seen.micros, now.micros}));
    if (added == 0) return Place{Placed::known, item.of, item.id};
    item.first_seen = std::min(item.first_seen, sighting.seen);
    item.last_seen = std::max(item.last_seen, sighting.seen);
    ++item.seen;
    if (!sighting.system.empty()) item.system = sighting.system, item.level = sighting.level;
    // Only what was seen after it was gone says that it is not.
    const Time gone = item.removed ? *item.removed : item.closed ? *item.closed : Time{};
    Placed what = Placed::reminded;
    if (item.state == ItemState::closed)
        what = sighting.seen > gone ? Placed::relapsed : Placed::known;
    else if (item.state == ItemState::removed)
        what = sighting.seen > gone ? Placed::refuted : Placed::known;
    else if (item.state == ItemState::excepted && (!item.excepted_until || sighting.seen < *item.excepted_until))
        what = Placed::known;
    auto files = TRY(read_cases(tx, "where id = :i", {item.of.text()}));
    if (files.empty()) return fail(Code::internal, "an item has no case");
    Case file = std::move(files.front());
    if (what == Placed::relapsed) {
        ++item.relapses;
        open_again(item);
        if (file.closed) {
            // Its own case opens again, with the work of then; not a new one beside it.
            file.closed.reset();
            file.receipt.clear();
        }
        if (file.stage > Stage::removing) file.stage = Stage::removing;
        TRY(save(tx, file));
    } else if (what == Placed::refuted) {
        open_again(item);
    } else if (what == Placed::reminded) {
        ++item.reminders;
        if (item.state == ItemState::excepted) open_again(item);
    }
    TRY(save(tx, item));
    if (what != Placed::known)
        TRY(tell(tx, file, {.actor = actor, .kind = name_of(what), .text = format("{} {}: {}", item.subject, item.family, to_rfc3339(sighting.seen)), .item = item.id.text(), .details = json::object({{"ref", sighting.ref}}), .audited = what != Placed::reminded}, now));
    return Place{what, item.of, item.id};
}

Result<std::int64_t> note_absences(store::Transaction& tx, const ListKept& kept, Time now) {
    std::int64_t noted = 0;
    for (const std::string& family : kept.families)
        noted += TRY(tx.run("insert into case_absence (item, list, period_from, noted) select id, cast(:a as text), cast(:b as bigint), cast(:c as bigint) from case_item where matter = :d and family_key = :e and state <> 'closed' and removed is not null "
                            "and not exists (select 1 from case_sighting where case_sighting.item = case_item.id and case_sighting.ref = :f) on conflict (item, list) do nothing",
                            {kept.list, kept.period_from.micros, now.micros, kept.matter, family, "list/" + kept.list}));
    return noted;
}

}  // namespace vg::cases
