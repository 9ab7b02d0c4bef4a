// The search over the archive: pages and streams of events, numbers over them, and what stands around one event.
#include <algorithm>

#include "api/fields.h"
#include "api/list.h"
#include "api/masking.h"
#include "api/search_ask.h"
#include "api/search_routes.h"
#include "api/search_stream.h"
#include "base/cursor.h"
#include "base/text.h"
#include "base/time.h"

namespace vg::api::of_search_events {

namespace {

constexpr std::int64_t kMostTop = 1000;
constexpr std::int64_t kBuckets = 100;  // about so many when the step is left to us
constexpr std::int64_t kMostBuckets = 10'000;

constexpr NamedSchema kSchemas[] = {
    {"Incomplete", R"({"type":"array","description":"What the answer lacks; absent when it is whole. Times are those of receipt, and null where nobody knows.","items":{"type":"object","required":["from","to","events","reason"],"properties":{
    "from":{"type":["string","null"],"format":"date-time"},"to":{"type":["string","null"],"format":"date-time"},
    "events":{"type":["integer","null"],"description":"so many at most; null: not known, or not for this account"},
    "reason":{"enum":["missing","lost","behind"],"description":"missing: being put back from the journal; lost: for good; behind: received more than two seconds ago and not yet searchable"}},"additionalProperties":false}})"},
    {"FoundEvent", R"({"type":"object","required":["id","occurred","received","source","organisation","format","peer","fields","masked"],"properties":{
    "id":{"type":"string","description":"journal and position"},"occurred":{"type":"string","format":"date-time"},"received":{"type":"string","format":"date-time"},
    "source":{"type":"object","required":["id","name"],"properties":{"id":{"type":["string","null"],"format":"uuid"},"name":{"type":"string"}},"additionalProperties":false},
    "organisation":{"type":"string","format":"uuid","description":"of the source: who may see the event"},"format":{"type":"string"},"peer":{"type":"string","description":"who sent it"},
    "unparsed":{"type":"string","description":"why no format understood it"},"fields":{"type":"object","description":"flat names; several values are an array"},
    "masked":{"type":"boolean","description":"personal values are hidden"}},"additionalProperties":false})"},
    {"EventCount", R"({"type":"object","required":["count"],"properties":{"count":{"type":"integer"},"incomplete":{"$ref":"#/components/schemas/Incomplete"}},"additionalProperties":false})"},
    {"EventHistogram", R"({"type":"object","required":["step","buckets"],"properties":{"step":{"type":"integer","description":"seconds"},
    "buckets":{"type":"array","items":{"type":"object","required":["from","count"],"properties":{"from":{"type":"string","format":"date-time"},"count":{"type":"integer"}},"additionalProperties":false}},
    "incomplete":{"$ref":"#/components/schemas/Incomplete"}},"additionalProperties":false})"},
    {"EventTop", R"({"type":"object","required":["field","events","with_field","distinct","values"],"properties":{"field":{"type":"string"},"events":{"type":"integer"},
    "with_field":{"type":"integer"},"distinct":{"type":"integer","description":"exact; of the values as they are shown"},"masked":{"type":"boolean"},
    "values":{"type":"array","items":{"type":"object","required":["value","count"],"properties":{"value":{"type":"string"},"count":{"type":"integer"}},"additionalProperties":false}},
    "incomplete":{"$ref":"#/components/schemas/Incomplete"}},"additionalProperties":false})"},
    {"EventStatistics", R"({"type":"object","required":["field","events","distinct","least","most"],"properties":{"field":{"type":"string"},"events":{"type":"integer","description":"that have the field"},
    "distinct":{"type":"integer"},"least":{"type":["string","null"]},"most":{"type":["string","null"]},"masked":{"type":"boolean"},"incomplete":{"$ref":"#/components/schemas/Incomplete"}},"additionalProperties":false})"},
    {"EventFields", R"({"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{"type":"object","required":["name","count","type","ecs","personal"],"properties":{
    "name":{"type":"string"},"count":{"type":"integer"},"type":{"enum":["text","integer","real","boolean","time","address"]},"ecs":{"type":"boolean"},
    "personal":{"type":"boolean","description":"masked for accounts that may not reveal"}},"additionalProperties":false}},
    "incomplete":{"$ref":"#/components/schemas/Incomplete"}},"additionalProperties":false})"},
    {"EventContext", R"({"type":"object","required":["before","event","after"],"properties":{"before":{"type":"array","items":{"$ref":"#/components/schemas/FoundEvent"},"description":"in order of time, the last one right before the event"},
    "event":{"$ref":"#/components/schemas/FoundEvent"},"after":{"type":"array","items":{"$ref":"#/components/schemas/FoundEvent"}},"incomplete":{"$ref":"#/components/schemas/Incomplete"}},"additionalProperties":false})"}};

