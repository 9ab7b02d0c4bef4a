#include "cli/rule_cases.h"

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "cli/scan_correlation.h"
#include "cli/scan_reader.h"
#include "store/disk.h"

namespace vg::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostToldOfCases = 20;  // of one file
constexpr std::size_t kMostOrigin = std::size_t{1} << 20;
constexpr std::size_t kMostCases = 10'000;  // files of one rule
constexpr std::size_t kMostShown = 100;     // of these, in the console
constexpr std::size_t kMostShownBytes = std::size_t{8} << 20;  // of all files of one rule
constexpr std::size_t kShownText = 20'000;

std::string listed(const auto& titles) {
    std::string out;
    for (const std::string& title : titles) out += (out.empty() ? "'" : ", '") + title + "'";
    return out.empty() ? "-" : out;
}

}  // namespace

Fired fire(const std::shared_ptr<const detect::Engine>& engine, const formats::Library& library, const std::string& file, const detect::RuleInfo* only) {
    Fired all;
    ScanCorrelation correlation{engine, {}};
    Done done;
    done.file = file;
    Reader reader{file, {}, file};
    detect::Scratch scratch;
    while (!reader.ended())
        for (const Batch& batch : reader.step()) {
            for (const std::string& trouble : batch.trouble) all.trouble.push_back({"không đọc được: " + trouble, "cannot be read: " + trouble});
            for (const Batch::Item& item : batch.items) {
                Arena arena;
                event::Record record;
                record.raw = batch.raw(item);
                const formats::Outcome outcome = formats::to_event(record, library, arena);
                if (!outcome.unparsed.empty())
                    all.trouble.push_back({format("bản ghi {}: không định dạng nào hiểu được: {}", item.number, outcome.unparsed), format("record {}: no format understands it: {}", item.number, outcome.unparsed)});
                std::vector<detect::Match> matches;
                engine->match(outcome.event, scratch, matches);
                std::set<std::string>& titles = all.by_record.emplace_back();
                for (const detect::Match& match : matches)
                    if ((only == nullptr || match.rule == only) && detect::correlation::is_told_alone(engine->plan(), *match.rule)) titles.insert(match.rule->title);
                ScanOccurrence one{item.number, outcome.event.occurred, {}, {}};
                detect::correlation::occurrences(engine->plan(), outcome.event, matches, {}, {}, one.found);
                if (!one.found.empty()) done.occurrences.push_back(std::move(one));
            }
        }
    correlation.add(done);
    for (const ScanCorrelation::Found& found : correlation.finish())
        if (only == nullptr || found.match.rule == only) all.together.push_back(found.match.rule->title);
    return all;
}

bool is_attack(const std::string& file) { return std::filesystem::path{file}.filename().string().starts_with("attack"); }

bool is_origin(const std::string& file) { return std::filesystem::path{file}.filename() == "origin.txt"; }

std::vector<std::string> steps_named(const std::string& folder) {
    std::vector<std::string> names;
    const auto text = store::read_whole(store::system_disk(), folder + "/origin.txt", kMostOrigin);
    if (!text) return names;
    for (std::string_view line : split(*text, '\n')) {
        line = trim(line);
        if (line.starts_with("also:")) names.emplace_back(trim(line.substr(5)));
    }
    return names;
}

std::vector<detect::Said> judge(const detect::RuleInfo& rule, const Fired& fired, bool attack, const std::set<std::string>& also) {
    std::vector<detect::Said> wrong = fired.trouble;
    if (fired.by_record.empty()) wrong.push_back({"tệp không có bản ghi nào", "the file holds no record"});
    const bool is_correlation = rule.many;
    const std::vector<std::string> together = attack && is_correlation ? std::vector<std::string>{rule.title} : std::vector<std::string>{};
    if (fired.together != together)
        wrong.push_back({format("tương quan khớp: {}; phải là: {}", listed(fired.together), listed(together)), format("correlations match: {}; it must be: {}", listed(fired.together), listed(together))});
    const std::set<std::string> each = attack && !is_correlation ? std::set<std::string>{rule.title} : std::set<std::string>{};
    const auto is_as_it_must = [&](const std::set<std::string>& titles) {
        return is_correlation ? std::includes(also.begin(), also.end(), titles.begin(), titles.end()) : titles == each;
    };
    for (std::size_t i = 0; i < fired.by_record.size() && wrong.size() < kMostToldOfCases; ++i)
        if (!is_as_it_must(fired.by_record[i]))
            wrong.push_back({format("bản ghi {}: khớp: {}; phải là: {}", i + 1, listed(fired.by_record[i]), listed(each)), format("record {}: fires: {}; it must be: {}", i + 1, listed(fired.by_record[i]), listed(each))});
    return wrong;
}

