#include "api/problem.h"

#include <utility>

#include "api/reason.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "net/status.h"

namespace vg::api {

namespace {

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
    json::Value body = json::object({{"type", "about:blank"}, {"title", net::reason_phrase(status)}, {"status", status}});
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
    add_reason(body, text);
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

net::Response problem(const Error& error) { return problem(net::status_of(error.code), error); }

}  // namespace vg::api
