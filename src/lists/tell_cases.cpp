#include "lists/tell_cases.h"

#include <algorithm>
#include <span>
#include <tuple>
#include <vector>

#include "base/text.h"
#include "base/time.h"
#include "cases/cases.h"
#include "findings/book.h"
#include "lists/tables.h"
#include "store/many.h"

namespace vg::lists {

namespace {

constexpr std::size_t kVictimsAtOnce = 2'000;
constexpr std::string_view kListedRule = "b2f7c3de-6a0b-4d3c-8f3e-1a5f2d9f7107";  // content/rules/victim-listed.yaml

// The numbers of its victims that are somebody's, by organisation and subject: what lies together in the tables of cases is then told together,
// and a thousand of them touch few pages.
Result<std::vector<std::int64_t>> victims_by_case(store::Transaction& tx, const List& list) {
    const auto numbers = TRY((tx.query<std::int64_t>("select number from list_victim where list = :l and hit <> '' order by organisation, subject, family_key", {list.id.text()})));
    std::vector<std::int64_t> out;
    out.reserve(numbers.size());
    for (const auto& [number] : numbers) out.push_back(number);
    return out;
}

// Each victim of an organisation once, as it was seen last.
Result<std::vector<cases::Sighting>> sightings_of(store::Transaction& tx, const List& list, Time told, std::span<const std::int64_t> numbers) {
    store::Many wanted{"select c.organisation, c.subject, c.family, c.last_seen, c.port, c.system, c.level from (values ", 2, ") v join list_victim c on c.list = v.column1 and c.number = cast(v.column2 as bigint)"};
    for (const std::int64_t number : numbers) wanted.add({list.id.text(), number});
    std::vector<cases::Sighting> found;
    const auto rows = TRY((wanted.query<std::string, std::string, std::string, std::int64_t, std::int64_t, std::string, std::int64_t>(tx)));
    for (const auto& [organisation, subject, family, seen, port, system, level] : rows)
        found.push_back({.organisation = TRY(OrganisationId::parse(organisation)), .matter = list.series, .title = list.letter.subject.empty() ? list.series : list.letter.subject, .subject = subject, .family = family,
                         .system = system, .port = port == 0 ? -1 : port, .level = static_cast<int>(level), .seen = Time{seen}, .ref = "list/" + list.id.text(), .detected = told});
    const auto key = [](const cases::Sighting& one) { return std::tie(one.organisation, one.subject, one.family); };
    std::sort(found.begin(), found.end(), [&](const cases::Sighting& a, const cases::Sighting& b) { return key(a) < key(b); });
    found.erase(std::unique(found.begin(), found.end(), [&](const cases::Sighting& a, const cases::Sighting& b) { return key(a) == key(b); }), found.end());  // the last one is asked for more than once
    return found;
}

// The finding of a machine that is not theirs, unless they stand on another list with it.
Status close_finding(store::Transaction& tx, std::string_view actor, const OrganisationId& whose, const std::string& subject, std::string_view reason, Time now) {
    if (TRY((tx.first<std::string>("select id from list_hit where organisation = :o and subject = :s limit 1", {whose.text(), subject}))).has_value()) return {};
    const std::string entity = parse_address(subject) ? "ip:" + subject : "host:" + fold_case(subject);
    const access::Actor by{.name = std::string{actor}, .scope = access::Scope::node()};
    findings::Filter filter;
    filter.rule = kListedRule, filter.entity = entity, filter.organisation = whose, filter.now = now;
    for (const findings::State state : {findings::State::new_, findings::State::acknowledged}) {
        filter.state = state;
        const auto open = TRY(findings::Book::list(tx, by.scope, filter, {}, 1));
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

Result<CasesTold> tell_cases(store::State& state, const List& list, std::string_view actor, Random& random, Time now, const std::function<void()>& placed) {
    CasesTold told;
    if (list.same_as) return told;
    // Nobody could know before the letter was written: the duties run from the beginning of its day in Viet Nam, or from now.
    const Time known = std::min(list.letter.date.empty() ? now : parse_time(list.letter.date + "T00:00:00+07:00").value_or(now), now);
    const auto numbers = TRY(state.read([&](store::Transaction& tx) { return victims_by_case(tx, list); }));
    for (std::size_t at = 0; at < numbers.size(); at += kVictimsAtOnce) {
        const auto some = std::span{numbers}.subspan(at, std::min(kVictimsAtOnce, numbers.size() - at));
        const auto sightings = TRY(state.read([&](store::Transaction& tx) { return sightings_of(tx, list, known, some); }));
        CasesTold part;
        TRY(state.write([&](store::Transaction& tx) -> Status {
            part = {};
            const auto places = TRY(cases::place(tx, actor, sightings, random, now));
            for (const cases::Place& one : places) ++told_of(part, one.what);
            return {};
        }));
        for (const auto member : {&CasesTold::opened, &CasesTold::joined, &CasesTold::reminded, &CasesTold::refuted, &CasesTold::relapsed, &CasesTold::known}) told.*member += part.*member;
        if (placed) placed();
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
