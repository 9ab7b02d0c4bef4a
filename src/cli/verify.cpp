#include <ostream>

#include "base/text.h"
#include "cli/ask.h"
#include "cli/line_answer.h"

namespace vg::cli::of_verify {

namespace {

constexpr Column kColumns[] = {{"WHAT", "what"}, {"GOOD", "good"}, {"RECORDS", "records", true}, {"SEGMENTS", "segments", true}, {"LINES", "lines", true}, {"REASON", "reason"}};

Result<json::Value> verify_journal(Call& call) {
    const auto progress = [&](const json::Value& line) {
        const auto bytes = line.integer("bytes").value_or(0);
        if (!call.streams.err_is_terminal || bytes <= 0) return;
        call.streams.err << format("\r{}: {}% ", line.text("what").value_or("journal"), line.integer("done").value_or(0) * 100 / bytes) << std::flush;
    };
    auto result = ask_for_lines(call, {.method = "POST", .target = "/api/v1/verify"}, progress, "the server broke off before the end of the journal");
    if (call.streams.err_is_terminal) call.streams.err << "\r\033[K" << std::flush;
    return result;
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
        if (name != "type" && name != "archive" && name != "lists" && name != "cases" && name != "papers") out.set(name, value);
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
    for (const char* what : {"lists", "cases", "papers"})
        if (const json::Value* found = journal.find(what); found != nullptr && found->is_object()) {
            json::Value files = *found;
            good = good && files.boolean("good").value_or(false);
            files.set("records", files.integer("files").value_or(0));
            files.set("reason", reason_of(files));
            printer.add(about(what, files));
        }
    printer.add(about("audit", audit));
    printer.finish();
    return good ? 0 : 1;
}

constexpr Verb kVerbs[] = {{.name = "", .about = "Checks every checksum, hash and signature of the journal, every segment of the archive, the originals of lists, the files of cases and papers, and the audit chain; exit code 1 when something does not fit.", .run = check}};

}  // namespace

extern const Noun verify{.name = "verify", .about = "Integrity of the journal, the archive, the originals of lists, the files of cases and papers and the audit chain.", .verbs = kVerbs};

}  // namespace vg::cli::of_verify
