#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.h"
#include "cli/content.h"
#include "cli/rule_verbs.h"
#include "store/disk.h"

namespace vg::cli {

namespace fs = std::filesystem;

Result<std::vector<detect::RuleFile>> rule_files(const std::vector<std::string>& paths, std::vector<std::pair<std::string, std::string>>& unreadable) {
    std::vector<std::string> names;
    for (const std::string& path : paths) {
        const std::vector<std::string> found = TRY(yaml_paths(path));
        names.insert(names.end(), found.begin(), found.end());
        if (names.size() > kMostYamlFiles) return fail(Code::too_large, format("more than {} rule files", kMostYamlFiles));
    }
    std::sort(names.begin(), names.end());
    std::vector<detect::RuleFile> files;
    std::set<std::string> seen;
    for (const std::string& name : names) {
        std::error_code trouble;
        const fs::path real = fs::weakly_canonical(name, trouble);
        if (!seen.insert(trouble ? name : real.string()).second) continue;
        auto text = store::read_whole(store::system_disk(), name, kMostYamlBytes);
        if (text)
            files.push_back({name, std::move(*text)});
        else
            unreadable.emplace_back(name, text.error().text);
    }
    return files;
}

Result<detect::EngineOptions> engine_options(const Call& call) {
    detect::EngineOptions options;
    if (const auto found = call.options.find("pipeline"); found != call.options.end())
        for (const std::string& path : found->second)
            for (auto& [name, text] : TRY_IN("--pipeline: ", yaml_texts(path))) options.pipelines.push_back({std::move(name), std::move(text)});
    return options;
}

}  // namespace vg::cli
