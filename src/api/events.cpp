// Single events, by journal and position. Search comes with the archive.
#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/masking.h"
#include "api/search_routes.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "store/audit.h"

namespace vg::api {

json::Value event_json(const Context& context, const store::StoredRecord& stored, bool reveal) {
    const event::Envelope& envelope = stored.record.envelope;
    Arena arena;
    const formats::Outcome outcome = formats::to_event(stored.record, *context.library(), arena);
    // What was not understood cannot be masked by field: its text is hidden as a whole.
    const bool hidden = !reveal && !outcome.unparsed.empty();
    const auto snapshot = context.directory();
    const directory::Source* source = snapshot->source(envelope.source);
    json::Value out = json::object({{"id", event::EventId{context.journal.id(), stored.position}.text()},
                                    {"source", json::object({{"id", id_value(envelope.source)}, {"name", source == nullptr ? std::string{} : source->name}})},
                                    {"organisation", envelope.organisation.text()},
                                    {"received", time_value(envelope.received)},
                                    {"occurred", time_value(outcome.event.occurred)},
                                    {"peer", envelope.peer},
                                    {"format", outcome.event.format}});
    if (!outcome.unparsed.empty()) out.set("unparsed", outcome.unparsed);
    if (hidden)
        out.set("fields", json::object({{"message", kMask}}));
    else
        out.set("fields", event::to_json(reveal ? outcome.event : masked(outcome.event, arena)));
    out.set("masked", !reveal);
    if (reveal) out.set("raw", to_base64(stored.record.raw));
    return out;
}

Result<store::StoredRecord> visible_event(Ask& ask) { return visible_event(ask, ask.captures[0]); }

Result<store::StoredRecord> visible_event(Ask& ask, std::string_view text) {
    const auto missing = [] { return fail(Code::not_found, "there is no such event"); };
    const auto id = event::EventId::parse(text);
    if (!id || id->journal != ask.context.journal.id()) return missing();
    if (id->position < ask.context.journal.begin() || id->position >= ask.context.journal.end()) return missing();
    auto stored = ask.context.journal.at(id->position);
    if (!stored) {
        // A damaged record names nobody: only the node's own accounts learn what is wrong with it.
        if (ask.actor.scope.sees_node()) return fail(stored.error());
        return missing();
    }
    const event::Envelope& envelope = stored->record.envelope;
    if (envelope.kind != event::Kind::data || !ask.actor.scope.sees(envelope.organisation)) return missing();
    return std::move(*stored);
}

}  // namespace vg::api

namespace vg::api::of_events {

namespace {

constexpr NamedSchema kSchemas[] = {{"Event", R"({"type":"object","required":["id","source","organisation","received","occurred","format","fields","masked"],"properties":{
    "id":{"type":"string","description":"journal and position"},
    "source":{"type":"object","required":["id","name"],"properties":{"id":{"type":["string","null"],"format":"uuid"},"name":{"type":"string"}},"additionalProperties":false},
    "organisation":{"type":"string","format":"uuid"},"received":{"type":"string","format":"date-time"},"occurred":{"type":"string","format":"date-time"},
    "peer":{"type":"string","description":"who sent it"},"format":{"type":"string"},"unparsed":{"type":"string","description":"why no format understood it"},
    "fields":{"type":"object"},"masked":{"type":"boolean","description":"personal fields are hidden, and raw is left out"},
    "raw":{"type":"string","contentEncoding":"base64","description":"the bytes as they came"}},"additionalProperties":false})"}};

Result<net::Response> show(Ask& ask) {
    const auto stored = TRY(visible_event(ask));
    return json_answer(200, event_json(ask.context, stored, false));
}

Result<net::Response> reveal(Ask& ask) {
    const auto stored = TRY(visible_event(ask));
    const event::EventId id{ask.context.journal.id(), stored.position};
    TRY(ask.context.state.write([&](store::Transaction& tx) {
        return store::audit::append(tx, {.time = ask.context.clock.now(),
                                         .actor = ask.actor.name,
                                         .action = "personal:reveal",
                                         .object = "event/" + id.text(),
                                         .organisation = stored.record.envelope.organisation,
                                         .details = json::object({{"reason", ask.body.text("reason")}})});
    }));
    return json_answer(200, event_json(ask.context, stored, true));
}

constexpr std::string_view kReason = R"({"type":"object","required":["reason"],"additionalProperties":false,"properties":{
    "reason":{"type":"string","minLength":3,"maxLength":500,"description":"stands in the audit chain"}},"examples":[{"reason":"to tell the owner of the account"}]})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/events/{id}", .permission = "event:read",
     .summary = "Shows one event as it was understood; personal fields are masked.", .response_schema = "Event", .answer = show},
    {.method = "POST", .pattern = "/api/v1/events/{id}/reveal", .permission = "personal:reveal",
     .summary = "Shows one event with personal fields and the bytes as they came; the reason goes into the audit chain.",
     .request_schema = kReason, .response_schema = "Event", .answer = reveal},
};

}  // namespace

extern const Resource events{.name = "events", .about = "Single records as they came and as they were understood.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_events
