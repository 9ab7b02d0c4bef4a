// Notifications: what was sent to whom, what waits, and what was given up.
#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/reason.h"
#include "notify/rows.h"

namespace vg::api::of_notifications {

namespace {

using notify::Message;
using notify::MessageTag;

constexpr NamedSchema kSchemas[] = {
    {"Notification", R"({"type":"object","required":["id","organisation","rule","channel","recipient","findings","state","attempts","created","next_attempt","finished","last_error"],"properties":{
    "id":{"type":"string","format":"uuid","description":"also in Message-ID or Idempotency-Key"},"organisation":{"type":"string","format":"uuid"},"rule":{"type":"string","description":"name of the rule"},
    "channel":{"enum":["mail","webhook"]},"recipient":{"type":"string"},"findings":{"type":"integer"},"state":{"enum":["waiting","sent","given-up"]},"attempts":{"type":"integer"},
    "created":{"type":"string","format":"date-time"},"next_attempt":{"type":["string","null"],"format":"date-time"},"finished":{"type":["string","null"],"format":"date-time"},"last_error":{"type":"string"},
    )" VG_REASON R"(},
    "additionalProperties":false})"}};

json::Value to_json(const Message& message) {
    const bool waits = message.state == notify::Delivery::waiting;
    json::Value out = json::object({{"id", message.id.text()},
                         {"organisation", message.organisation.text()},
                         {"rule", message.rule_name},
                         {"channel", notify::name_of(message.channel)},
                         {"recipient", message.channel == notify::Channel::mail ? message.recipient : notify::shown_url(message.recipient)},
                         {"findings", message.findings},
                         {"state", notify::name_of(message.state)},
                         {"attempts", message.attempts},
                         {"created", time_value(message.created)},
                         {"next_attempt", waits ? time_value(message.next_attempt) : json::Value{}},
                         {"finished", time_value(message.finished)},
                         {"last_error", message.last_error}});
    add_reason(out, message.last_error);
    return out;
}

Result<net::Response> list_all(Ask& ask) {
    const auto state = ask.text("state") ? notify::delivery_named(*ask.text("state")) : std::nullopt;
    return list(ask, [state](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto messages = TRY(context.state.read([&](store::Transaction& tx) { return notify::list_messages(tx, actor.scope, state, after.value_or(""), limit + 1); }));
        return page_of(messages, {}, limit, [](const Message& message) { return message.id.text(); }, to_json);
    });
}

Result<net::Response> retry(Ask& ask) {
    const auto id = TRY(ask.id<MessageTag>());
    const Message message = TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<Message> {
        TRY(notify::retry_message(tx, ask.actor, id, ask.context.clock.now()));
        return notify::find_message(tx, ask.actor.scope, id);
    }));
    return json_answer(200, to_json(message));
}

constexpr std::string_view kList = "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before, state:waiting|sent|given-up only these";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/notifications", .permission = "notification:read",
     .summary = "Lists notifications, the newest first.", .response_schema = "Notification[]", .parameters = kList, .answer = list_all},
    {.method = "POST", .pattern = "/api/v1/notifications/{id}/retry", .permission = "notification:write",
     .summary = "Has a notification that was given up tried again.", .response_schema = "Notification", .answer = retry},
};

}  // namespace

extern const Resource notifications{.name = "notifications", .about = "What was sent to whom, and what waits.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_notifications
