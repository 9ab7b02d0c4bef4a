#include "api/list.h"

#include <memory>
#include <utility>

#include "api/problem.h"
#include "base/text.h"

namespace vg::api {

namespace {

constexpr std::size_t kPage = 100;
constexpr std::size_t kStreamPage = 500;

bool wants_lines(const net::Request& request) {
    return request.header("accept").value_or("").find("application/x-ndjson") != std::string::npos;
}

// What the stream needs after the handler has returned.
struct Streaming {
    Context& context;
    access::Actor actor;
    FetchPage fetch;
    std::optional<ListPage> page;

    // Appends one page; false at the end. An error is the last line: {"problem": {...}}.
    bool next(std::string& out) {
        for (const json::Value& item : page->items) {
            item.dump_to(out);
            out += '\n';
        }
        if (!page->next) return false;
        const std::string after = *page->next;
        auto fetched = fetch(context, actor, after, kStreamPage);
        if (!fetched) {
            json::object({{"problem", problem_body(problem(fetched.error()).status, fetched.error())}}).dump_to(out);
            out += '\n';
            return false;
        }
        page = std::move(*fetched);
        return true;
    }
};

}  // namespace

Result<net::Response> list(Ask& ask, FetchPage fetch) {
    const auto after = ask.text("after");
    if (wants_lines(ask.request)) {
        // The first page is fetched here, so that what is wrong with the request gets a status of its own.
        auto first = TRY(fetch(ask.context, ask.actor, after, kStreamPage));
        auto streaming = std::make_shared<Streaming>(Streaming{ask.context, ask.actor, std::move(fetch), std::move(first)});
        net::Response response;
        response.with("Content-Type", "application/x-ndjson");
        response.stream = [streaming](std::string& out) { return streaming->next(out); };
        return response;
    }
    const auto limit = static_cast<std::size_t>(ask.integer("limit").value_or(kPage));
    auto page = TRY(fetch(ask.context, ask.actor, after, limit));
    return json_answer(200, json::object({{"items", std::move(page.items)}, {"next", page.next}}));
}

net::Response json_answer(int status, const json::Value& value) {
    net::Response response;
    response.status = status;
    response.with("Content-Type", "application/json");
    response.body = value.dump();
    return response;
}

net::Response versioned_answer(int status, const json::Value& value, std::int64_t version) {
    net::Response response = json_answer(status, value);
    response.with("ETag", format("\"{}\"", version));
    return response;
}

net::Response no_content() {
    net::Response response;
    response.status = 204;
    return response;
}

}  // namespace vg::api
