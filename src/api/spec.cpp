// This API, described.
#include "api/api.h"

namespace vg::api::of_spec {

namespace {

Result<net::Response> answer(Ask&) {
    net::Response response;
    response.with("Content-Type", "application/vnd.oai.openapi+json;version=3.1");
    response.body = openapi();
    return response;
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/openapi.json", .permission = "self:read", .holds = Holds::shared,
     .summary = "This document.", .response_schema = R"({"type":"object","required":["openapi","info","paths"]})", .answer = answer},
};

}  // namespace

extern const Resource spec{.name = "spec", .about = "The description of this API.", .routes = kRoutes};

}  // namespace vg::api::of_spec
