// What is seen meets the case that it belongs to.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "base/time.h"
#include "cases/news.h"
#include "cases/rows.h"
#include "store/audit.h"
#include "store/many.h"

namespace vg::cases {

namespace {

constexpr std::array<std::string_view, 6> kPlacedNames = {"opened", "joined", "reminded", "refuted", "relapsed", "known"};

Status check(const Sighting& sighting) {
    if (sighting.subject.empty() || sighting.subject.size() > kMostSubject) return fail(Code::bad_input, format("field subject: has 1 to {} bytes", kMostSubject));
    if (sighting.matter.empty()) return fail(Code::bad_input, "field matter: is missing");
    if (sighting.ref.empty()) return fail(Code::bad_input, "field ref: is missing");
    return {};
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

namespace {

// What one transaction places: cases and items are read and written by the piece, so that a list of half a million rows takes a few statements a thousand.
class Placing {
public:
    Placing(store::Transaction& tx, std::string_view actor, Random& random, Time now) : tx_(tx), actor_(actor), random_(random), now_(now) {}

    Result<std::vector<Place>> take(std::span<const Sighting> sightings) {
        TRY(read(sightings));
        std::vector<Place> out;
        out.reserve(sightings.size());
        for (const Sighting& one : sightings) out.push_back(TRY(place(one)));
        TRY(write());
        return out;
    }

private:
    using ItemKey = std::tuple<OrganisationId, std::string, std::string>;  // organisation, subject, folded family
    using CaseKey = std::pair<OrganisationId, std::string>;                 // organisation, matter
    struct Known {
        Item item;
        std::string family_key, matter;
        bool made = false;      // by this transaction
        bool seen_only = true;  // what has changed is when and how often it was seen
        bool changed = false;
        std::set<std::string, std::less<>> refs;
    };
    struct File {
        Case file;
        std::int64_t entries = 0;
        bool changed = false;
    };

    Status read(std::span<const Sighting> sightings) {
        store::Many items{"where id in (select c.id from (values ", 3, ") v join case_item c on c.organisation = v.column1 and c.subject = v.column2 and c.family_key = v.column3) order by id"};
        store::Many cases{"where id in (select c.id from (values ", 2, ") v join case_file c on c.organisation = v.column1 and c.matter = v.column2 where c.closed is null) order by number"};
        for (const Sighting& one : sightings) {
            TRY(check(one));
            items.add({one.organisation.text(), one.subject, fold(one.family)});
            cases.add({one.organisation.text(), one.matter});
        }
        auto found = TRY(read_items(tx_, items));
        for (Item& item : found) {
            const OrganisationId of = item.organisation;
            ItemKey key{of, item.subject, fold(item.family)};
            by_id_[item.id] = key;
            items_[std::move(key)].item = std::move(item);
        }
        // The newest of several open ones.
        auto files = TRY(read_heads(tx_, cases));
        std::sort(files.begin(), files.end(), [](const Case& a, const Case& b) { return a.number < b.number; });
        for (Case& file : files) {
            const CaseKey key{file.organisation, file.matter};
            open_[key] = remember(std::move(file));
        }
        store::Many homes{"where id in (select column1 from (values ", 1, ") v) order by number"};
        for (const auto& [key, one] : items_)
            if (!files_.contains(one.item.of)) homes.add({one.item.of.text()});
        auto rest = TRY(read_heads(tx_, homes));
        for (Case& file : rest) remember(std::move(file));
        store::Many known{"select s.item, s.ref from (values ", 2, ") v join case_sighting s on s.item = v.column1 and s.ref = v.column2"};
        for (const Sighting& one : sightings)
            if (const auto item = items_.find({one.organisation, one.subject, fold(one.family)}); item != items_.end()) known.add({item->second.item.id.text(), one.ref});
        const auto refs = TRY((known.query<std::string, std::string>(tx_)));
        for (const auto& [item, ref] : refs) items_[by_id_.at(TRY(ItemId::parse(item)))].refs.insert(ref);
        store::Many last{"select id, (select max(number) from case_entry where case_id = case_file.id) from case_file where id in (select column1 from (values ", 1, ") v)"};
        for (const auto& [id, file] : files_) last.add({id.text()});
        const auto numbers = TRY((last.query<std::string, std::optional<std::int64_t>>(tx_)));
        for (const auto& [id, number] : numbers) files_.at(TRY(CaseId::parse(id))).entries = number.value_or(0);
        return {};
    }

    CaseId remember(Case file) {
        const CaseId id = file.id;
        files_.try_emplace(id, File{std::move(file), 0, false});
        return id;
    }

    Result<CaseId> remember_whole(Case file) {
        const CaseId id = file.id;
        if (files_.contains(id)) return id;
        const auto last = TRY((tx_.first<std::optional<std::int64_t>>("select max(number) from case_entry where case_id = :c", {id.text()})));
        files_.try_emplace(id, File{std::move(file), last ? std::get<0>(*last).value_or(0) : 0, false});
        return id;
    }

    Result<Place> place(const Sighting& sighting) {
        Known& known = items_[{sighting.organisation, sighting.subject, fold(sighting.family)}];
        if (known.item.id.is_nil()) return make(known, sighting);
        if (!known.refs.insert(sighting.ref).second) return Place{Placed::known, known.item.of, known.item.id};
        Item& item = known.item;
        sightings_.add({item.id.text(), sighting.ref, sighting.seen.micros, now_.micros});
        item.first_seen = std::min(item.first_seen, sighting.seen);
        item.last_seen = std::max(item.last_seen, sighting.seen);
        ++item.seen;
        known.changed = true;
        if (!sighting.system.empty()) item.system = sighting.system, item.level = sighting.level;
        const auto file = files_.find(item.of);
        if (file == files_.end()) return fail(Code::internal, "an item has no case");
        // Only what was seen after it was gone says that it is not.
        const Time gone = item.removed ? *item.removed : item.closed ? *item.closed : Time{};
        Placed what = Placed::reminded;
        const bool comes_back = item.state == ItemState::closed && has_left(item);  // the directory is as it was
        if (comes_back)
            what = Placed::reminded;
        else if (item.state == ItemState::closed)
            what = sighting.seen > gone ? Placed::relapsed : Placed::known;
        else if (item.state == ItemState::removed)
            what = sighting.seen > gone ? Placed::refuted : Placed::known;
        else if (item.state == ItemState::excepted && (!item.excepted_until || sighting.seen < *item.excepted_until))
            what = Placed::known;
        if (what == Placed::relapsed || comes_back) {
            (comes_back ? item.reminders : item.relapses) += 1;
            reopen(known);
            Case& home = file->second.file;
            if (home.closed) {
                // Its own case opens again, with the work of then; not a new one beside it.
                home.closed.reset();
                home.receipt.clear();
                const auto [open, fresh] = open_.try_emplace({home.organisation, home.matter}, home.id);
                if (!fresh && files_.at(open->second).file.number < home.number) open->second = home.id;
                for (const std::string& matter : TRY(matters_of(tx_, home))) open_.try_emplace({home.organisation, matter}, home.id);
            }
            if (home.stage > Stage::removing) home.stage = Stage::removing;
            file->second.changed = true;
        } else if (what == Placed::refuted) {
            reopen(known);
        } else if (what == Placed::reminded) {
            ++item.reminders;
            if (item.state == ItemState::excepted) reopen(known);
        }
        if (what != Placed::known) TRY(tell_of(file->second, item, what, format("{} {}: {}", item.subject, item.family, to_rfc3339(sighting.seen)), sighting.ref));
        return Place{what, item.of, item.id};
    }

    Result<Place> make(Known& known, const Sighting& sighting) {
        const CaseKey key{sighting.organisation, sighting.matter};
        bool is_new = !open_.contains(key);
        if (is_new) {
            // Not one about this matter, but perhaps one that took such a one in.
            auto survivor = TRY(open_about(tx_, sighting.organisation, sighting.matter));
            if (survivor) {
                is_new = false;
                open_[key] = TRY(remember_whole(std::move(*survivor)));
            }
        }
        if (is_new) {
            // A case is there before its entries are; there are few of them beside the items.
            Case file{.organisation = sighting.organisation, .matter = sighting.matter, .title = sighting.title.empty() ? sighting.matter : sighting.title, .kind = sighting.kind, .detected = sighting.detected.value_or(sighting.seen), .opened_by = std::string{actor_}};
            TRY(insert(tx_, file, random_, now_));
            const CaseId id = remember(std::move(file));
            files_.at(id).entries = 1;
            open_[key] = id;
        }
        File& file = files_.at(open_.at(key));
        Item& item = known.item;
        item = {.id = make_id<ItemTag>(now_, random_), .of = file.file.id, .organisation = sighting.organisation, .subject = sighting.subject, .port = sighting.port, .family = sighting.family, .system = sighting.system, .level = sighting.level,
                .first_seen = sighting.seen, .last_seen = sighting.seen, .opened = now_};
        known.family_key = fold(sighting.family), known.matter = sighting.matter, known.made = true;
        known.refs.insert(sighting.ref);
        sightings_.add({item.id.text(), sighting.ref, sighting.seen.micros, now_.micros});
        add_entry(file, item, "seen", format("{} {}", item.subject, item.family));
        return Place{is_new ? Placed::opened : Placed::joined, file.file.id, item.id};
    }

    void reopen(Known& known) {
        open_again(known.item);
        known.seen_only = false;
    }

    void add_entry(File& file, const Item& item, std::string_view kind, std::string text) {
        entries_.add({file.file.id.text(), ++file.entries, now_.micros, actor_, kind, item.id.text(), std::move(text)});
        if (is_news(kind)) untold_.add({file.file.id.text(), file.entries});
    }

    // A relapse and what refutes an answer are audited one by one; that something still stands is audited with the list that says so.
    Status tell_of(File& file, const Item& item, Placed what, std::string text, std::string_view ref) {
        const json::Value details = json::object({{"ref", ref}, {"item", item.id.text()}, {"text", shorten(text, 500)}});
        add_entry(file, item, name_of(what), std::move(text));
        if (what == Placed::reminded) return {};
        return store::audit::append(tx_, {.time = now_, .actor = std::string{actor_}, .action = "case:" + std::string{name_of(what)}, .object = "case/" + file.file.id.text(), .organisation = file.file.organisation, .details = details});
    }

    Status write() {
        store::Many made{"insert into case_item (id, case_id, organisation, subject, port, family, family_key, matter, system, level, state, first_seen, last_seen, opened, seen, reminders, relapses, answer, answer_text, answer_by, "
                         "closed_why, closed_by, closed_reason, version) values ", 24};
        store::Many seen{"update case_item set system = v.column2, level = cast(v.column3 as bigint), first_seen = cast(v.column4 as bigint), last_seen = cast(v.column5 as bigint), seen = cast(v.column6 as bigint), "
                         "reminders = cast(v.column7 as bigint), version = case_item.version + 1 from (values ", 7, ") v where case_item.id = v.column1"};
        for (auto& [key, known] : items_) {
            Item& item = known.item;
            if (known.made)
                made.add({item.id.text(), item.of.text(), item.organisation.text(), item.subject, item.port, item.family, known.family_key, known.matter, item.system, std::int64_t{item.level}, name_of(item.state), item.first_seen.micros,
                          item.last_seen.micros, item.opened.micros, item.seen, item.reminders, item.relapses, "", "", "", "", "", "", item.version});
            else if (known.changed && known.seen_only)
                seen.add({item.id.text(), item.system, std::to_string(item.level), std::to_string(item.first_seen.micros), std::to_string(item.last_seen.micros), std::to_string(item.seen), std::to_string(item.reminders)});
            else if (known.changed)
                TRY(save(tx_, item));
        }
        TRY(made.run(tx_));
        TRY(seen.run(tx_));
        TRY(sightings_.run(tx_));
        TRY(entries_.run(tx_));
        TRY(untold_.run(tx_));
        for (auto& [id, file] : files_)
            if (file.changed) TRY(save(tx_, file.file));
        return {};
    }

    store::Transaction& tx_;
    const std::string_view actor_;
    Random& random_;
    const Time now_;
    std::map<ItemKey, Known> items_;
    std::map<ItemId, ItemKey> by_id_;
    std::map<CaseId, File> files_;
    std::map<CaseKey, CaseId> open_;
    store::Many sightings_{"insert into case_sighting (item, ref, seen, noted) values ", 4};
    store::Many entries_{"insert into case_entry (case_id, number, time, actor, kind, item, text) values ", 7};
    store::Many untold_{"insert into case_untold (case_id, number) values ", 2};
};

}  // namespace

Result<std::vector<Place>> place(store::Transaction& tx, std::string_view actor, std::span<const Sighting> sightings, Random& random, Time now) { return Placing{tx, actor, random, now}.take(sightings); }

Result<Place> place(store::Transaction& tx, std::string_view actor, const Sighting& sighting, Random& random, Time now) {
    return TRY(place(tx, actor, std::span{&sighting, 1}, random, now)).front();
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
