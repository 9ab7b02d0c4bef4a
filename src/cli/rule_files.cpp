#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.h"
#include "cli/rule_verbs.h"
#include "store/disk.h"

namespace vg::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRuleBytes = std::size_t{4} << 20;
constexpr std::size_t kMostFiles = 100'000;

bool is_rule_file(const fs::path& path) { return path.extension() == ".yml" || path.extension() == ".yaml"; }

}  // namespace

Result<std::vector<detect::RuleFile>> rule_files(const std::vector<std::string>& paths, std::vector<std::pair<std::string, std::string>>& unreadable) {
    std::vector<std::string> names;
    for (const std::string& path : paths) {
        std::error_code trouble;
        if (fs::is_regular_file(path, trouble)) {
            names.push_back(path);
            continue;
        }
        if (!fs::is_directory(path, trouble)) return fail(Code::not_found, format("there is no file or folder {}", path));
        for (fs::recursive_directory_iterator entry{path, fs::directory_options::skip_permission_denied, trouble}, end; entry != end; entry.increment(trouble)) {
            if (trouble) return fail(Code::unavailable, format("{} cannot be read: {}", path, trouble.message()));
            std::error_code unknown;
            if (entry->is_directory(unknown) && entry->path().filename() == "cases") entry.disable_recursion_pending();
            if (entry->is_regular_file(unknown) && is_rule_file(entry->path())) names.push_back(entry->path().string());
            if (names.size() > kMostFiles) return fail(Code::too_large, format("more than {} rule files", kMostFiles));
        }
        if (trouble) return fail(Code::unavailable, format("{} cannot be read: {}", path, trouble.message()));
    }
    std::sort(names.begin(), names.end());
    std::vector<detect::RuleFile> files;
    std::set<std::string> seen;
    for (const std::string& name : names) {
        std::error_code trouble;
        const fs::path real = fs::weakly_canonical(name, trouble);
        if (!seen.insert(trouble ? name : real.string()).second) continue;
        auto text = store::read_whole(store::system_disk(), name, kRuleBytes);
        if (text)
            files.push_back({name, std::move(*text)});
        else
            unreadable.emplace_back(name, text.error().text);
    }
    return files;
}

}  // namespace vg::cli
