// Papers by mail: a draft for a person's own mail program, mails that the node sends by its mail server, and what became of them.
#include <algorithm>

#include "api/case_json.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/paper_json.h"
#include "api/reason.h"
#include "base/bytes.h"
#include "base/text.h"
#include "lists/answer_sheet.h"
#include "net/mail.h"
#include "net/pgp.h"
#include "notify/rows.h"
#include "reports/mails.h"

namespace vg::api::of_paper_mails {

namespace {

using notify::MessageId;
using notify::MessageTag;
using reports::FormKind;
using reports::KeptPaper;
using reports::PaperMail;
using reports::PaperTag;

constexpr std::string_view kXlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
constexpr std::size_t kMostSubject = 300;  // bytes

constexpr NamedSchema kSchemas[] = {
    {"PaperMail", R"({"type":"object","required":["id","paper","to","role","addressee","sha256","bytes","note","queued","queued_by","state","bounced","encrypted","attempts","next_attempt","ended","error"],"properties":{"id":{"type":"string","format":"uuid","description":"also in its Message-ID"},
    "paper":{"type":"string","format":"uuid"},"to":{"type":"string"},"role":{"type":"string"},"addressee":{"type":"string"},"sha256":{"type":"string","description":"of the paper's bytes that go"},"bytes":{"type":"integer"},"note":{"type":"string"},"queued":{"type":"string","format":"date-time"},
    "queued_by":{"type":"string"},"state":{"type":"string","enum":["waiting","sent","failed"]},"bounced":{"type":"boolean","description":"the mail server had taken it, and said later that it could not be delivered"},"encrypted":{"type":"boolean"},"attempts":{"type":"integer"},"next_attempt":{"type":["string","null"],"format":"date-time"},
    "ended":{"type":["string","null"],"format":"date-time"},"error":{"type":"string","description":"why it was not sent, or not yet"},)" VG_REASON R"(},"additionalProperties":false})"},
    {"Bounce", R"({"type":"object","required":["action","status","diagnostic","failed","mail"],"properties":{"action":{"type":"string","description":"failed, delayed, delivered, relayed or expanded, by RFC 3464"},"status":{"type":"string","description":"such as 5.1.1, by RFC 3463"},"diagnostic":{"type":"string"},
    "failed":{"type":"boolean","description":"it was noted that the mail did not arrive"},"mail":{"type":["string","null"],"format":"uuid","description":"of a paper; null: it was a notification"}},"additionalProperties":false})"},
    {"MailKey", R"({"type":"object","required":["fingerprint","user","added"],"properties":{"fingerprint":{"type":"string"},"user":{"type":"string","description":"as the key says"},"added":{"type":"string","format":"date-time"}},"additionalProperties":false})"}};

// As the outbox has it; what is no longer there ended long ago.
json::Value to_json(store::Transaction& tx, const PaperMail& mail) {
    std::optional<notify::Message> message;
    if (const auto id = MessageId::parse(mail.message); id && mail.end == reports::MailEnd::waiting)
        if (auto found = notify::find_message(tx, access::Scope::node(), *id)) message = std::move(*found);
    const bool waits = message && message->state == notify::Delivery::waiting;
    const bool is_gone = message && message->state == notify::Delivery::sent;
    const auto state = mail.end != reports::MailEnd::waiting || waits ? mail.end : is_gone ? reports::MailEnd::sent : reports::MailEnd::failed;
    const std::string error = message ? message->last_error : mail.error;
    json::Value out = json::object({{"id", mail.message}, {"paper", mail.paper.text()}, {"to", mail.recipient}, {"role", mail.role}, {"addressee", mail.addressee}, {"sha256", mail.bytes.sha256}, {"bytes", mail.bytes.size}, {"note", mail.note}, {"queued", time_value(mail.queued)},
                                    {"queued_by", mail.queued_by}, {"state", reports::name_of(state)}, {"bounced", mail.bounced}, {"encrypted", mail.encrypted}, {"attempts", message ? message->attempts : std::int64_t{0}}, {"next_attempt", waits ? time_value(message->next_attempt) : json::Value{}},
                                    {"ended", time_value(message && !waits ? message->finished : mail.ended)}, {"error", error}});
    if (!error.empty()) add_reason(out, error);
    return out;
}

std::string subject_of(const KeptPaper& paper, const FormKind& kind) {
    std::string subject = paper.draft.mail_subject.empty() ? paper.title : paper.draft.mail_subject;
    if (kind.tbsc && !subject.starts_with("[TBSC]")) subject = "[TBSC] " + subject;
    return subject;
}

