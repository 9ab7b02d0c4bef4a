// Names of fields that mappings know: native ones, columns and further names. For lint of rules; pure.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace vg::formats {

// Sorted, each once, with the ECS names of the dictionary. `mappings`: (file name, YAML text) as for Library::make.
Result<std::vector<std::string>> known_fields(std::span<const std::pair<std::string, std::string>> mappings);

}  // namespace vg::formats
