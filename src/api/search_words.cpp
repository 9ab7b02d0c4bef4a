// Help while a query is typed: is it right, how is it read, and how could the word under the cursor go on.
#include "api/list.h"
#include "api/search_ask.h"
#include "api/search_completion.h"
#include "search/bubbles.h"

namespace vg::api::of_search_words {

namespace {

constexpr NamedSchema kSchemas[] = {
    {"SearchCompletion", R"({"type":"object","required":["start","end","items"],"properties":{"start":{"type":"integer","description":"bytes of q from here"},"end":{"type":"integer","description":"to here are replaced by the text of an item"},
    "items":{"type":"array","items":{"type":"object","required":["text","kind","note"],"properties":{"text":{"type":"string"},"kind":{"enum":["field","value","operator"]},"note":{"type":"string"}},"additionalProperties":false}}},
    "additionalProperties":false})"},
    {"SearchCheck", R"({"type":"object","required":["valid"],"properties":{"valid":{"type":"boolean"},
    "bubbles":{"type":"array","description":"the conditions that must all hold, in the order of the text; offsets are bytes","items":{"type":"object","required":["text","start","end","negated","field"],"properties":{"text":{"type":"string","description":"without its NOT"},"start":{"type":"integer"},
    "end":{"type":"integer"},"negated":{"type":"boolean"},"field":{"type":"string","description":"that it is about; empty for words and for several fields"}},"additionalProperties":false}},
    "warnings":{"type":"array","description":"what can be asked, but is perhaps not what was meant","items":{"type":"object","required":["offset","length","text","suggestion"],"properties":{"offset":{"type":"integer"},
    "length":{"type":"integer"},"text":{"type":"string"},"suggestion":{"type":"string"}},"additionalProperties":false}},
    "offset":{"type":"integer"},"length":{"type":"integer"},"text":{"type":"string","description":"what is wrong"},"suggestion":{"type":"string","description":"what to write instead; empty when nobody knows"}},"additionalProperties":false})"}};

Result<net::Response> check(Ask& ask) {
    const std::string text = ask.text("q").value_or("");
    const auto query = search::parse(text);
    if (!query) {
        const search::ParseError& error = query.error();
        return json_answer(200, json::object({{"valid", false}, {"offset", error.offset}, {"length", error.length}, {"text", error.text}, {"suggestion", error.suggestion}}));
    }
    json::Array bubbles, warnings;
    for (const search::Bubble& bubble : search::bubbles(*query))
        bubbles.push_back(json::object({{"text", bubble.text}, {"start", bubble.offset}, {"end", bubble.offset + bubble.length}, {"negated", bubble.negated}, {"field", bubble.field}}));
    for (const search::ParseError& warning : query->warnings())
        warnings.push_back(json::object({{"offset", warning.offset}, {"length", warning.length}, {"text", warning.text}, {"suggestion", warning.suggestion}}));
    return json_answer(200, json::object({{"valid", true}, {"bubbles", std::move(bubbles)}, {"warnings", std::move(warnings)}}));
}

Result<net::Response> complete(Ask& ask) {
    TRY(archive_of(ask));
    const std::string text = ask.text("q").value_or("");
    const std::int64_t at = ask.integer("at").value_or(static_cast<std::int64_t>(text.size()));
    if (at < 0 || static_cast<std::size_t>(at) > text.size()) return fail(Code::bad_input, "field at: must be an offset in bytes within q");
    const search::Expectation here = search::complete(text, static_cast<std::size_t>(at), 50);
    // The values are those of all events of the time; the rest of the query does not narrow them.
    Wanted wanted = wanted_of(ask);
    wanted.text.clear();
    const Time now = ask.context.clock.now();
    if (!ask.time("to")) wanted.to = now + minutes(5);  // senders' clocks run ahead
    if (!ask.time("from")) wanted.from = wanted.to - hours(24);
    auto sought = sought_of(ask, wanted);
    if (!sought) return std::move(sought).error();
    sought->query = TRY(search::parse_or_say(query_for(here)));
    return at_the_desk(ask, *sought, "completion", [&](View& view) -> Result<net::Response> {
        const Offers offers = TRY(offers_for(view, here));
        if (sought->reveal) TRY(Reveals(ask.context, ask.actor, "completion", *sought).note_values(offers.personal_values));
        json::Array items;
        for (const Offer& offer : offers.items) items.push_back(json::object({{"text", offer.text}, {"kind", offer.kind}, {"note", offer.note}}));
        return json_answer(200, json::object({{"start", here.offset}, {"end", here.offset + here.length}, {"items", std::move(items)}}));
    });
}

constexpr std::string_view kCompletion =
    "q:query! the text so far, at:integer the cursor as an offset in bytes and the end without, from:time values of events from here and of a day without, to:time and to here, "
    "organisation:uuids only of these organisations and those below them, masked:boolean hide personal fields from an account that may see them, search:uuid names the search";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/search/completion", .permission = "event:read",
     .summary = "How the word under the cursor may go on: fields, values, operators.", .response_schema = "SearchCompletion", .parameters = kCompletion, .answer = complete},
    {.method = "GET", .pattern = "/api/v1/search/check", .permission = "event:read", .holds = Holds::shared,
     .summary = "Whether a query is right, and how it is read; or what is wrong with it and where.", .response_schema = "SearchCheck", .parameters = "q:query! the query", .answer = check},
};

}  // namespace

extern const Resource search_words{.name = "search-words", .about = "Help while a query is typed.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_search_words
