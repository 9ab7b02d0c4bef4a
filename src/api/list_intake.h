// What follows when a list is kept: its control servers become indicators and are asked of the archive, its hits become records of
// the node's own source, of which a rule makes findings. Room-internal.
#pragma once

#include "api/api.h"
#include "lists/lists.h"

namespace vg::api {

// {"list", "added", "renewed", "same", "warned", "refused", "reasons", "warnings"}; null when no column of the list is a control server.
Result<json::Value> take_indicators(Ask& ask, const lists::List& list, const lists::Reading& reading);

// How many records were handed over; none where nobody works on them.
Result<std::int64_t> tell_hits(Ask& ask, const lists::List& list);

}  // namespace vg::api
