// OpenAPI 3.1 (spec.openapis.org/oas/v3.1.0) from the routes.
#include <utility>

#include "api/api.h"
#include "api/list.h"
#include "api/parameters.h"
#include "api/reason.h"
#include "api/response_schema.h"
#include "base/check.h"
#include "base/text.h"

namespace vg::api {

namespace {

constexpr std::string_view kProblem = R"({"type":"object","description":"RFC 9457","required":["type","title","status","detail","code"],"properties":{
    "type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},"detail":{"type":"string","description":"what is wrong and what to do"},
    "field":{"type":"string","description":"the member or parameter that is meant"},
    "offset":{"type":"integer","description":"of a query: where it is wrong, in bytes"},"length":{"type":"integer"},"suggestion":{"type":"string","description":"what to write instead"},
    "code":{"enum":["bad_input","not_found","denied","conflict","too_large","busy","unavailable","corrupt","internal"]},
    )" VG_REASON R"(}})";

json::Value parsed(std::string_view text) {
    auto value = json::parse(text);
    CHECK(value.has_value(), "a schema in a route is JSON");
    return std::move(*value);
}

// "listFindings", "postFindingsMute": the method and the literal parts of the path.
std::string operation_id(const Route& route) {
    std::string id = lower_ascii(route.method);
    for (std::string_view segment : split(route.pattern.substr(1), '/')) {
        if (segment == "api" || segment == "v1" || segment.empty()) continue;
        if (segment.front() == '{') {
            id += "By";
            segment = segment.substr(1, segment.size() - 2);
        }
        bool upper = true;
        for (const char c : segment) {
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) {
                upper = true;
                continue;
            }
            id += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
            upper = false;
        }
    }
    return id;
}

json::Value parameter_schema(const Parameter& parameter) {
    if (parameter.type == "enum") {
        json::Value words{json::Array{}};
        for (const std::string& word : parameter.words) words.add(word);
        return json::object({{"enum", std::move(words)}});
    }
    if (parameter.name == "limit") return json::object({{"type", "integer"}, {"minimum", 1}, {"maximum", 1000}, {"default", 100}});
    if (parameter.type == "time") return json::object({{"type", "string"}, {"format", "date-time"}});
    if (parameter.type == "uuid") return json::object({{"type", "string"}, {"format", "uuid"}});
    if (parameter.type == "uuids") return json::object({{"type", "string"}, {"pattern", "^[0-9a-fA-F-]{36}(,[0-9a-fA-F-]{36})*$"}});
    return json::object({{"type", parameter.type == "query" ? "string" : parameter.type}});
}

json::Value header_parameter(std::string_view name, std::string_view about) {
    return json::object({{"name", name}, {"in", "header"}, {"required", false}, {"description", about}, {"schema", json::object({{"type", "string"}})}});
}

json::Value parameters_of(const Route& route) {
    json::Value out{json::Array{}};
    for (std::string_view segment : split(route.pattern.substr(1), '/'))
        if (!segment.empty() && segment.front() == '{')
            out.add(json::object({{"name", segment.substr(1, segment.size() - 2)}, {"in", "path"}, {"required", true}, {"schema", json::object({{"type", "string"}})}}));
    for (const Parameter& parameter : parse_parameters(route.parameters)) {
        json::Value one = json::object({{"name", parameter.name}, {"in", "query"}, {"required", parameter.required}});
        if (!parameter.about.empty()) one.set("description", parameter.about);
        one.set("schema", parameter_schema(parameter));
        out.add(std::move(one));
    }
    if (route.method == "POST" && route.auth != Auth::none)
        out.add(header_parameter("Idempotency-Key", "A second request with the same key within 24 hours gets the answer of the first."));
    if (route.method == "PATCH" || route.pattern.find("}/") != std::string_view::npos)
        if (route.method != "GET") out.add(header_parameter("If-Match", "The ETag of the version you saw; 412 when it has changed since."));
    return out;
}

json::Value content(std::string_view type, json::Value schema) {
    return json::object({{std::string{type}, json::object({{"schema", std::move(schema)}})}});
}

