#include "api/evidence_pack.h"

namespace vg::api {

Result<net::Response> pack_evidence(Ask&) { return fail(Code::unavailable, "not yet"); }

}  // namespace vg::api
