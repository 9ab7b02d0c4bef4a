#include "reports/papers.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/time.h"
#include "store/audit.h"

namespace vg::reports {

namespace {

using Int = std::int64_t;
using PaperText = std::string;

constexpr std::array<std::string_view, 4> kPaperStates = {"draft", "signed", "sent", "acknowledged"};
constexpr std::array<std::string_view, 5> kChannels = {"letter", "fax", "mail", "system", "hand"};
constexpr std::string_view kPaperRoles[] = {"owner", "national-coordinator", "specialised-unit", "relevant-member", "state-authority", "specialised-force", "defence-force", "bank-regulator", "data-protection", "data-subjects", "requester", "organisation", "other"};
constexpr std::string_view kUnsigned[] = {"notice", "notice-update"};
constexpr std::string_view kReceiving[] = {"national-coordinator", "state-authority", "specialised-force", "defence-force"};
constexpr std::size_t kMostNote = 4'000, kMostAddressee = 500;  // bytes
constexpr Span kAhead = minutes(5);  // of another clock

template <std::size_t N>
std::optional<std::size_t> place_in(const std::array<std::string_view, N>& names, std::string_view name) {
    for (std::size_t i = 0; i < N; ++i)
        if (names[i] == name) return i;
    return std::nullopt;
}

Result<std::vector<KeptPaper>> read_papers(store::Transaction& tx, const std::string& rest, const store::Params& params) {
    std::vector<KeptPaper> out;
    for (auto& [id, number, title, draft, state, made, made_by, version] :
         TRY((tx.query<PaperText, Int, PaperText, PaperText, PaperText, Int, PaperText, Int>("select id, number, title, draft, state, made, made_by, version from paper " + rest, params)))) {
        KeptPaper paper;
        paper.id = TRY(PaperId::parse(id));
        paper.number = number;
        paper.title = title, paper.made_by = made_by;
        paper.draft = TRY(draft_of(TRY(json::parse(draft))));
        paper.state = paper_state_named(state).value_or(PaperState::draft);
        paper.made = {made};
        paper.version = version;
        out.push_back(std::move(paper));
    }
    return out;
}

Result<KeptPaper> own_paper(store::Transaction& tx, const access::Scope& scope, const PaperId& id, std::optional<Int> version) {
    store::Params params{id.text()};
    const std::string condition = scope.condition("organisation", params);
    auto found = TRY(read_papers(tx, "where id = :i" + condition, params));
    if (found.empty()) return fail(Code::not_found, "there is no such paper");
    if (version && *version != found.front().version) return fail(Code::conflict, format("it was changed meanwhile: its version is {}, not {}; read it again", found.front().version, *version));
    return std::move(found.front());
}

Status save(store::Transaction& tx, KeptPaper& paper) {
    ++paper.version;
    TRY(tx.run("update paper set draft = :a, state = :b, version = :c where id = :d", {to_json(paper.draft).dump(), name_of(paper.state), paper.version, paper.id.text()}));
    return {};
}

Result<std::string> short_text(std::string_view name, std::string_view text, std::size_t most) {
    std::string out = nfc(trim(to_valid_utf8(text)));
    if (out.size() > most) return fail(Code::bad_input, format("field {}: is longer than {} bytes", name, most));
    return out;
}

Status keep_fact(store::Transaction& tx, const KeptPaper& paper, const access::Actor& actor, PaperFact fact, Time now) {
    const auto last = TRY((tx.first<std::optional<Int>>("select max(number) from paper_fact where paper = :p", {paper.id.text()})));
    fact.number = (last && std::get<0>(*last) ? *std::get<0>(*last) : 0) + 1;
    TRY(tx.run("insert into paper_fact (paper, number, kind, time, noted, actor, sha256, media, bytes, channel, role, addressee, receipt, receipt_day, note, signature) values (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j, :k, :l, :m, :n, :o, :p)",
               {paper.id.text(), fact.number, fact.kind, fact.time.micros, now.micros, actor.name, fact.sha256, fact.media, fact.bytes, fact.channel, fact.role, fact.addressee, fact.receipt, fact.receipt_day, fact.note, fact.signature.dump()}));
    json::Value details = json::object({{"number", paper.number}, {"form", paper.draft.form}, {"time", to_rfc3339(fact.time)}});
    for (const auto& [name, value] : {std::pair{"sha256", &fact.sha256}, {"channel", &fact.channel}, {"role", &fact.role}, {"addressee", &fact.addressee}, {"receipt", &fact.receipt}, {"receipt_day", &fact.receipt_day}, {"note", &fact.note}})
        if (!value->empty()) details.set(name, shorten(*value, 500));
    TRY(store::audit::append(tx, {.time = now, .actor = actor.name, .action = "paper:" + fact.kind, .object = "paper/" + paper.id.text(), .organisation = paper.draft.organisation, .details = std::move(details)}));
    if (!paper.draft.of || fact.kind == "issued") return {};
    std::string text = format("{} · {} · {}", paper.number, paper.draft.form, fact.kind);
    for (const std::string* one : {&fact.addressee, &fact.receipt})
        if (!one->empty()) text += " · " + *one;
    return cases::note(tx, actor, *paper.draft.of, "paper", text, now);
}

// Not in the future, and not before anybody could.
Status check_moment(std::string_view name, Time time, Time now) {
    if (time > now + kAhead) return fail(Code::bad_input, format("field {}: lies in the future", name));
    if (time < now - days(3'660)) return fail(Code::bad_input, format("field {}: lies more than ten years back", name));
    return {};
}

Status check_person(const access::Actor& actor) {
    if (actor.user || actor.name.starts_with("local:")) return {};
    return fail(Code::denied, "a program signs and sends no papers; a person does");
}

Status check_bytes(const Bytes& bytes) {
    if (bytes.sha256.size() != 64 || bytes.size <= 0) return fail(Code::internal, "a paper's bytes have a hash and a length");
    return {};
}

Status check_role(std::string_view role) {
    if (!is_paper_role(role)) return fail(Code::bad_input, format("field role: {} is none of the addressees' roles", shorten(role, 64)));
    return {};
}

// The latest fact of a kind that holds bytes.
const PaperFact* last_of(const std::vector<PaperFact>& facts, std::string_view kind) {
    const PaperFact* found = nullptr;
    for (const PaperFact& one : facts)
        if (one.kind == kind) found = &one;
    return found;
}

}  // namespace

store::Schema schema() {
    return {"reports",
            {{
                "create table paper (id text primary key, number bigint not null, organisation text not null, case_id text not null, form text not null, title text not null, draft text not null, state text not null, made bigint not null, made_by text not null, version bigint not null)",
                "create unique index paper_number on paper (number)",
                "create index paper_of on paper (case_id)",
                "create table paper_fact (paper text not null, number bigint not null, kind text not null, time bigint not null, noted bigint not null, actor text not null, sha256 text not null, media text not null, bytes bigint not null, channel text not null, "
                "role text not null, addressee text not null, receipt text not null, receipt_day text not null, note text not null, signature text not null, primary key (paper, number))",
                "create index paper_fact_bytes on paper_fact (sha256)",
                "create table escalation (id text primary key, number bigint not null, case_id text not null, organisation text not null, purpose text not null, role text not null, authority text not null, reason text not null, paper text not null, state text not null, "
                "opened bigint not null, opened_by text not null, chase_every bigint not null, chase bigint, answered bigint, closed bigint, version bigint not null)",
                "create unique index escalation_number on escalation (number)",
                "create index escalation_of on escalation (case_id)",
                "create table escalation_entry (escalation text not null, number bigint not null, time bigint not null, noted bigint not null, actor text not null, kind text not null, reached text not null, person text not null, text text not null, primary key (escalation, number))",
            }}};
}

std::string_view name_of(PaperState state) { return kPaperStates[static_cast<std::size_t>(state)]; }
std::optional<PaperState> paper_state_named(std::string_view name) {
    const auto place = place_in(kPaperStates, name);
    return place ? std::optional{static_cast<PaperState>(*place)} : std::nullopt;
}
std::string_view name_of(Channel channel) { return kChannels[static_cast<std::size_t>(channel)]; }
std::optional<Channel> channel_named(std::string_view name) {
    const auto place = place_in(kChannels, name);
    return place ? std::optional{static_cast<Channel>(*place)} : std::nullopt;
}

bool is_paper_role(std::string_view role) { return std::find(std::begin(kPaperRoles), std::end(kPaperRoles), role) != std::end(kPaperRoles); }
bool may_go_unsigned(const FormKind& kind) {
    return kind.source == FormSource::organisation || std::any_of(kind.satisfies.begin(), kind.satisfies.end(), [](const std::string& one) { return std::find(std::begin(kUnsigned), std::end(kUnsigned), one) != std::end(kUnsigned); });
}
bool is_final_report(const FormKind& kind) { return std::find(kind.satisfies.begin(), kind.satisfies.end(), "mau-04") != kind.satisfies.end(); }

Result<KeptPaper> create(store::Transaction& tx, const access::Actor& actor, std::string title, Draft draft, Random& random, Time now) {
    if (!actor.scope.sees(draft.organisation)) return fail(Code::not_found, "field organisation: there is no such organisation");
    KeptPaper paper;
    paper.draft = std::move(draft);
    paper.title = shorten(title, 500);
    paper.id = make_id<PaperTag>(now, random);
    const auto last = TRY((tx.first<std::optional<Int>>("select max(number) from paper", {})));
    paper.number = (last && std::get<0>(*last) ? *std::get<0>(*last) : 0) + 1;
    TRY(tx.run("insert into paper (id, number, organisation, case_id, form, title, draft, state, made, made_by, version) values (:a, :b, :c, :d, :e, :f, :g, 'draft', :h, :i, 1)",
               {paper.id.text(), paper.number, paper.draft.organisation.text(), paper.draft.of ? paper.draft.of->text() : PaperText{}, paper.draft.form, paper.title, to_json(paper.draft).dump(), now.micros, actor.name}));
    TRY(keep_fact(tx, paper, actor, {.kind = "drafted", .time = now}, now));
    return find(tx, actor.scope, paper.id);
}

Result<KeptPaper> find(store::Transaction& tx, const access::Scope& scope, const PaperId& id) { return own_paper(tx, scope, id, std::nullopt); }

Result<std::vector<KeptPaper>> list(store::Transaction& tx, const access::Scope& scope, const PaperFilter& filter, std::optional<Int> below, std::size_t limit) {
    std::string where = "where 1 = 1";
    store::Params params;
    if (filter.of) where += " and case_id = :c", params.emplace_back(filter.of->text());
    if (filter.state) where += " and state = :s", params.emplace_back(name_of(*filter.state));
    if (!filter.form.empty()) where += " and form = :f", params.emplace_back(filter.form);
    if (filter.organisation) where += " and organisation = :o", params.emplace_back(filter.organisation->text());
    if (below) where += " and number < :n", params.emplace_back(*below);
    where += scope.condition("organisation", params);
    where += " order by number desc limit :l";
    params.emplace_back(std::uint64_t{std::clamp<std::size_t>(limit, 1, 1'001)});
    return read_papers(tx, where, params);
}

Result<std::vector<PaperFact>> facts_of(store::Transaction& tx, const PaperId& id) {
    std::vector<PaperFact> out;
    for (auto& [number, kind, time, noted, actor, sha256, media, bytes, channel, role, addressee, receipt, receipt_day, note, signature] :
         TRY((tx.query<Int, PaperText, Int, Int, PaperText, PaperText, PaperText, Int, PaperText, PaperText, PaperText, PaperText, PaperText, PaperText, PaperText>(
             "select number, kind, time, noted, actor, sha256, media, bytes, channel, role, addressee, receipt, receipt_day, note, signature from paper_fact where paper = :p order by number", {id.text()})))) {
        PaperFact fact;
        fact.number = number, fact.kind = kind, fact.time = {time}, fact.noted = {noted}, fact.actor = actor;
        fact.sha256 = sha256, fact.media = media, fact.bytes = bytes, fact.channel = channel, fact.role = role, fact.addressee = addressee;
        fact.receipt = receipt, fact.receipt_day = receipt_day, fact.note = note;
        fact.signature = TRY(json::parse(signature));
        out.push_back(std::move(fact));
    }
    return out;
}

Result<KeptPaper> change(store::Transaction& tx, const access::Actor& actor, const PaperId& id, const FormKind& kind, const Words& words, std::optional<Draft> anew, std::optional<Int> version, Time now) {
    KeptPaper paper = TRY(own_paper(tx, actor.scope, id, version));
    if (paper.state != PaperState::draft) return fail(Code::conflict, format("the paper is {}; what was signed is not changed, a new one is drafted", name_of(paper.state)));
    const bool again = anew.has_value();
    if (anew) {
        // What a person wrote about a row that is there no more goes with it.
        for (const auto& [name, text] : paper.draft.changed) (void)set_field(*anew, kind, name, text);
        paper.draft = std::move(*anew);
    }
    json::Array names;
    for (const auto& [name, text] : words) {
        TRY(set_field(paper.draft, kind, name, text));
        names.emplace_back(name);
    }
    TRY(save(tx, paper));
    TRY(store::audit::append(tx, {.time = now, .actor = actor.name, .action = "paper:change", .object = "paper/" + id.text(), .organisation = paper.draft.organisation, .details = json::object({{"number", paper.number}, {"fields", std::move(names)}, {"anew", again}})}));
    return find(tx, actor.scope, id);
}

Result<KeptPaper> issue(store::Transaction& tx, const access::Actor& actor, const PaperId& id, const Bytes& bytes, std::optional<Int> version, Time now) {
    KeptPaper paper = TRY(own_paper(tx, actor.scope, id, version));
    if (paper.state != PaperState::draft) return fail(Code::conflict, format("the paper is {}; its bytes are fixed", name_of(paper.state)));
    TRY(check_bytes(bytes));
    TRY(save(tx, paper));
    // Of which version they are is told by the note.
    TRY(keep_fact(tx, paper, actor, {.kind = "issued", .time = now, .sha256 = bytes.sha256, .media = bytes.media, .bytes = bytes.size, .note = format("version {}", paper.version)}, now));
    return find(tx, actor.scope, id);
}

Result<std::optional<PaperFact>> issued(store::Transaction& tx, const PaperId& id) {
    const auto facts = TRY(facts_of(tx, id));
    const PaperFact* last = last_of(facts, "issued");
    if (last == nullptr) return std::optional<PaperFact>{};
    const auto version = TRY((tx.first<Int>("select version from paper where id = :i", {id.text()})));
    if (!version || last->note != format("version {}", std::get<0>(*version))) return std::optional<PaperFact>{};
    return std::optional{*last};
}

Result<KeptPaper> sign(store::Transaction& tx, const access::Actor& actor, const PaperId& id, const Signing& signing, std::optional<Int> version, Time now) {
    TRY(check_person(actor));
    KeptPaper paper = TRY(own_paper(tx, actor.scope, id, version));
    if (paper.state != PaperState::draft) return fail(Code::conflict, format("the paper is {} already", name_of(paper.state)));
    TRY(check_bytes(signing.bytes));
    TRY(check_moment("time", signing.time, now));
    paper.state = PaperState::signed_;
    TRY(save(tx, paper));
    const std::string note = TRY(short_text("note", signing.note, kMostNote));
    TRY(keep_fact(tx, paper, actor, {.kind = "signed", .time = signing.time, .sha256 = signing.bytes.sha256, .media = signing.bytes.media, .bytes = signing.bytes.size, .note = note, .signature = signing.signature}, now));
    return find(tx, actor.scope, id);
}

Result<KeptPaper> check_sending(store::Transaction& tx, const access::Actor& actor, const PaperId& id, const FormKind& kind, const Sending& sending, std::optional<Int> version, Time now) {
    TRY(check_person(actor));
    KeptPaper paper = TRY(own_paper(tx, actor.scope, id, version));
    if (paper.state == PaperState::draft && !may_go_unsigned(kind)) return fail(Code::conflict, "a report or reply is signed before it is sent; only a notice may go without");
    TRY(check_role(sending.role));
    TRY(check_moment("time", sending.time, now));
    if (TRY(short_text("addressee", sending.addressee, kMostAddressee)).empty()) return fail(Code::bad_input, "field addressee: is missing");
    TRY(short_text("note", sending.note, kMostNote));
    if (sending.bytes) TRY(check_bytes(*sending.bytes));
    return paper;
}

Result<std::optional<PaperFact>> sendable(store::Transaction& tx, const PaperId& id) {
    const auto facts = TRY(facts_of(tx, id));
    const PaperFact* from = last_of(facts, "signed");
    if (from == nullptr) from = last_of(facts, "sent");  // of a notice: the same bytes to the next addressee
    return from == nullptr ? std::optional<PaperFact>{} : std::optional{*from};
}

Result<KeptPaper> record_sending(store::Transaction& tx, const access::Actor& actor, const PaperId& id, const FormKind& kind, const Sending& sending, std::string& remark, Time now) {
    KeptPaper paper = TRY(own_paper(tx, actor.scope, id, std::nullopt));
    PaperFact fact{.kind = "sent", .time = sending.time, .channel = std::string{name_of(sending.channel)}, .role = sending.role};
    fact.addressee = TRY(short_text("addressee", sending.addressee, kMostAddressee));
    fact.note = TRY(short_text("note", sending.note, kMostNote));
    if (sending.bytes) {
        fact.sha256 = sending.bytes->sha256, fact.media = sending.bytes->media, fact.bytes = sending.bytes->size;
    } else {
        const auto from = TRY(sendable(tx, id));
        if (!from) return fail(Code::internal, "a paper that is signed has the bytes that were signed");
        if (sending.time + kAhead < from->time) return fail(Code::bad_input, "field time: lies before the paper was signed");
        fact.sha256 = from->sha256, fact.media = from->media, fact.bytes = from->bytes;
    }
    paper.state = std::max(paper.state, PaperState::sent);
    TRY(save(tx, paper));
    TRY(keep_fact(tx, paper, actor, std::move(fact), now));
    remark.clear();
    if (is_final_report(kind) && paper.draft.of) {
        const cases::Case file = TRY(cases::find(tx, actor.scope, *paper.draft.of));
        if (file.stage < cases::Stage::report_sent) {
            const auto moved = cases::advance(tx, actor, *paper.draft.of, cases::Stage::report_sent, format("paper {}", paper.number), "", std::nullopt, now);
            if (!moved && moved.error().code != Code::conflict) return fail(moved.error());
            if (!moved) remark = moved.error().text;
        }
    }
    return find(tx, actor.scope, id);
}

Result<KeptPaper> send(store::Transaction& tx, const access::Actor& actor, const PaperId& id, const FormKind& kind, const Sending& sending, std::string& remark, std::optional<Int> version, Time now) {
    TRY(check_sending(tx, actor, id, kind, sending, version, now));
    return record_sending(tx, actor, id, kind, sending, remark, now);
}

Result<KeptPaper> acknowledge(store::Transaction& tx, const access::Actor& actor, const PaperId& id, const FormKind& kind, const Receipt& receipt, std::string& remark, std::optional<Int> version, Time now) {
    TRY(check_person(actor));
    KeptPaper paper = TRY(own_paper(tx, actor.scope, id, version));
    TRY(check_role(receipt.role));
    TRY(check_moment("time", receipt.time, now));
    const auto facts = TRY(facts_of(tx, id));
    const PaperFact* sent = nullptr;
    for (const PaperFact& one : facts)
        if (one.kind == "sent" && one.role == receipt.role && (receipt.addressee.empty() || one.addressee == receipt.addressee)) sent = &one;
    if (sent == nullptr) return fail(Code::conflict, "the paper was not sent to whoever acknowledges it");
    if (receipt.time + kAhead < sent->time) return fail(Code::bad_input, "field time: lies before the paper was sent");
    PaperFact fact{.kind = "acknowledged", .time = receipt.time, .role = receipt.role, .addressee = sent->addressee};
    fact.receipt = TRY(short_text("number", receipt.number, 200));
    fact.note = TRY(short_text("note", receipt.note, kMostNote));
    if (!receipt.day.empty()) {
        if (receipt.day.size() != 10 || !parse_time(receipt.day + "T00:00:00Z")) return fail(Code::bad_input, "field day: is no day such as 2026-01-31");
        fact.receipt_day = receipt.day;
    }
    if (fact.receipt.empty() && fact.note.empty()) return fail(Code::bad_input, "field number: the number of the receipt is missing; where it has none the note says who acknowledged it and how");
    paper.state = PaperState::acknowledged;
    TRY(save(tx, paper));
    const std::string cited = format("{}{}{}", fact.receipt.empty() ? fact.note : fact.receipt, fact.receipt_day.empty() ? "" : ", ", fact.receipt_day);
    TRY(keep_fact(tx, paper, actor, std::move(fact), now));
    remark.clear();
    const bool by_coordinator = std::find(std::begin(kReceiving), std::end(kReceiving), receipt.role) != std::end(kReceiving);
    if (is_final_report(kind) && paper.draft.of && by_coordinator) {
        const cases::Case file = TRY(cases::find(tx, actor.scope, *paper.draft.of));
        // A report that was sent while victims were open moves its case now, where none is any more.
        if (file.stage < cases::Stage::report_sent) {
            const auto moved = cases::advance(tx, actor, *paper.draft.of, cases::Stage::report_sent, format("paper {}", paper.number), "", std::nullopt, now);
            if (!moved && moved.error().code != Code::conflict) return fail(moved.error());
            if (!moved) remark = moved.error().text;
        }
        if (remark.empty() && !file.closed) {
            const auto closed = cases::advance(tx, actor, *paper.draft.of, cases::Stage::acknowledged, format("paper {}", paper.number), shorten(cited, 500), std::nullopt, now);
            if (!closed && closed.error().code != Code::conflict) return fail(closed.error());
            if (!closed) remark = closed.error().text;
        }
    }
    return find(tx, actor.scope, id);
}

}  // namespace vg::reports
