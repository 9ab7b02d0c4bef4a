// vonggac case sheet and answers: answers in bulk, by the sheet that the organisation received.
#include <filesystem>

#include "base/bytes.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/case_verbs.h"
#include "cli/width.h"
#include "store/disk.h"

namespace vg::cli::of_cases {

namespace {

constexpr Column kAccount[] = {{"READ", "read", true}, {"TAKEN", "taken", true}, {"UNCHANGED", "unchanged", true}, {"REFUSED", "refused", true}, {"KEPT", "kept"}};

}  // namespace

Result<int> sheet(Call& call) {
    const auto file = call.option("output");
    const bool xlsx = file && lower_ascii(std::filesystem::path{*file}.extension().string()) == ".xlsx";
    std::string target = "/api/v1/case-answers/sheet";
    add_parameter(target, "format", xlsx ? "xlsx" : "csv");
    add_parameter(target, "organisation", call.option("org"));
    if (!call.arguments.empty()) {
        const json::Value found = TRY(ask(call, "GET", TRY(path_of(call))));
        add_parameter(target, "case", found.text("id"));
    }
    const net::Answer answer = TRY(call.channel->send({.method = "GET", .target = target, .body = {}}));
    if (answer.status != 200) return fail(error_of(answer));
    if (!file) {
        call.streams.out << answer.body;
        return 0;
    }
    if (std::filesystem::exists(*file)) return fail(Code::conflict, format("--output {}: the file exists already", *file));
    TRY_IN(format("--output {}: ", *file), store::write_whole(store::system_disk(), *file, answer.body));
    return 0;
}

Result<int> answers(Call& call) {
    const std::string bytes = TRY(file_contents(call, call.arguments[0]));
    json::Value body = json::object({{"data", to_base64(bytes)}});
    if (call.has("preview")) body.set("preview", true);
    const json::Value answer = TRY(ask(call, "POST", "/api/v1/case-answers", body));
    if (const json::Value* reasons = answer.find("reasons"); reasons != nullptr && reasons->is_array())
        for (const json::Value& one : reasons->as_array()) {
            const std::string field = one.text("field").value_or("");
            call.streams.err << format("line {}: {}{}\n", one.integer("line").value_or(0), field.empty() ? "" : printable(field) + ": ", printable(one.text("reason").value_or("")));
        }
    Printer printer = TRY(Printer::make(call, kAccount));
    printer.one(answer);
    return answer.integer("refused").value_or(0) > 0 ? 3 : 0;
}

}  // namespace vg::cli::of_cases
