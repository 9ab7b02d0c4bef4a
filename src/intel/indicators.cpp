#include "intel/indicators.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace vg::intel {

namespace {

constexpr std::int64_t kNoEnd = indicator::kAlways.micros;
constexpr std::size_t kMostReasons = 100;

std::int64_t number_of(Kind kind) { return static_cast<std::int64_t>(kind); }

Status note_change(store::Transaction& tx, const Value& value) {
    TRY(tx.run("insert into indicator_change (kind, value, sequence) values (:k, :v, (select coalesce(max(sequence), 0) + 1 from indicator_change)) "
               "on conflict (kind, value) do update set sequence = excluded.sequence",
               {number_of(value.kind), value.text}));
    return {};
}

using Int = std::int64_t;
constexpr std::string_view kColumns = "list, kind, value, family, warning, confidence, tlp, valid_from, valid_until, first_match, last_match, matches";

Result<std::vector<Listed>> rows(store::Transaction& tx, const std::string& rest, const store::Params& params) {
    std::vector<Listed> out;
    for (auto& [list, kind, value, family, warning, confidence, tlp, from, until, first, last, matches] :
         TRY((tx.query<std::string, Int, std::string, std::string, std::string, Int, Int, Int, Int, std::optional<Int>, std::optional<Int>, Int>(format("select {} from indicator {}", kColumns, rest), params)))) {
        Listed one{.list = list, .value = {static_cast<Kind>(kind), value, 0}, .family = family, .warning = warning, .confidence = static_cast<int>(confidence), .tlp = static_cast<Tlp>(tlp), .from = {from}, .matches = matches};
        if (until != kNoEnd) one.until = Time{until};
        if (first) one.first_match = Time{*first};
        if (last) one.last_match = Time{*last};
        out.push_back(std::move(one));
    }
    return out;
}

indicator::Attribution attribution_of(const Listed& one, int half_life_days) {
    indicator::Attribution by;
    by.list = one.list;
    by.family = one.family;
    by.warning = one.warning;
    by.confidence = static_cast<std::uint8_t>(std::clamp(one.confidence, 0, 100));
    by.tlp = one.tlp;
    by.half_life_days = static_cast<std::uint16_t>(half_life_days);
    by.from = one.from;
    by.until = one.until.value_or(indicator::kAlways);
    return by;
}

indicator::Attribution attribution_of(const Allowed& one) {
    indicator::Attribution by;
    by.list = "allowed";
    by.warning = format("{}: {}", one.owner, one.reason);
    by.allowed = true;
    by.until = one.until;
    return by;
}

}  // namespace

store::Schema schema() {
    return {"intel",
            {{
                // Times are microseconds; kind and tlp are numbers of detect/kinds/indicator.
                "create table indicator_list (name text primary key, origin text not null, family text not null, confidence bigint not null, tlp bigint not null, half_life_days bigint not null, "
                "created bigint not null, changed bigint not null)",
                "create table indicator (kind bigint not null, value text not null, list text not null, family text not null, warning text not null, confidence bigint not null, tlp bigint not null, "
                "valid_from bigint not null, valid_until bigint not null, first_match bigint, last_match bigint, matches bigint not null, added bigint not null, primary key (kind, value, list))",
                "create index indicator_of_list on indicator (list, kind, value)",
                "create table indicator_allow (kind bigint not null, value text not null, owner text not null, reason text not null, created bigint not null, until bigint not null, primary key (kind, value))",
                "create table indicator_change (kind bigint not null, value text not null, sequence bigint not null, primary key (kind, value))",
                "create index indicator_change_sequence on indicator_change (sequence)",
                "create table indicator_set (only_row bigint primary key check (only_row = 1), name text not null)",
            },
            {
                // By which doubts the set was judged.
                "alter table indicator_set add column doubts text not null default ''",
            },
            {
                "create table indicator_feed (name text primary key, address text not null, form text not null, mapping text not null, organisation text not null, family text not null, confidence bigint not null, "
                "tlp bigint not null, half_life_days bigint not null, every_minutes bigint not null, created bigint not null, next bigint not null, last_try bigint, last_success bigint, last_change bigint, "
                "last_error text not null, failures bigint not null, entries bigint not null, refused bigint not null, patterns bigint not null, etag text not null, last_modified text not null, fetched text not null, "
                "held text not null, held_since bigint, held_entries bigint not null, reasons text not null, examples text not null)",
            },
            {
                // For family.h.
                "create index indicator_of_family on indicator (family)",
            }}};
}