bool wants_lines(const net::Request& request) { return request.header("accept").value_or("").find("application/x-ndjson") != std::string::npos; }

store::Order order_of(const Ask& ask) { return ask.text("order") == "oldest" ? store::Order::oldest_first : store::Order::newest_first; }

// The order stands in the cursor: a page never goes on in the other direction.
std::string_view cursor_kind(store::Order order) { return order == store::Order::newest_first ? "events-newest" : "events-oldest"; }

Result<std::optional<store::PageCursor>> cursor_of(const Ask& ask, store::Order order) {
    const auto after = ask.text("after");
    if (!after) return std::nullopt;
    const auto key = TRY(from_cursor(cursor_kind(order), 2, *after));
    const auto micros = parse_int(key[0]), position = parse_int(key[1]);
    if (!micros || !position || *position < 0 || format("{}", *micros) != key[0] || format("{}", *position) != key[1])
        return fail(Code::bad_input, "field after: is no cursor of this list; use the value of next as it was given");
    return std::optional{store::PageCursor{Time{*micros}, {static_cast<std::uint64_t>(*position)}}};
}

std::string cursor_text(const store::PageCursor& cursor, store::Order order) {
    return to_cursor(cursor_kind(order), {format("{}", cursor.occurred.micros), format("{}", cursor.position.value)});
}

Result<net::Response> page(Ask& ask) {
    const store::Order order = order_of(ask);
    if (wants_lines(ask.request)) {
        if (ask.text("after")) return fail(Code::bad_input, "field after: a stream begins at the beginning");
        auto sought = sought_of(ask, wanted_of(ask));
        if (!sought) return std::move(sought).error();
        net::Response response;
        response.with("Content-Type", "application/x-ndjson");
        TRY(stream_events(ask, *sought, "stream", order, Lines::json, response));
        return response;
    }
    const auto limit = static_cast<std::size_t>(ask.integer("limit").value_or(100));
    const auto after = TRY(cursor_of(ask, order));
    return searched(ask, "events", [&](View& view, const Sought& sought) -> Result<net::Response> {
        const store::Page found = TRY(view.page({.limit = limit, .order = order, .after = after}));
        if (sought.reveal) TRY(Reveals(ask.context, ask.actor, "events", sought).note(found.events));
        const auto directory = ask.context.directory();
        json::Array items;
        for (const store::FoundEvent& event : found.events) items.push_back(found_json(ask.context, *directory, event, view.masks()));
        json::Value next;
        if (found.next) next = cursor_text(*found.next, order);
        return view_answer(view, json::object({{"items", std::move(items)}, {"next", std::move(next)}}));
    });
}

Result<net::Response> count(Ask& ask) {
    return searched(ask, "count", [](View& view, const Sought&) -> Result<net::Response> {
        const std::uint64_t found = TRY(view.count());
        return view_answer(view, json::object({{"count", found}}));
    });
}

// A step that people read easily: about a hundred buckets.
std::int64_t chosen_step(Span range) {
    static constexpr std::int64_t kSteps[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 2592000};
    const std::int64_t wanted = range.micros / 1'000'000 / kBuckets;
    for (const std::int64_t step : kSteps)
        if (step >= wanted) return step;
    return (wanted / 2592000 + 1) * 2592000;
}

