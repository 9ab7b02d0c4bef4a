#include "ingest/http_source.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/text.h"
#include "ingest/answers.h"

namespace vg::ingest {

#define MEMBER(name) namespace of_##name { extern const HttpSource name; }
#include "ingest/sources/list.inc"
#undef MEMBER

namespace {

constexpr std::array kSources = {
#define MEMBER(name) &of_##name::name,
#include "ingest/sources/list.inc"
#undef MEMBER
};

bool matches(std::string_view pattern, std::string_view path) {
    for (;;) {
        if (pattern == "/**") return true;
        if (pattern.empty() || path.empty()) return pattern == path;
        if (pattern.front() != '/' || path.front() != '/') return false;
        pattern.remove_prefix(1);
        path.remove_prefix(1);
        const std::string_view wanted = pattern.substr(0, pattern.find('/'));
        const std::string_view found = path.substr(0, path.find('/'));
        // An index name never begins with '_': those are Elasticsearch's own words.
        if (wanted == "{}" ? found.empty() || found.front() == '_' : wanted != found) return false;
        pattern.remove_prefix(wanted.size());
        path.remove_prefix(found.size());
    }
}

}  // namespace

std::span<const HttpSource* const> http_sources() { return kSources; }

const HttpRoute* find_route(std::string_view method, std::string_view path) {
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    for (const HttpSource* source : kSources)
        for (const HttpRoute& route : source->routes)
            if ((route.method == "*" || route.method == method) && matches(route.pattern, path)) return &route;
    return nullptr;
}

net::Response answer(const HttpRoute& route, HttpAsk& ask) {
    Result<net::Response> response = route.answer(ask);
    if (!response) return error_answer(route.speech, ask.request, status_of(response.error().code), response.error());
    if (route.speech == Speech::elastic) response->with("X-Elastic-Product", "Elasticsearch");
    return std::move(*response);
}

net::Response refusal(const HttpRoute& route, const net::Request& request, int status, const Error& error) {
    net::Response response = error_answer(route.speech, request, status, error);
    if (response.status == 401) response.with("WWW-Authenticate", route.speech == Speech::elastic ? "Basic realm=\"vonggac\", ApiKey" : "Bearer realm=\"vonggac\"");
    return response;
}

void take_token(const HttpRoute& route, net::Request& request) {
    if (route.speech == Speech::splunk && !request.header("authorization"))
        if (const auto token = request.parameter("token")) request.headers.emplace_back("authorization", "Splunk " + *token);
    for (auto& [name, value] : request.headers) {
        if (name != "authorization") continue;
        const std::size_t space = value.find(' ');
        if (space == std::string::npos) return;
        const std::string_view scheme = std::string_view{value}.substr(0, space);
        const std::string_view rest = trim(std::string_view{value}.substr(space + 1));
        // A token that happens to be base64 as well decodes to bytes, not to text.
        const auto decoded = from_base64(rest);
        const bool is_text = decoded && std::all_of(decoded->begin(), decoded->end(), [](char c) { return c > 0x20 && c < 0x7f; });
        const std::size_t colon = is_text ? decoded->find(':') : std::string::npos;
        std::string token;
        if (equal_ignoring_ascii_case(scheme, "basic")) {
            if (colon == std::string::npos) return;
            token = decoded->substr(colon + 1);
        } else if (equal_ignoring_ascii_case(scheme, "splunk")) {
            token = rest;
        } else if (equal_ignoring_ascii_case(scheme, "apikey")) {
            token = colon == std::string::npos ? std::string{rest} : decoded->substr(colon + 1);
        } else {
            return;
        }
        value = "Bearer " + token;
        return;
    }
}

}  // namespace vg::ingest
