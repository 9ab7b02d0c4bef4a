// Sources: who sends records, to whom they belong, and what became of what was sent.
#include <algorithm>

#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/narrowed.h"
#include "api/stream.h"
#include "base/text.h"
#include "directory/directory.h"
#include "ingest/senders.h"

namespace vg::api::of_sources {

namespace {

using directory::Directory;
using directory::Source;

constexpr NamedSchema kSchemas[] = {{"Source", R"({"type":"object","required":["id","name","organisation","format","zone","created","ended","version","counters","last_received"],"properties":{
    "id":{"type":"string","format":"uuid"},"name":{"type":"string"},"organisation":{"type":"string","format":"uuid"},
    "format":{"type":"string","description":"pinned format; empty: found out for each record"},"zone":{"type":"string","description":"IANA zone of times without an offset; empty: UTC"},
    "listener":{"type":"string","description":"the listener on which its peers count, such as syslog_udp; empty: on all"},
    "peers":{"type":"array","items":{"type":"string"},"description":"senders without a token that are this source: addresses, networks, certificate:NAME"},
    "cadence_seconds":{"type":"integer","description":"it is expected to send at least so often; 0: not known"},
    "created":{"type":"string","format":"date-time"},"ended":{"type":["string","null"],"format":"date-time"},"version":{"type":"integer"},
    "counters":{"type":"object","required":["received","accepted","refused","unparsed","late"],"properties":{"received":{"type":"integer"},"accepted":{"type":"integer"},
        "refused":{"type":"integer"},"unparsed":{"type":"integer"},"late":{"type":"integer"}},"additionalProperties":false},
    "last_received":{"type":["string","null"],"format":"date-time"},
    "newest":{"type":["string","null"],"format":"date-time","description":"the newest time that an event of it tells of; behind last_received by the lag"},
    "unparsed_sample":{"type":["object","null"],"required":["event","reason"],"properties":{"event":{"type":"string"},"reason":{"type":"string"}},"additionalProperties":false},
    "hint":{"type":"string","description":"what to do next, after adding"}},"additionalProperties":false})"},
    {"SourceActivity", R"({"type":"object","required":["step","until","since","items"],"properties":{"step":{"type":"integer","description":"seconds of one count"},
    "until":{"type":"string","format":"date-time","description":"the end of the last count, which is under way"},
    "since":{"type":"string","format":"date-time","description":"counted since; a zero before it says nothing"},
    "items":{"type":"array","items":{"type":"object","required":["source","name","counts"],"properties":{"source":{"type":"string","format":"uuid"},"name":{"type":"string"},
    "counts":{"type":"array","items":{"type":"integer"},"description":"records processed, oldest first"}},"additionalProperties":false}}},"additionalProperties":false})"}};

json::Value sample_value(const std::optional<UnparsedSample>& sample) {
    return sample ? json::object({{"event", sample->event}, {"reason", sample->reason}}) : json::Value{};
}

json::Value to_json(const Context& context, const Source& source) {
    const SourceCounters counters = context.health.counters(source.id);
    json::Array peers;
    for (const std::string& peer : source.peers) peers.emplace_back(peer);
    return json::object({{"id", source.id.text()},
                         {"name", source.name},
                         {"organisation", source.organisation.text()},
                         {"format", source.format},
                         {"zone", source.zone},
                         {"listener", source.listener},
                         {"peers", std::move(peers)},
                         {"cadence_seconds", source.cadence.micros / 1'000'000},
                         {"created", time_value(source.created)},
                         {"ended", time_value(source.ended)},
                         {"version", source.version},
                         {"counters", json::object({{"received", counters.received},
                                                    {"accepted", counters.accepted},
                                                    {"refused", counters.refused},
                                                    {"unparsed", counters.unparsed},
                                                    {"late", counters.late}})},
                         {"last_received", time_value(context.health.last_received(source.id))},
                         {"newest", time_value(context.health.newest(source.id))},
                         {"unparsed_sample", sample_value(context.health.unparsed_sample(source.id))}});
}

Result<Source> find(Ask& ask, const SourceId& id) {
    return ask.context.state.read([&](store::Transaction& tx) { return Directory::find_source(tx, ask.actor.scope, id); });
}

Result<net::Response> answer_with(Ask& ask, const SourceId& id) {
    const Source source = TRY(find(ask, id));
    if (ask.context.stream != nullptr && ask.request.method != "GET") ask.context.stream->source(source.id, source.organisation);
    return versioned_answer(200, to_json(ask.context, source), source.version);
}

