// Records that ended the program and were set aside (docs/life-of-an-event.md). They are listed in the health report; here a
// person asks for one to be worked on once more, after an upgrade say.
#include "api/api.h"
#include "api/list.h"
#include "store/audit.h"

namespace vg::api::of_set_aside {

namespace {

Result<net::Response> retry(Ask& ask) {
    const std::int64_t position = ask.body.integer("position").value_or(0);
    TRY(ask.context.retry_set_aside({static_cast<std::uint64_t>(position)}));
    TRY(ask.context.state.write([&](store::Transaction& tx) {
        return store::audit::append(tx, {.time = ask.context.clock.now(),
                                         .actor = ask.actor.name,
                                         .action = "record:retry",
                                         .object = "position/" + std::to_string(position)});
    }));
    return json_answer(200, json::object({{"position", position}}));
}

constexpr Route kRoutes[] = {
    {.method = "POST", .pattern = "/api/v1/set-aside/retry", .permission = "record:retry", .holds = Holds::node,
     .summary = "Works once more on a record that was set aside because the program ended while it was in hand.",
     .request_schema = R"({"type":"object","required":["position"],"additionalProperties":false,"properties":{"position":{"type":"integer","minimum":0,"description":"of the record in the journal, as the health report lists it"}},"examples":[{"position":0}]})",
     .response_schema = R"({"type":"object","properties":{"position":{"type":"integer"}}})", .answer = retry},
};

}  // namespace

extern const Resource set_aside{.name = "set-aside", .about = "Records that were set aside.", .routes = kRoutes};

}  // namespace vg::api::of_set_aside
