// Answers of the search routes that stand in files of their own. Room-internal.
#pragma once

#include "api/api.h"

namespace vg::api {

// GET /api/v1/events/{id}/context (search_context.cpp).
Result<net::Response> around_event(Ask& ask);
// POST /api/v1/events/export (search_export.cpp).
Result<net::Response> export_events(Ask& ask);

}  // namespace vg::api
