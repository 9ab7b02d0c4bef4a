// `vonggac rule lint`: reads files here, or asks a server, which knows its own rules and what its sources have sent.
#include <memory>
#include <ostream>

#include "base/text.h"
#include "cli/ask.h"
#include "cli/call_channel.h"
#include "cli/content.h"
#include "cli/output.h"
#include "cli/rule_verbs.h"
#include "cli/width.h"
#include "detect/lint.h"
#include "formats/known_fields.h"

namespace vg::cli {

namespace {

constexpr Column kLintColumns[] = {{"TYPE", "type"},   {"CHECK", "check"},       {"FILE", "file"},     {"LINE", "line", true},     {"RULE", "rule"},
                               {"TITLE", "title"}, {"LÝ DO", "reason_vi"}, {"REASON", "reason"}, {"CÁCH SỬA", "remedy_vi"}, {"REMEDY", "remedy"}};

// For people: the place first, as compilers write it, then both languages.
void print(std::ostream& out, const json::Value& line) {
    const std::string type = line.text("type").value_or("");
    const auto text = [&](const char* name) { return printable(line.text(name).value_or("")); };
    if (type == "summary") {
        out << text("reason_vi") << "\n" << text("reason") << "\n";
        return;
    }
    const json::Value* number = line.find("line");
    const std::string place = number != nullptr && number->is_int() && number->as_int() > 0 ? format("{}:{}", text("file"), number->as_int()) : text("file");
    out << (place.empty() ? "-" : place) << ": " << (type == "warning" ? "cảnh báo / warning" : "lỗi / error") << ": " << text("check") << (text("title").empty() ? "" : ": ") << text("title") << "\n";
    out << "    " << text("reason_vi") << "\n      → " << text("remedy_vi") << "\n";
    out << "    " << text("reason") << "\n      → " << text("remedy") << "\n";
}

struct Counts {
    std::size_t files = 0, rules = 0, correlations = 0, filters = 0, refused = 0, errors = 0, warnings = 0;
};

json::Value summary_of(const Counts& counts, bool fields_were_seen) {
    const std::size_t wrong = counts.refused + counts.errors;
    return json::object({{"type", "summary"},
                         {"files", counts.files},
                         {"rules", counts.rules},
                         {"correlations", counts.correlations},
                         {"filters", counts.filters},
                         {"refused", counts.refused},
                         {"errors", wrong},
                         {"warnings", counts.warnings},
                         {"fields", fields_were_seen ? "seen" : "known"},
                         {"reason", format("{} files, {} rules, {} errors ({} refused), {} warnings", counts.files, counts.rules, wrong, counts.refused, counts.warnings)},
                         {"reason_vi", format("{} tệp, {} luật, {} lỗi ({} bị từ chối), {} cảnh báo", counts.files, counts.rules, wrong, counts.refused, counts.warnings)}});
}

// What a rule is compared with, and the fields that are known.
struct Known {
    std::vector<detect::RuleFile> others;
    detect::KnownFields fields;
};

Result<Known> known_here(Call& call) {
    Known known;
    std::vector<std::string> against = call.options.contains("against") ? call.options.at("against") : std::vector<std::string>{};
    std::vector<std::pair<std::string, std::string>> mappings;
    if (const auto content = content_folder(call.surroundings.variable)) {
        if (against.empty()) against.push_back(*content + "/rules");
        if (auto texts = yaml_texts(*content + "/mappings")) mappings = std::move(*texts);
    }
    std::vector<std::pair<std::string, std::string>> unreadable;
    known.others = TRY(rule_files(against, unreadable));
    known.fields.names = TRY(formats::known_fields(mappings));
    return known;
}

// The server's rules, and every field that its sources have sent, as far as the account sees them.
Result<Known> known_there(Call& call) {
    Known known = TRY(known_here(call));
    if (!call.options.contains("against")) known.others.clear();
    TRY(ask_list(call, "/api/v1/rules?text=true", [&](const json::Value& rule) {
        known.others.push_back({rule.text("file").value_or(""), rule.text("text").value_or("")});
        return true;
    }));
    std::string target = "/api/v1/events/fields";
    add_parameter(target, "from", "1970-01-01T00:00:00Z");
    add_parameter(target, "to", "2200-01-01T00:00:00Z");
    const auto seen = ask(call, "GET", target);
    const json::Value* items = seen ? seen->find("items") : nullptr;
    if (items == nullptr || !items->is_array() || items->as_array().empty()) {
        call.streams.err << "vonggac: the server cannot say which fields were sent" << (seen ? " (none were)" : ": " + seen.error().text) << "; names are compared with those of the dictionary\n";
        return known;
    }
    known.fields = {{}, true};
    for (const json::Value& item : items->as_array()) known.fields.names.push_back(item.text("name").value_or(""));
    return known;
}

}  // namespace

Result<int> rule_lint(Call& call) {
    const bool is_table = TRY(format_of(call)) == Format::table;
    std::vector<std::pair<std::string, std::string>> unreadable;
    const std::vector<detect::RuleFile> files = TRY(rule_files(call.arguments, unreadable));
    Counts counts;
    counts.files = files.size();
    std::unique_ptr<Channel> channel;
    if (call.has("data") || call.has("server")) channel = TRY(channel_for(call));
    call.channel = channel.get();
    const Known known = call.channel != nullptr ? TRY(known_there(call)) : TRY(known_here(call));
    detect::LintOptions options;
    options.others = known.others;
    options.fields = known.fields;
    options.engine = TRY(engine_options(call));
    const detect::LintReport report = TRY(detect::lint(files, options));
    counts.rules = report.loaded.loaded;
    counts.correlations = report.loaded.correlations;
    counts.filters = report.loaded.filters;
    std::vector<json::Value> lines;
    for (const detect::Remark& remark : report.remarks) lines.push_back(detect::to_json(remark));
    for (const auto& [file, reason] : unreadable)
        lines.push_back(json::object({{"type", "unreadable"}, {"check", "unreadable"}, {"file", file}, {"line", 0}, {"title", ""}, {"reason", reason}, {"reason_vi", "không đọc được tệp: " + reason},
                                      {"remedy", "give the account that runs this the right to read it"}, {"remedy_vi", "cấp quyền đọc cho tài khoản đang chạy lệnh"}}));
    for (const json::Value& line : lines) {
        const std::string type = line.text("type").value_or("");
        if (type == "refused") ++counts.refused;
        if (type == "error") ++counts.errors;
        if (type == "warning") ++counts.warnings;
    }
    lines.push_back(summary_of(counts, known.fields.complete));
    if (is_table) {
        for (const json::Value& line : lines) print(call.streams.out, line);
    } else {
        Printer printer = TRY(Printer::make(call, kLintColumns));
        for (const json::Value& line : lines) printer.add(line);
        printer.finish();
    }
    if (counts.refused + counts.errors > 0 || (call.has("strict") && counts.warnings > 0)) return 1;
    return unreadable.empty() ? 0 : 3;
}

}  // namespace vg::cli
