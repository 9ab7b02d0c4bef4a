#include "cli/rule_cases.h"

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "cli/scan_correlation.h"
#include "cli/scan_reader.h"
#include "store/disk.h"

namespace vg::cli {

namespace {

constexpr std::size_t kMostTold = 20;  // of one file
constexpr std::size_t kMostOrigin = std::size_t{1} << 20;

std::string listed(const auto& titles) {
    std::string out;
    for (const std::string& title : titles) out += (out.empty() ? "'" : ", '") + title + "'";
    return out.empty() ? "-" : out;
}

}  // namespace

Fired fire(const std::shared_ptr<const detect::Engine>& engine, const formats::Library& library, const std::string& file) {
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
                    if (detect::correlation::is_told(engine->plan(), *match.rule)) titles.insert(match.rule->title);
                ScanOccurrence one{item.number, outcome.event.occurred, {}, {}};
                detect::correlation::occurrences(engine->plan(), outcome.event, matches, {}, {}, one.found);
                if (!one.found.empty()) done.occurrences.push_back(std::move(one));
            }
        }
    correlation.add(done);
    for (const ScanCorrelation::Found& found : correlation.finish()) all.together.push_back(found.match.rule->title);
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
    const bool is_correlation = rule.kind == "correlation";
    const std::vector<std::string> together = attack && is_correlation ? std::vector<std::string>{rule.title} : std::vector<std::string>{};
    if (fired.together != together)
        wrong.push_back({format("tương quan khớp: {}; phải là: {}", listed(fired.together), listed(together)), format("correlations match: {}; it must be: {}", listed(fired.together), listed(together))});
    const std::set<std::string> each = attack && !is_correlation ? std::set<std::string>{rule.title} : std::set<std::string>{};
    const auto is_as_it_must = [&](const std::set<std::string>& titles) {
        return is_correlation ? std::includes(also.begin(), also.end(), titles.begin(), titles.end()) : titles == each;
    };
    for (std::size_t i = 0; i < fired.by_record.size() && wrong.size() < kMostTold; ++i)
        if (!is_as_it_must(fired.by_record[i]))
            wrong.push_back({format("bản ghi {}: khớp: {}; phải là: {}", i + 1, listed(fired.by_record[i]), listed(each)), format("record {}: fires: {}; it must be: {}", i + 1, listed(fired.by_record[i]), listed(each))});
    return wrong;
}

}  // namespace vg::cli