std::string case_folder(const std::string& rule_file) { return (fs::path{rule_file}.parent_path() / "cases" / fs::path{rule_file}.stem()).string(); }

Result<std::vector<std::string>> case_files(const std::string& folder) {
    std::vector<std::string> files;
    std::error_code trouble;
    if (!fs::is_directory(folder, trouble)) return files;
    for (fs::directory_iterator entry{folder, trouble}, end; entry != end; entry.increment(trouble)) {
        if (trouble) return fail(Code::unavailable, format("{} cannot be read: {}", folder, trouble.message()));
        if (files.size() == kMostCases) return fail(Code::too_large, format("{} holds more than {} files", folder, kMostCases));
        if (!is_origin(entry->path().string())) files.push_back(entry->path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

namespace {

// The files of a rule's cases that are small enough to be shown and run at once, with their sizes.
Result<std::vector<std::pair<std::string, std::uint64_t>>> small_cases(const detect::Engine& engine, const detect::RuleInfo& rule) {
    std::vector<std::pair<std::string, std::uint64_t>> cases;
    std::error_code trouble;
    if (!fs::is_regular_file(rule.file, trouble) || !detect::correlation::is_told(engine.plan(), rule)) return cases;
    std::uint64_t all = 0;
    for (const std::string& file : TRY(case_files(case_folder(rule.file)))) {
        if (!fs::is_regular_file(file, trouble)) continue;
        const std::uint64_t bytes = fs::file_size(file, trouble);
        if (trouble) return fail(Code::unavailable, format("{} cannot be read: {}", file, trouble.message()));
        if ((all += bytes) > kMostShownBytes) return fail(Code::too_large, format("the cases of the rule have more than {} MB; `vonggac rule test` asks them", kMostShownBytes >> 20));
        cases.emplace_back(file, bytes);
    }
    return cases;
}

std::string name_of(const std::string& file) { return to_valid_utf8(fs::path{file}.filename().string()); }

}  // namespace

Result<api::RuleCases> cases_beside(const detect::Engine& engine, const detect::RuleInfo& rule) {
    api::RuleCases out;
    for (const auto& [file, bytes] : TRY(small_cases(engine, rule))) {
        if (out.files.size() == kMostShown) {
            ++out.left_out;
            continue;
        }
        const std::string text = TRY(store::read_whole(store::system_disk(), file, kMostShownBytes));
        out.files.push_back({name_of(file), is_attack(file), bytes, to_valid_utf8(std::string_view{text}.substr(0, kShownText)), text.size() > kShownText});
    }
    if (out.files.empty()) return out;
    if (auto origin = store::read_whole(store::system_disk(), case_folder(rule.file) + "/origin.txt", kMostOrigin)) out.origin = shorten(to_valid_utf8(*origin), kShownText);
    return out;
}

Result<std::vector<api::RuleCaseResult>> run_cases(const std::shared_ptr<const detect::Engine>& engine, const formats::Library& library, const detect::RuleInfo& rule) {
    std::vector<api::RuleCaseResult> out;
    for (const auto& [file, bytes] : TRY(small_cases(*engine, rule))) {
        if (out.size() == kMostShown) break;
        const Fired fired = fire(engine, library, file, &rule);
        out.push_back({name_of(file), is_attack(file), fired.by_record.size(), judge(rule, fired, is_attack(file))});
    }
    return out;
}

}  // namespace vg::cli
