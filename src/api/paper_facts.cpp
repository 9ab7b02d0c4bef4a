// The life of papers: the bytes that are fixed for signing, the signature, each sending and each receipt. Separate facts, and none is
// made by the program alone.
#include "api/case_json.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/paper_json.h"
#include "api/reason.h"
#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "reports/mails.h"
#include "reports/signature.h"

namespace vg::api::of_paper_facts {

namespace {

using reports::FormKind;
using reports::KeptPaper;
using reports::PaperFact;
using reports::PaperTag;

constexpr NamedSchema kSchemas[] = {
    {"PaperFact", R"({"type":"object","required":["paper","number","kind","time","noted","actor","sha256","media","bytes","channel","role","addressee","receipt","receipt_day","note"],"properties":{"paper":{"type":"string","format":"uuid"},"number":{"type":"integer"},
    "kind":{"type":"string","enum":["drafted","issued","signed","sent","acknowledged"]},"time":{"type":"string","format":"date-time","description":"when it was"},"noted":{"type":"string","format":"date-time","description":"when it was told here"},"actor":{"type":"string"},
    "sha256":{"type":"string","description":"of the very bytes"},"media":{"type":"string"},"bytes":{"type":"integer"},"channel":{"type":"string","enum":["","letter","fax","mail","system","hand"]},"role":{"type":"string"},"addressee":{"type":"string"},
    "receipt":{"type":"string","description":"number of the addressee's paper"},"receipt_day":{"type":"string"},"note":{"type":"string"},"signature":{"$ref":"#/components/schemas/PaperSignature"}},"additionalProperties":false})"},
    {"PaperSignature", R"({"type":"object","required":["form","signers","claimed","chain_checked","revocation_checked","whole"],"properties":{"form":{"type":"string","enum":["none","cms","pdf"],"description":"none: the file bears none that can be checked, such as a scan"},"signers":{"type":"array","items":{"type":"string"}},
    "claimed":{"type":["string","null"],"format":"date-time","description":"when it was signed, by the signer's clock"},"chain_checked":{"type":"boolean","description":"the certificate ends at a CA of the setting papers.ca_file"},"revocation_checked":{"type":"boolean"},
    "whole":{"type":"boolean","description":"of a PDF: nothing stands behind what was signed"}},"additionalProperties":false})"},
    {"PaperMoved", R"({"type":"object","required":["paper","remark"],"properties":{"paper":{"$ref":"#/components/schemas/Paper"},"remark":{"type":"string","description":"why the case could not be moved on; empty: it was, or there was nothing to move"},)" VG_REASON R"(},"additionalProperties":false})"}};

json::Value fact_json(const reports::PaperId& paper, const PaperFact& fact) {
    json::Value out = json::object({{"paper", paper.text()}, {"number", fact.number}, {"kind", fact.kind}, {"time", time_value(fact.time)}, {"noted", time_value(fact.noted)}, {"actor", fact.actor}, {"sha256", fact.sha256}, {"media", fact.media}, {"bytes", fact.bytes},
                         {"channel", fact.channel}, {"role", fact.role}, {"addressee", fact.addressee}, {"receipt", fact.receipt}, {"receipt_day", fact.receipt_day}, {"note", fact.note}});
    if (fact.signature.is_object()) out.set("signature", fact.signature);
    return out;
}

Result<net::Response> list_facts(Ask& ask) {
    const auto id = TRY(ask.id<PaperTag>());
    TRY(paper_of(ask));
    return list(ask, [id](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto behind = after ? parse_int(*after) : std::optional<std::int64_t>{0};
        if (!behind) return fail(Code::bad_input, "field after: is no cursor of this list");
        const auto facts = TRY(context.state.read([&](store::Transaction& tx) -> Result<std::vector<PaperFact>> {
            TRY(reports::find(tx, actor.scope, id));
            return reports::facts_of(tx, id);
        }));
        ListPage page;
        for (const PaperFact& one : facts) {
            if (one.number <= *behind) continue;
            if (page.items.size() == limit) {
                page.next = std::to_string(one.number - 1);
                break;
            }
            page.items.push_back(fact_json(id, one));
        }
        return page;
    });
}

Result<net::Response> issue(Ask& ask) {
    const KeptPaper paper = TRY(paper_of(ask));
    const auto version = TRY(ask.if_match());
    if (paper.state != reports::PaperState::draft) return fail(Code::conflict, format("the paper is {}; its bytes are fixed", reports::name_of(paper.state)));
    const std::string wanted = ask.body.text("format").value_or("pdf");
    const std::string file = TRY(rendered(ask.context, paper, wanted));
    const reports::Bytes bytes = TRY(kept_paper(ask.context, file, media_of_format(wanted)));
    // What was drawn is the version that was read, whether or not the asker named it.
    return answer_with_paper(TRY(ask.context.state.write([&](store::Transaction& tx) { return reports::issue(tx, ask.actor, paper.id, bytes, version ? version : std::optional{paper.version}, ask.context.clock.now()); })));
}

// The bytes of a fact, or of the last one that has any.
Result<PaperFact> fact_with_bytes(Ask& ask, const reports::PaperId& id, std::optional<std::int64_t> number) {
    const auto facts = TRY(ask.context.state.read([&](store::Transaction& tx) -> Result<std::vector<PaperFact>> {
        TRY(reports::find(tx, ask.actor.scope, id));
        return reports::facts_of(tx, id);
    }));
    std::optional<PaperFact> found;
    for (const PaperFact& one : facts)
        if (!one.sha256.empty() && (!number || one.number == *number)) found = one;
    if (!found) return fail(Code::not_found, "no file was kept of it");
    return *found;
}

Result<net::Response> file(Ask& ask) {
    const auto id = TRY(ask.id<PaperTag>());
    const PaperFact fact = TRY(fact_with_bytes(ask, id, ask.integer("fact")));
    net::Response response;
    response.body = TRY(reports::kept_bytes(TRY(paper_place(ask.context)), fact.sha256));
    // Whatever was uploaded, no browser shall show it as a page of ours.
    response.with("Content-Type", "application/octet-stream").with("Content-Disposition", format("attachment; filename=\"paper-{}.{}\"", fact.sha256.substr(0, 12), ending_of(fact.media)));
    return response;
}

Result<Time> moment_of(const std::optional<std::string>& text, std::string_view name, Time without) {
    if (!text) return without;
    const auto time = parse_time(*text);
    if (!time) return fail(Code::bad_input, format("field {}: is no time such as 2026-01-31T08:00:00Z", name));
    return *time;
}

Result<net::Response> sign(Ask& ask) {
    const auto id = TRY(ask.id<PaperTag>());
    const auto version = TRY(ask.if_match());
    const std::string bytes = TRY(ask.request.read_all(reports::kMostPaperFile));
    if (bytes.empty()) return fail(Code::bad_input, "the body is empty; it is the signed file's bytes, or the signature's");
    const Time now = ask.context.clock.now();
    reports::Signing signing{.bytes = {}, .signature = {}, .note = ask.text("note").value_or(""), .time = ask.time("time").value_or(now)};
    reports::SignatureCheck check;
    if (ask.text("kind").value_or("file") == "detached") {
        const auto last = TRY(ask.context.state.read([&](store::Transaction& tx) -> Result<std::optional<PaperFact>> {
            TRY(reports::find(tx, ask.actor.scope, id));
            return reports::issued(tx, id);
        }));
        if (!last) return fail(Code::conflict, "there are no bytes that the signature could be about: issue the draft first, and sign that file");
        const std::string about = TRY(reports::kept_bytes(TRY(paper_place(ask.context)), last->sha256));
        check = TRY(reports::check_detached(about, bytes, ask.context.paper_trust, now));
        signing.bytes = {.sha256 = last->sha256, .media = last->media, .size = last->bytes};
        // The signature itself is a file of the paper too.
        signing.signature = reports::to_json(check);
        signing.note = format("{}{}p7s sha256 {}", signing.note, signing.note.empty() ? "" : "; ", TRY(kept_paper(ask.context, bytes, "application/pkcs7-signature")).sha256);
    } else {
        check = TRY(reports::check_file(bytes, ask.context.paper_trust, now));
        signing.bytes = TRY(kept_paper(ask.context, bytes, reports::media_of(bytes)));
        signing.signature = reports::to_json(check);
    }
    return answer_with_paper(TRY(ask.context.state.write([&](store::Transaction& tx) { return reports::sign(tx, ask.actor, id, signing, version, now); })));
}

json::Value moved_json(const KeptPaper& paper, const std::string& remark) {
    json::Value out = json::object({{"paper", paper_json(paper)}, {"remark", remark}});
    if (!remark.empty()) add_reason(out, remark);
    return out;
}

Result<net::Response> send(Ask& ask) {
    const KeptPaper before = TRY(paper_of(ask));
    const auto version = TRY(ask.if_match());
    const FormKind* kind = TRY(form_of(ask.context, before.draft.form));
    const Time now = ask.context.clock.now();
    const auto channel = reports::channel_named(ask.body.text("channel").value_or(""));
    if (!channel) return fail(Code::bad_input, "field channel: is letter, fax, mail, system or hand");
    reports::Sending sending{.channel = *channel, .role = ask.body.text("role").value_or(""), .addressee = ask.body.text("addressee").value_or(""), .time = TRY(moment_of(ask.body.text("time"), "time", now)), .note = ask.body.text("note").value_or(""), .bytes = {}};
    // A notice that nobody signed goes as it is now.
    if (before.state == reports::PaperState::draft && reports::may_go_unsigned(*kind)) sending.bytes = TRY(bytes_of_notice(ask.context, before));
    std::string remark;
    const reports::SentContext sent_context{*TRY(paper_forms(ask.context)), ask.context.regime.get(), reminders_of(ask.context)};
    const KeptPaper paper = TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<KeptPaper> {
        KeptPaper sent = TRY(reports::send(tx, ask.actor, before.id, *kind, sending, remark, version ? version : std::optional{before.version}, now));
        TRY(reports::meet_clocks(tx, ask.actor, sent, *kind, sent_context, now));
        return sent;
    }));
    return versioned_answer(200, moved_json(paper, remark), paper.version);
}

