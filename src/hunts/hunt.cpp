#include "hunts/hunt.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/text.h"
#include "store/audit.h"

namespace vg::hunts {

namespace {

using Int = std::int64_t;
using Text = std::string;

constexpr std::array kStates{State::collecting, State::queued, State::running, State::paused, State::done, State::failed, State::stopped};
constexpr Span kMostCollecting = hours(1);
constexpr std::string_view kColumns =
    "id, organisation, name, what, origin, actor, state, reason, occurred_from, occurred_until, position_before, position_below, records, asked_values, parts_done, parts_total, parts_read, "
    "events, events_read, hits, known, findings, worked, created, started, ended, asked, answer";

json::Value to_json(const indicator::Attribution& by) {
    json::Value out = json::object({{"list", by.list}, {"family", by.family}, {"confidence", int{by.confidence}}, {"tlp", name_of(by.tlp)}});
    if (!by.warning.empty()) out.set("warning", by.warning);
    if (by.until != indicator::kAlways) out.set("until", by.until.micros);
    return out;
}

Result<indicator::Attribution> attribution_of(const json::Value& said) {
    indicator::Attribution by;
    by.list = said.text("list").value_or("");
    by.family = said.text("family").value_or("");
    by.warning = said.text("warning").value_or("");
    by.confidence = static_cast<std::uint8_t>(std::clamp<Int>(said.integer("confidence").value_or(50), 0, 100));
    by.tlp = TRY(indicator::parse_tlp(said.text("tlp").value_or("amber")));
    if (const auto until = said.integer("until")) by.until = Time{*until};
    return by;
}

template <class Enum, std::size_t N>
Enum named(const std::array<Enum, N>& all, std::string_view name) {
    const auto found = std::find_if(all.begin(), all.end(), [&](Enum one) { return name_of(one) == name; });
    return found == all.end() ? all.front() : *found;
}

Result<std::vector<Hunt>> read(store::Transaction& tx, const std::string& rest, const store::Params& params) {
    std::vector<Hunt> out;
    for (auto& [id, organisation, name, what, origin, actor, state, reason, from, until, before, below, records, asked_values, parts_done, parts_total, parts_read, events, events_read, hits, known,
                new_findings, worked, created, started, ended, asked, answer] :
         TRY((tx.query<Text, Text, Text, Text, Text, Text, Text, Text, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, std::optional<Int>, std::optional<Int>, Text, Text>(
             format("select {} from hunt {}", kColumns, rest), params)))) {
        Hunt& hunt = out.emplace_back();
        hunt.id = TRY(HuntId::parse(id));
        hunt.organisation = TRY(OrganisationId::parse(organisation));
        hunt.name = std::move(name);
        hunt.what = named(std::array{What::indicators, What::rules}, what);
        hunt.origin = named(std::array{Origin::person, Origin::list, Origin::rules}, origin);
        hunt.by = std::move(actor);
        hunt.state = named(kStates, state);
        hunt.reason = std::move(reason);
        hunt.from = {from};
        hunt.until = {until};
        hunt.before = {static_cast<std::uint64_t>(before)};
        hunt.below = {static_cast<std::uint64_t>(below)};
        hunt.records = records != 0;
        hunt.values = asked_values;
        hunt.parts_done = parts_done;
        hunt.parts_total = parts_total;
        hunt.parts_read = parts_read;
        hunt.events = events;
        hunt.events_read = events_read;
        hunt.hits = hits;
        hunt.known = known;
        hunt.findings = new_findings;
        hunt.worked = {worked};
        hunt.created = {created};
        if (started) hunt.started = Time{*started};
        if (ended) hunt.ended = Time{*ended};
        if (auto value = json::parse(asked)) hunt.asked = std::move(*value);
        if (auto value = json::parse(answer)) hunt.answer = std::move(*value);
    }
    return out;
}

Status note(store::Transaction& tx, const Hunt& hunt, std::string_view actor, std::string_view action, Time now, json::Value details) {
    return store::audit::append(tx, {.time = now, .actor = Text{actor}, .action = Text{action}, .object = "hunt/" + hunt.id.text(), .organisation = hunt.organisation, .details = std::move(details)});
}

}  // namespace

std::string_view name_of(State state) {
    switch (state) {
        case State::collecting: return "collecting";
        case State::queued: return "queued";
        case State::running: return "running";
        case State::paused: return "paused";
        case State::done: return "done";
        case State::failed: return "failed";
        case State::stopped: return "stopped";
    }
    return "queued";
}

std::optional<State> state_named(std::string_view name) {
    for (const State state : kStates)
        if (name_of(state) == name) return state;
    return std::nullopt;
}

std::string_view name_of(What what) { return what == What::rules ? "rules" : "indicators"; }

std::string_view name_of(Origin origin) {
    switch (origin) {
        case Origin::person: return "person";
        case Origin::list: return "list";
        case Origin::rules: return "rules";
    }
    return "person";
}

std::string_view name_of(Deed deed) {
    switch (deed) {
        case Deed::pause: return "pause";
        case Deed::resume: return "resume";
        case Deed::stop: return "stop";
    }
    return "stop";
}

store::Schema schema() {
    return {"hunts",
            {{
                // Times are microseconds, asked and answer are JSON.
                "create table hunt (id text primary key, organisation text not null, name text not null, what text not null, origin text not null, actor text not null, state text not null, reason text not null, "
                "occurred_from bigint not null, occurred_until bigint not null, position_before bigint not null, position_below bigint not null, records bigint not null, asked_values bigint not null, "
                "parts_done bigint not null, parts_total bigint not null, parts_read bigint not null, events bigint not null, events_read bigint not null, hits bigint not null, known bigint not null, "
                "findings bigint not null, worked bigint not null, created bigint not null, started bigint, ended bigint, asked text not null, answer text not null)",
                "create index hunt_state on hunt (state, id)",
                "create table hunt_value (hunt text not null, kind bigint not null, value text not null, said text not null, primary key (hunt, kind, value))",
                "create table hunt_hit (position bigint not null, what text not null, primary key (position, what))",
            },
            {
                // said is Base64.
                "create table hunt_carried (hunt text primary key, said text not null)",
            }}};
}

Status add(store::Transaction& tx, const Hunt& hunt) {
    const auto waiting = TRY((tx.first<Int>("select count(*) from hunt where state in ('collecting', 'queued', 'running', 'paused')")));
    if (waiting && std::get<0>(*waiting) >= kMostWaiting) return fail(Code::busy, format("{} hunts wait already; stop some, or wait", kMostWaiting));
    TRY(tx.run(format("insert into hunt ({}) values (:a, :b, :c, :d, :e, :f, :g, '', :h, :i, :j, :k, :l, :m, 0, 0, 0, 0, 0, 0, 0, 0, 0, :n, null, null, :o, '')", kColumns),
               {hunt.id.text(), hunt.organisation.text(), hunt.name, name_of(hunt.what), name_of(hunt.origin), hunt.by, name_of(hunt.state), hunt.from.micros, hunt.until.micros, hunt.before.value,
                hunt.before.value, hunt.records, hunt.values, hunt.created.micros, hunt.asked.is_null() ? Text{} : hunt.asked.dump()}));
    return note(tx, hunt, hunt.by, "hunt:run", hunt.created, json::object({{"name", hunt.name}, {"what", name_of(hunt.what)}, {"origin", name_of(hunt.origin)}}));
}

Status add_values(store::Transaction& tx, const HuntId& id, std::span<const AskedValue> values) {
    Int added = 0;
    for (const AskedValue& one : values)
        added += TRY(tx.run("insert into hunt_value (hunt, kind, value, said) values (:h, :k, :v, :s) on conflict (hunt, kind, value) do nothing",
                            {id.text(), static_cast<Int>(one.value.kind), one.value.text, one.said ? to_json(*one.said).dump() : Text{}}));
    const Int changed = TRY(tx.run("update hunt set asked_values = asked_values + :n where id = :i and state = 'collecting' and asked_values <= :m", {added, id.text(), kMostValues - added}));
    if (changed == 0) return fail(Code::too_large, format("a hunt takes at most {} values, and only while it is collecting them; split the list", kMostValues));
    return {};
}

Status close_values(store::Transaction& tx, const HuntId& id, event::Position before) {
    TRY(tx.run("update hunt set state = 'queued', position_before = :b, position_below = :c where id = :i and state = 'collecting'", {before.value, before.value, id.text()}));
    return {};
}

Result<std::vector<Hunt>> list(store::Transaction& tx, const access::Scope& scope, const std::optional<State>& state, const std::optional<std::string>& after, std::size_t limit) {
    Text where = "where 1 = 1";
    store::Params params;
    if (state) where += " and state = :state", params.emplace_back(name_of(*state));
    if (after) where += " and id < :after", params.emplace_back(*after);
    where += scope.condition("organisation", params);
    where += " order by id desc limit :n";
    params.emplace_back(std::uint64_t{limit});
    return read(tx, where, params);
}

Result<Hunt> find(store::Transaction& tx, const access::Scope& scope, const HuntId& id) {
    store::Params params{id.text()};
    const Text condition = scope.condition("organisation", params);
    auto found = TRY(read(tx, "where id = :i" + condition, params));
    if (found.empty()) return fail(Code::not_found, "there is no such hunt");
    return std::move(found.front());
}

Result<Hunt> change(store::Transaction& tx, const access::Actor& actor, const HuntId& id, Deed deed, Time now) {
    Hunt hunt = TRY(find(tx, actor.scope, id));
    const State was = hunt.state;
    const bool under_way = was == State::collecting || was == State::queued || was == State::running;
    const bool allowed = deed == Deed::pause ? under_way : deed == Deed::resume ? was == State::paused || was == State::failed : under_way || was == State::paused || was == State::failed;
    if (!allowed) return fail(Code::conflict, format("the hunt is {}; that cannot be done now: {}", name_of(was), name_of(deed)));
    hunt.state = deed == Deed::pause ? State::paused : deed == Deed::resume ? State::queued : State::stopped;
    hunt.reason.clear();
    if (deed == Deed::stop) hunt.ended = now;
    TRY(tx.run("update hunt set state = :s, reason = '', ended = :e where id = :i", {name_of(hunt.state), hunt.ended ? store::Param{hunt.ended->micros} : store::Param{nullptr}, id.text()}));
    TRY(note(tx, hunt, actor.name, format("hunt:{}", name_of(deed)), now, json::object({{"before", name_of(was)}, {"after", name_of(hunt.state)}})));
    return hunt;
}

Result<std::optional<HuntId>> note_new(store::Transaction& tx, const NewValues& about, std::span<const indicator::Value> fresh, Random& random, Time now) {
    if (about.days <= 0) return std::optional<HuntId>{};
    const auto open = TRY(read(tx, "where state = 'collecting' and origin = 'list' and name = :n order by id limit 1", {about.list}));
    std::optional<HuntId> id;
    if (!open.empty()) id = open.front().id;
    if (!id && !fresh.empty()) {
        Hunt hunt{.id = make_id<HuntTag>(now, random), .name = about.list, .origin = Origin::list, .by = about.by, .state = State::collecting, .from = now - days(about.days), .until = now + days(1), .before = about.before,
                  .created = now};
        TRY(add(tx, hunt));
        id = hunt.id;
    }
    if (!id) return id;
    std::vector<AskedValue> asked;
    asked.reserve(fresh.size());
    for (const indicator::Value& value : fresh) asked.push_back({value, std::nullopt});
    if (!asked.empty()) TRY(add_values(tx, *id, asked));
    if (about.last) TRY(close_values(tx, *id, about.before));
    return id;
}

Result<std::optional<Hunt>> next(store::Transaction& tx, Time now) {
    auto found = TRY(read(tx, "where state in ('queued', 'running') order by case state when 'running' then 0 else 1 end, id limit 1", {}));
    if (found.empty()) found = TRY(read(tx, "where state = 'collecting' and created < :t order by id limit 1", {(now - kMostCollecting).micros}));
    if (found.empty()) return std::optional<Hunt>{};
    return std::optional{std::move(found.front())};
}

Result<std::vector<AskedValue>> values(store::Transaction& tx, const HuntId& id, const std::optional<indicator::Value>& after, std::size_t limit) {
    std::vector<AskedValue> out;
    Text known;  // said of a value before: most often of all of them the same
    std::optional<indicator::Attribution> known_as;
    for (auto& [number, value, said] : TRY((tx.query<Int, Text, Text>("select kind, value, said from hunt_value where hunt = :h and (kind, value) > (:k, :v) order by kind, value limit :n",
                                                                     {id.text(), after ? static_cast<Int>(after->kind) : Int{-1}, after ? after->text : Text{}, std::uint64_t{limit}})))) {
        AskedValue& one = out.emplace_back();
        one.value = {static_cast<indicator::Kind>(number), std::move(value), 0};
        if (said.empty()) continue;
        if (!known_as || said != known) {
            const json::Value parsed = TRY(json::parse(said));
            known_as = TRY(attribution_of(parsed));
            known = std::move(said);
        }
        one.said = known_as;
    }
    return out;
}

Result<bool> save(store::Transaction& tx, const Hunt& hunt) {
    const Int changed = TRY(tx.run("update hunt set state = :a, reason = :b, position_below = :c, parts_done = :d, parts_total = :e, parts_read = :f, events = :g, events_read = :h, hits = :i, known = :j, findings = :k, "
                                   "worked = :l, started = :m, ended = :n, answer = :o where id = :p and state in ('collecting', 'queued', 'running')",
                                   {name_of(hunt.state), hunt.reason, hunt.below.value, hunt.parts_done, hunt.parts_total, hunt.parts_read, hunt.events, hunt.events_read, hunt.hits, hunt.known, hunt.findings,
                                    hunt.worked.micros, hunt.started ? store::Param{hunt.started->micros} : store::Param{nullptr}, hunt.ended ? store::Param{hunt.ended->micros} : store::Param{nullptr},
                                    hunt.answer.is_null() ? Text{} : hunt.answer.dump(), hunt.id.text()}));
    if (changed == 0) return false;
    if (!hunt.carried.empty() && hunt.state != State::done)
        TRY(tx.run("insert into hunt_carried (hunt, said) values (:h, :s) on conflict (hunt) do update set said = excluded.said", {hunt.id.text(), to_base64(hunt.carried)}));
    return true;
}

Result<std::string> carried(store::Transaction& tx, const HuntId& id) {
    const auto row = TRY((tx.first<Text>("select said from hunt_carried where hunt = :h", {id.text()})));
    if (!row) return std::string{};
    return from_base64(std::get<0>(*row));
}

Result<bool> note_hit(store::Transaction& tx, event::Position position, std::string_view what) {
    return TRY(tx.run("insert into hunt_hit (position, what) values (:p, :w) on conflict (position, what) do nothing", {position.value, what})) > 0;
}

Status tidy(store::Transaction& tx, event::Position archive_begin) {
    TRY(tx.run("delete from hunt_hit where position < :p", {archive_begin.value}));
    TRY(tx.run("delete from hunt_carried where hunt not in (select id from hunt where state not in ('done', 'stopped'))"));
    const auto border = TRY((tx.first<Text>("select id from hunt order by id desc limit 1 offset :n", {std::uint64_t{kMostKept}})));
    if (border) TRY(tx.run("delete from hunt where id <= :i and state in ('done', 'stopped', 'failed')", {std::get<0>(*border)}));
    return {};
}

Result<bool> forget_some_values(store::Transaction& tx) {
    constexpr std::uint64_t kSome = 1'000;
    for (Text hunt;;) {
        const auto next = TRY((tx.first<Text>("select hunt from hunt_value where hunt > :h order by hunt limit 1", {hunt})));
        if (!next) return false;
        hunt = std::get<0>(*next);
        if (TRY((tx.first<Text>("select id from hunt where id = :i and state not in ('done', 'stopped')", {hunt})))) continue;
        const auto last = TRY((tx.first<Int, Text>("select kind, value from hunt_value where hunt = :h order by kind, value limit 1 offset :n", {hunt, kSome - 1})));
        if (last)
            TRY(tx.run("delete from hunt_value where hunt = :h and (kind, value) <= (:k, :v)", {hunt, std::get<0>(*last), std::get<1>(*last)}));
        else
            TRY(tx.run("delete from hunt_value where hunt = :h", {hunt}));
        return true;
    }
}

}  // namespace vg::hunts