std::string name_of_file(const KeptPaper& paper, std::string_view media) { return format("{}-{}.{}", paper.draft.form, paper.number, ending_of(media)); }

std::string text_about(const FormKind& kind, std::string_view file, std::string_view sha256) { return format("{}\n\nTệp kèm theo: {}\nSHA-256: {}\n", kind.title_vi, file, sha256); }

// The bytes that go with a mail, as reports::send() would take them; of an unsigned notice those that are drawn now.
Result<reports::Bytes> bytes_to_send(Ask& ask, const KeptPaper& paper, const FormKind& kind) {
    const auto fact = TRY(ask.context.state.read([&](store::Transaction& tx) { return reports::sendable(tx, paper.id); }));
    if (fact && (fact->kind == "signed" || paper.state != reports::PaperState::draft)) return reports::Bytes{.sha256 = fact->sha256, .media = fact->media, .size = fact->bytes};
    if (!reports::may_go_unsigned(kind)) return fail(Code::conflict, "a report or reply is signed before it is sent; only a notice may go without");
    return bytes_of_notice(ask.context, paper);
}

// A mail that a person opens, looks through and sends: this sends none.
Result<net::Response> draft(Ask& ask) {
    const KeptPaper paper = TRY(paper_of(ask));
    const FormKind* kind = TRY(form_of(ask.context, paper.draft.form));
    const std::string to = ask.text("to").value_or("");
    if (!to.empty() && !net::is_mail_address(to)) return fail(Code::bad_input, "field to: is no mail address");
    // What was signed, else the notice as it is now, of which nothing is kept: only looking at a draft leaves no file.
    const auto fact = TRY(ask.context.state.read([&](store::Transaction& tx) { return reports::sendable(tx, paper.id); }));
    const bool is_signed = fact && fact->kind == "signed";
    if (!is_signed && !reports::may_go_unsigned(*kind)) return fail(Code::conflict, "a report or reply is signed before it is sent; only a notice may go without");
    const std::string media{is_signed ? std::string_view{fact->media} : media_of_format("pdf")};
    std::string bytes = is_signed ? TRY(reports::kept_bytes(TRY(paper_place(ask.context)), fact->sha256)) : TRY(rendered(ask.context, paper, "pdf"));
    const net::Attachment attachment{.name = name_of_file(paper, media), .media = media, .bytes = std::move(bytes)};
    net::Response response;
    response.body = TRY(net::compose_draft({.to = to, .subject = subject_of(paper, *kind), .text = text_about(*kind, attachment.name, sha256_hex(attachment.bytes)), .attachments = {attachment}}));
    response.with("Content-Type", "message/rfc822").with("Content-Disposition", format("attachment; filename=\"paper-{}.eml\"", paper.number));
    return response;
}

Result<net::Response> list_mails(Ask& ask) {
    const auto id = TRY(ask.id<PaperTag>());
    TRY(paper_of(ask));
    return list(ask, [id](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        return context.state.read([&](store::Transaction& tx) -> Result<ListPage> {
            TRY(reports::find(tx, actor.scope, id));
            ListPage page;
            const auto mails = TRY(reports::mails_of(tx, id));
            for (const PaperMail& one : mails) {
                if (after && one.message >= *after) continue;
                if (page.items.size() == limit) {
                    page.next = page.items.back().text("id").value_or("");
                    break;
                }
                page.items.push_back(to_json(tx, one));
            }
            return page;
        });
    });
}

