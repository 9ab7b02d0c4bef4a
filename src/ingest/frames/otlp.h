// OTLP logs (opentelemetry-proto 1.x, ExportLogsServiceRequest) in its two encodings, protobuf and JSON. Each log record
// comes out as one JSON object that has its resource and scope in it, the same for both encodings:
//
//   {"@timestamp":"2024-04-26T01:02:03.123456789Z","timeUnixNano":"1714093323123456789","observedTimeUnixNano":"...",
//    "severityNumber":9,"severityText":"INFO","body":"text or a structure","attributes":{"http.method":"GET"},
//    "traceId":"32 hex","spanId":"16 hex","flags":1,"eventName":"...",
//    "resource":{"attributes":{"service.name":"shop"}},"scope":{"name":"...","version":"...","attributes":{}}}
//
// Members that were not sent are left out. Attributes and nested values become JSON members in their order; bytes become
// base64, an integer keeps all its digits, a NaN is a text. Pure; hostile input.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vg::ingest {

struct OtlpLimits {
    std::size_t record_bytes = std::size_t{1} << 20;    // of one record as JSON; a longer one is refused
    std::uint64_t total_bytes = std::uint64_t{256} << 20;  // of all of them: a large resource before many small records
    int depth = 32;                                      // of values within values
};

struct OtlpRecord {
    std::uint64_t number = 0;  // from 1
    std::string_view json;     // good inside the call
    std::string_view refused;  // why it is none; json is empty then
};
using OnOtlpRecord = std::function<void(const OtlpRecord&)>;

// An error: the request is not well-formed; the records that were handed over before it were.
Status read_otlp_protobuf(std::string_view request, const OtlpLimits& limits, const OnOtlpRecord& on_record);
Status read_otlp_json(std::string_view request, const OtlpLimits& limits, const OnOtlpRecord& on_record);

// ExportLogsServiceResponse, with partial_success when some were rejected; google.rpc.Status for an error.
std::string otlp_answer_protobuf(std::uint64_t rejected, std::string_view why);
std::string otlp_answer_json(std::uint64_t rejected, std::string_view why);
std::string otlp_status_protobuf(int code, std::string_view message);

}  // namespace vg::ingest
