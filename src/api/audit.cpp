// The audit chain: who did what, and the proof that nothing was altered.
#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "base/text.h"
#include "store/audit.h"

namespace vg::api::of_audit {

namespace {

constexpr NamedSchema kSchemas[] = {
    {"AuditLine", R"({"type":"object","required":["number","time","actor","action","object","organisation","details","hash"],"properties":{
    "number":{"type":"integer"},"time":{"type":"string","format":"date-time"},"actor":{"type":"string"},"action":{"type":"string"},"object":{"type":"string"},
    "organisation":{"type":["string","null"],"format":"uuid","description":"whose auditors may see the line; null: the node's own"},"details":{},"hash":{"type":"string"}},"additionalProperties":false})"},
    {"AuditVerification", R"({"type":"object","required":["good","lines","head"],"properties":{"good":{"type":"boolean"},"lines":{"type":"integer"},
    "first_wrong":{"type":["integer","null"]},"reason":{"type":"string"},"head":{"type":"string","description":"hash of the last line: write it down elsewhere to prove that nothing was cut off"}},
    "additionalProperties":false})"}};

json::Value to_json(const store::AuditLine& line) {
    return json::object({{"number", line.number},
                         {"time", time_value(line.time)},
                         {"actor", line.actor},
                         {"action", line.action},
                         {"object", line.object},
                         {"organisation", id_value(line.organisation)},
                         {"details", line.details},
                         {"hash", line.hash}});
}

Result<net::Response> list_all(Ask& ask) {
    return list(ask, [](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        std::optional<std::int64_t> before;
        if (after) {
            before = parse_int(*after);
            if (!before) return fail(Code::bad_input, "field after: is no cursor of this list");
        }
        const std::vector<OrganisationId>* organisations = actor.scope.sees_node() ? nullptr : &actor.scope.organisations();
        const auto lines = TRY(context.state.read([&](store::Transaction& tx) { return store::audit::list(tx, organisations, before, limit + 1); }));
        return page_of(lines, std::nullopt, limit, [](const store::AuditLine& line) { return std::to_string(line.number); }, [](const store::AuditLine& line) { return to_json(line); });
    });
}

Result<net::Response> verify(Ask& ask) {
    const auto verification = TRY(ask.context.state.read([](store::Transaction& tx) { return store::audit::verify(tx); }));
    return json_answer(200, json::object({{"good", !verification.first_wrong},
                                          {"lines", verification.lines},
                                          {"first_wrong", verification.first_wrong},
                                          {"reason", verification.reason},
                                          {"head", verification.head}}));
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/audit", .permission = "audit:read",
     .summary = "Lists who did what, the newest first.", .response_schema = "AuditLine[]", .parameters = kListParameters, .answer = list_all},
    {.method = "GET", .pattern = "/api/v1/audit/verification", .permission = "audit:verify", .holds = Holds::node,
     .summary = "Checks the hash of every line of the audit chain.", .response_schema = "AuditVerification", .answer = verify},
};

}  // namespace

extern const Resource audit{.name = "audit", .about = "Who did what, and the proof that nothing was altered.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_audit
