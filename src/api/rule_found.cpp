#include "api/rule_found.h"

#include <algorithm>
#include <set>

#include "api/rule_store.h"

namespace vg::api {

using detect::RuleInfo;

Result<std::shared_ptr<const detect::Engine>> switched_off(Context& context) {
    auto files = TRY(context.state.read([](store::Transaction& tx) { return RuleStore::switched_off(tx); }));
    if (files.empty()) return nullptr;
    if (std::any_of(files.begin(), files.end(), [](const detect::RuleFile& file) { return file.text.find("correlation:") != std::string::npos; }))
        for (const RuleInfo* rule : context.engine()->rules()) files.push_back({rule->file, rule->text});
    detect::LoadReport report;
    return detect::Engine::make(files, {}, report);
}

std::vector<const RuleInfo*> only_off(const detect::Engine* off, const detect::Engine& in_force) {
    std::vector<const RuleInfo*> out;
    if (off == nullptr) return out;
    std::set<std::string_view> ids;
    for (const RuleInfo* rule : in_force.rules()) ids.insert(rule->id);
    for (const RuleInfo* rule : off->rules())
        if (!ids.contains(rule->id)) out.push_back(rule);
    return out;
}

Result<FoundRule> find_rule(Context& context, std::string_view id) {
    const auto is_it = [&](const RuleInfo* rule) { return rule->id == id; };
    FoundRule found{context.engine(), nullptr, true};
    const auto& rules = found.engine->rules();
    if (const auto at = std::find_if(rules.begin(), rules.end(), is_it); at != rules.end()) {
        found.rule = *at;
        return found;
    }
    auto off = TRY(switched_off(context));
    for (const RuleInfo* rule : only_off(off.get(), *found.engine))
        if (is_it(rule)) return FoundRule{std::move(off), rule, false};
    return fail(Code::not_found, "there is no such rule");
}

}  // namespace vg::api