Result<net::Response> queue(Ask& ask) {
    const KeptPaper paper = TRY(paper_of(ask));
    const auto version = TRY(ask.if_match());
    const FormKind* kind = TRY(form_of(ask.context, paper.draft.form));
    if (!ask.context.sends_mail) return fail(Code::unavailable, "no mail server is set: see the settings smtp.host and smtp.from");
    const Time now = ask.context.clock.now();
    PaperMail mail{.message = make_id<MessageTag>(now, ask.context.random).text(), .paper = paper.id, .role = ask.body.text("role").value_or(""), .addressee = ask.body.text("addressee").value_or(""), .recipient = ask.body.text("to").value_or(""), .bytes = {},
                   .note = ask.body.text("note").value_or(""), .queued = now, .queued_by = ask.actor.name, .end = reports::MailEnd::waiting, .ended = {}, .error = {}, .bounced = false, .encrypted = false};
    if (!net::is_mail_address(mail.recipient)) return fail(Code::bad_input, "field to: is no mail address");
    std::string pgp_key;
    if (!ask.body.boolean("plain").value_or(false)) pgp_key = TRY_IN("field to: ", ask.context.state.read([&](store::Transaction& tx) { return reports::key_for(tx, mail.recipient, now); }));
    if (!pgp_key.empty()) TRY_IN("field to: ", net::read_pgp_key(pgp_key, now));  // it may be over by now
    mail.encrypted = !pgp_key.empty();
    mail.bytes = TRY(bytes_to_send(ask, paper, *kind));
    const std::string file = name_of_file(paper, mail.bytes.media);
    notify::Message message{.id = TRY(MessageId::parse(mail.message)), .rule = {}, .tier = 0, .rule_name = format("paper {}", paper.number), .organisation = paper.draft.organisation, .channel = notify::Channel::mail, .recipient = mail.recipient,
                            .subject = shorten(ask.body.text("subject").value_or(subject_of(paper, *kind)), kMostSubject), .content = {}, .secret = {}, .findings = 0, .created = now, .next_attempt = now, .waiting_since = now};
    if (kind->tbsc && !message.subject.starts_with("[TBSC]")) message.subject = "[TBSC] " + message.subject;
    message.matter = "paper/" + paper.id.text();
    message.pgp_key = std::move(pgp_key);
    message.enclosed.push_back({file, mail.bytes.media, mail.bytes.sha256});
    std::string words = ask.body.text("text").value_or("");
    if (!words.empty()) words += "\n\n-- \n";
    message.content = words + text_about(*kind, file, mail.bytes.sha256);
    if (ask.body.boolean("sheet").value_or(false)) {
        const access::Scope below = access::Scope::of({paper.draft.organisation});
        const std::string sheet = TRY(ask.context.state.read([&](store::Transaction& tx) { return lists::answer_sheet(tx, below, paper.draft.of, lists::SheetForm::xlsx); }));
        message.enclosed.push_back({format("bang-tra-loi-{}.xlsx", paper.number), std::string{kXlsx}, TRY(kept_paper(ask.context, sheet, kXlsx)).sha256});
        message.content += format("Tệp trả lời: {} (điền và gửi lại, hoặc tải lên trên hệ thống)\n", message.enclosed.back().name);
    }
    const json::Value kept = TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<json::Value> {
        TRY(reports::keep_mail(tx, ask.actor, *kind, mail, version ? version : std::optional{paper.version}, now));
        TRY(notify::add_message(tx, message));
        return to_json(tx, mail);
    }));
    return json_answer(202, kept);
}

Result<net::Response> withdraw(Ask& ask) {
    const auto id = TRY(ask.id<MessageTag>());
    const Time now = ask.context.clock.now();
    return json_answer(200, TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<json::Value> {
        const PaperMail mail = TRY(reports::find_mail(tx, id.text()));
        if (!reports::find(tx, ask.actor.scope, mail.paper)) return fail(Code::not_found, "there is no such mail");  // as if there were none
        const std::string reason = "withdrawn by " + ask.actor.name;
        TRY(notify::withdraw_message(tx, id, reason, now));
        TRY(reports::settle_mail(tx, mail.message, reason, {*TRY(paper_forms(ask.context))}, now));
        return to_json(tx, TRY(reports::find_mail(tx, id.text())));
    })));
}

// What came back to the address that mails are from, as it came: an alias of the mail server may hand it to the command line.
Result<net::Response> take_report(Ask& ask) {
    const std::string bytes = TRY(ask.request.read_all(net::kMostReport));
    const net::DeliveryReport report = TRY(net::read_delivery_report(bytes));
    const auto id = MessageId::parse(report.message_id.substr(0, report.message_id.find('@')));
    if (!id) return fail(Code::not_found, "this node sent no such mail, or it is long ago");
    const bool failed = report.action == "failed";
    const std::string why = format("{} {}", report.status, report.diagnostic.empty() ? report.action : report.diagnostic);
    const Time now = ask.context.clock.now();
    const std::string of_paper = TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<std::string> {
        const auto found = notify::find_message(tx, ask.actor.scope, *id);
        if (!found) return fail(Code::not_found, "this node sent no such mail, or it is long ago");
        const notify::Message& message = *found;
        const bool is_paper = message.matter.starts_with("paper/");
        if (failed && TRY(notify::note_bounce(tx, *id, why, now)) && is_paper) TRY(reports::bounce_mail(tx, ask.actor, id->text(), why, now));
        return is_paper ? id->text() : std::string{};
    }));
    return json_answer(200, json::object({{"action", report.action}, {"status", report.status}, {"diagnostic", report.diagnostic}, {"failed", failed}, {"mail", of_paper.empty() ? json::Value{} : json::Value{of_paper}}}));
}