Status check_format_and_zone(const Context& context, const Source& source) {
    if (!source.format.empty() && !context.library()->has(source.format)) {
        const auto near = nearest(source.format, context.library()->names());
        return fail(Code::bad_input, format("field format: there is no format {}{}", source.format, near ? "; did you mean " + *near + "?" : std::string{}));
    }
    if (!source.zone.empty() && !is_zone(source.zone)) return fail(Code::bad_input, "field zone: must be an IANA zone such as Asia/Ho_Chi_Minh");
    return {};
}

// What the body says about the senders without a token; what it does not name stays.
Status take_sender(const json::Value& body, Source& source) {
    if (const auto listener = body.text("listener")) {
        const std::vector<std::string> known{ingest::kListenerNames.begin(), ingest::kListenerNames.end()};
        if (!listener->empty() && std::find(known.begin(), known.end(), *listener) == known.end()) {
            const auto near = nearest(*listener, known);
            return fail(Code::bad_input, format("field listener: there is no listener {}{}", shorten(*listener, 64), near ? "; did you mean " + *near + "?" : std::string{}));
        }
        source.listener = *listener;
    }
    if (const json::Value* peers = body.find("peers"); peers != nullptr && peers->is_array()) {
        source.peers.clear();
        for (const json::Value& peer : peers->as_array())
            if (peer.is_text()) source.peers.push_back(peer.as_text());
    }
    if (const auto cadence = body.integer("cadence_seconds")) source.cadence = seconds(*cadence);
    return {};
}

Result<net::Response> list_all(Ask& ask) {
    const access::Scope scope = TRY(scope_of(ask));
    if (const auto name = ask.text("name")) {
        const auto found = TRY(ask.context.state.read([&](store::Transaction& tx) { return Directory::source_named(tx, scope, *name); }));
        ListPage page;
        if (found) page.items.push_back(to_json(ask.context, *found));
        return list(ask, [page](Context&, const access::Actor&, const std::optional<std::string>&, std::size_t) -> Result<ListPage> { return page; });
    }
    return list(ask, [scope](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto page = TRY(context.state.read([&](store::Transaction& tx) { return Directory::list_sources(tx, scope, after, limit); }));
        ListPage out{.next = page.next};
        for (const Source& source : page.items) out.items.push_back(to_json(context, source));
        return out;
    });
}

Result<net::Response> add(Ask& ask) {
    Source source;
    source.created = ask.context.clock.now();
    source.id = make_id<SourceTag>(source.created, ask.context.random);
    source.name = ask.body.text("name").value_or("");
    source.format = ask.body.text("format").value_or("");
    source.zone = ask.body.text("zone").value_or("");
    TRY(take_sender(ask.body, source));
    TRY(check_format_and_zone(ask.context, source));
    const auto organisation = TRY(id_member<OrganisationTag>(ask.body, "organisation"));
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        source.organisation = TRY_IN("field organisation: ", organisation_for(ask, tx, organisation));
        return Directory::add(tx, ask.actor, source);
    }));
    TRY(ask.context.reload_directory());
    if (ask.context.stream != nullptr) ask.context.stream->source(source.id, source.organisation);
    json::Value answer = to_json(ask.context, source);
    answer.set("hint", format("vonggac token add --role ingest --source {}", source.name));
    auto response = versioned_answer(201, answer, 1);
    response.with("Location", "/api/v1/sources/" + source.id.text());
    return response;
}

Result<net::Response> show(Ask& ask) { return answer_with(ask, TRY(ask.id<SourceTag>())); }

// The last day of all sources that have not ended, in quarters of an hour.
Result<net::Response> activity(Ask& ask) {
    constexpr std::int64_t kQuarter = 900'000'000;
    const access::Scope scope = TRY(scope_of(ask));
    json::Value items{json::Array{}};
    std::optional<std::string> after;
    do {
        const auto page = TRY(ask.context.state.read([&](store::Transaction& tx) { return Directory::list_sources(tx, scope, after, 1000); }));
        for (const Source& source : page.items) {
            if (source.ended) continue;
            json::Value counts{json::Array{}};
            for (const std::int64_t count : ask.context.health.quarters(source.id)) counts.add(count);
            items.add(json::object({{"source", source.id.text()}, {"name", source.name}, {"counts", std::move(counts)}}));
        }
        after = page.next;
    } while (after);
    const Time until{(ask.context.clock.now().micros / kQuarter + 1) * kQuarter};
    return json_answer(200, json::object({{"step", std::int64_t{900}}, {"until", time_value(until)}, {"since", time_value(ask.context.health.counting_since())}, {"items", std::move(items)}}));
}

