// The making of an evidence file. Room-internal.
#pragma once

#include "api/api.h"

namespace vg::api {

// POST /api/v1/events/evidence.
Result<net::Response> pack_evidence(Ask& ask);

}  // namespace vg::api
