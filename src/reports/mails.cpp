#include "reports/mails.h"

#include <algorithm>

#include "base/text.h"
#include "directory/facts.h"
#include "store/audit.h"

namespace vg::reports {

namespace {

using MailText = std::string;
using MailInt = std::int64_t;

constexpr std::string_view kEnds[] = {"waiting", "sent", "failed"};
constexpr std::size_t kMostMails = 1'000;  // of a paper

Result<std::vector<PaperMail>> read_mails(store::Transaction& tx, const std::string& rest, const store::Params& params) {
    std::vector<PaperMail> out;
    for (auto& [message, paper, role, addressee, recipient, sha256, media, bytes, note, queued, queued_by, end, ended, error, bounced, encrypted] :
         TRY((tx.query<MailText, MailText, MailText, MailText, MailText, MailText, MailText, MailInt, MailText, MailInt, MailText, MailText, std::optional<MailInt>, MailText, MailInt, MailInt>(
             "select message, paper, role, addressee, recipient, sha256, media, bytes, note, queued, queued_by, ending, ended, error, bounced, encrypted from paper_mail " + rest, params)))) {
        PaperMail one;
        one.message = message, one.role = role, one.addressee = addressee, one.recipient = recipient;
        one.paper = TRY(PaperId::parse(paper));
        one.bytes = {.sha256 = sha256, .media = media, .size = bytes};
        one.note = note, one.queued = {queued}, one.queued_by = queued_by;
        one.end = end == kEnds[1] ? MailEnd::sent : end == kEnds[2] ? MailEnd::failed : MailEnd::waiting;
        one.ended = ended ? std::optional{Time{*ended}} : std::nullopt;
        one.error = error, one.bounced = bounced != 0, one.encrypted = encrypted != 0;
        out.push_back(std::move(one));
    }
    return out;
}

Status audit(store::Transaction& tx, const std::string& who, std::string_view action, const KeptPaper& paper, const PaperMail& mail, const std::string& why, Time now) {
    json::Value details = json::object({{"number", paper.number}, {"form", paper.draft.form}, {"to", mail.recipient}, {"sha256", mail.bytes.sha256}});
    if (!why.empty()) details.set("why", shorten(why, 500));
    return store::audit::append(tx, {.time = now, .actor = who, .action = std::string{action}, .object = "paper/" + paper.id.text(), .organisation = paper.draft.organisation, .details = std::move(details)});
}

// Who queued it was a person who might send: that was asked then.
access::Actor sender_of(const PaperMail& mail) { return {.name = mail.queued_by, .scope = access::Scope::node()}; }

Status end_mail(store::Transaction& tx, const PaperMail& mail, MailEnd end, const std::string& error, bool bounced, Time now) {
    TRY(tx.run("update paper_mail set ending = :e, ended = :t, error = :r, bounced = :b where message = :m", {name_of(end), now.micros, shorten(error, 500), static_cast<MailInt>(bounced), mail.message}));
    return {};
}

// That it did not go, or not arrive, is seen where the case is worked on.
Status tell_case(store::Transaction& tx, const access::Actor& who, const KeptPaper& paper, const PaperMail& mail, const std::string& why, Time now) {
    if (!paper.draft.of) return {};
    return cases::note(tx, who, *paper.draft.of, "paper", format("{} · {} · {} · {} · {}", paper.number, paper.draft.form, mail.bounced ? "bounced" : "not-sent", mail.recipient, shorten(why, 300)), now);
}

}  // namespace

store::Schema mail_schema() {
    return {"reports_mails",
            {{
                "create table paper_mail (message text primary key, paper text not null, role text not null, addressee text not null, recipient text not null, sha256 text not null, media text not null, bytes bigint not null, note text not null, queued bigint not null, "
                "queued_by text not null, ending text not null, ended bigint, error text not null, bounced bigint not null, encrypted bigint not null)",
                "create index paper_mail_of on paper_mail (paper, message)",
                "create table mail_key (fingerprint text primary key, owner text not null, key_text text not null, added bigint not null, added_by text not null)",
            }}};
}

std::string_view name_of(MailEnd end) { return kEnds[static_cast<std::size_t>(end)]; }

Status keep_mail(store::Transaction& tx, const access::Actor& actor, const FormKind& kind, const PaperMail& mail, std::optional<std::int64_t> version, Time now) {
    const KeptPaper paper = TRY(check_sending(tx, actor, mail.paper, kind, {.channel = Channel::mail, .role = mail.role, .addressee = mail.addressee, .time = now, .note = mail.note, .bytes = mail.bytes}, version, now));
    const auto before = TRY(read_mails(tx, "where paper = :p order by message desc limit " + std::to_string(kMostMails + 1), {paper.id.text()}));
    if (before.size() >= kMostMails) return fail(Code::too_large, format("the paper was sent {} times; send the rest another way", kMostMails));
    if (std::any_of(before.begin(), before.end(), [&](const PaperMail& one) { return one.end == MailEnd::waiting && one.recipient == mail.recipient; })) return fail(Code::conflict, "a mail with the paper to that address waits already");
    TRY(tx.run("insert into paper_mail (message, paper, role, addressee, recipient, sha256, media, bytes, note, queued, queued_by, ending, error, bounced, encrypted) values (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j, :k, 'waiting', '', 0, :l)",
               {mail.message, paper.id.text(), mail.role, trim(mail.addressee), mail.recipient, mail.bytes.sha256, mail.bytes.media, mail.bytes.size, trim(mail.note), now.micros, actor.name, static_cast<MailInt>(mail.encrypted)}));
    return audit(tx, actor.name, "paper:mail", paper, mail, {}, now);
}

Result<std::vector<PaperMail>> mails_of(store::Transaction& tx, const PaperId& paper) { return read_mails(tx, "where paper = :p order by message desc", {paper.text()}); }

Result<PaperMail> find_mail(store::Transaction& tx, std::string_view message) {
    auto found = TRY(read_mails(tx, "where message = :m", {std::string{message}}));
    if (found.empty()) return fail(Code::not_found, "there is no such mail");
    return std::move(found.front());
}

Status keep_mail_key(store::Transaction& tx, const access::Actor& actor, const MailKey& key, Time now) {
    const auto count = TRY((tx.first<MailInt>("select count(*) from mail_key where fingerprint <> :f", {key.fingerprint})));
    if (count && std::get<0>(*count) >= kMostMailKeys) return fail(Code::too_large, format("{} keys are kept already", kMostMailKeys));
    TRY(tx.run("insert into mail_key (fingerprint, owner, key_text, added, added_by) values (:a, :b, :c, :d, :e) on conflict (fingerprint) do update set owner = excluded.owner, key_text = excluded.key_text", {key.fingerprint, key.user, key.text, now.micros, actor.name}));
    return store::audit::append(tx, {.time = now, .actor = actor.name, .action = "mail-key:add", .object = "mail-key/" + key.fingerprint, .organisation = actor.organisation, .details = json::object({{"user", key.user}})});
}

Result<std::vector<MailKey>> mail_keys(store::Transaction& tx, const std::string& after, std::size_t limit) {
    std::vector<MailKey> out;
    for (const auto& [fingerprint, user, text, added, added_by] : TRY((tx.query<MailText, MailText, MailText, MailInt, MailText>("select fingerprint, owner, key_text, added, added_by from mail_key where fingerprint > :a order by fingerprint limit :l", {after, static_cast<MailInt>(limit)}))))
        out.push_back({fingerprint, user, text, {added}, added_by});
    return out;
}

Result<std::string> key_for(store::Transaction& tx, std::string_view address, Time now) {
    std::string fingerprint;
    std::optional<std::string> after;
    do {  // the text narrows it: few contacts hold the address
        const auto page = TRY(directory::Facts::list(tx, access::Scope::node(), {.kind = "contact", .organisation = {}, .state = directory::FactState::approved, .at = now, .text = MailText{address}}, after, 1'000));
        for (const directory::Fact& fact : page.items) {
            if (fact.body.text("channel") != "email" || lower_ascii(fact.body.text("value").value_or("")) != lower_ascii(address)) continue;
            for (const char c : fact.body.text("key").value_or(""))
                if (c != ' ' && c != ':') fingerprint += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
            if (!fingerprint.empty()) break;
        }
        after = page.next;
    } while (after && fingerprint.empty());
    if (fingerprint.empty()) return MailText{};
    const auto found = TRY((tx.first<MailText>("select key_text from mail_key where fingerprint = :f", {fingerprint})));
    if (!found) return fail(Code::not_found, format("the contact has the key {}, which is not here: hand it in, or say that the mail goes unencrypted", shorten(fingerprint, 200)));
    return std::get<0>(*found);
}

Status settle_mail(store::Transaction& tx, std::string_view message, const std::string& error, const SentContext& context, Time now) {
    PaperMail mail = TRY(find_mail(tx, message));
    const access::Actor who = sender_of(mail);
    KeptPaper paper = TRY(find(tx, who.scope, mail.paper));
    if (!error.empty()) {
        TRY(end_mail(tx, mail, MailEnd::failed, error, false, now));
        TRY(tell_case(tx, who, paper, mail, error, now));
        return audit(tx, who.name, "paper:mail-failed", paper, mail, error, now);
    }
    const FormKind* kind = context.forms.find(paper.draft.form);
    if (kind == nullptr) return fail(Code::not_found, format("there is no form {}", paper.draft.form));
    std::string remark;
    const std::string note = mail.note.empty() ? format("to {}", mail.recipient) : format("{}; to {}", mail.note, mail.recipient);
    paper = TRY(record_sending(tx, who, mail.paper, *kind, {.channel = Channel::mail, .role = mail.role, .addressee = mail.addressee, .time = now, .note = note, .bytes = mail.bytes}, remark, now));
    TRY(meet_clocks(tx, who, paper, *kind, context, now));
    return end_mail(tx, mail, MailEnd::sent, remark, false, now);
}

Status bounce_mail(store::Transaction& tx, const access::Actor& actor, std::string_view message, const std::string& why, Time now) {
    PaperMail mail = TRY(find_mail(tx, message));
    const KeptPaper paper = TRY(find(tx, actor.scope, mail.paper));
    mail.bounced = true;
    TRY(end_mail(tx, mail, MailEnd::failed, why, true, now));
    TRY(tell_case(tx, actor, paper, mail, why, now));
    return audit(tx, actor.name, "paper:mail-bounced", paper, mail, why, now);
}

Status meet_clocks(store::Transaction& tx, const access::Actor& actor, const KeptPaper& paper, const FormKind& kind, const SentContext& context, Time now) {
    if (!paper.draft.of || context.law == nullptr) return {};
    const cases::Case file = TRY(cases::find(tx, actor.scope, *paper.draft.of));
    TRY(cases::renew_clocks(tx, file, *context.law, context.reminders, now));
    const auto facts = TRY(facts_of(tx, paper.id));
    const auto running = TRY(cases::clocks_of(tx, file.id));
    for (const cases::CaseClock& one : running) {
        const auto& known = context.law->clocks();
        const auto clock = std::find_if(known.begin(), known.end(), [&](const regime::Clock& each) { return each.id == one.clock; });
        if (one.done || clock == known.end() || clock->to.empty()) continue;
        const auto asked_for = [&](const std::string& word) { return std::find(clock->satisfied_by.begin(), clock->satisfied_by.end(), word) != clock->satisfied_by.end(); };
        if (std::none_of(kind.satisfies.begin(), kind.satisfies.end(), asked_for)) continue;
        std::optional<Time> last;
        const bool everybody = std::all_of(clock->to.begin(), clock->to.end(), [&](const std::string& role) {
            const auto sent = std::find_if(facts.begin(), facts.end(), [&](const PaperFact& fact) { return fact.kind == "sent" && fact.role == role; });
            if (sent != facts.end()) last = last ? std::max(*last, sent->time) : sent->time;
            return sent != facts.end();
        });
        if (everybody && *last >= one.start) TRY(cases::finish_clock(tx, actor, file.id, one.clock, format("{} {}", paper.draft.form, paper.number), *last, now));
    }
    return {};
}

}  // namespace vg::reports
