// Organisations as people name them in tables and letters: by id, by identifier, by name, by an earlier name. Made of what is in a
// scope; names whose spelling differs only in accents and case are the same. Room-internal and for lists. Any thread.
//
//   const OrganisationNames names = TRY(OrganisationNames::load(tx, actor.scope));
//   const OrganisationId id = TRY(names.find("Sở Y tế"));
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "access/access.h"
#include "base/id.h"
#include "base/result.h"
#include "store/state.h"

namespace vg::directory {

class OrganisationNames {
public:
    static Result<OrganisationNames> load(store::Transaction& tx, const access::Scope& scope);
    // Code::not_found: nobody is called so; conflict: several are, or it has ended.
    [[nodiscard]] Result<OrganisationId> find(std::string_view named) const;
    // A new one that is found by its name from now on.
    void add(const OrganisationId& id, std::string_view name);

private:
    using Ids = std::set<OrganisationId>;
    std::unordered_map<std::string, Ids> exact_, folded_, identifiers_;  // of organisations that have not ended
    std::map<OrganisationId, bool> ended_;
};

}  // namespace vg::directory
