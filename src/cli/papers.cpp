// vonggac paper: reports, notices and letters made of facts; filled in, exported, signed elsewhere, and what became of them.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "base/text.h"
#include "cli/ask.h"
#include "cli/legal.h"

namespace vg::cli::of_papers {

namespace {

constexpr Column kPapers[] = {{"NO", "number", true}, {"FORM", "form"}, {"STATE", "state"}, {"TITLE", "title"}, {"MISSING", "missing", true}, {"REGIME", "regime"}, {"MADE", "made"}, {"ID", "id"}};
constexpr Column kForms[] = {{"FORM", "code"}, {"TITLE", "title", false, "title_vi"}, {"FROM", "source"}, {"REGIME", "regime"}, {"BASIS", "basis"}};
constexpr Column kFields[] = {{"FIELD", "name"}, {"LABEL", "label", false, "label_vi"}, {"NEEDED", "required"}, {"MISSING", "missing"}, {"VALUE", "value"}};
constexpr Column kFacts[] = {{"NO", "number", true}, {"TIME", "time"}, {"WHAT", "kind"}, {"WHO", "actor"}, {"CHANNEL", "channel"}, {"TO", "addressee"}, {"RECEIPT", "receipt"}, {"SHA256", "sha256"}};
constexpr Column kClocks[] = {{"STATE", "state"}, {"STRICT", "clock.strict"}, {"WHAT", "clock.title", false, "clock.title_vi"}, {"LACKING", "lacking"}, {"BASIS", "clock.basis"}};
constexpr Column kBounce[] = {{"FAILED", "failed"}, {"ACTION", "action"}, {"STATUS", "status"}, {"WHY", "diagnostic"}, {"MAIL", "mail"}};
constexpr Column kKeys[] = {{"FINGERPRINT", "fingerprint"}, {"USER", "user"}, {"ADDED", "added"}};
constexpr Column kMails[] = {{"STATE", "state"}, {"TO", "to"}, {"ADDRESSEE", "addressee"}, {"QUEUED", "queued"}, {"TRIES", "attempts", true}, {"NEXT", "next_attempt"}, {"BOUNCED", "bounced"}, {"ENCRYPTED", "encrypted"}, {"ERROR", "error"}, {"ID", "id"}};
constexpr char kPath[] = "/api/v1/papers";

Result<std::string> path_of(Call& call, std::string_view action = {}) {
    const std::string id = TRY(id_by_number(call, kPath, call.arguments[0], "paper"));
    return format("{}/{}{}{}", kPath, net::percent_encode(id), action.empty() ? "" : "/", action);
}

void add_text(const Call& call, json::Value& body, std::string_view option) {
    if (const auto text = call.option(option)) body.set(option, *text);
}
Status add_time(const Call& call, json::Value& body, std::string_view option) {
    if (const auto text = call.option(option)) body.set(option, TRY(vietnamese_time(option, *text)));
    return {};
}

Result<std::string> file_bytes(const std::string& path) {
    if (path == "-") return std::string{std::istreambuf_iterator<char>{std::cin}, {}};
    std::ifstream file{path, std::ios::binary};
    if (!file) return fail(Code::not_found, format("{} cannot be read: {}", path, std::strerror(errno)));
    return std::string{std::istreambuf_iterator<char>{file}, {}};
}

Result<int> forms(Call& call) { return print_list(call, "/api/v1/paper-forms", kForms); }

Result<int> list(Call& call) {
    std::string target = kPath;
    for (const char* name : {"state", "form"}) add_parameter(target, name, call.option(name));
    if (const auto of = call.option("case")) add_parameter(target, "case", TRY(id_by_number(call, "/api/v1/cases", *of, "case")));
    return print_list(call, target, kPapers);
}

Result<int> draft(Call& call) {
    json::Value body = json::object({{"form", call.arguments[0]}});
    if (const auto of = call.option("case")) body.set("case", TRY(id_by_number(call, "/api/v1/cases", *of, "case")));
    if (const auto organisation = call.option("org")) body.set("organisation", *organisation);
    for (const char* name : {"from", "until"}) TRY(add_time(call, body, name));
    for (const char* name : {"list", "regime"}) add_text(call, body, name);
    return print_one(call, "POST", kPath, kPapers, body);
}

Result<int> show(Call& call) { return print_one(call, "GET", TRY(path_of(call)), kPapers); }

// Exit code 1: a mandatory field is empty.
Result<int> fields(Call& call) {
    const json::Value answer = TRY(ask(call, "GET", TRY(path_of(call, "fields"))));
    Printer printer = TRY(Printer::make(call, kFields));
    bool missing = false;
    if (const json::Value* all = answer.find("fields"); all != nullptr && all->is_array())
        for (const json::Value& one : all->as_array()) {
            missing = missing || one.boolean("missing").value_or(false);
            if (!call.has("missing") || one.boolean("missing").value_or(false)) printer.add(one);
        }
    printer.finish();
    return missing ? 1 : 0;
}

Result<int> set(Call& call) {
    json::Value fields{json::Object{}};
    for (std::size_t i = 1; i < call.arguments.size(); ++i) {
        const std::size_t equals = call.arguments[i].find('=');
        if (equals == std::string::npos || equals == 0) return fail(Code::bad_input, format("a field is set by NAME=TEXT, not {}", shorten(call.arguments[i], 100)));
        fields.set(call.arguments[i].substr(0, equals), call.arguments[i].substr(equals + 1));
    }
    json::Value body = json::object({{"fields", std::move(fields)}});
    if (call.has("anew")) body.set("anew", true);
    return print_one(call, "PATCH", TRY(path_of(call)), kPapers, body);
}

// The draft as it is; with --issue its bytes are kept, and those are given.
Result<int> write_out(Call& call) {
    const std::string path = call.arguments[1];
    const bool docx = path.ends_with(".docx");
    if (!docx && !path.ends_with(".pdf")) return fail(Code::bad_input, format("{}: the file's name ends with .pdf or .docx", shorten(path, 200)));
    if (!call.has("issue")) return save_answer(call, TRY(path_of(call, "document")) + (docx ? "?format=docx" : ""), path);
    if (std::filesystem::exists(path)) return fail(Code::conflict, format("{}: the file exists already", path));
    TRY(ask(call, "POST", TRY(path_of(call, "issue")), json::object({{"format", docx ? "docx" : "pdf"}})));
    return save_answer(call, TRY(path_of(call, "file")), path);
}

Result<int> file(Call& call) {
    std::string target = TRY(path_of(call, "file"));
    add_parameter(target, "fact", call.option("fact"));
    return save_answer(call, target, call.arguments[1]);
}

Result<int> sign(Call& call) {
    std::string target = TRY(path_of(call, "sign"));
    if (call.has("detached")) add_parameter(target, "kind", std::string{"detached"});
    if (const auto time = call.option("time")) add_parameter(target, "time", TRY(vietnamese_time("time", *time)));
    add_parameter(target, "note", call.option("note"));
    const net::Answer answer = TRY(call.channel->send({.method = "POST", .target = target, .body = TRY(file_bytes(call.arguments[1])), .headers = {{"Content-Type", "application/octet-stream"}}}));
    if (answer.status >= 300) return fail(error_of(answer));
    const json::Value facts = TRY(ask(call, "GET", TRY(path_of(call, "facts"))));
    Printer printer = TRY(Printer::make(call, kFacts));
    if (const json::Value* items = facts.find("items"); items != nullptr && items->is_array() && !items->as_array().empty()) printer.one(items->as_array().back());
    return 0;
}

Result<int> moved(Call& call, std::string_view action, const json::Value& body) {
    const json::Value answer = TRY(ask(call, "POST", TRY(path_of(call, action)), body));
    Printer printer = TRY(Printer::make(call, kPapers));
    printer.one(answer);
    return answer.text("remark").value_or("").empty() ? 0 : 3;
}

Result<int> send(Call& call) {
    json::Value body = json::object({{"channel", call.option("channel").value_or("")}, {"role", call.option("role").value_or("")}, {"addressee", call.option("to").value_or("")}});
    TRY(add_time(call, body, "time"));
    add_text(call, body, "note");
    return moved(call, "send", body);
}

Result<int> acknowledge(Call& call) {
    json::Value body = json::object({{"role", call.option("role").value_or("")}});
    TRY(add_time(call, body, "time"));
    for (const char* name : {"number", "day", "note"}) add_text(call, body, name);
    if (const auto by = call.option("by")) body.set("addressee", *by);
    return moved(call, "acknowledge", body);
}

Result<int> facts(Call& call) { return print_list(call, TRY(path_of(call, "facts")), kFacts); }
Result<int> clocks(Call& call) { return print_items(call, TRY(ask(call, "GET", TRY(path_of(call, "clocks")))), kClocks); }

Result<int> mail(Call& call) {
    std::string target = TRY(path_of(call, "mail"));
    add_parameter(target, "to", call.option("to"));
    return save_answer(call, target, call.arguments[1]);
}

Result<int> post(Call& call) {
    json::Value body = json::object({{"to", call.arguments[1]}, {"role", call.option("role").value_or("")}, {"addressee", call.option("to").value_or("")}});
    for (const char* name : {"subject", "text", "note"}) add_text(call, body, name);
    for (const char* name : {"sheet", "plain"})
        if (call.has(name)) body.set(name, true);
    return print_one(call, "POST", TRY(path_of(call, "mails")), kMails, body);
}

Result<int> mails(Call& call) { return print_list(call, TRY(path_of(call, "mails")), kMails); }
Result<int> withdraw(Call& call) { return print_one(call, "POST", "/api/v1/paper-mails/" + net::percent_encode(call.arguments[0]) + "/withdraw", kMails, json::object({})); }

Result<int> keys(Call& call) { return print_list(call, "/api/v1/mail-keys", kKeys); }
Result<int> add_key(Call& call) {
    const net::Answer answer = TRY(call.channel->send({.method = "POST", .target = "/api/v1/mail-keys", .body = TRY(file_bytes(call.arguments[0])), .headers = {{"Content-Type", "application/octet-stream"}}}));
    if (answer.status >= 300) return fail(error_of(answer));
    Printer printer = TRY(Printer::make(call, kKeys));
    printer.one(TRY(json::parse(answer.body)));
    return 0;
}

// Exit code 1: it is a report, but not of a failure.
Result<int> bounce(Call& call) {
    const net::Answer answer = TRY(call.channel->send({.method = "POST", .target = "/api/v1/delivery-reports", .body = TRY(file_bytes(call.arguments[0])), .headers = {{"Content-Type", "application/octet-stream"}}}));
    if (answer.status >= 300) return fail(error_of(answer));
    const json::Value told = TRY(json::parse(answer.body));
    Printer printer = TRY(Printer::make(call, kBounce));
    printer.one(told);
    return told.boolean("failed").value_or(false) ? 0 : 1;
}

constexpr std::string_view kRoles = "national-coordinator, owner, specialised-unit, relevant-member, state-authority, organisation, other...";
constexpr Option kList[] = {{"state", "STATE", "draft, signed, sent or acknowledged"}, {"form", "FORM", "such as mau-03"}, {"case", "CASE", "only of this case"}, {"limit", "N", "at most so many"}};
constexpr Option kDraft[] = {{"case", "CASE", "number or id of the case that it is about"}, {"org", "ID", "whose paper it is; your own without"}, {"from", "TIME", "of a period"}, {"until", "TIME", "the end of the period"}, {"list", "ID", "of victims, that is answered"}, {"regime", "NAME", "instead of the day's"}};
constexpr Option kShowFields[] = {{"missing", "", "only what is missing"}};
constexpr Option kSet[] = {{"anew", "", "from today's facts first; what people wrote stays"}};
constexpr Option kExport[] = {{"issue", "", "for signing: these bytes are kept"}};
constexpr Option kFile[] = {{"fact", "N", "number of the fact; the last with a file without"}};
constexpr Option kSign[] = {{"detached", "", "the file is a signature (.p7s) of the bytes that were issued"}, {"time", "TIME", "when it was signed; now without"}, {"note", "TEXT", ""}};
constexpr Option kSend[] = {{"channel", "CHANNEL", "letter, fax, mail, system or hand", Need::required}, {"role", "ROLE", kRoles, Need::required}, {"to", "NAME", "the addressee", Need::required}, {"time", "TIME", "now without"}, {"note", "TEXT", ""}};
constexpr Option kAcknowledge[] = {{"role", "ROLE", kRoles, Need::required}, {"by", "NAME", "the addressee, where there are several of that role"}, {"number", "TEXT", "of the receipt"}, {"day", "DATE", "of the receipt"}, {"time", "TIME", "when it came; now without"}, {"note", "TEXT", "who and how, where the receipt has no number"}};
constexpr Option kMail[] = {{"to", "ADDRESS", "left open without"}};
constexpr Option kPost[] = {{"role", "ROLE", kRoles, Need::required}, {"to", "NAME", "the addressee, as the ledger shall name them", Need::required}, {"subject", "TEXT", "that of the form without"}, {"text", "TEXT", "before what the program says of the file"}, {"sheet", "", "with the sheet in which the organisation answers"}, {"plain", "", "not encrypted, although the contact has a key"}, {"note", "TEXT", ""}};
constexpr Verb kVerbs[] = {
    {.name = "forms", .about = "Lists the forms, those that lapsed too.", .run = forms},
    {.name = "list", .about = "Lists the papers, the newest first.", .options = kList, .run = list},
    {.name = "draft", .arguments = "FORM", .about = "Drafts a paper from the facts of a case or of an organisation.", .options = kDraft, .run = draft},
    {.name = "show", .arguments = "PAPER", .about = "Shows one paper, by its number or id; last: the newest.", .run = show},
    {.name = "fields", .arguments = "PAPER", .about = "Shows what a paper says. Exit code 1: a mandatory field is empty.", .options = kShowFields, .run = fields},
    {.name = "set", .arguments = "PAPER [NAME=TEXT...]", .about = "Sets fields of a draft; an empty text: the fact's again.", .options = kSet, .run = set},
    {.name = "export", .arguments = "PAPER FILE", .about = "Writes the draft as PDF or DOCX, by the file's name.", .options = kExport, .run = write_out},
    {.name = "sign", .arguments = "PAPER FILE", .about = "Hands in the signed file, or a detached signature.", .options = kSign, .run = sign},
    {.name = "send", .arguments = "PAPER", .about = "Records that you sent it. Exit code 3: the case could not be moved on, with the reason.", .options = kSend, .run = send},
    {.name = "ack", .arguments = "PAPER", .about = "Records the receipt; the coordinator's for a final report closes the case.", .options = kAcknowledge, .run = acknowledge},
    {.name = "facts", .arguments = "PAPER", .about = "Tells what was done to a paper.", .run = facts},
    {.name = "file", .arguments = "PAPER FILE", .about = "Writes a file that was kept, bit for bit.", .options = kFile, .run = file},
    {.name = "clocks", .arguments = "PAPER", .about = "Tells which clocks of the law it stops, and to whom it must still go.", .run = clocks},
    {.name = "mail", .arguments = "PAPER FILE", .about = "Writes a mail (.eml) with the paper attached, for you to send.", .options = kMail, .run = mail},
    {.name = "post", .arguments = "PAPER ADDRESS", .about = "Has this node send the paper by its mail server.", .options = kPost, .run = post},
    {.name = "mails", .arguments = "PAPER", .about = "Lists the mails by which this node sends the paper, and what became of them.", .run = mails},
    {.name = "withdraw", .arguments = "MAIL", .about = "Takes back a mail that still waits, by its id.", .run = withdraw},
    {.name = "keys", .about = "Lists the OpenPGP keys to which mails can be encrypted.", .run = keys},
    {.name = "add-key", .arguments = "FILE", .about = "Keeps an armoured OpenPGP key; the contact that it belongs to names its fingerprint.", .run = add_key},
    {.name = "bounce", .arguments = "FILE", .about = "Takes what a mail server sent back (RFC 3464); -: from standard input. Exit code 1: it tells of no failure.", .run = bounce},
};

}  // namespace

extern const Noun papers{.name = "paper", .about = "Papers: forms filled from facts, signed and sent by people.", .verbs = kVerbs};

}  // namespace vg::cli::of_papers
