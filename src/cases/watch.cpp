#include "cases/watch.h"

#include <algorithm>
#include <cmath>

#include "base/inside.h"
#include "base/text.h"
#include "base/time.h"
#include "cases/rows.h"

namespace vg::cases {

namespace {

using Micros = std::int64_t;

constexpr std::int64_t kHardlyAny = 2;  // items with a public address: more than one

std::optional<Time> maybe_time(const std::optional<Micros>& micros) { return micros ? std::optional{Time{*micros}} : std::nullopt; }
store::Param maybe_param(const std::optional<Time>& time) { return time ? store::Param{time->micros} : store::Param{nullptr}; }

bool is_public(std::string_view subject) {
    const auto address = parse_address(subject);
    return address && !is_inside(*address);
}

bool is_same_machine(std::string_view subject, std::string_view entity) {
    if (entity.starts_with("ip:")) return entity.substr(3) == subject;
    if (!entity.starts_with("host:") || parse_address(subject)) return false;
    const std::string machine = fold_case(entity.substr(5)), named = fold_case(subject);
    if (machine == named) return true;
    const bool short_one = machine.find('.') == std::string::npos || named.find('.') == std::string::npos;
    return short_one && machine.substr(0, machine.find('.')) == named.substr(0, named.find('.'));
}

// A sensor of an organisation sees the machines of those below it too.
Result<bool> is_below(store::Transaction& tx, const OrganisationId& organisation, const OrganisationId& root) {
    std::string at = organisation.text();
    for (int depth = 0; depth < 64; ++depth) {
        if (at == root.text()) return true;
        const auto row = TRY((tx.first<std::optional<std::string>>("select parent from organisation where id = :i", {at})));
        if (!row || !std::get<0>(*row)) return false;
        at = *std::get<0>(*row);
    }
    return false;
}

// Whose contact the finding tells of; nothing: no item of ours.
Result<std::optional<Item>> item_of(store::Transaction& tx, const findings::Finding& finding, const std::string& family) {
    const auto all = TRY(read_items(tx, "where organisation = :o and family_key = :f order by id limit 1000", {finding.organisation.text(), fold(family)}));
    for (const Item& one : all)
        if (is_same_machine(one.subject, finding.entity)) return std::optional{one};
    // Inside, two of them may have the same address.
    if (finding.entity.starts_with("ip:") && is_public(std::string_view{finding.entity}.substr(3)))
        for (const Item& one : TRY(read_items(tx, "where subject = :s and family_key = :f order by id limit 100", {finding.entity.substr(3), fold(family)})))
            if (TRY(is_below(tx, one.organisation, finding.organisation))) return std::optional{one};
    if (!finding.entity.starts_with("ip:") || is_public(std::string_view{finding.entity}.substr(3))) return std::optional<Item>{};
    // Behind NAT: it is the public one where that is the only one.
    std::optional<Item> only;
    std::int64_t outside = 0;
    for (const Item& one : all)
        if (is_public(one.subject) && ++outside < kHardlyAny) only = one;
    return outside == 1 ? only : std::optional<Item>{};
}

}  // namespace

store::Schema watch_schema() {
    return {"cases_watch",
            {{
                "create table case_news (finding text primary key, noted bigint not null)",
                "create table case_watch (item text primary key, looked bigint not null, removed bigint not null, verdict text not null, reason text not null, quiet_days bigint not null, proposed bigint, "
                "coverage bigint, observed_until bigint, last_contact bigint, why_not text not null)",
                "create index case_watch_proposed on case_watch (proposed)",
                "create index case_item_relapsed on case_item (organisation) where relapses > 0",
                // clocks.h
                "create table case_circumstance (case_id text not null, name text not null, primary key (case_id, name))",
                "create table case_clock (case_id text not null, organisation text not null, clock text not null, started bigint not null, strict bigint not null, due bigint not null, immediately bigint not null, moved_by text not null, "
                "moved_reason text not null, moved bigint, done bigint, done_by text not null, document text not null, next_reminder bigint, primary key (case_id, clock))",
                "create index case_clock_due on case_clock (due)",
                "create index case_clock_next on case_clock (next_reminder)",
                "create table case_reminder (case_id text not null, clock text not null, stage text not null, due bigint not null, told bigint not null, recipients text not null, primary key (case_id, clock, stage, due))",
                "create index case_item_state on case_item (state, id)",
                "create index case_item_family on case_item (organisation, family_key, id)",
                "create index case_item_machine on case_item (subject, family_key, id)",
            }}};
}

Status note_findings(store::Transaction& tx, const std::vector<findings::Touched>& touched, Time now) {
    if (std::none_of(touched.begin(), touched.end(), [](const findings::Touched& one) { return one.of_indicator; })) return {};
    if (!TRY((tx.first<Micros>("select 1 from case_item limit 1")))) return {};
    for (const findings::Touched& one : touched)
        if (one.of_indicator) TRY(tx.run("insert into case_news (finding, noted) values (:f, :n) on conflict (finding) do nothing", {one.id.text(), now.micros}));
    return {};
}

Result<NewsTaken> take_news(store::Transaction& tx, std::size_t limit, Random& random, Time now) {
    NewsTaken taken;
    for (const auto& [id] : TRY((tx.query<std::string>("select finding from case_news order by noted, finding limit :l", {std::uint64_t{limit}})))) {
        TRY(tx.run("delete from case_news where finding = :f", {id}));
        ++taken.findings;
        const auto finding = findings::Book::find(tx, access::Scope::node(), TRY(findings::FindingId::parse(id)));
        if (!finding) continue;  // deleted meanwhile
        const std::string family = finding->matched.text("indicator.family").value_or("");
        const bool doubtful = finding->matched.find("indicator.warning") != nullptr;
        if (family.empty() || doubtful || finding->matched.text("indicator.direction") != "contacts") continue;
        const auto item = TRY(item_of(tx, *finding, family));
        if (!item) continue;
        // Once a day: a finding grows for as long as it is open.
        const Sighting sighting{.organisation = item->organisation, .matter = "finding", .title = {}, .subject = item->subject, .family = item->family, .system = {}, .seen = finding->last_seen, .ref = format("finding/{}/{}", id, to_rfc3339(finding->last_seen).substr(0, 10))};
        switch (TRY(place(tx, kWatcher, sighting, random, now)).what) {
            case Placed::reminded: ++taken.reminded; break;
            case Placed::refuted: ++taken.refuted; break;
            case Placed::relapsed: ++taken.relapsed; break;
            case Placed::opened:
            case Placed::joined:
            case Placed::known: break;
        }
    }
    return taken;
}

Result<std::map<std::string, Watch>> watched_of(store::Transaction& tx, const std::vector<Item>& items) {
    std::map<std::string, Watch> out;
    for (const Item& one : items) {
        if (one.state != ItemState::removed || !one.removed) continue;
        const auto row = TRY((tx.first<Micros, Micros, std::string, std::string, Micros, std::optional<Micros>, std::optional<Micros>, std::optional<Micros>, std::optional<Micros>, std::string>(
            "select looked, removed, verdict, reason, quiet_days, proposed, coverage, observed_until, last_contact, why_not from case_watch where item = :i and removed = :r", {one.id.text(), one.removed->micros})));
        if (!row) continue;
        const auto& [looked, removed, verdict, reason, quiet, proposed, coverage, until, contact, why_not] = *row;
        Watch& watch = out[one.id.text()];
        watch = {.looked = {looked}, .removed = {removed}, .verdict = verdict, .reason = reason, .quiet_days = quiet, .proposed = maybe_time(proposed), .coverage = {}, .until = maybe_time(until), .last_contact = maybe_time(contact), .why_not = why_not};
        if (coverage) watch.coverage = static_cast<double>(*coverage) / 10'000;
    }
    return out;
}

Result<std::vector<Item>> to_watch(store::Transaction& tx, Time before, std::size_t limit) {
    std::vector<Item> out;
    for (const auto& [id] : TRY((tx.query<std::string>("select case_item.id from case_item left join case_watch on case_watch.item = case_item.id where case_item.state = 'removed' and (case_watch.looked is null or case_watch.looked <= :b or "
                                                       "case_watch.removed <> case_item.removed or exists (select 1 from case_absence where case_absence.item = case_item.id and case_absence.noted > case_watch.looked)) order by coalesce(case_watch.looked, 0), case_item.id limit :l",
                                                       {before.micros, std::uint64_t{limit}}))))
        for (Item& one : TRY(read_items(tx, "where id = :i", {id}))) out.push_back(std::move(one));
    return out;
}

Result<Watched> note_watched(store::Transaction& tx, const ItemId& id, const Policy& policy, const std::optional<Observed>& observed, Random& random, Time now) {
    const auto found = TRY(read_items(tx, "where id = :i", {id.text()}));
    if (found.empty() || found.front().state != ItemState::removed || !found.front().removed) return Watched::gone;
    const Item& item = found.front();
    const auto files = TRY(read_cases(tx, "where id = :i", {item.of.text()}));
    if (files.empty()) return fail(Code::internal, "an item has no case");
    const Verdict said = TRY(verdict(tx, item, policy, observed, now));
    std::string why;
    for (const Reason& one : said.reasons) why += format("{}{}: {}", why.empty() ? "" : "; ", one.code, one.text);  // the console has words for the codes

    // What a machine was seen to do after its removal opens it again, as a finding or a list does.
    if (observed && observed->last_contact && *observed->last_contact > *item.removed) {
        const Sighting sighting{.organisation = item.organisation, .matter = "logs", .title = {}, .subject = item.subject, .family = item.family, .system = {}, .seen = *observed->last_contact, .ref = format("logs/{}", to_rfc3339(*observed->last_contact).substr(0, 10))};
        if (TRY(place(tx, kWatcher, sighting, random, now)).what == Placed::refuted) {
            TRY(tx.run("delete from case_watch where item = :i", {id.text()}));
            TRY(tell(tx, files.front(), {.actor = kWatcher, .kind = "refused", .text = why, .item = id.text()}, now));
            return Watched::reopened;
        }
    }

    const std::map<std::string, Watch> stood = TRY(watched_of(tx, found));
    const auto before = stood.find(id.text());
    const std::string verdict_before = before == stood.end() ? "" : before->second.verdict;
    const bool may_close = said.kind == Verdict::Kind::may_close;
    std::optional<Time> proposed = before == stood.end() ? std::nullopt : before->second.proposed;
    Watched what = Watched::same;
    if (may_close && !proposed) {
        proposed = now;
        what = Watched::proposed;
    } else if (!may_close && proposed) {
        proposed.reset();
        what = Watched::withdrawn;
    } else if (said.kind == Verdict::Kind::refused && verdict_before != name_of(said.kind)) {
        what = Watched::refused;
    }
    const auto coverage = observed && observed->why_not.empty() ? store::Param{static_cast<std::int64_t>(std::llround(observed->coverage * 10'000))} : store::Param{nullptr};
    TRY(tx.run("delete from case_watch where item = :i", {id.text()}));
    TRY(tx.run("insert into case_watch (item, looked, removed, verdict, reason, quiet_days, proposed, coverage, observed_until, last_contact, why_not) values (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j, :k)",
               {id.text(), now.micros, item.removed->micros, name_of(said.kind), shorten(why, 2'000), said.quiet_days, maybe_param(proposed), coverage, maybe_param(observed ? std::optional{observed->until} : std::nullopt),
                maybe_param(observed ? observed->last_contact : std::nullopt), observed ? observed->why_not : std::string{}}));
    if (what == Watched::proposed && policy.auto_close) {
        access::Actor self{.name = std::string{kWatcher}, .role = access::Role::administrator, .scope = access::Scope::node()};
        TRY(close(tx, self, id, policy, observed, "", std::nullopt, now));
        return Watched::closed;
    }
    if (what != Watched::same)
        TRY(tell(tx, files.front(), {.actor = kWatcher, .kind = what == Watched::proposed ? "proposed" : what == Watched::withdrawn ? "withdrawn" : "refused", .text = why, .item = id.text()}, now));
    return what;
}

Result<std::int64_t> end_exceptions(store::Transaction& tx, std::size_t limit, Time now) {
    auto over = TRY(read_items(tx, "where state = 'excepted' and excepted_until is not null and excepted_until <= :n order by id limit :l", {now.micros, std::uint64_t{limit}}));
    for (Item& item : over) {
        const auto files = TRY(read_cases(tx, "where id = :i", {item.of.text()}));
        if (files.empty()) return fail(Code::internal, "an item has no case");
        const std::string until = item.excepted_until ? to_rfc3339(*item.excepted_until) : std::string{};
        item.state = ItemState::open;
        item.excepted_until.reset();
        TRY(save(tx, item));
        TRY(tell(tx, files.front(), {.actor = kWatcher, .kind = "exception-over", .text = until, .item = item.id.text()}, now));
    }
    return static_cast<std::int64_t>(over.size());
}

}  // namespace vg::cases
