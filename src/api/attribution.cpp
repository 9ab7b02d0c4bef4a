// Attribution: whose an address was, at a port and a time, and why.
#include <algorithm>

#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "base/text.h"
#include "directory/attribution.h"

namespace vg::api::of_attribution {

namespace {

using directory::Answer;
using directory::Claim;

constexpr NamedSchema kSchemas[] = {
    {"RangeClaim", R"({"type":"object","required":["number","range","ports","organisation","organisation_name","system","from","until","document","claimed_by","approved_by"],"properties":{
    "number":{"type":"integer","description":"of the fact"},"range":{"type":"string"},"ports":{"type":["string","null"],"description":"null: all"},"organisation":{"type":"string","format":"uuid"},
    "organisation_name":{"type":"string"},"system":{"type":"string","description":"the system or NAT pool behind it; empty: not told"},"from":{"type":"string","format":"date-time"},
    "until":{"type":["string","null"],"format":"date-time"},"document":{"type":"string"},"claimed_by":{"type":"string"},"approved_by":{"type":"string"}},"additionalProperties":false})"},
    {"AddressAttribution", R"({"type":"object","required":["address","port","time","kind","special","port_would_tell","limited","claims","before","after","history"],"properties":{"address":{"type":"string"},"port":{"type":["integer","null"]},
    "time":{"type":"string","format":"date-time"},"kind":{"type":"string","enum":["owner","conflict","gap","nobody"]},"special":{"type":"string","description":"what a special address is for; none"},
    "port_would_tell":{"type":"boolean","description":"the address is shared by port, and no port was given"},
    "limited":{"type":"boolean","description":"only claims of organisations that you may see were looked at: a gap says nothing of others"},
    "claims":{"type":"array","items":{"$ref":"#/components/schemas/RangeClaim"}},"before":{"oneOf":[{"$ref":"#/components/schemas/RangeClaim"},{"type":"null"}]},
    "after":{"oneOf":[{"$ref":"#/components/schemas/RangeClaim"},{"type":"null"}]},"history":{"type":"array","items":{"$ref":"#/components/schemas/RangeClaim"}}},"additionalProperties":false})"}};

constexpr std::string_view kKinds[] = {"owner", "conflict", "gap", "nobody"};

json::Value to_json(const Claim& claim, const directory::Snapshot& directory) {
    const directory::Organisation* organisation = directory.organisation(claim.organisation);
    json::Value ports;
    if (claim.ports) ports = claim.ports->first == claim.ports->last ? format("{}", claim.ports->first) : format("{}-{}", claim.ports->first, claim.ports->last);
    return json::object({{"number", claim.number}, {"range", claim.range.text()}, {"ports", std::move(ports)}, {"organisation", claim.organisation.text()},
                         {"organisation_name", organisation == nullptr ? "" : organisation->name}, {"system", claim.system}, {"from", time_value(claim.from)}, {"until", time_value(claim.until)},
                         {"document", claim.document}, {"claimed_by", claim.claimed_by}, {"approved_by", claim.approved_by}});
}

// Of an account that sees single organisations, what others claim is left out, and that they claim it is not told either: an
// answer that is theirs alone is the one that nobody's claims give.
Result<net::Response> show(Ask& ask) {
    const std::string given = ask.text("address").value_or("");
    const auto address = parse_address(trim(given));
    if (!address) return fail(Code::bad_input, "field address: is an IPv4 or IPv6 address");
    directory::Ask question{.address = *address, .port = {}, .time = ask.time("time").value_or(ask.context.clock.now())};
    if (const auto port = ask.integer("port")) {
        if (*port < 0 || *port > 65535) return fail(Code::bad_input, "field port: is a number from 0 to 65535");
        question.port = static_cast<std::uint16_t>(*port);
    }
    if (!ask.context.attribution) return fail(Code::unavailable, "no server works on this folder; start one");
    const auto attribution = ask.context.attribution();
    const auto names = ask.context.directory();
    const directory::Explanation why = attribution->explain(question);
    const access::Scope& scope = ask.actor.scope;
    const auto shown = [&](const std::vector<Claim>& claims) {
        json::Array out;
        for (const Claim& claim : claims)
            if (scope.sees(claim.organisation)) out.push_back(to_json(claim, *names));
        return out;
    };
    const auto one = [&](const std::optional<Claim>& claim) { return claim && scope.sees(claim->organisation) ? to_json(*claim, *names) : json::Value{}; };
    json::Array claims = shown(why.claims);
    const bool of_others = claims.empty() && !why.claims.empty();
    const directory::Special special = of_others ? directory::special_of(*address) : why.answer.special;
    const Answer::Kind unclaimed = special == directory::Special::none ? Answer::Kind::gap : Answer::Kind::nobody;
    return json_answer(200, json::object({{"address", address->text()}, {"port", question.port ? json::Value{int{*question.port}} : json::Value{}}, {"time", time_value(question.time)},
                                          {"kind", kKinds[static_cast<std::size_t>(of_others ? unclaimed : why.answer.kind)]}, {"special", directory::name_of(special)},
                                          {"port_would_tell", why.answer.port_would_tell && (scope.sees_node() || !claims.empty())}, {"limited", !scope.sees_node()}, {"claims", std::move(claims)},
                                          {"before", one(why.before)}, {"after", one(why.after)}, {"history", shown(why.history)}}));
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/attribution", .permission = "directory:read", .summary = "Tells whose an address was at a port and a time, by which ranges and documents.",
     .response_schema = "AddressAttribution", .parameters = "address:string! IPv4 or IPv6, port:integer the source port seen from outside, time:time now without", .answer = show},
};

}  // namespace

extern const Resource attribution{.name = "attribution", .about = "Whose addresses were, by dated ranges.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_attribution
