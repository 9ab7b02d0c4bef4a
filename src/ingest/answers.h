// Answers that the HTTP sources share: problem documents (RFC 9457), and errors as Elasticsearch words them.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "net/http.h"
#include "net/status.h"

namespace vg::ingest {

using net::status_of;

// With Retry-After for 429 and 503. `facts` are further members of the document.
net::Response problem(int status, const Error& error, json::Object facts = {});
net::Response elastic_error(int status, std::string_view type, std::string_view reason);
// One of both.
net::Response error_answer(bool elastic, int status, const Error& error);

}  // namespace vg::ingest
