// What the organisation's own logs show of a victim whose removal was told: asked of the archive by hunts, told to cases. Called by
// case_items.cpp when somebody asks, and by server for all that are watched.
#pragma once

#include <optional>
#include <vector>

#include "api/api.h"
#include "cases/cases.h"
#include "hunts/contacts.h"

namespace vg::api {

// Nothing: its removal was not told, or the policy does not ask for logs. `organisations`: whose events count. The error of an archive that
// cannot be asked is returned.
Result<std::optional<cases::Observed>> observe_item(const hunts::ContactParts& parts, std::vector<OrganisationId> organisations, const cases::Item& item, const cases::Policy& policy, Span most_time, Time now);

// By Context::observe; what could not be asked is a why_not, and is never taken for silence.
std::optional<cases::Observed> observed_of(Context& context, const cases::Item& item);

json::Value observed_json(const cases::Observed& observed);

}  // namespace vg::api
