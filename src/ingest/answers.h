// Answers that the HTTP sources share: problem documents (RFC 9457), and errors as Elasticsearch, Splunk's HTTP Event
// Collector and OTLP word them.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "ingest/http_source.h"
#include "net/http.h"
#include "net/status.h"

namespace vg::ingest {

using net::status_of;

// With Retry-After for 429 and 503. `facts` are further members of the document.
net::Response problem(int status, const Error& error, json::Object facts = {});
net::Response elastic_error(int status, std::string_view type, std::string_view reason);
// {"text":"...","code":N} with further members; the status is the one that Splunk gives with that code.
net::Response splunk_answer(int code, json::Object facts = {});
// The request's own encoding, protobuf or JSON; 429 and 503 with Retry-After.
net::Response otlp_error(const net::Request& request, int status, std::string_view reason);
bool is_otlp_json(const net::Request& request);
// The one that the protocol has.
net::Response error_answer(Speech speech, const net::Request& request, int status, const Error& error);

}  // namespace vg::ingest
