#include "reports/escalations.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/time.h"
#include "directory/directory.h"
#include "directory/facts.h"
#include "store/audit.h"

namespace vg::reports {

namespace {

constexpr std::array<std::string_view, 2> kPurposes = {"response", "monitoring"};
constexpr std::array<std::string_view, 2> kPurposeRoles = {"national-coordinator", "national-monitoring"};
constexpr std::array<std::string_view, 3> kEscalationStates = {"waiting", "answered", "closed"};
constexpr std::string_view kEntryKinds[] = {"call", "mail", "answer", "note"};
constexpr std::size_t kMostSaid = 4'000, kMostReached = 300;  // bytes
constexpr std::size_t kMostHolders = 20;

template <class Enum, std::size_t N>
std::optional<Enum> word_in(const std::array<std::string_view, N>& names, std::string_view name) {
    for (std::size_t i = 0; i < N; ++i)
        if (names[i] == name) return static_cast<Enum>(i);
    return std::nullopt;
}

std::optional<Time> maybe_time(const std::optional<std::int64_t>& micros) { return micros ? std::optional{Time{*micros}} : std::nullopt; }
store::Param maybe_param(const std::optional<Time>& time) { return time ? store::Param{time->micros} : store::Param{nullptr}; }

Result<std::vector<Escalation>> read_escalations(store::Transaction& tx, const std::string& rest, const store::Params& params) {
    using Int = std::int64_t;
    using Text = std::string;
    std::vector<Escalation> out;
    for (auto& [id, number, of, organisation, purpose, role, authority, reason, paper, state, opened, opened_by, every, chase, answered, closed, version] :
         TRY((tx.query<Text, Int, Text, Text, Text, Text, Text, Text, Text, Text, Int, Text, Int, std::optional<Int>, std::optional<Int>, std::optional<Int>, Int>(
             "select id, number, case_id, organisation, purpose, role, authority, reason, paper, state, opened, opened_by, chase_every, chase, answered, closed, version from escalation " + rest, params)))) {
        Escalation one;
        one.id = TRY(EscalationId::parse(id));
        one.number = number;
        one.of = TRY(cases::CaseId::parse(of));
        one.organisation = TRY(OrganisationId::parse(organisation));
        one.purpose = purpose_named(purpose).value_or(Purpose::response);
        one.role = role, one.authority = authority, one.reason = reason, one.opened_by = opened_by;
        if (!paper.empty()) one.paper = TRY(PaperId::parse(paper));
        one.state = escalation_state_named(state).value_or(EscalationState::waiting);
        one.opened = {opened};
        one.chase_every = Span{every};
        one.chase = maybe_time(chase), one.answered = maybe_time(answered), one.closed = maybe_time(closed);
        one.version = version;
        out.push_back(std::move(one));
    }
    return out;
}

Result<Escalation> own_escalation(store::Transaction& tx, const access::Scope& scope, const EscalationId& id, std::optional<std::int64_t> version) {
    store::Params params{id.text()};
    const std::string condition = scope.condition("organisation", params);
    auto found = TRY(read_escalations(tx, "where id = :i" + condition, params));
    if (found.empty()) return fail(Code::not_found, "there is no such call for help");
    if (version && *version != found.front().version) return fail(Code::conflict, format("it was changed meanwhile: its version is {}, not {}; read it again", found.front().version, *version));
    return std::move(found.front());
}

Result<std::string> said(std::string_view name, std::string_view text, std::size_t most) {
    std::string out = nfc(trim(to_valid_utf8(text)));
    if (out.size() > most) return fail(Code::bad_input, format("field {}: is longer than {} bytes", name, most));
    return out;
}

Status keep_entry(store::Transaction& tx, const access::Actor& actor, const Escalation& of, const EscalationEntry& entry, Time now) {
    const auto last = TRY((tx.first<std::optional<std::int64_t>>("select max(number) from escalation_entry where escalation = :e", {of.id.text()})));
    const std::int64_t number = (last && std::get<0>(*last) ? *std::get<0>(*last) : 0) + 1;
    TRY(tx.run("insert into escalation_entry (escalation, number, time, noted, actor, kind, reached, person, text) values (:a, :b, :c, :d, :e, :f, :g, :h, :i)",
               {of.id.text(), number, entry.time.micros, now.micros, actor.name, entry.kind, entry.reached, entry.person, entry.text}));
    TRY(store::audit::append(tx, {.time = now, .actor = actor.name, .action = "escalation:" + entry.kind, .object = "escalation/" + of.id.text(), .organisation = of.organisation,
                                  .details = json::object({{"number", of.number}, {"time", to_rfc3339(entry.time)}, {"text", shorten(entry.text, 500)}})}));
    std::string text = format("{} · {}", of.authority.empty() ? of.role : of.authority, entry.kind);
    for (const std::string* one : {&entry.person, &entry.text})
        if (!one->empty()) text += " · " + *one;
    return cases::note(tx, actor, of.of, "escalation", shorten(text, 1'000), now);
}

Status save_escalation(store::Transaction& tx, Escalation& one) {
    ++one.version;
    TRY(tx.run("update escalation set paper = :a, state = :b, chase = :c, answered = :d, closed = :e, version = :f where id = :g",
               {one.paper ? one.paper->text() : std::string{}, name_of(one.state), maybe_param(one.chase), maybe_param(one.answered), maybe_param(one.closed), one.version, one.id.text()}));
    return {};
}

bool is_word(char c) { return (static_cast<unsigned char>(c) & 0x80) != 0 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// "vncert/cc" begins with the words of "vncert".
bool begins_with_words(std::string_view text, std::string_view start) { return start.size() >= 3 && text.starts_with(start) && (text.size() == start.size() || !is_word(text[start.size()])); }

// The names that an authority goes by: "Trung tâm ... (VNCERT/CC)", "A; B".
std::vector<std::string> names_in(std::string_view name) {
    std::vector<std::string> out;
    std::string piece;
    for (const char c : fold(name) + ";") {
        if (c != ';' && c != '(' && c != ')') {
            piece += c;
            continue;
        }
        if (const std::string_view one = trim(piece); !one.empty()) out.emplace_back(one);
        piece.clear();
    }
    return out;
}

int rank_of(const Reachable& one) {
    const int purpose = one.purpose == "incident" ? 0 : one.purpose == "duty" ? 1 : one.purpose == "technical" ? 2 : 3;
    const int channel = one.channel == "phone" ? 0 : one.channel == "email" ? 1 : one.channel == "portal" ? 2 : 3;
    return purpose * 4 + channel;
}

}  // namespace

std::string_view name_of(Purpose purpose) { return kPurposes[static_cast<std::size_t>(purpose)]; }
std::optional<Purpose> purpose_named(std::string_view name) { return word_in<Purpose>(kPurposes, name); }
std::string_view role_of(Purpose purpose) { return kPurposeRoles[static_cast<std::size_t>(purpose)]; }
std::string_view name_of(EscalationState state) { return kEscalationStates[static_cast<std::size_t>(state)]; }
std::optional<EscalationState> escalation_state_named(std::string_view name) { return word_in<EscalationState>(kEscalationStates, name); }

Result<Whom> whom_to_reach(store::Transaction& tx, const regime::Regime& law, Purpose purpose, Time at) {
    Whom whom;
    whom.role = role_of(purpose);
    const regime::Authority* authority = law.authority(whom.role, at);
    if (authority == nullptr) return whom;
    whom.name = authority->name, whom.name_vi = authority->name_vi;
    std::vector<std::string> names = names_in(authority->name_vi);
    for (std::string& one : names_in(authority->name)) names.push_back(std::move(one));
    std::vector<OrganisationId> known;
    std::optional<std::string> after;
    do {
        const auto page = TRY(directory::Directory::list(tx, access::Scope::node(), after, 1'000));
        for (const directory::Organisation& one : page.items) {
            const std::string folded = fold(one.name);
            if (!one.ended && std::any_of(names.begin(), names.end(), [&](const std::string& name) { return begins_with_words(folded, name) || begins_with_words(name, folded); })) known.push_back(one.id);
        }
        after = page.next;
    } while (after && known.size() < kMostHolders);
    for (const OrganisationId& one : known) {
        const auto page = TRY(directory::Facts::list(tx, access::Scope::of({one}), {.kind = "contact", .organisation = one, .state = directory::FactState::approved, .at = at, .text = {}}, std::nullopt, 200));
        for (const directory::Fact& fact : page.items) {
            const auto text = [&](std::string_view name) { return fact.body.text(name).value_or(""); };
            whom.contacts.push_back({.organisation = one, .fact = fact.number, .purpose = text("purpose"), .channel = text("channel"), .value = text("value"), .person = text("person"), .hours = text("hours"), .last_tried = text("last_tried"), .document = fact.document, .from = fact.from});
        }
    }
    std::stable_sort(whom.contacts.begin(), whom.contacts.end(), [](const Reachable& a, const Reachable& b) { return rank_of(a) < rank_of(b); });
    return whom;
}

Result<Escalation> escalate(store::Transaction& tx, const access::Actor& actor, Escalation wanted, const regime::Regime& law, Random& random, Time now) {
    const cases::Case file = TRY(cases::find(tx, actor.scope, wanted.of));
    if (file.closed) return fail(Code::conflict, "the case is closed");
    wanted.reason = TRY(said("reason", wanted.reason, kMostSaid));
    if (wanted.reason.empty()) return fail(Code::bad_input, "field reason: is missing");
    if (wanted.chase_every < minutes(5) || wanted.chase_every > days(7)) return fail(Code::bad_input, "field chase_minutes: is from 5 minutes to 7 days");
    const auto open = TRY(read_escalations(tx, "where case_id = :c and purpose = :p and state <> 'closed' limit 1", {file.id.text(), name_of(wanted.purpose)}));
    if (!open.empty()) return fail(Code::conflict, format("help was called for already, under number {}", open.front().number));
    const Whom whom = TRY(whom_to_reach(tx, law, wanted.purpose, now));
    wanted.id = make_id<EscalationTag>(now, random);
    const auto last = TRY((tx.first<std::optional<std::int64_t>>("select max(number) from escalation", {})));
    wanted.number = (last && std::get<0>(*last) ? *std::get<0>(*last) : 0) + 1;
    wanted.organisation = file.organisation;
    wanted.role = whom.role, wanted.authority = whom.name_vi;
    TRY(tx.run("insert into escalation (id, number, case_id, organisation, purpose, role, authority, reason, paper, state, opened, opened_by, chase_every, chase, answered, closed, version) values (:a, :b, :c, :d, :e, :f, :g, :h, :i, 'waiting', :j, :k, :l, :m, null, null, 1)",
               {wanted.id.text(), wanted.number, file.id.text(), file.organisation.text(), name_of(wanted.purpose), wanted.role, wanted.authority, wanted.reason, wanted.paper ? wanted.paper->text() : std::string{}, now.micros, actor.name, wanted.chase_every.micros,
                (now + wanted.chase_every).micros}));
    TRY(keep_entry(tx, actor, wanted, {.number = 0, .time = now, .noted = now, .actor = {}, .kind = "opened", .reached = {}, .person = {}, .text = wanted.reason}, now));
    return find_escalation(tx, actor.scope, wanted.id);
}

Result<Escalation> find_escalation(store::Transaction& tx, const access::Scope& scope, const EscalationId& id) { return own_escalation(tx, scope, id, std::nullopt); }

Result<std::vector<Escalation>> list_escalations(store::Transaction& tx, const access::Scope& scope, const EscalationFilter& filter, std::optional<std::int64_t> below, std::size_t limit) {
    std::string where = "where 1 = 1";
    store::Params params;
    if (filter.of) where += " and case_id = :c", params.emplace_back(filter.of->text());
    if (filter.state) where += " and state = :s", params.emplace_back(name_of(*filter.state));
    if (below) where += " and number < :n", params.emplace_back(*below);
    where += scope.condition("organisation", params);
    where += " order by number desc limit :l";
    params.emplace_back(std::uint64_t{std::clamp<std::size_t>(limit, 1, 1'001)});
    return read_escalations(tx, where, params);
}

Result<std::vector<EscalationEntry>> escalation_log(store::Transaction& tx, const EscalationId& id) {
    std::vector<EscalationEntry> out;
    for (auto& [number, time, noted, actor, kind, reached, person, text] :
         TRY((tx.query<std::int64_t, std::int64_t, std::int64_t, std::string, std::string, std::string, std::string, std::string>("select number, time, noted, actor, kind, reached, person, text from escalation_entry where escalation = :e order by number", {id.text()}))))
        out.push_back({number, {time}, {noted}, actor, kind, reached, person, text});
    return out;
}

Result<Escalation> log_entry(store::Transaction& tx, const access::Actor& actor, const EscalationId& id, EscalationEntry entry, std::optional<std::int64_t> version, Time now) {
    Escalation one = TRY(own_escalation(tx, actor.scope, id, version));
    if (one.state == EscalationState::closed) return fail(Code::conflict, "the call for help is closed");
    if (std::find(std::begin(kEntryKinds), std::end(kEntryKinds), entry.kind) == std::end(kEntryKinds)) return fail(Code::bad_input, "field kind: is call, mail, answer or note");
    if (entry.time > now + minutes(5)) return fail(Code::bad_input, "field time: lies in the future");
    if (entry.time < one.opened - days(30)) return fail(Code::bad_input, "field time: lies more than a month before help was called for");
    entry.reached = TRY(said("to", entry.reached, kMostReached));
    entry.person = TRY(said("person", entry.person, kMostReached));
    entry.text = TRY(said("text", entry.text, kMostSaid));
    if (entry.text.empty() && entry.person.empty() && entry.reached.empty()) return fail(Code::bad_input, "field text: is missing");
    if (entry.kind == "answer") {
        one.state = EscalationState::answered;
        one.answered = one.answered.value_or(entry.time);
        one.chase.reset();
    } else if (entry.kind != "note" && one.state == EscalationState::waiting) {
        one.chase = std::max(one.chase.value_or(entry.time), entry.time + one.chase_every);
    }
    TRY(save_escalation(tx, one));
    TRY(keep_entry(tx, actor, one, entry, now));
    return find_escalation(tx, actor.scope, id);
}

Result<Escalation> close_escalation(store::Transaction& tx, const access::Actor& actor, const EscalationId& id, std::string_view reason, std::optional<std::int64_t> version, Time now) {
    Escalation one = TRY(own_escalation(tx, actor.scope, id, version));
    if (one.state == EscalationState::closed) return fail(Code::conflict, "the call for help is closed");
    const std::string why = TRY(said("reason", reason, kMostSaid));
    if (why.empty()) return fail(Code::bad_input, "field reason: is missing");
    one.state = EscalationState::closed;
    one.closed = now;
    one.chase.reset();
    TRY(save_escalation(tx, one));
    TRY(keep_entry(tx, actor, one, {.number = 0, .time = now, .noted = now, .actor = {}, .kind = "closed", .reached = {}, .person = {}, .text = why}, now));
    return find_escalation(tx, actor.scope, id);
}

}  // namespace vg::reports
