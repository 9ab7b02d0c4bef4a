// Evidence: chosen events as one ZIP that proves itself: the bytes as they came, the parsed form, hashes, and the way from
// each record to a signature of the journal.
#include <algorithm>

#include "api/api.h"
#include "api/evidence_pack.h"
#include "api/fields.h"
#include "api/list.h"
#include "base/text.h"
#include "store/audit.h"

namespace vg::api::of_evidence {

namespace {

constexpr std::string_view kRequest = R"({"type":"object","required":["ids","reason"],"additionalProperties":false,"properties":{
    "ids":{"type":"array","minItems":1,"maxItems":1000,"items":{"type":"string","maxLength":64},"description":"of events"},
    "reason":{"type":"string","minLength":3,"maxLength":500,"description":"stands in the audit chain and in the file"},
    "chain":{"enum":["blocks","statements"],"description":"blocks (without): the journal's blocks up to the next signature too, where all records in them may be seen; statements: only what the node signs about each record"}},
    "examples":[{"ids":["{event}"],"reason":"{marker}"}]})";

Result<net::Response> pack(Ask& ask) { return pack_evidence(ask); }

constexpr Route kRoutes[] = {
    {.method = "POST", .pattern = "/api/v1/events/evidence", .permission = "evidence:export",
     .summary = "Chosen events as a ZIP: the bytes as they came, the parsed form, hashes, proof and a README. Each event is a line in the audit chain.", .request_schema = kRequest, .answer = pack},
};

}  // namespace

extern const Resource evidence{.name = "evidence", .about = "Events as evidence that proves itself.", .routes = kRoutes};

}  // namespace vg::api::of_evidence