Status check_list_name(std::string_view name) {
    const bool fits = !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
    if (!fits || name == "allowed") return fail(Code::bad_input, "field list: the name of a list has 1 to 64 letters, digits, '-', '_' or '.', and is not \"allowed\"");
    return {};
}

Status put_list(store::Transaction& tx, const List& list, Time now) {
    TRY(check_list_name(list.name));
    TRY(tx.run("insert into indicator_list (name, origin, family, confidence, tlp, half_life_days, created, changed) values (:a, :b, :c, :d, :e, :f, :g, :h) "
               "on conflict (name) do update set origin = excluded.origin, family = excluded.family, confidence = excluded.confidence, tlp = excluded.tlp, "
               "half_life_days = excluded.half_life_days, changed = excluded.changed",
               {list.name, list.origin, list.family, list.confidence, static_cast<Int>(list.tlp), list.half_life_days, now.micros, now.micros}));
    return {};
}

namespace {
Result<std::vector<List>> lists_where(store::Transaction& tx, const std::string& where, const store::Params& params) {
    std::vector<List> out;
    for (auto& [name, origin, family, confidence, tlp, half_life, created, changed, values] :
         TRY((tx.query<std::string, std::string, std::string, Int, Int, Int, Int, Int, Int>(
             "select name, origin, family, confidence, tlp, half_life_days, created, changed, (select count(*) from indicator where list = name) from indicator_list " + where + " order by name", params))))
        out.push_back({name, origin, family, static_cast<int>(confidence), static_cast<Tlp>(tlp), static_cast<int>(half_life), {created}, {changed}, values});
    return out;
}
}  // namespace

Result<std::vector<List>> lists(store::Transaction& tx) { return lists_where(tx, "", {}); }

Result<std::optional<List>> find_list(store::Transaction& tx, std::string_view name) {
    auto found = TRY(lists_where(tx, "where name = :n", {name}));
    if (found.empty()) return std::optional<List>{};
    return std::optional{std::move(found.front())};
}

Result<Accounting> import(store::Transaction& tx, const List& list, std::span<const Item> items, bool keep, Time now, std::vector<Value>* fresh, const Doubts* doubts) {
    if (items.size() > kMostItems) return fail(Code::too_large, format("at most {} values at once", kMostItems));
    Accounting told;
    for (const Item& item : items) {
        ++told.read;
        const Listed wanted{.list = list.name,
                            .value = item.value,
                            .family = shorten(item.family.empty() ? list.family : item.family, 120),
                            .warning = shorten(item.warning, 300),
                            .confidence = std::clamp(item.confidence.value_or(list.confidence), 0, 100),
                            .tlp = item.tlp.value_or(list.tlp),
                            .from = item.from.value_or(now),
                            .until = item.until};
        std::string warning = wanted.warning;
        if (warning.empty() && doubts != nullptr)
            if (const auto doubt = doubts->about(item.value.kind, item.value.text)) warning = doubt->reason;
        if (!warning.empty()) {
            ++told.warned;
            if (told.warnings.size() < kMostReasons) told.warnings.push_back(format("{}: {}", item.value.text, warning));
        }
        if (wanted.until && *wanted.until <= std::max(wanted.from, now)) {
            ++told.refused;
            if (told.reasons.size() < kMostReasons) told.reasons.push_back(format("{}: its time is over", item.value.text));
            continue;
        }
        if (TRY((tx.first<Int>("select 1 from indicator_allow where kind = :k and value = :v and until > :t", {number_of(item.value.kind), item.value.text, now.micros})))) ++told.allowed;
        const auto known = TRY(rows(tx, "where kind = :k and value = :v and list = :l", {number_of(item.value.kind), item.value.text, list.name}));
        if (known.empty()) {
            if (fresh != nullptr && !TRY((tx.first<Int>("select 1 from indicator where kind = :k and value = :v", {number_of(item.value.kind), item.value.text})))) fresh->push_back(item.value);
            ++told.added;
        } else {
            const Listed& old = known.front();
            const bool same = old.family == wanted.family && old.warning == wanted.warning && old.confidence == wanted.confidence && old.tlp == wanted.tlp && old.until == wanted.until && (!item.from || old.from == wanted.from);
            // Said again: confidence begins anew, so that only what nobody repeats decays.
            if (same && list.half_life_days == 0) {
                ++told.same;
                continue;
            }
            ++told.renewed;
        }
        if (!keep) continue;
        TRY(tx.run("insert into indicator (kind, value, list, family, warning, confidence, tlp, valid_from, valid_until, matches, added) values (:a, :b, :c, :d, :e, :f, :g, :h, :i, 0, :j) "
                   "on conflict (kind, value, list) do update set family = excluded.family, warning = excluded.warning, confidence = excluded.confidence, tlp = excluded.tlp, "
                   "valid_from = excluded.valid_from, valid_until = excluded.valid_until",
                   {number_of(item.value.kind), item.value.text, list.name, wanted.family, wanted.warning, wanted.confidence, static_cast<Int>(wanted.tlp), wanted.from.micros,
                    wanted.until ? wanted.until->micros : kNoEnd, now.micros}));
        TRY(note_change(tx, item.value));
    }
    return told;
}

