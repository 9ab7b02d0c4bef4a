// Feeds: lists of indicators that the node pulls from time to time, how each is doing, and what is held for a person. They hold for the
// whole node.
#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "base/text.h"
#include "intel/puller.h"
#include "store/audit.h"

namespace vg::api::of_feeds {

namespace {

constexpr NamedSchema kSchemas[] = {
    {"Feed", R"({"type":"object","required":["name","url","form","organisation","family","confidence","tlp","half_life_days","every_minutes","state","created","next","failures","entries","refused","patterns"],"properties":{
    "name":{"type":"string","description":"of its list too"},"url":{"type":"string"},"form":{"type":"string","description":"empty: by the look of it"},"mapping":{"type":"object","description":"of CSV"},"organisation":{"type":"string","description":"who publishes it"},
    "family":{"type":"string"},"confidence":{"type":"integer"},"tlp":{"type":"string"},"half_life_days":{"type":"integer"},"every_minutes":{"type":"integer"},
    "state":{"type":"string","enum":["waiting","fine","failing","held"],"description":"waiting: it has not been pulled yet; held: it changed suddenly, and what was in force stays until a person has looked"},
    "created":{"type":"string","format":"date-time"},"next":{"type":"string","format":"date-time"},"last_try":{"type":"string","format":"date-time"},"last_success":{"type":"string","format":"date-time"},
    "last_change":{"type":"string","format":"date-time","description":"when its values changed last"},"last_error":{"type":"string","description":"of the last try"},"failures":{"type":"integer","description":"one after another"},
    "entries":{"type":"integer","description":"in force"},"refused":{"type":"integer","description":"that are no indicators"},"patterns":{"type":"integer","description":"of `entries`, STIX patterns that are more than values"},
    "held":{"type":"string","description":"a mark of what is held: release it with this"},"held_since":{"type":"string","format":"date-time"},"held_entries":{"type":"integer"},
    "reasons":{"type":"array","items":{"type":"string"},"description":"why it is held"},"examples":{"type":"array","items":{"type":"string"},"description":"new values that are on a warninglist"}},"additionalProperties":false})"}};

std::string_view state_of(const intel::FeedStanding& standing) {
    if (!standing.held.empty()) return "held";
    if (standing.failures > 0) return "failing";
    return standing.last_success ? "fine" : "waiting";
}

json::Value texts(const std::vector<std::string>& all) {
    json::Array out;
    for (const std::string& one : all) out.emplace_back(one);
    return out;
}

json::Value to_json(const intel::Feed& feed) {
    const auto& [said, now] = feed;
    json::Value out = json::object({{"name", said.name}, {"url", said.address}, {"form", said.form}, {"organisation", said.organisation}, {"family", said.family}, {"confidence", said.confidence}, {"tlp", name_of(said.tlp)},
                                    {"half_life_days", said.half_life_days}, {"every_minutes", said.every_minutes}, {"state", state_of(now)}, {"created", time_value(now.created)}, {"next", time_value(now.next)},
                                    {"failures", now.failures}, {"entries", now.entries}, {"refused", now.refused}, {"patterns", now.patterns}});
    if (!said.mapping.empty())
        if (auto mapping = json::parse(said.mapping)) out.set("mapping", std::move(*mapping));
    for (const auto& [member, time] : {std::pair{"last_try", &now.last_try}, {"last_success", &now.last_success}, {"last_change", &now.last_change}, {"held_since", &now.held_since}})
        if (*time) out.set(member, time_value(**time));
    if (!now.last_error.empty()) out.set("last_error", now.last_error);
    if (!now.held.empty()) out.set("held", now.held).set("held_entries", now.held_entries).set("reasons", texts(now.reasons)).set("examples", texts(now.examples));
    return out;
}

Result<net::Response> list_feeds(Ask& ask) {
    return list(ask, [](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto found = TRY(context.state.read([](store::Transaction& tx) { return intel::feeds(tx); }));
        return page_of(found, after, limit, [](const intel::Feed& one) { return one.settings.name; }, [](const intel::Feed& one) { return to_json(one); });
    });
}

Result<net::Response> show(Ask& ask) {
    const auto found = TRY(ask.context.state.read([&](store::Transaction& tx) { return intel::find_feed(tx, ask.captures[0]); }));
    if (!found) return fail(Code::not_found, "there is no such feed");
    return json_answer(200, to_json(*found));
}

Result<net::Response> put(Ask& ask) {
    const json::Value& body = ask.body;
    intel::FeedSettings said{.name = body.text("name").value_or(""), .address = body.text("url").value_or(""), .form = body.text("form").value_or("")};
    if (const json::Value* mapping = body.find("mapping"); mapping != nullptr && mapping->is_object()) said.mapping = mapping->dump();
    said.organisation = body.text("organisation").value_or("");
    said.family = body.text("family").value_or("");
    said.confidence = static_cast<int>(body.integer("confidence").value_or(50));
    if (const auto tlp = body.text("tlp")) said.tlp = TRY_IN("field tlp: ", intel::indicator::parse_tlp(*tlp));
    said.half_life_days = static_cast<int>(body.integer("half_life_days").value_or(0));
    said.every_minutes = static_cast<int>(body.integer("every_minutes").value_or(60));
    const Time now = ask.context.clock.now();
    const intel::Feed feed = TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<intel::Feed> {
        intel::Feed kept = TRY(intel::put_feed(tx, said, now));
        TRY(store::audit::append(tx, {.time = now, .actor = ask.actor.name, .action = "feed:write", .object = "feed/" + said.name, .organisation = {}, .details = json::object({{"url", said.address}, {"every_minutes", said.every_minutes}})}));
        return kept;
    }));
    return json_answer(200, to_json(feed));
}

