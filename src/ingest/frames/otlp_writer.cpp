#include "ingest/frames/otlp_writer.h"

#include <cmath>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

namespace vg::ingest {
namespace {

void put_varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
    out.push_back(static_cast<char>(value));
}

void put_bytes(std::string& out, unsigned field, std::string_view bytes) {
    put_varint(out, field << 3 | 2);
    put_varint(out, bytes.size());
    out.append(bytes);
}

// With all nine digits that were sent.
std::string rfc3339_of(std::uint64_t nanoseconds) {
    const auto seconds = static_cast<std::int64_t>(nanoseconds / 1'000'000'000);
    std::string text = to_rfc3339({seconds * 1'000'000});
    const std::uint64_t fraction = nanoseconds % 1'000'000'000;
    if (fraction == 0) return text;
    text.pop_back();
    std::string digits = format("{:09}", fraction);
    while (digits.back() == '0') digits.pop_back();
    return text + "." + digits + "Z";
}

}  // namespace

void OtlpObject::name(std::string_view name) {
    if (!first_) out_.push_back(',');
    first_ = false;
    json::quote(out_, name);
    out_.push_back(':');
}
void OtlpObject::text(std::string_view n, std::string_view value) {
    name(n);
    json::quote(out_, value);
}
void OtlpObject::number(std::string_view n, std::int64_t value) {
    name(n);
    out_.append(std::to_string(value));
}
void OtlpObject::digits(std::string_view n, std::uint64_t value) {
    name(n);
    out_.append("\"").append(std::to_string(value)).append("\"");
}
void OtlpObject::raw(std::string_view n, std::string_view json) {
    name(n);
    out_.append(json);
}

void write_otlp_real(std::string& out, double value) {
    if (std::isnan(value))
        out.append("\"NaN\"");
    else if (std::isinf(value))
        out.append(value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    else
        json::write_real(out, value);
}

void write_otlp(std::string& out, const OtlpFacts& facts) {
    OtlpObject object{out};
    if (const std::uint64_t time = facts.time != 0 ? facts.time : facts.observed; time != 0) object.text("@timestamp", rfc3339_of(time));
    if (facts.time != 0) object.digits("timeUnixNano", facts.time);
    if (facts.observed != 0) object.digits("observedTimeUnixNano", facts.observed);
    if (facts.severity != 0) object.number("severityNumber", facts.severity);
    if (!facts.severity_text.empty()) object.text("severityText", facts.severity_text);
    if (!facts.body.empty()) object.raw("body", facts.body);
    if (!facts.attributes.empty()) object.raw("attributes", facts.attributes);
    if (facts.dropped != 0) object.number("droppedAttributesCount", facts.dropped);
    if (!facts.trace.empty()) object.text("traceId", facts.trace);
    if (!facts.span.empty()) object.text("spanId", facts.span);
    if (facts.flags != 0) object.number("flags", facts.flags);
    if (!facts.event_name.empty()) object.text("eventName", facts.event_name);
    if (!facts.resource.empty()) object.raw("resource", facts.resource);
    if (!facts.scope.empty()) object.raw("scope", facts.scope);
    object.end();
}

void OtlpSink::take(const OtlpFacts& facts) {
    // Looked at before it is written: a resource of a megabyte before a hundred thousand records is written once at most.
    const std::size_t about = facts.body.size() + facts.attributes.size() + facts.resource.size() + facts.scope.size();
    if (about > limits_.record_bytes) return refuse("the record is longer than the longest taken");
    if (total_ + about > limits_.total_bytes) return refuse("all records of the request together are longer than what one request may hold");
    json_.clear();
    write_otlp(json_, facts);
    if (json_.size() > limits_.record_bytes) return refuse("the record is longer than the longest taken");
    total_ += json_.size();
    on_record_({.number = ++number_, .json = json_, .refused = {}});
}

void OtlpSink::refuse(std::string_view why) { on_record_({.number = ++number_, .json = {}, .refused = why}); }

// ExportLogsServiceResponse { ExportLogsPartialSuccess partial_success = 1 { int64 rejected_log_records = 1; string error_message = 2; } }
std::string otlp_answer_protobuf(std::uint64_t rejected, std::string_view why) {
    std::string out;
    if (rejected == 0) return out;
    std::string partial;
    put_varint(partial, 1 << 3);
    put_varint(partial, rejected);
    put_bytes(partial, 2, why);
    put_bytes(out, 1, partial);
    return out;
}

std::string otlp_answer_json(std::uint64_t rejected, std::string_view why) {
    std::string out;
    OtlpObject answer{out};
    if (rejected > 0) {
        answer.name("partialSuccess");
        OtlpObject partial{out};
        partial.digits("rejectedLogRecords", rejected);
        partial.text("errorMessage", why);
        partial.end();
    }
    answer.end();
    return out;
}

// google.rpc.Status { int32 code = 1; string message = 2; }
std::string otlp_status_protobuf(int code, std::string_view message) {
    std::string out;
    put_varint(out, 1 << 3);
    put_varint(out, static_cast<std::uint64_t>(code));
    put_bytes(out, 2, message);
    return out;
}

}  // namespace vg::ingest
