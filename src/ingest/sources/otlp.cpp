// OTLP over HTTP, logs: POST /v1/logs as protobuf or JSON (opentelemetry.io/docs/specs/otlp, "OTLP/HTTP"). What is kept is
// one JSON object a log record, with its resource and scope (frames/otlp.h). 200 means that every record which is not
// counted as rejected is durable; 429 and 503 with Retry-After that the request is to be sent again.
#include "base/text.h"
#include "ingest/answers.h"
#include "ingest/decompress.h"
#include "ingest/frames/otlp.h"
#include "ingest/groups.h"

namespace vg::ingest::of_otlp {
namespace {

Result<std::string> whole_body(HttpAsk& ask) {
    const auto decompressor = TRY(Decompressor::make(ask.request.header("content-encoding").value_or(""), ask.limits.otlp_bytes));
    std::string body;
    for (;;) {
        const std::string piece = TRY(ask.request.body->next());
        if (piece.empty()) break;
        TRY(decompressor->feed(piece, [&](std::string_view bytes) {
            body.append(bytes);
            return true;
        }));
    }
    TRY(decompressor->finish());
    return body;
}

Result<net::Response> take_logs(HttpAsk& ask) {
    const bool as_json = is_otlp_json(ask.request);
    const std::string type = ask.request.header("content-type").value_or("");
    if (!as_json && !starts_with_ignoring_ascii_case(type, "application/x-protobuf"))
        return otlp_error(ask.request, 415, "the Content-Type must be application/x-protobuf or application/json");
    const std::string body = TRY(whole_body(ask));
    Groups groups{ask};
    Tally& tally = ask.counters.of(ask.source.id);
    std::uint64_t rejected = 0;
    std::string why;
    const OtlpLimits limits{.record_bytes = ask.limits.line_bytes, .total_bytes = ask.limits.bulk_bytes};
    const auto take = [&](const OtlpRecord& record) {
        if (record.refused.empty()) return groups.add(record.json, record.number);
        if (rejected++ == 0) why = format("log record {}: {}", record.number, record.refused);
        tally.received.fetch_add(1, std::memory_order_relaxed);
        tally.refused.fetch_add(1, std::memory_order_relaxed);
    };
    const Status read = as_json ? read_otlp_json(body, limits, take) : read_otlp_protobuf(body, limits, take);
    groups.finish();
    if (groups.failed()) return fail(*groups.failed());
    if (!read) return fail(read.error());
    net::Response response;
    response.with("Content-Type", as_json ? "application/json" : "application/x-protobuf");
    response.body = as_json ? otlp_answer_json(rejected, why) : otlp_answer_protobuf(rejected, why);
    return response;
}

constexpr HttpRoute kRoutes[] = {{.method = "POST", .pattern = "/v1/logs", .answer = take_logs, .speech = Speech::otlp}};

}  // namespace

extern const HttpSource otlp{.name = "otlp", .routes = kRoutes};

}  // namespace vg::ingest::of_otlp
