// How the node is: probes for supervisors, numbers for Prometheus, the whole report for its operators.
#include "api/api.h"
#include "api/list.h"

namespace vg::api {

namespace {

Result<net::Response> alive(Ask&) { return net::Response::text(200, "ok\n"); }

Result<net::Response> ready(Ask& ask) {
    const Status status = ask.context.health.ready();
    if (status) return net::Response::text(200, "ready\n");
    net::Response response = net::Response::text(503, status.error().text + "\n");
    response.with("Retry-After", "5");
    return response;
}

Result<net::Response> prometheus(Ask& ask) {
    net::Response response;
    response.with("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = ask.context.metrics.prometheus();
    return response;
}

Result<net::Response> report(Ask& ask) { return json_answer(200, ask.context.health.report()); }

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/healthz", .auth = Auth::none, .holds = Holds::shared,
     .summary = "Says that the process answers.", .answer = alive},
    {.method = "GET", .pattern = "/readyz", .auth = Auth::none, .holds = Holds::shared,
     .summary = "Says whether records can be taken in; 503 with the reason when not.", .answer = ready},
    {.method = "GET", .pattern = "/metrics", .permission = "metrics:read", .holds = Holds::node,
     .summary = "Numbers in the text format of Prometheus.", .answer = prometheus},
    {.method = "GET", .pattern = "/api/v1/health", .permission = "health:read", .holds = Holds::node,
     .summary = "The health of journal, pipeline, sources and content.", .response_schema = R"({"type":"object"})", .answer = report},
};

}  // namespace

extern const Resource health{.name = "health", .about = "How the node is.", .routes = kRoutes};

}  // namespace vg::api
