#include "api/rule_title.h"

#include <algorithm>

namespace vg::api {

std::string title_vi_of(const detect::Engine& engine, std::string_view rule_id) {
    const auto& rules = engine.rules();  // in the order of their ids
    const auto rule = std::lower_bound(rules.begin(), rules.end(), rule_id, [](const detect::RuleInfo* one, std::string_view wanted) { return one->id < wanted; });
    return rule != rules.end() && (*rule)->id == rule_id ? (*rule)->title_vi : std::string{};
}

void add_title_vi(json::Value& object, const std::string& title_vi) {
    if (!title_vi.empty()) object.set("title_vi", title_vi);
}

}  // namespace vg::api
