// Problem documents (RFC 9457) with a status other than the one that follows from the code. Any thread.
#pragma once

#include "api/api.h"
#include "base/json.h"
#include "base/result.h"
#include "net/http.h"

namespace vg::api {

// {"type", "title", "status", "detail", "field"?, "reason_code"?, "reason_values"?, "code"}; "field" when the text begins with "field NAME: ",
// "reason_code" when the rest is a known one (reason.h).
json::Value problem_body(int status, const Error& error);
net::Response problem(int status, const Error& error);

}  // namespace vg::api