Result<net::Response> acknowledge(Ask& ask) {
    const KeptPaper before = TRY(paper_of(ask));
    const auto version = TRY(ask.if_match());
    const FormKind* kind = TRY(form_of(ask.context, before.draft.form));
    const Time now = ask.context.clock.now();
    const reports::Receipt receipt{.role = ask.body.text("role").value_or(""), .addressee = ask.body.text("addressee").value_or(""), .number = ask.body.text("number").value_or(""), .day = ask.body.text("day").value_or(""),
                                   .time = TRY(moment_of(ask.body.text("time"), "time", now)), .note = ask.body.text("note").value_or("")};
    std::string remark;
    const KeptPaper paper = TRY(ask.context.state.write([&](store::Transaction& tx) { return reports::acknowledge(tx, ask.actor, before.id, *kind, receipt, remark, version, now); }));
    return versioned_answer(200, moved_json(paper, remark), paper.version);
}

constexpr std::string_view kIssue = R"({"type":"object","additionalProperties":false,"properties":{"format":{"type":"string","enum":["pdf","docx"],"description":"pdf without"}},"examples":[{"format":"pdf"}]})";
constexpr std::string_view kSend = R"({"type":"object","additionalProperties":false,"required":["channel","role","addressee"],"properties":{"channel":{"type":"string","enum":["letter","fax","mail","system","hand"],"description":"the way on which a person sent it"},)" VG_PAPER_ROLE
                                   R"(,"addressee":{"type":"string","minLength":1,"maxLength":500},"time":{"type":"string","format":"date-time","description":"when it was sent; now without"},"note":{"type":"string","maxLength":4000}},"examples":[{"channel":"letter","role":"national-coordinator","addressee":"VNCERT/CC"}]})";
