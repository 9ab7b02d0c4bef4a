#include "api/problem.h"

#include <utility>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"

namespace vg::api {

namespace {

int status_of(Code code) {
    switch (code) {
        case Code::bad_input: return 400;
        case Code::not_found: return 404;
        case Code::denied: return 403;
        case Code::conflict: return 409;
        case Code::too_large: return 413;
        case Code::busy: return 429;
        case Code::unavailable: return 503;
        case Code::corrupt:
        case Code::internal: return 500;
    }
    return 500;
}

std::string_view title_of(int status) {
    switch (status) {
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 406: return "Not Acceptable";
        case 409: return "Conflict";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 415: return "Unsupported Media Type";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 503: return "Service Unavailable";
        default: return "Internal Server Error";
    }
}

// "... again in 30 seconds" → 30: who counts the attempts says it in the text. 1 when no number is named.
std::int64_t seconds_named(std::string_view text) {
    const std::size_t word = text.find(" second");
    if (word == std::string_view::npos) return 1;
    std::size_t from = word;
    while (from > 0 && text[from - 1] >= '0' && text[from - 1] <= '9') --from;
    return parse_int(text.substr(from, word - from)).value_or(1);
}

}  // namespace

json::Value problem_body(int status, const Error& error) {
    json::Value body = json::object({{"type", "about:blank"}, {"title", title_of(status)}, {"status", status}});
    std::string_view text = error.text;
    std::string_view field;
    constexpr std::string_view kField = "field ";
    if (text.substr(0, kField.size()) == kField) {
        const std::size_t end = text.find(": ");
        if (end != std::string_view::npos) field = text.substr(kField.size(), end - kField.size());
        if (!field.empty()) text.remove_prefix(end + 2);
    }
    if (error.code == Code::internal) {
        // The text of our own mistake may hold what the asker must not see; the operator finds it in the log.
        log::error("api: a request failed by a mistake of this program", {{"error", error.text}});
        text = "this program made a mistake; its log says more";
    }
    body.set("detail", text);
    if (!field.empty()) body.set("field", field);
    body.set("code", name_of(error.code));
    return body;
}

net::Response problem(int status, const Error& error) {
    net::Response response;
    response.status = status;
    response.with("Content-Type", "application/problem+json");
    if (status == 429) response.with("Retry-After", format("{}", seconds_named(error.text)));
    if (status == 503) response.with("Retry-After", "5");
    response.body = problem_body(status, error).dump();
    return response;
}

net::Response problem(const Error& error) { return problem(status_of(error.code), error); }

}  // namespace vg::api