json::Value success(const Route& route) {
    json::Value out = json::object({{"description", route.status == 201 ? "made" : route.status == 204 ? "done" : "the answer"}});
    if (route.response_schema.empty()) return out;
    json::Value schema = parsed(response_schema(route.response_schema));
    json::Value types = content("application/json", schema);
    if (is_list(route.response_schema)) types.set("application/x-ndjson", json::object({{"schema", parsed(item_schema(route.response_schema))}}));
    out.set("content", std::move(types));
    return out;
}

json::Value operation(const Resource& resource, const Route& route) {
    json::Value out = json::object({{"operationId", operation_id(route)}, {"summary", route.summary}, {"tags", json::array({resource.name})}});
    if (route.auth == Auth::permission) out.set("x-permission", route.permission);
    if (route.auth == Auth::none) out.set("security", json::Array{});
    if (json::Value parameters = parameters_of(route); !parameters.as_array().empty()) out.set("parameters", std::move(parameters));
    if (!route.request_schema.empty()) {
        json::Value schema = parsed(route.request_schema);
        std::erase_if(schema.as_object(), [](const json::Member& member) { return member.first == "examples"; });  // they hold placeholders for tests
        out.set("requestBody", json::object({{"required", true}, {"content", content("application/json", std::move(schema))}}));
    }
    json::Value responses = json::object({{format("{}", route.status), success(route)}});
    responses.set("default", json::object({{"$ref", "#/components/responses/Problem"}}));
    out.set("responses", std::move(responses));
    return out;
}

}  // namespace

bool is_list(std::string_view schema) { return schema.ends_with("[]") || schema.ends_with("[]?"); }

std::string item_schema(std::string_view schema) {
    return format(R"({{"$ref":"#/components/schemas/{}"}})", schema.substr(0, schema.rfind('[')));
}

std::string response_schema(std::string_view schema) {
    if (schema.empty() || schema.front() == '{') return std::string{schema};
    if (!is_list(schema)) return format(R"({{"$ref":"#/components/schemas/{}"}})", schema);
    return format(R"({{"type":"object","required":["items","next"],"properties":{{"items":{{"type":"array","items":{}}},"next":{{"type":["string","null"],"description":"cursor of the next page"}}{}}}}})",
                  item_schema(schema), schema.ends_with('?') ? R"(,"incomplete":{"$ref":"#/components/schemas/Incomplete"})" : "");
}

std::string openapi() {
    json::Value paths = json::object({});
    json::Value schemas = json::object({{"Problem", parsed(kProblem)}, {"Reason", reason_schema()}});
    json::Value tags{json::Array{}};
    for (const Resource* resource : resources()) {
        tags.add(json::object({{"name", resource->name}, {"description", resource->about}}));
        for (const NamedSchema& schema : resource->schemas) schemas.set(schema.name, parsed(schema.text));
        for (const Route& route : resource->routes) {
            const json::Value* known = paths.find(route.pattern);
            json::Value path = known == nullptr ? json::object({}) : *known;
            path.set(lower_ascii(route.method), operation(*resource, route));
            paths.set(route.pattern, std::move(path));
        }
    }
    json::Value problem = json::object({{"description", "Not done; the document says why."}, {"content", content("application/problem+json", json::object({{"$ref", "#/components/schemas/Problem"}}))}});
    json::Value security_schemes = json::object({{"token", json::object({{"type", "http"}, {"scheme", "bearer"}})},
                                                 {"session", json::object({{"type", "apiKey"}, {"in", "cookie"}, {"name", "vonggac_session"}, {"description", "with the header X-CSRF-Token for whatever changes something"}})}});
    return json::object({{"openapi", "3.1.0"},
                         {"info", json::object({{"title", "Vọng Gác"},
                                                {"version", VG_VERSION},
                                                {"description", "Lists give {\"items\", \"next\"}; Accept: application/x-ndjson streams the whole answer. Times are RFC 3339 UTC. Errors are problem documents (RFC 9457)."},
                                                {"license", json::object({{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}})}})},
                         {"servers", json::array({json::object({{"url", "/"}})})},
                         {"security", json::array({json::object({{"token", json::Array{}}}), json::object({{"session", json::Array{}}})})},
                         {"tags", std::move(tags)},
                         {"paths", std::move(paths)},
                         {"components", json::object({{"schemas", std::move(schemas)}, {"responses", json::object({{"Problem", std::move(problem)}})}, {"securitySchemes", std::move(security_schemes)}})}})
               .pretty() +
           "\n";
}

}  // namespace vg::api
