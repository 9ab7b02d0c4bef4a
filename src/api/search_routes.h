// Answers of the search routes that stand in files of their own. Room-internal.
#pragma once

#include "api/api.h"

namespace vg::api {

// GET /api/v1/events/{id}/context (search_context.cpp).
Result<net::Response> around_event(Ask& ask);
// POST /api/v1/events/export (search_export.cpp).
Result<net::Response> export_events(Ask& ask);

// One record as it is understood now: schema Event, with the bytes in base64 when `reveal`.
json::Value event_json(const Context& context, const store::StoredRecord& stored, bool reveal);
// The record that the path names, when the actor may see its organisation; what is missing and what is not his give the
// same answer (events.cpp).
Result<store::StoredRecord> visible_event(Ask& ask);
Result<store::StoredRecord> visible_event(Ask& ask, std::string_view id);

}  // namespace vg::api
