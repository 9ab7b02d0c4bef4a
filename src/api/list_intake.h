// What follows when a list is kept: its control servers become indicators and are asked of the archive. Room-internal.
#pragma once

#include "api/api.h"
#include "lists/lists.h"

namespace vg::api {

// {"list", "added", "renewed", "same", "warned", "refused", "reasons", "warnings"}; null when no column of the list is a control server.
Result<json::Value> take_indicators(Ask& ask, const lists::List& list, const lists::Reading& reading);

}  // namespace vg::api