// Who handed it in stands in the audit chain: keys are the same for everybody.
json::Value key_json(const reports::MailKey& key) { return json::object({{"fingerprint", key.fingerprint}, {"user", key.user}, {"added", time_value(key.added)}}); }

Result<net::Response> list_keys(Ask& ask) {
    return list(ask, [](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto keys = TRY(context.state.read([&](store::Transaction& tx) { return reports::mail_keys(tx, after.value_or(""), limit + 1); }));
        return page_of(keys, {}, limit, [](const reports::MailKey& key) { return key.fingerprint; }, key_json);
    });
}

Result<net::Response> add_key(Ask& ask) {
    const std::string bytes = TRY(ask.request.read_all(net::kMostPgpKey));
    const Time now = ask.context.clock.now();
    const net::PgpKey read = TRY(net::read_pgp_key(bytes, now));
    const reports::MailKey key{.fingerprint = read.fingerprint, .user = read.user, .text = bytes, .added = now, .added_by = ask.actor.name};
    TRY(ask.context.state.write([&](store::Transaction& tx) { return reports::keep_mail_key(tx, ask.actor, key, now); }));
    return json_answer(201, key_json(key));
}

constexpr std::string_view kQueue = R"({"type":"object","additionalProperties":false,"required":["to","role","addressee"],"properties":{"to":{"type":"string","minLength":3,"maxLength":254,"description":"a mail address"},)" VG_PAPER_ROLE
                                    R"(,"addressee":{"type":"string","minLength":1,"maxLength":500,"description":"who it is, as the ledger shall name them"},"subject":{"type":"string","maxLength":300,"description":"that of the form without"},"text":{"type":"string","maxLength":8000,"description":"before what the program says of the file"},
    "sheet":{"type":"boolean","description":"with the sheet in which the organisation answers for its items"},"plain":{"type":"boolean","description":"not encrypted, although the directory names a key of the contact with that address"},"note":{"type":"string","maxLength":3000}},"examples":[{"to":"truc@don-vi.example","role":"national-coordinator","addressee":"VNCERT/CC"}]})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/papers/{id}/mail", .permission = "paper:read", .summary = "Gives a mail with the paper attached, for a person to send.", .parameters = "to:string a mail address", .answer = draft},
    {.method = "GET", .pattern = "/api/v1/papers/{id}/mails", .permission = "paper:read", .summary = "Lists the mails by which this node sends a paper, and what became of them, the newest first.", .response_schema = "PaperMail[]", .parameters = kListParameters, .answer = list_mails},
    {.method = "POST", .pattern = "/api/v1/papers/{id}/mails", .permission = "paper:send", .summary = "Has the node send the paper by its mail server; it is sent when that has taken the mail.", .request_schema = kQueue, .response_schema = "PaperMail", .status = 202, .answer = queue},
    {.method = "POST", .pattern = "/api/v1/paper-mails/{id}/withdraw", .permission = "paper:send", .summary = "Takes back a mail that still waits.", .response_schema = "PaperMail", .answer = withdraw},
    {.method = "GET", .pattern = "/api/v1/mail-keys", .permission = "paper:read", .holds = Holds::shared, .summary = "Lists the OpenPGP keys to which mails can be encrypted.", .response_schema = "MailKey[]", .parameters = kListParameters, .answer = list_keys},
    {.method = "POST", .pattern = "/api/v1/mail-keys", .permission = "paper:send", .holds = Holds::shared, .summary = "Keeps an armoured OpenPGP key; whose it is, the directory's contacts say by its fingerprint.", .response_schema = "MailKey", .status = 201, .most_body = net::kMostPgpKey, .answer = add_key},
    {.method = "POST", .pattern = "/api/v1/delivery-reports", .permission = "paper:send", .summary = "Takes a delivery report of a mail server (RFC 3464), as it came.", .response_schema = "Bounce", .most_body = net::kMostReport, .answer = take_report},
};

}  // namespace

extern const Resource paper_mails{.name = "paper-mails", .about = "Papers by mail: what waits, what was sent, and what came back.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_paper_mails
