#include <algorithm>
#include <filesystem>
#include <ostream>

#include "base/text.h"
#include "cli/ask.h"
#include "cli/width.h"
#include "detect/engine.h"
#include "store/disk.h"

namespace vg::cli {

namespace {

namespace fs = std::filesystem;

constexpr Column kColumns[] = {{"ID", "id"}, {"LEVEL", "level"}, {"TITLE", "title"}, {"STATUS", "status"}, {"AUTHOR", "author"}};
constexpr Column kLint[] = {{"TYPE", "type"}, {"FILE", "file"}, {"LINE", "line", true}, {"TITLE", "title"}, {"REASON", "reason"}};
constexpr char kPath[] = "/api/v1/rules";
constexpr std::size_t kRuleBytes = std::size_t{1} << 20;

Result<int> list(Call& call) {
    std::string target = kPath;
    add_parameter(target, "level", call.option("level"));
    add_parameter(target, "tag", call.option("tag"));
    add_parameter(target, "q", call.option("title"));
    return print_list(call, target, kColumns);
}
Result<int> show(Call& call) { return print_one(call, "GET", kPath + ("/" + net::percent_encode(call.arguments[0])), kColumns); }
Result<int> reload(Call& call) {
    Printer printer = TRY(Printer::make(call, {}));
    const json::Value report = TRY(ask(call, "POST", std::string{kPath} + "/reload"));
    printer.one(report);
    const json::Value* refused = report.find("refused");
    return refused != nullptr && refused->is_array() && !refused->as_array().empty() ? 3 : 0;
}

bool is_rule_file(const fs::path& path) { return path.extension() == ".yml" || path.extension() == ".yaml"; }

// The rule files under a path, sorted, so that the same folder gives the same answer.
Result<std::vector<std::string>> files_under(const std::string& path) {
    std::error_code trouble;
    if (fs::is_regular_file(path, trouble)) return std::vector{path};
    if (!fs::is_directory(path, trouble)) return fail(Code::not_found, format("there is no file or folder {}", path));
    std::vector<std::string> files;
    for (fs::recursive_directory_iterator entry{path, fs::directory_options::skip_permission_denied, trouble}, end; entry != end; entry.increment(trouble)) {
        if (trouble) return fail(Code::unavailable, format("{} cannot be read: {}", path, trouble.message()));
        if (entry->is_regular_file(trouble) && is_rule_file(entry->path())) files.push_back(entry->path().string());
    }
    if (trouble) return fail(Code::unavailable, format("{} cannot be read: {}", path, trouble.message()));
    std::sort(files.begin(), files.end());
    return files;
}

json::Value refused(std::string_view file, int line, std::string_view title, std::string_view reason) {
    return json::object({{"type", "refused"}, {"file", file}, {"line", line}, {"title", title}, {"reason", reason}});
}

Result<int> lint(Call& call) {
    Printer printer = TRY(Printer::make(call, kLint));
    std::vector<detect::RuleFile> files;
    bool unreadable = false;
    for (const std::string& path : call.arguments)
        for (const std::string& file : TRY(files_under(path))) {
            auto text = store::read_whole(store::system_disk(), file, kRuleBytes);
            if (text) {
                files.push_back({file, std::move(*text)});
            } else {
                printer.add(refused(file, 0, "", text.error().text));
                unreadable = true;
            }
        }
    detect::LoadReport report;
    const auto engine = TRY(detect::Engine::make(files, {}, report));
    for (const detect::RefusedRule& rule : report.refused) printer.add(refused(rule.file, rule.line, rule.title, rule.reason));
    for (const std::string& warning : report.warnings) printer.add(json::object({{"type", "warning"}, {"reason", warning}}));
    printer.add(json::object({{"type", "summary"},
                              {"files", files.size()},
                              {"rules", report.loaded},
                              {"correlations", report.correlations},
                              {"filters", report.filters},
                              {"refused", report.refused.size()},
                              {"reason", format("{} files, {} rules, {} refused", files.size(), report.loaded, report.refused.size())}}));
    printer.finish();
    if (!report.refused.empty()) return 1;
    return unreadable ? 3 : 0;
}

constexpr Option kFilter[] = {
    {"level", "LEVEL", "informational, low, medium, high or critical"},
    {"tag", "TAG", "such as attack.t1059.001"},
    {"title", "WORDS", "words of the title, without regard to case and accents"},
    {"limit", "N", "at most so many"},
};
constexpr Verb kVerbs[] = {
    {.name = "list", .about = "Lists the rules in force.", .options = kFilter, .run = list},
    {.name = "show", .arguments = "ID", .about = "Shows one rule with its text and author.", .run = show},
    {.name = "lint", .arguments = "PATH...", .about = "Reads rule files and says what is wrong; exit code 1 when a rule is refused.", .local = true, .run = lint},
    {.name = "reload", .about = "Makes the server read its rules again.", .run = reload},
};

}  // namespace

extern const Noun rule{.name = "rule", .about = "Rules: what is looked for.", .verbs = kVerbs};

}  // namespace vg::cli