Result<std::int64_t> end(store::Transaction& tx, std::string_view list, const std::optional<Value>& value, Time) {
    if (value) {
        const auto gone = TRY(tx.run("delete from indicator where list = :l and kind = :k and value = :v", {list, number_of(value->kind), value->text}));
        if (gone > 0) TRY(note_change(tx, *value));
        return gone;
    }
    TRY(tx.run("insert into indicator_change (kind, value, sequence) select kind, value, (select coalesce(max(sequence), 0) + 1 from indicator_change) from indicator where list = :l "
               "on conflict (kind, value) do update set sequence = excluded.sequence",
               {list}));
    const auto gone = TRY(tx.run("delete from indicator where list = :l", {list}));
    TRY(tx.run("delete from indicator_list where name = :l", {list}));
    return gone;
}

Result<std::vector<Listed>> listed(store::Transaction& tx, const Filter& filter, const Place& after, std::size_t limit) {
    std::string where = "where (kind > :ka or (kind = :kb and (value > :va or (value = :vb and list > :la))))";
    store::Params params{after.kind, after.kind, after.value, after.value, after.list};
    const auto also = [&](std::string_view condition, store::Param param) {
        where += condition;
        params.push_back(std::move(param));
    };
    if (!filter.list.empty()) also(" and list = :list", filter.list);
    if (filter.kind) also(" and kind = :kind", number_of(*filter.kind));
    if (!filter.value.empty()) also(" and value = :value", filter.value);
    if (filter.matched) where += *filter.matched ? " and matches > 0" : " and matches = 0";
    where += " order by kind, value, list limit :n";
    params.emplace_back(std::uint64_t{limit});
    return rows(tx, where, params);
}

Status allow(store::Transaction& tx, const Allowed& allowed) {
    TRY(tx.run("insert into indicator_allow (kind, value, owner, reason, created, until) values (:a, :b, :c, :d, :e, :f) "
               "on conflict (kind, value) do update set owner = excluded.owner, reason = excluded.reason, created = excluded.created, until = excluded.until",
               {number_of(allowed.value.kind), allowed.value.text, allowed.owner, allowed.reason, allowed.created.micros, allowed.until.micros}));
    return note_change(tx, allowed.value);
}

Result<bool> disallow(store::Transaction& tx, const Value& value) {
    const auto gone = TRY(tx.run("delete from indicator_allow where kind = :k and value = :v", {number_of(value.kind), value.text}));
    if (gone > 0) TRY(note_change(tx, value));
    return gone > 0;
}

Result<std::vector<Allowed>> allowed(store::Transaction& tx) {
    std::vector<Allowed> out;
    for (auto& [kind, value, owner, reason, created, until] :
         TRY((tx.query<Int, std::string, std::string, std::string, Int, Int>("select kind, value, owner, reason, created, until from indicator_allow order by kind, value"))))
        out.push_back({{static_cast<Kind>(kind), value, 0}, owner, reason, {created}, {until}});
    return out;
}