constexpr std::string_view kAcknowledge = R"({"type":"object","additionalProperties":false,"required":["role"],"properties":{)" VG_PAPER_ROLE
                                          R"(,"addressee":{"type":"string","maxLength":500},"number":{"type":"string","maxLength":200,"description":"of the receipt"},"day":{"type":"string","maxLength":10,"description":"of the receipt, such as 2026-01-31"},
    "time":{"type":"string","format":"date-time","description":"when it came; now without"},"note":{"type":"string","maxLength":4000}},"examples":[{"role":"national-coordinator","number":"12/VNCERTCC","day":"2020-01-31"}]})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/papers/{id}/facts", .permission = "paper:read", .summary = "Tells what was done to a paper: drafted, issued, signed, sent, acknowledged.", .response_schema = "PaperFact[]", .parameters = kListParameters, .answer = list_facts},
    {.method = "POST", .pattern = "/api/v1/papers/{id}/issue", .permission = "paper:draft", .summary = "Fixes the bytes of a draft, for signing.", .request_schema = kIssue, .response_schema = "Paper", .answer = issue},
    {.method = "GET", .pattern = "/api/v1/papers/{id}/file", .permission = "paper:read", .summary = "Gives a file that was kept, bit for bit, checked against its hash.", .parameters = "fact:integer number of the fact and the last with a file without", .answer = file},
    {.method = "POST", .pattern = "/api/v1/papers/{id}/sign", .permission = "paper:sign", .summary = "Keeps the signed file, or checks a detached signature of the bytes that were issued.", .response_schema = "Paper",
     .parameters = "kind:file|detached file without, time:time when it was signed and now without, note:string", .most_body = reports::kMostPaperFile, .answer = sign},
    {.method = "POST", .pattern = "/api/v1/papers/{id}/send", .permission = "paper:send", .summary = "Records that a person sent the paper: to whom, on which way, when, and which bytes.", .request_schema = kSend, .response_schema = "PaperMoved", .answer = send},
    {.method = "POST", .pattern = "/api/v1/papers/{id}/acknowledge", .permission = "paper:send", .summary = "Records the addressee's receipt; the coordinator's for a final report closes the case.", .request_schema = kAcknowledge, .response_schema = "PaperMoved", .answer = acknowledge},
};

}  // namespace

extern const Resource paper_facts{.name = "paper-facts", .about = "What became of papers: signatures, sendings, receipts, and the very bytes.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_paper_facts