Result<net::Response> histogram(Ask& ask) {
    const Wanted wanted = wanted_of(ask);
    const Span range = wanted.to - wanted.from;
    const std::int64_t step = ask.integer("step").value_or(chosen_step(range));
    if (step < 1 || step > 366 * 86400) return fail(Code::bad_input, "field step: must be from 1 second to 366 days");
    if (range.micros / 1'000'000 / step >= kMostBuckets) return fail(Code::bad_input, format("field step: makes more than {} buckets; take a longer one", kMostBuckets));
    return searched(ask, "histogram", [step](View& view, const Sought&) -> Result<net::Response> {
        json::Array buckets;
        for (const store::Bucket& bucket : TRY(view.histogram(seconds(step)))) buckets.push_back(json::object({{"from", to_rfc3339(bucket.from)}, {"count", bucket.count}}));
        return view_answer(view, json::object({{"step", step}, {"buckets", std::move(buckets)}}));
    });
}

Result<std::string> field_of(const Ask& ask) {
    std::string field = ask.text("field").value_or("");
    if (field.empty() || field.size() > 256) return fail(Code::bad_input, "field field: must be the name of a field, at most 256 bytes");
    return field;
}

Result<net::Response> top(Ask& ask) {
    const std::string field = TRY(field_of(ask));
    const std::int64_t most = ask.integer("most").value_or(20);
    if (most < 1 || most > kMostTop) return fail(Code::bad_input, format("field most: must be from 1 to {}", kMostTop));
    return searched(ask, "top", [&](View& view, const Sought& sought) -> Result<net::Response> {
        const store::Top found = TRY(view.top(field, static_cast<std::size_t>(most)));
        if (sought.reveal && is_personal(field)) TRY(Reveals(ask.context, ask.actor, "top of " + field, sought).note_values(found.values.size()));
        json::Array values;
        for (const store::TopValue& value : found.values) values.push_back(json::object({{"value", value.value}, {"count", value.count}}));
        return view_answer(view, json::object({{"field", field}, {"events", found.events}, {"with_field", found.with_field}, {"distinct", found.distinct},
                                              {"masked", view.masks()}, {"values", std::move(values)}}));
    });
}

Result<net::Response> statistics(Ask& ask) {
    const std::string field = TRY(field_of(ask));
    return searched(ask, "statistics", [&](View& view, const Sought& sought) -> Result<net::Response> {
        const store::FieldStatistics found = TRY(view.statistics(field));
        if (sought.reveal && is_personal(field)) TRY(Reveals(ask.context, ask.actor, "statistics of " + field, sought).note_values(found.events > 0 ? 2 : 0));
        return view_answer(view, json::object({{"field", field}, {"events", found.events}, {"distinct", found.distinct}, {"least", found.least}, {"most", found.most}, {"masked", view.masks()}}));
    });
}

std::string_view type_name(event::Type type) {
    switch (type) {
        case event::Type::integer: return "integer";
        case event::Type::real: return "real";
        case event::Type::boolean: return "boolean";
        case event::Type::time: return "time";
        case event::Type::address: return "address";
        case event::Type::null:
        case event::Type::text: return "text";
    }
    return "text";
}

Result<net::Response> fields(Ask& ask) {
    return searched(ask, "fields", [](View& view, const Sought&) -> Result<net::Response> {
        json::Array items;
        for (const store::TopValue& name : TRY(view.fields())) {
            const event::Ecs ecs = event::ecs_field(name.value);
            const bool known = ecs != event::Ecs::none;
            items.push_back(json::object({{"name", name.value}, {"count", name.count}, {"type", known ? type_name(event::info(ecs).type) : "text"}, {"ecs", known}, {"personal", is_personal(name.value)}}));
        }
        return view_answer(view, json::object({{"items", std::move(items)}}));
    });
}

