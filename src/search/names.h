// Names of fields: which are known, which are close to one that is known.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vg::search {

// A name that is perhaps misspelt.
struct NameDoubt {
    std::string meant;     // the known name that is close
    bool certain = false;  // no log has such a name: the first part is no part of ECS but one letter or two away from one
};
// Nothing for names that are known, and for those that are not close to a known one: any log may have them.
std::optional<NameDoubt> doubt_about(std::string_view name);

// The own words, then the ECS fields of the dictionary, in order.
const std::vector<std::string>& known_names();

}  // namespace vg::search
