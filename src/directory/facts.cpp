#include "directory/facts.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/cursor.h"
#include "base/text.h"
#include "base/time.h"
#include "directory/directory.h"
#include "directory/fact_kinds.h"
#include "directory/public_suffix.h"
#include "directory/rows.h"
#include "store/audit.h"

namespace vg::directory {

namespace {

constexpr std::size_t kMostDocument = 300, kMostReason = 500;
constexpr std::string_view kStates[] = {"proposed", "approved", "refused"};

json::Value told(const Fact& fact) {
    return json::object({{"kind", fact.kind}, {"subject", fact.subject}, {"body", fact.body}, {"from", to_rfc3339(fact.from)}, {"until", fact.until ? json::Value{to_rfc3339(*fact.until)} : json::Value{}},
                         {"document", fact.document}, {"state", name_of(fact.state)}, {"reason", fact.reason}});
}

store::Param time_or_null(const std::optional<Time>& time) { return time ? store::Param{time->micros} : store::Param{nullptr}; }

Status check_dates(Time from, const std::optional<Time>& until) {
    return until && *until <= from ? fail(Code::bad_input, "field until: must lie after from") : Status{};
}

Result<std::vector<Fact>> facts_where(store::Transaction& tx, std::string_view rest, const store::Params& params) {
    using Int = std::int64_t;
    using Text = std::string;
    std::vector<Fact> found;
    const std::string sql = "select number, kind, organisation, subject, sort, body, valid_from, valid_until, document, claimed_by, claimed, approved_by, approved, state, reason, replaces, version from directory_fact " +
                            std::string{rest};
    for (auto& [number, kind, organisation, subject, sort, body, from, until, document, claimed_by, claimed, approved_by, approved, state, reason, replaces, version] :
         TRY((tx.query<Int, Text, Text, Text, Text, Text, Int, std::optional<Int>, Text, Text, Int, Text, std::optional<Int>, Text, Text, std::optional<Int>, Int>(sql, params)))) {
        Fact& fact = found.emplace_back();
        fact.number = number;
        fact.kind = std::move(kind);
        fact.organisation = TRY(OrganisationId::parse(organisation));
        fact.subject = std::move(subject);
        fact.sort = std::move(sort);
        fact.body = TRY(json::parse(body));
        fact.from = {from};
        if (until) fact.until = Time{*until};
        fact.document = std::move(document);
        fact.claimed_by = std::move(claimed_by);
        fact.claimed = {claimed};
        fact.approved_by = std::move(approved_by);
        if (approved) fact.approved = Time{*approved};
        fact.state = fact_state_named(state).value_or(FactState::refused);
        fact.reason = std::move(reason);
        fact.replaces = replaces;
        fact.version = version;
    }
    return found;
}

constexpr std::string_view kNodesOwn = "whoever answers for the whole node settles what others might claim too";

void approve_as(Fact& fact, const access::Actor& actor, Time now) {
    fact.state = FactState::approved;
    fact.approved_by = actor.name;
    fact.approved = now;
}

Result<Fact> of_version(store::Transaction& tx, const access::Scope& scope, std::int64_t number, std::optional<std::int64_t> version) {
    Fact fact = TRY(Facts::find(tx, scope, number));
    TRY(check_version(version, fact.version));
    return fact;
}

Status insert_fact(store::Transaction& tx, const Fact& fact) {
    const std::int64_t added =
        TRY(tx.run("insert into directory_fact (number, kind, organisation, subject, sort, search, body, valid_from, valid_until, document, claimed_by, claimed, approved_by, approved, state, reason, replaces, version) "
                   "values (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j, :k, :l, :m, :n, :o, :p, :q, 1) on conflict (number) do nothing",
                   {fact.number, fact.kind, fact.organisation.text(), fact.subject, fact.sort, fact.search, fact.body.dump(), fact.from.micros, time_or_null(fact.until), fact.document, fact.claimed_by, fact.claimed.micros,
                    fact.approved_by, time_or_null(fact.approved), name_of(fact.state), fact.reason, fact.replaces ? store::Param{*fact.replaces} : store::Param{nullptr}}));
    return added == 1 ? Status{} : fail(Code::conflict, "facts were added meanwhile; try again");
}

// What was said stays as it was said: only until when, in which state and why is changed.
Status update_fact(store::Transaction& tx, const Fact& fact, std::int64_t version) {
    const std::int64_t changed = TRY(tx.run("update directory_fact set valid_until = :a, approved_by = :b, approved = :c, state = :d, reason = :e, version = version + 1 where number = :f and version = :g",
                                            {time_or_null(fact.until), fact.approved_by, time_or_null(fact.approved), name_of(fact.state), fact.reason, fact.number, version}));
    return changed == 1 ? Status{} : fail(Code::conflict, "the fact was changed meanwhile; read it again");
}

// "17-1016, 1020"
std::string numbers_of(const std::vector<const FactChange*>& changes) {
    std::vector<std::int64_t> numbers;
    for (const FactChange* change : changes) numbers.push_back(change->now.number);
    std::sort(numbers.begin(), numbers.end());
    std::string out;
    for (std::size_t i = 0; i < numbers.size();) {
        std::size_t last = i;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
        out += (out.empty() ? "" : ", ") + (last == i ? format("{}", numbers[i]) : format("{}-{}", numbers[i], numbers[last]));
        i = last + 1;
    }
    return shorten(out, 4'000);
}

Status note_facts(store::Transaction& tx, const access::Actor& actor, std::span<const FactChange> plan, Time now) {
    std::map<std::pair<std::string, std::string_view>, std::vector<const FactChange*>> groups;
    for (const FactChange& change : plan) groups[{change.now.organisation.text(), change.action}].push_back(&change);
    for (const auto& [of, changes] : groups) {
        store::AuditLine line{.time = now, .actor = actor.name, .action = std::string{of.second}, .object = {}, .organisation = changes.front()->now.organisation, .details = {}, .hash = {}};
        if (changes.size() > Facts::kMostLines) {
            line.object = "facts/" + of.first;
            line.details = json::object({{"facts", changes.size()}, {"numbers", numbers_of(changes)}, {"kind", changes.front()->now.kind}, {"document", changes.front()->now.document}});
            TRY(store::audit::append(tx, std::move(line)));
            continue;
        }
        for (const FactChange* change : changes) {
            store::AuditLine one = line;
            one.object = format("fact/{}", change->now.number);
            one.details = json::object({{"before", change->before ? told(*change->before) : json::Value{}}, {"after", told(change->now)}});
            TRY(store::audit::append(tx, std::move(one)));
        }
    }
    return {};
}

// For `like`, with ! before what is meant as it stands.
std::string pattern_of(std::string_view text) {
    std::string out = "%";
    for (const char c : fold(nfc(text))) {
        if (c == '%' || c == '_' || c == '!') out += '!';
        out += c;
    }
    return out + "%";
}

}  // namespace

std::string_view name_of(FactState state) { return kStates[static_cast<std::size_t>(state)]; }

std::optional<FactState> fact_state_named(std::string_view name) {
    for (std::size_t i = 0; i < std::size(kStates); ++i)
        if (kStates[i] == name) return static_cast<FactState>(i);
    return std::nullopt;
}

Result<Fact> Facts::make(const access::Actor& actor, const Settling& settling, const FactDraft& draft, Time now) {
    const FactKind* kind = fact_kind(draft.kind);
    if (kind == nullptr) return fail(Code::bad_input, "field kind: is no kind of fact");
    FactShape shape = TRY(shape_of(*kind, draft.body));
    TRY(check_dates(draft.from, draft.until));
    Fact fact{.kind = draft.kind, .organisation = draft.organisation, .subject = std::move(shape.subject), .sort = std::move(shape.sort), .search = std::move(shape.search), .body = std::move(shape.body), .from = draft.from,
              .until = draft.until, .document = nfc(trim(draft.document)), .claimed_by = actor.name, .claimed = now, .approved_by = {}, .approved = {}, .reason = {}, .replaces = draft.replaces};
    TRY(check_text("document", fact.document, kMostDocument));
    if (settling.may_add(fact)) approve_as(fact, actor, now);
    return fact;
}

void Facts::propose_only(Fact& fact) {
    fact.state = FactState::proposed;
    fact.approved_by.clear();
    fact.approved.reset();
}

FactChange Facts::retire(const Fact& old, Time from, std::string reason) {
    FactChange change{.now = old, .before = old, .action = "fact:end"};
    change.now.reason = std::move(reason);
    if (old.state == FactState::approved && old.from < from) {
        if (!old.until || *old.until > from) change.now.until = from;
        return change;
    }
    change.now.state = FactState::refused;
    change.action = "fact:withdraw";
    return change;
}

Result<FactPlan> Facts::add(store::Transaction& tx, const access::Actor& actor, const FactDraft& draft, Time now) {
    const FactKind* kind = fact_kind(draft.kind);
    if (kind == nullptr) return fail(Code::bad_input, "field kind: is no kind of fact");
    TRY_IN("field organisation: ", live_organisation(tx, actor.scope, draft.organisation));
    const Settling settling = TRY(Settling::read(tx, actor));
    Fact fact = TRY(make(actor, settling, draft, now));
    const FactShape shape = TRY(shape_of(*kind, draft.body));
    // The node itself may stand for a registry; nobody else owns what is below such a name.
    if (draft.kind == "domain" && !actor.scope.sees_node() && PublicSuffixes::of_system().holds(fact.subject))
        return fail(Code::bad_input, format("field domain: {} is a public suffix: many have names of their own below it; give the organisation's own name", fact.subject));
    for (const OrganisationId& link : shape.links) {
        TRY_IN("field body: ", Directory::find(tx, actor.scope, link));
        if (link == draft.organisation && (draft.kind == "parent" || draft.kind == "successor")) return fail(Code::bad_input, "field organisation: an organisation is not its own parent or successor");
    }
    for (const Fact& other : TRY(standing(tx, fact.kind, fact.organisation, fact.sort, fact.subject)))
        if (other.from == fact.from && other.until == fact.until && other.body == fact.body) return fail(Code::conflict, format("fact {} says so already", other.number));
    fact.number = TRY(next_number(tx));
    FactPlan plan;
    if (draft.replaces) {
        const Fact old = TRY_IN("field replaces: ", find(tx, actor.scope, *draft.replaces));
        if (old.kind != fact.kind || old.organisation != fact.organisation) return fail(Code::bad_input, "field replaces: is a fact of another kind or organisation");
        if (old.state == FactState::refused) return fail(Code::conflict, "field replaces: that fact does not stand any more");
        if (old.state == FactState::approved && !settling.may_end(old)) propose_only(fact);
        if (fact.state == FactState::approved) plan.push_back(retire(old, fact.from, format("replaced by fact {}", fact.number)));
    }
    const std::string_view action = fact.state == FactState::approved ? "fact:add" : "fact:propose";
    plan.push_back({.now = std::move(fact), .before = {}, .action = action});
    return plan;
}

Result<FactPlan> Facts::approve(store::Transaction& tx, const access::Actor& actor, std::int64_t number, std::optional<std::int64_t> version, Time now) {
    const Fact before = TRY(of_version(tx, actor.scope, number, version));
    if (before.state != FactState::proposed) return fail(Code::conflict, "the fact is no proposal any more");
    if (before.claimed_by == actor.name && actor.role != access::Role::administrator) return fail(Code::denied, "somebody else approves what you proposed");
    TRY(live_organisation(tx, actor.scope, before.organisation));
    const Settling settling = TRY(Settling::read(tx, actor));
    if (!settling.may_add(before)) return fail(Code::denied, std::string{kNodesOwn});
    FactPlan plan;
    if (before.replaces) {
        auto old = find(tx, actor.scope, *before.replaces);
        if (!old && old.error().code != Code::not_found) return fail(old.error());
        if (old && old->state == FactState::approved && !settling.may_end(*old)) return fail(Code::denied, std::string{kNodesOwn});
        if (old && old->state != FactState::refused) plan.push_back(retire(*old, before.from, format("replaced by fact {}", before.number)));
    }
    FactChange change{.now = before, .before = before, .action = "fact:approve"};
    approve_as(change.now, actor, now);
    plan.push_back(std::move(change));
    return plan;
}

Result<FactPlan> Facts::refuse(store::Transaction& tx, const access::Actor& actor, std::int64_t number, std::string_view reason, std::optional<std::int64_t> version, Time now) {
    const Fact before = TRY(of_version(tx, actor.scope, number, version));
    if (before.state != FactState::proposed) return fail(Code::conflict, "the fact is no proposal any more");
    FactChange change{.now = before, .before = before, .action = "fact:refuse"};
    change.now.reason = nfc(trim(reason));
    TRY(check_text("reason", change.now.reason, kMostReason));
    change.now.state = FactState::refused;
    change.now.approved_by = actor.name;
    change.now.approved = now;
    return FactPlan{std::move(change)};
}

Result<FactPlan> Facts::withdraw(store::Transaction& tx, const access::Actor& actor, std::int64_t number, std::string_view reason, std::optional<std::int64_t> version, Time now) {
    const Fact before = TRY(of_version(tx, actor.scope, number, version));
    if (before.claimed_by != actor.name) return fail(Code::not_found, "there is no such fact");
    if (before.state != FactState::proposed) return fail(Code::conflict, "the fact is no proposal any more");
    FactChange change{.now = before, .before = before, .action = "fact:withdraw"};
    change.now.reason = nfc(trim(reason));
    TRY(check_text("reason", change.now.reason, kMostReason));
    change.now.state = FactState::refused;
    change.now.approved_by = actor.name;
    change.now.approved = now;
    return FactPlan{std::move(change)};
}

Result<FactPlan> Facts::end(store::Transaction& tx, const access::Actor& actor, std::int64_t number, Time until, std::string_view reason, std::optional<std::int64_t> version, Time) {
    const Fact before = TRY(of_version(tx, actor.scope, number, version));
    if (before.state != FactState::approved) return fail(Code::conflict, "the fact is not approved, so that it cannot end");
    if (before.until && *before.until <= until) return fail(Code::conflict, "the fact ends before that already");
    if (!TRY(Settling::read(tx, actor)).may_end(before)) return fail(Code::denied, std::string{kNodesOwn});
    std::string why = nfc(trim(reason));
    TRY(check_text("reason", why, kMostReason));
    return FactPlan{retire(before, until, std::move(why))};
}

Status Facts::write(store::Transaction& tx, const access::Actor& actor, std::span<const FactChange> plan, Time now) {
    for (const FactChange& change : plan) {
        if (change.before)
            TRY(update_fact(tx, change.now, change.before->version));
        else
            TRY(insert_fact(tx, change.now));
    }
    return note_facts(tx, actor, plan, now);
}

Result<Fact> Facts::find(store::Transaction& tx, const access::Scope& scope, std::int64_t number) {
    store::Params params{number};
    const std::string where = "where number = :a" + scope.condition("organisation", params);
    auto found = TRY(facts_where(tx, where, params));
    if (found.empty()) return fail(Code::not_found, "there is no such fact");
    return std::move(found.front());
}

Result<FactPage> Facts::list(store::Transaction& tx, const access::Scope& scope, const FactFilter& filter, const std::optional<std::string>& after, std::size_t limit) {
    store::Params params;
    std::string where = "where 1 = 1";
    const auto also = [&](std::string_view condition, store::Param value) {
        where += condition;
        params.push_back(std::move(value));
    };
    if (!filter.kind.empty()) also(" and kind = :kind", filter.kind);
    if (filter.organisation) also(" and organisation = :organisation", filter.organisation->text());
    if (filter.state) where += format(" and state = '{}'", name_of(*filter.state));  // as the index of proposals has it
    if (filter.at) {
        also(" and valid_from <= :at", filter.at->micros);
        also(" and (valid_until is null or valid_until > :then)", filter.at->micros);
    }
    if (!trim(filter.text).empty()) also(" and search like :text escape '!'", pattern_of(trim(filter.text)));
    if (after) {
        const auto key = TRY(from_cursor("fact", 3, *after));
        const auto number = parse_int(key[2]);
        if (!number) return fail(Code::bad_input, "field after: is no cursor of this list");
        if (filter.kind.empty()) {
            also(" and (kind > :k1", key[0]);
            also(" or (kind = :k2", key[0]);
        } else {
            where += " and ((1 = 1";
        }
        also(" and (sort > :s1", key[1]);
        also(" or (sort = :s2", key[1]);
        also(" and number > :number))))", *number);
    }
    where += scope.condition("organisation", params) + " order by kind, sort, number limit :n";
    const std::size_t size = page_size(limit);
    params.emplace_back(std::uint64_t{size + 1});
    FactPage page;
    page.items = TRY(facts_where(tx, where, params));
    if (page.items.size() > size) {
        page.items.resize(size);
        const Fact& last = page.items.back();
        page.next = to_cursor("fact", {last.kind, last.sort, std::to_string(last.number)});
    }
    return page;
}

Result<std::vector<Fact>> Facts::approved(store::Transaction& tx, std::string_view kind, std::int64_t after, std::size_t limit) {
    return facts_where(tx, "where kind = :k and state = 'approved' and number > :n order by number limit :l", {kind, after, std::uint64_t{limit}});
}

Result<std::vector<Fact>> Facts::standing(store::Transaction& tx, std::string_view kind, const OrganisationId& organisation, std::string_view sort, std::string_view subject) {
    return facts_where(tx, "where kind = :k and sort = :s and organisation = :o and subject = :u and state <> 'refused' order by number", {kind, sort, organisation.text(), subject});
}

Result<std::vector<SystemFact>> Facts::systems(store::Transaction& tx, const access::Scope& scope, std::optional<Time> at) {
    store::Params params;
    std::string where = "where kind = 'system' and state = 'approved'";
    if (at) {
        where += " and valid_from <= :a and (valid_until is null or valid_until > :b)";
        params = {at->micros, at->micros};
    }
    where += scope.condition("organisation", params) + " order by kind, sort, number";
    std::vector<SystemFact> found;
    for (const Fact& fact : TRY(facts_where(tx, where, params))) {
        SystemFact& system = found.emplace_back();
        system.number = fact.number;
        system.organisation = fact.organisation;
        system.code = fact.body.text("code").value_or("");
        system.name = fact.body.text("name").value_or("");
        if (const auto level = fact.body.integer("level")) system.level = static_cast<int>(*level);
        for (const auto& [member, link] : {std::pair{"owner", &system.owner}, {"operator", &system.operator_}, {"specialised", &system.specialised}})
            if (const auto id = fact.body.text(member)) *link = TRY(OrganisationId::parse(*id));
        system.from = fact.from;
        system.until = fact.until;
    }
    return found;
}

Result<std::int64_t> Facts::next_number(store::Transaction& tx) {
    const auto row = TRY((tx.first<std::int64_t>("select coalesce(max(number), 0) from directory_fact")));
    return (row ? std::get<0>(*row) : 0) + 1;
}

Result<Claim> claim_of(const Fact& range) {
    Claim claim{.number = range.number, .organisation = range.organisation, .from = range.from, .until = range.until, .document = range.document, .claimed_by = range.claimed_by, .approved_by = range.approved_by};
    const auto view = [&](std::string_view name) {
        const json::Value* member = range.body.find(name);
        return member != nullptr && member->is_text() ? std::string_view{member->as_text()} : std::string_view{};
    };
    claim.range = TRY(parse_range(view("range")));
    if (const std::string_view ports = view("ports"); !ports.empty()) claim.ports = TRY(parse_ports(ports));
    claim.system = view("system").empty() ? view("pool") : view("system");
    return claim;
}

}  // namespace vg::directory
