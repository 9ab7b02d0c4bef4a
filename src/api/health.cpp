// How the node is: probes for supervisors, numbers for Prometheus, the whole report for its operators.
#include "api/api.h"
#include "api/list.h"

namespace vg::api::of_health {

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

Result<net::Response> settings(Ask& ask) {
    if (!ask.context.settings) return fail(Code::unavailable, "no server works on this folder; `vonggac config show` tells the settings");
    return json_answer(200, json::object({{"items", ask.context.settings()}}));
}

constexpr NamedSchema kSchemas[] = {{"Settings", R"({"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{"type":"object","required":["key","value","default","text","text_vi"],
    "properties":{"key":{"type":"string"},"value":{},"default":{},"least":{"type":["integer","null"]},"most":{"type":["integer","null"]},"text":{"type":"string","description":"what it is for, in English"},"text_vi":{"type":"string","description":"the same in Vietnamese"}},"additionalProperties":false}}},
    "additionalProperties":false})"}};

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/healthz", .auth = Auth::none, .holds = Holds::shared,
     .summary = "Says that the process answers.", .answer = alive},
    {.method = "GET", .pattern = "/readyz", .auth = Auth::none, .holds = Holds::shared,
     .summary = "Says whether records can be taken in; 503 with the reason when not.", .answer = ready},
    {.method = "GET", .pattern = "/metrics", .permission = "metrics:read", .holds = Holds::node,
     .summary = "Numbers in the text format of Prometheus.", .answer = prometheus},
    {.method = "GET", .pattern = "/api/v1/health", .permission = "health:read", .holds = Holds::node,
     .summary = "The health of journal, pipeline, sources and content.", .response_schema = R"({"type":"object"})", .answer = report},
    {.method = "GET", .pattern = "/api/v1/settings", .permission = "setting:read", .holds = Holds::node,
     .summary = "Every setting with its value, what it is for and its bounds; secrets are left out.", .response_schema = "Settings", .answer = settings},
};

}  // namespace

extern const Resource health{.name = "health", .about = "How the node is.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_health
