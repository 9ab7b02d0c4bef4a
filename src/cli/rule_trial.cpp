// `vonggac rule test`: the cases beside rules.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/text.h"
#include "cli/content.h"
#include "cli/output.h"
#include "cli/rule_cases.h"
#include "cli/rule_verbs.h"
#include "detect/correlator.h"

namespace vg::cli {

namespace {

namespace fs = std::filesystem;

constexpr Column kTrialColumns[] = {{"RESULT", "type"}, {"RULE", "title"}, {"FILE", "file"}, {"KIND", "kind"}, {"RECORDS", "records", true}, {"LÝ DO", "reason_vi"}, {"REASON", "reason"}};

struct Tally {
    std::size_t rules = 0, files = 0, records = 0, failed = 0, missing = 0;
};

json::Value line_of(std::string_view type, const detect::RuleInfo& rule, const std::string& file, std::string_view kind, std::size_t records, const detect::Said& reason) {
    return json::object({{"type", type}, {"rule", rule.id}, {"title", rule.title}, {"file", file}, {"kind", kind}, {"records", records}, {"reason", reason.en}, {"reason_vi", reason.vi}});
}

// Everything that the cases are asked of.
struct Asked {
    std::shared_ptr<const detect::Engine> engine;
    std::shared_ptr<const formats::Library> library;
    std::multimap<std::string, std::string> titles;  // of rules, by the name of their file
};

Status test_one(const detect::RuleInfo& rule, const Asked& of, Printer& printer, Tally& tally) {
    ++tally.rules;
    const std::string folder = case_folder(rule.file);
    std::set<std::string> also;
    for (const std::string& step : steps_named(folder))
        for (auto [title, end] = of.titles.equal_range(step); title != end; ++title) also.insert(title->second);
    std::size_t attacks = 0, benign = 0;
    const std::vector<std::string> files = TRY(case_files(folder));
    for (const std::string& file : files) {
        const bool attack = is_attack(file);
        const Fired fired = fire(of.engine, *of.library, file);
        const std::vector<detect::Said> wrong = judge(rule, fired, attack, also);
        (attack ? attacks : benign) += fired.by_record.size();
        ++tally.files;
        tally.records += fired.by_record.size();
        if (!wrong.empty()) ++tally.failed;
        const std::string_view kind = attack ? "attack" : "benign";
        if (wrong.empty()) printer.add(line_of("passed", rule, file, kind, fired.by_record.size(), {}));
        for (const detect::Said& said : wrong) printer.add(line_of("failed", rule, file, kind, fired.by_record.size(), said));
    }
    const auto miss = [&](detect::Said said) {
        ++tally.missing;
        printer.add(line_of("missing", rule, folder, "", 0, said));
    };
    if (attacks == 0) miss({"chưa có ca tấn công: đặt bản ghi phải khớp vào tệp attack*", "there is no attack case: put records that must fire it into a file attack*"});
    if (benign == 0) miss({"chưa có ca lành: đặt bản ghi gần giống mà không được khớp vào tệp benign*", "there is no benign case: put records that look alike and must not fire it into a file benign*"});
    return {};
}

}  // namespace

Result<int> rule_test(Call& call) {
    Printer printer = TRY(Printer::make(call, kTrialColumns));
    std::vector<std::string> paths = call.arguments;
    const auto content = content_folder(call.surroundings.variable);
    if (paths.empty()) paths.push_back(TRY(content_folder(call.surroundings.variable)) + "/rules");
    std::vector<std::pair<std::string, std::string>> unreadable;
    const std::vector<detect::RuleFile> tested = TRY(rule_files(paths, unreadable));
    // Rules of the same folder are loaded too: correlations stand on them, and a case must not fire another of them.
    std::vector<std::string> around = paths;
    for (const std::string& path : paths)
        if (fs::is_regular_file(path)) around.push_back(fs::path{path}.parent_path().empty() ? "." : fs::path{path}.parent_path().string());
    std::set<std::string> asked;
    for (const detect::RuleFile& file : tested) asked.insert(fs::weakly_canonical(file.name).string());
    std::vector<std::pair<std::string, std::string>> ignored;
    const std::vector<detect::RuleFile> files = TRY(rule_files(around, ignored));
    detect::LoadReport report;
    const auto engine = TRY(detect::Engine::make(files, TRY(engine_options(call)), report));
    const auto library = TRY(formats::Library::make(content ? TRY(yaml_texts(*content + "/mappings")) : std::vector<std::pair<std::string, std::string>>{}));

    Tally tally;
    const auto trouble = [&](const std::string& file, const std::string& title, const detect::Said& said) {
        ++tally.failed;
        printer.add(json::object({{"type", "failed"}, {"rule", ""}, {"title", title}, {"file", file}, {"kind", ""}, {"records", 0}, {"reason", said.en}, {"reason_vi", said.vi}}));
    };
    for (const auto& [file, reason] : unreadable) trouble(file, "", {"không đọc được tệp: " + reason, "cannot be read: " + reason});
    for (const detect::RefusedRule& refused : report.refused)
        if (asked.contains(fs::weakly_canonical(refused.file).string())) trouble(format("{}:{}", refused.file, refused.line), refused.title, {"luật bị từ chối: " + refused.reason, "the rule is refused: " + refused.reason});
    std::map<std::string, const detect::RuleInfo*> by_file;
    for (const detect::RuleInfo* rule : engine->rules()) {
        if (!asked.contains(fs::weakly_canonical(rule->file).string()) || !detect::correlation::is_told(engine->plan(), *rule)) continue;
        const auto [known, is_new] = by_file.emplace(rule->file, rule);
        if (!is_new)
            trouble(rule->file, rule->title, {format("tệp có hai luật sinh phát hiện; ca kiểm thử thuộc về «{}»", known->second->title), format("the file holds two rules that make findings; its cases are those of '{}'", known->second->title)});
    }
    Asked of{engine, library, {}};
    for (const detect::RuleInfo* rule : engine->rules()) of.titles.emplace(fs::path{rule->file}.stem().string(), rule->title);
    for (const auto& [file, rule] : by_file) TRY(test_one(*rule, of, printer, tally));
    printer.add(json::object({{"type", "summary"},
                              {"rules", tally.rules},
                              {"files", tally.files},
                              {"records", tally.records},
                              {"failed", tally.failed},
                              {"missing", tally.missing},
                              {"reason", format("{} rules, {} case files, {} failed, {} missing", tally.rules, tally.files, tally.failed, tally.missing)},
                              {"reason_vi", format("{} luật, {} tệp ca kiểm thử, {} sai, {} còn thiếu", tally.rules, tally.files, tally.failed, tally.missing)}}));
    printer.finish();
    if (tally.failed > 0) return 1;
    return tally.missing > 0 ? 3 : 0;
}

}  // namespace vg::cli