Result<indicator::Entry> entry_of(store::Transaction& tx, const Value& value) {
    indicator::Entry entry{value, {}};
    const auto said = TRY(rows(tx, "where kind = :k and value = :v order by list", {number_of(value.kind), value.text}));
    for (const Listed& one : said) {
        const auto half_life = TRY((tx.first<Int>("select half_life_days from indicator_list where name = :l", {one.list})));
        entry.by.push_back(attribution_of(one, half_life ? static_cast<int>(std::get<0>(*half_life)) : 0));
    }
    if (const auto row = TRY((tx.first<std::string, std::string, Int>("select owner, reason, until from indicator_allow where kind = :k and value = :v", {number_of(value.kind), value.text}))))
        entry.by.push_back(attribution_of(Allowed{value, std::get<0>(*row), std::get<1>(*row), {}, {std::get<2>(*row)}}));
    return entry;
}

Result<std::optional<Time>> known_since(store::Transaction& tx, const Value& value, std::string_view family) {
    const auto row = TRY((tx.first<std::optional<Int>>("select min(added) from indicator where kind = :k and value = :v and family = :f", {number_of(value.kind), value.text, family})));
    if (!row || !std::get<0>(*row)) return std::optional<Time>{};
    return std::optional{Time{*std::get<0>(*row)}};
}

Status each_entry(store::Transaction& tx, const std::function<Status(indicator::Entry&)>& take) {
    std::vector<std::pair<std::string, int>> half_lives;
    const auto known = TRY(lists(tx));
    for (const List& list : known) half_lives.emplace_back(list.name, list.half_life_days);
    const auto half_life = [&](const std::string& name) {
        const auto found = std::find_if(half_lives.begin(), half_lives.end(), [&](const auto& pair) { return pair.first == name; });
        return found == half_lives.end() ? 0 : found->second;
    };
    std::vector<Allowed> allows = TRY(allowed(tx));
    std::size_t next_allow = 0;
    indicator::Entry entry;
    const auto put = [&]() -> Status {
        if (entry.by.empty()) return {};
        TRY(take(entry));
        entry.by.clear();
        return {};
    };
    const auto allow_until = [&](const Value* before) -> Status {  // those that no list names
        for (; next_allow < allows.size() && (before == nullptr || allows[next_allow].value < *before); ++next_allow) {
            indicator::Entry alone{allows[next_allow].value, {attribution_of(allows[next_allow])}};
            TRY(take(alone));
        }
        return {};
    };
    Place after;
    for (;;) {
        const auto page = TRY(listed(tx, {}, after, 10'000));
        for (const Listed& one : page) {
            if (entry.by.empty() || !(entry.value == one.value)) {
                TRY(put());
                TRY(allow_until(&one.value));
                entry.value = one.value;
                if (next_allow < allows.size() && allows[next_allow].value == one.value) entry.by.push_back(attribution_of(allows[next_allow++]));
            }
            entry.by.push_back(attribution_of(one, half_life(one.list)));
        }
        if (page.size() < 10'000) break;
        after = {number_of(page.back().value.kind), page.back().value.text, page.back().list};
    }
    TRY(put());
    return allow_until(nullptr);
}

Result<Changes> changes(store::Transaction& tx) {
    Changes out;
    const auto found = TRY((tx.query<Int, std::string, Int>("select kind, value, sequence from indicator_change order by kind, value")));
    for (const auto& [kind, value, sequence] : found) {
        out.values.push_back({static_cast<Kind>(kind), value, 0});
        out.sequence = std::max(out.sequence, sequence);
    }
    return out;
}

Status forget_changes(store::Transaction& tx, std::int64_t sequence) {
    TRY(tx.run("delete from indicator_change where sequence <= :s", {sequence}));
    return {};
}

Status note_seen(store::Transaction& tx, std::span<const Seen> seen) {
    for (const Seen& one : seen)
        TRY(tx.run("update indicator set matches = matches + :n, first_match = case when first_match is null or first_match > :f then :g else first_match end, "
                   "last_match = case when last_match is null or last_match < :l then :m else last_match end where kind = :k and value = :v",
                   {one.events, one.first.micros, one.first.micros, one.last.micros, one.last.micros, number_of(one.value.kind), one.value.text}));
    return {};
}

}  // namespace vg::intel
