#include "cases/clocks.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "base/yaml.h"
#include "cases/rows.h"

namespace vg::cases {

namespace {

using Stamp = std::int64_t;

store::Param stamp(const std::optional<Time>& time) { return time ? store::Param{time->micros} : store::Param{nullptr}; }

std::optional<ReminderPolicy::Before> read_before(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    const auto number = parse_int(text.substr(0, text.size() - 1));
    if (!number || *number < 1) return std::nullopt;
    ReminderPolicy::Before out{.name = std::string{text}};
    switch (text.back()) {
        case '%':
            if (*number > 99) return std::nullopt;
            out.percent = static_cast<int>(*number);
            return out;
        case 'm': out.span = minutes(*number); break;
        case 'h': out.span = hours(*number); break;
        case 'd': out.span = days(*number); break;
        default: return std::nullopt;
    }
    return out.span > days(366) ? std::nullopt : std::optional{out};
}

// Moments and what they are called, in their order.
std::vector<std::pair<Time, std::string>> moments(const ReminderPolicy& policy, Time start, Time due) {
    std::vector<std::pair<Time, std::string>> out;
    for (const ReminderPolicy::Before& one : policy.before) {
        const Time at = one.percent > 0 ? Time{start.micros + (due - start).micros / 100 * one.percent} : due - one.span;
        if (at > start && at < due) out.emplace_back(at, one.name);
    }
    for (std::int64_t again = 0; again < policy.overdue_most; ++again) out.emplace_back(due + Span{policy.overdue.micros * again}, format("overdue-{}", again));
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return out;
}

Result<Case> case_of_actor(store::Transaction& tx, const access::Actor& actor, const CaseId& id) { return find(tx, actor.scope, id); }

constexpr std::string_view kClockColumns = "case_id, organisation, clock, started, strict, due, immediately, moved_by, moved_reason, moved, done, done_by, document";
Result<std::vector<CaseClock>> read_clocks(store::Transaction& tx, const std::string& rest, const store::Params& params) {
    std::vector<CaseClock> out;
    for (const auto& [of, organisation, clock, start, strict, due, immediately, moved_by, reason, moved, done, done_by, document] :
         TRY((tx.query<std::string, std::string, std::string, Stamp, Stamp, Stamp, Stamp, std::string, std::string, std::optional<Stamp>, std::optional<Stamp>, std::string, std::string>(format("select {} from case_clock {}", kClockColumns, rest), params)))) {
        CaseClock one;
        one.of = TRY(CaseId::parse(of));
        one.organisation = TRY(OrganisationId::parse(organisation));
        one.clock = clock, one.start = {start}, one.strict = {strict}, one.due = {due}, one.immediately = immediately != 0;
        one.moved_by = moved_by, one.moved_reason = reason, one.done_by = done_by, one.document = document;
        if (moved) one.moved = Time{*moved};
        if (done) one.done = Time{*done};
        out.push_back(std::move(one));
    }
    return out;
}

Status save_clock(store::Transaction& tx, const CaseClock& one, const ReminderPolicy& policy, Time told_until) {
    const auto next = one.done ? std::nullopt : next_reminder(policy, one.start, one.due, told_until);
    TRY(tx.run("delete from case_clock where case_id = :c and clock = :k", {one.of.text(), one.clock}));
    TRY(tx.run("insert into case_clock (case_id, organisation, clock, started, strict, due, immediately, moved_by, moved_reason, moved, done, done_by, document, next_reminder) values (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j, :k, :l, :m, :n)",
               {one.of.text(), one.organisation.text(), one.clock, one.start.micros, one.strict.micros, one.due.micros, one.immediately ? 1 : 0, one.moved_by, one.moved_reason, stamp(one.moved), stamp(one.done), one.done_by, one.document, stamp(next)}));
    return {};
}

// The moment up to which reminders were told of this end.
Result<Time> told_until(store::Transaction& tx, const CaseClock& one) {
    const auto last = TRY((tx.first<std::optional<Stamp>>("select max(told) from case_reminder where case_id = :c and clock = :k and due = :d", {one.of.text(), one.clock, one.due.micros})));
    return last && std::get<0>(*last) ? Time{*std::get<0>(*last)} : Time{one.start.micros - 1};
}

Result<CaseClock> clock_named(store::Transaction& tx, const CaseId& id, std::string_view clock) {
    auto found = TRY(read_clocks(tx, "where case_id = :c and clock = :k", {id.text(), clock}));
    if (found.empty()) return fail(Code::not_found, "no such clock runs for the case");
    return std::move(found.front());
}

}  // namespace

Result<ReminderPolicy> read_reminders(std::string_view text) {
    const auto documents = TRY(yaml::parse(text));
    if (documents.size() != 1 || !documents.front().value.is_object()) return fail(Code::bad_input, "reminders are not one document with members");
    ReminderPolicy policy;
    for (const auto& [key, value] : documents.front().value.as_object()) {
        if (key == "before" && value.is_array()) {
            for (const json::Value& one : value.as_array()) {
                const std::string word = one.is_text() ? one.as_text() : std::string{};
                const auto before = read_before(word);
                if (!before) return fail(Code::bad_input, format("before: '{}' is none of 50%, 24h, 30m, 2d", word));
                policy.before.push_back(*before);
            }
        } else if (key == "overdue" && value.is_text()) {
            const auto span = read_before(value.as_text());
            if (!span || span->percent > 0) return fail(Code::bad_input, format("overdue: '{}' is none of 24h, 30m, 2d", value.as_text()));
            policy.overdue = span->span;
        } else if (key == "overdue_most" && value.is_int() && value.as_int() >= 1 && value.as_int() <= 100) {
            policy.overdue_most = value.as_int();
        } else {
            return fail(Code::bad_input, format("{}: is unknown here, or its value is none that it takes", key));
        }
    }
    if (policy.before.empty()) return fail(Code::bad_input, "before: is empty; a reminder that comes only after the end is none");
    return policy;
}

std::optional<std::string> reminder_at(const ReminderPolicy& policy, Time start, Time due, Time now) {
    std::optional<std::string> last;
    for (const auto& [at, name] : moments(policy, start, due))
        if (at <= now) last = name;
    return last;
}

std::optional<Time> next_reminder(const ReminderPolicy& policy, Time start, Time due, Time now) {
    for (const auto& [at, name] : moments(policy, start, due))
        if (at > now) return at;
    return std::nullopt;
}

Result<regime::Facts> facts_of(store::Transaction& tx, const Case& file) {
    regime::Facts facts{.matter = regime::Matter::incident, .events = {{"detected", file.detected}}, .circumstances = {}, .ordered_within = {}, .regime = {}};
    if (file.stage >= Stage::wrapping_up) {
        const auto since = TRY((tx.first<std::optional<Stamp>>("select max(time) from case_entry where case_id = :c and kind = 'stage' and text like 'wrapping-up%'", {file.id.text()})));
        if (since && std::get<0>(*since))
            facts.events.emplace("ended", Time{*std::get<0>(*since)});
        else if (file.closed)
            facts.events.emplace("ended", *file.closed);
    }
    if (file.serious) facts.circumstances.insert("serious");
    for (const auto& [name] : TRY((tx.query<std::string>("select name from case_circumstance where case_id = :c order by name", {file.id.text()})))) facts.circumstances.insert(name);
    return facts;
}

Status say_circumstances(store::Transaction& tx, const access::Actor& actor, const CaseId& id, const std::set<std::string, std::less<>>& names, const regime::Regime& regime, const ReminderPolicy& policy, Time now) {
    const Case file = TRY(case_of_actor(tx, actor, id));
    std::string all;
    for (const std::string& name : names) {
        if (!regime.circumstances().contains(name) || name == "serious") return fail(Code::bad_input, format("field circumstances: {} is known to no clock", shorten(name, 64)));
        all += (all.empty() ? "" : ", ") + name;
    }
    TRY(tx.run("delete from case_circumstance where case_id = :c", {id.text()}));
    for (const std::string& name : names) TRY(tx.run("insert into case_circumstance (case_id, name) values (:c, :n)", {id.text(), name}));
    TRY(tell(tx, file, {.actor = actor.name, .kind = "circumstances", .text = all}, now));
    return renew_clocks(tx, file, regime, policy, now);
}

Status renew_clocks(store::Transaction& tx, const Case& file, const regime::Regime& regime, const ReminderPolicy& policy, Time) {
    std::vector<regime::Deadline> deadlines;
    if (!file.merged_into) deadlines = TRY(regime.deadlines(TRY(facts_of(tx, file))));  // else they are the survivor's
    auto stored = TRY(clocks_of(tx, file.id));
    for (const regime::Deadline& one : deadlines) {
        if (!one.start || !one.strict) continue;
        const auto known = std::find_if(stored.begin(), stored.end(), [&](const CaseClock& row) { return row.clock == one.clock->id; });
        if (known != stored.end() && known->start == *one.start && known->strict == *one.strict) {
            stored.erase(known);
            continue;
        }
        CaseClock row = known == stored.end() ? CaseClock{} : *known;
        if (known != stored.end()) stored.erase(known);
        row.of = file.id, row.organisation = file.organisation, row.clock = one.clock->id, row.start = *one.start, row.strict = *one.strict, row.immediately = one.immediately;
        if (!row.moved) row.due = row.strict;
        TRY(save_clock(tx, row, policy, TRY(told_until(tx, row))));
    }
    // Clocks that run no more: the law was decided otherwise. What was done by them stays.
    for (const CaseClock& row : stored)
        if (!row.done) TRY(tx.run("delete from case_clock where case_id = :c and clock = :k", {file.id.text(), row.clock}));
    return {};
}

Result<std::optional<std::string>> renew_all(store::Transaction& tx, const std::string& after, std::size_t limit, Time since, const regime::Regime& regime, const ReminderPolicy& policy, Time now) {
    const auto files = TRY(read_cases(tx, "where id > :a and (closed is null or closed >= :s) order by id limit :l", {after, since.micros, std::uint64_t{limit}}));
    for (const Case& file : files) TRY(renew_clocks(tx, file, regime, policy, now));
    if (files.size() < limit) return std::optional<std::string>{};
    return std::optional{files.back().id.text()};
}

Status move_clock(store::Transaction& tx, const access::Actor& actor, const CaseId& id, std::string_view clock, std::optional<Time> due, std::string_view reason, const ReminderPolicy& policy, Time now) {
    const Case file = TRY(case_of_actor(tx, actor, id));
    CaseClock row = TRY(clock_named(tx, id, clock));
    if (row.done) return fail(Code::conflict, "the duty is done already");
    const std::string why = TRY(text_of("reason", reason));
    if (why.empty()) return fail(Code::bad_input, "field reason: is missing");
    if (due && (*due < row.start || *due > row.start + days(3'660))) return fail(Code::bad_input, "field due: lies before what starts the clock, or ten years behind it");
    const Time before = row.due;
    row.due = due.value_or(row.strict);
    row.moved = due ? std::optional{now} : std::nullopt;
    row.moved_by = due ? actor.name : std::string{};
    row.moved_reason = due ? why : std::string{};
    TRY(save_clock(tx, row, policy, std::max(TRY(told_until(tx, row)), Time{row.start.micros - 1})));
    return tell(tx, file, {.actor = actor.name, .kind = "clock-moved", .text = format("{} {}: {}", row.clock, to_rfc3339(row.due), why), .details = json::object({{"clock", row.clock}, {"before", to_rfc3339(before)}, {"after", to_rfc3339(row.due)}})}, now);
}

Status finish_clock(store::Transaction& tx, const access::Actor& actor, const CaseId& id, std::string_view clock, std::string_view document, Time sent, Time now) {
    const Case file = TRY(case_of_actor(tx, actor, id));
    CaseClock row = TRY(clock_named(tx, id, clock));
    if (row.done) return fail(Code::conflict, "the duty is done already");
    row.document = TRY(text_of("document", document));
    if (row.document.empty()) return fail(Code::bad_input, "field document: is missing; its number and date, or what was sent how");
    if (sent > now + minutes(5) || sent < row.start - days(1)) return fail(Code::bad_input, "field sent: lies in the future, or before what starts the clock");
    row.done = sent;
    row.done_by = actor.name;
    TRY(save_clock(tx, row, {}, sent));
    return tell(tx, file, {.actor = actor.name, .kind = "clock-done", .text = format("{}: {}", row.clock, row.document), .details = json::object({{"clock", row.clock}, {"sent", to_rfc3339(sent)}, {"in_time", sent < row.due}})}, now);
}

Result<std::vector<CaseClock>> clocks_of(store::Transaction& tx, const CaseId& id) { return read_clocks(tx, "where case_id = :c order by due, clock", {id.text()}); }

Result<std::vector<Reminded>> reminded_of(store::Transaction& tx, const CaseId& id) {
    std::vector<Reminded> out;
    for (const auto& [clock, stage, recipients, told, due] : TRY((tx.query<std::string, std::string, std::string, Stamp, Stamp>("select clock, stage, recipients, told, due from case_reminder where case_id = :c order by told, clock, stage", {id.text()}))))
        out.push_back({clock, stage, recipients, {told}, {due}});
    return out;
}

Result<std::vector<CaseClock>> clocks_until(store::Transaction& tx, const access::Scope& scope, Time until, std::size_t limit) {
    store::Params params{until.micros};
    std::string where = "where done is null and due < :u";
    where += scope.condition("organisation", params);
    where += " order by due, case_id, clock limit :l";
    params.emplace_back(std::uint64_t{limit});
    return read_clocks(tx, where, params);
}

Result<std::pair<std::int64_t, std::int64_t>> count_clocks(store::Transaction& tx, const access::Scope& scope, Time now, Time until) {
    const auto count = [&](Time from, Time to) -> Result<std::int64_t> {
        store::Params params{from.micros, to.micros};
        std::string where = "select count(*) from case_clock where done is null and due >= :f and due < :t";
        where += scope.condition("organisation", params);
        const auto row = TRY((tx.first<Stamp>(where, params)));
        return row ? std::get<0>(*row) : 0;
    };
    const std::int64_t overdue = TRY(count(Time{}, Time{now.micros + 1}));
    return std::pair{overdue, TRY(count(Time{now.micros + 1}, until))};
}

Result<std::vector<CaseClock>> to_remind(store::Transaction& tx, Time now, std::size_t limit) { return read_clocks(tx, "where next_reminder <= :n order by next_reminder, case_id, clock limit :l", {now.micros, std::uint64_t{limit}}); }

Status note_reminded(store::Transaction& tx, const CaseClock& clock, std::string_view stage, std::string_view to, const ReminderPolicy& policy, Time now) {
    TRY(tx.run("insert into case_reminder (case_id, clock, stage, due, told, recipients) values (:a, :b, :c, :d, :e, :f) on conflict (case_id, clock, stage, due) do nothing", {clock.of.text(), clock.clock, stage, clock.due.micros, now.micros, to}));
    TRY(save_clock(tx, clock, policy, now));
    const auto files = TRY(read_cases(tx, "where id = :i", {clock.of.text()}));
    if (files.empty()) return {};
    return tell(tx, files.front(), {.actor = "system", .kind = "clock-told", .text = format("{} {} {}: {}", clock.clock, stage, to_rfc3339(clock.due), to.empty() ? std::string_view{"-"} : to)}, now);
}

}  // namespace vg::cases
