// content/ on disk, for commands that need it without a server: where it is, and the YAML texts of a folder. Reads the
// disk; any thread.
//
//   const std::string folder = TRY(content_folder(variable));
//   for (const auto& [name, text] : TRY(yaml_texts(folder + "/rules"))) ...
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace vg::cli {

// The folder with rules/ and mappings/: VONGGAC_CONTENT when it is set, else content/ beside the program or above it (a
// build folder in the source tree), else /usr/share/vonggac/content. `variable` reads the environment.
Result<std::string> content_folder(const std::function<std::optional<std::string>(const char* name)>& variable);

// The path of a file, or of all *.yaml and *.yml below a folder in the order of their paths; folders named "cases" are
// left out. Code::not_found when the path is neither; at most kMostYamlFiles.
Result<std::vector<std::string>> yaml_paths(const std::string& path);
inline constexpr std::size_t kMostYamlFiles = 100'000;
inline constexpr std::size_t kMostYamlBytes = std::size_t{4} << 20;  // of one file
// (path, text) of each of them.
Result<std::vector<std::pair<std::string, std::string>>> yaml_texts(const std::string& path);

}  // namespace vg::cli
