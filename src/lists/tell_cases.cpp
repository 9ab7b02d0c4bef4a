#include "lists/tell_cases.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "cases/cases.h"
#include "findings/book.h"
#include "lists/tables.h"

namespace vg::lists {

namespace {

constexpr std::size_t kVictimsAtOnce = 2'000;
constexpr std::string_view kListedRule = "b2f7c3de-6a0b-4d3c-8f3e-1a5f2d9f7107";  // content/rules/victim-listed.yaml

struct SightedVictim {
    std::int64_t number = 0;  // in list_victim
    cases::Sighting sighting;
};

// Each victim of an organisation once, as it was seen last.
Result<std::vector<SightedVictim>> sighted_victims(store::Transaction& tx, const List& list, Time told, std::int64_t after) {
    std::vector<SightedVictim> found;
    const auto rows = TRY((tx.query<std::int64_t, std::string, std::string, std::string, std::int64_t, std::int64_t, std::string, std::int64_t>(
        "select number, organisation, subject, family, last_seen, port, system, level from list_victim where list = :l and number > :a and hit <> '' order by number limit :n",
        {list.id.text(), after, std::uint64_t{kVictimsAtOnce}})));
    for (const auto& [number, organisation, subject, family, seen, port, system, level] : rows) {
        const OrganisationId whose = TRY(OrganisationId::parse(organisation));
        SightedVictim& one = found.emplace_back();
        one.number = number;
        one.sighting = {.organisation = whose, .matter = list.series, .title = list.letter.subject.empty() ? list.series : list.letter.subject, .subject = subject, .family = family,
                        .system = system, .port = port == 0 ? -1 : port, .level = static_cast<int>(level), .seen = Time{seen}, .ref = "list/" + list.id.text(), .detected = told};
    }
    return found;
}

// The finding of a machine that is not theirs, unless they stand on another list with it.
Status close_finding(store::Transaction& tx, std::string_view actor, const OrganisationId& whose, const std::string& subject, std::string_view reason, Time now) {
    if (TRY((tx.first<std::string>("select id from list_hit where organisation = :o and subject = :s limit 1", {whose.text(), subject}))).has_value()) return {};
    const std::string entity = parse_address(subject) ? "ip:" + subject : "host:" + fold_case(subject);
    const access::Actor by{.name = std::string{actor}, .scope = access::Scope::node()};
    for (const findings::State state : {findings::State::new_, findings::State::acknowledged}) {
        const auto open = TRY(findings::Book::list(tx, by.scope, {.state = state, .level = {}, .rule = std::string{kListedRule}, .entity = entity, .organisation = whose, .since = {}, .assignee = {}, .muted = {}, .retrospective = {}, .now = now}, {}, 1));
        for (const findings::Finding& one : open.items) TRY(findings::Book::close(tx, by, one.id, reason, {}, now, findings::Verdict::false_alarm));
    }
    return {};
}

std::int64_t& told_of(CasesTold& told, cases::Placed placed) {
    switch (placed) {
        case cases::Placed::opened: return told.opened;
        case cases::Placed::joined: return told.joined;
        case cases::Placed::reminded: return told.reminded;
        case cases::Placed::refuted: return told.refuted;
        case cases::Placed::relapsed: return told.relapsed;
        case cases::Placed::known: return told.known;
    }
    return told.known;
}

}  // namespace

Result<CasesTold> tell_cases(store::State& state, const List& list, std::string_view actor, Random& random, Time now) {
    CasesTold told;
    if (list.same_as) return told;
    // Nobody could know before the letter was written: the duties run from the beginning of its day in Viet Nam, or from now.
    const Time known = std::min(list.letter.date.empty() ? now : parse_time(list.letter.date + "T00:00:00+07:00").value_or(now), now);
    std::int64_t after = 0;
    for (;;) {
        const auto victims = TRY(state.read([&](store::Transaction& tx) { return sighted_victims(tx, list, known, after); }));
        if (victims.empty()) break;
        std::vector<cases::Sighting> sightings;
        for (const SightedVictim& one : victims) sightings.push_back(one.sighting);
        CasesTold part;
        TRY(state.write([&](store::Transaction& tx) -> Status {
            part = {};
            const auto placed = TRY(cases::place(tx, actor, sightings, random, now));
            for (const cases::Place& one : placed) ++told_of(part, one.what);
            return {};
        }));
        for (const auto member : {&CasesTold::opened, &CasesTold::joined, &CasesTold::reminded, &CasesTold::refuted, &CasesTold::relapsed, &CasesTold::known}) told.*member += part.*member;
        after = victims.back().number;
    }
    cases::ListKept kept{.matter = list.series, .list = list.id.text(), .period_from = list.from.value_or(list.place), .families = {}};
    for (const auto& [family] : TRY(state.read([&](store::Transaction& tx) { return tx.query<std::string>("select distinct family from list_victim where list = :l", {list.id.text()}); }))) kept.families.push_back(fold(family));
    told.absent = TRY(state.write([&](store::Transaction& tx) { return cases::note_absences(tx, kept, now); }));
    return told;
}

Result<std::int64_t> leave_cases(store::State& state, const List& list, std::int64_t fact, std::string_view actor, Time now) {
    std::int64_t left = 0;
    // What was said of a row before, where it is somebody else's now.
    const auto was = TRY(state.read([&](store::Transaction& tx) {
        return tx.query<std::string, std::string, std::string, std::int64_t>(
            "select s.organisation, r.subject, r.family, max(s.by_fact) from list_row_said s join list_row r on r.list = s.list and r.number = s.number where s.list = :l and s.organisation <> '' and s.organisation <> r.organisation "
            "group by s.organisation, r.subject, r.family order by s.organisation, r.subject, r.family",
            {list.id.text()});
    }));
    for (std::size_t at = 0; at < was.size(); at += kVictimsAtOnce) {
        std::int64_t some = 0;
        TRY(state.write([&](store::Transaction& tx) -> Status {
            some = 0;
            for (std::size_t i = at; i < std::min(was.size(), at + kVictimsAtOnce); ++i) {
                const auto& [organisation, subject, family, by_fact] = was[i];
                Record record;
                record.address = parse_address(subject);
                if (!record.address) (subject.find("://") == std::string::npos ? record.host : record.url) = subject;
                record.family = family;
                // Another list may still say so.
                if (TRY((tx.first<std::string>("select list from list_victim where victim = :v and organisation = :o limit 1", {victim_key(record), organisation}))).has_value()) continue;
                const OrganisationId whose = TRY(OrganisationId::parse(organisation));
                const std::int64_t says = by_fact != 0 ? by_fact : fact;
                const std::string reason = says != 0 ? format("fact {} of the directory says that it was not theirs", says) : std::string{"the directory does not say any more that it was theirs"};
                some += TRY(cases::leave(tx, actor, {.organisation = whose, .subject = subject, .family = family, .reason = reason}, now)) ? 1 : 0;
                TRY(close_finding(tx, actor, whose, subject, reason, now));
            }
            return {};
        }));
        left += some;
    }
    return left;
}

}  // namespace vg::lists
