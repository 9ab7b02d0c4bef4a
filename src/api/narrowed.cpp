#include "api/narrowed.h"

#include <algorithm>

#include "base/text.h"

namespace vg::api {

Result<std::vector<OrganisationId>> organisations_named(std::string_view text) {
    std::vector<OrganisationId> named;
    for (const std::string_view part : split(text, ',')) {
        const auto id = OrganisationId::parse(part);
        if (!id) return fail(Code::bad_input, "field organisation: must be UUIDs with commas between");
        if (named.size() == kMostOrganisations) return fail(Code::bad_input, format("field organisation: must be at most {} organisations", kMostOrganisations));
        named.push_back(*id);
    }
    return named;
}

access::Scope narrowed(const access::Scope& scope, const directory::Snapshot& directory, const std::vector<OrganisationId>& to, bool below) {
    std::vector<OrganisationId> seen;
    for (const OrganisationId& root : to) {
        if (!scope.sees(root)) continue;
        if (!below) seen.push_back(root);
        if (below)
            for (const OrganisationId& one : directory.descendants(root))
                if (scope.sees(one)) seen.push_back(one);
    }
    std::sort(seen.begin(), seen.end());
    seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
    return access::Scope::of(std::move(seen));
}

Result<access::Scope> scope_of(const Ask& ask) {
    const auto text = ask.text("organisation");
    if (!text) return ask.actor.scope;
    const auto named = TRY(organisations_named(*text));
    return narrowed(ask.actor.scope, *ask.context.directory(), named, ask.boolean("below").value_or(true));
}

}  // namespace vg::api
