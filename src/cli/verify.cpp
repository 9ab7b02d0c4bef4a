#include <ostream>

#include "base/text.h"
#include "cli/ask.h"

namespace vg::cli {

namespace {

constexpr Column kColumns[] = {{"WHAT", "what"}, {"GOOD", "good"}, {"RECORDS", "records", true}, {"SEGMENTS", "segments", true}, {"LINES", "lines", true}, {"REASON", "reason"}};

// Lines of the answer as they come: progress to a terminal, the result kept.
struct Lines {
    Call& call;
    std::string rest;
    std::optional<json::Value> result;
    std::optional<std::string> trouble;

    void take(std::string_view bytes) {
        rest += bytes;
        std::size_t end = 0;
        while ((end = rest.find('\n')) != std::string::npos) {
            line(std::string_view{rest}.substr(0, end));
            rest.erase(0, end + 1);
        }
    }

    void line(std::string_view text) {
        const auto value = json::parse(text);
        if (!value) return;
        if (value->text("type") == "result") result = *value;
        if (const json::Value* problem = value->find("problem")) trouble = problem->text("detail").value_or("the server gave no reason");
        if (value->text("type") != "progress" || !call.streams.err_is_terminal) return;
        const auto bytes = value->integer("bytes").value_or(0);
        if (bytes > 0) call.streams.err << format("\r{}: {}% ", value->text("what").value_or("journal"), value->integer("done").value_or(0) * 100 / bytes) << std::flush;
    }
};

Result<json::Value> verify_journal(Call& call) {
    Lines lines{.call = call};
    Message message{.method = "POST", .target = "/api/v1/verify"};
    message.on_data = [&](std::string_view bytes) {
        lines.take(bytes);
        return true;
    };
    const net::Answer answer = TRY(call.channel->send(message));
    if (call.streams.err_is_terminal) call.streams.err << "\r\033[K" << std::flush;
    if (answer.status >= 300) {
        const auto problem = json::parse(answer.body);
        return fail(Code::denied, problem ? problem->text("detail").value_or("the server refused") : std::string{"the server refused"});
    }
    if (lines.trouble) return fail(Code::unavailable, *lines.trouble);
    if (!lines.result) return fail(Code::unavailable, "the server broke off before the end of the journal");
    if (!lines.result->is_object()) return fail(Code::internal, "the server's result is no object");
    return *lines.result;
}

// The first few things that are wrong, in one sentence.
std::string reason_of(const json::Value& journal) {
    std::string out;
    if (const json::Value* damage = journal.find("damage"); damage != nullptr && damage->is_array())
        for (const json::Value& one : damage->as_array()) {
            const std::string what = one.is_text() ? one.as_text() : format("{}: {}", one.text("segment").value_or(""), one.text("reason").value_or(""));
            out += (out.empty() ? "" : "; ") + what;
        }
    if (const json::Value* chain = journal.find("chain_errors"); chain != nullptr && chain->is_array())
        for (const json::Value& one : chain->as_array()) out += (out.empty() ? "" : "; ") + (one.is_text() ? one.as_text() : one.dump());
    return shorten(out, 2000);
}

// The report with what it is about in front.
json::Value about(std::string_view what, const json::Value& report) {
    json::Value out = json::object({{"what", what}});
    for (const auto& [name, value] : report.as_object())
        if (name != "type" && name != "archive") out.set(name, value);
    return out;
}

Result<int> check(Call& call) {
    Printer printer = TRY(Printer::make(call, kColumns));
    json::Value journal = TRY_IN("journal: ", verify_journal(call));
    const json::Value audit = TRY_IN("audit: ", ask(call, "GET", "/api/v1/audit/verification"));
    bool good = journal.boolean("good").value_or(false) && audit.boolean("good").value_or(false);
    journal.set("reason", reason_of(journal));
    printer.add(about("journal", journal));
    if (const json::Value* found = journal.find("archive"); found != nullptr && found->is_object()) {
        json::Value archive = *found;
        good = good && archive.boolean("good").value_or(false);
        archive.set("records", archive.integer("events").value_or(0));
        archive.set("reason", reason_of(archive));
        printer.add(about("archive", archive));
    }
    printer.add(about("audit", audit));
    printer.finish();
    return good ? 0 : 1;
}

constexpr Verb kVerbs[] = {{.name = "", .about = "Checks every checksum, hash and signature of the journal, every segment of the archive, and the audit chain; exit code 1 when something does not fit.", .run = check}};

}  // namespace

extern const Noun verify{.name = "verify", .about = "Integrity of the journal, the archive and the audit chain.", .verbs = kVerbs};

}  // namespace vg::cli
