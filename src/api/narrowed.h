// The parameter `organisation` of lists and searches: one or several organisations, with commas between, to which the
// answer is narrowed. It only ever takes away from what the actor sees. Room-internal; pure.
#pragma once

#include <string_view>
#include <vector>

#include "api/api.h"

namespace vg::api {

// For Route::parameters of a list that can be narrowed; `below` is read by scope_of() alone.
#define VG_NARROWED                                                                        \
    "organisation:uuids only of these organisations and those below them, "                \
    "below:boolean false: of these organisations alone and not those below them"

inline constexpr std::size_t kMostOrganisations = 100;

// 1 to kMostOrganisations ids with commas between.
Result<std::vector<OrganisationId>> organisations_named(std::string_view text);

// What `scope` sees of these organisations and, with `below`, of those below them. One that it does not see and one that
// does not exist give the same: nothing, nor the part of it that the scope does see, for that would tell whose parent it is.
access::Scope narrowed(const access::Scope& scope, const directory::Snapshot& directory, const std::vector<OrganisationId>& to, bool below = true);

// The scope of who asks, narrowed by the parameters of VG_NARROWED.
Result<access::Scope> scope_of(const Ask& ask);

}  // namespace vg::api
