// Idempotency-Key: a POST that is sent twice with one key is carried out once, and the second gets the first's answer,
// for 24 hours. A key is claimed durably before the work begins, so that a crash in between is never taken for "not
// done". Called by the router; any thread.
#pragma once

#include <optional>
#include <string>

#include "api/api.h"

namespace vg::api {

struct Claim {
    std::string actor;      // organisation and name: names of tokens are unique within an organisation only
    std::string key;        // as sent, 1 to 255 visible ASCII characters
    std::string route;      // "POST /api/v1/sources"
    std::string body_hash;  // without members that are writeOnly
};

// Nothing: the key is claimed now, carry on. A response: send it instead (a replay, or a problem with status 409 when
// the first is not finished or its secret cannot be shown again, 422 when the key belongs to another request).
Result<std::optional<net::Response>> claim(store::State& state, const Claim& claim, Time now);
// After success: keeps the answer. `secret`: keeps only that there was one.
Status keep_answer(store::State& state, const Claim& claim, const net::Response& response, bool secret);
// After failure: the key is free again.
Status release(store::State& state, const Claim& claim);

// Hash of the body as the schema sees it: members that the schema calls writeOnly (passwords) are left out.
std::string body_hash(const json::Value& schema, const json::Value& body, std::string_view target);

}  // namespace vg::api