// A constant text made of two, so that every route names the common parameters once.
template <std::size_t A, std::size_t B>
struct Joined {
    char text[A + B + 1] = {};
    constexpr Joined(std::string_view a, std::string_view b) {
        std::copy(a.begin(), a.end(), text);
        std::copy(b.begin(), b.end(), text + A);
    }
    [[nodiscard]] constexpr std::string_view view() const { return {text, A + B}; }
};
#define JOINED(name, text)                       \
    constexpr std::string_view name##_own{text}; \
    constexpr Joined<name##_own.size(), kSearchParameters.size()> name { name##_own, kSearchParameters }
JOINED(kPageParameters, "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before, order:newest|oldest which first and newest without, ");
JOINED(kStepParameters, "step:integer seconds and about a hundred buckets without, ");
JOINED(kTopParameters, "field:string! whose values, most:integer so many values from 1 to 1000 and 20 without, ");
JOINED(kFieldParameters, "field:string! whose values, ");
#undef JOINED

constexpr std::string_view kAroundParameters =
    "before:integer so many events before it up to 500 and 50 without, after:integer so many after it up to 500 and 50 without, by:host|source which events and host without, "
    "masked:boolean hide personal fields from an account that may see them, search:uuid names the search so that it can be watched and cancelled";
constexpr std::string_view kExportSchema = R"({"type":"object","required":["from","to","format"],"additionalProperties":false,"properties":{
    "q":{"type":"string","maxLength":8192,"description":"a line of the search language; everything without"},"from":{"type":"string","format":"date-time","description":"occurred at or after"},
    "to":{"type":"string","format":"date-time","description":"occurred before"},"format":{"enum":["parquet","ndjson","csv"]},
    "order":{"enum":["newest","oldest"],"description":"of ndjson and csv; oldest without"},"organisation":{"type":"string","maxLength":4000,"description":"only of these and those below them; several with commas between"},
    "masked":{"type":"boolean","description":"hide personal fields from an account that may see them"},"search":{"type":"string","format":"uuid","description":"names the search so that it can be watched and cancelled"}},
    "examples":[{"q":"","from":"{yesterday}","to":"{tomorrow}","format":"ndjson"}]})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/events", .permission = "event:read",
     .summary = "Searches events by time of occurrence; with Accept: application/x-ndjson streams all of them, and behind them a line {\"incomplete\": [...]} when some are missing.", .response_schema = "FoundEvent[]?", .parameters = kPageParameters.view(), .answer = page},
    {.method = "GET", .pattern = "/api/v1/events/count", .permission = "event:read",
     .summary = "Counts events.", .response_schema = "EventCount", .parameters = kSearchParameters, .answer = count},
    {.method = "GET", .pattern = "/api/v1/events/histogram", .permission = "event:read",
     .summary = "Counts events by time; empty buckets stand too.", .response_schema = "EventHistogram", .parameters = kStepParameters.view(), .answer = histogram},
    {.method = "GET", .pattern = "/api/v1/events/top", .permission = "event:read",
     .summary = "The most frequent values of a field.", .response_schema = "EventTop", .parameters = kTopParameters.view(), .answer = top},
    {.method = "GET", .pattern = "/api/v1/events/statistics", .permission = "event:read",
     .summary = "How many events have a field, how many values it has, the least and the most.", .response_schema = "EventStatistics", .parameters = kFieldParameters.view(), .answer = statistics},
    {.method = "GET", .pattern = "/api/v1/events/{id}/context", .permission = "event:read",
     .summary = "What happened around an event, on the same host or at the same source.", .response_schema = "EventContext", .parameters = kAroundParameters, .answer = around_event},
    {.method = "POST", .pattern = "/api/v1/events/export", .permission = "event:export",
     .summary = "Sends all events of a search as a file; a line in the audit chain says so. What it lacks stands in its last line (csv: #incomplete), of Parquet in the header Vonggac-Incomplete. Parquet only for accounts that may see personal fields.", .request_schema = kExportSchema, .answer = export_events},
    {.method = "GET", .pattern = "/api/v1/events/fields", .permission = "event:read",
     .summary = "Names of the fields that occur, the most frequent first.", .response_schema = "EventFields", .parameters = kSearchParameters, .answer = fields},
};

}  // namespace

extern const Resource search_events{.name = "search", .about = "Search over all events in the archive.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_search_events