Result<net::Response> change(Ask& ask) {
    const auto id = TRY(ask.id<SourceTag>());
    const auto version = TRY(ask.if_match());
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        Source source = TRY(Directory::find_source(tx, ask.actor.scope, id));
        if (const auto format = ask.body.text("format")) source.format = *format;
        if (const auto zone = ask.body.text("zone")) source.zone = *zone;
        TRY(take_sender(ask.body, source));
        TRY(check_format_and_zone(ask.context, source));
        return Directory::change(tx, ask.actor, source, version, ask.context.clock.now());
    }));
    TRY(ask.context.reload_directory());
    return answer_with(ask, id);
}

Result<net::Response> end(Ask& ask) {
    const auto id = TRY(ask.id<SourceTag>());
    const auto version = TRY(ask.if_match());
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        TRY(Directory::find_source(tx, ask.actor.scope, id));
        return Directory::end(tx, ask.actor, id, version, ask.context.clock.now());
    }));
    TRY(ask.context.reload_directory());
    return answer_with(ask, id);
}

constexpr std::string_view kNew = R"({"type":"object","required":["name"],"additionalProperties":false,"properties":{
    "name":{"type":"string","minLength":1,"maxLength":64,"description":"small letters, digits, '.', '_' and '-'; unique on the node"},
    "organisation":{"type":"string","format":"uuid","description":"whose records they are; without one, your own"},
    "format":{"type":"string","maxLength":64},"zone":{"type":"string","maxLength":64},
    "listener":{"type":"string","maxLength":64,"description":"where peers count: syslog_udp, syslog_tcp, syslog_tls, relp, lumberjack; empty: everywhere"},
    "peers":{"type":"array","maxItems":64,"items":{"type":"string","maxLength":255},"description":"addresses, networks, certificate:NAME"},
    "cadence_seconds":{"type":"integer","minimum":0,"maximum":2678400}},
    "examples":[{"name":"{marker}","organisation":"{organisation}"}]})";
constexpr std::string_view kChange = R"({"type":"object","additionalProperties":false,"properties":{
    "format":{"type":"string","maxLength":64},"zone":{"type":"string","maxLength":64},
    "listener":{"type":"string","maxLength":64,"description":"where peers count: syslog_udp, syslog_tcp, syslog_tls, relp, lumberjack; empty: everywhere"},
    "peers":{"type":"array","maxItems":64,"items":{"type":"string","maxLength":255},"description":"addresses, networks, certificate:NAME"},
    "cadence_seconds":{"type":"integer","minimum":0,"maximum":2678400}},"examples":[{"zone":"Asia/Ho_Chi_Minh"}]})";

constexpr std::string_view kListOrName =
    "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before, name:string only the source of this name, " VG_NARROWED;

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/sources", .permission = "source:read",
     .summary = "Lists sources with what became of what they sent.", .response_schema = "Source[]", .parameters = kListOrName, .answer = list_all},
    {.method = "POST", .pattern = "/api/v1/sources", .permission = "source:write",
     .summary = "Adds a source; its token is made apart.", .request_schema = kNew, .response_schema = "Source", .status = 201, .answer = add},
    {.method = "GET", .pattern = "/api/v1/sources/activity", .permission = "source:read",
     .summary = "Counts what each source sent in each quarter of an hour of the last day.", .response_schema = "SourceActivity", .parameters = VG_NARROWED, .answer = activity},
    {.method = "GET", .pattern = "/api/v1/sources/{id}", .permission = "source:read",
     .summary = "Shows one source.", .response_schema = "Source", .answer = show},
    {.method = "PATCH", .pattern = "/api/v1/sources/{id}", .permission = "source:write",
     .summary = "Changes a source, for records that come from now on.", .request_schema = kChange, .response_schema = "Source", .answer = change},
    {.method = "POST", .pattern = "/api/v1/sources/{id}/end", .permission = "source:write",
     .summary = "Ends a source: its tokens stop working, its records stay.", .response_schema = "Source", .answer = end},
};

}  // namespace

extern const Resource sources{.name = "sources", .about = "Who sends records, and what became of what was sent.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_sources