Result<intel::Puller*> puller_of(const Ask& ask) {
    if (ask.context.puller == nullptr) return fail(Code::unavailable, "feeds are pulled by a server; none works on this folder");
    return ask.context.puller;
}

Result<net::Response> pull(Ask& ask) {
    intel::Puller* puller = TRY(puller_of(ask));
    return json_answer(200, to_json(TRY(puller->pull(ask.body.text("name").value_or(""), ask.actor.name))));
}

Result<net::Response> release(Ask& ask) {
    intel::Puller* puller = TRY(puller_of(ask));
    return json_answer(200, to_json(TRY(puller->release(ask.body.text("name").value_or(""), ask.body.text("held").value_or(""), ask.actor.name, ask.body.text("reason").value_or("")))));
}

Result<net::Response> remove(Ask& ask) {
    intel::Puller* puller = TRY(puller_of(ask));
    TRY(puller->remove(ask.text("name").value_or(""), ask.actor.name));
    return no_content();
}

constexpr std::string_view kPut = R"({"type":"object","required":["name","url"],"additionalProperties":false,"properties":{
    "name":{"type":"string","minLength":1,"maxLength":64,"description":"of its list too"},"url":{"type":"string","minLength":1,"maxLength":2000,"description":"http://, https://, or the path of a file or folder within the setting feeds.folders"},
    "form":{"type":"string","maxLength":40,"description":"plain, csv, misp, stix, maltrail or signature_base; by the look of it without"},
    "mapping":{"type":"object","description":"of CSV: columns {values, kind, family, confidence, tlp, from, until, comment} by name or number, separator, quote, comment, header"},
    "organisation":{"type":"string","maxLength":200,"description":"who publishes it"},"family":{"type":"string","maxLength":120},"confidence":{"type":"integer","minimum":0,"maximum":100},
    "tlp":{"type":"string","description":"clear, green, amber, amber+strict or red; amber without"},"half_life_days":{"type":"integer","minimum":0,"maximum":3650},
    "every_minutes":{"type":"integer","minimum":1,"maximum":525600,"description":"60 without"}},
    "examples":[{"name":"tried","url":"https://feeds.example/list.txt","family":"tried","every_minutes":30}]})";
constexpr std::string_view kPull = R"({"type":"object","required":["name"],"additionalProperties":false,"properties":{"name":{"type":"string","minLength":1,"maxLength":64}},"examples":[{"name":"tried"}]})";
constexpr std::string_view kRelease = R"({"type":"object","required":["name","reason"],"additionalProperties":false,"properties":{"name":{"type":"string","minLength":1,"maxLength":64},
    "held":{"type":"string","maxLength":64,"description":"the mark of what you have looked at: when it is something else by now, it stays held"},"reason":{"type":"string","minLength":3,"maxLength":500,"description":"stands in the audit chain"}},
    "examples":[{"name":"tried","reason":"their new version has more"}]})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/feeds", .permission = "feed:read", .holds = Holds::shared, .summary = "Lists the feeds and how each is doing.", .response_schema = "Feed[]", .parameters = kListParameters, .answer = list_feeds},
    {.method = "GET", .pattern = "/api/v1/feeds/{name}", .permission = "feed:read", .holds = Holds::shared, .summary = "Shows one feed.", .response_schema = "Feed", .answer = show},
    {.method = "POST", .pattern = "/api/v1/feeds", .permission = "feed:write", .holds = Holds::node, .summary = "Registers a feed, or changes what is said of one: it is pulled anew then.", .request_schema = kPut, .response_schema = "Feed", .answer = put},
    {.method = "POST", .pattern = "/api/v1/feeds/pull", .permission = "feed:write", .holds = Holds::node, .summary = "Pulls a feed now. What went wrong stands in the answer.", .request_schema = kPull, .response_schema = "Feed", .answer = pull},
    {.method = "POST", .pattern = "/api/v1/feeds/release", .permission = "feed:release", .holds = Holds::node, .summary = "Puts what is held of a feed in force. Done as well when nothing is held.", .request_schema = kRelease,
     .response_schema = "Feed", .answer = release},
    {.method = "DELETE", .pattern = "/api/v1/feeds", .permission = "feed:write", .holds = Holds::node, .summary = "Removes a feed, and ends all that it says. Done as well when there is none.", .parameters = "name:query! of the feed", .status = 204, .answer = remove},
};

}  // namespace

extern const Resource feeds{.name = "feeds", .about = "Lists of indicators that the node pulls from time to time.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_feeds
