#include "ingest/answers.h"

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

net::Response error_answer(bool elastic, int status, const Error& error) {
    return elastic ? elastic_error(status, elastic_type(status), error.text) : problem(status, error);
}

}  // namespace vg::ingest
