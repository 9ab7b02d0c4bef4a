#include "cli/content.h"

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "store/disk.h"

namespace vg::cli {

namespace fs = std::filesystem;

namespace {

constexpr int kMostAbove = 4;  // build/release/vonggac is two below the source tree

bool is_yaml(const fs::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

}  // namespace

Result<std::string> content_folder(const std::function<std::optional<std::string>(const char* name)>& variable) {
    std::error_code error;
    if (const auto set = variable ? variable("VONGGAC_CONTENT") : std::nullopt; set && !set->empty()) {
        if (fs::is_directory(fs::path{*set} / "rules", error)) return *set;
        return fail(Code::not_found, format("VONGGAC_CONTENT is {}, which is no folder with rules/ in it", *set));
    }
    std::vector<fs::path> candidates;
    fs::path above = fs::read_symlink("/proc/self/exe", error).parent_path();
    for (int i = 0; i <= kMostAbove && !above.empty(); ++i, above = above.parent_path()) {
        candidates.push_back(above / "content");
        if (above == above.parent_path()) break;
    }
    candidates.emplace_back("/usr/share/vonggac/content");
    for (const fs::path& candidate : candidates)
        if (fs::is_directory(candidate / "rules", error)) return candidate.string();
    return fail(Code::not_found, "the folder content/ with rules and mappings was not found; name it in VONGGAC_CONTENT, or give --rules DIR");
}

Result<std::vector<std::string>> yaml_paths(const std::string& path) {
    std::error_code error;
    std::vector<fs::path> paths;
    if (fs::is_regular_file(path, error)) {
        paths.emplace_back(path);
    } else if (fs::is_directory(path, error)) {
        for (fs::recursive_directory_iterator at{path, fs::directory_options::skip_permission_denied, error}, end; !error && at != end; at.increment(error)) {
            std::error_code trouble;
            if (at->is_directory(trouble) && at->path().filename() == "cases") at.disable_recursion_pending();
            if (at->is_regular_file(trouble) && is_yaml(at->path())) paths.push_back(at->path());
            if (paths.size() > kMostYamlFiles) return fail(Code::too_large, format("{} holds more than {} files", path, kMostYamlFiles));
        }
        if (error) return fail(Code::unavailable, format("{} cannot be read: {}", path, error.message()));
    } else {
        return fail(Code::not_found, format("there is no file or folder {}", path));
    }
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> names;
    for (const fs::path& file : paths) names.push_back(file.string());
    return names;
}

Result<std::vector<std::pair<std::string, std::string>>> yaml_texts(const std::string& path) {
    const std::vector<std::string> paths = TRY(yaml_paths(path));
    std::vector<std::pair<std::string, std::string>> texts;
    for (const std::string& file : paths) texts.emplace_back(file, TRY(store::read_whole(store::system_disk(), file, kMostYamlBytes)));
    return texts;
}

}  // namespace vg::cli
