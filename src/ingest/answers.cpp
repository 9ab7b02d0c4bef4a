#include "ingest/answers.h"

#include "base/text.h"
#include "ingest/frames/otlp.h"

namespace vg::ingest {
namespace {

std::string_view elastic_type(int status) {
    switch (status) {
        case 401:
        case 403: return "security_exception";
        case 404: return "resource_not_found_exception";
        case 413: return "content_too_long_exception";
        case 429: return "es_rejected_execution_exception";
        case 503: return "unavailable_exception";
        default: return "illegal_argument_exception";
    }
}

void add_retry(net::Response& response) {
    if (response.status == 429) response.with("Retry-After", "1");
    if (response.status == 503) response.with("Retry-After", "5");
}

// The codes of the HTTP Event Collector that we give.
struct SplunkCode {
    int code;
    int status;
    std::string_view text;
};
constexpr SplunkCode kSplunkCodes[] = {
    {8, 500, "Internal server error"},
    {0, 200, "Success"},
    {1, 403, "Token disabled"},
    {2, 401, "Token is required"},
    {3, 401, "Invalid authorization"},
    {4, 403, "Invalid token"},
    {5, 400, "No data"},
    {6, 400, "Invalid data format"},
    {9, 503, "Server is busy"},
    {10, 400, "Data channel is missing"},
    {11, 400, "Invalid data channel"},
    {12, 400, "Event field is required"},
    {13, 400, "Event field cannot be blank"},
    {17, 200, "HEC is healthy"},
    {18, 503, "HEC is unhealthy, queues are full"},
    {27, 413, "Content-Length of the event is too large"},
};

int splunk_code(const net::Request& request, int status) {
    switch (status) {
        case 401: {
            const auto authorization = request.header("authorization");
            if (!authorization) return 2;
            return starts_with_ignoring_ascii_case(*authorization, "bearer ") ? 4 : 3;
        }
        case 403: return 1;
        case 413: return 27;
        case 429:
        case 503: return 9;
        default: return status >= 500 ? 8 : 6;
    }
}

}  // namespace

net::Response problem(int status, const Error& error, json::Object facts) {
    json::Value body = json::object({{"type", "about:blank"}, {"title", net::reason_phrase(status)}, {"status", status}, {"detail", error.text}, {"code", name_of(error.code)}});
    for (auto& [name, value] : facts) body.set(name, std::move(value));
    net::Response response{.status = status, .body = body.dump()};
    response.with("Content-Type", "application/problem+json");
    add_retry(response);
    return response;
}

net::Response elastic_error(int status, std::string_view type, std::string_view reason) {
    const json::Value cause = json::object({{"type", type}, {"reason", reason}});
    json::Value error = json::object({{"root_cause", json::array({cause})}, {"type", type}, {"reason", reason}});
    net::Response response = net::Response::json(status, json::object({{"error", std::move(error)}, {"status", status}}).dump());
    response.with("X-Elastic-Product", "Elasticsearch");
    add_retry(response);
    return response;
}

net::Response splunk_answer(int code, json::Object facts) {
    const SplunkCode* found = &kSplunkCodes[0];
    for (const SplunkCode& each : kSplunkCodes)
        if (each.code == code) found = &each;
    json::Value body = json::object({{"text", found->text}, {"code", code}});
    for (auto& [name, value] : facts) body.set(name, std::move(value));
    net::Response response = net::Response::json(found->status, body.dump());
    add_retry(response);
    return response;
}

bool is_otlp_json(const net::Request& request) {
    return starts_with_ignoring_ascii_case(request.header("content-type").value_or(""), "application/json");
}

net::Response otlp_error(const net::Request& request, int status, std::string_view reason) {
    const int code = status == 400 || status == 413 ? 3 : status == 401 ? 16 : status == 403 ? 7 : status == 429 ? 8 : status == 503 ? 14 : 13;  // google.rpc.Code
    net::Response response{.status = status};
    if (is_otlp_json(request)) {
        response.body = json::object({{"code", code}, {"message", reason}}).dump();
        response.with("Content-Type", "application/json");
    } else {
        response.body = otlp_status_protobuf(code, reason);
        response.with("Content-Type", "application/x-protobuf");
    }
    add_retry(response);
    return response;
}

net::Response error_answer(Speech speech, const net::Request& request, int status, const Error& error) {
    switch (speech) {
        case Speech::problem: return problem(status, error);
        case Speech::elastic: return elastic_error(status, elastic_type(status), error.text);
        case Speech::splunk: return splunk_answer(splunk_code(request, status));
        case Speech::otlp: return otlp_error(request, status, error.text);
    }
    return problem(status, error);
}

}  // namespace vg::ingest
